package views_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/anchore"
	"gatehouse/apiclient/anchore/anchoretest"
)

// inspection is an Anchore. Its clock stands still; between two operations it
// is moved past the five seconds for which a real one remembers users.
type inspection struct {
	site
	fake  *anchoretest.Server
	clock *anchoretest.Clock
	way   *link
}

// minutes and seconds of an expiry count from the server's clock and ours.
var soon = regexp.MustCompile(`("expires_at":"[^"]*T\d\d):\d\d:\d\dZ"`)

func startAnchore(t *testing.T, o anchoretest.Options) inspection {
	t.Helper()
	s := inspection{clock: anchoretest.Fixed(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC))}
	o.Clock = s.clock
	s.fake = anchoretest.New(o)
	t.Cleanup(s.fake.Close)
	way, url := through(t, &system{t: t, url: s.fake.URL})
	s.way = way
	s.site = site{
		t: t, driver: anchore.Driver(), url: url, identity: "anchore · admin@admin",
		credential: credentialOf("password", anchoretest.AdminUser, anchoretest.AdminPassword),
		forget:     func() { s.clock.Advance(6 * time.Second); s.fake.Forget() },
		requests: func() []request {
			var out []request
			for _, r := range s.fake.Requests() {
				out = append(out, requestOf(r.Method, r.Path, r.Query, soon.ReplaceAllString(r.Body, `$1"`)))
			}
			return out
		},
	}
	return s
}

// forgets lets the server forget the password that a user had as soon as the
// new one comes.
func (s inspection) forgets(password string) {
	s.way.set(func(w *link) {
		w.hold = func(r *http.Request) <-chan struct{} {
			if _, with, ok := r.BasicAuth(); ok && with == password {
				s.clock.Advance(6 * time.Second)
			}
			return nil
		}
	})
}

const newOne = "velvet-anchor-glacier-2"

// onAccounts are what an Engine and an Enterprise have in common; v is the
// version of the interface.
func onAccounts(v string) []operation {
	return []operation{
		{
			name: "create an account", verb: apiclient.AccountCreate, from: "1",
			do: []act{
				press("n"), see("New account on site"), press("team/a", "tab", "Ops@Example.com", "ctrl+s"), see("must not hold a slash", "must be an address in lower case"),
				press("ctrl+u", "acme", "tab", "ctrl+u", "ops@example.com", "ctrl+s"), see("account acme was created", "▸ acme ● enabled user ops@example.com"), closed,
			},
			sent: []string{`POST /` + v + `/accounts {"name":"acme","email":"ops@example.com"}`},
		},
		{
			name: "create an account that is there", verb: apiclient.AccountCreate, from: "1",
			do:   []act{press("n"), see("New account on site"), press("acme", "ctrl+s"), see("Account already exists choose another name", "is taken"), press("esc", "esc"), closed},
			sent: []string{`POST /` + v + `/accounts {"name":"acme"}`},
		},
		{
			name: "disable an account", verb: apiclient.AccountDisable, from: "1",
			do:   []act{row("acme"), press("x"), yes("Disable account acme on site", "Within 5 seconds"), see("account acme is disabled; it may take 5 seconds", "○ disabled")},
			sent: []string{`PUT /` + v + `/accounts/acme/state {"state":"disabled"}`},
		},
		{
			name: "enable an account", verb: apiclient.AccountEnable, from: "1",
			do:   []act{row("acme"), press("X"), yes("Enable account acme on site"), see("account acme is enabled"), gone("○ disabled")},
			sent: []string{`PUT /` + v + `/accounts/acme/state {"state":"enabled"}`},
		},
		{
			name: "disable the admin account", verb: apiclient.AccountDisable, from: "1",
			do: []act{row("admin"), press("x"), see("neither disables nor deletes an admin account"), press("y", "esc"), closed},
		},
		{
			name: "create a user", verb: apiclient.UserCreate, from: "1",
			do: []act{
				row("acme"), press("enter"), see("acme › users"), press("n"), see("New user on site", "acme"),
				press("tab", "a:b", "tab", "short", "tab", "short", "ctrl+s"), see("must have at least 6 characters"),
				press("ctrl+u", userPassword, "tab", "ctrl+u", userPassword, "ctrl+s"), see("must not hold a colon"),
				press("ctrl+u", "jane-1", "ctrl+s"), see("▸ jane-1", "user jane-1 was created in acme"), closed, press("esc"), see("▸ acme"),
			},
			sent: []string{`POST /` + v + `/accounts/acme/users {"username":"jane-1","password":"` + userPassword + `"}`},
		},
		{
			name: "create a user who is there", verb: apiclient.UserCreate, from: "2",
			do: []act{
				row("jane-1"), press("n"), see("New user on site"), press("ctrl+u", "acme", "tab", "jane-1", "tab", userPassword, "tab", userPassword, "ctrl+s"), see("already"),
				press("esc", "esc"), closed,
			},
			sent: []string{`POST /` + v + `/accounts/acme/users {"username":"jane-1","password":"` + userPassword + `"}`},
		},
		{
			name: "set the password of somebody else", verb: apiclient.UserSetPassword, from: "2",
			do: []act{
				row("jane-1"), press("p"), see("Set password of jane-1 on site"), press(newOne, "tab", newOne, "ctrl+s"), see("the password of jane-1 is set; for 5 seconds the old one may go on working"), closed,
			},
			sent: []string{`POST /` + v + `/accounts/acme/users/jane-1/credentials {"type":"password","value":"` + newOne + `"}`},
		},
	}
}

