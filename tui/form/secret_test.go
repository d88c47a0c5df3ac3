package form

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

func secretForm(t *testing.T) *stand {
	t.Helper()
	return set(t, []Field{{
		Name: "password", Title: "Password", Kind: Secret, Twice: true, Fresh: true, Required: true,
		Check: func(v Value) error {
			if n := utf8.RuneCountInString(v.Secret.Reveal()); n < 15 {
				return fmt.Errorf("must have at least 15 characters, has %d", n)
			}
			return nil
		},
	}}, succeed)
}

func (s *stand) screen() string { return frametest.Draw(s.form, 80, 24).Plain() }

func TestASecretIsShownOnlyWhenAskedFor(t *testing.T) {
	s := secretForm(t)
	s.Type("hunter2")
	if strings.Contains(s.screen(), "hunter2") {
		t.Fatal("it is not masked")
	}
	if s.Press("ctrl+r"); !strings.Contains(s.screen(), "hunter2") {
		t.Fatal("ctrl+r does not show it")
	}
	if s.Press("ctrl+r"); strings.Contains(s.screen(), "hunter2") {
		t.Fatal("ctrl+r does not mask it again")
	}
	if s.Press("ctrl+r", "tab", "tab"); strings.Contains(s.screen(), "hunter2") {
		t.Fatal("it stays in clear when the field is left")
	}
}

func TestAMadeUpPasswordIsStrongShownOnceAndSent(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		s := secretForm(t)
		s.Press("ctrl+g")
		made := s.form.Values()["password"].Secret.Reveal()
		if len(made) < 20 || seen[made] {
			t.Fatalf("%q was made up", made)
		}
		seen[made] = true
		if !strings.Contains(s.screen(), made) {
			t.Fatal("it is not shown")
		}
		s.Press("ctrl+y")
		msgs := frametest.Run(s.Cmds[len(s.Cmds)-1])
		if m, ok := msgs[0].(tui.CopyMsg); !ok || m.Secret.Reveal() != made || m.Text != "" || strings.Contains(string(m.Shown), made) {
			t.Fatal("ctrl+y does not copy it as a secret")
		}
		s.Cmds = nil
		if s.Press("tab", "tab"); strings.Contains(s.screen(), made) {
			t.Fatal("it stays in clear")
		}
		s.Press("ctrl+s")
		if len(s.sent) != 1 || s.sent[0]["password"].Secret.Reveal() != made {
			t.Fatal("it was not sent")
		}
	}
}

