package views_test

import (
	"cmp"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/aiven/aiventest"
	"gatehouse/apiclient/secret"
)

// aivenAPI is Aiven's API. In requests as they are compared stand names for
// what is made up in each run.
type aivenAPI struct {
	site
	fake  *aiventest.Server
	names map[string]string // by id
	now   time.Time
}

func startAiven(t *testing.T) *aivenAPI {
	t.Helper()
	a := &aivenAPI{now: time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC), names: map[string]string{}}
	f, err := aiventest.New(aiventest.Options{Now: func() time.Time { return a.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	a.fake = f
	a.site = site{
		t: t, driver: aiven.Driver(), url: f.URL, identity: "aiven · " + aiventest.AdminEmail,
		forget: f.Forget, requests: a.lines,
	}
	a.credential, err = a.driver.SignIn(t.Context(), a.target(), "password", apiclient.Values{
		"user": {Text: aiventest.AdminEmail}, "password": {Secret: secret.New(aiventest.AdminPassword)},
	})
	if err != nil {
		t.Fatal(err)
	}
	a.learn()
	return a
}

// learn gives names to all ids that there are now.
func (a *aivenAPI) learn() {
	a.t.Helper()
	b, err := a.driver.Open(a.t.Context(), a.target(), a.credential)
	if err != nil {
		a.t.Fatal(err)
	}
	defer b.Close()
	accounts, err := b.Accounts(a.t.Context(), apiclient.Query{})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, r := range accounts.Rows {
		if a.names[r.Ref.Path.Part(0)] == "" {
			a.names[r.Ref.Path.Part(0)] = "ORG"
		}
		a.names[r.Ref.Path.Part(1)] = strings.ReplaceAll(strings.ToUpper(r.Name), " ", "-")
	}
	users, err := b.Users(a.t.Context(), apiclient.Query{})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, u := range users.Rows {
		name, _, _ := strings.Cut(u.Name, "@")
		a.names[u.Ref.Path.Part(1)] = strings.ToUpper(name)
	}
}

var (
	aivenID     = regexp.MustCompile(`\b(org|a|u)[0-9a-f]{11}\b`)
	aivenPrefix = regexp.MustCompile(`(access[-_]tokens?)/[^ ]+`)
)

func (a *aivenAPI) lines() []request {
	var out []request
	for _, r := range a.fake.Requests() {
		line := requestOf(r.Method, r.Path, r.Query, r.Body).line
		line = aivenID.ReplaceAllStringFunc(line, func(id string) string { return cmp.Or(a.names[id], "NEW") })
		line = aivenPrefix.ReplaceAllStringFunc(line, func(path string) string {
			if strings.HasSuffix(path, "/%2B%2FXCJ3b9WywI") {
				return path
			}
			return aivenPrefix.FindStringSubmatch(path)[1] + "/PREFIX"
		})
		out = append(out, request{r.Method, line})
	}
	return out
}

func TestAivenOperations(t *testing.T) {
	s := startAiven(t)
	c := s.open(look{})
	const own, member, app = "/v1/access_token", "/v1/organization/ORG/user/", "/v1/organization/ORG/application-users"
	ops := []operation{
		{
			name: "create an organization", verb: apiclient.AccountCreate, from: "1",
			do:   []act{press("n"), see("New organization on site"), press("New Org", "tab", "ctrl+u", "ctrl+s"), see("New Org was created", "▸  New Org"), closed},
			sent: []string{`POST /v1/account {"account_name":"New Org"}`},
		},
		{
			name: "create a unit", verb: apiclient.AccountCreate, from: "1",
			do: []act{
				press("n"), see("New organization on site"), press(strings.Repeat("x", 84), "tab", "ctrl+u", "ctrl+s"), see("at most 83 characters"),
				press("ctrl+u", "Lab", "tab", "Nowhere", "ctrl+s"), see("✗"), press("ctrl+u", "example corp", "ctrl+s"), see("Lab was created"), closed,
			},
			sent: []string{`POST /v1/account {"account_name":"Lab","parent_account_id":"EXAMPLE-CORP"}`},
		},
		{
			name: "rename a unit", verb: apiclient.AccountUpdate, from: "1",
			do:   []act{row("Research"), press("e"), see("Edit"), press("ctrl+u", "R&D <1>", "ctrl+s"), gone("Edit organization"), closed, row("R&D <1>")},
			sent: []string{`PUT /v1/account/RESEARCH {"account_name":"R&D <1>"}`},
		},
		{
			name: "delete a unit", verb: apiclient.AccountDelete, from: "1",
			do:   []act{row("R&D <1>"), press("d"), typed("R&D <1>", "irreversible"), see("R&D <1> is gone"), closed},
			sent: []string{`DELETE /v1/account/RESEARCH`},
		},
		{
			name: "delete what is not empty", verb: apiclient.AccountDelete, from: "1",
			do: []act{row("Example Corp"), press("d"), see("is your own organization", "deletes only what is empty"), press("esc"), closed},
		},
		{
			name: "create an application user", verb: apiclient.UserCreate, from: "2",
			do: []act{
				press("n"), see("New user on site", "It makes an application user"), press("ctrl+u", "Nowhere", "tab", "exporter", "ctrl+s"), see("✗"),
				press("ctrl+u", "Example Corp", "ctrl+s"), see("application user exporter was created; it can do nothing before it has a token"), closed, row("exporter"),
			},
			sent: []string{`POST ` + app + ` {"name":"exporter"}`},
		},
		{
			name: "invite", verb: apiclient.UserInvite, from: "2",
			do: []act{
				palette("invite user"), see("Invite user on site"), press("ctrl+u", "Example Corp", "tab", "a/b@example.com", "ctrl+s"), see("must be an e-mail address"),
				press("ctrl+u", "a+b@example.com", "ctrl+s"), see("a+b@example.com is invited to Example Corp"), closed,
			},
			sent: []string{`POST /v1/organization/ORG/invitation {"user_email":"a+b@example.com"}`},
		},
		{
			name: "register", verb: apiclient.UserRegister, from: "2",
			do: []act{
				palette("register user"), see("Register user on site"), press("own@example.com", "tab", "O N", "tab", userPassword, "tab", userPassword, "ctrl+s"),
				see("own@example.com is registered, outside of your organizations", "It lets in as own@example.com, not as you"), press("c", "esc"), closed,
			},
			sent: []string{`POST /v1/user {"email":"own@example.com","real_name":"O N","password":"` + userPassword + `"}`},
		},
		{
			name: "change a member", verb: apiclient.UserUpdate, from: "2",
			do: []act{
				row("otto@example.com"), press("e"), see("Edit user otto@example.com"), press("tab", "tab", "Head", "ctrl+s"), see("otto@example.com was changed"), closed,
			},
			sent: []string{`PATCH ` + member + `OTTO {"job_title":"Head"}`},
		},
		{
			name: "deactivate", verb: apiclient.UserDeactivate, from: "2",
			do:   []act{row("otto@example.com"), press("x"), yes("Deactivate user otto@example.com"), see("otto@example.com is deactivated"), closed},
			sent: []string{`PATCH ` + member + `OTTO {"state":"deactivated"}`},
		},
		{
			name: "activate", verb: apiclient.UserActivate, from: "2",
			do:   []act{row("otto@example.com"), press("X"), yes("Activate user otto@example.com"), see("otto@example.com is active"), closed},
			sent: []string{`PATCH ` + member + `OTTO {"state":"active"}`},
		},
		{
			name: "a change that Aiven passes over in silence", verb: apiclient.UserDeactivate, from: "2",
			do: []act{
				func(*console) { s.fake.Stick(aiventest.OTPEmail) },
				row("otto@example.com"), press("x"), yes("Deactivate user otto@example.com"), see("Aiven said yes, but otto@example.com is active"), press("esc"), closed,
			},
			sent: []string{`PATCH ` + member + `OTTO {"state":"deactivated"}`},
		},
		{
			name: "deactivate oneself", verb: apiclient.UserDeactivate, from: "2",
			do: []act{row("jane@example.com"), press("x"), see("cannot be done: jane@example.com is your own user"), press("y", "esc"), closed},
		},
		{
			name: "reset a password", verb: apiclient.UserReset, from: "2",
			do:   []act{row("otto@example.com"), press("N"), yes("Nothing comes back to hand over"), see("the password of otto@example.com is reset"), closed},
			sent: []string{`POST ` + member + `OTTO/reset_password`},
		},
		{
			name: "create a token", verb: apiclient.TokenCreate, from: "3",
			do: []act{
				press("n"), see("New token on site"), press("ctrl+u", "tab", "ci", "tab", "ctrl+u", "5m", "ctrl+s"), see("must be at least 10m"),
				press("ctrl+u", "0", "tab", "y", "ctrl+s"), see("✗"), press("shift+tab", "ctrl+u", "1h", "tab", "tab", "192.0.2.0/24", "ctrl+s"), see("characters"), gone("New token"), press("c", "esc"), closed,
			},
			sent: []string{`POST ` + own + ` {"description":"ci","max_age_seconds":3600,"extend_when_used":true,"ip_allowlist":["192.0.2.0/24"]}`},
		},
		{
			name: "create a token of an application user", verb: apiclient.TokenCreate, from: "3",
			do:   []act{press("n"), see("New token on site"), press("ctrl+u", "ci-runner", "tab", "x", "tab", "ctrl+u", "600", "ctrl+s"), see("characters"), gone("New token"), press("c", "esc"), closed},
			sent: []string{`POST ` + app + `/CI-RUNNER/access-tokens {"description":"x","max_age_seconds":600}`},
		},
		{
			name: "create a token of another", verb: apiclient.TokenCreate, from: "3",
			do: []act{press("n"), see("New token on site"), press("ctrl+u", "otto@example.com", "tab", "x", "ctrl+s"), see("must be yourself or an application user"), press("esc", "esc"), closed},
		},
		{
			name: "describe a token", verb: apiclient.TokenUpdate, from: "3",
			do:   []act{row("+/XCJ3b9WywI"), press("e"), see("Edit token"), press("ctrl+u", "weekly backup", "ctrl+s"), see("changed"), closed},
			sent: []string{`PUT ` + own + `/%2B%2FXCJ3b9WywI {"description":"weekly backup"}`},
		},
		{
			name: "revoke the token of a member", verb: apiclient.TokenRevoke, from: "3",
			do:   []act{row("otto@example.com"), press("r"), yes(), see("is revoked"), closed},
			sent: []string{`DELETE ` + member + `OTTO/access-token/PREFIX`},
		},
		{
			name: "revoke the token of an application user", verb: apiclient.TokenRevoke, from: "3",
			do:   []act{row("ci-runner"), press("r"), yes(), see("is revoked"), closed},
			sent: []string{`DELETE ` + app + `/CI-RUNNER/access-tokens/PREFIX`},
		},
		{
			name: "revoke a pasted token of one's own", verb: apiclient.TokenRevokePasted, from: "3",
			do: []act{
				palette("revoke pasted"), see("Revoke pasted token on site"), press("two words", "ctrl+s"), see("✗"),
				press("ctrl+u", aiventest.PersonalToken, "ctrl+s"), yes(), see("is revoked"), closed,
			},
			sent: []string{`DELETE ` + own + `/%2B%2FXCJ3b9WywI`},
		},
		{
			name: "expire the tokens of an application user", verb: apiclient.UserExpireTokens, from: "2",
			do:   []act{row("ci-runner"), press("E"), yes("Expire all tokens"), see("1 of 1 token of ci-runner revoked"), closed},
			sent: []string{`DELETE ` + app + `/CI-RUNNER/access-tokens/PREFIX`},
		},
		{
			name: "withdraw an invitation", verb: apiclient.UserRemove, from: "2",
			do:   []act{row("new+comer@example.com"), palette("remove user"), typed("new+comer@example.com"), see("the invitation of new+comer@example.com is withdrawn"), closed},
			sent: []string{`DELETE /v1/organization/ORG/invitation/new%2Bcomer%40example.com`},
		},
		{
			name: "remove a member", verb: apiclient.UserRemove, from: "2",
			do:   []act{row("kim@example.com"), palette("remove user"), typed("kim@example.com", "keeps the account and its tokens"), see("kim@example.com is no member any more"), closed},
			sent: []string{`DELETE ` + member + `KIM`},
		},
		{
			name: "remove a member whom the organization manages", verb: apiclient.UserRemove, from: "2",
			do: []act{row("otto@example.com"), palette("remove user"), see("is managed by Example Corp"), press("esc"), closed},
		},
		{
			name: "delete an application user", verb: apiclient.UserDelete, from: "2",
			do:   []act{row("ci-runner"), press("d"), typed("ci-runner", "die with it"), see("is gone"), closed},
			sent: []string{`DELETE ` + app + `/CI-RUNNER`},
		},
		{
			name: "change one's own password", verb: apiclient.SessionSetPassword, from: "2",
			do: []act{
				palette("change own password"), see("Change own password on site"), press("not the old one", "tab", userPassword, "tab", userPassword, "ctrl+s"), yes("expire at once"), see("Invalid password"), without("not the old one"),
				press("shift+tab", "shift+tab", "ctrl+u", aiventest.AdminPassword, "ctrl+s"), yes(), see("the password is changed; all older tokens have expired"), closed,
			},
			sent: []string{
				`PUT /v1/me/password {"password":"not the old one","new_password":"` + userPassword + `"}`,
				`PUT /v1/me/password {"password":"` + aiventest.AdminPassword + `","new_password":"` + userPassword + `"}`,
			},
		},
		{
			name: "sign out", verb: apiclient.SessionSignOut,
			do:   []act{palette("sign out"), see("Sign out on site"), press("ctrl+s"), yes("is revoked for good"), see("Sign in to site"), without("otto@")},
			sent: []string{`POST /v1/me/logout`},
		},
	}
	s.try(c, ops)
	s.everyVerb(ops)
}

func TestAivenSignIn(t *testing.T) {
	s := startAiven(t)
	wrong := func(c *console) {
		c.keys("ctrl+u", "wrong password", "ctrl+s")
		c.see("Sign in to site", "Authentication failed")
		without("wrong password")(c)
	}
	t.Run("with a one-time password", func(t *testing.T) {
		c := s.unsigned(look{})
		c.see("E-mail", "Password")
		c.keys(aiventest.OTPEmail, "tab")
		wrong(c)
		s.forget()
		c.keys("ctrl+u", "second-factor-please", "ctrl+s")
		see("One-time password", "The password is right")(c)
		c.keys("12", "enter")
		c.see("must be six digits")
		c.keys("ctrl+u", aiventest.OTP, "enter")
		c.see("aiven · " + aiventest.OTPEmail)
		s.sent(
			`POST /v1/userauth {"email":"otto@example.com","password":"second-factor-please"}`,
			`POST /v1/userauth {"email":"otto@example.com","password":"second-factor-please","otp":"`+aiventest.OTP+`"}`,
		)
	})
	t.Run("single sign-on has no password", func(t *testing.T) {
		c := s.unsigned(look{})
		c.keys(aiventest.SSOEmail, "tab", "x", "ctrl+s")
		see("which a terminal cannot: make a personal token")(c)
	})
	t.Run("with a token", func(t *testing.T) {
		c := s.unsigned(look{})
		c.keys("ctrl+t")
		c.see("a personal token, made in Aiven's web console")
		c.keys(strings.Repeat("A", 372), "enter")
		c.see("Sign in to site", "✗")
		c.keys("ctrl+u", aiventest.PersonalToken, "enter")
		c.see("aiven · " + aiventest.AdminEmail)
		// Signing out says that it kills more than a session.
		palette("sign out")(c)
		c.see("Sign out on site")
		c.keys("ctrl+s")
		see("nightly backup", "is a personal token, not only a session")(c)
		c.keys("n")
		c.see("< revoke >")
		s.forget()
		c.keys("f", "ctrl+s")
		yes("Nothing is sent: the token lives on")(c)
		c.see("Sign in to site", "signed out here; the token lives on")
		s.sent()
	})
}

func TestAivenSessionThatEnds(t *testing.T) {
	s := startAiven(t)
	c := s.open(look{})
	c.keys("2")
	row("otto@example.com")(c)
	c.keys("x")
	c.see("Deactivate user otto@example.com", "Press y")
	s.set(apiclient.TokenRevokePasted, apiclient.Ref{}, apiclient.Values{"token": {Secret: s.credential.Secret}})
	s.forget()
	c.keys("y")
	c.see("Sign in to site", "what was being done goes on", aiventest.AdminEmail)
	s.forget()
	c.keys("tab", aiventest.AdminPassword, "ctrl+s")
	c.see("otto@example.com is deactivated")
	c.closed()
	s.sent(
		`POST /v1/userauth {"email":"jane@example.com","password":"`+aiventest.AdminPassword+`"}`,
		`PATCH /v1/organization/ORG/user/OTTO {"state":"deactivated"}`,
	)
}

func TestAivenLacks(t *testing.T) {
	s := startAiven(t)
	c := s.open(look{})
	c.keys("4")
	see("use Aiven's web console, or avn permissions")(c)
	s.lacks(c, map[string]string{
		"disable organization": "an organization cannot be switched off", "disable user": "users are activated and deactivated here",
		"set password (user)": "nobody can choose another's password here", "end sessions (user)": "sessions are tokens here",
		"reassign ownership (user)": "users own nothing here",
	})
}

func TestAivenFilledWithWhatADisplayMustSurvive(t *testing.T) {
	s := startAiven(t)
	s.fake.Fill(aiventest.Sample{Seed: 1, Organizations: 4, Users: 120, Applications: 30, Tokens: 300})
	s.tour("1", "2", "3", "5")
}

func TestAivenGolden(t *testing.T) {
	s := startAiven(t)
	s.fake.Fill(aiventest.Sample{Seed: 1, Organizations: 2, Users: 20, Applications: 6, Tokens: 40})
	s.golden("aiven", s.now, map[string][]string{
		"1": {"Organizations 4", "▸"}, "2": {"Users 34"}, "3": {"Tokens 37"}, "4": {"avn"}, "5": {"▸"},
	})
}
