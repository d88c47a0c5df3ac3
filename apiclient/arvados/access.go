package arvados

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Grants implements apiclient.Backend: the permission links, VM logins among
// them. Of a user: what he was given. Of a group or an object: who may on it.
func (b *backend) Grants(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Grant], error) {
	none := apiclient.Page[apiclient.Grant]{Total: -1}
	filters := []filter{{"link_class", "=", "permission"}}
	if !q.Scope.IsZero() {
		id, err := b.resolve(ctx, q.Scope.Kind, q.Scope, "")
		if err != nil {
			return none, err
		}
		end := "head_uuid"
		if q.Scope.Kind == apiclient.KindUser {
			end = "tail_uuid"
		}
		filters = append(filters, filter{end, "=", id.uuid})
	}
	p, frame, err := list[link](ctx, b, apiclient.KindGrant, q, query{path: pathLinks, filters: filters})
	if err != nil {
		return none, err
	}
	names, err := b.ends(ctx, p.Items)
	if err != nil {
		return none, err
	}
	return rows(p, frame, func(l link) apiclient.Grant { return b.grant(l, names) }), nil
}

// labels are what people call records, by uuid.
type labels map[string]named

// named is a record that was found.
type named struct{ uuid, label, class string }

func (b *backend) ends(ctx context.Context, links []link) (labels, error) {
	var uuids []string
	for _, l := range links {
		uuids = append(uuids, l.Tail, l.Head)
	}
	return b.name(ctx, uuids)
}

// name finds what people call users, groups and machines. What the one who is
// signed in may not read keeps its uuid.
func (b *backend) name(ctx context.Context, uuids []string) (labels, error) {
	out := labels{}
	of := func(infix string) []string {
		return slices.DeleteFunc(slices.Clone(uuids), func(id string) bool { return !hasInfix(id, infix) })
	}
	users, err := byUUID[user](ctx, b, pathUsers, of(infixUser), []string{"uuid", "username", "email"})
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		out[u.UUID] = named{u.UUID, u.label(), ""}
	}
	groups, err := byUUID[group](ctx, b, pathGroups, of(infixGroup), []string{"uuid", "name", "group_class"})
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		out[g.UUID] = named{g.UUID, g.label(), g.Class}
	}
	machines, err := byUUID[machine](ctx, b, pathVMs, of(infixMachine), []string{"uuid", "hostname"})
	if err != nil {
		return nil, err
	}
	for _, m := range machines {
		out[m.UUID] = named{m.UUID, m.label(), ""}
	}
	return out, nil
}

// perCall is how many uuids are asked for at once: more would make the address
// too long for some gateways.
const perCall = 100

// byUUID reads records by their uuids. Those of other clusters are left out:
// one of them would turn the whole call into a question to that cluster.
func byUUID[W any](ctx context.Context, b *backend, path string, uuids []string, columns []string) ([]W, error) {
	uuids = slices.DeleteFunc(slices.Clone(uuids), func(id string) bool { return !strings.HasPrefix(id, b.cluster.ClusterID) })
	slices.Sort(uuids)
	uuids = slices.Compact(uuids)
	var out []W
	for chunk := range slices.Chunk(uuids, perCall) {
		p, _, err := fetch[W](ctx, b.rest, "look up names", query{
			path: path, filters: []filter{{"uuid", "in", chunk}}, columns: columns, limit: len(chunk), count: "none",
		})
		if err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
	}
	return out, nil
}

// Read implements apiclient.Backend.
func (b *backend) Read(ctx context.Context, ref apiclient.Ref) (apiclient.Record, error) {
	tried := "read " + b.what(ref)
	id, err := b.resolve(ctx, ref.Kind, ref, "")
	if err != nil {
		return nil, err
	}
	switch ref.Kind {
	case apiclient.KindAccount:
		g, err := get[group](ctx, b, tried, pathGroups, id.uuid)
		return record(err, func() apiclient.Record { r := b.group(g); return &r })
	case apiclient.KindUser:
		u, err := get[user](ctx, b, tried, pathUsers, id.uuid)
		return record(err, func() apiclient.Record { r := b.user(u); return &r })
	case apiclient.KindToken:
		return b.readToken(ctx, tried, ref, id.uuid)
	case apiclient.KindGrant:
		l, err := get[link](ctx, b, tried, pathLinks, id.uuid)
		if err != nil {
			return nil, err
		}
		names, err := b.ends(ctx, []link{l})
		return record(err, func() apiclient.Record { r := b.grant(l, names); return &r })
	case apiclient.KindObject:
		return b.readObject(ctx, tried, id.uuid)
	}
	return nil, apiclient.Unsupported(tried, "the cluster does not give out single "+b.info.Word(ref.Kind).Many)
}

func get[W any](ctx context.Context, b *backend, tried, path, uuid string) (W, error) {
	var w W
	_, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: path + "/" + uuid, Into: &w})
	return w, err
}

// record keeps the record of a failed read from being made.
func record(err error, make1 func() apiclient.Record) (apiclient.Record, error) {
	if err != nil {
		return nil, err
	}
	return make1(), nil
}

// readToken reads one's own token. One of somebody else would look as if it
// were not there, so it is told as it was when it was looked at.
func (b *backend) readToken(ctx context.Context, tried string, ref apiclient.Ref, uuid string) (apiclient.Record, error) {
	if owner := ownerOf(ref); owner != "" && owner != b.me.UUID && !b.isRoot() {
		page, err := b.looked(owner, owner)
		if err != nil {
			return nil, err
		}
		for i := range page.Rows {
			if page.Rows[i].Handle == uuid {
				return &page.Rows[i], nil
			}
		}
		return nil, apiclient.Unsupported(tried, "the cluster shows tokens only to their owner")
	}
	t, err := get[token](ctx, b, tried, pathTokens, uuid)
	if err != nil {
		return nil, err
	}
	names, err := b.owners(ctx, []token{t})
	return record(err, func() apiclient.Record { r := b.tokenOf(t, names[t.Owner].label); return &r })
}

