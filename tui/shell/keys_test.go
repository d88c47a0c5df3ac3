package shell_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/jobs"
	"gatehouse/tui/shell"
	"gatehouse/tui/theme"
)

func TestAKeyGoesToScreenActionsThenGlobalOnesThenTheScreen(t *testing.T) {
	r := newRig(t)
	users := r.pages["users"]
	r.press("n", "c", "j")
	if want := []string{"users.new", "app.contexts"}; !slices.Equal(r.done, want) {
		t.Errorf("done %v, want %v", r.done, want)
	}
	if got := users.keys(); !slices.Equal(got, []string{"j"}) {
		t.Errorf("the screen got %v, want only j", got)
	}
}

func TestATypingScreenGetsEveryKeyButEscAndCtrlC(t *testing.T) {
	r := newRig(t)
	users := r.pages["users"]
	users.typing = true
	keys := []string{"n", "q", ":", "1", "0", "enter", "tab", "ctrl+p", "J", "W", "?"}
	r.press(keys...)
	if got := users.keys(); !slices.Equal(got, keys) {
		t.Errorf("the screen got %q, want %q", got, keys)
	}
	users.undo = 1
	r.press("esc")
	if users.undo != 0 {
		t.Error("esc did not undo")
	}
	r.press("ctrl+c")
	if !r.quit {
		t.Error("ctrl+c did not quit")
	}
}

func TestEscUndoesOneThingAtATime(t *testing.T) {
	r := newRig(t)
	users := r.pages["users"]
	inner := r.page("acme")
	inner.undo, users.undo = 1, 1
	r.send(tui.PushMsg{Screen: inner})
	d := r.dialog()
	r.send(tui.OpenMsg{Modal: d})
	r.send(tui.ToastMsg{Tone: theme.Bad, Text: "it went wrong"})
	says := func() bool { return strings.Contains(r.text(), "it went wrong") }
	steps := []struct {
		what string
		is   func() bool
	}{
		{"the modal closed", func() bool { return d.closed && says() }},
		{"the error went", func() bool { return !says() && inner.undo == 1 }},
		{"the inner screen undid", func() bool { return inner.undo == 0 && !inner.closed }},
		{"the inner screen closed", func() bool { return inner.closed && users.front && users.undo == 1 }},
		{"the first screen undid", func() bool { return users.undo == 0 }},
		{"the first screen stayed", func() bool { return !users.closed && users.front }},
	}
	for _, st := range steps {
		r.press("esc")
		if !st.is() {
			t.Fatalf("not so: %s", st.what)
		}
	}
}

func TestZeroClearsToTheFirstScreen(t *testing.T) {
	r := newRig(t)
	a, b := r.page("acme"), r.page("jane")
	r.send(tui.PushMsg{Screen: a})
	r.send(tui.PushMsg{Screen: b})
	r.press("0")
	if !a.closed || !b.closed || r.pages["users"].closed || !r.pages["users"].front {
		t.Error("0 did not lead back to the first screen alone")
	}
}

func TestTabs(t *testing.T) {
	r := newRig(t)
	if len(r.pages) != 1 {
		t.Fatalf("%d tabs were made before they were seen, want 1", len(r.pages))
	}
	inner := r.page("jane")
	r.send(tui.PushMsg{Screen: inner})
	for _, st := range []struct{ key, front string }{
		{"tab", "tokens"}, {"shift+tab", "users"}, {"1", "accounts"}, {"shift+tab", "activity"}, {"tab", "accounts"}, {"5", "activity"},
	} {
		r.press(st.key)
		for id, p := range r.pages {
			if want := id == st.front && id != "users"; p.front != want {
				t.Errorf("after %s: tab %s in front: %v, want %v", st.key, id, p.front, want)
			}
		}
		if want := st.front == "users"; inner.front != want {
			t.Errorf("after %s: the drilled screen is in front: %v, want %v", st.key, inner.front, want)
		}
	}
	r.send(tui.TabMsg{ID: "users"})
	if !inner.front {
		t.Error("the tab did not keep its stack")
	}
	if inner.w != 80 || inner.h != 18 {
		t.Errorf("the screen was told %d×%d, want 80×18", inner.w, inner.h)
	}
}

