package main_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

// TestLostAnswer loses the answer to a change after the server has made it: the
// console must not call that failed, and must not make it twice.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.proxy()
	c := s.openVia(p)
	c.See("admin@admin", "▸")
	var lost atomic.Int32
	p.set(func(p *proxy) {
		p.lose = func(r *http.Request) bool {
			return r.Method == http.MethodPost && r.URL.Path == wire.PathAccounts && lost.Add(1) == 1
		}
	})
	c.Keys("n")
	c.See("New account")
	c.Fill("Name", "acme")
	c.Submit()
	c.SeeRow("acme", "enabled")
	if a := get[wire.Account](s, wire.AccountPath("acme")); a.State != wire.AccountEnabled {
		t.Errorf("acme is %s", a.State)
	}
	made := 0
	for _, e := range get[wire.Page[wire.Event]](s, wire.PathAudit).Items {
		if e.Verb == "account.create" && e.Target == "acme" && e.Result == wire.EventDone {
			made++
		}
	}
	if made != 1 {
		t.Errorf("acme was made %d times", made)
	}
}

// TestLostSecret loses the answer that holds a new token: its secret is gone,
// so the console says so and offers to revoke what was made.
func TestLostSecret(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("kim", "acme", false)
	p := s.proxy()
	c := s.openVia(p)
	c.See("admin@admin", "▸")
	c.Keys("3")
	c.See("token of the test")
	p.set(func(p *proxy) {
		p.lose = func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == wire.PathTokens }
	})
	c.Keys("n")
	c.See("New token")
	c.Fill("User", "kim")
	c.Fill("Description", "laptop")
	c.Submit()
	c.See("It is not known whether it happened", "its secret is lost", "r revoke it")
	p.set(func(p *proxy) { p.lose = nil })
	c.Answer("r")
	c.See("Revoke gthp_", "Press y")
	c.Answer("y")
	c.SeeRow("kim", "revoked", "laptop")
}

// TestSlowServer holds every answer back: keys go on working.
func TestSlowServer(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	p := s.proxy()
	c := s.openVia(p)
	c.SeeRow("acme", "enabled")
	release := make(chan struct{})
	p.set(func(p *proxy) { p.holding = release })
	c.Keys("ctrl+r", "2")
	c.See("› users")
	c.Keys("?")
	c.See("╭ Help")
	c.Keys("esc", "1")
	c.SeeRow("acme", "enabled")
	c.Keys("n")
	c.See("New account")
	c.Fill("Name", "slow")
	c.Submit()
	c.See("Sending")
	close(release)
	p.set(func(p *proxy) { p.holding = nil })
	c.SeeRow("slow", "enabled")
}
