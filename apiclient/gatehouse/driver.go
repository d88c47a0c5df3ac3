// Package gatehouse is the driver for Gatehouse's own server. What travels is
// in package wire; this package turns it into records, verbs and plans.
package gatehouse

import (
	"context"
	"sync"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/apiclient/rest"
)

// Name is the driver's name in contexts.
const Name = "gatehouse"

// Driver is the driver for Gatehouse's own server.
func Driver() apiclient.Driver {
	return apiclient.Driver{
		Name:         Name,
		Title:        "Gatehouse",
		Methods:      methods(),
		Verbs:        verbs(),
		Missing:      missing(),
		Classify:     classify,
		Open:         open,
		SignIn:       signIn,
		Redeem:       redeem,
		RedeemFields: redeemFields(),
	}
}

// backend is one server, signed in.
type backend struct {
	rest    *rest.Client
	target  apiclient.Target
	info    apiclient.Info
	handle  string // of the credential in use
	names   *interner
	changed versions
	dial    func(*rest.Auth) (*rest.Client, error) // another client for the same origin
}

var (
	_ apiclient.Backend = (*backend)(nil)
	_ apiclient.Batcher = (*backend)(nil)
)

// open signs in with a token and asks who that is: what the backend offers
// depends on it.
func open(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
	client, err := dial(t, &rest.Auth{Scheme: "Bearer", Secret: c.Secret})
	if err != nil {
		return nil, &apiclient.Failure{Tried: "connect to " + t.Context, Message: err.Error(), Cause: err}
	}
	b := &backend{
		rest: client, target: t, names: newInterner(),
		dial: func(a *rest.Auth) (*rest.Client, error) { return dial(t, a) },
	}
	who, _, err := b.session(ctx, "sign in to "+client.Origin())
	if err != nil {
		client.Close()
		return nil, err
	}
	b.handle = who.Credential.Prefix
	b.info = info(t, client.Origin(), who)
	return b, nil
}

func dial(t apiclient.Target, auth *rest.Auth) (*rest.Client, error) {
	return rest.New(rest.Config{URL: address(t), CAFile: t.CAFile, Auth: auth, ReadError: readError})
}

func address(t apiclient.Target) string {
	if t.URL == "" {
		return "http://" + wire.DefaultAddress
	}
	return t.URL
}

// Info implements apiclient.Backend.
func (b *backend) Info() apiclient.Info { return b.info }

// Close implements apiclient.Backend.
func (b *backend) Close() { b.rest.Close() }

// WhoAmI implements apiclient.Backend.
func (b *backend) WhoAmI(ctx context.Context) (apiclient.Identity, error) {
	who, _, err := b.session(ctx, "ask who is signed in")
	if err != nil {
		return apiclient.Identity{}, err
	}
	id := apiclient.Identity{
		User:    b.ref(apiclient.KindUser, who.User.Name, who.User.Version),
		Account: b.ref(apiclient.KindAccount, who.User.Account, 0),
		Token:   b.ref(apiclient.KindToken, who.Credential.Prefix, 0),
		Admin:   who.User.Admin,
		Name:    who.User.Name,
		Method:  who.Credential.Kind,
	}
	if who.Credential.Expires != nil {
		id.Expires = *who.Credential.Expires
	}
	return id, nil
}

func (b *backend) session(ctx context.Context, tried string) (wire.Identity, time.Time, error) {
	var who wire.Identity
	a, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: wire.PathSession, Into: &who})
	return who, a.At, err
}

// versions remembers what this client's own changes made of versions: a plan
// observes a record once, and its first step moves the version on that its
// second step asks for.
type versions struct {
	mu   sync.Mutex
	next map[apiclient.Ref]string // ref with the observed version: the version after our change
}

// mostVersions bounds the memory; a plan that is older than so many changes is
// better told that something has changed.
const mostVersions = 10_000

func (v *versions) moved(from apiclient.Ref, to string) {
	if from.Version == "" || from.Version == to {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.next == nil || len(v.next) >= mostVersions {
		v.next = map[apiclient.Ref]string{}
	}
	v.next[from] = to
}

// current follows our own changes from the version that a plan observed.
func (v *versions) current(ref apiclient.Ref) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	for range mostVersions {
		to, ok := v.next[ref]
		if !ok {
			break
		}
		ref.Version = to
	}
	return ref.Version
}
