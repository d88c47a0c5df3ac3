package arvados

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Do implements apiclient.Backend.
func (b *backend) Do(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	do, ok := b.ways()[op.Verb]
	if !ok {
		why := or(missing()[op.Verb], "this cluster cannot do that")
		return apiclient.Fail(string(op.Verb), apiclient.Unsupported(string(op.Verb), why))
	}
	if s := b.info.Verbs[op.Verb]; !s.OK {
		return apiclient.Fail(b.doing(op), apiclient.Unsupported(b.doing(op), s.Why))
	}
	return do(ctx, op)
}

type way func(context.Context, apiclient.Op) apiclient.Outcome

func (b *backend) ways() map[apiclient.Verb]way {
	return map[apiclient.Verb]way{
		apiclient.AccountCreate:     b.createGroup,
		apiclient.AccountUpdate:     b.on(b.updateGroup),
		apiclient.AccountDelete:     b.on(b.deleteGroup),
		apiclient.UserCreate:        b.createUser,
		apiclient.UserUpdate:        b.on(b.updateUser),
		apiclient.UserSetup:         b.on(b.setUp),
		apiclient.UserActivate:      b.on(b.activate),
		apiclient.UserDeactivate:    b.on(b.deactivate),
		apiclient.UserUnsetup:       b.on(b.unsetUp),
		apiclient.UserDelete:        b.on(b.deleteUser),
		apiclient.UserShowTokens:    b.on(b.showTokens),
		apiclient.UserExpireTokens:  b.on(b.expireTokens),
		apiclient.UserReassign:      b.on(b.reassign),
		apiclient.TokenCreate:       b.createToken,
		apiclient.TokenUpdate:       b.on(b.updateToken),
		apiclient.TokenRevoke:       b.revoke,
		apiclient.TokenRevokePasted: b.revokeAimed,
		apiclient.GrantAdd:          b.addGrant,
		apiclient.GrantUpdate:       b.on(b.updateGrant),
		apiclient.GrantRemove:       b.on(b.removeGrant),
		apiclient.SessionSignOut:    b.signOut,
	}
}

// on makes a way of what works on one record, by its uuid.
func (b *backend) on(do func(context.Context, apiclient.Op, string) apiclient.Outcome) way {
	return func(ctx context.Context, op apiclient.Op) apiclient.Outcome {
		id, err := b.resolve(ctx, op.On.Kind, op.On, "")
		if err != nil {
			return b.unsent(op, err)
		}
		return do(ctx, op, id.uuid)
	}
}

// send makes a request of an op; done makes the outcome of the answer.
func (b *backend) send(ctx context.Context, op apiclient.Op, r rest.Request, done func() apiclient.Outcome) apiclient.Outcome {
	r.Tried = b.doing(op)
	a, err := b.rest.Do(ctx, r)
	if err != nil {
		return apiclient.Fail(r.Tried, err)
	}
	o := done()
	o.RequestID, o.At = a.RequestID, a.At
	return o
}

// unsent is the outcome of an op whose first look already failed.
func (b *backend) unsent(op apiclient.Op, err error) apiclient.Outcome {
	f := *apiclient.AsFailure(b.doing(op), err)
	f.End = apiclient.NotSent
	return apiclient.Fail(b.doing(op), &f)
}

// partly is the outcome of an op of several calls that came to a stop.
func (b *backend) partly(op apiclient.Op, items []apiclient.Item, err error) apiclient.Outcome {
	o := apiclient.Fail(b.doing(op), err)
	var done []string
	for _, i := range items {
		if i.End.Good() {
			done = append(done, i.Words)
		}
	}
	o.Items = items
	if len(done) == 0 {
		return o
	}
	if o.End == apiclient.NotSent {
		o.End = apiclient.Refused // some of it was sent
	}
	o.Words += "; before that: " + strings.Join(done, ", ")
	return o
}

// ignored is the failure of a yes that changed nothing.
func (b *backend) ignored(op apiclient.Op, what string) apiclient.Outcome {
	return apiclient.Fail(b.doing(op), &apiclient.Failure{
		End: apiclient.Refused, Status: 200, Cause: apiclient.ErrDenied,
		Message: "the cluster said yes, but " + what, Next: "it passes over in silence what you may not change",
	})
}

