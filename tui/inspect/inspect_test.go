package inspect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

type arrivedMsg struct{ at string }

func follow(to string) func() tea.Cmd {
	return func() tea.Cmd { return func() tea.Msg { return arrivedMsg{to} } }
}

func sampleRecord() Record {
	one := func(s string) []safetext.Safe { return []safetext.Safe{safetext.Clean(s)} }
	return Record{Title: "token gthp_3Fk2mPq9sT1x", Fields: []Field{
		{Label: "handle", Lines: one("gthp_3Fk2mPq9sT1x"), Copy: "gthp_3Fk2mPq9sT1x"},
		{Label: "owner", Lines: one("jane"), Copy: "jane", Follow: follow("jane")},
		{Label: "account", Lines: one("acme"), Copy: "acme", Follow: follow("acme")},
		{Label: "state", Sign: "●", Tone: theme.Good, Lines: one("active"), Copy: "active"},
		{Label: "description", Lines: safetext.CleanLines("deploys the web shop,\nand nothing else\x1b[2J that is long enough to be wrapped where the page ends, and then once more on a narrow one"), Copy: "deploys"},
		{Label: "last address", Lines: one("2001:db8::17")},
		{Label: "last agent", Lines: one("日本語 curl/8.5.0 \u202eevil")},
		{Label: "expires"},
		{Label: "a label that is far longer than labels should be", Lines: one("yes"), Tone: theme.Warn, Sign: "!"},
	}}
}

func keyboard(source func() Record) (*frametest.Keyboard, *Modal) {
	env, clock := frametest.Env()
	m := NewModal(env, source, nil)
	return &frametest.Keyboard{Modal: m, Clock: clock}, m
}

// press does what the shell does with the keys of actions.
func press(k *frametest.Keyboard, m *Modal, names ...string) {
	for _, name := range names {
		if a, ok := tui.Find(m.Actions(), name); ok && a.Do != nil {
			if a.Why == "" {
				k.Cmds = append(k.Cmds, a.Do())
			}
			continue
		}
		k.Press(name)
	}
}

func draw(m *Modal, w, h int) *term.Canvas {
	c := term.NewCanvas(w, h)
	m.Draw(c)
	return c
}

func label(m *Modal) string {
	f, _ := m.Current()
	return string(f.Label)
}

func TestGoldenFrames(t *testing.T) {
	env, _ := frametest.Env()
	m := NewModal(env, sampleRecord, nil)
	frametest.Golden(t, env, m, "token")
	m.goTo(4)
	frametest.Golden(t, env, m, "cursor-on-many-lines")
	frametest.Golden(t, env, NewModal(env, func() Record { return Record{Title: "nothing"} }, nil), "empty")
}

func TestMovingAndFollowing(t *testing.T) {
	k, m := keyboard(sampleRecord)
	draw(m, 60, 20)
	for _, step := range []struct{ key, want string }{
		{"up", "handle"}, {"down", "owner"}, {"j", "account"}, {"l", "owner"}, {"right", "account"}, {"left", "owner"}, {"G", "a label that is far longer than labels should be"}, {"home", "handle"}, {"h", "account"},
		{"pgdown", "a label that is far longer than labels should be"}, {"pgup", "handle"},
	} {
		press(k, m, step.key)
		if label(m) != step.want {
			t.Errorf("after %s: %s, want %s", step.key, label(m), step.want)
		}
	}
	press(k, m, "enter")
	if got := k.Settle(); k.Closed || len(got) > 0 {
		t.Errorf("enter on what is no link: closed %v, %v", k.Closed, got)
	}
	press(k, m, "down", "enter")
	if got := k.Settle(); !k.Closed || len(got) != 1 || got[0] != (arrivedMsg{"jane"}) {
		t.Errorf("enter on a link: closed %v, %v", k.Closed, got)
	}
}

func TestCopyIsTheOriginal(t *testing.T) {
	k, m := keyboard(sampleRecord)
	press(k, m, "y")
	got := k.Settle()
	if want := (tui.CopyMsg{Text: "gthp_3Fk2mPq9sT1x", Shown: "gthp_3Fk2mPq9sT1x"}); len(got) != 1 || got[0] != want {
		t.Errorf("%v", got)
	}
	press(k, m, "G", "y")
	if got := k.Settle(); len(got) != 0 {
		t.Errorf("copied %v", got)
	}
}

