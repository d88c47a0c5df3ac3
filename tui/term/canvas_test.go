package term

import (
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"pgregory.net/rapid"

	"gatehouse/tui/safetext"
)

func lines(c *Canvas) []string { return strings.Split(strings.TrimSuffix(c.Plain(), "\n"), "\n") }

func TestTextIsCutAtEveryEdge(t *testing.T) {
	c := NewCanvas(5, 2)
	if next := c.Text(-2, 0, "", "abcdefghij"); next != 8 {
		t.Errorf("next column %d, want 8", next)
	}
	c.Text(3, 1, "", "xyz")
	c.Text(0, 2, "", "below")
	c.Text(0, -1, "", "above")
	if got := lines(c); got[0] != "cdefg" || got[1] != "   xy" {
		t.Errorf("%q", got)
	}
}

func TestWideCharactersAreNeverHalf(t *testing.T) {
	for _, step := range []struct {
		name string
		draw func(*Canvas)
		want string
	}{
		{"right edge", func(c *Canvas) { c.Text(4, 0, "", "日") }, ""},
		{"left edge", func(c *Canvas) { c.Text(-1, 0, "", "日b") }, " b"},
		{"overwritten at the left", func(c *Canvas) { c.Text(0, 0, "", "日本"); c.Text(0, 0, "", "x") }, "x 本"},
		{"overwritten at the right", func(c *Canvas) { c.Text(0, 0, "", "日本"); c.Text(1, 0, "", "x") }, " x本"},
		{"overwritten by a wide one", func(c *Canvas) { c.Text(0, 0, "", "日本"); c.Text(1, 0, "", "語") }, " 語"},
		{"view cuts it", func(c *Canvas) { c.Sub(0, 0, 1, 1).Text(0, 0, "", "日") }, ""},
		{"fill cuts it", func(c *Canvas) { c.Text(0, 0, "", "a日b"); c.Fill(2, 0, 1, 1, "") }, "a  b"},
		{"repaint cuts it", func(c *Canvas) {
			c.Text(0, 0, "", "a日b")
			c.Repaint(2, 0, 1, 1, func(Pen) Pen { return "7" })
		}, "a  b"},
	} {
		c := NewCanvas(5, 1)
		step.draw(c)
		if got := lines(c)[0]; got != step.want {
			t.Errorf("%s: %q, want %q", step.name, got, step.want)
		}
	}
}

func TestViewsShareTheirCellsAndStayInside(t *testing.T) {
	c := NewCanvas(6, 3)
	view := c.Sub(1, 1, 4, 5).Sub(1, 0, 9, 9)
	view.Text(0, 0, "", "abcdef")
	view.Text(0, 1, "", "second")
	view.SetCursor(1, 1)
	if got := lines(c); got[1] != "  abc" || got[2] != "  sec" {
		t.Errorf("%q", got)
	}
	if x, y, on := c.Cursor(); x != 3 || y != 2 || !on {
		t.Errorf("cursor %d,%d,%v", x, y, on)
	}
	view.SetCursor(5, 0)
	if _, _, on := c.Cursor(); on {
		t.Error("a cursor outside of the view is shown")
	}
}

func TestTextIn(t *testing.T) {
	c := NewCanvas(8, 1)
	c.Text(0, 0, "", "........")
	c.TextIn(1, 0, 4, "1", "ab")
	if got := c.ANSI(); got != ".\x1b[1mab  \x1b[m...\n" {
		t.Errorf("%q", got)
	}
	if next := c.TextIn(1, 0, 4, "", "abcdef"); next != 5 || lines(c)[0] != ".abc…..." {
		t.Errorf("%d %q", next, lines(c)[0])
	}
}

func TestStyledKeepsColoursAndNothingElse(t *testing.T) {
	c := NewCanvas(20, 3)
	c.Styled(1, 0, "a\x1b[1;31mb\x1b[0mc\x1b]0;title\x07d\x1b[2Je\x1b[Hf\n\x1b[38;5;9mg\x1b[22mh\x1b[?25l\x9b\u202e\x1bP1\x1b\\")
	if got := lines(c); got[0] != " abcdef" || got[1] != ` gh\x9b\u202e` {
		t.Errorf("%q", got)
	}
	if c.At(2, 0).Pen != "1;31" || c.At(3, 0).Pen != "" || c.At(2, 1).Pen != "38;5;9" {
		t.Errorf("pens %q %q %q", c.At(2, 0).Pen, c.At(3, 0).Pen, c.At(2, 1).Pen)
	}
}