// absent tells whether a delete found nothing to delete.
func absent(o apiclient.Outcome) bool {
	return o.Failure != nil && o.End == apiclient.Refused && errors.Is(o.Failure, apiclient.ErrNotFound)
}

func (b *backend) createGroup(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	var made group
	body := map[string]any{"group_class": classRole, "name": op.With.Text("name")}
	if op.With.Has("description") {
		body["description"] = op.With.Text("description")
	}
	return b.send(ctx, op, rest.Request{Method: "POST", Path: pathGroups, Into: &made, Body: form(map[string]any{"group": body})},
		func() apiclient.Outcome {
			o := apiclient.Did("group " + made.Name + " was created")
			o.Made = []apiclient.Ref{b.ref(apiclient.KindAccount, made.UUID, made.label())}
			return o
		})
}

func (b *backend) updateGroup(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	var now group
	body := given(op, map[string]string{"name": "name", "description": "description"})
	return b.send(ctx, op, rest.Request{Method: "PUT", Path: pathGroups + "/" + id, Into: &now, Body: form(map[string]any{"group": body})},
		func() apiclient.Outcome { return apiclient.Did("group " + now.Name + " was changed") })
}

func (b *backend) deleteGroup(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: pathGroups + "/" + id, Decode: its(id)},
		func() apiclient.Outcome { return apiclient.Did("group " + op.On.Name() + " is gone") })
}

// given are the texts that were entered, by the attributes that they go to.
func given(op apiclient.Op, attributes map[string]string) map[string]any {
	out := map[string]any{}
	for field, attribute := range attributes {
		if op.With.Has(field) {
			out[attribute] = op.With.Text(field)
		}
	}
	return out
}

func userFields() map[string]string {
	return map[string]string{"user_name": "username", "email": "email", "first_name": "first_name", "last_name": "last_name"}
}

func (b *backend) createUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	body := given(op, userFields())
	if op.With.Bool("active") {
		body["is_active"] = true
	}
	var made user
	return b.send(ctx, op, rest.Request{Method: "POST", Path: pathUsers, Into: &made, Body: form(map[string]any{"user": body})},
		func() apiclient.Outcome {
			o := apiclient.Did("user " + made.label() + " was created")
			if asked := op.With.Text("user_name"); asked != "" && asked != made.Username {
				o.Words += ": the cluster made the user name " + made.Username + " of " + asked
			}
			o.Made = []apiclient.Ref{b.ref(apiclient.KindUser, made.UUID, made.label())}
			return o
		})
}

func (b *backend) updateUser(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	body := given(op, userFields())
	if op.With.Has("admin") {
		body["is_admin"] = op.With.Bool("admin")
	}
	return b.putUser(ctx, op, id, body, "user "+op.On.Name()+" was changed")
}

func (b *backend) putUser(ctx context.Context, op apiclient.Op, id string, body map[string]any, words string) apiclient.Outcome {
	var now user
	return b.send(ctx, op, rest.Request{Method: "PUT", Path: pathUsers + "/" + id, Into: &now, Body: form(map[string]any{"user": body})},
		func() apiclient.Outcome {
			if active, asked := body["is_active"]; asked && active != now.Active {
				return b.ignored(op, "whether the user is active is as it was")
			}
			if admin, asked := body["is_admin"]; asked && admin != now.Admin {
				return b.ignored(op, "whether the user is an admin is as it was")
			}
			return apiclient.Did(words)
		})
}

// activate sets the flag, past all agreements, and has the user set up too.
func (b *backend) activate(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	return b.putUser(ctx, op, id, map[string]any{"is_active": true}, "user "+op.On.Name()+" is active")
}

