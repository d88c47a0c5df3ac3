package palette

import (
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

func entries() []Entry {
	return []Entry{
		{Action: tui.Action{ID: "users.new", Title: "new", Help: "Create a user.", Keys: []string{"n"}}},
		{Action: tui.Action{ID: "users.delete", Title: "delete", Keys: []string{"d"}, Why: "writes are locked"}},
		{Action: tui.Action{ID: "lens.unused", Title: "unused 90 days"}, Group: "lens"},
		{Action: tui.Action{ID: "shell.quit", Title: "quit", Keys: []string{"q"}}},
	}
}

// choose opens the palette, presses keys and gives what was run.
func choose(recent *Recent, keys ...string) []string {
	env, clock := frametest.Env()
	var ran []string
	m := New(env, entries(), recent, func(a tui.Action) tea.Cmd { ran = append(ran, a.ID); return nil })
	k := &frametest.Keyboard{Modal: m, Clock: clock, Every: time.Second}
	k.Press(keys...)
	return ran
}

func TestWhatWasRunLastComesFirst(t *testing.T) {
	var recent Recent
	for _, st := range []struct {
		keys []string
		want string
	}{
		{[]string{"enter"}, "users.new"},
		{[]string{"q", "u", "i", "enter"}, "shell.quit"},
		{[]string{"enter"}, "shell.quit"},
		{[]string{"u", "n", "u", "s", "enter"}, "lens.unused"},
		{[]string{"enter"}, "lens.unused"},
		{[]string{"down", "enter"}, "shell.quit"},
		{[]string{"down", "down", "enter"}, "users.new"},
	} {
		if got := choose(&recent, st.keys...); !slices.Equal(got, []string{st.want}) {
			t.Errorf("%v ran %v, want %s", st.keys, got, st.want)
		}
	}
}

func TestWhatCannotBeDoneIsShownLastAndDoesNotRun(t *testing.T) {
	var recent Recent
	if got := choose(&recent, "down", "down", "down", "enter"); got != nil {
		t.Errorf("ran %v", got)
	}
	if len(recent.ids) > 0 {
		t.Errorf("remembered %v", recent.ids)
	}
}

func TestActionsOfTheFooterComeBeforeTheOthers(t *testing.T) {
	var r Recent
	r.add("recent")
	in := []Entry{
		{Action: tui.Action{ID: "down"}}, {Action: tui.Action{ID: "second", Footer: 2}}, {Action: tui.Action{ID: "refused", Footer: 1, Why: "no"}},
		{Action: tui.Action{ID: "first", Footer: 1}}, {Action: tui.Action{ID: "recent"}}, {Action: tui.Action{ID: "up"}},
	}
	var got []string
	for _, e := range r.order(in) {
		got = append(got, e.Action.ID)
	}
	if want := []string{"recent", "first", "second", "down", "up", "refused"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestRecentForgets(t *testing.T) {
	var r Recent
	for i := range 100 {
		r.add(string(rune('a' + i%30)))
	}
	if len(r.ids) != keep {
		t.Errorf("%d ids are remembered, want %d", len(r.ids), keep)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(r.ids)))) != keep {
		t.Errorf("an id is there twice: %v", r.ids)
	}
}

func TestFrames(t *testing.T) {
	env, _ := frametest.Env()
	m := New(env, entries(), &Recent{ids: []string{"shell.quit"}}, func(tui.Action) tea.Cmd { return nil })
	frametest.Golden(t, env, m, "palette")
}
