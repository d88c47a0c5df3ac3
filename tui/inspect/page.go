package inspect

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// Page is a record with a cursor on one of its fields. The record is asked for
// anew at every frame, so that ages move and changes show; the cursor stays on
// the field with its label.
type Page struct {
	env    *tui.Env
	source func() Record
	record Record
	at     int // field under the cursor
	laid   laid
	scroll flow.Scroll
}

// laid is the record laid out to a width: each field has lines of the page.
type laid struct {
	page        *flow.Page
	first, last []int
}

// New makes a page.
func New(env *tui.Env, source func() Record) *Page {
	return &Page{env: env, source: source, record: source()}
}

// refresh asks for the record again.
func (p *Page) refresh() {
	before := p.record
	p.record = p.source()
	if p.at < len(before.Fields) && (p.at >= len(p.record.Fields) || p.record.Fields[p.at].Label != before.Fields[p.at].Label) {
		p.find(before.Fields[p.at].Label)
	}
	p.at = max(0, min(p.at, len(p.record.Fields)-1))
}

func (p *Page) find(label safetext.Safe) {
	for i := range p.record.Fields {
		if p.record.Fields[i].Label == label {
			p.at = i
			return
		}
	}
}

// Title is that of the record.
func (p *Page) Title() safetext.Safe { return p.record.Title }

// Current is the field under the cursor.
func (p *Page) Current() (Field, bool) {
	if p.at >= len(p.record.Fields) {
		return Field{}, false
	}
	return p.record.Fields[p.at], true
}

// Draw shows the page with its cursor.
func (p *Page) Draw(c *term.Canvas) {
	w, h := c.Size()
	p.refresh()
	p.lay(w, h)
	if len(p.record.Fields) == 0 {
		c.TextIn(1, 0, w-1, p.env.Theme.Pen(theme.Dim), "nothing is known about it")
		return
	}
	top := p.scroll.Fit(h, p.laid.page.Len())
	p.laid.page.Draw(c, p.env.Theme, top)
	first, last := p.laid.first[p.at], p.laid.last[p.at]
	cursor := p.env.Theme.Pen(theme.Cursor)
	c.Repaint(0, first-top, p.laid.page.Width(), last-first+1, func(term.Pen) term.Pen { return cursor })
	c.Text(0, first-top, cursor, p.env.Theme.Signs.Cursor)
}

// DrawPane shows a record beside a list: with its title, without a cursor.
func DrawPane(c *term.Canvas, env *tui.Env, r Record) {
	w, h := c.Size()
	if w < 2 || h < 1 {
		return
	}
	c.TextIn(1, 0, w-1, env.Theme.Pen(theme.Title), r.Title)
	body := c.Sub(0, 1, w, h-1)
	l := layOut(r.Fields, env.Theme, w, h-1)
	l.page.Draw(body, env.Theme, 0)
}

func (p *Page) lay(w, h int) {
	p.laid = layOut(p.record.Fields, p.env.Theme, w, h)
	p.scroll.Fit(h, p.laid.page.Len())
}

// widestLabel is how many columns labels get at most, but never more than 40 %.
const widestLabel = 24

func layOut(fields []Field, t *theme.Theme, w, h int) laid {
	var l laid
	l.page = flow.Lay(w, h, func(page *flow.Page) {
		l.first, l.last = l.first[:0], l.last[:0]
		label := 0
		for i := range fields {
			label = max(label, safetext.Width(fields[i].Label))
		}
		label = max(1, min(label, widestLabel, page.Width()*2/5))
		for i := range fields {
			l.first = append(l.first, page.Len())
			addField(page, t, &fields[i], label)
			l.last = append(l.last, page.Len()-1)
		}
	})
	return l
}

func addField(page *flow.Page, t *theme.Theme, f *Field, label int) {
	tone := f.Tone
	if f.Follow != nil && tone == theme.Plain {
		tone = theme.Accent
	}
	head := []flow.Span{{Text: "  "}, {Tone: theme.Dim, Text: safetext.Fit(f.Label, label)}, {Text: "  "}}
	indent := label + 4
	for _, line := range f.text(t.Signs.Crumb) {
		for _, part := range flow.Wrap(shortened(line), page.Width()-indent) {
			page.Line(append(head, flow.Span{Tone: tone, Text: part})...)
			head = []flow.Span{{Text: safetext.Fit("", indent)}}
		}
	}
}

