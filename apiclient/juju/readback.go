package juju

import (
	"context"
	"errors"
	"slices"
	"time"

	"gatehouse/apiclient"
)

// lately is how old what a lost create has made can be at most. Controllers do
// not tell their time, so it also covers clocks that differ.
const lately = 10 * time.Minute

// ReadBack implements apiclient.Backend.
func (b *backend) ReadBack(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	switch op.Verb {
	case apiclient.UserCreate:
		return b.foundNew(ctx, op)
	case apiclient.UserEnable, apiclient.UserDisable, apiclient.UserRemove:
		return b.foundUser(ctx, op)
	case apiclient.UserReset:
		return apiclient.Finding{End: apiclient.Unknown, Words: "it cannot be told; doing it again does no harm, and gives the string that counts"}, nil
	case apiclient.UserSetPassword:
		if b.same(op.On.Name(), b.me) {
			return b.foundOwnPassword(ctx, op)
		}
		return apiclient.Finding{End: apiclient.Unknown, Words: "it cannot be told; doing it again does no harm"}, nil
	case apiclient.SessionSetPassword:
		return b.foundOwnPassword(ctx, op)
	case apiclient.GrantAdd, apiclient.GrantUpdate, apiclient.GrantRemove:
		return b.foundGrant(ctx, op)
	case apiclient.SessionSignOut:
		_, err := b.WhoAmI(ctx)
		if errors.Is(err, apiclient.ErrSignedOut) {
			return apiclient.Finding{End: apiclient.Done, Words: "signed out"}, nil
		}
		return apiclient.Finding{End: apiclient.Refused, Words: "still signed in"}, err
	}
	return apiclient.Finding{}, apiclient.Unsupported(string(op.Verb), notHere(op.Verb))
}

// find looks for a user in the whole list: asked for one who is not there, old
// controllers only say "permission denied".
func (b *backend) find(ctx context.Context, name string) (userInfo, bool, error) {
	users, err := b.allUsers(ctx, "read user "+name)
	if err != nil {
		return userInfo{}, false, err
	}
	i := slices.IndexFunc(users, func(u userInfo) bool { return b.same(u.Name, name) })
	if i < 0 {
		return userInfo{}, false, nil
	}
	return users[i], true, nil
}

func (b *backend) foundNew(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	u, there, err := b.find(ctx, op.With.Text("user_name"))
	switch {
	case err != nil:
		return apiclient.Finding{End: apiclient.Unknown}, err
	case !there:
		return apiclient.Finding{End: apiclient.Refused, Words: "it is not there"}, nil
	}
	f := apiclient.Finding{End: apiclient.Done, Words: "made at " + u.Created.UTC().Format(time.TimeOnly) + "Z"}
	if age := time.Since(u.Created); age > lately || age < -lately {
		f.End, f.Words = apiclient.Unknown, "a user of this name is there, made at "+u.Created.UTC().Format(time.RFC3339)+": look whether that is the one"
		return f, nil
	}
	f.Made = []apiclient.Ref{b.userRef(u.Name)}
	if op.With.Secret("password").IsZero() {
		f.Words += "; its registration string is lost: make a new one"
	}
	return f, nil
}

func (b *backend) foundUser(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	u, there, err := b.find(ctx, op.On.Name())
	if err != nil {
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	done, words := false, "it is enabled"
	switch {
	case !there:
		done, words = op.Verb == apiclient.UserRemove, "gone"
	case op.Verb == apiclient.UserRemove:
		words = "still there"
	default:
		if u.Disabled {
			words = "it is disabled"
		}
		done = u.Disabled == (op.Verb == apiclient.UserDisable)
	}
	return judged(done, words), nil
}

func judged(done bool, words string) apiclient.Finding {
	if done {
		return apiclient.Finding{End: apiclient.Done, Words: words}
	}
	return apiclient.Finding{End: apiclient.Refused, Words: words}
}

// foundOwnPassword logs in with the new password: that is the proof.
func (b *backend) foundOwnPassword(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	c := passwordOf(b.me, op.With.Secret("password"))
	f := b.session.proof(ctx, c)
	switch {
	case f == nil:
		b.session.use(c)
		return apiclient.Finding{End: apiclient.Done, Words: "the new password is accepted"}, nil
	case errors.Is(f, apiclient.ErrSignedOut):
		return apiclient.Finding{End: apiclient.Refused, Words: "the new password is not accepted"}, nil
	}
	return apiclient.Finding{End: apiclient.Unknown}, f
}

func (b *backend) foundGrant(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	on, user, err := b.aim(ctx, op)
	if err != nil {
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	has, err := b.level(ctx, "read the access of "+user, on, user)
	if err != nil {
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	was, wanted := slices.Index(on.levels(), has), slices.Index(on.levels(), op.With.Text("access"))
	done := was == wanted
	switch op.Verb {
	case apiclient.GrantRemove:
		done = has == ""
	case apiclient.GrantAdd:
		done = was >= wanted
	}
	return judged(done, b.has(user, on, has)), nil
}
