package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// needle is a text to be found whatever its case. It is compared in lower
// case, letter by letter: simple folding, no change of length such as ß to ss.
type needle struct {
	text  string // in lower case
	ascii bool
	at    int  // the byte of text that is looked for first
	lo    byte // that byte, and its upper case
	up    byte
}

func newNeedle(s string) needle {
	n := needle{text: strings.Map(lower, s)}
	n.ascii = isASCII(n.text)
	if !n.ascii || n.text == "" {
		return n
	}
	best := -1
	for i := range len(n.text) {
		if r := rarity(n.text[i]); r > best {
			best, n.at = r, i
		}
	}
	n.lo = n.text[n.at]
	n.up = upperByte(n.lo)
	return n
}

// rarity says how good a byte is for the first look: bytes without case need
// one pass instead of two, and rare letters stop the search less often.
func rarity(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return 3
	case b < 'a' || b > 'z':
		return 2
	case strings.IndexByte("jkqvwxyz", b) >= 0:
		return 1
	}
	return 0
}

// lower maps to one rune per case, as the comparison needs it. The Kelvin and
// Ångström signs and the long s stay themselves, so that ASCII finds ASCII only.
func lower(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(lowerByte(byte(r)))
	}
	if l := unicode.ToLower(r); l >= utf8.RuneSelf {
		return l
	}
	return r
}

func lowerByte(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

func upperByte(b byte) byte {
	if b >= 'a' && b <= 'z' {
		return b - ('a' - 'A')
	}
	return b
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// in tells whether s contains the needle.
func (n *needle) in(s string) bool {
	from, _ := n.find(s)
	return from >= 0
}

// find is where the needle is first in s; from is -1 if it is nowhere.
func (n *needle) find(s string) (from, to int) {
	if !n.ascii {
		return n.findRunes(s)
	}
	last := len(s) - len(n.text)
	if last < 0 {
		return -1, -1
	}
	if n.text == "" {
		return 0, 0
	}
	// Only where the chosen byte can stand.
	window := s[n.at : n.at+last+1]
	for i := 0; ; {
		hit := n.look(window[i:])
		if hit < 0 {
			return -1, -1
		}
		i += hit
		if n.equal(s[i : i+len(n.text)]) {
			return i, i + len(n.text)
		}
		i++
	}
}

// look is where the chosen byte is next, in either case.
func (n *needle) look(s string) int {
	hit := strings.IndexByte(s, n.lo)
	if n.lo == n.up {
		return hit
	}
	if hit >= 0 {
		s = s[:hit]
	}
	if other := strings.IndexByte(s, n.up); other >= 0 {
		return other
	}
	return hit
}

func (n *needle) equal(s string) bool {
	for i := range len(s) {
		if lowerByte(s[i]) != n.text[i] {
			return false
		}
	}
	return true
}

func (n *needle) findRunes(s string) (from, to int) {
	if isASCII(s) {
		return -1, -1
	}
	for i := 0; i < len(s); {
		if end := n.starts(s[i:]); end >= 0 {
			return i, i + end
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return -1, -1
}

// starts tells how long the needle is at the beginning of s, or -1.
func (n *needle) starts(s string) int {
	i := 0
	for _, want := range n.text {
		r, size := utf8.DecodeRuneInString(s[i:])
		if size == 0 || lower(r) != want {
			return -1
		}
		i += size
	}
	return i
}

// is tells whether s is the needle.
func (n *needle) is(s string) bool { return n.starts(s) == len(s) }
