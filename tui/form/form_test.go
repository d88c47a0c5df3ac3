package form

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
	"pgregory.net/rapid"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

const hostile = "\x1b]52;c;aGk=\a\x1b[2Jn\u202eame\u200b\x9b31m\r\n\u0301界"

// sealed is a secret as a caller makes it.
type sealed struct{ open func() string }

func (s sealed) Reveal() string { return s.open() }

func seal(s string) tui.Secret { return sealed{func() string { return s }} }

// stand is a form under test with everything around it.
type stand struct {
	frametest.Keyboard
	env  *tui.Env
	form *Form
	sent []Values
}

func set(t *testing.T, fields []Field, answer func(Values) tea.Msg) *stand {
	t.Helper()
	env, clock := frametest.Env()
	s := &stand{env: env}
	s.form = New(env, Spec{
		Title: "New user on prod", Intro: "A user belongs to one account.", Button: "create",
		Fields: fields, Secret: seal,
		Submit: func(v Values) tea.Cmd {
			s.sent = append(s.sent, v)
			return func() tea.Msg { return answer(v) }
		},
	})
	s.Keyboard = frametest.Keyboard{Modal: s.form, Clock: clock, Every: 200 * time.Millisecond}
	s.Cmds = append(s.Cmds, s.form.Init())
	s.Settle()
	clock.Pass(time.Second)
	return s
}

func fields() []Field {
	lookup := func(_ context.Context, typed string) ([]Suggestion, error) {
		return []Suggestion{{"acme", "34 users", 1}, {"beta", "none", 2}, {"gamma-acme", "", 3}}, nil
	}
	return []Field{
		{Name: "name", Title: "Name", Required: true, Help: "Lower-case letters, digits and . _ @ + -"},
		{Name: "account", Title: "Account", Kind: Ref, Required: true, Value: "acme", Lookup: lookup},
		{Name: "password", Title: "Password", Kind: Secret, Twice: true, Fresh: true, Empty: "none: a registration string is made", Help: "ctrl+g makes one up"},
		{Name: "age", Title: "Max age", Kind: Duration, Value: "30d", Check: func(v Value) error {
			if !strings.HasSuffix(v.Text, "d") {
				return errors.New("must be a duration such as 30d")
			}
			return nil
		}},
		{Name: "admin", Title: "Administrator", Kind: Bool, Value: "no"},
		{Name: "state", Title: "State", Kind: Choice, Choices: []string{"invited", "active", "inactive"}, Value: "active"},
		{Name: "groups", Title: "Groups", Kind: Multi, Choices: []string{"ops", "dev"}, List: []string{"dev"}},
		{Name: "tags", Title: "Tags", Kind: Multi},
		{Name: "grants", Title: "Grants", Kind: Rows, Columns: []Field{
			{Name: "place", Title: "Place", Required: true},
			{Name: "level", Title: "Level", Kind: Choice, Choices: []string{"read", "write"}, Value: "read"},
		}},
	}
}

func succeed(Values) tea.Msg { return Succeeded{} }

func TestFramesOfAForm(t *testing.T) {
	s := set(t, fields(), func(Values) tea.Msg {
		return Failed{
			General: "The server refused it: the account is disabled.\nEnable acme first, or choose another account.",
			Fields:  map[string]string{"name": "is taken on this server", "quota": "is used up"},
		}
	})
	frametest.Golden(t, s.env, s.form, "new")
	s.Type("jane")
	s.Press("tab")
	s.Settle()
	s.Send(frametest.Key("ctrl+u"))
	s.Type("cm")
	s.Press("down")
	frametest.Golden(t, s.env, s.form, "suggestions")
	s.Press("enter", "tab")
	s.Type("correct horse")
	frametest.Golden(t, s.env, s.form, "masked")
	s.Press("ctrl+s")
	frametest.Golden(t, s.env, s.form, "differ")
	s.Send(frametest.Key("ctrl+u"))
	s.Press("tab", "tab", "tab", "tab", "tab", " ")
	frametest.Golden(t, s.env, s.form, "checks")
	s.Press("tab", "tab")
	s.Type("prod")
	s.Press("ctrl+n")
	s.Type(hostile)
	frametest.Golden(t, s.env, s.form, "rows")
	s.Press("ctrl+s")
	frametest.Golden(t, s.env, s.form, "sending")
	s.Settle()
	frametest.Golden(t, s.env, s.form, "refused")
	s.Send(frametest.Key("esc"))
	frametest.Golden(t, s.env, s.form, "asking")
}

