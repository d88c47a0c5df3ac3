package anchore

import (
	"context"
	"errors"

	"gatehouse/apiclient"
)

// Prepare implements apiclient.Backend.
func (b *backend) Prepare(ctx context.Context, ops []apiclient.Op) (apiclient.Plan, error) {
	base, err := apiclient.NewDraft(Driver(), b.info, ops, b.doing)
	if err != nil {
		return apiclient.Plan{}, err
	}
	for _, op := range ops {
		if f := b.checkHere(op); f != nil {
			return apiclient.Plan{}, f
		}
	}
	d := &draft{Draft: base, b: b}
	if d.me, err = b.WhoAmI(ctx); err != nil {
		return apiclient.Plan{}, err
	}
	d.Plan.Observed = b.now()
	seen, err := b.observe(ctx, ops)
	if err != nil {
		return apiclient.Plan{}, err
	}
	for i, op := range ops {
		d.expand(op, seen[i])
	}
	d.tell()
	// There is no running out of admins: the user admin cannot be deleted, its
	// account not be disabled, and nobody can take away his own password.
	return d.Finish(d.me, nil), nil
}

// draft is a plan in the making.
type draft struct {
	*apiclient.Draft
	b    *backend
	me   apiclient.Identity
	took takes
}

// takes counts what goes with accounts and users.
type takes struct {
	accounts, people, users, keys int
	unknown                       bool // something could not be counted
}

// expand adds the steps of one op.
func (d *draft) expand(op apiclient.Op, s seen) {
	if s.gone {
		d.Gone(op)
		return
	}
	switch apiclient.Spec(op.Verb).On {
	case apiclient.KindAccount:
		d.onAccount(op, s)
	case apiclient.KindUser:
		d.onUser(op, s)
	case apiclient.KindToken:
		d.onToken(op, s)
	case apiclient.KindGrant:
		d.onGrant(op, s)
	default:
		op.On = s.ref // one's own user: what his password was is observed
		d.keysStay(d.b.me.user, s.keys)
		d.Step(op)
	}
}

func (d *draft) onAccount(op apiclient.Op, s seen) {
	if op.Verb == apiclient.AccountCreate {
		d.Step(op)
		return
	}
	op.On = s.ref
	name, state := s.account.Name, s.account.State
	ends := op.Verb == apiclient.AccountDisable || op.Verb == apiclient.AccountDelete
	switch {
	case state == string(apiclient.Deleting) && op.Verb != apiclient.AccountUpdate:
		d.Fact(true, "%s is being deleted, which cannot be stopped: left out.", name)
		return
	case ends && s.account.Type == typeAdmin:
		d.Block("The account "+name+" stays: Anchore neither disables nor deletes an admin account.", "Take it out of the selection.")
	case op.Verb == apiclient.AccountEnable && state == string(apiclient.Enabled),
		op.Verb == apiclient.AccountDisable && state == string(apiclient.Disabled):
		d.Fact(false, "%s is %s already.", name, state)
	}
	if op.Verb != apiclient.AccountDelete {
		d.Step(op)
		return
	}
	d.took.accounts++
	d.took.users += max(s.users, 0)
	d.took.unknown = d.took.unknown || s.users < 0
	if state == string(apiclient.Disabled) {
		d.Step(op)
		return
	}
	first := op
	first.Verb = apiclient.AccountDisable
	d.Step(op, d.Step(first))
}

func (d *draft) onUser(op apiclient.Op, s seen) {
	if op.Verb == apiclient.UserCreate {
		if d.b.speaks.v2 {
			d.Fact(false, "A new user may do nothing until a role is given.")
		}
		d.Step(op)
		return
	}
	op.On = s.ref
	name := op.On.Name()
	switch op.Verb {
	case apiclient.UserDelete:
		if name == "admin" || name == "anchore-system" {
			d.Block("The user "+name+" stays: Anchore does not delete it.", "Take it out of the selection.")
		}
		d.took.people++
		d.took.keys += max(s.keys, 0)
		d.took.unknown = d.took.unknown || s.keys < 0
	case apiclient.UserSetPassword:
		if s.user.Type != typeNative && s.user.Type != "" {
			d.Block(name+" has no password here: an identity provider lets this user in.", "Change it there.")
		}
		d.keysStay(name, s.keys)
	case apiclient.UserExpireTokens:
		if s.keys >= 0 {
			d.Fact(false, "%s of %s work now.", many(s.keys, "API key", "API keys"), name)
		}
		if d.ownKey(op) {
			d.Fact(true, "You are signed in with one of them: you will be signed out.")
		}
	}
	d.Step(op)
}

// keysStay warns that a new password ends nothing else.
func (d *draft) keysStay(name string, keys int) {
	switch {
	case keys > 0:
		d.Fact(true, "%s of %s go on working: revoke them too if that is not wanted.", many(keys, "API key", "API keys"), name)
	case keys < 0 && d.b.speaks.apiKeys():
		d.Fact(true, "Whether %s has API keys, which go on working, is not known.", name)
	}
	d.Fact(false, "OAuth tokens that were given out for the old password live on until they expire, within an hour unless set otherwise.")
}

