package term_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
)

// The tests of this file run this test binary again, as a program on a
// pseudo terminal: childVar says what it shall be.
const childVar = "GATEHOUSE_TERM_TEST_CHILD"

func TestMain(m *testing.M) {
	switch kind := os.Getenv(childVar); kind {
	case "":
		if os.Getenv("GATEHOUSE_LONG") != "" {
			_ = flag.Set("rapid.checks", "20000") // the flag exists: rapid is imported
		}
		os.Exit(m.Run())
	case "shell":
		os.Exit(jobShell())
	default:
		os.Exit(child(kind))
	}
}

// theSecret is what panics carry; no terminal may ever show it.
const theSecret = "hunter2-hunter2"

// sample is a small program; p makes it panic where its kind says.
type sample struct {
	kind  string
	guard *term.Guard
	w, h  int
	log   []string
	fall  bool
}

func (s *sample) Init() tea.Cmd {
	if s.kind == "init" {
		panic(theSecret)
	}
	return func() tea.Msg { return "started" }
}

func (s *sample) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case string:
		s.log = append(s.log, msg)
	case tea.WindowSizeMsg:
		s.w, s.h = msg.Width, msg.Height
	case tea.ResumeMsg:
		s.log = append(s.log, "resumed")
	case term.Background:
		s.log = append(s.log, fmt.Sprintf("background known=%v dark=%v", msg.Known, msg.Dark))
	case term.Copied:
		s.log = append(s.log, msg.How)
	case tea.KeyMsg:
		return s.key(msg)
	}
	return nil
}

func (s *sample) key(msg tea.KeyMsg) tea.Cmd {
	fall := func() tea.Msg { panic(errors.New(theSecret)) }
	nothing := func() tea.Msg { return nil }
	switch msg.String() {
	case "q":
		return tea.Quit
	case "b":
		return term.AskBackground(10 * time.Second)
	case "c":
		return term.Copy("user-17")
	case "i":
		return tea.Interrupt
	case "t":
		return func() tea.Msg { return syscall.Kill(os.Getpid(), syscall.SIGTSTP) }
	case "m":
		return term.Mouse(true)
	case "p":
	default:
		s.log = append(s.log, "key "+msg.String())
		return nil
	}
	switch s.kind {
	case "update":
		panic(theSecret)
	case "draw":
		s.fall = true
	case "command":
		return fall
	case "batch":
		return tea.Batch(nothing, tea.Batch(nothing, fall))
	case "sequence":
		return tea.Sequence(nothing, tea.Sequence(nothing, fall))
	case "goroutine":
		s.guard.Go(func() { fall() })
	case "hang":
		os.Stdout.WriteString("hanging")
		select {}
	}
	return nil
}

func (s *sample) Draw(c *term.Canvas) {
	if s.fall {
		panic(theSecret)
	}
	c.Text(0, 0, "1", safetext.Clean(fmt.Sprintf("sample %dx%d", s.w, s.h)))
	for i, line := range s.log {
		c.Text(0, i+1, "", safetext.Clean(line))
	}
	c.SetCursor(3, 0)
}

// child runs the sample and tells how it ended, as a main function would.
func child(kind string) int {
	var guard term.Guard
	ctx := context.Background()
	if kind == "cancelled" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
	}
	err := term.Run(ctx, &sample{kind: kind, guard: &guard}, term.Options{Guard: &guard, Mouse: kind == "mouse"})
	var signaled term.Signaled
	var crash *term.Crash
	switch {
	case err == nil:
		fmt.Println("ended well")
		return 0
	case errors.As(err, &signaled):
		fmt.Println(err)
		return signaled.ExitStatus()
	case errors.As(err, &crash):
		fmt.Printf("%v\n%s", crash, crash.Stack)
		return 1
	}
	fmt.Println(err)
	return 2
}

