package aiven

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

const (
	// One request is needed for each user, and Aiven counts them: few at once.
	tokenReaders = 4
	// atOnce is how many users a page of the walk is about.
	atOnce = 24
)

// Tokens implements apiclient.Backend. There is no list of all tokens: after
// one's own come those of one user after the other, in every organization.
func (b *backend) Tokens(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	page := apiclient.Page[apiclient.Token]{Total: -1}
	if err := b.unordered(apiclient.KindToken, q, q.Scope.IsZero() || q.Scope.Kind == apiclient.KindAccount || q.Scope.Kind == apiclient.KindUser); err != nil {
		return page, err
	}
	var err error
	switch {
	case q.Scope.Kind == apiclient.KindUser:
		page, err = b.tokensOfUser(ctx, q.Scope)
	case q.Page == "" && q.Scope.IsZero():
		page, err = b.myTokens(ctx)
		page.Next = walkFrom("", "")
	default:
		page, err = b.walkTokens(ctx, q)
	}
	page.Rows = slices.DeleteFunc(page.Rows, func(t apiclient.Token) bool {
		return !contains(q.Search, t.Handle, t.Description, string(t.Owner))
	})
	return page, err
}

// ownTokens reads the tokens and sessions of the one who is signed in.
func (b *backend) ownTokens(ctx context.Context) ([]apiclient.Token, rest.Answer, error) {
	return b.tokensOf(ctx, b.ownHolder(wireOrganization{}))
}

// myTokens are one's own, with the organization that one is shown in.
func (b *backend) myTokens(ctx context.Context) (apiclient.Page[apiclient.Token], error) {
	page := apiclient.Page[apiclient.Token]{Total: -1}
	orgs, err := b.organizations(ctx)
	if err != nil && !isDenied(err) {
		return page, err
	}
	rows, a, err := b.tokensOf(ctx, b.ownHolder(homeOf(b.self(), orgs)))
	page.Rows, page.At = rows, a.At
	return page, err
}

func (b *backend) ownHolder(home wireOrganization) holder {
	me := b.self()
	return holder{organization: home, user: me.ID, name: me.Email}
}

// tokensOf reads the tokens of one user, by the route that fits him.
func (b *backend) tokensOf(ctx context.Context, h holder) ([]apiclient.Token, rest.Answer, error) {
	path := "/v1/access_token"
	switch h.owned {
	case ownedByMember:
		path = inOrganization(h.organization.OrganizationID, "user", h.user, "access-tokens")
	case ownedByApp:
		path = inOrganization(h.organization.OrganizationID, "application-users", h.user, "access-tokens")
	}
	w, a, err := get[wireTokens](ctx, b, "list the tokens of "+h.name, path, nil)
	if err != nil {
		return nil, a, err
	}
	rows := make([]apiclient.Token, len(w.Tokens))
	for i, t := range w.Tokens {
		rows[i] = b.tokenOf(h, t)
	}
	slices.SortFunc(rows, func(x, y apiclient.Token) int {
		return cmp.Or(cmp.Compare(y.Created, x.Created), strings.Compare(x.Handle, y.Handle))
	})
	return rows, a, nil
}

// holderOf finds out by which route the tokens of a user are read.
func (b *backend) holderOf(ctx context.Context, tried string, ref apiclient.Ref) (holder, error) {
	at := userOf(ref)
	if at.organization == "" {
		if at.user != b.self().ID {
			return holder{}, gone(tried)
		}
		return b.ownHolder(wireOrganization{}), nil
	}
	o, _, err := get[wireOrganization](ctx, b, tried, inOrganization(at.organization), nil)
	if err != nil {
		return holder{}, err
	}
	if at.user == b.self().ID {
		return b.ownHolder(o), nil
	}
	m, _, err := get[wireMember](ctx, b, tried, inOrganization(at.organization, "user", at.user), nil)
	if err != nil {
		return holder{}, err
	}
	return b.holder(o, m), nil
}

