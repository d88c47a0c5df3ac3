package aiven

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Users implements apiclient.Backend: members, application users and who is
// invited, one organization a page.
func (b *backend) Users(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.User], error) {
	page := apiclient.Page[apiclient.User]{Total: -1}
	if err := b.unordered(apiclient.KindUser, q, q.Scope.IsZero() || q.Scope.Kind == apiclient.KindAccount); err != nil {
		return page, err
	}
	orgs, next, err := b.walk(ctx, q)
	if err != nil {
		return page, err
	}
	page.Next = next
	if len(orgs) == 0 && q.Page == "" {
		// Whoever is in no organization sees himself at least.
		return b.myself(ctx)
	}
	for _, o := range orgs {
		p, err := b.people(ctx, o)
		if isDenied(err) && q.Scope.IsZero() {
			continue // others can still be read
		}
		if err != nil {
			return page, err
		}
		page.At = p.at
		for _, u := range b.usersOf(p) {
			if contains(q.Search, u.Name, u.RealName, u.Email) {
				page.Rows = append(page.Rows, u)
			}
		}
	}
	if page.Next == "" && q.Page == "" {
		page.Total = len(page.Rows)
	}
	return page, nil
}

func (b *backend) usersOf(p people) []apiclient.User {
	var rows []apiclient.User
	for _, m := range p.members {
		rows = append(rows, b.member(p.organization, m))
	}
	for _, i := range p.invitations {
		rows = append(rows, b.invited(p.organization, i))
	}
	slices.SortFunc(rows, func(x, y apiclient.User) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(string(x.Ref.Path), string(y.Ref.Path)))
	})
	return rows
}

func (b *backend) myself(ctx context.Context) (apiclient.Page[apiclient.User], error) {
	w, a, err := get[struct{ User wireMe }](ctx, b, "list users", "/v1/me", nil)
	if err != nil {
		return apiclient.Page[apiclient.User]{Total: -1}, err
	}
	return apiclient.Page[apiclient.User]{Rows: []apiclient.User{b.member(wireOrganization{}, w.User.asMember())}, Total: 1, At: a.At}, nil
}

// people are all that an organization has.
type people struct {
	organization wireOrganization
	members      []wireMember // application users included
	invitations  []wireInvitation
	at           time.Time // the server's clock
}

func (p people) member(id string) (wireMember, bool) {
	i := slices.IndexFunc(p.members, func(m wireMember) bool { return m.UserID == id })
	if i < 0 {
		return wireMember{}, false
	}
	return p.members[i], true
}

// people reads everybody in an organization. Application users and invitations
// take permissions that not everybody has who may see the members: then they
// are left out, or known as far as the list of members knows them.
func (b *backend) people(ctx context.Context, o wireOrganization) (people, error) {
	p := people{organization: o}
	w, a, err := get[struct{ Users []wireMember }](ctx, b, "list the users of "+o.OrganizationName,
		inOrganization(o.OrganizationID, "user"), url.Values{"include_application_users": {"true"}})
	if err != nil {
		return p, err
	}
	p.members, p.at = w.Users, a.At
	apps, _, err := b.applicationUsers(ctx, o)
	if err != nil && !hidden(err) {
		return p, err
	}
	for _, app := range apps {
		i := slices.IndexFunc(p.members, func(m wireMember) bool { return m.UserID == app.UserID })
		if i < 0 {
			p.members = append(p.members, app.asMember())
			continue
		}
		m := &p.members[i]
		m.UserInfo.RealName, m.UserInfo.IsApplicationUser, m.IsSuperAdmin = app.Name, true, app.IsSuperAdmin
	}
	p.invitations, _, err = b.invitations(ctx, o)
	if err != nil && !hidden(err) {
		return p, err
	}
	return p, nil
}

// hidden tells that something is not for the one who asks.
func hidden(err error) bool {
	return isDenied(err) || errors.Is(err, apiclient.ErrNotFound)
}

func (b *backend) applicationUsers(ctx context.Context, o wireOrganization) ([]wireApplicationUser, rest.Answer, error) {
	w, a, err := get[struct {
		Users []wireApplicationUser `json:"application_users"`
	}](ctx, b, "list the application users of "+o.OrganizationName, inOrganization(o.OrganizationID, "application-users"), nil)
	return w.Users, a, err
}

func (b *backend) invitations(ctx context.Context, o wireOrganization) ([]wireInvitation, rest.Answer, error) {
	w, a, err := get[struct{ Invitations []wireInvitation }](ctx, b, "list the invitations of "+o.OrganizationName, inOrganization(o.OrganizationID, "invitation"), nil)
	return w.Invitations, a, err
}
