// Package trouble shows a failure in full: what was tried, what happened, in
// whose words, and what to do next.
package trouble

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// Box is a tui.Modal.
type Box struct {
	id      tui.ID
	env     *tui.Env
	failure *apiclient.Failure
	more    []string // what is known besides, such as what a look back has found
	ways    []tui.Action
	guard   *tui.Guard
	scroll  flow.Scroll
}

// New makes a box. Ways are actions that may help; each closes the box.
func New(env *tui.Env, f *apiclient.Failure, more []string, ways ...tui.Action) *Box {
	b := &Box{id: env.NextID(), env: env, failure: f, more: more, guard: tui.NewGuard(env.Now)}
	for _, w := range ways {
		do := w.Do
		w.Do = func() tea.Cmd { return tea.Batch(tui.Close(b.id), do()) }
		b.ways = append(b.ways, w)
	}
	return b
}

// ID implements tui.Modal, as do the methods below.
func (b *Box) ID() tui.ID { return b.id }

// Init begins.
func (b *Box) Init() tea.Cmd {
	b.guard.Arm()
	return nil
}

// Title says how it ended.
func (b *Box) Title() safetext.Safe {
	switch b.failure.End {
	case apiclient.Unknown:
		return "It is not known whether it happened"
	case apiclient.Refused:
		return "Refused"
	}
	return "Not done"
}

// Tone is the tone of the frame.
func (b *Box) Tone() theme.Tone {
	if b.failure.End == apiclient.Unknown {
		return theme.Warn
	}
	return theme.Bad
}

// TypingText is always false.
func (b *Box) TypingText() bool { return false }

// Deaf is it to everything but esc until it could be read.
func (b *Box) Deaf(k tea.KeyMsg) bool {
	return tui.Press(k) != "esc" && b.guard.Deaf()
}

// Escape closes.
func (b *Box) Escape() (closes bool, cmd tea.Cmd) { return true, nil }

// Close has nothing to end.
func (b *Box) Close() {}

// Actions are the keys.
func (b *Box) Actions() []tui.Action {
	out := append([]tui.Action(nil), b.ways...)
	if id := b.failure.RequestID; id != "" {
		out = append(out, tui.Action{
			ID: "trouble.copy", Title: "copy the request id", Help: "Copy the id with which the server's log tells more.", Keys: []string{"y"}, Footer: 8,
			Do: func() tea.Cmd { return tui.Copy(id, "request id "+safetext.Clean(id)) },
		})
	}
	return append(out, tui.Action{ID: "trouble.close", Title: "close", Keys: []string{"esc", "enter", "q"}, Footer: 9, Do: func() tea.Cmd { return tui.Close(b.id) }})
}

// Update scrolls.
func (b *Box) Update(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyMsg); ok {
		b.scroll.Key(tui.Press(k))
	}
	return nil
}

const width = 72

// Size is the wanted size.
func (b *Box) Size(maxW, maxH int) (w, h int) {
	w = min(maxW, width)
	return w, min(maxH, b.page(w, maxH).Len())
}

// Draw draws what is known.
func (b *Box) Draw(c *term.Canvas) {
	w, h := c.Size()
	page := b.page(w, h)
	page.Draw(c, b.env.Theme, b.scroll.Fit(h, page.Len()))
}

func (b *Box) page(w, h int) *flow.Page {
	return flow.Lay(w, h, b.write)
}

func (b *Box) write(p *flow.Page) {
	f := b.failure
	line := func(head safetext.Safe, tone theme.Tone, text string) {
		if text == "" {
			return
		}
		for i, s := range safetext.CleanLines(text) {
			if i > 0 {
				head = ""
			}
			p.Hang([]flow.Span{{Tone: theme.Dim, Text: safetext.Fit(head, 10)}}, tone, s)
		}
	}
	line("Tried", theme.Plain, f.Tried)
	line("Happened", b.Tone(), f.Message)
	for _, e := range f.Fields {
		line("", theme.Plain, e.Field+": "+e.Text)
	}
	line("Answer", theme.Plain, answer(f))
	for _, s := range b.more {
		line("Found", theme.Plain, s)
	}
	if f.RetryAfter > 0 {
		line("Wait", theme.Plain, apiclient.FormatSpan(f.RetryAfter)+", the server asks")
	}
	line("Next", theme.Accent, next(f))
	line("Request", theme.Dim, f.RequestID)
}

// answer is status and code, where there was an answer.
func answer(f *apiclient.Failure) string {
	if f.Status == 0 {
		if f.End == apiclient.NotSent {
			return "none: nothing was sent"
		}
		return "none"
	}
	return strings.TrimSpace(strconv.Itoa(f.Status) + " " + f.Code)
}

func next(f *apiclient.Failure) string {
	if f.Next != "" {
		return f.Next
	}
	switch f.End {
	case apiclient.Unknown:
		return "Look whether it happened before you try it again."
	case apiclient.Refused:
		return "Nothing was changed. Correct what the server names, and try again."
	}
	return "Nothing was changed. Try again."
}

// Line is a failure in one line, for banners and toasts.
func Line(f *apiclient.Failure) string {
	s := f.Message
	if f.Tried != "" {
		s = f.Tried + ": " + s
	}
	if f.End == apiclient.Unknown {
		s += "; it is not known whether it happened"
	}
	return s
}

// Text is all that is known about a failure, in lines.
func Text(f *apiclient.Failure, found string) string {
	var b strings.Builder
	line := func(head, text string) {
		if text != "" {
			b.WriteString(head + ": " + text + "\n")
		}
	}
	line("tried", f.Tried)
	line("happened", f.Message)
	for _, e := range f.Fields {
		line(e.Field, e.Text)
	}
	line("answer", answer(f))
	if found != f.Message {
		line("found", found)
	}
	line("next", next(f))
	line("request", f.RequestID)
	return strings.TrimSuffix(b.String(), "\n")
}
