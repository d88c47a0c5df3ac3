package reveal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

const (
	hostile = "\x1b]52;c;aGk=\a\x1b[2Jn\u202eame\u200b\x9b31m\r\n\u0301界"
	canary  = "gthp_4Qm7ZcT1nRk9-canary-canary-canary-canary-canary-canary-canary-canary-end"
)

type sealed struct{ open func() string }

func (s sealed) Reveal() string { return s.open() }

func seal(s string) tui.Secret { return sealed{func() string { return s }} }

type stand struct {
	frametest.Keyboard
	env *tui.Env
	box *Reveal
	dir string
}

func show(t *testing.T, items ...Item) *stand {
	t.Helper()
	env, clock := frametest.Env()
	s := &stand{env: env, dir: t.TempDir()}
	s.box = New(env, Spec{
		Title: "Token made", Intro: "This is the only time that it can be had.",
		Items: items, Dir: filepath.Join(s.dir, "gatehouse"), File: "token.txt",
	})
	s.Keyboard = frametest.Keyboard{Modal: s.box, Clock: clock, Every: 200 * time.Millisecond}
	s.Cmds = append(s.Cmds, s.box.Init())
	clock.Pass(time.Second)
	return s
}

func one() Item {
	return Item{"Token", "gthp_4Qm7ZcT1nRk9", "It works until 2026-12-22.", seal(canary)}
}

func three() []Item {
	var items []Item
	for i, h := range []string{"jane", "kim", "lee"} {
		items = append(items, Item{"Registration string", h, "It works once, for 24 hours.", seal(fmt.Sprintf("%s-%d", canary, i))})
	}
	return items
}

func (s *stand) screen() string { return frametest.Draw(s.box, 80, 24).Plain() }

func TestFrames(t *testing.T) {
	s := show(t, one())
	frametest.Golden(t, s.env, s.box, "masked")
	s.Press("s")
	frametest.Golden(t, s.env, s.box, "shown")
	s = show(t, one())
	s.Press("esc")
	frametest.Golden(t, s.env, s.box, "asking")
	s = show(t, three()...)
	s.box.spec.Dir = "/var/lib/gatehouse"
	s.Press("c", "down")
	frametest.Golden(t, s.env, s.box, "three")
	s.Press("s")
	frametest.Golden(t, s.env, s.box, "three-shown")
	s.Press("w")
	frametest.Golden(t, s.env, s.box, "three-path")
	s = show(t, Item{hostile, hostile, hostile, seal(hostile)}, Item{hostile, "", "", seal("")})
	s.box.spec.Intro, s.box.spec.Title = hostile, hostile
	s.Press("s")
	frametest.Golden(t, s.env, s.box, "hostile")
	for w := range 60 {
		for h := range 20 {
			for _, r := range frametest.Draw(s.box, w, h).Plain() {
				if r != '\n' && (r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b) {
					t.Fatalf("%d×%d draws %U", w, h, r)
				}
			}
		}
	}
}

func TestItIsOnTheScreenOnlyWhenShown(t *testing.T) {
	secret := "gthp_4Qm7"
	conceal := map[string]func(*stand){
		"s":          func(s *stand) { s.Press("s") },
		"down":       func(s *stand) { s.Press("down") },
		"a question": func(s *stand) { s.box.items[0].did, s.box.items[1].did = "", ""; s.Press("esc") },
		"a path":     func(s *stand) { s.Press("w") },
		"focus lost": func(s *stand) { s.box.Update(tea.BlurMsg{}) },
		"a minute":   func(s *stand) { s.box.Update(hide{s.box.shown}) },
	}
	for name, do := range conceal {
		s := show(t, Item{"A", "a", "", seal(canary)}, Item{"B", "b", "", seal(canary)})
		if strings.Contains(s.screen(), secret) {
			t.Fatal("it is shown at once")
		}
		s.Press("s")
		if !strings.Contains(s.screen(), secret) {
			t.Fatal("s does not show it")
		}
		if do(s); strings.Contains(s.screen(), secret) {
			t.Errorf("%s leaves it on the screen", name)
		}
	}
}

func TestAnOldTimeOutHidesNothing(t *testing.T) {
	s := show(t, one())
	s.Press("s", "s", "s")
	s.box.Update(hide{1})
	if !strings.Contains(s.screen(), "canary") {
		t.Error("the time-out of the first showing ended the second")
	}
}

func TestCopyShowsNothing(t *testing.T) {
	s := show(t, one())
	s.Press("c")
	m := s.Settle()[0].(tui.CopyMsg)
	if m.Secret.Reveal() != canary || m.Text != "" {
		t.Error("the secret was not copied, or not as one")
	}
	if m.Shown != "Token gthp_4Qm7ZcT1nRk9 (77 characters)" {
		t.Errorf("shown is %q", m.Shown)
	}
	if strings.Contains(fmt.Sprintf("%v%+v", m, m)+s.screen(), "canary") {
		t.Error("copying shows it")
	}
	if s.Press("esc"); !s.Closed {
		t.Error("it asks although it was copied")
	}
}

