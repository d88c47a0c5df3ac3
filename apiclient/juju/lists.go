package juju

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// page makes the one page that a controller's lists have: the rows that fit the
// search, in the asked or a stable order, since some releases have none.
func page[T any, R interface {
	*T
	apiclient.Record
}](rows []T, q apiclient.Query, searched ...string) apiclient.Page[T] {
	if want := strings.ToLower(q.Search); want != "" {
		rows = slices.DeleteFunc(rows, func(r T) bool {
			return !slices.ContainsFunc(searched, func(key string) bool {
				return strings.Contains(strings.ToLower(R(&r).Get(key).String()), want)
			})
		})
	}
	key, down := strings.CutPrefix(q.Sort, "-")
	slices.SortStableFunc(rows, func(a, c T) int {
		n := 0
		if key != "" {
			n = R(&a).Get(key).Compare(R(&c).Get(key))
		}
		if down {
			n = -n
		}
		return cmp.Or(
			n, cmp.Compare(R(&a).GetRef().Name(), R(&c).GetRef().Name()),
			R(&a).Get("object").Compare(R(&c).Get("object")), cmp.Compare(R(&a).GetRef().Path, R(&c).GetRef().Path),
		)
	})
	return apiclient.Page[T]{Rows: rows, Total: len(rows)}
}

// Accounts implements apiclient.Backend: the models.
func (b *backend) Accounts(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Account], error) {
	const tried = "list models"
	models, err := b.models(ctx, tried)
	if err != nil {
		return apiclient.Page[apiclient.Account]{}, err
	}
	if !q.Scope.IsZero() {
		return apiclient.Page[apiclient.Account]{}, unscoped(tried)
	}
	rows := make([]apiclient.Account, len(models))
	for i, m := range models {
		rows[i] = b.model(m)
	}
	return page(rows, q, "name", "uuid"), nil
}

// Users implements apiclient.Backend: all users, or those who have access to
// one model.
func (b *backend) Users(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.User], error) {
	const tried = "list users"
	none := apiclient.Page[apiclient.User]{}
	all, err := b.allUsers(ctx, tried)
	if err != nil {
		return none, err
	}
	var rows []apiclient.User
	switch uuid := q.Scope.Path.Part(0); {
	case q.Scope.IsZero(), uuid == onController:
		for _, u := range all {
			rows = append(rows, b.user(u, nil))
		}
	case q.Scope.Kind == apiclient.KindAccount || q.Scope.Kind == apiclient.KindObject:
		on, err := b.modelUsers(ctx, tried, []string{uuid})
		if err != nil {
			return none, err
		}
		for _, m := range on {
			rows = append(rows, b.user(b.known(all, m), &m))
		}
	default:
		return none, unscoped(tried)
	}
	return page(rows, q, "name", "real_name"), nil
}

// known is the user of an entry of a model; of one whom the caller may not see
// only what the entry says.
func (b *backend) known(all []userInfo, m modelUser) userInfo {
	for _, u := range all {
		if b.same(u.Name, m.Name) {
			return u
		}
	}
	return userInfo{Name: m.Name, Display: m.Display, Seen: m.Seen}
}

// Grants implements apiclient.Backend: who has which access to the controller
// and to models, as far as the caller may see it.
func (b *backend) Grants(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Grant], error) {
	const tried = "list access"
	none := apiclient.Page[apiclient.Grant]{}
	rows, err := b.grants(ctx, tried, q.Scope)
	if err != nil {
		return none, err
	}
	return page(rows, q, "subject", "object", "access"), nil
}

func (b *backend) grants(ctx context.Context, tried string, scope apiclient.Ref) ([]apiclient.Grant, error) {
	onModels := scope.Kind == apiclient.KindAccount || scope.Kind == apiclient.KindObject && scope.Path.Part(0) != onController
	if !scope.IsZero() && !onModels && scope.Kind != apiclient.KindObject && scope.Kind != apiclient.KindUser {
		return nil, unscoped(tried)
	}
	var rows []apiclient.Grant
	if !onModels {
		users, err := b.allUsers(ctx, tried)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			if u.Access != "" {
				rows = append(rows, b.controllerGrant(u))
			}
		}
	}
	if onModels || scope.Kind != apiclient.KindObject {
		more, err := b.modelGrants(ctx, tried, scope, onModels)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	if scope.Kind == apiclient.KindUser {
		rows = slices.DeleteFunc(rows, func(g apiclient.Grant) bool { return !b.same(g.Subject.Name(), scope.Name()) })
	}
	return rows, nil
}

