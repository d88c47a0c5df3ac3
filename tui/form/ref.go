package form

import (
	"context"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"

	"gatehouse/tui"
	"gatehouse/tui/line"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

const (
	// listed is how many suggestions are shown below a field.
	listed = 5
	// pause is how long the keys rest before a lookup starts.
	pause = 150 * time.Millisecond
	// patience is how long a lookup may take.
	patience = 15 * time.Second
)

// ref is a line of text with a list of suggestions below it. What is typed
// counts as it is, whether or not it was suggested.
type ref struct {
	still
	in    *line.Input
	empty safetext.Safe
	send  func(tea.Cmd) tea.Cmd // leads an answer back to this widget

	lookup func(context.Context, string) ([]Suggestion, error)
	loader *tui.Loader
	asked  int // counts what was typed since; an older pause does nothing

	known []Suggestion
	found []Suggestion // of known, what matches, the best first
	at    int          // in found; -1: the cursor is in the line
	open  bool
	busy  bool
	err   safetext.Safe
	key_  any
	taken string // the text that key_ belongs to
}

type (
	pauseOver struct{ asked int }
	lookedUp  = tui.Loaded[[]Suggestion]
)

func newRef(f *Form, d Field) *ref {
	i := len(f.fields)
	return &ref{
		in: line.New(d.Value), empty: safetext.Clean(d.Empty), at: -1,
		lookup: d.Lookup, loader: tui.NewLoader(f.ctx),
		send: func(cmd tea.Cmd) tea.Cmd {
			return tui.To(f.id, func() tea.Msg { return fieldMsg{i, cmd()} })
		},
	}
}

func (r *ref) enter(int) tea.Cmd {
	if r.lookup == nil || r.known != nil {
		return nil
	}
	return r.ask()
}

func (r *ref) leave() { r.open, r.at = false, -1 }

func (r *ref) escape() bool {
	was := r.open
	r.leave()
	return was
}

func (r *ref) key(k tea.KeyMsg) (bool, tea.Cmd) {
	switch name := tui.Press(k); {
	case name == "down" && r.open && len(r.found) > 0:
		r.at = min(r.at+1, len(r.found)-1)
		return true, nil
	case name == "down" && !r.open && len(r.found) > 0:
		r.open, r.at = true, 0
		return true, nil
	case name == "up" && r.at >= 0:
		r.at--
		return true, nil
	case name == "enter" && r.at >= 0:
		r.take(r.found[r.at])
		return true, nil
	}
	before := r.in.Value()
	used := r.in.Key(withoutLastLineEnd(k))
	if r.in.Value() == before {
		return used, nil
	}
	r.open, r.at = r.lookup != nil, -1
	r.match()
	return true, r.rest()
}

func (r *ref) take(s Suggestion) {
	r.in.Set("")
	r.in.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s.Text), Paste: true})
	r.key_, r.taken = s.Key, r.in.Value()
	r.leave()
}

// rest waits until the keys pause.
func (r *ref) rest() tea.Cmd {
	if r.lookup == nil {
		return nil
	}
	r.asked++
	n := r.asked
	return r.send(tea.Tick(pause, func(time.Time) tea.Msg { return pauseOver{n} }))
}

func (r *ref) ask() tea.Cmd {
	typed := r.in.Value()
	r.busy, r.err = true, ""
	load := tui.Load(r.loader, 0, patience, func(ctx context.Context) ([]Suggestion, error) { return r.lookup(ctx, typed) })
	return r.send(func() tea.Msg { return load().(tui.Addressed).Msg })
}

func (r *ref) message(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case pauseOver:
		if m.asked == r.asked {
			return r.ask()
		}
	case lookedUp:
		if !r.loader.Fresh(m.Gen) {
			return nil
		}
		r.busy = false
		if m.Err != nil {
			r.err = safetext.Clean(m.Err.Error())
			return nil
		}
		r.known = m.Value
		if r.known == nil {
			r.known = []Suggestion{}
		}
		r.match()
	}
	return nil
}

// match finds what is known and fits what was typed, the best first. The
// suggestion under the cursor stays there.
func (r *ref) match() {
	var under string
	if r.at >= 0 && r.at < len(r.found) {
		under = r.found[r.at].Text
	}
	typed := r.in.Value()
	if typed == "" {
		r.found = r.known
	} else {
		matches := fuzzy.FindFrom(typed, texts(r.known))
		r.found = make([]Suggestion, len(matches))
		for i, m := range matches {
			r.found[i] = r.known[m.Index]
		}
	}
	if r.at >= 0 {
		r.at = slices.IndexFunc(r.found, func(s Suggestion) bool { return s.Text == under })
	}
}

// texts lets fuzzy search in suggestions.
type texts []Suggestion

func (t texts) String(i int) string { return t[i].Text }
func (t texts) Len() int            { return len(t) }

func (r *ref) value() Value {
	v := Value{Text: r.in.Value()}
	if v.Text != "" && v.Text == r.taken {
		v.Key = r.key_
	}
	return v
}

func (r *ref) touched() bool { return r.in.Touched() }

func (r *ref) wipe() {
	r.loader.Cancel()
	r.in.Wipe()
}

func (r *ref) actions() []tui.Action {
	if len(r.found) == 0 {
		return nil
	}
	return []tui.Action{{ID: "form.pick", Title: "pick", Help: "Go into the list of suggestions; enter takes one.", Keys: []string{"down"}, Footer: 2}}
}

func (r *ref) height(focused bool) int {
	if !focused || !r.open {
		return 1
	}
	return 1 + max(1, min(listed, len(r.found)))
}

func (r *ref) draw(p painter) {
	p.input(r.in, 0, 0, p.width(), p.focused && r.at < 0, "", r.empty)
	if !p.focused || !r.open {
		return
	}
	if len(r.found) == 0 {
		p.TextIn(0, 1, p.width(), p.th.Pen(theme.Dim), r.nothing(p.th))
		return
	}
	top := max(0, r.at-listed+1)
	for i := top; i < len(r.found) && i < top+listed; i++ {
		r.drawOne(p, 1+i-top, r.found[i], i == r.at)
	}
}

func (r *ref) nothing(th *theme.Theme) safetext.Safe {
	switch {
	case r.err != "":
		return "no suggestions: " + r.err
	case r.busy:
		return "looking" + th.Signs.More
	}
	return "nothing that fits; what you typed is used as it is"
}

func (r *ref) drawOne(p painter, y int, s Suggestion, under bool) {
	sign, pen, note := safetext.Safe("  "), p.th.Pen(theme.Plain), p.th.Pen(theme.Dim)
	if under {
		sign, pen = p.th.Signs.Cursor+" ", p.th.Pen(theme.Cursor)
		note = pen
		p.Fill(0, y, p.width(), 1, pen)
		p.SetCursor(0, y)
	}
	x := p.Text(0, y, pen, sign)
	x = p.Text(x, y, pen, safetext.Truncate(safetext.Clean(s.Text), p.width()-x))
	if s.Note != "" {
		p.TextIn(x+2, y, p.width()-x-2, note, safetext.Clean(s.Note))
	}
}
