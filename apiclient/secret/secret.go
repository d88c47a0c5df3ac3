// Package secret holds the one type that may carry a password, a token or a
// registration string: it can be handed around, compared and sent, but no
// printing verb, encoder or logger gets at what it holds.
package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// mask is what every way of printing shows. It has a fixed length, so that it
// tells nothing about the length of the secret.
const mask = "***"

// String carries a secret text. The zero value is the empty secret. The text
// sits in a closure, because fmt walks into unexported struct fields and
// would print a string that stands there.
type String struct{ open func() string }

// New makes a secret of s.
func New(s string) String {
	if s == "" {
		return String{}
	}
	return String{open: func() string { return s }}
}

// Reveal gives the text itself. Each call is a place where the secret can get
// out; a test keeps the list of those that may.
func (s String) Reveal() string {
	if s.open == nil {
		return ""
	}
	return s.open()
}

// IsZero tells whether there is no secret at all.
func (s String) IsZero() bool { return s.open == nil }

// Equal compares in constant time for equal lengths.
func (s String) Equal(o String) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(o.Reveal())) == 1
}

// String implements fmt.Stringer and tells nothing.
func (s String) String() string { return mask }

// GoString implements fmt.GoStringer and tells nothing.
func (s String) GoString() string { return mask }

// Format implements fmt.Formatter, for every verb and flag.
func (s String) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, mask) }

// MarshalText covers encoders of text, YAML and map keys.
func (s String) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON covers encoding/json: a secret is sent only by code that says
// Reveal.
func (s String) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// UnmarshalText lets a decoder fill a secret directly.
func (s *String) UnmarshalText(b []byte) error { *s = New(string(b)); return nil }

// LogValue implements slog.LogValuer.
func (s String) LogValue() slog.Value { return slog.StringValue(mask) }
