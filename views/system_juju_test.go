package views_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/juju"
	"gatehouse/apiclient/juju/jujutest"
)

// controller is a Juju controller.
type controller struct {
	site
	fake *jujutest.Server
}

// jujuWrites are the calls that change something.
var jujuWrites = map[string]bool{
	"AddUser": true, "RemoveUser": true, "EnableUser": true, "DisableUser": true, "SetPassword": true, "ResetPassword": true,
	"ModifyControllerAccess": true, "ModifyModelAccess": true, "POST": true,
}

func startJuju(t *testing.T, o jujutest.Options) controller {
	t.Helper()
	if o.Release == "" {
		o.Release = "3.6.14"
	}
	o.Password = adminPassword
	f, err := jujutest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return controller{fake: f, site: site{
		t: t, driver: juju.Driver(), url: f.URL, reach: map[string]string{juju.OptionCA: f.CA}, identity: "juju · " + jujutest.Owner,
		credential: credentialOf("password", jujutest.Owner, adminPassword),
		forget:     f.Forget,
		requests: func() []request {
			var out []request
			for _, r := range f.Requests() {
				method, line := "GET", fmt.Sprintf("%s(%d).%s %s", r.Type, r.Version, r.Request, r.Params)
				if jujuWrites[r.Request] {
					method = "POST"
				}
				out = append(out, request{method, line})
			}
			return out
		},
	}}
}

