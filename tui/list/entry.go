package list

import (
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
)

// entry is the one-line field that the filter is typed into. There is no
// clipboard of the host in it: a paste comes from the terminal, as text.
type entry struct {
	on     bool
	text   []rune
	at     int
	before string // what esc goes back to
}

func (e *entry) set(text string) {
	e.text = []rune(text)
	e.at = len(e.text)
}

// key edits the text. False: the key is none of editing.
func (e *entry) key(k tea.KeyMsg) bool {
	switch k.Type {
	case tea.KeyRunes, tea.KeySpace:
		if k.Alt {
			return false
		}
		e.insert(k.Runes)
		return true
	}
	switch k.String() {
	case "left", "ctrl+b":
		e.at = max(0, e.at-1)
	case "right", "ctrl+f":
		e.at = min(len(e.text), e.at+1)
	case "home", "ctrl+a":
		e.at = 0
	case "end", "ctrl+e":
		e.at = len(e.text)
	case "backspace", "ctrl+h":
		e.cut(e.at-1, e.at)
	case "delete", "ctrl+d":
		e.cut(e.at, e.at+1)
	case "ctrl+w", "alt+backspace":
		e.cut(e.wordBefore(), e.at)
	case "ctrl+u":
		e.cut(0, e.at)
	case "ctrl+k":
		e.cut(e.at, len(e.text))
	default:
		return false
	}
	return true
}

// insert puts text in; ends of lines and other controls of a paste become spaces.
func (e *entry) insert(runes []rune) {
	in := make([]rune, len(runes))
	for i, r := range runes {
		in[i] = r
		if unicode.IsControl(r) {
			in[i] = ' '
		}
	}
	e.text = append(e.text[:e.at:e.at], append(in, e.text[e.at:]...)...)
	e.at += len(in)
}

func (e *entry) cut(from, to int) {
	from, to = max(0, from), min(to, len(e.text))
	e.text = append(e.text[:from:from], e.text[to:]...)
	e.at = from
}

func (e *entry) wordBefore() int {
	at := e.at
	for at > 0 && e.text[at-1] == ' ' {
		at--
	}
	for at > 0 && e.text[at-1] != ' ' {
		at--
	}
	return at
}

// draw shows the text in w columns, scrolled so that the cursor is in sight,
// and returns the column behind it. What is wrong, from a rune on, is drawn in
// its own pen.
func (e *entry) draw(c *term.Canvas, x, y, w int, pen, wrongPen term.Pen, wrong int) (next int) {
	if w <= 0 {
		return x
	}
	first, used := e.at, 0
	for first > 0 {
		n := safetext.Width(safetext.Clean(string(e.text[first-1])))
		if used+n > w-1 {
			break
		}
		first, used = first-1, used+n
	}
	view := c.Sub(x, y, w, 1)
	wrong = max(first, min(wrong, len(e.text)))
	end := view.Text(0, 0, pen, safetext.Clean(string(e.text[first:wrong])))
	end = view.Text(end, 0, wrongPen, safetext.Clean(string(e.text[wrong:])))
	if e.on {
		view.SetCursor(safetext.Width(safetext.Clean(string(e.text[first:e.at]))), 0)
	}
	return x + min(w, end)
}
