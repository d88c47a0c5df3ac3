package arvadostest

import (
	"net/http"
	"slices"
	"strings"
)

// levels of access, the lowest first.
var levels = []string{"can_read", "can_write", "can_manage"}

// link makes a permission link, or raises the one that is there.
func (s *Server) link(tail, name, head string, properties map[string]any) record {
	if properties == nil {
		properties = map[string]any{}
	}
	if level := slices.Index(levels, name); level >= 0 {
		for _, l := range s.tables["links"].byID {
			had := slices.Index(levels, l.text("name"))
			if l.text("link_class") == "permission" && l.text("tail_uuid") == tail && l.text("head_uuid") == head && had >= 0 {
				if level > had {
					l["name"] = name
				}
				return l
			}
		}
	}
	return s.tables["links"].add(s.common("links", s.RootUUID, record{
		"link_class": "permission", "name": name, "tail_uuid": tail, "head_uuid": head, "properties": properties,
	}))
}

func (c *call) createLink(a record) (record, *fault) {
	tail, head, name := a.text("tail_uuid"), a.text("head_uuid"), a.text("name")
	if a.text("link_class") != "permission" {
		return c.s.tables["links"].add(c.s.common("links", c.me(), a)), nil
	}
	if f := c.s.goodPermission(tail, name, head); f != nil {
		return nil, f
	}
	if !c.manages(head) {
		return nil, refuse(http.StatusForbidden, "Forbidden")
	}
	// Two can_login of the same name: the server means to find the first, but
	// what the controller hands it never matches.
	return c.s.link(tail, name, head, a.object("properties")), nil
}

func (s *Server) goodPermission(tail, name, head string) *fault {
	group := s.tables["groups"].byID[tail]
	switch {
	case name != "can_login" && !slices.Contains(levels, name):
		return refuse(http.StatusUnprocessableEntity, "Name is not a permission")
	case !s.exists(head):
		return refuse(http.StatusUnprocessableEntity, "Head uuid '%s' not found", head)
	case !s.exists(tail):
		return refuse(http.StatusUnprocessableEntity, "Tail uuid '%s' not found", tail)
	case group != nil && group.text("group_class") != "role":
		return refuse(http.StatusUnprocessableEntity, "Permission link tail must be a user or a role group")
	}
	return nil
}

func (c *call) updateLink(l, a record) *fault {
	for _, k := range []string{"head_uuid", "tail_uuid", "link_class"} {
		if v, ok := a[k]; ok && v != l[k] {
			return refuse(http.StatusUnprocessableEntity, "%s cannot be changed", k)
		}
	}
	if !c.manages(l.text("head_uuid")) {
		return refuse(http.StatusForbidden, "Forbidden")
	}
	if name, ok := a["name"]; ok && name != "can_login" && !slices.Contains(levels, plain(name)) {
		return refuse(http.StatusUnprocessableEntity, "Name is not a permission")
	}
	c.s.dropTwins(l)
	return nil
}

// dropTwins removes the other logins of the same user, machine and name.
func (s *Server) dropTwins(l record) {
	if l.text("name") != "can_login" {
		return
	}
	s.dropLinks(func(o record) bool {
		return o["uuid"] != l["uuid"] && o.text("name") == "can_login" && o["tail_uuid"] == l["tail_uuid"] && o["head_uuid"] == l["head_uuid"] &&
			o.object("properties")["username"] == l.object("properties")["username"]
	})
}

// permissions are all permission links on one object.
func (c *call) permissions() (any, *fault) {
	if len(c.parts) != 2 || c.method != http.MethodGet {
		return nil, refuse(http.StatusNotFound, "Path not found")
	}
	if !c.manages(c.parts[1]) {
		return nil, refuse(http.StatusForbidden, "Forbidden")
	}
	links := c.s.tables["links"]
	items := []any{}
	for _, l := range links.where(func(l record) bool { return l.text("link_class") == "permission" && l.text("head_uuid") == c.parts[1] }) {
		items = append(items, c.shown(links, l))
	}
	return map[string]any{"kind": "arvados#linkList", "items": items, "items_available": len(items), "limit": usualLimit, "offset": 0, "etag": "", "self_link": ""}, nil
}

func (c *call) computedPermissions() (any, *fault) {
	if f := c.needAdmin(); f != nil {
		return nil, f
	}
	items := []any{}
	for _, l := range c.s.tables["links"].where(func(l record) bool {
		return l.text("link_class") == "permission" && strings.Contains(l.text("tail_uuid"), "-tpzed-")
	}) {
		items = append(items, map[string]any{"user_uuid": l["tail_uuid"], "target_uuid": l["head_uuid"], "perm_level": strings.Replace(l.text("name"), "can_login", "can_read", 1)})
	}
	return map[string]any{"kind": "arvados#computedPermissionList", "items": items, "limit": usualLimit, "offset": 0}, nil
}

// logins are what a machine gets to know: a row for each link and SSH key.
func (c *call) logins(vm string) (any, *fault) {
	if f := c.needAdmin(); f != nil {
		return nil, f
	}
	items := []any{}
	for _, l := range c.s.tables["links"].where(func(l record) bool { return l.text("name") == "can_login" }) {
		head, user := l.text("head_uuid"), l.text("tail_uuid")
		name, _ := l.object("properties")["username"].(string)
		machine := c.s.tables["virtual_machines"].byID[head]
		if vm != "" && head != vm || machine == nil || name == "" {
			continue
		}
		row := map[string]any{
			"username": name, "hostname": machine["hostname"], "groups": l.object("properties")["groups"], "public_key": nil,
			"user_uuid": user, "virtual_machine_uuid": head, "authorized_key_uuid": nil,
		}
		keys := c.s.tables["authorized_keys"].where(func(k record) bool { return k.text("authorized_user_uuid") == user })
		if len(keys) == 0 {
			items = append(items, row)
		}
		for _, k := range keys {
			with := map[string]any{}
			for f, v := range row {
				with[f] = v
			}
			with["public_key"], with["authorized_key_uuid"] = k["public_key"], k["uuid"]
			items = append(items, with)
		}
	}
	return map[string]any{"kind": "arvados#HashList", "items": items}, nil
}

func (c *call) userAgreements() (any, *fault) {
	links := c.s.tables["links"]
	need := links.where(func(l record) bool { return l.text("link_class") == "signature" && l.text("name") == "require" })
	switch {
	case len(c.parts) == 2 && c.parts[1] == "sign" && c.method == http.MethodPost:
		return c.shown(links, links.add(c.s.common("links", c.me(), record{
			"link_class": "signature", "name": "click", "tail_uuid": c.me(), "head_uuid": c.params["uuid"], "properties": map[string]any{},
		}))), nil
	case len(c.parts) == 1 && c.method == http.MethodGet:
		items := []any{}
		for _, l := range need {
			if a := c.s.tables["collections"].byID[l.text("head_uuid")]; a != nil && c.s.invited(c.user) {
				items = append(items, c.shown(c.s.tables["collections"], a))
			}
		}
		return map[string]any{"kind": "arvados#userAgreementList", "items": items, "etag": "", "self_link": ""}, nil
	}
	return nil, refuse(http.StatusNotFound, "Path not found")
}
