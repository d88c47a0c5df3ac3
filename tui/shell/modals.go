package shell

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
)

const (
	// quiet is how long a modal that has come to the top is deaf: what was
	// typed before it was seen cannot answer it.
	quiet = 400 * time.Millisecond
	// byMachine is a gap between two keys that no hand leaves: the second
	// belongs to a paste or to what was typed ahead.
	byMachine = 20 * time.Millisecond
)

// box is a modal on the stack.
type box struct {
	modal  tui.Modal
	top    bool      // it was on top after the last message
	deafTo time.Time // until then, keys it is deaf to are swallowed
}

func (s *Shell) top() *box {
	if len(s.modals) == 0 {
		return nil
	}
	return s.modals[len(s.modals)-1]
}

func (s *Shell) open(m tui.Modal) tea.Cmd {
	s.modals = append(s.modals, &box{modal: m})
	return m.Init()
}

// shut takes a modal off the stack, wherever in it it is.
func (s *Shell) shut(id tui.ID) {
	i := slices.IndexFunc(s.modals, func(b *box) bool { return b.modal.ID() == id })
	if i < 0 {
		return
	}
	gone := s.modals[i]
	s.modals = slices.Delete(s.modals, i, i+1)
	gone.modal.Close()
}

// guardTop starts the guard of a modal that has come to the top, by being
// opened or because the one above it has gone.
func (s *Shell) guardTop() {
	for i, b := range s.modals {
		top := i == len(s.modals)-1
		if top && !b.top {
			b.deafTo = s.env.Now().Add(quiet)
		}
		b.top = top
	}
}

// deaf tells whether the modal must not get this key yet. While it is deaf,
// each swallowed key makes it stay so for longer, and so does each key that
// follows the last one faster than a hand does. Where nothing is typed, every
// key does.
func (b *box) deaf(k tea.KeyMsg, now time.Time, gap time.Duration) bool {
	if !now.Before(b.deafTo) {
		return false
	}
	swallow := b.modal.Deaf(k)
	if swallow || gap < byMachine || !b.modal.TypingText() {
		b.deafTo = now.Add(quiet)
	}
	return swallow
}

// escape lets the modal undo one thing or go.
func (s *Shell) escape(b *box) tea.Cmd {
	gone, cmd := b.modal.Escape()
	if gone {
		s.shut(b.modal.ID())
	}
	return cmd
}
