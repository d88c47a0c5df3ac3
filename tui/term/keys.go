package term

import (
	"bytes"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// What keys send: xterm's control sequences ("PC-Style Function Keys",
// "Mouse Tracking"), the Linux console (console_codes(4)) and rxvt.

// maxControlLen is where a control sequence that does not end is given up.
const maxControlLen = 64

// controlLen is the length of the CSI or SS3 sequence at the start of b; 0 if
// it is not complete, -1 if it cannot be one.
func controlLen(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	i := 2
	if b[1] == '[' && b[2] == '[' { // a function key of the Linux console
		i = 3
	}
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c >= 0x40 && c < 0x7f:
			if c == 'M' && i == 2 && b[1] == '[' { // a mouse report of the oldest kind: three bytes follow
				if len(b) < 6 {
					return 0
				}
				return 6
			}
			return i + 1
		case c == '$' && i > 2 && b[2] != '?' && bytes.IndexByte(b[:i], ';') < 0:
			return i + 1 // ends a key of rxvt; else it belongs to a mode report
		case c < 0x20 || c >= 0x7f || i > maxControlLen:
			return -1
		}
	}
	return 0
}

// control decodes CSI and SS3. A sequence cut off by a control character is
// dropped, and the character kept.
func (d *decoder) control(b []byte, alt bool) int {
	n := controlLen(b)
	if n == 0 {
		return 0
	}
	if n < 0 {
		end := 2
		for end < len(b) && end <= maxControlLen && b[end] >= 0x20 && b[end] < 0x7f {
			end++
		}
		return end
	}
	body, final := string(b[2:n-1]), b[n-1]
	switch {
	case b[1] == 'O':
		d.ss3(body, final, alt)
	case final == '~' && body == "200":
		d.beginPaste()
	case strings.HasPrefix(body, "<"):
		d.mouse(body[1:], final)
	case body == "" && final == 'I':
		d.msgs = append(d.msgs, tea.FocusMsg{})
	case body == "" && final == 'O':
		d.msgs = append(d.msgs, tea.BlurMsg{})
	case final == 'c' && strings.HasPrefix(body, "?"):
		d.answer("[c")
	default:
		d.csiKey(body, final, alt)
	}
	return n
}

// modifiers of a key: xterm sends their sum plus one.
const (
	shift = 1 << iota
	altMod
	ctrl
	meta
)

// csiKey gives the key for a CSI sequence; whatever is no key is swallowed,
// such as an answer that came late.
func (d *decoder) csiKey(body string, final byte, alt bool) {
	first, second, _ := strings.Cut(body, ";")
	mods := 0
	if m := number(second); m > 1 && m <= 16 {
		mods = m - 1
	}
	var k tea.Key
	switch final {
	case '~':
		k.Type = tildeKeys[number(first)]
	case '^':
		k.Type, mods = tildeKeys[number(first)], ctrl
	case '$':
		k.Type, mods = tildeKeys[number(first)], shift
	case '@':
		k.Type, mods = tildeKeys[number(first)], ctrl|shift
	case 'a', 'b', 'c', 'd':
		if body == "" {
			k.Type, mods = letterKeys[final-'a'+'A'], shift
		}
	case 'Z':
		k.Type = tea.KeyShiftTab
	default:
		if body == "[" {
			k.Type = linuxKeys[final]
		} else if (first == "" || first == "1") && final != 'R' { // CSI R is a cursor position, not F3
			k.Type = letterKeys[final]
		}
	}
	d.special(k, mods, alt)
}

// ss3 gives the key for ESC O and a letter, which some terminals send with
// modifiers between the two.
func (d *decoder) ss3(body string, final byte, alt bool) {
	_, mod, found := strings.Cut(body, ";")
	if !found {
		mod = body
	}
	mods := 0
	if m := number(mod); m > 1 && m <= 16 {
		mods = m - 1
	}
	k := tea.Key{Type: letterKeys[final]}
	switch {
	case final >= 'a' && final <= 'd':
		k.Type, mods = letterKeys[final-'a'+'A'], ctrl
	case final == 'M':
		k.Type = tea.KeyEnter
	}
	d.special(k, mods, alt)
}

// special gives a key that has no character. KeyCtrlAt stands for none here:
// it has a byte of its own.
func (d *decoder) special(k tea.Key, mods int, alt bool) {
	if k.Type == tea.KeyCtrlAt {
		return
	}
	k.Alt = alt || mods&(altMod|meta) != 0
	switch withMods := modified[k.Type]; mods & (shift | ctrl) {
	case shift:
		k.Type = orKey(withMods.shift, k.Type)
	case ctrl:
		k.Type = orKey(withMods.ctrl, k.Type)
	case shift | ctrl:
		k.Type = orKey(withMods.both, k.Type)
	}
	d.key(k)
}

