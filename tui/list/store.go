package list

import (
	"hash/maphash"
	"iter"
	"math/bits"
	"slices"
)

// Rows are held in chunks, so that a list grows without copying, and a
// background job can go on reading while a row is replaced.
const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
	chunkMask = chunkSize - 1
)

// maxRows is how many ids the index can tell apart; nobody scrolls further.
const maxRows = 1<<idBits - 2

// store holds the rows. Each has an id: its place in the order of arrival.
// Ids of removed rows are not used again.
type store[R any] struct {
	key    func(R) string
	chunks []*[chunkSize]R
	n      int32  // ids given
	gone   bitset // ids of removed rows
	dead   int32
	lent   bool // a job may be reading: replace chunks instead of writing into them
	index  index
}

func newStore[R any](key func(R) string) *store[R] {
	return &store[R]{key: key, index: index{seed: maphash.MakeSeed()}}
}

func (s *store[R]) at(id int32) R { return s.chunks[id>>chunkBits][id&chunkMask] }

func (s *store[R]) live() int { return int(s.n - s.dead) }

func (s *store[R]) find(key string) (id int32, ok bool) {
	return s.index.find(key, func(id int32) string { return s.key(s.at(id)) })
}

// add appends a row whose key is not there yet.
func (s *store[R]) add(row R) int32 {
	id := s.n
	if id&chunkMask == 0 {
		s.chunks = append(s.chunks, new([chunkSize]R))
	}
	s.chunks[id>>chunkBits][id&chunkMask] = row
	s.n++
	s.index.add(s.key(row), id, func(id int32) string { return s.key(s.at(id)) })
	return id
}

// replace puts a row in the place of one with the same key.
func (s *store[R]) replace(id int32, row R) {
	s.chunkForWriting(id)[id&chunkMask] = row
}

func (s *store[R]) remove(id int32) {
	s.index.remove(s.key(s.at(id)), id)
	s.gone.set(id)
	s.dead++
	// The row itself stays until the next refresh: a job may still look at it.
}

func (s *store[R]) chunkForWriting(id int32) *[chunkSize]R {
	c := id >> chunkBits
	if s.lent {
		s.chunks = slices.Clone(s.chunks)
		copied := *s.chunks[c]
		s.chunks[c] = &copied
	}
	return s.chunks[c]
}

// lend gives a view of the rows that stays as it is.
func (s *store[R]) lend() rows[R] {
	s.lent = true
	return rows[R]{s.chunks, s.n, slices.Clone(s.gone)}
}

// rows are the rows of a store at one moment. New ones are only written behind
// n, where a reader does not look.
type rows[R any] struct {
	chunks []*[chunkSize]R
	n      int32
	gone   bitset
}

func (r *rows[R]) at(id int32) R { return r.chunks[id>>chunkBits][id&chunkMask] }

// bitset is a set of ids. The nil bitset is empty.
type bitset []uint64

func (b bitset) has(id int32) bool {
	w := int(id >> 6)
	return w < len(b) && b[w]&(1<<(id&63)) != 0
}

func (b *bitset) set(id int32) {
	w := int(id >> 6)
	if w >= len(*b) {
		*b = append(*b, make([]uint64, w+1-len(*b))...)
	}
	(*b)[w] |= 1 << (id & 63)
}

func (b bitset) clear(id int32) {
	if w := int(id >> 6); w < len(b) {
		b[w] &^= 1 << (id & 63)
	}
}

// all are the ids in the set, in order.
func (b bitset) all() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for w, word := range b {
			for ; word != 0; word &= word - 1 {
				if !yield(int32(w<<6 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}
