package anchore

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Lists come whole and in the order of the database; what is made of several
// of them is walked through in the order of names, so that a page can begin
// where another ended.

func (p person) before(o person) bool {
	return cmp.Or(cmp.Compare(p.account, o.account), cmp.Compare(p.user, o.user)) < 0
}

func (p person) cursor() string { return string(apiclient.NewPath(p.account, p.user)) }

func cursorOf(page string) person {
	p := apiclient.Path(page)
	return person{p.Part(0), p.Part(1)}
}

func personOf(u wireUser) person { return person{u.Account, u.Name} }

// some are users in the order of names.
type some struct {
	users []wireUser
	next  string // cursor; "": there are no more
	total int    // -1: not known
}

// people gives at least want users that come after a cursor, and all of them
// where that costs nothing: one request in newer releases of v2, one for each
// account otherwise. Who may not ask for all gets those he may ask for.
func (b *backend) people(ctx context.Context, tried, after string, want int) (some, error) {
	if !b.speaks.allUsers() {
		return b.peopleByAccount(ctx, tried, after, want)
	}
	all, err := get[wireUsers](ctx, b, tried, "/accounts/users")
	switch {
	case errors.Is(err, apiclient.ErrDenied), errors.Is(err, apiclient.ErrNotFound), err == nil && all.Items == nil:
		// Before API 2.8 this is the path of an account called users.
		return b.peopleByAccount(ctx, tried, after, want)
	case err != nil:
		return some{}, err
	}
	users := *all.Items
	total := len(users)
	users = slices.DeleteFunc(users, func(u wireUser) bool { return after != "" && !cursorOf(after).before(personOf(u)) })
	sortUsers(users)
	return some{users: users, total: total}, nil
}

func sortUsers(users []wireUser) {
	slices.SortFunc(users, func(a, b wireUser) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Name, b.Name))
	})
}

func (b *backend) peopleByAccount(ctx context.Context, tried, after string, want int) (some, error) {
	accounts, err := b.accountNames(ctx, tried)
	if err != nil {
		return some{}, err
	}
	from := cursorOf(after)
	accounts = slices.DeleteFunc(accounts, func(a string) bool { return a < from.account })
	var users []wireUser
	for len(accounts) > 0 && len(users) < want {
		n := min(len(accounts), callsAtOnce)
		lists := make([][]wireUser, n)
		err := each(ctx, n, func(ctx context.Context, i int) (err error) {
			lists[i], err = b.usersOf(ctx, tried, accounts[i])
			if errors.Is(err, apiclient.ErrNotFound) {
				return nil // gone since the accounts were listed
			}
			return err
		})
		if err != nil {
			return some{}, err
		}
		for _, list := range lists {
			sortUsers(list)
			for _, u := range list {
				if after == "" || from.before(personOf(u)) {
					users = append(users, u)
				}
			}
		}
		accounts = accounts[n:]
	}
	out := some{users: users, total: -1}
	if len(accounts) > 0 && len(users) > 0 {
		out.next = personOf(users[len(users)-1]).cursor()
	} else if after == "" {
		out.total = len(users)
	}
	return out, nil
}

// accountNames are those of all accounts, or one's own where one may not list
// them.
func (b *backend) accountNames(ctx context.Context, tried string) ([]string, error) {
	list, err := get[[]wireAccount](ctx, b, tried, "/accounts")
	if errors.Is(err, apiclient.ErrDenied) {
		return []string{b.me.account}, nil
	}
	if err != nil {
		return nil, err
	}
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	slices.Sort(names)
	return names, nil
}

// usersOf lists the users of an account, and in one's own at least oneself.
func (b *backend) usersOf(ctx context.Context, tried, account string) ([]wireUser, error) {
	list, err := get[[]wireUser](ctx, b, tried, accountPath(account, "users"))
	if errors.Is(err, apiclient.ErrDenied) && account == b.me.account {
		var self wireUser
		_, err = b.ask(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/user", Into: &self})
		list = []wireUser{self}
	}
	for i := range list {
		list[i].Account = account // v1 does not say it
	}
	return list, err
}

// locate finds out where a user is of whom only the name may be known.
func (b *backend) locate(ctx context.Context, ref apiclient.Ref) (person, error) {
	parts := ref.Path.Parts()
	if len(parts) > 1 {
		return person{parts[0], parts[1]}, nil
	}
	if parts[0] == b.me.user {
		return person{b.me.account, b.me.user}, nil
	}
	tried := "look for user " + parts[0]
	for after := ""; ; {
		found, err := b.people(ctx, tried, after, callsAtOnce)
		if err != nil {
			return person{}, err
		}
		for _, u := range found.users {
			if u.Name == parts[0] {
				return personOf(u), nil
			}
		}
		if after = found.next; after == "" {
			return person{}, &apiclient.Failure{
				Tried: tried, End: apiclient.Refused, Cause: apiclient.ErrNotFound, Message: "there is no user " + parts[0],
			}
		}
	}
}