func TestPenOf(t *testing.T) {
	for _, c := range []struct {
		profile termenv.Profile
		style   func(lipgloss.Style) lipgloss.Style
		want    Pen
	}{
		{termenv.ANSI, func(s lipgloss.Style) lipgloss.Style { return s.Bold(true).Foreground(lipgloss.Color("1")) }, "1;31"},
		{termenv.TrueColor, func(s lipgloss.Style) lipgloss.Style { return s.Background(lipgloss.Color("#010203")) }, "48;2;1;2;3"},
		{termenv.ANSI, func(s lipgloss.Style) lipgloss.Style {
			return s.Reverse(true).Padding(2).Border(lipgloss.NormalBorder()).Width(9)
		}, "7"},
		{termenv.ANSI, func(s lipgloss.Style) lipgloss.Style { return s.Underline(true) }, "4"},
		{termenv.ANSI, func(s lipgloss.Style) lipgloss.Style { return s }, ""},
		{termenv.Ascii, func(s lipgloss.Style) lipgloss.Style {
			return s.Bold(true).Reverse(true).Foreground(lipgloss.Color("1"))
		}, "1;7"},
	} {
		r := lipgloss.NewRenderer(nil)
		r.SetColorProfile(c.profile)
		r.SetHasDarkBackground(true)
		if got := PenOf(c.style(r.NewStyle())); got != c.want {
			t.Errorf("profile %v: %q, want %q", c.profile, got, c.want)
		}
	}
}

func TestPenAdd(t *testing.T) {
	for _, c := range []struct{ p, q, want Pen }{
		{"", "7", "7"}, {"31", "", "31"}, {"1;31", "7", "1;7;31"}, {"31;44", "32", "32;44"}, {"1;38;5;9", "48;2;1;2;3", "1;38;5;9;48;2;1;2;3"},
	} {
		if got := c.p.Add(c.q); got != c.want {
			t.Errorf("%q + %q = %q, want %q", c.p, c.q, got, c.want)
		}
	}
}

// A sequence from one pen to another must have the effect of setting the
// second from scratch.
func TestPenChangesHaveTheRightEffect(t *testing.T) {
	params := rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "7", "9", "31", "92", "41", "103", "38;5;200", "48;2;1;2;3"}), 0, 5)
	rapid.Check(t, func(t *rapid.T) {
		from := sgr{}.apply("0;" + strings.Join(params.Draw(t, "from"), ";"))
		to := parsePen(Pen(strings.Join(append([]string{"0"}, params.Draw(t, "to")...), ";")))
		seq := string(appendChange(nil, from, to))
		got := from
		if seq != "" {
			got = from.apply(seq[2 : len(seq)-1])
		}
		if got != to {
			t.Fatalf("%+v by %q became %+v, want %+v", from, seq, got, to)
		}
		if len(seq) > len("\x1b[;m")+len(to.pen()) {
			t.Fatalf("%q is longer than starting again with %q", seq, to.pen())
		}
	})
}

func TestDrawingPlainTextCostsNoAllocation(t *testing.T) {
	c := NewCanvas(120, 40)
	row := safetext.Safe(strings.Repeat("user-000001@example.com ", 5))
	reverse := func(Pen) Pen { return "7" }
	n := testing.AllocsPerRun(20, func() {
		c.Clear()
		for y := range 40 {
			c.Text(0, y, "1;31", row)
		}
		c.Repaint(0, 3, 120, 1, reverse)
	})
	if n > 0 {
		t.Errorf("%v allocations for a frame", n)
	}
}

func BenchmarkDrawFrame(b *testing.B) {
	c := NewCanvas(120, 40)
	row := safetext.Safe(strings.Repeat("user-000001@example.com ", 5))
	b.ReportAllocs()
	for b.Loop() {
		c.Clear()
		for y := range 40 {
			c.Text(0, y, "1;31", row)
		}
	}
}
