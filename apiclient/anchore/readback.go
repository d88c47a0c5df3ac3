package anchore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// lately is how old what a lost create has made can be at most.
const lately = 10 * time.Minute

// ReadBack implements apiclient.Backend.
func (b *backend) ReadBack(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	tried := "look what became of it: " + b.doing(op)
	switch op.Verb {
	case apiclient.AccountCreate:
		a, err := get[wireAccount](ctx, b, tried, accountPath(op.With.Text("name")))
		return b.foundNew(err, a.Created, b.accountRef(a))
	case apiclient.UserCreate:
		p := person{b.accountOf(op), op.With.Text("user_name")}
		u, err := get[wireUser](ctx, b, tried, p.path())
		return b.foundNew(err, u.Created, b.userRef(p.account, p.user))
	case apiclient.AccountUpdate, apiclient.AccountEnable, apiclient.AccountDisable, apiclient.AccountDelete:
		a, err := get[wireAccount](ctx, b, tried, accountPath(op.On.Name()))
		return judge(err, func() (bool, string) { return accountIs(a, op) })
	case apiclient.UserDelete:
		p, err := b.locate(ctx, op.On)
		if err == nil {
			_, err = get[wireUser](ctx, b, tried, p.path())
		}
		gone := errors.Is(err, apiclient.ErrNotFound)
		return judge(err, func() (bool, string) { return gone, is(gone, "gone", "still there") })
	case apiclient.UserSetPassword, apiclient.SessionSetPassword:
		return b.foundPassword(ctx, tried, op)
	case apiclient.GrantAdd, apiclient.GrantRemove:
		return b.foundGrant(ctx, tried, op)
	case apiclient.UserExpireTokens, apiclient.TokenCreate, apiclient.TokenUpdate, apiclient.TokenRevoke, apiclient.TokenDelete:
		return b.foundTokens(ctx, tried, op)
	}
	return apiclient.Finding{}, apiclient.Unsupported(string(op.Verb), "Anchore cannot do that")
}

