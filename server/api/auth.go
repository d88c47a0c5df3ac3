package api

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
	"gatehouse/server/refusal"
)

type (
	callerKey struct{}
	originKey struct{}
)

// authenticate lets a request through to a route that needs a credential only
// with a good one. Routes without need still learn where it came from.
func (a *api) authenticate(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	t := traceOf(ctx.Context())
	t.route = ctx.Operation().Path
	from := origin(r, t)
	ctx = huma.WithValue(ctx, originKey{}, from)
	if len(ctx.Operation().Security) == 0 {
		next(ctx)
		return
	}
	token, refused := bearer(r.Header.Get("Authorization"))
	if refused != nil {
		refuse(w, r, refused)
		return
	}
	caller, err := a.dir.Authenticate(token, from)
	if err != nil {
		told, _ := refusal.As(a.tell(ctx.Context(), err))
		refuse(w, r, told)
		return
	}
	t.actor, t.handle, t.account = caller.UserName, caller.Prefix, caller.Account
	next(huma.WithValue(ctx, callerKey{}, caller))
}

// bearer takes the token out of the header (RFC 6750, 2.1).
func bearer(header string) (wire.Secret, *refusal.Error) {
	scheme, token, _ := strings.Cut(header, " ")
	if header == "" {
		return wire.Secret{}, refusal.New(401, wire.CodeInvalidToken, "This needs a token: send it as Authorization: Bearer. Sign in at "+wire.PathSession+" to get one.").
			With("WWW-Authenticate", `Bearer realm="gatehouse"`)
	}
	if !strings.EqualFold(scheme, "Bearer") {
		return wire.Secret{}, refusal.New(401, wire.CodeInvalidToken, "Only Authorization: Bearer is taken here. Sign in at "+wire.PathSession+" to get a token.").
			With("WWW-Authenticate", `Bearer realm="gatehouse"`)
	}
	return wire.NewSecret(strings.TrimSpace(token)), nil
}

// callerOf is who makes the request; only routes behind authenticate ask.
func callerOf(ctx context.Context) *directory.Caller {
	return ctx.Value(callerKey{}).(*directory.Caller)
}

func originOf(ctx context.Context) directory.Origin {
	from, _ := ctx.Value(originKey{}).(directory.Origin)
	return from
}
