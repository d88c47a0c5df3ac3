package term

import (
	"bytes"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
)

// decoder turns what a terminal sends into messages. It holds what is not
// complete yet, so it does not matter how the bytes were cut up on their way.
//
// A lone ESC byte is the esc key only if nothing follows for a while: whoever
// reads must call Flush when Wait is over and nothing came. Answers to queries
// are swallowed, whenever they come; the one about the background colour
// becomes a message for Run.
type decoder struct {
	in      []byte // not decoded yet
	mode    decoderMode
	paste   []byte
	dropped int       // bytes of a paste beyond the limit
	escAt   time.Time // when an esc key was given for want of more
	str     []byte    // the beginning of a string such as an OSC
	msgs    []tea.Msg
}

type decoderMode uint8

const (
	ground    decoderMode = iota
	pasting               // between the marks of a bracketed paste
	lostPaste             // there, but its end did not come in time: swallow
	inString              // inside an OSC, DCS or APC
)

// How long to wait for more.
const (
	escWait      = 50 * time.Millisecond  // behind a lone ESC: it is the esc key then
	prefixWait   = 500 * time.Millisecond // behind ESC [ or ESC O, which may be alt+[ and alt+O, or part of a character
	sequenceWait = 2 * time.Second        // inside a sequence that nobody types
	pasteWait    = 5 * time.Second        // inside a paste
	lateWait     = time.Second            // how late the rest of a sequence may follow its ESC and still be known
)

// maxPaste is how much of one paste is kept.
const maxPaste = 1 << 20

