package ais_test

import (
	"fmt"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais"
	"gatehouse/apiclient/ais/aistest"
	"gatehouse/apiclient/secret"
)

const contextName = "test"

// site is a server and what a test does with it.
type site struct {
	*aistest.Server
	t *testing.T
	n int
}

func start(t *testing.T, o aistest.Options) *site {
	t.Helper()
	s := &site{Server: aistest.New(o), t: t}
	t.Cleanup(s.Close)
	return s
}

func (s *site) target() apiclient.Target { return apiclient.Target{Context: contextName, URL: s.URL} }

// admin is the superuser, signed in.
func (s *site) admin() apiclient.Backend {
	s.t.Helper()
	return s.open(s.target(), s.Mint(aistest.AdminUser, hour))
}

// as is another user, signed in by a fresh token.
func (s *site) as(user string) apiclient.Backend {
	s.t.Helper()
	return s.open(s.target(), s.Mint(user, hour))
}

func (s *site) open(t apiclient.Target, token string) apiclient.Backend {
	s.t.Helper()
	b, err := ais.Driver().Open(s.t.Context(), t, apiclient.Credential{Method: "token", Secret: secret.New(token)})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(b.Close)
	return b
}

func (s *site) name(kind string) string {
	s.n++
	return fmt.Sprintf("%s-%d", kind, s.n)
}

// do carries an op out with a plan of its own.
func (s *site) do(b apiclient.Backend, op apiclient.Op) apiclient.Outcome {
	s.t.Helper()
	p := s.plan(b, op)
	if len(p.Blocks) > 0 {
		s.t.Fatalf("%s is blocked: %+v", op.Verb, p.Blocks)
	}
	return apiclient.Run(s.t.Context(), b, p, apiclient.RunOptions{}).Wait().Outcomes[len(p.Steps)-1]
}

func (s *site) plan(b apiclient.Backend, ops ...apiclient.Op) apiclient.Plan {
	s.t.Helper()
	p, err := b.Prepare(s.t.Context(), ops)
	if err != nil {
		s.t.Fatalf("prepare %s: %v", ops[0].Verb, err)
	}
	return p
}

// good demands that an op was done.
func (s *site) good(o apiclient.Outcome) apiclient.Outcome {
	s.t.Helper()
	if o.End != apiclient.Done || o.Words == "" {
		s.t.Fatalf("it ended as %+v, %+v", o, o.Failure)
	}
	return o
}

func (s *site) user(b apiclient.Backend, roles ...string) apiclient.Ref {
	s.t.Helper()
	return s.good(b.Do(s.t.Context(), apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{
		"name": text(s.name("user")), "password": hidden(userPassword), "roles": {List: roles},
	}})).Made[0]
}

func (s *site) role(b apiclient.Backend) apiclient.Ref {
	s.t.Helper()
	return s.good(b.Do(s.t.Context(), apiclient.Op{Verb: apiclient.RoleCreate, With: apiclient.Values{
		"name": text(s.name("role")), "description": text("made for a test"), "clusters": {Rows: [][]string{{"", "ro"}}},
	}})).Made[0]
}

func (s *site) cluster(b apiclient.Backend) apiclient.Ref {
	s.t.Helper()
	return s.good(b.Do(s.t.Context(), apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{
		"name": text(s.name("Clu")), "alias": text(s.name("alias")),
	}})).Made[0]
}

const (
	userPassword = "marble-thunder-orchid"
	newPassword  = "velvet-anchor-glacier"
)

func text(s string) apiclient.Input   { return apiclient.Input{Text: s} }
func hidden(s string) apiclient.Input { return apiclient.Input{Secret: secret.New(s)} }

func on(kind apiclient.Kind, name string) apiclient.Ref {
	return apiclient.Ref{Context: contextName, Kind: kind, Path: apiclient.NewPath(name)}
}

// facts joins what a plan tells.
func facts(p apiclient.Plan) string {
	var out []string
	for _, f := range p.Facts {
		out = append(out, f.Text)
	}
	return strings.Join(out, "\n")
}

// tells demands that a plan says all of the texts.
func tells(t *testing.T, p apiclient.Plan, texts ...string) {
	t.Helper()
	for _, w := range texts {
		if !strings.Contains(facts(p), w) {
			t.Errorf("%s does not tell %q:\n%s", p.Title, w, facts(p))
		}
	}
}
