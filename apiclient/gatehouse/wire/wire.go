// Package wire is what Gatehouse's server and the driver for it agree on: the
// paths, headers and bodies of the REST interface, and the format of tokens and
// registration strings.
//
// Times are RFC 3339 in UTC with at most microseconds. Names of JSON fields are
// part of the interface: fields are added, never renamed.
package wire

import (
	"encoding/json"

	"gatehouse/apiclient/secret"
)

// Secret is the one type that may hold a secret text.
type Secret = secret.String

// NewSecret makes a secret of s.
func NewSecret(s string) Secret { return secret.New(s) }

// Carried is a secret inside a body: JSON writes it out, because that is how it
// travels, while every printing verb still shows stars. Take the Secret out of
// it as soon as the body has been read.
type Carried struct{ Secret }

// Carry puts a secret into a body.
func Carry(s Secret) Carried { return Carried{s} }

// MarshalJSON writes the secret itself.
func (c Carried) MarshalJSON() ([]byte, error) { return json.Marshal(c.Reveal()) }

// UnmarshalText reads the secret.
func (c *Carried) UnmarshalText(b []byte) error {
	c.Secret = secret.New(string(b))
	return nil
}
