package aiven

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// get reads one answer.
func get[W any](ctx context.Context, b *backend, tried, path string, query url.Values) (W, rest.Answer, error) {
	var w W
	a, err := b.rest.Do(ctx, rest.Request{Tried: tried, Method: http.MethodGet, Path: path, Query: query, Into: &w})
	return w, a, err
}

// organizations reads those of the one who is signed in, in the order of their
// ids: the API promises none.
func (b *backend) organizations(ctx context.Context) ([]wireOrganization, error) {
	w, _, err := get[struct{ Organizations []wireOrganization }](ctx, b, "list organizations", "/v1/organizations", nil)
	slices.SortFunc(w.Organizations, func(x, y wireOrganization) int { return strings.Compare(x.OrganizationID, y.OrganizationID) })
	return w.Organizations, err
}

// Accounts implements apiclient.Backend. An organization comes from its own
// list, which knows more of it, and units come from the list of accounts.
func (b *backend) Accounts(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Account], error) {
	page := apiclient.Page[apiclient.Account]{Total: -1}
	if err := b.unordered(apiclient.KindAccount, q, q.Scope.IsZero()); err != nil {
		return page, err
	}
	orgs, err := b.organizations(ctx)
	if err != nil {
		return page, err
	}
	w, a, err := b.accounts(ctx)
	if err != nil {
		return page, err
	}
	page.At = a.At
	root := map[string]bool{}
	for _, o := range orgs {
		root[o.AccountID] = true
		page.Rows = append(page.Rows, b.organization(o))
	}
	names := map[string]string{}
	for _, x := range w {
		names[x.AccountID] = x.AccountName
	}
	for _, x := range w {
		if !root[x.AccountID] {
			page.Rows = append(page.Rows, b.account(x, cmp.Or(names[x.ParentAccountID], x.ParentAccountID)))
		}
	}
	page.Rows = slices.DeleteFunc(page.Rows, func(x apiclient.Account) bool { return !contains(q.Search, x.Name, string(x.Ref.Path)) })
	slices.SortFunc(page.Rows, func(x, y apiclient.Account) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(string(x.Ref.Path), string(y.Ref.Path)))
	})
	page.Total = len(page.Rows)
	return page, nil
}

func (b *backend) accounts(ctx context.Context) ([]wireAccount, rest.Answer, error) {
	w, a, err := get[struct{ Accounts []wireAccount }](ctx, b, "list accounts", "/v1/account", nil)
	return w.Accounts, a, err
}

// contains is the search of a backend that has none of its own.
func contains(search string, texts ...string) bool {
	if search == "" {
		return true
	}
	search = strings.ToLower(search)
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(strings.ToLower(s), search) })
}

// unordered refuses what the lists of the API cannot do.
func (b *backend) unordered(kind apiclient.Kind, q apiclient.Query, scoped bool) error {
	tried := "list " + b.info.Word(kind).Many
	switch {
	case q.Sort != "":
		return apiclient.Unsupported(tried, "Aiven cannot sort by "+strings.TrimPrefix(q.Sort, "-"))
	case !scoped:
		return apiclient.Unsupported(tried, "Aiven cannot list "+b.info.Word(kind).Many+" of one "+b.info.Word(q.Scope.Kind).One)
	}
	return nil
}

// walk is the part of the organizations that one page is about: that of the
// scope, all of them for a search, else one at a time. The page's name is the
// id of the organization before, so that none comes twice or is left out when
// the list changes meanwhile.
func (b *backend) walk(ctx context.Context, q apiclient.Query) (now []wireOrganization, next string, err error) {
	if q.Scope.Kind == apiclient.KindAccount {
		id, name := q.Scope.Path.Part(0), q.Scope.Name()
		if id == "" {
			return nil, "", apiclient.Unsupported("look into "+name, name+" belongs to no organization: Aiven lists nothing of it")
		}
		return []wireOrganization{{OrganizationID: id, AccountID: q.Scope.Path.Part(1), OrganizationName: name}}, "", nil
	}
	orgs, err := b.organizations(ctx)
	if err != nil || q.Search != "" {
		return orgs, "", err
	}
	at := slices.IndexFunc(orgs, func(o wireOrganization) bool { return o.OrganizationID > q.Page })
	if at < 0 {
		return nil, "", nil
	}
	if at+1 < len(orgs) {
		next = orgs[at].OrganizationID
	}
	return orgs[at : at+1], next, nil
}

