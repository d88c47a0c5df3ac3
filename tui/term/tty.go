package term

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// ErrNoTerminal says that the full screen cannot be had here.
var ErrNoTerminal = errors.New("the full-screen console needs a terminal")

// checkTerminal tells why there can be no full screen, if so.
func checkTerminal(in, out *os.File, name string) error {
	switch {
	case name == "" || name == "dumb":
		return fmt.Errorf("%w: TERM is %q; set it to what your terminal is, for example xterm-256color", ErrNoTerminal, name)
	case !term.IsTerminal(int(out.Fd())):
		return fmt.Errorf("%w: %s is not one; use the commands that print instead", ErrNoTerminal, out.Name())
	case !term.IsTerminal(int(in.Fd())):
		return fmt.Errorf("%w: keys are read from %s, which is not one", ErrNoTerminal, in.Name())
	}
	return nil
}

// tty switches the terminal between its owner and us.
type tty struct {
	in, out *os.File
	painter *Painter
	mouse   bool

	mu     sync.Mutex
	cooked *term.State // as we found it
}

// Modes: 1049 alternate screen, 7 autowrap, 25 cursor, 2004 bracketed paste,
// 1004 focus reports, 1002 and 1006 mouse clicks, drags and wheel.
const (
	enterModes = "\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?2004h\x1b[?1004h"
	enterMouse = "\x1b[?1002h\x1b[?1006h"
	leaveMouse = "\x1b[?1006l\x1b[?1002l"
	// The screen is emptied first: some multiplexers have no alternate one.
	leaveModes = "\x1b[?2026l\x1b[r\x1b[m\x1b[H\x1b[2J\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l"
)

// enter takes the terminal, or takes it again after somebody else had it.
func (t *tty) enter() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	state, err := term.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return fmt.Errorf("set the terminal to raw mode: %w", err)
	}
	if t.cooked == nil {
		t.cooked = state
	}
	modes := enterModes
	if t.mouse {
		modes += enterMouse
	}
	t.painter.Invalidate()
	_, err = t.painter.Write([]byte(modes))
	return err
}

// setMouse switches the reports of the mouse.
func (t *tty) setMouse(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mouse = on
	modes := leaveMouse
	if on {
		modes = enterMouse
	}
	_, _ = t.painter.Write([]byte(modes)) // as with a frame: a terminal that is gone ends the input too
}

// leaveWait is how long a terminal that takes no output may delay the end.
const leaveWait = time.Second

// leave gives the terminal back. A terminal that is gone or stopped takes no
// output; the line is restored all the same.
func (t *tty) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	modes := leaveModes
	if t.mouse {
		modes = leaveMouse + modes
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = t.painter.Write([]byte(modes)) // a terminal that is gone needs no modes
	}()
	select {
	case <-written:
	case <-time.After(leaveWait):
	}
	if t.cooked != nil {
		_ = term.Restore(int(t.in.Fd()), t.cooked) // nobody is left to be told
	}
}

func (t *tty) size() (w, h int, err error) {
	w, h, err = term.GetSize(int(t.out.Fd()))
	if err != nil {
		return 0, 0, fmt.Errorf("ask for the size of the terminal: %w", err)
	}
	return w, h, nil
}
