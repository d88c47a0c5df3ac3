package gatehouse

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/apiclient/rest"
)

// Do implements apiclient.Backend.
func (b *backend) Do(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	do, ok := b.ways()[op.Verb]
	if !ok {
		why := missing()[op.Verb]
		if why == "" {
			why = "this server cannot do that"
		}
		return apiclient.Fail(string(op.Verb), apiclient.Unsupported(string(op.Verb), why))
	}
	if s := b.info.Verbs[op.Verb]; !s.OK {
		return apiclient.Fail(b.doing(op), apiclient.Unsupported(b.doing(op), s.Why))
	}
	return do(ctx, op)
}

type way func(context.Context, apiclient.Op) apiclient.Outcome

func (b *backend) ways() map[apiclient.Verb]way {
	return map[apiclient.Verb]way{
		apiclient.AccountCreate:      b.createAccount,
		apiclient.AccountUpdate:      b.updateAccount,
		apiclient.AccountEnable:      b.switchAccount("enable"),
		apiclient.AccountDisable:     b.switchAccount("disable"),
		apiclient.AccountDelete:      b.deleteAccount,
		apiclient.UserCreate:         b.createUser,
		apiclient.UserInvite:         b.createUser,
		apiclient.UserUpdate:         b.updateUser,
		apiclient.UserEnable:         b.switchUser("enable"),
		apiclient.UserDisable:        b.switchUser("disable"),
		apiclient.UserDelete:         b.deleteUser,
		apiclient.UserSetPassword:    b.setPassword,
		apiclient.UserReset:          b.reset,
		apiclient.UserExpireTokens:   b.expireTokens,
		apiclient.TokenCreate:        b.createToken,
		apiclient.TokenUpdate:        b.updateToken,
		apiclient.TokenRevoke:        b.revoke,
		apiclient.TokenRevokePasted:  b.revoke,
		apiclient.SessionSignOut:     b.signOut,
		apiclient.SessionSetPassword: b.setPassword,
	}
}

// send makes the request of an op. done makes the outcome of the answer, which
// was read into the request's Into.
func (b *backend) send(ctx context.Context, op apiclient.Op, r rest.Request, done func() apiclient.Outcome) apiclient.Outcome {
	r.Tried = b.doing(op)
	a, err := b.rest.Do(ctx, r)
	if err != nil {
		return apiclient.Fail(r.Tried, err)
	}
	o := done()
	o.RequestID, o.At = a.RequestID, a.At
	return o
}

// observed asks the server to do it to nothing newer than what was observed
// (RFC 9110, section 13.1.1). An op that comes without a plan has observed
// nothing and takes what is there.
func (b *backend) observed(op apiclient.Op) http.Header {
	match := "*"
	if op.On.Version != "" {
		match = strconv.Quote(b.changed.current(op.On))
	}
	return http.Header{"If-Match": {match}}
}

func (b *backend) createAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	var made wire.Account
	return b.send(ctx, op, rest.Request{
		Method: "POST", Path: wire.PathAccounts, Key: key(op), Into: &made,
		Body: rest.JSON(wire.CreateAccount{Name: op.With.Text("name"), Email: op.With.Text("email"), Type: op.With.Text("type")}),
	}, func() apiclient.Outcome {
		o := apiclient.Did("account " + made.Name + " was created")
		o.Made = []apiclient.Ref{b.ref(apiclient.KindAccount, made.Name, made.Version)}
		return o
	})
}

func (b *backend) updateAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	var now wire.Account
	return b.send(ctx, op, rest.Request{
		Method: "PATCH", Path: wire.AccountPath(op.On.Name()), Header: b.observed(op), Into: &now,
		Body: rest.JSON(wire.UpdateAccount{Email: given(op, "email"), Type: given(op, "type")}),
	}, func() apiclient.Outcome { return b.moved(op, now.Version, "account "+now.Name+" was changed") })
}

func (b *backend) switchAccount(verb string) way {
	return func(ctx context.Context, op apiclient.Op) apiclient.Outcome {
		var now wire.Account
		r := rest.Request{Method: "POST", Path: wire.AccountPath(op.On.Name(), verb), Into: &now}
		if verb == "disable" {
			r.Header = b.observed(op)
		}
		return b.send(ctx, op, r, func() apiclient.Outcome {
			return b.moved(op, now.Version, fmt.Sprintf("account %s is %s", now.Name, now.State))
		})
	}
}

