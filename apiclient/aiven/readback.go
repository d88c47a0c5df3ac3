package aiven

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gatehouse/apiclient"
)

// lately is how old what a lost create has made can be at most.
const lately = 10 * time.Minute

func found(words string) apiclient.Finding {
	return apiclient.Finding{End: apiclient.Done, Words: words}
}
func not(words string) apiclient.Finding {
	return apiclient.Finding{End: apiclient.Refused, Words: words}
}
func unclear(words string) apiclient.Finding {
	return apiclient.Finding{End: apiclient.Unknown, Words: words}
}

// ReadBack implements apiclient.Backend.
func (b *backend) ReadBack(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	op, err := b.resolve(ctx, op)
	if err != nil {
		return unclear("it cannot be looked for"), err
	}
	switch op.Verb {
	case apiclient.AccountCreate:
		return b.foundAccount(ctx, op)
	case apiclient.AccountUpdate, apiclient.AccountDelete:
		return b.accountIs(ctx, op)
	case apiclient.UserCreate:
		return b.foundApplicationUser(ctx, op)
	case apiclient.UserInvite:
		return b.foundInvitation(ctx, op)
	case apiclient.UserRegister:
		return unclear("it cannot be told: who is registered shows nowhere; trying again tells, as each e-mail can be registered once"), nil
	case apiclient.UserReset:
		return unclear("it cannot be told; doing it again does no harm"), nil
	case apiclient.UserUpdate, apiclient.UserActivate, apiclient.UserDeactivate, apiclient.UserDelete, apiclient.UserRemove:
		return b.userIs(ctx, op)
	case apiclient.UserExpireTokens:
		return b.tokensAre(ctx, op)
	case apiclient.TokenCreate:
		return b.foundToken(ctx, op)
	case apiclient.TokenUpdate, apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		return b.tokenIs(ctx, op)
	case apiclient.SessionSignOut:
		if op.With.Text("token") == signOutForget {
			return found("nothing was sent"), nil
		}
		return b.stillSignedIn(ctx)
	case apiclient.SessionSetPassword:
		return b.passwordIs(ctx, op)
	}
	return apiclient.Finding{}, apiclient.Unsupported(string(op.Verb), "Aiven cannot do that")
}

// stillSignedIn judges what ends the own session.
func (b *backend) stillSignedIn(ctx context.Context) (apiclient.Finding, error) {
	_, err := b.whoAmI(ctx, "ask who is signed in")
	switch {
	case errors.Is(err, apiclient.ErrSignedOut):
		return found("the token is refused: it is dead"), nil
	case err != nil:
		return unclear("it cannot be told"), err
	}
	return not("still signed in"), nil
}

// passwordIs compares since when tokens are valid with what was observed: a
// password cannot be read, but its change moves that.
func (b *backend) passwordIs(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	me, err := b.whoAmI(ctx, "ask who is signed in")
	switch {
	case errors.Is(err, apiclient.ErrSignedOut):
		return found("older tokens have expired: the password is changed; sign in with it"), nil
	case err != nil:
		return unclear("it cannot be told"), err
	case op.On.Version != "" && me.Validity != op.On.Version:
		return found("older tokens have expired: the password is changed"), nil
	case op.On.Version != "":
		return not("older tokens still work: the password is as it was"), nil
	}
	return unclear("it cannot be told: sign in again and see"), nil
}

// isNew tells a record that a lost create made from one that was there before.
func isNew(made, now time.Time) bool {
	if now.IsZero() {
		now = time.Now()
	}
	return now.Sub(made) < lately
}

func madeAt(t time.Time) string { return "made at " + t.UTC().Format(time.TimeOnly) + "Z" }

func (b *backend) foundAccount(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	all, a, err := b.accounts(ctx)
	if err != nil {
		return unclear("it cannot be told"), err
	}
	for _, w := range all {
		if w.AccountName == op.With.Text("name") && w.ParentAccountID == op.With["parent"].Ref.Path.Part(1) && isNew(w.CreateTime.Time, a.At) {
			f := found(madeAt(w.CreateTime.Time))
			f.Made = []apiclient.Ref{b.ref(apiclient.KindAccount, w.path())}
			return f, nil
		}
	}
	return not("it is not there"), nil
}

func (b *backend) accountIs(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	r, err := b.Read(ctx, op.On)
	switch {
	case errors.Is(err, apiclient.ErrNotFound) && op.Verb == apiclient.AccountDelete:
		return found("gone"), nil
	case err != nil:
		return unclear("it cannot be told"), err
	case op.Verb == apiclient.AccountDelete:
		return not("still there"), nil
	case r.Get("name").Text == op.With.Text("name"):
		return found("it has the new name"), nil
	}
	return not("it is called " + r.Get("name").Text), nil
}

func (b *backend) foundApplicationUser(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	at := op.With["account"].Ref.Path.Part(0)
	apps, a, err := b.applicationUsers(ctx, wireOrganization{OrganizationID: at})
	if err != nil {
		return unclear("it cannot be told"), err
	}
	for _, app := range apps {
		if app.Name == op.With.Text("name") && isNew(app.CreateTime.Time, a.At) {
			f := found(madeAt(app.CreateTime.Time))
			f.Made = []apiclient.Ref{b.ref(apiclient.KindUser, userPath(at, app.UserID, app.Name))}
			return f, nil
		}
	}
	return not("it is not there"), nil
}

