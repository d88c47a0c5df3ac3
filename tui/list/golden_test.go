package list

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/safetext"
)

// golden compares frames with those kept in testdata. The flag -update, which
// frametest declares, writes them anew.
func golden(t *testing.T, d *desk, name string) {
	t.Helper()
	for _, look := range looks {
		d.env.Theme = frametest.Theme(look.profile, false)
		d.l.Update(tui.ThemeMsg{})
		var b strings.Builder
		for _, s := range []struct{ w, h int }{{80, 24}, {120, 36}, {40, 10}} {
			c := d.draw(s.w, s.h)
			fmt.Fprintf(&b, "═══ %d×%d %s | %s\n%s", s.w, s.h, d.l.Scope(), d.l.Status(), look.text(c))
			if x, y, on := c.Cursor(); on {
				fmt.Fprintf(&b, "cursor at %d,%d\n", x, y)
			}
		}
		path := filepath.Join("testdata", name+look.suffix)
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v; go test with -update writes it", err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs; got:\n%s", path, b.String())
		}
	}
}

func TestGoldenFrames(t *testing.T) {
	for name, use := range map[string]func(*desk){
		"rows":    func(d *desk) { d.press("down", " ", " ", "down", "down") },
		"range":   func(d *desk) { d.press("s", "4").settle().press("g", "v", "down", "down") },
		"changed": func(d *desk) { d.do(d.l.Upsert(&user{name: "user-000002", state: "active"})) },
		"typing":  func(d *desk) { d.press("/").typeIn("account-1 -07 state:act").settle() },
		"wrong":   func(d *desk) { d.press("/").typeIn("state:act tokens:>many").settle() },
		"nothing": func(d *desk) { d.filter("nobody") },
		"sorting": func(d *desk) { d.press("s", "3").settle().press("s", "right") },
		"only":    func(d *desk) { d.press(" ", " ", "down", " ", "m").settle() },
		"scrolled": func(d *desk) {
			d.draw(40, 10)
			d.press("right", "right", "G")
		},
		"failed": func(d *desk) {
			d.clock.Pass(3 * time.Minute)
			d.broken = errDown
			d.press("ctrl+r").settle()
		},
		"refreshing": func(d *desk) {
			d.do(d.l.Reload())
			d.l.Update(overdue{d.l.load.gen})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, userSpec(), makeUsers(1204)).load()
			use(d)
			golden(t, d, name)
		})
	}
	t.Run("empty", func(t *testing.T) { golden(t, newDesk(t, userSpec(), nil).load(), "empty") })
	t.Run("loading", func(t *testing.T) {
		d := newDesk(t, userSpec(), makeUsers(1204))
		d.size = 350
		d.do(d.l.Init())
		d.step()
		d.step()
		golden(t, d, "loading")
	})
	t.Run("waiting", func(t *testing.T) {
		d := newDesk(t, userSpec(), makeUsers(3))
		d.l.Init()
		d.l.Update(overdue{d.l.load.gen})
		golden(t, d, "waiting")
	})
}

var hostile = []string{
	"plain", "", "\x1b[2J\x1b[31mred", "\x1b]52;c;AA==\x07", "a\u202eb", "\u009b31m", "tab\tnew\nline\rback", "日本語の名前がとても長いのでこれは切られます",
	"e\u0301\u0301\u0301\u0301\u0301\u0301", "👨\u200d👩\u200d👧", "\U0001f1e9\U0001f1ea", "مرحبا بالعالم", "ｶﾞ", "\u200b\u200b", "\xff\xfe",
	strings.Repeat("W", 5000), strings.Repeat("日", 3000), "한글\u1112\u1161\u11ab", "⸻", "\U000e0041", "का\u0903",
}

// Whatever is in the rows, every row takes exactly the columns it should, and
// the columns behind it begin where they should.
func TestHostileText(t *testing.T) {
	var rows []*user
	for i, s := range hostile {
		rows = append(rows, &user{name: fmt.Sprintf("%02d ", i) + s, account: s, state: s, tokens: i})
	}
	d := newDesk(t, userSpec(), rows).load()
	d.size = 3
	for _, w := range []int{120, 80, 40, 23} {
		c := d.draw(w, 30)
		for y := range 30 {
			n := 0
			for x := range w {
				cell := c.At(x, y)
				n += int(cell.Width)
				for _, r := range cell.Text {
					if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e {
						t.Fatalf("%U at %d,%d", r, x, y)
					}
				}
			}
			if n != w {
				t.Errorf("line %d takes %d columns of %d", y, n, w)
			}
		}
		for _, p := range d.l.frame.cols {
			for y := 1; y <= len(rows); y++ {
				if p.x >= 2 && c.At(p.x-1, y).Text != " " {
					t.Errorf("width %d, line %d: %q reaches the column at %d", w, y, c.At(p.x-1, y).Text, p.x)
				}
			}
		}
	}
	golden(t, d, "hostile")
}

// From one cell up to a wide screen nothing goes wrong, in any mode.
func TestEverySize(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(60)).load()
	for _, mode := range []string{"", "G", "/ x", "esc s", "esc v up", "esc l l l"} {
		d.press(strings.Fields(mode)...)
		for w := range 130 {
			for _, h := range []int{0, 1, 2, 3, 4, 10, 70} {
				c := d.draw(w, h)
				if x, y, on := c.Cursor(); on && (x >= w || y >= h) {
					t.Fatalf("%d×%d: cursor at %d,%d", w, h, x, y)
				}
				if d.l.pos < d.l.top || h > 0 && d.l.pos >= d.l.top+max(1, d.l.layout().rows) {
					t.Fatalf("%d×%d: row %d is not in sight from %d", w, h, d.l.pos, d.l.top)
				}
			}
		}
	}
	empty := newDesk(t, Spec[*user]{Key: func(u *user) string { return u.name }}, makeUsers(3)).load()
	for _, s := range [][2]int{{0, 0}, {1, 1}, {80, 24}} {
		empty.draw(s[0], s[1])
	}
}

// A state is told by a word and a sign, the cursor and marks by signs, on a
// terminal without colours and with nothing but ASCII.
func TestNoColourCarriesMeaningAlone(t *testing.T) {
	d := newDesk(t, userSpec(), makeUsers(5)).load()
	d.press(" ", "down")
	for _, want := range []string{"▸  user-000002", " ✓ user-000000", "● active", "○ inactive"} {
		d.shows(want)
	}
	d.env.Theme = frametest.Theme(looks[0].profile, true)
	d.l.Update(tui.ThemeMsg{})
	for _, want := range []string{">  user-000002", " * user-000000"} {
		d.shows(want)
	}
}

func TestAtRestNothingIsAsked(t *testing.T) {
	spec := userSpec()
	asked := 0
	spec.Columns[0].Cell = func(u *user) Cell { asked++; return Cell{Text: safetext.Clean(u.name)} }
	d := newDesk(t, spec, makeUsers(1000)).load()
	d.draw(100, 20)
	asked = 0
	d.draw(100, 20)
	d.press("down")
	d.draw(100, 20)
	d.wants("cells asked for to move the cursor", asked, 0)
	for range 30 {
		d.press("down")
		d.draw(100, 20)
	}
	d.wants("cells asked for to scroll", asked, d.l.top)
	d.l.Update(tea.FocusMsg{})
}