func (b *backend) deleteAccount(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: wire.AccountPath(op.On.Name()), Header: b.observed(op)},
		func() apiclient.Outcome {
			o := apiclient.Did("its users and tokens are gone; the account goes as soon as all is cleaned up")
			o.End = apiclient.Accepted
			return o
		})
}

func (b *backend) createUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	body := wire.CreateUser{
		Name: op.With.Text("user_name"), Account: op.With.Text("account"),
		RealName: op.With.Text("real_name"), Email: op.With.Text("email"), Admin: op.With.Bool("admin"),
	}
	password := op.With.Secret("password")
	if op.Verb == apiclient.UserCreate {
		if password.IsZero() {
			return b.invalid(op, "password", "is required: to let the user choose it, invite him")
		}
		carried := wire.Carry(password)
		body.Password = &carried
	}
	var made wire.UserCreated
	return b.send(ctx, op, rest.Request{
		Method: "POST", Path: wire.PathUsers, Key: key(op), Into: &made, Body: rest.JSONWithSecrets(body, password),
	}, func() apiclient.Outcome {
		o := b.registered(made, "user "+made.User.Name+" was created")
		o.Made = []apiclient.Ref{b.ref(apiclient.KindUser, made.User.Name, made.User.Version)}
		return o
	})
}

// registered makes the outcome of an answer that may hold a registration
// string.
func (b *backend) registered(made wire.UserCreated, words string) apiclient.Outcome {
	o := apiclient.Did(words)
	switch {
	case made.Registration != nil:
		r := apiclient.Reveal{
			Label: "Registration string", Secret: made.Registration.Secret, Handle: made.User.Name,
			Note: "Hand it to " + made.User.Name + ": it is for choosing a password, once",
		}
		if made.Expires != nil {
			r.Note += ", until " + made.Expires.UTC().Format(time.RFC3339)
		}
		o.Reveals = []apiclient.Reveal{r}
	case made.Replayed && made.User.State == wire.UserInvited:
		o.Words += "; its registration string was in an answer that got lost: make a new one"
	}
	return o
}

func (b *backend) updateUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	body := wire.UpdateUser{RealName: given(op, "real_name"), Email: given(op, "email")}
	if op.With.Has("admin") {
		admin := op.With.Bool("admin")
		body.Admin = &admin
	}
	var now wire.User
	return b.send(ctx, op, rest.Request{
		Method: "PATCH", Path: wire.UserPath(op.On.Name()), Header: b.observed(op), Into: &now, Body: rest.JSON(body),
	}, func() apiclient.Outcome { return b.moved(op, now.Version, "user "+now.Name+" was changed") })
}

func (b *backend) switchUser(verb string) way {
	return func(ctx context.Context, op apiclient.Op) apiclient.Outcome {
		var now wire.User
		r := rest.Request{Method: "POST", Path: wire.UserPath(op.On.Name(), verb), Into: &now}
		if verb == "disable" {
			r.Header = b.observed(op)
		}
		return b.send(ctx, op, r, func() apiclient.Outcome {
			return b.moved(op, now.Version, fmt.Sprintf("user %s is %s", now.Name, now.State))
		})
	}
}

func (b *backend) deleteUser(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: wire.UserPath(op.On.Name()), Header: b.observed(op)},
		func() apiclient.Outcome { return apiclient.Did("user " + op.On.Name() + " is gone") })
}

// setPassword sets another's password, or one's own with the old one.
func (b *backend) setPassword(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	password := op.With.Secret("password")
	body := wire.SetPassword{Password: wire.Carry(password)}
	secrets := []apiclient.Secret{password}
	user := op.On.Name()
	if op.Verb == apiclient.SessionSetPassword {
		old := op.With.Secret("old_password")
		carried := wire.Carry(old)
		body.OldPassword = &carried
		secrets = append(secrets, old)
		who, _, err := b.session(ctx, b.doing(op))
		if err != nil {
			return b.unsent(op, err)
		}
		user = who.User.Name
	}
	var set wire.PasswordSet
	return b.send(ctx, op, rest.Request{
		Method: "PUT", Path: wire.UserPath(user, "password"), Into: &set, Body: rest.JSONWithSecrets(body, secrets...),
	}, func() apiclient.Outcome {
		return b.moved(op, set.User.Version, fmt.Sprintf("the password of %s is set; %s ended", user,
			b.info.Word(apiclient.KindSession).Count(set.SessionsEnded)))
	})
}

func (b *backend) reset(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	var made wire.UserCreated
	return b.send(ctx, op, rest.Request{Method: "POST", Path: wire.UserPath(op.On.Name(), "reset"), Key: key(op), Into: &made},
		func() apiclient.Outcome {
			return b.registered(made, "user "+made.User.Name+" has a new registration string")
		})
}

