package term

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// pencil encodes changes as bytes for the terminal, and knows where those
// leave the cursor and the pen.
type pencil struct {
	b []byte
	position
	noBCE bool
	w     int
	pens  penCache
}

// position is the state of the terminal that the next bytes build on.
type position struct {
	x, y int // where the cursor is; -1 is unknown
	pen  Pen
	st   sgr // pen, taken apart
}

type mark struct {
	position
	n int // bytes so far
}

func (p *pencil) begin(from *Painter) { p.noBCE, p.w, p.pens = from.noBCE, from.w, from.pens }

func (p *pencil) at() mark { return mark{p.position, len(p.b)} }

// reset starts an empty encoding that follows m.
func (p *pencil) reset(m mark) { p.b, p.position = p.b[:0], m.position }

func (p *pencil) setPen(pen Pen) {
	if pen == p.pen {
		return
	}
	st := p.pens.parse(pen)
	p.b = appendChange(p.b, p.st, st)
	p.pen, p.st = pen, st
}

// shows are the attributes that can be seen on a blank cell: underline,
// reverse, strike-through.
const shows = 1<<4 | 1<<7 | 1<<9

// alike tells whether two cells look the same. The colour of a character that
// is not there cannot be seen.
func (p *pencil) alike(a, b *Cell) bool {
	if *a == *b {
		return true
	}
	if a.Text != " " || b.Text != " " {
		return false
	}
	s, t := p.pens.parse(a.Pen), p.pens.parse(b.Pen)
	return s.bg == t.bg && (s.attrs|t.attrs)&shows == 0
}

// rows turns what the terminal shows into the grid.
func (p *pencil) rows(old [][]Cell, g *grid) {
	for y := range old {
		p.row(y, old[y], g.row(y))
	}
}

func (p *pencil) row(y int, old, row []Cell) {
	first := 0
	for first < len(row) && p.alike(&old[first], &row[first]) {
		first++
	}
	if first == len(row) {
		return
	}
	last := len(row) - 1
	for p.alike(&old[last], &row[last]) {
		last--
	}
	tail := p.blankTail(row)
	erase := last-max(tail, first) >= 3 // else writing the blanks is as short
	end := last + 1
	if erase {
		end = tail
	}
	prev := -1 // the column behind the last cell written
	for x := first; x < end; x++ {
		if row[x].Width == 0 || p.alike(&old[x], &row[x]) {
			continue
		}
		if prev < 0 || !p.bridge(row, prev, x) {
			p.move(x, y)
		}
		p.cell(&row[x])
		prev = x + int(row[x].Width)
	}
	if erase {
		p.move(max(first, tail), y)
		p.setErasePen(row[len(row)-1].Pen)
		p.b = append(p.b, "\x1b[K"...)
	}
}

// cell writes one cell at the cursor.
func (p *pencil) cell(c *Cell) {
	p.setPen(c.Pen)
	p.b = append(p.b, c.Text...)
	if p.x >= 0 {
		p.x += int(c.Width)
	}
	if p.x >= p.w || fragile(c) {
		p.x = -1
	}
}

// fragile are the cells on whose width terminals may disagree in spite of all
// care: the cursor is set anew behind them, so that nothing else moves.
func fragile(c *Cell) bool {
	if len(c.Text) < 2 {
		return false
	}
	r, n := utf8.DecodeRuneInString(c.Text)
	return n < len(c.Text) || r >= 0x1f000 || c.Width == 2 && r < 0x2e80 && r > 0x11ff
}

// bridge goes from one column to a later one by writing again what stands
// between them, if that is shorter than a move.
func (p *pencil) bridge(row []Cell, from, to int) bool {
	if from == to {
		return p.x == to
	}
	if p.x != from || to-from > 4 {
		return false
	}
	n := 0
	for i := from; i < to; i++ {
		if row[i].Pen != p.pen || fragile(&row[i]) {
			return false
		}
		n += len(row[i].Text)
	}
	if n > len("\x1b[C") {
		return false
	}
	for i := from; i < to; i++ {
		p.b = append(p.b, row[i].Text...)
	}
	p.x = to
	return true
}

