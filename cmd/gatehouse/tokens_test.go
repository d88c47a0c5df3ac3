package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

func TestTokenLife(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("kim", "acme", false)
	c := s.asAdmin()
	c.Keys("3")
	c.See("TOKEN", "OWNER")

	t.Log("create: the secret is shown once, masked until asked for")
	c.Keys("n")
	c.See("New token on")
	c.Fill("User", "kim")
	c.Fill("Description", "laptop")
	c.Submit()
	c.See("••••", "characters")
	c.Answer("c")
	secret := c.Copied(1)
	if status, _ := s.do(http.MethodGet, wire.PathSession, secret, nil); status != http.StatusOK {
		t.Errorf("the copied token is answered %d", status)
	}
	if strings.Contains(string(c.st.Raw()), secret) {
		t.Error("the secret was drawn before anybody asked")
	}
	c.Keys("s")
	c.See(secret[wire.PrefixLen : wire.PrefixLen+20])
	c.Keys("esc")
	c.Gone(secret[wire.PrefixLen : wire.PrefixLen+20])
	prefix := secret[:wire.PrefixLen]
	c.SeeRow(prefix, "kim", "● active", "laptop")

	t.Log("edit")
	c.Go(prefix)
	c.Keys("e")
	c.See("Edit token")
	c.field("Description")
	c.Keys("ctrl+u")
	c.Type("old laptop")
	c.Submit()
	c.SeeRow(prefix, "old laptop")

	t.Log("revoke")
	c.Keys("r")
	c.See("Revoke "+prefix, "Press y")
	c.Answer("y")
	c.SeeRow(prefix, "revoked")
	if status, _ := s.do(http.MethodGet, wire.PathSession, secret, nil); status != http.StatusUnauthorized {
		t.Errorf("the revoked token is answered %d", status)
	}
}

func TestRevokingMany(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("kim", "acme", false)
	var prefixes []string
	for i := range 12 {
		prefixes = append(prefixes, s.accessToken("kim", fmt.Sprintf("machine %02d", i)))
	}
	c := s.asAdmin()
	c.Keys("3")
	c.See("machine 00", "machine 11")
	c.Keys("/")
	c.Type("machine")
	c.Keys("enter")
	c.See("12 of ")
	c.Keys("a")
	c.See("12 marked")
	c.Keys("r")
	c.See("Revoke 12 tokens on", "Press y")
	c.Answer("y")
	c.See("12 of 12", "✓ 12 done")
	c.Keys("esc")
	for _, p := range prefixes {
		if tok := get[wire.Token](s, wire.TokenPath(p)); tok.State != wire.TokenRevoked {
			t.Errorf("%s is %s", p, tok.State)
		}
	}
	if n := count(s.log, http.MethodPost, wire.PathRevoke); n > 12 || n == 0 {
		t.Errorf("%d requests for 12 tokens", n)
	}
}

func count(l *requestLog, method, route string) int {
	n := 0
	for _, r := range l.changes() {
		if r.Method == method && r.Route == route {
			n++
		}
	}
	return n
}

// A plan is frozen: what was asked about is what happens, and if something has
// changed meanwhile it is asked again.
func TestConfirmationBindsToWhatItShows(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	for _, name := range []string{"ann", "bob", "cid"} {
		s.user(name, "acme", false)
	}
	c := s.asAdmin()
	c.Keys("2")
	c.SeeRow("cid", "acme")
	c.Keys("/")
	c.Type("account:acme")
	c.Keys("enter")
	c.See("3 of 4")
	c.Keys("a")
	c.See("3 marked")
	c.Keys("x")
	c.See("Disable 3 users on", "Press y")

	t.Log("somebody else changes bob, and makes another user, while the question is open")
	bob := get[wire.User](s, wire.UserPath("bob"))
	email := "bob@acme.example"
	s.must(http.MethodPatch, wire.UserPath("bob"), wire.UpdateUser{Email: &email}, nil, "If-Match", etag(bob.Version))
	s.user("abe", "acme", false)
	c.SeeRow("abe", "acme")
	c.Answer("y")
	c.See("Nothing was sent", "bob was changed")
	if n := s.others(); n > 0 {
		t.Errorf("%d changes were sent", n)
	}
	c.Answer("y")
	c.See("3 of 3", "✓ 3 done")
	for name, state := range map[string]string{"abe": wire.UserActive, "ann": wire.UserInactive, "bob": wire.UserInactive, "cid": wire.UserInactive} {
		if u := get[wire.User](s, wire.UserPath(name)); u.State != state {
			t.Errorf("%s is %s, not %s", name, u.State, state)
		}
	}
}
