package views_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/arvados"
	"gatehouse/apiclient/arvados/arvadostest"
)

// cluster is an Arvados cluster. In requests as they are compared stand the
// names that it gives to uuids.
type cluster struct {
	site
	fake  *arvadostest.Server
	names map[string]string // by uuid
	now   time.Time
}

func startArvados(t *testing.T, o arvadostest.Options) cluster {
	t.Helper()
	c := cluster{now: time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)}
	o.Now = func() time.Time { return c.now }
	f, err := arvadostest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	c.fake, c.names = f, map[string]string{f.AdminUUID: "ADMIN", f.AdminToken[3:30]: "ADMINS-TOKEN", f.AllUsers: "ALL-USERS"}
	c.site = site{
		t: t, driver: arvados.Driver(), url: f.URL, identity: "arvados · admin",
		credential: credentialOf("token", "admin", f.AdminToken),
		forget:     f.Forget, requests: c.lines,
	}
	return c
}

func (c cluster) lines() []request {
	var out []request
	for _, r := range c.fake.Requests() {
		line := strings.TrimSpace(r.Method + " " + strings.TrimPrefix(r.Path, "/arvados/v1/") + formLine(r.Form))
		if r.Token != c.fake.AdminToken {
			line += " as another"
		}
		out = append(out, request{r.Method, c.plain(line)})
	}
	return out
}

var (
	arvadosID   = regexp.MustCompile(`zzzzz-([0-9a-z]{5})-[0-9a-z]{15}`)
	arvadosTime = regexp.MustCompile(`"expires_at":"([^"]+Z)"`)
)

// plain has names for uuids and spans for times: both are made up in each run.
func (c cluster) plain(line string) string {
	line = arvadosID.ReplaceAllStringFunc(line, func(id string) string {
		if name := c.names[id]; name != "" {
			return name
		}
		return map[string]string{"gj3su": "A-TOKEN", "o0j2j": "A-LINK", "j7d0g": "A-GROUP", "tpzed": "A-USER"}[id[6:11]]
	})
	return arvadosTime.ReplaceAllStringFunc(line, func(text string) string {
		at, err := time.Parse(time.RFC3339, arvadosTime.FindStringSubmatch(text)[1])
		if err != nil {
			return text
		}
		return `"expires_at":"in ` + apiclient.FormatSpan(at.Sub(c.now).Round(time.Minute)) + `"`
	})
}

// formLine writes a form as the reference does, in the order of the names.
func formLine(form url.Values) string {
	var names []string
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	line := ""
	for _, name := range names {
		line += " " + name + "=" + form.Get(name)
	}
	return line
}

