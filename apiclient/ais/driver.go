// Package ais is the driver for AuthN, the authorization server of AIStore: its
// clusters, users, roles, and the one token that the console itself holds.
//
// What it knows of the protocol is from the public source and documents of
// AIStore (github.com/NVIDIA/aistore: cmd/authn, api/authn, docs/authn.md).
package ais

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Name is the driver's name in contexts.
const Name = "ais"

// defaultURL is where AuthN listens unless told otherwise.
const defaultURL = "http://127.0.0.1:52001"

// superuser is the one name that the server never deletes.
const superuser = "admin"

// adminRole is the built-in role that makes its users admins.
const adminRole = "Admin"

// Driver is the driver for AIStore AuthN.
func Driver() apiclient.Driver {
	return apiclient.Driver{
		Name:     Name,
		Title:    "AIStore AuthN",
		Methods:  methods(systemHome),
		Verbs:    verbs(),
		Missing:  missing(),
		Classify: classify,
		Open:     open,
		SignIn:   signIn,
	}
}

// backend is one AuthN server, signed in.
type backend struct {
	rest   *rest.Client
	target apiclient.Target
	info   apiclient.Info
	token  apiclient.Secret
	claims claims
	handle string
	// dial makes another client for the same origin, with another credential.
	dial func(*rest.Auth) (*rest.Client, error)
}

var _ apiclient.Backend = (*backend)(nil)

// open signs in with a token, and asks the server whether it takes it.
func open(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
	tried := "sign in to " + address(t)
	said, err := parseToken(c.Secret)
	if err == nil {
		err = checkSubject(said)
	}
	if err != nil {
		return nil, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid, Next: "sign in with a password, or paste another token"}
	}
	client, err := dial(t, bearer(c.Secret))
	if err != nil {
		return nil, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: err}
	}
	b := &backend{
		rest: client, target: t, token: c.Secret, claims: said, handle: handle(c.Secret),
		dial: func(a *rest.Auth) (*rest.Client, error) { return dial(t, a) },
	}
	b.info = info(t, client.Origin(), said.Admin)
	if _, err := b.alive(ctx, tried); err != nil {
		client.Close()
		return nil, err
	}
	return b, nil
}

// checkSubject refuses tokens whose owner cannot be put into a path.
func checkSubject(c claims) error {
	if err := checkPath(c.Subject); err != nil {
		return errors.New("the token is of a user whose name " + err.Error())
	}
	return nil
}

// bearer is the credential for the header. The scheme word is case-sensitive
// on this system. A pasted token may have white space around it.
func bearer(s apiclient.Secret) *rest.Auth {
	return &rest.Auth{Scheme: "Bearer", Secret: trimmed(s)}
}

func dial(t apiclient.Target, auth *rest.Auth) (*rest.Client, error) {
	return dialTo(address(t), t.CAFile, auth)
}

func dialTo(url, caFile string, auth *rest.Auth) (*rest.Client, error) {
	return rest.New(rest.Config{URL: url, CAFile: caFile, Auth: auth, ReadError: readError})
}

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

// WhoAmI implements apiclient.Backend.
func (b *backend) WhoAmI(ctx context.Context) (apiclient.Identity, error) {
	if _, err := b.alive(ctx, "ask who is signed in"); err != nil {
		return apiclient.Identity{}, err
	}
	return b.identity(), nil
}

// identity is what the token says: it counts as it was made, whatever has
// become of the user since.
func (b *backend) identity() apiclient.Identity {
	return apiclient.Identity{
		User:    b.ref(apiclient.KindUser, b.claims.Subject, ""),
		Token:   b.ref(apiclient.KindToken, b.handle, ""),
		Admin:   b.claims.Admin,
		Name:    b.claims.Subject,
		Method:  byToken,
		Expires: b.claims.Expires,
	}
}

// alive asks whether the server takes the token: reading one's own record is
// open to everybody. A token outlives its user, so that the record may be gone
// is fine.
func (b *backend) alive(ctx context.Context, tried string) (rest.Answer, error) {
	var me user
	a, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: http.MethodGet, Path: below(pathUsers, b.claims.Subject), Into: &me})
	if noSuchUser(err) {
		return a, nil
	}
	return a, err
}

// Watch implements apiclient.Backend: AuthN tells nobody of changes.
func (b *backend) Watch(context.Context) (<-chan apiclient.Change, error) {
	return nil, apiclient.Unsupported("watch for changes", "AuthN tells nobody of changes: lists are read anew from time to time")
}
