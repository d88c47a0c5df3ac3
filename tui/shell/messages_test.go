package shell_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/jobs"
	"gatehouse/tui/shell"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// listener is a service.
type listener struct {
	id  tui.ID
	got []tea.Msg
}

func (l *listener) ID() tui.ID               { return l.id }
func (l *listener) Update(m tea.Msg) tea.Cmd { l.got = append(l.got, m); return nil }

type news struct{}

func TestResultsReachWhoAskedAndNobodyElse(t *testing.T) {
	service := &listener{}
	r := newRig(t, func(r *rig, c *shell.Config) {
		service.id = r.env.NextID()
		c.Services = []tui.Receiver{service}
	})
	hidden := r.pages["users"]
	r.send(tui.PushMsg{Screen: r.page("acme")})
	r.press("3")
	front := r.pages["tokens"]
	closed := r.page("closed")
	r.send(tui.PushMsg{Screen: closed})
	r.send(tui.PopMsg{})
	var job []tea.Msg
	jobID := r.s.Jobs().Start(jobs.Job{Receive: func(m tea.Msg) tea.Cmd { job = append(job, m); return nil }})
	before := len(front.got)
	for _, id := range []tui.ID{hidden.id, closed.id, service.id, jobID, 9999} {
		r.run(tui.To(id, func() tea.Msg { return news{} }))
	}
	for name, n := range map[string]int{"the hidden screen": len(hidden.got), "the service": len(service.got), "the job": len(job)} {
		if n != 1 {
			t.Errorf("%s got %d messages, want 1", name, n)
		}
	}
	if len(closed.got) > 0 || len(front.got) != before {
		t.Error("a message reached somebody who did not ask")
	}
}

func TestEveryoneHearsOtherMessages(t *testing.T) {
	r := newRig(t)
	r.press("3")
	users, tokens := len(r.pages["users"].got), len(r.pages["tokens"].got)
	r.send(news{})
	if len(r.pages["users"].got) != users+1 || len(r.pages["tokens"].got) != tokens+1 {
		t.Error("a screen did not hear")
	}
	r.press("Z")
	if _, ok := r.pages["users"].got[users+1].(tui.ThemeMsg); !ok || !r.env.Local {
		t.Error("Z did not change the clock for everyone")
	}
	look := frametest.Theme(0, true)
	r.send(tui.LookMsg{Theme: look})
	if r.env.Theme != look {
		t.Error("the looks did not change")
	}
}

func TestResetLeavesNothingOpen(t *testing.T) {
	r := newRig(t)
	old, d := r.pages["users"], r.dialog()
	r.press("3")
	r.send(tui.OpenMsg{Modal: d})
	r.send(tui.ResetMsg{})
	if !old.closed || !d.closed || r.pages["tokens"].closed || !r.pages["tokens"].front {
		t.Error("reset did not begin anew")
	}
	r.press("2")
	if r.pages["users"] == old {
		t.Error("the tab came back with its old screen")
	}
}

func TestAToastStaysUntilItWasRead(t *testing.T) {
	r := newRig(t)
	says := func(text string) bool { return strings.Contains(r.text(), text) }
	r.send(tui.ToastMsg{Tone: theme.Good, Text: "disabled kim"})
	r.clock.Pass(time.Hour)
	r.beatNow()
	if !says("disabled kim") {
		t.Error("time alone took the toast away")
	}
	r.press("j")
	if says("disabled kim") {
		t.Error("the toast stayed after a key")
	}
	r.send(tui.ToastMsg{Text: "first"})
	r.press("j")
	if !says("first") {
		t.Error("a key took the toast away before it could be read")
	}
	r.send(tui.ToastMsg{Tone: theme.Bad, Text: "refused"})
	if says("first") || !says("refused") {
		t.Error("a new toast does not replace the old one")
	}
	r.clock.Pass(time.Hour)
	r.press("j", "k")
	if !says("refused") {
		t.Error("a key other than esc took the error away")
	}
	r.press("esc")
	if says("refused") {
		t.Error("esc did not take the error away")
	}
	for _, name := range []string{":", "m", "e", "s", "s", "enter"} {
		r.press(name)
	}
	for _, text := range []string{"disabled kim", "first", "refused"} {
		if !says(text) {
			t.Errorf("%q is not among the messages", text)
		}
	}
}

func TestALongErrorTakesRoomFromTheScreenOnlyWhileItStands(t *testing.T) {
	r := newRig(t)
	users := r.pages["users"]
	r.send(tui.ToastMsg{Tone: theme.Bad, Text: "it went wrong, and that is a long story which needs more than one line of eighty columns to tell"})
	if users.h != 17 {
		t.Errorf("the screen has %d lines, want 17", users.h)
	}
	r.press("esc")
	if users.h != 18 {
		t.Errorf("the screen has %d lines, want 18", users.h)
	}
}

func TestCopySaysWhatWasDone(t *testing.T) {
	r := newRig(t)
	r.run(tui.Copy("gthp_0123456789ab", "gthp_0123456789ab"))
	r.run(tui.CopySecret(secret{}, "the token, 55 characters"))
	if want := []string{"term.copyRequest", "term.copyRequest"}; !slices.Equal(r.sent, want) {
		t.Errorf("asked of the terminal: %v, want %v", r.sent, want)
	}
	r.send(term.Copied{How: "sent to the terminal"})
	if got := r.line(-2); got != " ✓ gthp_0123456789ab sent to the terminal" {
		t.Errorf("said %q", got)
	}
	r.send(term.Copied{Err: errors.New("copy 9999 bytes: terminals take at most 8192")})
	if got := r.line(-2); got != " ✗ not copied: copy 9999 bytes: terminals take at most 8192" {
		t.Errorf("said %q", got)
	}
}

