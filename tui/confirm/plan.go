// Package confirm asks whether a frozen plan is to run, and takes nothing for
// a yes but a key that somebody has pressed after he could read the question.
package confirm

import (
	"strconv"

	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// Danger decides what counts as a yes.
type Danger uint8

// The dangers.
const (
	Reversible  Danger = iota // y
	Final                     // y; cannot be undone
	Destructive               // Plan.Word is typed, then Enter
)

// Plan is all that is shown. It is text: nothing that happens behind the box
// changes it.
type Plan struct {
	Title     string // "Delete account acme on prod"
	Where     string // "anchore · https://anchore.example"
	Protected bool   // of the place
	Intro     string // a sentence on what happens
	Verb      string // on the key that confirms: "delete"
	Names     []Name // what it is done to, exactly
	Steps     []Step // in the order in which they run; one alone needs no list
	Facts     []Fact
	Blocks    []Block // why it cannot run: then there is nothing to confirm
	Hidden    int     // how many of Names a filter hides
	Danger    Danger
	Word      string // Destructive: what must be typed
	Reason    Reason
}

// Name is one record.
type Name struct{ Name, ID string }

// Step is one change.
type Step struct{ Text, Note string }

// Fact is something to know before saying yes.
type Fact struct {
	Text  string
	Grave bool
}

// Block is why a plan cannot run, and what to do instead.
type Block struct{ Text, Next string }

// Reason says whether the plan asks for the reason it is made for.
type Reason uint8

// The reasons.
const (
	NoReason Reason = iota
	OptionalReason
	RequiredReason
)

// write puts the plan on a page, the gravest first: on a small terminal the
// rest must be scrolled to.
func (p *Plan) write(page *flow.Page, signs theme.Signs) {
	p.writeWhere(page)
	p.writeBlocks(page, signs)
	if p.Intro != "" {
		for _, s := range safetext.CleanLines(p.Intro) {
			page.Para(theme.Plain, s)
		}
	}
	p.writeFacts(page, signs)
	p.writeSteps(page)
	p.writeNames(page, signs)
}

func (p *Plan) writeWhere(page *flow.Page) {
	if p.Protected {
		page.Hang([]flow.Span{{Tone: theme.Bad, Text: "! protected "}}, theme.Plain, safetext.Clean(p.Where))
		return
	}
	if p.Where != "" {
		page.Para(theme.Dim, safetext.Clean(p.Where))
	}
}

func (p *Plan) writeBlocks(page *flow.Page, signs theme.Signs) {
	for _, b := range p.Blocks {
		page.Hang([]flow.Span{{Tone: theme.Bad, Text: signs.Refused + " cannot be done: "}}, theme.Plain, safetext.Clean(b.Text))
		if b.Next != "" {
			page.Hang([]flow.Span{{Text: "  "}}, theme.Accent, safetext.Clean(b.Next))
		}
	}
}

func (p *Plan) writeFacts(page *flow.Page, signs theme.Signs) {
	if p.Hidden > 0 {
		verb := " are"
		if p.Hidden == 1 {
			verb = " is"
		}
		page.Hang(warning, theme.Warn, safetext.Safe(strconv.Itoa(p.Hidden)+verb+" hidden by the filter, and part of this all the same."))
	}
	for _, grave := range []bool{true, false} {
		for _, f := range p.Facts {
			switch {
			case f.Grave != grave:
			case grave:
				page.Hang(warning, theme.Warn, safetext.Clean(f.Text))
			default:
				page.Hang([]flow.Span{{Tone: theme.Dim, Text: signs.Bullet + " "}}, theme.Plain, safetext.Clean(f.Text))
			}
		}
	}
}

var warning = []flow.Span{{Tone: theme.Warn, Text: "! warning: "}}

func (p *Plan) writeSteps(page *flow.Page) {
	if len(p.Steps) == 0 {
		return
	}
	page.Gap()
	digits := len(strconv.Itoa(len(p.Steps)))
	for i, s := range p.Steps {
		n := strconv.Itoa(i + 1)
		head := safetext.Fit("", digits-len(n)+2) + safetext.Safe(n) + " "
		text := safetext.Clean(s.Text)
		note := safetext.Clean(s.Note)
		w := safetext.Width(head) + safetext.Width(text) + 2 + safetext.Width(note)
		if note == "" || w > page.Width() {
			page.Hang([]flow.Span{{Text: head}}, theme.Plain, text)
			if note != "" {
				page.Hang([]flow.Span{{Text: safetext.Fit("", safetext.Width(head))}}, theme.Dim, note)
			}
			continue
		}
		page.Line(flow.Span{Text: head + text + "  "}, flow.Span{Tone: theme.Dim, Text: note})
	}
}

func (p *Plan) writeNames(page *flow.Page, signs theme.Signs) {
	if len(p.Names) == 0 {
		return
	}
	page.Gap()
	if n := len(p.Names); n > 1 {
		page.Line(flow.Span{Tone: theme.Head, Text: safetext.Safe("These " + strconv.Itoa(n) + ":")})
	}
	for _, n := range p.Names {
		name, id := safetext.Clean(n.Name), safetext.Clean(n.ID)
		head := signs.Bullet + " "
		if id == "" || id == name {
			page.Hang([]flow.Span{{Tone: theme.Dim, Text: head}}, theme.Title, name)
			continue
		}
		if safetext.Width(head)+safetext.Width(name)+2+safetext.Width(id) <= page.Width() {
			page.Line(flow.Span{Tone: theme.Dim, Text: head}, flow.Span{Tone: theme.Title, Text: name}, flow.Span{Tone: theme.Dim, Text: "  " + id})
			continue
		}
		page.Hang([]flow.Span{{Tone: theme.Dim, Text: head}}, theme.Title, name)
		page.Hang([]flow.Span{{Text: "  "}}, theme.Dim, id)
	}
}
