package form

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/line"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// widget edits one field.
type widget interface {
	key(tea.KeyMsg) (used bool, cmd tea.Cmd)
	message(tea.Msg) tea.Cmd // the answer to what it has asked for
	canStep(dir int) bool    // whether there is a place to go to within the field
	step(dir int)
	enter(dir int) tea.Cmd // the focus comes, from above with dir 1
	leave()
	escape() bool // closes something of its own
	value() Value
	touched() bool
	fault() error // what is wrong whatever the declaration says
	actions() []tui.Action
	wipe()
	height(focused bool) int
	draw(p painter)
}

// painter is what a widget draws with: the canvas is its place.
type painter struct {
	*term.Canvas
	th      *theme.Theme
	focused bool
}

func (p painter) width() int { w, _ := p.Size(); return w }

// input draws a line of input and puts the cursor into it.
func (p painter) input(in *line.Input, x, y, w int, focused bool, mask, empty safetext.Safe) {
	at := in.Draw(p.Canvas, x, y, w, p.th.Pen(theme.Input), mask)
	if empty != "" && in.Value() == "" {
		p.TextIn(x, y, w, p.th.Pen(theme.Input).Add(p.th.Pen(theme.Dim)), empty)
	}
	if focused {
		p.SetCursor(at, y)
	}
}

// fieldMsg is a message on its way to one widget of the form.
type fieldMsg struct {
	field int
	msg   tea.Msg
}

func (f *Form) newWidget(d Field) widget {
	switch d.Kind {
	case Secret:
		return newSecret(f, d)
	case Bool:
		return newPick(d, []string{"no", "yes"})
	case Choice:
		return newPick(d, d.Choices)
	case Multi:
		if len(d.Choices) > 0 {
			return newChecks(d)
		}
		return &words{text: text{in: line.New(strings.Join(d.List, " ")), empty: safetext.Clean(d.Empty)}, start: d.List}
	case Ref:
		return newRef(f, d)
	case Rows:
		return newRows(d)
	}
	return newText(d)
}

// still is what a widget does that has one place and asks for nothing.
type still struct{}

func (still) message(tea.Msg) tea.Cmd { return nil }
func (still) canStep(int) bool        { return false }
func (still) step(int)                {}
func (still) enter(int) tea.Cmd       { return nil }
func (still) leave()                  {}
func (still) escape() bool            { return false }
func (still) fault() error            { return nil }
func (still) actions() []tui.Action   { return nil }
func (still) height(bool) int         { return 1 }

// text is a line of text.
type text struct {
	still
	in    *line.Input
	empty safetext.Safe
}

func newText(d Field) *text { return &text{in: line.New(d.Value), empty: safetext.Clean(d.Empty)} }

func (t *text) key(k tea.KeyMsg) (bool, tea.Cmd) { return t.in.Key(withoutLastLineEnd(k)), nil }
func (t *text) value() Value                     { return Value{Text: t.in.Value()} }
func (t *text) touched() bool                    { return t.in.Touched() }
func (t *text) wipe()                            { t.in.Wipe() }
func (t *text) draw(p painter)                   { p.input(t.in, 0, 0, p.width(), p.focused, "", t.empty) }

// withoutLastLineEnd takes off the line end that comes along when a whole line
// was copied: textinput would make a space of it.
func withoutLastLineEnd(k tea.KeyMsg) tea.KeyMsg {
	if tui.Press(k) == "" {
		n := len(k.Runes)
		for n > 0 && (k.Runes[n-1] == '\n' || k.Runes[n-1] == '\r') {
			n--
		}
		k.Runes = k.Runes[:n]
	}
	return k
}

// words is a line of words, for a Multi without choices.
type words struct {
	text
	start []string
}

func (w *words) value() Value {
	if !w.touched() {
		return Value{List: w.start}
	}
	return Value{List: strings.FieldsFunc(w.in.Value(), func(r rune) bool { return r == ' ' || r == ',' })}
}
