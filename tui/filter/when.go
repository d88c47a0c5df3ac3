package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

var units = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day, "y": 365 * day,
}

// parseSpan reads lengths such as 30d or 1d12h.
func parseSpan(s string) (time.Duration, problem) {
	var sum time.Duration
	for rest := strings.ToLower(s); rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil {
			return 0, problem{msg: "not a length of time"}
		}
		rest = rest[digits:]
		if rest == "" {
			return 0, problem{fmt.Sprintf("%s needs a unit: %sd (s, m, h, d, w or y)", s, s), true}
		}
		unit, known := units[rest[:1]]
		if !known {
			return 0, problem{msg: "not a unit"}
		}
		rest = rest[1:]
		if n > int64(math.MaxInt64-sum)/int64(unit) {
			return 0, problem{msg: "too long"}
		}
		sum += time.Duration(n) * unit
	}
	return sum, problem{}
}

// parseDate reads a year, month, day or minute, or the word for a day, and
// gives when it begins and when the next begins.
func parseDate(s string, now time.Time) (from, to time.Time, ok bool) {
	y, m, d := now.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	switch strings.ToLower(s) {
	case "today":
		return midnight, midnight.AddDate(0, 0, 1), true
	case "yesterday":
		return midnight.AddDate(0, 0, -1), midnight, true
	}
	for _, form := range [...]struct {
		layout  string
		y, m, d int
		span    time.Duration
	}{
		{"2006-01-02", 0, 0, 1, 0}, {"2006-01", 0, 1, 0, 0}, {"2006", 1, 0, 0, 0}, {"2006-01-02T15:04", 0, 0, 0, time.Minute},
	} {
		if len(s) != len(form.layout) {
			continue
		}
		from, err := time.ParseInLocation(form.layout, strings.ToUpper(s), now.Location())
		return from, from.AddDate(form.y, form.m, form.d).Add(form.span), err == nil
	}
	return time.Time{}, time.Time{}, false
}

// datePrefix reads a bare word that begins a date: 2026, 2026-08, 2026-08-01.
// What is half typed counts as the year or month around it, so that every
// further character narrows the result.
func datePrefix(s string, loc *time.Location) (from, to time.Time, ok bool) {
	const pattern = "dddd-dd-dd"
	if len(s) < 4 || len(s) > len(pattern) {
		return from, to, false
	}
	for i := range len(s) {
		if isDigit := s[i] >= '0' && s[i] <= '9'; isDigit != (pattern[i] == 'd') || !isDigit && s[i] != '-' {
			return from, to, false
		}
	}
	if s[:2] < "19" || s[:2] > "21" {
		return from, to, false // a number, hardly a year
	}
	whole := 4
	switch {
	case len(s) == 10:
		whole = 10
	case len(s) >= 7:
		whole = 7
	}
	return parseDate(s[:whole], time.Time{}.In(loc))
}
