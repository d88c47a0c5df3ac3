package shell

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// messages shows all toasts in full, the newest first.
type messages struct {
	id  tui.ID
	env *tui.Env
	log []message
	at  flow.Scroll
}

func newMessages(env *tui.Env, log []message) *messages {
	return &messages{id: env.NextID(), env: env, log: log}
}

func (m *messages) ID() tui.ID              { return m.id }
func (m *messages) Init() tea.Cmd           { return nil }
func (m *messages) Title() safetext.Safe    { return "Messages" }
func (m *messages) Tone() theme.Tone        { return theme.Accent }
func (m *messages) TypingText() bool        { return false }
func (m *messages) Deaf(tea.KeyMsg) bool    { return false }
func (m *messages) Escape() (bool, tea.Cmd) { return true, nil }
func (m *messages) Close()                  {}

func (m *messages) Actions() []tui.Action {
	return []tui.Action{
		{ID: "messages.close", Title: "close", Keys: []string{"esc"}, Footer: 1},
	}
}

func (m *messages) Size(maxW, maxH int) (w, h int) {
	w = min(maxW, 96)
	return w, min(maxH, max(1, len(m.lines(w))))
}

func (m *messages) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	m.at.Key(tui.Press(k))
	return nil
}

// spoken is one line of a message.
type spoken struct {
	when, text safetext.Safe
	tone       theme.Tone
}

func (m *messages) lines(w int) []spoken {
	var out []spoken
	for i := len(m.log) - 1; i >= 0; i-- {
		said := m.log[i]
		when := safetext.Clean(said.at.UTC().Format("15:04:05Z "))
		if m.env.Local {
			when = safetext.Clean(said.at.Local().Format("15:04:05  "))
		}
		text := sign(said.Tone, m.env.Theme.Signs) + " " + said.Text
		for _, line := range flow.Wrap(text, w-safetext.Width(when)) {
			out = append(out, spoken{when, line, said.Tone})
			when = "          "
		}
	}
	return out
}

func (m *messages) Draw(c *term.Canvas) {
	w, h := c.Size()
	lines := m.lines(w)
	top := m.at.Fit(h, len(lines))
	if len(lines) == 0 {
		c.Text(0, 0, m.env.Theme.Pen(theme.Dim), "nothing was said yet")
	}
	for y := 0; y < h && top+y < len(lines); y++ {
		l := lines[top+y]
		x := c.Text(0, y, m.env.Theme.Pen(theme.Dim), l.when)
		c.Text(x, y, m.env.Theme.Pen(l.tone), l.text)
	}
}