func TestFrameOfHostileText(t *testing.T) {
	all := []Field{
		{Name: "a", Title: hostile, Help: hostile, Value: hostile, Empty: hostile, Required: true},
		{Name: "b", Title: hostile, Kind: Choice, Choices: []string{hostile}, Value: hostile},
		{Name: "c", Title: hostile, Kind: Multi, Choices: []string{hostile}},
		{Name: "d", Title: hostile, Kind: Ref, Lookup: func(context.Context, string) ([]Suggestion, error) {
			return []Suggestion{{hostile, hostile, nil}}, nil
		}},
		{Name: "e", Title: hostile, Kind: Rows, Columns: []Field{{Title: hostile}}, Rows: [][]string{{hostile}}},
	}
	s := set(t, all, func(Values) tea.Msg {
		return Failed{General: hostile, Fields: map[string]string{"a": hostile, hostile: hostile}}
	})
	s.Press("ctrl+s")
	s.Settle()
	frametest.Golden(t, s.env, s.form, "hostile")
	for w := range 60 {
		for h := range 20 {
			c := frametest.Draw(s.form, w, h)
			for _, r := range c.Plain() {
				if r != '\n' && (r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b) {
					t.Fatalf("%d×%d draws %U", w, h, r)
				}
			}
		}
	}
}

func TestValuesComeBackAsTheyWereTyped(t *testing.T) {
	s := set(t, fields(), succeed)
	s.Send(frametest.Paste("ja\u202ene\r\n"))
	s.Press("tab", "tab")
	s.Send(frametest.Paste("correct horse battery\n"))
	s.Press("enter")
	s.Send(frametest.Paste("correct horse battery"))
	s.Press("tab", "tab", "y", "tab", "right", "tab", " ", "down", " ", "tab")
	s.Type("red, blue")
	s.Press("tab")
	s.Type("prod")
	s.Press("tab", "w", "ctrl+s")
	if rest := s.Settle(); !s.Closed || len(rest) > 0 {
		t.Fatalf("closed is %v, left over is %v; %s", s.Closed, rest, frametest.Draw(s.form, 80, 36).Plain())
	}
	v := s.sent[0]
	if got := v["password"].Secret.Reveal(); got != "correct horse battery" {
		t.Errorf("the password is %q", got)
	}
	v["password"] = Value{}
	got := fmt.Sprint(v["name"], v["account"], v["age"], v["admin"], v["state"], v["groups"], v["tags"], v["grants"])
	want := "{ja\u202ene [] [] <nil> <nil> true}" +
		" {acme [] [] <nil> <nil> false} {30d [] [] <nil> <nil> false} {yes [] [] <nil> <nil> true}" +
		" {inactive [] [] <nil> <nil> true} { [ops] [] <nil> <nil> true} { [red blue] [] <nil> <nil> true}" +
		" { [] [[prod write]] <nil> <nil> true}"
	if got != want {
		t.Errorf("the values are\n%q, want\n%q", got, want)
	}
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	s := set(t, fields(), func(Values) tea.Msg {
		return Failed{General: "no", Fields: map[string]string{"age": "too long"}}
	})
	s.Type("jane")
	s.Press("ctrl+s")
	before := fmt.Sprint(s.form.Values())
	s.Settle()
	if s.Closed {
		t.Fatal("the form has closed")
	}
	if after := fmt.Sprint(s.form.Values()); after != before {
		t.Errorf("the values were %s and are %s", before, after)
	}
	screen := frametest.Draw(s.form, 80, 36).Plain()
	if !strings.Contains(screen, "too long") || !strings.Contains(screen, "jane") {
		t.Errorf("the error or the text is not there:\n%s", screen)
	}
	if s.form.fields[s.form.focus].Name != "age" {
		t.Errorf("the focus is on %s", s.form.fields[s.form.focus].Name)
	}
}

