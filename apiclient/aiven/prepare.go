package aiven

import (
	"context"
	"errors"
	"slices"

	"gatehouse/apiclient"
)

// Prepare implements apiclient.Backend.
func (b *backend) Prepare(ctx context.Context, ops []apiclient.Op) (apiclient.Plan, error) {
	base, err := apiclient.NewDraft(Driver(), b.info, ops, b.doing)
	if err != nil {
		return apiclient.Plan{}, err
	}
	d := &draft{Draft: base, b: b, orgs: map[string]people{}}
	if d.me, err = b.WhoAmI(ctx); err != nil {
		return apiclient.Plan{}, err
	}
	ops = d.ownLast(ops)
	for _, op := range ops {
		if err := d.expand(ctx, op); err != nil {
			return apiclient.Plan{}, err
		}
	}
	d.lastAdmins()
	return d.Finish(d.me, nil), nil
}

// draft is a plan in the making, with what was read for it.
type draft struct {
	*apiclient.Draft
	b     *backend
	me    apiclient.Identity
	orgs  map[string]people
	taken map[string]map[apiclient.Ref]bool // by organization: super admins who go
}

// ownLast puts what ends one's own session behind all others, which need it.
func (d *draft) ownLast(ops []apiclient.Op) []apiclient.Op {
	ops = slices.Clone(ops)
	slices.SortStableFunc(ops, func(x, y apiclient.Op) int {
		return boolInt(d.endsSession(x)) - boolInt(d.endsSession(y))
	})
	return ops
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (d *draft) endsSession(op apiclient.Op) bool {
	switch op.Verb {
	case apiclient.UserExpireTokens:
		return userOf(op.On).user == d.b.self().ID
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		return op.On.Key() == d.me.Token.Key() && !d.me.Token.IsZero() || trimToken(pasted(op)).Equal(d.b.using())
	}
	return false
}

// add adds the step of an op; what ends one's own session waits for all others.
func (d *draft) add(op apiclient.Op) {
	var before []int
	if d.endsSession(op) {
		for i := range d.Plan.Steps {
			before = append(before, i)
		}
	}
	d.Step(op, before...)
}

// expand adds the steps of one op.
func (d *draft) expand(ctx context.Context, op apiclient.Op) error {
	op, err := d.b.resolve(ctx, op)
	if err != nil {
		return err
	}
	switch op.Verb {
	case apiclient.AccountUpdate, apiclient.AccountDelete:
		return d.onAccount(ctx, op)
	case apiclient.UserUpdate, apiclient.UserActivate, apiclient.UserDeactivate, apiclient.UserDelete,
		apiclient.UserRemove, apiclient.UserReset, apiclient.UserExpireTokens:
		return d.onUser(ctx, op)
	case apiclient.TokenCreate:
		if err := d.checkOwner(ctx, op); err != nil {
			return err
		}
		d.tellNewToken(op)
	case apiclient.TokenUpdate:
		if tokenOf(op.On).owned != "" {
			d.Block(op.On.Name()+" is not your own token: its description cannot be changed.", "Create another token and revoke this one.")
		}
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		return d.onToken(ctx, op)
	case apiclient.SessionSignOut:
		return d.signOut(ctx, op)
	case apiclient.SessionSetPassword:
		me := d.b.self()
		// What was observed tells later whether an unanswered change happened.
		op.On = d.me.User
		op.On.Version = me.Validity
		d.Fact(true, "All your tokens and sessions expire at once, also those that programs use. This console goes on with a new session.")
	}
	d.add(op)
	return nil
}

func (d *draft) onAccount(ctx context.Context, op apiclient.Op) error {
	_, err := d.b.Read(ctx, op.On)
	switch {
	case errors.Is(err, apiclient.ErrNotFound):
		d.Gone(op)
		return nil
	case err != nil:
		return err
	}
	if op.Verb == apiclient.AccountDelete {
		if err := d.tellContents(ctx, op.On); err != nil {
			return err
		}
	}
	d.add(op)
	return nil
}

// tellContents says what is in an organization, which Aiven deletes only when it
// is empty.
func (d *draft) tellContents(ctx context.Context, ref apiclient.Ref) error {
	w, _, err := get[struct{ Projects []wireProject }](ctx, d.b, "list the projects of "+ref.Name(), inOrganization(ref.Path.Part(0), "projects"), nil)
	if err != nil {
		if hidden(err) {
			d.Fact(true, "Whether projects are in %s is not known; Aiven deletes only what is empty.", ref.Name())
			return nil
		}
		return err
	}
	n := 0
	for _, p := range w.Projects {
		if p.ParentID == "" || p.ParentID == ref.Path.Part(1) || p.AccountID == ref.Path.Part(1) {
			n++
		}
	}
	if n > 0 {
		d.Fact(true, "%s holds %s: Aiven will refuse, since it deletes only what is empty.", ref.Name(), d.b.info.Word(apiclient.KindObject).Count(n))
	}
	return nil
}

// checkOwner refuses users whose tokens only they can make.
func (d *draft) checkOwner(ctx context.Context, op apiclient.Op) error {
	at := d.b.ownerOf(op)
	if at.owned == "" {
		return nil
	}
	p, err := d.people(ctx, at.organization)
	if err != nil {
		return err
	}
	if m, ok := p.member(at.user); !ok || !m.UserInfo.IsApplicationUser {
		return field(d.b.doing(op), "user", onlyApps)
	}
	return nil
}

func (d *draft) tellNewToken(op apiclient.Op) {
	// What was not said is the default of the form.
	if op.With.Has("max_age") && op.With.Span("max_age") == 0 {
		d.Fact(true, "It never expires.")
	}
	if at := d.b.ownerOf(op); at.owned == "" {
		d.Fact(false, "A personal token ends when two-factor sign-in is switched on or off, and works only as long as your organization allows the way you signed in.")
	}
}

// onToken plans a revoke. An op that holds nothing but the token itself is
// about the own token that it is, if it is one; else the token is used once, to
// end itself.
func (d *draft) onToken(ctx context.Context, op apiclient.Op) error {
	if op.On.IsZero() {
		token := trimToken(pasted(op))
		if err := checkTokenText(token); err != nil {
			return &apiclient.Failure{Tried: d.b.doing(op), Message: "it " + err.Error(), Cause: apiclient.ErrInvalid}
		}
		own, _, err := d.b.ownTokens(ctx)
		if err != nil && !isDenied(err) {
			return err
		}
		i := slices.IndexFunc(own, func(t apiclient.Token) bool { return usesPrefix(token, t.Handle) })
		if i >= 0 {
			// By its prefix: the token itself is not needed any more.
			op.On, op.Secret, op.With = own[i].Ref, apiclient.Secret{}, nil
		} else {
			d.Fact(false, "It is not one of your own tokens: it is used once, at %s, to sign itself out.", d.b.rest.Origin())
		}
	}
	if op.Verb == apiclient.TokenRevokePasted && d.endsSession(op) {
		d.Fact(true, "This is what you are signed in with: you will be signed out.")
	}
	d.add(op)
	return nil
}

// pasted is the token itself of an op that knows nothing else of it.
func pasted(op apiclient.Op) apiclient.Secret {
	if !op.Secret.IsZero() {
		return op.Secret
	}
	return op.With.Secret("token")
}

// signOut says which token dies, and what else used it.
func (d *draft) signOut(ctx context.Context, op apiclient.Op) error {
	if op.With.Text("token") == signOutForget {
		d.Fact(true, "Nothing is sent: the token lives on, and whoever has it can use it.")
		d.add(op)
		return nil
	}
	own, _, err := d.b.ownTokens(ctx)
	if err != nil && !isDenied(err) {
		return err
	}
	i := slices.IndexFunc(own, func(t apiclient.Token) bool { return t.InUse })
	switch {
	case i < 0:
		d.Fact(true, "The token in use is revoked for good, wherever else it is used. Which it is could not be read.")
	case own[i].Type == typePersonal:
		d.Fact(true, "%s (%s) is a personal token, not only a session: it is revoked for good, also for every program that uses it. To keep it, sign out with \"forget\".", own[i].Handle, own[i].Description)
	default:
		d.Fact(false, "The session %s is revoked for good; your other tokens stay.", own[i].Handle)
	}
	d.add(op)
	return nil
}
