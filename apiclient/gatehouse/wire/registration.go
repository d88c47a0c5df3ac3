package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// RegistrationBrand starts every registration string.
const RegistrationBrand = "gthreg_"

// registrationVersion is the only version there is.
const registrationVersion = 1

// maxRegistration bounds what is decoded at all.
const maxRegistration = 16 << 10

// Registration is what an invited user is handed: where to go, who he is and
// the one-time token to choose a password with. It can be read offline.
type Registration struct {
	Version       int       `json:"version"`
	Servers       []string  `json:"servers"`
	UserName      string    `json:"user_name"`
	CAFingerprint string    `json:"ca_fingerprint,omitempty"` // SHA-256 of the CA certificate, lower-case hex
	Expires       time.Time `json:"expires_time"`
	Token         Carried   `json:"token"`
}

// ErrNotRegistration is returned for a text that is no registration string.
var ErrNotRegistration = errors.New("not a Gatehouse registration string: it starts with " + RegistrationBrand)

// Encode writes the registration string.
func (r Registration) Encode() (Secret, error) {
	r.Version = registrationVersion
	r.Expires = r.Expires.UTC()
	body, err := json.Marshal(r)
	if err != nil {
		return Secret{}, fmt.Errorf("encode a registration string: %w", err)
	}
	return NewSecret(RegistrationBrand + base64.RawURLEncoding.EncodeToString(body)), nil
}

// ParseRegistration reads a registration string; blanks and line ends that
// crept in on the way are ignored.
func ParseRegistration(s Secret) (Registration, error) {
	text := strings.Join(strings.Fields(s.Reveal()), "")
	code, ok := strings.CutPrefix(text, RegistrationBrand)
	if !ok || len(code) > maxRegistration {
		return Registration{}, ErrNotRegistration
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(code, "="))
	if err != nil {
		return Registration{}, fmt.Errorf("%w, but what follows is not base64url: a part is missing", ErrNotRegistration)
	}
	var r Registration
	// The decoder's own words could quote the token, so they are left out.
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&r); err != nil {
		return Registration{}, fmt.Errorf("%w, but what follows cannot be read: a part is missing", ErrNotRegistration)
	}
	return r, r.check()
}

func (r Registration) check() error {
	if r.Version != registrationVersion {
		return fmt.Errorf("the registration string has version %d; this program knows version %d", r.Version, registrationVersion)
	}
	parsed, err := Parse(r.Token.Secret)
	switch {
	case err != nil:
		return fmt.Errorf("the token in the registration string: %w", err)
	case parsed.Kind != KindRegister:
		return errors.New("the token in the registration string is of another kind")
	case len(r.Servers) == 0 || r.UserName == "":
		return errors.New("the registration string names no server or no user")
	}
	return nil
}
