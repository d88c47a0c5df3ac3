package juju

import (
	"context"
	"fmt"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// batch is how many users go into one call. A controller takes more; but a call
// whose answer is lost leaves all of its ops unknown.
const batch = 50

// BatchSize implements apiclient.Batcher: calls on users take several at once.
func (b *backend) BatchSize(v apiclient.Verb) int {
	switch v {
	case apiclient.UserEnable, apiclient.UserDisable, apiclient.UserRemove, apiclient.UserReset:
		return batch
	}
	return 1
}

// Do implements apiclient.Backend.
func (b *backend) Do(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	return b.DoBatch(ctx, []apiclient.Op{op})[0]
}

// DoBatch implements apiclient.Batcher.
func (b *backend) DoBatch(ctx context.Context, ops []apiclient.Op) []apiclient.Outcome {
	out := make([]apiclient.Outcome, len(ops))
	several := b.ways()[ops[0].Verb]
	if several != nil && b.info.Verbs[ops[0].Verb].OK {
		return several(ctx, ops)
	}
	for i, op := range ops {
		out[i] = b.one(ctx, op)
	}
	return out
}

// one carries out an op that is a call of its own.
func (b *backend) one(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	if s := b.info.Verbs[op.Verb]; !s.OK {
		why := s.Why
		if why == "" {
			why = notHere(op.Verb)
		}
		return apiclient.Fail(string(op.Verb), apiclient.Unsupported(string(op.Verb), why))
	}
	if err := ctx.Err(); err != nil {
		return apiclient.Fail(b.doing(op), err)
	}
	switch op.Verb {
	case apiclient.UserCreate:
		return b.createUser(ctx, op)
	case apiclient.UserSetPassword:
		return b.setPassword(ctx, op, op.On.Name())
	case apiclient.SessionSetPassword:
		return b.setPassword(ctx, op, b.me)
	case apiclient.GrantAdd, apiclient.GrantUpdate, apiclient.GrantRemove:
		return b.grant(ctx, op)
	case apiclient.SessionSignOut:
		b.session.close()
		return apiclient.Did("signed out: the connection is closed and the password forgotten here")
	}
	return apiclient.Fail(string(op.Verb), apiclient.Unsupported(string(op.Verb), notHere(op.Verb)))
}

type way func(context.Context, []apiclient.Op) []apiclient.Outcome

// ways are the calls that take several users at once.
func (b *backend) ways() map[apiclient.Verb]way {
	return map[apiclient.Verb]way{
		apiclient.UserEnable:  b.onUsers("EnableUser", "is enabled"),
		apiclient.UserDisable: b.onUsers("DisableUser", "is disabled"),
		apiclient.UserRemove:  b.onUsers("RemoveUser", "is gone for good"),
		apiclient.UserReset:   b.reset,
	}
}

// onUsers makes the way of a call of which nothing but the end is told.
func (b *backend) onUsers(request, now string) way {
	return func(ctx context.Context, ops []apiclient.Op) []apiclient.Outcome {
		var r results[ended]
		return b.bulk(ctx, ops, request, &r, func() int { return len(r.Results) }, func(i int, op apiclient.Op) apiclient.Outcome {
			if e := r.Results[i].Error; e != nil {
				return b.refusedOp(op, e)
			}
			return apiclient.Did("user " + op.On.Name() + " " + now)
		})
	}
}

// reset makes new registration strings.
func (b *backend) reset(ctx context.Context, ops []apiclient.Op) []apiclient.Outcome {
	var r results[addedUser]
	return b.bulk(ctx, ops, "ResetPassword", &r, func() int { return len(r.Results) }, func(i int, op apiclient.Op) apiclient.Outcome {
		if e := r.Results[i].Error; e != nil {
			return b.refusedOp(op, e)
		}
		o := apiclient.Did("the password of " + op.On.Name() + " is gone; a new registration string is made")
		return b.handOver(o, op, op.On.Name(), r.Results[i].Key)
	})
}

// bulk makes one call for all ops. A name that no controller can have is not
// sent.
func (b *backend) bulk(
	ctx context.Context, ops []apiclient.Op, request string, into any, entries func() int, end func(int, apiclient.Op) apiclient.Outcome,
) []apiclient.Outcome {
	out := make([]apiclient.Outcome, len(ops))
	var at []int
	p := entities{Entities: []entity{}}
	for i, op := range ops {
		if err := checkFullName(op.On.Name()); err != nil {
			out[i] = b.invalid(op, "user", err.Error())
			continue
		}
		at = append(at, i)
		p.Entities = append(p.Entities, entity{userTag(op.On.Name())})
	}
	if len(at) == 0 {
		return out
	}
	f := b.session.ask(ctx, question{facade: "UserManager", request: request, params: p, into: into, write: true})
	for n, i := range at {
		switch {
		case f != nil:
			c := *f
			c.Tried = b.doing(ops[i])
			out[i] = apiclient.Fail(c.Tried, &c)
		case entries() != len(at):
			out[i] = b.unclear(ops[i])
		default:
			out[i] = end(n, ops[i])
		}
	}
	return out
}

// createUser makes a user, who has a password or, without one, a key with which
// to choose one.
func (b *backend) createUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	name := op.With.Text("user_name")
	if err := checkLocalName(name); err != nil {
		return b.invalid(op, "user_name", err.Error())
	}
	if len(op.With.List("models")) > 0 {
		return b.invalid(op, "models", "are given access to in steps of their own: make a plan")
	}
	in := addUser{Name: name, Display: op.With.Text("real_name")}
	password := op.With.Secret("password")
	if !password.IsZero() {
		if err := newPassword("").Validate(op.With["password"]); err != nil {
			return b.invalid(op, "password", err.Error())
		}
		in.Password = &rest.Open{Secret: password}
	}
	var r results[addedUser]
	f := b.session.ask(ctx, question{
		tried: b.doing(op), facade: "UserManager", request: "AddUser", params: addUsers{[]addUser{in}}, into: &r,
		write: true, secrets: []apiclient.Secret{password},
	})
	switch {
	case f != nil:
		return apiclient.Fail(f.Tried, f)
	case len(r.Results) != 1:
		return b.unclear(op)
	case r.Results[0].Error != nil:
		return b.refusedOp(op, r.Results[0].Error, password)
	}
	o := apiclient.Did("user " + name + " was created")
	o.Made = []apiclient.Ref{b.userRef(name)}
	if in.Password != nil {
		return o
	}
	return b.handOver(o, op, name, r.Results[0].Key)
}

