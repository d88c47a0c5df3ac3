package juju

import (
	"context"
	"errors"
	"maps"
	"slices"

	"gatehouse/apiclient"
)

// Prepare implements apiclient.Backend. It reads all users once: that is one
// call, however many are marked.
func (b *backend) Prepare(ctx context.Context, ops []apiclient.Op) (apiclient.Plan, error) {
	base, err := apiclient.NewDraft(Driver(), b.info, ops, b.doing)
	if err != nil {
		return apiclient.Plan{}, err
	}
	users, err := b.allUsers(ctx, "make a plan")
	if err != nil {
		return apiclient.Plan{}, err
	}
	d := &draft{Draft: base, b: b, users: users, several: len(ops) > 1}
	for _, op := range ops {
		if err := d.expand(ctx, op); err != nil {
			return apiclient.Plan{}, err
		}
	}
	return d.Finish(apiclient.Identity{User: b.userRef(b.me), Admin: b.admin}, d.admins), nil
}

// draft is a plan in the making, with what was read for it.
type draft struct {
	*apiclient.Draft
	b       *backend
	users   []userInfo
	several bool
	access  map[apiclient.Ref]string // by the ref of a grant; nil: not read yet
}

// level is the access that somebody has. For several ops all access is read at
// once, which is three calls, however many there are.
func (d *draft) level(ctx context.Context, on object, user string) (string, error) {
	const tried = "make a plan"
	if !d.several {
		return d.b.level(ctx, tried, on, user)
	}
	if d.access == nil {
		rows, err := d.b.grants(ctx, tried, apiclient.Ref{})
		if err != nil {
			return "", err
		}
		d.access = make(map[apiclient.Ref]string, len(rows))
		for _, g := range rows {
			d.access[g.Ref] = g.Access
		}
	}
	return d.access[d.b.grantRef(on, user)], nil
}

func (d *draft) user(name string) (userInfo, bool) {
	for _, u := range d.users {
		if d.b.same(u.Name, name) {
			return u, true
		}
	}
	return userInfo{}, false
}

// admins are the superusers who can log in. A user who is disabled shows no
// access, so none of those is among them.
func (d *draft) admins(map[apiclient.Ref]bool) ([]apiclient.Ref, bool) {
	var out []apiclient.Ref
	for _, u := range d.users {
		if u.Access == superuser && !u.Disabled && !external(u.Name) {
			out = append(out, d.b.userRef(u.Name))
		}
	}
	return out, d.b.admin
}

// expand adds the steps of one op.
func (d *draft) expand(ctx context.Context, op apiclient.Op) error {
	switch op.Verb {
	case apiclient.UserCreate:
		return d.create(ctx, op)
	case apiclient.UserEnable, apiclient.UserDisable, apiclient.UserRemove, apiclient.UserSetPassword, apiclient.UserReset:
		d.onUser(op)
		return nil
	case apiclient.GrantAdd, apiclient.GrantUpdate, apiclient.GrantRemove:
		return d.onGrant(ctx, op)
	case apiclient.SessionSetPassword:
		if external(d.b.me) {
			d.Block(d.b.me+" comes from outside and has no password here.", "Change it where the user comes from.")
		}
		d.Fact(false, "The old password is not asked for. Connections that are open stay open.")
	}
	d.Step(op)
	return nil
}

// create makes the user, and then gives access to models, each in a step of
// its own, so that what fails can be tried again alone.
func (d *draft) create(ctx context.Context, op apiclient.Op) error {
	name := op.With.Text("user_name")
	if _, there := d.user(name); there {
		d.Block("There is a user "+name+" already.", "Choose another name, or make a new registration string for that user.")
	}
	if op.With.Secret("password").IsZero() {
		d.Fact(false, "The registration string is shown once. It has no end: who gets hold of it before %s does becomes %s.", name, name)
	}
	models, access := op.With.List("models"), op.With.Text("model_access")
	if access == "" {
		access = modelLevels()[1]
	}
	op.With = maps.Clone(op.With)
	delete(op.With, "models")
	delete(op.With, "model_access")
	first := d.Step(op)
	for _, m := range models {
		on, err := d.b.objectOf(ctx, d.b.doing(op), apiclient.Input{Text: m})
		if err == nil && on.uuid == "" {
			err = &apiclient.Failure{Message: m + " is no model", Cause: apiclient.ErrInvalid}
		}
		if err != nil {
			f := *apiclient.AsFailure(d.b.doing(op), err)
			f.Fields = []apiclient.FieldError{{Field: "models", Text: f.Message}}
			return &f
		}
		d.Step(apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{
			"user": {Text: name}, "access": {Text: access},
			"object": {Text: on.name, Ref: d.b.ref(apiclient.KindObject, on.uuid, on.name)},
		}}, first)
	}
	return nil
}

