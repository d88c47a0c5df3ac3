package arvados

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// permission is a new link, in the order in which the documentation writes it.
type permission struct {
	Tail       string      `json:"tail_uuid"`
	Head       string      `json:"head_uuid"`
	Class      string      `json:"link_class"`
	Name       string      `json:"name"`
	Properties *properties `json:"properties,omitempty"`
}

// wish is a permission as it was entered, with the names looked up.
type wish struct {
	tail, head named
	access     string
	login      properties
}

// wished reads the fields of a new permission.
func (b *backend) wished(ctx context.Context, op apiclient.Op) (wish, error) {
	w := wish{access: op.With.Text("access")}
	byUser, byGroup := op.With.Text("user") != "", op.With.Text("group") != ""
	var err error
	switch {
	case byUser == byGroup:
		return w, wrongField(b.doing(op), "user", "or group is needed, and only one of them")
	case byUser:
		w.tail, err = b.chosen(ctx, op, "user", apiclient.KindUser)
	default:
		w.tail, err = b.chosen(ctx, op, "group", apiclient.KindAccount)
	}
	if err != nil {
		return w, err
	}
	if w.head, err = b.chosen(ctx, op, "object", apiclient.KindObject); err != nil {
		return w, err
	}
	machine := hasInfix(w.head.uuid, infixMachine)
	switch {
	case w.access == canLogin && (!byUser || !machine):
		return w, wrongField(b.doing(op), "access", "can_login is only for a user on a virtual machine")
	case w.access != canLogin && (op.With.Text("login") != "" || len(op.With.List("groups")) > 0):
		return w, wrongField(b.doing(op), "login", "goes only with can_login")
	case w.access != canLogin:
		return w, nil
	}
	w.login = properties{Login: op.With.Text("login"), Groups: op.With.List("groups")}
	if err := b.checkGroups(op); err != nil {
		return w, err
	}
	if w.login.Login == "" {
		u, err := get[user](ctx, b, b.doing(op), pathUsers, w.tail.uuid)
		if err != nil {
			return w, err
		}
		if w.login.Login = u.Username; w.login.Login == "" {
			return w, wrongField(b.doing(op), "login", "is required: the user has no user name")
		}
	}
	return w, nil
}

func (b *backend) checkGroups(op apiclient.Op) error {
	for _, g := range op.With.List("groups") {
		if err := checkUnixName(g); err != nil {
			return wrongField(b.doing(op), "groups", g+" "+err.Error())
		}
	}
	return nil
}

// sameLogin finds the login of this name that is there already. The server
// would make a second one: its own check never matches.
func (b *backend) sameLogin(ctx context.Context, tried string, w wish) (page[link], error) {
	p, _, err := fetch[link](ctx, b.rest, tried, query{path: pathLinks, limit: b.size(0), order: "uuid", filters: []filter{
		{"link_class", "=", "permission"}, {"name", "=", canLogin}, {"tail_uuid", "=", w.tail.uuid}, {"head_uuid", "=", w.head.uuid},
		{"properties.username", "=", w.login.Login},
	}})
	return p, err
}

func (b *backend) addGrant(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	w, err := b.wished(ctx, op)
	if err != nil {
		return b.unsent(op, err)
	}
	if w.access == canLogin {
		return b.addLogin(ctx, op, w)
	}
	var now link
	return b.send(ctx, op, rest.Request{Method: "POST", Path: pathLinks, Into: &now, Body: form(map[string]any{
		"link": permission{Tail: w.tail.uuid, Head: w.head.uuid, Class: "permission", Name: w.access},
	})}, func() apiclient.Outcome {
		o := apiclient.Did(fmt.Sprintf("%s has %s on %s", w.tail.label, now.Name, w.head.label))
		o.Made = []apiclient.Ref{b.ref(apiclient.KindGrant, now.UUID, "")}
		if now.Name != w.access {
			o.Unchanged = true
			o.Words += ", which is more than " + w.access + ": change the permission to lower it"
		}
		return o
	})
}

