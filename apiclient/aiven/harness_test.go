package aiven_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/aiven/aiventest"
	"gatehouse/apiclient/secret"
)

const contextName = "test"

func text(s string) apiclient.Input   { return apiclient.Input{Text: s} }
func hidden(s string) apiclient.Input { return apiclient.Input{Secret: secret.New(s)} }

func target(url string) apiclient.Target {
	return apiclient.Target{Context: contextName, URL: url}
}

// fake starts a fake that goes with the test.
func fake(t testing.TB) *aiventest.Server {
	t.Helper()
	s, err := aiventest.New(aiventest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// signedIn signs in as the admin with the password and opens the backend.
func signedIn(t testing.TB, url string) (apiclient.Backend, apiclient.Credential) {
	t.Helper()
	c, err := aiven.Driver().SignIn(context.Background(), target(url), "password", apiclient.Values{
		"user": text(aiventest.AdminEmail), "password": hidden(aiventest.AdminPassword),
	})
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, url, c), c
}

func opened(t testing.TB, url string, c apiclient.Credential) apiclient.Backend {
	t.Helper()
	b, err := aiven.Driver().Open(context.Background(), target(url), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// all reads a list to its end.
func all[T any](t testing.TB, list func(context.Context, apiclient.Query) (apiclient.Page[T], error), q apiclient.Query) []T {
	t.Helper()
	var out []T
	err := apiclient.All(context.Background(), list, q, func(p apiclient.Page[T]) error {
		out = append(out, p.Rows...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// userNamed finds a user in the lists.
func userNamed(t testing.TB, b apiclient.Backend, name string) apiclient.User {
	t.Helper()
	users := all(t, b.Users, apiclient.Query{})
	i := slices.IndexFunc(users, func(u apiclient.User) bool { return u.Name == name })
	if i < 0 {
		t.Fatalf("there is no user %s", name)
	}
	return users[i]
}

func tokensOf(t testing.TB, b apiclient.Backend, u apiclient.User) []apiclient.Token {
	t.Helper()
	return all(t, b.Tokens, apiclient.Query{Scope: u.Ref})
}

// carried prepares and runs ops, all of which must succeed.
func carried(t testing.TB, b apiclient.Backend, ops ...apiclient.Op) apiclient.Result {
	t.Helper()
	p := planned(t, b, ops...)
	if len(p.Blocks) > 0 {
		t.Fatalf("%s is blocked: %+v", ops[0].Verb, p.Blocks)
	}
	r := apiclient.Run(context.Background(), b, p, apiclient.RunOptions{}).Wait()
	if !r.Good() {
		t.Fatalf("%s ended as %+v, %v", ops[0].Verb, r.Outcomes[len(r.Outcomes)-1], r.Outcomes[len(r.Outcomes)-1].Failure)
	}
	return r
}

func planned(t testing.TB, b apiclient.Backend, ops ...apiclient.Op) apiclient.Plan {
	t.Helper()
	p, err := b.Prepare(context.Background(), ops)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// writes are the requests of a fake that could change something, as "METHOD
// /path body".
func writes(s *aiventest.Server) []string {
	var out []string
	for _, r := range s.Requests() {
		if r.Method != "GET" {
			out = append(out, strings.TrimSpace(r.Method+" "+r.Path+" "+r.Body))
		}
	}
	return out
}

func facts(p apiclient.Plan) string {
	var out []string
	for _, f := range p.Facts {
		out = append(out, f.Text)
	}
	return strings.Join(out, "\n")
}
