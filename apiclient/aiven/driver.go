// Package aiven is the driver for the Aiven platform: organizations and units,
// their users and application users, and the tokens of all of these. What goes
// over the wire is described by Aiven's OpenAPI document
// (https://api.aiven.io/doc/openapi.json) and done by its command line client
// (https://github.com/aiven/aiven-client).
package aiven

import (
	"context"
	"strings"
	"sync"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Name is the driver's name in contexts.
const Name = "aiven"

const (
	defaultURL = "https://api.aiven.io"
	// scheme is the word before the token in the header Authorization; Aiven's
	// own clients do not say Bearer.
	scheme = "aivenv1"
)

// Driver is the driver for Aiven.
func Driver() apiclient.Driver {
	return apiclient.Driver{
		Name:     Name,
		Title:    "Aiven",
		Methods:  methods(),
		Verbs:    verbs(),
		Missing:  missing(),
		Classify: classify,
		Open:     open,
		SignIn:   signIn,
	}
}

// backend is Aiven, signed in.
type backend struct {
	rest   *rest.Client
	target apiclient.Target
	info   apiclient.Info
	dial   func(*rest.Auth) (*rest.Client, error) // another client for the same origin

	mu    sync.Mutex
	token apiclient.Secret // in use; changes with one's own password
	me    person
}

var _ apiclient.Backend = (*backend)(nil)

// open asks who the token belongs to: that is also the first time that anybody
// looks whether it is any good.
func open(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
	token := trimToken(c.Secret)
	client, err := dial(t, &rest.Auth{Scheme: scheme, Secret: token})
	if err != nil {
		return nil, &apiclient.Failure{Tried: "connect to " + t.Context, Message: err.Error(), Cause: err}
	}
	b := &backend{
		rest: client, target: t, token: token, info: info(t, client.Origin()),
		dial: func(a *rest.Auth) (*rest.Client, error) { return dial(t, a) },
	}
	if _, err := b.whoAmI(ctx, "sign in to "+client.Origin()); err != nil {
		client.Close()
		return nil, err
	}
	return b, nil
}

func dial(t apiclient.Target, auth *rest.Auth) (*rest.Client, error) {
	return rest.New(rest.Config{URL: address(t), CAFile: t.CAFile, Auth: auth, ReadError: readError})
}

// address is where the paths start; that they start with /v1 is ours to add.
func address(t apiclient.Target) string {
	if t.URL == "" {
		return defaultURL
	}
	return strings.TrimRight(t.URL, "/")
}

// Info implements apiclient.Backend.
func (b *backend) Info() apiclient.Info { return b.info }

// Close implements apiclient.Backend.
func (b *backend) Close() { b.rest.Close() }

// Watch implements apiclient.Backend.
func (b *backend) Watch(context.Context) (<-chan apiclient.Change, error) {
	return nil, apiclient.Unsupported("watch for changes", "Aiven tells nobody of changes: lists are read again by the clock")
}

// person is who is signed in, as far as /v1/me says.
type person struct {
	ID, Email string
	Managing  string // organization
	Validity  string // tokens made before it are void
}

func (b *backend) whoAmI(ctx context.Context, tried string) (person, error) {
	var w struct{ User wireMe }
	if _, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/v1/me", Into: &w}); err != nil {
		return person{}, err
	}
	me := person{ID: w.User.UserID, Email: w.User.User, Managing: w.User.ManagingOrganizationID, Validity: w.User.TokenValidityBegin}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.me = me
	return me, nil
}

// self is who was signed in when that was asked last.
func (b *backend) self() person {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.me
}

// using is the token in use.
func (b *backend) using() apiclient.Secret {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.token
}

// use goes on with another token.
func (b *backend) use(token apiclient.Secret) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.rest.Authorize(&rest.Auth{Scheme: scheme, Secret: token}); err != nil {
		return err
	}
	b.token = token
	return nil
}

// WhoAmI implements apiclient.Backend.
func (b *backend) WhoAmI(ctx context.Context) (apiclient.Identity, error) {
	me, err := b.whoAmI(ctx, "ask who is signed in")
	if err != nil {
		return apiclient.Identity{}, err
	}
	id := apiclient.Identity{Name: me.Email, Method: byToken}
	orgs, err := b.organizations(ctx)
	if err != nil && !isDenied(err) {
		return apiclient.Identity{}, err
	}
	home := homeOf(me, orgs)
	id.User = b.ref(apiclient.KindUser, userPath(home.OrganizationID, me.ID, me.Email))
	if home.OrganizationID != "" {
		id.Account = b.ref(apiclient.KindAccount, home.path())
	}
	// A token with a narrow scope may not look at tokens; then which it is
	// stays unknown, and all else works.
	own, _, err := b.ownTokens(ctx)
	if err != nil && !isDenied(err) {
		return apiclient.Identity{}, err
	}
	for _, t := range own {
		if t.InUse {
			id.Token, id.Expires = t.Ref, t.Expires.Time()
			if t.Type == typeSession {
				id.Method = bySession
			}
		}
	}
	return id, nil
}

// homeOf is the organization that somebody is shown in: the one that manages
// him, else the first.
func homeOf(me person, orgs []wireOrganization) wireOrganization {
	for _, o := range orgs {
		if o.OrganizationID == me.Managing {
			return o
		}
	}
	if len(orgs) > 0 {
		return orgs[0]
	}
	return wireOrganization{}
}
