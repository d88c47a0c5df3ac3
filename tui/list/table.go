package list

import (
	"cmp"
	"slices"

	"gatehouse/tui/filter"
)

// inline is how many rows the event loop may look at itself. What needs more
// goes to the background, and what is typed shows before it is done.
const inline = 1 << 15

// shape says which rows are shown, and in which order.
type shape[R any] struct {
	match *filter.Matcher[R]
	sort  string // a column key with its direction; "": as they came
	cmp   func(a, b R) int
	only  int // not 0: the rows that were marked when this number was drawn
}

func (s shape[R]) filters() bool { return s.only != 0 || !s.match.Empty() }

// narrows tells that what s shows is among what was shown before.
func (s shape[R]) narrows(before shape[R]) bool {
	return s.match.Narrows(before.match) && (before.only == 0 || before.only == s.only)
}

// table is a store with an order and a choice of rows: what is on the screen,
// from the first row to the last. It belongs to the event loop; long work is
// in jobs, which read a snapshot.
type table[R any] struct {
	*store[R]
	want    shape[R]
	shown   shape[R] // behind want while a job runs
	order   []int32  // all rows in the order of shown, if it sorts
	ordered int32    // ids below are in order
	view    []int32  // the rows shown; the same slice as order if all are
	plain   bool     // all rows as they came: view is not used
	only    bitset
	job     *job[R]
	readers int     // parts of jobs, also of given up ones, that still read
	touched []int32 // rows changed while the job runs
	inline  int     // how many rows are looked at without a job

	marks  bitset
	marked int
}

func newTable[R any](key func(R) string) *table[R] {
	return &table[R]{store: newStore(key), plain: true, inline: inline}
}

// size is the number of rows shown.
func (t *table[R]) size() int {
	if t.plain {
		return int(t.n)
	}
	return len(t.view)
}

func (t *table[R]) id(pos int) int32 {
	if t.plain {
		return int32(pos)
	}
	return t.view[pos]
}

// position is where a row is shown, or -1.
func (t *table[R]) position(id int32) int {
	if t.plain {
		return int(id)
	}
	return slices.Index(t.view, id)
}

// nearest is where a row would be if it were shown.
func (t *table[R]) nearest(id int32) int {
	if t.plain {
		return int(id)
	}
	pos, _ := slices.BinarySearchFunc(t.view, id, t.compare)
	return min(pos, len(t.view)-1)
}

// compare orders two ids as they are shown.
func (t *table[R]) compare(a, b int32) int {
	if t.shown.cmp != nil {
		if c := t.shown.cmp(t.at(a), t.at(b)); c != 0 {
			return c
		}
	}
	return cmp.Compare(a, b)
}

func (t *table[R]) passes(id int32) bool {
	return !t.gone.has(id) && (t.shown.only == 0 || t.only.has(id)) && t.shown.match.Match(t.at(id))
}

// mark sets or takes away the mark of a row.
func (t *table[R]) mark(id int32, on bool) {
	switch {
	case t.marks.has(id) == on:
	case on:
		t.marks.set(id)
		t.marked++
	default:
		t.marks.clear(id)
		t.marked--
	}
}

func (t *table[R]) alive(id int32) bool { return !t.gone.has(id) }

// reshape shows other rows or another order. It returns the job to run if that
// takes long.
func (t *table[R]) reshape(want shape[R]) *job[R] {
	t.cancel()
	t.want = want
	return t.rebuild()
}

// rebuild makes what is shown be what is wanted.
func (t *table[R]) rebuild() *job[R] {
	j := t.plan()
	if j == nil || j.cost() <= t.inline {
		t.finish(j)
		return nil
	}
	j.rows = t.lend()
	j.split()
	t.readers += j.parts
	t.job, t.touched = j, nil
	return j
}

// plan finds the least work that leads from what is shown to what is wanted.
// No job at all means that it is all there already.
func (t *table[R]) plan() *job[R] {
	j := &job[R]{owner: t, shape: t.want, only: t.only, rows: rows[R]{t.chunks, t.n, t.gone}}
	sorts := t.want.sort != ""
	switch {
	case sorts && t.want.sort != t.shown.sort:
		j.sorts = true
	case sorts && t.ordered < t.n:
		j.sorts, j.order, j.from = true, t.order, t.ordered
	case sorts:
		j.order = t.order
	}
	if !j.sorts && t.want.sort == t.shown.sort && !t.plain && t.want.narrows(t.shown) {
		j.base = t.view
	} else if sorts {
		j.base = j.order
	}
	if !j.sorts && !t.want.filters() {
		return nil
	}
	return j
}

// finish runs a job on the spot, if there is one, and shows the result.
func (t *table[R]) finish(j *job[R]) {
	if j != nil {
		j.split()
		for part := range j.parts {
			j.run(part)
		}
	}
	t.apply(j)
}

// end notes that a part of a job has ended. True: what is shown has changed.
func (t *table[R]) end(j *job[R]) (changed bool, next *job[R]) {
	t.readers--
	t.lent = t.readers > 0
	j.ended++
	if j != t.job || j.ended < j.parts {
		return false, nil
	}
	t.job = nil
	// Rows that came after the job began are taken in as a whole below.
	touched := slices.DeleteFunc(t.touched, func(id int32) bool { return id >= j.rows.n })
	t.touched = nil
	t.apply(j)
	t.place(touched)
	return true, t.takeTail(j.rows.n)
}

// runHere does the work of a job that was planned and has not begun.
func (t *table[R]) runHere() {
	t.readers -= t.job.parts
	t.lent = t.readers > 0
	t.cancel()
	t.finish(t.plan())
}

