package term

import "strings"

// ansiScanner cuts a styled string into text and SGR parameters. Every other
// sequence and every control character but LF is dropped. It stands between
// lipgloss or bubbles and the canvas; the text itself is cleaned later.
type ansiScanner struct {
	rest string
	text string // a run of text, or "\n"; empty when sgr holds parameters
	sgr  string
}

// next moves to the next piece and tells whether there is one.
func (s *ansiScanner) next() bool {
	for s.rest != "" {
		s.text, s.sgr = "", ""
		switch c := s.rest[0]; {
		case c == '\n':
			s.text, s.rest = "\n", s.rest[1:]
			return true
		case c != 0x1b:
			n := strings.IndexAny(s.rest, "\x1b\n")
			if n < 0 {
				n = len(s.rest)
			}
			s.text, s.rest = s.rest[:n], s.rest[n:]
			return true
		default:
			if s.escape() {
				return true
			}
		}
	}
	return false
}

// escape skips the sequence at the start of rest, and tells whether it was SGR.
func (s *ansiScanner) escape() bool {
	n := sequenceLen(s.rest)
	seq := s.rest[:n]
	s.rest = s.rest[n:]
	if len(seq) < 3 || seq[1] != '[' || seq[n-1] != 'm' || strings.Trim(seq[2:n-1], "0123456789;") != "" {
		return false
	}
	s.sgr = seq[2 : n-1]
	return true
}

// sequenceLen is the length of the escape sequence at the start of s, or of
// what there is of it.
func sequenceLen(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] < 0x20 || s[i] > 0x3f {
				return i + 1
			}
		}
		return len(s)
	case ']', 'P', '_', '^', 'X': // strings, ended by BEL or ST
		for i := 2; i < len(s); i++ {
			if s[i] == 0x07 || s[i] == 0x1b {
				if s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\' {
					return i + 2
				}
				return i + 1
			}
		}
		return len(s)
	}
	return 2
}
