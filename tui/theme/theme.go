// Package theme holds what the console looks like: colours as lipgloss styles,
// compiled once into the pens that cells are drawn with, and the signs that
// say the same without colour.
package theme

import (
	"github.com/charmbracelet/lipgloss"

	"gatehouse/tui/term"
)

// Tone is what a piece of text means; the theme decides how that looks.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Dim
	Good
	Warn
	Bad
	Accent
	Title  // bold
	Key    // a key in footer and help
	Match  // what a filter found
	Flash  // a row that has just changed
	Cursor // the row or field under the cursor
	Marked // a marked row
	Head   // column heads
	Input  // what is typed
	tones
)

// Background is what the terminal stands on.
type Background uint8

// The backgrounds.
const (
	Dark Background = iota
	Light
)

// Options choose a theme.
type Options struct {
	Background Background
	ASCII      bool               // signs and frames from ASCII only
	Renderer   *lipgloss.Renderer // knows how many colours there are
}

// Theme is ready to draw with.
type Theme struct {
	Signs  Signs
	Styles [tones]lipgloss.Style // for boxes made by lipgloss
	Border lipgloss.Border
	pens   [tones]term.Pen
	chosen Options
}

// Pen is what cells of that tone are drawn with.
func (t *Theme) Pen(tone Tone) term.Pen { return t.pens[tone] }

// Options tells what the theme was made of.
func (t *Theme) Options() Options { return t.chosen }

// New compiles a theme.
func New(o Options) *Theme {
	if o.Renderer == nil {
		o.Renderer = lipgloss.DefaultRenderer()
	}
	t := &Theme{Signs: unicodeSigns(), Border: lipgloss.RoundedBorder(), chosen: o}
	if o.ASCII {
		t.Signs, t.Border = asciiSigns(), lipgloss.ASCIIBorder()
	}
	t.Styles = styles(o.Renderer, o.Background)
	for tone := range t.Styles {
		t.pens[tone] = term.PenOf(t.Styles[tone])
	}
	return t
}

// styles uses the 16 colours that every terminal has its own idea of: they fit
// whatever the admin has set up. Only yellow and bright black differ between
// light and dark, because they vanish on one of the two.
func styles(r *lipgloss.Renderer, bg Background) [tones]lipgloss.Style {
	fg := func(c string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(c)) }
	dim, warn, accent := "8", "3", "6"
	if bg == Light {
		dim, warn, accent = "8", "5", "4"
	}
	var s [tones]lipgloss.Style
	s[Plain] = r.NewStyle()
	s[Dim] = fg(dim)
	s[Good] = fg("2")
	s[Warn] = fg(warn)
	s[Bad] = fg("1").Bold(true)
	s[Accent] = fg(accent)
	s[Title] = r.NewStyle().Bold(true)
	s[Key] = fg(accent).Bold(true)
	s[Match] = fg(accent).Underline(true)
	s[Flash] = fg(warn).Bold(true)
	s[Cursor] = r.NewStyle().Reverse(true)
	s[Marked] = fg(accent).Bold(true)
	s[Head] = fg(dim).Bold(true)
	s[Input] = r.NewStyle().Underline(true)
	return s
}
