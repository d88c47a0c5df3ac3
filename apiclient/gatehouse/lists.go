package gatehouse

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/apiclient/rest"
)

// usualSize is how many rows a page has unless said: enough to fill screens,
// few enough to come at once.
const usualSize = 1000

// Accounts implements apiclient.Backend.
func (b *backend) Accounts(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Account], error) {
	return list(ctx, b, apiclient.KindAccount, wire.PathAccounts, q, b.account)
}

// Users implements apiclient.Backend.
func (b *backend) Users(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.User], error) {
	return list(ctx, b, apiclient.KindUser, wire.PathUsers, q, b.user)
}

// Events implements apiclient.Backend.
func (b *backend) Events(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Event], error) {
	return list(ctx, b, apiclient.KindEvent, wire.PathAudit, q, b.event)
}

// Tokens implements apiclient.Backend.
func (b *backend) Tokens(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	page := apiclient.Page[apiclient.Token]{Total: -1}
	r, err := b.listRequest(apiclient.KindToken, wire.PathTokens, q)
	if err != nil {
		return page, err
	}
	r.Decode = func(a rest.Answer) error {
		p, err := b.readTokens(a.Body)
		page = p
		return err
	}
	a, err := b.rest.Do(ctx, r)
	page.At = a.At
	return page, err
}

// Roles implements apiclient.Backend.
func (b *backend) Roles(context.Context, apiclient.Query) (apiclient.Page[apiclient.Role], error) {
	return apiclient.Page[apiclient.Role]{}, apiclient.Unsupported("list roles", noRoles)
}

// Grants implements apiclient.Backend.
func (b *backend) Grants(context.Context, apiclient.Query) (apiclient.Page[apiclient.Grant], error) {
	return apiclient.Page[apiclient.Grant]{}, apiclient.Unsupported("list access", noGrants)
}

// Objects implements apiclient.Backend.
func (b *backend) Objects(context.Context, apiclient.Query) (apiclient.Page[apiclient.Object], error) {
	return apiclient.Page[apiclient.Object]{}, apiclient.Unsupported("list objects", b.info.Lists[apiclient.KindObject].Why)
}

func list[W, R any](ctx context.Context, b *backend, kind apiclient.Kind, path string, q apiclient.Query, make1 func(W) R) (apiclient.Page[R], error) {
	page := apiclient.Page[R]{Total: -1}
	r, err := b.listRequest(kind, path, q)
	if err != nil {
		return page, err
	}
	var body wire.Page[W]
	r.Decode = func(a rest.Answer) error {
		body = wire.Page[W]{}
		return json.NewDecoder(a.Body).Decode(&body)
	}
	a, err := b.rest.Do(ctx, r)
	if err != nil {
		return page, err
	}
	page.Rows = make([]R, len(body.Items))
	for i, item := range body.Items {
		page.Rows[i] = make1(item)
	}
	page.Next, page.Total, page.At = body.NextPageToken, body.Total, a.At
	return page, nil
}

func (b *backend) listRequest(kind apiclient.Kind, path string, q apiclient.Query) (rest.Request, error) {
	r := rest.Request{Tried: "list " + b.info.Word(kind).Many, Method: "GET", Path: path, Query: url.Values{}}
	size := q.Size
	if size <= 0 {
		size = usualSize
	}
	r.Query.Set(wire.ParamPageSize, strconv.Itoa(min(size, wire.MaxPageSize)))
	set := func(param, value string) {
		if value != "" {
			r.Query.Set(param, value)
		}
	}
	set(wire.ParamPageToken, q.Page)
	set(wire.ParamFilter, q.Search)
	order, ok := orderBy(kind, q.Sort)
	if !ok {
		return r, apiclient.Unsupported(r.Tried, "the server cannot sort by "+strings.TrimPrefix(q.Sort, "-"))
	}
	set(wire.ParamOrderBy, order)
	switch {
	case q.Scope.IsZero():
	case q.Scope.Kind == apiclient.KindAccount && kind != apiclient.KindAccount:
		set(wire.ParamAccount, q.Scope.Name())
	case q.Scope.Kind == apiclient.KindUser && (kind == apiclient.KindToken || kind == apiclient.KindEvent):
		set(wire.ParamUser, q.Scope.Name())
	default:
		return r, apiclient.Unsupported(r.Tried, "the server cannot list "+b.info.Word(kind).Many+" of one "+b.info.Word(q.Scope.Kind).One)
	}
	return r, nil
}

// orderBy translates a column into the field that the server sorts by.
func orderBy(kind apiclient.Kind, sort string) (string, bool) {
	if sort == "" {
		return "", true
	}
	key, down := strings.CutPrefix(sort, "-")
	fields := map[apiclient.Kind]map[string]string{
		apiclient.KindAccount: {"name": "name", "email": "email", "type": "type", "state": "state", "created": "created_time", "users": "users", "tokens": "tokens"},
		apiclient.KindUser: {
			"name": "user_name", "account": "account", "state": "state", "admin": "admin", "tokens": "tokens", "last_seen": "last_seen_time",
			"real_name": "real_name", "email": "email", "created": "created_time",
		},
		apiclient.KindToken: {
			"handle": "token_prefix", "owner": "user_name", "account": "account", "state": "state", "type": "kind", "description": "description", "extend": "extend_when_used", "max_age": "max_age_seconds",
			"created": "created_time", "expires": "expires_time", "last_used": "last_used_time", "last_address": "last_used_ip", "last_agent": "last_used_user_agent",
		},
		apiclient.KindEvent: {
			"number": "time", "at": "time", "actor": "actor", "action": "verb", "result": "result", "target": "target",
			"address": "ip", "agent": "user_agent", "handle": "actor_token_prefix", "request_id": "request_id",
		},
	}
	field, ok := fields[kind][key]
	if down {
		field = "-" + field
	}
	return field, ok
}

// Read implements apiclient.Backend.
func (b *backend) Read(ctx context.Context, ref apiclient.Ref) (apiclient.Record, error) {
	tried := "read " + b.what(ref)
	switch ref.Kind {
	case apiclient.KindAccount:
		w, err := get[wire.Account](ctx, b, tried, wire.AccountPath(ref.Name()))
		return record(b.wholeAccount, w, err)
	case apiclient.KindUser:
		w, err := get[wire.User](ctx, b, tried, wire.UserPath(ref.Name()))
		return record(b.wholeUser, w, err)
	case apiclient.KindToken, apiclient.KindSession:
		w, err := get[wire.Token](ctx, b, tried, wire.TokenPath(ref.Name()))
		return record(b.wholeToken, w, err)
	}
	return nil, apiclient.Unsupported(tried, "the server does not give out single "+b.info.Word(ref.Kind).Many)
}

func get[W any](ctx context.Context, b *backend, tried, path string) (W, error) {
	var w W
	_, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: path, Into: &w})
	return w, err
}

// record keeps a nil pointer from becoming a Record that is not nil.
func record[W any, R apiclient.Record](make1 func(W) R, w W, err error) (apiclient.Record, error) {
	if err != nil {
		return nil, err
	}
	return make1(w), nil
}