func TestArvadosOperations(t *testing.T) {
	s := startArvados(t, arvadostest.Options{})
	f := s.fake
	inactive := map[string]any{"is_active": false}
	jane, kim, lee, mia := f.AddUser("jane", inactive), f.AddUser("kim", nil), f.AddUser("lee", nil), f.AddUser("mia", nil)
	vm, role := f.AddVM("shell.example.com"), f.AddGroup("curators", "role", "")
	f.AddCollection("data", lee)
	kims, lees, mias, own, spare := f.AddToken(kim), f.AddToken(lee), f.AddToken(mia), f.AddToken(f.AdminUUID), f.AddToken(f.AdminUUID)
	for id, name := range map[string]string{
		jane: "JANE", kim: "KIM", lee: "LEE", mia: "MIA", vm: "VM", role: "CURATORS",
		kims[3:30]: "KIMS", lees[3:30]: "LEES", mias[3:30]: "MIAS", own[3:30]: "OWN", spare[3:30]: "SPARE",
	} {
		s.names[id] = name
	}
	const tokens, mint = "api_client_authorizations", `api_client_authorization={"expires_at":"in 1h","owner_uuid":"KIM"}`
	c := s.open(look{})
	ops := []operation{
		{
			name: "create a group", verb: apiclient.AccountCreate, from: "1",
			do:   []act{press("n"), see("New group on site"), press("readers", "tab", "who read", "ctrl+s"), see("group readers was created", "▸  readers"), closed},
			sent: []string{`POST groups group={"description":"who read","group_class":"role","name":"readers"}`},
		},
		{
			name: "create a group that is there", verb: apiclient.AccountCreate, from: "1",
			do:   []act{press("n"), see("New group on site"), press("readers", "ctrl+s"), see("duplicate key value"), without("railsapi", "req-"), press("esc", "esc"), closed},
			sent: []string{`POST groups group={"group_class":"role","name":"readers"}`},
		},
		{
			name: "change a group", verb: apiclient.AccountUpdate, from: "1",
			do:   []act{row("curators"), press("e"), see("Edit group curators"), press("tab", "who keep", "ctrl+s"), see("group curators was changed", "who keep"), closed},
			sent: []string{`PUT groups/CURATORS group={"description":"who keep"}`},
		},
		{
			name: "delete what belongs to the cluster", verb: apiclient.AccountDelete, from: "1",
			do: []act{row("All users"), press("d"), see("cannot be done", "belongs to the cluster itself"), press("esc"), closed},
		},
		{
			name: "delete a group", verb: apiclient.AccountDelete, from: "1",
			do:   []act{row("readers"), press("d"), typed("readers", "A role is gone for good"), see("group readers is gone"), closed},
			sent: []string{`DELETE groups/A-GROUP`},
		},
		{
			name: "create a user", verb: apiclient.UserCreate, from: "2",
			do: []act{
				press("n"), see("New user on site"), press("jane@example.com", "tab", "1st", "ctrl+s"), see("must be a letter"),
				press("ctrl+u", "jane", "ctrl+s"), see("is taken"), press("ctrl+u", "ola", "ctrl+s"), see("belongs to a user already"),
				press("ctrl+u", "ola@example.com", "ctrl+s"), see("user ola was created", "▸  ola"), closed,
			},
			sent: []string{`POST users user={"email":"ola@example.com","username":"ola"}`},
		},
		{
			name: "change a user", verb: apiclient.UserUpdate, from: "2",
			do: []act{
				row("kim"), press("e"), see("Edit user kim"), press("ctrl+u", "jane", "ctrl+s"), see("Username has already been taken"),
				press("ctrl+u", "kim", "tab", "tab", "Kim <&>", "ctrl+s"), see("user kim was changed", "Kim <&>"), closed,
			},
			sent: []string{`PUT users/KIM user={"username":"jane"}`, `PUT users/KIM user={"first_name":"Kim <&>"}`},
		},
		{
			name: "make an admin of somebody who is not active", verb: apiclient.UserUpdate, from: "2",
			do: []act{row("jane"), press("e"), see("Edit user jane"), press("shift+tab", "shift+tab", "y", "ctrl+s"), see("only active users can be admins"), press("esc", "esc"), closed},
		},
		{
			name: "set up with a login on a machine", verb: apiclient.UserSetup, from: "2",
			do: []act{
				row("jane"), palette("set up"), see("Set up of jane on site"), press("nowhere", "ctrl+s"), see("there is no such object"),
				press("ctrl+u", "shell.example.com", "tab", "tab", "y", "ctrl+s"), yes("Set up user jane with a login on shell.example.com", "The login is jane, without Unix groups"),
				see("user jane is set up, with the login jane on shell.example.com, and active"), closed, row("jane ● active"),
			},
			sent: []string{`POST users/setup uuid=JANE vm_uuid=VM`, `POST users/JANE/activate`},
		},
		{
			name: "deactivate", verb: apiclient.UserDeactivate, from: "2",
			do: []act{
				row("jane"), press("x"), yes("Deactivate user jane", "Tokens go on working for what anybody may read"), see("user jane is not active any more"),
				closed, row("jane ○ inactive"),
			},
			sent: []string{`DELETE links/A-LINK`, `PUT users/JANE user={"is_active":false}`},
		},
		{
			name: "activate", verb: apiclient.UserActivate, from: "2",
			do:   []act{row("jane"), press("X"), yes("Activate user jane", "User agreements are not checked"), see("user jane is active"), closed, row("jane ● active")},
			sent: []string{`PUT users/JANE user={"is_active":true}`},
		},
		{
			name: "unset up", verb: apiclient.UserUnsetup, from: "2",
			do: []act{
				row("jane"), palette("unset up"), typed("jane", "Unset up user jane", "This cannot be undone", "loses 2 permissions, 0 SSH keys and all tokens"),
				see("user jane is unset up: tokens, keys, shares and logins are gone"), closed, row("jane ○ inactive"),
			},
			sent: []string{`POST users/JANE/unsetup`},
		},
		{
			name: "unset oneself up", verb: apiclient.UserUnsetup, from: "2",
			do: []act{row("admin"), palette("unset up"), see("cannot be done", "lock yourself out"), press("admin", "enter", "esc"), closed},
		},
		{
			name: "create a token for a user", verb: apiclient.TokenCreate, from: "3",
			do: []act{
				press("n"), see("New token on site"), press("kim", "tab", "tab", "list", "ctrl+s"), see("must be all, or METHOD:/path"),
				press("ctrl+u", "ctrl+s"), see("Token (v2)", "For ARVADOS_API_TOKEN", "it expires 2026-12-22"), gone("New token"), without("v2/zzzzz"),
				press("s"), see("v2/zzzzz-gj3su-", "hidden again in"), press("s", "c", "esc"), closed,
			},
			sent: []string{`POST ` + tokens + ` api_client_authorization={"expires_at":"in 30d","owner_uuid":"KIM"}`},
		},
		{
			name: "look at the tokens of a user", verb: apiclient.UserShowTokens, from: "2",
			do:   []act{row("kim"), palette("look at tokens"), yes("A token is made for the user"), see("user kim has 2 tokens"), press("3"), closed, row(kims[3:30] + " kim")},
			sent: []string{`POST ` + tokens + ` ` + mint, `DELETE ` + tokens + `/A-TOKEN as another`},
			read: []string{`GET ` + tokens + ` as another`},
		},
		{
			name: "change a token", verb: apiclient.TokenUpdate, from: "3",
			do: []act{
				row(own[3:30]), press("e"), see("Edit token"), press("ctrl+u", "GET:/arvados/v1/users", "tab", "soon", "ctrl+s"), see("must be a time such as"),
				press("ctrl+u", "ctrl+s"), see("was changed", "GET /arvados/v1/users"), closed,
			},
			sent: []string{`PUT ` + tokens + `/OWN api_client_authorization={"scopes":["GET /arvados/v1/users"]}`},
		},
		{
			name: "revoke a token by its uuid", verb: apiclient.TokenRevoke, from: "3",
			do:   []act{row(own[3:30]), press("r"), yes("for up to a minute"), see("token " + own[3:30] + " is deleted"), closed},
			sent: []string{`DELETE ` + tokens + `/OWN`},
		},
		{
			name: "revoke the token of somebody else", verb: apiclient.TokenRevoke, from: "3",
			do:   []act{row(kims[3:30]), press("r"), yes("It is somebody else's: a token is made for its owner"), see("token " + kims[3:30] + " is deleted"), closed},
			sent: []string{`POST ` + tokens + ` ` + mint, `DELETE ` + tokens + `/KIMS as another`, `DELETE ` + tokens + `/A-TOKEN as another`},
		},
		{
			name: "revoke a pasted v2 token", verb: apiclient.TokenRevokePasted, from: "3",
			do: []act{
				palette("revoke pasted"), see("Revoke pasted token on site"), press("garbage", "ctrl+s"), see("this does not look like a token of a cluster"),
				press("ctrl+u", "v2/yyyyy"+lees[8:], "ctrl+s"), see("it belongs to cluster yyyyy, this is zzzzz"),
				press("ctrl+u", lees, "ctrl+s"), yes("The token is deleted with itself"), see("token " + lees[3:30] + " is deleted"), closed,
			},
			sent: []string{`DELETE ` + tokens + `/LEES as another`},
		},
		{
			name: "revoke what is revoked", verb: apiclient.TokenRevokePasted, from: "3",
			do: []act{
				palette("revoke pasted"), see("Revoke pasted token on site"), press(lees, "ctrl+s"), yes(),
				see("the cluster does not accept it: it is deleted or expired already, or mistyped"), closed,
			},
			sent: []string{`DELETE ` + tokens + `/LEES as another`},
		},
		{
			name: "revoke a bare secret", verb: apiclient.TokenRevokePasted, from: "3",
			do:   []act{palette("revoke pasted"), see("Revoke pasted token on site"), press(mias[31:], "ctrl+s"), yes(), see("token " + mias[3:30] + " is deleted"), closed},
			sent: []string{`DELETE ` + tokens + `/MIAS as another`},
			read: []string{`GET ` + tokens + `/current as another`},
		},
		{
			name: "revoke by a pasted uuid", verb: apiclient.TokenRevokePasted, from: "3",
			do: []act{
				palette("revoke pasted"), see("Revoke pasted token on site"), press(mias[3:30], "ctrl+s"), see("is gone, or it is not yours"),
				press("ctrl+u", spare[3:30], "ctrl+s"), yes(), see("token " + spare[3:30] + " is deleted"), closed,
			},
			sent: []string{`DELETE ` + tokens + `/SPARE`},
		},
		{
			name: "delete all tokens of a user, the one in use last", verb: apiclient.UserExpireTokens, from: "2",
			do: []act{row("kim"), press("E"), yes("Delete all tokens of kim", "at last it itself", "How many there are is not known before"), see("all tokens of kim are deleted: 1 token"), closed},
			sent: []string{
				`POST ` + tokens + ` ` + mint, `DELETE ` + tokens + `/A-TOKEN as another`, `DELETE ` + tokens + `/A-TOKEN as another`,
			},
		},
		{
			name: "give a login with groups", verb: apiclient.GrantAdd, from: "4",
			do: []act{
				press("n"), see("Add permission on site"), press("kim", "tab", "tab", "tab", "curators", "ctrl+s"), see("is required"),
				press("left", "ctrl+s"), see("can_login is only for a user on a virtual machine"),
				press("tab", "ctrl+u", "shell.example.com", "tab", "tab", "docker, sudo", "ctrl+s"), yes("ignores the group sudo"),
				see("kim can log in to shell.example.com as kim"), closed, row("kim can_login shell.example.com kim"),
			},
			sent: []string{`POST links link={"tail_uuid":"KIM","head_uuid":"VM","link_class":"permission","name":"can_login","properties":{"username":"kim","groups":["docker","sudo"]}}`},
		},
		{
			name: "give the same login again", verb: apiclient.GrantAdd, from: "4",
			do: []act{
				press("n"), see("Add permission on site"), press("kim", "tab", "tab", "left", "tab", "shell.example.com", "tab", "tab", "docker, sudo", "ctrl+s"), yes(),
				see("kim can log in to shell.example.com as kim already"), closed,
			},
		},
		{
			name: "give access to a group", verb: apiclient.GrantAdd, from: "4",
			do: []act{
				press("n"), see("Add permission on site"), press("lee", "tab", "tab", "right", "right", "tab", "curators", "ctrl+s"),
				see("lee has can_write on curators"), closed, row("lee can_write curators"),
			},
			sent: []string{`POST links link={"tail_uuid":"LEE","head_uuid":"CURATORS","link_class":"permission","name":"can_write"}`},
		},
		{
			name: "change the groups of a login", verb: apiclient.GrantUpdate, from: "4",
			do: []act{
				row("kim can_login"), press("e"), see("Change permission"), press("tab", "tab", "ctrl+u", "a:b", "ctrl+s"), see("must be a letter or _"),
				press("ctrl+u", "fuse", "ctrl+s"), see("fuse"), closed, row("kim can_login shell.example.com kim fuse"),
			},
			sent: []string{`PUT links/A-LINK link={"properties":{"groups":["fuse"],"username":"kim"}}`},
		},
		{
			name: "change an access", verb: apiclient.GrantUpdate, from: "4",
			do:   []act{row("lee can_write curators"), press("e"), see("< can_write >"), press("left", "ctrl+s"), closed, row("lee can_read curators")},
			sent: []string{`PUT links/A-LINK link={"name":"can_read"}`},
		},
		{
			name: "take an access away", verb: apiclient.GrantRemove, from: "4",
			do:   []act{row("lee can_read curators"), press("d"), yes("Remove permission"), see("the permission is removed"), closed},
			sent: []string{`DELETE links/A-LINK`},
		},
		{
			name: "delete a user who owns data", verb: apiclient.UserDelete, from: "2",
			do: []act{row("lee"), press("d"), see("cannot be done", "lee owns 1 project or collection", "Reassign what it owns first"), press("esc"), closed},
		},
		{
			name: "reassign what a user owns", verb: apiclient.UserReassign, from: "2",
			do: []act{
				row("lee"), palette("reassign"), see("Reassign ownership of lee on site"), press("lee", "ctrl+s"), see("is the old owner"),
				press("ctrl+u", "kim", "ctrl+s"), typed("lee", "What lee owns, 1 project or collection", `project "Data of lee" of kim`, "unset up user lee"),
				see("2 of 2"), press("esc", "esc"), closed, row("lee ○ inactive"),
			},
			sent: []string{
				`POST groups ensure_unique_name=true group={"group_class":"project","name":"Data of lee","owner_uuid":"KIM"}`,
				`POST users/merge new_owner_uuid=A-GROUP new_user_uuid=KIM old_user_uuid=LEE`, `POST users/LEE/unsetup`,
			},
		},
		{
			name: "delete a user", verb: apiclient.UserDelete, from: "2",
			do:   []act{row("ola"), press("d"), typed("ola", "The tokens stay behind without an owner"), see("user ola is gone"), closed},
			sent: []string{`DELETE users/A-USER`},
		},
		{
			name: "sign out", verb: apiclient.SessionSignOut,
			do:   []act{palette("sign out"), yes("also for whoever else uses it"), see("Sign in to site"), without("kim", "curators")},
			sent: []string{`DELETE ` + tokens + `/ADMINS-TOKEN`},
		},
	}
	s.try(c, ops)
	s.everyVerb(ops)
	c.see("Token")
	c.keys(f.AdminToken, "enter") // it is dead
	c.see("Not logged in", "Sign in to site")
}

