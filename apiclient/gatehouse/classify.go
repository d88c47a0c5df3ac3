package gatehouse

import (
	"errors"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

// classify says offline what a pasted text could be.
func classify(s apiclient.Secret) []apiclient.Match {
	m := apiclient.Match{Driver: Name}
	if strings.HasPrefix(strings.TrimSpace(s.Reveal()), wire.RegistrationBrand) {
		return registration(s, m)
	}
	parsed, err := wire.Parse(s)
	switch {
	case err == nil:
		m.Kind, m.Handle, m.Sure = kindWord(parsed.Kind), parsed.Prefix, apiclient.Certain
	case errors.Is(err, wire.ErrChecksum):
		m.Kind, m.Sure, m.Note = "token", apiclient.Likely, "its checksum is wrong: it was cut, mistyped or made up"
	default:
		return nil
	}
	return []apiclient.Match{m}
}

func registration(s apiclient.Secret, m apiclient.Match) []apiclient.Match {
	m.Kind = "registration string"
	r, err := wire.ParseRegistration(s)
	if err != nil {
		m.Sure, m.Note = apiclient.Likely, "it cannot be read: a part is missing"
		return []apiclient.Match{m}
	}
	m.Sure, m.Owner, m.Origin, m.Expires = apiclient.Certain, r.UserName, r.Servers[0], r.Expires
	if parsed, err := wire.Parse(r.Token.Secret); err == nil {
		m.Handle = parsed.Prefix
	}
	return []apiclient.Match{m}
}

func kindWord(k wire.Kind) string {
	switch k {
	case wire.KindAccess:
		return "access token"
	case wire.KindRegister:
		return "registration token"
	default:
		return "session token"
	}
}
