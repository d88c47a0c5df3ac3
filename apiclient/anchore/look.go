package anchore

import (
	"context"
	"errors"

	"gatehouse/apiclient"
)

// fewTargets is up to how many targets are counted what goes with each: it
// takes a request for every one.
const fewTargets = 100

// look observes the target of one op, one of n.
func (b *backend) look(ctx context.Context, op apiclient.Op, n int) (seen, error) {
	tried := b.doing(op)
	spec := apiclient.Spec(op.Verb)
	switch {
	case spec.Aim == apiclient.OnSelf:
		return b.lookUser(ctx, tried, op.Verb, b.userRef(b.me.account, b.me.user), n)
	case op.Verb == apiclient.GrantAdd:
		user := refOf(op.With["user"], apiclient.KindUser)
		_, held, err := b.held(ctx, tried, user.Name(), op.With.Text("account"), op.With.Text("role"))
		return seen{held: held}, err
	case spec.Aim == apiclient.OnNew:
		return seen{}, nil
	case spec.On == apiclient.KindAccount:
		return b.lookAccount(ctx, tried, op, n)
	case spec.On == apiclient.KindUser:
		return b.lookUser(ctx, tried, op.Verb, op.On, n)
	case spec.On == apiclient.KindToken:
		p, err := b.locate(ctx, op.On)
		if err != nil {
			return seen{}, err
		}
		t, err := b.readToken(ctx, tried, p, op.On.Name())
		return seen{token: t, ref: t.Ref}, err
	}
	return b.lookGrant(ctx, tried, op.On)
}

func (b *backend) lookAccount(ctx context.Context, tried string, op apiclient.Op, n int) (seen, error) {
	w, err := get[wireAccount](ctx, b, tried, accountPath(op.On.Name()))
	if err != nil {
		return seen{}, err
	}
	s := seen{account: w, ref: b.accountRef(w), users: -1}
	if op.Verb == apiclient.AccountDelete && n <= fewTargets {
		if users, err := b.usersOf(ctx, tried, w.Name); err == nil {
			s.users = len(users)
		}
	}
	return s, nil
}

func (b *backend) lookUser(ctx context.Context, tried string, verb apiclient.Verb, ref apiclient.Ref, n int) (seen, error) {
	p, err := b.locate(ctx, ref)
	if err != nil {
		return seen{}, err
	}
	w, err := get[wireUser](ctx, b, tried, b.own(p))
	if err != nil {
		return seen{}, err
	}
	s := seen{user: w, ref: b.userRef(p.account, p.user)}
	if verb == apiclient.UserSetPassword || verb == apiclient.SessionSetPassword {
		if s.ref.Version, err = b.observePassword(ctx, tried, p); err != nil {
			return seen{}, err
		}
	}
	if !b.speaks.apiKeys() {
		return s, nil
	}
	s.keys = -1
	if n <= fewTargets {
		if keys, err := b.keysOf(ctx, tried, p); err == nil {
			s.keys = active(keys)
		}
	}
	return s, nil
}

// observePassword is the version of a user whose password is to be set. Who may
// not ask how old it is learns nothing by that, and an Engine fails when a user
// without a password asks for his own.
func (b *backend) observePassword(ctx context.Context, tried string, p person) (string, error) {
	list, err := get[[]wireCredential](ctx, b, tried, b.own(p, "credentials"))
	switch {
	case errors.Is(err, apiclient.ErrDenied), errors.Is(err, apiclient.ErrFaulty):
		return "", nil
	case err != nil:
		return "", err
	case len(list) == 0:
		return passwordVersion(stamp{}), nil
	}
	return passwordVersion(list[0].Created), nil
}

// lookGrant also finds out whether the role comes through a group: it cannot be
// taken from one user then.
func (b *backend) lookGrant(ctx context.Context, tried string, ref apiclient.Ref) (seen, error) {
	user, domain, role := ref.Path.Part(0), ref.Path.Part(1), ref.Path.Part(2)
	_, held, err := b.held(ctx, tried, user, domain, role)
	if err != nil {
		return seen{}, err
	}
	s := seen{held: held, gone: !held}
	p, err := b.locate(ctx, b.ref(apiclient.KindUser, "", user))
	if err != nil {
		return s, nil // it only explains: the server decides
	}
	w, err := get[wireUser](ctx, b, tried, b.own(p))
	if err != nil {
		return s, nil
	}
	for _, r := range w.Roles {
		if r.Role != role || r.Domain != domain {
			continue
		}
		if r.direct() {
			s.through = ""
			break
		}
		s.through, s.gone = r.Granter, false
	}
	return s, nil
}

// refOf is what a field names: what the picker chose, or a name that was
// typed, "account/user" included.
func refOf(in apiclient.Input, kind apiclient.Kind) apiclient.Ref {
	if !in.Ref.IsZero() && in.Ref.Name() == in.Text {
		return in.Ref
	}
	return apiclient.Ref{Kind: kind, Path: typed(in.Text)}
}
