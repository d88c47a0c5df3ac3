package shell

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
)

// byMachine is a gap between two keys that no hand leaves: the second belongs
// to a paste without brackets or to what was typed ahead.
const byMachine = 20 * time.Millisecond

// box is a modal on the stack.
type box struct {
	modal tui.Modal
	// burst is true until a hand has pressed a key: what follows the key that
	// opened the modal faster than that belongs to the same burst.
	burst bool
}

func (s *Shell) top() *box {
	if len(s.modals) == 0 {
		return nil
	}
	return s.modals[len(s.modals)-1]
}

func (s *Shell) open(m tui.Modal) tea.Cmd {
	s.modals = append(s.modals, &box{modal: m, burst: true})
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

// deaf tells whether the modal must not get this key. Beside what the modal
// itself does not want to hear, that is the rest of a burst in which it was
// opened: all of it where nothing is typed, else its line ends.
func (b *box) deaf(k tea.KeyMsg, gap time.Duration) bool {
	b.burst = b.burst && gap < byMachine
	deaf := b.modal.Deaf(k) // asked in any case: it may begin its silence anew
	if !b.burst || k.Paste {
		return deaf
	}
	return deaf || !b.modal.TypingText() || k.Type == tea.KeyEnter
}

// escape lets the modal undo one thing or go.
func (s *Shell) escape(b *box) tea.Cmd {
	gone, cmd := b.modal.Escape()
	if gone {
		s.shut(b.modal.ID())
	}
	return cmd
}
