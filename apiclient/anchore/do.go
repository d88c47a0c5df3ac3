package anchore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Do implements apiclient.Backend.
func (b *backend) Do(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	do, ok := b.ways()[op.Verb]
	s := b.info.Verbs[op.Verb]
	switch {
	case !ok && s.Why == "":
		return apiclient.Fail(string(op.Verb), apiclient.Unsupported(string(op.Verb), "Anchore cannot do that"))
	case !ok || !s.OK:
		return apiclient.Fail(string(op.Verb), apiclient.Unsupported(string(op.Verb), s.Why))
	}
	if f := b.checkHere(op); f != nil {
		return apiclient.Fail(f.Tried, f)
	}
	return do(ctx, op)
}

type way func(context.Context, apiclient.Op) apiclient.Outcome

func (b *backend) ways() map[apiclient.Verb]way {
	return map[apiclient.Verb]way{
		apiclient.AccountCreate:      b.createAccount,
		apiclient.AccountUpdate:      b.updateAccount,
		apiclient.AccountEnable:      b.switchAccount(apiclient.Enabled),
		apiclient.AccountDisable:     b.switchAccount(apiclient.Disabled),
		apiclient.AccountDelete:      b.deleteAccount,
		apiclient.UserCreate:         b.createUser,
		apiclient.UserDelete:         b.deleteUser,
		apiclient.UserSetPassword:    b.setPassword,
		apiclient.UserExpireTokens:   b.revokeAll,
		apiclient.TokenCreate:        b.createKey,
		apiclient.TokenUpdate:        b.updateKey,
		apiclient.TokenRevoke:        b.revoke,
		apiclient.TokenDelete:        b.deleteKey,
		apiclient.GrantAdd:           b.addGrant,
		apiclient.GrantRemove:        b.removeGrant,
		apiclient.SessionSetPassword: b.setPassword,
	}
}

// send makes the request of an op. done makes the outcome of the answer, which
// was read into the request's Into.
func (b *backend) send(ctx context.Context, op apiclient.Op, r rest.Request, done func() apiclient.Outcome) apiclient.Outcome {
	r.Tried = b.doing(op)
	a, err := b.ask(ctx, r)
	if err != nil {
		return apiclient.Fail(r.Tried, err)
	}
	o := done()
	o.RequestID, o.At = a.RequestID, a.At
	return o
}

// taken puts the refusal of a name that is taken beside its field. Both
// interfaces use 400 for it, v2 409 as well.
func taken(o apiclient.Outcome, field string) apiclient.Outcome {
	if o.End == apiclient.Refused && errors.Is(o.Failure, apiclient.ErrConflict) {
		o.Failure.Fields = append(o.Failure.Fields, apiclient.FieldError{Field: field, Text: "is taken"})
		o.Failure.Next = "choose another name"
	}
	return o
}

// unsent is the outcome of an op whose first look already failed.
func (b *backend) unsent(op apiclient.Op, err error) apiclient.Outcome {
	f := *apiclient.AsFailure(b.doing(op), err)
	f.End = apiclient.NotSent
	return apiclient.Fail(b.doing(op), &f)
}

func (b *backend) createAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	var made wireAccount
	body := struct {
		Name  string `json:"name"`
		Email string `json:"email,omitempty"` // null and "" are refused
	}{op.With.Text("name"), op.With.Text("email")}
	o := b.send(ctx, op, rest.Request{Method: "POST", Path: "/accounts", Body: rest.JSON(body), Into: &made}, func() apiclient.Outcome {
		o := apiclient.Did("account " + made.Name + " was created")
		o.Made = []apiclient.Ref{b.accountRef(made)}
		return o
	})
	return taken(o, "name")
}

func (b *backend) updateAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	if !op.With.Has("email") {
		o := apiclient.Did("nothing was to be changed")
		o.Unchanged = true
		return o
	}
	var now wireAccount
	body := struct {
		Email string `json:"email"`
	}{op.With.Text("email")}
	return b.send(ctx, op, rest.Request{Method: "PUT", Path: accountPath(op.On.Name()), Body: rest.JSON(body), Into: &now}, func() apiclient.Outcome {
		if now.Email != body.Email {
			return b.notAsAsked(op, "the answer says that the e-mail is "+now.Email)
		}
		return apiclient.Did("account " + op.On.Name() + " was changed")
	})
}

