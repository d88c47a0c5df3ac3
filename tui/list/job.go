package list

import (
	"cmp"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// job sorts and filters a snapshot of the rows, away from the event loop. Its
// parts run at the same time; each writes into a stretch of its own.
type job[R any] struct {
	owner *table[R]
	rows  rows[R]
	shape shape[R]
	only  bitset
	sorts bool
	order []int32 // sorted before; with sorts, the rows from an id on are still to come in
	from  int32
	base  []int32 // what is filtered; nil: all rows as they came
	stop  atomic.Bool

	parts int
	room  sync.Once // for out, made by the part that is first
	out   []int32
	found []int // of each part
	ended int   // parts the event loop has heard of
}

// stride is after how many rows a job looks whether it is still wanted.
const stride = 1 << 12

// cost is about how many rows have to be looked at.
func (j *job[R]) cost() int {
	n := 0
	if j.shape.filters() {
		n = j.filtered()
	}
	if j.sorts {
		fresh := int(j.rows.n - j.from)
		n += fresh*bits.Len(uint(fresh)) + len(j.order)
	}
	return n
}

// filtered is the number of rows to filter.
func (j *job[R]) filtered() int {
	if j.base == nil {
		return int(j.rows.n)
	}
	return len(j.base)
}

// split decides how many parts there are. Sorting is one.
func (j *job[R]) split() {
	j.parts = 1
	if !j.sorts && j.filtered() > j.owner.inline {
		j.parts = min(4, runtime.GOMAXPROCS(0))
	}
	j.found = make([]int, j.parts)
}

func (j *job[R]) run(part int) {
	if j.sorts {
		j.sort()
		j.base = j.order
	}
	if j.shape.filters() {
		j.room.Do(func() { j.out = make([]int32, j.filtered()) })
		j.filter(part)
	}
}

func (j *job[R]) sort() {
	tail := make([]int32, 0, j.rows.n-j.from)
	for id := j.from; id < j.rows.n; id++ {
		if !j.rows.gone.has(id) {
			tail = append(tail, id)
		}
	}
	slices.SortFunc(tail, j.compare)
	if j.from == 0 {
		j.order = tail
		return
	}
	merged := make([]int32, 0, len(j.order)+len(tail))
	for i := 0; i < len(j.order) && !j.stop.Load(); i++ {
		for len(tail) > 0 && j.compare(tail[0], j.order[i]) < 0 {
			merged, tail = append(merged, tail[0]), tail[1:]
		}
		merged = append(merged, j.order[i])
	}
	j.order = append(merged, tail...)
}

// compare orders two rows. Once the job is given up all are equal, so that
// sorting soon ends.
func (j *job[R]) compare(a, b int32) int {
	if j.stop.Load() {
		return 0
	}
	if c := j.shape.cmp(j.rows.at(a), j.rows.at(b)); c != 0 {
		return c
	}
	return cmp.Compare(a, b)
}

func (j *job[R]) filter(part int) {
	n := len(j.out)
	from, to := part*n/j.parts, (part+1)*n/j.parts
	out := j.out[from:from]
	for at := from; at < to && !j.stop.Load(); at += stride {
		out = j.stretch(out, at, min(at+stride, to))
	}
	j.found[part] = len(out)
}

func (j *job[R]) stretch(out []int32, from, to int) []int32 {
	for i := from; i < to; i++ {
		id := int32(i)
		if j.base != nil {
			id = j.base[i]
		} else if j.rows.gone.has(id) {
			continue
		}
		if (j.shape.only == 0 || j.only.has(id)) && j.shape.match.Match(j.rows.at(id)) {
			out = append(out, id)
		}
	}
	return out
}

// result is what the parts have found, together. Much unused room is given
// back.
func (j *job[R]) result() []int32 {
	n := len(j.out)
	out := j.out[:j.found[0]]
	for part := 1; part < j.parts; part++ {
		from := part * n / j.parts
		out = append(out, j.out[from:from+j.found[part]]...)
	}
	if len(out) < cap(out)/4 {
		return slices.Clone(out)
	}
	return out
}
