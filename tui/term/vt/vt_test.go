package vt

import (
	"fmt"
	"strings"
	"testing"
)

// show plays input into a small terminal and returns its lines, joined by |.
func show(t *testing.T, w, h int, input string) (*Terminal, string) {
	t.Helper()
	term := New(w, h)
	fmt.Fprint(term, input)
	return term, strings.ReplaceAll(strings.TrimSuffix(term.Text(), "\n"), "\n", "|")
}

func TestScreen(t *testing.T) {
	const abc = "aaa\r\nbbb\r\nccc\r\nddd\x1b[H"
	for _, c := range []struct{ name, in, want string }{
		{"text", "ab\r\ncd", "ab|cd||"},
		{"wrap waits for the next character", "12345678\r!", "!2345678|||"},
		{"wrap", "123456789", "12345678|9||"},
		{"no wrap", "\x1b[?7l123456789", "12345679|||"},
		{"scroll at the bottom", "\x1b[4;1Ha\nb", "||a| b"},
		{"absolute moves", "\x1b[2;3Hx\x1b[Hy\x1b[3dz\x1b[8Gw", "y|  x| z     w|"},
		{"relative moves", "\x1b[2;2H\x1b[Au\x1b[2Bd\x1b[3Dl\x1b[Cr", " u||l r|"},
		{"region scrolls up", abc + "\x1b[2;3r\x1b[S\x1b[r", "aaa|ccc||ddd"},
		{"region scrolls down", abc + "\x1b[2;3r\x1b[T\x1b[r", "aaa||bbb|ddd"},
		{"line feed in the region", abc + "\x1b[1;2r\x1b[2H\nx", "bbb|x|ccc|ddd"},
		{"reverse index", abc + "\x1bMx", "x|aaa|bbb|ccc"},
		{"insert and delete lines", abc + "\x1b[2H\x1b[L\x1b[H\x1b[M", "|bbb|ccc|"},
		{"insert and delete characters", "abcd\x1b[2G\x1b[@\x1b[4G\x1b[P", "a bd|||"},
		{"erase characters", "abcdef\x1b[2G\x1b[3X", "a   ef|||"},
		{"erase line", "abcd\r\nabcd\r\nabcd\x1b[2G\x1b[K\x1b[A\x1b[1K\x1b[A\x1b[2K", "|  cd|a|"},
		{"erase below", abc + "\x1b[2;2H\x1b[J", "aaa|b||"},
		{"erase above", abc + "\x1b[2;2H\x1b[1J", "|  b|ccc|ddd"},
		{"wide", "a日b", "a日b|||"},
		{"wide at the edge", "1234567日", "1234567|日||"},
		{"wide overwritten", "日本\x1b[2Gx", " x本|||"},
		{"marks", "e\u0301x\u0301", "e\u0301x\u0301|||"},
		{"mark at the edge", "\x1b[?7l\x1b[8Ge\u0301", "       e\u0301|||"},
		{"alternate screen", "main\x1b[?1049halt\x1b[?1049l!", "main!|||"},
		{"saved cursor", "ab\x1b7cd\x1b8X", "abXd|||"},
		{"split by a control", "\x1b[2\n;2Hx", "| x||"},
	} {
		term, got := show(t, 8, 4, c.in)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if u := term.Unknown(); len(u) > 0 {
			t.Errorf("%s: unknown %v", c.name, u)
		}
	}
}

func TestStyles(t *testing.T) {
	term, _ := show(t, 8, 2, "\x1b[1;3;31;48;5;200ma\x1b[22;38;2;1;2;3;7mb\x1b[mc\x1b[96;104md")
	for x, want := range []Style{
		{Bold: true, Italic: true, Fg: Color{Kind: Indexed, Index: 1}, Bg: Color{Kind: Indexed, Index: 200}},
		{Italic: true, Reverse: true, Fg: Color{Kind: RGB, R: 1, G: 2, B: 3}, Bg: Color{Kind: Indexed, Index: 200}},
		{},
		{Fg: Color{Kind: Indexed, Index: 14}, Bg: Color{Kind: Indexed, Index: 12}},
	} {
		if got := term.Cell(x, 0).Style; got != want {
			t.Errorf("column %d: %+v, want %+v", x, got, want)
		}
	}
}

