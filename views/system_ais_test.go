package views_test

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais"
	"gatehouse/apiclient/ais/aistest"
	"gatehouse/apiclient/secret"
)

// authN is an AuthN server of AIStore.
type authN struct {
	site
	fake *aistest.Server
}

func startAuthN(t *testing.T, o aistest.Options) authN {
	t.Helper()
	f := aistest.New(o)
	t.Cleanup(f.Close)
	return authN{fake: f, site: site{
		t: t, driver: ais.Driver(), url: f.URL, identity: aistest.AdminUser,
		credential: credentialOf("token", aistest.AdminUser, f.Mint(aistest.AdminUser, day)),
		forget:     f.Forget,
		requests: func() []request {
			var out []request
			inUse := "none"
			for _, r := range f.Requests() {
				inUse = cmp.Or(strings.TrimPrefix(r.Token, "Bearer "), inUse)
				out = append(out, requestOf(r.Method, r.Path, r.Query, strings.ReplaceAll(r.Body, inUse, "(in use)")))
			}
			return out
		},
	}}
}

func TestAuthNOperations(t *testing.T) {
	s := startAuthN(t, aistest.Options{})
	prod := s.fake.NewCluster("Abc123XyZ", aistest.Strict)
	t.Cleanup(prod.Close)
	refusing := s.fake.NewCluster("Zzz", aistest.Refusing)
	t.Cleanup(refusing.Close)
	c := s.open(look{})
	const password, other = "marble-thunder-orchid", "velvet-anchor-glacier"
	foreign := startAuthN(t, aistest.Options{}).fake.Mint("jane", day)
	leaked := s.fake.Mint("jane", day)
	ops := []operation{
		{
			name: "register a cluster", verb: apiclient.AccountCreate, from: "1",
			do: []act{
				press("n"), see("Register cluster on site", "the UUID of its cluster map"),
				press("Abc123XyZ", "tab", "prod", "tab", prod.URL, "ctrl+s"), see("cluster Abc123XyZ is registered", "▸  Abc123XyZ     prod"), closed,
			},
			sent: []string{`POST /v1/clusters {"id":"Abc123XyZ","alias":"prod","urls":["` + prod.URL + `"]}`},
		},
		{
			name: "register a cluster that refuses", verb: apiclient.AccountCreate, from: "1",
			do: []act{
				press("n"), see("Register cluster on site"),
				press("a/b", "tab", "-x", "tab", "proxy:8080", "ctrl+s"), see(`must not hold "/"`, "must be 1 to 32 of"),
				press("ctrl+u", "Zzz", "tab", "ctrl+u", "bad", "ctrl+s"), see(`"proxy:8080" is no address`),
				press("ctrl+u", refusing.URL, "ctrl+s"), see("secret does not match"),
				press("esc", "esc"), closed,
			},
			sent: []string{`POST /v1/clusters {"id":"Zzz","alias":"bad","urls":["` + refusing.URL + `"]}`},
		},
		{
			name: "change a cluster", verb: apiclient.AccountUpdate, from: "1",
			do: []act{
				row("Abc123XyZ"), press("e"), see("Edit cluster Abc123XyZ on site", "but not emptied", prod.URL),
				press("ctrl+u", "ctrl+s"), see("cannot be emptied"),
				press("live", "ctrl+s"), see("cluster Abc123XyZ is changed", "Abc123XyZ     live"), closed,
			},
			sent: []string{`PUT /v1/clusters/Abc123XyZ {"id":"Abc123XyZ","alias":"live"}`},
		},
		{
			name: "create a role", verb: apiclient.RoleCreate, from: "4",
			do: []act{
				press("n"), see("New role on site"),
				press("readers", "tab", "read all", "tab", "live", "tab", "reed", "tab", "ais://nnn", "tab", "Abc123XyZ", "tab", "rw", "ctrl+s"), see("is no permission"),
				press("tab", "ctrl+u", "GET+list-objects", "ctrl+s"), see("role readers is created", "ais://nnn on live: rw", "live: GET+LIST-OBJECTS"), closed,
			},
			sent: []string{`POST /v1/roles {"name":"readers","desc":"read all","clusters":[{"id":"live","perm":"513"}],"buckets":[{"bck":{"name":"nnn","provider":"ais","namespace":{"uuid":"Abc123XyZ","name":""}},"perm":"831"}]}`},
		},
		{
			name: "create a role that is there", verb: apiclient.RoleCreate, from: "4",
			do: []act{press("n"), see("New role on site"), press("readers", "ctrl+s"), see("is taken"), press("esc", "esc"), closed},
		},
		{
			name: "change a role", verb: apiclient.RoleUpdate, from: "4",
			do: []act{
				row("readers"), press("e"), see("Edit role readers on site", "Nothing can be taken out of a role"),
				press("ctrl+u", "all of it", "tab", "tab", "su", "ctrl+s"), yes("Tokens made before keep what they allow"), see("role readers is changed", "every cluster: su"), closed,
			},
			sent: []string{`PUT /v1/roles/readers {"name":"readers","desc":"all of it","clusters":[{"id":"","perm":"18446744073709551615"}]}`},
		},
		{
			name: "change the built-in role", verb: apiclient.RoleUpdate, from: "4",
			do: []act{row("administers"), press("e"), see("Edit role Admin"), press("x", "ctrl+s"), see("it can be neither changed nor deleted"), press("esc", "esc"), closed},
		},
		{
			name: "create a user", verb: apiclient.UserCreate, from: "2",
			do: []act{
				press("n"), see("New user on site", "without - and _ at either end"),
				press("jane doe", "tab", password, "tab", other, "tab", "nobody", "ctrl+s"), see("must be 1 to 32 of"),
				press("ctrl+u", "jane", "tab", "tab", "ctrl+u", password, "ctrl+s"), see("there is no role nobody"),
				press("ctrl+u", "readers", "ctrl+s"), see("user jane is created", "▸  jane"), closed,
			},
			sent: []string{`POST /v1/users {"id":"jane","pass":"` + password + `","roles":[{"name":"readers"}]}`},
			read: []string{"GET /v1/users/jane"},
		},
		{
			name: "create a user whose password the server breaks down on", verb: apiclient.UserCreate, from: "2",
			do: []act{
				press("n"), see("New user on site"), press("kim", "tab", strings.Repeat("x", 73), "tab", strings.Repeat("x", 73), "ctrl+s"), see("has 73 bytes"),
				press("esc", "esc"), closed,
			},
		},
		{
			name: "change the roles of a user", verb: apiclient.UserUpdate, from: "2",
			do: []act{
				row("jane"), press("e"), see("Edit user jane on site", "The list replaces the roles"),
				press("ctrl+u", "readers, Guest-prod", "ctrl+s"), yes("Tokens made before"), see("user jane has the roles Guest-prod, readers", "every cluster: su", "live: ro"), closed,
			},
			sent: []string{`PUT /v1/users/jane {"roles":[{"name":"readers"},{"name":"Guest-prod"}]}`},
			read: []string{"GET /v1/users/jane"},
		},
		{
			name: "take all roles away", verb: apiclient.UserUpdate, from: "2",
			do: []act{
				row("jane"), press("e"), see("Edit user jane on site"),
				press("ctrl+u", "ctrl+s"), yes("Without a role jane may do nothing"), see("user jane has the roles none"), closed,
			},
			sent: []string{`PUT /v1/users/jane {"roles":[{"name":"none-0"}]}`},
			read: []string{"GET /v1/users/jane"},
		},
		{
			name: "set the password of somebody else", verb: apiclient.UserSetPassword, from: "2",
			do: []act{
				row("jane"), press("p"), see("Set password of jane on site"), press(other, "tab", other, "ctrl+s"),
				yes("A new password ends no session"), see("the password of jane is set; tokens made before go on working"), closed,
			},
			sent: []string{`PUT /v1/users/jane {"pass":"` + other + `"}`},
		},
		{
			name: "set one's own password", verb: apiclient.SessionSetPassword, from: "2",
			do: []act{
				row("admin"), press("p"), see("Change own password on site", "The old password is not asked for"), press(other, "tab", other, "ctrl+s"),
				see("the password of admin is set; tokens made before go on working"), closed,
			},
			sent: []string{`PUT /v1/users/admin {"pass":"` + other + `"}`},
		},
		{
			name: "delete a user", verb: apiclient.UserDelete, from: "2",
			do: []act{
				row("jane"), press("d"), typed("jane", "Delete user jane on site", "the old tokens work for the new user"),
				see("user jane is gone; his tokens are not"), gone("  jane "), closed,
			},
			sent: []string{`DELETE /v1/users/jane`},
		},
		{
			name: "delete the superuser", verb: apiclient.UserDelete, from: "2",
			do: []act{row("admin"), press("d"), see("admin is built in", "lock yourself out", "no admin left"), press("y", "esc"), closed},
		},
		{
			name: "revoke a token that leaked", verb: apiclient.TokenRevokePasted, from: "3",
			do: []act{
				palette("revoke pasted"), see("Revoke pasted"), press("garbage", "ctrl+s"), see("this is no token of AuthN"),
				press("ctrl+u", leaked, "ctrl+s"), yes("it is of jane", "Abc123XyZ"), see("is revoked: AuthN refuses it"), closed,
			},
			sent: []string{`DELETE /v1/tokens {"token":"` + leaked + `"}`},
		},
		{
			name: "revoke a token of another server", verb: apiclient.TokenRevokePasted, from: "3",
			do: []act{
				palette("revoke pasted"), see("Revoke pasted"), press(foreign, "ctrl+s"), yes("the whole token is sent here all the same"), see("token signature is invalid", "look where it came from"), press("esc", "esc"), closed,
			},
			sent: []string{`DELETE /v1/tokens {"token":"` + foreign + `"}`},
		},
		{
			name: "delete a role", verb: apiclient.RoleDelete, from: "4",
			do:   []act{row("readers"), press("d"), typed("readers", "Delete role readers on site", "It is taken from every user"), see("role readers is gone, from all users too"), closed},
			sent: []string{`DELETE /v1/roles/readers`},
		},
		{
			name: "delete the built-in role", verb: apiclient.RoleDelete, from: "4",
			do: []act{row("administers"), press("d"), see("cannot be done"), press("esc"), closed},
		},
		{
			name: "unregister a cluster", verb: apiclient.AccountDelete, from: "1",
			do:   []act{row("Abc123XyZ"), press("d"), typed("Abc123XyZ", "nregister cluster Abc123XyZ on site", "Roles for Abc123XyZ stay"), see("cluster Abc123XyZ is no longer registered"), closed},
			sent: []string{`DELETE /v1/clusters/Abc123XyZ`},
		},
		{
			name: "revoke the token in hand", verb: apiclient.TokenRevoke, from: "3",
			do:   []act{row("jwt-"), press("r"), yes("it is of admin, an admin", "you will be signed out"), see("is revoked: AuthN refuses it"), see("Sign in to site")},
			sent: []string{`DELETE /v1/tokens {"token":"(in use)"}`},
		},
		{
			name: "sign in again",
			do: []act{
				press("ctrl+u", "admin", "tab", password, "ctrl+s"), see("invalid credentials", "the server does not say which one is wrong"),
				press("ctrl+u", other, "tab", "90s", "ctrl+s"), gone("Sign in to"), see("ais · admin", "in 2 min"),
			},
			sent: []string{`POST /v1/users/admin {"password":"` + password + `"}`, `POST /v1/users/admin {"password":"` + other + `","expires_in":90000000000}`},
		},
		{
			name: "sign out", verb: apiclient.SessionSignOut,
			do:   []act{palette("sign out"), yes("Sign out on site"), see("Sign in to site")},
			sent: []string{`DELETE /v1/tokens {"token":"(in use)"}`},
		},
	}
	s.try(c, ops)
	s.everyVerb(ops)
}

