package records

import (
	"gatehouse/tui/flow"
	"gatehouse/tui/inspect"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

const (
	// wide is the width from which on the record under the cursor is shown
	// beside the list.
	wide     = 140
	paneLeft = 100 // columns that the list keeps
	widest   = 64  // of the pane
)

// Resize implements tui.Screen.
func (s *Screen) Resize(w, h int) {
	s.w, s.h, s.pane = w, h, 0
	if w >= wide {
		s.pane = min(widest, w-paneLeft)
	}
	s.resizeList()
}

func (s *Screen) resizeList() {
	if s.list == nil {
		return
	}
	w := s.w
	if s.pane > 0 {
		w -= s.pane + 1
	}
	s.list.Resize(w, s.h)
}

// Scope tells in the breadcrumb what narrows the rows, so that nobody takes
// those shown for all there are.
func (s *Screen) Scope() safetext.Safe {
	if s.list == nil {
		return ""
	}
	return s.list.Scope()
}

// Draw implements tui.Screen.
func (s *Screen) Draw(c *term.Canvas) {
	w, h := c.Size()
	if w != s.w || h != s.h {
		s.Resize(w, h)
	}
	if s.list == nil {
		s.drawCalm(c, w, h)
		return
	}
	if s.pane == 0 {
		s.list.Draw(c)
		return
	}
	left := w - s.pane - 1
	s.list.Draw(c.Sub(0, 0, left, h))
	for y := range h {
		c.Text(left, y, s.Env.Theme.Pen(theme.Dim), s.Env.Theme.Signs.Separator)
	}
	if r, ok := s.list.Current(); ok {
		inspect.DrawPane(c.Sub(left+1, 0, s.pane, h), s.Env, s.page(r, nil))
	}
}

// drawCalm says in the middle of the room why there is no list.
func (s *Screen) drawCalm(c *term.Canvas, w, h int) {
	tone, text := s.calm()
	lines := flow.Wrap(text, min(64, max(1, w-4)))
	y := max(0, (h-len(lines))/3)
	for i, line := range lines {
		c.Text(max(0, (w-safetext.Width(line))/2), y+i, s.Env.Theme.Pen(tone), line)
	}
}

func (s *Screen) calm() (theme.Tone, safetext.Safe) {
	if s.Session.Backend() != nil {
		return theme.Plain, safetext.Clean(s.listed().Why)
	}
	url := s.Session.Target().URL
	_, why, down := s.Session.Link().Down()
	switch {
	case down && why != nil:
		return theme.Dim, safetext.Clean("No answer from " + url + " yet. It is tried again by itself.")
	case s.Session.Opening():
		return theme.Dim, safetext.Clean("Connecting to "+url) + s.Env.Theme.Signs.More
	}
	return theme.Dim, safetext.Clean("Not signed in to " + url + ".")
}
