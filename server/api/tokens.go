package api

import (
	"context"
	"net/http"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
	"gatehouse/server/refusal"
)

type (
	createTokenRequest struct {
		Keyed
		Body wire.CreateToken
	}
	updateTokenRequest struct {
		Prefixed
		Matching
		Body wire.UpdateToken
	}
	revokeRequest struct {
		Keyed
		Body wire.Revoke
	}
	// TokenListRequest can be kept to one account or user.
	TokenListRequest struct {
		ListRequest
		Account  string `query:"account" maxLength:"512" doc:"only what belongs to this account"`
		UserName string `query:"user_name" maxLength:"512" doc:"only what belongs to this user"`
	}
)

func (t TokenListRequest) query() directory.ListQuery {
	q := t.ListRequest.query()
	q.Account, q.UserName = t.Account, t.UserName
	return q
}

func (a *api) tokens() {
	list(a, wire.PathTokens, "list-tokens", "List access tokens; with kind: in the filter also sessions and registrations",
		func(ctx context.Context, in *TokenListRequest) (wire.Page[wire.Token], error) {
			return a.dir.Tokens(ctx, callerOf(ctx), in.query())
		})
	create := a.route("POST", wire.PathTokens, "create-token", "Create an access token", 409)
	create.DefaultStatus = http.StatusCreated
	handle(a, create, func(ctx context.Context, in *createTokenRequest) (*Record[wire.TokenCreated], error) {
		once, err := in.once("create-token", in.Body)
		if err != nil {
			return nil, err
		}
		out, err := a.dir.CreateToken(ctx, callerOf(ctx), once, in.Body)
		return &Record[wire.TokenCreated]{
			Body: out, ETag: etag(out.Record.Version), Replayed: replay(out.Replayed), Location: wire.TokenPath(out.Record.Prefix),
		}, err
	})
	one := wire.PathTokens + "/{prefix}"
	handle(a, a.route("GET", one, "show-token", "Show a token, without its secret", 404),
		func(ctx context.Context, in *Prefixed) (*Record[wire.Token], error) {
			out, err := a.dir.Token(callerOf(ctx), in.Prefix)
			return record(out, out.Version, err)
		})
	handle(a, a.route("PATCH", one, "update-token", "Change the description", 404, 412, 428),
		func(ctx context.Context, in *updateTokenRequest) (*Record[wire.Token], error) {
			out, err := a.dir.UpdateToken(ctx, callerOf(ctx), in.match(), in.Prefix, in.Body)
			return record(out, out.Version, err)
		})
	a.revocation(one)
}

func (a *api) revocation(one string) {
	handle(a, a.route("DELETE", one, "revoke-token", "Revoke a token; once more is fine", 404),
		func(ctx context.Context, in *Prefixed) (*Plain[wire.RevokeItem], error) {
			out, err := a.dir.Revoke(ctx, callerOf(ctx), directory.Once{}, []string{in.Prefix}, nil)
			if err != nil {
				return nil, err
			}
			if out.Items[0].Result == wire.RevokeNotFound {
				return nil, refusal.NotFound("token")
			}
			return &Plain[wire.RevokeItem]{Body: out.Items[0]}, nil
		})
	handle(a, a.route("POST", wire.PathRevoke, "revoke-tokens", "Revoke tokens by prefix, or one by its full text, with a result for each"),
		func(ctx context.Context, in *revokeRequest) (*Plain[wire.RevokeAnswer], error) {
			token, asked, err := revokeAsked(in.Body)
			if err != nil {
				return nil, err
			}
			once, err := in.once("revoke-tokens", asked)
			if err != nil {
				return nil, err
			}
			out, err := a.dir.Revoke(ctx, callerOf(ctx), once, in.Body.Prefixes, token)
			return &Plain[wire.RevokeAnswer]{Body: out, Replayed: replay(out.Replayed)}, err
		})
}

// revokeAsked takes the full token out of the body and gives what can be kept
// with an Idempotency-Key: the token's hash in its place.
func revokeAsked(in wire.Revoke) (*wire.Secret, any, error) {
	if (in.Token == nil) == (len(in.Prefixes) == 0) {
		return nil, nil, refusal.Field("body", "send either prefixes or one token")
	}
	if in.Token == nil {
		return nil, in.Prefixes, nil
	}
	token := in.Token.Secret
	parsed, err := wire.Parse(token)
	if err != nil {
		return nil, nil, refusal.Field("body.token", err.Error())
	}
	return &token, parsed.Sum, nil
}
