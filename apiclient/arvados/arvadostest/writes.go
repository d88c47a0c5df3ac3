package arvadostest

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// silent are attributes that a client may send, without any effect.
var silent = []string{"created_at", "modified_at", "modified_by_user_uuid", "kind", "etag", "href"}

// attributes are those of the request that count.
func (c *call) attributes(t *table, on record) (record, *fault) {
	out := record{}
	for k, v := range c.wrapped(t) {
		switch {
		case slices.Contains(silent, k):
			continue
		case !slices.Contains(t.fields, k) || on != nil && t.name == "api_client_authorizations" && (k == "owner_uuid" || k == "uuid"):
			return nil, refuse(http.StatusUnprocessableEntity, "#<ActiveModel::UnknownAttributeError: unknown attribute '%s' for %s.>", k, t.one)
		}
		out[k] = v
	}
	if v, ok := out["expires_at"]; ok {
		out["expires_at"] = moment(v)
	}
	if v, ok := out["scopes"]; ok {
		if _, list := v.([]any); !list {
			return nil, refuse(http.StatusUnprocessableEntity, "Scopes must be an array")
		}
	}
	return out, nil
}

// moment reads a time; what cannot be read is no time, and nobody is told.
func moment(v any) any {
	text, _ := v.(string)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	return nil
}

func (c *call) create(t *table) (record, *fault) {
	a, f := c.attributes(t, nil)
	if f != nil {
		return nil, f
	}
	switch t.name {
	case "users":
		return c.createUser(a)
	case "api_client_authorizations":
		return c.createToken(a)
	case "links":
		return c.createLink(a)
	case "groups":
		return c.createGroup(a)
	case "virtual_machines":
		if f := c.needAdmin(); f != nil {
			return nil, f
		}
	case "logs":
		return nil, refuse(http.StatusForbidden, "Forbidden")
	}
	if !c.user.flag("is_active") {
		return nil, refuse(http.StatusForbidden, "Forbidden")
	}
	return t.add(c.s.common(t.name, c.me(), a)), nil
}

func (c *call) createToken(a record) (record, *fault) {
	if c.s.o.NoTrustedTokens && !c.root() {
		return nil, untrusted()
	}
	owner := c.me()
	if o := a.text("owner_uuid"); o != "" {
		owner = o
	}
	switch _, known := c.s.tables["users"].byID[owner]; {
	case owner != c.me() && !c.admin():
		return nil, refuse(http.StatusForbidden, "Forbidden")
	case !known:
		return nil, refuse(http.StatusForbidden, "Owner uuid cannot be nil")
	}
	c.capLife(a)
	return c.s.tables["api_client_authorizations"].add(c.s.token(owner, a)), nil
}

// capLife keeps the longest life that the cluster allows.
func (c *call) capLife(a record) {
	if c.s.o.MaxTokenLife == 0 {
		return
	}
	last := c.s.o.Now().UTC().Add(c.s.o.MaxTokenLife)
	at, ok := a["expires_at"].(time.Time)
	if !ok || !c.admin() && at.After(last) {
		a["expires_at"] = last
	}
}

func (c *call) createGroup(a record) (record, *fault) {
	class, name := a.text("group_class"), a.text("name")
	switch {
	case !c.user.flag("is_active"):
		return nil, refuse(http.StatusForbidden, "Forbidden")
	case class != "role" && class != "project" && class != "filter":
		return nil, refuse(http.StatusUnprocessableEntity, "Group class value must be one of [\"role\", \"project\", \"filter\"], was %q", class)
	case name == "":
		return nil, refuse(http.StatusUnprocessableEntity, "Name can't be blank")
	}
	owner := c.me()
	if o := a.text("owner_uuid"); o != "" {
		owner = o
	}
	if class == "role" {
		owner = c.s.RootUUID
	}
	a["owner_uuid"] = owner
	taken := func(name string) bool {
		return len(c.s.tables["groups"].where(func(g record) bool { return g.text("name") == name && g.text("owner_uuid") == owner })) > 0
	}
	if taken(name) {
		if c.text("ensure_unique_name") != "true" {
			return nil, refuse(http.StatusUnprocessableEntity, "#<ActiveRecord::RecordNotUnique: PG::UniqueViolation: ERROR: duplicate key value (%s)>", name)
		}
		a["name"] = name + " (" + stamp(c.s.o.Now(), false) + ")"
	}
	g := c.s.tables["groups"].add(c.s.group(a))
	if class == "role" {
		c.s.link(c.me(), "can_manage", g.text("uuid"), nil)
	}
	return g, nil
}

