package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/names"
	"gatehouse/server/refusal"
	"gatehouse/server/store"
)

var (
	accountList = store.List{
		Name: "accounts", From: "accounts a", Columns: accountColumns, ID: "a.id", Order: "name",
		Fields: []store.Field{
			{Name: "name", Expr: "a.name", Words: true},
			{Name: "email", Expr: "a.email", Words: true},
			{Name: "type", Expr: "a.type", Kind: store.Enum, Values: []string{"user", "service", "admin"}, Words: true},
			{Name: "state", Expr: "a.state", Kind: store.Enum, Values: []string{"enabled", "disabled", "deleting"}, Words: true},
			{Name: "users", Expr: "(" + accountUsers + ")", Kind: store.Int},
			{Name: "tokens", Expr: "(" + accountTokens + ")", Kind: store.Int},
			{Name: "created_time", Aliases: []string{"created"}, Expr: "a.created_us", Kind: store.Past, Always: true},
		},
	}
	userList = store.List{
		Name: "users", From: userFrom, Columns: userColumns, ID: "u.id", Order: "user_name",
		Fields: []store.Field{
			{Name: "user_name", Aliases: []string{"name", "user"}, Expr: "u.name", Words: true},
			{Name: "account", Expr: "a.name", Words: true},
			{Name: "real_name", Expr: "u.real_name", Words: true},
			{Name: "email", Expr: "u.email", Words: true},
			{Name: "state", Expr: "u.state", Kind: store.Enum, Values: []string{"invited", "active", "inactive"}, Words: true},
			{Name: "account_state", Expr: "a.state", Kind: store.Enum, Values: []string{"enabled", "disabled"}},
			{Name: "admin", Expr: "u.admin", Kind: store.Bool},
			{Name: "tokens", Expr: "(" + userTokens + ")", Kind: store.Int},
			{Name: "sessions", Expr: "(" + userSessions + ")", Kind: store.Int},
			{Name: "last_seen_time", Aliases: []string{"seen", "last_seen"}, Expr: "u.last_seen_us", Kind: store.Past},
			{Name: "created_time", Aliases: []string{"created"}, Expr: "u.created_us", Kind: store.Past, Always: true},
		},
	}
	tokenList = store.List{
		Name: "tokens", From: tokenFrom, Columns: tokenColumns, ID: "t.id", Order: "-created_time",
		Fields: []store.Field{
			{Name: "token_prefix", Aliases: []string{"prefix"}, Expr: "t.prefix", Words: true},
			{Name: "user_name", Aliases: []string{"user", "owner"}, Expr: "u.name", Words: true},
			{Name: "account", Expr: "a.name", Words: true},
			{Name: "description", Expr: "t.description", Words: true},
			{Name: "state", Expr: "(" + tokenState + ")", Kind: store.Enum, Values: []string{"active", "expired", "revoked"}, Words: true},
			{Name: "kind", Expr: "t.kind", Kind: store.Enum, Values: []string{"access", "session", "registration"}},
			{Name: "max_age_seconds", Aliases: []string{"max_age"}, Expr: "t.max_age_s", Kind: store.Int},
			{Name: "extend_when_used", Aliases: []string{"extend"}, Expr: "t.extend", Kind: store.Bool},
			{Name: "created_by", Expr: "t.created_by"},
			{Name: "created_time", Aliases: []string{"created"}, Expr: "t.created_us", Kind: store.Past, Always: true},
			{Name: "expires_time", Aliases: []string{"expires"}, Expr: "t.expires_us", Kind: store.Due},
			{Name: "revoked_time", Aliases: []string{"revoked"}, Expr: "t.revoked_us", Kind: store.Past},
			{Name: "last_used_time", Aliases: []string{"used", "last_used"}, Expr: "t.last_used_us", Kind: store.Past},
			{Name: "last_used_ip", Aliases: []string{"ip"}, Expr: "t.last_ip", Words: true},
			{Name: "last_used_user_agent", Aliases: []string{"agent"}, Expr: "t.last_agent", Words: true},
		},
	}
	eventList = store.List{
		Name: "events", From: "events e", Columns: eventColumns, ID: "e.id", Order: "-time",
		Fields: []store.Field{
			{Name: "time", Expr: "e.time_us", Kind: store.Past, Always: true},
			{Name: "verb", Expr: "e.verb", Words: true},
			{Name: "result", Expr: "e.result", Kind: store.Enum, Values: []string{"done", "refused"}, Words: true},
			{Name: "actor", Expr: "e.actor", Words: true},
			{Name: "actor_token_prefix", Aliases: []string{"token"}, Expr: "e.actor_token"},
			{Name: "ip", Expr: "e.ip", Words: true},
			{Name: "user_agent", Aliases: []string{"agent"}, Expr: "e.agent"},
			{Name: "target_kind", Aliases: []string{"kind"}, Expr: "e.target_kind", Words: true},
			{Name: "target", Expr: "e.target", Words: true},
			{Name: "account", Expr: "e.account", Words: true},
			{Name: "user_name", Aliases: []string{"user"}, Expr: "e.user_name", Words: true},
			{Name: "reason", Expr: "e.reason", Words: true},
			{Name: "request_id", Expr: "e.request_id"},
		},
	}
)

const eventColumns = `e.id, e.time_us, e.verb, e.result, e.actor, e.actor_token, e.ip, e.agent, e.target_kind, e.target,
	e.account, e.user_name, e.reason, e.before_json, e.after_json, e.request_id, lower(hex(e.hash))`

