package form

import (
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// pick is one of several choices: ←→ and space go round, a letter goes to the
// next choice that begins with it.
type pick struct {
	still
	choices []string
	shown   []safetext.Safe
	at      int // -1: none yet
	start   int
	foreign string // the value it began with, where that is no choice
	empty   safetext.Safe
}

func newPick(d Field, choices []string) *pick {
	p := &pick{choices: choices, at: slices.Index(choices, d.Value), empty: safetext.Clean(d.Empty)}
	p.start = p.at
	if p.at < 0 {
		p.foreign = d.Value
	}
	for _, c := range choices {
		p.shown = append(p.shown, safetext.Clean(c))
	}
	return p
}

func (p *pick) key(k tea.KeyMsg) (bool, tea.Cmd) {
	name := tui.Press(k)
	n := len(p.choices)
	switch {
	case n == 0:
		return false, nil
	case name == "left" && p.at < 0:
		p.at = n - 1
	case name == "left":
		p.at = (p.at + n - 1) % n
	case name == "right", name == " ":
		p.at = (p.at + 1) % n
	case name != "" && k.Type == tea.KeyRunes && !k.Alt:
		return p.letter(name), nil
	default:
		return false, nil
	}
	return true, nil
}

func (p *pick) letter(s string) bool {
	for i := 1; i <= len(p.choices); i++ {
		at := (p.at + i + len(p.choices)) % len(p.choices)
		if strings.HasPrefix(strings.ToLower(p.choices[at]), strings.ToLower(s)) {
			p.at = at
			return true
		}
	}
	return false
}

func (p *pick) value() Value {
	if p.at < 0 {
		return Value{Text: p.foreign}
	}
	return Value{Text: p.choices[p.at]}
}

func (p *pick) touched() bool { return p.at != p.start }
func (p *pick) wipe()         {}

func (p *pick) actions() []tui.Action {
	return []tui.Action{{ID: "form.choose", Title: "choose", Help: "Go to the next choice.", Keys: []string{"left", "right", " "}, Footer: 2}}
}

func (p *pick) draw(pt painter) {
	text, tone := p.empty, theme.Dim
	if p.foreign != "" {
		text = safetext.Clean(p.foreign)
	}
	if p.at >= 0 {
		text, tone = p.shown[p.at], theme.Plain
	}
	frame := theme.Dim
	if pt.focused {
		frame = theme.Key
	}
	count := safetext.Safe("  " + strconv.Itoa(p.at+1) + " of " + strconv.Itoa(len(p.choices)))
	x := pt.Text(0, 0, pt.th.Pen(frame), "< ")
	if pt.focused {
		pt.SetCursor(x, 0)
	}
	text = safetext.Truncate(text, max(1, pt.width()-4))
	x = pt.Text(x, 0, pt.th.Pen(tone), text)
	x = pt.Text(x, 0, pt.th.Pen(frame), " >")
	if x+safetext.Width(count) <= pt.width() {
		pt.Text(x, 0, pt.th.Pen(theme.Dim), count)
	}
}

// checks is several of several choices, one below the other.
type checks struct {
	still
	choices []string
	on      []bool
	start   []string
	at      int
}

func newChecks(d Field) *checks {
	c := &checks{choices: slices.Clone(d.Choices), start: d.List}
	for _, s := range d.List {
		if !slices.Contains(c.choices, s) {
			c.choices = append(c.choices, s) // what is set stays visible
		}
	}
	c.on = make([]bool, len(c.choices))
	for i, s := range c.choices {
		c.on[i] = slices.Contains(d.List, s)
	}
	return c
}

func (c *checks) key(k tea.KeyMsg) (bool, tea.Cmd) {
	switch tui.Press(k) {
	case " ":
		c.on[c.at] = !c.on[c.at]
	case "up":
		if c.at == 0 {
			return false, nil
		}
		c.at--
	case "down":
		if c.at == len(c.choices)-1 {
			return false, nil
		}
		c.at++
	default:
		return false, nil
	}
	return true, nil
}

func (c *checks) enter(dir int) tea.Cmd {
	if c.at = 0; dir < 0 {
		c.at = len(c.choices) - 1
	}
	return nil
}

func (c *checks) value() Value {
	var list []string
	for i, on := range c.on {
		if on {
			list = append(list, c.choices[i])
		}
	}
	return Value{List: list}
}

func (c *checks) touched() bool {
	for i, s := range c.choices {
		if c.on[i] != slices.Contains(c.start, s) {
			return true
		}
	}
	return false
}

func (c *checks) wipe()           {}
func (c *checks) height(bool) int { return len(c.choices) }

func (c *checks) actions() []tui.Action {
	return []tui.Action{{ID: "form.check", Title: "check", Help: "Switch the line under the cursor on or off.", Keys: []string{" "}, Footer: 2}}
}

func (c *checks) draw(p painter) {
	for i, s := range c.choices {
		box := safetext.Safe("[ ] ")
		if c.on[i] {
			box = "[x] "
		}
		pen := p.th.Pen(theme.Plain)
		if p.focused && i == c.at {
			pen = p.th.Pen(theme.Key)
			p.SetCursor(1, i)
		}
		x := p.Text(0, i, pen, box)
		p.TextIn(x, i, p.width()-x, pen, safetext.Clean(s))
	}
}