type secret struct{}

func (secret) Reveal() string { return "not to be seen" }

func TestTheLooksFollowTheBackground(t *testing.T) {
	r := newRig(t, func(_ *rig, c *shell.Config) { c.AskBackground = true })
	if !slices.Equal(r.sent, []string{"term.askBackground"}) {
		t.Errorf("asked of the terminal: %v", r.sent)
	}
	for _, st := range []struct {
		answer term.Background
		want   theme.Background
	}{{term.Background{}, theme.Dark}, {term.Background{Known: true}, theme.Light}, {term.Background{}, theme.Light}, {term.Background{Known: true, Dark: true}, theme.Dark}} {
		r.send(st.answer)
		if got := r.env.Theme.Options().Background; got != st.want {
			t.Errorf("after %+v: background %v, want %v", st.answer, got, st.want)
		}
	}
}

func TestTheMouseIsInTheCoordinatesOfTheScreen(t *testing.T) {
	r := newRig(t)
	users := r.pages["users"]
	for _, y := range []int{0, 3, 22, 23} {
		r.send(tea.MouseMsg{X: 5, Y: y})
	}
	r.send(tea.MouseMsg{X: 5, Y: 4})
	r.send(tea.MouseMsg{X: 6, Y: 21})
	r.send(tui.OpenMsg{Modal: r.dialog()})
	r.send(tea.MouseMsg{X: 5, Y: 4})
	want := []tea.Msg{tea.MouseMsg{X: 5, Y: 0}, tea.MouseMsg{X: 6, Y: 17}}
	if !slices.Equal(users.got, want) {
		t.Errorf("the screen got %v, want %v", users.got, want)
	}
}

// beatNow is the tick that is on its way.
func (r *rig) beatNow() {
	r.t.Helper()
	last := r.beats[len(r.beats)-1]
	r.send(last())
}

func TestAtRestOnlyTheClockMoves(t *testing.T) {
	r := newRig(t)
	r.press("j")
	seconds := 0
	for ; r.waits[len(r.waits)-1] == time.Second; seconds++ {
		r.clock.Pass(time.Second)
		r.beatNow()
	}
	if seconds < 15 || seconds > 25 {
		t.Errorf("ticked for %d s after the last key, want about 20", seconds)
	}
	for range 3 {
		wait := r.waits[len(r.waits)-1]
		r.clock.Pass(wait)
		r.beatNow()
		if r.clock.At.Second() != 0 {
			t.Errorf("a tick at rest at %v, want a full minute", r.clock.At)
		}
	}
	n := len(r.beats)
	r.press("j")
	if r.waits[len(r.waits)-1] != time.Second || len(r.beats) != n+1 {
		t.Error("a key does not make the seconds tick again")
	}
	users := r.pages["users"]
	heard := len(users.got)
	r.send(r.beats[n-1]()) // the slow tick that the key has overtaken
	if len(users.got) != heard {
		t.Error("a tick that was replaced still counts")
	}
	r.beatNow()
	if _, ok := users.got[len(users.got)-1].(tui.TickMsg); !ok {
		t.Error("the screen did not hear the tick")
	}
}

func TestWhatMakesTheSecondsTick(t *testing.T) {
	for name, begin := range map[string]func(*rig){
		"a job that runs":             func(r *rig) { r.s.Jobs().Start(jobs.Job{Title: "revoke"}) },
		"an open modal":               func(r *rig) { r.send(tui.OpenMsg{Modal: r.dialog()}) },
		"the last minute of unlocked": func(r *rig) { r.lock.Unlock(50 * time.Second) },
	} {
		r := newRig(t)
		if last := r.waits[len(r.waits)-1]; last != time.Second {
			t.Errorf("after the start: %v", last)
		}
		r.clock.Pass(time.Minute)
		r.beatNow()
		if last := r.waits[len(r.waits)-1]; last <= time.Second {
			t.Errorf("at rest: %v", last)
		}
		begin(r)
		r.send(news{})
		if last := r.waits[len(r.waits)-1]; last != time.Second {
			t.Errorf("%s: %v", name, last)
		}
	}
}

// At rest the line to the terminal is silent but for the clock.
func TestAtRestNothingIsWritten(t *testing.T) {
	r := newRig(t)
	r.lock.Lock()
	r.link = shell.Connection{Link: shell.Offline, Since: r.clock.At, Text: "connection refused"}
	var out bytes.Buffer
	p, c := term.NewPainter(&out), term.NewCanvas(80, 24)
	p.Resize(80, 24)
	paint := func() int {
		out.Reset()
		c.Clear()
		r.s.Draw(c)
		if err := p.Paint(c); err != nil {
			t.Fatal(err)
		}
		return out.Len()
	}
	if paint() == 0 {
		t.Fatal("the first frame was not written")
	}
	for r.clock.At.Minute() < 10 {
		before := r.clock.At.Minute()
		r.clock.Pass(r.waits[len(r.waits)-1])
		r.beatNow()
		n := paint()
		if minute := r.clock.At.Minute() != before; !minute && n > 0 || minute && (n == 0 || n > 100) {
			t.Errorf("at %v: %d bytes: %q", r.clock.At.Format("15:04:05"), n, out.String())
		}
	}
}
