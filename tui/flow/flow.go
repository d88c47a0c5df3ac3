// Package flow lays text out in a box: it wraps paragraphs to a width, and
// scrolls what is higher than the box.
package flow

import (
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// longest is how much of one paragraph is laid out. A backend that answers
// with megabytes must not slow the console down.
const longest = 32 << 10

// Span is a piece of a line.
type Span struct {
	Tone theme.Tone
	Text safetext.Safe
}

// Page is text laid out to a width.
type Page struct {
	width int
	lines [][]Span
}

// NewPage makes an empty page.
func NewPage(width int) *Page { return &Page{width: max(1, width)} }

// Lay builds a page that fits a box of w columns and h rows if it can. If it
// cannot, it is built narrower, so that there is room for the marks that say
// that it scrolls.
func Lay(w, h int, build func(*Page)) *Page {
	return new(Cache).Lay(nil, w, h, build)
}

// Cache keeps the last page that was laid out, so that a long one is not laid
// out again for every frame.
type Cache struct {
	key          any
	w            int
	wide, narrow *Page
}

// Lay is Lay, where build gives the same page as long as key is the same.
func (c *Cache) Lay(key any, w, h int, build func(*Page)) *Page {
	if c.key != key || c.w != w || c.wide == nil {
		*c = Cache{key: key, w: w, wide: NewPage(w)}
		build(c.wide)
	}
	if c.wide.Len() <= h || w <= 4 {
		return c.wide
	}
	if c.narrow == nil {
		c.narrow = NewPage(w - 2)
		build(c.narrow)
	}
	return c.narrow
}

// Width is the width that the page is laid out to.
func (p *Page) Width() int { return p.width }

// Len is the number of lines.
func (p *Page) Len() int { return len(p.lines) }

// Gap adds an empty line, unless the page is empty or ends with one.
func (p *Page) Gap() {
	if n := len(p.lines); n > 0 && len(p.lines[n-1]) > 0 {
		p.lines = append(p.lines, nil)
	}
}

// Line adds one line, which is cut where the page ends.
func (p *Page) Line(spans ...Span) { p.lines = append(p.lines, spans) }

// Para adds a wrapped paragraph.
func (p *Page) Para(tone theme.Tone, text safetext.Safe) { p.Hang(nil, tone, text) }

// Hang adds a wrapped paragraph that begins behind head and is indented by the
// width of head from its second line on, or, where head is wide, by less. Where
// head leaves too little room, it gets a line of its own.
func (p *Page) Hang(head []Span, tone theme.Tone, text safetext.Safe) {
	indent := 0
	for _, s := range head {
		indent += safetext.Width(s.Text)
	}
	if indent > 0 && p.width-indent < min(12, p.width/2) {
		p.Line(head...)
		head, indent = []Span{{Text: "  "}}, 2
	}
	if len(text) > longest {
		text = safetext.Clean(string(text[:longest])) + " …"
	}
	first, rest := text, safetext.Safe("")
	if safetext.Width(text) > p.width-indent {
		first, rest = breakAt(text, p.width-indent)
	}
	p.Line(append(head[:len(head):len(head)], Span{tone, first})...)
	if rest == "" {
		return
	}
	if indent > p.width/4 {
		indent = 2
	}
	for _, part := range Wrap(rest, p.width-indent) {
		p.Line(Span{Text: safetext.Fit("", indent)}, Span{tone, part})
	}
}

// Draw draws the lines from top on.
func (p *Page) Draw(c *term.Canvas, th *theme.Theme, top int) {
	w, h := c.Size()
	for y := 0; y < h && top+y < len(p.lines); y++ {
		drawLine(c, th, y, p.width, p.lines[top+y])
	}
	if len(p.lines) <= h || w < 2 {
		return
	}
	if top > 0 {
		c.Text(w-1, 0, th.Pen(theme.Dim), th.Signs.Up)
	}
	if top+h < len(p.lines) {
		c.Text(w-1, h-1, th.Pen(theme.Dim), th.Signs.Down)
	}
}

func drawLine(c *term.Canvas, th *theme.Theme, y, w int, line []Span) {
	x := 0
	for i, s := range line {
		if room := w - x; safetext.Width(s.Text) > room || i < len(line)-1 && room == safetext.Width(s.Text) {
			c.TextIn(x, y, room, th.Pen(s.Tone), s.Text+more(line[i+1:]))
			return
		}
		x = c.Text(x, y, th.Pen(s.Tone), s.Text)
	}
}

// more makes a line that ends exactly at the edge, but goes on, end in an ellipsis.
func more(rest []Span) safetext.Safe {
	for _, s := range rest {
		if s.Text != "" {
			return " "
		}
	}
	return ""
}

// Wrap breaks s into lines of at most w columns, at spaces where there are
// some. A space at a break is left out. There is always one line.
func Wrap(s safetext.Safe, w int) []safetext.Safe {
	w = max(1, w)
	var out []safetext.Safe
	for safetext.Width(s) > w {
		head, rest := breakAt(s, w)
		out = append(out, head)
		s = rest
	}
	return append(out, s)
}

// breakAt cuts a first line of at most w columns off s, which is wider.
func breakAt(s safetext.Safe, w int) (head, rest safetext.Safe) {
	used, cut, space := 0, 0, -1
	for tail := s; ; {
		cell, n, next := safetext.First(tail)
		if cell == " " {
			space = cut
		}
		if used+n > w {
			break
		}
		used, tail = used+n, next
		cut = len(s) - len(tail)
	}
	switch {
	case space > 0:
		return s[:space], s[space+1:]
	case cut == 0: // a wide character in one column
		_, _, next := safetext.First(s)
		return "", next
	}
	return s[:cut], s[cut:]
}

// Cut breaks s into lines of w columns and loses nothing: for text that is
// read back or selected, such as a secret.
func Cut(s safetext.Safe, w int) []safetext.Safe {
	w = max(2, w)
	out := []safetext.Safe{""}
	for used := 0; s != ""; {
		_, n, rest := safetext.First(s)
		if used+n > w {
			out, used = append(out, ""), 0
		}
		out[len(out)-1] += s[:len(s)-len(rest)]
		used, s = used+n, rest
	}
	return out
}
