package term

import (
	"strings"

	"gatehouse/tui/safetext"
)

// Cell is one column of the screen. A wide character takes two cells: the
// second has no text and width 0.
type Cell struct {
	Text  string
	Width uint8
	Pen   Pen
}

var blank = Cell{Text: " ", Width: 1}

// Canvas is what is drawn on: a grid of cells, or a clipped view onto one.
// Nothing drawn outside of it has an effect, so that callers need no checks.
type Canvas struct {
	g      *grid
	ox, oy int // where the view's origin lies on the grid
	w, h   int
	clip   rect // of the grid: what may be drawn on
}

type grid struct {
	w, h             int
	cells            []Cell
	cursorX, cursorY int
	cursorOn         bool
}

type rect struct{ x0, y0, x1, y1 int }

func (r rect) meet(s rect) rect {
	return rect{max(r.x0, s.x0), max(r.y0, s.y0), min(r.x1, s.x1), min(r.y1, s.y1)}
}

// NewCanvas makes an empty canvas of w columns and h rows.
func NewCanvas(w, h int) *Canvas {
	c := &Canvas{g: &grid{}}
	c.Resize(w, h)
	return c
}

// Size is the number of columns and rows.
func (c *Canvas) Size() (w, h int) { return c.w, c.h }

// Resize gives the whole canvas a new size and empties it. Views made before
// are void.
func (c *Canvas) Resize(w, h int) {
	w, h = max(0, w), max(0, h)
	if cap(c.g.cells) < w*h {
		c.g.cells = make([]Cell, w*h)
	}
	c.g.w, c.g.h, c.g.cells = w, h, c.g.cells[:w*h]
	*c = Canvas{g: c.g, w: w, h: h, clip: rect{0, 0, w, h}}
	c.HideCursor()
	c.Clear()
}

// Clear makes every cell of the view blank, and hides the cursor if it stands there.
func (c *Canvas) Clear() {
	c.Fill(0, 0, c.w, c.h, "")
	if x, y := c.g.cursorX, c.g.cursorY; x >= c.clip.x0 && x < c.clip.x1 && y >= c.clip.y0 && y < c.clip.y1 {
		c.HideCursor()
	}
}

// Sub is a view of w columns and h rows whose origin is at x, y. What is drawn
// on it appears here, cut at the edges of both.
func (c *Canvas) Sub(x, y, w, h int) *Canvas {
	w, h = max(0, w), max(0, h)
	ox, oy := c.ox+x, c.oy+y
	return &Canvas{g: c.g, ox: ox, oy: oy, w: w, h: h, clip: c.clip.meet(rect{ox, oy, ox + w, oy + h})}
}

// Text draws s and returns the column behind it, whether or not that is still
// on the canvas.
func (c *Canvas) Text(x, y int, pen Pen, s safetext.Safe) (next int) {
	gy := c.oy + y
	gx := c.ox + x
	if gy < c.clip.y0 || gy >= c.clip.y1 {
		return x + safetext.Width(s)
	}
	for i := 0; i < len(s); {
		if gx >= c.clip.x1 {
			return gx - c.ox + safetext.Width(s[i:])
		}
		if b := s[i]; b >= 0x20 && b < 0x7f && (i+1 == len(s) || s[i+1] < 0x80) {
			c.put(gx, gy, Cell{ascii[b-0x20 : b-0x1f], 1, pen})
			gx++
			i++
			continue
		}
		text, w, rest := safetext.First(s[i:])
		i = len(s) - len(rest)
		c.put(gx, gy, Cell{text, uint8(w), pen})
		gx += w
	}
	return gx - c.ox
}

// TextIn draws s in exactly w columns, padded or cut with an ellipsis.
func (c *Canvas) TextIn(x, y, w int, pen Pen, s safetext.Safe) (next int) {
	if w <= 0 {
		return x
	}
	if safetext.Width(s) > w {
		return c.Text(x, y, pen, safetext.Fit(s, w))
	}
	end := c.Text(x, y, pen, s)
	c.Fill(end, y, x+w-end, 1, pen)
	return x + w
}

// ascii lets a cell hold a character without holding on to the string it came
// from, and without an allocation.
const ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// put sets the cell at gx, gy of the grid, whose row is on the canvas. A wide
// character that is cut by an edge becomes a space.
func (c *Canvas) put(gx, gy int, cell Cell) {
	if cell.Width == 2 {
		switch {
		case gx+1 == c.clip.x0:
			c.put(gx+1, gy, Cell{" ", 1, cell.Pen})
			return
		case gx+1 == c.clip.x1:
			cell.Text, cell.Width = " ", 1
		}
	}
	if gx < c.clip.x0 || gx >= c.clip.x1 {
		return
	}
	row := c.g.row(gy)
	if cell.Width == 1 && row[gx].Width == 1 {
		row[gx] = cell
		return
	}
	end := gx + int(cell.Width)
	split(row, gx)
	split(row, end)
	row[gx] = cell
	if cell.Width == 2 {
		row[gx+1] = Cell{Pen: cell.Pen}
	}
}

