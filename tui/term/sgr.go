package term

import "strings"

// sgr is a pen taken apart, so that two pens can be compared and the shortest
// way from one to the other found. Parameters as in ECMA-48, 8.3.117, and
// xterm's control sequences.
type sgr struct {
	attrs  uint16 // bit n: attribute n is on, for n in 1 to 9
	fg, bg string // colour parameters such as "31" or "48;5;7"; "" is the default
}

func parsePen(p Pen) sgr { return sgr{}.apply(string(p)) }

// attrOff tells which attributes a parameter switches off.
func attrOff(n int) uint16 {
	switch n {
	case 22:
		return 1<<1 | 1<<2
	case 23, 24, 27, 28, 29:
		return 1 << (n - 20)
	case 25:
		return 1<<5 | 1<<6
	}
	return 0
}

// apply is the state after one SGR sequence with these parameters. Parameters
// that no pen uses are ignored.
func (s sgr) apply(params string) sgr {
	for first := true; first || params != ""; first = false {
		var p string
		start := params
		p, params, _ = strings.Cut(params, ";")
		switch n := number(p); {
		case n == 0:
			s = sgr{}
		case n >= 1 && n <= 9:
			s.attrs |= 1 << n
		case n >= 22 && n <= 29:
			s.attrs &^= attrOff(n)
		case n >= 30 && n <= 37, n >= 90 && n <= 97:
			s.fg = p
		case n >= 40 && n <= 47, n >= 100 && n <= 107:
			s.bg = p
		case n == 39:
			s.fg = ""
		case n == 49:
			s.bg = ""
		case n == 38 || n == 48:
			var colour string
			colour, params = extendedColour(start)
			if colour == "" {
				return s
			}
			if n == 38 {
				s.fg = colour
			} else {
				s.bg = colour
			}
		}
	}
	return s
}

// extendedColour cuts "38;5;n" or "38;2;r;g;b" off params.
func extendedColour(params string) (colour, rest string) {
	fields := 0
	switch {
	case len(params) > 5 && params[2:5] == ";5;":
		fields = 3
	case len(params) > 5 && params[2:5] == ";2;":
		fields = 5
	default:
		return "", ""
	}
	end := 0
	for ; fields > 0; fields-- {
		i := strings.IndexByte(params[end:], ';')
		if i < 0 {
			if fields > 1 {
				return "", ""
			}
			return params, ""
		}
		end += i + 1
	}
	return params[:end-1], params[end:]
}

// number reads a parameter; an empty one is 0, and what is not a number is -1.
func number(p string) int {
	n := 0
	for i := 0; i < len(p); i++ {
		if p[i] < '0' || p[i] > '9' || n > 9999 {
			return -1
		}
		n = n*10 + int(p[i]-'0')
	}
	return n
}

// pen writes the state as parameters that begin from the default pen.
func (s sgr) pen() Pen {
	return Pen(s.appendParams(nil))
}

func (s sgr) appendParams(b []byte) []byte {
	for n := 1; n <= 9; n++ {
		if s.attrs&(1<<n) != 0 {
			b = appendParam(b, string(rune('0'+n)))
		}
	}
	b = appendParam(b, s.fg)
	return appendParam(b, s.bg)
}

func appendParam(b []byte, p string) []byte {
	if p == "" {
		return b
	}
	if len(b) > 0 && b[len(b)-1] != '[' && b[len(b)-1] != ';' {
		b = append(b, ';')
	}
	return append(b, p...)
}

// appendChange writes the shortest sequence that leads from one state to
// another.
func appendChange(b []byte, from, to sgr) []byte {
	if from == to {
		return b
	}
	b = append(b, "\x1b["...)
	if to == (sgr{}) {
		return append(b, 'm')
	}
	start := len(b)
	b = from.appendDelta(b, to)
	delta := len(b) - start
	if full := to.appendParams(append(b, ';')); len(full)-len(b) < delta { // the leading ; is an empty 0
		b = append(b[:start], full[len(b):]...)
	}
	return append(b, 'm')
}

// appendDelta writes only what differs.
func (s sgr) appendDelta(b []byte, to sgr) []byte {
	off, on := s.attrs&^to.attrs, to.attrs&^s.attrs
	for n := 22; n <= 29; n++ {
		if gone := attrOff(n); off&gone != 0 {
			b = appendParam(b, "2"+string(rune('0'+n-20)))
			on |= gone & to.attrs // 22 ends bold and faint at once
		}
	}
	b = sgr{attrs: on}.appendParams(b)
	if s.fg != to.fg {
		b = appendParam(b, orDefault(to.fg, "39"))
	}
	if s.bg != to.bg {
		b = appendParam(b, orDefault(to.bg, "49"))
	}
	return b
}

func orDefault(colour, none string) string {
	if colour == "" {
		return none
	}
	return colour
}