func (c *call) update(t *table, r record) (record, *fault) {
	a, f := c.attributes(t, r)
	if f != nil {
		return nil, f
	}
	switch t.name {
	case "users":
		f = c.updateUser(r, a)
	case "links":
		f = c.updateLink(r, a)
	case "groups":
		if class, ok := a["group_class"]; ok && class != r["group_class"] {
			f = refuse(http.StatusUnprocessableEntity, "Group class cannot be modified")
		}
	case "api_client_authorizations":
		if _, ok := a["expires_at"]; ok {
			c.capLife(a)
		}
	case "virtual_machines":
		f = c.needAdmin()
	case "logs":
		f = refuse(http.StatusForbidden, "Forbidden")
	}
	if f != nil {
		return nil, f
	}
	maps.Copy(r, a)
	if t.name != "api_client_authorizations" {
		c.s.touch(r, c.me())
	}
	return r, nil
}

func (c *call) remove(t *table, r record) (record, *fault) {
	id := r.text("uuid")
	switch t.name {
	case "users":
		if f := c.removable(r); f != nil {
			return nil, f
		}
	case "links":
		if !c.manages(r.text("head_uuid")) {
			return nil, refuse(http.StatusForbidden, "Forbidden")
		}
		c.s.dropTwins(r)
	case "groups":
		return c.trash(id)
	case "virtual_machines":
		if f := c.needAdmin(); f != nil {
			return nil, f
		}
	}
	t.remove(id)
	c.s.dropLinks(func(l record) bool { return l.text("head_uuid") == id || l.text("tail_uuid") == id })
	return r, nil
}

func (s *Server) dropLinks(is func(record) bool) {
	links := s.tables["links"]
	for _, l := range links.where(is) {
		links.remove(l.text("uuid"))
	}
}

// trash deletes a role for good, and puts a project aside.
func (c *call) trash(id string) (record, *fault) {
	g, f := c.find(c.s.tables["groups"], id)
	switch {
	case f != nil:
		return nil, f
	case !c.manages(id):
		return nil, refuse(http.StatusForbidden, "Forbidden")
	}
	now := c.s.o.Now().UTC()
	g["is_trashed"], g["trash_at"], g["delete_at"] = true, now, now.Add(14*24*time.Hour)
	if g.text("group_class") == "role" {
		g["delete_at"] = now
		c.s.tables["groups"].remove(id)
		c.s.dropLinks(func(l record) bool { return l.text("head_uuid") == id || l.text("tail_uuid") == id })
	}
	return g, nil
}

func (c *call) untrash(id string) (record, *fault) {
	g, ok := c.s.tables["groups"].byID[id]
	if !ok {
		return nil, refuse(http.StatusNotFound, "Path not found")
	}
	g["is_trashed"], g["trash_at"], g["delete_at"] = false, nil, nil
	return g, nil
}

// currentToken is the token of the request itself.
func (c *call) currentToken() (any, *fault) {
	t := maps.Clone(c.token)
	t["created_at"] = nil
	return c.shown(c.s.tables["api_client_authorizations"], t), nil
}

var notPlain = regexp.MustCompile(`[^A-Za-z0-9]`)

// freeName makes a user name as a create does: cleaned, and with a number when
// it is taken, without a word.
func (s *Server) freeName(wanted string) string {
	name := strings.TrimLeft(notPlain.ReplaceAllString(wanted, ""), "0123456789")
	if name == "" {
		return ""
	}
	taken := func(n string) bool {
		return n == "root" || n == "git" || len(s.tables["users"].where(func(u record) bool { return u.text("username") == n })) > 0
	}
	for i, n := 2, name; ; i++ {
		if !taken(n) {
			return n
		}
		n = fmt.Sprint(name, i)
	}
}
