package shell

import (
	"strconv"

	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// tabDetail is how much the tab line says.
type tabDetail uint8

const (
	withCounts tabDetail = iota
	withTitles
	numbersOnly // and the title of the tab in front
)

// drawTabs shows the tabs with as much detail as the line holds.
func (s *Shell) drawTabs(c *term.Canvas, l layout) {
	if l.tabs < 0 {
		return
	}
	var parts []piece
	for d := withCounts; d <= numbersOnly; d++ {
		if parts = s.tabParts(d); width(parts)+2 <= s.w {
			break
		}
	}
	draw(c, 1, l.tabs, parts)
}

func (s *Shell) tabParts(d tabDetail) []piece {
	var parts []piece
	separator := piece{text: " " + s.env.Theme.Signs.Separator + " ", pen: s.pen(theme.Dim)}
	for i, t := range s.tabs {
		number, text := s.pen(theme.Key), s.pen(theme.Plain)
		if i == s.at {
			number, text = s.pen(theme.Cursor), s.pen(theme.Cursor)
		}
		if i > 0 {
			parts = append(parts, separator)
		}
		parts = append(parts,
			piece{text: safetext.Clean(strconv.Itoa(i + 1)), pen: number},
			piece{text: t.label(d, i == s.at), pen: text})
	}
	return parts
}

// label is what stands behind the number.
func (t *tab) label(d tabDetail, front bool) safetext.Safe {
	if d == numbersOnly && !front {
		return ""
	}
	label := " " + t.spec.Title()
	if d == withCounts && t.spec.Count != nil {
		if n := t.spec.Count(); n != "" {
			label += " " + safetext.Clean(n)
		}
	}
	return label
}