// Objects implements apiclient.Backend: projects.
func (b *backend) Objects(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Object], error) {
	page := apiclient.Page[apiclient.Object]{Total: -1}
	if err := b.unordered(apiclient.KindObject, q, q.Scope.IsZero() || q.Scope.Kind == apiclient.KindAccount); err != nil {
		return page, err
	}
	path := "/v1/project"
	if !q.Scope.IsZero() {
		orgs, _, err := b.walk(ctx, q)
		if err != nil {
			return page, err
		}
		path = inOrganization(orgs[0].OrganizationID, "projects")
	}
	w, a, err := get[struct {
		Projects   []wireProject
		Membership map[string]string `json:"project_membership"`
	}](ctx, b, "list projects", path, nil)
	if err != nil {
		return page, err
	}
	for _, p := range w.Projects {
		if !q.Scope.IsZero() {
			p.OrganizationID, p.AccountName = q.Scope.Path.Part(0), q.Scope.Name()
		}
		o := b.project(p, w.Membership[p.ProjectName])
		if contains(q.Search, o.Name, p.AccountName) {
			page.Rows = append(page.Rows, o)
		}
	}
	slices.SortFunc(page.Rows, func(x, y apiclient.Object) int { return strings.Compare(x.Name, y.Name) })
	page.At, page.Total = a.At, len(page.Rows)
	return page, nil
}

// Events implements apiclient.Backend: the newest first, organization by
// organization.
func (b *backend) Events(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Event], error) {
	page := apiclient.Page[apiclient.Event]{Total: -1}
	newest := strings.TrimPrefix(q.Sort, "-") == "number"
	if newest {
		q.Sort = ""
	}
	if err := b.unordered(apiclient.KindEvent, q, q.Scope.IsZero() || q.Scope.Kind == apiclient.KindAccount); err != nil {
		return page, err
	}
	orgs, next, err := b.walk(ctx, q)
	if err != nil {
		return page, err
	}
	page.Next = next
	for _, o := range orgs {
		w, a, err := get[struct{ Events []wireEvent }](ctx, b, "list the events of "+o.OrganizationName, route("account", o.AccountID, "events"), nil)
		if isDenied(err) && q.Scope.IsZero() {
			continue // others can still be read
		}
		if err != nil {
			return page, err
		}
		page.At = a.At
		for _, e := range w.Events {
			if contains(q.Search, e.Actor, e.ActionType, e.ActionDescription) {
				page.Rows = append(page.Rows, b.event(o, e))
			}
		}
	}
	slices.SortFunc(page.Rows, func(x, y apiclient.Event) int { return cmp.Compare(y.Number, x.Number) })
	return page, nil
}

// Roles implements apiclient.Backend.
func (b *backend) Roles(context.Context, apiclient.Query) (apiclient.Page[apiclient.Role], error) {
	return apiclient.Page[apiclient.Role]{}, apiclient.Unsupported("list roles", noRoles)
}

// Grants implements apiclient.Backend.
func (b *backend) Grants(context.Context, apiclient.Query) (apiclient.Page[apiclient.Grant], error) {
	return apiclient.Page[apiclient.Grant]{}, apiclient.Unsupported("list access", noGrants)
}

// Read implements apiclient.Backend.
func (b *backend) Read(ctx context.Context, ref apiclient.Ref) (apiclient.Record, error) {
	tried := "read " + b.info.Word(ref.Kind).One + " " + ref.Name()
	switch ref.Kind {
	case apiclient.KindAccount:
		return b.readAccount(ctx, tried, ref)
	case apiclient.KindUser:
		return b.readUser(ctx, tried, ref)
	case apiclient.KindToken, apiclient.KindSession:
		return b.readToken(ctx, tried, ref)
	case apiclient.KindObject:
		page, err := b.Objects(ctx, apiclient.Query{})
		return find(page.Rows, err, ref, tried)
	}
	return nil, apiclient.Unsupported(tried, "Aiven does not give out single "+b.info.Word(ref.Kind).Many)
}