func (b *backend) readObject(ctx context.Context, tried, uuid string) (apiclient.Record, error) {
	if hasInfix(uuid, infixGroup) {
		g, err := get[group](ctx, b, tried, pathGroups, uuid)
		return record(err, func() apiclient.Record { r := b.object(g.UUID, g.label(), g.Class); return &r })
	}
	if !hasInfix(uuid, infixMachine) {
		return nil, apiclient.Unsupported(tried, "this kind of object is not shown here")
	}
	m, err := get[machine](ctx, b, tried, pathVMs, uuid)
	if err != nil {
		return nil, err
	}
	var more []apiclient.Attr
	if b.me.Admin {
		// What the machine itself will be told, which leaves out some links.
		var p page[vmLogin]
		if _, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: pathVMs + "/" + uuid + "/logins", Into: &p}); err != nil {
			return nil, err
		}
		more = append(more, apiclient.Attr{Key: "logins", Value: apiclient.List(loginLines(p.Items))})
	}
	r := b.object(m.UUID, m.label(), typeMachine, more...)
	return &r, nil
}

// loginLines tells each login once: the machine gets a row for every SSH key.
func loginLines(logins []vmLogin) []string {
	var out []string
	for _, l := range logins {
		line := l.Username
		if len(l.Groups) > 0 {
			line += " (" + strings.Join(l.Groups, " ") + ")"
		}
		if l.Key == "" {
			line += ", no SSH key"
		}
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

// resolve finds the record that a ref points to, or that somebody typed the
// name of. field is where the name was typed; "": it was not.
func (b *backend) resolve(ctx context.Context, kind apiclient.Kind, ref apiclient.Ref, field string) (named, error) {
	if id := uuidOf(ref); id != "" {
		return named{uuid: id, label: ref.Name()}, nil
	}
	typed := ref.Name()
	tried := "find " + b.info.Word(kind).One + " " + typed
	var found []named
	var err error
	switch kind {
	case apiclient.KindUser:
		if found, err = lookup(ctx, b, tried, pathUsers, []filter{{"username", "=", typed}}, func(u user) named { return named{u.UUID, u.label(), ""} }); err == nil && len(found) == 0 {
			found, err = lookup(ctx, b, tried, pathUsers, []filter{{"email", "=", typed}}, func(u user) named { return named{u.UUID, u.label(), ""} })
		}
	case apiclient.KindAccount:
		found, err = lookup(ctx, b, tried, pathGroups, []filter{{"name", "=", typed}, {"group_class", "=", classRole}}, nameGroup)
	case apiclient.KindObject:
		if found, err = lookup(ctx, b, tried, pathVMs, []filter{{"hostname", "=", typed}}, func(m machine) named { return named{m.UUID, m.label(), ""} }); err == nil && len(found) == 0 {
			found, err = lookup(ctx, b, tried, pathGroups, []filter{{"name", "=", typed}}, nameGroup)
		}
	}
	switch {
	case err != nil:
		return named{}, err
	case len(found) == 1:
		return found[0], nil
	}
	f := &apiclient.Failure{Tried: tried, End: apiclient.NotSent, Message: "there is no such " + b.info.Word(kind).One, Cause: apiclient.ErrNotFound, Next: "check the name, or give the uuid"}
	if len(found) > 1 {
		f.Message, f.Cause, f.Next = "the name is not unique", apiclient.ErrConflict, "give the uuid: "+found[0].uuid+" or "+found[1].uuid
	}
	if field != "" {
		f.Cause = apiclient.ErrInvalid
		f.Fields = []apiclient.FieldError{{Field: field, Text: f.Message + ": " + f.Next}}
	}
	return named{}, f
}

func nameGroup(g group) named { return named{g.UUID, g.label(), g.Class} }

func lookup[W any](ctx context.Context, b *backend, tried, path string, filters []filter, name func(W) named) ([]named, error) {
	p, _, err := fetch[W](ctx, b.rest, tried, query{path: path, filters: filters, limit: 2, order: "uuid"})
	if err != nil {
		return nil, err
	}
	out := make([]named, len(p.Items))
	for i, w := range p.Items {
		out[i] = name(w)
	}
	return out, nil
}

// chosen finds what was entered into a field: picked, or typed.
func (b *backend) chosen(ctx context.Context, op apiclient.Op, field string, kind apiclient.Kind) (named, error) {
	in := op.With[field]
	ref := in.Ref
	if ref.IsZero() {
		ref = apiclient.Ref{Context: b.target.Context, Kind: kind, Path: apiclient.NewPath(strings.TrimSpace(in.Text))}
	}
	return b.resolve(ctx, kind, ref, field)
}

// count tells how many records of a list there are.
func (b *backend) count(ctx context.Context, path string, filters ...filter) (int, error) {
	p, _, err := fetch[struct{}](ctx, b.rest, "count", query{path: path, filters: filters, limit: 0})
	if err != nil {
		return 0, err
	}
	if p.Available == nil {
		return 0, &apiclient.Failure{Tried: "count", End: apiclient.Refused, Message: "the cluster does not say how many " + strconv.Quote(path) + " there are", Cause: apiclient.ErrBroken}
	}
	return *p.Available, nil
}

// plural is so many of a thing: "1 SSH key", "3 SSH keys".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
