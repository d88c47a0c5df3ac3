package anchore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// usualSize is how many users a page aims at where each account is a request.
const usualSize = 1000

// Accounts implements apiclient.Backend.
func (b *backend) Accounts(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Account], error) {
	const tried = "list accounts"
	if err := b.scopes(tried, apiclient.KindAccount, q); err != nil {
		return apiclient.Page[apiclient.Account]{}, err
	}
	var list []wireAccount
	a, err := b.ask(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/accounts", Into: &list})
	if errors.Is(err, apiclient.ErrDenied) {
		// Who may not list them still may see his own.
		list = make([]wireAccount, 1)
		a, err = b.ask(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/account", Into: &list[0]})
	}
	if err != nil {
		return apiclient.Page[apiclient.Account]{}, err
	}
	page := whole(list, b.account, q)
	page.At = a.At
	return page, nil
}

// Users implements apiclient.Backend.
func (b *backend) Users(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.User], error) {
	const tried = "list users"
	if err := b.scopes(tried, apiclient.KindUser, q, apiclient.KindAccount); err != nil {
		return apiclient.Page[apiclient.User]{}, err
	}
	if !q.Scope.IsZero() {
		list, err := b.usersOf(ctx, tried, q.Scope.Name())
		if err != nil {
			return apiclient.Page[apiclient.User]{}, err
		}
		return whole(list, b.user, q), nil
	}
	found, err := b.people(ctx, tried, q.Page, cmp.Or(q.Size, usualSize))
	if err != nil {
		return apiclient.Page[apiclient.User]{}, err
	}
	if found.next != "" && q.Sort != "" {
		return apiclient.Page[apiclient.User]{}, apiclient.Unsupported(tried, "Anchore cannot sort, and not all are here")
	}
	page := whole(found.users, b.user, q)
	page.Next, page.Total = found.next, found.total
	return page, nil
}

// Roles implements apiclient.Backend.
func (b *backend) Roles(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Role], error) {
	const tried = "list roles"
	if s := b.info.Lists[apiclient.KindRole]; !s.OK {
		return apiclient.Page[apiclient.Role]{}, apiclient.Unsupported(tried, s.Why)
	}
	if err := b.scopes(tried, apiclient.KindRole, q); err != nil {
		return apiclient.Page[apiclient.Role]{}, err
	}
	list, err := get[[]wireRole](ctx, b, tried, "/rbac-manager/roles")
	if err != nil {
		return apiclient.Page[apiclient.Role]{}, err
	}
	return whole(list, b.role, q), nil
}

// Events implements apiclient.Backend.
func (b *backend) Events(context.Context, apiclient.Query) (apiclient.Page[apiclient.Event], error) {
	return apiclient.Page[apiclient.Event]{}, apiclient.Unsupported("list events", noEvents)
}

// Objects implements apiclient.Backend.
func (b *backend) Objects(context.Context, apiclient.Query) (apiclient.Page[apiclient.Object], error) {
	return apiclient.Page[apiclient.Object]{}, apiclient.Unsupported("list objects", noObjects)
}

// scopes refuses a scope that the list cannot be narrowed to.
func (b *backend) scopes(tried string, kind apiclient.Kind, q apiclient.Query, ok ...apiclient.Kind) error {
	if q.Scope.IsZero() || slices.Contains(ok, q.Scope.Kind) {
		return nil
	}
	return apiclient.Unsupported(tried, "Anchore cannot list "+b.info.Word(kind).Many+" of one "+b.info.Word(q.Scope.Kind).One)
}

// whole makes the one page of a list that came whole: Anchore neither sorts nor
// searches.
func whole[W, R any, P interface {
	*R
	apiclient.Record
}](list []W, make1 func(W) R, q apiclient.Query) apiclient.Page[R] {
	rows := make([]R, 0, len(list))
	for _, w := range list {
		if r := make1(w); holds(P(&r), q.Search) {
			rows = append(rows, r)
		}
	}
	arrange[R, P](rows, q.Sort)
	return apiclient.Page[R]{Rows: rows, Total: len(rows)}
}

// holds searches in the name of a record.
func holds(r apiclient.Record, search string) bool {
	return search == "" || strings.Contains(strings.ToLower(r.GetRef().Path.String()), strings.ToLower(search))
}

// arrange brings rows into the order that was asked for, and otherwise that of
// names, since the order of the answer is a different one each time.
func arrange[R any, P interface {
	*R
	apiclient.Record
}](rows []R, by string) {
	key, down := strings.CutPrefix(by, "-")
	slices.SortStableFunc(rows, func(x, y R) int {
		byName := cmp.Compare(P(&x).GetRef().Path, P(&y).GetRef().Path)
		if key == "" {
			return byName
		}
		c := P(&x).Get(key).Compare(P(&y).Get(key))
		if down {
			c = -c
		}
		return cmp.Or(c, byName)
	})
}

// Read implements apiclient.Backend.
func (b *backend) Read(ctx context.Context, ref apiclient.Ref) (apiclient.Record, error) {
	tried := "read " + b.info.Word(ref.Kind).One + " " + ref.Name()
	switch ref.Kind {
	case apiclient.KindAccount:
		return b.readAccount(ctx, tried, ref.Name())
	case apiclient.KindUser:
		p, err := b.locate(ctx, ref)
		if err != nil {
			return nil, err
		}
		return b.readUser(ctx, tried, p)
	case apiclient.KindToken:
		p, err := b.locate(ctx, ref)
		if err != nil {
			return nil, err
		}
		t, err := b.readToken(ctx, tried, p, ref.Name())
		if err != nil {
			return nil, err
		}
		return &t, nil
	case apiclient.KindRole:
		if b.speaks.v2 {
			w, err := get[wireRole](ctx, b, tried, rolePath(ref.Name()))
			if err != nil {
				return nil, err
			}
			r := b.role(w)
			return &r, nil
		}
	case apiclient.KindGrant:
		if b.speaks.v2 {
			return b.readGrant(ctx, tried, ref)
		}
	}
	return nil, apiclient.Unsupported(tried, "Anchore does not give out single "+b.info.Word(ref.Kind).Many)
}

// readAccount counts its users as well.
func (b *backend) readAccount(ctx context.Context, tried, name string) (apiclient.Record, error) {
	w, err := get[wireAccount](ctx, b, tried, accountPath(name))
	if err != nil {
		return nil, err
	}
	a := b.account(w)
	if users, err := b.usersOf(ctx, tried, name); err == nil {
		n := len(users)
		a.Users = &n
	}
	return &a, nil
}

// readUser observes when the password was set: it is the only thing about a
// user that can change.
func (b *backend) readUser(ctx context.Context, tried string, p person) (apiclient.Record, error) {
	w, err := get[wireUser](ctx, b, tried, p.path())
	if err != nil {
		return nil, err
	}
	w.Account = p.account
	set, err := b.passwordSet(ctx, tried, p)
	if err != nil && !errors.Is(err, apiclient.ErrDenied) {
		return nil, err
	}
	if w.Password.IsZero() {
		w.Password = set
	}
	u := b.user(w)
	u.Ref.Version = passwordVersion(set)
	return &u, nil
}

// passwordSet is when a user's password was set; zero: he has none.
func (b *backend) passwordSet(ctx context.Context, tried string, p person) (stamp, error) {
	list, err := get[[]wireCredential](ctx, b, tried, p.path("credentials"))
	if err != nil || len(list) == 0 {
		return stamp{}, err
	}
	return list[0].Created, nil
}

func passwordVersion(set stamp) string {
	if set.IsZero() {
		return "no password"
	}
	return "password of " + set.text()
}
