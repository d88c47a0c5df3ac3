package views_test

import (
	"context"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/views"
)

func (s *system) unsigned(l look) *console {
	s.t.Helper()
	return open(s.t, views.Options{Driver: gatehouse.Driver(), Target: s.target()}, l)
}

func TestFirstFrameComesBeforeAnyAnswer(t *testing.T) {
	asked := make(chan struct{})
	d := gatehouse.Driver()
	real := d.Open
	d.Open = func(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
		<-asked
		return real(ctx, t, c)
	}
	s, _ := filled(t)
	c := open(t, views.Options{Driver: d, Target: s.target(), Credential: s.credential("admin", adminPassword)}, look{})
	f := c.frame()
	for _, want := range []string{"prod", "1 Accounts", "5 Activity", "Connecting to", "? help"} {
		if !strings.Contains(f, want) {
			t.Errorf("the first frame has no %q:\n%s", want, f)
		}
	}
	c.keys("3", "2") // nothing waits for the server
	close(asked)
	c.see("jane", "kim", "admin@admin")
}

func TestSignInByPassword(t *testing.T) {
	s, _ := filled(t)
	c := s.unsigned(look{})
	c.see("Sign in to prod", "User name", "Password")
	c.keys("admin", "tab", "wrong password", "enter")
	c.see("Sign in to prod", "do not fit together")
	if !strings.Contains(c.frame(), "admin") {
		t.Error("what was typed is gone")
	}
	c.keys("ctrl+u", adminPassword, "enter")
	c.gone("Sign in to")
	c.see("acme", "admin@admin")
}

func TestSignInByToken(t *testing.T) {
	s, b := filled(t)
	made := s.do(b, apiclient.TokenCreate, apiclient.Ref{}, text("user", "jane"))
	c := s.unsigned(look{})
	c.see("Sign in to prod")
	c.keys("ctrl+t")
	c.see("begins with gthp_")
	c.keys("gthp_short", "enter")
	c.see("not a Gatehouse token")
	c.keys("ctrl+u", made.Reveals[0].Secret.Reveal(), "enter")
	c.see("jane@acme")
}

func TestRegistrationString(t *testing.T) {
	s, b := filled(t)
	made := s.do(b, apiclient.UserInvite, apiclient.Ref{}, text("account", "acme", "user_name", "nia"))
	c := s.unsigned(look{})
	c.see("Sign in to prod")
	c.keys("ctrl+t")
	c.see("begins with gthp_")
	c.keys("ctrl+t")
	c.see("Choose a password", "Registration string")
	c.keys(made.Reveals[0].Secret.Reveal(), "tab", "short", "tab", "short", "ctrl+s")
	c.see("at least 15 characters")
	c.keys("ctrl+u", "lantern-harbour-violet-2", "tab", "ctrl+u", "lantern-harbour-violet-2", "ctrl+s")
	c.see("nia@acme", "the password of nia is set")
}

func TestDecliningToSignInLeavesTheConsole(t *testing.T) {
	s, _ := filled(t)
	c := s.unsigned(look{})
	c.see("Sign in to prod")
	c.keys("esc")
	c.see("Not signed in to")
	c.keys("x", "2", "n", "1")
	c.see("not signed in yet")
	c.keys("enter")
	c.see("Sign in to prod", "User name")
}

// expire ends the console's session on the server, and leaves everything else.
func expire(t *testing.T, b apiclient.Backend, user string) {
	t.Helper()
	p, err := b.Tokens(context.Background(), apiclient.Query{Scope: ref(apiclient.KindUser, user), Search: "kind:session"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range p.Rows {
		if tok.Type == "session" && tok.State == apiclient.Active && !tok.InUse {
			if o := b.Do(context.Background(), apiclient.Op{Verb: apiclient.TokenRevoke, On: tok.Ref}); !o.End.Good() {
				t.Fatal(o)
			}
		}
	}
}

func TestExpiredSessionGoesOnWithTheLoad(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("enter")
	c.see("prod › acme › users", "kim")
	c.keys("down", "space")
	c.see("1 marked")
	expire(t, b, "admin")
	c.keys("ctrl+r")
	c.see("Sign in to prod", "Sign in again")
	if f := c.frame(); !strings.Contains(f, "prod › acme › users") || !strings.Contains(f, "admin") {
		t.Errorf("the place is lost:\n%s", f)
	}
	c.keys("tab", adminPassword, "enter")
	c.gone("Sign in to")
	c.see("prod › acme › users", "kim", "1 marked")
}

func TestExpiredSessionGoesOnWithTheChange(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("x")
	c.see("Press y to disable")
	expire(t, b, "admin")
	c.keys("y")
	c.see("Sign in to prod")
	if r, err := b.Read(context.Background(), ref(apiclient.KindAccount, "acme")); err != nil || r.Get("state").Text != "enabled" {
		t.Fatalf("acme was changed before anybody signed in: %v %v", r, err)
	}
	c.keys("tab", adminPassword, "enter")
	c.see("account acme is disabled")
	c.see("○ disabled")
}

func TestNothingGoesOnInAnotherName(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("x")
	c.see("Press y to disable")
	expire(t, b, "admin")
	c.keys("y")
	c.see("Sign in to prod")
	c.keys("ctrl+u", "jane", "tab", userPassword, "enter")
	c.see("jane@acme")
	c.settle()
	if r, err := b.Read(context.Background(), ref(apiclient.KindAccount, "acme")); err != nil || r.Get("state").Text != "enabled" {
		t.Errorf("what the admin has begun went on in the name of jane: %v %v", r, err)
	}
	if f := c.frame(); strings.Contains(f, "umbra") {
		t.Errorf("jane sees what the admin has loaded:\n%s", f)
	}
}

func TestSignOut(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys(":", "sign out", "enter")
	c.see("Sign out on prod", "This session ends on the server")
	c.keys("y")
	c.see("Sign in to prod", "User name")
	if f := c.frame(); strings.Contains(f, "umbra") || strings.Contains(f, "admin@admin") {
		t.Errorf("something of the old session is left:\n%s", f)
	}
	c.keys("jane", "tab", userPassword, "enter")
	c.see("jane@acme")
}

func TestOwnPassword(t *testing.T) {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("2")
	c.see("jane")
	c.keys("p") // the cursor is on admin: the console's own user
	c.see("Change own password on prod", "Old password")
	c.keys("not the old one", "tab", "lantern-harbour-violet-2", "tab", "lantern-harbour-violet-2", "ctrl+s")
	c.see("Change own password on prod", "is not right")
	c.keys("ctrl+u", adminPassword, "ctrl+s")
	c.see("the password of admin is set")
	s.credential("admin", "lantern-harbour-violet-2")
}
