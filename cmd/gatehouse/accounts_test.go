package main_test

import (
	"net/http"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

func TestAccountLife(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := s.asAdmin()

	c.Keys("n")
	c.See("New account on")
	c.Fill("Name", "acme")
	c.Fill("E-mail", "it@acme.example")
	c.Submit()
	c.See("account acme was created")
	c.SeeRow("acme", "● enabled", "it@acme.example")

	c.Go("acme")
	c.Keys("e")
	c.See("Edit account acme on")
	c.field("E-mail")
	c.Keys("ctrl+u")
	c.Type("help@acme.example")
	c.Submit()
	c.SeeRow("acme", "help@acme.example")

	c.Keys("x")
	c.See("Disable account acme on", "Press y")
	c.Answer("y")
	c.SeeRow("acme", "○ disabled")

	c.Keys("X")
	c.See("Enable account acme on")
	c.Answer("y")
	c.SeeRow("acme", "● enabled")

	c.Keys("i")
	c.See("╭ account acme", "E-mail   help@acme.example")
	c.Keys("esc")
	c.Gone("╭ account acme")

	// From enabled a deletion is two steps.
	c.Keys("d")
	c.See("Delete account acme on", "irreversible", "two steps", "1 disable account acme", "2 delete account acme", "Type acme to go on")
	c.Confirm("acme")
	c.Gone("help@acme.example")
	if status, raw := s.do(http.MethodGet, wire.AccountPath("acme"), s.admin, nil); status != http.StatusNotFound {
		t.Errorf("acme is still there: %d %s", status, raw)
	}
}

func TestAccountRefusals(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	c := s.asAdmin()

	t.Log("a name that is taken: the form stays, with what was typed")
	c.Keys("n")
	c.See("New account on")
	c.Fill("Name", "acme")
	c.Fill("E-mail", "second@acme.example")
	c.Submit()
	c.Refused(s, wire.PathAccounts, "There is already an account of this name", "second@acme.example")

	t.Log("what is wrong stands beside its field")
	c.field("Name")
	c.Keys("ctrl+u")
	c.Type("Größe!")
	c.Submit()
	c.Refused(s, wire.PathAccounts, "a-z", "Größe!")
	c.Leave()

	t.Log("the account admin is protected")
	c.Go("admin")
	c.Keys("x")
	c.See("The account admin stays", "There is nothing to confirm")
	c.Answer("y")
	c.Refused(s, wire.AccountPath("admin"), "There is nothing to confirm")
	c.Keys("esc")
	c.Gone("╭")

	t.Log("no is the answer to anything but y")
	c.Go("acme")
	for _, no := range []string{"n", "enter", "esc"} {
		c.Keys("x")
		c.See("Disable account acme on")
		c.Answer(no)
		c.Gone("Disable account acme on")
	}
	if a := get[wire.Account](s, wire.AccountPath("acme")); a.State != wire.AccountEnabled {
		t.Errorf("acme is %s", a.State)
	}

	t.Log("a wrong word deletes nothing")
	c.Keys("d")
	c.See("Type acme to go on")
	c.Confirm("acm")
	c.See("Type acme to go on")
	c.Keys("esc")
	c.Gone("Type acme")
	if a := get[wire.Account](s, wire.AccountPath("acme")); a.State != wire.AccountEnabled {
		t.Errorf("acme is %s", a.State)
	}
}

// The server refuses to delete an enabled account with 409; the console gets
// there when somebody else enables it between the two steps.
func TestDeletingAnAccountThatWasEnabledMeanwhile(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	a := get[wire.Account](s, wire.AccountPath("acme"))
	s.must(http.MethodPost, wire.AccountPath("acme", "disable"), nil, nil, "If-Match", etag(a.Version))
	c := s.asAdmin()
	c.SeeRow("acme", "○ disabled")
	c.Go("acme")
	c.Keys("d")
	c.See("Type acme to go on")
	s.must(http.MethodPost, wire.AccountPath("acme", "enable"), nil, nil)
	c.Confirm("acme")
	c.Refused(s, wire.AccountPath("acme"), "changed")
}
