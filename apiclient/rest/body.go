package rest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"

	"gatehouse/apiclient"
)

// Body is what a request sends. The zero Body is none.
type Body struct {
	bytes   []byte
	kind    string
	secrets []apiclient.Secret
	err     error
}

// JSON makes a body of v. Secrets in v come out as stars: see JSONWithSecrets.
func JSON(v any) Body { return JSONWithSecrets(v) }

// JSONWithSecrets makes a body of v, in which the secrets stand in the clear (as
// Open, or a type of the driver that writes itself out). They are listed so
// that they can be cut out of whatever the other side says, and so that they
// are not sent where anybody can read along.
func JSONWithSecrets(v any, secrets ...apiclient.Secret) Body {
	// Not json.Marshal: it would write <, > and & as escapes, which changes
	// nothing for a JSON reader, but some systems compare raw texts.
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return Body{bytes: bytes.TrimSuffix(b.Bytes(), []byte("\n")), kind: "application/json", secrets: secrets, err: err}
}

// Open is a secret that JSON writes out. It belongs into the value given to
// JSONWithSecrets and nowhere else.
type Open struct{ apiclient.Secret }

// MarshalJSON writes the secret itself.
func (o Open) MarshalJSON() ([]byte, error) { return json.Marshal(o.Reveal()) }

// Form makes a body as HTML forms send it. Its secrets are kept apart, for the
// same reasons as above.
func Form(fields url.Values, secrets map[string]apiclient.Secret) Body {
	all, b := maps.Clone(fields), Body{kind: "application/x-www-form-urlencoded"}
	if all == nil {
		all = url.Values{}
	}
	for name, s := range secrets {
		all.Set(name, s.Reveal())
		b.secrets = append(b.secrets, s)
	}
	b.bytes = []byte(all.Encode())
	return b
}
