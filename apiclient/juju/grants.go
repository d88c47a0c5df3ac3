package juju

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// object is what an access is on: the controller, or a model.
type object struct {
	uuid string // of the model; "" for the controller
	name string
}

// levels are the ladder of the object, from least to most.
func (o object) levels() []string {
	if o.uuid == "" {
		return controllerLevels()
	}
	return modelLevels()
}

func (o object) refuses(access string) error {
	if l := o.levels()[1:]; !slices.Contains(l, access) {
		kind := "a model"
		if o.uuid == "" {
			kind = "the controller"
		}
		return fmt.Errorf("on %s must be one of %s", kind, strings.Join(l, ", "))
	}
	return nil
}

func (b *backend) objectAt(path apiclient.Path) object {
	if path.Part(0) == onController {
		return object{name: b.controllerName()}
	}
	return object{uuid: path.Part(0), name: path.Part(1)}
}

// objectOf finds what a field names: what a picker chose, the controller by its
// name, a model by UUID, by owner/name, or by a name that only one has.
func (b *backend) objectOf(ctx context.Context, tried string, in apiclient.Input) (object, error) {
	if k := in.Ref.Kind; (k == apiclient.KindObject || k == apiclient.KindAccount) && (in.Text == "" || in.Text == in.Ref.Name()) {
		return b.objectAt(in.Ref.Path), nil
	}
	if in.Text == b.controllerName() || in.Text == onController {
		return object{name: b.controllerName()}, nil
	}
	models, err := b.models(ctx, tried)
	if err != nil {
		return object{}, err
	}
	var fits []object
	for _, m := range models {
		switch in.Text {
		case m.UUID, m.fullName():
			return object{m.UUID, m.fullName()}, nil
		case m.Name:
			fits = append(fits, object{m.UUID, m.fullName()})
		}
	}
	text := "names no model that you can see"
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		text = fmt.Sprintf("is the name of %d models: write owner/name", len(fits))
	}
	return object{}, &apiclient.Failure{
		Tried: tried, Message: in.Text + " " + text, Cause: apiclient.ErrInvalid,
		Fields: []apiclient.FieldError{{Field: "object", Text: text}},
	}
}

// aim says on what and for whom the op of a grant is.
func (b *backend) aim(ctx context.Context, op apiclient.Op) (object, string, error) {
	if op.Verb != apiclient.GrantAdd {
		return b.objectAt(op.On.Path), op.On.Name(), nil
	}
	on, err := b.objectOf(ctx, b.doing(op), op.With["object"])
	return on, op.With.Text("user"), err
}

// grant gives, changes or takes an access.
func (b *backend) grant(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	on, user, err := b.aim(ctx, op)
	if err != nil {
		return b.unsent(op, err)
	}
	if err := checkFullName(user); err != nil {
		return b.invalid(op, "user", err.Error())
	}
	access := op.With.Text("access")
	if op.Verb != apiclient.GrantRemove {
		if err := on.refuses(access); err != nil {
			return b.invalid(op, "access", err.Error())
		}
	}
	change := accessChange{User: userTag(user), Action: "grant", Access: access}
	switch op.Verb {
	case apiclient.GrantRemove:
		change.Action, change.Access = "revoke", on.levels()[1]
	case apiclient.GrantUpdate:
		has, err := b.level(ctx, b.doing(op), on, user)
		if err != nil {
			return b.unsent(op, err)
		}
		was, wanted := slices.Index(on.levels(), has), slices.Index(on.levels(), access)
		if was == wanted {
			o := apiclient.Did(b.has(user, on, has) + " already")
			o.Unchanged = true
			return o
		}
		if was > wanted {
			// To revoke a level leaves the next lower one.
			change.Action, change.Access = "revoke", on.levels()[wanted+1]
		}
	}
	return b.modify(ctx, op, on, user, change)
}

func (b *backend) modify(ctx context.Context, op apiclient.Op, on object, user string, change accessChange) apiclient.Outcome {
	q := question{tried: b.doing(op), facade: "Controller", request: "ModifyControllerAccess", write: true}
	if on.uuid != "" {
		q.facade, q.request = "ModelManager", "ModifyModelAccess"
		change.Model = modelTag(on.uuid)
	}
	var r results[ended]
	q.params, q.into = accessChanges{[]accessChange{change}}, &r
	f := b.session.ask(ctx, q)
	switch {
	case f != nil:
		return apiclient.Fail(f.Tried, f)
	case len(r.Results) != 1:
		return b.unclear(op)
	}
	if e := r.Results[0].Error; e != nil {
		o := b.refusedOp(op, e)
		if change.Action == "grant" && strings.Contains(e.Message, alreadyHas) {
			o = apiclient.Did(o.Words)
			o.Unchanged = true
		}
		return o
	}
	wanted := change.Access
	if change.Action == "revoke" {
		wanted = on.levels()[slices.Index(on.levels(), change.Access)-1]
	}
	o := apiclient.Did(b.has(user, on, wanted))
	if op.Verb == apiclient.GrantAdd {
		o.Made = []apiclient.Ref{b.grantRef(on, user)}
	}
	return o
}

func (b *backend) grantRef(on object, user string) apiclient.Ref {
	id := on.uuid
	if id == "" {
		id = onController
	}
	return b.ref(apiclient.KindGrant, id, on.name, bare(user))
}

// has says who has which access: "jon has read on admin/prod".
func (b *backend) has(user string, on object, access string) string {
	if access == "" {
		access = "no access"
	}
	return user + " has " + access + " on " + on.name
}

// level reads the access that somebody has now; "" is none.
func (b *backend) level(ctx context.Context, tried string, on object, user string) (string, error) {
	rows, err := b.grants(ctx, tried, b.grantObject(on))
	if err != nil {
		return "", err
	}
	for _, g := range rows {
		if b.same(g.Subject.Name(), user) {
			return g.Access, nil
		}
	}
	return "", nil
}
