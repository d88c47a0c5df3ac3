package stage

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"gatehouse/tui/term/vt"
)

const limit = 20 * time.Second

// shell runs a script on a stage.
func shell(t *testing.T, script string, a Answers) *Stage {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell to run")
	}
	s, err := Start(Program{Path: sh, Args: []string{"-c", script}, Env: []string{"PATH=" + os.Getenv("PATH")}, W: 40, H: 5, Answers: a})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func shows(text string) func(*vt.Terminal) bool {
	return func(v *vt.Terminal) bool { return strings.Contains(v.Text(), text) }
}

func TestKeysReachTheProgramAndItsOutputTheScreen(t *testing.T) {
	s := shell(t, `stty -echo; printf 'name? '; read x; printf 'hello %s' "$x"; read y`, Answers{})
	if !s.Wait(limit, shows("name?")) {
		t.Fatalf("no question: %q", s.Screen.Text())
	}
	if _, ok := s.FirstFrame(); !ok {
		t.Error("something is shown, and yet there was no first frame")
	}
	before := time.Now()
	if err := s.Send("jane\r"); err != nil {
		t.Fatal(err)
	}
	if !s.Wait(limit, shows("hello jane")) {
		t.Fatalf("no greeting: %q", s.Screen.Text())
	}
	if len(s.Chunks(before)) == 0 {
		t.Error("the greeting came in no piece")
	}
	if s.Wait(10*time.Millisecond, shows("never")) {
		t.Error("saw what is not there")
	}
}

func TestExitStatus(t *testing.T) {
	if status, ok := shell(t, "exit 7", Answers{}).Exit(limit); status != 7 || !ok {
		t.Errorf("status %d, ended %v", status, ok)
	}
	s := shell(t, "echo up; read x", Answers{})
	s.Wait(limit, shows("up"))
	if _, ok := s.Exit(time.Millisecond); ok {
		t.Error("it has not ended")
	}
	if err := s.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status, _ := s.Exit(limit); status != 128+int(syscall.SIGTERM) {
		t.Errorf("status %d after SIGTERM", status)
	}
}

func TestTheTerminalAnswers(t *testing.T) {
	const ask = `stty raw -echo; printf '\033]1'; printf '1;?\033\\'; printf '\033[c'; head -c 34 | od -An -c | tr -d ' \n'; printf ' end'`
	if s := shell(t, ask, Answers{Light: true}); !s.Wait(limit, shows("end")) ||
		!strings.Contains(strings.ReplaceAll(s.Screen.Text(), "\n", ""), `11;rgb:ffff/ffff/ffff`) {
		t.Errorf("wrong answer: %q", s.Screen.Text())
	}
	if s := shell(t, ask, Answers{Silent: true}); s.Wait(100*time.Millisecond, shows("end")) {
		t.Error("a silent terminal answered")
	}
}

func TestKeyNames(t *testing.T) {
	for name, want := range map[string]string{
		"a": "a", "é": "é", "enter": "\r", "ctrl+d": "\x04", "ctrl+@": "\x00", "alt+x": "\x1bx", "down": "\x1b[B", "alt+enter": "\x1b\r",
	} {
		if got, err := Key(name); got != want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "meta", "ctrl+", "ctrl+down", "alt+"} {
		if got, err := Key(name); err == nil {
			t.Errorf("%q is a key: %q", name, got)
		}
	}
}

func TestCooked(t *testing.T) {
	s := shell(t, `echo cooked; read x; stty raw -echo; echo raw; read y`, Answers{})
	s.Wait(limit, shows("cooked"))
	if cooked, err := s.Cooked(); err != nil {
		t.Skip(err)
	} else if !cooked {
		t.Error("a new line is not cooked")
	}
	if err := s.Send("\r"); err != nil {
		t.Fatal(err)
	}
	s.Wait(limit, shows("raw"))
	if cooked, _ := s.Cooked(); cooked {
		t.Error("a raw line is cooked")
	}
}

func TestPasteIsBracketedWhenAskedFor(t *testing.T) {
	s := shell(t, `stty raw -echo; printf '\033[?2004hready'; head -c 14 | od -An -c | tr -d ' \n'; printf end`, Answers{})
	s.Wait(limit, shows("ready"))
	if err := s.Paste("ab"); err != nil {
		t.Fatal(err)
	}
	if !s.Wait(limit, shows("end")) || !strings.Contains(s.Screen.Text(), `200~ab`) {
		t.Errorf("%q", s.Screen.Text())
	}
}
