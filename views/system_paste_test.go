package views_test

import (
	"path/filepath"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/arvados"
	"gatehouse/apiclient/arvados/arvadostest"
	"gatehouse/apiclient/contexts"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/juju"
	"gatehouse/apiclient/juju/jujutest"
	"gatehouse/views"
)

// withContexts opens a console on a server of our own, in a configuration that
// knows all these systems, and goes to the form that takes tokens.
func withContexts(t *testing.T) (*console, *contexts.Book) {
	t.Helper()
	own := serve(t)
	book := &contexts.Book{
		Path: filepath.Join(t.TempDir(), "config.yaml"), Store: contexts.NewStore(),
		Drivers: []apiclient.Driver{gatehouse.Driver(), aiven.Driver(), arvados.Driver(), juju.Driver()},
	}
	if err := book.Add(contexts.Context{Name: "own", Driver: gatehouse.Name, URL: own.url, User: "admin"}); err != nil {
		t.Fatal(err)
	}
	o, err := book.Open(t.Context(), "own")
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, views.Options{
		Driver: o.Driver, Target: o.Context.Target(), Credential: own.credential("admin", adminPassword),
		Book: book, Place: o.Context, Lookup: func(string) (string, bool) { return "", false },
	}, look{})
	c.see("admin@admin")
	c.keys("c")
	c.see("WHERE", "● own")
	c.keys("P")
	c.see("Paste a token or a registration string")
	return c, book
}

func TestJujuRegistrationStringBecomesAContext(t *testing.T) {
	s := startJuju(t, jujutest.Options{})
	made := s.set(apiclient.UserCreate, apiclient.Ref{}, text("user_name", "jon")).Reveals[0].Secret
	again := s.set(apiclient.UserReset, at(apiclient.KindUser, "jon"), nil).Reveals[0].Secret
	c, book := withContexts(t)
	s.forget()
	c.keys(made.Reveal()[:40], "ctrl+s")
	c.see("✗")
	s.sent() // nothing
	c.keys("ctrl+u", made.Reveal(), "tab", "mine", "ctrl+s")
	c.see("Register with Juju", "jon "+s.url)
	c.keys("short", "tab", "short", "ctrl+s")
	c.see("at least 8")
	s.sent()
	c.keys("ctrl+u", userPassword, "tab", "ctrl+u", userPassword, "ctrl+s")
	see("secret key not valid", "the string was used already, or a newer one has replaced it")(c) // it has
	c.keys("esc", "esc")
	c.closed()
	s.forget()
	c.keys("P")
	c.see("Paste a token")
	c.keys(again.Reveal(), "tab", "mine", "ctrl+s")
	c.see("Register with Juju")
	c.keys(userPassword, "tab", userPassword, "ctrl+s")
	c.see("mine ▾ juju · jon", "the password of jon is set")
	s.registered("jon")
	got, err := book.Open(t.Context(), "mine")
	if err != nil || got.Context.User != "jon" || got.Context.URL != s.url || got.Context.Options[juju.OptionCA] != s.fake.CA {
		t.Errorf("kept as %+v, %v", got.Context, err)
	}
	c.keys("2")
	c.see("▸  jon")
}

func TestArvadosTokenBecomesAContext(t *testing.T) {
	s := startArvados(t, arvadostest.Options{})
	token := s.fake.AdminToken
	c, book := withContexts(t)
	s.forget()
	c.keys(token[:60], "ctrl+s")
	c.see("a part of it is cut or mistyped")
	c.keys("ctrl+u", token, "tab", "mine", "ctrl+s")
	see("is needed: the token does not say where it belongs")(c)
	if n := len(s.requests()); n > 0 {
		t.Errorf("%d requests before anybody said where", n)
	}
	c.keys(s.url, "ctrl+s")
	c.see("mine ▾ arvados · admin", "All users")
	without(token[31:])(c)
	if got, err := book.Open(t.Context(), "mine"); err != nil || got.Context.Driver != arvados.Name || got.Context.URL != s.url {
		t.Errorf("kept as %+v, %v", got.Context, err)
	}
}