func (b *backend) holder(o wireOrganization, m wireMember) holder {
	u := b.member(o, m)
	h := holder{organization: o, user: m.UserID, name: u.Name, owned: ownedByMember}
	switch {
	case m.UserID == b.self().ID:
		h.owned = ""
	case m.UserInfo.IsApplicationUser:
		h.owned = ownedByApp
	}
	return h
}

func (b *backend) tokensOfUser(ctx context.Context, ref apiclient.Ref) (apiclient.Page[apiclient.Token], error) {
	page := apiclient.Page[apiclient.Token]{Total: -1}
	if isInvitation(ref) {
		page.Total = 0 // who has not accepted has none here
		return page, nil
	}
	h, err := b.holderOf(ctx, "list the tokens of "+ref.Name(), ref)
	if err != nil {
		return page, err
	}
	if h.owned == ownedByApp {
		h.name = ref.Name() // as the list of application users has it
	}
	rows, a, err := b.tokensOf(ctx, h)
	if isDenied(err) {
		f := *apiclient.AsFailure("", err)
		f.Next = "the tokens of a member show only if the organization manages him, and to those with organization:users:write"
		return page, &f
	}
	page.Rows, page.Total, page.At = rows, len(rows), a.At
	return page, err
}

// A page of the walk is named after the organization and the user that were
// read last.
func walkFrom(organization, user string) string { return organization + "/" + user }

// walkTokens reads the tokens of the next users, and goes on until there are
// any: pages without rows are of no use to anybody.
func (b *backend) walkTokens(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	page := apiclient.Page[apiclient.Token]{Total: -1}
	inOrg, after, _ := strings.Cut(q.Page, "/")
	orgs, err := b.organizationsFrom(ctx, q.Scope, inOrg)
	if err != nil {
		return page, err
	}
	for _, o := range orgs {
		p, err := b.people(ctx, o)
		if err != nil && (!isDenied(err) || !q.Scope.IsZero()) {
			return page, err
		}
		holders := b.holdersAfter(p, after, !q.Scope.IsZero())
		after = ""
		for len(holders) > 0 {
			some := holders[:min(atOnce, len(holders))]
			holders = holders[len(some):]
			rows, err := b.tokensOfMany(ctx, some)
			page.Rows = append(page.Rows, rows...)
			if err != nil {
				return page, err
			}
			if len(page.Rows) > 0 {
				page.Next, page.At = walkFrom(o.OrganizationID, some[len(some)-1].user), p.at
				return page, nil
			}
		}
	}
	return page, nil
}

// organizationsFrom are those that a walk has still to go through, beginning
// with the one it stands in.
func (b *backend) organizationsFrom(ctx context.Context, scope apiclient.Ref, id string) ([]wireOrganization, error) {
	if scope.Kind == apiclient.KindAccount {
		orgs, _, err := b.walk(ctx, apiclient.Query{Scope: scope})
		return orgs, err
	}
	orgs, err := b.organizations(ctx)
	return slices.DeleteFunc(orgs, func(o wireOrganization) bool { return o.OrganizationID < id }), err
}

// holdersAfter are the users of an organization in the order of their ids.
// One's own tokens were read already, unless only this organization is asked
// for.
func (b *backend) holdersAfter(p people, after string, withSelf bool) []holder {
	var out []holder
	for _, m := range p.members {
		h := b.holder(p.organization, m)
		if h.user > after && (withSelf || h.owned != "") {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(x, y holder) int { return strings.Compare(x.user, y.user) })
	return out
}

// tokensOfMany reads the tokens of several users. Those whose tokens may not be
// seen, or who are gone meanwhile, have none here.
func (b *backend) tokensOfMany(ctx context.Context, holders []holder) ([]apiclient.Token, error) {
	found := make([][]apiclient.Token, len(holders))
	failed := make([]error, len(holders))
	slots := make(chan struct{}, tokenReaders)
	var wg sync.WaitGroup
	for i, h := range holders {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			found[i], _, failed[i] = b.tokensOf(ctx, h)
		})
	}
	wg.Wait()
	var rows []apiclient.Token
	for i := range holders {
		if err := failed[i]; err != nil && !hidden(err) {
			return nil, err
		}
		rows = append(rows, found[i]...)
	}
	return rows, nil
}