// atTheEnd are those that take away.
func atTheEnd(v string) []operation {
	return []operation{
		{
			name: "delete the user admin", verb: apiclient.UserDelete, from: "2",
			do: []act{row("admin"), press("d"), see("Anchore does not delete it"), press("esc"), closed},
		},
		{
			name: "delete a user", verb: apiclient.UserDelete, from: "2",
			do:   []act{row("jane-1"), press("d"), typed("jane-1", "Delete user jane-1 on site"), see("user jane-1 is gone"), gone("  jane-1 ")},
			sent: []string{`DELETE /` + v + `/accounts/acme/users/jane-1`},
		},
		{
			name: "delete an account", verb: apiclient.AccountDelete, from: "1",
			do:   []act{row("acme"), press("d"), typed("acme", "Delete account acme on site", "It is enabled, so this is two steps"), gone("Type acme"), see("acme ✗ deleting", "the account goes as soon as its images and policies are cleaned up")},
			sent: []string{`PUT /` + v + `/accounts/acme/state {"state":"disabled"}`, `DELETE /` + v + `/accounts/acme`},
		},
	}
}

// ownPassword comes last: what follows has to be signed in anew.
func ownPassword(v string) operation {
	return operation{
		name: "one's own password", verb: apiclient.SessionSetPassword, from: "2",
		do: []act{
			row("admin"), press("p"), see("Change own password on site", "It counts within 5 seconds"), press(newOne, "tab", newOne, "ctrl+s"),
			see("your password is set"), closed, press("ctrl+r"), see("admin admin native"),
		},
		sent: []string{`POST /` + v + `/user/credentials {"type":"password","value":"` + newOne + `"}`},
	}
}

func TestAnchoreEngineOperations(t *testing.T) {
	s := startAnchore(t, anchoretest.Options{V1: true})
	c := s.open(look{})
	s.forgets(newOne)
	ops := append(onAccounts("v1"), []operation{
		{
			name: "take a password away", verb: apiclient.TokenRevoke, from: "3",
			do:   []act{row("jane-1"), press("r"), yes("cannot sign in until a new password is set"), see("✓"), gone("  jane-1 ")},
			sent: []string{`DELETE /v1/accounts/acme/users/jane-1/credentials?credential_type=password`},
		},
		{
			name: "take one's own password away", verb: apiclient.TokenRevoke, from: "3",
			do: []act{row("admin"), press("r"), see("nobody take away his own"), press("esc"), closed},
		},
	}...)
	s.try(c, append(append(ops, atTheEnd("v1")...), ownPassword("v1")))
}

