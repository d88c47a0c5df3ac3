package gatehouse

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/apiclient/rest"
)

// Probe implements apiclient.Backend. A text that cannot be a token of this
// server is not sent at all.
func (b *backend) Probe(ctx context.Context, s apiclient.Secret) ([]apiclient.Verdict, error) {
	v := apiclient.Verdict{Where: b.rest.Origin()}
	parsed, err := wire.Parse(s)
	switch {
	case err != nil:
		v.Words = err.Error() + "; it was not sent"
		return []apiclient.Verdict{v}, nil
	case parsed.Kind == wire.KindRegister:
		v.Words = "a registration token cannot be tried without using it up; it was not sent"
		return []apiclient.Verdict{v}, nil
	}
	client, err := b.dial(&rest.Auth{Scheme: "Bearer", Secret: s})
	if err != nil {
		return nil, apiclient.AsFailure("try "+parsed.Prefix, err)
	}
	defer client.Close()
	var who wire.Identity
	a, err := client.Do(ctx, rest.Request{Tried: "try " + parsed.Prefix, Method: "GET", Path: wire.PathSession, Into: &who})
	v.Status, v.At = a.Status, a.At
	switch {
	case err == nil:
		v.Life, v.Words = apiclient.Alive, "it was accepted, as "+who.User.Name
	case errors.Is(err, apiclient.ErrSignedOut) && a.Status == http.StatusUnauthorized:
		v.Life, v.Words = apiclient.Dead, "it was refused"
	default:
		v.Words = apiclient.AsFailure("", err).Message
	}
	return []apiclient.Verdict{v}, nil
}