func orKey(k, plain tea.KeyType) tea.KeyType {
	if k == tea.KeyCtrlAt {
		return plain
	}
	return k
}

var letterKeys = map[byte]tea.KeyType{
	'A': tea.KeyUp, 'B': tea.KeyDown, 'C': tea.KeyRight, 'D': tea.KeyLeft, 'H': tea.KeyHome, 'F': tea.KeyEnd,
	'P': tea.KeyF1, 'Q': tea.KeyF2, 'R': tea.KeyF3, 'S': tea.KeyF4,
}

var linuxKeys = map[byte]tea.KeyType{'A': tea.KeyF1, 'B': tea.KeyF2, 'C': tea.KeyF3, 'D': tea.KeyF4, 'E': tea.KeyF5}

var tildeKeys = map[int]tea.KeyType{
	1: tea.KeyHome, 2: tea.KeyInsert, 3: tea.KeyDelete, 4: tea.KeyEnd, 5: tea.KeyPgUp, 6: tea.KeyPgDown, 7: tea.KeyHome, 8: tea.KeyEnd,
	11: tea.KeyF1, 12: tea.KeyF2, 13: tea.KeyF3, 14: tea.KeyF4, 15: tea.KeyF5, 17: tea.KeyF6, 18: tea.KeyF7, 19: tea.KeyF8,
	20: tea.KeyF9, 21: tea.KeyF10, 23: tea.KeyF11, 24: tea.KeyF12, 25: tea.KeyF13, 26: tea.KeyF14, 28: tea.KeyF15, 29: tea.KeyF16,
	31: tea.KeyF17, 32: tea.KeyF18, 33: tea.KeyF19, 34: tea.KeyF20,
}

// modified are the keys that Bubble Tea knows with modifiers. With others the
// modifiers are dropped.
var modified = map[tea.KeyType]struct{ shift, ctrl, both tea.KeyType }{
	tea.KeyUp:     {tea.KeyShiftUp, tea.KeyCtrlUp, tea.KeyCtrlShiftUp},
	tea.KeyDown:   {tea.KeyShiftDown, tea.KeyCtrlDown, tea.KeyCtrlShiftDown},
	tea.KeyRight:  {tea.KeyShiftRight, tea.KeyCtrlRight, tea.KeyCtrlShiftRight},
	tea.KeyLeft:   {tea.KeyShiftLeft, tea.KeyCtrlLeft, tea.KeyCtrlShiftLeft},
	tea.KeyHome:   {tea.KeyShiftHome, tea.KeyCtrlHome, tea.KeyCtrlShiftHome},
	tea.KeyEnd:    {tea.KeyShiftEnd, tea.KeyCtrlEnd, tea.KeyCtrlShiftEnd},
	tea.KeyPgUp:   {ctrl: tea.KeyCtrlPgUp},
	tea.KeyPgDown: {ctrl: tea.KeyCtrlPgDown},
	tea.KeyF1:     {shift: tea.KeyF13}, tea.KeyF2: {shift: tea.KeyF14}, tea.KeyF3: {shift: tea.KeyF15}, tea.KeyF4: {shift: tea.KeyF16},
	tea.KeyF5: {shift: tea.KeyF17}, tea.KeyF6: {shift: tea.KeyF18}, tea.KeyF7: {shift: tea.KeyF19}, tea.KeyF8: {shift: tea.KeyF20},
}

// mouse decodes an SGR mouse report: button;column;row, M or m.
func (d *decoder) mouse(body string, final byte) {
	f := strings.Split(body, ";")
	if len(f) != 3 || final != 'M' && final != 'm' {
		return
	}
	code, x, y := number(f[0]), number(f[1]), number(f[2])
	if code < 0 || x < 1 || y < 1 {
		return
	}
	m := tea.MouseMsg{X: x - 1, Y: y - 1, Shift: code&4 != 0, Alt: code&8 != 0, Ctrl: code&16 != 0}
	switch low := tea.MouseButton(code & 3); {
	case code&128 != 0:
		m.Button = tea.MouseButtonBackward + low
	case code&64 != 0:
		m.Button = tea.MouseButtonWheelUp + low
	case low == 3:
		m.Button = tea.MouseButtonNone
	default:
		m.Button = tea.MouseButtonLeft + low
	}
	switch {
	case code&32 != 0:
		m.Action = tea.MouseActionMotion
	case final == 'm':
		m.Action = tea.MouseActionRelease
	}
	d.msgs = append(d.msgs, m)
}