func TestAuthNSignIn(t *testing.T) {
	s := startAuthN(t, aistest.Options{})
	s.set(apiclient.RoleCreate, apiclient.Ref{}, apiclient.Values{"name": {Text: "readers"}, "clusters": {Rows: [][]string{{"", "ro"}}}})
	s.set(apiclient.UserCreate, apiclient.Ref{}, apiclient.Values{"name": {Text: "jane"}, "password": {Secret: secret.New(userPassword)}, "roles": {List: []string{"readers"}}})
	c := s.unsigned(look{})
	s.try(c, []operation{
		{
			name: "a life that cannot be",
			do:   []act{press("jane", "tab", userPassword, "tab", "30s", "ctrl+s"), see("must be 0 or at least 1m")},
		},
		{
			name: "a life that the server does not allow",
			do:   []act{press("ctrl+u", "91d", "ctrl+s"), see("cannot exceed configured max token age: 2160h0m")},
			sent: []string{`POST /v1/users/jane {"password":"` + userPassword + `","expires_in":7862400000000000}`},
		},
		{
			name: "the wrong password",
			do:   []act{press("shift+tab", "ctrl+u", "wrong", "ctrl+s"), see("invalid credentials", "check the user name and the password")},
			sent: []string{`POST /v1/users/jane {"password":"wrong","expires_in":7862400000000000}`},
		},
		{
			name: "the longest life",
			do: []act{
				press("ctrl+u", userPassword, "tab", "ctrl+u", "0", "ctrl+s"), gone("Sign in to"), see("ais · jane"),
				press("3"), see("active", "in 90 days", "every cluster: ro"),
			},
			sent: []string{`POST /v1/users/jane {"password":"` + userPassword + `","expires_in":0}`},
		},
		{
			name: "who is no admin sees what he may not do, and why", from: "2",
			do: []act{
				row("jane"), press("d"), see("only a user with the role Admin can do this here"),
				press("n"), see("only a user with the role Admin can do this here"), closed,
			},
		},
	})

	c = s.unsigned(look{})
	s.try(c, []operation{
		{
			name: "something that is no token",
			do:   []act{press("ctrl+t"), see("three parts between dots"), press("garbage", "ctrl+s"), see("this is no token of AuthN")},
		},
		{
			name: "a token that is dead",
			do:   []act{press("ctrl+u", startAuthN(t, aistest.Options{}).fake.Mint("jane", day), "ctrl+s"), see("token signature is invalid")},
		},
		{
			name: "a token",
			do:   []act{press("ctrl+u", s.fake.Mint("jane", day), "ctrl+s"), gone("Sign in to"), see("ais · jane")},
		},
	})
}

