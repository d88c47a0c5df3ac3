// Package shell is the root of the console: it shows header, tabs, breadcrumb
// and footer around the screen in front, keeps the stacks of screens and of
// modals, and decides whom a key or a message reaches.
package shell

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/jobs"
	"gatehouse/tui/palette"
)

// Shell is the root model. All its methods belong to the event loop.
type Shell struct {
	env     *tui.Env
	cfg     Config
	w, h    int
	tabs    []*tab
	at      int
	modals  []*box
	toasts  toasts
	clock   clock
	recent  palette.Recent
	lastKey time.Time
	over    bool // everything is closed, the program ends
}

// New makes a shell that shows nothing before Init.
func New(env *tui.Env, c Config) *Shell {
	if c.Jobs == nil {
		c.Jobs = jobs.New(env)
	}
	if c.Tick == nil {
		c.Tick = tea.Tick
	}
	if c.Header == nil {
		c.Header = func() Header { return Header{} }
	}
	if c.Connection == nil {
		c.Connection = func() Connection { return Connection{} }
	}
	s := &Shell{env: env, cfg: c}
	for i, spec := range c.Tabs {
		s.tabs = append(s.tabs, &tab{spec: spec})
		if spec.ID == c.First {
			s.at = i
		}
	}
	return s
}

// Jobs is the board of jobs that header, J and the question at q look at.
func (s *Shell) Jobs() *jobs.Board { return s.cfg.Jobs }

// Init shows the first tab.
func (s *Shell) Init() tea.Cmd { return tea.Batch(s.toFront(), s.settle()) }

// Update handles one message.
func (s *Shell) Update(msg tea.Msg) tea.Cmd {
	if s.over {
		return nil
	}
	return tea.Batch(s.handle(msg), s.settle())
}

// settle brings up to date what any message may have changed: the room of the
// screen in front and the clock.
func (s *Shell) settle() tea.Cmd {
	if s.over {
		return nil
	}
	s.fit()
	return s.pace()
}

func (s *Shell) handle(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		s.w, s.h = max(0, m.Width), max(0, m.Height)
	case tea.KeyMsg:
		return s.pressed(m)
	case tea.MouseMsg:
		return nil // nobody asked the terminal for it
	case tui.Addressed:
		return s.deliver(m)
	case tui.OpenMsg:
		return s.open(m.Modal)
	case tui.CloseMsg:
		s.shut(m.ID)
	case tui.PushMsg:
		return s.push(m.Screen)
	case tui.PopMsg:
		return s.pop()
	case tui.TabMsg:
		return s.showTab(m.ID)
	case tui.ResetMsg:
		return s.reset()
	case tui.ToastMsg:
		s.toasts.say(m, s.env.Now())
	case tui.CopyMsg:
		return s.copy(m)
	case tui.LookMsg:
		s.env.Theme = m.Theme
		return s.broadcast(tui.ThemeMsg{})
	case tui.QuitMsg:
		return s.askQuit()
	case beat:
		return s.beat(m)
	default:
		return s.broadcast(msg)
	}
	return nil
}

// deliver hands a result to whoever asked for it; if that is closed, nobody
// gets it.
func (s *Shell) deliver(m tui.Addressed) tea.Cmd {
	for r := range s.receivers {
		if r.ID() == m.To {
			return r.Update(m.Msg)
		}
	}
	return s.cfg.Jobs.Deliver(m.To, m.Msg)
}

// broadcast hands a message to everyone.
func (s *Shell) broadcast(msg tea.Msg) tea.Cmd {
	var all []tui.Receiver
	for r := range s.receivers { // who joins meanwhile has not missed it
		all = append(all, r)
	}
	cmds := make([]tea.Cmd, len(all))
	for i, r := range all {
		cmds[i] = r.Update(msg)
	}
	return tea.Batch(cmds...)
}

// receivers ranges over everything that is open.
func (s *Shell) receivers(yield func(tui.Receiver) bool) {
	for _, r := range s.cfg.Services {
		if !yield(r) {
			return
		}
	}
	for _, t := range s.tabs {
		for _, p := range t.stack {
			if !yield(p.screen) {
				return
			}
		}
	}
	for _, b := range s.modals {
		if !yield(b.modal) {
			return
		}
	}
}

// quit closes everything and ends the program.
func (s *Shell) quit() tea.Cmd {
	s.closeAll()
	s.over = true
	return tea.Quit
}

// askQuit ends the program, after a question while a job runs.
func (s *Shell) askQuit() tea.Cmd {
	n := s.cfg.Jobs.Running()
	if n == 0 {
		return s.quit()
	}
	return s.open(newQuestion(s.env, quitText(n), s.quit))
}
