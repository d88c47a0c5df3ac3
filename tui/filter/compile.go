package filter

import (
	"fmt"
	"strings"
	"time"
)

// Error says where a filter is wrong, and what would be right.
type Error struct {
	Term       int  // where the piece that is wrong begins, in bytes of the text
	At, End    int  // what is wrong in it
	Unfinished bool // more typing can make it right
	Msg        string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("at %d: %s", e.At+1, e.Msg) }

// Compile reads a filter. Ages and deadlines count from now, whose location is
// also that of dates. The error is an *Error.
func (s Schema[R]) Compile(text string, now time.Time) (*Matcher[R], error) {
	m := &Matcher[R]{schema: s, text: text, in: s.open()}
	for from := 0; ; {
		t, ok := scan(text, from)
		if !ok {
			return m, nil
		}
		from = t.end
		c, err := s.clause(t, now)
		if err != nil {
			err.Term, err.Unfinished = t.at, err.Unfinished && t.end == len(text)
			return nil, err
		}
		if c.how != nothing {
			m.clauses = append(m.clauses, c)
		}
	}
}

func (s Schema[R]) clause(t term, now time.Time) (clause, *Error) {
	if t.field == "" {
		return word(t, now), nil
	}
	i, err := s.lookUp(t)
	if err != nil {
		return clause{}, err
	}
	c, problem := s[i].ask(t, now)
	if problem.msg != "" {
		return clause{}, &Error{At: t.valueAt - len(t.op), End: max(t.end, t.valueAt), Unfinished: problem.unfinished, Msg: problem.msg}
	}
	c.field, c.not = i, t.not
	return c, nil
}

// word is a piece without a field name.
func word(t term, now time.Time) clause {
	if t.value == "" {
		return clause{}
	}
	c := clause{how: anywhere, field: -1, not: t.not, word: newNeedle(t.value)}
	c.least, c.digits = leastNumber(t.value)
	if from, to, ok := datePrefix(t.value, now.Location()); ok {
		c.dated, c.lo, c.hi = true, from.UnixMicro(), to.UnixMicro()-1
	}
	return c
}

// leastNumber is the smallest number with as many digits as s has, if s is
// nothing but digits.
func leastNumber(s string) (least int64, ok bool) {
	if len(s) > 18 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	for n := int64(1); len(s) > 1; s = s[1:] {
		n *= 10
		least = n
	}
	return least, true
}

// lookUp finds the field that a name or the beginning of one means. A whole
// name beats a beginning, and the first word of a name the later ones: "used"
// is last_used as long as nothing else begins with it.
func (s Schema[R]) lookUp(t term) (int, *Error) {
	name := strings.ToLower(t.field)
	for _, fits := range []func(candidate string) bool{
		func(c string) bool { return c == name },
		func(c string) bool { return strings.HasPrefix(c, name) },
		func(c string) bool { return strings.Contains(c, "_"+name) },
	} {
		found := s.fitting(fits)
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			return 0, &Error{At: t.at, End: t.end, Unfinished: true,
				Msg: fmt.Sprintf("%q can be %s", t.field, s.names(found))}
		}
	}
	return 0, &Error{At: t.at, End: t.end,
		Msg: fmt.Sprintf("no field %q; there are %s; put text with a colon into quotes", t.field, s.names(nil))}
}

func (s Schema[R]) fitting(fits func(string) bool) []int {
	var found []int
	for i, f := range s {
		hit := fits(f.name)
		for _, a := range f.aliases {
			hit = hit || fits(a)
		}
		if hit {
			found = append(found, i)
		}
	}
	return found
}

// names lists fields; nil means all.
func (s Schema[R]) names(which []int) string {
	var names []string
	if which == nil {
		for _, f := range s {
			names = append(names, f.name)
		}
	}
	for _, i := range which {
		names = append(names, s[i].name)
	}
	return strings.Join(names, ", ")
}
