// Package anchore is the driver for Anchore Engine (its v1 interface) and
// Anchore Enterprise (v2); which of them answers is found out by asking. The
// protocol is that of the published API descriptions and of the source of
// Anchore Engine 1.1.0 (github.com/anchore/anchore-engine).
package anchore

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Name is the driver's name in contexts.
const Name = "anchore"

// lag is for how long the server goes on with what it knows of a user and his
// account: both are cached for so long after their first use.
const lag = 5 * time.Second

// Driver is the driver for Anchore.
func Driver() apiclient.Driver { return driver(sleep) }

// wait waits, unless the context ends first.
type wait func(context.Context, time.Duration) error

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func driver(w wait) apiclient.Driver {
	return apiclient.Driver{
		Name:     Name,
		Title:    "Anchore",
		Methods:  methods(),
		Verbs:    verbs(),
		Missing:  missing(),
		Classify: classify,
		SignIn:   signIn,
		Open: func(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
			return open(ctx, t, c, w)
		},
	}
}

// backend is one Anchore, signed in.
type backend struct {
	rest   *rest.Client
	target apiclient.Target
	info   apiclient.Info
	speaks speaks
	me     caller
	wait   wait
	dial   func(*rest.Auth) (*rest.Client, error) // another client for the same base
	ahead  atomic.Int64                           // the server's clock before ours
	// next knows one's own new password, which the server may not take yet
	// while it may already have forgotten the old one.
	next atomic.Pointer[rest.Client]
}

var _ apiclient.Backend = (*backend)(nil)

// caller is who is signed in.
type caller struct {
	user, account, method string
}

// open signs in: it asks which interface there is and who the credential is.
func open(ctx context.Context, t apiclient.Target, c apiclient.Credential, w wait) (apiclient.Backend, error) {
	tried := "sign in to " + address(t)
	s, err := detect(ctx, t)
	if err != nil {
		return nil, err
	}
	c = complete(t, c)
	dial := func(a *rest.Auth) (*rest.Client, error) { return dial(t, s.base, a) }
	client, err := dial(authOf(c))
	if err != nil {
		return nil, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	b := &backend{rest: client, target: t, speaks: s, wait: w, dial: dial}
	account, user, err := b.whoIs(ctx, tried)
	if err != nil {
		client.Close()
		return nil, err
	}
	b.me = caller{user: user.Name, account: account.Name, method: c.Method}
	b.info = info(t, client.Origin(), s)
	return b, nil
}

func dial(t apiclient.Target, base string, auth *rest.Auth) (*rest.Client, error) {
	return rest.New(rest.Config{URL: base, CAFile: t.CAFile, Auth: auth, ReadError: readError})
}

// Info implements apiclient.Backend.
func (b *backend) Info() apiclient.Info { return b.info }

// Close implements apiclient.Backend.
func (b *backend) Close() {
	b.rest.Close()
	if next := b.next.Swap(nil); next != nil {
		next.Close()
	}
}

// Watch implements apiclient.Backend.
func (b *backend) Watch(context.Context) (<-chan apiclient.Change, error) {
	return nil, apiclient.Unsupported("watch for changes", "Anchore does not tell changes")
}

// WhoAmI implements apiclient.Backend.
func (b *backend) WhoAmI(ctx context.Context) (apiclient.Identity, error) {
	account, user, err := b.whoIs(ctx, "ask who is signed in")
	if err != nil {
		return apiclient.Identity{}, err
	}
	return apiclient.Identity{
		User:    b.userRef(account.Name, user.Name),
		Account: b.accountRef(account),
		Admin:   account.Type == typeAdmin,
		Name:    user.Name,
		Method:  b.me.method,
	}, nil
}

// whoIs asks for the account and the user of the credential: a user of v1 does
// not name his account. In v2 one may lack the right to see it and still be
// somebody.
func (b *backend) whoIs(ctx context.Context, tried string) (wireAccount, wireUser, error) {
	var account wireAccount
	var user wireUser
	err := each(ctx, 2, func(ctx context.Context, i int) error {
		if i == 1 {
			_, err := b.ask(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/user", Into: &user})
			return err
		}
		_, err := b.ask(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/account", Into: &account})
		if b.speaks.v2 && errors.Is(err, apiclient.ErrDenied) {
			return nil
		}
		return err
	})
	if account.Name == "" {
		account.Name = user.Account
	}
	return account, user, err
}

// ask makes a request. While one's own password changes, either may be the one
// that counts: a refusal of the old one is taken to the new one. That does no
// harm, since what is refused for its credential has not been done.
func (b *backend) ask(ctx context.Context, r rest.Request) (rest.Answer, error) {
	a, err := b.rest.Do(ctx, r)
	if next := b.next.Load(); next != nil && errors.Is(err, apiclient.ErrSignedOut) {
		a, err = next.Do(ctx, r)
	}
	if !a.At.IsZero() {
		b.ahead.Store(int64(time.Until(a.At)))
	}
	return a, err
}

// now is the server's time, as its last answer told.
func (b *backend) now() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }

func get[W any](ctx context.Context, b *backend, tried, path string) (W, error) {
	var w W
	_, err := b.ask(ctx, rest.Request{Tried: tried, Method: "GET", Path: path, Into: &w})
	return w, err
}
