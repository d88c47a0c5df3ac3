package arvadostest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ordered is an object whose keys keep their order.
type ordered struct {
	keys   []string
	values record
}

// MarshalJSON implements json.Marshaler.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		v, err := json.Marshal(o.values[k])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", k, v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

const usualLimit = 100

// list is a page of a resource.
func (c *call) list(t *table) (any, *fault) {
	if t.name == "api_client_authorizations" && c.s.o.NoTrustedTokens && !c.root() {
		return nil, untrusted()
	}
	limit, f := c.number("limit", usualLimit)
	if f != nil {
		return nil, f
	}
	offset, f := c.number("offset", 0)
	if f != nil {
		return nil, f
	}
	if limit < 0 {
		limit = usualLimit
	}
	limit = min(limit, c.s.o.MaxItems)
	count := c.text("count")
	if count != "" && count != "exact" && count != "none" {
		return nil, refuse(http.StatusUnprocessableEntity, "Invalid value for count parameter: %q", count)
	}
	rows, f := c.matching(t)
	if f != nil {
		return nil, f
	}
	c.sort(t, rows)
	all := len(rows)
	rows = rows[min(max(offset, 0), all):]
	rows = rows[:min(limit, len(rows))]
	items := make([]any, len(rows))
	for i, r := range rows {
		if items[i], f = c.selected(t, r); f != nil {
			return nil, f
		}
	}
	out := record{"items": items, "kind": t.kind + "List"}
	if t.name == "api_client_authorizations" {
		return out, nil
	}
	out["limit"], out["offset"] = limit, offset
	if count != "none" {
		out["items_available"] = all
	}
	if t.name == "groups" {
		out["included"] = []any{}
	}
	if c.rails {
		out["etag"], out["self_link"] = "", ""
	}
	return out, nil
}

// selected is a row with the attributes that were asked for.
func (c *call) selected(t *table, r record) (any, *fault) {
	names, ok := c.params["select"].([]any)
	whole := c.shown(t, r)
	if !ok {
		return whole, nil
	}
	values, isMap := whole.(record)
	if !isMap {
		values = whole.(ordered).values
	}
	out := record{}
	if !c.rails {
		out["kind"], out["etag"] = t.kind, ""
	}
	for _, n := range names {
		name, _ := n.(string)
		v, known := values[name]
		if !known || t.name == "api_client_authorizations" && name == "owner_uuid" {
			return nil, refuse(http.StatusUnprocessableEntity, "Invalid attribute(s) for select parameter: %q", name)
		}
		out[name] = v
	}
	if _, asked := out["is_invited"]; asked {
		if _, too := out["is_active"]; !too {
			return nil, refuse(http.StatusUnprocessableEntity, "is_invited cannot be selected without is_active")
		}
	}
	if c.rails {
		keys := []string{}
		for _, n := range names {
			keys = append(keys, n.(string))
		}
		return ordered{keys, out}, nil
	}
	return out, nil
}

func (c *call) matching(t *table) ([]record, *fault) {
	filters, ok := c.params["filters"].([]any)
	if !ok && c.params["filters"] != nil {
		return nil, refuse(http.StatusInternalServerError, "error decoding filters")
	}
	var tests []func(record) bool
	for _, entry := range filters {
		f, ok := entry.([]any)
		if !ok || len(f) != 3 {
			return nil, refuse(http.StatusInternalServerError, "invalid filter element %v: expected 3 elements", entry)
		}
		attribute, _ := f[0].(string)
		operator, _ := f[1].(string)
		if t.name == "api_client_authorizations" && (operator != "=" || !slices.Contains([]string{"uuid", "api_token", "scopes"}, attribute)) {
			continue // dropped without a word
		}
		test, fault := filter(t, attribute, strings.ToLower(operator), f[2])
		if fault != nil {
			return nil, fault
		}
		tests = append(tests, test)
	}
	return t.where(func(r record) bool {
		if !c.sees(t, r) || r.flag("is_trashed") && c.text("include_trash") != "true" {
			return false
		}
		for _, test := range tests {
			if !test(r) {
				return false
			}
		}
		return true
	}), nil
}