func (b *backend) addLogin(ctx context.Context, op apiclient.Op, w wish) apiclient.Outcome {
	there, err := b.sameLogin(ctx, b.doing(op), w)
	if err != nil {
		return b.unsent(op, err)
	}
	words := fmt.Sprintf("%s can log in to %s as %s", w.tail.label, w.head.label, w.login.Login)
	var now link
	done := func() apiclient.Outcome {
		o := apiclient.Did(words)
		o.Made = []apiclient.Ref{b.ref(apiclient.KindGrant, now.UUID, "")}
		return o
	}
	if len(there.Items) == 0 {
		return b.send(ctx, op, rest.Request{Method: "POST", Path: pathLinks, Into: &now, Body: form(map[string]any{
			"link": permission{Tail: w.tail.uuid, Head: w.head.uuid, Class: "permission", Name: canLogin, Properties: &w.login},
		})}, done)
	}
	has := there.Items[0]
	if slices.Equal(has.login().Groups, w.login.Groups) && len(there.Items) == 1 {
		o := apiclient.Did(words + " already")
		o.Unchanged = true
		return o
	}
	return b.putLink(ctx, op, has.UUID, map[string]any{"properties": merged(has, w.login)}, words+", with the groups as entered")
}

// merged are the properties of a link with another login: they are replaced as
// a whole, so what else is there is sent along.
func merged(l link, p properties) map[string]any {
	out := map[string]any{}
	if json.Unmarshal(l.Properties, &out) != nil || out == nil {
		out = map[string]any{}
	}
	out["username"] = p.Login
	delete(out, "groups")
	if len(p.Groups) > 0 {
		out["groups"] = p.Groups
	}
	return out
}

func (b *backend) putLink(ctx context.Context, op apiclient.Op, id string, attributes map[string]any, words string) apiclient.Outcome {
	var now link
	return b.send(ctx, op, rest.Request{Method: "PUT", Path: pathLinks + "/" + id, Into: &now, Body: form(map[string]any{"link": attributes})},
		func() apiclient.Outcome {
			if name, asked := attributes["name"]; asked && name != now.Name {
				return b.ignored(op, "the access is still "+now.Name)
			}
			return apiclient.Did(words)
		})
}

func (b *backend) updateGrant(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	l, err := get[link](ctx, b, b.doing(op), pathLinks, id)
	if err != nil {
		return b.unsent(op, err)
	}
	attributes, err := b.changed(op, l)
	if err != nil {
		return b.unsent(op, err)
	}
	return b.putLink(ctx, op, id, attributes, "the permission is changed")
}

// changed are the attributes of a link that an edit changes.
func (b *backend) changed(op apiclient.Op, l link) (map[string]any, error) {
	access := or(op.With.Text("access"), l.Name)
	if (access == canLogin) != (l.Name == canLogin) {
		return nil, wrongField(b.doing(op), "access", "cannot turn a login into something else, or back: remove it and add another")
	}
	if l.Name != canLogin {
		if op.With.Text("login") != "" || len(op.With.List("groups")) > 0 {
			return nil, wrongField(b.doing(op), "login", "goes only with can_login")
		}
		return map[string]any{"name": access}, nil
	}
	p := l.login()
	if op.With.Has("login") {
		p.Login = op.With.Text("login")
	}
	if p.Login == "" {
		return nil, wrongField(b.doing(op), "login", "is required: without it the machine skips the login")
	}
	if op.With.Has("groups") {
		if err := b.checkGroups(op); err != nil {
			return nil, err
		}
		p.Groups = op.With.List("groups")
	}
	return map[string]any{"properties": merged(l, p)}, nil
}

func (b *backend) removeGrant(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	o := b.send(ctx, op, rest.Request{Method: "DELETE", Path: pathLinks + "/" + id, Decode: its(id)},
		func() apiclient.Outcome { return apiclient.Did("the permission is removed") })
	if absent(o) {
		o = apiclient.Did("the permission was removed before")
		o.Unchanged = true
	}
	return o
}
