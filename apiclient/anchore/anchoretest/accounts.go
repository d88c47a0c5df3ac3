package anchoretest

import (
	"net/http"
	"regexp"
)

// The patterns of both interfaces. That of v1 holds the range +-= where three
// characters were meant, and so takes / : < and others.
var (
	nameV1    = regexp.MustCompile("^[a-zA-Z0-9][a-zA-Z0-9@.!#$+-=^_`~;]{1,126}[a-zA-Z0-9]$")
	accountV2 = regexp.MustCompile("^[a-zA-Z0-9][ a-zA-Z0-9@.!$+=^_`~;-]{1,126}[a-zA-Z0-9_]$")
	userV2    = regexp.MustCompile("^[a-zA-Z0-9][ a-zA-Z0-9@.!#$+=^_`~;:-]{1,126}[a-zA-Z0-9_]$")
	address   = regexp.MustCompile("[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
	anyLength = regexp.MustCompile(".{6,128}$")
	zulu      = regexp.MustCompile("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
)

// text takes a string out of a body. As the schema check does, its complaint
// quotes what was sent.
func text(body map[string]any, key string, required bool, pattern *regexp.Regexp) (string, bool, *answer) {
	v, there := body[key]
	if !there {
		if required {
			a := invalid("'%s' is a required property", key)
			return "", false, &a
		}
		return "", false, nil
	}
	s, ok := v.(string)
	if !ok {
		a := invalid("%v is not of type 'string' - '%s'", v, key)
		return "", false, &a
	}
	if pattern != nil && !pattern.MatchString(s) {
		a := invalid("'%s' does not match '%s' - '%s'", s, pattern, key)
		return "", false, &a
	}
	return s, true, nil
}

func (a *account) json() map[string]any {
	out := map[string]any{
		"created_at": stamp(a.created), "email": nil, "last_updated": stamp(a.updated), "name": a.name, "state": a.state, "type": a.kind,
	}
	if a.email != "" {
		out["email"] = a.email
	}
	return out
}

func listAccounts(c *call) answer {
	if no := c.may("system", "listAccounts", "*"); no != nil {
		return *no
	}
	state, filtered := "", c.query.Has("state")
	if filtered {
		state = c.query.Get("state")
		if state != "enabled" && state != "disabled" && state != "deleting" {
			return invalid("'%s' is not one of ['enabled', 'disabled', 'deleting']", state)
		}
	}
	out := []any{}
	for _, a := range shuffled(c.Server, c.state.accounts, func(a *account) bool {
		return a.kind != kindService && (!filtered || a.state == state)
	}) {
		out = append(out, a.json())
	}
	return ok(out)
}

func createAccount(c *call) answer {
	body, bad := c.object()
	if bad != nil {
		return *bad
	}
	pattern := nameV1
	if c.v2 {
		pattern = accountV2
	}
	name, _, bad := text(body, "name", true, pattern)
	if bad != nil {
		return *bad
	}
	email, _, bad := text(body, "email", false, address)
	if bad != nil {
		return *bad
	}
	if no := c.may("system", "createAccount", "*"); no != nil {
		return *no
	}
	switch name {
	case "system", systemUser, "admin":
		return refuse(http.StatusBadRequest, "Invalid account request: Cannot use name %s", name)
	}
	if kind, there := body["type"]; there && kind != kindUser {
		return refuse(http.StatusBadRequest, "Invalid account request: Invalid account type")
	}
	if c.state.accounts[name] != nil {
		return refuse(http.StatusBadRequest, "Account already exists")
	}
	a := &account{name: name, kind: kindUser, state: "enabled", email: email, created: c.now(), updated: c.now()}
	c.state.accounts[name] = a
	return ok(a.json())
}

// account finds the account of the path.
func (c *call) account(action string) (*account, *answer) {
	name := c.args["a"]
	if no := c.may(name, action, name); no != nil {
		return nil, no
	}
	if a := c.state.accounts[name]; a != nil {
		return a, nil
	}
	no := refuse(http.StatusNotFound, "Account not found")
	return nil, &no
}

func getAccount(c *call) answer {
	a, no := c.account("getAccount")
	switch {
	case no != nil:
		return *no
	case a.kind == kindService && !c.v2:
		return crash()
	}
	return ok(a.json())
}

func ownAccount(c *call) answer {
	name := c.who.account
	if other := c.req.Header.Get("X-Anchore-Account"); other != "" && other != name {
		if no := c.may(other, "getAccount", "*"); no != nil {
			return *no
		}
		name = other
	}
	if a := c.state.accounts[name]; a != nil {
		return ok(a.json())
	}
	return answer{status: http.StatusOK}
}

func updateAccount(c *call) answer {
	body, bad := c.object()
	if bad != nil {
		return *bad
	}
	email, given, bad := text(body, "email", false, address)
	if bad != nil {
		return *bad
	}
	if no := c.may("system", "updateAccount", c.args["a"]); no != nil {
		return *no
	}
	a, no := c.account("updateAccount")
	if no != nil {
		return *no
	}
	if given {
		a.email, a.updated = email, c.now()
	}
	return ok(a.json())
}

func deleteAccount(c *call) answer {
	if no := c.may("system", "deleteAccount", c.args["a"]); no != nil {
		return *no
	}
	a, no := c.account("deleteAccount")
	switch {
	case no != nil:
		return *no
	case a.kind == kindAdmin:
		return refuse(http.StatusBadRequest, "Account cannot be deleted")
	case a.kind == kindService:
		return refuse(http.StatusInternalServerError, "Error updating account state")
	case a.state != "disabled":
		return noWay(a.state, "deleting")
	}
	a.state, a.updated, a.reaped = "deleting", c.now(), c.now().Add(c.opts.Reap)
	for _, u := range c.state.users {
		if u.account == a.name {
			c.drop(u)
		}
	}
	if c.v2 {
		return noContent()
	}
	return ok(map[string]any{"state": a.state})
}

func noWay(from, to string) answer {
	return refuse(http.StatusBadRequest, "Invalid account state change requested. Cannot go from state %s to state %s", from, to)
}

func setState(c *call) answer {
	body, bad := c.object()
	if bad != nil {
		return *bad
	}
	to, given := body["state"]
	if given && to != "enabled" && to != "disabled" {
		return invalid("'%v' is not one of ['enabled', 'disabled'] - 'state'", to)
	}
	if no := c.may("system", "updateAccount", c.args["a"]); no != nil {
		return *no
	}
	a, no := c.account("updateAccount")
	switch {
	case no != nil:
		return *no
	case !given:
		return crash()
	case a.kind == kindService:
		return refuse(http.StatusInternalServerError, "Error updating account state")
	case a.kind == kindAdmin && to == "disabled":
		return refuse(http.StatusBadRequest, "Cannot disable the admin account")
	case a.state == "deleting":
		return noWay(a.state, to.(string))
	}
	if a.state != to {
		a.state, a.updated = to.(string), c.now()
	}
	return ok(map[string]any{"state": a.state})
}