func TestJujuOperations(t *testing.T) {
	s := startJuju(t, jujutest.Options{})
	prod := s.fake.AddModel("prod", jujutest.Owner)
	s.fake.AddUser("boss", userPassword, "superuser")
	s.fake.AddUser("kim", userPassword, "login")
	c := s.open(look{})
	const other = "velvet-anchor-glacier-2"
	onUser := func(call, name string) string {
		return fmt.Sprintf(`UserManager(3).%s {"entities":[{"tag":"user-%s"}]}`, call, name)
	}
	onModel := func(name, action, access string) string {
		return fmt.Sprintf(`ModelManager(10).ModifyModelAccess {"changes":[{"user-tag":"user-%s","action":"%s","access":"%s","model-tag":"model-%s"}]}`, name, action, access, prod)
	}
	onController := func(name, action, access string) string {
		return fmt.Sprintf(`Controller(12).ModifyControllerAccess {"changes":[{"user-tag":"user-%s","action":"%s","access":"%s"}]}`, name, action, access)
	}
	ops := []operation{
		{
			name: "create a user who gets a registration string", verb: apiclient.UserCreate, from: "2",
			do: []act{
				press("n"), see("New user on site", "Without a password the answer holds a registration string"),
				press("jon", "tab", "Jon Doe", "ctrl+s"), see("Registration string  jon", "characters", "juju register", "user jon was created"), gone("New user on site"), without("MDUTA", "MEIT", "MEQT", "MEUT"),
				press("s"), see("hidden again in"), press("s", "c", "esc"), closed, see("▸  jon", "Jon Doe"),
			},
			sent: []string{`UserManager(3).AddUser {"users":[{"username":"jon","display-name":"Jon Doe"}]}`},
			read: []string{`UserManager(3).UserInfo {"entities":[],"include-disabled":true}`},
		},
		{
			name: "create a user with a password and access to models", verb: apiclient.UserCreate, from: "2",
			do: []act{
				press("n"), see("New user on site"),
				press("lee", "tab", "tab", other, "tab", other, "tab", "admin/stage", "tab", "w", "ctrl+s"), see("names no model that you can see"),
				press("ctrl+u", "admin/prod", "ctrl+s"), see("lee has write on admin/prod", "▸  lee"), closed,
			},
			sent: []string{
				`UserManager(3).AddUser {"users":[{"username":"lee","display-name":"","password":"` + other + `"}]}`,
				onModel("lee", "grant", "write"),
			},
		},
		{
			name: "create a user who cannot be", verb: apiclient.UserCreate, from: "2",
			do: []act{
				press("n"), see("New user on site"), press("j_n", "tab", "tab", "short", "tab", "short", "ctrl+s"), see("at least two of", "at least 8"),
				press("ctrl+u", "jon", "tab", "tab", "ctrl+u", "tab", "ctrl+u", "ctrl+s"), see("There is a user jon already"), press("esc", "esc"), closed,
			},
		},
		{
			name: "disable a user", verb: apiclient.UserDisable, from: "2",
			do:   []act{row("jon"), press("x"), see("Disable user jon on site", "Press y to disable"), press("y"), see("user jon is disabled"), closed, row("jon ○ disabled")},
			sent: []string{onUser("DisableUser", "jon")},
		},
		{
			name: "a user who is disabled has no new string", verb: apiclient.UserReset, from: "2",
			do: []act{row("jon"), press("N"), see("cannot be done: jon is disabled", "Enable the user first"), press("y", "esc"), closed},
		},
		{
			name: "enable a user", verb: apiclient.UserEnable, from: "2",
			do: []act{
				row("jon"), press("X"), see("Enable user jon on site", "The access that the user had comes back", "Press y to enable"),
				press("y"), see("user jon is enabled"), closed, row("jon login ● enabled"),
			},
			sent: []string{onUser("EnableUser", "jon")},
		},
		{
			name: "disable and enable several in one call", verb: apiclient.UserDisable, from: "2",
			do: []act{
				row("kim"), press("space", "space"), see("✓ kim", "✓ lee"), press("x"), yes("Disable 2 users on site", "kim", "lee"), see("2 of 2"),
				press("esc"), closed, row("lee ○ disabled"), row("kim ○ disabled"), press("space", "space", "X"), yes("Enable 2 users"), see("2 of 2"), press("esc"), closed, row("lee login ● enabled"),
			},
			sent: []string{
				`UserManager(3).DisableUser {"entities":[{"tag":"user-kim"},{"tag":"user-lee"}]}`,
				`UserManager(3).EnableUser {"entities":[{"tag":"user-kim"},{"tag":"user-lee"}]}`,
			},
		},
		{
			name: "set the password of somebody else", verb: apiclient.UserSetPassword, from: "2",
			do: []act{
				row("kim"), press("p"), see("Set password of kim on site"), press("        ", "tab", "        ", "ctrl+s"), see("must not be blank"),
				press("ctrl+u", other, "tab", "ctrl+u", other+"x", "ctrl+s"), see("the two differ"), press("tab", "ctrl+u", other, "ctrl+s"), see("the password of kim is set"), closed,
			},
			sent: []string{`UserManager(3).SetPassword {"changes":[{"tag":"user-kim","password":"` + other + `"}]}`},
		},
		{
			name: "make a new registration string", verb: apiclient.UserReset, from: "2",
			do: []act{
				row("kim"), press("N"), see("Make a new registration string for kim on site", "stop working at once", "Press y to make it"),
				press("y"), see("Registration string  kim", "characters"), press("c", "esc"), closed,
			},
			sent: []string{onUser("ResetPassword", "kim")},
		},
		{
			name: "one's own string is not made", verb: apiclient.UserReset, from: "2",
			do: []act{row("admin"), press("N"), see("Controllers never reset the one who asks"), press("y", "esc"), closed},
		},
		{
			name: "give access to a model", verb: apiclient.GrantAdd, from: "4",
			do: []act{
				press("n"), see("Add access on site"), press("kim", "tab", "admin/prod", "tab", "l", "ctrl+s"), see("on a model must be one of read, write, admin"),
				press("a", "ctrl+s"), see("kim has admin on admin/prod"), closed, row("kim admin admin/prod"),
			},
			sent: []string{onModel("kim", "grant", "admin")},
		},
		{
			name: "give access to somebody from outside", verb: apiclient.GrantAdd, from: "4",
			do: []act{
				press("n"), see("Add access on site"), press("ann@external", "tab", "controller", "tab", "l", "ctrl+s"),
				see("ann@external has login on site"), closed, row("ann@external login site controller"),
			},
			sent: []string{onController("ann@external", "grant", "login")},
		},
		{
			name: "give access to nobody", verb: apiclient.GrantAdd, from: "4",
			do: []act{
				press("n"), see("Add access on site"), press("nobody", "tab", "admin/prod", "tab", "r", "ctrl+s"), yes("There is no user nobody on this controller"),
				see(`user "nobody" not found`), press("esc", "esc", "esc"), closed,
			},
			sent: []string{onModel("nobody", "grant", "read")},
		},
		{
			name: "lower access to a model", verb: apiclient.GrantUpdate, from: "4",
			do: []act{
				row("kim admin admin/prod"), press("e"), see("Change access", "< admin >"), press("s", "ctrl+s"), see("on a model must be one of"),
				press("r", "ctrl+s"), see("kim has read on admin/prod"), closed, row("kim read admin/prod"),
			},
			sent: []string{onModel("kim", "revoke", "write")},
		},
		{
			name: "raise access to the controller", verb: apiclient.GrantUpdate, from: "4",
			do:   []act{row("kim login site"), press("e"), see("< login >"), press("s", "ctrl+s"), see("kim has superuser on site"), closed, row("kim superuser site")},
			sent: []string{onController("kim", "grant", "superuser")},
		},
		{
			name: "take access to a model away", verb: apiclient.GrantRemove, from: "4",
			do: []act{
				row("kim read admin/prod"), press("d"), see("Remove access of kim to admin/prod on site", "Press y to remove"),
				press("y"), see("kim has no access on admin/prod"), closed,
			},
			sent: []string{onModel("kim", "revoke", "read")},
		},
		{
			name: "take access to the controller away", verb: apiclient.GrantRemove, from: "4",
			do:   []act{row("kim superuser site"), press("d"), yes("kim can no longer log in, to no model either"), see("kim has no access on site"), closed},
			sent: []string{onController("kim", "revoke", "login")},
		},
		{
			name: "take one's own access to the controller away", verb: apiclient.GrantRemove, from: "4",
			do: []act{row("admin superuser site"), press("d"), see("cannot be done", "lock yourself out"), press("y", "esc"), closed},
		},
		{
			name: "who has access to a model, and to what somebody has access", from: "1",
			do: []act{
				row("admin/prod"), press("enter"), see("admin/prod › users", "ON THE MODEL", "lee", "write"), row("lee"), press("enter"), see("lee › access"), row("lee write admin/prod"),
				press("0"), see("site › models"),
			},
			read: []string{`UserManager(3).ModelUserInfo {"entities":[{"tag":"model-` + prod + `"}]}`},
		},
		{
			name: "remove a user", verb: apiclient.UserRemove, from: "2",
			do: []act{
				row("jon"), press("d"), see("Remove user jon on site", "irreversible", "The name jon may stay taken", "Type jon to go on"),
				press("j", "enter"), see("that is not jon"), press("on", "enter"), see("user jon is gone for good", "Users 5"), closed,
			},
			sent: []string{onUser("RemoveUser", "jon")},
		},
		{
			name: "remove oneself", verb: apiclient.UserRemove, from: "2",
			do: []act{row("admin"), press("d"), see("cannot be done", "lock yourself out"), press("admin", "enter", "esc"), closed},
		},
		{
			name: "set one's own password", verb: apiclient.SessionSetPassword, from: "2",
			do: []act{
				row("admin"), press("p"), see("Change own password on site"), press("short", "tab", "short", "ctrl+s"), see("at least 8"),
				press("ctrl+u", other, "tab", "ctrl+u", other, "ctrl+s"), see("the password of admin is set"), closed, press("ctrl+r"), row("admin superuser"),
			},
			sent: []string{`UserManager(3).SetPassword {"changes":[{"tag":"user-admin","password":"` + other + `"}]}`},
		},
		{
			// What a controller knows of a login is the connection: nothing is sent.
			name: "sign out", verb: apiclient.SessionSignOut,
			do: []act{
				palette("sign out"), yes("Sign out on site", "the controller keeps no session that could end"),
				see("Sign in to site", "password forgotten here"), without("boss", "kim"),
				press("admin", "tab", adminPassword, "enter"), see("invalid entity name or password"), press("ctrl+u", other, "enter"), see("juju · admin", "Users 5"), closed,
			},
		},
	}
	s.try(c, ops)
	s.everyVerb(ops)
}