// judge says what a record that is read back tells of the op; that it is gone
// is for finding out too, from a zero record.
func judge(err error, found func() (bool, string)) (apiclient.Finding, error) {
	if err != nil && !errors.Is(err, apiclient.ErrNotFound) {
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	done, words := found()
	if done {
		return apiclient.Finding{End: apiclient.Done, Words: words}, nil
	}
	return apiclient.Finding{End: apiclient.Refused, Words: words}, nil
}

func is(yes bool, then, otherwise string) string {
	if yes {
		return then
	}
	return otherwise
}

func accountIs(a wireAccount, op apiclient.Op) (bool, string) {
	state := apiclient.State(a.State)
	switch {
	case a.Name == "":
		return op.Verb == apiclient.AccountDelete, "gone"
	case op.Verb == apiclient.AccountDelete:
		return state == apiclient.Deleting, "it is " + a.State
	case op.Verb == apiclient.AccountEnable:
		return state == apiclient.Enabled, "it is " + a.State
	case op.Verb == apiclient.AccountDisable:
		return state == apiclient.Disabled, "it is " + a.State
	}
	same := !op.With.Has("email") || a.Email == op.With.Text("email")
	return same, is(same, "it is as wanted", "it is as it was")
}

// foundNew judges a record of the name that a create asked for: one that is
// older than the create was there before.
func (b *backend) foundNew(err error, created stamp, ref apiclient.Ref) (apiclient.Finding, error) {
	switch {
	case errors.Is(err, apiclient.ErrNotFound):
		return apiclient.Finding{End: apiclient.Refused, Words: "it is not there"}, nil
	case err != nil:
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	words := "made at " + created.Format(time.TimeOnly) + "Z"
	if b.now().Sub(created.Time) > lately {
		return apiclient.Finding{End: apiclient.Refused, Words: "one of this name was there before, made " + created.Format(time.RFC3339)}, nil
	}
	return apiclient.Finding{End: apiclient.Done, Words: words, Made: []apiclient.Ref{ref}}, nil
}

func (b *backend) foundGrant(ctx context.Context, tried string, op apiclient.Op) (apiclient.Finding, error) {
	user, domain, role := op.On.Path.Part(0), op.On.Path.Part(1), op.On.Path.Part(2)
	if op.Verb == apiclient.GrantAdd {
		user, domain, role = typed(op.With.Text("user")).Name(), op.With.Text("account"), op.With.Text("role")
	}
	_, held, err := b.held(ctx, tried, user, domain, role)
	return judge(err, func() (bool, string) {
		return held == (op.Verb == apiclient.GrantAdd), is(held, "the role is given", "the role is not given")
	})
}

func (b *backend) foundTokens(ctx context.Context, tried string, op apiclient.Op) (apiclient.Finding, error) {
	unknown := apiclient.Finding{End: apiclient.Unknown}
	var p person
	var err error
	if op.Verb == apiclient.TokenCreate {
		p, err = b.ownerOf(ctx, op)
	} else {
		p, err = b.locate(ctx, op.On)
	}
	if err != nil && !errors.Is(err, apiclient.ErrNotFound) {
		return unknown, err
	}
	switch op.Verb {
	case apiclient.UserExpireTokens:
		keys, err := b.keysOf(ctx, tried, p)
		left := active(keys) // who is gone has none that work
		return judge(err, func() (bool, string) {
			return left == 0, many(left, "API key", "API keys") + " of " + p.user + is(left == 1, " works", " work")
		})
	case apiclient.TokenCreate:
		return b.foundKey(ctx, tried, p, op)
	}
	t, err := b.readToken(ctx, tried, p, cmp.Or(op.With.Text("name"), op.On.Name()))
	gone := errors.Is(err, apiclient.ErrNotFound)
	return judge(err, func() (bool, string) {
		switch {
		case gone:
			return op.Verb != apiclient.TokenUpdate, "it is not there"
		case op.Verb == apiclient.TokenDelete:
			return false, "still there"
		case op.Verb == apiclient.TokenUpdate:
			same := !op.With.Has("description") || t.Description == op.With.Text("description")
			return same, is(same, "it is as wanted", "it is as it was")
		case !b.speaks.apiKeys():
			return false, "the password is still there"
		}
		return t.State != apiclient.Active, "it is " + string(t.State)
	})
}

// foundKey looks for a key that a lost answer may have held the value of.
func (b *backend) foundKey(ctx context.Context, tried string, p person, op apiclient.Op) (apiclient.Finding, error) {
	w, err := get[wireKey](ctx, b, tried, b.own(p, "api-keys", op.With.Text("name")))
	f, err := b.foundNew(err, w.Created, b.key(p, w).Ref)
	if f.End == apiclient.Done {
		f.Orphans, f.Made = f.Made, nil
		f.Words += ", its value is lost: revoke it and create another"
	}
	return f, err
}

// foundPassword looks at when the password was set: the plan has observed that.
// One's own can be tried as well.
func (b *backend) foundPassword(ctx context.Context, tried string, op apiclient.Op) (apiclient.Finding, error) {
	f := apiclient.Finding{End: apiclient.Unknown, Words: "it cannot be told; doing it again does no harm"}
	p := person{b.me.account, b.me.user}
	if op.Verb == apiclient.UserSetPassword {
		var err error
		if p, err = b.locate(ctx, op.On); err != nil {
			return f, err
		}
	}
	if p.user == b.me.user && b.me.method == byPassword && b.nowIs(ctx, op.With.Secret("password")) {
		return apiclient.Finding{End: apiclient.Done, Words: "the new password is accepted"}, nil
	}
	if !strings.HasPrefix(op.On.Version, "password of ") && op.On.Version != passwordVersion(stamp{}) {
		return f, nil
	}
	list, err := get[[]wireCredential](ctx, b, tried, b.own(p, "credentials"))
	if err != nil {
		return f, err
	}
	var set stamp
	if len(list) > 0 {
		set = list[0].Created
	}
	switch {
	case passwordVersion(set) != op.On.Version:
		return apiclient.Finding{End: apiclient.Done, Words: "the password was set at " + set.Format(time.TimeOnly) + "Z"}, nil
	case b.now().Sub(set.Time) > lag:
		return apiclient.Finding{End: apiclient.Refused, Words: fmt.Sprintf("the password is that of %s", set.Format(time.RFC3339))}, nil
	}
	return f, nil // set in the same seconds: times are whole ones
}

// nowIs tells whether one's own password is this one now, and goes on with it
// if so: the answer that would have said it got lost.
func (b *backend) nowIs(ctx context.Context, password apiclient.Secret) bool {
	auth := authOf(apiclient.Credential{Method: byPassword, User: b.me.user, Secret: password})
	client, err := b.dial(auth)
	if err != nil {
		return false
	}
	defer client.Close()
	var who wireUser
	if _, err := client.Do(ctx, rest.Request{Tried: "try the new password", Method: "GET", Path: "/user", Into: &who}); err != nil {
		return false
	}
	return b.rest.Authorize(auth) == nil
}
