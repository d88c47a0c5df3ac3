package term

import (
	"io"
	"sync"
)

// Painter shows canvases on a terminal. It remembers what the terminal shows
// and sends the difference: the changed cells, a block that moved as a scroll
// of a region, each frame as one write inside a synchronized update. It is the
// only one that writes to the terminal, and safe for concurrent use.
//
// It keeps autowrap off, so that a character in the last column never scrolls
// and one that a terminal thinks wider than we do cannot spill into the next line.
type Painter struct {
	mu     sync.Mutex
	out    io.Writer
	noBCE  bool
	w, h   int
	front  [][]Cell // what the terminal shows
	known  bool     // front is true
	cursor bool     // the cursor is shown
	pencil pencil
	spare  pencil // for encoding a frame in a second way
	moved  [][]Cell
	empty  []Cell
	pens   penCache
}

// NewPainter makes a painter that writes to a terminal in an unknown state.
func NewPainter(out io.Writer) *Painter { return &Painter{out: out, pens: penCache{}} }

// EraseKeepsBackground tells whether the terminal erases with the current
// background colour (terminfo: bce), which most do and which is assumed.
func (p *Painter) EraseKeepsBackground(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noBCE = !yes
}

// Resize tells the size of the terminal, whose content is unknown from then on.
func (p *Painter) Resize(w, h int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resize(w, h)
}

func (p *Painter) resize(w, h int) {
	p.w, p.h, p.known = max(0, w), max(0, h), false
}

// Invalidate makes the next Paint draw everything: after the terminal was in
// other hands, or when a person asks for it.
func (p *Painter) Invalidate() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known = false
}

// Write sends control sequences between two frames, never inside one. They
// must leave cursor, pen and cells as they are.
func (p *Painter) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

const (
	beginFrame = "\x1b[?2026h"
	endFrame   = "\x1b[?2026l"
	// No scroll region, no autowrap, cursor hidden, default pen, empty screen.
	startAnew = "\x1b[r\x1b[?7l\x1b[?25l\x1b[m\x1b[H\x1b[2J"
)

// Paint makes the terminal show the canvas, which is a whole one, not a view.
// A canvas of another size than the painter's gives the painter that size.
func (p *Painter) Paint(c *Canvas) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.w != p.w || c.h != p.h {
		p.resize(c.w, c.h)
	}
	if p.w == 0 || p.h == 0 {
		return nil
	}
	p.pens.trim()
	p.pencil.begin(p)
	p.pencil.b = append(p.pencil.b[:0], beginFrame...)
	if !p.known {
		p.startAnew()
	}
	p.draw(c.g)
	p.placeCursor(c)
	if len(p.pencil.b) == len(beginFrame) {
		return nil
	}
	p.pencil.b = append(p.pencil.b, endFrame...)
	p.known = true
	if _, err := p.out.Write(p.pencil.b); err != nil {
		p.known = false
		return err
	}
	for y, row := range p.front {
		copy(row, c.g.row(y))
	}
	return nil
}

// startAnew forgets what the terminal shows, and makes it show nothing.
func (p *Painter) startAnew() {
	cells := make([]Cell, p.w*p.h)
	for i := range cells {
		cells[i] = blank
	}
	p.front = make([][]Cell, p.h)
	for y := range p.front {
		p.front[y] = cells[y*p.w : (y+1)*p.w]
	}
	p.empty = make([]Cell, p.w)
	for i := range p.empty {
		p.empty[i] = blank
	}
	p.cursor = false
	p.pencil.b = append(p.pencil.b, startAnew...)
	p.pencil.pen, p.pencil.st = "", sgr{}
	p.pencil.x, p.pencil.y = 0, 0
}

// draw writes the difference, with a scroll before it where that is shorter.
func (p *Painter) draw(g *grid) {
	start := p.pencil.at()
	p.pencil.rows(p.front, g)
	if len(p.pencil.b)-start.n < worthScrolling {
		return
	}
	for _, s := range findScrolls(p.front, g) {
		p.spare.begin(p)
		p.spare.reset(start)
		p.spare.scroll(s)
		p.moved = s.apply(p.moved[:0], p.front, p.empty)
		p.spare.rows(p.moved, g)
		if len(p.spare.b) < len(p.pencil.b)-start.n {
			p.pencil.b = append(p.pencil.b[:start.n], p.spare.b...)
			p.pencil.position = p.spare.position
		}
	}
}

// worthScrolling is the number of bytes from which looking for a scroll pays.
const worthScrolling = 64

// placeCursor shows the cursor where the canvas has it, or hides it.
func (p *Painter) placeCursor(c *Canvas) {
	if !c.g.cursorOn {
		if p.cursor {
			p.pencil.b = append(p.pencil.b, "\x1b[?25l"...)
			p.cursor = false
		}
		return
	}
	p.pencil.move(c.g.cursorX, c.g.cursorY)
	if !p.cursor {
		p.pencil.b = append(p.pencil.b, "\x1b[?25h"...)
		p.cursor = true
	}
}

// penCache keeps pens taken apart; a screen has few.
type penCache map[Pen]sgr

func (c penCache) parse(p Pen) sgr {
	if p == "" {
		return sgr{}
	}
	st, ok := c[p]
	if !ok {
		st = parsePen(p)
		c[p] = st
	}
	return st
}

// trim keeps a program that makes up ever new pens from filling the memory.
func (c penCache) trim() {
	if len(c) > 1000 {
		clear(c)
	}
}