// setUp makes the links of a user, on request a login on a machine, and
// activates on request.
func (b *backend) setUp(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	fields := map[string]any{"uuid": id}
	var vm named
	if op.With.Text("vm") != "" {
		var err error
		if vm, err = b.chosen(ctx, op, "vm", apiclient.KindObject); err != nil {
			return b.unsent(op, err)
		}
		fields["vm_uuid"] = vm.uuid
	}
	if op.With.Bool("notify") {
		fields["send_notification_email"] = true
	}
	var made page[link] // a user is among the items; he has no head
	o := b.send(ctx, op, rest.Request{Method: "POST", Path: pathUsers + "/setup", Into: &made, Body: form(fields)},
		func() apiclient.Outcome { return apiclient.Did("user " + op.On.Name() + " is set up") })
	switch {
	case !o.End.Good():
		if o.Failure.Status == 422 && vm.uuid != "" {
			o.Failure.Next = "the user is set up all the same, without a login on the machine"
		}
		return o
	case vm.uuid != "":
		words := "no login on " + vm.label + " was made: the user has no user name"
		for _, l := range made.Items {
			if l.Name == canLogin && l.Head == vm.uuid {
				words = "with the login " + l.login().Login + " on " + vm.label
			}
		}
		o.Words += ", " + words
	}
	if !op.With.Bool("activate") {
		return o
	}
	items := []apiclient.Item{{Ref: op.On, End: apiclient.Done, Words: o.Words}}
	var now user
	if _, err := b.rest.Do(ctx, rest.Request{Tried: "activate " + op.On.Name(), Method: "POST", Path: pathUsers + "/" + id + "/activate", Into: &now}); err != nil {
		return b.partly(op, items, err)
	}
	// Who is no admin would have activated himself.
	if now.UUID != id || !now.Active {
		return b.ignored(op, "the user is not active")
	}
	o.Words += ", and active"
	o.Items = append(items, apiclient.Item{Ref: op.On, End: apiclient.Done, Words: "active"})
	return o
}

// deactivate takes the user out of All users, without which the flag cannot be
// taken away, and then the flag.
func (b *backend) deactivate(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	u, err := get[user](ctx, b, b.doing(op), pathUsers, id)
	if err != nil {
		return b.unsent(op, err)
	}
	links, _, err := fetch[link](ctx, b.rest, b.doing(op), query{path: pathLinks, filters: b.ofAllUsers(id), limit: mostRows})
	if err != nil {
		return b.unsent(op, err)
	}
	var items []apiclient.Item
	for _, l := range links.Items {
		if _, err := b.rest.Do(ctx, rest.Request{Tried: b.doing(op), Method: "DELETE", Path: pathLinks + "/" + l.UUID, Decode: its(l.UUID)}); err != nil && !errors.Is(err, apiclient.ErrNotFound) {
			return b.partly(op, items, err)
		}
		items = append(items, apiclient.Item{Ref: b.ref(apiclient.KindGrant, l.UUID, ""), End: apiclient.Done, Words: "taken out of All users"})
	}
	body := map[string]any{"is_active": false}
	if u.Admin {
		body["is_admin"] = false
	}
	o := b.putUser(ctx, op, id, body, "user "+op.On.Name()+" is not active any more")
	if !o.End.Good() {
		return b.partly(op, items, o.Failure)
	}
	o.Unchanged = !u.Active && len(items) == 0
	if len(items) > 0 {
		o.Items = append(items, apiclient.Item{Ref: op.On, End: o.End, Words: o.Words})
	}
	return o
}

// allUsers is the role that makes a user invited.
func (b *backend) allUsers() string { return b.cluster.ClusterID + "-j7d0g-fffffffffffffff" }

func (b *backend) ofAllUsers(id string) []filter {
	return []filter{{"link_class", "=", "permission"}, {"tail_uuid", "=", id}, {"head_uuid", "=", b.allUsers()}}
}

func (b *backend) unsetUp(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	var now user
	return b.send(ctx, op, rest.Request{Method: "POST", Path: pathUsers + "/" + id + "/unsetup", Into: &now}, func() apiclient.Outcome {
		if now.Active || now.UUID != id {
			return b.ignored(op, "the user is still active")
		}
		b.forget(id, "")
		return apiclient.Did(fmt.Sprintf("user %s is unset up: tokens, keys, shares and logins are gone", op.On.Name()))
	})
}

func (b *backend) deleteUser(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: pathUsers + "/" + id, Decode: its(id)}, func() apiclient.Outcome {
		b.forget(id, "")
		return apiclient.Did("user " + op.On.Name() + " is gone")
	})
}
