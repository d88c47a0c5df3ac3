package ais

import (
	"context"
	"errors"
	"slices"

	"gatehouse/apiclient"
)

// ReadBack implements apiclient.Backend.
func (b *backend) ReadBack(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	switch op.Verb {
	case apiclient.AccountCreate:
		return b.foundNew(ctx, apiclient.KindAccount, op)
	case apiclient.UserCreate:
		return b.foundNew(ctx, apiclient.KindUser, op)
	case apiclient.RoleCreate:
		return b.foundNew(ctx, apiclient.KindRole, op)
	case apiclient.AccountDelete, apiclient.UserDelete, apiclient.RoleDelete:
		_, err := b.find(ctx, op.On)
		return gone(err)
	case apiclient.AccountUpdate:
		return b.foundCluster(ctx, op)
	case apiclient.UserUpdate:
		u, err := b.readUser(ctx, "read back "+b.what(op.On), op.On)
		return asWanted(err, sameRoles(u.roleNames(), op.With.List("roles")))
	case apiclient.RoleUpdate:
		return b.foundRole(ctx, op)
	case apiclient.UserSetPassword, apiclient.SessionSetPassword:
		return apiclient.Finding{End: apiclient.Unknown, Words: "it cannot be told without signing in; setting it again does no harm"}, nil
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted, apiclient.SessionSignOut:
		return b.foundRevoked(ctx, op)
	}
	return apiclient.Finding{}, apiclient.Unsupported(string(op.Verb), "AuthN cannot do that")
}

// find reads a record, whatever its kind, as little of it as there is.
func (b *backend) find(ctx context.Context, ref apiclient.Ref) (apiclient.Ref, error) {
	tried := "read back " + b.what(ref)
	var err error
	switch ref.Kind {
	case apiclient.KindAccount:
		_, err = b.readCluster(ctx, tried, ref)
	case apiclient.KindUser:
		_, err = b.readUser(ctx, tried, ref)
	default:
		_, err = b.readRole(ctx, tried, ref)
	}
	return ref, err
}

func gone(err error) (apiclient.Finding, error) {
	switch {
	case errors.Is(err, apiclient.ErrNotFound):
		return apiclient.Finding{End: apiclient.Done, Words: "gone"}, nil
	case err != nil:
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	return apiclient.Finding{End: apiclient.Refused, Words: "still there"}, nil
}

// foundNew looks for what a create asked for. AuthN tells no times, so whether
// this create has made it is not known, only that it was not there when the
// plan was made.
func (b *backend) foundNew(ctx context.Context, kind apiclient.Kind, op apiclient.Op) (apiclient.Finding, error) {
	ref, err := b.find(ctx, b.ref(kind, op.With.Text("name"), ""))
	switch {
	case errors.Is(err, apiclient.ErrNotFound):
		return apiclient.Finding{End: apiclient.Refused, Words: "it is not there"}, nil
	case err != nil:
		return apiclient.Finding{End: apiclient.Unknown}, err
	}
	f := apiclient.Finding{End: apiclient.Done, Words: "it is there now; AuthN does not tell since when", Made: []apiclient.Ref{ref}}
	if kind == apiclient.KindUser && len(op.With.List("roles")) > 0 {
		o := apiclient.Did(f.Words)
		o.Made = f.Made
		b.lookAfterRoles(ctx, &o, ref, op.With.List("roles"))
		f.Words = o.Words
	}
	return f, nil
}

// asWanted says what a record that was read back tells of a change.
func asWanted(err error, as bool) (apiclient.Finding, error) {
	switch {
	case errors.Is(err, apiclient.ErrNotFound):
		return apiclient.Finding{End: apiclient.Refused, Words: "it is not there any more"}, nil
	case err != nil:
		return apiclient.Finding{End: apiclient.Unknown}, err
	case as:
		return apiclient.Finding{End: apiclient.Done, Words: "it is as wanted"}, nil
	}
	return apiclient.Finding{End: apiclient.Refused, Words: "it is as it was"}, nil
}

func (b *backend) foundCluster(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	c, err := b.readCluster(ctx, "read back "+b.what(op.On), op.On)
	same := (!op.With.Has("alias") || c.Alias == op.With.Text("alias")) &&
		(!op.With.Has("urls") || slices.Equal(c.URLs, op.With.List("urls")))
	return asWanted(err, same)
}

func (b *backend) foundRole(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	r, err := b.readRole(ctx, "read back "+b.what(op.On), op.On)
	if err != nil {
		return asWanted(err, false)
	}
	want, err := roleOf(op, r.Name)
	if err != nil {
		return apiclient.Finding{End: apiclient.Unknown}, b.unsent(op, err).Failure
	}
	same := want.Desc == "" || want.Desc == r.Desc
	for _, w := range want.Clusters {
		same = same && slices.ContainsFunc(r.Clusters, func(a clusterACL) bool { return a.ID == w.ID && a.Perm == w.Perm })
	}
	for _, w := range want.Buckets {
		same = same && slices.Contains(r.Buckets, w)
	}
	return asWanted(nil, same)
}

// foundRevoked tries the token at AuthN itself.
func (b *backend) foundRevoked(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	unknown := apiclient.Finding{End: apiclient.Unknown, Words: "it cannot be told without the token"}
	token, err := b.tokenOf(op)
	if err != nil {
		return unknown, nil
	}
	said, err := parseToken(token)
	if err == nil {
		err = checkSubject(said)
	}
	if err != nil {
		unknown.Words = err.Error()
		return unknown, nil
	}
	switch v := b.tryHere(ctx, token, said); v.Life {
	case apiclient.Dead:
		return apiclient.Finding{End: apiclient.Done, Words: "AuthN refuses it: " + v.Words}, nil
	case apiclient.Alive:
		return apiclient.Finding{End: apiclient.Refused, Words: "AuthN still takes it"}, nil
	default:
		unknown.Words = v.Words
		return unknown, nil
	}
}
