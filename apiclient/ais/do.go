package ais

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// handshake is how long AuthN may be silent while it calls a cluster: one that
// refuses its connection took it 79 s to give up on.
const handshake = 5 * time.Minute

type way func(context.Context, apiclient.Op) apiclient.Outcome

func (b *backend) ways() map[apiclient.Verb]way {
	return map[apiclient.Verb]way{
		apiclient.AccountCreate:      b.registerCluster,
		apiclient.AccountUpdate:      b.changeCluster,
		apiclient.AccountDelete:      b.remove(pathClusters, " is no longer registered"),
		apiclient.UserCreate:         b.createUser,
		apiclient.UserUpdate:         b.changeUser,
		apiclient.UserDelete:         b.remove(pathUsers, " is gone; his tokens are not"),
		apiclient.UserSetPassword:    b.setPassword,
		apiclient.TokenRevoke:        b.revoke,
		apiclient.TokenRevokePasted:  b.revoke,
		apiclient.RoleCreate:         b.createRole,
		apiclient.RoleUpdate:         b.changeRole,
		apiclient.RoleDelete:         b.remove(pathRoles, " is gone, from all users too"),
		apiclient.SessionSignOut:     b.revoke,
		apiclient.SessionSetPassword: b.setPassword,
	}
}

// Do implements apiclient.Backend.
func (b *backend) Do(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	err := apiclient.CheckOp(Driver(), b.info, op, b.doing)
	if err == nil {
		err = b.check(op)
	}
	if err != nil {
		return apiclient.Fail(b.doing(op), err)
	}
	return b.ways()[op.Verb](ctx, op)
}

// send makes the request of an op. All writes that succeed answer 200 with
// nothing in it, so what happened is said in our words.
func (b *backend) send(ctx context.Context, op apiclient.Op, r rest.Request, words string) apiclient.Outcome {
	r.Tried = b.doing(op)
	r.Empty = true
	a, err := b.rest.Do(ctx, r)
	if err != nil {
		return apiclient.Fail(r.Tried, err)
	}
	o := apiclient.Did(words)
	o.RequestID, o.At = a.RequestID, a.At
	return o
}

func (b *backend) registerCluster(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	c := cluster{ID: op.With.Text("name"), Alias: op.With.Text("alias"), URLs: op.With.List("urls")}
	o := b.send(ctx, op, rest.Request{
		Method: http.MethodPost, Path: pathClusters, Body: rest.JSON(c), Silence: handshake,
	}, "cluster "+c.ID+" is registered")
	if o.End == apiclient.Done {
		o.Made = []apiclient.Ref{b.ref(apiclient.KindAccount, c.ID, "")}
		if len(c.URLs) == 0 {
			o.Words += "; nothing was checked, since it has no address"
		}
	}
	return o
}

func (b *backend) changeCluster(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	c := cluster{ID: op.On.Name(), Alias: op.With.Text("alias"), URLs: op.With.List("urls")}
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPut, Path: below(pathClusters, c.ID), Body: rest.JSON(c), Silence: handshake,
	}, "cluster "+c.ID+" is changed")
}

// remove deletes a record.
func (b *backend) remove(path, words string) way {
	return func(ctx context.Context, op apiclient.Op) apiclient.Outcome {
		return b.send(ctx, op, rest.Request{Method: http.MethodDelete, Path: below(path, op.On.Name())}, b.what(op.On)+words)
	}
}

func (b *backend) createUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	id, password, want := op.With.Text("name"), op.With.Secret("password"), op.With.List("roles")
	body := userWrite{ID: id, Pass: &rest.Open{Secret: password}, Roles: roleNames(want)}
	o := b.send(ctx, op, rest.Request{
		Method: http.MethodPost, Path: pathUsers, Body: rest.JSONWithSecrets(body, password),
	}, "user "+id+" is created")
	if o.End != apiclient.Done {
		return o
	}
	made := b.ref(apiclient.KindUser, id, "")
	o.Made = []apiclient.Ref{made}
	if len(want) > 0 {
		b.lookAfterRoles(ctx, &o, made, want)
	}
	return o
}

// changeUser replaces the roles of a user. An empty list would change nothing:
// to take all away, one is sent that does not exist, which the server drops.
func (b *backend) changeUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	want := op.With.List("roles")
	send := want
	if len(want) == 0 {
		name, err := b.unusedRole(ctx, b.doing(op))
		if err != nil {
			return b.unsent(op, err)
		}
		send = []string{name}
	}
	id := op.On.Name()
	o := b.send(ctx, op, rest.Request{
		Method: http.MethodPut, Path: below(pathUsers, id), Body: rest.JSON(userWrite{Roles: roleNames(send)}),
	}, "user "+id+" has the roles "+orNone(want))
	if o.End == apiclient.Done {
		b.lookAfterRoles(ctx, &o, op.On.Key(), want)
	}
	return o
}

