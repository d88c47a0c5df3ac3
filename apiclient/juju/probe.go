package juju

import (
	"context"
	"errors"
	"slices"

	"gatehouse/apiclient"
)

// Probe implements apiclient.Backend. A registration string cannot be tried
// without using it up, and a macaroon alone does not say whose it is.
func (b *backend) Probe(_ context.Context, s apiclient.Secret) ([]apiclient.Verdict, error) {
	v := apiclient.Verdict{Where: b.session.place.shown()}
	r, err := parseRegistration(s)
	switch {
	case err == nil && !b.answersAt(r.Addresses):
		v.Words = "it is for a controller at other addresses; it was not sent"
	case err == nil:
		v.Words = "a registration string cannot be tried without using it up; it was not sent: a new one for " + bare(r.User) + " makes it worthless"
	case !errors.Is(err, errNoRegistration):
		v.Words = err.Error() + "; it was not sent"
	default:
		v.Words = "controllers have no tokens that could be tried; it was not sent: disable the user, or set another password"
	}
	return []apiclient.Verdict{v}, nil
}

func (b *backend) answersAt(addresses []string) bool {
	return slices.ContainsFunc(addresses, func(text string) bool {
		a, err := addressOf(text, apiPort)
		return err == nil && slices.Contains(b.session.place.addresses, a)
	})
}
