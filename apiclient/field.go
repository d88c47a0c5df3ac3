package apiclient

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// FieldKind says what may be entered into a field, and so which widget, flag
// and check it gets.
type FieldKind uint8

// The kinds of fields.
const (
	TextField   FieldKind = iota
	SecretField           // asked twice where Twice is set; never a flag's value
	IntField
	BoolField
	ChoiceField   // one of Choices
	MultiField    // several of Choices, or free words where Choices is empty
	DurationField // 90s, 12h, 30d or seconds; 0 where Zero is set
	TimeField     // RFC 3339
	RefField      // the name of a record of kind Of, with a picker
	RowsField     // rows of Columns
)

// Field is one thing that a verb or a way to sign in asks for. Form, flag,
// palette and completion come from this one declaration.
type Field struct {
	Name     string // as in flags and JSON: max_age
	Title    string // as in forms: Max age
	Kind     FieldKind
	Required bool
	Default  string // text of the default; filled in, so that it can be seen and changed
	Help     string // one line
	Choices  []string
	Of       Kind    // RefField
	Columns  []Field // RowsField
	Twice    bool    // SecretField: ask again, to catch a slip of the keys
	Fresh    bool    // SecretField: a new password is chosen: offer the generator and check length and blocklist
	MinLen   int     // SecretField with Fresh: code points
	Zero     string  // DurationField: what 0 means ("never expires"); "" forbids it
	Max      int64   // IntField, DurationField in seconds: largest allowed; 0: none
	Keep     string  // key of the record's value that an edit form starts with; "" is Name
	Check    func(string) error
}

// Validate checks one input against the declaration; the error says what is
// wrong in words that can stand beside the field. It checks no secret against
// its twin: the form does.
func (f Field) Validate(in Input) error {
	if in.Empty() {
		if f.Required {
			return errors.New("is required")
		}
		return nil
	}
	if err := f.validateKind(in); err != nil {
		return err
	}
	if f.Check == nil {
		return nil
	}
	if f.Kind == SecretField {
		return f.Check(in.Secret.Reveal())
	}
	return f.Check(in.Text)
}

func (f Field) validateKind(in Input) error {
	switch f.Kind {
	case IntField:
		n, err := strconv.ParseInt(in.Text, 10, 64)
		if err != nil {
			return errors.New("must be a whole number")
		}
		if f.Max > 0 && n > f.Max {
			return fmt.Errorf("must be at most %d", f.Max)
		}
	case BoolField:
		if in.Text != "yes" && in.Text != "no" {
			return errors.New("must be yes or no")
		}
	case ChoiceField:
		return oneOf(in.Text, f.Choices)
	case MultiField:
		for _, s := range in.List {
			if len(f.Choices) > 0 {
				if err := oneOf(s, f.Choices); err != nil {
					return err
				}
			}
		}
	case DurationField:
		d, err := ParseSpan(in.Text)
		if err != nil {
			return err
		}
		if d == 0 && f.Zero == "" {
			return errors.New("must be more than 0")
		}
		if f.Max > 0 && int64(d/time.Second) > f.Max {
			return fmt.Errorf("must be at most %s", FormatSpan(time.Duration(f.Max)*time.Second))
		}
	case TimeField:
		if _, err := time.Parse(time.RFC3339, in.Text); err != nil {
			return errors.New("must be a time such as 2026-01-31T12:00:00Z")
		}
	case SecretField:
		if n := utf8.RuneCountInString(in.Secret.Reveal()); f.Fresh && n < f.MinLen {
			return fmt.Errorf("must have at least %d characters, has %d", f.MinLen, n)
		}
	}
	return nil
}

func oneOf(s string, choices []string) error {
	for _, c := range choices {
		if s == c {
			return nil
		}
	}
	return fmt.Errorf("must be one of %s", strings.Join(choices, ", "))
}

// ParseSpan reads a duration as admins write it: plain seconds, or a number
// with s, m, h, d (24 h) or w, several in a row allowed (1d12h).
func ParseSpan(s string) (time.Duration, error) {
	bad := errors.New("must be a duration such as 90s, 12h or 30d")
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, bad
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n < 0 || n > int64(maxSpan/time.Second) {
			return 0, bad
		}
		return time.Duration(n) * time.Second, nil
	}
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	var sum time.Duration
	for s != "" {
		i := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if i <= 0 {
			return 0, bad
		}
		n, err := strconv.ParseInt(s[:i], 10, 64)
		unit, ok := units[s[i]]
		if err != nil || !ok || n > int64(maxSpan/unit) || sum > maxSpan-time.Duration(n)*unit {
			return 0, bad
		}
		sum += time.Duration(n) * unit
		s = s[i+1:]
	}
	return sum, nil
}

// maxSpan is a hundred years: more is a slip of the keys.
const maxSpan = 100 * 365 * 24 * time.Hour

// FormatSpan writes a duration in its largest whole units: 30d, 1d12h, 90s.
func FormatSpan(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	var b strings.Builder
	for _, u := range []struct {
		d time.Duration
		s string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / u.d; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.s)
			d -= n * u.d
		}
	}
	return b.String()
}

// Input is what was entered into one field.
type Input struct {
	Text   string
	List   []string
	Rows   [][]string
	Secret Secret
	Ref    Ref // RefField: what the picker chose; zero when typed
}

// Empty tells whether nothing was entered.
func (in Input) Empty() bool {
	return in.Text == "" && len(in.List) == 0 && len(in.Rows) == 0 && in.Secret.IsZero()
}

// Values are the inputs of a form or a command line by field name. A field
// that is absent was not asked or not changed.
type Values map[string]Input

// Has tells whether the field was given at all, be it empty.
func (v Values) Has(name string) bool { _, ok := v[name]; return ok }

// Text gives the text of a field, "" when absent.
func (v Values) Text(name string) string { return v[name].Text }

// Bool tells whether a yes/no field says yes.
func (v Values) Bool(name string) bool { return v[name].Text == "yes" }

// Secret gives the secret of a field.
func (v Values) Secret(name string) Secret { return v[name].Secret }

// List gives the words of a field.
func (v Values) List(name string) []string { return v[name].List }

// Span gives the duration of a field that was validated; zero when absent.
func (v Values) Span(name string) time.Duration {
	d, err := ParseSpan(v[name].Text)
	if err != nil {
		return 0
	}
	return d
}

// Int gives the number of a field that was validated; zero when absent.
func (v Values) Int(name string) int64 {
	n, err := strconv.ParseInt(v[name].Text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
