package list

import (
	"strconv"
	"strings"
	"time"

	"gatehouse/tui/safetext"
)

// staleAfter is how old a list may be before it says so.
const staleAfter = time.Minute

// Status is what the list has to say in a few words: how much is shown, how
// much is marked, whether it loads, and how old it is when that matters.
func (l *List[R]) Status() safetext.Safe {
	var parts []string
	if text := l.counted(); text != "" {
		parts = append(parts, text)
	}
	if n := l.Marked(); n > 0 {
		text := grouped(n) + " marked"
		if hidden := l.HiddenMarked(); hidden > 0 {
			text += ", " + grouped(hidden) + " hidden"
		}
		parts = append(parts, text)
	}
	if l.load.on && l.load.slow && l.next != nil {
		parts = append(parts, "refreshing")
	}
	if text := l.asOf(); text != "" {
		parts = append(parts, text)
	}
	dot := " " + string(l.env.Theme.Signs.Dot) + " "
	return safetext.Safe(strings.Join(parts, dot))
}

// counted says how many rows there are.
func (l *List[R]) counted() string {
	d := &l.load
	switch {
	case d.on && l.next == nil:
		switch {
		case l.Len() > 0:
			return "loading " + l.progress()
		case d.slow:
			return "loading"
		}
		return ""
	case !d.complete && l.Len() > 0:
		return "incomplete: " + l.progress()
	case l.now.shown.filters():
		return grouped(l.Shown()) + " of " + grouped(l.Len())
	}
	return grouped(l.Len())
}

func (l *List[R]) progress() string {
	if l.load.total > 0 {
		return grouped(l.Len()) + " of " + grouped(max(l.load.total, l.Len()))
	}
	return grouped(l.Len())
}

// asOf says how old what is shown is, once that is worth saying: it could not
// be read anew, or not for long. The age moves in steps, so that it does not
// draw every second.
func (l *List[R]) asOf() string {
	d := &l.load
	if d.shownBegan.IsZero() {
		return ""
	}
	age := l.env.Now().Sub(d.shownBegan)
	if d.err == nil && age < staleAfter {
		return ""
	}
	at := d.shownAt
	if at.IsZero() {
		at = d.shownBegan
	}
	return "as of " + l.clock(at) + ", " + about(age) + " old"
}

func (l *List[R]) clock(t time.Time) string {
	if l.env.Local {
		return t.Local().Format("15:04")
	}
	return t.UTC().Format("15:04Z")
}

func about(age time.Duration) string {
	switch {
	case age < 10*time.Second:
		return "a few s"
	case age < time.Minute:
		return strconv.Itoa(int(age/(10*time.Second))*10) + " s"
	case age < 2*time.Hour:
		return strconv.Itoa(int(age/time.Minute)) + " min"
	case age < 48*time.Hour:
		return strconv.Itoa(int(age/time.Hour)) + " h"
	}
	return grouped(int(age/(24*time.Hour))) + " d"
}

// grouped writes a number with commas between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	if n < 0 {
		return s
	}
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
