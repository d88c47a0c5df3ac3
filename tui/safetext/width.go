package safetext

import (
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// First cuts the first cell off s: a character with the combining marks on it,
// and how many columns it takes, 1 or 2. A control character that got into s
// around Clean comes back as U+FFFD.
func First(s Safe) (cell string, width int, rest Safe) {
	if s == "" {
		return "", 0, ""
	}
	r, n := rune(s[0]), 1
	if r >= utf8.RuneSelf {
		r, n = utf8.DecodeRuneInString(string(s))
	}
	if n == len(s) || s[n] < utf8.RuneSelf { // nothing can follow that belongs to it
		if r >= 0x20 && r < 0x7f {
			return string(s[:1]), 1, s[1:]
		}
	}
	end := n
	for end < len(s) && s[end] >= utf8.RuneSelf {
		mark, size := utf8.DecodeRuneInString(string(s[end:]))
		if !zeroWidth(mark) || !drawable(mark) {
			break
		}
		end += size
	}
	if (r == utf8.RuneError && n == 1) || !drawable(r) {
		return "\ufffd", 1, s[end:]
	}
	return string(s[:end]), runeWidth(string(s[:n]), r), s[end:]
}

// Width is the number of columns that s takes.
func Width(s Safe) int {
	i := plainPrefix(string(s))
	if i == len(s) {
		return i
	}
	if i > 0 {
		i-- // marks may follow the last plain character
	}
	w := i
	for rest := s[i:]; rest != ""; {
		var n int
		_, n, rest = First(rest)
		w += n
	}
	return w
}

// runeWidth is the width of the rune r, which is s. Width is looked up for the
// base character alone: a cell is never wider because of what stands on it.
func runeWidth(s string, r rune) int {
	switch {
	case r < 0x300:
		return 1
	case r >= 0x4e00 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7a3, r >= 0x3041 && r <= 0x30ff && r != 0x3099 && r != 0x309a:
		return 2
	case r == 0x2e3a || r == 0x2e3b: // two-em and three-em dash: one column in terminals, three and four in uniseg
		return 1
	}
	// A mark that takes a column of its own counts as one, where uniseg says none.
	return max(1, min(2, uniseg.StringWidth(s)))
}

// zeroWidth are the characters that stand on the one before.
func zeroWidth(r rune) bool {
	return r >= 0x300 && (unicode.In(r, unicode.Mn, unicode.Me) || conjoiningJamo(r))
}

// drawable are the characters that a cell may show.
func drawable(r rune) bool {
	switch {
	case r >= 0x20 && r < 0x7f:
		return true
	case !unicode.IsPrint(r), // controls, format characters, spaces, private use, surrogates, unassigned
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector),
		r == 0x2800, // the Braille cell without dots
		regionalIndicator(r), emojiModifier(r):
		return false
	}
	return true
}

func regionalIndicator(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
func emojiModifier(r rune) bool     { return r >= 0x1f3fb && r <= 0x1f3ff }

// leadingJamo are the wide letters that begin a Hangul syllable spelled out.
func leadingJamo(r rune) bool { return r >= 0x1100 && r <= 0x115e || r >= 0xa960 && r <= 0xa97c }

// conjoiningJamo are the vowels and finals that are drawn into the syllable.
func conjoiningJamo(r rune) bool { return r >= 0x1161 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7fb }
