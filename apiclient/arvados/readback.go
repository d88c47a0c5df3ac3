package arvados

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gatehouse/apiclient"
)

// lately is how old what a lost create has made can be at most.
const lately = 10 * time.Minute

func happened(words string) apiclient.Finding {
	return apiclient.Finding{End: apiclient.Done, Words: words}
}

func notHappened(words string) apiclient.Finding {
	return apiclient.Finding{End: apiclient.Refused, Words: words}
}

func cannotSay(words string) apiclient.Finding {
	return apiclient.Finding{End: apiclient.Unknown, Words: words}
}

// ReadBack implements apiclient.Backend.
func (b *backend) ReadBack(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	look := map[apiclient.Verb]func(context.Context, apiclient.Op) (apiclient.Finding, error){
		apiclient.AccountCreate: b.foundGroup, apiclient.AccountUpdate: b.foundGroup, apiclient.AccountDelete: b.foundGroup,
		apiclient.UserCreate: b.foundNewUser,
		apiclient.UserUpdate: b.foundUser, apiclient.UserSetup: b.foundUser, apiclient.UserActivate: b.foundUser,
		apiclient.UserDeactivate: b.foundUser, apiclient.UserUnsetup: b.foundUser, apiclient.UserDelete: b.foundUser,
		apiclient.UserShowTokens: b.foundMinted, apiclient.UserExpireTokens: b.foundExpired, apiclient.UserReassign: b.foundReassigned,
		apiclient.TokenCreate: b.foundToken, apiclient.TokenUpdate: b.foundChangedToken, apiclient.TokenRevoke: b.foundRevoked,
		apiclient.TokenRevokePasted: func(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
			return b.foundRevoked(ctx, b.aimed(op))
		},
		apiclient.GrantAdd: b.foundNewGrant, apiclient.GrantUpdate: b.foundGrant, apiclient.GrantRemove: b.foundGrant,
		apiclient.SessionSignOut: b.foundSignedOut,
	}[op.Verb]
	if look == nil {
		return apiclient.Finding{}, apiclient.Unsupported(string(op.Verb), "this cluster cannot do that")
	}
	f, err := look(ctx, op)
	if err != nil {
		f.End = apiclient.Unknown
	}
	return f, err
}

func (b *backend) foundSignedOut(ctx context.Context, _ apiclient.Op) (apiclient.Finding, error) {
	_, _, err := currentToken(ctx, b.rest, "ask whether it is still signed in")
	if errors.Is(err, apiclient.ErrSignedOut) {
		return happened("signed out"), nil
	}
	return notHappened("still signed in"), err
}

func (b *backend) foundGroup(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	if op.Verb == apiclient.AccountCreate {
		p, _, err := fetch[group](ctx, b.rest, b.doing(op), query{path: pathGroups, limit: 1, order: "created_at desc", filters: []filter{{"name", "=", op.With.Text("name")}, {"group_class", "=", classRole}}})
		if err != nil || len(p.Items) == 0 || b.ago(p.Items[0].Created) > lately {
			return notHappened("no such group was made"), err
		}
		f := happened("it was made")
		f.Made = []apiclient.Ref{b.ref(apiclient.KindAccount, p.Items[0].UUID, p.Items[0].label())}
		return f, nil
	}
	g, err := get[group](ctx, b, b.doing(op), pathGroups, uuidOf(op.On))
	if errors.Is(err, apiclient.ErrNotFound) {
		return ifSo(op.Verb == apiclient.AccountDelete, "gone"), nil
	}
	if op.Verb == apiclient.AccountDelete {
		return notHappened("still there"), err
	}
	same := wanted(op, "name", g.Name) && wanted(op, "description", g.Description)
	return asWanted(same), err
}

func ifSo(done bool, words string) apiclient.Finding {
	if done {
		return happened(words)
	}
	return notHappened(words)
}

func wanted(op apiclient.Op, field, is string) bool {
	return !op.With.Has(field) || op.With.Text(field) == is
}

func asWanted(same bool) apiclient.Finding {
	if same {
		return happened("it is as wanted")
	}
	return notHappened("it is as it was")
}

func (b *backend) foundNewUser(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	p, _, err := fetch[user](ctx, b.rest, b.doing(op), query{path: pathUsers, limit: 1, order: "created_at desc", filters: []filter{{"email", "=", op.With.Text("email")}}})
	if err != nil || len(p.Items) == 0 || b.ago(p.Items[0].Created) > lately {
		return notHappened("no such user was made"), err
	}
	u := p.Items[0]
	f := happened("user " + u.label() + " was made")
	f.Made = []apiclient.Ref{b.ref(apiclient.KindUser, u.UUID, u.label())}
	return f, nil
}