func (b *backend) foundInvitation(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	at := op.With["account"].Ref.Path.Part(0)
	all, a, err := b.invitations(ctx, wireOrganization{OrganizationID: at})
	if err != nil {
		return unclear("it cannot be told"), err
	}
	i := slices.IndexFunc(all, func(i wireInvitation) bool { return i.UserEmail == op.With.Text("email") })
	switch {
	case i < 0:
		return not("there is no such invitation"), nil
	case !isNew(all[i].CreateTime.Time, a.At):
		return unclear("there is an invitation, but an older one: whether it was sent again cannot be told"), nil
	}
	f := found("invited, " + madeAt(all[i].CreateTime.Time))
	f.Made = []apiclient.Ref{b.ref(apiclient.KindUser, userPath(at, "", op.With.Text("email")))}
	return f, nil
}

func (b *backend) userIs(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	ends := op.Verb == apiclient.UserDelete || op.Verb == apiclient.UserRemove
	r, err := b.Read(ctx, op.On)
	switch {
	case errors.Is(err, apiclient.ErrNotFound) && ends:
		return found("gone"), nil
	case err != nil:
		return unclear("it cannot be told"), err
	}
	state := apiclient.State(r.Get("state").Text)
	switch op.Verb {
	case apiclient.UserDelete:
		if state == apiclient.Deleted {
			return found("deleted"), nil
		}
		return not("still there, " + string(state)), nil
	case apiclient.UserRemove:
		return not("still there"), nil
	case apiclient.UserActivate, apiclient.UserDeactivate:
		if state == stateFor(op.Verb) {
			return found("it is " + string(state)), nil
		}
		return not("it is " + string(state)), nil
	}
	for name := range op.With {
		is := r.Get(name).String()
		if is != op.With.Text(name) {
			return not("it is as it was"), nil
		}
	}
	return found("it is as wanted"), nil
}

func (b *backend) tokensAre(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	if userOf(op.On).user == b.self().ID {
		return b.stillSignedIn(ctx)
	}
	h, err := b.holderOf(ctx, "read "+op.On.Name(), op.On)
	if errors.Is(err, apiclient.ErrNotFound) {
		return found("the user is gone, and no tokens show"), nil
	}
	if err != nil {
		return unclear("it cannot be told"), err
	}
	rows, _, err := b.tokensOf(ctx, h)
	switch {
	case err != nil:
		return unclear("it cannot be told"), err
	case len(rows) > 0:
		return not(fmt.Sprintf("%s still there", b.info.Word(apiclient.KindToken).Count(len(rows)))), nil
	}
	return found("no token is left"), nil
}

// foundToken looks for a token as the op wanted it. Its secret is lost in any
// case.
func (b *backend) foundToken(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	h := b.ownHolder(wireOrganization{})
	if at := b.ownerOf(op); at.owned != "" {
		h = holder{organization: wireOrganization{OrganizationID: at.organization}, user: at.user, name: op.With["user"].Ref.Name(), owned: at.owned}
	}
	rows, a, err := b.tokensOf(ctx, h)
	if err != nil {
		return unclear("it cannot be told"), err
	}
	for _, t := range rows {
		if t.Type != typeSession && t.Description == op.With.Text("description") && t.Extend == op.With.Bool("extend_when_used") &&
			t.MaxAge == op.With.Span("max_age") && isNew(t.Created.Time(), a.At) {
			f := found(fmt.Sprintf("%s was %s, its secret is lost: revoke it and create another", t.Handle, madeAt(t.Created.Time())))
			f.Orphans = []apiclient.Ref{t.Ref}
			return f, nil
		}
	}
	return not("no such token is there"), nil
}

func (b *backend) tokenIs(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	if op.On.IsZero() {
		return b.pastedIs(ctx, op)
	}
	r, err := b.Read(ctx, op.On)
	revoked := op.Verb != apiclient.TokenUpdate
	switch {
	case revoked && (errors.Is(err, apiclient.ErrNotFound) || errors.Is(err, apiclient.ErrSignedOut)):
		return found("gone"), nil
	case err != nil:
		return unclear("it cannot be told"), err
	case revoked:
		return not("still there"), nil
	case r.Get("description").Text == op.With.Text("description"):
		return found("it is as wanted"), nil
	}
	return not("it is as it was"), nil
}

// pastedIs tries the token: whether it works is all that can be asked.
func (b *backend) pastedIs(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	verdicts, err := b.Probe(ctx, pasted(op))
	if err != nil || len(verdicts) == 0 {
		return unclear("it cannot be told"), err
	}
	switch verdicts[0].Life {
	case apiclient.Dead:
		return found("it is dead"), nil
	case apiclient.Alive:
		return not("it is still alive"), nil
	}
	return unclear(verdicts[0].Words), nil
}
