package views_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"gatehouse/apiclient"
)

// state is the state of a record, as somebody else reads it.
func (s *system) state(b apiclient.Backend, r apiclient.Ref) string {
	s.t.Helper()
	rec, err := b.Read(context.Background(), r)
	if err != nil {
		return err.Error()
	}
	return rec.Get("state").Text
}

func TestAccountVerbs(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")

	c.keys("n")
	c.see("New account on prod")
	c.keys("acme", "ctrl+s")
	c.see("New account on prod", "acme", "✗") // taken: the form stays
	c.keys("ctrl+u", "borealis", "tab", "b@example.com", "ctrl+s")
	c.see("account borealis was created")
	c.closed()
	c.until("the cursor on the new account", func(f string) bool { return strings.Contains(f, "▸  borealis") })

	c.keys("e")
	c.see("Edit account borealis on prod", "b@example.com")
	c.keys("ctrl+s")
	c.see("Nothing is changed yet")
	c.keys("ctrl+u", "new@example.com", "ctrl+s")
	c.see("account borealis was changed", "new@example.com")
	c.closed()

	c.keys("x")
	c.see("Disable account borealis on prod", "Press y to disable")
	c.keys("enter")
	c.see("Not confirmed")
	c.closed()
	if got := s.state(b, ref(apiclient.KindAccount, "borealis")); got != "enabled" {
		t.Errorf("enter has confirmed: borealis is %s", got)
	}
	c.keys("x")
	c.see("Press y to disable")
	c.keys("y")
	c.see("account borealis is disabled", "○ disabled")
	c.keys("X")
	c.see("Press y to enable")
	c.keys("y")
	c.see("account borealis is enabled")

	c.keys("up", "x") // the account admin
	c.see("cannot be done", "stays")
	c.keys("y", "esc")
	c.gone("cannot be done")

	c.keys("down", "d")
	c.see("Delete account borealis on prod", "irreversible", "It is enabled, so this is two steps", "1 disable account borealis", "2 delete account borealis")
	c.keys("boreali", "enter")
	c.see("that is not borealis")
	c.keys("s", "enter")
	c.see("the account goes as soon as all is cleaned up")
}

func TestUserVerbs(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("enter")
	c.see("prod › acme › users", "kim")

	c.keys("n")
	f := c.see("New user on prod", "User name")
	if !strings.Contains(f, "Account *    acme") {
		t.Errorf("the account of the scope is not filled in:\n%s", f)
	}
	c.keys("tab", "nia", "tab", "password1", "tab", "password1", "ctrl+s")
	c.see("at least 15 characters")
	c.keys("ctrl+u", "lantern-harbour-violet-2", "tab", "ctrl+u", "lantern-harbour-violet-2", "ctrl+s")
	c.see("user nia was created")
	c.closed()
	c.until("the cursor on nia", func(f string) bool { return strings.Contains(f, "▸  nia") })
	s.credential("nia", "lantern-harbour-violet-2")

	c.keys("e")
	c.see("Edit user nia on prod")
	c.keys("Nia N", "ctrl+s")
	c.see("user nia was changed", "Nia N")
	c.closed()

	c.keys("p")
	c.see("Set password of nia on prod")
	c.keys("marigold-copper-lagoon-7", "tab", "marigold-copper-lagoon-7", "ctrl+s")
	c.see("the password of nia is set")
	c.closed()
	s.credential("nia", "marigold-copper-lagoon-7")

	c.keys("x")
	c.see("Press y to disable")
	c.keys("y")
	c.see("user nia is inactive", "○ inactive")
	c.keys("X")
	c.see("Press y to enable")
	c.keys("y")
	c.see("user nia is active")

	c.keys("N")
	c.see("registration string", "Press y")
	c.keys("y")
	c.see("Registration string", "characters")
	c.keys("s")
	c.see("gthreg_")
	c.keys("esc")
	c.gone("gthreg_")

	c.keys("E")
	c.see("Expire all tokens", "Press y")
	c.keys("y")
	c.see("of nia ended")

	c.keys("d")
	c.see("Delete user nia on prod", "Type nia to go on")
	c.keys("nia", "enter")
	c.see("user nia is gone")
	c.until("the row to go", func(f string) bool { return !strings.Contains(f, "  nia ") })
	if got := s.state(b, ref(apiclient.KindUser, "nia")); !strings.Contains(got, "404") {
		t.Errorf("nia is still there: %s", got)
	}

	c.keys(":", "invite user", "enter")
	c.see("Invite user on prod")
	c.keys("tab", "ola", "ctrl+s")
	c.see("Registration string", "ola")
	c.keys("c", "esc")
	c.see("◐ invited")
}

func TestOwnUserCannotBeTakenAway(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("2")
	c.see("▸  admin")
	for _, key := range []string{"x", "d"} {
		c.keys(key)
		c.see("cannot be done", "lock yourself out")
		c.keys("y", "esc")
		c.gone("cannot be done")
	}
	if got := s.state(b, ref(apiclient.KindUser, "admin")); got != "active" {
		t.Errorf("admin is %s", got)
	}
}

