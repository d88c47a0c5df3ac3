package gatehouse_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/backendtest"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server"
)

func TestConformance(t *testing.T) {
	srv := start(t)
	fixed := &fixtures{t: t, s: srv, b: srv.admin()}
	fixed.some()
	backendtest.Run(t, backendtest.Harness{
		Driver: gatehouse.Driver(),
		Start:  func(t *testing.T) backendtest.System { return fixed.system(t) },
		Again: []apiclient.Verb{
			apiclient.AccountEnable, apiclient.AccountDisable, apiclient.UserEnable, apiclient.UserDisable,
			apiclient.UserExpireTokens, apiclient.TokenRevoke,
		},
	})
}

// fixtures make records without going through the proxy under test.
type fixtures struct {
	t *testing.T
	s *system
	b apiclient.Backend
	n int
}

func (f *fixtures) name(kind string) string {
	f.n++
	return fmt.Sprintf("%s-%d", kind, f.n)
}

func (f *fixtures) do(verb apiclient.Verb, with apiclient.Values) apiclient.Outcome {
	f.t.Helper()
	o := f.b.Do(context.Background(), apiclient.Op{Verb: verb, With: with})
	if o.End != apiclient.Done || len(o.Made) != 1 {
		f.t.Fatalf("%s: %+v %+v", verb, o, o.Failure)
	}
	return o
}

func text(s string) apiclient.Input { return apiclient.Input{Text: s} }

func (f *fixtures) account() apiclient.Ref {
	return f.do(apiclient.AccountCreate, apiclient.Values{"name": text(f.name("account"))}).Made[0]
}

func (f *fixtures) user() apiclient.Ref {
	return f.do(apiclient.UserCreate, apiclient.Values{
		"user_name": text(f.name("user")), "account": text(f.account().Name()), "password": {Secret: wire.NewSecret(userPassword)},
	}).Made[0]
}

func (f *fixtures) token() apiclient.Ref {
	return f.do(apiclient.TokenCreate, apiclient.Values{"user": text(f.user().Name()), "description": text("made for a test")}).Made[0]
}

// some gives every list some rows.
func (f *fixtures) some() {
	f.t.Helper()
	fill := server.Fill{Accounts: []server.FillAccount{{Name: "acme"}, {Name: "initech", Disabled: true}}}
	for i := range 9 {
		name := fmt.Sprintf("u%d", i)
		fill.Users = append(fill.Users, server.FillUser{
			Name: name, Account: "acme", RealName: "Some Body", Created: time.Now().Add(-48 * time.Hour), LastSeen: time.Now(),
		})
		fill.Tokens = append(fill.Tokens, server.FillToken{
			User: name, Description: "for tests", MaxAge: 30 * 24 * time.Hour, LastUsed: time.Now(), IP: "192.0.2.7", Agent: "curl/8", Created: time.Now().Add(-time.Hour),
		})
	}
	if _, err := f.s.srv.Fill(context.Background(), fill); err != nil {
		f.t.Fatal(err)
	}
	f.account()
	f.token()
}

// system is an admin of his own, behind a proxy of his own.
func (f *fixtures) system(t *testing.T) backendtest.System {
	t.Helper()
	admin := f.name("admin")
	f.do(apiclient.UserCreate, apiclient.Values{
		"user_name": text(admin), "account": text("admin"), "password": {Secret: wire.NewSecret(userPassword)}, "admin": text("yes"),
	})
	wired := *f.s
	proxy := backendtest.NewProxy(t, f.s.url)
	wired.t, wired.url = t, proxy.URL
	c, err := gatehouse.Driver().SignIn(t.Context(), wired.target(), "password", apiclient.Values{
		"user": text(admin), "password": {Secret: wire.NewSecret(userPassword)},
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := gatehouse.Driver().Open(t.Context(), wired.target(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return backendtest.System{
		Backend: b, Wire: proxy,
		Secrets: []apiclient.Secret{c.Secret, wire.NewSecret(userPassword), wire.NewSecret(newPassword)},
		Op:      f.op,
		Refused: func() apiclient.Op {
			return apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("acme")}}
		},
		Carry: func(s string) string { return f.carry(t, b, s) },
	}
}

const newPassword = "velvet-anchor-glacier-2"

func (f *fixtures) op(v apiclient.Verb) apiclient.Op {
	op := apiclient.Op{Verb: v}
	fresh := apiclient.Input{Secret: wire.NewSecret(newPassword)}
	switch v {
	case apiclient.AccountCreate:
		op.With = apiclient.Values{"name": text(f.name("account")), "email": text("a@example.com"), "type": text("service")}
	case apiclient.AccountUpdate:
		op.On, op.With = f.account(), apiclient.Values{"email": text("b@example.com")}
	case apiclient.AccountEnable:
		op.On = f.account()
		if o := f.b.Do(f.t.Context(), apiclient.Op{Verb: apiclient.AccountDisable, On: op.On.Key()}); !o.End.Good() {
			f.t.Fatalf("%+v", o)
		}
	case apiclient.AccountDisable, apiclient.AccountDelete:
		op.On = f.account()
	case apiclient.UserCreate:
		op.With = apiclient.Values{"user_name": text(f.name("user")), "account": text("acme"), "password": fresh}
	case apiclient.UserInvite:
		op.With = apiclient.Values{"user_name": text(f.name("user")), "account": text("acme"), "real_name": text("A Person")}
	case apiclient.UserUpdate:
		op.On, op.With = f.user(), apiclient.Values{"real_name": text("Another Name"), "admin": text("yes")}
	case apiclient.UserEnable:
		op.On = f.user()
		if o := f.b.Do(f.t.Context(), apiclient.Op{Verb: apiclient.UserDisable, On: op.On.Key()}); !o.End.Good() {
			f.t.Fatalf("%+v", o)
		}
	case apiclient.UserDisable, apiclient.UserDelete, apiclient.UserReset:
		op.On = f.user()
	case apiclient.UserSetPassword:
		op.On, op.With = f.user(), apiclient.Values{"password": fresh}
	case apiclient.UserExpireTokens:
		op.On = f.user()
		f.do(apiclient.TokenCreate, apiclient.Values{"user": text(op.On.Name())})
	case apiclient.TokenCreate:
		op.With = apiclient.Values{"user": text(f.user().Name()), "description": text(f.name("token")), "max_age": text("12h")}
	case apiclient.TokenUpdate:
		op.On, op.With = f.token(), apiclient.Values{"description": text("changed")}
	case apiclient.TokenRevoke:
		op.On = f.token()
	case apiclient.TokenRevokePasted:
		made := f.do(apiclient.TokenCreate, apiclient.Values{"description": text(f.name("token"))})
		op.With = apiclient.Values{"token": {Secret: made.Reveals[0].Secret}}
	case apiclient.SessionSetPassword:
		op.With = apiclient.Values{"old_password": {Secret: wire.NewSecret(userPassword)}, "password": fresh}
	}
	return op
}

func (f *fixtures) carry(t *testing.T, b apiclient.Backend, s string) string {
	ref := f.account()
	made := b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserInvite, With: apiclient.Values{
		"user_name": text(f.name("user")), "account": text(ref.Name()), "real_name": text(s),
	}})
	if made.End != apiclient.Done {
		t.Fatalf("%+v %+v", made, made.Failure)
	}
	r, err := b.Read(t.Context(), made.Made[0])
	if err != nil {
		t.Fatal(err)
	}
	return r.Get("real_name").Text
}