func (b *backend) expireTokens(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	var ended wire.Expired
	return b.send(ctx, op, rest.Request{Method: "POST", Path: wire.UserPath(op.On.Name(), "expire-tokens"), Key: key(op), Into: &ended},
		func() apiclient.Outcome {
			o := apiclient.Did(fmt.Sprintf("%s and %s of %s ended", b.info.Word(apiclient.KindToken).Count(ended.Tokens),
				b.info.Word(apiclient.KindSession).Count(ended.Sessions), ended.UserName))
			o.Unchanged = ended.Tokens+ended.Sessions+ended.Registrations == 0
			return o
		})
}

func (b *backend) createToken(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	body := wire.CreateToken{
		UserName: op.With.Text("user"), Description: op.With.Text("description"), ExtendWhenUsed: op.With.Bool("extend_when_used"),
	}
	if op.With.Has("max_age") {
		age, err := apiclient.ParseSpan(op.With.Text("max_age"))
		if err != nil {
			return b.invalid(op, "max_age", err.Error())
		}
		seconds := int64(age / time.Second)
		body.MaxAgeSeconds = &seconds
	}
	var made wire.TokenCreated
	o := b.send(ctx, op, rest.Request{Method: "POST", Path: wire.PathTokens, Key: key(op), Into: &made, Body: rest.JSON(body)},
		func() apiclient.Outcome { return b.minted(made) })
	if o.Failure != nil {
		for i, e := range o.Failure.Fields {
			if e.Field == "user_name" { // the form asks for the owner, as of other systems
				o.Failure.Fields[i].Field = "user"
			}
		}
	}
	return o
}

func (b *backend) minted(made wire.TokenCreated) apiclient.Outcome {
	ref := b.ref(apiclient.KindToken, made.Record.Prefix, made.Record.Version)
	o := apiclient.Did("token " + made.Record.Prefix + " of " + made.Record.UserName + " was created")
	o.Made = []apiclient.Ref{ref}
	if made.Token == nil {
		o.End, o.Orphans = apiclient.Unknown, o.Made
		o.Words += ", but its secret was in an answer that got lost: revoke it and create another"
		o.Failure = &apiclient.Failure{Tried: "create a token", End: apiclient.Unknown, Message: o.Words}
		return o
	}
	note := "it does not expire"
	if made.Record.Expires != nil {
		note = "it expires " + made.Record.Expires.UTC().Format(time.RFC3339)
	}
	o.Reveals = []apiclient.Reveal{{Label: "Token", Secret: made.Token.Secret, Handle: made.Record.Prefix, Note: "Shown now and never again; " + note}}
	return o
}

func (b *backend) updateToken(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	var now wire.Token
	return b.send(ctx, op, rest.Request{
		Method: "PATCH", Path: wire.TokenPath(op.On.Name()), Header: b.observed(op), Into: &now,
		Body: rest.JSON(wire.UpdateToken{Description: given(op, "description")}),
	}, func() apiclient.Outcome { return b.moved(op, now.Version, "token "+now.Prefix+" was changed") })
}

func (b *backend) signOut(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: wire.PathSession},
		func() apiclient.Outcome { return apiclient.Did("signed out") })
}

// moved makes the outcome of a change that gave the record a new version, or
// left it as it was.
func (b *backend) moved(op apiclient.Op, version int64, words string) apiclient.Outcome {
	o := apiclient.Did(words)
	to := strconv.FormatInt(version, 10)
	o.Unchanged = op.On.Version != "" && op.On.Version == to
	b.changed.moved(op.On, to)
	return o
}

// given is the text of a field that was given, be it empty.
func given(op apiclient.Op, field string) *string {
	if !op.With.Has(field) {
		return nil
	}
	s := op.With.Text(field)
	return &s
}

func (b *backend) invalid(op apiclient.Op, field, text string) apiclient.Outcome {
	return apiclient.Fail(b.doing(op), &apiclient.Failure{
		Tried: b.doing(op), Message: field + " " + text, Cause: apiclient.ErrInvalid,
		Fields: []apiclient.FieldError{{Field: field, Text: text}},
	})
}

// unsent is the outcome of an op whose first look already failed.
func (b *backend) unsent(op apiclient.Op, err error) apiclient.Outcome {
	f := *apiclient.AsFailure(b.doing(op), err)
	f.End = apiclient.NotSent
	return apiclient.Fail(b.doing(op), &f)
}
