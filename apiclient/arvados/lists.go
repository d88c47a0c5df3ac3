package arvados

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// filter is one condition of a list: attribute, operator, operand.
type filter [3]any

// query is what a list is asked for.
type query struct {
	path    string
	filters []filter
	order   string
	limit   int
	offset  int
	columns []string // attributes to send; what is sorted by has to be among them
	count   string
}

func (q query) values() url.Values {
	v := url.Values{}
	if len(q.filters) > 0 {
		v.Set("filters", jsonText(q.filters))
	}
	if q.order != "" {
		v.Set("order", q.order)
	}
	if len(q.columns) > 0 {
		v.Set("select", jsonText(q.columns))
	}
	if q.count != "" {
		v.Set("count", q.count)
	}
	v.Set("limit", strconv.Itoa(q.limit))
	if q.offset > 0 {
		v.Set("offset", strconv.Itoa(q.offset))
	}
	return v
}

func fetch[W any](ctx context.Context, client *rest.Client, tried string, q query) (page[W], rest.Answer, error) {
	var p page[W]
	a, err := client.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: q.path, Query: q.values(), Into: &p})
	return p, a, err
}

// list reads one page. Pages go by offset: the order is by uuid, so that what
// others change meanwhile moves rows as little as can be.
func list[W any](ctx context.Context, b *backend, kind apiclient.Kind, q apiclient.Query, r query) (page[W], apiclient.Page[struct{}], error) {
	frame := apiclient.Page[struct{}]{Total: -1}
	tried := "list " + b.info.Word(kind).Many
	order, ok := orderBy(kind, q.Sort)
	if !ok {
		return page[W]{}, frame, apiclient.Unsupported(tried, "the cluster cannot sort by "+strings.TrimPrefix(q.Sort, "-"))
	}
	r.order, r.limit = order, b.size(q.Size)
	if q.Page != "" {
		offset, err := strconv.Atoi(q.Page)
		if err != nil || offset < 0 {
			return page[W]{}, frame, &apiclient.Failure{Tried: tried, Message: "there is no such page", Cause: apiclient.ErrInvalid}
		}
		r.offset = offset
	}
	if q.Search != "" {
		r.filters = append(r.filters, filter{"any", "ilike", "%" + q.Search + "%"})
	}
	p, a, err := fetch[W](ctx, b.rest, tried, r)
	if err != nil {
		return p, frame, err
	}
	frame.At = a.At
	next := r.offset + len(p.Items)
	switch {
	case p.Available != nil:
		frame.Total = *p.Available
		if next < frame.Total && len(p.Items) > 0 {
			frame.Next = strconv.Itoa(next)
		}
	case len(p.Items) >= r.limit:
		frame.Next = strconv.Itoa(next) // not counted: only a short page is the last
	}
	return p, frame, nil
}

func (b *backend) size(asked int) int {
	most := b.cluster.API.MaxItemsPerResponse
	if asked <= 0 {
		return most
	}
	return min(asked, most)
}

// orderBy translates a column into the order of the list. An attribute that
// the server does not know would be passed over without a word.
func orderBy(kind apiclient.Kind, sort string) (string, bool) {
	if sort == "" {
		return "uuid", true
	}
	key, down := strings.CutPrefix(sort, "-")
	direction := " asc"
	if down {
		direction = " desc"
	}
	fields := map[apiclient.Kind]map[string][]string{
		apiclient.KindAccount: {"name": {"name"}, "type": {"group_class"}, "created": {"created_at"}, "description": {"description"}, "uuid": {"uuid"}},
		apiclient.KindUser: {
			"name": {"username"}, "email": {"email"}, "admin": {"is_admin"}, "real_name": {"first_name", "last_name"}, "created": {"created_at"}, "uuid": {"uuid"},
		},
		apiclient.KindToken: {"handle": {"uuid"}, "created": {"created_at"}, "expires": {"expires_at"}},
		apiclient.KindGrant: {"access": {"name"}, "created": {"created_at"}, "uuid": {"uuid"}},
	}
	attributes, ok := fields[kind][key]
	var parts []string
	for _, a := range attributes {
		parts = append(parts, a+direction)
	}
	return strings.Join(append(parts, "uuid asc"), ","), ok
}

