package aiven

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

type newToken struct {
	Description string   `json:"description"`
	MaxAge      int64    `json:"max_age_seconds,omitempty"` // never null, which the API's document does not know
	Extend      bool     `json:"extend_when_used,omitempty"`
	IPAllowlist []string `json:"ip_allowlist,omitempty"`
	Scopes      []string `json:"scopes,omitempty"`
}

// createToken makes a token of one's own or of an application user.
func (b *backend) createToken(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	age := op.With.Span("max_age")
	body := newToken{
		Description: op.With.Text("description"), MaxAge: int64(age / time.Second), Extend: op.With.Bool("extend_when_used"),
		IPAllowlist: op.With.List("ip_allowlist"), Scopes: op.With.List("scopes"),
	}
	at := b.ownerOf(op)
	h := b.ownHolder(wireOrganization{})
	path := route("access_token")
	if at.owned != "" {
		h = holder{organization: wireOrganization{OrganizationID: at.organization}, user: at.user, name: op.With["user"].Ref.Name(), owned: at.owned}
		path = inOrganization(at.organization, "application-users", at.user, "access-tokens")
	}
	var made wireSecretToken
	return b.send(ctx, op, rest.Request{Method: http.MethodPost, Path: path, Into: &made, Body: rest.JSON(body)},
		func() apiclient.Outcome { return b.minted(ctx, h, made, age) })
}

func (b *backend) minted(ctx context.Context, h holder, made wireSecretToken, age time.Duration) apiclient.Outcome {
	t := b.tokenOf(h, made.wireToken)
	o := apiclient.Did("token " + t.Handle + " of " + h.name + " was created")
	o.Made = []apiclient.Ref{t.Ref}
	if made.FullToken.IsZero() {
		o.End, o.Orphans = apiclient.Unknown, o.Made
		o.Words += ", but the answer does not hold the token: revoke it and create another"
		o.Failure = &apiclient.Failure{Tried: "create a token", End: apiclient.Unknown, Message: o.Words, Cause: apiclient.ErrBroken}
		return o
	}
	expires := t.Expires
	if h.owned == ownedByApp {
		expires = b.expiryOf(ctx, h, t.Ref)
	}
	note := "it does not expire"
	switch {
	case !expires.IsZero():
		note = "it expires " + expires.Time().Format(time.RFC3339)
	case age > 0:
		note = "it expires after " + apiclient.FormatSpan(age)
	}
	o.Reveals = []apiclient.Reveal{{Label: "Token", Secret: made.FullToken, Handle: t.Handle, Note: "Shown now and never again; " + note}}
	return o
}

// expiryOf reads when a new token of an application user expires, which the
// answer of its making does not say. Not knowing does no harm.
func (b *backend) expiryOf(ctx context.Context, h holder, ref apiclient.Ref) apiclient.Moment {
	rows, _, err := b.tokensOf(ctx, h)
	if err != nil {
		return 0
	}
	for _, t := range rows {
		if t.Ref == ref {
			return t.Expires
		}
	}
	return 0
}

func (b *backend) updateToken(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at := tokenOf(op.On)
	if at.owned != "" {
		return b.cannot(op, "nothing about the tokens of others can be changed: create another and revoke this one")
	}
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPut, Path: route("access_token", at.prefix), Body: rest.JSON(map[string]string{"description": op.With.Text("description")}),
	}, did("the description of "+at.prefix+" is changed"))
}

// revoke ends a token by its prefix. A token that is not there any more is as
// dead as was wanted.
func (b *backend) revoke(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	if op.On.IsZero() {
		return b.revokeItself(ctx, op)
	}
	at := tokenOf(op.On)
	return b.already(op, b.send(ctx, op, rest.Request{Method: http.MethodDelete, Path: at.revokePath(), Empty: at.owned != ""},
		did(op.On.Name()+" is revoked")))
}

func (b *backend) already(op apiclient.Op, o apiclient.Outcome) apiclient.Outcome {
	if o.Failure != nil && errors.Is(o.Failure, apiclient.ErrNotFound) {
		gone := apiclient.Did(op.On.Name() + " was not there any more")
		gone.Unchanged, gone.RequestID = true, o.RequestID
		return gone
	}
	return o
}

// revokeItself has a pasted token sign itself out: that needs no right but the
// token's own, and the token stays out of paths.
func (b *backend) revokeItself(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	token := trimToken(pasted(op))
	if err := checkTokenText(token); err != nil {
		return apiclient.Fail(b.doing(op), &apiclient.Failure{Tried: b.doing(op), Message: "it " + err.Error(), Cause: apiclient.ErrInvalid})
	}
	client, err := b.dial(&rest.Auth{Scheme: scheme, Secret: token})
	if err != nil {
		return b.unsent(op, err)
	}
	defer client.Close()
	a, err := client.Do(ctx, rest.Request{Tried: b.doing(op), Method: http.MethodPost, Path: "/v1/me/logout", Into: new(struct{})})
	o := apiclient.Did("it has signed itself out and is dead")
	switch {
	case a.Status == http.StatusUnauthorized:
		o.Words, o.Unchanged = "it was dead already", true
	case err != nil:
		return apiclient.Fail(b.doing(op), err)
	}
	o.RequestID, o.At = a.RequestID, a.At
	return o
}

// expireTokens ends all tokens of a user: with one call for oneself, one by one
// for all others.
func (b *backend) expireTokens(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	at := userOf(op.On)
	if at.user == b.self().ID {
		return b.send(ctx, op, rest.Request{Method: http.MethodPost, Path: "/v1/me/expire_tokens"},
			did("all tokens and sessions have expired, the one in use too: sign in again"))
	}
	if isInvitation(op.On) {
		return b.cannot(op, "the invitation is not accepted yet: there are no tokens")
	}
	h, err := b.holderOf(ctx, b.doing(op), op.On)
	if err != nil {
		return b.unsent(op, err)
	}
	rows, _, err := b.tokensOf(ctx, h)
	if err != nil {
		return b.unsent(op, err)
	}
	return b.revokeEach(ctx, op, rows)
}

func (b *backend) revokeEach(ctx context.Context, op apiclient.Op, rows []apiclient.Token) apiclient.Outcome {
	var o apiclient.Outcome
	counts := map[apiclient.End]int{}
	for _, t := range rows {
		one := b.revoke(ctx, apiclient.Op{Verb: apiclient.TokenRevoke, On: t.Ref})
		o.Items = append(o.Items, apiclient.Item{Ref: t.Ref, End: one.End, Words: one.Words})
		counts[one.End]++
		if one.Failure != nil && (o.Failure == nil || one.End == apiclient.Unknown) {
			o.Failure = one.Failure
		}
		o.At = one.At
	}
	// The worst end of one is the end of all.
	o.End = apiclient.Done
	for _, end := range []apiclient.End{apiclient.NotSent, apiclient.Refused, apiclient.Unknown} {
		if counts[end] > 0 {
			o.End = end
		}
	}
	o.Words = fmt.Sprintf("%d of %s of %s revoked", counts[apiclient.Done], b.info.Word(apiclient.KindToken).Count(len(rows)), op.On.Name())
	o.Unchanged = len(rows) == 0
	if counts[apiclient.NotSent] > 0 && counts[apiclient.Done] > 0 && o.End == apiclient.NotSent {
		o.End = apiclient.Refused // some of it did happen
	}
	if o.Failure != nil {
		f := *o.Failure
		f.Tried, f.End = b.doing(op), o.End
		o.Failure = &f
		o.Words += "; " + f.Message
	}
	return o
}