func TestAuthNExpiredSessionGoesOn(t *testing.T) {
	at := &clock{now: time.Now()}
	s := startAuthN(t, aistest.Options{Now: at.Now})
	s.set(apiclient.UserCreate, apiclient.Ref{}, apiclient.Values{"name": {Text: "jane"}, "password": {Secret: secret.New(userPassword)}})
	c := s.open(look{})
	s.try(c, []operation{{
		name: "a change of a session that ends meanwhile", from: "2",
		do: []act{
			row("jane"), press("d"), see("Type jane"), func(*console) { at.pass(2 * day) },
			typed("jane"), see("Sign in to site", "token expired"), without(s.credential.Secret.Reveal()),
			press("tab", aistest.AdminPassword, "ctrl+s"), see("user jane is gone"), gone("  jane "),
		},
		sent: []string{`DELETE /v1/users/jane`, `POST /v1/users/admin {"password":"` + aistest.AdminPassword + `"}`, `DELETE /v1/users/jane`},
	}})
}

func TestAuthNAnswersThatAreLost(t *testing.T) {
	s := startAuthN(t, aistest.Options{})
	s.set(apiclient.RoleCreate, apiclient.Ref{}, apiclient.Values{"name": {Text: "readers"}})
	w, url := through(t, &system{t: t, url: s.url})
	c := s.behind(url).open(look{})
	w.set(func(w *link) { w.lose = func(r *http.Request) bool { return r.Method != http.MethodGet } })
	s.try(c, []operation{
		{
			name: "a user was made", from: "2",
			do: []act{
				press("n"), see("New user on site"), press("jane", "tab", userPassword, "tab", userPassword, "tab", "readers", "ctrl+s"),
				see("no answer, but it happened", "AuthN does not tell since when"), closed,
			},
			sent: []string{`POST /v1/users {"id":"jane","pass":"` + userPassword + `","roles":[{"name":"readers"}]}`},
			read: []string{"GET /v1/users/jane"},
		},
		{
			name: "nobody can tell of a password", from: "2",
			do: []act{
				row("jane"), press("p"), see("Set password of jane"), press(userPassword, "tab", userPassword, "ctrl+s"), yes(),
				see("setting it again does no harm"), press("esc", "esc", "esc"), closed,
			},
			sent: []string{`PUT /v1/users/jane {"pass":"` + userPassword + `"}`},
		},
		{
			name: "a role is gone", from: "4",
			do: []act{
				row("readers"), press("d"), typed("readers"), see("no answer, but it happened"), gone("  readers "),
			},
			sent: []string{`DELETE /v1/roles/readers`},
			read: []string{"GET /v1/roles/readers"},
		},
	})
}

