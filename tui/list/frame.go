package list

import (
	"gatehouse/tui/filter"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// frame remembers what was drawn, so that a key costs no more than what it
// changes: cells are asked for once per row, not once per frame.
type frame[R any] struct {
	stale bool  // size, looks or order changed: cells and columns are made anew
	seen  []int // the widest text of each column so far
	cols  []placed

	offset   int  // columns scrolled out, if the width asks for it
	furthest int  // how many can be, in this width
	more     bool // there are columns behind the last one drawn

	rows, spare []drawnRow
	first       int // position of rows[0]
	pens        pens
	spans       []filter.Span
}

// drawnRow are the cells of one row.
type drawnRow struct {
	id    int32 // -1: nothing
	cells []drawnCell
}

type drawnCell struct {
	full   safetext.Safe
	tone   theme.Tone
	fit    safetext.Safe
	room   int // fit is made for so many columns
	fitted int // and takes so many
}

// sampled is how many rows of the first page are looked at for the widths of
// columns, so that these do not jump when the list is scrolled.
const sampled = 128

// reset forgets all rows: ids mean others now.
func (f *frame[R]) reset() {
	for i := range f.rows {
		f.rows[i].id = -1
	}
}

// forget makes the cells of one row anew.
func (f *frame[R]) forget(t *table[R], key string) {
	id, ok := t.find(key)
	for i := range f.rows {
		if ok && f.rows[i].id == id {
			f.rows[i].id = -1
		}
	}
}

// window makes the rows from a position on ready, and takes over those that
// were drawn before.
func (f *frame[R]) window(l *List[R], n int) []drawnRow {
	old, shift := f.rows, l.top-f.first
	next := f.spare[:0]
	for i := range n {
		id := l.now.id(l.top + i)
		if len(next) < cap(next) {
			next = next[:i+1]
		} else {
			next = append(next, drawnRow{id: -1})
		}
		if at := lookFor(old, i+shift, id); at >= 0 {
			next[i], old[at] = old[at], next[i]
			old[at].id = -1
			continue
		}
		next[i].id = id
		f.build(l, &next[i])
	}
	f.rows, f.spare, f.first = next, old, l.top
	return next
}

// lookFor finds a row among those drawn, most likely at a place.
func lookFor(rows []drawnRow, at int, id int32) int {
	if at >= 0 && at < len(rows) && rows[at].id == id {
		return at
	}
	for i := range rows {
		if rows[i].id == id {
			return i
		}
	}
	return -1
}

// build asks for the cells of a row.
func (f *frame[R]) build(l *List[R], d *drawnRow) {
	row := l.now.at(d.id)
	if len(d.cells) != len(l.spec.Columns) {
		d.cells = make([]drawnCell, len(l.spec.Columns))
	}
	for i := range l.spec.Columns {
		d.cells[i] = makeCell(l.spec.Columns[i].Cell(row))
		f.measure(i, d.cells[i].full)
	}
}

func makeCell(c Cell) drawnCell {
	text := c.Text
	if c.Sign != "" {
		text = c.Sign + " " + c.Text
	}
	return drawnCell{full: text, tone: c.Tone, room: -1}
}

// measure lets a column grow to what was seen in it.
func (f *frame[R]) measure(col int, text safetext.Safe) {
	if n := safetext.Width(text); n > f.seen[col] {
		f.seen[col] = n
		f.stale = true
	}
}

// sample measures some of the rows that have come first.
func (l *List[R]) sample(rows []R) {
	for i := 0; i < len(rows); i += max(1, len(rows)/sampled) {
		for col := range l.spec.Columns {
			l.frame.measure(col, makeCell(l.spec.Columns[col].Cell(rows[i])).full)
		}
	}
}

// renew asks for the visible cells again, and tells whether any has changed.
func (f *frame[R]) renew(l *List[R]) bool {
	changed := false
	for i := range f.rows {
		d := &f.rows[i]
		if d.id < 0 || l.now.gone.has(d.id) {
			continue
		}
		row := l.now.at(d.id)
		for col := range d.cells {
			if c := makeCell(l.spec.Columns[col].Cell(row)); c.full != d.cells[col].full || c.tone != d.cells[col].tone {
				d.cells[col] = c
				f.measure(col, c.full)
				changed = true
			}
		}
	}
	return changed
}

// fitTo makes the text of a cell fit its column.
func (d *drawnCell) fitTo(p placed, middle bool) {
	if d.room == p.w {
		return
	}
	d.room, d.fit = p.w, d.full
	if d.fitted = safetext.Width(d.full); d.fitted <= p.w {
		return
	}
	d.fitted = p.w
	if middle {
		d.fit = safetext.FitMiddle(d.full, p.w)
		return
	}
	d.fit = safetext.Fit(d.full, p.w)
}

// pens are the looks of all tones in all kinds of rows, made once per theme.
type pens struct {
	theme *theme.Theme
	of    [2][kinds][theme.Input + 1]term.Pen // under the cursor or not
	match [2][kinds][theme.Input + 1]term.Pen
}

type kind uint8

const (
	normal kind = iota
	markedRow
	flashing
	kinds
)

func (p *pens) use(t *theme.Theme) {
	if p.theme == t {
		return
	}
	p.theme = t
	for tone := range p.of[0][0] {
		for k := range kinds {
			pen := t.Pen(theme.Tone(tone))
			if over := overTone(k); over != theme.Plain && (theme.Tone(tone) == theme.Plain || theme.Tone(tone) == theme.Dim) {
				pen = pen.Add(t.Pen(over))
			}
			for cursor := range 2 {
				if cursor == 1 { // in reverse a colour would be the ground of its cell, and the row in pieces
					pen = t.Pen(overTone(k)).Add(t.Pen(theme.Cursor))
				}
				p.of[cursor][k][tone] = pen
				p.match[cursor][k][tone] = pen.Add(t.Pen(theme.Match))
			}
		}
	}
}

func overTone(k kind) theme.Tone {
	return [kinds]theme.Tone{theme.Plain, theme.Marked, theme.Flash}[k]
}
