package gatehouse

import (
	"context"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

// Prepare implements apiclient.Backend.
func (b *backend) Prepare(ctx context.Context, ops []apiclient.Op) (apiclient.Plan, error) {
	base, err := apiclient.NewDraft(Driver(), b.info, ops, b.doing)
	if err != nil {
		return apiclient.Plan{}, err
	}
	d := &draft{Draft: base, b: b}
	who, now, err := b.session(ctx, "make a plan")
	if err != nil {
		return apiclient.Plan{}, err
	}
	d.who, d.Plan.Observed = who, now
	if err := d.observe(ctx, ops); err != nil {
		return apiclient.Plan{}, err
	}
	for _, op := range ops {
		d.expand(op)
	}
	d.takes.tell(d)
	return d.Finish(d.identity(), func(taken map[apiclient.Ref]bool) ([]apiclient.Ref, bool) {
		return b.admins(ctx, taken)
	}), nil
}

// draft is a plan in the making, with what was read for it.
type draft struct {
	*apiclient.Draft
	b        *backend
	who      wire.Identity
	accounts map[string]wire.Account
	users    map[string]wire.User
	takes    takes
}

// expand adds the steps of one op.
func (d *draft) expand(op apiclient.Op) {
	switch op.Verb {
	case apiclient.AccountUpdate, apiclient.AccountEnable, apiclient.AccountDisable, apiclient.AccountDelete:
		d.onAccount(op)
	case apiclient.UserUpdate, apiclient.UserEnable, apiclient.UserDisable, apiclient.UserDelete,
		apiclient.UserSetPassword, apiclient.UserReset, apiclient.UserExpireTokens:
		d.onUser(op)
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		// What is to be revoked is so in any version. An op that holds nothing
		// but the token itself is about the token of that public name.
		op.On.Version = ""
		if parsed, err := wire.Parse(tokenOf(op)); err == nil && op.On.IsZero() {
			op.On = d.b.ref(apiclient.KindToken, parsed.Prefix, 0)
		}
		d.Step(op)
	default:
		d.Step(op)
	}
}

func (d *draft) onAccount(op apiclient.Op) {
	a, ok := d.accounts[op.On.Name()]
	if !ok {
		d.Gone(op)
		return
	}
	op.On = d.b.ref(apiclient.KindAccount, a.Name, a.Version)
	if a.State == wire.AccountDeleting {
		d.Fact(true, "%s is being deleted already: left out.", a.Name)
		return
	}
	ends := op.Verb == apiclient.AccountDisable || op.Verb == apiclient.AccountDelete
	if ends && a.Type == wire.AccountTypeAdmin {
		d.Block("The account "+a.Name+" stays: it is what lets an admin in.", "Take it out of the selection.")
	}
	if ends {
		d.Takes(op.On)
	}
	switch op.Verb {
	case apiclient.AccountDisable:
		d.already(a.State == wire.AccountDisabled, a.Name, "disabled")
	case apiclient.AccountEnable:
		d.already(a.State == wire.AccountEnabled, a.Name, "enabled")
	case apiclient.AccountDelete:
		d.takes.account(a)
		if a.State == wire.AccountEnabled {
			first := op
			first.Verb = apiclient.AccountDisable
			before := d.Step(first)
			d.Step(op, before)
			return
		}
	}
	d.Step(op)
}

func (d *draft) onUser(op apiclient.Op) {
	u, ok := d.users[op.On.Name()]
	if !ok {
		d.Gone(op)
		return
	}
	op.On = d.b.ref(apiclient.KindUser, u.Name, u.Version)
	switch op.Verb {
	case apiclient.UserDisable:
		d.already(u.State == wire.UserInactive, u.Name, "inactive")
		d.Takes(op.On)
	case apiclient.UserEnable:
		d.already(u.State != wire.UserInactive, u.Name, u.State)
	case apiclient.UserUpdate:
		if op.With.Has("admin") && !op.With.Bool("admin") {
			d.Takes(op.On)
		}
	case apiclient.UserReset:
		d.Takes(op.On)
		d.tokensStay(u)
	case apiclient.UserSetPassword:
		if u.Name == d.who.User.Name {
			d.Block("This is your own password, which needs the old one.", "Use \"Change own password\".")
		}
		d.tokensStay(u)
	case apiclient.UserDelete:
		d.Takes(op.On)
		d.takes.user(u)
	case apiclient.UserExpireTokens:
		d.takes.user(u)
	}
	d.Step(op)
}

// tokensStay warns that a new password does not end what programs sign in with.
func (d *draft) tokensStay(u wire.User) {
	if u.Tokens > 0 {
		d.Fact(true, "%s of %s go on working: expire all tokens ends them.", d.b.info.Word(apiclient.KindToken).Count(u.Tokens), u.Name)
	}
}

func (d *draft) already(is bool, name, state string) {
	if is {
		d.Fact(false, "%s is %s already.", name, state)
	}
}

func (d *draft) identity() apiclient.Identity {
	who := d.who
	return apiclient.Identity{
		User:    d.b.ref(apiclient.KindUser, who.User.Name, 0),
		Account: d.b.ref(apiclient.KindAccount, who.User.Account, 0),
		Token:   d.b.ref(apiclient.KindToken, who.Credential.Prefix, 0),
		Admin:   who.User.Admin,
	}
}
