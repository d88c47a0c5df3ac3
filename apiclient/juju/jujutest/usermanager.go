package jujutest

import (
	"encoding/json"
	"strings"
	"time"
)

type addUsers struct {
	Users []struct {
		Name     string  `json:"username"`
		Display  string  `json:"display-name"`
		Password *string `json:"password"`
	} `json:"users"`
}

type added struct {
	Tag   string `json:"tag,omitempty"`
	Key   []byte `json:"secret-key,omitempty"`
	Error *Error `json:"error,omitempty"`
}

func addUser(c *caller, params json.RawMessage) (any, *Error) {
	if !c.superuser() {
		return nil, errPermission
	}
	p, bad := read[addUsers](params)
	if bad != nil {
		return nil, bad
	}
	out := results[added]{Results: []added{}}
	for _, in := range p.Users {
		u, refused := c.add(in.Name, in.Display)
		if refused != nil {
			out.Results = append(out.Results, added{Error: refused})
			continue
		}
		if in.Password != nil && *in.Password != "" {
			u.password = *in.Password
		} else {
			u.key = newKey()
		}
		out.Results = append(out.Results, added{Tag: "user-" + u.name, Key: u.key})
	}
	return out, nil
}

func (c *caller) add(name, display string) (*user, *Error) {
	switch {
	case !namePattern.MatchString(name) && c.four():
		return nil, errorf("not valid", "creating user: user name %q not valid", name)
	case !namePattern.MatchString(name):
		return nil, errorf("", "invalid user name %q", name)
	case c.taken(name) && c.four():
		return nil, errorf("", "creating user: adding user %q: user already exists", name)
	case c.taken(name):
		return nil, errorf("", "failed to create user: username unavailable")
	}
	u := &user{name: name, display: display, by: c.me.name, created: c.now, access: "login"}
	c.state.users = append(c.state.users, u)
	return u, nil
}

// taken tells whether a name cannot be used. The older stores do not give the
// name of a removed user free.
func (c *caller) taken(name string) bool {
	for _, u := range c.state.users {
		if c.state.key(u.name) == c.state.key(name) && (!u.removed || c.state.release.major < 3) {
			return true
		}
	}
	return false
}

// onUsers carries out a call on users of which nothing but the end is told.
func onUsers(c *caller, params json.RawMessage, do func(*user) *Error) (any, *Error) {
	if !c.superuser() {
		return nil, errPermission
	}
	p, bad := read[entities](params)
	if bad != nil {
		return nil, bad
	}
	out := results[result]{Results: []result{}}
	for _, e := range p.Entities {
		u, refused := c.target(e.Tag)
		if refused == nil {
			refused = do(u)
		}
		out.Results = append(out.Results, result{Error: refused})
	}
	return out, nil
}

// target finds a user by tag; one who is not there is hidden behind a missing
// permission before 4.x.
func (c *caller) target(tag string) (*user, *Error) {
	name, bad := userTag(tag)
	if bad != nil {
		return nil, bad
	}
	u := c.state.user(name)
	switch {
	case u != nil:
		return u, nil
	case c.four():
		return nil, errorf("", "user %q: user not found", name)
	}
	return nil, errPermission
}

func removeUser(c *caller, params json.RawMessage) (any, *Error) {
	return onUsers(c, params, func(u *user) *Error {
		if u.name == Owner {
			return errorf("", "cannot delete controller owner %q", u.name)
		}
		u.removed, u.password, u.key, u.access = true, "", nil, ""
		for _, m := range c.state.models {
			delete(m.access, c.state.key(u.name))
		}
		return nil
	})
}

func enableUser(c *caller, params json.RawMessage) (any, *Error) {
	return onUsers(c, params, func(u *user) *Error { u.disabled = false; return nil })
}

func disableUser(c *caller, params json.RawMessage) (any, *Error) {
	return onUsers(c, params, func(u *user) *Error {
		if u.name == Owner && !c.four() {
			return errorf("", "failed to disable user: cannot disable controller model owner")
		}
		u.disabled = true
		return nil
	})
}

