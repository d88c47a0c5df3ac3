package tui

import (
	"strings"

	"gatehouse/tui/safetext"
)

// Wrap breaks s between words into lines of at most w columns; a word that is
// longer than a line is broken where the line ends. There is always a line.
func Wrap(s safetext.Safe, w int) []safetext.Safe {
	if w < 1 || safetext.Width(s) <= w {
		return []safetext.Safe{s}
	}
	var out []safetext.Safe
	line, used := safetext.Safe(""), 0
	for _, part := range strings.Split(string(s), " ") {
		word := safetext.Safe(part)
		n := safetext.Width(word)
		switch {
		case used > 0 && used+1+n <= w:
			line, used = line+" "+word, used+1+n
			continue
		case used > 0:
			out = append(out, line)
		}
		for n > w {
			var head safetext.Safe
			head, word = splitAt(word, w)
			out = append(out, head)
			n = safetext.Width(word)
		}
		line, used = word, n
	}
	if used > 0 || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// splitAt cuts s behind its first w columns, and behind at least one cell.
func splitAt(s safetext.Safe, w int) (head, rest safetext.Safe) {
	used, rest := 0, s
	for rest != "" {
		_, n, next := safetext.First(rest)
		if used > 0 && used+n > w {
			break
		}
		used, rest = used+n, next
	}
	return s[:len(s)-len(rest)], rest
}
