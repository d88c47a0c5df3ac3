package flow

// Scroll is the place in something that is higher than its box.
type Scroll struct {
	Top    int
	shown  int
	height int // of all
}

// Fit says how much is shown of how much; the place stays as good as it can.
func (s *Scroll) Fit(shown, all int) int {
	s.shown, s.height = max(1, shown), all
	s.Top = max(0, min(s.Top, all-s.shown))
	return s.Top
}

// Shown is how many lines were shown last.
func (s *Scroll) Shown() int { return s.shown }

// Key moves by the key of that name, and tells whether it is one that moves.
func (s *Scroll) Key(name string) bool {
	switch name {
	case "up":
		s.Top--
	case "down":
		s.Top++
	case "pgup", "ctrl+u":
		s.Top -= s.shown
	case "pgdown", "ctrl+d":
		s.Top += s.shown
	case "home":
		s.Top = 0
	case "end":
		s.Top = s.height
	default:
		return false
	}
	s.Fit(s.shown, s.height)
	return true
}

// Show moves as little as needed for the lines from first up to last to be
// shown; where they do not fit, the first is.
func (s *Scroll) Show(first, last int) {
	if last >= s.Top+s.shown {
		s.Top = last - s.shown + 1
	}
	if first < s.Top {
		s.Top = first
	}
	s.Fit(s.shown, s.height)
}
