package list

import "hash/maphash"

// index finds the id of a key. It is a table with open addressing that holds
// no keys, only ids: four bytes a slot, where a map of strings takes forty a
// row. The upper bits of a slot are bits of the hash, so that a row is hardly
// ever looked at in vain.
type index struct {
	seed  maphash.Seed
	slots []uint32 // tag<<idBits | id+1; 0: never used, freed: used once
	used  int      // slots that are not 0
	live  int      // of these, not freed
}

const (
	idBits = 22
	idMask = 1<<idBits - 1
	freed  = idMask // an id that is not given
)

func (x *index) find(key string, keyOf func(int32) string) (int32, bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	at, tag := x.start(key)
	for {
		switch slot := x.slots[at]; {
		case slot == 0:
			return 0, false
		case slot&^idMask == tag && slot != tag|freed:
			if id := int32(slot&idMask) - 1; keyOf(id) == key {
				return id, true
			}
		}
		at = (at + 1) & (len(x.slots) - 1)
	}
}

func (x *index) add(key string, id int32, keyOf func(int32) string) {
	if (x.used+1)*8 > len(x.slots)*7 {
		x.grow(keyOf)
	}
	at, tag := x.start(key)
	for x.slots[at] != 0 {
		at = (at + 1) & (len(x.slots) - 1)
	}
	x.slots[at] = tag | uint32(id+1)
	x.used++
	x.live++
}

func (x *index) remove(key string, id int32) {
	if len(x.slots) == 0 {
		return
	}
	at, tag := x.start(key)
	for x.slots[at] != 0 {
		if x.slots[at] == tag|uint32(id+1) {
			x.slots[at] = tag | freed
			x.live--
			return
		}
		at = (at + 1) & (len(x.slots) - 1)
	}
}

// start is where the search for a key begins, and the tag of its slots.
func (x *index) start(key string) (at int, tag uint32) {
	h := maphash.String(x.seed, key)
	return int(h & uint64(len(x.slots)-1)), uint32(h>>32) &^ idMask
}

// grow makes room: freed slots go, and where that is not enough the table
// doubles.
func (x *index) grow(keyOf func(int32) string) {
	old := x.slots
	size := max(64, len(old))
	if x.live*2 > size {
		size *= 2
	}
	x.slots, x.used, x.live = make([]uint32, size), 0, 0
	for _, slot := range old {
		if id := slot & idMask; id != 0 && id != freed {
			x.add(keyOf(int32(id)-1), int32(id)-1, keyOf)
		}
	}
}
