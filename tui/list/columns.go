package list

import (
	"slices"
	"strings"

	"gatehouse/tui/safetext"
)

const (
	margin = 3 // cursor, mark, space
	gap    = 2 // between columns

	essential = 1  // columns up to this priority stay, be they cut
	plenty    = 24 // a column that wants more than this does not keep others out by it
)

// placed is a column where it is drawn.
type placed struct {
	col   int
	x, w  int
	title safetext.Safe
}

// arrange decides which columns are drawn, and where. Scrolled to the left,
// columns leave by priority when the room gets narrow; scrolled to the right,
// those behind the first follow in their order.
func (f *frame[R]) arrange(l *List[R]) {
	f.cols = f.cols[:0]
	if len(l.spec.Columns) == 0 {
		return
	}
	f.furthest = furthest(l.spec.Columns, l.w-margin)
	chosen, all := f.choose(l, f.scrolled(), l.w-margin)
	f.more = !all && f.scrolled() < f.furthest
	room := l.w - margin - f.needed(l.spec.Columns, chosen)
	widths := f.grow(l, chosen, room)
	x := margin
	for i, col := range chosen {
		f.cols = append(f.cols, placed{col, x, widths[i], f.title(l, col)})
		x += widths[i] + gap
	}
}

func (f *frame[R]) title(l *List[R], col int) safetext.Safe {
	c := &l.spec.Columns[col]
	title := safetext.Safe(strings.ToUpper(string(c.Title)))
	switch l.now.want.sort {
	case c.Key:
		return title + " " + l.env.Theme.Signs.Up
	case "-" + c.Key:
		return title + " " + l.env.Theme.Signs.Down
	}
	return title
}

// choose picks columns that fit into the room, in their order, without those
// that are scrolled out, and tells whether these are all. Nothing is scrolled
// out: a column that is not essential gets no room that a more important one
// has use for.
func (f *frame[R]) choose(l *List[R], offset, room int) (chosen []int, all bool) {
	cols := l.spec.Columns
	wanted := -gap
	candidates := make([]int, 0, len(cols))
	for i := range cols {
		if i == 0 || i > offset {
			candidates = append(candidates, i)
		}
	}
	if offset == 0 {
		slices.SortStableFunc(candidates[1:], func(a, b int) int { return cols[a].Priority - cols[b].Priority })
	}
	for _, i := range candidates {
		if need := f.needed(cols, append(chosen, i)); need > room && len(chosen) > 0 {
			if offset > 0 {
				break
			}
			continue
		}
		if offset == 0 && cols[i].Priority > essential && wanted+gap+max(1, cols[i].Min) > room {
			continue
		}
		chosen = append(chosen, i)
		wanted += gap + min(f.wanted(l, i), max(plenty, cols[i].Min))
	}
	slices.Sort(chosen)
	return chosen, len(chosen) == len(cols)
}

// needed is the least width of some columns together.
func (f *frame[R]) needed(cols []Column[R], chosen []int) int {
	n := -gap
	for _, i := range chosen {
		n += max(1, cols[i].Min) + gap
	}
	return n
}

// grow gives the room that is left to the columns that have use for it, the
// most important first.
func (f *frame[R]) grow(l *List[R], chosen []int, room int) []int {
	widths := make([]int, len(chosen))
	order := make([]int, len(chosen))
	for i := range order {
		order[i] = i
	}
	cols := l.spec.Columns
	slices.SortStableFunc(order, func(a, b int) int { return cols[chosen[a]].Priority - cols[chosen[b]].Priority })
	for _, i := range order {
		least := max(1, cols[chosen[i]].Min)
		more := max(0, min(f.wanted(l, chosen[i])-least, room))
		widths[i] = least + more
		room -= more
	}
	if len(widths) == 1 {
		widths[0] = max(0, min(widths[0], l.w-margin))
	}
	return widths
}

// wanted is the width in which a column shows all that was seen in it.
func (f *frame[R]) wanted(l *List[R], col int) int {
	c := &l.spec.Columns[col]
	least := max(1, c.Min)
	want := max(f.seen[col], safetext.Width(c.Title)+2, least)
	if c.Max > 0 {
		want = min(want, max(c.Max, least))
	}
	return max(want, safetext.Width(f.title(l, col)))
}

// scrolled is how many columns are scrolled out in this width.
func (f *frame[R]) scrolled() int { return min(f.offset, f.furthest) }

// furthest is how far the columns can be scrolled: until the last one shows.
func furthest[R any](cols []Column[R], room int) int {
	if len(cols) == 0 {
		return 0
	}
	need := max(1, cols[0].Min)
	for i := len(cols) - 1; i > 0; i-- {
		need += gap + max(1, cols[i].Min)
		if need > room {
			return min(i, len(cols)-2)
		}
	}
	return 0
}

// columnAt is the column drawn at x, or -1.
func (f *frame[R]) columnAt(x int) int {
	for _, p := range f.cols {
		if x >= p.x && x < p.x+p.w {
			return p.col
		}
	}
	return -1
}
