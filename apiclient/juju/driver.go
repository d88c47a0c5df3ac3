// Package juju is the driver for Juju controllers 2.9, 3 and 4. It speaks their
// WebSocket protocol; only the end of a registration is a request over HTTP.
//
// What travels follows the published facade schemas and the client and server
// code of github.com/juju/juju.
package juju

import (
	"context"
	"strings"

	"gatehouse/apiclient"
)

// Name is the driver's name in contexts.
const Name = "juju"

// Driver is the driver for Juju controllers.
func Driver() apiclient.Driver {
	return apiclient.Driver{
		Name:         Name,
		Title:        "Juju",
		Methods:      methods(),
		Verbs:        verbs(),
		Missing:      missingOf(apiclient.Catalogue()),
		Classify:     classify,
		Open:         open,
		SignIn:       signIn,
		Redeem:       redeem,
		RedeemFields: redeemFields(),
	}
}

// backend is one controller, signed in.
type backend struct {
	session *session
	target  apiclient.Target
	info    apiclient.Info
	me      string // user name, without the kind
	release release
	admin   bool // a superuser
}

var (
	_ apiclient.Backend = (*backend)(nil)
	_ apiclient.Batcher = (*backend)(nil)
)

// open signs in and asks who that is: what the backend offers depends on it.
func open(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
	tried := "sign in to " + t.Context
	s, err := newSession(t, c)
	if err != nil {
		return nil, apiclient.AsFailure(tried, err)
	}
	who, f := s.who(ctx)
	if f != nil {
		s.close()
		return nil, apiclient.AsFailure(tried, f)
	}
	b := &backend{
		session: s, target: t, me: userOf(who.User.Identity), release: releaseOf(who.ServerVersion),
		admin: who.User.ControllerAccess == superuser,
	}
	b.info = info(b, s.place)
	return b, nil
}

// Info implements apiclient.Backend.
func (b *backend) Info() apiclient.Info { return b.info }

// Close implements apiclient.Backend.
func (b *backend) Close() { b.session.close() }

// WhoAmI implements apiclient.Backend. It asks anew: what the login said may be
// hours old.
func (b *backend) WhoAmI(ctx context.Context) (apiclient.Identity, error) {
	u, err := b.readUser(ctx, "ask who is signed in", b.me)
	if err != nil {
		return apiclient.Identity{}, err
	}
	return apiclient.Identity{
		User: b.userRef(u.Name), Admin: u.Access == superuser, Name: u.Name, Method: b.session.credential().Method,
	}, nil
}

// same tells whether two user names are one user's: before Juju 4 names are
// unique ignoring case.
func (b *backend) same(a, c string) bool {
	a, c = bare(a), bare(c)
	return a == c || b.release.major < 4 && strings.EqualFold(a, c)
}
