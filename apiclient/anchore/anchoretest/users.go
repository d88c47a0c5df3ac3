package anchoretest

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
)

func (c *call) userJSON(u *user, roles func(grant) bool) map[string]any {
	out := map[string]any{
		"created_at": stamp(u.created), "last_updated": stamp(u.created), "source": nil, "type": u.kind, "username": u.name,
	}
	if u.source != "" {
		out["source"] = u.source
	}
	if !c.v2 {
		return out
	}
	out["account_name"], out["idp_name"] = u.account, nil
	if u.idp != "" {
		out["idp_name"] = u.idp
	}
	if u.kind == "native" {
		out["password_last_updated"] = nil
		if u.password != nil {
			out["password_last_updated"] = stamp(u.password.created)
		}
	}
	if older(c.api, [2]int{2, 5}) {
		return out
	}
	held := []any{}
	for _, g := range c.state.grants {
		if g.user == u.name && roles(g) {
			held = append(held, g.unified())
		}
	}
	out["unified_roles"] = held
	return out
}

func every(grant) bool { return true }

func (c *call) usersJSON(keep func(*user) bool, roles func(grant) bool) []any {
	out := []any{}
	for _, u := range shuffled(c.Server, c.state.users, keep) {
		out = append(out, c.userJSON(u, roles))
	}
	return out
}

func listAllUsers(c *call) answer {
	if no := c.may("system", "listAllUsers", "*"); no != nil {
		return *no
	}
	items := c.usersJSON(func(u *user) bool { return u.kind != "internal" }, every)
	return ok(map[string]any{"items": items, "total_rows": len(items)})
}

func listUsers(c *call) answer {
	a, no := c.account("listUsers")
	if no != nil {
		return *no
	}
	return ok(c.usersJSON(func(u *user) bool { return u.account == a.name },
		func(g grant) bool { return g.domain == a.name || g.domain == "system" }))
}

func listUsersWithRoles(c *call) answer {
	a, no := c.account("listAccountUsersWithRoles")
	if no != nil {
		return *no
	}
	in := map[string]bool{}
	for _, g := range c.state.grants {
		in[g.user] = in[g.user] || g.domain == a.name
	}
	items := c.usersJSON(func(u *user) bool { return in[u.name] }, every)
	return ok(map[string]any{"items": items, "total_rows": len(items)})
}

func createUser(c *call) answer {
	body, bad := c.object()
	if bad != nil {
		return *bad
	}
	pattern := nameV1
	if c.v2 {
		pattern = userV2
	}
	name, _, bad := text(body, "username", true, pattern)
	if bad != nil {
		return *bad
	}
	secret, withPassword, bad := text(body, "password", !c.v2, anyLength)
	if bad != nil {
		return *bad
	}
	u := &user{id: uuid.NewString(), name: name, kind: "native", created: c.now(), keys: map[string]*apiKey{}}
	if c.v2 && body["user_type"] == "saml" {
		u.kind = "saml"
		u.idp, _ = body["idp_name"].(string)
		u.source = "https://idp.example.com/" + u.idp
	}
	a, no := c.account("createUser")
	switch {
	case no != nil:
		return *no
	case c.state.users[name] != nil:
		return refuse(http.StatusBadRequest, "User already exists")
	case u.kind == "saml" && (withPassword || u.idp == ""):
		return refuse(http.StatusBadRequest, "A saml user has an idp_name and no password")
	case c.v2 && u.kind == "native" && strings.Contains(name, ":"):
		return refuse(http.StatusBadRequest, "A native user's name must not contain a colon")
	}
	u.account = a.name
	if withPassword {
		u.password = &password{secret, c.now()}
	}
	c.state.users[name] = u
	return ok(c.userJSON(u, every))
}

// user finds the user of the path, or the caller where the path names none.
func (c *call) user(action string) (*user, *answer) {
	name, named := c.args["u"]
	account := c.args["a"]
	if !named {
		name, account = c.who.user, c.who.account
	}
	if no := c.may(account, action, name); no != nil {
		return nil, no
	}
	if named && c.state.accounts[account] == nil {
		no := refuse(http.StatusNotFound, "Account not found")
		return nil, &no
	}
	if u := c.state.users[name]; u != nil && u.account == account {
		return u, nil
	}
	no := refuse(http.StatusNotFound, "User not found")
	return nil, &no
}

func getUser(c *call) answer {
	u, no := c.user("getUser")
	if no != nil {
		return *no
	}
	return ok(c.userJSON(u, every))
}

func ownUser(c *call) answer { return getUser(c) }

func deleteUser(c *call) answer {
	u, no := c.user("deleteUser")
	switch {
	case no != nil:
		return *no
	case u.name == c.who.user:
		return refuse(http.StatusBadRequest, "Cannot delete credential used for authentication of the request")
	case u.name == AdminUser, u.name == systemUser:
		return refuse(http.StatusBadRequest, "User cannot be deleted")
	}
	c.drop(u)
	return noContent()
}

func (p *password) json() map[string]any {
	return map[string]any{"created_at": stamp(p.created), "type": "password", "value": strings.Repeat("*", len(p.value))}
}

func getCredentials(c *call) answer {
	u, no := c.user("getUser")
	switch {
	case no != nil:
		return *no
	case u.password != nil:
		return ok([]any{u.password.json()})
	case c.args["u"] == "":
		return crash()
	}
	return ok([]any{})
}

func setCredential(c *call) answer {
	body, bad := c.object()
	if bad != nil {
		return *bad
	}
	kind, _, bad := text(body, "type", true, nil)
	if bad != nil {
		return *bad
	}
	value, _, bad := text(body, "value", true, nil)
	if bad != nil {
		return *bad
	}
	u, no := c.user("updateUser")
	switch {
	case no != nil:
		return *no
	case kind != "password":
		return invalid("'%s' is not one of ['password'] - 'type'", kind)
	case u.kind != "native":
		return refuse(http.StatusBadRequest, "Users with type other than 'native' do not have credentials")
	case value == "" && c.args["u"] != "":
		return refuse(http.StatusBadRequest, "Invalid empty credential value")
	}
	// An empty password is taken for oneself, and signing in with it works.
	u.password = &password{value, c.now()}
	return ok(u.password.json())
}

func deleteCredential(c *call) answer {
	if !c.query.Has("credential_type") {
		return invalid("Missing query parameter 'credential_type'")
	}
	if kind := c.query.Get("credential_type"); kind != "password" {
		return invalid("'%s' is not one of ['password']", kind)
	}
	u, no := c.user("updateUser")
	switch {
	case no != nil:
		return *no
	case u.name == c.who.user:
		return refuse(http.StatusBadRequest, "Cannot delete credential of authenticated user")
	}
	u.password = nil
	return noContent()
}
