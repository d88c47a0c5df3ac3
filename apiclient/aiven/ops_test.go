package aiven_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven/aiventest"
	"gatehouse/apiclient/secret"
)

// part is one part of a ref's path.
func part(r apiclient.Ref, i int) string { return r.Path.Part(i) }

// tried is an op, and what it has to send.
type tried struct {
	op   apiclient.Op
	want []string
}

// operations are all verbs, by every route that they can take.
func operations(t *testing.T) map[string]func(apiclient.Backend) tried {
	org := func(b apiclient.Backend) string {
		return part(all(t, b.Accounts, apiclient.Query{Search: "Example Corp"})[0].Ref, 0)
	}
	pick := func(r apiclient.Ref) apiclient.Input { return apiclient.Input{Text: r.Name(), Ref: r} }
	return map[string]func(b apiclient.Backend) tried{
		"create an organization": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("New Org")}},
				[]string{`POST /v1/account {"account_name":"New Org"}`}}
		},
		"create a unit": func(b apiclient.Backend) tried {
			root := all(t, b.Accounts, apiclient.Query{Search: "Example Corp"})[0]
			return tried{apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("Lab"), "parent": text("example corp")}},
				[]string{`POST /v1/account {"account_name":"Lab","parent_account_id":"` + part(root.Ref, 1) + `"}`}}
		},
		"rename a unit": func(b apiclient.Backend) tried {
			unit := all(t, b.Accounts, apiclient.Query{Search: "Research"})[0]
			return tried{apiclient.Op{Verb: apiclient.AccountUpdate, On: unit.Ref, With: apiclient.Values{"name": text("R&D <1>")}},
				[]string{`PUT /v1/account/` + part(unit.Ref, 1) + ` {"account_name":"R&D <1>"}`}}
		},
		"delete a unit": func(b apiclient.Backend) tried {
			unit := all(t, b.Accounts, apiclient.Query{Search: "Research"})[0]
			return tried{apiclient.Op{Verb: apiclient.AccountDelete, On: unit.Ref}, []string{`DELETE /v1/account/` + part(unit.Ref, 1)}}
		},
		"create an application user": func(b apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("exporter"), "admin": text("yes")}},
				[]string{`POST /v1/organization/` + org(b) + `/application-users {"name":"exporter","is_super_admin":true}`}}
		},
		"invite": func(b apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.UserInvite, With: apiclient.Values{"email": text("a+b@example.com"), "account": text(org(b))}},
				[]string{`POST /v1/organization/` + org(b) + `/invitation {"user_email":"a+b@example.com"}`}}
		},
		"withdraw an invitation": func(b apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.UserRemove, On: userNamed(t, b, "new+comer@example.com").Ref},
				[]string{`DELETE /v1/organization/` + org(b) + `/invitation/new%2Bcomer%40example.com`}}
		},
		"register": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.UserRegister, With: apiclient.Values{"email": text("own@example.com"), "real_name": text("O N"), "password": hidden("pass-words-pass")}},
				[]string{`POST /v1/user {"email":"own@example.com","real_name":"O N","password":"pass-words-pass"}`}}
		},
		"edit a member": func(b apiclient.Backend) tried {
			u := userNamed(t, b, aiventest.OTPEmail)
			return tried{apiclient.Op{Verb: apiclient.UserUpdate, On: u.Ref, With: apiclient.Values{"job_title": text("Head"), "city": text(""), "admin": text("no")}},
				[]string{`PATCH /v1/organization/` + org(b) + `/user/` + part(u.Ref, 1) + ` {"city":"","job_title":"Head","is_super_admin":false}`}}
		},
		"edit an application user": func(b apiclient.Backend) tried {
			u := userNamed(t, b, "ci-runner")
			return tried{apiclient.Op{Verb: apiclient.UserUpdate, On: u.Ref, With: apiclient.Values{"admin": text("yes")}},
				[]string{`PATCH /v1/organization/` + org(b) + `/application-users/` + part(u.Ref, 1) + ` {"name":"ci-runner","is_super_admin":true}`}}
		},
		"edit oneself": func(b apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.UserUpdate, On: userNamed(t, b, aiventest.AdminEmail).Ref, With: apiclient.Values{"city": text("Oslo")}},
				[]string{`PATCH /v1/me {"real_name":"Jane Doe","city":"Oslo"}`}}
		},
		"deactivate": func(b apiclient.Backend) tried {
			u := userNamed(t, b, aiventest.OTPEmail)
			return tried{apiclient.Op{Verb: apiclient.UserDeactivate, On: u.Ref}, []string{`PATCH /v1/organization/` + org(b) + `/user/` + part(u.Ref, 1) + ` {"state":"deactivated"}`}}
		},
		"activate": func(b apiclient.Backend) tried {
			u := userNamed(t, b, aiventest.OTPEmail)
			return tried{apiclient.Op{Verb: apiclient.UserActivate, On: u.Ref}, []string{`PATCH /v1/organization/` + org(b) + `/user/` + part(u.Ref, 1) + ` {"state":"active"}`}}
		},
		"delete a managed user": func(b apiclient.Backend) tried {
			u := userNamed(t, b, aiventest.OTPEmail)
			return tried{apiclient.Op{Verb: apiclient.UserDelete, On: u.Ref}, []string{`PATCH /v1/organization/` + org(b) + `/user/` + part(u.Ref, 1) + ` {"state":"deleted"}`}}
		},
		"delete an application user": func(b apiclient.Backend) tried {
			u := userNamed(t, b, "ci-runner")
			return tried{apiclient.Op{Verb: apiclient.UserDelete, On: u.Ref}, []string{`DELETE /v1/organization/` + org(b) + `/application-users/` + part(u.Ref, 1)}}
		},
		"remove a member": func(b apiclient.Backend) tried {
			u := userNamed(t, b, "kim@example.com")
			return tried{apiclient.Op{Verb: apiclient.UserRemove, On: u.Ref}, []string{`DELETE /v1/organization/` + org(b) + `/user/` + part(u.Ref, 1)}}
		},
		"reset a password": func(b apiclient.Backend) tried {
			u := userNamed(t, b, aiventest.OTPEmail)
			return tried{apiclient.Op{Verb: apiclient.UserReset, On: u.Ref}, []string{`POST /v1/organization/` + org(b) + `/user/` + part(u.Ref, 1) + `/reset_password`}}
		},
		"expire one's own tokens": func(b apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.UserExpireTokens, On: userNamed(t, b, aiventest.AdminEmail).Ref}, []string{`POST /v1/me/expire_tokens`}}
		},
		"expire a member's tokens": func(b apiclient.Backend) tried {
			u := userNamed(t, b, aiventest.OTPEmail)
			return tried{apiclient.Op{Verb: apiclient.UserExpireTokens, On: u.Ref},
				[]string{`DELETE /v1/organization/` + org(b) + `/user/` + part(u.Ref, 1) + `/access-token/` + escaped(tokensOf(t, b, u)[0].Handle)}}
		},
		"create a token": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{
				"description": text("ci"), "max_age": text("1h"), "extend_when_used": text("yes"), "ip_allowlist": {List: []string{"192.0.2.0/24"}}, "scopes": {List: []string{"user:read"}},
			}}, []string{`POST /v1/access_token {"description":"ci","max_age_seconds":3600,"extend_when_used":true,"ip_allowlist":["192.0.2.0/24"],"scopes":["user:read"]}`}}
		},
		"create a token without an end": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("for ever"), "max_age": text("0"), "user": text(strings.ToUpper(aiventest.AdminEmail))}},
				[]string{`POST /v1/access_token {"description":"for ever"}`}}
		},
		"create a token of an application user": func(b apiclient.Backend) tried {
			u := userNamed(t, b, "ci-runner")
			return tried{apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "max_age": text("600"), "user": pick(u.Ref)}},
				[]string{`POST /v1/organization/` + org(b) + `/application-users/` + part(u.Ref, 1) + `/access-tokens {"description":"x","max_age_seconds":600}`}}
		},
		"describe a token": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.TokenUpdate, On: ownToken(), With: apiclient.Values{"description": text("weekly backup")}},
				[]string{`PUT /v1/access_token/%2B%2FXCJ3b9WywI {"description":"weekly backup"}`}}
		},
		"revoke a token": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.TokenRevoke, On: ownToken()}, []string{`DELETE /v1/access_token/%2B%2FXCJ3b9WywI`}}
		},
		"revoke a member's token": func(b apiclient.Backend) tried {
			u := userNamed(t, b, aiventest.OTPEmail)
			token := tokensOf(t, b, u)[0]
			return tried{apiclient.Op{Verb: apiclient.TokenRevoke, On: token.Ref},
				[]string{`DELETE /v1/organization/` + org(b) + `/user/` + part(u.Ref, 1) + `/access-token/` + escaped(token.Handle)}}
		},
		"revoke an application user's token": func(b apiclient.Backend) tried {
			u := userNamed(t, b, "ci-runner")
			token := tokensOf(t, b, u)[0]
			return tried{apiclient.Op{Verb: apiclient.TokenRevoke, On: token.Ref},
				[]string{`DELETE /v1/organization/` + org(b) + `/application-users/` + part(u.Ref, 1) + `/access-tokens/` + escaped(token.Handle)}}
		},
		"revoke a pasted token of one's own by its prefix": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.TokenRevoke, Secret: secret.New(" aivenv1 " + aiventest.PersonalToken + "\n")},
				[]string{`DELETE /v1/access_token/%2B%2FXCJ3b9WywI`}}
		},
		"sign out": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.SessionSignOut}, []string{`POST /v1/me/logout`}}
		},
		"sign out and keep the token": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.SessionSignOut, With: apiclient.Values{"token": text("forget")}}, nil}
		},
		"change the own password": func(apiclient.Backend) tried {
			return tried{apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{"old_password": hidden(aiventest.AdminPassword), "password": hidden(newPassword)}},
				[]string{`PUT /v1/me/password {"password":"` + aiventest.AdminPassword + `","new_password":"` + newPassword + `"}`}}
		},
	}
}

