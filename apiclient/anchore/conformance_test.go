package anchore_test

import (
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/anchore"
	"gatehouse/apiclient/anchore/anchoretest"
	"gatehouse/apiclient/backendtest"
	"gatehouse/apiclient/secret"
)

func TestConformance(t *testing.T) {
	for name, o := range map[string]anchoretest.Options{
		"engine": engine, "enterprise": enterprise, "old enterprise": {V2: true, API: "2.4.0"},
	} {
		t.Run(name, func(t *testing.T) {
			backendtest.Run(t, backendtest.Harness{
				Driver: anchore.Driver(),
				Start:  func(t *testing.T) backendtest.System { return conforming(t, o) },
				Again: []apiclient.Verb{
					apiclient.AccountEnable, apiclient.AccountDisable, apiclient.TokenRevoke,
				},
			})
		})
	}
}

// conforming is a filled system behind a proxy, with an admin of its own.
func conforming(t *testing.T, o anchoretest.Options) backendtest.System {
	t.Helper()
	s := start(t, o)
	s.fake.Fill(7, 4, 3)
	made := s.admin()
	root := s.userIn(made, "admin")
	proxy := backendtest.NewProxy(t, s.fake.URL)
	s.url = proxy.URL
	b := s.as(root.Name(), userPassword)
	out := backendtest.System{
		Backend: b, Wire: proxy,
		Secrets: []apiclient.Secret{secret.New(userPassword), secret.New(newPassword)},
		Op:      func(v apiclient.Verb) apiclient.Op { return s.op(made, v) },
		Refused: func() apiclient.Op {
			return apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{
				"user_name": text("admin"), "password": {Secret: secret.New(newPassword)},
			}}
		},
	}
	if o.V2 {
		out.Carry = func(words string) string {
			key := s.do(b, apiclient.TokenCreate, apiclient.Ref{}, apiclient.Values{
				"name": text(s.name("key")), "max_age": text("1d"), "description": text(words),
			}).Made[0]
			r, err := b.Read(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			return r.Get("description").Text
		}
	}
	return out
}

// op gives an op that works, on a record that is made for it.
func (s *system) op(b apiclient.Backend, v apiclient.Verb) apiclient.Op {
	s.t.Helper()
	op := apiclient.Op{Verb: v}
	fresh := apiclient.Input{Secret: secret.New(newPassword)}
	switch v {
	case apiclient.AccountCreate:
		op.With = apiclient.Values{"name": text(s.name("account")), "email": text("a@example.com")}
	case apiclient.AccountUpdate:
		op.On, op.With = s.account(b), apiclient.Values{"email": text("b@example.com")}
	case apiclient.AccountEnable:
		op.On = s.account(b)
		s.do(b, apiclient.AccountDisable, op.On, nil)
	case apiclient.AccountDisable, apiclient.AccountDelete:
		op.On = s.account(b)
	case apiclient.UserCreate:
		op.With = apiclient.Values{"account": text(s.account(b).Name()), "user_name": text(s.name("user")), "password": fresh}
	case apiclient.UserDelete:
		op.On = s.user(b)
	case apiclient.UserSetPassword:
		op.On, op.With = s.user(b), apiclient.Values{"password": fresh}
	case apiclient.UserExpireTokens:
		op.On = s.user(b)
		s.key(b, op.On)
		s.key(b, op.On)
	case apiclient.TokenCreate:
		op.With = apiclient.Values{"user": owner(s.user(b)), "name": text(s.name("key")), "max_age": text("30d"), "description": text("ci")}
	case apiclient.TokenUpdate:
		op.On, _ = s.key(b, s.user(b))
		op.With = apiclient.Values{"description": text("changed"), "name": text(s.name("renamed"))}
	case apiclient.TokenRevoke, apiclient.TokenDelete:
		op.On = s.token(b)
	case apiclient.GrantAdd:
		user := s.user(b)
		op.With = apiclient.Values{"user": owner(user), "role": text("read-only"), "account": text(user.Path.Part(0))}
	case apiclient.GrantRemove:
		op.On = s.do(b, apiclient.GrantAdd, apiclient.Ref{}, s.op(b, apiclient.GrantAdd).With).Made[0]
	case apiclient.SessionSetPassword:
		op.With = apiclient.Values{"password": fresh}
	}
	return op
}

// token is an API key or, where there are none, a password.
func (s *system) token(b apiclient.Backend) apiclient.Ref {
	user := s.user(b)
	if b.Info().Verbs[apiclient.TokenCreate].OK {
		key, _ := s.key(b, user)
		return key
	}
	page, err := b.Tokens(s.t.Context(), apiclient.Query{Scope: user})
	if err != nil || len(page.Rows) != 1 {
		s.t.Fatalf("%+v, %v", page, err)
	}
	return page.Rows[0].Ref
}