// ListQuery is what a caller asks of a list.
type ListQuery struct {
	Account, UserName          string
	Filter, OrderBy, PageToken string
	PageSize                   int
}

func (d *Directory) ask(q ListQuery, scope ...store.Cond) store.Ask {
	return store.Ask{
		Filter: q.Filter, OrderBy: q.OrderBy, PageToken: q.PageToken, PageSize: q.PageSize,
		Scope: scope, Key: d.pageKey, Now: d.store.Now(),
	}
}

// nothing is the scope of those who see no record of a list.
var nothing = store.Cond{SQL: "0"}

func only(expr, name string) []store.Cond {
	if name == "" {
		return nil
	}
	canonical, err := names.Canonical(name)
	if err != nil {
		return []store.Cond{nothing}
	}
	return []store.Cond{{SQL: expr + " = ?", Args: []any{canonical}}}
}

// Accounts lists accounts; who is not an admin sees none.
func (d *Directory) Accounts(ctx context.Context, c *Caller, q ListQuery) (wire.Page[wire.Account], error) {
	var scope []store.Cond
	if !c.Admin {
		scope = append(scope, nothing)
	}
	return page(ctx, d, accountList, d.ask(q, scope...), scanAccount)
}

// Users lists users; who is not an admin sees himself.
func (d *Directory) Users(ctx context.Context, c *Caller, q ListQuery) (wire.Page[wire.User], error) {
	return page(ctx, d, userList, d.ask(q, c.scope(only("a.name", q.Account))...), scanUser)
}

func (c *Caller) scope(asked []store.Cond) []store.Cond {
	if c.Admin {
		return asked
	}
	return append(asked, store.Cond{SQL: "u.id = ?", Args: []any{c.UserID}})
}

// Tokens lists tokens; who is not an admin sees his own. Sessions and
// registrations are listed when the filter names the field kind.
func (d *Directory) Tokens(ctx context.Context, c *Caller, q ListQuery) (wire.Page[wire.Token], error) {
	asked := append(only("a.name", q.Account), only("u.name", q.UserName)...)
	ask := d.ask(q, c.scope(asked)...)
	ask.Unless = map[string]store.Cond{"kind": {SQL: "t.kind = 'access'"}}
	return page(ctx, d, tokenList, ask, scanToken)
}

// Audit lists events; who is not an admin sees those that he caused or that
// are about him.
func (d *Directory) Audit(ctx context.Context, c *Caller, q ListQuery) (wire.Page[wire.Event], error) {
	asked := append(only("e.account", q.Account), only("e.user_name", q.UserName)...)
	if !c.Admin {
		asked = append(asked, d.ownEvents(c))
	}
	return page(ctx, d, eventList, d.ask(q, asked...), scanEvent)
}

// ownEvents are those of a user who is not an admin, from the moment he was
// made: an earlier user may have had the same name.
func (d *Directory) ownEvents(c *Caller) store.Cond {
	return store.Cond{
		SQL:  `((e.actor = ? OR e.user_name = ?) AND e.time_us >= (SELECT created_us FROM users WHERE id = ?))`,
		Args: []any{c.UserName, c.UserName, c.UserID},
	}
}

// EventsAfter reads events in order, for a stream.
func (d *Directory) EventsAfter(ctx context.Context, c *Caller, after int64, limit int) ([]wire.Event, error) {
	text, args := `SELECT `+eventColumns+` FROM events e WHERE e.id > ?`, []any{after}
	if !c.Admin {
		own := d.ownEvents(c)
		text, args = text+" AND "+own.SQL, append(args, own.Args...)
	}
	rows, err := d.store.Rows(ctx, text+` ORDER BY e.id LIMIT `+strconv.Itoa(limit), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []wire.Event
	for rows.Next() {
		e, err := scanEvent(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

func scanEvent(scan func(...any) error) (wire.Event, error) {
	var e wire.Event
	var id, at int64
	var before, after string
	err := scan(&id, &at, &e.Verb, &e.Result, &e.Actor, &e.ActorToken, &e.IP, &e.Agent, &e.TargetKind, &e.Target,
		&e.Account, &e.UserName, &e.Reason, &before, &after, &e.RequestID, &e.Hash)
	e.ID, e.Time = strconv.FormatInt(id, 10), store.Time(at)
	e.Before, e.After = raw(before), raw(after)
	return e, err
}

func raw(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

func page[T any](ctx context.Context, d *Directory, l store.List, ask store.Ask, scan func(func(...any) error) (T, error)) (wire.Page[T], error) {
	got, err := store.Page(ctx, d.store, l, ask, scan)
	var bad *store.FilterError
	switch {
	case errors.As(err, &bad):
		return wire.Page[T]{}, refusal.Field("query."+wire.ParamFilter, bad.Error())
	case errors.Is(err, store.ErrOrder):
		return wire.Page[T]{}, refusal.Field("query."+wire.ParamOrderBy, err.Error())
	case errors.Is(err, store.ErrCursor):
		return wire.Page[T]{}, refusal.New(http.StatusBadRequest, wire.CodeBadPageToken,
			"The page token does not belong to this list, filter, order and user. Start again without one.")
	case errors.Is(err, sql.ErrConnDone):
		return wire.Page[T]{}, refusal.Unavailable("The server is shutting down.")
	}
	return wire.Page[T]{Items: got.Items, Total: got.Total, NextPageToken: got.Next}, err
}
