// Package filter is the small language with which lists are narrowed down:
// words, field:value, ages and numbers. A text is compiled against the fields
// of a list into a matcher that costs no allocation per row.
package filter

import "time"

// Field is something a filter can ask a row about. It is made by Text, List,
// State, Number, Bool, Duration, Time or Deadline.
type Field[R any] struct {
	name    string
	aliases []string
	named   bool
	kind    kind
	text    func(R) string
	list    func(R) []string
	num     func(R) (int64, bool)
}

type kind uint8

const (
	textKind kind = iota
	listKind
	stateKind
	numberKind
	boolKind
	durationKind
	timeKind
	deadlineKind
)

// Text is a field that contains what is asked for.
func Text[R any](name string, get func(R) string) Field[R] {
	return Field[R]{name: name, kind: textKind, text: get}
}

// List is a field of several texts; one that contains what is asked for is
// enough.
func List[R any](name string, get func(R) []string) Field[R] {
	return Field[R]{name: name, kind: listKind, list: get}
}

// State is a field of one word out of few. field:value means that it begins
// with the value, so that state:active does not find what is inactive.
func State[R any](name string, get func(R) string) Field[R] {
	return Field[R]{name: name, kind: stateKind, text: get}
}

// Number is a field with a number, if known.
func Number[R any](name string, get func(R) (n int64, known bool)) Field[R] {
	return Field[R]{name: name, kind: numberKind, num: get}
}

// Bool is a field that is yes or no, if known.
func Bool[R any](name string, get func(R) (yes, known bool)) Field[R] {
	return Field[R]{name: name, kind: boolKind, num: func(r R) (int64, bool) {
		yes, known := get(r)
		if yes {
			return 1, known
		}
		return 0, known
	}}
}

// Duration is a field with a length of time; zero means none.
func Duration[R any](name string, get func(R) time.Duration) Field[R] {
	return Field[R]{name: name, kind: durationKind, num: func(r R) (int64, bool) {
		d := get(r)
		return d.Microseconds(), d != 0
	}}
}

// Time is a field with a moment in the past, such as the last use: field:<30d
// means less than 30 days ago. The zero time means never.
func Time[R any](name string, get func(R) time.Time) Field[R] {
	return Field[R]{name: name, kind: timeKind, num: micros(get)}
}

// Deadline is a field with a moment in the future, such as an expiry:
// field:<7d means within 7 days from now. The zero time means never.
func Deadline[R any](name string, get func(R) time.Time) Field[R] {
	return Field[R]{name: name, kind: deadlineKind, num: micros(get)}
}

func micros[R any](get func(R) time.Time) func(R) (int64, bool) {
	return func(r R) (int64, bool) {
		t := get(r)
		return t.UnixMicro(), !t.IsZero()
	}
}

// As gives the field further names.
func (f Field[R]) As(aliases ...string) Field[R] {
	f.aliases = append(f.aliases[:len(f.aliases):len(f.aliases)], aliases...)
	return f
}

// Named keeps bare words from finding the field: it is asked for by its name
// only. For fields that are not shown in the list.
func (f Field[R]) Named() Field[R] {
	f.named = true
	return f
}

// Name is what the field is called before the colon.
func (f Field[R]) Name() string { return f.name }

// Schema are the fields of a list.
type Schema[R any] []Field[R]