func TestADisabledActionSaysWhy(t *testing.T) {
	r := newRig(t)
	r.pages["users"].actions[3].Why = "this backend cannot disable users"
	r.press("x")
	if len(r.done) > 0 {
		t.Errorf("done: %v", r.done)
	}
	if got := r.line(-2); got != " ! disable: this backend cannot disable users" {
		t.Errorf("said %q", got)
	}
}

func TestLockedWritesAreRefusedUntilUnlocked(t *testing.T) {
	r := newRig(t)
	r.lock.Lock()
	r.press("d")
	if got, want := r.line(-2), " ! delete: writes are locked; W unlocks them for 15 minutes"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	if !strings.Contains(r.line(0), "writes locked") {
		t.Errorf("header: %q", r.line(0))
	}
	r.press("W", "n", "d")
	if !r.lock.locked || len(r.done) > 0 {
		t.Fatal("no unlocked the writes")
	}
	r.press("W", "y")
	if got, want := r.lock.until, r.clock.At.Add(15*time.Minute); !got.Equal(want) {
		t.Errorf("open until %v, want %v", got, want)
	}
	r.press("d")
	if !slices.Equal(r.done, []string{"users.delete"}) {
		t.Errorf("done %v", r.done)
	}
	for _, st := range []struct {
		after time.Duration
		want  string
	}{{0, "writes open 14m"}, {13*time.Minute + 29*time.Second, "writes open 1m"}, {45 * time.Second, "writes open 45s"}} {
		r.clock.Pass(st.after)
		if !strings.Contains(r.line(0), st.want) {
			t.Errorf("header: %q, want %q in it", r.line(0), st.want)
		}
	}
	r.clock.Pass(time.Minute)
	r.beatNow()
	if got, want := r.line(-2), " ! the 15 minutes are over: writes are locked again"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	r.press("W", "y", "W")
	if !r.lock.locked {
		t.Error("W did not lock")
	}
}

func TestUnlockingHasAGuard(t *testing.T) {
	r := newRig(t)
	r.lock.Lock()
	r.press("W")
	for range 20 {
		r.clock.Pass(300 * time.Millisecond)
		r.send(frametest.Key("y"))
	}
	if !r.lock.locked {
		t.Error("keys that kept coming unlocked the writes")
	}
}

func TestAPasteIsNeverAKey(t *testing.T) {
	for _, text := range []string{"n", "d", "y\n", "dd\n", "\x03", "esc", "enter", "tab", "q", "W"} {
		r := newRig(t)
		r.send(frametest.Paste(text))
		if len(r.done) > 0 || r.quit || len(r.pages["users"].keys()) > 0 {
			t.Errorf("paste %q did something", text)
		}
		if want := "a paste is text, not keys"; !strings.Contains(r.line(-2), want) {
			t.Errorf("paste %q: said %q", text, r.line(-2))
		}
		d := r.dialog()
		r.send(tui.OpenMsg{Modal: d})
		r.clock.Pass(time.Minute)
		r.send(frametest.Paste(text))
		if len(d.got) > 0 {
			t.Errorf("paste %q reached a modal without a text field", text)
		}
		d.typing = true
		r.send(frametest.Paste(text))
		if len(d.got) != 1 || d.closed {
			t.Errorf("paste %q did not reach a text field whole: %q", text, d.got)
		}
		r.send(tui.CloseMsg{ID: d.id})
		r.pages["users"].typing = true
		r.send(frametest.Paste(text))
		if len(r.pages["users"].keys()) != 1 {
			t.Errorf("paste %q did not reach a typing screen", text)
		}
	}
}

func TestSeveralLettersInOneReadAreNoKey(t *testing.T) {
	r := newRig(t)
	for _, text := range []string{"enter", "ctrl+c", "tab", "nn"} {
		r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
	}
	if len(r.done) > 0 || r.quit || !r.pages["users"].front {
		t.Errorf("done %v, quit %v", r.done, r.quit)
	}
}

