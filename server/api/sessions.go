package api

import (
	"context"
	"net/http"

	"gatehouse/apiclient/gatehouse/wire"
)

type signInRequest struct{ Body wire.SignIn }

type redeemRequest struct{ Body wire.Redeem }

func (a *api) sessions() {
	signIn := a.open("POST", wire.PathSession, "sign-in", "Sign in", 429)
	signIn.DefaultStatus = http.StatusCreated
	handle(a, signIn, func(ctx context.Context, in *signInRequest) (*Plain[wire.SignedIn], error) {
		out, err := a.dir.SignIn(ctx, originOf(ctx), in.Body)
		return &Plain[wire.SignedIn]{Body: out}, err
	})
	handle(a, a.route("GET", wire.PathSession, "who-am-i", "Show who the credential is"),
		func(ctx context.Context, _ *None) (*Plain[wire.Identity], error) {
			out, err := a.dir.WhoAmI(callerOf(ctx))
			return &Plain[wire.Identity]{Body: out}, err
		})
	handle(a, a.route("DELETE", wire.PathSession, "sign-out", "Sign out: revoke the credential of this request"),
		func(ctx context.Context, _ *None) (*None, error) {
			return nil, a.dir.SignOut(ctx, callerOf(ctx))
		})
	handle(a, a.open("POST", wire.PathRedeem, "redeem-registration", "Choose a password with a registration token, once", 410, 429),
		func(ctx context.Context, in *redeemRequest) (*Plain[wire.Redeemed], error) {
			out, err := a.dir.Redeem(ctx, originOf(ctx), in.Body)
			return &Plain[wire.Redeemed]{Body: out}, err
		})
}
