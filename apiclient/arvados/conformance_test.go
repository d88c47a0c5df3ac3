package arvados_test

import (
	"fmt"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/arvados"
	"gatehouse/apiclient/arvados/arvadostest"
	"gatehouse/apiclient/backendtest"
	"gatehouse/apiclient/secret"
)

func TestConformance(t *testing.T) {
	backendtest.Run(t, backendtest.Harness{
		Driver: arvados.Driver(),
		Start:  start,
		Again: []apiclient.Verb{
			apiclient.UserSetup, apiclient.UserActivate, apiclient.UserDeactivate, apiclient.UserUnsetup, apiclient.UserShowTokens,
			apiclient.UserExpireTokens, apiclient.TokenRevoke, apiclient.GrantAdd, apiclient.GrantRemove,
		},
	})
}

// fixtures make records without going through the proxy under test.
type fixtures struct {
	t *testing.T
	*arvadostest.Server
	n int
}

const contextName = "test"

func serve(t *testing.T, o arvadostest.Options) *arvadostest.Server {
	t.Helper()
	s, err := arvadostest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func connect(t *testing.T, url, token string) apiclient.Backend {
	t.Helper()
	b, err := arvados.Driver().Open(t.Context(), apiclient.Target{Context: contextName, URL: url}, apiclient.Credential{Secret: secret.New(token)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func start(t *testing.T) backendtest.System {
	f := &fixtures{t: t, Server: serve(t, arvadostest.Options{})}
	for range 5 {
		f.AddToken(f.AdminUUID)
		user, vm := f.user(), f.AddVM(f.name("shell")+".example.com")
		f.AddGroup(f.name("role"), "role", "")
		f.AddGroup(f.name("project"), "project", user)
		f.AddLink(user, "can_login", vm, map[string]any{"username": "someone", "groups": []any{"docker"}})
	}
	proxy := backendtest.NewProxy(t, f.URL)
	b := connect(t, proxy.URL, f.AdminToken)
	return backendtest.System{
		Backend: b, Wire: proxy, Secrets: []apiclient.Secret{secret.New(f.AdminToken), secret.New(f.AdminToken[31:])},
		Op: f.op,
		Refused: func() apiclient.Op {
			return apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("All users")}}
		},
		Carry: func(s string) string {
			user := ref(apiclient.KindUser, f.user())
			o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserUpdate, On: user, With: apiclient.Values{"first_name": text(s)}})
			if !o.End.Good() {
				t.Fatalf("%+v %+v", o, o.Failure)
			}
			r, err := b.Read(t.Context(), user)
			if err != nil {
				t.Fatal(err)
			}
			return r.Get("first_name").Text
		},
	}
}

func text(s string) apiclient.Input { return apiclient.Input{Text: s} }

func ref(kind apiclient.Kind, path ...string) apiclient.Ref {
	return apiclient.Ref{Context: contextName, Kind: kind, Path: apiclient.NewPath(path...)}
}

func (f *fixtures) name(kind string) string {
	f.n++
	return fmt.Sprintf("%s%d", kind, f.n)
}

func (f *fixtures) user() string { return f.AddUser(f.name("user"), nil) }

func (f *fixtures) idle() string {
	return f.AddUser(f.name("user"), map[string]any{"is_active": false})
}

func (f *fixtures) op(v apiclient.Verb) apiclient.Op {
	op := apiclient.Op{Verb: v}
	switch v {
	case apiclient.AccountCreate:
		op.With = apiclient.Values{"name": text(f.name("role")), "description": text("for tests")}
	case apiclient.AccountUpdate:
		op.On, op.With = ref(apiclient.KindAccount, f.AddGroup(f.name("role"), "role", "")), apiclient.Values{"description": text("changed")}
	case apiclient.AccountDelete:
		op.On = ref(apiclient.KindAccount, f.AddGroup(f.name("role"), "role", ""))
	case apiclient.UserCreate:
		name := f.name("user")
		op.With = apiclient.Values{"email": text(name + "@example.com"), "user_name": text(name), "active": text("yes")}
	case apiclient.UserUpdate:
		op.On, op.With = ref(apiclient.KindUser, f.user()), apiclient.Values{"last_name": text("Other"), "admin": text("yes")}
	case apiclient.UserSetup:
		op.On = ref(apiclient.KindUser, f.idle())
		op.With = apiclient.Values{"vm": text(f.AddVM(f.name("shell"))), "activate": text("yes")}
	case apiclient.UserActivate:
		op.On = ref(apiclient.KindUser, f.idle())
	case apiclient.UserDeactivate, apiclient.UserUnsetup, apiclient.UserDelete:
		op.On = ref(apiclient.KindUser, f.user())
	case apiclient.UserShowTokens, apiclient.UserExpireTokens:
		user := f.user()
		f.AddToken(user)
		f.AddToken(user)
		op.On = ref(apiclient.KindUser, user)
	case apiclient.UserReassign:
		old := f.user()
		f.AddCollection("data", old)
		op.On, op.With = ref(apiclient.KindUser, old, "old"), apiclient.Values{"to": text(f.user())}
	case apiclient.TokenCreate:
		op.With = apiclient.Values{"max_age": text("12h"), "scopes": {List: []string{"all"}}}
	case apiclient.TokenUpdate:
		op.On = ref(apiclient.KindToken, f.AddToken(f.AdminUUID)[3:30])
		op.With = apiclient.Values{"scopes": {List: []string{"GET:/arvados/v1/users"}}}
	case apiclient.TokenRevoke:
		user := f.user()
		op.On = ref(apiclient.KindToken, user, f.AddToken(user)[3:30])
	case apiclient.TokenRevokePasted:
		op.With = apiclient.Values{"token": {Secret: secret.New(f.AddToken(f.user()))}}
	case apiclient.GrantAdd:
		op.With = apiclient.Values{
			"user": text(f.user()), "access": text("can_login"), "object": text(f.AddVM(f.name("shell"))), "groups": {List: []string{"docker"}},
		}
	case apiclient.GrantUpdate:
		op.On = ref(apiclient.KindGrant, f.AddLink(f.user(), "can_read", f.AddGroup(f.name("role"), "role", ""), nil))
		op.With = apiclient.Values{"access": text("can_write")}
	case apiclient.GrantRemove:
		op.On = ref(apiclient.KindGrant, f.AddLink(f.user(), "can_read", f.AddGroup(f.name("role"), "role", ""), nil))
	}
	return op
}