// The record changes while it is looked at.
func TestCursorStaysOnItsField(t *testing.T) {
	r := sampleRecord()
	k, m := keyboard(func() Record { return r })
	draw(m, 60, 20)
	press(k, m, "down", "down", "down")
	r.Fields = append([]Field{{Label: "new"}}, r.Fields...)
	draw(m, 60, 20)
	if label(m) != "state" {
		t.Errorf("the cursor went to %s", label(m))
	}
	r.Fields = r.Fields[:2]
	draw(m, 60, 20)
	press(k, m, "down", "up", "down", "enter", "y")
	if label(m) != "handle" {
		t.Errorf("the cursor went to %s", label(m))
	}
	r.Fields = nil
	draw(m, 60, 20)
	press(k, m, "down", "up", "pgdown", "G", "g", "l", "y", "enter")
	if c := draw(m, 60, 20).Plain(); !strings.Contains(c, "nothing is known") {
		t.Error(c)
	}
}

// Every line of every field can be brought into sight, however low the box is.
func TestEveryLineCanBeReached(t *testing.T) {
	whole := layOut(sampleRecord().Fields, frametest.Theme(0, false), 34, 1).page.Len()
	for h := 1; h < 8; h++ {
		k, m := keyboard(sampleRecord)
		seen := map[int]bool{}
		for range 3 * whole {
			draw(m, 34, h)
			for y := range h {
				seen[m.scroll.Top+y] = true
			}
			press(k, m, "down")
		}
		for line := range m.laid.page.Len() {
			if !seen[line] {
				t.Errorf("height %d: line %d was never shown", h, line)
			}
		}
		for range 3 * whole {
			press(k, m, "up")
			draw(m, 34, h)
		}
		if m.scroll.Top != 0 || label(m) != "handle" {
			t.Errorf("height %d: up ends at line %d on %s", h, m.scroll.Top, label(m))
		}
	}
}

func TestEverySize(t *testing.T) {
	env, _ := frametest.Env()
	m := NewModal(env, sampleRecord, nil)
	for w := range 100 {
		for _, h := range []int{0, 1, 2, 5, 30} {
			m.Size(w, h)
			for _, c := range []*term.Canvas{draw(m, w, h), pane(env, w, h)} {
				if strings.ContainsAny(c.Plain(), "\x1b\u202e") {
					t.Fatalf("%d×%d shows a control character", w, h)
				}
			}
		}
	}
}

func pane(env *tui.Env, w, h int) *term.Canvas {
	c := term.NewCanvas(w, h)
	DrawPane(c, env, sampleRecord())
	return c
}

func TestPane(t *testing.T) {
	env, _ := frametest.Env()
	lines := strings.Split(pane(env, 50, 20).Plain(), "\n")
	for _, want := range []string{" token gthp_3Fk2mPq9sT1x", "  owner                 jane ›"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in:\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

func TestALongValueIsCut(t *testing.T) {
	long := safetext.Clean(strings.Repeat("日本 ", 1<<20))
	l := layOut([]Field{{Label: "reply", Lines: []safetext.Safe{long}}}, frametest.Theme(0, false), 60, 20)
	if n := l.page.Len(); n > longest/20 {
		t.Errorf("%d lines", n)
	}
}

func TestActions(t *testing.T) {
	env, _ := frametest.Env()
	extra := tui.Action{ID: "tokens.revoke", Keys: []string{"r"}}
	m := NewModal(env, sampleRecord, func() []tui.Action { return []tui.Action{extra} })
	if c := tui.Clashes(m.Actions()); len(c) > 0 {
		t.Error(c)
	}
	if a, ok := tui.Find(m.Actions(), "r"); !ok || a.ID != extra.ID {
		t.Error(fmt.Sprint("the action of the caller is missing: ", a))
	}
	if closes, _ := m.Escape(); !closes || m.TypingText() || m.Deaf(frametest.Key("y")) {
		t.Error("esc does not close it")
	}
}
