package vt

import (
	"slices"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// screen is a grid of cells with a cursor: the normal or the alternate one.
type screen struct {
	w, h        int
	rows        [][]Cell
	x, y        int // x == w: the next character wraps first
	top, bottom int // the scroll region, rows [top,bottom)
	pen         Style
	last        struct{ x, y, atX, atY int } // where a character was last drawn, and the cursor after it
	saved       struct {
		x, y int
		pen  Style
	}
}

func newScreen(w, h int) *screen {
	s := &screen{}
	s.resize(w, h)
	return s
}

func (s *screen) clone() *screen {
	c := *s
	c.rows = make([][]Cell, len(s.rows))
	for y := range s.rows {
		c.rows[y] = slices.Clone(s.rows[y])
	}
	return &c
}

func (s *screen) resize(w, h int) {
	w, h = max(0, w), max(0, h)
	rows := make([][]Cell, h)
	for y := range rows {
		rows[y] = blankRow(w, Style{})
		if y < len(s.rows) {
			copy(rows[y], s.rows[y])
			if w > 0 && rows[y][w-1].Width == 2 {
				rows[y][w-1] = Cell{" ", 1, rows[y][w-1].Style}
			}
		}
	}
	s.w, s.h, s.rows, s.top, s.bottom = w, h, rows, 0, h
	s.x, s.y = min(s.x, max(0, w-1)), min(s.y, max(0, h-1))
}

func blankRow(w int, st Style) []Cell {
	row := make([]Cell, w)
	for x := range row {
		row[x] = Cell{" ", 1, st}
	}
	return row
}

// runeWidth is how many columns a terminal without grapheme clusters gives a
// character; 0 stands on the one before.
func runeWidth(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r >= 0x1160 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7fb {
		return 0
	}
	return max(1, min(2, ansi.StringWidth(string(r))))
}

// print draws a character at the cursor.
func (s *screen) print(r rune, wrap, eager bool) {
	if s.w == 0 || s.h == 0 {
		return
	}
	n := runeWidth(r)
	if n == 0 {
		s.combine(r)
		return
	}
	if n > s.w {
		return
	}
	if s.x+n > s.w {
		if wrap {
			s.x = 0
			s.lineFeed()
		} else {
			s.x = s.w - n
		}
	}
	row := s.rows[s.y]
	s.split(s.y, s.x)
	s.split(s.y, s.x+n)
	row[s.x] = Cell{string(r), n, s.pen}
	if n == 2 {
		row[s.x+1] = Cell{Style: s.pen}
	}
	s.last.x, s.last.y = s.x, s.y
	s.x += n
	if s.x == s.w {
		switch {
		case !wrap:
			s.x = s.w - 1
		case eager:
			s.x = 0
			s.lineFeed()
		}
	}
	s.last.atX, s.last.atY = s.x, s.y
}

// combine puts a mark on the character just drawn, else on the one before the cursor.
func (s *screen) combine(r rune) {
	x, y := min(s.x, s.w)-1, s.y
	if s.x == s.last.atX && s.y == s.last.atY {
		x, y = s.last.x, s.last.y
	}
	for x > 0 && s.rows[y][x].Width == 0 {
		x--
	}
	if x >= 0 && y < s.h && x < s.w {
		s.rows[y][x].Text += string(r)
	}
}

// split makes both halves of a wide character blank if x is in its middle.
func (s *screen) split(y, x int) {
	if x <= 0 || x >= s.w || s.rows[y][x].Width != 0 {
		return
	}
	s.rows[y][x-1] = Cell{" ", 1, s.rows[y][x-1].Style}
	s.rows[y][x] = Cell{" ", 1, s.rows[y][x].Style}
}

func (s *screen) lineFeed() {
	if s.y == s.bottom-1 {
		s.scroll(s.top, s.bottom, 1, Style{})
	} else if s.y < s.h-1 {
		s.y++
	}
}

// scroll moves the rows [top,bottom) up by n, or down if n is negative.
func (s *screen) scroll(top, bottom, n int, fill Style) {
	size := bottom - top
	n = max(-size, min(size, n))
	if size <= 0 || n == 0 {
		return
	}
	region := s.rows[top:bottom]
	if n > 0 {
		copy(region, region[n:])
		for i := size - n; i < size; i++ {
			region[i] = blankRow(s.w, fill)
		}
		return
	}
	copy(region[-n:], region)
	for i := range -n {
		region[i] = blankRow(s.w, fill)
	}
}

// erase makes the columns [x0,x1) of a row blank.
func (s *screen) erase(y, x0, x1 int, fill Style) {
	x0, x1 = max(0, x0), min(s.w, x1)
	if y < 0 || y >= s.h || x0 >= x1 {
		return
	}
	s.split(y, x0)
	s.split(y, x1)
	for x := x0; x < x1; x++ {
		s.rows[y][x] = Cell{" ", 1, fill}
	}
}

// shift moves the cells from the cursor on: n columns in, or out if negative.
func (s *screen) shift(n int, fill Style) {
	if s.x >= s.w {
		return
	}
	row := s.rows[s.y]
	s.split(s.y, s.x)
	tail := row[s.x:]
	n = max(-len(tail), min(len(tail), n))
	if n > 0 {
		s.split(s.y, s.w-n)
		copy(tail[n:], tail)
		s.erase(s.y, s.x, s.x+n, fill)
		return
	}
	s.split(s.y, s.x-n)
	copy(tail, tail[-n:])
	for i := len(tail) + n; i < len(tail); i++ {
		tail[i] = Cell{" ", 1, fill}
	}
}

// move puts the cursor at x, y, kept on the screen.
func (s *screen) move(x, y int) {
	s.x = max(0, min(x, s.w-1))
	s.y = max(0, min(y, s.h-1))
}