func (d *draft) onUser(op apiclient.Op) {
	u, there := d.user(op.On.Name())
	if !there {
		d.Gone(op)
		return
	}
	op.On = d.b.userRef(u.Name)
	if external(u.Name) {
		d.Block(u.Name+" comes from outside: the controller keeps no account that could be changed.", "Remove the access instead, or change the user where it comes from.")
	}
	switch op.Verb {
	case apiclient.UserEnable:
		if !u.Disabled {
			d.Fact(false, "%s is enabled already.", u.Name)
		}
	case apiclient.UserDisable:
		if u.Disabled {
			d.Fact(false, "%s is disabled already.", u.Name)
		}
		d.Takes(op.On)
	case apiclient.UserRemove:
		d.Takes(op.On)
		if d.b.release.major < 4 {
			d.Fact(false, "The name %s may stay taken for good: older controllers do not give the names of removed users free.", u.Name)
		}
	case apiclient.UserReset:
		d.Takes(op.On)
		if d.b.same(u.Name, d.b.me) {
			d.Block("Controllers never reset the one who asks.", "Use \"Change own password\".")
		}
		if u.Disabled {
			d.Block(u.Name+" is disabled: only users who are enabled can be reset.", "Enable the user first.")
		}
	case apiclient.UserSetPassword:
		d.Fact(false, "Connections that are open stay open, and a login that the juju client has stored lasts up to a day.")
	}
	d.Step(op)
}

func (d *draft) onGrant(ctx context.Context, op apiclient.Op) error {
	on, user, err := d.b.aim(ctx, op)
	if err != nil {
		return err
	}
	access := op.With.Text("access")
	if op.Verb != apiclient.GrantRemove {
		if err := on.refuses(access); err != nil {
			return &apiclient.Failure{
				Tried: d.b.doing(op), Message: "access " + err.Error(), Cause: apiclient.ErrInvalid,
				Fields: []apiclient.FieldError{{Field: "access", Text: err.Error()}},
			}
		}
	}
	has, err := d.level(ctx, on, user)
	switch {
	case op.Verb == apiclient.GrantAdd && errors.Is(err, apiclient.ErrUnsupported):
		d.Fact(false, "Which access %s has already is not known: this controller is too old to tell.", user)
	case err != nil:
		return err
	}
	was, wanted := slices.Index(on.levels(), has), slices.Index(on.levels(), access)
	switch {
	case op.Verb == apiclient.GrantAdd && was >= wanted:
		d.Fact(false, "%s already.", d.b.has(user, on, has))
	case op.Verb == apiclient.GrantAdd:
		if _, known := d.user(user); !known && d.b.admin && !external(user) {
			d.Fact(true, "There is no user %s on this controller.", user)
		}
	case has == "":
		d.Gone(op)
		return nil
	}
	if op.Verb == apiclient.GrantAdd {
		op.With = maps.Clone(op.With)
		op.With["object"] = apiclient.Input{Text: on.name, Ref: d.b.grantObject(on)}
	} else {
		d.loses(op, on, user, was, max(wanted, 0))
	}
	d.Step(op)
	return nil
}

// loses tells what it means when somebody loses access to the controller.
func (d *draft) loses(op apiclient.Op, on object, user string, was, wanted int) {
	if on.uuid != "" || wanted >= was {
		return
	}
	if on.levels()[was] == superuser {
		d.Takes(d.b.userRef(user))
	}
	switch {
	case d.b.same(user, d.b.me):
		d.Block("This is your own access to the controller: you would lock yourself out.", "Let another superuser do it.")
	case op.Verb == apiclient.GrantRemove:
		d.Fact(true, "%s can no longer log in, to no model either.", user)
	}
}

func (b *backend) grantObject(on object) apiclient.Ref {
	if on.uuid == "" {
		return b.ref(apiclient.KindObject, onController, on.name)
	}
	return b.ref(apiclient.KindObject, on.uuid, on.name)
}
