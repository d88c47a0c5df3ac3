package list

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// flashTime is for how long a row shows that it has just changed.
const flashTime = 1500 * time.Millisecond

type flash struct {
	id    int32
	until time.Time
}

// flashEnded says that what was lit up until then is over.
type flashEnded struct{ until time.Time }

// flash lights up those of some rows that are visible.
func (l *List[R]) flash(keys []string) tea.Cmd {
	until := l.env.Now().Add(flashTime)
	began := false
	for _, key := range keys {
		id, ok := l.now.find(key)
		if !ok || !l.visible(id) {
			continue
		}
		l.flashes = append(l.flashes, flash{id, until})
		began = true
	}
	if !began {
		return nil
	}
	return l.after(flashTime, flashEnded{until})
}

func (l *List[R]) visible(id int32) bool {
	for pos := l.top; pos < min(l.top+l.layout().rows, l.now.size()); pos++ {
		if l.now.id(pos) == id {
			return true
		}
	}
	return false
}

// endFlashes puts out those that are over.
func (l *List[R]) endFlashes(now time.Time) bool {
	before := len(l.flashes)
	kept := l.flashes[:0]
	for _, f := range l.flashes {
		if f.until.After(now) {
			kept = append(kept, f)
		}
	}
	l.flashes = kept
	return len(kept) < before
}

func (l *List[R]) isFlashing(id int32) bool {
	for _, f := range l.flashes {
		if f.id == id {
			return true
		}
	}
	return false
}
