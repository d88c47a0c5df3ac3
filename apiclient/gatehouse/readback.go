package gatehouse

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

// lately is how old what a lost create has made can be at most.
const lately = 10 * time.Minute

// ReadBack implements apiclient.Backend.
func (b *backend) ReadBack(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	switch op.Verb {
	case apiclient.AccountCreate:
		return b.foundAccount(ctx, op)
	case apiclient.UserCreate, apiclient.UserInvite:
		return b.foundUser(ctx, op)
	case apiclient.TokenCreate:
		return b.foundToken(ctx, op)
	case apiclient.AccountUpdate, apiclient.AccountEnable, apiclient.AccountDisable, apiclient.AccountDelete:
		a, err := b.readAccount(ctx, op.On.Name())
		return judge(err, func() (bool, string) { return accountIs(a, op) })
	case apiclient.UserUpdate, apiclient.UserEnable, apiclient.UserDisable, apiclient.UserDelete, apiclient.UserExpireTokens:
		u, err := b.readUser(ctx, op.On.Name())
		return judge(err, func() (bool, string) { return userIs(u, op) })
	case apiclient.UserSetPassword, apiclient.SessionSetPassword, apiclient.UserReset:
		return b.foundPassword(ctx, op)
	case apiclient.TokenUpdate, apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		t, err := get[wire.Token](ctx, b, "read "+handleOf(op), wire.TokenPath(handleOf(op)))
		return judge(err, func() (bool, string) { return tokenIs(t, op) })
	case apiclient.SessionSignOut:
		_, _, err := b.session(ctx, "ask who is signed in")
		if errors.Is(err, apiclient.ErrSignedOut) {
			return apiclient.Finding{End: apiclient.Done, Words: "signed out"}, nil
		}
		return apiclient.Finding{End: apiclient.Refused, Words: "still signed in"}, err
	}
	return apiclient.Finding{}, apiclient.Unsupported(string(op.Verb), "this server cannot do that")
}

