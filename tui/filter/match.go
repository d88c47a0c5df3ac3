package filter

import (
	"strconv"
	"strings"
)

// Matcher is a compiled filter. It does not change, and several goroutines may
// use it at once. A nil matcher lets everything through.
type Matcher[R any] struct {
	schema  Schema[R]
	text    string
	in      open[R]
	clauses []clause
}

// clause is one condition. It is plain data, so that two can be compared.
type clause struct {
	how    how
	field  int // -1: all
	not    bool
	word   needle
	digits bool  // word: all digits, so it can be part of a number
	least  int64 // word: no smaller number has so many digits
	dated  bool  // word: a date, from lo to hi
	lo, hi int64
}

type how uint8

const (
	nothing  how = iota // the clause asks for nothing
	anywhere            // the word is in any of the fields
	contains            // the word is in the field
	begins              // the field begins with the word
	exactly             // the field is the word
	within              // the number is between lo and hi, both included
	absent              // the field is empty
	never               // no value can fit
)

// Text is what the matcher was compiled from.
func (m *Matcher[R]) Text() string {
	if m == nil {
		return ""
	}
	return m.text
}

// Empty tells whether every row matches.
func (m *Matcher[R]) Empty() bool { return m == nil || len(m.clauses) == 0 }

// Match tells whether a row fits.
func (m *Matcher[R]) Match(row R) bool {
	if m == nil {
		return true
	}
	for i := range m.clauses {
		c := &m.clauses[i]
		if m.holds(c, row) == c.not {
			return false
		}
	}
	return true
}

func (m *Matcher[R]) holds(c *clause, row R) bool {
	if c.field < 0 {
		return m.anywhere(c, row)
	}
	f := &m.schema[c.field]
	switch {
	case f.num != nil:
		n, known := f.num(row)
		if c.how == absent {
			return !known
		}
		return known && c.how == within && n >= c.lo && n <= c.hi
	case f.text != nil:
		return c.fits(f.text(row))
	default:
		return c.fitsOne(f.list(row))
	}
}

func (c *clause) fits(s string) bool {
	switch c.how {
	case begins:
		return c.word.starts(s) >= 0
	case exactly:
		return c.word.is(s)
	default:
		return c.word.in(s)
	}
}

func (c *clause) fitsOne(list []string) bool {
	for _, s := range list {
		if c.fits(s) {
			return true
		}
	}
	return c.how == exactly && c.word.text == "" && len(list) == 0
}

// anywhere tells whether a bare word is in any field.
func (m *Matcher[R]) anywhere(c *clause, row R) bool {
	for _, text := range m.in.texts {
		if c.word.in(text(row)) {
			return true
		}
	}
	for _, list := range m.in.lists {
		if c.fitsOne(list(row)) {
			return true
		}
	}
	if c.digits {
		for _, num := range m.in.numbers {
			if n, known := num(row); known && (n >= c.least || n <= -c.least) && numberHas(n, c.word.text) {
				return true
			}
		}
	}
	if c.dated {
		for _, at := range m.in.times {
			if t, known := at(row); known && t >= c.lo && t <= c.hi {
				return true
			}
		}
	}
	return false
}

// open are the fields that bare words look into.
type open[R any] struct {
	texts          []func(R) string
	lists          []func(R) []string
	numbers, times []func(R) (int64, bool)
}

func (s Schema[R]) open() open[R] {
	var o open[R]
	for _, f := range s {
		switch {
		case f.named:
		case f.text != nil:
			o.texts = append(o.texts, f.text)
		case f.list != nil:
			o.lists = append(o.lists, f.list)
		case f.kind == numberKind:
			o.numbers = append(o.numbers, f.num)
		case f.kind >= timeKind:
			o.times = append(o.times, f.num)
		}
	}
	return o
}

func numberHas(n int64, digits string) bool {
	var buf [20]byte
	return strings.Contains(string(strconv.AppendInt(buf[:0], n, 10)), digits)
}

// Narrows tells that whatever matches m also matched prev, so that only the
// rows found before need to be looked at.
func (m *Matcher[R]) Narrows(prev *Matcher[R]) bool {
	if prev == nil {
		return true
	}
	for i := range prev.clauses {
		if !m.implies(&prev.clauses[i]) {
			return false
		}
	}
	return true
}

func (m *Matcher[R]) implies(p *clause) bool {
	if m == nil {
		return false
	}
	for i := range m.clauses {
		c := &m.clauses[i]
		if c.not == p.not && (c.not && p.implies(c) || !c.not && c.implies(p)) {
			return true
		}
	}
	return false
}

// implies tells that whatever fits c fits p; their negation is left aside.
func (c *clause) implies(p *clause) bool {
	if c.how != p.how || c.field != p.field {
		return false
	}
	inside := c.lo >= p.lo && c.hi <= p.hi
	switch c.how {
	case anywhere:
		return strings.Contains(c.word.text, p.word.text) && (!c.dated || p.dated && inside)
	case contains:
		return strings.Contains(c.word.text, p.word.text)
	case begins:
		return strings.HasPrefix(c.word.text, p.word.text)
	case exactly:
		return c.word.text == p.word.text
	case within:
		return inside
	default:
		return true
	}
}