func (b *backend) foundUser(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	u, err := get[user](ctx, b, b.doing(op), pathUsers, uuidOf(op.On))
	if errors.Is(err, apiclient.ErrNotFound) {
		return ifSo(op.Verb == apiclient.UserDelete, "gone"), nil
	}
	if err != nil {
		return apiclient.Finding{}, err
	}
	state := "it is " + string(u.state())
	switch op.Verb {
	case apiclient.UserDelete:
		return notHappened("still there"), nil
	case apiclient.UserActivate:
		return ifSo(u.Active, state), nil
	case apiclient.UserUnsetup:
		return ifSo(!u.Active && !u.Invited, state), nil
	case apiclient.UserDeactivate:
		return b.foundDeactivated(ctx, u)
	case apiclient.UserSetup:
		return b.foundSetUp(ctx, op, u)
	}
	return asWanted(wanted(op, "user_name", u.Username) && wanted(op, "email", u.Email) && wanted(op, "first_name", u.FirstName) &&
		wanted(op, "last_name", u.LastName) && (!op.With.Has("admin") || op.With.Bool("admin") == u.Admin)), nil
}

// foundDeactivated tells whether all, a part or nothing of it was done.
func (b *backend) foundDeactivated(ctx context.Context, u user) (apiclient.Finding, error) {
	if !u.Active {
		return happened("it is inactive"), nil
	}
	n, err := b.count(ctx, pathLinks, b.ofAllUsers(u.UUID)...)
	if err == nil && n == 0 {
		return cannotSay("it left All users, but is still active: do it again"), nil
	}
	return notHappened("it is active"), err
}

func (b *backend) foundSetUp(ctx context.Context, op apiclient.Op, u user) (apiclient.Finding, error) {
	n, err := b.count(ctx, pathLinks, b.ofAllUsers(u.UUID)...)
	if err != nil || n == 0 {
		return notHappened("it is not set up"), err
	}
	if op.With.Text("vm") != "" {
		vm, err := b.chosen(ctx, op, "vm", apiclient.KindObject)
		if err != nil {
			return apiclient.Finding{}, err
		}
		n, err := b.count(ctx, pathLinks, filter{"name", "=", canLogin}, filter{"tail_uuid", "=", u.UUID}, filter{"head_uuid", "=", vm.uuid})
		if err != nil || n == 0 {
			return notHappened("it has no login on " + vm.label), err
		}
	}
	if op.With.Bool("activate") && !u.Active {
		return cannotSay("it is set up, but not active"), nil
	}
	return happened("it is set up"), nil
}

func (b *backend) foundMinted(context.Context, apiclient.Op) (apiclient.Finding, error) {
	return cannotSay("a token may have been made for the user, which dies within the hour; nothing else changed"), nil
}

func (b *backend) foundExpired(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	if uuidOf(op.On) != b.me.UUID {
		return cannotSay("the cluster shows tokens only to their owner: do it again, it does no harm"), nil
	}
	p, _, err := fetch[token](ctx, b.rest, b.doing(op), query{path: pathTokens, limit: mostRows})
	if errors.Is(err, apiclient.ErrSignedOut) {
		return happened("signed out: the last token is gone too"), nil
	}
	return notHappened(plural(len(p.Items), "token") + " still there"), err
}

// foundReassigned looks for the project, and for what the old owner still has.
func (b *backend) foundReassigned(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	id := uuidOf(op.On)
	if op.With.Bool("redirect") {
		if _, err := get[user](ctx, b, b.doing(op), pathUsers, id); errors.Is(err, apiclient.ErrNotFound) {
			return happened("the old account is gone"), nil
		}
	}
	to, err := b.chosen(ctx, op, "to", apiclient.KindUser)
	if err != nil {
		return apiclient.Finding{}, err
	}
	p, _, err := fetch[group](ctx, b.rest, b.doing(op), query{path: pathGroups, limit: 1, order: "created_at desc", filters: []filter{
		{"owner_uuid", "=", to.uuid}, {"group_class", "=", classProject}, {"name", "like", projectFor(op) + "%"},
	}})
	if err != nil || len(p.Items) == 0 || b.ago(p.Items[0].Created) > lately {
		return notHappened("there is no project for it yet"), err
	}
	left, err := b.leftBehind(ctx, id)
	if err != nil {
		return apiclient.Finding{}, err
	}
	taken, err := b.leftBehind(ctx, p.Items[0].UUID)
	if err == nil && left == 0 && taken > 0 {
		return happened("the data is in project " + p.Items[0].Name), nil
	}
	return cannotSay(fmt.Sprintf("project %s is there; the old owner still has %s", p.Items[0].Name, owned(left))), err
}

