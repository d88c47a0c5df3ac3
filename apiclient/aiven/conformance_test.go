package aiven_test

import (
	"fmt"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/aiven/aiventest"
	"gatehouse/apiclient/backendtest"
	"gatehouse/apiclient/secret"
)

const newPassword = "velvet-anchor-glacier-2"

func TestConformance(t *testing.T) {
	backendtest.Run(t, backendtest.Harness{
		Driver: aiven.Driver(),
		Start:  conformant,
		Again:  []apiclient.Verb{apiclient.UserActivate, apiclient.UserDeactivate, apiclient.UserInvite, apiclient.UserReset, apiclient.TokenRevoke},
	})
}

// conformant is a fake of its own behind a proxy.
func conformant(t *testing.T) backendtest.System {
	t.Helper()
	s := fake(t)
	proxy := backendtest.NewProxy(t, s.URL)
	b, c := signedIn(t, proxy.URL)
	straight, _ := signedIn(t, s.URL)
	f := &fixtures{t: t, b: straight}
	return backendtest.System{
		Backend: b, Wire: proxy,
		Secrets: []apiclient.Secret{c.Secret, secret.New(aiventest.AdminPassword), secret.New(newPassword)},
		Op:      f.op,
		Refused: func() apiclient.Op {
			return apiclient.Op{Verb: apiclient.UserInvite, With: apiclient.Values{"email": text(aiventest.OTPEmail)}}
		},
		Carry: func(s string) string {
			o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text(s)}})
			if o.End != apiclient.Done {
				t.Fatalf("%+v", o)
			}
			r, err := b.Read(t.Context(), o.Made[0])
			if err != nil {
				t.Fatal(err)
			}
			return r.Get("description").Text
		},
	}
}

// fixtures make records without going through the proxy under test.
type fixtures struct {
	t *testing.T
	b apiclient.Backend
	n int
}

func (f *fixtures) name(kind string) string {
	f.n++
	return fmt.Sprintf("%s-%d", kind, f.n)
}

func (f *fixtures) made(verb apiclient.Verb, with apiclient.Values) apiclient.Ref {
	f.t.Helper()
	o := f.b.Do(f.t.Context(), apiclient.Op{Verb: verb, With: with})
	if o.End != apiclient.Done || len(o.Made) != 1 {
		f.t.Fatalf("%s: %+v %v", verb, o, o.Failure)
	}
	return o.Made[0]
}

func (f *fixtures) app() apiclient.Ref {
	return f.made(apiclient.UserCreate, apiclient.Values{"name": text(f.name("app"))})
}

func (f *fixtures) token() apiclient.Ref {
	return f.made(apiclient.TokenCreate, apiclient.Values{"description": text(f.name("token"))})
}

// pasted is a session of somebody else.
func (f *fixtures) pasted() string {
	c, err := aiven.Driver().SignIn(f.t.Context(), target(f.b.Info().URL), "password", apiclient.Values{
		"user": text("kim@example.com"), "password": hidden("kims-own-password"),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return c.Secret.Reveal()
}

func (f *fixtures) user(name string) apiclient.Ref { return userNamed(f.t, f.b, name).Ref }

func (f *fixtures) op(v apiclient.Verb) apiclient.Op {
	op := apiclient.Op{Verb: v}
	switch v {
	case apiclient.AccountCreate:
		op.With = apiclient.Values{"name": text(f.name("org"))}
	case apiclient.AccountUpdate:
		op.On, op.With = f.unit(), apiclient.Values{"name": text(f.name("renamed"))}
	case apiclient.AccountDelete:
		op.On = f.unit()
	case apiclient.UserCreate:
		op.With = apiclient.Values{"name": text(f.name("app")), "account": text("Example Corp")}
	case apiclient.UserInvite:
		op.With = apiclient.Values{"email": text(f.name("guest") + "@example.com"), "account": text("Example Corp")}
	case apiclient.UserRegister:
		op.With = apiclient.Values{"email": text(f.name("own") + "@example.com"), "real_name": text("Own Er"), "password": hidden(newPassword)}
	case apiclient.UserUpdate:
		op.On, op.With = f.user(aiventest.OTPEmail), apiclient.Values{"job_title": text(f.name("title"))}
	case apiclient.UserActivate:
		op.On = f.user(aiventest.OTPEmail)
		f.b.Do(f.t.Context(), apiclient.Op{Verb: apiclient.UserDeactivate, On: op.On})
	case apiclient.UserDeactivate:
		op.On = f.user(aiventest.OTPEmail)
	case apiclient.UserReset:
		op.On = f.user(aiventest.OTPEmail)
	case apiclient.UserRemove:
		op.On = f.user("kim@example.com")
	case apiclient.UserDelete:
		op.On = f.app()
	case apiclient.UserExpireTokens:
		op.On = f.app()
		f.made(apiclient.TokenCreate, apiclient.Values{"description": text("x"), "user": {Text: op.On.Name(), Ref: op.On}})
	case apiclient.TokenCreate:
		op.With = apiclient.Values{"description": text(f.name("token")), "max_age": text("12h"), "extend_when_used": text("yes")}
	case apiclient.TokenUpdate:
		op.On, op.With = f.token(), apiclient.Values{"description": text(f.name("changed"))}
	case apiclient.TokenRevoke:
		op.On = f.token()
	case apiclient.TokenRevokePasted:
		op.With = apiclient.Values{"token": hidden(f.pasted())}
	case apiclient.SessionSetPassword:
		op.With = apiclient.Values{"old_password": hidden(aiventest.AdminPassword), "password": hidden(newPassword)}
	}
	return op
}

func (f *fixtures) unit() apiclient.Ref {
	return f.made(apiclient.AccountCreate, apiclient.Values{"name": text(f.name("unit")), "parent": text("Example Corp")})
}