func TestArvadosSignIn(t *testing.T) {
	s := startArvados(t, arvadostest.Options{PasswordSignIn: true})
	jane := s.fake.AddUser("jane", nil)
	s.fake.SetPassword("jane", userPassword)
	c := s.unsigned(look{})
	c.see("Token", "or only its last part")
	wrong := "v2/zzzzz-gj3su-000000000000001/" + strings.Repeat("x", 50)
	c.keys(wrong, "enter")
	c.see("Sign in to site", "Not logged in", "sign in with another token")
	without(wrong)(c)
	c.keys("ctrl+u", s.fake.AddToken(jane), "enter")
	c.see("arvados · jane")
	c.closed()

	t.Run("with the last part of a token", func(t *testing.T) {
		c := s.unsigned(look{})
		c.keys(s.fake.AdminToken[31:], "enter")
		c.see("arvados · admin", "All users")
	})
	t.Run("with a password", func(t *testing.T) {
		c := s.unsigned(look{})
		c.keys("ctrl+t")
		c.see("User name", "Password")
		c.keys("jane", "tab", "wrong password")
		c.see("PAM, LDAP")
		c.keys("enter")
		c.see("Sign in to site", "check user name and password")
		s.forget()
		c = s.unsigned(look{})
		c.keys("ctrl+t")
		c.see("User name", "Password")
		c.keys("jane", "tab", userPassword, "enter")
		c.see("arvados · jane")
		s.sent(`POST users/authenticate password=` + userPassword + ` username=jane as another`)
	})
}

