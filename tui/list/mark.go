package list

import tea "github.com/charmbracelet/bubbletea"

// span is a range of rows that is being marked, from where it was begun to the
// cursor. It becomes marks before any row moves.
type span struct {
	on   bool
	from int
}

func (l *List[R]) spanBounds() (from, to int) {
	if !l.span.on {
		return 0, -1
	}
	return min(l.span.from, l.pos), min(max(l.span.from, l.pos), l.now.size()-1)
}

func (l *List[R]) commitSpan() {
	from, to := l.spanBounds()
	for pos := from; pos <= to; pos++ {
		l.now.mark(l.now.id(pos), true)
	}
	l.span.on = false
}

// toggleSpan begins a range, or makes marks of it.
func (l *List[R]) toggleSpan() {
	if l.span.on {
		l.commitSpan()
		return
	}
	l.pin()
	l.span = span{true, l.pos}
}

// toggleMark marks the row under the cursor, or takes its mark away, and goes
// to the next.
func (l *List[R]) toggleMark() {
	if l.span.on {
		l.commitSpan()
		return
	}
	if l.pos < l.now.size() {
		id := l.now.id(l.pos)
		l.now.mark(id, !l.now.marks.has(id))
		l.moveTo(l.pos + 1)
	}
}

func (l *List[R]) markShown() {
	l.span.on = false
	for pos := range l.now.size() {
		l.now.mark(l.now.id(pos), true)
	}
	l.pin()
}

// Unmark takes away the marks of some rows: those that are done with.
func (l *List[R]) Unmark(keys ...string) {
	for _, key := range keys {
		if id, ok := l.now.find(key); ok {
			l.now.mark(id, false)
		}
	}
	l.marks.known = false
}

// Mark marks the rows with these keys.
func (l *List[R]) Mark(keys ...string) {
	for _, key := range keys {
		if id, ok := l.now.find(key); ok {
			l.now.mark(id, true)
		}
	}
	l.marks.known = false
}

// UnmarkAll takes away all marks, also hidden ones.
func (l *List[R]) UnmarkAll() {
	l.span.on = false
	l.now.marks, l.now.marked = nil, 0
	l.marks.known = false
}

// showMarked shows only the rows that are marked now, or all again. A row that
// loses its mark meanwhile stays, so that nothing vanishes under the cursor.
func (l *List[R]) showMarked() tea.Cmd {
	l.commitSpan()
	if l.now.want.only != 0 {
		return l.reshape(func(s *shape[R]) { s.only = 0 })
	}
	l.drawn++
	l.now.only = append(bitset(nil), l.now.marks...)
	return l.reshape(func(s *shape[R]) { s.only = l.drawn })
}

func (l *List[R]) isMarked(pos int, id int32) bool {
	from, to := l.spanBounds()
	return l.now.marks.has(id) || pos >= from && pos <= to
}

// Marked is the number of marked rows, shown or hidden.
func (l *List[R]) Marked() int {
	n := l.now.marked
	from, to := l.spanBounds()
	for pos := from; pos <= to; pos++ {
		if !l.now.marks.has(l.now.id(pos)) {
			n++
		}
	}
	return n
}

// HiddenMarked is the number of marked rows that are not shown.
func (l *List[R]) HiddenMarked() int {
	if l.now.marked == 0 || !l.now.shown.filters() {
		return 0
	}
	if !l.marks.known {
		l.marks.known, l.marks.hidden = true, l.now.marked
		for pos := range l.now.size() {
			if l.now.marks.has(l.now.id(pos)) {
				l.marks.hidden--
			}
		}
	}
	return l.marks.hidden
}

// Selection is what an action works on: the marked rows in their order, hidden
// ones among them, or else the row under the cursor.
func (l *List[R]) Selection() []R {
	l.commitSpan()
	l.pin()
	t := l.now
	if t.marked == 0 {
		if row, ok := l.Current(); ok {
			return []R{row}
		}
		return nil
	}
	out := make([]R, 0, t.marked)
	for _, id := range t.order {
		if t.marks.has(id) {
			out = append(out, t.at(id))
		}
	}
	for id := range t.marks.all() {
		if id >= t.ordered { // not sorted, or not yet
			out = append(out, t.at(id))
		}
	}
	return out
}