// longest is how much of one line of a value is laid out: a backend may say
// megabytes.
const longest = 8 << 10

func shortened(line safetext.Safe) safetext.Safe {
	if len(line) <= longest {
		return line
	}
	return safetext.Clean(string(line[:longest])) + " …"
}

// move puts the cursor on the next or previous field. One that is higher than
// the room is scrolled through first.
func (p *Page) move(by int) {
	if p.laid.page == nil || len(p.record.Fields) == 0 {
		return
	}
	top, bottom := p.scroll.Top, p.scroll.Top+p.scroll.Shown()-1
	switch {
	case by > 0 && p.laid.last[p.at] > bottom:
		p.scroll.Key("down")
	case by < 0 && p.laid.first[p.at] < top:
		p.scroll.Key("up")
	default:
		p.goTo(p.at + by)
	}
}

func (p *Page) goTo(at int) {
	p.at = max(0, min(at, len(p.record.Fields)-1))
	if p.at < len(p.laid.first) {
		p.scroll.Show(p.laid.first[p.at], p.laid.last[p.at])
	}
}

// page scrolls, and takes the cursor along.
func (p *Page) page(key string) {
	p.scroll.Key(key)
	for i := range p.laid.first {
		inSight := p.laid.last[i] >= p.scroll.Top && p.laid.first[i] < p.scroll.Top+p.scroll.Shown()
		if forward := key == "pgdown"; inSight && (forward && i >= p.at || !forward && i <= p.at) {
			p.at = i
			if !forward {
				return
			}
		}
	}
}

// link puts the cursor on the next link in a direction, around the end.
func (p *Page) link(by int) {
	n := len(p.record.Fields)
	for i := 1; i <= n; i++ {
		if at := ((p.at+i*by)%n + n) % n; p.record.Fields[at].Follow != nil {
			p.goTo(at)
			return
		}
	}
}

func (p *Page) links() int {
	n := 0
	for i := range p.record.Fields {
		if p.record.Fields[i].Follow != nil {
			n++
		}
	}
	return n
}

// Actions are the keys of the page.
func (p *Page) Actions() []tui.Action {
	act := func(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }
	f, _ := p.Current()
	follow := tui.Action{ID: "inspect.follow", Title: "follow", Help: "Go to the record that the field names.", Keys: []string{"enter"}, Footer: 1, Do: f.Follow}
	if f.Follow == nil {
		follow.Why = "this field leads nowhere"
	}
	copied := tui.Action{ID: "inspect.copy", Title: "copy", Help: "Copy the field.", Keys: []string{"y"}, Footer: 2, Do: func() tea.Cmd { return tui.Copy(f.Copy, safetext.Clean(f.Copy)) }}
	if f.Copy == "" {
		copied.Why = "there is nothing to copy in this field"
	}
	links := ""
	if p.links() == 0 {
		links = "no field is a link"
	}
	return []tui.Action{
		follow, copied,
		{ID: "inspect.down", Title: "down", Help: "Go to the next field.", Keys: []string{"down", "j"}, Do: act(func() { p.move(1) })},
		{ID: "inspect.up", Title: "up", Help: "Go to the field before.", Keys: []string{"up", "k"}, Do: act(func() { p.move(-1) })},
		{ID: "inspect.page-down", Title: "page down", Keys: []string{"pgdown", "ctrl+d"}, Do: act(func() { p.page("pgdown") })},
		{ID: "inspect.page-up", Title: "page up", Keys: []string{"pgup", "ctrl+u"}, Do: act(func() { p.page("pgup") })},
		{ID: "inspect.first", Title: "first", Help: "Go to the first field.", Keys: []string{"g", "home"}, Do: act(func() { p.goTo(0) })},
		{ID: "inspect.last", Title: "last", Help: "Go to the last field.", Keys: []string{"G", "end"}, Do: act(func() { p.goTo(len(p.record.Fields) - 1) })},
		{ID: "inspect.next-link", Title: "next link", Help: "Go to the next field that leads somewhere.", Keys: []string{"right", "l"}, Why: links, Do: act(func() { p.link(1) })},
		{ID: "inspect.previous-link", Title: "previous link", Help: "Go to the field before that leads somewhere.", Keys: []string{"left", "h"}, Why: links, Do: act(func() { p.link(-1) })},
	}
}
