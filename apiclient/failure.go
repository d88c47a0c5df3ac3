package apiclient

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Reasons that a Failure can wrap, for errors.Is.
var (
	ErrDenied      = errors.New("not allowed")
	ErrSignedOut   = errors.New("not signed in")
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("in conflict with what is there")
	ErrChanged     = errors.New("changed meanwhile")
	ErrInvalid     = errors.New("not valid")
	ErrThrottled   = errors.New("asked too often")
	ErrUnreachable = errors.New("unreachable")
	ErrBroken      = errors.New("the answer makes no sense")
	ErrFaulty      = errors.New("the server failed")
	ErrUnsupported = errors.New("not supported here")
	ErrLocked      = errors.New("writes are locked")
)

// FieldError is an error that belongs beside one field of a form.
type FieldError struct{ Field, Text string }

// Failure is the one error type of this package: what was tried, what
// happened, in whose words, and what to do next.
type Failure struct {
	Tried      string // "revoke gthp_0a1b2c3d4e5f"
	End        End    // Refused, NotSent or Unknown
	Status     int    // of the answer; 0 when there was none
	Code       string // the system's own
	Message    string // the system's own words, secrets redacted; else ours
	Next       string // what to do
	RequestID  string
	Fields     []FieldError
	RetryAfter time.Duration
	Cause      error // one of the reasons above, or what it wraps
}

// Error tells all of it in one line.
func (f *Failure) Error() string {
	s := f.Tried
	if s != "" {
		s += ": "
	}
	s += f.Message
	if f.Status != 0 {
		s += fmt.Sprintf(" (%d)", f.Status)
	}
	if f.End == Unknown {
		s += "; it is not known whether it happened"
	}
	if f.Next != "" {
		s += "; " + f.Next
	}
	return s
}

// Unwrap lets errors.Is find the reason.
func (f *Failure) Unwrap() error { return f.Cause }

// AsFailure finds the Failure in err, or makes one that says: not sent.
func AsFailure(tried string, err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		if f.Tried == "" {
			c := *f
			c.Tried = tried
			return &c
		}
		return f
	}
	f = &Failure{Tried: tried, End: NotSent, Message: err.Error(), Cause: err}
	if errors.Is(err, context.Canceled) {
		f.Message = "cancelled before it was sent"
	}
	return f
}

// Unsupported says that a system lacks something, and why.
func Unsupported(tried, why string) *Failure {
	return &Failure{Tried: tried, End: NotSent, Message: why, Cause: ErrUnsupported}
}
