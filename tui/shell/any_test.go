package shell_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/jobs"
	"gatehouse/tui/safetext"
	"gatehouse/tui/shell"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// hostile is text as an attacker would like it to be drawn.
var hostile = safetext.Clean("\x1b]52;c;AAAA\x07\x1b[2J\u202e日本語 👨‍👩‍👧 e\u0301\u200b\t\r\n\x9b31m" + string(rune(0x9b)))

var anyKeys = rapid.SampledFrom([]string{
	"esc", "enter", "tab", "shift+tab", "up", "down", "pgup", "pgdown", "home", "end", "backspace", "delete", "left", "right",
	"ctrl+p", "ctrl+n", "ctrl+l", "ctrl+z", "ctrl+a", "ctrl+k", "ctrl+v", ":", "?", "J", "W", "Z", "q", "y", "n", "d", "x", "c",
	"0", "1", "2", "3", "4", "5", "9", "/", " ", "é", "日", "\u0301", "j", "k", "g", "G",
})

// Whatever happens in whatever order: nothing panics, every box lies inside
// the window, and every screen and modal that leaves is closed.
func TestAnythingMayHappen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var pages []*page
		var dialogs []*dialog
		r := newRig(t, func(_ *rig, c *shell.Config) {
			c.Header = func() shell.Header {
				return shell.Header{Context: hostile, Mark: hostile, Driver: hostile, Identity: hostile}
			}
			c.Tabs[0].Title = func() safetext.Safe { return hostile }
		})
		if rapid.Bool().Draw(rt, "ascii") {
			r.env.Theme = frametest.Theme(0, true)
		}
		w, h := 80, 24
		rt.Repeat(map[string]func(*rapid.T){
			"key": func(rt *rapid.T) {
				r.clock.Pass(time.Duration(rapid.IntRange(0, 1500).Draw(rt, "ms")) * time.Millisecond)
				r.send(frametest.Key(anyKeys.Draw(rt, "key")))
			},
			"paste": func(rt *rapid.T) { r.send(frametest.Paste(rapid.String().Draw(rt, "text"))) },
			"runes": func(rt *rapid.T) {
				r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: rapid.SliceOfN(rapid.Rune(), 0, 5).Draw(rt, "runes"), Alt: rapid.Bool().Draw(rt, "alt")})
			},
			"size": func(rt *rapid.T) {
				w, h = rapid.IntRange(0, 200).Draw(rt, "w"), rapid.IntRange(0, 200).Draw(rt, "h")
				if rapid.Bool().Draw(rt, "told") { // else the first frame tells
					r.send(tea.WindowSizeMsg{Width: w, Height: h})
				}
			},
			"push": func(rt *rapid.T) {
				p := r.page(hostile)
				p.typing, p.scope, p.undo = rapid.Bool().Draw(rt, "typing"), hostile, rapid.IntRange(0, 2).Draw(rt, "undo")
				pages = append(pages, p)
				r.send(tui.PushMsg{Screen: p})
			},
			"open": func(rt *rapid.T) {
				d := r.dialog()
				d.title, d.typing = hostile, rapid.Bool().Draw(rt, "typing")
				d.w, d.h = rapid.IntRange(-5, 300).Draw(rt, "w"), rapid.IntRange(-5, 300).Draw(rt, "h")
				dialogs = append(dialogs, d)
				r.send(tui.OpenMsg{Modal: d})
			},
			"toast": func(rt *rapid.T) {
				text := safetext.Clean(rapid.String().Draw(rt, "text")) + hostile + hostile
				r.send(tui.ToastMsg{Tone: theme.Tone(rapid.IntRange(0, 5).Draw(rt, "tone")), Text: text})
			},
			"job": func(rt *rapid.T) {
				id := r.s.Jobs().Start(jobs.Job{Title: hostile, Total: 3, Cancel: func() {}})
				r.s.Jobs().Progress(id, 2, jobs.End{Word: hostile, N: 2})
				if rapid.Bool().Draw(rt, "over") {
					r.s.Jobs().Finish(id, jobs.State(rapid.IntRange(2, 4).Draw(rt, "state")))
				}
			},
			"message": func(rt *rapid.T) {
				r.send(rapid.SampledFrom([]tea.Msg{
					tui.PopMsg{}, tui.CloseMsg{ID: 3}, tui.TabMsg{ID: "tokens"}, tui.TabMsg{ID: "no such"}, tui.ResetMsg{}, tui.Addressed{To: 2, Msg: news{}},
					tui.CopyMsg{Shown: hostile}, term.Copied{How: "sent"}, tea.FocusMsg{}, tea.BlurMsg{}, tea.MouseMsg{X: 7, Y: 9}, nil,
				}).Draw(rt, "msg"))
			},
			"link": func(rt *rapid.T) {
				r.link = shell.Connection{Link: shell.Link(rapid.IntRange(0, 2).Draw(rt, "link")), Since: r.clock.At, Text: hostile}
			},
			"tick": func(rt *rapid.T) {
				r.clock.Pass(r.waits[len(r.waits)-1])
				r.beatNow()
			},
			"": func(rt *rapid.T) { frame(rt, r, w, h) },
		})
		r.send(frametest.Key("ctrl+c"))
		for _, p := range pages {
			if !p.closed {
				rt.Fatal("a screen was left open")
			}
		}
		for _, d := range dialogs {
			if !d.closed {
				rt.Fatal("a modal was left open")
			}
		}
	})
}

