// Package inspect shows the fields of one record: as a page with a cursor, in
// a screen or a modal, and as a pane beside a list.
package inspect

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// Record is what is shown.
type Record struct {
	Title  safetext.Safe
	Fields []Field
}

// Field is one label with its value.
type Field struct {
	Label  safetext.Safe
	Lines  []safetext.Safe // the value; one line for most
	Sign   safetext.Safe   // before the value: says without colour what the tone says
	Tone   theme.Tone
	Copy   string         // what is copied: the original, never a secret; "" cannot be
	Follow func() tea.Cmd // where enter leads; nil: the value is no link
}

// text is the value with its sign and the sign of a link.
func (f *Field) text(link safetext.Safe) []safetext.Safe {
	lines := append([]safetext.Safe(nil), f.Lines...)
	if len(lines) == 0 {
		lines = []safetext.Safe{""}
	}
	if f.Sign != "" {
		lines[0] = f.Sign + " " + lines[0]
	}
	if f.Follow != nil {
		lines[len(lines)-1] += " " + link
	}
	return lines
}
