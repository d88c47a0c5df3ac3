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
	c.Keys("ctrl+s")
	c.See("account acme was created")
	c.SeeRow("acme", "● enabled", "it@acme.example")

	c.Go("acme")
	c.Keys("e")
	c.See("Edit account acme on")
	c.field("E-mail")
	c.Keys("ctrl+u")
	c.Type("help@acme.example")
	c.Keys("ctrl+s")
	c.SeeRow("acme", "help@acme.example")

	c.Keys("x")
	c.See("Disable account acme on", "Press y")
	c.Answer("y")
	c.SeeRow("acme", "○ disabled")

	c.Keys("X")
	c.SeeRow("acme", "● enabled")

	c.Keys("d")
	c.See("Delete account acme on", "irreversible", "disable", "Type acme to go on")
	c.Confirm("acme")
	c.Gone("help@acme.example")
	if status, raw := s.do(http.MethodGet, wire.AccountPath("acme"), s.admin, nil); status != http.StatusNotFound {
		t.Errorf("acme is still there: %d %s", status, raw)
	}
}
