package term

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/tui/safetext"
	"gatehouse/tui/term/vt"
)

// difference tells where the terminal does not look like the canvas.
func difference(c *Canvas, screen *vt.Terminal) string {
	w, h := c.Size()
	for y := range h {
		for x := range w {
			want, got := c.At(x, y), screen.Cell(x, y)
			st := styleOf(want.Pen)
			if want.Text == " " {
				st, got.Style = seenOnBlank(st), seenOnBlank(got.Style)
			}
			if got.Text != want.Text || got.Width != int(want.Width) || want.Width > 0 && got.Style != st {
				return fmt.Sprintf("column %d, row %d: %+v is shown, %+v was drawn", x, y, got, want)
			}
		}
	}
	cx, cy, on := c.Cursor()
	x, y, visible := screen.Cursor()
	if on != visible || on && (x != cx || y != cy) {
		return fmt.Sprintf("the cursor is at %d,%d,%v and should be at %d,%d,%v", x, y, visible, cx, cy, on)
	}
	return ""
}

func seenOnBlank(s vt.Style) vt.Style {
	return vt.Style{Bg: s.Bg, Underline: s.Underline, Reverse: s.Reverse, Strike: s.Strike}
}

func styleOf(p Pen) vt.Style {
	probe := vt.New(2, 1)
	fmt.Fprintf(probe, "\x1b[%smX", p)
	return probe.Cell(0, 0).Style
}

var somePens = rapid.SampledFrom([]Pen{"", "", "1", "7", "31", "1;31", "44", "4;92;41", "38;5;200", "48;2;1;2;3"})

// change draws something at random.
func change(t *rapid.T, c *Canvas) {
	w, h := c.Size()
	x := rapid.IntRange(-2, w).Draw(t, "x")
	y := rapid.IntRange(0, h).Draw(t, "y")
	pen := somePens.Draw(t, "pen")
	switch rapid.IntRange(0, 8).Draw(t, "what") {
	case 0, 1, 2:
		word := rapid.SampledFrom([]string{"a", "hello world", "日本語", "e\u0301x", "한 글", "👨 x", "   ", "x     y"}).Draw(t, "text")
		c.Text(x, y, pen, safetext.Clean(word))
	case 3:
		c.Fill(x, y, rapid.IntRange(0, w).Draw(t, "w"), rapid.IntRange(0, h).Draw(t, "h"), pen)
	case 4:
		c.Repaint(x, y, rapid.IntRange(0, w).Draw(t, "w"), 1, func(p Pen) Pen { return p.Add(pen) })
	case 5:
		c.SetCursor(x, y)
	case 6:
		c.HideCursor()
	default:
		shiftRows(c, y, rapid.IntRange(y, h).Draw(t, "bottom"), rapid.IntRange(-h, h).Draw(t, "by"))
	}
}

// shiftRows moves rows on the canvas as a scrolled list would.
func shiftRows(c *Canvas, top, bottom, by int) {
	before := append([]Cell(nil), c.g.cells...)
	for y := top; y < bottom; y++ {
		if from := y + by; from >= top && from < bottom {
			copy(c.g.row(y), before[from*c.w:(from+1)*c.w])
		} else {
			c.Fill(0, y, c.w, 1, "")
			c.Text(0, y, "", safetext.Safe(fmt.Sprintf("new row %d", y)))
		}
	}
}

func TestAnyFramesAreShownAsDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opt := vt.Options{EagerWrap: rapid.Bool().Draw(t, "eager"), NoBCE: rapid.Bool().Draw(t, "nobce")}
		w, h := rapid.IntRange(0, 24).Draw(t, "w"), rapid.IntRange(0, 12).Draw(t, "h")
		screen := vt.NewWith(w, h, opt)
		fmt.Fprint(screen, "what was there before\x1b[3;31mmore\x1b[2;4r")
		c, p := NewCanvas(w, h), NewPainter(screen)
		p.EraseKeepsBackground(!opt.NoBCE)
		p.Resize(w, h)
		for range rapid.IntRange(1, 12).Draw(t, "frames") {
			switch rapid.IntRange(0, 9).Draw(t, "event") {
			case 0:
				w, h = rapid.IntRange(0, 24).Draw(t, "w"), rapid.IntRange(0, 12).Draw(t, "h")
				screen.Resize(w, h)
				c.Resize(w, h)
				p.Resize(w, h)
			case 1:
				fmt.Fprint(screen, "\x1b[2;3r\x1b[1;45m\x1b[2;2Hsomebody else writes")
				p.Invalidate()
			}
			for range rapid.IntRange(0, 4).Draw(t, "changes") {
				change(t, c)
			}
			if err := p.Paint(c); err != nil {
				t.Fatal(err)
			}
			if w == 0 || h == 0 {
				continue // nothing can be shown
			}
			if d := difference(c, screen); d != "" {
				t.Fatalf("%s\nshown:\n%s\ndrawn:\n%s", d, screen.Text(), c.Plain())
			}
		}
		if u := screen.Unknown(); len(u) > 0 {
			t.Fatalf("unknown sequences: %v", u)
		}
	})
}

