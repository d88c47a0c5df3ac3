package confirm

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

const hostile = "\x1b]52;c;aGk=\a\x1b[2Jn\u202eame\u200b\x9b31m\r\n\u0301界"

// stand is a confirmation under test with everything around it.
type stand struct {
	frametest.Keyboard
	env     *tui.Env
	confirm *Confirm
	ran     []string // the reasons
}

func ask(plan Plan) *stand {
	env, clock := frametest.Env()
	s := &stand{env: env}
	s.confirm = New(env, plan, func(reason string) tea.Cmd {
		s.ran = append(s.ran, reason)
		return nil
	})
	s.Keyboard = frametest.Keyboard{Modal: s.confirm, Clock: clock, Every: 200 * time.Millisecond}
	s.Cmds = append(s.Cmds, s.confirm.Init())
	return s
}

// read lets the time pass in which the box is deaf.
func (s *stand) read() *stand {
	s.Clock.Pass(time.Second)
	return s
}

func (s *stand) screen() string { return frametest.Draw(s.confirm, 80, 24).Plain() }

func deletion() Plan {
	return Plan{
		Title: "Delete account acme on prod", Where: "anchore · https://anchore.example", Protected: true,
		Intro: "This operation is irreversible.", Verb: "delete", Danger: Destructive, Word: "acme",
		Names: []Name{{"acme", "acc_01J9ZK3Y7Q"}},
		Steps: []Step{{"disable acme", "reversible"}, {"delete acme", "for good"}},
		Facts: []Fact{
			{"With it go 34 users and 112 tokens.", false},
			{"7 of the tokens were used in the last hour.", true},
		},
	}
}

func revocation(n int) Plan {
	p := Plan{
		Title: fmt.Sprintf("Revoke %d tokens on prod", n), Where: "gatehouse · https://gatehouse.example:7411", Verb: "revoke", Danger: Final,
		Intro: "A revoked token cannot be used again.", Hidden: n / 2, Reason: OptionalReason,
	}
	for i := range n {
		p.Names = append(p.Names, Name{fmt.Sprintf("ci-%02d", i), fmt.Sprintf("gthp_%012d", i)})
	}
	return p
}

func TestFrames(t *testing.T) {
	s := ask(deletion()).read()
	frametest.Golden(t, s.env, s.confirm, "destructive")
	s.Type("acm")
	s.Press("enter")
	frametest.Golden(t, s.env, s.confirm, "destructive-typed")

	s = ask(revocation(14)).read()
	frametest.Golden(t, s.env, s.confirm, "final-many")
	s.Press("end", "tab")
	s.Type("found in a log")
	frametest.Golden(t, s.env, s.confirm, "final-many-reason")
	s.confirm.Changed("ci-03 was revoked by kim", "ci-04 is gone")
	frametest.Golden(t, s.env, s.confirm, "withdrawn")
	s.confirm.Replace(revocation(3))
	frametest.Golden(t, s.env, s.confirm, "replaced")

	s = ask(Plan{Title: "Disable user jane on prod", Where: "prod", Verb: "disable", Names: []Name{{"jane", "jane"}}}).read()
	frametest.Golden(t, s.env, s.confirm, "reversible")

	blocked := deletion()
	blocked.Blocks = []Block{{"acme is the account that you are signed in with.", "Sign in as somebody else first."}}
	frametest.Golden(t, s.env, ask(blocked).confirm, "blocked")

	frametest.Golden(t, s.env, ask(hostilePlan(Destructive)).confirm, "hostile")
}

func hostilePlan(d Danger) Plan {
	return Plan{
		Title: hostile, Where: hostile, Protected: true, Intro: hostile, Verb: hostile, Word: hostile, Danger: d, Reason: OptionalReason,
		Names: []Name{{hostile, hostile}, {hostile, ""}}, Steps: []Step{{hostile, hostile}},
		Facts: []Fact{{hostile, true}, {hostile, false}}, Hidden: 1,
	}
}

func TestDrawsAtAnySize(t *testing.T) {
	many := revocation(200)
	blocked := hostilePlan(Final)
	blocked.Blocks = []Block{{hostile, hostile}}
	for _, p := range []Plan{deletion(), many, blocked, hostilePlan(Destructive), hostilePlan(Reversible)} {
		s := ask(p).read()
		s.confirm.Changed(hostile)
		s.confirm.Replace(p)
		for w := 0; w < 60; w += 1 + w/8 {
			for h := range 20 {
				for _, r := range frametest.Draw(s.confirm, w, h).Plain() {
					if r != '\n' && (r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b) {
						t.Fatalf("%d×%d draws %U", w, h, r)
					}
				}
			}
		}
	}
}

