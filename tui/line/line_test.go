package line

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"gatehouse/tui/frametest"
	"gatehouse/tui/term"
)

func TestTextThatSpellsAKeyIsTyped(t *testing.T) {
	for _, s := range []string{"end", "home", "left", "up", "delete", "ctrl+k", "alt+d", "enter", "esc"} {
		in := New("x")
		in.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)})
		if in.Value() != "x"+s {
			t.Errorf("%q in one read made %q", s, in.Value())
		}
	}
}

func TestWhatWasNotEditedComesBackToTheByte(t *testing.T) {
	for _, s := range []string{"two\nlines", "tab\there", "bad \xff byte", "\x1b[31m", strings.Repeat("x", longest+9)} {
		in := New(s)
		in.Key(frametest.Key("left"))
		if in.Value() != s {
			t.Errorf("%.20q became %.20q untouched", s, in.Value())
		}
		if in.Key(frametest.Key("!")); in.Value() == s && len(s) < longest {
			t.Errorf("%q was not edited", s)
		}
	}
}

func TestKeysThatMustDoNothing(t *testing.T) {
	in := New("abc")
	for _, k := range []tea.KeyMsg{
		frametest.Key("ctrl+v"),
		{Type: tea.KeyRunes, Runes: []rune("x"), Alt: true},
		{Type: tea.KeyRunes, Runes: []rune("\x00\x07\x1b")},
		frametest.Key("f5"),
	} {
		if in.Key(k) || in.Value() != "abc" || in.Touched() {
			t.Errorf("%v made %q", k, in.Value())
		}
	}
}

func TestEditingKeysKeepWorking(t *testing.T) {
	in := New("one two")
	in.Key(frametest.Key("ctrl+w"))
	in.Key(frametest.Key("home"))
	in.Key(frametest.Paste("a\u202eb "))
	if in.Value() != "a\u202eb one " {
		t.Errorf("the line is %q", in.Value())
	}
	in.Set("one two")
	in.Hidden(true)
	if in.Key(frametest.Key("ctrl+left")); in.edit.Position() != 0 {
		t.Error("a masked line tells where its words begin")
	}
}

func TestWipeOverwritesTheMemory(t *testing.T) {
	in := New("")
	in.Key(frametest.Paste("hunter2-hunter2"))
	memory := in.edit // shares its memory with the line
	in.Wipe()
	if in.Value() != "" {
		t.Errorf("the line is %q", in.Value())
	}
	if strings.Contains(memory.Value(), "hunter") {
		t.Errorf("the memory holds %q", memory.Value())
	}
}

func TestDrawKeepsTheCursorInSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := New("")
		c := term.NewCanvas(30, 1)
		keys := []string{"left", "right", "home", "end", "backspace", "ctrl+w", "ctrl+k"}
		for range rapid.IntRange(1, 40).Draw(t, "keys") {
			if rapid.Bool().Draw(t, "types") {
				in.Key(frametest.Paste(rapid.StringN(0, 9, -1).Draw(t, "text")))
			} else {
				in.Key(frametest.Key(rapid.SampledFrom(keys).Draw(t, "key")))
			}
			x, w := rapid.IntRange(0, 5).Draw(t, "x"), rapid.IntRange(1, 20).Draw(t, "w")
			if at := in.Draw(c, x, 0, w, "", ""); at < x || at >= x+w {
				t.Fatalf("the cursor is at %d, the line from %d to %d", at, x, x+w)
			}
		}
	})
}

func TestMaskTellsNothingButTheLength(t *testing.T) {
	in := New("")
	in.Key(frametest.Paste("pass word"))
	c := term.NewCanvas(20, 1)
	in.Draw(c, 0, 0, 20, "", "*")
	if got := c.Plain(); got != "*********\n" {
		t.Errorf("drawn is %q", got)
	}
}