// TestExactRequests has every verb done and compares what it sent.
func TestExactRequests(t *testing.T) {
	for name, make := range operations(t) {
		t.Run(name, func(t *testing.T) {
			s := fake(t)
			b, c := signedIn(t, s.URL)
			try := make(b)
			s.Forget()
			carried(t, b, try.op)
			if got := writes(s); !slices.Equal(got, try.want) {
				t.Errorf("it sent\n%s\nwanted\n%s", strings.Join(got, "\n"), strings.Join(try.want, "\n"))
			}
			for _, r := range s.Requests() {
				anonymous := r.Path == "/v1/user"
				if !anonymous && !strings.HasPrefix(r.Authorization, "aivenv1 ") || anonymous && r.Authorization != "" {
					t.Errorf("%s %s went with the credential %q", r.Method, r.Path, r.Authorization)
				}
				if strings.Contains(r.Path+r.Query, escaped(c.Secret.Reveal()[:20])) {
					t.Errorf("the token stands in %s", r.Path)
				}
			}
		})
	}
}

// escaped is how a prefix has to stand in a path.
func escaped(s string) string {
	return strings.NewReplacer("/", "%2F", "+", "%2B", "=", "%3D").Replace(s)
}

func ownToken() apiclient.Ref {
	return apiclient.Ref{Context: contextName, Kind: apiclient.KindToken, Path: apiclient.NewPath(aiventest.PersonalToken[:12])}
}