func TestAnchoreEnterpriseOperations(t *testing.T) {
	s := startAnchore(t, anchoretest.Options{V2: true})
	c := s.open(look{})
	s.forgets(newOne)
	ops := append(onAccounts("v2"), []operation{
		{
			name: "change the e-mail of an account", verb: apiclient.AccountUpdate, from: "1",
			do: []act{
				row("acme"), press("e"), see("Edit account acme on site"), press("ctrl+u", "ctrl+s"), press("new@example.com", "ctrl+s"), see("new@example.com"), closed,
			},
			sent: []string{`PUT /v2/accounts/acme {"email":"new@example.com"}`},
		},
		{
			name: "create a user of an identity provider", verb: apiclient.UserCreate, from: "2",
			do: []act{
				row("jane-1"), press("n"), see("New user on site"), press("ctrl+u", "acme", "tab", "sso:kim", "tab", "tab", "tab", "keycloak", "ctrl+s"), see("▸ sso:kim", "saml"), closed,
			},
			sent: []string{`POST /v2/accounts/acme/users {"username":"sso:kim","user_type":"saml","idp_name":"keycloak"}`},
		},
		{
			name: "create an API key", verb: apiclient.TokenCreate, from: "3",
			do: []act{
				press("n"), see("New API key on site", "90d"), press("jane-1", "tab", "ci", "tab", "ctrl+u", "30d", "tab", "builds", "ctrl+s"), see("It signs in as _api_key with this as the password"),
				press("c", "esc"), closed, see("ci", "builds"),
			},
			sent: []string{`POST /v2/accounts/acme/users/jane-1/api-keys {"name":"ci","expires_at":"2030-02-01T03","description":"builds"}`},
		},
		{
			name: "an API key that never expires", verb: apiclient.TokenCreate, from: "3",
			do: []act{
				press("n"), see("New API key on site"), press("jane-1", "tab", "ci", "tab", "ctrl+u", "0", "ctrl+s"), press("ctrl+u", "30d", "ctrl+s"), see("already"), press("esc", "esc"), closed,
			},
			sent: []string{`POST /v2/accounts/acme/users/jane-1/api-keys {"name":"ci","expires_at":"2030-02-01T03"}`},
		},
		{
			name: "change an API key", verb: apiclient.TokenUpdate, from: "3",
			do: []act{
				row("ci"), press("e"), see("Edit API key ci on site"), press("ctrl+u", "nightly", "tab", "ctrl+u", "ctrl+s"), see("▸ nightly"), closed,
			},
			sent: []string{`PATCH /v2/accounts/acme/users/jane-1/api-keys/ci {"description":"","name":"nightly"}`},
		},
		{
			name: "revoke an API key", verb: apiclient.TokenRevoke, from: "3",
			do:   []act{row("nightly"), press("r"), yes("Revoke API key nightly of jane-1 on site"), see("✗ revoked")},
			sent: []string{`PATCH /v2/accounts/acme/users/jane-1/api-keys/nightly {"status":"revoked"}`},
		},
		{
			name: "delete an API key", verb: apiclient.TokenDelete, from: "3",
			do:   []act{row("nightly"), palette("delete API key"), yes("Delete API key nightly of jane-1 on site"), see("API key nightly of jane-1 is gone"), gone("  nightly ")},
			sent: []string{`DELETE /v2/accounts/acme/users/jane-1/api-keys/nightly`},
		},
		{
			name: "a key of one's own", verb: apiclient.TokenCreate, from: "3",
			do: []act{
				press("n"), see("New API key on site"), press("ctrl+u", "tab", "mine", "ctrl+s"), see("characters"), press("c", "esc"), closed, see("mine"),
			},
			sent: []string{`POST /v2/user/api-keys {"name":"mine","expires_at":"2030-04-02T03"}`},
		},
		{
			name: "revoke all keys of a user", verb: apiclient.UserExpireTokens, from: "2",
			do:   []act{row("admin"), press("E"), yes("1 API key", "you may be signed out"), see("✓"), gone("Press y")},
			sent: []string{`PATCH /v2/user/api-keys/mine {"status":"revoked"}`},
		},
		{
			name: "give a role", verb: apiclient.GrantAdd, from: "4",
			do: []act{
				press("n"), see("on site"), press("jane-1", "tab", "read-only", "tab", "acme", "ctrl+s"), closed, see("read-only"),
			},
			sent: []string{`POST /v2/rbac-manager/roles/read-only/members {"domain_name":"acme","username":"jane-1"}`},
		},
		{
			name: "take a role away", verb: apiclient.GrantRemove, from: "4",
			do:   []act{row("read-only"), press("d"), yes("read-only"), see("has the role read-only in acme no more"), gone("  read-only ")},
			sent: []string{`DELETE /v2/rbac-manager/roles/read-only/members?domain_name=acme&username=jane-1`},
		},
	}...)
	ops = append(append(ops, atTheEnd("v2")...), ownPassword("v2"))
	s.try(c, ops)
	s.everyVerb(ops)
}

