package juju_test

import (
	"fmt"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/backendtest"
	"gatehouse/apiclient/juju"
	"gatehouse/apiclient/juju/jujutest"
	"gatehouse/apiclient/secret"
)

func TestConformance(t *testing.T) {
	for _, release := range []string{"2.9.43", "3.6.14", "4.0.12"} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			backendtest.Run(t, backendtest.Harness{
				Driver: juju.Driver(),
				Start:  func(t *testing.T) backendtest.System { return suite(t, release) },
				Again: []apiclient.Verb{
					apiclient.UserEnable, apiclient.UserDisable, apiclient.UserReset, apiclient.UserSetPassword,
					apiclient.GrantAdd, apiclient.GrantUpdate, apiclient.SessionSetPassword,
				},
				Local: []apiclient.Verb{apiclient.SessionSignOut},
				Codes: true,
			})
		})
	}
}

// suite is a superuser of a controller of his own.
func suite(t *testing.T, release string) backendtest.System {
	t.Helper()
	s := start(t, release)
	s.Fill(7, jujutest.Counts{Users: 30, Models: 4}, userPassword)
	s.AddUser("boss", userPassword, "superuser")
	model := s.AddModel("shop", jujutest.Owner)
	b := s.as("boss", userPassword)
	n := 0
	fresh := func(access string) string {
		n++
		name := fmt.Sprintf("somebody-%d", n)
		s.AddUser(name, userPassword, access)
		return name
	}
	must := func(o apiclient.Outcome) {
		t.Helper()
		if o.End != apiclient.Done {
			t.Fatalf("%+v %+v", o, o.Failure)
		}
	}
	grant := func(name string) apiclient.Ref {
		o := s.owner().Do(t.Context(), apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{
			"user": text(name), "object": text("admin/shop"), "access": text("write"),
		}})
		must(o)
		return grantRef(model, "admin/shop", name)
	}
	op := func(v apiclient.Verb) apiclient.Op {
		op := apiclient.Op{Verb: v}
		switch v {
		case apiclient.UserCreate:
			n++
			op.With = apiclient.Values{"user_name": text(fmt.Sprintf("new-%d", n)), "real_name": text("A Person"), "password": hidden(newPassword)}
		case apiclient.UserEnable:
			op.On = userRef(fresh("login"))
			must(s.owner().Do(t.Context(), apiclient.Op{Verb: apiclient.UserDisable, On: op.On}))
		case apiclient.UserDisable, apiclient.UserRemove, apiclient.UserReset:
			op.On = userRef(fresh("login"))
		case apiclient.UserSetPassword:
			op.On, op.With = userRef(fresh("login")), apiclient.Values{"password": hidden(newPassword)}
		case apiclient.GrantAdd:
			op.With = apiclient.Values{"user": text(fresh("login")), "object": text("admin/shop"), "access": text("read")}
		case apiclient.GrantUpdate:
			op.On, op.With = grant(fresh("login")), apiclient.Values{"access": text("read")}
		case apiclient.GrantRemove:
			op.On = grant(fresh("login"))
		case apiclient.SessionSetPassword:
			op.With = apiclient.Values{"password": hidden(newPassword)}
		}
		return op
	}
	return backendtest.System{
		Backend: b, Wire: newWire(s.Server), Op: op,
		Secrets: []apiclient.Secret{secret.New(userPassword), secret.New(newPassword)},
		Refused: func() apiclient.Op {
			return apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"user_name": text("boss")}}
		},
		Carry: func(carried string) string {
			n++
			o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{
				"user_name": text(fmt.Sprintf("carrier-%d", n)), "real_name": text(carried),
			}})
			must(o)
			r, err := b.Read(t.Context(), o.Made[0])
			if err != nil {
				t.Fatal(err)
			}
			return r.Get("real_name").Text
		},
	}
}
