package term_test

import (
	"bytes"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	xterm "golang.org/x/term"

	"gatehouse/tui/term/vt"
)

// patience is when a test gives up waiting for something that must happen.
const patience = 20 * time.Second

// program is a child on a pseudo terminal whose screen is emulated.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	ptm    *os.File
	screen *vt.Terminal
	before *xterm.State
	gone   chan struct{} // closed when the terminal is closed

	mu   sync.Mutex
	raw  bytes.Buffer
	news chan struct{} // something was written
}

func start(t *testing.T, kind string) *program {
	t.Helper()
	ptm, pts, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	p := &program{t: t, ptm: ptm, screen: vt.New(80, 24), gone: make(chan struct{}), news: make(chan struct{}, 1)}
	if err := pty.Setsize(ptm, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	if p.before, err = xterm.GetState(int(ptm.Fd())); err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = []string{childVar + "=" + kind, "TERM=xterm-256color", "PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE")}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = pts, pts, pts
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.watch()
	t.Cleanup(func() {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // gone already, if all went well
		pts.Close()
		ptm.Close()
		<-p.gone
	})
	return p
}

func (p *program) watch() {
	defer close(p.gone)
	buf := make([]byte, 4096)
	for {
		n, err := p.ptm.Read(buf)
		if n > 0 {
			p.mu.Lock()
			p.raw.Write(buf[:n])
			p.mu.Unlock()
			p.screen.Write(buf[:n])
			select {
			case p.news <- struct{}{}:
			default:
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *program) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.raw.String()
}

// until waits until ok holds; it is asked again whenever something was written.
func (p *program) until(what string, ok func() bool) {
	p.t.Helper()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-p.news:
		case <-deadline:
			p.t.Fatalf("no sign of %s; shown:\n%s\nwritten: %q", what, p.screen.Text(), p.output())
		}
	}
}

func (p *program) wait(text string) {
	p.t.Helper()
	p.until(text, func() bool { return strings.Contains(p.screen.Text(), text) })
}

func (p *program) types(s string) {
	p.t.Helper()
	if _, err := p.ptm.WriteString(s); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) signal(sig syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) resize(w, h int) {
	p.t.Helper()
	p.screen.Resize(w, h)
	if err := pty.Setsize(p.ptm, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) wantExit(status int) {
	p.t.Helper()
	exited := make(chan struct{})
	go func() {
		_ = p.cmd.Wait() // the status tells
		close(exited)
	}()
	select {
	case <-exited:
	case <-time.After(patience):
		p.t.Fatalf("the program goes on; shown:\n%s", p.screen.Text())
	}
	if got := p.cmd.ProcessState.ExitCode(); got != status {
		p.t.Errorf("exit status %d, want %d; shown:\n%s", got, status, p.screen.Text())
	}
}

// wantRestored checks the modes of the terminal and of the line.
func (p *program) wantRestored() {
	p.t.Helper()
	p.until("a restored terminal", func() bool { return reflect.DeepEqual(p.screen.Modes(), map[int]bool{7: true, 25: true}) })
	after, err := xterm.GetState(int(p.ptm.Fd()))
	if err != nil {
		p.t.Fatal(err)
	}
	if !reflect.DeepEqual(after, p.before) {
		p.t.Errorf("the line is in another state than before: %+v, before %+v", after, p.before)
	}
}

// foreground makes a process group the one that the keyboard belongs to.
func foreground(pgrp int) {
	_ = unix.IoctlSetPointerInt(int(os.Stdin.Fd()), unix.TIOCSPGRP, pgrp)
}