// A list that scrolls is where rows move, bars change their place, and new rows
// come in over whatever was there.
func TestScrolledListsAreShownAsDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const w = 40
		h := rapid.IntRange(5, 14).Draw(t, "h")
		opt := vt.Options{NoBCE: rapid.Bool().Draw(t, "nobce")}
		screen := vt.NewWith(w, h, opt)
		c, p := NewCanvas(w, h), NewPainter(screen)
		p.EraseKeepsBackground(!opt.NoBCE)
		bar, even := somePens.Draw(t, "bar"), somePens.Draw(t, "even")
		top, bottom := rapid.IntRange(0, 2).Draw(t, "top"), h-rapid.IntRange(0, 2).Draw(t, "footer")
		first := 50
		for range rapid.IntRange(2, 8).Draw(t, "frames") {
			first += rapid.IntRange(-4, 4).Draw(t, "by")
			selected := rapid.IntRange(top, bottom-1).Draw(t, "selected")
			c.Clear()
			for y := top; y < bottom; y++ {
				n := first + y
				pen := Pen("")
				if n%2 == 0 {
					pen = even
				}
				if y == selected {
					pen = bar
				}
				c.Fill(0, y, w, 1, pen)
				if n%5 > 0 {
					c.Text(0, y, pen, safetext.Safe(fmt.Sprintf("row %d %s", n, strings.Repeat("x", n%7*4))))
				}
			}
			if err := p.Paint(c); err != nil {
				t.Fatal(err)
			}
			if d := difference(c, screen); d != "" {
				t.Fatalf("%s\nshown:\n%s\ndrawn:\n%s", d, screen.Text(), c.Plain())
			}
		}
	})
}

func TestErasingLeavesNoColourBehind(t *testing.T) {
	screen := vt.New(20, 8)
	c, p := NewCanvas(20, 8), NewPainter(screen)
	for _, draw := range []func(){
		func() { c.Fill(0, 0, 20, 8, "41") },
		func() { c.Clear(); c.Text(0, 2, "44", "x") },                                  // erases in the pen that was left
		func() { c.Clear(); c.Text(0, 2, "", "plain"); c.Text(0, 3, "7", "reversed") }, // and with reverse on
		func() { c.Clear(); c.Text(0, 3, "7", "r") },
		func() { c.Clear(); c.Fill(5, 4, 15, 1, "42") },
	} {
		draw()
		if err := p.Paint(c); err != nil {
			t.Fatal(err)
		}
		if d := difference(c, screen); d != "" {
			t.Error(d)
		}
	}
}

// counter counts what is written, and in how many pieces.
type counter struct {
	bytes.Buffer
	writes int
	fail   error
}

func (c *counter) Write(b []byte) (int, error) {
	c.writes++
	if c.fail != nil {
		return 0, c.fail
	}
	return c.Buffer.Write(b)
}

// list draws a list of 100,000 rows as the console does.
func list(c *Canvas, top, cursor int) {
	_, h := c.Size()
	c.Clear()
	c.Text(0, 0, "1", "gatehouse  prod  admin@admin")
	for y := range h - 2 {
		n := top + y
		pen := Pen("")
		if n == cursor {
			pen = "7"
			c.Fill(0, y+1, c.w, 1, pen)
		}
		c.Text(0, y+1, pen, safetext.Safe(fmt.Sprintf("user-%06d@example.com", n)))
		c.Text(40, y+1, pen, "enabled")
		c.Text(53, y+1, pen, safetext.Safe(fmt.Sprintf("2026-01-%02dT03:04:05Z", 1+n%28)))
		c.Text(78, y+1, pen, safetext.Safe(fmt.Sprintf("acct-%d", n%97)))
	}
	c.Text(0, h-1, "", safetext.Safe(fmt.Sprintf("row %d of 100000", cursor)))
}