// judge says what a record that is read back tells of the op; that it is gone
// is for is to judge too, from a zero record.
func judge(err error, is func() (bool, string)) (apiclient.Finding, error) {
	if err != nil && !errors.Is(err, apiclient.ErrNotFound) {
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	done, words := is()
	if done {
		return apiclient.Finding{End: apiclient.Done, Words: words}, nil
	}
	return apiclient.Finding{End: apiclient.Refused, Words: words}, nil
}

func accountIs(a wire.Account, op apiclient.Op) (bool, string) {
	if a.Name == "" {
		return op.Verb == apiclient.AccountDelete, "gone"
	}
	switch op.Verb {
	case apiclient.AccountDelete:
		if a.State == wire.AccountDeleting {
			return true, "being deleted"
		}
		return false, "still there, " + a.State
	case apiclient.AccountEnable:
		return a.State == wire.AccountEnabled, "it is " + a.State
	case apiclient.AccountDisable:
		return a.State == wire.AccountDisabled, "it is " + a.State
	}
	return asWanted(wanted(op, "email", a.Email), wanted(op, "type", a.Type))
}

func userIs(u wire.User, op apiclient.Op) (bool, string) {
	if u.Name == "" {
		// Whoever is gone has no tokens either.
		return op.Verb == apiclient.UserDelete || op.Verb == apiclient.UserExpireTokens, "gone"
	}
	switch op.Verb {
	case apiclient.UserDelete:
		return false, "still there"
	case apiclient.UserEnable:
		return u.State != wire.UserInactive, "it is " + u.State
	case apiclient.UserDisable:
		return u.State == wire.UserInactive, "it is " + u.State
	case apiclient.UserExpireTokens:
		left := u.Tokens + u.Sessions
		return left == 0, fmt.Sprintf("%d of its tokens and sessions still work", left)
	}
	return asWanted(wanted(op, "real_name", u.RealName), wanted(op, "email", u.Email),
		!op.With.Has("admin") || op.With.Bool("admin") == u.Admin)
}

func tokenIs(t wire.Token, op apiclient.Op) (bool, string) {
	if t.Prefix == "" {
		return op.Verb != apiclient.TokenUpdate, "gone"
	}
	if op.Verb != apiclient.TokenUpdate {
		return t.State != wire.TokenActive, "it is " + t.State
	}
	return asWanted(wanted(op, "description", t.Description))
}

func wanted(op apiclient.Op, field, is string) bool {
	return !op.With.Has(field) || op.With.Text(field) == is
}

func asWanted(same ...bool) (bool, string) {
	for _, ok := range same {
		if !ok {
			return false, "it is as it was"
		}
	}
	return true, "it is as wanted"
}

func (b *backend) foundAccount(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	a, err := b.readAccount(ctx, op.With.Text("name"))
	f, err := b.foundNew(ctx, err, a.Created)
	if f.End == apiclient.Done {
		f.Made = []apiclient.Ref{b.ref(apiclient.KindAccount, a.Name, a.Version)}
	}
	return f, err
}

func (b *backend) foundUser(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	u, err := b.readUser(ctx, op.With.Text("user_name"))
	f, err := b.foundNew(ctx, err, u.Created)
	if f.End != apiclient.Done {
		return f, err
	}
	f.Made = []apiclient.Ref{b.ref(apiclient.KindUser, u.Name, u.Version)}
	if op.Verb == apiclient.UserInvite {
		f.Words += "; its registration string is lost: make a new one"
	}
	return f, err
}

// foundNew judges a record of the name that a create asked for: one that is
// older than the create was there before.
func (b *backend) foundNew(ctx context.Context, err error, created time.Time) (apiclient.Finding, error) {
	if errors.Is(err, apiclient.ErrNotFound) {
		return apiclient.Finding{End: apiclient.Refused, Words: "it is not there"}, nil
	}
	if err != nil {
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	_, now, err := b.session(ctx, "ask for the server's time")
	if err != nil {
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	words := "made at " + created.UTC().Format(time.TimeOnly) + "Z"
	if now.Sub(created) > lately {
		return apiclient.Finding{End: apiclient.Refused, Words: "one of this name was there before, " + words}, nil
	}
	return apiclient.Finding{End: apiclient.Done, Words: words}, nil
}

// foundToken looks among the newest tokens of the user for one that looks as
// the op wanted it. Its secret is lost in any case.
func (b *backend) foundToken(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	q := apiclient.Query{Sort: "-created", Size: 20}
	user := op.With.Text("user")
	if user == "" {
		who, _, err := b.session(ctx, "ask who is signed in")
		if err != nil {
			return apiclient.Finding{End: apiclient.Unknown}, err
		}
		user = who.User.Name
	}
	q.Scope = b.ref(apiclient.KindUser, user, 0)
	page, err := b.Tokens(ctx, q)
	if err != nil {
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	now := page.At
	if now.IsZero() {
		now = time.Now()
	}
	for _, t := range page.Rows {
		made := t.Created.Time()
		if t.Type == wire.KindAccess.String() && t.Description == op.With.Text("description") && t.Extend == op.With.Bool("extend_when_used") &&
			now.Sub(made) < lately && (!op.With.Has("max_age") || op.With.Span("max_age") == t.MaxAge) {
			return apiclient.Finding{
				End: apiclient.Done, Orphans: []apiclient.Ref{t.Ref},
				Words: fmt.Sprintf("%s was made at %sZ, its secret is lost: revoke it and create another", t.Handle, made.Format(time.TimeOnly)),
			}, nil
		}
	}
	return apiclient.Finding{End: apiclient.Refused, Words: "no such token is there"}, nil
}

// foundPassword can only tell whether anything about the user has changed
// since the plan was made: passwords cannot be read.
func (b *backend) foundPassword(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	f := apiclient.Finding{End: apiclient.Unknown, Words: "it cannot be told; doing it again does no harm"}
	if op.On.Version == "" {
		return f, nil
	}
	u, err := b.readUser(ctx, op.On.Name())
	if err != nil {
		return f, err
	}
	if strconv.FormatInt(u.Version, 10) == op.On.Version {
		return apiclient.Finding{End: apiclient.Refused, Words: "the user is as it was"}, nil
	}
	return f, nil
}
