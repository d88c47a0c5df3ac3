package term

// scroll moves the rows [top,bottom) up by by, or down if that is negative.
type scroll struct{ top, bottom, by int }

// apply gives the rows as the terminal shows them afterwards.
func (s scroll) apply(into, rows [][]Cell, empty []Cell) [][]Cell {
	into = append(into, rows...)
	for y := s.top; y < s.bottom; y++ {
		if from := y + s.by; from >= s.top && from < s.bottom {
			into[y] = rows[from]
		} else {
			into[y] = empty
		}
	}
	return into
}

// findScrolls proposes what to try: the longest block of rows that moved
// unchanged, and all that moved the same way with what lies between. A row
// that stays as it is counts for nothing, so that a screen of equal rows does
// not scroll. Rows are compared by hash: a wrong guess costs bytes, not truth.
func findScrolls(old [][]Cell, g *grid) []scroll {
	h := len(old)
	was, is := make([]uint64, h), make([]uint64, h)
	for y := range old {
		was[y], is[y] = rowHash(old[y]), rowHash(g.row(y))
	}
	var best, hull scroll
	most := 2 // a scroll must save at least three rows
	for by := 1 - h; by < h; by++ {
		if by == 0 {
			continue
		}
		if saved, block, all := movedBy(by, was, is); saved > most {
			most, best, hull = saved, block, all
		}
	}
	switch {
	case best == (scroll{}):
		return nil
	case best == hull:
		return []scroll{best}
	}
	return []scroll{best, hull}
}

// movedBy looks at the rows that came from by rows further down: how many
// the largest block of them saves, this block, and the hull of all blocks.
func movedBy(by int, was, is []uint64) (saved int, best, hull scroll) {
	first, last := -1, 0
	end := min(len(is), len(is)-by)
	for y := max(0, -by); y < end; y++ {
		start, gain := y, 0
		for ; y < end && was[y+by] == is[y]; y++ {
			if was[y] != is[y] {
				gain++
			}
		}
		if gain == 0 {
			continue
		}
		if first < 0 {
			first = start
		}
		last = y
		if gain > saved {
			saved, best = gain, block(start, y, by)
		}
	}
	return saved, best, block(first, last, by)
}

// block is the scroll that brings rows to [from,to).
func block(from, to, by int) scroll {
	return scroll{min(from, from+by), max(to, to+by), by}
}

// rowHash is FNV-1a over texts and pens.
func rowHash(row []Cell) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	var pen Pen
	penHash := uint64(0)
	for i := range row {
		if row[i].Pen != pen {
			pen, penHash = row[i].Pen, offset
			for j := 0; j < len(pen); j++ {
				penHash = (penHash ^ uint64(pen[j])) * prime
			}
		}
		h = (h ^ penHash) * prime
		for j := 0; j < len(row[i].Text); j++ {
			h = (h ^ uint64(row[i].Text[j])) * prime
		}
	}
	return h
}
