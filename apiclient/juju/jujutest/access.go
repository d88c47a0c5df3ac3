package jujutest

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

type accessChange struct {
	User   string `json:"user-tag"`
	Action string `json:"action"`
	Access string `json:"access"`
	Model  string `json:"model-tag"`
}

type accessChanges struct {
	Changes []accessChange `json:"changes"`
}

func modifyControllerAccess(c *caller, params json.RawMessage) (any, *Error) {
	return changeAccess(params, c.changeController)
}

func modifyModelAccess(c *caller, params json.RawMessage) (any, *Error) {
	return changeAccess(params, c.changeModel)
}

func changeAccess(params json.RawMessage, change func(accessChange) *Error) (any, *Error) {
	p, bad := read[accessChanges](params)
	if bad != nil {
		return nil, bad
	}
	out := results[result]{Results: []result{}}
	for _, in := range p.Changes {
		out.Results = append(out.Results, result{Error: change(in)})
	}
	return out, nil
}

func (c *caller) changeController(in accessChange) *Error {
	if !c.superuser() {
		return errPermission
	}
	u, refused := c.grantee(in)
	if refused != nil {
		return refused
	}
	after, refused := c.move("controller", controllerLevels, u, u.access, in)
	if refused == nil {
		u.access = after
	}
	return refused
}

func (c *caller) changeModel(in accessChange) *Error {
	uuid, bad := modelTag(in.Model)
	if bad != nil {
		return bad
	}
	m := c.state.model(uuid)
	switch {
	case m == nil && c.superuser():
		return errorf("model not found", "model %q not found", uuid)
	case m == nil, c.state.accessTo(m, c.me) != "admin":
		return errPermission
	}
	u, refused := c.grantee(in)
	if refused != nil {
		return refused
	}
	key := c.state.key(u.name)
	after, refused := c.move("model", modelLevels, u, m.access[key], in)
	switch {
	case refused != nil:
		return refused
	case after == "":
		delete(m.access, key)
	default:
		m.access[key] = after
	}
	return nil
}

// grantee is who an access is for. Who comes from outside is known from his
// first grant on.
func (c *caller) grantee(in accessChange) (*user, *Error) {
	name, bad := userTag(in.User)
	if bad != nil {
		return nil, bad
	}
	if u := c.state.user(name); u != nil {
		return u, nil
	}
	u := &user{name: name, by: c.me.name, created: c.now}
	if !u.external() || in.Action != "grant" {
		return nil, errorf("not found", "could not look up user: user %q not found", name)
	}
	c.state.users = append(c.state.users, u)
	return u, nil
}

// move gives the level after a grant or a revoke: a revoke of a level leaves
// the next lower one.
func (c *caller) move(on string, levels []string, u *user, has string, in accessChange) (string, *Error) {
	asked := slices.Index(levels, in.Access)
	switch {
	case asked < 1:
		return "", errorf("", "could not modify %s access: %q %s access not valid", on, in.Access, on)
	case in.Action == "grant" && slices.Index(levels, has) >= asked && c.four():
		return "", errorf("", "user %q already has %q access or greater", u.name, in.Access)
	case in.Action == "grant" && slices.Index(levels, has) >= asked:
		return "", errorf("", "could not grant %s access: user already has %q access or greater", on, in.Access)
	case in.Action == "grant":
		return in.Access, nil
	case in.Action != "revoke":
		return "", errorf("", "unknown action %q", in.Action)
	case has == "":
		return "", errorf("not found", "could not revoke %s access: user %q does not have access to the %s", on, u.name, on)
	}
	return levels[min(asked-1, slices.Index(levels, has))], nil
}

func getControllerAccess(c *caller, params json.RawMessage) (any, *Error) {
	p, bad := read[entities](params)
	if bad != nil {
		return nil, bad
	}
	out := results[result]{Results: []result{}}
	for _, e := range p.Entities {
		r := c.one(e.Tag)
		if i, ok := r.Result.(info); ok {
			r.Result = map[string]string{"user-tag": "user-" + i.Name, "access": i.Access}
		}
		out.Results = append(out.Results, r)
	}
	return out, nil
}

type modelUser struct {
	Model   string     `json:"model-tag"`
	User    string     `json:"user"`
	Display string     `json:"display-name"`
	Seen    *time.Time `json:"last-connection"`
	Access  string     `json:"access"`
}

// modelUserInfo gives the users of models, one model after the other in one
// list.
func modelUserInfo(c *caller, params json.RawMessage) (any, *Error) {
	p, bad := read[entities](params)
	if bad != nil {
		return nil, bad
	}
	out := results[result]{Results: []result{}}
	for _, e := range p.Entities {
		uuid, bad := modelTag(e.Tag)
		if bad != nil {
			return nil, bad
		}
		m := c.state.model(uuid)
		if m == nil || c.state.accessTo(m, c.me) == "" {
			return nil, errPermission
		}
		for _, u := range c.usersOf(m) {
			out.Results = append(out.Results, result{Result: u})
		}
	}
	return out, nil
}

func (c *caller) usersOf(m *model) []modelUser {
	var out []modelUser
	for key, level := range m.access {
		u := c.state.user(key)
		if u == nil || c.state.accessTo(m, c.me) != "admin" && !c.self(u.name) {
			continue
		}
		in := modelUser{Model: "model-" + m.uuid, User: u.name, Display: u.display, Access: level}
		if seen, ok := m.seen[key]; ok {
			in.Seen = &seen
		}
		out = append(out, in)
	}
	slices.SortFunc(out, func(a, b modelUser) int { return cmp.Compare(a.User, b.User) })
	return out
}
