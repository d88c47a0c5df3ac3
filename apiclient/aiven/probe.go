package aiven

import (
	"context"
	"net/http"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Probe implements apiclient.Backend. What cannot be a token is not sent.
func (b *backend) Probe(ctx context.Context, s apiclient.Secret) ([]apiclient.Verdict, error) {
	const tried = "try the pasted token"
	v := apiclient.Verdict{Where: b.rest.Origin()}
	token := trimToken(s)
	if err := checkTokenText(token); err != nil {
		v.Words = "it was not sent: it " + err.Error()
		return []apiclient.Verdict{v}, nil
	}
	client, err := b.dial(&rest.Auth{Scheme: scheme, Secret: token})
	if err != nil {
		return nil, apiclient.AsFailure(tried, err)
	}
	defer client.Close()
	var w struct{ User wireMe }
	a, err := client.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/v1/me", Into: &w})
	v.Status, v.At = a.Status, a.At
	switch {
	case err == nil:
		v.Life, v.Words = apiclient.Alive, "it was accepted, as "+w.User.User
	case a.Status == http.StatusUnauthorized:
		v.Life, v.Words = apiclient.Dead, "it was refused"
	default:
		v.Words = apiclient.AsFailure(tried, err).Message
	}
	return []apiclient.Verdict{v}, nil
}