// frame draws and checks what must hold of every frame.
func frame(t *rapid.T, r *rig, w, h int) {
	const edge = "#"
	around := term.NewCanvas(w+2, h+2)
	for x := range w + 2 {
		around.Text(x, 0, "", edge)
		around.Text(x, h+1, "", edge)
	}
	for y := range h + 2 {
		around.Text(0, y, "", edge)
		around.Text(w+1, y, "", edge)
	}
	c := around.Sub(1, 1, w, h)
	r.s.Draw(c)
	for y := range h {
		for x := range w {
			if text := c.At(x, y).Text; strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.C, r) }) {
				t.Fatalf("%q is drawn at %d,%d", text, x, y)
			}
		}
	}
	for i := range w + 2 {
		if around.At(i, 0).Text != edge || around.At(i, h+1).Text != edge {
			t.Fatalf("drawn outside of %d×%d", w, h)
		}
	}
	for i := range h + 2 {
		if around.At(0, i).Text != edge || around.At(w+1, i).Text != edge {
			t.Fatalf("drawn outside of %d×%d", w, h)
		}
	}
	if x, y, on := c.Cursor(); on && (x < 0 || y < 0 || x >= w || y >= h) {
		t.Fatalf("cursor at %d,%d of %d×%d", x, y, w, h)
	}
	if w >= 40 && h >= 10 && !r.quit {
		for i, want := range []int{0, h - 1} {
			if i == 0 && h < 14 { // a box may cover the header then
				continue
			}
			empty := true
			for x := range w {
				empty = empty && c.At(x, want).Text == " "
			}
			if empty && i == 0 {
				t.Fatalf("no header at %d×%d", w, h)
			}
		}
	}
}

func TestEveryBoxIsWholeAtEverySize(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		r := newRig(t)
		r.env.Theme = frametest.Theme(0, ascii)
		for w := 40; w <= 170; w += 13 {
			for h := 10; h <= 60; h += 1 + h/20*8 {
				for _, want := range []struct{ w, h int }{{1, 1}, {57, 8}, {999, 999}} {
					d := r.dialog()
					d.w, d.h = want.w, want.h
					r.send(tui.OpenMsg{Modal: d})
					c := r.frame(w, h)
					corners := 0
					for y := range h {
						for x := range w {
							switch c.At(x, y).Text {
							case "╭", "╮", "╰", "╯", "+":
								corners++
							}
						}
					}
					if corners != 4 {
						t.Fatalf("%d corners of a box of %d×%d at %d×%d:\n%s", corners, want.w, want.h, w, h, c.Plain())
					}
					if d.drawn.w < min(want.w, w-4) || d.drawn.h < min(want.h, 1) {
						t.Fatalf("a box of %d×%d got %d×%d at %d×%d", want.w, want.h, d.drawn.w, d.drawn.h, w, h)
					}
					r.send(tui.CloseMsg{ID: d.id})
				}
			}
		}
	}
}
