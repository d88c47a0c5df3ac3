package ais_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais"
	"gatehouse/apiclient/ais/aistest"
	"gatehouse/apiclient/secret"
)

func (s *site) signIn(method string, with apiclient.Values) (apiclient.Credential, error) {
	return ais.Driver().SignIn(s.t.Context(), s.target(), method, with)
}

func TestSignInWithAChosenLife(t *testing.T) {
	s := start(t, aistest.Options{})
	for life, want := range map[string]struct {
		body string
		span time.Duration
	}{
		"":    {`{"password":"` + aistest.AdminPassword + `"}`, 24 * hour},
		"0":   {`{"password":"` + aistest.AdminPassword + `","expires_in":0}`, 90 * 24 * hour},
		"1m":  {`{"password":"` + aistest.AdminPassword + `","expires_in":60000000000}`, time.Minute},
		"90d": {`{"password":"` + aistest.AdminPassword + `","expires_in":7776000000000000}`, 90 * 24 * hour},
	} {
		s.Forget()
		with := apiclient.Values{"user": text("admin"), "password": hidden(aistest.AdminPassword)}
		if life != "" {
			with["life"] = text(life)
		}
		began := time.Now()
		c, err := s.signIn("password", with)
		if err != nil {
			t.Fatal(err)
		}
		if off := c.Expires.Sub(began) - want.span; off < -5*time.Second || off > 5*time.Minute || c.User != "admin" || c.Method != "token" {
			t.Errorf("%q: the credential is %+v", life, c)
		}
		if got := s.Requests(); len(got) != 1 || got[0].Method+got[0].Path != "POST/v1/users/admin" || got[0].Body != want.body || got[0].Token != "" {
			t.Errorf("%q sent %+v", life, got)
		}
	}
}

func TestSignInRefusals(t *testing.T) {
	s := start(t, aistest.Options{})
	old := s.Mint("admin", time.Nanosecond)
	for name, c := range map[string]struct {
		method string
		with   apiclient.Values
		cause  error
		field  string
		calls  int
	}{
		"wrong password": {"password", apiclient.Values{"user": text("admin"), "password": hidden("nope-nope")}, apiclient.ErrDenied, "", 1},
		"unknown user":   {"password", apiclient.Values{"user": text("ghost"), "password": hidden("nope-nope")}, apiclient.ErrDenied, "", 1},
		"too long":       {"password", apiclient.Values{"user": text("admin"), "password": hidden(aistest.AdminPassword), "life": text("91d")}, apiclient.ErrInvalid, "life", 1},
		"too short":      {"password", apiclient.Values{"user": text("admin"), "password": hidden(aistest.AdminPassword), "life": text("59s")}, apiclient.ErrInvalid, "life", 0},
		"a mangled name": {"password", apiclient.Values{"user": text("admin/x"), "password": hidden(aistest.AdminPassword)}, apiclient.ErrInvalid, "user", 0},
		"no token":       {"token", apiclient.Values{"token": hidden("not-a-token")}, apiclient.ErrInvalid, "token", 0},
		"an old token":   {"token", apiclient.Values{"token": hidden(old)}, apiclient.ErrSignedOut, "", 1},
	} {
		s.Forget()
		_, err := s.signIn(c.method, c.with)
		f := apiclient.AsFailure("", err)
		if !errors.Is(err, c.cause) || len(s.Requests()) != c.calls || c.field != "" && (len(f.Fields) != 1 || f.Fields[0].Field != c.field) {
			t.Errorf("%s: %v %+v after %d requests", name, err, f.Fields, len(s.Requests()))
		}
		for _, secret := range []string{"nope-nope", old, aistest.AdminPassword} {
			if strings.Contains(fmt.Sprintf("%+v", *f), secret) {
				t.Errorf("%s: a secret shows", name)
			}
		}
	}
	if _, err := s.signIn("token", apiclient.Values{"token": hidden(" " + s.Mint("admin", hour) + "\n")}); err != nil {
		t.Errorf("a token with white space around it: %v", err)
	}
}

