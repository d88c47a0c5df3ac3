// Package stage runs a full-screen program as a person would: in a pseudo
// terminal, with an emulated screen to look at and keys to press. The
// end-to-end tests, the pictures and the measurements stand on it.
package stage

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"

	"gatehouse/tui/term/vt"
)

// Program is what to run, and on which terminal.
type Program struct {
	Path    string
	Args    []string
	Dir     string
	Env     []string // the whole environment
	W, H    int      // 0: 120 by 36
	Answers Answers  // what the terminal says when it is asked
}

// Chunk is a piece of output as it arrived.
type Chunk struct {
	At   time.Time
	Size int
}

// Stage is one running program. Its methods are safe for concurrent use.
type Stage struct {
	Screen *vt.Terminal
	cmd    *exec.Cmd
	tty    *os.File
	began  time.Time

	mu      sync.Mutex
	changed chan struct{} // closed and made anew with each piece of output
	raw     []byte
	chunks  []Chunk
	first   time.Time // when something could first be seen
	ended   chan struct{}
	status  int
}

// Start runs the program.
func Start(p Program) (*Stage, error) {
	if p.W == 0 || p.H == 0 {
		p.W, p.H = 120, 36
	}
	s := &Stage{Screen: vt.New(p.W, p.H), changed: make(chan struct{}), ended: make(chan struct{})}
	s.cmd = exec.Command(p.Path, p.Args...)
	s.cmd.Dir, s.cmd.Env = p.Dir, p.Env
	s.began = time.Now()
	tty, err := pty.StartWithSize(s.cmd, &pty.Winsize{Cols: uint16(p.W), Rows: uint16(p.H)})
	if err != nil {
		return nil, fmt.Errorf("start %s in a pseudo terminal: %w", p.Path, err)
	}
	s.tty = tty
	go s.run(answerer{how: p.Answers, to: tty})
	return s, nil
}

// run takes the output until the program and whoever holds its terminal are gone.
func (s *Stage) run(terminal answerer) {
	buf := make([]byte, 64<<10)
	for {
		n, err := s.tty.Read(buf)
		if n > 0 {
			s.take(buf[:n])
			terminal.hear(buf[:n])
		}
		if err != nil {
			break
		}
	}
	err := s.cmd.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = exitStatus(s.cmd.ProcessState, err)
	close(s.ended)
	close(s.changed)
	s.changed = make(chan struct{})
}

// exitStatus is what a shell would call the end: 128 and the signal if there
// was one.
func exitStatus(state *os.ProcessState, err error) int {
	if state == nil {
		return -1
	}
	if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return -1
	}
	return state.ExitCode()
}

func (s *Stage) take(p []byte) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.Screen.Write(p) // an emulator never fails
	s.raw = append(s.raw, p...)
	s.chunks = append(s.chunks, Chunk{now, len(p)})
	if s.first.IsZero() && s.visible() {
		s.first = now
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// visible tells whether the screen shows anything.
func (s *Stage) visible() bool {
	for _, c := range s.Screen.Text() {
		if c != ' ' && c != '\n' {
			return true
		}
	}
	return false
}

// Send writes to the program as the keyboard would.
func (s *Stage) Send(input string) error {
	_, err := io.WriteString(s.tty, input)
	return err
}

// Wait waits until the screen is as wanted, looking whenever something was
// written. It tells whether that happened within the limit and before the
// program ended.
func (s *Stage) Wait(limit time.Duration, wanted func(*vt.Terminal) bool) bool {
	late := time.NewTimer(limit)
	defer late.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if wanted(s.Screen) {
			return true
		}
		select {
		case <-changed:
		case <-s.ended:
			return wanted(s.Screen)
		case <-late.C:
			return false
		}
	}
}

// Rest waits until nothing was written for as long as quiet, and tells whether
// that came within the limit.
func (s *Stage) Rest(quiet, limit time.Duration) bool {
	end := time.Now().Add(limit)
	for time.Now().Before(end) {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		still := time.NewTimer(quiet)
		select {
		case <-still.C:
			return true
		case <-s.ended:
			return true
		case <-changed:
			still.Stop()
		}
	}
	return false
}

// Resize changes the size of the window.
func (s *Stage) Resize(w, h int) error {
	s.Screen.Resize(w, h)
	return pty.Setsize(s.tty, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)})
}

// Signal sends a signal to the program.
func (s *Stage) Signal(sig os.Signal) error { return s.cmd.Process.Signal(sig) }

// PID is the process id of the program.
func (s *Stage) PID() int { return s.cmd.Process.Pid }

// Raw is everything that was written so far.
func (s *Stage) Raw() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]byte(nil), s.raw...)
}

// Written is how many bytes were written so far.
func (s *Stage) Written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.raw)
}

// Chunks are the pieces that were written since the given moment.
func (s *Stage) Chunks(since time.Time) []Chunk {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.chunks)
	for i > 0 && s.chunks[i-1].At.After(since) {
		i--
	}
	return append([]Chunk(nil), s.chunks[i:]...)
}

// FirstFrame is how long after the start something could be seen; false:
// nothing yet.
func (s *Stage) FirstFrame() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first.Sub(s.began), !s.first.IsZero()
}

// Since is how long ago the program was started.
func (s *Stage) Since() time.Duration { return time.Since(s.began) }

// Exit waits for the end of the program and gives its status; false: it still
// runs.
func (s *Stage) Exit(limit time.Duration) (status int, ended bool) {
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-s.ended:
		return s.status, true
	case <-late.C:
		return 0, false
	}
}

// Close ends the program if it still runs, and gives back the terminal.
func (s *Stage) Close() {
	_ = s.cmd.Process.Kill() // it may have ended already
	_ = s.tty.Close()
	<-s.ended
}
