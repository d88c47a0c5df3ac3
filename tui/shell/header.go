package shell

import (
	"fmt"

	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// piece is one part of a line whose parts leave by rank when it gets narrow.
type piece struct {
	gap  safetext.Safe // before it, if it is not the first
	text safetext.Safe
	pen  term.Pen
	rank int // the highest leaves first; 0 never
}

// drawHeader shows where one is at the left and how things stand at the right.
// The context never leaves: a write on the wrong system is the worst mistake.
func (s *Shell) drawHeader(c *term.Canvas, l layout) {
	left, right := s.whereParts(), s.stateParts()
	for rank := 9; rank > 0 && width(left)+width(right)+4 > s.w; rank-- {
		left, right = without(left, rank), without(right, rank)
	}
	end := s.w - 1
	if n := width(right); n > 0 {
		draw(c, end-n, l.header, right)
		end -= n + 2
	}
	draw(c.Sub(0, 0, max(0, end), s.h), 1, l.header, left)
}

func (s *Shell) whereParts() []piece {
	h := s.cfg.Header()
	name := h.Pen
	if name == "" {
		name = s.pen(theme.Title)
	}
	parts := []piece{{text: s.cfg.Program, pen: s.pen(theme.Dim), rank: 8}}
	add := func(gap, text safetext.Safe, pen term.Pen, rank int) {
		if text != "" {
			parts = append(parts, piece{gap, text, pen, rank})
		}
	}
	more := safetext.Safe(" ▾ ")
	if s.env.Theme.Options().ASCII {
		more = " "
	}
	add("  ", h.Context, name, 0)
	add(" ", h.Mark, name, 2)
	add(more, h.Driver, s.pen(theme.Plain), 6)
	add(" "+s.env.Theme.Signs.Dot+" ", h.Identity, s.pen(theme.Plain), 5)
	return parts
}

func (s *Shell) stateParts() []piece {
	var parts []piece
	add := func(text safetext.Safe, tone theme.Tone, rank int) {
		if text != "" {
			parts = append(parts, piece{"   ", text, s.pen(tone), rank})
		}
	}
	switch s.cfg.Connection().Link {
	case Slow:
		add("slow", theme.Warn, 4)
	case Offline:
		add("offline", theme.Bad, 1)
	}
	if s.locked() {
		add(s.lockText(), theme.Dim, 3)
	} else {
		add(s.lockText(), theme.Warn, 3)
	}
	if n := s.cfg.Jobs.Running(); n == 1 {
		add("1 job", theme.Accent, 4)
	} else if n > 1 {
		add(safetext.Clean(fmt.Sprintf("%d jobs", n)), theme.Accent, 4)
	}
	add(s.clockTime(s.env.Now()), theme.Dim, 7)
	return parts
}

func width(parts []piece) int {
	n := 0
	for i, p := range parts {
		if i > 0 {
			n += safetext.Width(p.gap)
		}
		n += safetext.Width(p.text)
	}
	return n
}

func without(parts []piece, rank int) []piece {
	var out []piece
	for _, p := range parts {
		if p.rank != rank {
			out = append(out, p)
		}
	}
	return out
}

func draw(c *term.Canvas, x, y int, parts []piece) {
	for i, p := range parts {
		if i > 0 {
			x = c.Text(x, y, p.pen, p.gap)
		}
		x = c.Text(x, y, p.pen, p.text)
	}
}
