package aiven

import (
	"context"
	"net/http"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Do implements apiclient.Backend.
func (b *backend) Do(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	do, ok := b.ways()[op.Verb]
	if !ok {
		why := missing()[op.Verb]
		if why == "" {
			why = "Aiven cannot do that"
		}
		return apiclient.Fail(string(op.Verb), apiclient.Unsupported(string(op.Verb), why))
	}
	if err := ctx.Err(); err != nil {
		return apiclient.Fail(b.doing(op), err)
	}
	op, err := b.resolve(ctx, op)
	if err != nil {
		return b.unsent(op, err)
	}
	return do(ctx, op)
}

type way func(context.Context, apiclient.Op) apiclient.Outcome

func (b *backend) ways() map[apiclient.Verb]way {
	return map[apiclient.Verb]way{
		apiclient.AccountCreate:      b.createAccount,
		apiclient.AccountUpdate:      b.renameAccount,
		apiclient.AccountDelete:      b.deleteAccount,
		apiclient.UserCreate:         b.createApplicationUser,
		apiclient.UserInvite:         b.invite,
		apiclient.UserRegister:       b.register,
		apiclient.UserUpdate:         b.updateUser,
		apiclient.UserActivate:       b.setState,
		apiclient.UserDeactivate:     b.setState,
		apiclient.UserDelete:         b.deleteUser,
		apiclient.UserRemove:         b.removeUser,
		apiclient.UserReset:          b.resetPassword,
		apiclient.UserExpireTokens:   b.expireTokens,
		apiclient.TokenCreate:        b.createToken,
		apiclient.TokenUpdate:        b.updateToken,
		apiclient.TokenRevoke:        b.revoke,
		apiclient.TokenRevokePasted:  b.revoke,
		apiclient.SessionSignOut:     b.signOut,
		apiclient.SessionSetPassword: b.setPassword,
	}
}

// send makes the request of an op; done makes the outcome of the answer, which
// was read into the request's Into. Where the API answers nothing at all, the
// request says Empty.
func (b *backend) send(ctx context.Context, op apiclient.Op, r rest.Request, done func() apiclient.Outcome) apiclient.Outcome {
	r.Tried = b.doing(op)
	if r.Into == nil && !r.Empty {
		r.Into = new(struct{}) // a yes is JSON, else it is somebody else's
	}
	a, err := b.rest.Do(ctx, r)
	if err != nil {
		return apiclient.Fail(r.Tried, err)
	}
	o := done()
	o.RequestID, o.At = a.RequestID, a.At
	return o
}

// unsent is the outcome of an op whose first look already failed.
func (b *backend) unsent(op apiclient.Op, err error) apiclient.Outcome {
	f := *apiclient.AsFailure(b.doing(op), err)
	f.End = apiclient.NotSent
	return apiclient.Fail(b.doing(op), &f)
}

func (b *backend) cannot(op apiclient.Op, why string) apiclient.Outcome {
	return apiclient.Fail(b.doing(op), apiclient.Unsupported(b.doing(op), why))
}

func did(words string) func() apiclient.Outcome {
	return func() apiclient.Outcome { return apiclient.Did(words) }
}

// createAccount is how Aiven's own client makes an organization, too.
func (b *backend) createAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	body := struct {
		Name   string `json:"account_name"`
		Parent string `json:"parent_account_id,omitempty"`
	}{op.With.Text("name"), op.With["parent"].Ref.Path.Part(1)}
	var made struct{ Account wireAccount }
	return b.send(ctx, op, rest.Request{Method: http.MethodPost, Path: route("account"), Into: &made, Body: rest.JSON(body)},
		func() apiclient.Outcome {
			o := apiclient.Did(made.Account.AccountName + " was created")
			o.Made = []apiclient.Ref{b.ref(apiclient.KindAccount, made.Account.path())}
			return o
		})
}

func (b *backend) renameAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	name := op.With.Text("name")
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPut, Path: route("account", op.On.Path.Part(1)), Body: rest.JSON(map[string]string{"account_name": name}),
	}, did("it is called "+name+" now"))
}

func (b *backend) deleteAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	return b.send(ctx, op, rest.Request{Method: http.MethodDelete, Path: route("account", op.On.Path.Part(1))},
		did(op.On.Name()+" is gone"))
}

// signOut ends the token in use, or leaves it alone, as was chosen.
func (b *backend) signOut(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	if op.With.Text("token") == signOutForget {
		return apiclient.Did("signed out here; the token lives on")
	}
	return b.send(ctx, op, rest.Request{Method: http.MethodPost, Path: "/v1/me/logout"}, did("signed out: the token is revoked"))
}

// setPassword changes the own password. That ends every token, the one in use
// too; the answer holds a new one, with which this backend goes on.
func (b *backend) setPassword(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	old, password := op.With.Secret("old_password"), op.With.Secret("password")
	body := struct {
		Old rest.Open `json:"password"`
		New rest.Open `json:"new_password"`
	}{rest.Open{Secret: old}, rest.Open{Secret: password}}
	var in wireSignedIn
	return b.send(ctx, op, rest.Request{
		Method: http.MethodPut, Path: "/v1/me/password", Into: &in, Body: rest.JSONWithSecrets(body, old, password),
	}, func() apiclient.Outcome {
		o := apiclient.Did("the password is changed; all older tokens have expired")
		if in.Token.IsZero() {
			o.Words += "; the answer holds no new token: sign in again"
			return o
		}
		if err := b.use(in.Token); err != nil {
			o.Words += "; sign in again: " + err.Error()
			return o
		}
		o.Credential = &apiclient.Credential{Method: bySession, User: b.self().Email, Secret: in.Token}
		return o
	})
}