// jobShell does what a shell does for ctrl+z: it runs a program in the
// foreground, and when that is stopped takes the terminal until a line comes.
func jobShell() int {
	signal.Ignore(syscall.SIGTTOU)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"=idle")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true}
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	pid := cmd.Process.Pid
	for {
		var ws syscall.WaitStatus
		if _, err := syscall.Wait4(pid, &ws, syscall.WUNTRACED, nil); err != nil {
			fmt.Println(err)
			return 1
		}
		if !ws.Stopped() {
			return ws.ExitStatus()
		}
		foreground(syscall.Getpgrp())
		fmt.Println("job stopped")
		var line string
		fmt.Scanln(&line)
		foreground(pid)
		_ = syscall.Kill(-pid, syscall.SIGCONT)
	}
}

func TestFirstFrameAsksNothing(t *testing.T) {
	p := start(t, "idle")
	p.wait("started")
	for kind := range p.screen.Seen() {
		if !allowed[kind] {
			t.Errorf("the terminal was sent %s", kind)
		}
	}
	p.types("q")
	p.wantExit(0)
	p.wantRestored()
	p.wait("ended well")
}

// allowed is all that ever goes to the terminal.
var allowed = map[string]bool{
	"CSI ?1049h": true, "CSI ?1049l": true, "CSI ?7h": true, "CSI ?7l": true, "CSI ?25h": true, "CSI ?25l": true, "CSI ?2004h": true, "CSI ?2004l": true,
	"CSI ?1004h": true, "CSI ?1004l": true, "CSI ?2026h": true, "CSI ?2026l": true, "CSI r": true, "CSI m": true, "CSI H": true, "CSI J": true, "CSI K": true,
	"CSI A": true, "CSI B": true, "CSI C": true, "CSI D": true, "CSI S": true, "CSI T": true, "CR": true, "LF": true, "BS": true,
}

func TestPanicsRestoreTheTerminalAndKeepTheirValue(t *testing.T) {
	for kind, where := range map[string]string{
		"init": "Init", "update": "Update", "draw": "Draw", "command": "a command", "batch": "a command", "sequence": "a command", "goroutine": "a goroutine",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			p := start(t, kind)
			if kind != "init" {
				p.wait("started")
				p.types("p")
			}
			p.wantExit(1)
			p.wantRestored()
			p.wait("the console stopped because of a fault in " + where)
			out := p.output()
			if strings.Contains(out, theSecret) {
				t.Errorf("the value of the panic is shown:\n%s", out)
			}
			if !strings.Contains(out, "run_test.go:") || strings.Contains(out, "goroutine 1") {
				t.Errorf("no stack of ours:\n%s", out)
			}
		})
	}
}

func TestSignalsRestoreTheTerminal(t *testing.T) {
	for sig, want := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGHUP: 129, syscall.SIGINT: 130, syscall.SIGQUIT: 131} {
		for _, kind := range []string{"idle", "hang"} {
			t.Run(sig.String()+" "+kind, func(t *testing.T) {
				t.Parallel()
				p := start(t, kind)
				p.wait("started")
				if kind == "hang" {
					p.types("p")
					p.wait("hanging")
				}
				p.signal(sig)
				p.wantExit(want)
				p.wantRestored()
			})
		}
	}
}

func TestOtherEnds(t *testing.T) {
	for kind, status := range map[string]int{"interrupted": 130, "cancelled": 2} {
		t.Run(kind, func(t *testing.T) {
			p := start(t, kind)
			if kind == "interrupted" {
				p.wait("started")
				p.types("i")
			}
			p.wantExit(status)
			p.wantRestored()
		})
	}
}

func TestMouseModeIsRestored(t *testing.T) {
	for _, kind := range []string{"mouse", "idle"} {
		p := start(t, kind)
		p.wait("started")
		if kind == "idle" {
			if p.screen.Mode(1002) {
				t.Error("the mouse is on although nobody asked for it")
			}
			p.types("m")
		}
		p.until("the mouse", func() bool { return p.screen.Mode(1002) && p.screen.Mode(1006) })
		p.types("q")
		p.wantExit(0)
		p.wantRestored()
	}
}

