package jobs

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/theme"
)

func TestAJobFromStartToEnd(t *testing.T) {
	env, clock := frametest.Env()
	b := New(env)
	id := b.Start(Job{Title: "revoke 14 tokens", Total: 14})
	if b.Running() != 1 {
		t.Fatalf("%d jobs run, want 1", b.Running())
	}
	clock.Pass(time.Second)
	b.Progress(id, 13, End{"done", theme.Good, 12}, End{"refused", theme.Bad, 1})
	b.Finish(id, Partly)
	finished := clock.Now()
	clock.Pass(time.Second)
	b.Finish(id, Partly)
	j := b.All()[0]
	if b.Running() != 0 || j.Done != 13 || len(j.Ends) != 2 || !j.Finished.Equal(finished) || j.ID != id {
		t.Errorf("%+v", j)
	}
	b.Progress(9999, 1) // a job that was never there
}

func TestCancelAsksOnce(t *testing.T) {
	env, _ := frametest.Env()
	b := New(env)
	asked := 0
	id := b.Start(Job{Cancel: func() { asked++ }})
	b.Cancel(id)
	b.Cancel(id)
	if asked != 1 || b.Running() != 1 || b.All()[0].State != Cancelling {
		t.Errorf("asked %d times, %d run, state %v", asked, b.Running(), b.All()[0].State)
	}
	b.Finish(id, Cancelled)
	b.Cancel(id)
	if asked != 1 || b.Running() != 0 {
		t.Errorf("asked %d times, %d run", asked, b.Running())
	}
}

func TestRunningJobsAreNeverForgotten(t *testing.T) {
	env, _ := frametest.Env()
	b := New(env)
	first := b.Start(Job{Title: "first"})
	for range 3 * keep {
		b.Finish(b.Start(Job{}), Done)
	}
	b.Start(Job{})
	if n := len(b.All()); n != keep+2 {
		t.Errorf("%d jobs are kept, want %d", n, keep+2)
	}
	if b.find(first) == nil {
		t.Error("a running job was forgotten")
	}
}

func TestOnlyTheJobThatAskedGetsTheMessage(t *testing.T) {
	env, _ := frametest.Env()
	b := New(env)
	var got []tea.Msg
	id := b.Start(Job{Receive: func(m tea.Msg) tea.Cmd { got = append(got, m); return nil }})
	mute := b.Start(Job{})
	b.Deliver(id, 1)
	b.Deliver(mute, 2)
	b.Deliver(9999, 3)
	if len(got) != 1 || got[0] != 1 {
		t.Errorf("got %v", got)
	}
}

// boxRig is a board with three jobs and the box that shows it.
func boxRig() (*Board, *frametest.Keyboard, *int) {
	env, clock := frametest.Env()
	b := New(env)
	cancelled := new(int)
	b.Finish(b.Start(Job{Title: "disable 3 users on prod", Total: 3, Done: 3, Open: func() tea.Cmd {
		return func() tea.Msg { return "the sheet" }
	}}), Done)
	b.Finish(b.Start(Job{Title: "delete acme on prod", Total: 2, Done: 1}), Partly)
	b.Start(Job{Title: "revoke 14 tokens on prod", Total: 14, Done: 13, Ends: []End{{"done", theme.Good, 11}, {"refused", theme.Bad, 2}}, Cancel: func() { *cancelled++ }})
	clock.Pass(4 * time.Second)
	return b, &frametest.Keyboard{Modal: b.Modal(), Clock: clock, Every: time.Second}, cancelled
}

// press does what the shell does: actions first, then the modal.
func press(k *frametest.Keyboard, names ...string) {
	for _, name := range names {
		if a, ok := tui.Find(k.Modal.Actions(), name); ok && a.Do != nil && a.Why == "" {
			k.Clock.Pass(k.Every)
			if !k.Modal.Deaf(frametest.Key(name)) {
				k.Cmds = append(k.Cmds, a.Do())
			}
			continue
		}
		k.Press(name)
	}
}

func TestTheBoxOpensAndCancels(t *testing.T) {
	b, k, cancelled := boxRig()
	press(k, "c")
	if *cancelled != 1 {
		t.Errorf("cancelled %d times, want once", *cancelled)
	}
	press(k, "c", "enter", "down", "down", "down", "up", "enter")
	if *cancelled != 1 || len(k.Settle()) > 0 || k.Closed {
		t.Error("something was done that cannot be done")
	}
	b.Start(Job{Title: "a new one"}) // must not move the cursor
	press(k, "j", "enter")
	if got := k.Settle(); len(got) != 1 || got[0] != "the sheet" || !k.Closed {
		t.Errorf("opened %v, closed %v", got, k.Closed)
	}
}

func TestTheBoxIsDeafToCancelAtFirst(t *testing.T) {
	_, k, cancelled := boxRig()
	k.Every = 100 * time.Millisecond
	press(k, "c", "c", "j", "k", "c", "c", "c", "c")
	if *cancelled > 0 {
		t.Error("keys typed ahead cancelled a job")
	}
}

func TestFrames(t *testing.T) {
	b, k, _ := boxRig()
	frametest.Golden(t, b.env, k.Modal, "jobs")
	env, _ := frametest.Env()
	frametest.Golden(t, env, New(env).Modal(), "none")
}

func TestTheCursorStaysInSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		env, _ := frametest.Env()
		b := New(env)
		m := b.Modal()
		h := rapid.IntRange(1, 12).Draw(t, "h")
		t.Repeat(map[string]func(*rapid.T){
			"start": func(t *rapid.T) { b.Finish(b.Start(Job{Title: "x"}), State(rapid.IntRange(0, 4).Draw(t, "state"))) },
			"key": func(t *rapid.T) {
				m.Update(frametest.Key(rapid.SampledFrom([]string{"up", "down", "home", "end", "g", "G"}).Draw(t, "key")))
			},
			"": func(t *rapid.T) {
				got := frametest.Draw(m, 60, h+4).Plain()
				if n := strings.Count(got, "▸"); len(b.jobs) > 0 && n != 1 {
					t.Fatalf("%d cursors in sight:\n%s", n, got)
				}
			},
		})
	})
}