func TestArvadosSessionThatEnds(t *testing.T) {
	s := startArvados(t, arvadostest.Options{})
	kim := s.fake.AddUser("kim", nil)
	s.names[kim] = "KIM"
	s.credential = credentialOf("token", "admin", s.fake.AddToken(s.fake.AdminUUID))
	used := s.credential
	c := s.open(look{})
	c.keys("2")
	row("kim")(c)
	c.keys("space", "x")
	c.see("Deactivate user kim", "Press y")
	s.credential = credentialOf("token", "admin", s.fake.AdminToken)
	s.set(apiclient.TokenRevokePasted, apiclient.Ref{}, apiclient.Values{"token": {Secret: used.Secret}})
	s.forget()
	c.keys("y")
	c.see("Sign in to site", "Not logged in", "what was being done goes on")
	s.sent()
	c.keys(s.fake.AdminToken, "enter")
	c.see("user kim is not active any more")
	row("kim ○ inactive")(c)
	c.closed()
	s.sent(`DELETE links/A-LINK`, `PUT users/KIM user={"is_active":false}`)
}

func TestArvadosForWhoIsNoAdmin(t *testing.T) {
	s := startArvados(t, arvadostest.Options{})
	jane := s.fake.AddUser("jane", nil)
	s.fake.AddUser("kim", nil)
	token := s.fake.AddToken(jane)
	s.names[jane], s.names[token[3:30]] = "JANE", "IN-USE"
	s.credential, s.identity = credentialOf("token", "jane", token), "arvados · jane"
	c := s.open(look{})
	c.keys("2")
	row("jane")(c)
	for _, key := range []string{"x", "X", "d", "n"} {
		c.keys(key)
		c.see("only an admin of the cluster can do this")
	}
	s.forget()
	c.keys("e")
	c.see("Edit user jane")
	c.keys("shift+tab", "shift+tab", "y", "ctrl+s")
	c.see("the cluster said yes, but whether the user is an admin is as it was")
	c.keys("esc", "esc")
	c.closed()
	s.sent(`PUT users/JANE user={"is_admin":true} as another`)
	s.forget()
	c.keys("E") // one's own: the one in use goes last
	yes("Delete all tokens of jane")(c)
	c.see("Sign in to site")
	s.sent(`DELETE api_client_authorizations/IN-USE as another`)
}

