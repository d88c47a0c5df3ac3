package aiven

import (
	"context"
	"fmt"
	"strings"

	"gatehouse/apiclient"
)

// field is a refusal that belongs beside one field.
func field(tried, name, text string) *apiclient.Failure {
	return &apiclient.Failure{
		Tried: tried, Message: strings.ReplaceAll(name, "_", " ") + " " + text, Cause: apiclient.ErrInvalid,
		Fields: []apiclient.FieldError{{Field: name, Text: text}},
	}
}

// resolve turns what was typed for an organization or a user into refs, and
// refuses what makes no sense together. What a picker chose is left alone.
func (b *backend) resolve(ctx context.Context, op apiclient.Op) (apiclient.Op, error) {
	switch op.Verb {
	case apiclient.AccountCreate:
		if in := op.With["parent"]; !in.Empty() && in.Ref.IsZero() {
			return b.resolveParent(ctx, op)
		}
	case apiclient.UserCreate, apiclient.UserInvite:
		if in := op.With["account"]; in.Ref.IsZero() {
			return b.resolveOrganization(ctx, op)
		}
	case apiclient.TokenCreate:
		if op.With.Bool("extend_when_used") && op.With.Span("max_age") == 0 {
			return op, field(b.doing(op), "extend_when_used", "means nothing without a max age")
		}
		if n := max(len(op.With.List("ip_allowlist")), len(op.With.List("scopes"))); n > mostWords {
			return op, &apiclient.Failure{Tried: b.doing(op), Message: fmt.Sprintf("at most %d addresses and scopes", mostWords), Cause: apiclient.ErrInvalid}
		}
		return b.resolveOwner(ctx, op)
	}
	return op, nil
}

// chosen gives the op with a ref for what was typed.
func chosen(op apiclient.Op, name string, ref apiclient.Ref) apiclient.Op {
	with := apiclient.Values{}
	for k, v := range op.With {
		with[k] = v
	}
	with[name] = apiclient.Input{Text: ref.Name(), Ref: ref}
	op.With = with
	return op
}

func (b *backend) resolveOrganization(ctx context.Context, op apiclient.Op) (apiclient.Op, error) {
	typed := op.With.Text("account")
	orgs, err := b.organizations(ctx)
	if err != nil {
		return op, err
	}
	var fits []wireOrganization
	for _, o := range orgs {
		if typed == "" || typed == o.OrganizationID || strings.EqualFold(typed, o.OrganizationName) {
			fits = append(fits, o)
		}
	}
	switch {
	case len(fits) == 1:
		return chosen(op, "account", b.ref(apiclient.KindAccount, fits[0].path())), nil
	case typed == "" && len(fits) == 0:
		return op, field(b.doing(op), "account", "cannot be filled in: you are in no organization")
	case typed == "":
		return op, field(b.doing(op), "account", "is required: you are in several")
	case len(fits) == 0:
		return op, field(b.doing(op), "account", "is not known: there is no organization "+typed)
	}
	return op, field(b.doing(op), "account", "is not clear: several have this name, give the id")
}

func (b *backend) resolveParent(ctx context.Context, op apiclient.Op) (apiclient.Op, error) {
	typed := op.With.Text("parent")
	accounts, _, err := b.accounts(ctx)
	if err != nil {
		return op, err
	}
	var fits []wireAccount
	for _, a := range accounts {
		if typed == a.AccountID || typed == a.OrganizationID && a.ParentAccountID == "" || strings.EqualFold(typed, a.AccountName) {
			fits = append(fits, a)
		}
	}
	switch len(fits) {
	case 1:
		return chosen(op, "parent", b.ref(apiclient.KindAccount, fits[0].path())), nil
	case 0:
		return op, field(b.doing(op), "parent", "is not known: there is nothing called "+typed)
	}
	return op, field(b.doing(op), "parent", "is not clear: several have this name, give the id")
}

const onlyApps = "must be yourself or an application user: nobody else's tokens can be created"

// resolveOwner finds whose token is to be made: one's own or that of an
// application user.
func (b *backend) resolveOwner(ctx context.Context, op apiclient.Op) (apiclient.Op, error) {
	in := op.With["user"]
	me := b.self()
	switch {
	case in.Empty() && in.Ref.IsZero():
		return op, nil
	case in.Ref.IsZero() && (strings.EqualFold(in.Text, me.Email) || in.Text == me.ID):
		return chosen(op, "user", b.ref(apiclient.KindUser, userPath("", me.ID, me.Email))), nil
	case !in.Ref.IsZero():
		return op, nil
	}
	orgs, err := b.organizations(ctx)
	if err != nil {
		return op, err
	}
	var fits []apiclient.Ref
	for _, o := range orgs {
		apps, _, err := b.applicationUsers(ctx, o)
		if err != nil && !hidden(err) {
			return op, err
		}
		for _, app := range apps {
			if in.Text == app.UserID || strings.EqualFold(in.Text, app.Name) || strings.EqualFold(in.Text, app.UserEmail) {
				fits = append(fits, b.ref(apiclient.KindUser, userPath(o.OrganizationID, app.UserID, app.Name)))
			}
		}
	}
	switch len(fits) {
	case 1:
		return chosen(op, "user", fits[0]), nil
	case 0:
		return op, field(b.doing(op), "user", onlyApps)
	}
	return op, field(b.doing(op), "user", "is not clear: several have this name, give the id")
}

// ownerOf is whose token a resolved op makes; owned is "" for one's own.
func (b *backend) ownerOf(op apiclient.Op) place {
	ref := op.With["user"].Ref
	at := userOf(ref)
	if ref.IsZero() || at.user == b.self().ID {
		return place{}
	}
	at.owned = ownedByApp
	return at
}
