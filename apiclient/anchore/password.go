package anchore

import (
	"context"
	"errors"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// How long a new password of one's own is waited for: the server's memory of
// the old one, and a little.
const (
	tries    = 7
	tryAgain = time.Second
)

// setPassword sets somebody's password, or one's own.
func (b *backend) setPassword(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	p := person{b.me.account, b.me.user}
	if op.Verb == apiclient.UserSetPassword {
		var err error
		if p, err = b.locate(ctx, op.On); err != nil {
			return b.unsent(op, err)
		}
	}
	password := op.With.Secret("password")
	if password.IsZero() {
		// For oneself v1 takes an empty one, with which anybody can sign in.
		f := b.invalid(op, "password", "is required")
		return apiclient.Fail(f.Tried, f)
	}
	var set wireCredential
	return b.send(ctx, op, rest.Request{
		Method: "POST", Path: b.own(p, "credentials"), Into: &set,
		Body: rest.JSONWithSecrets(setCredential{Type: "password", Value: rest.Open{Secret: password}}, password),
	}, func() apiclient.Outcome {
		if p.user == b.me.user && b.me.method == byPassword {
			return b.goOn(ctx, password)
		}
		return apiclient.Did("the password of " + p.user + " is set; for 5 seconds the old one may go on working and the new one be refused")
	})
}

// goOn goes on with one's own new password. The server remembers the old one
// for a moment, so the new one is tried until it counts.
func (b *backend) goOn(ctx context.Context, password apiclient.Secret) apiclient.Outcome {
	o := apiclient.Did("your password is set")
	o.Credential = &apiclient.Credential{Method: byPassword, User: b.me.user, Secret: password}
	auth := authOf(*o.Credential)
	client, err := b.dial(auth)
	if err != nil {
		return o // the same address has been dialled before
	}
	defer client.Close()
	b.next.Store(client)
	defer b.next.CompareAndSwap(client, nil)
	for n := range tries {
		if n > 0 && b.wait(ctx, tryAgain) != nil {
			break
		}
		var who wireUser
		_, err = client.Do(ctx, rest.Request{Tried: "try the new password", Method: "GET", Path: "/user", Into: &who})
		if !errors.Is(err, apiclient.ErrSignedOut) {
			break
		}
	}
	if errors.Is(err, apiclient.ErrSignedOut) {
		o.Words += ", but the server does not take it yet"
	}
	// Whatever came of it: the old one is over.
	if err := b.rest.Authorize(auth); err != nil {
		o.Words += "; sign in again"
	}
	return o
}
