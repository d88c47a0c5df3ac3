package term

import (
	"bytes"
	"strings"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
)

func (d *decoder) beginPaste() { d.mode, d.paste, d.dropped = pasting, nil, 0 }

// pasted takes what is inside a paste and returns how much it took. What may
// be the beginning of the end mark is held.
func (d *decoder) pasted(b []byte) int {
	n, skip, ends := len(b), 0, false
	if i := bytes.Index(b, []byte(pasteEnd)); i >= 0 {
		n, skip, ends = i, len(pasteEnd), true
	} else {
		n -= heldEnd(b)
	}
	take := min(n, maxPaste-len(d.paste))
	if d.mode == pasting {
		d.paste = append(d.paste, b[:take]...)
		d.dropped += n - take
	}
	if ends {
		if d.mode == pasting {
			d.endPaste()
			if d.dropped > 0 {
				d.msgs = append(d.msgs, PasteCut{d.dropped})
			}
		}
		d.mode = ground
	}
	return n + skip
}

// heldEnd is the length of the beginning of an end mark at the end of b.
func heldEnd(b []byte) int {
	for n := min(len(b), len(pasteEnd)-1); n > 0; n-- {
		if bytes.HasSuffix(b, []byte(pasteEnd[:n])) {
			return n
		}
	}
	return 0
}

// endPaste gives a paste as one message. Terminals send line ends as CR.
func (d *decoder) endPaste() {
	text := d.paste
	if d.dropped > 0 {
		text = wholeCharacters(text)
	}
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text))
	d.paste = nil
	if s != "" {
		d.key(tea.Key{Type: tea.KeyRunes, Runes: []rune(s), Paste: true})
	}
}

// wholeCharacters leaves off the beginning of a character at the end of b.
func wholeCharacters(b []byte) []byte {
	last := len(b) - 1
	for last > 0 && len(b)-last < utf8.UTFMax && !utf8.RuneStart(b[last]) {
		last--
	}
	if last >= 0 && !utf8.FullRune(b[last:]) {
		return b[:last]
	}
	return b
}
