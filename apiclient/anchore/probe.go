package anchore

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Probe implements apiclient.Backend. It tells passwords, API keys and OAuth
// tokens apart by their shape.
func (b *backend) Probe(ctx context.Context, s apiclient.Secret) ([]apiclient.Verdict, error) {
	v := apiclient.Verdict{Where: b.rest.Origin()}
	c, kind := pasted(s)
	switch {
	case c.Secret.IsZero():
		v.Words = "there is nothing to try; nothing was sent"
		return []apiclient.Verdict{v}, nil
	case c.Method == byKey && !b.speaks.apiKeys():
		v.Words = b.speaks.system + " has no API keys, and to try a password its user is needed as well (user:password); nothing was sent"
		return []apiclient.Verdict{v}, nil
	}
	client, err := b.dial(authOf(c))
	if err != nil {
		return nil, apiclient.AsFailure("try "+kind, err)
	}
	defer client.Close()
	var who wireUser
	a, err := client.Do(ctx, rest.Request{Tried: "try " + kind, Method: "GET", Path: "/user", Into: &who})
	v.Status, v.At = a.Status, a.At
	if err == nil {
		v.Life, v.Words = apiclient.Alive, "it was accepted, as "+who.Name
		return []apiclient.Verdict{v}, nil
	}
	f := apiclient.AsFailure("", err)
	switch {
	case errors.Is(err, apiclient.ErrSignedOut) && a.Status == http.StatusUnauthorized:
		v.Life, v.Words = apiclient.Dead, "it was refused"
	case notEnabled(a.Status, f.Message):
		v.Life, v.Words = apiclient.Dead, "it is known, but refused while the account is switched off: "+f.Message
	default:
		v.Words = f.Message
	}
	return []apiclient.Verdict{v}, nil
}