func TestErasingTakesTheBackground(t *testing.T) {
	const in = "\x1b[41m\x1b[K"
	if term, _ := show(t, 3, 1, in); term.Cell(2, 0).Style.Bg.Index != 1 {
		t.Error("no background")
	}
	term := NewWith(3, 1, Options{NoBCE: true})
	fmt.Fprint(term, in)
	if term.Cell(2, 0).Style != (Style{}) {
		t.Error("background although the terminal has none")
	}
}

func TestEagerWrapScrollsAtTheCorner(t *testing.T) {
	for mode, want := range map[string]string{"": "  x\n\n", "\x1b[?7l": "\n  x\n"} {
		term := NewWith(3, 2, Options{EagerWrap: true})
		fmt.Fprint(term, mode+"\x1b[2;3Hx")
		if got := term.Text(); got != want {
			t.Errorf("%q: %q, want %q", mode, got, want)
		}
	}
}

func TestModesEventsAndControlsAreRecorded(t *testing.T) {
	term, _ := show(t, 8, 2, "\x1b[?25l\x1b[?2004h\x1b[?1000;1006h\x1b]0;name\x07\x1b]52;c;aGk=\x1b\\\x07\x1b[>c\x1b[5$p\x1bP+q\x1b\\\x00\x9b\u009bx\x1b[?9999h")
	if term.Mode(25) || !term.Mode(2004) || !term.Mode(1000) || !term.Mode(1006) || !term.Modes()[7] {
		t.Errorf("modes %v", term.Modes())
	}
	want := []Event{{"title", "name"}, {"clipboard", "hi"}, {"bell", ""}}
	if got := term.Events(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("events %v", got)
	}
	seen := term.Seen()
	for _, kind := range []string{"CSI ?25l", "CSI ?2004h", "OSC 0", "OSC 52", "BEL", "CSI >c", "CSI $p", "DCS", "C0 00", "byte 9B", "C1 U+009B", "CSI ?9999h"} {
		if seen[kind] != 1 {
			t.Errorf("%s seen %d times", kind, seen[kind])
		}
	}
	if got := len(term.Unknown()); got != 7 {
		t.Errorf("unknown: %v", term.Unknown())
	}
}

func TestSynchronizedUpdateIsSeenWhole(t *testing.T) {
	term, got := show(t, 8, 2, "old\x1b[?2026h\rnew")
	if got != "old|" || term.Cell(0, 0).Text != "o" || !term.Updating() {
		t.Errorf("half an update is seen: %q", got)
	}
	fmt.Fprint(term, "\x1b[?2026l")
	if term.Text() != "new\n\n" || term.Updating() || term.Updates() != 1 {
		t.Errorf("%q after the update", term.Text())
	}
}

func TestResizeKeepsWhatFits(t *testing.T) {
	term, _ := show(t, 6, 3, "abcd日\r\nsecond\r\nthird")
	term.Resize(5, 2)
	if got := term.Text(); got != "abcd\nsecon\n" {
		t.Errorf("%q", got)
	}
	if x, y, _ := term.Cursor(); x != 4 || y != 1 {
		t.Errorf("cursor %d,%d", x, y)
	}
	term.Resize(0, 0)
	fmt.Fprint(term, "nowhere\r\n\x1b[2J\x1b[5;5H\x1b[K\x1b[L\x1b[P\u0301\x1b[S")
	term.Resize(3, 1)
	fmt.Fprint(term, "\x1b[Hok")
	if got := term.Text(); got != "ok\n" {
		t.Errorf("%q", got)
	}
}

func FuzzWrite(f *testing.F) {
	f.Add([]byte("\x1b[2;3r\x1b[5S日\u0301\x1b[?1049h\x1b[?2026h\x1b]52;c;?\x07"), 5, 3)
	f.Add([]byte("\x1b[99999999999m\x1b[;;H\x1b[-1P\xf0\x9f\x1b\x1b["), 1, 1)
	f.Fuzz(func(t *testing.T, in []byte, w, h int) {
		term := New(w&31, h&31)
		term.Write(in)
		term.Resize(h&31, w&31)
		term.Write(in)
		for _, row := range term.cur.rows {
			columns := 0
			for _, c := range row {
				columns += c.Width
			}
			if columns != term.cur.w {
				t.Fatalf("a row of %d columns, want %d: %v", columns, term.cur.w, row)
			}
		}
	})
}
