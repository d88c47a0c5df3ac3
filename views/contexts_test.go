package views_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais"
	"gatehouse/apiclient/ais/aistest"
	"gatehouse/apiclient/contexts"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/views"
)

// named are two real servers with names: prod, which is protected, and test.
type twoPlaces struct {
	book       *contexts.Book
	prod, test *system
}

func places(t *testing.T) twoPlaces {
	t.Helper()
	prod, _ := filled(t)
	dir := t.TempDir()
	p := twoPlaces{prod: prod, test: serve(t), book: &contexts.Book{
		Path: filepath.Join(dir, "config.yaml"), Drivers: []apiclient.Driver{gatehouse.Driver()}, Store: contexts.NewStore(),
	}}
	for _, c := range []contexts.Context{
		{Name: "prod", Driver: "gatehouse", URL: prod.url, User: "admin", Protected: true, Colour: "red"},
		{Name: "test", Driver: "gatehouse", URL: p.test.url, User: "admin", Credential: contexts.Source{From: contexts.FromFile, File: filepath.Join(dir, "keep", "test-token")}},
	} {
		if err := p.book.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// open opens the console in prod.
func (p twoPlaces) open(t *testing.T) *console {
	t.Helper()
	o, err := p.book.Open(t.Context(), "prod")
	if err != nil {
		t.Fatal(err)
	}
	return open(t, views.Options{
		Driver: o.Driver, Target: o.Context.Target(), Credential: p.prod.credential("admin", adminPassword),
		Book: p.book, Place: o.Context, Lookup: func(string) (string, bool) { return "", false },
	}, look{})
}

func TestAProtectedContextSaysSoAndStartsLocked(t *testing.T) {
	c := places(t).open(t)
	c.see("acme", "protected", "writes locked")
	c.keys("x")
	c.see("writes are locked")
	c.keys("W")
	c.see("15 minutes")
	c.keys("y")
	c.gone("writes locked")
	c.closed()
	c.keys("j", "d")
	c.see("Delete account", "protected")
}

func TestGoingToAnotherContext(t *testing.T) {
	p := places(t)
	c := p.open(t)
	c.see("acme", "admin@admin")
	c.keys("c")
	c.see("prod", "test", "locked, protected", "WHERE", "file")
	c.keys("/test", "enter")
	c.gone("● prod")
	c.keys("enter")
	c.see("Sign in to test")
	c.gone("acme")
	c.keys("tab", adminPassword, "enter")
	c.see("admin@admin", "test ▾", "1 Accounts 1")
	if f := c.frame(); strings.Contains(f, "acme") || strings.Contains(f, "protected") || strings.Contains(f, "locked") {
		t.Errorf("something of prod is left:\n%s", f)
	}
	c.see("the credential is kept in")
	// The session is kept in the file that the context names, and is used next time.
	stored, err := p.book.Open(t.Context(), "test")
	if err != nil || stored.Why != nil || stored.Credential.Secret.IsZero() {
		t.Fatalf("not kept: %v, %v", err, stored.Why)
	}
	if st, err := os.Stat(stored.Context.Credential.File); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", st, err)
	}
	c.keys("c")
	c.see("prod")
	c.keys("/prod", "enter")
	c.gone("● test")
	c.keys("enter")
	c.see("Sign in to prod")
	c.keys("esc")
	c.keys("c")
	c.see("test")
	c.keys("/test", "enter")
	c.gone("● prod")
	c.keys("enter")
	c.see("admin@admin", "test ▾")
}

func TestABoxIsNeverAnsweredOnAnotherSystem(t *testing.T) {
	p := places(t)
	c := p.open(t)
	c.see("acme", "admin@admin")
	c.keys("c")
	c.see("locked, protected")
	c.keys("n")
	c.see("New context")
	c.keys("third", "tab", "tab", p.test.url, "ctrl+s")
	c.see("context third was saved")
	c.closed()
	c.see("  third ")
	if _, err := p.book.Open(t.Context(), "third"); err != nil {
		t.Error(err)
	}
	c.keys("/third", "enter")
	c.gone("  test ")
	c.keys("d")
	c.see("Remove context third")
	c.keys("y")
	c.see("context third was removed")
	if _, err := p.book.Open(t.Context(), "third"); err == nil {
		t.Error("it is still there")
	}
}

func TestAContextFormNamesWhatIsWrong(t *testing.T) {
	p := places(t)
	c := p.open(t)
	c.see("acme")
	c.keys("c")
	c.see("locked, protected")
	c.keys("n")
	c.see("New context")
	c.keys("Not A Name", "tab", "tab", "http://127.0.0.1:1", "ctrl+s")
	c.see("name must be", "Not A Name")
	c.keys("esc", "esc")
	c.closed()
}

func TestATokenBecomesAContext(t *testing.T) {
	p := places(t)
	b := p.test.backend("admin", adminPassword)
	token := p.test.do(b, apiclient.TokenCreate, apiclient.Ref{}, text("description", "pasted")).Reveals[0].Secret
	c := p.open(t)
	c.see("acme")
	c.keys("c")
	c.see("locked, protected")
	c.keys("P")
	c.see("Paste a token")
	c.keys("ghp_somethingelse", "ctrl+s")
	c.see("nothing that any of the systems")
	c.keys("ctrl+u", token.Reveal(), "ctrl+s")
	c.see("does not say where it belongs")
	c.keys("esc", "esc")
	c.closed()
	c.keys("P")
	c.see("Paste a token")
	c.keys(token.Reveal(), "tab", "pasted", "tab", p.test.url, "ctrl+s")
	f := c.see("pasted ▾", "admin@admin")
	if strings.Contains(f, wire.TokenPattern) || strings.Contains(f, token.Reveal()) {
		t.Error("the token is on the screen")
	}
}

func TestARegistrationStringBecomesAContext(t *testing.T) {
	p := places(t)
	b := p.test.backend("admin", adminPassword)
	o := p.test.do(b, apiclient.UserInvite, apiclient.Ref{}, text("account", "admin", "user_name", "noa"))
	c := p.open(t)
	c.see("acme")
	c.keys("c")
	c.see("locked, protected")
	c.keys("P")
	c.see("Paste a token")
	c.keys(o.Reveals[0].Secret.Reveal(), "tab", "mine", "ctrl+s")
	c.see("Register with Gatehouse", "noa")
	c.keys(userPassword, "tab", userPassword, "ctrl+s")
	c.see("mine ▾", "noa@admin")
	if got, err := p.book.Open(t.Context(), "mine"); err != nil || got.Context.User != "noa" || got.Context.URL != p.test.url {
		t.Errorf("kept as %+v, %v", got.Context, err)
	}
}

func TestAKeptPasswordSignsIn(t *testing.T) {
	p := places(t)
	t.Setenv("PLACE_PASSWORD", adminPassword)
	err := p.book.Add(contexts.Context{Name: "auto", Driver: "gatehouse", URL: p.test.url, User: "admin",
		Credential: contexts.Source{From: contexts.FromEnv, Env: "PLACE_PASSWORD", Method: "password"}})
	if err != nil {
		t.Fatal(err)
	}
	c := p.open(t)
	c.see("acme")
	c.keys("c")
	c.see("  auto ")
	c.keys("/auto", "enter")
	c.gone("● prod")
	c.keys("enter")
	c.see("auto ▾", "admin@admin", "1 Accounts 1")
}

func TestAKeptCredentialThatCannotWorkIsAskedFor(t *testing.T) {
	p := places(t)
	t.Setenv("PLACE_TOKEN", "no token at all")
	err := p.book.Add(contexts.Context{Name: "auto", Driver: "gatehouse", URL: p.test.url, User: "admin",
		Credential: contexts.Source{From: contexts.FromEnv, Env: "PLACE_TOKEN"}})
	if err != nil {
		t.Fatal(err)
	}
	c := p.open(t)
	c.see("acme")
	c.keys("c")
	c.see("  auto ")
	c.keys("/auto", "enter")
	c.gone("● prod")
	c.keys("enter")
	if f := c.see("Sign in to auto", "not a Gatehouse token"); strings.Contains(f, "offline") {
		t.Errorf("it will be tried again and again:\n%s", f)
	}
}

func TestAPlaceThatCannotBeReadSaysWhy(t *testing.T) {
	p := places(t)
	d := gatehouse.Driver()
	d.Name, d.Methods = "other", []apiclient.Method{{Name: "token", Found: []apiclient.Source{{
		Name: "OTHER_FILE",
		Read: func(func(string) (string, bool)) (apiclient.Target, apiclient.Credential, error) {
			return apiclient.Target{}, apiclient.Credential{}, errors.New("other.yaml can be read by others: chmod 600 other.yaml")
		},
	}}}}
	p.book.Drivers = append(p.book.Drivers, d)
	c := p.open(t)
	c.see("acme")
	c.keys("c")
	f := c.see("OTHER_FILE: other.yaml", "cannot be read")
	for line := range strings.Lines(f) {
		if strings.Contains(line, "OTHER_FILE") && (strings.Contains(line, "prompt") || strings.Contains(line, "open")) {
			t.Errorf("it is shown as a context: %s", line)
		}
	}
	c.keys("G", "enter")
	c.see("chmod 600 other.yaml", "go there")
}

func TestAnOwnPasswordThatEndsNoSessionIsKeptToo(t *testing.T) {
	s := aistest.New(aistest.Options{})
	defer s.Close()
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(aistest.AdminPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := &contexts.Book{Path: filepath.Join(t.TempDir(), "config.yaml"), Drivers: []apiclient.Driver{ais.Driver()}, Store: contexts.NewStore()}
	place := contexts.Context{Name: "storage", Driver: "ais", URL: s.URL, User: aistest.AdminUser,
		Credential: contexts.Source{From: contexts.FromFile, File: file, Method: "password"}}
	if err := b.Add(place); err != nil {
		t.Fatal(err)
	}
	c := open(t, views.Options{Driver: ais.Driver(), Target: place.Target(), Place: place, Book: b,
		Find: func(ctx context.Context) (apiclient.Credential, error) { return b.Credential(ctx, place) }}, look{})
	c.see("ais · admin")
	c.keys(":", "change own password", "enter")
	c.see("Change own password on storage")
	c.keys(userPassword, "tab", userPassword, "ctrl+s")
	c.see("the credential is kept in")
	if got, why := b.Credential(t.Context(), place); why != nil || got.Secret.Reveal() != userPassword {
		t.Errorf("what is kept is not the new password: %v", why)
	}
}
