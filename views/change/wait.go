package change

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// wait is the box that stands there while a plan is made on a slow system.
type wait struct {
	id     tui.ID
	env    *tui.Env
	title  safetext.Safe
	cancel func()
}

func newWait(env *tui.Env, title string, cancel func()) *wait {
	return &wait{id: env.NextID(), env: env, title: safetext.Clean(title), cancel: cancel}
}

func (w *wait) ID() tui.ID             { return w.id }
func (w *wait) Init() tea.Cmd          { return nil }
func (w *wait) Update(tea.Msg) tea.Cmd { return nil }
func (w *wait) Title() safetext.Safe   { return w.title }
func (w *wait) Tone() theme.Tone       { return theme.Accent }
func (w *wait) TypingText() bool       { return false }
func (w *wait) Deaf(tea.KeyMsg) bool   { return false }
func (w *wait) Close()                 {}

func (w *wait) Size(maxW, maxH int) (width, height int) {
	return min(maxW, max(48, safetext.Width(w.title)+4)), min(maxH, 2)
}

// Escape gives it up: nothing was sent that changes anything.
func (w *wait) Escape() (closes bool, cmd tea.Cmd) {
	w.cancel()
	return true, nil
}

func (w *wait) Draw(c *term.Canvas) {
	pen := w.env.Theme.Pen
	c.Text(0, 0, pen(theme.Plain), "Asking the server what this takes"+w.env.Theme.Signs.More)
	c.Text(0, 1, pen(theme.Dim), "Nothing is changed yet.")
}

func (w *wait) Actions() []tui.Action {
	return []tui.Action{{ID: "wait.cancel", Title: "cancel", Keys: []string{"esc"}, Footer: 1}}
}