// filter makes one test of a list's filters.
func filter(t *table, attribute, operator string, operand any) (func(record) bool, *fault) {
	name, key, sub := strings.Cut(attribute, ".")
	if attribute != "any" && !slices.Contains(t.fields, name) || sub && name != "properties" {
		return nil, refuse(http.StatusUnprocessableEntity, "Invalid attribute %q in filter", attribute)
	}
	if attribute == "any" {
		pattern, ok := like(operand, true)
		if operator != "ilike" || !ok {
			return nil, refuse(http.StatusUnprocessableEntity, "Invalid operator %q for any", operator)
		}
		return func(r record) bool {
			return slices.ContainsFunc(t.fields, func(f string) bool { return f != "api_token" && pattern.MatchString(r.text(f)) })
		}, nil
	}
	value := func(r record) string {
		v := r[name]
		if sub {
			v = r.object(name)[key]
		}
		return plain(v)
	}
	list, _ := operand.([]any)
	in := func(r record) bool {
		return slices.ContainsFunc(list, func(v any) bool { return plain(v) == value(r) })
	}
	switch operator {
	case "=":
		return func(r record) bool { return value(r) == plain(operand) }, nil
	case "!=", "<>":
		return func(r record) bool { return value(r) != plain(operand) }, nil
	case "in":
		return in, nil
	case "not in":
		return func(r record) bool { return !in(r) }, nil
	case "<", "<=", ">", ">=":
		return func(r record) bool {
			n := cmp.Compare(value(r), plain(operand))
			return n < 0 && operator[0] == '<' || n > 0 && operator[0] == '>' || n == 0 && len(operator) == 2
		}, nil
	case "like", "ilike":
		pattern, ok := like(operand, operator == "ilike")
		if ok {
			return func(r record) bool { return pattern.MatchString(value(r)) }, nil
		}
	case "is_a":
		infix := map[string]string{"arvados#user": "tpzed", "arvados#group": "j7d0g", "arvados#virtualMachine": "2x53u"}[plain(operand)]
		return func(r record) bool { return infix != "" && strings.Contains(value(r), "-"+infix+"-") }, nil
	case "exists":
		return func(r record) bool { return (r.object(name)[key] != nil) == (operand == true) }, nil
	}
	return nil, refuse(http.StatusUnprocessableEntity, "Invalid operator %q in filter", operator)
}

// plain writes a value as filters compare it.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case time.Time:
		return stamp(x, false)
	}
	return fmt.Sprint(v)
}

func like(operand any, fold bool) (*regexp.Regexp, bool) {
	text, ok := operand.(string)
	if !ok {
		return nil, false
	}
	flags := "(?s)"
	if fold {
		flags = "(?si)"
	}
	re, err := regexp.Compile(flags + "^" + strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(text)) + "$")
	return re, err == nil
}

// sort puts rows in the order that was asked for; columns that are unknown, or
// not selected, do not count.
func (c *call) sort(t *table, rows []record) {
	var order []string
	switch o := c.params["order"].(type) {
	case string:
		order = strings.Split(o, ",")
	case []any:
		for _, v := range o {
			order = append(order, fmt.Sprint(v))
		}
	}
	selected, selects := c.params["select"].([]any)
	type by struct {
		field string
		down  bool
	}
	var keys []by
	for _, o := range order {
		words := strings.Fields(o)
		if len(words) == 0 || !slices.Contains(t.fields, words[0]) || selects && !slices.Contains(selected, any(words[0])) {
			continue
		}
		keys = append(keys, by{words[0], len(words) > 1 && strings.EqualFold(words[1], "desc")})
	}
	first := "modified_at"
	if t.name == "api_client_authorizations" {
		first = "created_at"
	}
	keys = append(keys, by{first, true}, by{"uuid", true})
	slices.SortStableFunc(rows, func(a, b record) int {
		for _, k := range keys {
			n := cmp.Compare(plain(a[k.field]), plain(b[k.field]))
			if k.down {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
}
