// Package arvados is the driver for Arvados clusters. A cluster shows up as one
// address behind which two servers answer in two styles: a controller, and a
// Rails application whose words the controller passes on.
package arvados

import (
	"context"
	"strings"
	"sync"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Name is the driver's name in contexts.
const Name = "arvados"

// Driver is the driver for Arvados clusters.
func Driver() apiclient.Driver {
	return apiclient.Driver{
		Name:     Name,
		Title:    "Arvados",
		Methods:  methods(),
		Verbs:    verbs(),
		Missing:  missing(),
		Classify: classify,
		Open:     open,
		SignIn:   signIn,
	}
}

// lag is how long the controller may go on believing in a token that it has
// let through before (doc.arvados.org: the token cache of a cluster).
const lag = 60 * time.Second

// backend is one cluster, signed in.
type backend struct {
	rest    *rest.Client
	target  apiclient.Target
	info    apiclient.Info
	cluster clusterConfig
	me      user
	token   token // the one in use
	skew    time.Duration
	// as makes a client for the same origin with another token.
	as func(apiclient.Secret) (*rest.Client, error)

	mu   sync.Mutex
	seen map[string][]token // tokens of others that an op has read, by owner
}

var _ apiclient.Backend = (*backend)(nil)

// open signs in with a token and asks who that is: what the backend offers
// depends on it.
func open(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
	client, err := dial(t, c.Secret)
	if err != nil {
		return nil, &apiclient.Failure{Tried: "connect to " + t.Context, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	b := &backend{
		rest: client, target: t, seen: map[string][]token{},
		as: func(s apiclient.Secret) (*rest.Client, error) { return dial(t, s) },
	}
	if err := b.meet(ctx, "sign in to "+client.Origin()); err != nil {
		client.Close()
		return nil, err
	}
	b.info = b.describe()
	return b, nil
}

// meet asks what the cluster is and who is signed in.
func (b *backend) meet(ctx context.Context, tried string) error {
	a, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: base + "config", Into: &b.cluster, Anon: true})
	if err != nil {
		return err
	}
	if !a.At.IsZero() {
		b.skew = time.Until(a.At)
	}
	if b.cluster.API.MaxItemsPerResponse <= 0 {
		b.cluster.API.MaxItemsPerResponse = mostRows
	}
	b.me, b.token, err = session(ctx, b.rest, tried)
	return err
}

// now is the cluster's clock.
func (b *backend) now() time.Time { return time.Now().Add(b.skew) }

// base is the path of the interface.
const base = "/arvados/v1/"

func dial(t apiclient.Target, s apiclient.Secret) (*rest.Client, error) {
	client, err := rest.New(rest.Config{URL: address(t.URL), CAFile: t.CAFile, ReadError: readError})
	if err != nil {
		return nil, err
	}
	if !s.IsZero() {
		if err := client.Authorize(&rest.Auth{Scheme: "Bearer", Secret: s}); err != nil {
			return nil, err
		}
	}
	return client, nil
}

// address makes a URL of what ARVADOS_API_HOST holds: a host without a scheme,
// always meant as https.
func address(host string) string {
	host = strings.TrimRight(strings.TrimSpace(host), "/")
	if host != "" && !strings.Contains(host, "://") {
		host = "https://" + host
	}
	return host
}

// Info implements apiclient.Backend.
func (b *backend) Info() apiclient.Info { return b.info }

// Close implements apiclient.Backend.
func (b *backend) Close() { b.rest.Close() }

// Watch implements apiclient.Backend: the cluster tells changes only over a
// WebSocket of another service, so lists are refreshed by the clock.
func (b *backend) Watch(context.Context) (<-chan apiclient.Change, error) {
	return nil, apiclient.Unsupported("watch for changes", "this cluster does not tell changes by itself")
}

// WhoAmI implements apiclient.Backend.
func (b *backend) WhoAmI(ctx context.Context) (apiclient.Identity, error) {
	me, t, err := session(ctx, b.rest, "ask who is signed in")
	if err != nil {
		return apiclient.Identity{}, err
	}
	return b.identity(me, t), nil
}

func (b *backend) identity(me user, t token) apiclient.Identity {
	id := apiclient.Identity{
		User:   b.ref(apiclient.KindUser, me.UUID, me.label()),
		Token:  b.tokenRef(t),
		Admin:  me.Admin,
		Name:   me.label(),
		Method: byToken,
	}
	if t.Expires != nil {
		id.Expires = *t.Expires
	}
	return id
}

// session asks whose token it is, and for the token's own record.
func session(ctx context.Context, client *rest.Client, tried string) (user, token, error) {
	var me user
	if _, err := client.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: base + "users/current", Into: &me}); err != nil {
		return user{}, token{}, err
	}
	t, _, err := currentToken(ctx, client, tried)
	return me, t, err
}

// currentToken asks for the record of the token that the client uses. It is
// answered for every token that lives, whatever its scopes.
func currentToken(ctx context.Context, client *rest.Client, tried string) (token, rest.Answer, error) {
	var t token
	a, err := client.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: pathTokens + "/current", Into: &t})
	return t, a, err
}
