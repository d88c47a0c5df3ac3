package shell

// The smallest window that everything works in.
const (
	minWidth  = 40
	minHeight = 10
)

// rect is a part of the window.
type rect struct{ x, y, w, h int }

// layout is which line of the window belongs to what; -1: that line has left.
type layout struct {
	tooSmall                  bool
	header, tabs, crumb, rule int
	room                      rect
	banner                    int // its last line; the others are above it
	footer                    int
}

// layout divides the window. Lines leave by importance when it is low: first
// the upper rule, then the tabs, whose number keys work all the same. The line
// above the footer is a rule until there is something to say; what needs more
// lines than one takes them from the room.
func (s *Shell) layout() layout {
	l := layout{header: -1, tabs: -1, crumb: -1, rule: -1, banner: -1, footer: -1}
	if s.w < minWidth || s.h < minHeight {
		l.tooSmall = true
		return l
	}
	y := 0
	next := func() int { y++; return y - 1 }
	l.header = next()
	if s.h >= 13 {
		l.tabs = next()
	}
	l.crumb = next()
	if s.h >= 16 {
		l.rule = next()
	}
	l.footer, l.banner = s.h-1, s.h-2
	_, lines := s.bannerLines(s.mostBanner())
	l.room = rect{0, y, s.w, s.h - 2 - max(0, len(lines)-1) - y}
	return l
}

// mostBanner is how many lines may be said above the footer.
func (s *Shell) mostBanner() int {
	switch {
	case s.h >= 16:
		return 4
	case s.top() != nil:
		return 1
	}
	return 2
}