// find looks a record up in a list that was read, where the system gives out
// no single ones.
func find[T any, R interface {
	*T
	apiclient.Record
}](rows []T, err error, ref apiclient.Ref, tried string) (apiclient.Record, error) {
	if err != nil {
		f := *apiclient.AsFailure(tried, err)
		f.Tried = tried
		return nil, &f
	}
	for i := range rows {
		if R(&rows[i]).GetRef().Key() == ref.Key() {
			return R(&rows[i]), nil
		}
	}
	return nil, gone(tried)
}

func gone(tried string) *apiclient.Failure {
	return &apiclient.Failure{Tried: tried, End: apiclient.Refused, Message: "it is not there any more", Next: "refresh the list", Cause: apiclient.ErrNotFound}
}

// readAccount asks for the organization itself, or for the unit.
func (b *backend) readAccount(ctx context.Context, tried string, ref apiclient.Ref) (apiclient.Record, error) {
	organization, account := ref.Path.Part(0), ref.Path.Part(1)
	if organization != "" {
		o, _, err := get[wireOrganization](ctx, b, tried, inOrganization(organization), nil)
		if err != nil {
			return nil, err
		}
		if o.AccountID == account {
			row := b.organization(o)
			return &row, nil
		}
	}
	w, _, err := get[struct{ Account wireAccount }](ctx, b, tried, route("account", account), nil)
	if err != nil {
		return nil, err
	}
	row := b.account(w.Account, w.Account.ParentAccountID)
	return &row, nil
}

func (b *backend) readUser(ctx context.Context, tried string, ref apiclient.Ref) (apiclient.Record, error) {
	at := userOf(ref)
	switch {
	case at.organization == "":
		w, _, err := get[struct{ User wireMe }](ctx, b, tried, "/v1/me", nil)
		if err == nil && w.User.UserID != at.user {
			err = gone(tried)
		}
		if err != nil {
			return nil, err
		}
		row := b.member(wireOrganization{}, w.User.asMember())
		return &row, nil
	case at.user == "":
		o, _, err := get[wireOrganization](ctx, b, tried, inOrganization(at.organization), nil)
		if err != nil {
			return nil, err
		}
		invitations, _, err := b.invitations(ctx, o)
		var rows []apiclient.User
		for _, i := range invitations {
			rows = append(rows, b.invited(o, i))
		}
		return find(rows, err, ref, tried)
	}
	m, _, err := get[wireMember](ctx, b, tried, inOrganization(at.organization, "user", at.user), nil)
	if err != nil {
		return nil, err
	}
	o, _, err := get[wireOrganization](ctx, b, tried, inOrganization(at.organization), nil)
	if err != nil {
		return nil, err
	}
	if m.UserInfo.IsApplicationUser {
		// Only its own list knows its name for sure.
		if app, _, err := get[wireApplicationUser](ctx, b, tried, inOrganization(at.organization, "application-users", at.user), nil); err == nil {
			m.UserInfo.RealName, m.IsSuperAdmin = app.Name, app.IsSuperAdmin
		}
	}
	row := b.member(o, m)
	return &row, nil
}

func (b *backend) readToken(ctx context.Context, tried string, ref apiclient.Ref) (apiclient.Record, error) {
	at := tokenOf(ref)
	if at.owned == "" {
		rows, _, err := b.ownTokens(ctx)
		return find(rows, err, ref, tried)
	}
	h, err := b.holderOf(ctx, tried, b.ref(apiclient.KindUser, userPath(at.organization, at.user, "")))
	if err != nil {
		return nil, err
	}
	rows, _, err := b.tokensOf(ctx, h)
	if err != nil && !errors.Is(err, apiclient.ErrNotFound) {
		return nil, err
	}
	return find(rows, nil, ref, tried)
}
