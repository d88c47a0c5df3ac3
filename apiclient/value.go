package apiclient

import (
	"strconv"
	"strings"
	"time"
)

// ValueKind says how a value is compared and shown.
type ValueKind uint8

// The kinds of values a column can hold.
const (
	TextValue ValueKind = iota
	NumberValue
	TimeValue
	DurationValue
	BoolValue
	StateValue
	LinkValue
	ListValue
)

// Value is one field of a record, ready to be compared, filtered, shown or
// exported. The zero Value is an empty text.
type Value struct {
	Kind ValueKind
	Text string        // TextValue, StateValue, LinkValue (what to show)
	Num  int64         // NumberValue; BoolValue 0 or 1
	Time time.Time     // TimeValue; zero: never or not known
	Span time.Duration // DurationValue
	Link Ref           // LinkValue
	List []string      // ListValue
	None bool          // the system says nothing about it
}

// Constructors for each kind.

// Text makes a text value.
func Text(s string) Value { return Value{Kind: TextValue, Text: s} }

// Number makes a number value.
func Number(n int64) Value { return Value{Kind: NumberValue, Num: n} }

// Count makes a number value of a count that may be not known (nil).
func Count(n *int) Value {
	if n == nil {
		return Value{Kind: NumberValue, None: true}
	}
	return Number(int64(*n))
}

// At makes a time value; the zero time is "none".
func At(t time.Time) Value { return Value{Kind: TimeValue, Time: t, None: t.IsZero()} }

// Span makes a duration value; zero is "none".
func Span(d time.Duration) Value { return Value{Kind: DurationValue, Span: d, None: d == 0} }

// Bool makes a yes/no value.
func Bool(b bool) Value {
	v := Value{Kind: BoolValue}
	if b {
		v.Num = 1
	}
	return v
}

// InState makes a state value.
func InState(s State) Value { return Value{Kind: StateValue, Text: string(s)} }

// Link makes a value that leads to another record.
func Link(r Ref) Value {
	return Value{Kind: LinkValue, Text: r.Name(), Link: r, None: r.IsZero()}
}

// List makes a value of several texts.
func List(l []string) Value { return Value{Kind: ListValue, List: l, None: len(l) == 0} }

// String is the value as exports and filters see it: times in RFC 3339 UTC,
// durations in seconds, lists joined by a comma.
func (v Value) String() string {
	if v.None {
		return ""
	}
	switch v.Kind {
	case NumberValue:
		return strconv.FormatInt(v.Num, 10)
	case TimeValue:
		return v.Time.UTC().Format(time.RFC3339)
	case DurationValue:
		return strconv.FormatInt(int64(v.Span/time.Second), 10)
	case BoolValue:
		if v.Num != 0 {
			return "yes"
		}
		return "no"
	case ListValue:
		return strings.Join(v.List, ",")
	default:
		return v.Text
	}
}

// Compare orders two values of one column: negative, zero or positive. What is
// none sorts before all else.
func (v Value) Compare(o Value) int {
	if v.None != o.None {
		if v.None {
			return -1
		}
		return 1
	}
	switch v.Kind {
	case NumberValue, BoolValue:
		return cmpInt(v.Num, o.Num)
	case TimeValue:
		return v.Time.Compare(o.Time)
	case DurationValue:
		return cmpInt(int64(v.Span), int64(o.Span))
	case ListValue:
		return strings.Compare(strings.Join(v.List, ","), strings.Join(o.List, ","))
	default:
		return strings.Compare(v.Text, o.Text)
	}
}

func cmpInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// State is the word a system uses for the state of a record. Unknown words are
// shown as they are.
type State string

// The states that the systems use.
const (
	Enabled  State = "enabled"
	Disabled State = "disabled"
	Deleting State = "deleting"
	Invited  State = "invited"
	Active   State = "active"
	Inactive State = "inactive"
	Expired  State = "expired"
	Revoked  State = "revoked"

	Deactivated State = "deactivated"
	Deleted     State = "deleted"
)

// Health is what a state means for whoever looks down a list.
type Health uint8

// The healths, from nothing special to gone.
const (
	Neutral Health = iota
	Live           // can be used
	Pending        // waits for somebody or something
	Idle           // switched off, can be switched on
	Gone           // can never be used again
)

// Health classifies the state.
func (s State) Health() Health {
	switch s {
	case Enabled, Active:
		return Live
	case Invited:
		return Pending
	case Disabled, Inactive, Deactivated:
		return Idle
	case Deleting, Expired, Revoked, Deleted:
		return Gone
	}
	return Neutral
}