func TestResizeIsFollowed(t *testing.T) {
	p := start(t, "idle")
	p.wait("started")
	for _, size := range [][2]int{{40, 10}, {1, 1}, {120, 40}, {0, 0}, {80, 24}} {
		p.resize(size[0], size[1])
		if size[0] > 20 {
			p.wait(fmt.Sprintf("sample %dx%d", size[0], size[1]))
		}
	}
	p.types("x")
	p.wait("key x")
	p.types("q")
	p.wantExit(0)
}

func TestSuspendAndResume(t *testing.T) {
	p := start(t, "shell")
	for round := 1; round <= 3; round++ {
		p.wait("sample 80x24")
		p.wait("started")
		if round == 2 {
			p.types("t") // sends SIGTSTP to itself
		} else {
			p.types("\x1a")
		}
		p.until("a stopped job", func() bool { return strings.Count(p.output(), "job stopped") == round })
		p.wantRestored()
		p.types("fg\r")
		p.until("coming back", func() bool { return strings.Count(p.screen.Text(), "resumed") == round })
		if !p.screen.Mode(1049) || !p.screen.Mode(2004) {
			t.Error("modes are not set again")
		}
	}
	p.types("q")
	p.wantExit(0)
	p.wantRestored()
}

func TestSuspendWithoutAShellDoesNothing(t *testing.T) {
	p := start(t, "idle")
	p.wait("started")
	p.types("\x1ak")
	p.wait("key k")
	if !p.screen.Mode(1049) || strings.Contains(p.screen.Text(), "resumed") {
		t.Errorf("suspended:\n%s", p.screen.Text())
	}
}

func TestContinuedProgramTakesTheTerminalAgain(t *testing.T) {
	p := start(t, "idle")
	p.wait("started")
	p.signal(syscall.SIGSTOP)
	p.screen.Write([]byte("\x1b[?1049l\x1b[?2004lsomebody else"))
	p.signal(syscall.SIGCONT)
	p.wait("resumed")
	p.wait("started")
	if !p.screen.Mode(1049) || !p.screen.Mode(2004) {
		t.Error("modes are not set again")
	}
}

func TestBackgroundIsAskedOnlyOnRequest(t *testing.T) {
	p := start(t, "idle")
	p.wait("started")
	p.types("b")
	p.until("the question", func() bool { return p.screen.Seen()["OSC 11"] == 1 && p.screen.Seen()["CSI c"] == 1 })
	p.types("\x1b]11;rgb:ffff/ffff/ffff\x1b")
	p.types("\\\x1b[?62c")
	p.wait("background known=true dark=false")
	p.types("b")
	p.until("the question", func() bool { return p.screen.Seen()["CSI c"] == 2 })
	p.types("\x1b[?62c")
	p.wait("background known=false")
	p.types("\x1b]11;rgb:0/0/0\x1b\\k")
	p.wait("key k")
	if strings.Count(p.screen.Text(), "background") != 2 {
		t.Errorf("a late answer arrived:\n%s", p.screen.Text())
	}
}

func TestCopyGoesToTheTerminal(t *testing.T) {
	p := start(t, "idle")
	p.wait("started")
	p.types("c")
	p.wait("sent to the terminal")
	if e := p.screen.Events(); len(e) != 1 || e[0].Kind != "clipboard" || e[0].Value != "user-17" {
		t.Errorf("%v", e)
	}
}

func TestNoTerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, name := range []string{"xterm", "dumb", ""} {
		opt := term.Options{In: null, Out: null, Getenv: func(string) string { return name }}
		if err := term.Run(t.Context(), &sample{}, opt); !errors.Is(err, term.ErrNoTerminal) {
			t.Errorf("TERM=%q: %v", name, err)
		}
	}
}
