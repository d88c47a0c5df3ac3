package term

import (
	"context"
	"fmt"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// session is one Run: the model that Bubble Tea sees, between our reader and
// our painter. Its methods run on Bubble Tea's event loop.
type session struct {
	root    Root
	opt     Options
	guard   *Guard
	tty     *tty
	painter *Painter
	canvas  *Canvas
	prog    *tea.Program
	first   tea.Cmd
	jobs    chan os.Signal // where SIGTSTP comes in

	painted time.Time // when the last frame went out
	due     bool      // a later frame is on its way
	away    bool      // suspended: the terminal is somebody else's
	asking  int       // the number of the question about the background that waits for its answer; 0: none
	asked   int
}

// Messages of a session to itself.
type (
	sizeChanged struct{}
	suspend     struct{}
	continued   struct{}
	frameDue    struct{}
	redraw      struct{}
	setMouse    bool
)

// Redraw is a command that draws the whole screen anew, for a terminal that
// somebody else wrote to.
func Redraw() tea.Msg { return redraw{} }

// Mouse is a command that switches the reports of clicks, drags and the wheel.
// While they are on, the terminal's own selection needs shift.
func Mouse(on bool) tea.Cmd { return func() tea.Msg { return setMouse(on) } }

// frameGap is the least time between two frames.
const frameGap = 5 * time.Millisecond

// start takes the terminal and shows the first frame.
func (s *session) start(ctx context.Context) error {
	s.prog = tea.NewProgram(s, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(s.opt.Out),
		tea.WithoutRenderer(), tea.WithoutSignalHandler(), tea.WithoutCatchPanics(), tea.WithFilter(replaceSuspend))
	if err := s.tty.enter(); err != nil {
		return err
	}
	if err := s.firstFrame(); err != nil {
		return err
	}
	if crash := s.guard.Crash(); crash != nil {
		return crash
	}
	return nil
}

func (s *session) firstFrame() error {
	defer s.guard.catch("Init")
	w, h, err := s.tty.size()
	if err != nil {
		return err
	}
	init := s.root.Init()
	s.first = s.guard.command(tea.Batch(init, s.resize(w, h)))
	s.paint()
	return nil
}

// replaceSuspend takes suspending over from Bubble Tea, which would wait for
// an input that it does not have.
func replaceSuspend(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, ok := msg.(tea.SuspendMsg); ok {
		return suspend{}
	}
	return msg
}

// Init is part of tea.Model.
func (s *session) Init() tea.Cmd { return s.first }

// View is part of tea.Model, and not used: frames go through the painter.
func (s *session) View() string { return "" }

// Update is part of tea.Model.
func (s *session) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	model = s
	if s.guard.Crash() != nil {
		return model, nil
	}
	defer s.guard.catch("Update")
	if s.opt.OnMessage != nil {
		s.opt.OnMessage(fmt.Sprintf("%T", msg))
	}
	if _, ok := msg.(frameDue); ok {
		s.due = false
		s.paint()
		return model, nil
	}
	cmd = s.guard.command(s.handle(msg))
	s.frame()
	return model, cmd
}

// handle deals with what concerns the terminal, and hands on the rest.
func (s *session) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case sizeChanged:
		w, h, err := s.tty.size()
		if err != nil {
			return nil // the terminal is going; its end comes by another way
		}
		return s.resize(w, h)
	case suspend:
		return s.suspend()
	case continued:
		return s.resume()
	case redraw:
		s.painter.Invalidate()
		return nil
	case setMouse:
		s.tty.setMouse(bool(msg))
		return nil
	case copyRequest:
		return s.copy(msg)
	case askBackground:
		return s.ask(msg)
	case backgroundAnswer:
		return s.background(s.asking, Background{Known: msg.known, Dark: msg.dark})
	case backgroundTimeout:
		return s.background(int(msg), Background{})
	case tea.KeyMsg:
		if msg.Type == tea.KeyCtrlZ && !msg.Alt {
			return s.suspend()
		}
	}
	return s.root.Update(msg)
}

func (s *session) resize(w, h int) tea.Cmd {
	s.canvas.Resize(w, h)
	s.painter.Resize(w, h)
	return s.root.Update(tea.WindowSizeMsg{Width: w, Height: h})
}

// frame paints at once, unless the last frame is only just out: then once, later.
func (s *session) frame() {
	wait := frameGap - time.Since(s.painted)
	if wait <= 0 {
		s.paint()
		return
	}
	if !s.due {
		s.due = true
		time.AfterFunc(wait, func() { s.prog.Send(frameDue{}) })
	}
}

func (s *session) paint() {
	defer s.guard.catch("Draw")
	if s.away {
		return
	}
	s.canvas.Clear()
	s.root.Draw(s.canvas)
	// A frame that did not arrive is painted anew with the next; a terminal
	// that takes none any more ends the input too, and with it the program.
	_ = s.painter.Paint(s.canvas)
	s.painted = time.Now()
}