// TestBothMeaningsOf401 tells "sign in again" from "you may not".
func TestBothMeaningsOf401(t *testing.T) {
	clock := time.Now()
	s := start(t, aistest.Options{Now: func() time.Time { return clock }})
	admin := s.admin()
	user := s.user(admin)
	b := s.as(user.Name())
	id, err := b.WhoAmI(t.Context())
	if err != nil || id.Admin || id.Name != user.Name() {
		t.Fatalf("%+v, %v", id, err)
	}
	if _, err := b.Read(t.Context(), on(apiclient.KindUser, "admin")); !errors.Is(err, apiclient.ErrDenied) || errors.Is(err, apiclient.ErrSignedOut) {
		t.Errorf("what a user may not see gives %v", err)
	}
	page, err := b.Users(t.Context(), apiclient.Query{})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Name != user.Name() {
		t.Errorf("a user sees %+v, %v", page.Rows, err)
	}
	clock = clock.Add(2 * hour)
	s.Forget()
	for range 3 {
		if _, err := b.WhoAmI(t.Context()); !errors.Is(err, apiclient.ErrSignedOut) {
			t.Errorf("an expired token gives %v", err)
		}
	}
	if n := len(s.Requests()); n != 3 {
		t.Errorf("three questions with an expired token made %d requests", n)
	}
}

func TestATokenOutlivesItsUser(t *testing.T) {
	s := start(t, aistest.Options{})
	b := s.admin()
	user := s.user(b, "Admin")
	theirs := s.as(user.Name())
	s.good(s.do(b, apiclient.Op{Verb: apiclient.UserDelete, On: user}))
	id, err := theirs.WhoAmI(t.Context())
	if err != nil || !id.Admin {
		t.Errorf("the token of a deleted user says %+v, %v", id, err)
	}
	if page, err := theirs.Users(t.Context(), apiclient.Query{}); err != nil || len(page.Rows) != 1 {
		t.Errorf("it lists %v, %v", page.Rows, err)
	}
}

func TestRevokeAPastedToken(t *testing.T) {
	clock := time.Now()
	s := start(t, aistest.Options{Now: func() time.Time { return clock }})
	strict, away := s.NewCluster("c1", aistest.Strict), s.NewCluster("c2", aistest.Strict)
	t.Cleanup(strict.Close)
	t.Cleanup(away.Close)
	b := s.admin()
	for _, c := range []*aistest.Cluster{strict, away} {
		with := apiclient.Values{"name": text(c.ID)}
		if c == strict {
			with["urls"] = apiclient.Input{List: []string{c.URL}}
		}
		s.good(s.do(b, apiclient.Op{Verb: apiclient.AccountCreate, With: with}))
	}
	user := s.user(b, "ClusterOwner-c1")
	token := s.Mint(user.Name(), hour)
	op := apiclient.Op{Verb: apiclient.TokenRevokePasted, With: apiclient.Values{"token": hidden(token + "\n")}}

	p := s.plan(b, op)
	tells(t, p, "it is of "+user.Name(), "It would expire at", "AuthN tells these clusters once", "c1", "Registered without an address: c2")
	if p.Danger != apiclient.Final || strings.Contains(fmt.Sprintf("%+v %s", p, p.Title), token) || !strings.HasPrefix(p.Title, "Revoke jwt-") {
		t.Errorf("the plan is %+v", p)
	}
	s.Forget()
	s.good(b.Do(t.Context(), p.Steps[0].Op))
	got := s.Requests()
	if len(got) != 1 || got[0] != (aistest.Request{Method: "DELETE", Path: "/v1/tokens", Body: `{"token":"` + token + `"}`}) {
		t.Errorf("it sent %+v", got)
	}
	f, err := b.ReadBack(t.Context(), op)
	if err != nil || f.End != apiclient.Done {
		t.Errorf("reading back found %+v, %v", f, err)
	}
	s.good(b.Do(t.Context(), op)) // again is fine

	old := s.Mint(user.Name(), 10*time.Minute)
	clock = clock.Add(11 * time.Minute)
	o := s.good(b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenRevokePasted, With: apiclient.Values{"token": hidden(old)}}))
	if !o.Unchanged || !strings.Contains(o.Words, "expired") {
		t.Errorf("an expired token ended as %+v", o)
	}
	foreign := start(t, aistest.Options{}).Mint("admin", hour)
	op = apiclient.Op{Verb: apiclient.TokenRevokePasted, With: apiclient.Values{"token": hidden(foreign)}}
	tells(t, s.plan(b, op), "the whole token is sent here all the same")
	o = b.Do(t.Context(), op)
	if o.End != apiclient.Refused || !errors.Is(o.Failure, apiclient.ErrInvalid) || errors.Is(o.Failure, apiclient.ErrSignedOut) {
		t.Errorf("a token of another server ended as %+v %+v", o, o.Failure)
	}
}