func TestArvadosRefusals(t *testing.T) {
	t.Run("agreements that are not signed", func(t *testing.T) {
		s := startArvados(t, arvadostest.Options{AgreementNeeded: true})
		s.fake.AddUser("jane", map[string]any{"is_active": false})
		c := s.open(look{})
		c.keys("2")
		row("jane")(c)
		palette("set up")(c)
		c.see("Set up of jane")
		c.keys("tab", "tab", "y", "ctrl+s")
		yes()(c)
		see("user agreements", "let the user sign, or activate without agreements")(c)
	})
	t.Run("a cluster that lets nobody manage tokens", func(t *testing.T) {
		s := startArvados(t, arvadostest.Options{NoTrustedTokens: true})
		c := s.open(look{})
		c.keys("3")
		c.see("IssueTrustedTokens")
		c.keys("n")
		c.see("New token")
		c.keys("ctrl+s")
		see("Action prohibited by IssueTrustedTokens configuration", "this cluster lets nobody manage tokens")(c)
	})
	t.Run("a cluster that limits the life of tokens", func(t *testing.T) {
		s := startArvados(t, arvadostest.Options{MaxTokenLife: day})
		c := s.open(look{})
		c.keys("3", "n")
		c.see("New token")
		c.keys("tab", "ctrl+u", "0", "ctrl+s")
		see("it expires 2026-11-23")(c)
	})
}

func TestArvadosLacks(t *testing.T) {
	s := startArvados(t, arvadostest.Options{})
	c := s.open(look{})
	c.keys("5")
	see("ask for it with arv log list")(c)
	s.lacks(c, map[string]string{
		"disable group": "Groups cannot be switched off and on", "invite user": "There are no invitations", "disable user": "Users are deactivated or unset up here",
		"set password (user)": "The cluster has no passwords of its own", "end sessions (user)": "Sessions are tokens here", "new role": "Roles are groups here",
		"change own password": "The cluster has no passwords of its own", "remove user": "A user belongs to nothing but groups",
	})
}

func TestArvadosFilledWithWhatADisplayMustSurvive(t *testing.T) {
	s := startArvados(t, arvadostest.Options{})
	s.fake.Fill(1, 120)
	s.tour("1", "2", "3", "4")
}

func TestArvadosGolden(t *testing.T) {
	s := startArvados(t, arvadostest.Options{})
	s.fake.Fill(1, 24)
	s.golden("arvados", s.now, map[string][]string{
		"1": {"▸", "Users 27"}, "2": {"▸  admin"}, "3": {"Tokens 7", "▸"}, "4": {"Access 80", "▸"}, "5": {"arv log list"},
	})
}