func TestYConfirmsOnce(t *testing.T) {
	s := ask(revocation(2)).read()
	s.Press("y")
	s.Every = 100 * time.Millisecond
	s.Press("y")
	s.Settle()
	if len(s.ran) != 0 {
		t.Fatal("the second y did not take the first back")
	}
	s.Clock.Pass(time.Second)
	s.Press("y")
	msgs := s.Settle()
	if len(s.ran) != 1 || !s.Closed {
		t.Fatalf("ran %d times, closed %v, %v", len(s.ran), s.Closed, msgs)
	}
	s.Closed = false
	s.Press("y")
	s.Settle()
	if len(s.ran) != 1 {
		t.Error("it ran again")
	}
}

func TestNothingElseConfirms(t *testing.T) {
	for _, name := range []string{"enter", "n", "esc", "Y", " ", "ctrl+s", "tab", "down", "d", "ctrl+y", "alt+y"} {
		s := ask(Plan{Title: "x", Verb: "disable"}).read()
		s.Press(name, name)
		s.Settle()
		if len(s.ran) > 0 {
			t.Errorf("%s confirms", name)
		}
	}
}

func TestEnterAloneIsNo(t *testing.T) {
	s := ask(Plan{Title: "x", Verb: "disable"}).read()
	s.Press("enter")
	said := s.Settle()
	if !s.Closed || len(said) != 1 || !strings.Contains(string(said[0].(tui.ToastMsg).Text), "nothing was changed") {
		t.Errorf("closed %v, said %v", s.Closed, said)
	}
}

func TestTheWordIsTypedThenEnter(t *testing.T) {
	for _, tc := range []struct {
		word, typed string
		confirms    bool
	}{
		{"acme", "acme", true},
		{"acme", "acm", false},
		{"acme", "acme ", false},
		{"acme", "Acme", false},
		{"acme", "", false},
		{"delete 14", "delete 14", true},
		{"", "", false},
		{"n\u202eame", "n\\u202eame", true}, // as it is shown: the character itself is on no keyboard
		{"Andre\u0301", "André", true},
		{"Andre", "André", false},
	} {
		p := deletion()
		p.Word = tc.word
		s := ask(p).read()
		s.Type(tc.typed)
		s.Press("enter")
		s.Settle()
		if (len(s.ran) == 1) != tc.confirms {
			t.Errorf("%q for %q: ran %d times\n%s", tc.typed, tc.word, len(s.ran), s.screen())
		}
	}
}

func TestEnterTooSoonAfterTheLastLetter(t *testing.T) {
	s := ask(deletion()).read()
	s.Type("acme")
	s.Every = 149 * time.Millisecond
	s.Press("enter")
	s.Settle()
	if len(s.ran) > 0 || !strings.Contains(s.screen(), "too quick") {
		t.Fatalf("ran %d times\n%s", len(s.ran), s.screen())
	}
	s.Every = 150 * time.Millisecond
	s.Press("enter")
	if s.Settle(); len(s.ran) != 1 {
		t.Error("the second enter does not confirm")
	}
}

func TestARequiredReason(t *testing.T) {
	p := deletion()
	p.Reason = RequiredReason
	s := ask(p).read()
	s.Press("tab")
	s.Type("acme")
	s.Press("enter")
	s.Settle()
	if len(s.ran) > 0 || !strings.Contains(s.screen(), "a reason is required") {
		t.Fatalf("ran %d times\n%s", len(s.ran), s.screen())
	}
	s.Type("contract ended")
	s.Press("enter", "enter")
	if s.Settle(); len(s.ran) != 1 || s.ran[0] != "contract ended" {
		t.Errorf("ran %q", s.ran)
	}
}

func TestABlockedPlanCannotBeConfirmed(t *testing.T) {
	for _, d := range []Danger{Reversible, Final, Destructive} {
		p := deletion()
		p.Danger, p.Blocks = d, []Block{{"no", ""}}
		s := ask(p).read()
		s.Type("acme")
		s.Press("enter", "y")
		s.Settle()
		if len(s.ran) > 0 || s.Closed {
			t.Errorf("danger %d: ran %d times, closed %v", d, len(s.ran), s.Closed)
		}
		if s.Press("esc"); !s.Closed {
			t.Error("esc does not close")
		}
	}
}

func TestAChangedPlanIsWithdrawn(t *testing.T) {
	s := ask(revocation(2)).read()
	s.Press("y")
	s.confirm.Changed("ci-00 was revoked by kim")
	s.Settle()
	s.Press("y")
	s.Settle()
	if len(s.ran) > 0 {
		t.Fatal("a withdrawn plan ran")
	}
	s.confirm.Replace(revocation(1))
	s.Every = 100 * time.Millisecond
	s.Press("y", "y", "y")
	s.Settle()
	if len(s.ran) > 0 {
		t.Fatal("the new plan was confirmed before it could be read")
	}
	if got := s.screen(); !strings.Contains(got, "revoked by kim") || !strings.Contains(got, "ci-00") {
		t.Errorf("the screen is\n%s", got)
	}
	s.Clock.Pass(time.Second)
	s.Press("y")
	if s.Settle(); len(s.ran) != 1 {
		t.Error("the new plan cannot be confirmed")
	}
}

