package ais

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// AuthN gives out whole lists in changing order, without pages, filters or
// sorting: all of that is done here.

// Accounts implements apiclient.Backend: clusters.
func (b *backend) Accounts(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Account], error) {
	const tried = "list clusters"
	if !q.Scope.IsZero() {
		return apiclient.Page[apiclient.Account]{}, b.noScope(tried, q.Scope)
	}
	all, at, err := b.readClusters(ctx, tried)
	if err != nil {
		return apiclient.Page[apiclient.Account]{}, err
	}
	probed := b.probedURLs()
	rows := make([]apiclient.Account, 0, len(all))
	for _, c := range all {
		rows = append(rows, b.account(c, probed))
	}
	return page(rows, q, at), nil
}

// Users implements apiclient.Backend: all of them for admins, oneself for
// everybody else.
func (b *backend) Users(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.User], error) {
	const tried = "list users"
	none := apiclient.Page[apiclient.User]{}
	fits := func(user) bool { return true }
	switch q.Scope.Kind {
	case "":
	case apiclient.KindRole:
		fits = func(u user) bool { return u.has(q.Scope.Name()) }
	case apiclient.KindAccount:
		c, err := b.readCluster(ctx, tried, q.Scope)
		if err != nil {
			return none, err
		}
		fits = func(u user) bool {
			return slices.ContainsFunc(u.Roles, func(r role) bool { return r.reaches(c) })
		}
	default:
		return none, b.noScope(tried, q.Scope)
	}
	all, at, err := b.readUsers(ctx, tried)
	if err != nil {
		return none, err
	}
	called := b.clusterNames(ctx)
	var rows []apiclient.User
	for _, u := range all {
		if fits(u) {
			rows = append(rows, b.user(u, called))
		}
	}
	return page(rows, q, at), nil
}

// Tokens implements apiclient.Backend: the one in use, since AuthN lists none.
func (b *backend) Tokens(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	const tried = "look after the token in use"
	switch q.Scope.Kind {
	case "", apiclient.KindUser:
	default:
		return apiclient.Page[apiclient.Token]{}, b.noScope(tried, q.Scope)
	}
	a, err := b.alive(ctx, tried)
	if err != nil {
		return apiclient.Page[apiclient.Token]{}, err
	}
	var rows []apiclient.Token
	if q.Scope.IsZero() || q.Scope.Name() == b.claims.Subject {
		rows = []apiclient.Token{b.ownToken(a.At, b.clusterNames(ctx))}
	}
	return page(rows, q, a.At), nil
}

// Roles implements apiclient.Backend.
func (b *backend) Roles(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Role], error) {
	const tried = "list roles"
	none := apiclient.Page[apiclient.Role]{}
	fits := func(role) bool { return true }
	switch q.Scope.Kind {
	case "":
	case apiclient.KindUser:
		u, err := b.readUser(ctx, tried, q.Scope)
		if err != nil {
			return none, err
		}
		fits = func(r role) bool { return u.has(r.Name) }
	case apiclient.KindAccount:
		c, err := b.readCluster(ctx, tried, q.Scope)
		if err != nil {
			return none, err
		}
		fits = func(r role) bool { return r.reaches(c) }
	default:
		return none, b.noScope(tried, q.Scope)
	}
	all, at, err := b.readRoles(ctx, tried)
	if err != nil {
		return none, err
	}
	users, called := b.roleUsers(ctx), b.clusterNames(ctx)
	var rows []apiclient.Role
	for _, r := range all {
		if fits(r) {
			rows = append(rows, b.role(r, users(r.Name), called))
		}
	}
	return page(rows, q, at), nil
}

// Grants implements apiclient.Backend.
func (b *backend) Grants(context.Context, apiclient.Query) (apiclient.Page[apiclient.Grant], error) {
	return apiclient.Page[apiclient.Grant]{}, apiclient.Unsupported("list access", b.info.Lists[apiclient.KindGrant].Why)
}

// Events implements apiclient.Backend.
func (b *backend) Events(context.Context, apiclient.Query) (apiclient.Page[apiclient.Event], error) {
	return apiclient.Page[apiclient.Event]{}, apiclient.Unsupported("list activity", b.info.Lists[apiclient.KindEvent].Why)
}

// Objects implements apiclient.Backend.
func (b *backend) Objects(context.Context, apiclient.Query) (apiclient.Page[apiclient.Object], error) {
	return apiclient.Page[apiclient.Object]{}, apiclient.Unsupported("list buckets", b.info.Lists[apiclient.KindObject].Why)
}

func (b *backend) noScope(tried string, scope apiclient.Ref) error {
	return apiclient.Unsupported(tried, "they do not belong to one "+b.info.Word(scope.Kind).One+" here")
}

// page sorts and filters rows and gives them as the only page.
func page[T any, R interface {
	*T
	apiclient.Record
}](rows []T, q apiclient.Query, at time.Time) apiclient.Page[T] {
	if words := strings.ToLower(q.Search); words != "" {
		rows = slices.DeleteFunc(rows, func(row T) bool {
			r := R(&row)
			return !strings.Contains(strings.ToLower(r.GetRef().Name()+" "+r.Get("alias").Text+" "+r.Get("description").Text), words)
		})
	}
	key, down := strings.CutPrefix(q.Sort, "-")
	slices.SortFunc(rows, func(x, y T) int {
		a, b := R(&x), R(&y)
		order := 0
		if key != "" {
			order = a.Get(key).Compare(b.Get(key))
		}
		if down {
			order = -order
		}
		if order == 0 {
			order = strings.Compare(a.GetRef().Name(), b.GetRef().Name())
		}
		return order
	})
	return apiclient.Page[T]{Rows: rows, Total: len(rows), At: at}
}

