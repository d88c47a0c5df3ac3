package tui

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"
)

func TestGuardIsDeafUntilKeysPause(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_700_000_000, 0)
		g := NewGuard(func() time.Time { return now })
		armed, last := true, now
		for range rapid.IntRange(1, 60).Draw(t, "keys") {
			now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "ms")) * time.Millisecond)
			if now.Sub(last) >= quiet {
				armed = false
			}
			if g.Armed() != armed {
				t.Fatalf("armed is %v, %v after the last key", g.Armed(), now.Sub(last))
			}
			if g.Deaf() != armed {
				t.Fatalf("deaf is not %v, %v after the last key", armed, now.Sub(last))
			}
			last = now
			if rapid.IntRange(0, 9).Draw(t, "again") == 0 {
				g.Arm()
				armed = true
			}
		}
	})
}

func TestPressTakesNoTextForAKey(t *testing.T) {
	for _, tc := range []struct {
		key  tea.KeyMsg
		want string
	}{
		{tea.KeyMsg{Type: tea.KeyEnter}, "enter"},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("y")}, "y"},
		{tea.KeyMsg{Type: tea.KeySpace, Runes: []rune(" ")}, " "},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("y"), Paste: true}, ""},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("enter")}, ""},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("enter"), Paste: true}, ""},
		{tea.KeyMsg{Type: tea.KeyRunes}, ""},
		{tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("f"), Alt: true}, "alt+f"},
	} {
		if got := Press(tc.key); got != tc.want {
			t.Errorf("%#v is the key %q, want %q", tc.key, got, tc.want)
		}
	}
}