func TestMakingUpUsesAllCharactersEvenly(t *testing.T) {
	all := make([]byte, 256*length)
	for i := range all {
		all[i] = byte(i)
	}
	count := map[rune]int{}
	for r := bytes.NewReader(all); r.Len() > 256; {
		s, err := makeUp(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range s {
			count[c]++
		}
	}
	least, most := 1<<30, 0
	for _, n := range count {
		least, most = min(least, n), max(most, n)
	}
	if len(count) != 56 || most-least > 8 {
		t.Errorf("%d characters, between %d and %d times", len(count), least, most)
	}
	if _, err := makeUp(iotest.ErrReader(errors.New("empty"))); err == nil {
		t.Error("a password was made up without random numbers")
	}
}

func TestAPasteThatWouldBecomeAnotherSecretIsRefused(t *testing.T) {
	for _, text := range []string{"two\nlines-of-a-password", "tab\there-in-the-middle", "esc\x1b[31m-and-more-text"} {
		s := secretForm(t)
		s.Send(frametest.Paste(text))
		s.Press("ctrl+s")
		if len(s.sent) != 0 || !strings.Contains(s.screen(), "nothing of it was taken") {
			t.Errorf("%q: sent %d\n%s", text, len(s.sent), s.screen())
		}
	}
	s := secretForm(t)
	for range 2 {
		s.Send(frametest.Paste("a long password at the end of a line\r\n"))
		s.Press("tab")
	}
	s.Press("ctrl+s")
	if len(s.sent) != 1 || s.sent[0]["password"].Secret.Reveal() != "a long password at the end of a line" {
		t.Errorf("a last line end was not taken off: sent %d", len(s.sent))
	}
}

func TestTheTwoMustAgreeAndPassTheCheck(t *testing.T) {
	s := secretForm(t)
	s.Type("long enough for all")
	s.Press("tab")
	s.Type("long enough for alL")
	if s.Press("ctrl+s"); len(s.sent) > 0 || !strings.Contains(s.screen(), "the two differ") {
		t.Errorf("sent\n%s", s.screen())
	}
	s = secretForm(t)
	s.Type("short")
	s.Press("tab")
	s.Type("short")
	if s.Press("ctrl+s"); len(s.sent) > 0 || !strings.Contains(s.screen(), "at least 15 characters, has 5") {
		t.Errorf("sent\n%s", s.screen())
	}
}

func TestClosingWipesTheInputs(t *testing.T) {
	s := secretForm(t)
	s.Type("hunter2")
	s.form.Close()
	for _, in := range s.form.fields[0].widget.(*secret).in {
		if in.Value() != "" {
			t.Errorf("%q is left", in.Value())
		}
	}
}

func TestAFormThatIsPrintedTellsNoSecret(t *testing.T) {
	s := secretForm(t)
	s.Type("hunter2")
	s.Press("ctrl+r")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, what := range []any{s.form, *s.form, s.form.Values()} {
			if got := fmt.Sprintf(verb, what); strings.Contains(got, "hunter2") || strings.Contains(got, "104 117 110 116") {
				t.Errorf("%s prints %s", verb, got)
			}
		}
	}
}

// What a terminal without bracketed paste makes of pasted bytes.
func keysOf(b []byte) []tea.KeyMsg {
	var keys []tea.KeyMsg
	for _, c := range b {
		switch {
		case c < 0x20 || c == 0x7f:
			keys = append(keys, tea.KeyMsg{Type: tea.KeyType(c)})
		case c == ' ':
			keys = append(keys, frametest.Key(" "))
		default:
			keys = append(keys, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{rune(c)}})
		}
	}
	return keys
}

func TestAPasteSendsNoForm(t *testing.T) {
	long := []byte("x" + frametest.Noise(10_000))
	for _, text := range []string{"y\n", "dd\n", "y\r", "dd\r\r\r", "ab\x13", string(long)} {
		s := set(t, []Field{{Name: "name", Title: "Name", Value: "valid"}}, succeed)
		s.Send(frametest.Paste(text))
		if len(s.sent) != 0 {
			t.Errorf("the paste %.9q was sent", text)
		}
		s = set(t, []Field{{Name: "name", Title: "Name", Value: "valid"}}, succeed)
		s.Every = time.Millisecond
		for _, k := range keysOf([]byte(text)) {
			s.Send(k)
		}
		if len(s.sent) != 0 {
			t.Errorf("the keys %.9q were sent", text)
		}
	}
}

func TestDeafOnlyToKeysThatSend(t *testing.T) {
	env, clock := frametest.Env()
	f := New(env, Spec{Fields: []Field{{Name: "a"}}, Submit: func(Values) tea.Cmd { return nil }})
	f.Init()
	for _, name := range []string{"x", "tab", "esc", "backspace"} {
		if f.Deaf(frametest.Key(name)) {
			t.Errorf("deaf to %s", name)
		}
	}
	for range 5 {
		clock.Pass(300 * time.Millisecond)
		if !f.Deaf(frametest.Key("enter")) || !f.Deaf(frametest.Key("ctrl+s")) {
			t.Error("not deaf to what was typed ahead")
		}
	}
	if clock.Pass(400 * time.Millisecond); f.Deaf(frametest.Key("enter")) {
		t.Error("deaf for ever")
	}
}
