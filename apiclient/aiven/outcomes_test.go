package aiven_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/aiven/aiventest"
)

func TestTokensAreShownOnce(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	app := userNamed(t, b, "ci-runner")
	for name, with := range map[string]apiclient.Values{
		"own":           {"description": text("a"), "max_age": text("1h")},
		"application's": {"description": text("a"), "max_age": text("1h"), "user": text("CI-Runner")},
		"endless":       {"description": text("a"), "user": text(part(app.Ref, 1))},
	} {
		o := carried(t, b, apiclient.Op{Verb: apiclient.TokenCreate, With: with}).Outcomes[0]
		if len(o.Reveals) != 1 || len(o.Made) != 1 {
			t.Fatalf("%s: %+v", name, o)
		}
		r := o.Reveals[0]
		if !strings.HasPrefix(r.Secret.Reveal(), r.Handle) || r.Handle != o.Made[0].Name() || strings.Contains(r.Note, "not expire") != (name == "endless") {
			t.Errorf("%s: %+v", name, r)
		}
		v, err := b.Probe(t.Context(), r.Secret)
		if err != nil || v[0].Life != apiclient.Alive {
			t.Errorf("%s: the token is %+v, %v", name, v, err)
		}
		carried(t, b, apiclient.Op{Verb: apiclient.TokenRevoke, On: o.Made[0]})
		if v, err = b.Probe(t.Context(), r.Secret); err != nil || v[0].Life != apiclient.Dead {
			t.Errorf("%s: after the revoke it is %+v, %v", name, v, err)
		}
		again := b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenRevoke, On: o.Made[0]})
		if again.End != apiclient.Done || !again.Unchanged {
			t.Errorf("%s: revoking again ended as %+v", name, again)
		}
	}
}

// TestForeignTokenEndsItself has a token that nobody here can see revoked with
// nothing but itself, and never in a path.
func TestForeignTokenEndsItself(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	c, err := signIn(s, "password", apiclient.Values{"user": text("kim@example.com"), "password": hidden("kims-own-password")})
	if err != nil {
		t.Fatal(err)
	}
	op := apiclient.Op{Verb: apiclient.TokenRevokePasted, With: apiclient.Values{"token": {Secret: c.Secret}}}
	if said := facts(planned(t, b, op)); !strings.Contains(said, "used once") {
		t.Errorf("the plan says %q", said)
	}
	s.Forget()
	carried(t, b, op)
	last := s.Requests()[len(s.Requests())-1]
	if last.Method != "POST" || last.Path != "/v1/me/logout" || last.Authorization != "aivenv1 "+c.Secret.Reveal() {
		t.Errorf("it sent %+v", last)
	}
	if o := b.Do(t.Context(), op); o.End != apiclient.Done || !o.Unchanged {
		t.Errorf("again it ended as %+v", o)
	}
	if f, err := b.ReadBack(t.Context(), op); err != nil || f.End != apiclient.Done {
		t.Errorf("reading back found %+v, %v", f, err)
	}
	if id, err := b.WhoAmI(t.Context()); err != nil || id.Name != aiventest.AdminEmail {
		t.Errorf("the own session is %+v, %v", id, err)
	}
}

// TestYesThatChangedNothing is found out by what the answer holds.
func TestYesThatChangedNothing(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	s.Stick(aiventest.OTPEmail)
	op := apiclient.Op{Verb: apiclient.UserDeactivate, On: userNamed(t, b, aiventest.OTPEmail).Ref}
	if o := b.Do(t.Context(), op); o.End != apiclient.Refused || !strings.Contains(o.Words, "is active") {
		t.Errorf("it ended as %+v", o)
	}
	if f, err := b.ReadBack(t.Context(), op); err != nil || f.End != apiclient.Refused {
		t.Errorf("reading back found %+v, %v", f, err)
	}
}

// TestOwnTokensLast has what ends the own session wait for all others.
func TestOwnTokensLast(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	p := planned(t, b,
		apiclient.Op{Verb: apiclient.UserExpireTokens, On: userNamed(t, b, aiventest.AdminEmail).Ref},
		apiclient.Op{Verb: apiclient.UserExpireTokens, On: userNamed(t, b, aiventest.OTPEmail).Ref},
		apiclient.Op{Verb: apiclient.UserExpireTokens, On: userNamed(t, b, "ci-runner").Ref},
	)
	last := p.Steps[2]
	if last.On.Name() != aiventest.AdminEmail || !slices.Equal(last.After, []int{0, 1}) {
		t.Fatalf("the steps are %+v", p.Steps)
	}
	if r := apiclient.Run(t.Context(), b, p, apiclient.RunOptions{}).Wait(); !r.Good() {
		t.Errorf("it ended as %+v", r.Outcomes)
	}
	if _, err := b.WhoAmI(t.Context()); !errors.Is(err, apiclient.ErrSignedOut) {
		t.Errorf("still signed in: %v", err)
	}
}

// TestExpiringReportsItems tells of each token how it ended.
func TestExpiringReportsItems(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	app := userNamed(t, b, "ci-runner")
	for range 2 {
		carried(t, b, apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("more"), "user": {Text: app.Name, Ref: app.Ref}}})
	}
	o := carried(t, b, apiclient.Op{Verb: apiclient.UserExpireTokens, On: app.Ref}).Outcomes[0]
	if len(o.Items) != 3 || !strings.HasPrefix(o.Words, "3 of 3 tokens") {
		t.Errorf("it ended as %+v", o)
	}
	if left := tokensOf(t, b, app); len(left) > 0 {
		t.Errorf("left are %+v", left)
	}
	if o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserExpireTokens, On: app.Ref}); !o.End.Good() || !o.Unchanged {
		t.Errorf("again it ended as %+v", o)
	}
}

