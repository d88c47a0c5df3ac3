package gatehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

const (
	// readsOneByOne is up to how many targets are read each by itself; more
	// are looked for in the pages of the list, which cost less.
	readsOneByOne = 40
	readers       = 8
	mostPages     = 200
)

// observe reads the accounts and users that ops are about, as they are now.
// What is not there is left out; what cannot be read is an error, since a plan
// over unknown things binds to nothing.
func (d *draft) observe(ctx context.Context, ops []apiclient.Op) error {
	var err error
	if names := targets(ops, apiclient.KindAccount); len(names) > 0 {
		// Only reading one account tells what goes with it.
		byList := ops[0].Verb != apiclient.AccountDelete
		d.accounts, err = observe(ctx, names, byList, d.b.readAccount, d.b.pageOf(wire.PathAccounts), accountName)
		if err != nil {
			return err
		}
	}
	if names := targets(ops, apiclient.KindUser); len(names) > 0 {
		d.users, err = observe(ctx, names, true, d.b.readUser, d.b.pageOfUsers, userName)
	}
	return err
}

func targets(ops []apiclient.Op, kind apiclient.Kind) []string {
	var names []string
	for _, op := range ops {
		if op.On.Kind == kind && apiclient.Spec(op.Verb).On == kind && apiclient.Spec(op.Verb).Aim != apiclient.OnNew {
			names = append(names, op.On.Name())
		}
	}
	return names
}

func accountName(a wire.Account) string { return a.Name }
func userName(u wire.User) string       { return u.Name }

func (b *backend) readAccount(ctx context.Context, name string) (wire.Account, error) {
	return get[wire.Account](ctx, b, "read account "+name, wire.AccountPath(name))
}

func (b *backend) readUser(ctx context.Context, name string) (wire.User, error) {
	return get[wire.User](ctx, b, "read user "+name, wire.UserPath(name))
}

func (b *backend) pageOf(path string) func(context.Context, apiclient.Query) (apiclient.Page[wire.Account], error) {
	return func(ctx context.Context, q apiclient.Query) (apiclient.Page[wire.Account], error) {
		return list(ctx, b, apiclient.KindAccount, path, q, same[wire.Account])
	}
}

func (b *backend) pageOfUsers(ctx context.Context, q apiclient.Query) (apiclient.Page[wire.User], error) {
	return list(ctx, b, apiclient.KindUser, wire.PathUsers, q, same[wire.User])
}

func same[W any](w W) W { return w }

// observe reads records by name, one by one or out of the list.
func observe[W any](
	ctx context.Context, names []string, byList bool,
	read func(context.Context, string) (W, error),
	page func(context.Context, apiclient.Query) (apiclient.Page[W], error),
	nameOf func(W) string,
) (map[string]W, error) {
	out := make(map[string]W, len(names))
	if byList && len(names) > readsOneByOne {
		if err := observeList(ctx, names, page, nameOf, out); err != nil {
			return nil, err
		}
		// The list knows names as the server writes them; who wrote one in
		// another way is asked for by it.
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { _, ok := out[n]; return ok })
	}
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, readers)
	var wg sync.WaitGroup
	for _, name := range names {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			w, err := read(ctx, name)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				out[name] = w
			case !errors.Is(err, apiclient.ErrNotFound):
				failed = err
			}
		})
	}
	wg.Wait()
	return out, failed
}

func observeList[W any](
	ctx context.Context, names []string,
	page func(context.Context, apiclient.Query) (apiclient.Page[W], error),
	nameOf func(W) string, out map[string]W,
) error {
	wanted := make(map[string]bool, len(names))
	for _, n := range names {
		wanted[n] = true
	}
	pages := 0
	return apiclient.All(ctx, page, apiclient.Query{Size: wire.MaxPageSize}, func(p apiclient.Page[W]) error {
		for _, w := range p.Rows {
			if wanted[nameOf(w)] {
				out[nameOf(w)] = w
			}
		}
		if pages++; len(out) == len(wanted) || pages >= mostPages {
			return apiclient.ErrEnough
		}
		return nil
	})
}

// admins lists who of the admins can sign in. Those of an account that is
// taken away count as taken too. known is false if the list could not be read
// to its end.
func (b *backend) admins(ctx context.Context, taken map[apiclient.Ref]bool) (admins []apiclient.Ref, known bool) {
	q := apiclient.Query{Search: "admin:yes state:active account_state:enabled", Size: wire.MaxPageSize}
	err := apiclient.All(ctx, b.pageOfUsers, q, func(p apiclient.Page[wire.User]) error {
		for _, u := range p.Rows {
			ref := b.ref(apiclient.KindUser, u.Name, 0)
			if taken[b.ref(apiclient.KindAccount, u.Account, 0)] {
				taken[ref] = true
			}
			admins = append(admins, ref)
		}
		return nil
	})
	return admins, err == nil
}

// takes counts what goes with accounts and users.
type takes struct {
	accounts, people      int
	users, tokens, recent int
	sessions              int
	unknown               int // accounts of which it could not be read
}

func (t *takes) account(a wire.Account) {
	t.accounts++
	if a.DeleteTakes == nil {
		t.unknown++
		return
	}
	t.users += a.DeleteTakes.Users
	t.tokens += a.DeleteTakes.Tokens
	t.recent += a.DeleteTakes.TokensUsedLastHour
}

func (t *takes) user(u wire.User) {
	t.people++
	t.tokens += u.Tokens
	t.sessions += u.Sessions
}

func (t *takes) tell(d *draft) {
	users, tokens, sessions := d.b.info.Word(apiclient.KindUser), d.b.info.Word(apiclient.KindToken), d.b.info.Word(apiclient.KindSession)
	with := "it"
	if t.accounts+t.people > 1 {
		with = "them"
	}
	switch {
	case t.unknown > 0:
		d.Fact(true, "How many %s and %s go with %s is not known.", users.Many, tokens.Many, with)
	case t.accounts > 0:
		text := fmt.Sprintf("With %s go %s and %s", with, users.Count(t.users), tokens.Count(t.tokens))
		if t.recent > 0 {
			text += fmt.Sprintf(", %d of them used in the last hour", t.recent)
		}
		d.Fact(t.users+t.tokens > 0, "%s.", text)
	case t.people > 0 && d.Plan.Verb == apiclient.UserExpireTokens:
		d.Fact(false, "%s and %s end.", tokens.Count(t.tokens), sessions.Count(t.sessions))
	case t.people > 0:
		d.Fact(t.tokens > 0, "With %s go %s and %s.", with, tokens.Count(t.tokens), sessions.Count(t.sessions))
	}
	n := countVerb(d.Plan.Steps, apiclient.AccountDisable)
	switch {
	case n == 0 || d.Plan.Verb != apiclient.AccountDelete:
	case t.accounts == 1:
		d.Fact(false, "It is enabled, so this is two steps: disable, then delete.")
	default:
		d.Fact(false, "%d of them are enabled and are disabled first.", n)
	}
}

func countVerb(steps []apiclient.Step, v apiclient.Verb) int {
	n := 0
	for _, s := range steps {
		if s.Verb == v {
			n++
		}
	}
	return n
}