func (t *table[R]) cancel() {
	if t.job != nil {
		t.job.stop.Store(true)
		t.job, t.touched = nil, nil
	}
}

func (t *table[R]) apply(j *job[R]) {
	t.shown = t.want
	upTo := t.n
	if j != nil {
		upTo = j.rows.n
	}
	switch {
	case t.want.sort == "":
		t.order, t.ordered = nil, 0
	case j != nil && j.sorts:
		t.order, t.ordered = j.order, upTo
	}
	t.plain = false
	switch {
	case t.want.filters():
		t.view = j.result()
	case t.want.sort != "":
		t.view = t.order
	case t.dead == 0:
		t.plain, t.view = true, nil
	default:
		t.view = t.living()
	}
}

func (t *table[R]) living() []int32 {
	ids := make([]int32, 0, t.live())
	for id := range t.n {
		if t.alive(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// add takes in rows that have arrived. Those whose key is there already
// replace what was there.
func (t *table[R]) add(batch []R) (next *job[R]) {
	from := t.n
	var moved []int32
	for _, row := range batch {
		id, known := t.find(t.key(row))
		switch {
		case !known && t.n < maxRows:
			t.store.add(row)
		case known && !t.change(id, row) && id < from:
			moved = append(moved, id)
		}
	}
	t.place(moved)
	return t.takeTail(from)
}

// takeTail shows the rows from an id on, which have just arrived.
func (t *table[R]) takeTail(from int32) *job[R] {
	switch {
	case from == t.n || t.plain:
		return nil
	case t.shown.sort == "":
		for id := from; id < t.n; id++ {
			if t.passes(id) {
				t.view = append(t.view, id)
			}
		}
		return nil
	case t.job != nil:
		return nil // they are taken in when it ends
	case int(t.n-t.ordered) > t.inline/64 && int(t.n) > t.inline/8:
		return t.rebuild()
	}
	tail := make([]int32, 0, t.n-t.ordered)
	for id := t.ordered; id < t.n; id++ {
		tail = append(tail, id)
	}
	t.ordered = t.n
	t.relocate(tail, true)
	return nil
}

// change replaces a row by a newer one of the same key. It tells whether the
// row can stay where it is shown.
func (t *table[R]) change(id int32, row R) (stays bool) {
	stays = t.plain || t.staysPut(id, row)
	t.replace(id, row)
	t.touch(id)
	return stays
}

// staysPut tells that a new value moves a row neither within what is shown nor
// out of it or into it.
func (t *table[R]) staysPut(id int32, row R) bool {
	old := t.at(id)
	if t.shown.cmp != nil && t.shown.cmp(old, row) != 0 {
		return false
	}
	return t.shown.match.Match(old) == t.shown.match.Match(row)
}

// drop removes rows and their marks.
func (t *table[R]) drop(keys []string) {
	var gone []int32
	for _, key := range keys {
		id, ok := t.find(key)
		if !ok {
			continue
		}
		if t.plain {
			t.plain, t.view = false, t.living()
		}
		t.mark(id, false)
		t.remove(id)
		t.touch(id)
		gone = append(gone, id)
	}
	t.place(gone)
}

func (t *table[R]) touch(id int32) {
	if t.job != nil {
		t.touched = append(t.touched, id)
	}
}

// place puts rows that have changed where they now belong.
func (t *table[R]) place(ids []int32) {
	if t.shown.sort != "" {
		ids = slices.DeleteFunc(ids, func(id int32) bool { return id >= t.ordered })
	}
	if !t.plain && len(ids) > 0 {
		slices.Sort(ids)
		t.relocate(slices.Compact(ids), false)
	}
}

// relocate takes ids out of what is shown and puts them where they belong now.
// Fresh ones are not there yet.
func (t *table[R]) relocate(ids []int32, fresh bool) {
	if t.shown.sort != "" {
		t.order = t.moved(t.order, ids, fresh, t.alive)
		if !t.shown.filters() {
			t.view = t.order
			return
		}
	}
	t.view = t.moved(t.view, ids, fresh, t.passes)
}

func (t *table[R]) moved(list, ids []int32, fresh bool, keep func(int32) bool) []int32 {
	if t.readers > 0 {
		list = slices.Clone(list)
	}
	if !fresh {
		list = without(list, ids)
	}
	in := make([]int32, 0, len(ids))
	for _, id := range ids {
		if keep(id) {
			in = append(in, id)
		}
	}
	slices.SortFunc(in, t.compare)
	return t.merge(list, in)
}

// without takes some ids, which are in order, out of a list. Looking for one
// is so much faster than asking each that it pays for a few.
func without(list, ids []int32) []int32 {
	if len(ids) > 8 {
		return slices.DeleteFunc(list, func(id int32) bool {
			_, found := slices.BinarySearch(ids, id)
			return found
		})
	}
	for _, id := range ids {
		if at := slices.Index(list, id); at >= 0 {
			list = slices.Delete(list, at, at+1)
		}
	}
	return list
}

// merge puts sorted ids into a sorted list, from the end, in its own memory.
func (t *table[R]) merge(list, in []int32) []int32 {
	end := len(list)
	list = append(list, in...)
	to := len(list)
	for k := len(in) - 1; k >= 0; k-- {
		at, _ := slices.BinarySearchFunc(list[:end], in[k], t.compare)
		to -= copy(list[to-(end-at):to], list[at:end])
		end = at
		to--
		list[to] = in[k]
	}
	return list
}
