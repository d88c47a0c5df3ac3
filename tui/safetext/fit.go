package safetext

import "strings"

const (
	spaces   = "                                                                "
	ellipsis = "…"
)

// Fit makes s exactly w columns wide: padded with spaces at the right, or cut
// there with an ellipsis.
func Fit(s Safe, w int) Safe {
	n := Width(s)
	switch {
	case w <= 0:
		return ""
	case n == w:
		return s
	case n < w:
		return pad(s, w-n)
	}
	head, used := prefix(s, w-1)
	return pad(head+ellipsis, w-1-used)
}

// FitMiddle makes s exactly w columns wide, cut in the middle so that both
// ends show: what ids that begin alike need.
func FitMiddle(s Safe, w int) Safe {
	n := Width(s)
	if n <= w || w < 3 {
		return Fit(s, w)
	}
	tail := suffix(s, n, (w-1)/2)
	tailWidth := Width(tail)
	head, used := prefix(s, w-1-tailWidth)
	return pad(head+ellipsis+tail, w-1-tailWidth-used)
}

// Truncate cuts s to at most w columns, with an ellipsis where it was cut.
func Truncate(s Safe, w int) Safe {
	if Width(s) <= w {
		return s
	}
	if w <= 0 {
		return ""
	}
	head, _ := prefix(s, w-1)
	return head + ellipsis
}

func pad(s Safe, n int) Safe {
	if n <= len(spaces) {
		return s + Safe(spaces[:n])
	}
	return s + Safe(strings.Repeat(" ", n))
}

// prefix is the longest start of s that fits into w columns, and its width.
func prefix(s Safe, w int) (Safe, int) {
	used, rest := 0, s
	for rest != "" {
		_, n, next := First(rest)
		if used+n > w {
			break
		}
		used, rest = used+n, next
	}
	return s[:len(s)-len(rest)], used
}

// suffix is the longest end of s, which is n columns wide, that fits into w.
func suffix(s Safe, n, w int) Safe {
	for n > w {
		_, cell, rest := First(s)
		s, n = rest, n-cell
	}
	return s
}
