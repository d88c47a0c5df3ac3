package term

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Pen is how a cell is drawn: the parameters of an SGR sequence, such as
// "1;31" for bold red. The empty pen is the terminal's default. Pens come from
// PenOf, so that lipgloss stays the one styling language.
type Pen string

// PenOf is the pen that a style draws with: its colours as its renderer gives
// them on this terminal, and its attributes. Without colours (NO_COLOR) the
// attributes stay, because meaning hangs on bold and reverse then. Frames,
// padding and sizes are not part of a pen.
func PenOf(s lipgloss.Style) Pen {
	probe := s.Inline(true).UnsetWidth().UnsetMaxWidth().UnsetTransform().UnsetString().Render("x")
	if strings.Contains(probe, "\x1b[") {
		return penAtFirstCell(probe)
	}
	var params []string
	for _, a := range []struct {
		on    bool
		param string
	}{
		{s.GetBold(), "1"}, {s.GetFaint(), "2"}, {s.GetItalic(), "3"}, {s.GetUnderline(), "4"},
		{s.GetBlink(), "5"}, {s.GetReverse(), "7"}, {s.GetStrikethrough(), "9"},
	} {
		if a.on {
			params = append(params, a.param)
		}
	}
	return Pen(strings.Join(params, ";"))
}

// Add draws q over p: both take effect, and where they differ q decides.
func (p Pen) Add(q Pen) Pen {
	switch {
	case p == "" || p == q:
		return q
	case q == "":
		return p
	}
	return parsePen(p).apply(string(q)).pen()
}

// penAtFirstCell is the pen in force when the first character is drawn.
func penAtFirstCell(ansi string) Pen {
	var st sgr
	for sc := (ansiScanner{rest: ansi}); sc.next(); {
		if sc.text != "" {
			break
		}
		st = st.apply(sc.sgr)
	}
	return st.pen()
}