func (b *backend) modelGrants(ctx context.Context, tried string, scope apiclient.Ref, one bool) ([]apiclient.Grant, error) {
	models, err := b.models(ctx, tried)
	if err != nil {
		return nil, err
	}
	byID, ids := map[string]modelSummary{}, []string{}
	for _, m := range models {
		if !one || m.UUID == scope.Path.Part(0) {
			byID[m.UUID] = m
			ids = append(ids, m.UUID)
		}
	}
	users, err := b.modelUsers(ctx, tried, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]apiclient.Grant, 0, len(users))
	for _, u := range users {
		if m, ok := byID[strings.TrimPrefix(u.Model, "model-")]; ok {
			rows = append(rows, b.modelGrant(m, u))
		}
	}
	return rows, nil
}

// Objects implements apiclient.Backend: what access can be given to.
func (b *backend) Objects(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Object], error) {
	models, err := b.models(ctx, "list models")
	if err != nil {
		return apiclient.Page[apiclient.Object]{}, err
	}
	name := b.controllerName()
	rows := []apiclient.Object{{Ref: b.ref(apiclient.KindObject, onController, name), Name: name, Type: "controller"}}
	for _, m := range models {
		rows = append(rows, apiclient.Object{Ref: b.ref(apiclient.KindObject, m.UUID, m.fullName()), Name: m.fullName(), Type: "model"})
	}
	return page(rows, q, "name", "type"), nil
}

// Tokens implements apiclient.Backend.
func (b *backend) Tokens(context.Context, apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	return apiclient.Page[apiclient.Token]{}, apiclient.Unsupported("list logins", b.info.Lists[apiclient.KindToken].Why)
}

// Roles implements apiclient.Backend.
func (b *backend) Roles(context.Context, apiclient.Query) (apiclient.Page[apiclient.Role], error) {
	return apiclient.Page[apiclient.Role]{}, apiclient.Unsupported("list levels", b.info.Lists[apiclient.KindRole].Why)
}

// Events implements apiclient.Backend.
func (b *backend) Events(context.Context, apiclient.Query) (apiclient.Page[apiclient.Event], error) {
	return apiclient.Page[apiclient.Event]{}, apiclient.Unsupported("list activity", b.info.Lists[apiclient.KindEvent].Why)
}

// Watch implements apiclient.Backend.
func (b *backend) Watch(context.Context) (<-chan apiclient.Change, error) {
	return nil, apiclient.Unsupported("watch changes", "controllers tell no changes of users")
}

func unscoped(tried string) error {
	return apiclient.Unsupported(tried, "controllers do not list that for one record")
}

// Read implements apiclient.Backend.
func (b *backend) Read(ctx context.Context, ref apiclient.Ref) (apiclient.Record, error) {
	tried := "read " + b.what(ref)
	gone := &apiclient.Failure{Tried: tried, End: apiclient.Refused, Message: b.what(ref) + " does not exist", Cause: apiclient.ErrNotFound}
	switch ref.Kind {
	case apiclient.KindUser:
		u, err := b.readUser(ctx, tried, ref.Name())
		if err != nil {
			return nil, err
		}
		r := b.user(u, nil)
		return &r, nil
	case apiclient.KindAccount:
		return readFrom(b.Accounts(ctx, apiclient.Query{}))(ref, gone)
	case apiclient.KindObject:
		return readFrom(b.Objects(ctx, apiclient.Query{}))(ref, gone)
	case apiclient.KindGrant:
		scope := b.ref(apiclient.KindObject, ref.Path.Part(0), ref.Path.Part(1))
		return readFrom(b.Grants(ctx, apiclient.Query{Scope: scope}))(ref, gone)
	}
	return nil, apiclient.Unsupported(tried, "controllers do not give out single "+b.info.Word(ref.Kind).Many)
}

// readFrom finds a record in a list: most things cannot be asked for one by
// one.
func readFrom[T any, R interface {
	*T
	apiclient.Record
}](p apiclient.Page[T], err error) func(apiclient.Ref, *apiclient.Failure) (apiclient.Record, error) {
	return func(ref apiclient.Ref, gone *apiclient.Failure) (apiclient.Record, error) {
		if err != nil {
			return nil, err
		}
		for i := range p.Rows {
			if R(&p.Rows[i]).GetRef().Key() == ref.Key() {
				return R(&p.Rows[i]), nil
			}
		}
		return nil, gone
	}
}

// isDenied tells a missing permission.
func isDenied(err error) bool { return errors.Is(err, apiclient.ErrDenied) }