func TestCtrlCQuitsAlwaysAndClosesEverything(t *testing.T) {
	r := newRig(t)
	r.press("3")
	d := r.dialog()
	d.typing = true
	r.send(tui.OpenMsg{Modal: d})
	r.s.Jobs().Start(jobs.Job{Title: "revoke"})
	r.send(frametest.Key("ctrl+c"))
	if !r.quit || !d.closed || !r.pages["users"].closed || !r.pages["tokens"].closed {
		t.Error("something was left open")
	}
	r.send(tea.WindowSizeMsg{Width: 10, Height: 10})
	r.press("n")
	r.text() // what comes late must do no harm
	if len(r.done) > 0 {
		t.Error("a key did something after the end")
	}
}

func TestQuitAsksWhileAJobRuns(t *testing.T) {
	r := newRig(t)
	r.s.Jobs().Start(jobs.Job{Title: "revoke"})
	r.press("q")
	if r.quit || !strings.Contains(r.text(), "1 job is still running") {
		t.Fatal("q did not ask")
	}
	r.press("enter")
	if r.quit {
		t.Fatal("Enter alone said yes")
	}
	r.press("n")
	if r.quit || strings.Contains(r.text(), "still running") {
		t.Fatal("n did not go back")
	}
	r.press("q", "y")
	if !r.quit {
		t.Error("y did not quit")
	}
	r = newRig(t)
	id := r.s.Jobs().Start(jobs.Job{Title: "revoke"})
	r.s.Jobs().Finish(id, jobs.Done)
	r.press("q")
	if !r.quit {
		t.Error("q asked although no job runs")
	}
}

func TestKeysCanBeChanged(t *testing.T) {
	r := newRig(t, func(_ *rig, c *shell.Config) {
		c.Keys = tui.Keymap{"users.new": {"ctrl+n", "space"}, "users.delete": {"none"}, "app.contexts": {"F"}, "list.mark": {"none"}, "shell.writes": {"none"}}
	})
	r.lock.Lock()
	r.press("n", "d", "c", " ", "ctrl+n", "F")
	if want := []string{"users.new", "users.new", "app.contexts"}; !slices.Equal(r.done, want) {
		t.Errorf("done %v, want %v", r.done, want)
	}
	if got := r.line(-1); !strings.Contains(got, "ctrl+n new") || strings.Contains(got, "delete") {
		t.Errorf("footer: %q", got)
	}
	r.pages["users"].actions[0].Writes = true
	r.press("enter")
	if got := r.line(-2); !strings.Contains(got, "in the palette") {
		t.Errorf("said %q", got)
	}
}

func TestNoTwoActionsShareAKey(t *testing.T) {
	r := newRig(t)
	for _, key := range []string{"1", "2", "3", "4", "5"} {
		r.press(key)
		if got := tui.Clashes(r.s.Actions()); len(got) > 0 {
			t.Errorf("tab %s: %v", key, got)
		}
	}
	r.pages["users"].actions[0].Keys = []string{"?"}
	r.press("2")
	if got := tui.Clashes(r.s.Actions()); len(got) != 1 {
		t.Errorf("a clash was not found: %v", got)
	}
}

func TestTerminalKeys(t *testing.T) {
	r := newRig(t)
	r.press("ctrl+l")
	d := r.dialog()
	r.send(tui.OpenMsg{Modal: d})
	r.press("ctrl+l", "ctrl+z")
	d.typing = true
	r.press("ctrl+l")
	if want := []string{"term.redraw", "term.redraw", "suspend"}; !slices.Equal(r.sent, want) {
		t.Errorf("asked of the terminal: %v, want %v", r.sent, want)
	}
	if !slices.Equal(d.got, []string{"ctrl+l"}) {
		t.Errorf("the text field got %v", d.got)
	}
}

func TestKeysDoNothingInAWindowTooSmallToSee(t *testing.T) {
	r := newRig(t)
	r.send(tea.WindowSizeMsg{Width: 39, Height: 10})
	r.press("n", "d", "q", "j")
	if len(r.done) > 0 || r.quit || len(r.pages["users"].keys()) > 0 {
		t.Error("a key did something unseen")
	}
	r.press("ctrl+c")
	if !r.quit {
		t.Error("ctrl+c did not quit")
	}
}