func TestFramesAreSmall(t *testing.T) {
	out := &counter{}
	c, p := NewCanvas(120, 40), NewPainter(out)
	paint := func(top, cursor int) (n int) {
		out.Reset()
		out.writes = 0
		list(c, top, cursor)
		if err := p.Paint(c); err != nil {
			t.Fatal(err)
		}
		if out.writes > 1 {
			t.Errorf("%d writes for a frame", out.writes)
		}
		return out.Len()
	}
	paint(100, 110)
	if n := paint(100, 111); n > 330 {
		t.Errorf("moving the selection takes %d bytes: %q", n, out.String())
	}
	if n := paint(100, 111); n != 0 {
		t.Errorf("an unchanged frame takes %d bytes: %q", n, out.String())
	}
	paint(100, 137)
	if n := paint(101, 138); n > 340 {
		t.Errorf("scrolling takes %d bytes: %q", n, out.String())
	}
}

func TestFrameIsASynchronizedUpdate(t *testing.T) {
	out := &counter{}
	c, p := NewCanvas(20, 3), NewPainter(out)
	c.Text(0, 0, "", "hello")
	if err := p.Paint(c); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); !strings.HasPrefix(s, beginFrame) || !strings.HasSuffix(s, endFrame) || strings.Count(s, beginFrame) != 1 {
		t.Errorf("%q", s)
	}
}

func TestFrameThatDidNotArriveIsSentAnew(t *testing.T) {
	screen := vt.New(20, 3)
	lost := errors.New("lost")
	out := &counter{fail: lost}
	c, p := NewCanvas(20, 3), NewPainter(out)
	c.Text(0, 0, "", "hello")
	if err := p.Paint(c); !errors.Is(err, lost) {
		t.Fatalf("error %v", err)
	}
	out.fail = nil
	if err := p.Paint(c); err != nil {
		t.Fatal(err)
	}
	screen.Write(out.Bytes())
	if d := difference(c, screen); d != "" {
		t.Error(d)
	}
}

// A terminal that is wrong about the width of a combined character must not
// move what stands behind it.
func TestFragileCellsAreFollowedByAMove(t *testing.T) {
	out := &counter{}
	c, p := NewCanvas(20, 1), NewPainter(out)
	c.Text(0, 0, "", "e\u0301x")
	if err := p.Paint(c); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "e\u0301\r\x1b[Cx") {
		t.Errorf("%q", out.String())
	}
}

func TestPaintingCostsFewAllocations(t *testing.T) {
	out := &counter{}
	c, p := NewCanvas(120, 40), NewPainter(out)
	rows := make([]safetext.Safe, 100)
	for i := range rows {
		rows[i] = safetext.Safe(fmt.Sprintf("user-%06d@example.com", i))
	}
	top := 0
	frame := func() {
		top = (top + 1) % 50
		out.Reset()
		c.Clear()
		for y := range 40 {
			c.Text(0, y, "1", rows[top+y])
		}
		if err := p.Paint(c); err != nil {
			t.Fatal(err)
		}
	}
	frame()
	if n := testing.AllocsPerRun(40, frame); n > 6 {
		t.Errorf("%v allocations for a scrolled frame", n)
	}
}

func BenchmarkPaintScroll(b *testing.B) {
	benchmarkPaint(b, func(i int) (int, int) { return i, i + 37 })
}
func BenchmarkPaintMove(b *testing.B) { benchmarkPaint(b, func(i int) (int, int) { return 0, i % 37 }) }

func benchmarkPaint(b *testing.B, at func(int) (int, int)) {
	out := &counter{}
	p := NewPainter(out)
	frames := make([]*Canvas, 64)
	for i := range frames {
		frames[i] = NewCanvas(120, 40)
		list(frames[i], 0, 0)
		top, cursor := at(i)
		list(frames[i], top, cursor)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		out.Reset()
		if err := p.Paint(frames[i%64]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
