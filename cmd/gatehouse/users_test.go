package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

func etag(version int64) string { return fmt.Sprintf("%q", fmt.Sprint(version)) }

func TestUserLife(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	c := s.asAdmin()
	c.Keys("2")
	c.See("admin@admin", "NAME")

	t.Log("create with a password")
	c.Keys("n")
	c.See("New user on")
	c.Fill("Account", "acme")
	c.Fill("User name", "kim")
	c.Fill("Password", userPassword)
	c.Fill("the same again", userPassword)
	c.Fill("Real name", "Kim Park")
	c.Submit()
	c.See("user kim was created")
	c.SeeRow("kim", "acme", "● active", "Kim Park")
	s.token("kim", userPassword)

	t.Log("edit")
	c.Go("kim")
	c.Keys("e")
	c.See("Edit user kim")
	c.Fill("E-mail", "kim@acme.example")
	c.Submit()
	c.See("user kim")
	c.SeeRow("kim", "kim@acme")

	t.Log("disable and enable")
	c.Keys("x")
	c.See("Disable user kim")
	c.Answer("y")
	c.SeeRow("kim", "○ inactive")
	c.Keys("X")
	c.See("Enable user kim")
	c.Answer("y")
	c.SeeRow("kim", "● active")

	t.Log("set the password")
	const second = "umbrella-Velvet-canoe-7"
	c.Keys("p")
	c.See("kim")
	c.Fill("New password", second)
	c.Fill("the same again", second)
	c.Submit()
	c.See("sessions end", "Press y")
	c.Answer("y")
	c.Gone("╭ Set")
	s.token("kim", second)
	if strings.Contains(string(c.st.Raw()), second) {
		t.Error("a password was drawn")
	}

	t.Log("expire tokens and sessions")
	c.Keys("E")
	c.See("Expire all tokens")
	c.Answer("y")
	c.See("of kim ended")

	t.Log("delete")
	c.Keys("d")
	c.See("Type kim to go on")
	c.Confirm("kim")
	c.See("user kim is gone")
	if status, _ := s.do(http.MethodGet, wire.UserPath("kim"), s.admin, nil); status != http.StatusNotFound {
		t.Errorf("kim is still there: %d", status)
	}
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	c := s.asAdmin()
	c.Keys("2")
	c.See("NAME", "ACCOUNT")
	c.Command("invite user")
	c.See("Invite user on")
	c.Fill("Account", "acme")
	c.Fill("User name", "lee")
	c.Submit()
	c.See("Registration string", "••••")
	c.Answer("c")
	first := c.Copied(1)
	if !strings.HasPrefix(first, "gthreg_") {
		t.Fatalf("copied %d characters, which are no registration string", len(first))
	}
	if strings.Contains(c.Screen(), first[:20]) {
		t.Error("the registration string is shown before anybody asked")
	}
	c.See("copied")
	c.Keys("esc")
	c.SeeRow("lee", "◐ invited")

	t.Log("a new string kills the old one")
	c.Go("lee")
	c.Keys("N")
	c.See("registration string", "Press y")
	c.Answer("y")
	c.See("Registration string", "••••")
	c.Answer("c")
	second := c.Copied(2)
	c.Keys("esc")
	c.Gone("••••")

	guest := s.open("")
	guest.See("Sign in to", "User name *")
	guest.Keys("ctrl+t")
	guest.See("Token *")
	guest.Keys("ctrl+t")
	guest.See("Registration string *")
	paste := func(registration string) {
		guest.field("Registration string")
		guest.Keys("ctrl+u")
		if err := guest.st.Paste(registration); err != nil {
			t.Fatal(err)
		}
	}
	paste(first)
	guest.Fill("New password", userPassword)
	guest.Fill("the same again", userPassword)
	guest.Submit()
	guest.See("The registration is not valid")
	if u := get[wire.User](s, wire.UserPath("lee")); u.State != wire.UserInvited {
		t.Errorf("an old registration string made lee %s", u.State)
	}
	paste(second)
	guest.Submit()
	guest.See("lee@acme")
	c.SeeRow("lee", "● active")
	for _, secret := range []string{first, second, userPassword} {
		if strings.Contains(string(guest.st.Raw()), secret) {
			t.Error("a secret was drawn")
		}
	}
}

func TestUserRefusals(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("kim", "acme", false)
	c := s.asAdmin()
	c.Keys("2")
	c.SeeRow("kim", "acme")

	t.Log("a short password, two that differ, a name that is taken")
	c.Keys("n")
	c.See("New user on")
	c.Fill("Account", "acme")
	c.Fill("User name", "kim")
	c.Fill("Password", "short")
	c.Fill("the same again", "short")
	c.Submit()
	c.See("15 characters")
	c.field("Password")
	c.Keys("ctrl+u")
	c.Type(userPassword)
	c.Keys("tab", "ctrl+u")
	c.Type(userPassword + "x")
	c.Submit()
	c.See("the two differ")
	c.Keys("tab", "backspace")
	c.Submit()
	c.Refused(s, wire.PathUsers, "already", "kim")
	c.Leave()

	t.Log("the last admin stays")
	c.Go("admin")
	for _, key := range []string{"x", "d"} {
		c.Keys(key)
		c.See("cannot be done", "there would be no admin left", "There is nothing to confirm")
		c.Answer("y")
		c.Refused(s, wire.UserPath("admin"), "There is nothing to confirm")
		c.Keys("esc")
		c.Gone("╭")
	}
	if u := get[wire.User](s, wire.UserPath("admin")); u.State != wire.UserActive || !u.Admin {
		t.Errorf("admin is %s, admin %v", u.State, u.Admin)
	}
}

func TestOwnPassword(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("kim", "acme", false)
	c := s.open(s.token("kim", userPassword))
	c.See("kim@acme")

	t.Log("who is no admin sees himself only, and is told what he cannot do")
	c.Keys("2")
	c.SeeRow("kim", "● active")
	if strings.Contains(c.Screen(), "▸  admin") {
		t.Error("another user is shown")
	}
	c.Keys("n")
	c.See("admin")
	c.Gone("╭ New user")

	const second = "umbrella-Velvet-canoe-7"
	c.Command("change own password")
	c.Fill("Old password", "not the old one at all")
	c.Fill("New password", second)
	c.Fill("the same again", second)
	c.Submit()
	c.See("is not right")
	c.field("Old password")
	c.Keys("ctrl+u")
	c.Type(userPassword)
	c.Submit()
	c.Gone("╭ Change")
	s.token("kim", second)
}