func TestReplacingClearsTheWordAndKeepsTheReason(t *testing.T) {
	p := deletion()
	p.Reason = RequiredReason
	s := ask(p).read()
	s.Type("because")
	s.Press("enter")
	s.Type("acme")
	s.confirm.Changed("x")
	s.confirm.Replace(p)
	s.read().Press("enter")
	s.Settle()
	if len(s.ran) > 0 {
		t.Fatal("the old word confirmed the new plan")
	}
	s.Type("acme")
	s.Press("enter")
	if s.Settle(); len(s.ran) != 1 || s.ran[0] != "because" {
		t.Errorf("ran %q\n%s", s.ran, s.screen())
	}
}

// What a terminal without bracketed paste makes of pasted bytes.
func keysOf(text string) []tea.KeyMsg {
	var keys []tea.KeyMsg
	for i := range len(text) {
		switch c := text[i]; {
		case c < 0x20 || c == 0x7f:
			keys = append(keys, tea.KeyMsg{Type: tea.KeyType(c)})
		default:
			keys = append(keys, frametest.Key(string(rune(c))))
		}
	}
	return keys
}

func TestAPasteConfirmsNothing(t *testing.T) {
	plans := map[string]Plan{"y": revocation(2), "word": deletion(), "reversible": {Title: "x", Verb: "disable"}}
	for _, text := range []string{"y\n", "y\r", "dd\n", "acme\n", "acme\r", "acme\r\r\r", "\ry\r", "yyyy", frametest.Noise(10_000) + "y", "acme" + frametest.Noise(10_000)} {
		for name, p := range plans {
			s := ask(p).read()
			s.Send(frametest.Paste(text))
			s.Settle()
			if len(s.ran) > 0 {
				t.Errorf("%s: the paste %.9q confirmed", name, text)
			}
			for _, wait := range []time.Duration{0, time.Second} { // as it opens, and later
				s = ask(p)
				s.Clock.Pass(wait)
				s.Every = 0
				for _, k := range keysOf(text) {
					s.Send(k)
				}
				s.Settle()
				if len(s.ran) > 0 {
					t.Errorf("%s: the keys %.9q confirmed after %v", name, text, wait)
				}
			}
		}
	}
	s := ask(deletion()).read()
	s.Send(frametest.Paste("acme\n"))
	s.Press("enter")
	if s.Settle(); len(s.ran) > 0 {
		t.Error("a pasted line filled in the word")
	}
}

// settled lets the time pass in which a key takes a yes back, without waiting.
func (s *stand) settled() {
	if n := len(s.Cmds); n > 0 && s.Cmds[n-1] != nil {
		s.confirm.Update(settled{s.confirm.keys})
	}
	s.Cmds = nil
}

// TestOnlyAConsideredYesRuns presses random keys at random times, and knows
// the rules by itself.
func TestOnlyAConsideredYesRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Plan{Title: "x", Verb: "go", Word: "ab"}
		if rapid.Bool().Draw(t, "destructive") {
			p.Danger = Destructive
		}
		s := ask(p)
		s.Every = 0
		opened, last, typed := s.Clock.At, s.Clock.At, ""
		deaf := true
		for range rapid.IntRange(1, 40).Draw(t, "keys") {
			gap := time.Duration(rapid.SampledFrom([]int{0, 40, 60, 149, 151, 399, 401, 900}).Draw(t, "gap")) * time.Millisecond
			if gap > after {
				s.settled()
			}
			s.Clock.Pass(gap)
			if len(s.ran) > 0 {
				t.Fatal("it ran without a yes")
			}
			now := s.Clock.At
			since := now.Sub(last)
			if deaf && now.Sub(opened) >= 400*time.Millisecond && since >= 400*time.Millisecond {
				deaf = false
			}
			last = now
			name := rapid.SampledFrom([]string{"y", "a", "b", "enter", "backspace", "paste ab", "down"}).Draw(t, "key")
			yes := !deaf && since >= alone && (p.Danger == Reversible && name == "y" || p.Danger == Destructive && name == "enter" && typed == "ab")
			if text, pasted := strings.CutPrefix(name, "paste "); pasted {
				s.Send(frametest.Paste(text))
				if !deaf {
					typed += text
				}
			} else {
				s.Press(name)
				switch {
				case deaf:
				case name == "backspace" && typed != "":
					typed = typed[:len(typed)-1]
				case len(name) == 1:
					typed += name
				}
			}
			if yes {
				if s.settled(); len(s.ran) != 1 {
					t.Fatalf("a yes did not run it: %s", s.screen())
				}
				return
			}
			if p.Danger == Reversible && name == "enter" && !deaf {
				return // that was a no
			}
		}
	})
}
