// Package cells turns values of records into text with a tone: what a list, an
// inspect page and a side pane show. It is pure: the same value, clock and
// signs give the same cell.
package cells

import (
	"strconv"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// Cell is a piece of text with what it means. Sign stands before the text.
type Cell struct {
	Text safetext.Safe
	Tone theme.Tone
	Sign safetext.Safe
}

// Look is how values are shown at one moment.
type Look struct {
	Signs theme.Signs
	Now   time.Time      // by the server's clock
	Zone  *time.Location // in which full times are shown; nil is UTC
}

// soon is how long before its expiry something is called to attention.
const soon = 7 * 24 * time.Hour

// Short is the cell of a list: ages, no full times.
func (l Look) Short(key string, v apiclient.Value) Cell {
	if v.None {
		return none(key, v.Kind)
	}
	switch v.Kind {
	case apiclient.NumberValue:
		return Cell{Text: Count(v.Num)}
	case apiclient.TimeValue:
		return l.age(v.Time)
	case apiclient.DurationValue:
		return Cell{Text: safetext.Clean(apiclient.FormatSpan(v.Span))}
	case apiclient.BoolValue:
		if v.Num == 0 {
			return Cell{Text: "no", Tone: theme.Dim}
		}
		return Cell{Text: "yes"}
	case apiclient.StateValue:
		return l.State(apiclient.State(v.Text))
	case apiclient.ListValue:
		return Cell{Text: safetext.Clean(strings.Join(v.List, ", "))}
	}
	return Cell{Text: safetext.Clean(v.Text)}
}

// Full is the cell of an inspect page: full times beside ages.
func (l Look) Full(key string, v apiclient.Value) Cell {
	if v.Kind == apiclient.TimeValue && !v.None {
		c := l.age(v.Time)
		c.Text = l.Time(v.Time) + "  " + c.Text
		return c
	}
	return l.Short(key, v)
}

// State is a state with its sign: never colour alone.
func (l Look) State(s apiclient.State) Cell {
	word := safetext.Clean(string(s))
	switch s.Health() {
	case apiclient.Live:
		return Cell{word, theme.Good, l.Signs.Live}
	case apiclient.Pending:
		return Cell{word, theme.Warn, l.Signs.Pending}
	case apiclient.Idle:
		return Cell{word, theme.Dim, l.Signs.Idle}
	case apiclient.Gone:
		return Cell{word, theme.Bad, l.Signs.Gone}
	}
	return Cell{Text: word}
}

// Time is a moment in full, in UTC unless another zone is asked for.
func (l Look) Time(t time.Time) safetext.Safe {
	if l.Zone == nil {
		return safetext.Clean(t.UTC().Format("2006-01-02 15:04:05Z"))
	}
	return safetext.Clean(t.In(l.Zone).Format("2006-01-02 15:04:05 -07:00"))
}

// age tells how long ago or ahead a time is; far away it is the date.
func (l Look) age(t time.Time) Cell {
	d := l.Now.Sub(t)
	if d < -time.Minute {
		tone := theme.Plain
		if -d < soon {
			tone = theme.Warn
		}
		return Cell{Text: "in " + span(rounded(-d)), Tone: tone}
	}
	if d >= farAway {
		zone := l.Zone
		if zone == nil {
			zone = time.UTC
		}
		return Cell{Text: safetext.Clean(t.In(zone).Format("2006-01-02"))}
	}
	if d < time.Minute {
		return Cell{Text: "just now"}
	}
	return Cell{Text: span(d) + " ago"}
}

// rounded is what somebody would say that is still to come: a minute after a
// token of 30 days was made there are 30 days left, not 29.
func rounded(d time.Duration) time.Duration {
	for _, u := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if d >= u {
			return d.Round(u)
		}
	}
	return d
}

// farAway is the age from which on a date says more than a count of days.
const farAway = 60 * 24 * time.Hour

// span writes a duration in its largest unit.
func span(d time.Duration) safetext.Safe {
	for _, u := range []struct {
		d         time.Duration
		one, many string
	}{{24 * time.Hour, " day", " days"}, {time.Hour, " h", " h"}, {time.Minute, " min", " min"}} {
		if n := int64(d / u.d); n == 1 {
			return safetext.Safe("1" + u.one)
		} else if n > 1 {
			return Count(n) + safetext.Safe(u.many)
		}
	}
	return safetext.Safe(strconv.Itoa(int(max(0, d)/time.Second)) + " s")
}

// Age is how long something took or is old, as in "offline for 3 min".
func Age(d time.Duration) safetext.Safe { return span(d) }

// none says what it means that there is no value. Where a key has a word of
// its own, the absence is a fact about the record; elsewhere nothing is known.
func none(key string, kind apiclient.ValueKind) Cell {
	switch key {
	case "expires":
		return Cell{Text: "never", Tone: theme.Plain}
	case "last_used", "last_seen":
		return Cell{Text: "never", Tone: theme.Dim}
	case "max_age":
		return Cell{Text: "no limit", Tone: theme.Plain}
	}
	if kind == apiclient.NumberValue {
		return Cell{Text: "?", Tone: theme.Dim}
	}
	return Cell{Text: "", Tone: theme.Dim}
}

// Count writes a number with its thousands set apart: 1,204.
func Count(n int64) safetext.Safe {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return safetext.Safe(sign + b.String())
}

// Many counts things in words: "1 user", "1,204 users".
func Many(n int, noun apiclient.Noun) safetext.Safe {
	word := noun.Many
	if n == 1 {
		word = noun.One
	}
	return Count(int64(n)) + " " + safetext.Clean(word)
}
