package arvadostest

import (
	"crypto/md5"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// record is one record with its attributes; what is absent is null.
type record map[string]any

func (r record) text(key string) string { s, _ := r[key].(string); return s }
func (r record) flag(key string) bool   { b, _ := r[key].(bool); return b }
func (r record) object(key string) map[string]any {
	m, _ := r[key].(map[string]any)
	return m
}

// table is one resource.
type table struct {
	name   string   // users
	one    string   // user: the wrapper, and the rest of kind
	kind   string   // arvados#user
	infix  string   // tpzed
	fields []string // in the order of declaration
	rails  bool     // answers come from Rails as they are
	rows   []string // uuids, oldest first
	byID   map[string]record
}

func (t *table) add(r record) record {
	t.byID[r.text("uuid")] = r
	t.rows = append(t.rows, r.text("uuid"))
	return r
}

func (t *table) remove(uuid string) {
	delete(t.byID, uuid)
	t.rows = slices.DeleteFunc(t.rows, func(id string) bool { return id == uuid })
}

func (t *table) where(is func(record) bool) []record {
	var out []record
	for _, id := range t.rows {
		if is(t.byID[id]) {
			out = append(out, t.byID[id])
		}
	}
	return out
}

func (s *Server) newTables() map[string]*table {
	common := []string{"uuid", "owner_uuid", "created_at", "modified_by_user_uuid", "modified_at"}
	tables := map[string]*table{}
	for _, t := range []table{
		{name: "users", one: "user", kind: "user", infix: "tpzed", fields: []string{"email", "username", "first_name", "last_name", "identity_url", "is_active", "is_admin", "prefs"}},
		{name: "api_client_authorizations", one: "api_client_authorization", kind: "apiClientAuthorization", infix: "gj3su", fields: []string{"api_token", "created_by_ip_address", "expires_at", "last_used_at", "last_used_by_ip_address", "scopes"}},
		{name: "links", one: "link", kind: "link", infix: "o0j2j", fields: []string{"link_class", "name", "tail_uuid", "tail_kind", "head_uuid", "head_kind", "properties"}},
		{name: "groups", one: "group", kind: "group", infix: "j7d0g", fields: []string{"name", "description", "group_class", "properties", "is_trashed", "trash_at", "delete_at", "frozen_by_uuid"}},
		{name: "authorized_keys", one: "authorized_key", kind: "authorizedKey", infix: "fngyi", fields: []string{"name", "key_type", "authorized_user_uuid", "public_key", "expires_at"}},
		{name: "collections", one: "collection", kind: "collection", infix: "4zz18", fields: []string{"name", "description"}},
		{name: "virtual_machines", one: "virtual_machine", kind: "virtualMachine", infix: "2x53u", rails: true, fields: []string{"hostname"}},
		{name: "logs", one: "log", kind: "log", infix: "57u5n", rails: true, fields: []string{"object_uuid", "event_type", "event_at", "summary"}},
	} {
		t.kind = "arvados#" + t.kind
		t.fields = append(slices.Clone(common), t.fields...)
		t.byID = map[string]record{}
		tables[t.name] = &t
	}
	return tables
}

const alphabet36 = "0123456789abcdefghijklmnopqrstuvwxyz"

func (s *Server) chars(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(alphabet36[s.rand.IntN(36)])
	}
	return b.String()
}

func (s *Server) newUUID(infix string) string { return s.Cluster + "-" + infix + "-" + s.chars(15) }

// common fills in what every record has.
func (s *Server) common(resource, owner string, r record) record {
	t := s.tables[resource]
	now := s.o.Now().UTC()
	out := record{"uuid": s.newUUID(t.infix), "owner_uuid": owner, "created_at": now, "modified_at": now, "modified_by_user_uuid": s.AdminUUID}
	if out.text("modified_by_user_uuid") == "" {
		out["modified_by_user_uuid"] = s.RootUUID
	}
	maps.Copy(out, r)
	return out
}

func (s *Server) user(r record) record {
	out := s.common("users", s.RootUUID, record{"is_active": false, "is_admin": false, "prefs": map[string]any{}})
	maps.Copy(out, r)
	return out
}

func (s *Server) group(r record) record {
	out := s.common("groups", s.RootUUID, record{"properties": map[string]any{}, "is_trashed": false})
	maps.Copy(out, r)
	return out
}

func (s *Server) token(owner string, r record) record {
	now := s.o.Now().UTC()
	out := record{
		"uuid": s.newUUID("gj3su"), "api_token": s.chars(50), "owner_uuid": owner, "scopes": []any{"all"}, "created_at": now,
	}
	maps.Copy(out, r)
	return out
}

// kindOf is the kind of the record that a uuid names.
func (s *Server) kindOf(uuid string) string {
	for _, t := range s.tables {
		if len(uuid) == 27 && uuid[6:11] == t.infix {
			return t.kind
		}
	}
	return ""
}

// exists tells whether any resource has the uuid.
func (s *Server) exists(uuid string) bool {
	for _, t := range s.tables {
		if _, ok := t.byID[uuid]; ok {
			return true
		}
	}
	return false
}

// touch notes that somebody changed the record.
func (s *Server) touch(r record, by string) {
	r["modified_at"], r["modified_by_user_uuid"] = s.o.Now().UTC(), by
}

// emptyWhenUnset are the fields that the controller cannot leave null.
var emptyWhenUnset = []string{
	"username", "first_name", "last_name", "email", "identity_url", "modified_by_user_uuid", "created_by_ip_address",
	"last_used_by_ip_address", "owner_uuid", "api_token", "name", "link_class", "tail_uuid", "tail_kind", "head_uuid", "head_kind", "group_class",
}

// stamp writes a time with nine digits. Only the answer to a create has more
// than microseconds.
func stamp(t time.Time, fresh bool) string {
	if !fresh {
		t = t.Truncate(time.Microsecond)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// shown is a record as an answer holds it.
func (s *Server) shown(t *table, r record, rails, fresh bool) record {
	out := record{}
	for _, f := range t.fields {
		v := r[f]
		switch x := v.(type) {
		case time.Time:
			v = stamp(x, fresh)
		case nil:
			if !rails && slices.Contains(emptyWhenUnset, f) {
				v = ""
			}
		}
		out[f] = v
	}
	switch t.name {
	case "users":
		s.computed(r, out)
	case "links":
		out["tail_kind"], out["head_kind"] = s.kindOf(r.text("tail_uuid")), s.kindOf(r.text("head_uuid"))
	case "api_client_authorizations":
		out["modified_at"] = nil
	case "groups":
		out["can_write"], out["can_manage"] = true, true
	}
	sum := md5.Sum(fmt.Append(nil, out))
	out["kind"], out["etag"] = t.kind, strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:25]
	return out
}

func (s *Server) computed(u, out record) {
	out["full_name"] = strings.TrimSpace(u.text("first_name") + " " + u.text("last_name"))
	out["is_invited"] = s.invited(u)
	out["can_write"], out["can_manage"] = true, true
	out["writable_by"] = []any{s.RootUUID, u["uuid"]}
}

func (s *Server) invited(u record) bool {
	return u.flag("is_active") || len(s.tables["links"].where(func(l record) bool {
		return l.text("link_class") == "permission" && l["tail_uuid"] == u["uuid"] && l["head_uuid"] == s.AllUsers
	})) > 0
}
