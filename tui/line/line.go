// Package line is one line of input: edited by bubbles/textinput, drawn clean.
package line

import (
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
)

// longest is how many characters a line takes.
const longest = 16 << 10

// Input is one line of input. It is always ready for keys: who owns it decides
// which keys it gets.
type Input struct {
	edit    textinput.Model
	start   string // what it was made with: textinput would change some of it
	touched bool
	scroll  int // columns that are out at the left
}

// New makes an input that holds text already.
func New(text string) *Input {
	m := textinput.New()
	m.Prompt = ""
	m.CharLimit = longest
	m.Cursor.SetMode(cursor.CursorStatic)
	// On ctrl+v textinput would read the clipboard of the host, which on a
	// jump host is somebody else's.
	m.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	m.Focus()
	in := &Input{edit: m}
	in.Set(text)
	return in
}

// Set puts text in place of what is there.
func (in *Input) Set(text string) {
	in.edit.Reset()
	in.edit.SetValue(text)
	in.edit.CursorEnd()
	in.start, in.touched = text, false
}

// Value is what was typed, or, until something was, what the input was made
// with, to the byte.
func (in *Input) Value() string {
	if !in.touched {
		return in.start
	}
	return in.edit.Value()
}

// Touched tells whether the text was changed by keys.
func (in *Input) Touched() bool { return in.touched }

// Hidden makes the editing keys tell nothing of where the words end.
func (in *Input) Hidden(on bool) {
	in.edit.EchoMode = textinput.EchoNormal
	if on {
		in.edit.EchoMode = textinput.EchoPassword
	}
}

// Key edits by one key or one paste. It tells whether anything came of it.
func (in *Input) Key(k tea.KeyMsg) bool {
	if tui.Press(k) == "" {
		k.Paste = true // or else textinput takes the text "end" for a key
	} else if k.Type == tea.KeyRunes && k.Alt && len(k.Runes) == 1 && !in.bound(k) {
		return false
	}
	if k.Runes != nil {
		k.Runes = append([]rune(nil), k.Runes...) // textinput writes into them
	}
	before, at := in.edit.Value(), in.edit.Position()
	in.edit, _ = in.edit.Update(k)
	if in.edit.Value() != before {
		in.touched = true
		return true
	}
	return in.edit.Position() != at
}

// bound tells whether textinput has a meaning for a letter with alt; it would
// type the others.
func (in *Input) bound(k tea.KeyMsg) bool {
	m := in.edit.KeyMap
	return key.Matches(k, m.WordForward, m.WordBackward, m.DeleteWordForward)
}

// Wipe forgets the text. Cutting it all off and typing as much again writes
// over the memory it stood in; copies that Go has made meanwhile are beyond
// reach.
func (in *Input) Wipe() {
	blank := make([]rune, utf8.RuneCountInString(in.edit.Value()))
	for i := range blank {
		blank[i] = '0'
	}
	in.edit.CursorStart()
	in.edit, _ = in.edit.Update(tea.KeyMsg{Type: tea.KeyCtrlK})
	in.edit, _ = in.edit.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: blank, Paste: true})
	in.edit.Reset()
	in.start, in.touched, in.scroll = "", true, 0
}

// Draw draws the line in w columns and gives the column of the cursor. A mask
// stands for each character, if there is one.
func (in *Input) Draw(c *term.Canvas, x, y, w int, pen term.Pen, mask safetext.Safe) (cursor int) {
	runes := []rune(in.edit.Value())
	at := in.edit.Position()
	var text safetext.Safe
	switch {
	case mask != "":
		text, cursor = repeat(mask, len(runes)), at
	case !in.touched && at == len(runes): // with what textinput has left out
		text = safetext.Clean(in.start)
		cursor = safetext.Width(text)
	default:
		text = safetext.Clean(string(runes))
		cursor = safetext.Width(safetext.Clean(string(runes[:at])))
	}
	in.scroll = min(in.scroll, cursor)
	if cursor-in.scroll >= w {
		in.scroll = cursor - w + 1
	}
	c.Fill(x, y, w, 1, pen)
	c.Sub(x, y, w, 1).Text(-in.scroll, 0, pen, text)
	return x + cursor - in.scroll
}

func repeat(s safetext.Safe, n int) safetext.Safe {
	b := make([]byte, 0, n*len(s))
	for range n {
		b = append(b, s...)
	}
	return safetext.Safe(b)
}
