package term

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/cancelreader"
)

// Root is a program: Bubble Tea's model with a canvas instead of a string.
// Init and Update do no I/O; Draw draws everything anew on an empty canvas.
// tea.Exec and the commands that switch terminal modes have no effect here.
type Root interface {
	Init() tea.Cmd
	Update(tea.Msg) tea.Cmd
	Draw(*Canvas)
}

// Options of Run. All may be left out.
type Options struct {
	In, Out   *os.File            // os.Stdin and os.Stdout unless given
	Mouse     bool                // report clicks, drags and the wheel
	Guard     *Guard              // for goroutines of the program's own
	OnMessage func(kind string)   // told the type of each message, never its content: keys are passwords too
	Getenv    func(string) string // os.Getenv unless given
}

// Signaled is returned by Run when a signal ended the program; a shell expects
// the exit status 128 + its number.
type Signaled struct{ Signal syscall.Signal }

func (s Signaled) Error() string { return fmt.Sprintf("ended by signal: %v", s.Signal) }

// ExitStatus is what a shell expects of a program that this signal ended.
func (s Signaled) ExitStatus() int { return 128 + int(s.Signal) }

// grace is how long a program may go on in its Update after it was told to
// stop. Then the terminal is restored without it.
const grace = time.Second

// Run shows root on the terminal until it returns tea.Quit, ctx ends, a signal
// comes or something panics. The first frame is out before anything else
// happens, and the terminal is asked nothing. However it ends, the terminal is
// as it was. It returns nil after tea.Quit, else a *Crash, a Signaled, or what
// went wrong.
//
// SIGINT, SIGTERM, SIGQUIT and SIGHUP end it, and so does the end of the input,
// which is how a closed terminal looks from inside. In raw mode ctrl+c is a
// key like any other; ctrl+z suspends.
func Run(ctx context.Context, root Root, opt Options) error {
	s, err := newSession(root, opt)
	if err != nil {
		return err
	}
	deadly := make(chan os.Signal, 2)
	signal.Notify(deadly, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGHUP)
	defer signal.Stop(deadly)
	signal.Notify(s.jobs, syscall.SIGWINCH, syscall.SIGTSTP, syscall.SIGCONT)
	defer signal.Stop(s.jobs)
	defer s.tty.leave()
	if err := s.start(ctx); err != nil {
		return err
	}
	done := make(chan struct{})
	defer close(done)
	s.guard.Go(func() { s.forward(done) })
	hangup, stop, err := s.read()
	if err != nil {
		return err
	}
	defer stop()
	return s.await(ctx, deadly, hangup)
}

// read begins to read the keys. The channel is closed when none will come any
// more; stop ends reading.
func (s *session) read() (hangup <-chan struct{}, stop func(), err error) {
	input, err := cancelreader.NewReader(s.tty.in)
	if err != nil {
		return nil, nil, fmt.Errorf("read from the terminal: %w", err)
	}
	ended := make(chan struct{})
	r := &reader{in: input, send: s.prog.Send, now: time.Now, after: time.After}
	s.guard.Go(func() {
		defer close(ended)
		_ = r.run() // whatever the reason, it is over
	})
	return ended, func() {
		s.prog.Kill() // so that nobody waits for a message to be taken
		if input.Cancel() {
			<-ended
		}
		_ = input.Close()
	}, nil
}

func newSession(root Root, opt Options) (*session, error) {
	if opt.In == nil {
		opt.In = os.Stdin
	}
	if opt.Out == nil {
		opt.Out = os.Stdout
	}
	if opt.Getenv == nil {
		opt.Getenv = os.Getenv
	}
	if opt.Guard == nil {
		opt.Guard = &Guard{}
	}
	name := opt.Getenv("TERM")
	if err := checkTerminal(opt.In, opt.Out, name); err != nil {
		return nil, err
	}
	painter := NewPainter(opt.Out)
	painter.EraseKeepsBackground(!strings.HasPrefix(name, "screen"))
	return &session{
		root: root, opt: opt, guard: opt.Guard, painter: painter, canvas: NewCanvas(0, 0), jobs: make(chan os.Signal, 8),
		tty: &tty{in: opt.In, out: opt.Out, painter: painter, mouse: opt.Mouse},
	}, nil
}

// await waits until the program has ended, or must be given up.
func (s *session) await(ctx context.Context, deadly <-chan os.Signal, hangup <-chan struct{}) error {
	ended := make(chan error, 1)
	s.guard.Go(func() {
		defer s.guard.catch("the event loop")
		_, err := s.prog.Run()
		ended <- err
	})
	var because error
	select {
	case err := <-ended:
		return s.verdict(ctx, err)
	case sig := <-deadly:
		because = Signaled{sig.(syscall.Signal)}
	case <-hangup:
		because = Signaled{syscall.SIGHUP}
	case <-s.guard.fallen():
	case <-ctx.Done():
		because = context.Cause(ctx)
	}
	s.prog.Kill()
	select {
	case <-ended:
	case <-deadly: // whoever asks twice does not want to wait
	case <-time.After(grace):
	}
	if crash := s.guard.Crash(); crash != nil {
		return crash
	}
	return because
}

// verdict puts Bubble Tea's words for an end into ours.
func (s *session) verdict(ctx context.Context, err error) error {
	switch crash := s.guard.Crash(); {
	case crash != nil:
		return crash
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, tea.ErrInterrupted):
		return Signaled{syscall.SIGINT}
	}
	return fmt.Errorf("run the console: %w", err)
}

// forward makes messages of the signals that do not end the program.
func (s *session) forward(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case sig := <-s.jobs:
			switch sig {
			case syscall.SIGWINCH:
				s.prog.Send(sizeChanged{})
			case syscall.SIGTSTP:
				s.prog.Send(suspend{})
			case syscall.SIGCONT:
				s.prog.Send(continued{})
			}
		}
	}
}
