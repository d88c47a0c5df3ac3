package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of a filter, so that nobody builds a statement of any size.
const (
	longestFilter = 1024
	mostTerms     = 16
)

// FieldKind says how a field is compared.
type FieldKind int

// The kinds of fields.
const (
	Text FieldKind = iota // contains the value, without case; := for the whole
	Enum                  // is one of Values
	Bool                  // yes or no
	Int                   // 3, <3, >3
	Past                  // <30d: less than 30 days ago; never; a date
	Due                   // <7d: within the next 7 days; never; a date
)

// Field is one thing that a list can be filtered and sorted by. Expr is SQL;
// {now} in it is the time of the request.
type Field struct {
	Name    string
	Aliases []string
	Expr    string
	Kind    FieldKind
	Values  []string
	Words   bool // words without a field look here too
	Always  bool // a time that is never absent
}

// FilterError says where a filter cannot be understood, without repeating it.
type FilterError struct {
	At      int // position of the term, in characters from 1
	Message string
}

func (e *FilterError) Error() string { return fmt.Sprintf("at character %d: %s", e.At, e.Message) }

// Cond is a condition of a WHERE clause.
type Cond struct {
	SQL  string
	Args []any
}

// Filter is a filter that was understood.
type Filter struct {
	conds []Cond
	used  map[string]bool
}

// Uses tells whether the filter names a field.
func (f Filter) Uses(field string) bool { return f.used[field] }

type term struct {
	at     int
	negate bool
	field  string // empty: any
	value  string
}

// ParseFilter reads words and field:value pairs. Everything has to hold; a
// minus in front turns a term round; quotes keep blanks together and colons
// from meaning a field.
func (l List) ParseFilter(text string, now time.Time) (Filter, error) {
	f := Filter{used: map[string]bool{}}
	if len(text) > longestFilter {
		return f, &FilterError{1, fmt.Sprintf("a filter has at most %d bytes", longestFilter)}
	}
	terms, err := split(text)
	if err != nil {
		return f, err
	}
	if len(terms) > mostTerms {
		return f, &FilterError{terms[mostTerms].at, fmt.Sprintf("a filter has at most %d terms", mostTerms)}
	}
	for _, t := range terms {
		cond, err := l.condition(t, now, f.used)
		if err != nil {
			return f, err
		}
		if t.negate {
			cond.SQL = "NOT COALESCE(" + cond.SQL + ", 0)"
		}
		f.conds = append(f.conds, cond)
	}
	return f, nil
}

func split(text string) ([]term, error) {
	var terms []term
	runes := []rune(text)
	for i := 0; i < len(runes); {
		if runes[i] == ' ' || runes[i] == '\t' {
			i++
			continue
		}
		t := term{at: i + 1}
		if runes[i] == '-' && i+1 < len(runes) && runes[i+1] != ' ' {
			t.negate = true
			i++
		}
		var word strings.Builder
		for quoted, literal := false, false; i < len(runes); i++ {
			c := runes[i]
			switch {
			case c == '"':
				quoted, literal = !quoted, true
				continue
			case !quoted && (c == ' ' || c == '\t'):
			case c == ':' && !quoted && !literal && t.field == "" && fieldLike(word.String()):
				t.field = word.String()
				word.Reset()
				continue
			default:
				word.WriteRune(c)
				continue
			}
			break
		}
		t.value = word.String()
		if strings.Count(string(runes[t.at-1:i]), `"`)%2 != 0 {
			return nil, &FilterError{t.at, "a quote is not closed"}
		}
		terms = append(terms, t)
	}
	return terms, nil
}

func fieldLike(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' })
}

func (l List) condition(t term, now time.Time, used map[string]bool) (Cond, error) {
	if t.field == "" {
		return l.anywhere(t), nil
	}
	f, ok := l.field(t.field)
	if !ok {
		return Cond{}, &FilterError{t.at, "there is no such field; there are " + strings.Join(l.fieldNames(), ", ")}
	}
	used[f.Name] = true
	cond, err := f.compare(t.value, now)
	if err != "" {
		return Cond{}, &FilterError{t.at, err}
	}
	return cond, nil
}

func (l List) anywhere(t term) Cond {
	var looks []string
	var args []any
	for _, f := range l.Fields {
		if f.Words {
			looks = append(looks, f.Expr+` LIKE ? ESCAPE '\'`)
			args = append(args, like(t.value))
		}
	}
	return Cond{"(" + strings.Join(looks, " OR ") + ")", args}
}

func like(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

// compare makes the condition, or says what is wrong with the value.
func (f Field) compare(value string, now time.Time) (Cond, string) {
	switch f.Kind {
	case Text:
		if whole, ok := strings.CutPrefix(value, "="); ok {
			return Cond{f.Expr + " = ? COLLATE NOCASE", []any{whole}}, ""
		}
		return Cond{f.Expr + ` LIKE ? ESCAPE '\'`, []any{like(value)}}, ""
	case Enum:
		if !slices.Contains(f.Values, value) {
			return Cond{}, "this field is one of " + strings.Join(f.Values, ", ")
		}
		return Cond{f.Expr + " = ?", []any{value}}, ""
	case Bool:
		switch value {
		case "yes", "true":
			return Cond{f.Expr + " = 1", nil}, ""
		case "no", "false":
			return Cond{f.Expr + " = 0", nil}, ""
		}
		return Cond{}, "this field is yes or no"
	case Int:
		op, rest := operator(value)
		n, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return Cond{}, "this field is a number, such as 3, <3 or >3"
		}
		return Cond{f.Expr + " " + op + " ?", []any{n}}, ""
	}
	return f.compareTime(value, now)
}

func operator(value string) (op, rest string) {
	for _, op := range []string{"<=", ">=", "<", ">"} {
		if rest, ok := strings.CutPrefix(value, op); ok {
			return op, rest
		}
	}
	return "=", value
}

func (f Field) compareTime(value string, now time.Time) (Cond, string) {
	if value == "never" {
		return Cond{f.Expr + " IS NULL", nil}, ""
	}
	op, rest := operator(value)
	if day, err := time.Parse(time.DateOnly, rest); err == nil {
		if op == "=" {
			return Cond{"(" + f.Expr + " >= ? AND " + f.Expr + " < ?)", []any{day.UnixMicro(), day.AddDate(0, 0, 1).UnixMicro()}}, ""
		}
		return Cond{f.Expr + " " + op + " ?", []any{day.UnixMicro()}}, ""
	}
	age, ok := parseAge(rest)
	if !ok || op == "=" {
		return Cond{}, "this field is a time, such as <30d, >12h, never, 2026-08-01 or <2026-08-01"
	}
	if f.Kind == Due {
		if op[0] == '<' {
			return Cond{"(" + f.Expr + " " + op + " ? AND " + f.Expr + " >= ?)", []any{now.Add(age).UnixMicro(), now.UnixMicro()}}, ""
		}
		return Cond{f.Expr + " " + op + " ?", []any{now.Add(age).UnixMicro()}}, ""
	}
	// Less than 30 days ago is later than the moment 30 days ago.
	turned := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	return Cond{f.Expr + " " + turned + " ?", []any{now.Add(-age).UnixMicro()}}, ""
}

// parseAge reads 90s, 15m, 12h, 30d, 6w or 2y.
func parseAge(s string) (time.Duration, bool) {
	units := map[byte]time.Duration{
		's': time.Second, 'm': time.Minute, 'h': time.Hour,
		'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'y': 365 * 24 * time.Hour,
	}
	if s == "" {
		return 0, false
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 32)
	if !ok || err != nil || time.Duration(n) > 100*units['y']/unit {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