// Read implements apiclient.Backend.
func (b *backend) Read(ctx context.Context, ref apiclient.Ref) (apiclient.Record, error) {
	tried := "read " + b.what(ref)
	switch ref.Kind {
	case apiclient.KindAccount:
		c, err := b.readCluster(ctx, tried, ref)
		if err != nil {
			return nil, err
		}
		roles, _, err := b.readRoles(ctx, tried)
		if err != nil {
			return nil, err
		}
		return b.wholeAccount(c, roles), nil
	case apiclient.KindUser:
		u, err := b.readUser(ctx, tried, ref)
		if err != nil {
			return nil, err
		}
		out := b.user(u, b.clusterNames(ctx))
		return &out, nil
	case apiclient.KindRole:
		r, err := b.readRole(ctx, tried, ref)
		if err != nil {
			return nil, err
		}
		out := b.role(r, b.roleUsers(ctx)(r.Name), b.clusterNames(ctx))
		return &out, nil
	case apiclient.KindToken:
		if ref.Name() != b.handle {
			return nil, &apiclient.Failure{Tried: tried, Message: noTokenLists, Cause: apiclient.ErrNotFound}
		}
		a, err := b.alive(ctx, tried)
		if err != nil {
			return nil, err
		}
		out := b.ownToken(a.At, b.clusterNames(ctx))
		return &out, nil
	}
	return nil, apiclient.Unsupported(tried, "AuthN does not give out single "+b.info.Word(ref.Kind).Many)
}

// get reads one answer.
func get[W any](ctx context.Context, b *backend, tried, path string) (W, time.Time, error) {
	var w W
	a, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: http.MethodGet, Path: path, Into: &w})
	return w, a.At, err
}

func (b *backend) readClusters(ctx context.Context, tried string) (map[string]cluster, time.Time, error) {
	list, at, err := get[clusterList](ctx, b, tried, pathClusters)
	return list.Clusters, at, err
}

func (b *backend) readRoles(ctx context.Context, tried string) ([]role, time.Time, error) {
	return get[[]role](ctx, b, tried, pathRoles)
}

// readUsers reads all users, or oneself where more is not shown.
func (b *backend) readUsers(ctx context.Context, tried string) (map[string]user, time.Time, error) {
	if b.claims.Admin {
		return get[map[string]user](ctx, b, tried, pathUsers)
	}
	u, at, err := get[user](ctx, b, tried, below(pathUsers, b.claims.Subject))
	if noSuchUser(err) {
		return nil, at, nil
	}
	return map[string]user{u.ID: u}, at, err
}

// clusterNames reads the aliases of clusters. Without them the IDs are shown.
func (b *backend) clusterNames(ctx context.Context) names {
	clusters, _, err := b.readClusters(ctx, "read the aliases of clusters")
	if err != nil {
		return nil
	}
	out := names{}
	for id, c := range clusters {
		out[id] = c.Alias
	}
	return out
}

// roleUsers counts who has a role; -1: not known.
func (b *backend) roleUsers(ctx context.Context) func(string) int {
	if !b.claims.Admin {
		return func(string) int { return -1 }
	}
	users, _, err := b.readUsers(ctx, "count the users of roles")
	return func(name string) int {
		if err != nil {
			return -1
		}
		n := 0
		for _, u := range users {
			if u.has(name) {
				n++
			}
		}
		return n
	}
}

// readCluster reads a cluster by its ID. The server takes an alias too: what
// comes must be what was asked for.
func (b *backend) readCluster(ctx context.Context, tried string, ref apiclient.Ref) (cluster, error) {
	if err := b.addressable(tried, ref); err != nil {
		return cluster{}, err
	}
	list, _, err := get[clusterList](ctx, b, tried, below(pathClusters, ref.Name()))
	if err != nil {
		return cluster{}, err
	}
	c, ok := list.Clusters[ref.Name()]
	if !ok {
		return cluster{}, &apiclient.Failure{
			Tried: tried, End: apiclient.Refused, Status: http.StatusOK, Cause: apiclient.ErrNotFound, Message: "there is no cluster of this ID, only one of this alias",
		}
	}
	return c, nil
}

func (b *backend) readUser(ctx context.Context, tried string, ref apiclient.Ref) (user, error) {
	if err := b.addressable(tried, ref); err != nil {
		return user{}, err
	}
	u, _, err := get[user](ctx, b, tried, below(pathUsers, ref.Name()))
	return u, err
}

func (b *backend) readRole(ctx context.Context, tried string, ref apiclient.Ref) (role, error) {
	if err := b.addressable(tried, ref); err != nil {
		return role{}, err
	}
	r, _, err := get[role](ctx, b, tried, below(pathRoles, ref.Name()))
	return r, err
}

// addressable refuses names that the server would take for others.
func (b *backend) addressable(tried string, ref apiclient.Ref) error {
	if err := checkTarget(ref); err != nil {
		return &apiclient.Failure{Tried: tried, Message: "the name " + err.Error(), Cause: apiclient.ErrInvalid}
	}
	return nil
}
