// Package sheet shows how a job of many changes goes and how each of them
// ended, what did not succeed first.
package sheet

import (
	"slices"
	"time"
	"unicode/utf8"
)

// End is how one change stands.
type End uint8

// The ends. The first two are not ends yet.
const (
	Waiting  End = iota
	Running      // sent, no answer yet
	Done         // acknowledged
	Accepted     // acknowledged; the system goes on by itself
	Refused      // answered with an error
	Unknown      // sent, no answer came: it may have happened
	NotSent      // never sent
	ends
)

// String is the word for the end.
func (e End) String() string {
	return [...]string{"waiting", "running", "done", "accepted", "refused", "unknown", "not sent"}[e]
}

// Over tells whether it is an end.
func (e End) Over() bool { return e >= Done }

// Good tells whether what was asked for has happened or is happening.
func (e End) Good() bool { return e == Done || e == Accepted }

// order is how the list is sorted: what needs attention comes first.
func (e End) order() int {
	return [...]int{Unknown: 0, Refused: 1, NotSent: 2, Running: 3, Waiting: 4, Accepted: 5, Done: 6}[e]
}

// Item is one change.
type Item struct {
	Name   string
	End    End
	Words  string // what happened, in a line
	Detail string // all that is known; "" where Words are all
}

// Job is the state of a job. It belongs to the event loop, and outlives the
// sheets that show it.
type Job struct {
	now        func() time.Time
	items      []Item
	counts     [ends]int
	started    time.Time
	ended      time.Time // zero: it runs
	cancelling bool
	version    int // of what is shown
	fresh      int // how many have ended since the start
	sorted     []int
	sortedAt   int
}

// NewJob makes a job that has not started.
func NewJob(now func() time.Time) *Job { return &Job{now: now, version: 1} }

// Start begins with the names of what is to be done.
func (j *Job) Start(names []string) {
	j.items = make([]Item, len(names))
	for i, n := range names {
		j.items[i].Name = cut(n, maxLine)
	}
	j.counts = [ends]int{Waiting: len(names)}
	j.begin()
}

// Again begins anew with some of the items; the others keep their ends.
func (j *Job) Again(items []int) {
	for _, i := range items {
		j.set(i, Waiting, "", "")
	}
	j.begin()
}

func (j *Job) begin() {
	j.started, j.ended, j.cancelling, j.fresh = j.now(), time.Time{}, false, 0
	j.version++
}

// Set tells how an item stands, in a line.
func (j *Job) Set(i int, end End, words string) { j.Tell(i, end, words, "") }

// Tell is Set with the full text.
func (j *Job) Tell(i int, end End, words, detail string) {
	if i < 0 || i >= len(j.items) || end >= ends {
		return
	}
	if end.Over() && !j.items[i].End.Over() {
		j.fresh++
	}
	j.set(i, end, cut(words, maxLine), cut(detail, maxDetail))
}

// A job keeps this much of a text at most: a backend may answer each of ten
// thousand changes with a page of HTML.
const (
	maxLine   = 1 << 10
	maxDetail = 16 << 10
)

// cut keeps the start of s, and says so.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + " … (cut)"
}

func (j *Job) set(i int, end End, words, detail string) {
	it := &j.items[i]
	j.counts[it.End]--
	j.counts[end]++
	it.End, it.Words, it.Detail = end, words, detail
	j.version++
}

// Finish ends the job: what was never sent is called so, and what has no
// answer is unknown.
func (j *Job) Finish() {
	for i, it := range j.items {
		switch it.End {
		case Waiting:
			j.set(i, NotSent, it.Words, it.Detail)
		case Running:
			j.set(i, Unknown, it.Words, it.Detail)
		}
	}
	j.ended = j.now()
	j.version++
}

// Cancelling notes that the job was asked to end.
func (j *Job) Cancelling() {
	j.cancelling = true
	j.version++
}

// Finished tells whether the job is over.
func (j *Job) Finished() bool { return !j.ended.IsZero() }

// Len is the number of items.
func (j *Job) Len() int { return len(j.items) }

// Item is one of them.
func (j *Job) Item(i int) Item { return j.items[i] }

// Count is how many items stand so.
func (j *Job) Count(e End) int { return j.counts[e] }

// Over is how many items have ended.
func (j *Job) Over() int {
	return len(j.items) - j.counts[Waiting] - j.counts[Running]
}

// Rest are the items that have ended, but not well.
func (j *Job) Rest() []int {
	var rest []int
	for i, it := range j.items {
		if it.End.Over() && !it.End.Good() {
			rest = append(rest, i)
		}
	}
	return rest
}

// Rate is how many items end in a second, or 0 while that cannot be said.
func (j *Job) Rate() float64 {
	until := j.ended
	if until.IsZero() {
		until = j.now()
	}
	took := until.Sub(j.started).Seconds()
	if took < 0.1 || j.fresh == 0 {
		return 0
	}
	return float64(j.fresh) / took
}

// order gives the items as they are listed. It is sorted anew only when an
// item has changed.
func (j *Job) order() []int {
	if j.sortedAt == j.version {
		return j.sorted
	}
	j.sorted = j.sorted[:0]
	for i := range j.items {
		j.sorted = append(j.sorted, i)
	}
	slices.SortStableFunc(j.sorted, func(a, b int) int {
		return j.items[a].End.order() - j.items[b].End.order()
	})
	j.sortedAt = j.version
	return j.sorted
}
