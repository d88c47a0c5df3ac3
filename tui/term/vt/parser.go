package vt

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

// parser cuts the bytes into characters and controls.
type parser struct {
	state state
	buf   []byte // the control or the character so far
}

type state uint8

const (
	ground state = iota
	character
	escape
	csi
	str    // inside OSC, DCS, APC, PM or SOS
	strEsc // there, behind an ESC
)

// maxControl is where an endless control is given up.
const maxControl = 1 << 20

func (p *parser) feed(t *Terminal, b byte) {
	switch p.state {
	case ground:
		p.ground(t, b)
	case character:
		p.character(t, b)
	case escape:
		p.escape(t, b)
	case csi:
		p.csi(t, b)
	case str, strEsc:
		p.str(t, b)
	}
}

func (p *parser) begin(s state, b byte) {
	p.state = s
	p.buf = append(p.buf[:0], b)
}

func (p *parser) ground(t *Terminal, b byte) {
	switch {
	case b == 0x1b:
		p.begin(escape, b)
	case b < 0x20 || b == 0x7f:
		t.control(b)
	case b < utf8.RuneSelf:
		t.print(rune(b))
	default:
		p.begin(character, b)
		if b < 0xc2 || b > 0xf4 {
			p.brokenCharacter(t)
		}
	}
}

func (p *parser) brokenCharacter(t *Terminal) {
	t.count(fmt.Sprintf("byte %02X", p.buf[0]))
	t.miss()
	t.print(utf8.RuneError)
	p.state = ground
}

func (p *parser) character(t *Terminal, b byte) {
	if utf8.RuneStart(b) {
		p.brokenCharacter(t)
		p.ground(t, b)
		return
	}
	p.buf = append(p.buf, b)
	if !utf8.FullRune(p.buf) {
		return
	}
	p.state = ground
	r, n := utf8.DecodeRune(p.buf)
	switch {
	case r == utf8.RuneError && n == 1:
		p.brokenCharacter(t)
	case r >= 0x80 && r < 0xa0:
		t.count(fmt.Sprintf("C1 %U", r))
		t.miss()
	default:
		t.print(r)
	}
}

func (p *parser) escape(t *Terminal, b byte) {
	p.buf = append(p.buf, b)
	switch {
	case b == '[':
		p.state = csi
	case strings.IndexByte("]P_^X", b) >= 0:
		p.state = str
	case b >= 0x20 && b < 0x30: // an intermediate, such as in ESC ( B
	default:
		p.state = ground
		t.escape(string(p.buf[1:]))
	}
}

func (p *parser) csi(t *Terminal, b byte) {
	if b == 0x1b {
		p.begin(escape, b)
		return
	}
	if b < 0x20 {
		t.control(b)
		return
	}
	p.buf = append(p.buf, b)
	if b >= 0x40 {
		p.state = ground
		t.csi(string(p.buf[2:]))
	}
}

func (p *parser) str(t *Terminal, b byte) {
	switch {
	case p.state == strEsc && b == '\\', b == 0x07 && p.buf[1] == ']':
		p.state = ground
		t.str(p.buf[1], string(p.buf[2:]))
	case p.state == strEsc:
		p.begin(escape, 0x1b)
		p.escape(t, b)
	case b == 0x1b:
		p.state = strEsc
	case len(p.buf) < maxControl:
		p.buf = append(p.buf, b)
	}
}

func (t *Terminal) count(kind string) { t.seen[kind]++ }

// miss notes the control at hand as unknown.
func (t *Terminal) miss() { t.unknown = append(t.unknown, fmt.Sprintf("%q", t.parser.buf)) }

func (t *Terminal) print(r rune) { t.cur.print(r, t.modes[modeAutowrap], t.opt.EagerWrap) }

func (t *Terminal) control(b byte) {
	s := t.cur
	switch b {
	case 0x07:
		t.count("BEL")
		t.events = append(t.events, Event{Kind: "bell"})
	case 0x08:
		t.count("BS")
		s.move(min(s.x, s.w-1)-1, s.y)
	case 0x09:
		t.count("TAB")
		s.move((s.x/8+1)*8, s.y)
	case 0x0a, 0x0b, 0x0c:
		t.count("LF")
		s.lineFeed()
	case 0x0d:
		t.count("CR")
		s.x = 0
	default:
		t.count(fmt.Sprintf("C0 %02X", b))
		t.unknown = append(t.unknown, fmt.Sprintf("%q", []byte{b}))
	}
}

func (t *Terminal) escape(body string) {
	t.count("ESC " + body)
	s := t.cur
	switch body {
	case "7":
		s.saved.x, s.saved.y, s.saved.pen = s.x, s.y, s.pen
	case "8":
		s.x, s.y, s.pen = s.saved.x, s.saved.y, s.saved.pen
	case "D":
		s.lineFeed()
	case "E":
		s.x = 0
		s.lineFeed()
	case "M":
		if s.y == s.top {
			s.scroll(s.top, s.bottom, -1, t.fill())
		} else {
			s.move(s.x, s.y-1)
		}
	case "=", ">", "(B", "\\": // keypad modes, ASCII, a terminator on its own
	default:
		t.miss()
	}
}

// str takes the strings: OSC 0, 1, 2 are titles, 52 is the clipboard.
func (t *Terminal) str(kind byte, body string) {
	if kind != ']' {
		t.count(map[byte]string{'P': "DCS", '_': "APC", '^': "PM", 'X': "SOS"}[kind])
		t.miss()
		return
	}
	code, rest, _ := strings.Cut(body, ";")
	t.count("OSC " + code)
	switch code {
	case "0", "1", "2":
		t.events = append(t.events, Event{"title", rest})
	case "52":
		_, payload, _ := strings.Cut(rest, ";")
		if payload == "?" {
			t.events = append(t.events, Event{"clipboard query", ""})
			return
		}
		text, err := base64.StdEncoding.DecodeString(payload)
		if err != nil {
			t.miss()
			return
		}
		t.events = append(t.events, Event{"clipboard", string(text)})
	default:
		t.miss()
	}
}
