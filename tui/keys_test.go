package tui

import (
	"slices"
	"testing"
)

func table() []Action {
	return []Action{{ID: "new", Keys: []string{"n"}}, {ID: "mark", Keys: []string{" "}}, {ID: "open", Keys: []string{"enter", "right"}}}
}

func TestKeymapChangesOnlyWhatItNames(t *testing.T) {
	own := table()
	got := Keymap{"new": {"space", "N"}, "open": {"none"}, "no such": {"x"}}.Apply(own)
	for i, want := range [][]string{{" ", "N"}, {" "}, nil} {
		if !slices.Equal(got[i].Keys, want) {
			t.Errorf("%s has %q, want %q", got[i].ID, got[i].Keys, want)
		}
	}
	if !slices.Equal(own[0].Keys, []string{"n"}) {
		t.Error("the screen's own table was changed")
	}
}

func TestFind(t *testing.T) {
	for key, want := range map[string]string{"n": "new", "right": "open", " ": "mark", "x": "", "": ""} {
		a, ok := Find(table(), key)
		if a.ID != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", key, a.ID, want)
		}
	}
}

func TestClashes(t *testing.T) {
	if got := Clashes(table(), []Action{{ID: "help", Keys: []string{"?"}}, {ID: "no key"}, {ID: "nor this"}}); got != nil {
		t.Errorf("found %v where nothing clashes", got)
	}
	got := Clashes(table(), []Action{{ID: "next", Keys: []string{"n", "tab"}}, {ID: "open"}})
	if want := []string{`key "n" stands for new and for next`, "action open is there twice"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestKeyLabels(t *testing.T) {
	keys := []string{"enter", " ", "up", "down", "left", "right", "ctrl+p", "G", "\x1b"}
	if got, want := KeyLabels(keys, false), "↵ space ↑ ↓ ← → ctrl+p G ␛"; string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := KeyLabels(keys[:8], true), "enter space up down left right ctrl+p G"; string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
}