// blankTail is the column from which on all cells can be made by erasing.
func (p *pencil) blankTail(row []Cell) int {
	n := len(row)
	lastPen := row[n-1].Pen
	st := p.pens.parse(lastPen)
	if st.attrs&shows != 0 || p.noBCE && st.bg != "" {
		return n
	}
	for n > 0 && row[n-1].Text == " " && (row[n-1].Pen == lastPen || p.alike(&row[n-1], &row[len(row)-1])) {
		n--
	}
	return n
}

// setErasePen sets a pen that erases to the background of pen.
func (p *pencil) setErasePen(pen Pen) {
	want := p.pens.parse(pen).bg
	if p.st.attrs&shows != 0 || p.st.bg != want {
		st := sgr{bg: want}
		p.b = appendChange(p.b, p.st, st)
		p.pen, p.st = Pen(want), st
	}
}

// move puts the cursor at x, y by the shortest way.
func (p *pencil) move(x, y int) {
	if p.x == x && p.y == y {
		return
	}
	best := absoluteLen(x, y)
	by := absolute
	try := func(n int, w route) {
		if n < best {
			best, by = n, w
		}
	}
	if p.y == y {
		switch {
		case p.x >= 0 && p.x < x:
			try(stepLen(x-p.x), sideways)
		case p.x > x:
			try(min(stepLen(p.x-x), p.x-x), sideways)
		}
	}
	if p.x == x && p.y >= 0 {
		try(stepLen(abs(y-p.y)), upDown)
	}
	if p.y >= 0 && y >= p.y {
		n := 1 + y - p.y
		if x > 0 {
			n += stepLen(x)
		}
		try(n, fromMargin)
	}
	p.travel(by, x, y)
	p.x, p.y = x, y
}

// route is a way to move the cursor.
type route uint8

const (
	absolute route = iota
	sideways
	upDown
	fromMargin // back to the first column, down, and to the right
)

func (p *pencil) travel(w route, x, y int) {
	switch w {
	case absolute:
		p.b = append(p.b, "\x1b["...)
		if x > 0 || y > 0 {
			p.b = strconv.AppendInt(p.b, int64(y+1), 10)
		}
		if x > 0 {
			p.b = append(p.b, ';')
			p.b = strconv.AppendInt(p.b, int64(x+1), 10)
		}
		p.b = append(p.b, 'H')
	case sideways:
		switch back := p.x - x; {
		case back < 0:
			p.step(-back, 'C')
		case back <= stepLen(back):
			p.b = append(p.b, "\b\b\b\b"[:back]...)
		default:
			p.step(back, 'D')
		}
	case upDown:
		if y > p.y {
			p.step(y-p.y, 'B')
		} else {
			p.step(p.y-y, 'A')
		}
	case fromMargin:
		p.b = append(p.b, '\r')
		p.b = append(p.b, strings.Repeat("\n", y-p.y)...)
		if x > 0 {
			p.step(x, 'C')
		}
	}
}

func (p *pencil) step(n int, final byte) {
	p.b = append(p.b, "\x1b["...)
	if n > 1 {
		p.b = strconv.AppendInt(p.b, int64(n), 10)
	}
	p.b = append(p.b, final)
}

// stepLen is the length of a relative move of n columns or rows.
func stepLen(n int) int {
	if n == 1 {
		return 3
	}
	return 3 + digits(n)
}

// absoluteLen is the length of an absolute move.
func absoluteLen(x, y int) int {
	switch {
	case x == 0 && y == 0:
		return 3
	case x == 0:
		return 3 + digits(y+1)
	}
	return 4 + digits(y+1) + digits(x+1)
}

func digits(n int) int {
	d := 1
	for ; n > 9; n /= 10 {
		d++
	}
	return d
}

func abs(n int) int { return max(n, -n) }

// scroll moves a block of rows on the terminal.
func (p *pencil) scroll(s scroll) {
	p.setErasePen("")
	p.b = append(p.b, "\x1b["...)
	if s.top > 0 {
		p.b = strconv.AppendInt(p.b, int64(s.top+1), 10)
	}
	p.b = append(p.b, ';')
	p.b = strconv.AppendInt(p.b, int64(s.bottom), 10)
	p.b = append(p.b, 'r')
	if s.by > 0 {
		p.step(s.by, 'S')
	} else {
		p.step(-s.by, 'T')
	}
	p.b = append(p.b, "\x1b[r"...)
	p.x, p.y = 0, 0 // setting the region moves the cursor home
}
