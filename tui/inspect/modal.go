package inspect

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/theme"
)

// Modal is a page in a box, a tui.Modal. Following a link closes it.
type Modal struct {
	*Page
	id    tui.ID
	extra func() []tui.Action
}

// NewModal makes the box. Extra actions, which may be nil, work on the record.
func NewModal(env *tui.Env, source func() Record, extra func() []tui.Action) *Modal {
	return &Modal{Page: New(env, source), id: env.NextID(), extra: extra}
}

// ID implements tui.Modal.
func (m *Modal) ID() tui.ID { return m.id }

// Init implements tui.Modal.
func (m *Modal) Init() tea.Cmd { return nil }

// Update implements tui.Modal: all it does is in its actions.
func (m *Modal) Update(tea.Msg) tea.Cmd { return nil }

// widest is the width beyond which lines are hard to read.
const widest = 96

// Size implements tui.Modal.
func (m *Modal) Size(maxW, maxH int) (w, h int) {
	m.refresh()
	w = min(maxW, widest)
	return w, max(1, min(maxH, layOut(m.record.Fields, m.env.Theme, w, maxH).page.Len()))
}

// Tone implements tui.Modal.
func (m *Modal) Tone() theme.Tone { return theme.Accent }

// Actions implements tui.Modal.
func (m *Modal) Actions() []tui.Action {
	actions := m.Page.Actions()
	for i := range actions {
		if a := &actions[i]; a.ID == "inspect.follow" && a.Do != nil {
			follow := a.Do
			a.Do = func() tea.Cmd { return tea.Batch(tui.Close(m.id), follow()) }
		}
	}
	if m.extra != nil {
		actions = append(actions, m.extra()...)
	}
	return append(actions, tui.Action{ID: "inspect.close", Title: "close", Keys: []string{"esc"}, Footer: 900})
}

// TypingText implements tui.Modal.
func (m *Modal) TypingText() bool { return false }

// Deaf implements tui.Modal: nothing here can do harm.
func (m *Modal) Deaf(tea.KeyMsg) bool { return false }

// Escape implements tui.Modal.
func (m *Modal) Escape() (closes bool, cmd tea.Cmd) { return true, nil }

// Close implements tui.Modal.
func (m *Modal) Close() {}
