package arvadostest

import (
	"fmt"
	"net/http"
	"strings"
)

func (c *call) createUser(a record) (record, *fault) {
	if f := c.needAdmin(); f != nil {
		return nil, f
	}
	wanted := a.text("username")
	if wanted == "" {
		local, _, _ := strings.Cut(a.text("email"), "@")
		wanted, _, _ = strings.Cut(local, "+")
	}
	delete(a, "username")
	if name := c.s.freeName(wanted); name != "" {
		a["username"] = name
	}
	u := c.s.tables["users"].add(c.s.user(a))
	if u.flag("is_active") {
		c.s.setup(u, "", c.s.RootUUID)
	}
	return u, nil
}

func (c *call) updateUser(u, a record) *fault {
	if !c.admin() {
		if u.text("uuid") != c.me() {
			return refuse(http.StatusForbidden, "Forbidden")
		}
		// A try to make oneself an admin is passed over in silence.
		delete(a, "is_admin")
		delete(a, "is_active")
		for _, k := range []string{"email", "username"} {
			if v, ok := a[k]; ok && v != u[k] {
				return refuse(http.StatusForbidden, "Forbidden")
			}
		}
	}
	if name, ok := a["username"]; ok && name != u["username"] {
		text := plain(name)
		if notPlain.MatchString(text) || text == "" {
			return refuse(http.StatusUnprocessableEntity, "Username must consist of a letter followed by alphanumeric characters")
		}
		if len(c.s.tables["users"].where(func(o record) bool { return o.text("username") == text })) > 0 {
			return refuse(http.StatusUnprocessableEntity, "Username has already been taken")
		}
	}
	active, admin := u.flag("is_active"), u.flag("is_admin")
	if v, ok := a["is_active"].(bool); ok {
		active = v
	}
	if v, ok := a["is_admin"].(bool); ok {
		admin = v
	}
	switch {
	case admin && !active && (a["is_admin"] != nil || a["is_active"] != nil):
		return refuse(http.StatusUnprocessableEntity, "Admin users cannot be inactive")
	case u.flag("is_active") && !active && len(c.s.allUsersLinks(u)) > 0:
		return refuse(http.StatusUnprocessableEntity, "User cannot be set inactive while a member of the All users group")
	case active && !u.flag("is_active"):
		c.s.setup(u, "", c.me())
	}
	return nil
}

func (s *Server) allUsersLinks(u record) []record {
	return s.tables["links"].where(func(l record) bool {
		return l.text("link_class") == "permission" && l["tail_uuid"] == u["uuid"] && l.text("head_uuid") == s.AllUsers
	})
}

// removable tells whether nothing hangs on a user.
func (c *call) removable(u record) *fault {
	if f := c.needAdmin(); f != nil {
		return f
	}
	id := u.text("uuid")
	if id == c.s.RootUUID {
		return refuse(http.StatusForbidden, "Forbidden")
	}
	for _, name := range []string{"collections", "groups"} {
		if len(c.s.tables[name].where(func(r record) bool { return r.text("owner_uuid") == id })) > 0 {
			return refuse(http.StatusUnprocessableEntity, "#<ActiveRecord::DeleteRestrictionError: Cannot delete record because of dependent %s>", name)
		}
	}
	// The tokens stay behind, without an owner.
	for _, t := range c.s.tables["api_client_authorizations"].byID {
		if t.text("owner_uuid") == id {
			t["owner_uuid"] = nil
		}
	}
	return nil
}

func (c *call) setupUser() (any, *fault) {
	if f := c.needAdmin(); f != nil {
		return nil, f
	}
	users := c.s.tables["users"]
	u, ok := users.byID[c.text("uuid")]
	switch attributes, given := c.params["user"].(map[string]any); {
	case c.params["uuid"] != nil && !ok:
		return nil, refuse(http.StatusNotFound, "Path not found")
	case !ok && !given:
		return nil, refuse(http.StatusUnprocessableEntity, "#<ArgumentError: Required uuid or user>")
	case !ok && record(attributes).text("email") == "":
		return nil, refuse(http.StatusUnprocessableEntity, "#<ArgumentError: Require user email>")
	case !ok:
		made, f := c.createUser(record(attributes))
		if f != nil {
			return nil, f
		}
		u = made
	}
	links := c.s.setup(u, "", c.me())
	if vm := c.text("vm_uuid"); vm != "" {
		if _, ok := c.s.tables["virtual_machines"].byID[vm]; !ok {
			return nil, refuse(http.StatusUnprocessableEntity, "#<ArgumentError: No vm found for %s>", vm)
		}
		links = c.s.setup(u, vm, c.me())
	}
	var items []any
	for _, l := range links {
		items = append(items, c.s.shown(c.s.tables["links"], l, true, false))
	}
	items = append(items, c.s.shown(users, u, true, false)) // raw, with null for what is unset
	return map[string]any{"kind": "arvados#HashList", "items": items}, nil
}