// TestJujuRefusals tries what only the controller knows, as another superuser.
func TestJujuRefusals(t *testing.T) {
	for _, release := range []string{"2.9.43", "3.6.14", "4.0.12"} {
		t.Run(release, func(t *testing.T) {
			s := startJuju(t, jujutest.Options{Release: release})
			s.fake.AddUser("boss", userPassword, "superuser")
			s.fake.AddUser("kim", userPassword, "login")
			s.credential, s.identity = credentialOf("password", "boss", userPassword), "juju · boss"
			c := s.open(look{})
			var disable operation
			if disable = (operation{
				name: "disable the owner", from: "2",
				do: []act{
					row("admin"), press("x"), yes("Disable user admin"), see("cannot disable controller model owner", "disable user admin"), press("esc"), closed,
				},
				sent: []string{`UserManager(3).DisableUser {"entities":[{"tag":"user-admin"}]}`},
			}); release == "4.0.12" { // which can do without
				disable.do = []act{row("admin"), press("x"), yes("Disable user admin"), see("user admin is disabled"), closed, row("admin ○ disabled")}
			}
			s.try(c, []operation{
				disable,
				{
					name: "remove the owner", from: "2",
					do: []act{
						row("admin"), press("d"), see("Remove user admin"), press("admin", "enter"), see(`cannot delete controller owner "admin"`, "remove user admin"), press("esc"), closed,
					},
					sent: []string{`UserManager(3).RemoveUser {"entities":[{"tag":"user-admin"}]}`},
				},
				{
					name: "an operator has blocked changes", from: "2",
					do: []act{
						func(*console) {
							s.fake.Break(func(r jujutest.Request) jujutest.Fault {
								if jujuWrites[r.Request] {
									return jujutest.Fault{Error: &jujutest.Error{Code: "operation is blocked", Message: "changes are blocked: ASK"}}
								}
								return jujutest.Fault{}
							})
						},
						row("kim"), press("p"), see("Set password of kim"), press(userPassword, "tab", userPassword, "ctrl+s"), see("changes are blocked"), without(userPassword),
						press("esc", "esc"), closed,
						func(*console) { s.fake.Break(nil) },
					},
					sent: []string{`UserManager(3).SetPassword {"changes":[{"tag":"user-kim","password":"` + userPassword + `"}]}`},
				},
			})
		})
	}
}