// notAsAsked is the end of a change that was acknowledged with another result.
func (b *backend) notAsAsked(op apiclient.Op, words string) apiclient.Outcome {
	return apiclient.Fail(b.doing(op), &apiclient.Failure{
		Tried: b.doing(op), End: apiclient.Unknown, Cause: apiclient.ErrBroken, Message: words,
	})
}

func (b *backend) switchAccount(to apiclient.State) way {
	return func(ctx context.Context, op apiclient.Op) apiclient.Outcome {
		var now wireState
		r := rest.Request{
			Method: "PUT", Path: accountPath(op.On.Name(), "state"), Body: rest.JSON(wireState{State: string(to)}), Into: &now,
		}
		return b.send(ctx, op, r, func() apiclient.Outcome {
			if now.State != string(to) {
				return b.notAsAsked(op, "the answer says that the account is "+now.State)
			}
			o := apiclient.Did(fmt.Sprintf("account %s is %s; it may take 5 seconds until it counts everywhere", op.On.Name(), now.State))
			o.Unchanged = strings.HasPrefix(op.On.Version, now.State+" ")
			return o
		})
	}
}

// deleteAccount is answered at once and goes on by itself: v1 answers with the
// state, v2 with nothing.
func (b *backend) deleteAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: accountPath(op.On.Name())}, func() apiclient.Outcome {
		o := apiclient.Did("its users are gone; the account goes as soon as its images and policies are cleaned up")
		o.End = apiclient.Accepted
		return o
	})
}

func (b *backend) createUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	account := b.accountOf(op)
	password := op.With.Secret("password")
	body := struct {
		Name     string     `json:"username"`
		Password *rest.Open `json:"password,omitempty"`
		Type     string     `json:"user_type,omitempty"`
		IDP      string     `json:"idp_name,omitempty"`
	}{Name: op.With.Text("user_name"), IDP: op.With.Text("idp_name")}
	if body.IDP != "" {
		body.Type = typeSAML
	} else {
		body.Password = &rest.Open{Secret: password}
	}
	var made wireUser
	o := b.send(ctx, op, rest.Request{
		Method: "POST", Path: accountPath(account, "users"), Body: rest.JSONWithSecrets(body, password), Into: &made,
	}, func() apiclient.Outcome {
		o := apiclient.Did("user " + made.Name + " was created in " + account)
		o.Made = []apiclient.Ref{b.userRef(account, made.Name)}
		return o
	})
	return taken(o, "user_name")
}

// accountOf is the account that an op names, or one's own.
func (b *backend) accountOf(op apiclient.Op) string {
	if account := op.With.Text("account"); account != "" {
		return account
	}
	return b.me.account
}

func (b *backend) deleteUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	p, err := b.locate(ctx, op.On)
	if err != nil {
		return b.unsent(op, err)
	}
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: p.path()}, func() apiclient.Outcome {
		return apiclient.Did("user " + p.user + " is gone; it may take 5 seconds until that counts everywhere")
	})
}

func (b *backend) addGrant(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	user, role, domain := typed(op.With.Text("user")).Name(), op.With.Text("role"), op.With.Text("account")
	var made wireMember
	body := map[string]string{"username": user, b.domainKey(): domain}
	return b.send(ctx, op, rest.Request{Method: "POST", Path: rolePath(role, "members"), Body: rest.JSON(body), Into: &made}, func() apiclient.Outcome {
		o := apiclient.Did(fmt.Sprintf("%s has the role %s in %s", user, role, domain))
		o.Made = []apiclient.Ref{b.ref(apiclient.KindGrant, "", user, domain, role)}
		return o
	})
}

func (b *backend) removeGrant(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	user, domain, role := op.On.Path.Part(0), op.On.Path.Part(1), op.On.Path.Part(2)
	query := b.inDomain(domain)
	query.Set("username", user)
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: rolePath(role, "members"), Query: query}, func() apiclient.Outcome {
		return apiclient.Did(fmt.Sprintf("%s has the role %s in %s no more", user, role, domain))
	})
}

// typed reads the name of a user as people write it: alone, or after his
// account and a slash, which no name holds.
func typed(text string) apiclient.Path {
	if account, user, both := strings.Cut(text, "/"); both {
		return apiclient.NewPath(account, user)
	}
	return apiclient.NewPath(text)
}