// unusedRole finds a name that no role has.
func (b *backend) unusedRole(ctx context.Context, tried string) (string, error) {
	all, _, err := b.readRoles(ctx, tried)
	if err != nil {
		return "", err
	}
	for i := 0; ; i++ {
		name := "none-" + strconv.Itoa(i)
		if !slices.ContainsFunc(all, func(r role) bool { return r.Name == name }) {
			return name, nil
		}
	}
}

// lookAfterRoles reads back what roles a user has: the server drops unknown
// ones, and says yes all the same.
func (b *backend) lookAfterRoles(ctx context.Context, o *apiclient.Outcome, ref apiclient.Ref, want []string) {
	u, err := b.readUser(ctx, "read back user "+ref.Name(), ref)
	if err != nil {
		o.Words += "; the roles could not be read back: " + apiclient.AsFailure("", err).Message
		return
	}
	has := u.roleNames()
	if sameRoles(has, want) {
		return
	}
	for _, r := range want {
		item := apiclient.Item{Ref: b.ref(apiclient.KindRole, r, ""), End: apiclient.Done, Words: "given"}
		if !slices.Contains(has, r) {
			item.End, item.Words = apiclient.Refused, "dropped: there is no such role"
		}
		o.Items = append(o.Items, item)
	}
	words := "the server said yes, but the roles are now " + orNone(has)
	if len(o.Made) > 0 {
		o.Words += "; " + words + " instead of " + orNone(want)
		return
	}
	failed := apiclient.Fail("", &apiclient.Failure{
		Tried: "change user " + ref.Name(), End: apiclient.Refused, Status: http.StatusOK, Cause: apiclient.ErrConflict,
		Message: words, Next: "look which of the roles still exist, and try again",
	})
	failed.Items, failed.RequestID, failed.At = o.Items, o.RequestID, o.At
	*o = failed
}

func sameRoles(a, b []string) bool {
	sorted := func(l []string) []string { return slices.Compact(slices.Sorted(slices.Values(l))) }
	return slices.Equal(sorted(a), sorted(b))
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(slices.Values(names)), ", ")
}

func roleNames(names []string) []roleName {
	out := make([]roleName, len(names))
	for i, n := range names {
		out[i] = roleName{n}
	}
	return out
}

// setPassword sets another's password or one's own.
func (b *backend) setPassword(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	id, password := op.On.Name(), op.With.Secret("password")
	if op.Verb == apiclient.SessionSetPassword {
		id = b.claims.Subject
	}
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPut, Path: below(pathUsers, id),
		Body: rest.JSONWithSecrets(userWrite{Pass: &rest.Open{Secret: password}}, password),
	}, "the password of "+id+" is set; tokens made before go on working")
}

func (b *backend) createRole(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	r, err := roleOf(op, op.With.Text("name"))
	if err != nil {
		return b.unsent(op, err)
	}
	o := b.send(ctx, op, rest.Request{Method: http.MethodPost, Path: pathRoles, Body: rest.JSON(r)}, "role "+r.Name+" is created")
	if o.End == apiclient.Done {
		o.Made = []apiclient.Ref{b.ref(apiclient.KindRole, r.Name, "")}
	}
	return o
}

func (b *backend) changeRole(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	r, err := roleOf(op, op.On.Name())
	if err != nil {
		return b.unsent(op, err)
	}
	return b.send(ctx, op, rest.Request{Method: http.MethodPut, Path: below(pathRoles, r.Name), Body: rest.JSON(r)}, "role "+r.Name+" is changed")
}

func roleOf(op apiclient.Op, name string) (roleWrite, error) {
	r := roleWrite{Name: name, Desc: op.With.Text("description")}
	var err, also error
	r.Clusters, err = clusterACLs(op.With["clusters"].Rows)
	r.Buckets, also = bucketACLs(op.With["buckets"].Rows)
	return r, errors.Join(err, also)
}

// unsent is the outcome of an op whose first look already failed.
func (b *backend) unsent(op apiclient.Op, err error) apiclient.Outcome {
	f := *apiclient.AsFailure(b.doing(op), err)
	f.End = apiclient.NotSent
	return apiclient.Fail(b.doing(op), &f)
}
