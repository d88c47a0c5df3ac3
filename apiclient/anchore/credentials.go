package anchore

import (
	"context"
	"errors"

	"gatehouse/apiclient"
)

// ownersAtOnce is how many users' credentials make up a page: each is a
// request of its own.
const ownersAtOnce = 32

// Tokens implements apiclient.Backend: API keys where there are any, otherwise
// passwords.
func (b *backend) Tokens(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	tried := "list " + b.info.Word(apiclient.KindToken).Many
	none := apiclient.Page[apiclient.Token]{}
	if err := b.scopes(tried, apiclient.KindToken, q, apiclient.KindAccount, apiclient.KindUser); err != nil {
		return none, err
	}
	owners, next, err := b.owners(ctx, tried, q)
	for err == nil && len(owners) > 0 {
		var rows []apiclient.Token
		if rows, err = b.tokensOf(ctx, tried, owners, q.Scope.Kind == apiclient.KindUser); err != nil {
			break
		}
		if next != "" && q.Sort != "" {
			return none, apiclient.Unsupported(tried, "Anchore cannot sort, and not all are here")
		}
		page := whole(rows, func(t apiclient.Token) apiclient.Token { return t }, q)
		if page.Next = next; next != "" || q.Page != "" {
			page.Total = -1
		}
		if len(page.Rows) > 0 || next == "" {
			return page, nil
		}
		q.Page = next // none of these has any
		owners, next, err = b.owners(ctx, tried, q)
	}
	if err != nil {
		return none, err
	}
	return apiclient.Page[apiclient.Token]{Total: 0}, nil
}

// owners are the users whose credentials the page is to hold, and where the
// next page begins.
func (b *backend) owners(ctx context.Context, tried string, q apiclient.Query) ([]person, string, error) {
	var found some
	var err error
	switch q.Scope.Kind {
	case apiclient.KindUser:
		p, err := b.locate(ctx, q.Scope)
		return []person{p}, "", err
	case apiclient.KindAccount:
		if found.users, err = b.usersOf(ctx, tried, q.Scope.Name()); err == nil {
			sortUsers(found.users)
			found.users = after(found.users, q.Page)
		}
	default:
		found, err = b.people(ctx, tried, q.Page, ownersAtOnce)
	}
	if err != nil {
		return nil, "", err
	}
	n := ownersAtOnce
	if q.Size > 0 {
		n = min(n, q.Size)
	}
	next := found.next
	if len(found.users) > n {
		found.users = found.users[:n]
		next = personOf(found.users[n-1]).cursor()
	}
	owners := make([]person, len(found.users))
	for i, u := range found.users {
		owners[i] = personOf(u)
	}
	return owners, next, nil
}

func after(users []wireUser, cursor string) []wireUser {
	from := cursorOf(cursor)
	for i, u := range users {
		if cursor == "" || from.before(personOf(u)) {
			return users[i:]
		}
	}
	return nil
}

// tokensOf reads the credentials of several users. One who has gone meanwhile
// has none, but for the one who was asked for.
func (b *backend) tokensOf(ctx context.Context, tried string, owners []person, asked bool) ([]apiclient.Token, error) {
	lists := make([][]apiclient.Token, len(owners))
	err := each(ctx, len(owners), func(ctx context.Context, i int) (err error) {
		lists[i], err = b.tokensOfOne(ctx, tried, owners[i])
		if errors.Is(err, apiclient.ErrNotFound) && !asked {
			return nil
		}
		return err
	})
	var rows []apiclient.Token
	for _, l := range lists {
		rows = append(rows, l...)
	}
	return rows, err
}

func (b *backend) tokensOfOne(ctx context.Context, tried string, p person) ([]apiclient.Token, error) {
	var rows []apiclient.Token
	if !b.speaks.apiKeys() {
		list, err := get[[]wireCredential](ctx, b, tried, p.path("credentials"))
		for _, w := range list {
			rows = append(rows, b.password(p, w))
		}
		return rows, err
	}
	keys, err := b.keysOf(ctx, tried, p)
	for _, w := range keys {
		rows = append(rows, b.key(p, w))
	}
	return rows, err
}

func (b *backend) keysOf(ctx context.Context, tried string, p person) ([]wireKey, error) {
	w, err := get[wireKeys](ctx, b, tried, b.own(p, "api-keys"))
	return w.Items, err
}

func (b *backend) readToken(ctx context.Context, tried string, p person, name string) (apiclient.Token, error) {
	if b.speaks.apiKeys() {
		w, err := get[wireKey](ctx, b, tried, b.own(p, "api-keys", name))
		return b.key(p, w), err
	}
	list, err := b.tokensOfOne(ctx, tried, p)
	if err == nil && len(list) == 0 {
		err = &apiclient.Failure{Tried: tried, End: apiclient.Refused, Cause: apiclient.ErrNotFound, Message: p.user + " has no password"}
	}
	if err != nil {
		return apiclient.Token{}, err
	}
	return list[0], nil
}

// active counts the keys that work.
func active(keys []wireKey) int {
	n := 0
	for _, k := range keys {
		if k.Status == keyActive {
			n++
		}
	}
	return n
}
