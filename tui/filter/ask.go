package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// problem is what is wrong with a value. The zero problem is none.
type problem struct {
	msg        string
	unfinished bool
}

// ask makes the clause for field:value.
func (f Field[R]) ask(t term, now time.Time) (clause, problem) {
	if t.value == "" && !t.quoted {
		return clause{}, problem{f.name + " wants " + f.wants(), true}
	}
	if f.kind <= stateKind {
		return f.askText(t)
	}
	if t.op == "" && f.isNone(t.value) {
		return clause{how: absent}, problem{}
	}
	switch f.kind {
	case numberKind:
		return f.askNumber(t)
	case boolKind:
		return f.askBool(t)
	case durationKind:
		return f.askDuration(t)
	default:
		return f.askTime(t, now)
	}
}

// wants is what would be right behind the colon.
func (f Field[R]) wants() string {
	switch f.kind {
	case stateKind:
		return "the beginning of a state"
	case numberKind:
		return "a number such as 5, >5 or <=5, or none"
	case boolKind:
		return "yes, no or none"
	case durationKind:
		return "a length such as >30d or 12h, or none"
	case timeKind:
		return "an age such as <30d or >12h, a date such as 2026-08 or >2026-08-01, or never"
	case deadlineKind:
		return "a time to go such as <7d or >1y, a date such as 2026-08 or <2026-08-01, or never"
	default:
		return `text, "several words", ="all of it" or "" for none`
	}
}

func (f Field[R]) wrong(value string) problem {
	return problem{msg: fmt.Sprintf("%s wants %s, not %q", f.name, f.wants(), value)}
}

func (f Field[R]) isNone(value string) bool {
	v := strings.ToLower(value)
	return v == "none" || v == "never" && f.kind >= timeKind
}

func (f Field[R]) askText(t term) (clause, problem) {
	c := clause{word: newNeedle(t.value)}
	switch {
	case t.op == "=" || t.value == "":
		c.how = exactly
	case t.op != "":
		return c, problem{msg: fmt.Sprintf("%s is text and has no %s; it wants %s", f.name, t.op, f.wants())}
	case f.kind == stateKind:
		c.how = begins
	default:
		c.how = contains
	}
	return c, problem{}
}

func (f Field[R]) askBool(t term) (clause, problem) {
	v := strings.ToLower(t.value)
	for i, words := range [...][2]string{{"no", "false"}, {"yes", "true"}} {
		if strings.HasPrefix(words[0], v) || strings.HasPrefix(words[1], v) {
			if t.op != "" && t.op != "=" {
				break
			}
			return clause{how: within, lo: int64(i), hi: int64(i)}, problem{}
		}
	}
	p := f.wrong(t.op + t.value)
	p.unfinished = strings.HasPrefix("none", v)
	return clause{}, p
}

func (f Field[R]) askNumber(t term) (clause, problem) {
	n, err := strconv.ParseInt(strings.ReplaceAll(t.value, ",", ""), 10, 64)
	if err != nil {
		p := f.wrong(t.op + t.value)
		p.unfinished = t.value == "-" || strings.HasPrefix("none", strings.ToLower(t.value))
		return clause{}, p
	}
	return compare(t.op, n, n), problem{}
}

// compare is the clause for a value that spans from first to last.
func compare(op string, first, last int64) clause {
	c := clause{how: within, lo: math.MinInt64, hi: math.MaxInt64}
	switch op {
	case "<":
		if first == math.MinInt64 {
			return clause{how: never}
		}
		c.hi = first - 1
	case "<=":
		c.hi = last
	case ">":
		if last == math.MaxInt64 {
			return clause{how: never}
		}
		c.lo = last + 1
	case ">=":
		c.lo = first
	default:
		c.lo, c.hi = first, last
	}
	return c
}

func (f Field[R]) askDuration(t term) (clause, problem) {
	d, p := parseSpan(t.value)
	if p.msg != "" {
		return clause{}, f.explain(t, p)
	}
	return compare(t.op, d.Microseconds(), d.Microseconds()), problem{}
}

// explain adds what the field wants, unless the problem says enough.
func (f Field[R]) explain(t term, p problem) problem {
	if p.unfinished {
		return problem{f.name + ": " + p.msg, true}
	}
	w := f.wrong(t.op + t.value)
	w.unfinished = strings.HasPrefix("none", strings.ToLower(t.value)) || strings.HasPrefix("never", strings.ToLower(t.value)) && f.kind >= timeKind
	return w
}

func (f Field[R]) askTime(t term, now time.Time) (clause, problem) {
	if from, to, ok := parseDate(t.value, now); ok {
		return compare(t.op, from.UnixMicro(), to.UnixMicro()-1), problem{}
	}
	span, p := parseSpan(t.value)
	if p.msg != "" {
		return clause{}, f.explain(t, p)
	}
	at, d := now.UnixMicro(), span.Microseconds()
	switch {
	case t.op == "" || t.op == "=":
		return clause{}, problem{fmt.Sprintf("say %s:<%s or %s:>%s", f.name, t.value, f.name, t.value), true}
	case f.kind == timeKind: // a smaller age is a later time
		return compare(mirrored[t.op], at-d, at-d), problem{}
	}
	c := compare(t.op, at+d, at+d)
	c.lo = max(c.lo, at) // what has expired has no time to go
	return c, problem{}
}

var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}