func TestSignOutRevokes(t *testing.T) {
	s := start(t, aistest.Options{})
	b := s.admin()
	id, err := b.WhoAmI(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := s.plan(b, apiclient.Op{Verb: apiclient.TokenRevoke, On: id.Token})
	tells(t, p, "you will be signed out")
	spec, _ := ais.Driver().Verb(apiclient.SessionSignOut)
	if !strings.Contains(spec.Says, "revoked on the server") || !strings.Contains(spec.Says, "stays as it is") {
		t.Errorf("signing out says %q", spec.Says)
	}
	s.Forget()
	s.good(s.do(b, apiclient.Op{Verb: apiclient.SessionSignOut}))
	if last := s.Requests()[len(s.Requests())-1]; last.Method != "DELETE" || last.Path != "/v1/tokens" || last.Token != "" {
		t.Errorf("the last request is %+v", last)
	}
	if _, err := b.WhoAmI(t.Context()); !errors.Is(err, apiclient.ErrSignedOut) {
		t.Errorf("after signing out: %v", err)
	}
}

func TestProbeTriesEveryClusterOfTheContext(t *testing.T) {
	s := start(t, aistest.Options{})
	made := map[string]*aistest.Cluster{}
	var urls []string
	b := s.admin()
	for id, mode := range map[string]aistest.Mode{"strict": aistest.Strict, "deaf": aistest.Deaf, "open": aistest.Open, "unlisted": aistest.Strict} {
		c := s.NewCluster(id, mode)
		t.Cleanup(c.Close)
		made[id] = c
		s.good(s.do(b, apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text(id), "urls": {List: []string{c.URL}}}}))
		if id != "unlisted" {
			urls = append(urls, c.URL+"/")
		}
	}
	to := s.target()
	to.Options = map[string]string{"clusters": strings.Join(append(urls, "http://127.0.0.1:1", "http://cluster.example:8080"), ", ")}
	b = s.open(to, s.Mint("admin", 2*hour))
	user := s.user(b, "ClusterOwner-strict", "Guest-deaf")
	token := secret.New(s.Mint(user.Name(), hour))

	lives := func() map[string]apiclient.Life {
		t.Helper()
		s.Forget()
		all, err := b.Probe(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]apiclient.Life{}
		for _, v := range all {
			out[v.Where] = v.Life
			if v.Words == "" || strings.Contains(v.Words, token.Reveal()) {
				t.Errorf("%s says %q", v.Where, v.Words)
			}
		}
		for _, r := range s.Requests() {
			if r.Method != "GET" {
				t.Errorf("probing wrote: %+v", r)
			}
		}
		return out
	}
	cluster := func(id string) string { return "cluster " + made[id].URL }
	want := map[string]apiclient.Life{
		s.URL: apiclient.Alive, cluster("strict"): apiclient.Alive, cluster("deaf"): apiclient.Alive, cluster("open"): apiclient.CannotSay,
		"cluster http://127.0.0.1:1": apiclient.CannotSay, "cluster http://cluster.example:8080": apiclient.CannotSay, "cluster unlisted": apiclient.CannotSay,
	}
	if got := lives(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("before: %v, not %v", got, want)
	}
	s.good(s.do(b, apiclient.Op{Verb: apiclient.TokenRevokePasted, With: apiclient.Values{"token": {Secret: token}}}))
	s.Settle()
	want[s.URL], want[cluster("strict")] = apiclient.Dead, apiclient.Dead // the deaf one goes on
	if got := lives(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("after: %v, not %v", got, want)
	}
	if n := len(made["unlisted"].Tried()) + len(made["open"].Tried()); n > 0 {
		t.Errorf("the token went %d times where it had no business", n)
	}
}