func (d *draft) onToken(op apiclient.Op, s seen) {
	if op.Verb == apiclient.TokenCreate {
		d.Step(op)
		return
	}
	op.On = s.ref
	state := string(s.token.State)
	switch {
	case op.Verb == apiclient.TokenRevoke && !d.b.speaks.apiKeys():
		if op.On.Path.Part(1) == d.b.me.user {
			d.Block("This is your own password: Anchore lets nobody take away his own.", "Change it instead.")
		}
		d.Fact(false, "%s cannot sign in until a new password is set.", op.On.Path.Part(1))
	case op.Verb == apiclient.TokenRevoke && state == keyRevoked:
		d.Fact(false, "%s is revoked already.", op.On.Name())
	}
	if op.Verb != apiclient.TokenUpdate && d.ownKey(op) {
		d.Fact(true, "You are signed in with an API key of your own: if it is %s, you will be signed out.", op.On.Name())
	}
	d.Step(op)
}

// ownKey tells whether an op ends keys among which the one in use may be:
// Anchore does not say which that is.
func (d *draft) ownKey(op apiclient.Op) bool {
	return d.b.me.method == byKey && op.On.Path.Part(1) == d.b.me.user
}

func (d *draft) onGrant(op apiclient.Op, s seen) {
	if op.Verb == apiclient.GrantAdd {
		if s.held {
			d.Fact(false, "%s has the role already.", op.With.Text("user"))
		}
		d.Step(op)
		return
	}
	if s.through != "" {
		d.Block(
			op.On.Path.Part(0)+" has the role "+op.On.Path.Part(2)+" through the group "+s.through+" and not directly.",
			"Take the user out of that group, or the role from it, in Anchore itself.",
		)
	}
	if op.On.Path.Part(0) == d.me.User.Name() {
		d.Fact(true, "It is a role of your own: you may not be able to give it back to yourself.")
	}
	d.Step(op)
}

// tell says what the plan as a whole takes, and when it counts.
func (d *draft) tell() {
	with := "it"
	if d.took.accounts+d.took.people > 1 {
		with = "them"
	}
	switch {
	case d.took.accounts > 0 && d.took.unknown:
		d.Fact(true, "How many users go with %s is not known.", with)
	case d.took.accounts > 0:
		d.Fact(true, "With %s go %s.", with, many(d.took.users, "user", "users"))
	case d.took.keys > 0:
		d.Fact(true, "With %s go %s that work now; no list shows them afterwards.", with, many(d.took.keys, "API key", "API keys"))
	case d.took.people > 0 && d.took.unknown && d.b.speaks.apiKeys():
		d.Fact(true, "How many API keys go with %s is not known.", with)
	}
	if d.took.accounts > 0 {
		d.Fact(false, "Images, policies and the rest are cleaned up afterwards: it shows as deleting for half a minute or more, and its name stays taken until then.")
		d.twoSteps()
	}
	if slow(d.Plan.Verb) && len(d.Plan.Steps) > 0 {
		d.Fact(false, "It may take 5 seconds until it counts everywhere.")
	}
}

func (d *draft) twoSteps() {
	n := 0
	for _, s := range d.Plan.Steps {
		if s.Verb == apiclient.AccountDisable {
			n++
		}
	}
	switch {
	case n == 1 && d.took.accounts == 1:
		d.Fact(false, "It is enabled, so this is two steps: disable, then delete.")
	case n > 0:
		d.Fact(false, "%d of them are enabled and are disabled first.", n)
	}
}

// slow tells whether the server's memory of users delays what a verb does.
func slow(v apiclient.Verb) bool {
	switch v {
	case apiclient.AccountEnable, apiclient.AccountDisable, apiclient.AccountDelete, apiclient.UserDelete,
		apiclient.UserSetPassword, apiclient.SessionSetPassword, apiclient.TokenRevoke, apiclient.TokenDelete, apiclient.UserExpireTokens:
		return true
	}
	return false
}

// seen is what was observed of the target of an op.
type seen struct {
	gone    bool
	ref     apiclient.Ref
	account wireAccount
	users   int // of the account; -1: not known
	user    wireUser
	keys    int // active ones of the user; -1: not known
	token   apiclient.Token
	held    bool
	through string // group that gives the role
}

// observe reads what ops are about, as it is now. What is not there is left
// out; what cannot be read is an error, since a plan over unknown things binds
// to nothing.
func (b *backend) observe(ctx context.Context, ops []apiclient.Op) ([]seen, error) {
	out := make([]seen, len(ops))
	err := each(ctx, len(ops), func(ctx context.Context, i int) (err error) {
		out[i], err = b.look(ctx, ops[i], len(ops))
		if errors.Is(err, apiclient.ErrNotFound) {
			out[i].gone = true
			return nil
		}
		return err
	})
	return out, err
}
