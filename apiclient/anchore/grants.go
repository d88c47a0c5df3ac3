package anchore

import (
	"context"
	"errors"
	"net/url"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Grants implements apiclient.Backend: who has which role in which account.
func (b *backend) Grants(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Grant], error) {
	const tried = "list access"
	none := apiclient.Page[apiclient.Grant]{}
	if s := b.info.Lists[apiclient.KindGrant]; !s.OK {
		return none, apiclient.Unsupported(tried, s.Why)
	}
	if err := b.scopes(tried, apiclient.KindGrant, q, apiclient.KindAccount, apiclient.KindUser, apiclient.KindRole); err != nil {
		return none, err
	}
	var rows []apiclient.Grant
	var err error
	if q.Scope.Kind == apiclient.KindUser {
		rows, err = b.grantsOfUser(ctx, tried, q.Scope.Key(), nil)
	} else {
		rows, err = b.grantsOfRoles(ctx, tried, q.Scope)
	}
	if err != nil {
		return none, err
	}
	return whole(rows, func(g apiclient.Grant) apiclient.Grant { return g }, q), nil
}

func (b *backend) grantsOfUser(ctx context.Context, tried string, user apiclient.Ref, filter url.Values) ([]apiclient.Grant, error) {
	var list []wireMember
	_, err := b.ask(ctx, rest.Request{
		Tried: tried, Method: "GET", Path: path("rbac-manager", "users", user.Name(), "roles"), Query: filter, Into: &list,
	})
	rows := make([]apiclient.Grant, len(list))
	for i, m := range list {
		rows[i] = b.grant(user, m.Role, m)
	}
	return rows, err
}

// grantsOfRoles asks role by role: there is no list of all members.
func (b *backend) grantsOfRoles(ctx context.Context, tried string, scope apiclient.Ref) ([]apiclient.Grant, error) {
	var names []string
	filter := url.Values{}
	switch scope.Kind {
	case apiclient.KindRole:
		names = []string{scope.Name()}
	case apiclient.KindAccount:
		filter = b.inDomain(scope.Name())
	}
	if names == nil {
		roles, err := get[[]wireRole](ctx, b, tried, "/rbac-manager/roles")
		if err != nil {
			return nil, err
		}
		for _, r := range roles {
			names = append(names, r.Name)
		}
	}
	members := make([][]wireMember, len(names))
	var users map[string]apiclient.Ref
	err := each(ctx, len(names)+1, func(ctx context.Context, i int) (err error) {
		if i == len(names) {
			users = b.userRefs(ctx, tried)
			return nil
		}
		_, err = b.ask(ctx, rest.Request{Tried: tried, Method: "GET", Path: rolePath(names[i], "members"), Query: filter, Into: &members[i]})
		return err
	})
	if err != nil {
		return nil, err
	}
	var rows []apiclient.Grant
	for i, list := range members {
		for _, m := range list {
			user, known := users[m.User]
			if !known {
				user = b.ref(apiclient.KindUser, "", m.User)
			}
			rows = append(rows, b.grant(user, names[i], m))
		}
	}
	return rows, nil
}

// userRefs says where users are, as far as that costs one request: members of a
// role come by name only.
func (b *backend) userRefs(ctx context.Context, tried string) map[string]apiclient.Ref {
	if !b.speaks.allUsers() {
		return nil
	}
	all, err := get[wireUsers](ctx, b, tried, "/accounts/users")
	if err != nil || all.Items == nil {
		return nil
	}
	out := map[string]apiclient.Ref{}
	for _, u := range *all.Items {
		out[u.Name] = b.userRef(u.Account, u.Name)
	}
	return out
}

// inDomain names an account as the release wants it.
func (b *backend) inDomain(name string) url.Values { return url.Values{b.domainKey(): {name}} }

func (b *backend) domainKey() string {
	if b.speaks.domains() {
		return "domain_name"
	}
	return "for_account"
}

// held gives the grant of a ref as it is now; false: it is not there.
func (b *backend) held(ctx context.Context, tried, user, domain, role string) (apiclient.Grant, bool, error) {
	filter := b.inDomain(domain)
	filter.Set("role", role)
	list, err := b.grantsOfUser(ctx, tried, b.ref(apiclient.KindUser, "", user), filter)
	if errors.Is(err, apiclient.ErrNotFound) {
		return apiclient.Grant{}, false, nil
	}
	for _, g := range list {
		// A server that does not know a filter gives all.
		if g.Access == role && g.Object.Name() == domain {
			return g, true, nil
		}
	}
	return apiclient.Grant{}, false, err
}

func (b *backend) readGrant(ctx context.Context, tried string, ref apiclient.Ref) (apiclient.Record, error) {
	g, there, err := b.held(ctx, tried, ref.Path.Part(0), ref.Path.Part(1), ref.Path.Part(2))
	switch {
	case err != nil:
		return nil, err
	case !there:
		return nil, &apiclient.Failure{Tried: tried, End: apiclient.Refused, Cause: apiclient.ErrNotFound, Message: "it is not given any more"}
	}
	return &g, nil
}