const (
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// PasteCut says, behind the message of a paste, that not all of it was taken:
// it was longer than a megabyte, or its end never came.
type PasteCut struct{ Dropped int }

// Feed takes bytes that came at a time, and gives the messages they complete.
func (d *decoder) Feed(b []byte, now time.Time) []tea.Msg {
	if len(b) == 0 {
		return nil
	}
	d.msgs = nil
	if d.mode == lostPaste && len(b) == 1 && (b[0] == 0x03 || b[0] == 0x1b) {
		d.mode, d.in = ground, d.in[:0] // someone at the keyboard wants out
	}
	if d.mode == ground && len(d.in) == 0 && !d.escAt.IsZero() && now.Sub(d.escAt) < lateWait && lateTail(b) {
		d.in = append(d.in, 0x1b)
	}
	d.escAt = time.Time{}
	d.in = append(d.in, b...)
	d.decode()
	return d.msgs
}

// Wait is how long to wait for more before calling Flush; 0 if nothing is held.
func (d *decoder) Wait() time.Duration {
	switch {
	case d.mode == pasting:
		return pasteWait
	case d.mode == inString:
		return sequenceWait
	case len(d.in) == 0 || d.mode == lostPaste:
		return 0
	case d.in[0] != 0x1b || len(d.in) == 2 && d.in[1] != 0x1b:
		return prefixWait
	case len(d.in) <= 2:
		return escWait
	}
	return sequenceWait
}

// Flush decides about what is held, because nothing more came.
func (d *decoder) Flush(now time.Time) []tea.Msg {
	d.msgs = nil
	switch {
	case d.mode == pasting:
		d.endPaste()
		d.msgs = append(d.msgs, PasteCut{d.dropped})
		d.mode = lostPaste
	case d.mode == inString:
		d.mode = ground
		if len(d.in) > 0 {
			d.key(tea.Key{Type: tea.KeyEsc})
		}
	case len(d.in) == 0 || d.mode == lostPaste:
	case d.in[0] != 0x1b: // a character that was cut off
		d.rune(utf8.RuneError, false)
	case len(d.in) == 1:
		d.key(tea.Key{Type: tea.KeyEsc})
		d.escAt = now
	case d.in[1] == 0x1b:
		d.key(tea.Key{Type: tea.KeyEsc})
		d.key(tea.Key{Type: tea.KeyEsc})
	case len(d.in) == 2 && d.in[1] < utf8.RuneSelf:
		d.rune(rune(d.in[1]), true)
	}
	d.in = d.in[:0]
	return d.msgs
}

// lateTail tells whether b looks like the rest of a sequence whose ESC came
// long before, on a slow link: nobody types these in one go.
func lateTail(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	switch b[0] {
	case '[':
		return controlLen(append([]byte{0x1b}, b...)) > 0
	case 'O':
		return len(b) == 2 && bytes.IndexByte([]byte("ABCDFHPQRS"), b[1]) >= 0
	case ']':
		return b[1] >= '0' && b[1] <= '9' && bytes.IndexByte(b, ';') > 0
	case 'P':
		return bytes.Contains(b, []byte("\x1b\\"))
	}
	return false
}

func (d *decoder) decode() {
	at := 0
	for at < len(d.in) {
		n := d.step(d.in[at:])
		if n == 0 {
			break
		}
		at += n
	}
	d.in = append(d.in[:0], d.in[at:]...)
}

// step decodes what stands at the start of b and returns its length, or 0 if
// more is needed.
func (d *decoder) step(b []byte) int {
	switch d.mode {
	case pasting, lostPaste:
		return d.pasted(b)
	case inString:
		return d.inString(b)
	}
	switch {
	case b[0] == 0x1b:
		return d.escape(b)
	case b[0] < 0x20 || b[0] == 0x7f:
		d.key(tea.Key{Type: tea.KeyType(b[0])})
		return 1
	}
	return d.character(b, false)
}

func (d *decoder) character(b []byte, alt bool) int {
	if !utf8.FullRune(b) {
		return 0
	}
	r, n := utf8.DecodeRune(b)
	if r < 0x80 || r >= 0xa0 { // no key sends a C1 control
		d.rune(r, alt)
	}
	return n
}

func (d *decoder) rune(r rune, alt bool) {
	k := tea.Key{Type: tea.KeyRunes, Runes: []rune{r}, Alt: alt}
	if r == ' ' {
		k.Type = tea.KeySpace
	}
	d.key(k)
}

func (d *decoder) key(k tea.Key) { d.msgs = append(d.msgs, tea.KeyMsg(k)) }

// escape decodes what begins with ESC.
func (d *decoder) escape(b []byte) int {
	if len(b) == 1 {
		return 0
	}
	switch c := b[1]; {
	case c == '[' || c == 'O':
		return d.control(b, false)
	case c == 0x1b:
		return d.escEsc(b)
	case c == ']' || c == 'P' || c == '_':
		return d.beginString(b)
	case c < 0x20 || c == 0x7f:
		d.key(tea.Key{Type: tea.KeyType(c), Alt: true})
		return 2
	}
	if n := d.character(b[1:], true); n > 0 {
		return 1 + n
	}
	return 0
}

// escEsc decodes ESC ESC: alt and a key that sends a sequence, or the esc key,
// repeated.
func (d *decoder) escEsc(b []byte) int {
	if len(b) == 2 {
		return 0
	}
	if b[2] == '[' || b[2] == 'O' {
		if n := d.control(b[1:], true); n > 0 {
			return 1 + n
		}
		return 0
	}
	d.key(tea.Key{Type: tea.KeyEsc})
	return 1
}

// beginString enters a string: an OSC, a DCS or an APC. ESC ] and the like can
// also be alt and a key; then what follows does not begin an answer.
func (d *decoder) beginString(b []byte) int {
	if len(b) == 2 {
		return 0
	}
	begins := map[byte]string{']': "0123456789lL", 'P': "0123456789!>$+", '_': "G"}[b[1]]
	if bytes.IndexByte([]byte(begins), b[2]) < 0 {
		d.rune(rune(b[1]), true)
		return 2
	}
	d.mode, d.str = inString, append(d.str[:0], b[1])
	return 2
}

// maxString is how much of a string is kept; the answers we read are short.
const maxString = 256

// inString swallows a string. Its end is BEL or ESC \; any other control is
// not part of one, and belongs to whoever types.
func (d *decoder) inString(b []byte) int {
	switch c := b[0]; {
	case c == 0x1b && len(b) == 1:
		return 0
	case c == 0x1b && b[1] == '\\':
		d.mode = ground
		d.answer(string(d.str))
		return 2
	case c == 0x07:
		d.mode = ground
		d.answer(string(d.str))
		return 1
	case c < 0x20 || c == 0x7f:
		d.mode = ground
		return d.step(b)
	case len(d.str) < maxString:
		d.str = append(d.str, c)
	}
	return 1
}
