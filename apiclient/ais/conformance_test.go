package ais_test

import (
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais"
	"gatehouse/apiclient/ais/aistest"
	"gatehouse/apiclient/backendtest"
	"gatehouse/apiclient/secret"
)

const hour = time.Hour

func TestConformance(t *testing.T) {
	backendtest.Run(t, backendtest.Harness{
		Driver: ais.Driver(),
		Start:  system,
		Again: []apiclient.Verb{
			apiclient.AccountUpdate, apiclient.UserUpdate, apiclient.UserSetPassword, apiclient.RoleUpdate,
			apiclient.TokenRevoke, apiclient.TokenRevokePasted, apiclient.SessionSignOut,
		},
	})
}

// system is a server of its own, with an admin behind a proxy of his own.
func system(t *testing.T) backendtest.System {
	t.Helper()
	s := start(t, aistest.Options{})
	s.Fill(1, aistest.Size{Clusters: 3, Roles: 3, Users: 5})
	proxy := backendtest.NewProxy(t, s.URL)
	behind := s.target()
	behind.URL = proxy.URL
	own := s.Mint(aistest.AdminUser, hour)
	direct := s.open(s.target(), s.Mint(aistest.AdminUser, 2*hour))
	return backendtest.System{
		Backend: s.open(behind, own), Wire: proxy,
		Secrets: []apiclient.Secret{secret.New(own), secret.New(userPassword), secret.New(newPassword)},
		Op:      func(v apiclient.Verb) apiclient.Op { return s.op(direct, v) },
		Refused: func() apiclient.Op {
			return apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("admin"), "password": hidden(newPassword)}}
		},
		Carry: func(words string) string { return s.carry(direct, words) },
	}
}

func (s *site) op(b apiclient.Backend, v apiclient.Verb) apiclient.Op {
	op := apiclient.Op{Verb: v}
	switch v {
	case apiclient.AccountCreate:
		op.With = apiclient.Values{"name": text(s.name("Clu")), "alias": text(s.name("alias"))}
	case apiclient.AccountUpdate:
		op.On, op.With = s.cluster(b), apiclient.Values{"alias": text(s.name("alias"))}
	case apiclient.AccountDelete:
		op.On = s.cluster(b)
	case apiclient.UserCreate:
		op.With = apiclient.Values{"name": text(s.name("user")), "password": hidden(newPassword), "roles": {List: []string{s.role(b).Name()}}}
	case apiclient.UserUpdate:
		op.On, op.With = s.user(b), apiclient.Values{"roles": {List: []string{s.role(b).Name()}}}
	case apiclient.UserDelete:
		op.On = s.user(b)
	case apiclient.UserSetPassword:
		op.On, op.With = s.user(b), apiclient.Values{"password": hidden(newPassword)}
	case apiclient.RoleCreate:
		op.With = apiclient.Values{"name": text(s.name("role")), "buckets": {Rows: [][]string{{"ais://shards", "c1", "rw"}}}}
	case apiclient.RoleUpdate:
		op.On, op.With = s.role(b), apiclient.Values{"description": text("changed"), "clusters": {Rows: [][]string{{"", "rw+LIST-BUCKETS"}}}}
	case apiclient.RoleDelete:
		op.On = s.role(b)
	case apiclient.TokenRevoke:
		op.Secret = secret.New(s.Mint(s.user(b).Name(), hour))
	case apiclient.TokenRevokePasted:
		op.With = apiclient.Values{"token": hidden(s.Mint(s.user(b).Name(), hour))}
	case apiclient.SessionSetPassword:
		op.With = apiclient.Values{"password": hidden(newPassword)}
	}
	return op
}

func (s *site) carry(b apiclient.Backend, words string) string {
	made := s.good(b.Do(s.t.Context(), apiclient.Op{Verb: apiclient.RoleCreate, With: apiclient.Values{
		"name": text(s.name("role")), "description": text(words),
	}}))
	r, err := b.Read(s.t.Context(), made.Made[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Get("description").Text
}
