package views_test

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/term"
)

func TestDownAndBackKeepsThePlace(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("down", "down", "space", "up", "up") // umbra is marked, the cursor on acme
	c.keys("enter")
	c.see("prod › acme › users", "kim")
	c.keys("down", "enter")
	c.see("prod › acme › kim › tokens", "kim has no tokens")
	c.keys("esc")
	f := c.see("prod › acme › users")
	if !strings.Contains(f, "▸  kim") {
		t.Errorf("the cursor has left kim:\n%s", f)
	}
	c.keys("esc")
	f = c.see("prod › accounts", "1 marked")
	if !strings.Contains(f, "▸  acme") || !strings.Contains(f, "✓ umbra") {
		t.Errorf("cursor or marks are lost:\n%s", f)
	}
	c.keys("enter", "enter") // the second comes before the first is through
	c.see("prod › acme › users", "jane")
	c.keys("enter")
	c.see("prod › acme › jane › tokens")
	c.keys("0")
	c.see("prod › accounts", "1 marked")
	c.keys("tab", "shift+tab", "enter")
	c.see("prod › acme › users")
	c.keys("2")
	c.see("prod › users")
	c.keys("1")
	c.see("prod › acme › users")
}

// A filter that is kept stays in sight: nobody takes the rows that it leaves
// for all there are.
func TestKeptFilterIsInTheBreadcrumb(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme")
	c.keys("2", "/", "account:acme", "enter")
	c.until("the filter between way and count", func(f string) bool {
		crumb := strings.Split(f, "\n")[2]
		way, rest, kept := strings.Cut(crumb, "/ account:acme")
		return kept && strings.Contains(way, "users") && strings.Contains(rest, "3 of 4")
	})
	c.keys("space", "m")
	c.see("marked only / account:acme")
	c.keys("esc", "esc")
	c.gone("account:acme")
}

func TestInspectFollowsLinks(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("Tokens 3")
	c.keys("3")
	c.see("for tests")
	c.keys("i")
	c.see("token gthp_", "Created by", "jane ›")
	c.keys("right", "enter")
	c.see("user jane", "Sessions", "acme ›")
	c.keys("right", "enter")
	c.see("account acme", "acme@example.com")
	c.keys("x")
	c.see("Disable account acme on prod", "Press y")
	c.keys("esc")
	c.closed()
}

func TestPaneOnAWideTerminal(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{w: 150, h: 30})
	c.see("account acme", "│  E-mail")
	c.keys("down")
	c.see("account admin")
}

func TestLocalTime(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme")
	c.keys("i")
	c.see("Z  just now")
	c.keys("esc", "Z", "i")
	f := c.see("just now", "Changed")
	if strings.Contains(f, "Z  just now") {
		t.Errorf("the time is still UTC:\n%s", f)
	}
}

func TestCopy(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("y")
	c.see("Copy", "the name", "acme@example.com", "the row")
	c.keys("enter")
	c.closed()
	c.settle()
	c.step(term.Copied{How: "sent to the terminal"}) // what the terminal's end answers
	c.see("acme sent to the terminal")
}

func TestNoTwoActionsShareAKey(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	for _, keys := range []string{"1", "2", "3", "4", "5", "1", "enter", "enter"} {
		c.keys(keys)
		c.settle()
		if clashes := tui.Clashes(c.c.Actions()); len(clashes) > 0 {
			t.Errorf("after %s: %s", keys, strings.Join(clashes, "; "))
		}
	}
}

func TestSmallTerminals(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	for _, size := range [][2]int{{40, 10}, {80, 24}, {39, 9}, {1, 1}, {0, 0}, {200, 60}} {
		c.canvas.Resize(size[0], size[1])
		c.step(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		f := c.frame()
		for _, key := range []string{"i", "esc", "n", "esc", "d", "esc", "?", "esc", ":", "esc"} {
			c.keys(key)
		}
		if size[0] == 40 && (!strings.Contains(f, "acme") || !strings.Contains(f, "prod")) {
			t.Errorf("at 40×10:\n%s", f)
		}
	}
	c.settle()
	c.see("acme")
}

// What was being typed into a form when the session ended is sent after
// signing in again.
func TestExpiredSessionGoesOnWithTheForm(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("n")
	c.see("New account on prod")
	c.keys("borealis")
	expire(t, b, "admin")
	c.keys("ctrl+s")
	c.see("Sign in to prod")
	c.keys("tab", adminPassword, "enter")
	c.see("account borealis was created")
	c.closed()
	if got := s.state(b, ref(apiclient.KindAccount, "borealis")); got != "enabled" {
		t.Errorf("borealis is %s", got)
	}
}

// A paste is text, and never a key: goal C-07.
func TestPasteChangesNothing(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	for _, text := range []string{"x", "y\n", "dacme\n", "ry\n", "xy"} {
		c.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
		c.settle()
	}
	c.keys("x")
	c.see("Press y")
	c.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("y\n"), Paste: true})
	c.settle()
	c.keys("esc")
	if n := len(c.tap.ops()); n != 0 {
		t.Errorf("pastes have sent %d changes", n)
	}
	// Typed ahead: the answer comes before the question was seen.
	c.step(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("x")})
	for range 20 {
		c.step(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("y")})
	}
	c.settle()
	for range 20 {
		c.step(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("y")})
	}
	c.settle()
	if got := s.state(b, ref(apiclient.KindAccount, "acme")); got != "enabled" {
		t.Errorf("what was typed ahead has made acme %s", got)
	}
}
