package juju

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"

	"golang.org/x/crypto/cryptobyte"
	cryptoasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// keyLength is that of the key in a registration string, in bytes.
const keyLength = 32

// registration is what a registration string holds: base64 (URL alphabet) of a
// DER sequence, with zero bytes after it so that no padding sign is needed
// (jujuclient.RegistrationInfo in github.com/juju/juju).
type registration struct {
	User       string
	Addresses  []string
	Key        apiclient.Secret // raw bytes
	Controller string           // as the admin's client calls it; "" in strings of before mid 2016
	Proxy      string           // YAML; "" for none
	Fields     int              // how many the string has: 3 to 5
}

// Why a text is no registration string.
var (
	errNoRegistration  = errors.New("this is no registration string of a Juju controller")
	errCutRegistration = errors.New("the registration string is damaged: a part of it is missing or mistyped")
)

// parseRegistration reads strings of all ages; the official client takes those
// with five fields only.
func parseRegistration(s apiclient.Secret) (registration, error) {
	var r registration
	text := strings.TrimSpace(s.Reveal())
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || len(raw) < 4 || raw[0] != byte(cryptoasn1.SEQUENCE) {
		return r, errNoRegistration
	}
	in := cryptobyte.String(raw)
	var fields cryptobyte.String
	if !in.ReadASN1(&fields, cryptoasn1.SEQUENCE) {
		if looksCut(raw) {
			return r, errCutRegistration
		}
		return r, errNoRegistration
	}
	var addresses cryptobyte.String
	var key cryptobyte.String
	if !readText(&fields, &r.User) || !fields.ReadASN1(&addresses, cryptoasn1.SEQUENCE) {
		return r, errNoRegistration
	}
	for !addresses.Empty() {
		var a string
		if !readText(&addresses, &a) {
			return r, errCutRegistration
		}
		if r.Addresses = append(r.Addresses, a); len(r.Addresses) > mostAddresses {
			return r, errors.New("the registration string names too many addresses to be honest")
		}
	}
	if !fields.ReadASN1(&key, cryptoasn1.OCTET_STRING) || len(key) != keyLength {
		return r, errCutRegistration
	}
	r.Key, r.Fields = rawKey(key), 3
	for _, into := range []*string{&r.Controller, &r.Proxy} {
		if fields.Empty() {
			break
		}
		if !readText(&fields, into) {
			return r, errCutRegistration
		}
		r.Fields++
	}
	return r, r.check(fields, in)
}

// check looks at what is left over, and at what a string must name.
func (r registration) check(fields, padding []byte) error {
	switch {
	case len(fields) > 0, len(padding) > 3, len(bytes.Trim(padding, "\x00")) > 0:
		return errCutRegistration
	case checkLocalName(bare(r.User)) != nil:
		return errors.New("the registration string is for a user name that no controller has")
	case len(r.Addresses) == 0:
		return errors.New("the registration string names no address")
	}
	for _, a := range r.Addresses {
		if _, err := addressOf(a, apiPort); err != nil || strings.Contains(a, "/") {
			return errors.New("the registration string names an address that is none")
		}
	}
	return nil
}

// readText reads a string of either type that writers use: the wider one as
// soon as it holds an underscore, say.
func readText(from *cryptobyte.String, into *string) bool {
	var text cryptobyte.String
	var tag cryptoasn1.Tag
	if !from.ReadAnyASN1(&text, &tag) || tag != cryptoasn1.PrintableString && tag != cryptoasn1.UTF8String {
		return false
	}
	*into = string(text)
	return true
}

// looksCut tells the start of a registration string from other texts: a
// sequence whose first element is a text.
func looksCut(raw []byte) bool {
	at := 2
	if raw[1] >= 0x80 {
		at += int(raw[1] & 0x7f)
	}
	if at >= len(raw) {
		return false
	}
	tag := cryptoasn1.Tag(raw[at])
	return tag == cryptoasn1.PrintableString || tag == cryptoasn1.UTF8String
}

// text writes a registration string with all five fields, which the clients
// of today demand.
func (r registration) text() (apiclient.Secret, error) {
	raw, err := asn1.Marshal(struct {
		User       string
		Addresses  []string
		Key        []byte
		Controller string
		Proxy      string
	}{r.User, r.Addresses, []byte(r.Key.Reveal()), r.Controller, r.Proxy})
	if err != nil {
		return apiclient.Secret{}, err
	}
	for len(raw)%3 != 0 {
		raw = append(raw, 0)
	}
	return secret.New(base64.URLEncoding.EncodeToString(raw)), nil
}
