package shell

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
)

// tab is a stack of screens; the last one is shown.
type tab struct {
	spec  Tab
	stack []*placed
	title safetext.Safe // the one that its action carries
}

// placed is a screen with the size it was last told.
type placed struct {
	screen tui.Screen
	w, h   int
	front  bool
}

func (t *tab) top() *placed {
	if len(t.stack) == 0 {
		return nil
	}
	return t.stack[len(t.stack)-1]
}

// front is the screen that is shown, or nil without tabs.
func (s *Shell) front() *placed {
	if len(s.tabs) == 0 {
		return nil
	}
	return s.tabs[s.at].top()
}

// toFront makes the tab's first screen if it has none yet, and tells the
// screens who is in front now.
func (s *Shell) toFront() tea.Cmd {
	if len(s.tabs) == 0 {
		return nil
	}
	var cmds []tea.Cmd
	if t := s.tabs[s.at]; len(t.stack) == 0 {
		cmds = append(cmds, s.place(t.spec.Root()))
	}
	now := s.front()
	for _, t := range s.tabs {
		for _, p := range t.stack {
			if p.front == (p == now) {
				continue
			}
			p.front = p == now
			if f, wants := p.screen.(tui.Fronted); wants {
				cmds = append(cmds, f.Front(p.front))
			}
		}
	}
	return tea.Batch(cmds...)
}

// place puts a screen on the stack of the tab in front.
func (s *Shell) place(screen tui.Screen) tea.Cmd {
	p := &placed{screen: screen, w: -1, h: -1}
	t := s.tabs[s.at]
	t.stack = append(t.stack, p)
	s.fit()
	return screen.Init()
}

func (s *Shell) push(screen tui.Screen) tea.Cmd {
	if len(s.tabs) == 0 {
		screen.Close()
		return nil
	}
	return tea.Batch(s.place(screen), s.toFront())
}

// pop goes one screen back; the first screen of a tab stays.
func (s *Shell) pop() tea.Cmd {
	if len(s.tabs) == 0 {
		return nil
	}
	return s.popTo(len(s.tabs[s.at].stack) - 1)
}

// popTo closes the screens of the tab in front until n are left.
func (s *Shell) popTo(n int) tea.Cmd {
	if len(s.tabs) == 0 {
		return nil
	}
	t := s.tabs[s.at]
	for len(t.stack) > max(1, n) {
		top := t.top()
		t.stack = t.stack[:len(t.stack)-1]
		top.screen.Close()
	}
	return s.toFront()
}

func (s *Shell) showTab(id string) tea.Cmd {
	for i, t := range s.tabs {
		if t.spec.ID == id {
			s.at = i
			return s.toFront()
		}
	}
	return nil
}

func (s *Shell) turn(by int) tea.Cmd {
	n := len(s.tabs)
	if n == 0 {
		return nil
	}
	s.at = (s.at + by + n) % n
	return s.toFront()
}

// closeAll closes every modal and screen.
func (s *Shell) closeAll() {
	for len(s.modals) > 0 {
		s.shut(s.modals[len(s.modals)-1].modal.ID())
	}
	for _, t := range s.tabs {
		for _, p := range t.stack {
			p.screen.Close()
		}
		t.stack = nil
	}
}

func (s *Shell) reset() tea.Cmd {
	s.closeAll()
	return s.toFront()
}

// back undoes one thing: an error that stands there, then what the screen can
// undo, then the screen itself.
func (s *Shell) back() tea.Cmd {
	if s.toasts.dismissError() {
		return nil
	}
	p := s.front()
	if p == nil || p.screen.Escape() {
		return nil
	}
	return s.pop()
}

// fit tells the screen in front how much room it has, if that has changed.
func (s *Shell) fit() {
	p := s.front()
	if p == nil {
		return
	}
	room := s.layout().room
	if room.w != p.w || room.h != p.h {
		p.w, p.h = room.w, room.h
		p.screen.Resize(room.w, room.h)
	}
}