func TestClosingAsksWhileNothingWasDone(t *testing.T) {
	for _, name := range []string{"esc", "q"} {
		s := show(t, three()...)
		s.Press("c", name)
		s.Settle()
		if s.Closed || !strings.Contains(s.screen(), "2 of the 3") {
			t.Fatalf("%s: closed %v\n%s", name, s.Closed, s.screen())
		}
		s.Press("y") // too soon after the question
		if s.Settle(); s.Closed {
			t.Fatal("a key typed ahead lost secrets")
		}
		s.Clock.Pass(time.Second)
		s.Press("n")
		if s.Settle(); s.Closed || s.box.asking {
			t.Fatal("n does not go back")
		}
		s.Press(name)
		s.Clock.Pass(time.Second)
		s.Press("enter")
		if s.Settle(); s.Closed {
			t.Fatal("enter lost secrets")
		}
		s.Clock.Pass(time.Second)
		s.Press("y")
		if s.Settle(); !s.Closed {
			t.Error("y does not close")
		}
	}
}

func TestSavingWritesAPrivateFile(t *testing.T) {
	s := show(t, three()...)
	s.Press("w")
	s.Clock.Pass(time.Second)
	s.Press("enter")
	s.Settle()
	path := filepath.Join(s.dir, "gatehouse", "token.txt")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err, s.screen())
	}
	want := ""
	for i, it := range three() {
		want += fmt.Sprintf("# Registration string %s\n%s-%d\n", it.Handle, canary, i)
	}
	if string(b) != want {
		t.Errorf("the file holds\n%s", b)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if got := strings.ReplaceAll(s.screen(), "\n", ""); !strings.Contains(got, "written to") || !strings.Contains(got, "(0600)") {
		t.Errorf("the screen is\n%s", got)
	}
	if s.Press("esc"); !s.Closed {
		t.Error("it asks although all were written")
	}
}

func TestOneSecretIsAloneInItsFile(t *testing.T) {
	s := show(t, one())
	s.Press("w")
	s.Clock.Pass(time.Second)
	s.Press("enter")
	s.Settle()
	if b, err := os.ReadFile(filepath.Join(s.dir, "gatehouse", "token.txt")); err != nil || string(b) != canary+"\n" {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

func TestAFileThatIsThereStaysAndThePathCanBeChanged(t *testing.T) {
	s := show(t, one())
	dir := filepath.Join(s.dir, "gatehouse")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "token.txt"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Press("w")
	s.Clock.Pass(time.Second)
	s.Press("enter")
	s.Settle()
	if !strings.Contains(s.screen(), "! this file is there already") || s.box.prompt == nil {
		t.Fatalf("the screen is\n%s", s.screen())
	}
	if s.Press("esc", "esc"); s.Closed {
		t.Fatal("a file that was not written counts as done")
	}
	s.Clock.Pass(time.Second)
	s.Press("n", "w")
	s.Clock.Pass(time.Second)
	s.Type("2")
	s.Press("enter")
	s.Settle()
	if _, err := os.Stat(filepath.Join(dir, "token.txt2")); err != nil {
		t.Error(err)
	}
}

func TestPastesAndEarlyKeysDoNothing(t *testing.T) {
	for _, text := range []string{"y\n", "q\ny\n", "w\n", "dd\n", "s", "c", frametest.Noise(10_000)} {
		s := show(t, one())
		s.Send(frametest.Paste(text))
		if got := s.Settle(); len(got) > 0 || s.Closed || s.box.visible() {
			t.Errorf("the paste %.9q did %v", text, got)
		}
		s = show(t, one())
		s.box.Init()
		s.Every = 0
		for i := range len(text) {
			k := frametest.Key(string(rune(text[i])))
			if text[i] < 0x20 {
				k = tea.KeyMsg{Type: tea.KeyType(text[i])}
			}
			if tui.Press(k) != "esc" {
				s.Send(k)
			}
		}
		if got := s.Settle(); len(got) > 0 || s.Closed || s.box.visible() {
			t.Errorf("the early keys %.9q did %v", text, got)
		}
	}
}

func TestABurstOfKeysLosesNoSecret(t *testing.T) {
	s := show(t, one())
	s.Every = time.Millisecond
	for _, name := range []string{"esc", "y", "enter", "q", "y", "y", "w", "enter", "q", "y"} {
		s.Press(name)
		s.Settle()
	}
	if files, err := os.ReadDir(s.dir); err != nil || len(files) > 0 || s.Closed {
		t.Errorf("closed %v, written %v, %v", s.Closed, files, err)
	}
}

func TestPrintingTellsNothing(t *testing.T) {
	s := show(t, one())
	s.Press("s")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if got := fmt.Sprintf(verb, s.box); strings.Contains(got, "canary") || strings.Contains(got, fmt.Sprintf("%x", "canary")) {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	s.box.Close()
	if len(s.box.items) > 0 {
		t.Error("the closed box still holds secrets")
	}
	frametest.Draw(s.box, 80, 24)
	s.Closed = false
	s.Press("c", "s", "w", "esc")
}
