package juju

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"gatehouse/apiclient"
)

// classify says offline what a pasted text could be.
func classify(s apiclient.Secret) []apiclient.Match {
	m := apiclient.Match{Driver: Name}
	r, err := parseRegistration(s)
	switch {
	case err == nil:
		m.Kind, m.Sure = "registration string", apiclient.Certain
		m.Owner, m.Handle, m.Origin = bare(r.User), bare(r.User), "https://"+r.Addresses[0]
		m.Note = "one-time: a new one for the user makes it worthless"
		if r.Fields < 5 {
			m.Note += "; of an old Juju: the official client of today refuses it"
		}
		return []apiclient.Match{m}
	case !errors.Is(err, errNoRegistration):
		m.Kind, m.Sure, m.Note = "registration string", apiclient.Likely, err.Error()
		return []apiclient.Match{m}
	case isMacaroon(strings.TrimSpace(s.Reveal())):
		m.Kind, m.Sure = "macaroon", apiclient.Guess
		m.Note = "a login of a client, good for a day at most; other systems have macaroons too"
		return []apiclient.Match{m}
	}
	return nil
}

// longestMacaroon bounds what is looked into.
const longestMacaroon = 64 << 10

// isMacaroon knows the JSON forms (versions 1 and 2 of the macaroon format),
// alone or in lists, plain or in base64 as in a cookie.
func isMacaroon(text string) bool {
	if len(text) > longestMacaroon || len(text) < 8 {
		return false
	}
	raw := []byte(text)
	if text[0] != '{' && text[0] != '[' {
		var err error
		if raw, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")); err != nil {
			return false
		}
	}
	// A list of macaroons, or of such lists: as deep as clients nest them.
	for range 3 {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
			break
		}
		raw = list[0]
	}
	var m struct {
		ID  *string `json:"identifier"`
		Sig *string `json:"signature"`
		I   *string `json:"i"`
		I64 *string `json:"i64"`
		S   *string `json:"s"`
		S64 *string `json:"s64"`
	}
	if json.Unmarshal(raw, &m) != nil {
		return false
	}
	return m.ID != nil && m.Sig != nil || (m.I != nil || m.I64 != nil) && (m.S != nil || m.S64 != nil)
}