// TestRegisteringKeepsTheOwnCredential shows the new person's session, and goes
// on as before.
func TestRegisteringKeepsTheOwnCredential(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	op := apiclient.Op{Verb: apiclient.UserRegister, With: apiclient.Values{"email": text("own@example.com"), "real_name": text("O N")}}
	o := carried(t, b, op).Outcomes[0]
	if len(o.Reveals) != 1 || o.Credential != nil {
		t.Fatalf("it ended as %+v", o)
	}
	if id, err := b.WhoAmI(t.Context()); err != nil || id.Name != aiventest.AdminEmail {
		t.Errorf("it is %+v, %v", id, err)
	}
	theirs := opened(t, s.URL, apiclient.Credential{Secret: o.Reveals[0].Secret})
	if users := all(t, theirs.Users, apiclient.Query{}); len(users) != 1 || users[0].Name != "own@example.com" {
		t.Errorf("who is in no organization sees %+v", users)
	}
	if again := b.Do(t.Context(), op); again.End != apiclient.Refused || !errors.Is(again.Failure, apiclient.ErrConflict) {
		t.Errorf("again it ended as %+v", again)
	}
}

// TestRefusals shows the system's own words and what to do next.
func TestRefusals(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	otto, kim := userNamed(t, b, aiventest.OTPEmail), userNamed(t, b, "kim@example.com")
	root := all(t, b.Accounts, apiclient.Query{Search: "Example Corp"})[0]
	for name, c := range map[string]struct {
		op     apiclient.Op
		status int
		says   string
		next   string
	}{
		"removing a managed user":  {apiclient.Op{Verb: apiclient.UserRemove, On: otto.Ref}, http.StatusBadRequest, "Cannot remove managed users", "deactivate or delete"},
		"editing an unmanaged one": {apiclient.Op{Verb: apiclient.UserUpdate, On: kim.Ref, With: apiclient.Values{"city": text("x")}}, http.StatusForbidden, "not managed", "remove him"},
		"one of SCIM":              {apiclient.Op{Verb: apiclient.UserDeactivate, On: userNamed(t, b, aiventest.SSOEmail).Ref}, http.StatusForbidden, "through SCIM", "identity provider"},
		"what is not empty":        {apiclient.Op{Verb: apiclient.AccountDelete, On: root.Ref}, http.StatusConflict, "not empty", ""},
		"a member":                 {apiclient.Op{Verb: apiclient.UserInvite, With: apiclient.Values{"email": text(kim.Email)}}, http.StatusConflict, "already in the organization", ""},
		"unmanaged tokens":         {apiclient.Op{Verb: apiclient.UserReset, On: kim.Ref}, http.StatusForbidden, "not managed", "remove him"},
		"a token of a member": {apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x"), "user": {Text: otto.Name, Ref: otto.Ref}}},
			http.StatusBadRequest, "not an application user", ""},
	} {
		o := b.Do(t.Context(), c.op)
		if o.End != apiclient.Refused || o.Failure.Status != c.status || !strings.Contains(o.Failure.Message, c.says) || !strings.Contains(o.Failure.Next, c.next) {
			t.Errorf("%s ended as %+v %v", name, o.End, o.Failure)
		}
	}
}

// TestLostTokenIsAnOrphan finds a token whose secret was in an answer that got
// lost.
func TestLostTokenIsAnOrphan(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	op := apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("lost"), "max_age": text("12h"), "user": text("ci-runner")}}
	if f, err := b.ReadBack(t.Context(), op); err != nil || f.End != apiclient.Refused {
		t.Errorf("before it was sent: %+v, %v", f, err)
	}
	made := carried(t, b, op).Outcomes[0].Made
	if f, err := b.ReadBack(t.Context(), op); err != nil || len(f.Orphans) != 1 || f.Orphans[0] != made[0] {
		t.Errorf("afterwards: %+v, %v", f, err)
	}
}

func TestMissingVerbsSayWhy(t *testing.T) {
	d := aiven.Driver()
	for _, spec := range apiclient.Catalogue() {
		if _, has := d.Verb(spec.Verb); has == (d.Missing[spec.Verb] != "") {
			t.Errorf("%s: declared %v, missing %q", spec.Verb, has, d.Missing[spec.Verb])
		}
	}
}

// TestTitlesAreTheSystemsWords has a plan for many named as one for one is.
func TestTitlesAreTheSystemsWords(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	one := apiclient.Op{Verb: apiclient.UserReset, On: userNamed(t, b, aiventest.OTPEmail).Ref}
	two := apiclient.Op{Verb: apiclient.UserReset, On: userNamed(t, b, aiventest.SSOEmail).Ref}
	if title := planned(t, b, one).Title; title != "Reset the password of "+aiventest.OTPEmail {
		t.Errorf("one is called %q", title)
	}
	if title := planned(t, b, one, two).Title; title != "Reset password 2 users" {
		t.Errorf("two are called %q", title)
	}
}
