// Package frametest is for tests: it compares what a modal draws with frames
// that are kept as files, at the sizes that count, with and without colour.
package frametest

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"gatehouse/tui"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// Clock is a clock that moves when it is told to.
type Clock struct{ At time.Time }

// Now gives the time.
func (c *Clock) Now() time.Time { return c.At }

// Pass lets time go by.
func (c *Clock) Pass(d time.Duration) { c.At = c.At.Add(d) }

// Env makes surroundings with a clock of their own and no colours.
func Env() (*tui.Env, *Clock) {
	clock := &Clock{At: time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)}
	return &tui.Env{Theme: Theme(termenv.Ascii, false), Now: clock.Now}, clock
}

// Theme makes a theme for that many colours.
func Theme(profile termenv.Profile, ascii bool) *theme.Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(true)
	return theme.New(theme.Options{ASCII: ascii, Renderer: r})
}

// Sizes are the terminals that count.
var sizes = []struct{ w, h int }{{80, 24}, {120, 36}, {40, 10}}

// Golden compares the frames of a modal with testdata/name.txt and
// testdata/name.colour.txt.
func Golden(t *testing.T, env *tui.Env, m tui.Modal, name string) {
	t.Helper()
	if clashes := tui.Clashes(m.Actions()); len(clashes) > 0 {
		t.Errorf("%s: %v", name, clashes)
	}
	kept := env.Theme
	defer func() { env.Theme = kept }()
	for _, look := range []struct {
		suffix  string
		profile termenv.Profile
		text    func(*term.Canvas) string
	}{
		{".txt", termenv.Ascii, (*term.Canvas).Plain},
		{".colour.txt", termenv.ANSI, func(c *term.Canvas) string { return strings.ReplaceAll(c.ANSI(), "\x1b", "␛") }},
	} {
		env.Theme = Theme(look.profile, false)
		var b strings.Builder
		for _, s := range sizes {
			c := Draw(m, s.w, s.h)
			w, h := c.Size()
			fmt.Fprintf(&b, "═══ %d×%d: %s%s (%d×%d)\n%s", s.w, s.h, m.Title(), corner(m), w, h, look.text(c))
			if x, y, on := c.Cursor(); on {
				fmt.Fprintf(&b, "cursor at %d,%d\n", x, y)
			}
		}
		fmt.Fprintf(&b, "═══ keys: %s\n", keys(m))
		compare(t, filepath.Join("testdata", name+look.suffix), b.String())
	}
}

// Draw draws the inside of a modal in a terminal of that size. Frame, footer
// and, where there is room, the header take the rest.
func Draw(m tui.Modal, w, h int) *term.Canvas {
	maxW, maxH := w-4, h-4
	if h < 14 {
		maxH++
	}
	c := term.NewCanvas(m.Size(maxW, maxH))
	m.Draw(c)
	return c
}

func corner(m tui.Modal) string {
	if c, ok := m.(tui.Cornered); ok && c.Corner() != "" {
		return " ─ " + string(c.Corner())
	}
	return ""
}

func keys(m tui.Modal) string {
	var out []string
	for _, a := range m.Actions() {
		out = append(out, strings.Join(a.Keys, "/")+" "+a.Title)
	}
	return strings.Join(out, " · ")
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test with -update writes it", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

// Key makes the message for the key of that name, as tea.KeyMsg.String gives
// it; one character is typed.
func Key(name string) tea.KeyMsg {
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune(name)}
	}
	for t := tea.KeyType(-100); t <= 127; t++ {
		if k := (tea.KeyMsg{Type: t}); t != tea.KeyRunes && k.String() == name {
			return k
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// Paste makes the message for a paste.
func Paste(s string) tea.KeyMsg {
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true}
}

// Keyboard presses keys as the program does: what the modal is deaf to does
// not reach it, and esc closes.
type Keyboard struct {
	Modal  tui.Modal
	Clock  *Clock
	Every  time.Duration // between two keys
	Closed bool
	Cmds   []tea.Cmd // what came of the keys
}

// Press presses keys by name.
func (k *Keyboard) Press(names ...string) {
	for _, name := range names {
		k.Send(Key(name))
	}
}

// Type types text letter by letter.
func (k *Keyboard) Type(s string) {
	for _, r := range s {
		k.Press(string(r))
	}
}

// Send lets time pass and sends one message.
func (k *Keyboard) Send(m tea.KeyMsg) {
	k.Clock.Pass(k.Every)
	if k.Closed || k.Modal.Deaf(m) {
		return
	}
	if tui.Press(m) == "esc" {
		closes, cmd := k.Modal.Escape()
		k.Closed = closes
		k.Cmds = append(k.Cmds, cmd)
		return
	}
	k.Cmds = append(k.Cmds, k.Modal.Update(m))
}

// Run runs a command and those in its batches, and gives their messages.
func Run(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	batch, many := msg.(tea.BatchMsg)
	if !many {
		return []tea.Msg{msg}
	}
	var out []tea.Msg
	for _, c := range batch {
		out = append(out, Run(c)...)
	}
	return out
}

// Settle runs the commands that came of the keys and gives the modal what is
// addressed to it, until nothing is left. It gives all other messages.
func (k *Keyboard) Settle() []tea.Msg {
	var rest []tea.Msg
	for len(k.Cmds) > 0 {
		msgs := Run(k.Cmds[0])
		k.Cmds = k.Cmds[1:]
		for _, msg := range msgs {
			switch m := msg.(type) {
			case tui.Addressed:
				if m.To == k.Modal.ID() {
					k.Cmds = append(k.Cmds, k.Modal.Update(m.Msg))
				}
			case tui.CloseMsg:
				k.Closed = k.Closed || m.ID == k.Modal.ID()
			case nil:
			default:
				rest = append(rest, m)
			}
		}
	}
	return rest
}

// Noise is n bytes of nonsense, the same each time.
func Noise(n int) string {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.UintN(256))
	}
	return string(b)
}
