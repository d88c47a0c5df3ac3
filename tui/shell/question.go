package shell

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// question is the shell's own yes or no. Only y says yes; Enter says nothing.
type question struct {
	id    tui.ID
	env   *tui.Env
	guard *tui.Guard
	questionText
	do func() tea.Cmd
}

type questionText struct {
	title, text safetext.Safe
	yes         string
	tone        theme.Tone
}

func newQuestion(env *tui.Env, text questionText, do func() tea.Cmd) *question {
	return &question{id: env.NextID(), env: env, guard: tui.NewGuard(env.Now), questionText: text, do: do}
}

func quitText(running int) questionText {
	text := "1 job is still running. What it has not yet sent is not sent any more."
	if running > 1 {
		text = fmt.Sprintf("%d jobs are still running. What they have not yet sent is not sent any more.", running)
	}
	return questionText{title: "Quit?", text: safetext.Clean(text), yes: "quit", tone: theme.Warn}
}

func (q *question) ID() tui.ID              { return q.id }
func (q *question) Init() tea.Cmd           { return nil }
func (q *question) Update(tea.Msg) tea.Cmd  { return nil }
func (q *question) Title() safetext.Safe    { return q.title }
func (q *question) Tone() theme.Tone        { return q.tone }
func (q *question) TypingText() bool        { return false }
func (q *question) Deaf(tea.KeyMsg) bool    { return q.guard.Deaf() }
func (q *question) Escape() (bool, tea.Cmd) { return true, nil }
func (q *question) Close()                  {}
func (q *question) Size(maxW, _ int) (w, h int) {
	w = min(maxW, 56)
	return w, len(flow.Wrap(q.text, w)) + 2
}

func (q *question) Draw(c *term.Canvas) {
	w, h := c.Size()
	for y, line := range flow.Wrap(q.text, w) {
		c.Text(0, y, q.env.Theme.Pen(theme.Plain), line)
	}
	hint := safetext.Clean("y " + q.yes + "   n no")
	c.Text(max(0, w-safetext.Width(hint)), h-1, q.env.Theme.Pen(theme.Key), hint)
}

func (q *question) Actions() []tui.Action {
	return []tui.Action{
		{ID: "question.yes", Title: q.yes, Keys: []string{"y"}, Footer: 1, Do: func() tea.Cmd {
			return tea.Batch(tui.Close(q.id), q.do())
		}},
		{ID: "question.no", Title: "no", Keys: []string{"n"}, Footer: 2, Do: func() tea.Cmd { return tui.Close(q.id) }},
	}
}
