// Package safetext turns text from outside into text that is safe to draw: one
// line, no character that moves the cursor, reorders, hides or joins others,
// and a width on which terminals agree.
package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe is text that may be drawn. A string becomes Safe through Clean or
// CleanLines; untyped string constants convert by themselves, so our own words
// need no call. It is for drawing only: send, compare and export the original.
type Safe string

// maxMarks is how many combining marks one cell may carry. Real orthographies
// stay below it; a pile of marks that paints over the neighbouring rows does not.
const maxMarks = 4

// Clean makes s one line of text that can be drawn. What it does not let
// through stays visible:
//
//   - C0 controls and DEL become control pictures: ␛ ␉ ␊ ␡;
//   - bytes that are not UTF-8 (a raw 0x9B, half of a surrogate pair) become \x9b;
//   - every other character that cannot be seen or that changes its neighbours
//     becomes \u202e or \U000e0041: C1 controls, bidi controls, zero-width and
//     joining characters, variation selectors, tags, all spaces but U+0020,
//     fillers, private and unassigned characters;
//   - so do characters on whose width terminals disagree: skin tones and
//     regional indicators. With the joiner that takes an emoji sequence apart
//     into its members, 👨\u200d👩: longer, but it is never drawn over the next
//     column, and two names that differ look different;
//   - a combining mark with nothing to stand on, and any beyond the fourth.
//
// Clean(Clean(s)) equals Clean(s), so a backslash is not escaped: a name that
// really contains the six characters \u202e looks like one with the control.
// Plain ASCII is returned as it is.
func Clean(s string) Safe {
	i := plainPrefix(s)
	if i == len(s) {
		return Safe(s)
	}
	c := cleaner{in: s, marksOn: i > 0}
	for i < len(s) {
		i += c.step(i)
	}
	return c.result()
}

// tabStop is the distance of tab stops in multi-line views.
const tabStop = 4

// CleanLines cleans text for a view of several lines: LF and CR LF end a line,
// TAB becomes spaces up to the next tab stop, all else is as in Clean.
func CleanLines(s string) []Safe {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	out := make([]Safe, len(lines))
	for i, line := range lines {
		out[i] = expandTabs(line)
	}
	return out
}

func expandTabs(line string) Safe {
	before, rest, tab := strings.Cut(line, "\t")
	if !tab {
		return Clean(line)
	}
	var b strings.Builder
	for col := 0; ; before, rest, tab = strings.Cut(rest, "\t") {
		safe := Clean(before)
		b.WriteString(string(safe))
		if !tab {
			return Safe(b.String())
		}
		col += Width(safe)
		gap := tabStop - col%tabStop
		b.WriteString(spaces[:gap])
		col += gap
	}
}

// cleaner copies a string piece by piece, and only from the first piece on
// that must change.
type cleaner struct {
	in      string
	out     strings.Builder
	copied  int  // in[:copied] is in out
	marksOn bool // the last cell can carry marks
	marks   int  // marks on the last cell
	last    rune // the last rune let through
}

// step handles the rune at i and returns its length.
func (c *cleaner) step(i int) int {
	r, n := utf8.DecodeRuneInString(c.in[i:])
	switch {
	case r == utf8.RuneError && n == 1:
		c.replace(i, 1, `\x`, uint32(c.in[i]), 2)
	case r < 0x20:
		c.picture(i, 0x2400+r)
	case r == 0x7f:
		c.picture(i, 0x2421)
	case !drawable(r) || leadingJamo(r) && leadingJamo(c.last):
		c.escape(i, n, r)
	case zeroWidth(r):
		if !c.marksOn || c.marks == maxMarks || !c.jamoFits(r) {
			c.escape(i, n, r)
			break
		}
		c.marks++
		c.last = r
	default:
		c.marksOn, c.marks, c.last = true, 0, r
	}
	return n
}

// jamoFits tells whether r may follow the last rune: vowel and final jamo take
// no column only as part of a Hangul syllable (UAX 29, rules GB6 to GB8).
func (c *cleaner) jamoFits(r rune) bool {
	return !conjoiningJamo(r) || leadingJamo(c.last) || conjoiningJamo(c.last) || unicode.Is(unicode.Hangul, c.last)
}

func (c *cleaner) escape(i, n int, r rune) {
	if r > 0xffff {
		c.replace(i, n, `\U`, uint32(r), 8)
		return
	}
	c.replace(i, n, `\u`, uint32(r), 4)
}

func (c *cleaner) replace(i, n int, prefix string, code uint32, digits int) {
	c.out.WriteString(c.in[c.copied:i])
	c.out.WriteString(prefix)
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		c.out.WriteByte("0123456789abcdef"[code>>shift&0xf])
	}
	c.skip(i + n)
}

func (c *cleaner) picture(i int, r rune) {
	c.out.WriteString(c.in[c.copied:i])
	c.out.WriteRune(r)
	c.skip(i + 1)
}

// skip goes on behind a replacement, which must not take marks: they would
// make the escape unreadable.
func (c *cleaner) skip(to int) { c.copied, c.marksOn, c.marks, c.last = to, false, 0, 0 }

func (c *cleaner) result() Safe {
	if c.copied == 0 {
		return Safe(c.in)
	}
	c.out.WriteString(c.in[c.copied:])
	return Safe(c.out.String())
}

// plainPrefix is the length of the printable ASCII at the start of s.
func plainPrefix(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return i
		}
	}
	return len(s)
}