func TestAnchoreSignIn(t *testing.T) {
	s := startAnchore(t, anchoretest.Options{V2: true})
	key := s.set(apiclient.TokenCreate, apiclient.Ref{}, apiclient.Values{"name": {Text: "mine"}, "max_age": {Text: "1d"}}).Reveals[0].Secret.Reveal()
	c := s.unsigned(look{})
	s.try(c, []operation{
		{name: "a name that cannot be sent", do: []act{press("ad:min", "tab", "wrong", "ctrl+s"), see("holds a colon")}},
		{name: "the wrong password", do: []act{press("ctrl+u", "admin", "ctrl+s"), see("check user and password", "may take 5 seconds to count")}},
		{name: "the right one", do: []act{press("tab", "ctrl+u", anchoretest.AdminPassword, "ctrl+s"), gone("Sign in to"), see(s.identity)}},
	})
	s.lacks(c, map[string]string{
		"sign out": "Anchore has no sessions", "disable user": "cannot disable a single user", "new role": "the roles of Anchore are fixed",
		"revoke pasted api key": "a credential does not say whose it is",
	})
	c = s.unsigned(look{})
	s.try(c, []operation{
		{name: "a dead key", do: []act{press("ctrl+t"), see("API key", "of Anchore Enterprise"), press("dead", "ctrl+s"), see("Unauthorized")}},
		{name: "a key", do: []act{press("ctrl+u", key, "ctrl+s"), gone("Sign in to"), see(s.identity), press("3"), see("mine")}},
	})
	engine := startAnchore(t, anchoretest.Options{V1: true})
	engine.lacks(engine.open(look{}), map[string]string{"new credential": "Anchore Engine has no API keys", "add access": "Anchore Engine has no roles"})
}

func TestAnchoreAnswersThatAreLost(t *testing.T) {
	s := startAnchore(t, anchoretest.Options{V2: true})
	c := s.open(look{})
	s.way.set(func(w *link) { w.lose = func(r *http.Request) bool { return r.Method != http.MethodGet } })
	s.try(c, []operation{{
		name: "an account was made", verb: apiclient.AccountCreate, from: "1",
		do:   []act{press("n"), see("New account on site"), press("acme", "ctrl+s"), see("no answer, but it happened"), closed},
		sent: []string{`POST /v2/accounts {"name":"acme"}`},
		read: []string{"GET /v2/accounts/acme"},
	}})
}

func TestAnchoreOnSmallScreens(t *testing.T) {
	for name, o := range map[string]anchoretest.Options{"anchore-engine": {V1: true}, "anchore-enterprise": {V2: true}} {
		s := startAnchore(t, o)
		s.fake.Fill(1, 9, 3)
		opts := s.options()
		opts.Now = s.clock.Now
		c := open(t, opts, look{w: 80, h: 24})
		last := see("▸")
		if o.V1 {
			last = see("Anchore Engine has no roles")
		}
		for _, tab := range []string{"1", "2", "3"} { // first all are loaded, and with them the counts
			c.keys(tab)
			c.see("▸")
		}
		c.keys("4")
		last(c)
		var out strings.Builder
		for _, tab := range []string{"1", "2", "3"} {
			c.keys(tab)
			c.see("▸")
			c.harmless(name + " " + tab)
			fmt.Fprintf(&out, "═══ %s\n%s", tab, c.frame())
		}
		c.keys("4")
		last(c)
		fmt.Fprintf(&out, "═══ 4\n%s", c.frame())
		kept(t, name, out.String())
	}
}