func TestJujuLacks(t *testing.T) {
	s := startJuju(t, jujutest.Options{})
	c := s.open(look{})
	c.keys("3")
	c.see("A controller keeps no list of logins")
	c.keys("5")
	c.see("audit.log on its machines")
	c.keys("1")
	c.see("admin/controller")
	c.keys("n")
	c.see("models are made and destroyed with the juju client")
	s.lacks(c, map[string]string{
		"new model": "models are made and destroyed with the juju client", "disable model": "models cannot be switched off",
		"invite user": "creating a user without a password makes a registration string", "revoke pasted login": "a registration string becomes worthless",
		"expire all tokens (user)": "a controller keeps no list of logins", "delete user": "users are removed here", "reassign ownership (user)": "cannot be passed on",
		"new level": "levels of access are fixed here", "edit user": "changes neither a user's name",
	})
}

func TestJujuForWhoIsNoSuperuser(t *testing.T) {
	s := startJuju(t, jujutest.Options{})
	s.fake.AddModel("prod", jujutest.Owner)
	s.fake.AddUser("kim", userPassword, "login")
	s.credential, s.identity = credentialOf("password", "kim", userPassword), "juju · kim"
	c := s.open(look{})
	c.see("no models yet")
	c.keys("2")
	c.see("▸  kim")
	without("boss", "superuser")(c)
	for _, key := range []string{"x", "d", "N", "n"} {
		c.keys(key)
		c.see("only a superuser of the controller can do this")
	}
	s.sent()
	c.keys("p")
	c.see("Change own password on site")
	c.keys("velvet-anchor-glacier-2", "tab", "velvet-anchor-glacier-2", "ctrl+s")
	c.see("the password of kim is set")
	c.closed()
}