// setup makes the links of a user who is set up, those that are not there yet.
func (s *Server) setup(u record, vm, by string) []record {
	id := u.text("uuid")
	find := func(tail, name, head string, properties map[string]any) record {
		for _, l := range s.tables["links"].where(func(l record) bool {
			return l.text("tail_uuid") == tail && l.text("head_uuid") == head && l.text("name") == name
		}) {
			if properties == nil || l.object("properties")["username"] == properties["username"] {
				return l
			}
		}
		return s.link(tail, name, head, properties)
	}
	var out []record
	if name := u.text("username"); vm != "" && name != "" {
		out = append(out, find(id, "can_login", vm, map[string]any{"username": name}))
	}
	return append(out, find(id, "can_write", s.AllUsers, nil), find(s.AllUsers, "can_read", id, nil))
}

func (c *call) activateUser() (record, *fault) {
	u := c.user
	if c.admin() {
		var ok bool
		if u, ok = c.s.tables["users"].byID[c.parts[1]]; !ok {
			return nil, refuse(http.StatusUnprocessableEntity, "#<NoMethodError: undefined method for nil>")
		}
	}
	if u.flag("is_active") {
		return u, nil
	}
	if !c.admin() && !c.s.invited(u) {
		return nil, refuse(http.StatusUnprocessableEntity, "#<ArgumentError: Cannot activate without being invited.>")
	}
	for _, need := range c.s.tables["links"].where(func(l record) bool { return l.text("link_class") == "signature" && l.text("name") == "require" }) {
		signed := c.s.tables["links"].where(func(l record) bool {
			return l.text("name") == "click" && l["head_uuid"] == need["head_uuid"] && l["tail_uuid"] == u["uuid"]
		})
		if len(signed) == 0 {
			return nil, refuse(http.StatusForbidden, "Cannot activate without user agreements [\"%s\"].", need.text("head_uuid"))
		}
	}
	u["is_active"] = true
	c.s.setup(u, "", c.me())
	c.s.touch(u, c.me())
	return u, nil
}

func (c *call) unsetupUser() (record, *fault) {
	if f := c.needAdmin(); f != nil {
		return nil, f
	}
	u, ok := c.s.tables["users"].byID[c.parts[1]]
	id := c.parts[1]
	switch {
	case !ok:
		return nil, refuse(http.StatusNotFound, "Path not found")
	case id == c.s.RootUUID:
		return nil, refuse(http.StatusUnprocessableEntity, "#<ArgumentError: cannot unsetup root>")
	}
	c.s.dropLinks(func(l record) bool {
		return l.text("tail_uuid") == id && (l.text("link_class") == "permission" || l.text("link_class") == "signature" && l.text("name") == "click")
	})
	c.s.dropCredentials(id)
	u["prefs"], u["is_admin"], u["is_active"] = map[string]any{}, false, false
	c.s.touch(u, c.me())
	return u, nil
}

// dropCredentials removes the tokens and the SSH keys of a user.
func (s *Server) dropCredentials(user string) {
	for _, name := range []string{"api_client_authorizations", "authorized_keys"} {
		for _, r := range s.tables[name].where(func(r record) bool {
			return r.text("owner_uuid") == user || r.text("authorized_user_uuid") == user
		}) {
			s.tables[name].remove(r.text("uuid"))
		}
	}
}

func (c *call) mergeUsers() (any, *fault) {
	from, to, into := c.text("old_user_uuid"), c.text("new_user_uuid"), c.text("new_owner_uuid")
	users := c.s.tables["users"]
	bad := func(format string, args ...any) (any, *fault) {
		return nil, refuse(http.StatusUnprocessableEntity, format, args...)
	}
	if f := c.needAdmin(); f != nil {
		return nil, f
	}
	switch old, ok := users.byID[from]; {
	case into == "":
		return bad("missing new_owner_uuid")
	case from == "" || to == "":
		return bad("Must supply both old_user_uuid and new_user_uuid")
	case from == to:
		return bad("User cannot be merged with itself")
	case !ok || old["redirect_to_user_uuid"] != nil || users.byID[to] == nil:
		return nil, refuse(http.StatusNotFound, "Path not found")
	case !c.s.exists(into):
		return bad("new_owner_uuid '%s' not found", into)
	default:
		c.s.merge(old, to, into, plain(c.params["redirect_to_new_user"]) == "true")
		return c.shown(users, old), nil
	}
}

func (s *Server) merge(old record, to, into string, redirect bool) {
	from := old.text("uuid")
	for _, name := range []string{"collections", "groups"} {
		for _, r := range s.tables[name].byID {
			if r.text("owner_uuid") == from {
				r["owner_uuid"] = into
			}
		}
	}
	for _, l := range s.tables["links"].byID {
		if l.text("tail_uuid") == from && l.text("head_uuid") != s.AllUsers {
			l["tail_uuid"] = to
		}
	}
	if !redirect {
		s.dropCredentials(from)
		return
	}
	for _, t := range s.tables["api_client_authorizations"].byID {
		if t.text("owner_uuid") == from {
			t["owner_uuid"] = to
		}
	}
	old["redirect_to_user_uuid"] = to
	old["username"] = nil
	old["email"] = fmt.Sprint(old.text("email"), " (merged)")
}