func TestMissingAndWrongFieldsAreNotSent(t *testing.T) {
	s := set(t, fields(), succeed)
	s.Press("ctrl+s")
	if len(s.sent) != 0 || s.form.focus != 0 || s.form.fields[0].err != "is required" {
		t.Errorf("sent %d, focus %d, error %q", len(s.sent), s.form.focus, s.form.fields[0].err)
	}
	s.Type("jane")
	s.Press("tab", "tab", "tab", "tab", "x", "tab", "shift+tab")
	if s.form.fields[3].err == "" {
		t.Error("a field that was left with nonsense in it says nothing")
	}
	s.Press("ctrl+s")
	if len(s.sent) != 0 || s.form.focus != 3 {
		t.Errorf("sent %d, focus %d", len(s.sent), s.form.focus)
	}
}

func TestEscapeAsksBeforeTextIsLost(t *testing.T) {
	s := set(t, fields(), succeed)
	s.Press("j", "esc")
	if s.Closed {
		t.Fatal("the first esc threw the text away")
	}
	s.Every = 30 * time.Millisecond
	s.Press("esc", "esc", "esc") // held down
	if s.Closed {
		t.Fatal("a held esc threw the text away")
	}
	s.Every = 200 * time.Millisecond
	s.Press("o", "esc")
	if s.Closed || s.form.Values()["name"].Text != "jo" {
		t.Fatal("going on after the question lost the text")
	}
	if s.Press("esc"); !s.Closed {
		t.Error("the second esc does not close")
	}
	s = set(t, fields(), succeed)
	if s.Press("esc"); !s.Closed {
		t.Error("an untouched form asks")
	}
}

func TestStoppingToWait(t *testing.T) {
	s := set(t, fields(), succeed)
	stopped := 0
	s.form.spec.Stop = func() { stopped++ }
	s.Type("jane")
	s.Press("ctrl+s", "x", "ctrl+s", "esc")
	if s.Closed || stopped != 1 || len(s.sent) != 1 {
		t.Fatalf("closed %v, stopped %d, sent %d", s.Closed, stopped, len(s.sent))
	}
	if got := frametest.Draw(s.form, 80, 30).Plain(); !strings.Contains(got, "not known") || !strings.Contains(got, "jane") {
		t.Errorf("the form says\n%s", got)
	}
	if s.Settle(); !s.Closed {
		t.Error("the late success left the form open")
	}
}

func TestALateRefusalDoesNotAnswerTheNextAttempt(t *testing.T) {
	s := set(t, fields(), func(v Values) tea.Msg { return Failed{General: "no " + v["name"].Text} })
	s.Type("a")
	s.Press("ctrl+s")
	late := s.Cmds
	s.Cmds = nil
	s.Press("esc", "b", "ctrl+s")
	next := s.Cmds
	s.Cmds = late
	s.Settle()
	if s.form.state != sending {
		t.Fatal("the late answer ended the wait for the next")
	}
	s.Cmds = next
	s.Settle()
	if got := frametest.Draw(s.form, 80, 30).Plain(); !strings.Contains(got, "no ab") {
		t.Errorf("the form says\n%s", got)
	}
}

func TestOtherMessagesOfSubmitGoOn(t *testing.T) {
	type mine struct{}
	s := set(t, fields(), func(Values) tea.Msg {
		return tea.BatchMsg{func() tea.Msg { return mine{} }, func() tea.Msg { return Failed{General: "no"} }}
	})
	s.Type("a")
	s.Press("ctrl+s")
	if rest := s.Settle(); len(rest) != 1 || rest[0] != (mine{}) {
		t.Errorf("left over is %v", rest)
	}
	if s.form.state != editing {
		t.Error("the refusal in a batch did not arrive")
	}
}

func TestNothingTypedIsLostAtAnySize(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := set(t, fields(), func(Values) tea.Msg { return Failed{General: "no"} })
		s.env.Theme = frametest.Theme(termenv.Ascii, rapid.Bool().Draw(rt, "ascii"))
		s.Type("jane")
		keys := []string{"tab", "shift+tab", "up", "down", "pgup", "pgdown", "enter", "ctrl+s", "esc", "ctrl+r", "left", "right"}
		for range rapid.IntRange(1, 30).Draw(rt, "keys") {
			s.Press(rapid.SampledFrom(keys).Draw(rt, "key"))
			s.Settle()
			frametest.Draw(s.form, rapid.IntRange(0, 90).Draw(rt, "w"), rapid.IntRange(0, 30).Draw(rt, "h"))
			if got := s.form.Values()["name"].Text; !s.Closed && got != "jane" {
				rt.Fatalf("the name is %q", got)
			}
		}
	})
}