func TestAuthNLacks(t *testing.T) {
	s := startAuthN(t, aistest.Options{})
	c := s.open(look{})
	s.lacks(c, map[string]string{
		"new token": "made by signing in", "disable user": "no such state", "disable cluster": "cannot be switched off here",
		"invite user": "sends no invitations", "expire all tokens (user)": "no list of the tokens",
	})
	c.keys("5")
	c.see("AuthN keeps no record of what was done")
}

// TestAuthNOnSmallScreens keeps what sample data, hostile texts in it, looks
// like in 80 columns.
func TestAuthNOnSmallScreens(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	at := &clock{now: now}
	s := startAuthN(t, aistest.Options{Now: at.Now})
	s.fake.Fill(1, aistest.Size{Clusters: 8, Roles: 12, Users: 9})
	o := s.behind(stamped(t, s.url, at.Now)).options()
	o.Now = at.Now
	c := open(t, o, look{w: 80, h: 24})
	c.see("4 Roles", "Users 10", "Clusters 8", "Tokens 1")
	var out strings.Builder
	handle := regexp.MustCompile(`jwt-[0-9a-f]{12}`)
	take := func(name string) {
		c.harmless(name)
		fmt.Fprintf(&out, "═══ %s\n%s", name, handle.ReplaceAllString(c.frame(), "jwt-xxxxxxxxxxxx"))
	}
	for key, tab := range []string{"clusters", "users", "tokens", "roles"} {
		c.keys(strconv.Itoa(key + 1))
		c.see("site › "+tab, "▸")
		take(tab)
	}
	c.keys("/vision-readers", "enter")
	row("vision-readers")(c)
	c.keys("i")
	c.see("role vision-readers")
	take("a role")
	c.keys("esc", "5")
	c.see("keeps no record")
	take("what is missing")
	kept(t, "ais", out.String())
}
