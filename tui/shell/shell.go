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
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// Shell is the root model. All its methods belong to the event loop.
type Shell struct {
	env           *tui.Env
	cfg           Config
	w, h          int
	tabs          []*tab
	at            int
	modals        []*box
	toasts        toasts
	clock         clock
	copying       []safetext.Safe // what was asked to be copied and is not answered yet
	recent        palette.Recent
	lastKey       time.Time
	own, terminal []tui.Action // what the shell itself can do, and what works over a modal too
	unlocked      bool         // writes were unlocked here and did not lock themselves since
	over          bool         // everything is closed, the program ends
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
	s.bind()
	return s
}

// Jobs is the board of jobs that header, J and the question at q look at.
func (s *Shell) Jobs() *jobs.Board { return s.cfg.Jobs }

// Init shows the first tab.
func (s *Shell) Init() tea.Cmd {
	s.lastKey = s.env.Now() // whoever has just started it is there
	cmds := []tea.Cmd{s.toFront(), s.settle()}
	if s.cfg.AskBackground {
		cmds = append(cmds, term.AskBackground(backgroundWait))
	}
	return tea.Batch(cmds...)
}

// Update handles one message.
func (s *Shell) Update(msg tea.Msg) tea.Cmd {
	if s.over {
		closeLate(msg)
		return nil
	}
	return tea.Batch(s.handle(msg), s.settle())
}

// closeLate closes what comes when nothing is opened any more.
func closeLate(msg tea.Msg) {
	switch m := msg.(type) {
	case tui.OpenMsg:
		m.Modal.Close()
	case tui.PushMsg:
		m.Screen.Close()
	}
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
		return s.mouse(m)
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
	case term.Copied:
		s.copied(m)
	case term.Background:
		return s.background(m)
	case tui.LookMsg:
		return s.look(m.Theme)
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

// background makes the looks fit what the terminal stands on.
func (s *Shell) background(b term.Background) tea.Cmd {
	o := s.env.Theme.Options()
	want := theme.Light
	if b.Dark {
		want = theme.Dark
	}
	if !b.Known || o.Background == want {
		return nil
	}
	o.Background = want
	return s.look(theme.New(o))
}

func (s *Shell) look(t *theme.Theme) tea.Cmd {
	s.env.Theme = t
	return s.broadcast(tui.ThemeMsg{})
}

// mouse tells the screen what happened in its room, in its own coordinates.
func (s *Shell) mouse(m tea.MouseMsg) tea.Cmd {
	p, l := s.front(), s.layout()
	if p == nil || s.top() != nil || m.Y < l.room.y || m.Y >= l.room.y+l.room.h {
		return nil
	}
	m.X, m.Y = m.X-l.room.x, m.Y-l.room.y
	return p.screen.Update(m)
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
