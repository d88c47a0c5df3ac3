package arvadostest

import (
	"net/http"
	"slices"
)

// route finds what the path means.
func (c *call) route() (any, *fault) {
	switch c.parts[0] {
	case "permissions":
		return c.permissions()
	case "computed_permissions":
		return c.computedPermissions()
	case "user_agreements":
		return c.userAgreements()
	}
	t, ok := c.s.tables[c.parts[0]]
	if !ok || len(c.parts) > 3 {
		return nil, refuse(http.StatusNotFound, "Path not found")
	}
	if v, f, special := c.special(t); special {
		return v, f
	}
	switch {
	case len(c.parts) == 1 && c.method == http.MethodGet:
		return c.list(t)
	case len(c.parts) == 1 && c.method == http.MethodPost:
		c.fresh = true
		return c.one(t)(c.create(t))
	case len(c.parts) == 2:
		return c.single(t)
	}
	return nil, refuse(http.StatusMethodNotAllowed, "API endpoint not found")
}

// special are the calls that only one resource has.
func (c *call) special(t *table) (any, *fault, bool) {
	ways := map[string]func() (any, *fault){
		"GET users/current": func() (any, *fault) { return c.shown(t, c.user), nil },
		"GET users/system":  func() (any, *fault) { return c.shown(t, t.byID[c.s.RootUUID]), nil },
		"POST users/setup":  c.setupUser,
		"POST users/merge":  c.mergeUsers,
		"POST users/*/activate": func() (any, *fault) {
			return c.one(t)(c.activateUser())
		},
		"POST users/*/unsetup": func() (any, *fault) {
			return c.one(t)(c.unsetupUser())
		},
		"GET api_client_authorizations/current": c.currentToken,
		"GET virtual_machines/get_all_logins":   func() (any, *fault) { return c.logins("") },
		"GET virtual_machines/*/logins":         func() (any, *fault) { return c.logins(c.parts[1]) },
		"POST groups/*/trash":                   func() (any, *fault) { return c.one(t)(c.trash(c.parts[1])) },
		"POST groups/*/untrash":                 func() (any, *fault) { return c.one(t)(c.untrash(c.parts[1])) },
	}
	path := c.parts[0]
	switch len(c.parts) {
	case 2:
		path += "/" + c.parts[1]
	case 3:
		path += "/*/" + c.parts[2]
	}
	if way, ok := ways[c.method+" "+path]; ok {
		v, f := way()
		return v, f, true
	}
	if slices.Contains([]string{"users/unsetup", "users/activate"}, path) && c.method == http.MethodPost {
		return nil, refuse(http.StatusMethodNotAllowed, "API endpoint not found"), true
	}
	if len(c.parts) == 3 {
		return nil, refuse(http.StatusNotFound, "API endpoint not found"), true
	}
	return nil, nil, false
}

// single is one record: read, changed or deleted.
func (c *call) single(t *table) (any, *fault) {
	r, f := c.find(t, c.parts[1])
	switch c.method {
	case http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return nil, refuse(http.StatusMethodNotAllowed, "API endpoint not found")
	}
	if t.name == "api_client_authorizations" {
		if c.method == http.MethodPatch {
			return nil, refuse(http.StatusMethodNotAllowed, "API endpoint not found")
		}
		if c.s.o.NoTrustedTokens && (!c.root() || c.method == http.MethodDelete) {
			return nil, untrusted()
		}
	}
	if f != nil {
		return nil, f
	}
	switch c.method {
	case http.MethodGet:
		return c.shown(t, r), nil
	case http.MethodDelete:
		return c.one(t)(c.remove(t, r))
	}
	return c.one(t)(c.update(t, r))
}

func untrusted() *fault {
	return refuse(http.StatusForbidden, "Action prohibited by IssueTrustedTokens configuration.")
}

// find is a record that the caller may read; all others are not there.
func (c *call) find(t *table, uuid string) (record, *fault) {
	r, ok := t.byID[uuid]
	if !ok || !c.sees(t, r) || r.flag("is_trashed") && c.text("include_trash") != "true" {
		return nil, refuse(http.StatusNotFound, "Path not found")
	}
	return r, nil
}

// sees tells whether the caller may read a record.
func (c *call) sees(t *table, r record) bool {
	if t.name == "api_client_authorizations" {
		return c.root() || r.text("owner_uuid") == c.me()
	}
	if t.name == "users" && r["redirect_to_user_uuid"] != nil {
		return false
	}
	if c.admin() || r.text("uuid") == c.me() || r.text("owner_uuid") == c.me() {
		return true
	}
	switch t.name {
	case "users":
		return r.flag("is_active")
	case "links":
		return r.text("tail_uuid") == c.me() || r.text("head_uuid") == c.me() || c.manages(r.text("head_uuid"))
	}
	return len(c.s.tables["links"].where(func(l record) bool {
		return l.text("link_class") == "permission" && l.text("tail_uuid") == c.me() && l["head_uuid"] == r["uuid"]
	})) > 0
}

// manages tells whether the caller may change who has access to it.
func (c *call) manages(head string) bool {
	if c.admin() {
		return true
	}
	for _, t := range c.s.tables {
		if r, ok := t.byID[head]; ok && r.text("owner_uuid") == c.me() {
			return true
		}
	}
	return len(c.s.tables["links"].where(func(l record) bool {
		return l.text("tail_uuid") == c.me() && l.text("head_uuid") == head && l.text("name") == "can_manage"
	})) > 0
}

// one shows a record that an action gave.
func (c *call) one(t *table) func(record, *fault) (any, *fault) {
	return func(r record, f *fault) (any, *fault) {
		if f != nil {
			return nil, f
		}
		return c.shown(t, r), nil
	}
}

// shown is a record as this caller gets it, in the order of whoever writes it.
func (c *call) shown(t *table, r record) any {
	out := c.s.shown(t, r, c.rails, c.fresh)
	if t.name == "users" && !c.admin() && r.text("uuid") != c.me() {
		for _, f := range []string{"identity_url", "owner_uuid", "created_at", "modified_at", "modified_by_user_uuid", "prefs"} {
			out[f] = nil
		}
	}
	if c.rails {
		return ordered{append([]string{"kind", "etag"}, t.fields...), out}
	}
	return out
}