func setPassword(c *caller, params json.RawMessage) (any, *Error) {
	p, bad := read[struct {
		Changes []struct {
			Tag      string `json:"tag"`
			Password string `json:"password"`
		} `json:"changes"`
	}](params)
	if bad != nil {
		return nil, bad
	}
	out := results[result]{Results: []result{}}
	for _, change := range p.Changes {
		out.Results = append(out.Results, result{Error: c.setPassword(change.Tag, change.Password)})
	}
	return out, nil
}

func (c *caller) setPassword(tag, password string) *Error {
	name, bad := userTag(tag)
	if bad != nil {
		return bad
	}
	if !c.superuser() && !c.self(name) {
		return errPermission
	}
	u, refused := c.target(tag)
	switch {
	case refused != nil:
		return refused
	case password == "", c.four() && strings.TrimSpace(password) == "":
		return errorf("", "cannot use an empty password")
	}
	u.password, u.key = password, nil
	return nil
}

func resetPassword(c *caller, params json.RawMessage) (any, *Error) {
	p, bad := read[entities](params)
	if bad != nil {
		return nil, bad
	}
	out := results[added]{Results: []added{}}
	for _, e := range p.Entities {
		out.Results = append(out.Results, c.reset(e.Tag))
	}
	return out, nil
}

func (c *caller) reset(tag string) added {
	name, bad := userTag(tag)
	switch {
	case bad != nil:
		return added{Error: bad}
	case !c.superuser(), c.self(name):
		return added{Error: errPermission}
	}
	u, refused := c.target(tag)
	switch {
	case refused != nil:
		return added{Error: refused}
	case u.disabled && c.four():
		return added{Error: errorf("", "resetting the password of %q: user is disabled", u.name)}
	case u.disabled:
		return added{Error: errorf("", "user deactivated")}
	}
	u.password, u.key = "", newKey()
	return added{Tag: "user-" + u.name, Key: u.key}
}

type info struct {
	Name     string     `json:"username"`
	Display  string     `json:"display-name"`
	Access   string     `json:"access"`
	By       string     `json:"created-by"`
	Created  time.Time  `json:"date-created"`
	Seen     *time.Time `json:"last-connection,omitempty"`
	Disabled bool       `json:"disabled"`
}

func (c *caller) info(u *user) info {
	i := info{Name: u.name, Display: u.display, Access: u.access, By: u.by, Created: u.created.UTC(), Disabled: u.disabled}
	if u.disabled {
		i.Access = "" // the real one comes back with enabling
	}
	if u.external() && !c.four() {
		return info{Name: u.name, Access: u.access}
	}
	switch seen := u.seen.UTC(); {
	case !u.seen.IsZero():
		i.Seen = &seen
	case c.state.release.major == 3:
		i.Seen = &time.Time{}
	}
	return i
}

func userInfo(c *caller, params json.RawMessage) (any, *Error) {
	p, bad := read[struct {
		entities
		Disabled bool `json:"include-disabled"`
	}](params)
	if bad != nil {
		return nil, bad
	}
	out := results[result]{Results: []result{}}
	if len(p.Entities) == 0 {
		for _, u := range c.state.listed() {
			if (p.Disabled || !u.disabled) && (c.superuser() || c.self(u.name)) {
				out.Results = append(out.Results, result{Result: c.info(u)})
			}
		}
		return out, nil
	}
	for _, e := range p.Entities {
		out.Results = append(out.Results, c.one(e.Tag))
	}
	return out, nil
}

func (c *caller) one(tag string) result {
	name, bad := userTag(tag)
	if bad != nil {
		return result{Error: bad}
	}
	if !c.superuser() && !c.self(name) {
		return result{Error: errPermission}
	}
	u := c.state.user(name)
	switch {
	case u == nil && c.four():
		return result{Error: errorf("user not found", "user %q not found", name)}
	case u == nil:
		return result{Error: errPermission}
	}
	return result{Result: c.info(u)}
}