func TestTokenVerbs(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "Tokens 3")
	c.keys("3")
	c.see("gthp_", "for tests")

	c.keys("n")
	c.see("New token on prod", "30d")
	c.keys("nobody", "tab", "tab", "ctrl+u", "soon", "ctrl+s")
	c.see("must be a duration")
	c.keys("ctrl+u", "0", "ctrl+s")
	c.see("New token on prod", "✗ there is no such user") // beside the field, which is in front now
	c.keys("ctrl+u", "kim", "ctrl+s")
	f := c.see("Token", "characters", "it does not expire")
	if strings.Count(f, "gthp_") > strings.Count(f, "│") && strings.Contains(f, "show ") == false {
		t.Errorf("the secret is shown unasked:\n%s", f)
	}
	c.keys("s")
	c.see("hidden again in")
	c.keys("esc")
	c.closed()
	c.until("the token of kim", func(f string) bool { return strings.Contains(f, "kim") && strings.Contains(f, "never") })

	c.keys("e")
	c.see("Edit token")
	c.keys("ctrl+u", "of the build", "ctrl+s")
	c.see("was changed", "of the build")
	c.closed()

	c.keys("r")
	c.see("It stops working at once", "Press y to revoke")
	c.keys("y")
	c.see("is revoked", "✗ revoked")
	p, err := b.Tokens(context.Background(), apiclient.Query{Scope: ref(apiclient.KindUser, "kim")})
	if err != nil || len(p.Rows) != 1 || p.Rows[0].State != apiclient.Revoked {
		t.Errorf("on the server: %+v %v", p.Rows, err)
	}
}

func TestManyRows(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme")
	c.keys("2")
	c.see("jane", "lee", "▸  admin")
	c.keys("a", "e")
	c.see("one user at a time, 4 are marked")
	c.keys("x") // admin among them: nothing happens at all
	c.see("Disable 4 users on prod", "cannot be done")
	c.keys("esc", "u", "down", "space", "space", "space")
	c.see("3 marked")
	c.keys("/", "lee", "enter")
	c.see("3 marked, 2 hidden")
	c.keys("x")
	c.see("Disable 3 users on prod", "2 are hidden by the filter", "jane", "kim", "lee", "Press y")
	c.keys("y")
	c.see("3 of 3", "done: user jane is inactive")
	c.keys("esc", "esc")
	c.until("no marks", func(f string) bool { return !strings.Contains(f, "marked") && strings.Count(f, "○ inactive") == 3 })
	c.keys("J")
	c.see("Jobs", "Disable 3 users")
	c.keys("esc")

	c.keys("g", "down", "space", "space", "space", "d")
	c.see("Delete 3 users on prod", "Type delete 3 to go on")
	c.keys("delete 3", "enter")
	c.see("3 of 3")
	c.keys("esc")
	c.until("only admin", func(f string) bool { return !strings.Contains(f, "jane") })
	if got := s.state(b, ref(apiclient.KindUser, "lee")); !strings.Contains(got, "404") {
		t.Errorf("lee is still there: %s", got)
	}
}

func TestWhatFailedStaysMarkedAndIsTriedAgain(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("d") // a plan of two steps of acme alone is no sheet
	c.see("Type acme")
	c.keys("esc", "enter")
	c.see("kim")
	c.keys("space", "space", "space", "d")
	c.see("Type delete 3")
	// Between the last look and the change itself, somebody is quicker.
	var once sync.Once
	c.tap.set(func(op apiclient.Op) {
		if op.On.Name() == "kim" {
			once.Do(func() {
				s.do(b, apiclient.UserUpdate, ref(apiclient.KindUser, "kim"), text("real_name", "Kim the second"))
			})
		}
	}, nil)
	c.keys("delete 3", "enter")
	f := c.see("2 done", "1 refused", "kim", "t try the rest")
	if !strings.Contains(f, "✓ kim") {
		t.Errorf("kim is not marked any more:\n%s", f)
	}
	c.keys("t")
	c.see("Type kim to go on")
	c.keys("kim", "enter")
	c.see("changed meanwhile", "Type kim to go on")
	c.keys("kim", "enter")
	c.see("3 of 3", "3 done")
}

func TestKeysOfWhatComesLater(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme")
	for key, name := range map[string]string{"!": "leaked token", "o": "offboard a person", "L": "lenses", "ctrl+s": "export"} {
		c.keys(key)
		c.see(name + ": not in this version")
	}
}

func TestPeopleWhoAreNoAdmins(t *testing.T) {
	s, _ := filled(t)
	c := s.unsigned(look{})
	c.see("Sign in to")
	c.keys("jane", "tab", userPassword, "enter")
	c.see("jane@acme")
	c.keys("2")
	c.see("▸  jane")
	c.keys("x")
	c.see("only an admin can do this here")
	c.keys("3")
	c.see("gthp_")
	c.keys("r")
	c.see("Press y to revoke")
	c.keys("y")
	c.see("is revoked")
}