// foundToken looks among one's own newest tokens for one that looks as the op
// wanted it. A finding can hand over no secret.
func (b *backend) foundToken(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	if op.With.Text("user") != "" {
		owner, err := b.chosen(ctx, op, "user", apiclient.KindUser)
		if err != nil || owner.uuid != b.me.UUID {
			return cannotSay("the cluster shows tokens only to their owner: look at the tokens of the user"), err
		}
	}
	p, _, err := fetch[token](ctx, b.rest, b.doing(op), query{path: pathTokens, order: "created_at desc", limit: newest})
	if err != nil {
		return apiclient.Finding{}, err
	}
	for _, t := range p.Items {
		if t.UUID != b.token.UUID && b.ago(t.Created) < lately && looksLike(t, op) {
			f := happened(t.UUID + " was made, its answer got lost: revoke it and create another")
			f.Orphans = []apiclient.Ref{b.tokenRef(t)}
			return f, nil
		}
	}
	return notHappened("no such token is there"), nil
}

// newest is among how many tokens a lost one is looked for.
const newest = 20

// looksLike compares scopes and life; the clocks of both sides may differ.
func looksLike(t token, op apiclient.Op) bool {
	list, err := parseScopes(op.With.List("scopes"))
	if list == nil {
		list = []string{"all"}
	}
	if err != nil || !slices.Equal(list, t.Scopes) {
		return false
	}
	age := op.With.Span("max_age")
	if t.Expires == nil || age == 0 {
		return t.Expires == nil && age == 0
	}
	return (t.Expires.Sub(*t.Created) - age).Abs() < time.Minute
}

func (b *backend) foundChangedToken(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	id := uuidOf(op.On)
	if b.ownerOf(op.On, id) != b.me.UUID {
		return cannotSay("the cluster shows tokens only to their owner: do it again, it does no harm"), nil
	}
	t, err := get[token](ctx, b, b.doing(op), pathTokens, id)
	if err != nil {
		return apiclient.Finding{}, err
	}
	same := true
	if op.With.Has("scopes") {
		list, err := parseScopes(op.With.List("scopes"))
		same = err == nil && slices.Equal(list, t.Scopes)
	}
	if op.With.Has("expires") {
		at, err := time.Parse(time.RFC3339, op.With.Text("expires"))
		same = same && (t.Expires == nil) == (err != nil) && (t.Expires == nil || t.Expires.Equal(at))
	}
	return asWanted(same), nil
}

// foundRevoked asks with a pasted token itself; one's own is looked up.
func (b *backend) foundRevoked(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	if !op.Secret.IsZero() {
		verdicts, err := b.Probe(ctx, op.Secret)
		if err != nil || len(verdicts) == 0 || verdicts[0].Life == apiclient.CannotSay {
			return cannotSay("it could not be tried"), err
		}
		return ifSo(verdicts[0].Life == apiclient.Dead, verdicts[0].Words), nil
	}
	id := uuidOf(op.On)
	if b.ownerOf(op.On, id) != b.me.UUID && !b.isRoot() {
		return cannotSay("the cluster shows tokens only to their owner: do it again, it does no harm"), nil
	}
	_, err := get[token](ctx, b, b.doing(op), pathTokens, id)
	if errors.Is(err, apiclient.ErrNotFound) || id == b.token.UUID && errors.Is(err, apiclient.ErrSignedOut) {
		return happened("gone"), nil
	}
	return notHappened("still there"), err
}

func (b *backend) foundNewGrant(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	w, err := b.wished(ctx, op)
	if err != nil {
		return apiclient.Finding{}, err
	}
	filters := []filter{{"link_class", "=", "permission"}, {"tail_uuid", "=", w.tail.uuid}, {"head_uuid", "=", w.head.uuid}}
	if w.access == canLogin {
		p, err := b.sameLogin(ctx, b.doing(op), w)
		for _, l := range p.Items {
			if slices.Equal(l.login().Groups, w.login.Groups) {
				return happened("the login is there"), nil
			}
		}
		return notHappened("there is no such login"), err
	}
	at := slices.Index(levels(), w.access)
	n, err := b.count(ctx, pathLinks, append(filters, filter{"name", "in", levels()[at:]})...)
	return ifSo(n > 0, plural(n, "such permission")), err
}

func (b *backend) foundGrant(ctx context.Context, op apiclient.Op) (apiclient.Finding, error) {
	l, err := get[link](ctx, b, b.doing(op), pathLinks, uuidOf(op.On))
	if errors.Is(err, apiclient.ErrNotFound) {
		return ifSo(op.Verb == apiclient.GrantRemove, "gone"), nil
	}
	if err != nil || op.Verb == apiclient.GrantRemove {
		return notHappened("still there"), err
	}
	login := l.login()
	return asWanted(wanted(op, "access", l.Name) && wanted(op, "login", login.Login) &&
		(!op.With.Has("groups") || slices.Equal(op.With.List("groups"), login.Groups))), nil
}