// handOver adds the registration string to an outcome: the controller gives the
// key only, the string is made here.
func (b *backend) handOver(o apiclient.Outcome, op apiclient.Op, name string, key []byte) apiclient.Outcome {
	lostKey := func(why string) apiclient.Outcome {
		o.End = apiclient.Unknown
		o.Words += ", but " + why + ": make a new registration string"
		o.Failure = &apiclient.Failure{Tried: b.doing(op), End: apiclient.Unknown, Message: o.Words, Cause: apiclient.ErrBroken}
		return o
	}
	if len(key) != keyLength {
		return lostKey(fmt.Sprintf("the controller's answer has a key of %d bytes", len(key)))
	}
	text, err := registration{User: name, Addresses: b.session.place.addresses, Key: rawKey(key), Controller: b.controllerName()}.text()
	if err != nil {
		return lostKey(err.Error())
	}
	o.Reveals = []apiclient.Reveal{{
		Label: "Registration string", Secret: text, Handle: name,
		Note: "Hand it to " + name + ": it is for choosing a password, once (juju register takes it too)",
	}}
	return o
}

// setPassword sets somebody's password. One's own ends nothing here, but is
// what the next login needs.
func (b *backend) setPassword(ctx context.Context, op apiclient.Op, name string) apiclient.Outcome {
	password := op.With.Secret("password")
	switch {
	case external(name):
		return b.invalid(op, "user", "comes from outside and has no password here")
	case checkFullName(name) != nil:
		return b.invalid(op, "user", checkFullName(name).Error())
	}
	if err := newPassword("").Validate(op.With["password"]); err != nil {
		return b.invalid(op, "password", err.Error())
	}
	var r results[ended]
	f := b.session.ask(ctx, question{
		tried: b.doing(op), facade: "UserManager", request: "SetPassword", into: &r, write: true, secrets: []apiclient.Secret{password},
		params: passwordChanges{[]passwordChange{{Tag: userTag(name), Password: rest.Open{Secret: password}}}},
	})
	switch {
	case f != nil:
		return apiclient.Fail(f.Tried, f)
	case len(r.Results) != 1:
		return b.unclear(op)
	case r.Results[0].Error != nil:
		return b.refusedOp(op, r.Results[0].Error, password)
	}
	o := apiclient.Did("the password of " + name + " is set")
	if b.same(name, b.me) {
		c := passwordOf(b.me, password)
		b.session.use(c)
		o.Credential = &c
	}
	return o
}

// refusedOp is the outcome of an entry that was refused, in the words of the
// controller.
func (b *backend) refusedOp(op apiclient.Op, e *refusal, secrets ...apiclient.Secret) apiclient.Outcome {
	f := refused(e, append(secrets, b.session.credential().Secret)...)
	f.Tried = b.doing(op)
	return apiclient.Fail(f.Tried, f)
}

// unclear is the outcome of an answer that does not fit the question.
func (b *backend) unclear(op apiclient.Op) apiclient.Outcome {
	return apiclient.Fail(b.doing(op), &apiclient.Failure{
		Tried: b.doing(op), End: apiclient.Unknown, Message: "the controller's answer does not say what became of it", Cause: apiclient.ErrBroken,
	})
}

func (b *backend) invalid(op apiclient.Op, field, text string) apiclient.Outcome {
	return apiclient.Fail(b.doing(op), &apiclient.Failure{
		Tried: b.doing(op), Message: field + " " + text, Cause: apiclient.ErrInvalid,
		Fields: []apiclient.FieldError{{Field: field, Text: text}},
	})
}

// unsent is the outcome of an op whose first look already failed.
func (b *backend) unsent(op apiclient.Op, err error) apiclient.Outcome {
	f := *apiclient.AsFailure(b.doing(op), err)
	f.Tried = b.doing(op)
	f.End = apiclient.NotSent
	return apiclient.Fail(f.Tried, &f)
}
