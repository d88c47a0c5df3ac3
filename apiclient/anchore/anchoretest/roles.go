package anchoretest

import (
	"net/http"
	"slices"
)

func predefined() []role {
	return []role{
		{"system-admin", "Administers the whole system", []string{"*"}},
		{"account-user-admin", "Manages the users of an account", []string{"createUser", "deleteUser", "listUsers", "updateUser"}},
		{"full-control", "Everything within an account", []string{"*"}},
		{"read-only", "Reads everything within an account", []string{"getAccount", "listImages", "listPolicies"}},
		{"read-write", "Reads and writes, but manages no users", []string{"createImage", "createPolicy", "getAccount", "listImages"}},
	}
}

func (g grant) unified() map[string]any {
	out := map[string]any{
		"domain_name": g.domain, "grant_type": "direct", "granted_at": stamp(g.created), "granter": nil, "role_name": g.role,
	}
	if g.group != "" {
		out["grant_type"], out["granter"] = "group_membership", g.group
	}
	return out
}

// domain writes the domain under both names, of which older releases know only
// the second.
func (c *call) domain(g grant, out map[string]any) map[string]any {
	out["created_at"], out["for_account"] = stamp(g.created), g.domain
	if !older(c.api, [2]int{2, 5}) {
		out["domain_name"] = g.domain
	}
	return out
}

// domainOf reads it from a query or a body: exactly one of the two names.
func (c *call) domainOf(get func(string) (string, bool)) (string, *answer) {
	name, named := get("domain_name")
	if older(c.api, [2]int{2, 5}) {
		named = false
	}
	old, olden := get("for_account")
	if named == olden {
		a := invalid("{} is not valid under exactly one of the given schemas")
		return "", &a
	}
	if named {
		return name, nil
	}
	return old, nil
}

func (c *call) fromQuery(key string) (string, bool) { return c.query.Get(key), c.query.Has(key) }

func listRoles(c *call) answer {
	if no := c.may("system", "listRoles", "*"); no != nil {
		return *no
	}
	out := []any{}
	for _, r := range c.state.roles {
		out = append(out, map[string]any{"created_at": "2024-01-01T00:00:00Z", "description": r.description, "name": r.name})
	}
	c.state.order.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return ok(out)
}

func (c *call) role(action string) (role, *answer) {
	if no := c.may("system", action, c.args["r"]); no != nil {
		return role{}, no
	}
	i := slices.IndexFunc(c.state.roles, func(r role) bool { return r.name == c.args["r"] })
	if i < 0 {
		no := refuse(http.StatusNotFound, "Role not found")
		return role{}, &no
	}
	return c.state.roles[i], nil
}

func getRole(c *call) answer {
	r, no := c.role("getRole")
	if no != nil {
		return *no
	}
	permissions := []any{}
	for _, p := range r.permissions {
		permissions = append(permissions, map[string]any{"action": p, "target": "*"})
	}
	return ok(map[string]any{
		"created_at": "2024-01-01T00:00:00Z", "description": r.description, "immutable": true,
		"last_updated": "2024-01-01T00:00:00Z", "name": r.name, "permissions": permissions,
	})
}

func listMembers(c *call) answer {
	r, no := c.role("listRoleMembers")
	if no != nil {
		return *no
	}
	out := []any{}
	for _, g := range c.state.grants {
		if g.role == r.name && c.inDomain(g) {
			out = append(out, c.domain(g, map[string]any{"username": g.user}))
		}
	}
	c.state.order.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return ok(out)
}

// inDomain applies the filters of a query.
func (c *call) inDomain(g grant) bool {
	for _, key := range []string{"domain_name", "for_account"} {
		if d, given := c.fromQuery(key); given && d != g.domain && (key == "for_account" || !older(c.api, [2]int{2, 5})) {
			return false
		}
	}
	return true
}

func addMember(c *call) answer {
	body, bad := c.object()
	if bad != nil {
		return *bad
	}
	name, _, bad := text(body, "username", true, nil)
	if bad != nil {
		return *bad
	}
	domain, bad := c.domainOf(func(key string) (string, bool) { s, ok := body[key].(string); return s, ok })
	if bad != nil {
		return *bad
	}
	r, no := c.role("createRoleMember")
	switch {
	case no != nil:
		return *no
	case c.state.users[name] == nil:
		return refuse(http.StatusNotFound, "User not found")
	case domain != "system" && c.state.accounts[domain] == nil:
		return refuse(http.StatusNotFound, "Account not found")
	}
	g := grant{user: name, domain: domain, role: r.name, created: c.now()}
	if i := slices.IndexFunc(c.state.grants, g.same); i >= 0 {
		g = c.state.grants[i]
	} else {
		c.state.grants = append(c.state.grants, g)
	}
	return ok(c.domain(g, map[string]any{"username": g.user}))
}

func (g grant) same(o grant) bool {
	return g.user == o.user && g.domain == o.domain && g.role == o.role && o.group == ""
}

func removeMember(c *call) answer {
	if !c.query.Has("username") {
		return invalid("Missing query parameter 'username'")
	}
	domain, bad := c.domainOf(c.fromQuery)
	if bad != nil {
		return *bad
	}
	r, no := c.role("deleteRoleMember")
	if no != nil {
		return *no
	}
	g := grant{user: c.query.Get("username"), domain: domain, role: r.name}
	i := slices.IndexFunc(c.state.grants, g.same)
	if i < 0 {
		return refuse(http.StatusNotFound, "Role membership not found")
	}
	c.state.grants = slices.Delete(c.state.grants, i, i+1)
	return noContent()
}

func rolesOfUser(c *call) answer {
	name := c.args["u"]
	if name != c.who.user {
		if no := c.may("system", "listUserRoles", name); no != nil {
			return *no
		}
	}
	if c.state.users[name] == nil {
		return refuse(http.StatusNotFound, "User not found")
	}
	out := []any{}
	for _, g := range c.state.grants {
		if g.user == name && c.inDomain(g) && (!c.query.Has("role") || c.query.Get("role") == g.role) {
			out = append(out, c.domain(g, map[string]any{"role": g.role}))
		}
	}
	return ok(out)
}