// split makes the two halves of a wide character blank, if the column x is in
// the middle of one: half a character cannot be shown.
func split(row []Cell, x int) {
	if x <= 0 || x >= len(row) || row[x].Width != 0 {
		return
	}
	row[x-1] = Cell{" ", 1, row[x-1].Pen}
	row[x] = Cell{" ", 1, row[x].Pen}
}

func (g *grid) row(y int) []Cell { return g.cells[y*g.w : (y+1)*g.w] }

// area calls f with each row of a rectangle that is on the canvas, wide
// characters at its edges taken apart.
func (c *Canvas) area(x, y, w, h int, f func([]Cell)) {
	r := c.clip.meet(rect{c.ox + x, c.oy + y, c.ox + x + w, c.oy + y + h})
	if r.x0 >= r.x1 {
		return
	}
	for gy := r.y0; gy < r.y1; gy++ {
		row := c.g.row(gy)
		split(row, r.x0)
		split(row, r.x1)
		f(row[r.x0:r.x1])
	}
}

// Fill makes a rectangle blank in the given pen.
func (c *Canvas) Fill(x, y, w, h int, pen Pen) {
	c.area(x, y, w, h, func(cells []Cell) {
		for i := range cells {
			cells[i] = Cell{" ", 1, pen}
		}
	})
}

// Repaint changes the pens of a rectangle and leaves its text: a selection
// bar, or what lies dimmed behind a modal.
func (c *Canvas) Repaint(x, y, w, h int, change func(Pen) Pen) {
	known := false
	var from, to Pen
	c.area(x, y, w, h, func(cells []Cell) {
		for i := range cells {
			if !known || cells[i].Pen != from {
				known, from = true, cells[i].Pen
				to = change(from)
			}
			cells[i].Pen = to
		}
	})
}

// Styled draws the output of lipgloss or bubbles, which may have several
// lines. Colours and attributes are kept; every other sequence is dropped, and
// the text is cleaned.
func (c *Canvas) Styled(x, y int, ansi string) {
	var st sgr
	var pen Pen
	col := x
	for sc := (ansiScanner{rest: ansi}); sc.next(); {
		switch sc.text {
		case "":
			st = st.apply(sc.sgr)
			pen = st.pen()
		case "\n":
			col, y = x, y+1
		default:
			col = c.Text(col, y, pen, safetext.Clean(sc.text))
		}
	}
}

// SetCursor shows the terminal's cursor at x, y, if that is on the canvas.
func (c *Canvas) SetCursor(x, y int) {
	gx, gy := c.ox+x, c.oy+y
	if gx < c.clip.x0 || gx >= c.clip.x1 || gy < c.clip.y0 || gy >= c.clip.y1 {
		c.HideCursor()
		return
	}
	c.g.cursorX, c.g.cursorY, c.g.cursorOn = gx, gy, true
}

// HideCursor hides the terminal's cursor.
func (c *Canvas) HideCursor() { c.g.cursorOn = false }

// Cursor tells where the cursor is shown, if it is.
func (c *Canvas) Cursor() (x, y int, on bool) {
	return c.g.cursorX - c.ox, c.g.cursorY - c.oy, c.g.cursorOn
}

// At is the cell at x, y, or a blank one outside.
func (c *Canvas) At(x, y int) Cell {
	gx, gy := c.ox+x, c.oy+y
	if gx < c.clip.x0 || gx >= c.clip.x1 || gy < c.clip.y0 || gy >= c.clip.y1 {
		return blank
	}
	return c.g.row(gy)[gx]
}

// Plain is the text of the canvas, each line without trailing spaces.
func (c *Canvas) Plain() string {
	var b strings.Builder
	for y := range c.h {
		var line strings.Builder
		for x := range c.w {
			line.WriteString(c.At(x, y).Text)
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// ANSI is the canvas as text with SGR sequences, for frames kept as files. Each
// line begins and ends in the default pen; blank cells in that pen are left
// out at its end.
func (c *Canvas) ANSI() string {
	var b []byte
	for y := range c.h {
		end := c.w
		for end > 0 && c.At(end-1, y) == blank {
			end--
		}
		var pen sgr
		for x := range end {
			cell := c.At(x, y)
			to := parsePen(cell.Pen)
			if cell.Width > 0 {
				b = append(appendChange(b, pen, to), cell.Text...)
				pen = to
			}
		}
		b = append(appendChange(b, pen, sgr{}), '\n')
	}
	return string(b)
}