// rows makes the rows of a page.
func rows[W, R any](p page[W], frame apiclient.Page[struct{}], row func(W) R) apiclient.Page[R] {
	out := apiclient.Page[R]{Next: frame.Next, Total: frame.Total, At: frame.At, Rows: make([]R, len(p.Items))}
	for i, item := range p.Items {
		out.Rows[i] = row(item)
	}
	return out
}

// Accounts implements apiclient.Backend: the roles, which are groups of people.
func (b *backend) Accounts(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Account], error) {
	if !q.Scope.IsZero() {
		return apiclient.Page[apiclient.Account]{Total: -1}, b.noScope(apiclient.KindAccount, q.Scope)
	}
	p, frame, err := list[group](ctx, b, apiclient.KindAccount, q, query{path: pathGroups, filters: []filter{{"group_class", "=", classRole}}})
	return rows(p, frame, b.group), err
}

func (b *backend) noScope(kind apiclient.Kind, scope apiclient.Ref) error {
	return apiclient.Unsupported("list "+b.info.Word(kind).Many,
		"the cluster cannot list "+b.info.Word(kind).Many+" of one "+b.info.Word(scope.Kind).One)
}

// userColumns are what rows of users are made of; the record has much more.
func userColumns() []string {
	return []string{
		"uuid", "username", "email", "first_name", "last_name", "identity_url", "is_active", "is_admin", "is_invited", "created_at", "modified_at",
	}
}

// Users implements apiclient.Backend.
func (b *backend) Users(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.User], error) {
	switch {
	case q.Scope.Kind == apiclient.KindAccount && !q.Scope.IsZero():
		return b.members(ctx, q)
	case !q.Scope.IsZero():
		return apiclient.Page[apiclient.User]{Total: -1}, b.noScope(apiclient.KindUser, q.Scope)
	}
	p, frame, err := list[user](ctx, b, apiclient.KindUser, q, query{path: pathUsers, columns: userColumns()})
	return rows(p, frame, b.user), err
}

// members lists the users of a group: those who have a permission on it. The
// pages are those of the permissions.
func (b *backend) members(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.User], error) {
	none := apiclient.Page[apiclient.User]{Total: -1}
	id, err := b.resolve(ctx, q.Scope.Kind, q.Scope, "")
	if err != nil {
		return none, err
	}
	p, frame, err := list[link](ctx, b, apiclient.KindGrant, apiclient.Query{Size: q.Size, Page: q.Page}, query{path: pathLinks, filters: []filter{
		{"link_class", "=", "permission"}, {"head_uuid", "=", id.uuid}, {"tail_uuid", "is_a", "arvados#user"}, {"name", "in", levels()},
	}})
	if err != nil {
		return none, err
	}
	var uuids []string
	for _, l := range p.Items {
		uuids = append(uuids, l.Tail)
	}
	users, err := byUUID[user](ctx, b, pathUsers, uuids, userColumns())
	if err != nil {
		return none, err
	}
	out := apiclient.Page[apiclient.User]{Next: frame.Next, Total: frame.Total, At: frame.At}
	for _, u := range users {
		if matches(u, q.Search) {
			out.Rows = append(out.Rows, b.user(u))
		}
	}
	return out, nil
}

func matches(u user, search string) bool {
	text := strings.ToLower(strings.Join([]string{u.Username, u.Email, u.FirstName, u.LastName}, "\n"))
	return strings.Contains(text, strings.ToLower(search))
}

// Roles implements apiclient.Backend.
func (b *backend) Roles(context.Context, apiclient.Query) (apiclient.Page[apiclient.Role], error) {
	return apiclient.Page[apiclient.Role]{Total: -1}, apiclient.Unsupported("list roles", noRoles)
}

// Events implements apiclient.Backend.
func (b *backend) Events(context.Context, apiclient.Query) (apiclient.Page[apiclient.Event], error) {
	return apiclient.Page[apiclient.Event]{Total: -1}, apiclient.Unsupported("list events", noEvents)
}

// ago tells how long ago something was on the cluster's clock.
func (b *backend) ago(t *time.Time) time.Duration {
	if t == nil {
		return time.Duration(1<<63 - 1)
	}
	return b.now().Sub(*t)
}