func TestProbeSendsNothingForeign(t *testing.T) {
	s := start(t, aistest.Options{})
	b := s.admin()
	for _, text := range []string{"garbage", start(t, aistest.Options{}).Mint("admin", hour)} {
		s.Forget()
		all, err := b.Probe(t.Context(), secret.New(text))
		if err != nil || len(all) != 1 || all[0].Life != apiclient.CannotSay || !strings.Contains(all[0].Words, "not sent") {
			t.Errorf("%+v, %v", all, err)
		}
		for _, r := range s.Requests() {
			if strings.Contains(r.Token+r.Body+r.Path, text) {
				t.Errorf("it was sent: %+v", r)
			}
		}
	}
}

func TestCredentialsOfTheOfficialToolAreFound(t *testing.T) {
	s := start(t, aistest.Options{})
	token := s.Mint("admin", hour)
	dir := t.TempDir()
	file := filepath.Join(dir, "my.token")
	if err := os.WriteFile(file, []byte(`{"token":"`+token+`"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad.token")
	if err := os.WriteFile(bad, []byte(`{"token":"canary-5f2d`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		source string
		env    map[string]string
		err    string
	}{
		"variable":     {"AIS_AUTHN_TOKEN", map[string]string{"AIS_AUTHN_TOKEN": token, "AIS_AUTHN_URL": s.URL}, ""},
		"file":         {"AIS_AUTHN_TOKEN_FILE", map[string]string{"AIS_AUTHN_TOKEN_FILE": file, "AIS_AUTHN_URL": s.URL}, ""},
		"broken file":  {"AIS_AUTHN_TOKEN_FILE", map[string]string{"AIS_AUTHN_TOKEN_FILE": bad}, "not of the form"},
		"no variable":  {"AIS_AUTHN_TOKEN", nil, apiclient.ErrNotFound.Error()},
		"empty":        {"AIS_AUTHN_TOKEN", map[string]string{"AIS_AUTHN_TOKEN": ""}, apiclient.ErrNotFound.Error()},
		"not a token":  {"AIS_AUTHN_TOKEN", map[string]string{"AIS_AUTHN_TOKEN": "canary-5f2d"}, "no token"},
		"missing file": {"AIS_AUTHN_TOKEN_FILE", map[string]string{"AIS_AUTHN_TOKEN_FILE": filepath.Join(dir, "none")}, "no such file"},
	} {
		for _, src := range ais.Driver().Methods[1].Found {
			if src.Name != c.source {
				continue
			}
			to, cred, err := src.Read(func(k string) (string, bool) { v, ok := c.env[k]; return v, ok })
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "canary") {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if err != nil || to.URL != s.URL || to.User != "admin" || cred.Method != "token" || cred.Secret.Reveal() != token {
				t.Errorf("%s: %+v %+v %v", name, to, cred, err)
			}
		}
	}
}

// TestWhatIsNotAtHandIsNotRevoked is about a token of which only the handle is
// known: the server takes nothing but the whole text.
func TestWhatIsNotAtHandIsNotRevoked(t *testing.T) {
	s := start(t, aistest.Options{})
	b := s.admin()
	s.Forget()
	op := apiclient.Op{Verb: apiclient.TokenRevoke, On: on(apiclient.KindToken, "jwt-0123456789ab")}
	if o := b.Do(t.Context(), op); o.End != apiclient.NotSent || !strings.Contains(o.Failure.Next, "paste") {
		t.Errorf("it ended as %+v %+v", o, o.Failure)
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests were made", n)
	}
	if f, err := b.ReadBack(t.Context(), op); err != nil || f.End != apiclient.Unknown {
		t.Errorf("reading back found %+v, %v", f, err)
	}
	if _, err := b.Prepare(t.Context(), []apiclient.Op{op}); !errors.Is(err, apiclient.ErrUnsupported) {
		t.Errorf("it can be planned: %v", err)
	}
}