func TestJujuSignIn(t *testing.T) {
	s := startJuju(t, jujutest.Options{})
	c := s.unsigned(look{})
	c.see("User name", "Password")
	c.keys("ann@external", "tab", "x", "enter")
	c.see("has no password here")
	c.keys("ctrl+u", "admin", "tab", "ctrl+u", "wrong password", "enter")
	c.see("Sign in to site", "invalid entity name or password")
	without("wrong password")(c)
	c.keys("ctrl+u", adminPassword, "enter")
	c.see("juju · admin", "admin/controller")
	c.closed()

	t.Run("with what the juju client keeps", func(t *testing.T) {
		c := s.unsigned(look{})
		c.keys("ctrl+t")
		c.see("Macaroons")
		c.keys("admin", "tab", "[[]]", "enter")
		c.see("Sign in to site", "✗")
		c.keys("ctrl+u", s.fake.Macaroons("admin"), "enter")
		c.see("juju · admin", "admin/controller")
	})
	t.Run("while the controller is upgraded", func(t *testing.T) {
		s.fake.Upgrade(true)
		defer s.fake.Upgrade(false)
		c := s.unsigned(look{})
		c.keys("admin", "tab", adminPassword, "enter")
		c.see("login failed - maintenance in progress")
	})
	t.Run("with a registration string", func(t *testing.T) {
		made := s.set(apiclient.UserCreate, apiclient.Ref{}, text("user_name", "jon"))
		c := s.unsigned(look{})
		c.keys("ctrl+t")
		c.see("Macaroons")
		c.keys("ctrl+t")
		c.see("Choose a password", "Registration string")
		c.keys("MD4TA2ppbT", "tab", userPassword, "tab", userPassword, "ctrl+s")
		c.see("Choose a password", "✗")
		s.forget()
		c.keys("shift+tab", "shift+tab", "ctrl+u", made.Reveals[0].Secret.Reveal(), "ctrl+s")
		c.see("juju · jon", "the password of jon is set; 0 models to see")
		s.registered("jon")
	})
}

// registered demands that a password was chosen, and that it went out sealed.
func (s controller) registered(user string) {
	s.t.Helper()
	sent := s.changes()
	if len(sent) != 1 || !strings.HasPrefix(sent[0], `(0).POST {"user":"user-`+user+`","nonce":"`) || strings.Contains(sent[0], userPassword) {
		s.t.Errorf("sent was\n%s", strings.Join(sent, "\n"))
	}
}

func TestJujuSessionThatEnds(t *testing.T) {
	s := startJuju(t, jujutest.Options{})
	s.fake.AddUser("kim", userPassword, "login")
	c := s.open(look{})
	c.keys("2")
	row("kim")(c)
	c.keys("space")
	c.see("▸✓ kim")
	// Somebody sets another password, and then the connection breaks.
	const other = "velvet-anchor-glacier-2"
	s.set(apiclient.UserSetPassword, at(apiclient.KindUser, "admin"), text("password", other))
	var cut atomic.Bool
	s.fake.Break(func(r jujutest.Request) jujutest.Fault {
		return jujutest.Fault{Drop: r.Type != "Admin" && !cut.Swap(true)}
	})
	c.keys("ctrl+r")
	c.see("Sign in to site", "Sign in again", "invalid entity name or password", "admin")
	c.keys("tab", other, "enter")
	c.gone("Sign in to")
	c.see("site › users", "▸✓ kim")
	s.forget()

	var late atomic.Bool
	s.fake.Break(func(r jujutest.Request) jujutest.Fault {
		if r.Request == "DisableUser" && !late.Swap(true) {
			return jujutest.Fault{Error: &jujutest.Error{Code: "login expired", Message: "login expired"}}
		}
		return jujutest.Fault{}
	})
	c.keys("x")
	c.see("Disable user kim", "Press y")
	c.keys("y")
	c.see("Sign in to site", "login expired")
	c.keys("tab", other, "enter")
	c.see("user kim is disabled")
	row("kim ○ disabled")(c)
	s.sent(`UserManager(3).DisableUser {"entities":[{"tag":"user-kim"}]}`, `UserManager(3).DisableUser {"entities":[{"tag":"user-kim"}]}`)
}

func TestJujuFilledWithWhatADisplayMustSurvive(t *testing.T) {
	s := startJuju(t, jujutest.Options{})
	s.fake.Fill(1, jujutest.Counts{Users: 120, Models: 25}, userPassword)
	s.tour("1", "2", "4")
}

func TestJujuGolden(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	s := startJuju(t, jujutest.Options{Now: func() time.Time { return now }})
	s.fake.Fill(1, jujutest.Counts{Users: 24, Models: 9}, userPassword)
	s.golden("juju", now, map[string][]string{
		"1": {"Models 10", "Users 25"}, "2": {"▸  admin"}, "3": {"keeps no list of logins"}, "4": {"Access 93"}, "5": {"audit.log"},
	})
}