// TestRefusalsBeforeSending has nothing sent that Aiven would mangle or refuse.
func TestRefusalsBeforeSending(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	otto, app := userNamed(t, b, aiventest.OTPEmail), userNamed(t, b, "ci-runner")
	s.Forget()
	for name, c := range map[string]struct {
		op    apiclient.Op
		field string
	}{
		"a life that is too short":      {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "max_age": text("60")}}, "max_age"},
		"a life that is too long":       {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "max_age": text("3651d")}}, "max_age"},
		"no description":                {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"max_age": text("1h")}}, "description"},
		"a long description":            {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text(strings.Repeat("ä", 1001))}}, "description"},
		"extending what never ends":     {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "extend_when_used": text("yes")}}, "extend_when_used"},
		"a scope that is none":          {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "scopes": {List: []string{"everything"}}}}, "scopes"},
		"another's token":               {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "user": {Text: otto.Name, Ref: otto.Ref}}}, "user"},
		"another's token, typed":        {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "user": text(otto.Name)}}, "user"},
		"a slash in an address":         {apiclient.Op{Verb: apiclient.UserInvite, With: apiclient.Values{"email": text("a/b@example.com")}}, "email"},
		"no address":                    {apiclient.Op{Verb: apiclient.UserInvite, With: apiclient.Values{"email": text("somebody")}}, "email"},
		"an unknown organization":       {apiclient.Op{Verb: apiclient.UserInvite, With: apiclient.Values{"email": text("a@example.com"), "account": text("Nowhere")}}, "account"},
		"a long organization":           {apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text(strings.Repeat("x", 84))}}, "name"},
		"an unknown parent":             {apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("x"), "parent": text("Nowhere")}}, "parent"},
		"a city of an application user": {apiclient.Op{Verb: apiclient.UserUpdate, On: app.Ref, With: apiclient.Values{"city": text("Rome")}}, "city"},
	} {
		_, err := b.Prepare(t.Context(), []apiclient.Op{c.op})
		var f *apiclient.Failure
		if !errors.As(err, &f) || !errors.Is(err, apiclient.ErrInvalid) || len(f.Fields) == 0 || f.Fields[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w := writes(s); len(w) > 0 {
		t.Errorf("it was sent: %v", w)
	}
}

// TestBlocks has plans that Aiven would refuse, or that shut the admin out, say
// what to do instead.
func TestBlocks(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	user := func(name string) apiclient.Ref { return userNamed(t, b, name).Ref }
	otto := userNamed(t, b, aiventest.OTPEmail)
	for name, c := range map[string]struct {
		ops  []apiclient.Op
		says string
	}{
		"removing a managed user":            {[]apiclient.Op{{Verb: apiclient.UserRemove, On: otto.Ref}}, "is managed by Example Corp"},
		"deleting an unmanaged user":         {[]apiclient.Op{{Verb: apiclient.UserDelete, On: user("kim@example.com")}}, "is not managed"},
		"removing an application user":       {[]apiclient.Op{{Verb: apiclient.UserRemove, On: user("ci-runner")}}, "Delete it instead"},
		"deactivating an application user":   {[]apiclient.Op{{Verb: apiclient.UserDeactivate, On: user("ci-runner")}}, "Revoke its tokens"},
		"activating who is invited":          {[]apiclient.Op{{Verb: apiclient.UserActivate, On: user("new+comer@example.com")}}, "has not accepted"},
		"oneself":                            {[]apiclient.Op{{Verb: apiclient.UserDeactivate, On: user(aiventest.AdminEmail)}}, "lock yourself out"},
		"both super admins":                  {[]apiclient.Op{{Verb: apiclient.UserDeactivate, On: otto.Ref}, {Verb: apiclient.UserDeactivate, On: user(aiventest.AdminEmail)}}, "no admin left"},
		"another's description":              {[]apiclient.Op{{Verb: apiclient.TokenUpdate, On: tokensOf(t, b, otto)[0].Ref, With: apiclient.Values{"description": text("x")}}}, "not your own"},
		"the organization that one lives in": {[]apiclient.Op{{Verb: apiclient.AccountDelete, On: all(t, b.Accounts, apiclient.Query{Search: "Example Corp"})[0].Ref}}, "your own organization"},
	} {
		p := planned(t, b, c.ops...)
		var said strings.Builder
		for _, block := range p.Blocks {
			said.WriteString(block.Text + " " + block.Next + "\n")
		}
		if !strings.Contains(said.String(), c.says) {
			t.Errorf("%s: the plan says %q", name, said.String())
		}
	}
}

// TestFacts has plans say what the admin cannot see.
func TestFacts(t *testing.T) {
	s := fake(t)
	b := opened(t, s.URL, apiclient.Credential{Method: "token", Secret: secret.New(aiventest.PersonalToken)})
	kim := userNamed(t, b, "kim@example.com")
	for name, c := range map[string]struct {
		op   apiclient.Op
		says string
	}{
		"signing out with a personal token": {apiclient.Op{Verb: apiclient.SessionSignOut}, "nightly backup"},
		"signing out without revoking":      {apiclient.Op{Verb: apiclient.SessionSignOut, With: apiclient.Values{"token": text("forget")}}, "lives on"},
		"removing":                          {apiclient.Op{Verb: apiclient.UserRemove, On: kim.Ref}, "keeps the account and its tokens"},
		"an unmanaged user":                 {apiclient.Op{Verb: apiclient.UserDeactivate, On: kim.Ref}, "probably refuse"},
		"tokens that cannot be read":        {apiclient.Op{Verb: apiclient.UserExpireTokens, On: kim.Ref}, "not known"},
		"a member's tokens":                 {apiclient.Op{Verb: apiclient.UserExpireTokens, On: userNamed(t, b, aiventest.OTPEmail).Ref}, "may not see stay alive"},
		"an application user's end":         {apiclient.Op{Verb: apiclient.UserDelete, On: userNamed(t, b, "ci-runner").Ref}, "die with it"},
		"one's own tokens":                  {apiclient.Op{Verb: apiclient.UserExpireTokens, On: userNamed(t, b, aiventest.AdminEmail).Ref}, "sign in again"},
		"a token without an end":            {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "max_age": text("0")}}, "never expires"},
		"the token in use":                  {apiclient.Op{Verb: apiclient.TokenRevoke, On: ownToken()}, "signed out"},
		"the own password":                  {apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{"old_password": hidden("x"), "password": hidden(newPassword)}}, "expire at once"},
	} {
		if said := facts(planned(t, b, c.op)); !strings.Contains(said, c.says) {
			t.Errorf("%s: the plan says %q", name, said)
		}
	}
}
