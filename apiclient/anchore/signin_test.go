package anchore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/anchore"
	"gatehouse/apiclient/anchore/anchoretest"
	"gatehouse/apiclient/secret"
)

func TestTheInterfaceIsFoundByAsking(t *testing.T) {
	for _, c := range []struct {
		o      anchoretest.Options
		suffix string
		want   []string // before the credential goes anywhere
		system string
	}{
		{enterprise, "", []string{"GET /v2/", "GET /v2/version"}, "Anchore Enterprise 5.21.0"},
		{enterprise, "/v2/", []string{"GET /v2/", "GET /v2/version"}, "Anchore Enterprise 5.21.0"},
		{engine, "", []string{"GET /v2/", "GET /v1/", "GET /v1/version"}, "Anchore Engine 1.1.0"},
		{engine, "/v1", []string{"GET /v1/", "GET /v1/version"}, "Anchore Engine 1.1.0"},
		{anchoretest.Options{V1: true, V2: true}, "/", []string{"GET /v2/", "GET /v2/version"}, "Anchore Enterprise 5.21.0"},
		{anchoretest.Options{V1: true, V2: true}, "/v1", []string{"GET /v1/", "GET /v1/version"}, "Anchore Engine 1.1.0"},
	} {
		s := start(t, c.o)
		s.url += c.suffix
		b := s.admin()
		if got := b.Info().System; got != c.system {
			t.Errorf("%q is %q", c.suffix, got)
		}
		var open []string
		for _, r := range s.fake.Requests() {
			if r.User != "" {
				break
			}
			open = append(open, r.String())
		}
		if !slices.Equal(open, c.want) {
			t.Errorf("%q asked %q", c.suffix, open)
		}
	}
}

func TestWhatIsNoAnchoreIsToldApart(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		words  string
		asked  int
	}{
		"a portal": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hello</html>")) }, "neither /v2/ nor /v1/", 2},
		"something else": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`"v9"`))
		}, "something else", 2},
		"a gateway": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, "not found", 2},
		"a failure": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "internal server error", 1},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		}, "elsewhere.example", 1},
	} {
		asked := 0
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked++; r.Header.Get("Authorization") != "" {
				t.Errorf("%s got the credential", name)
			}
			c.answer(w, r)
		}))
		_, err := anchore.Driver().SignIn(t.Context(), apiclient.Target{URL: other.URL}, "password", password("admin", userPassword))
		other.Close()
		if err == nil || !strings.Contains(err.Error(), c.words) || asked != c.asked {
			t.Errorf("%s: %v after %d requests", name, err, asked)
		}
	}
}

func TestSigningInWithEachKindOfCredential(t *testing.T) {
	s := start(t, anchoretest.Options{V2: true, OAuth: true})
	admin := s.admin()
	jane := s.user(admin)
	_, key := s.key(admin, jane)
	b, err := s.signIn("api-key", apiclient.Values{"api_key": {Secret: key}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if id, err := b.WhoAmI(t.Context()); err != nil || id.User.Key() != jane || id.Admin || id.Method != "api-key" {
		t.Errorf("%+v, %v", id, err)
	}
	if rs := s.fake.Requests(); rs[len(rs)-1].User != "_api_key" {
		t.Errorf("it signed in as %s", rs[len(rs)-1].User)
	}
	bearer, err := s.signIn("token", apiclient.Values{"token": {Secret: s.bearer("admin", anchoretest.AdminPassword)}})
	if err != nil {
		t.Fatal(err)
	}
	defer bearer.Close()
	if id, err := bearer.WhoAmI(t.Context()); err != nil || id.Name != "admin" || !id.Admin {
		t.Errorf("%+v, %v", id, err)
	}
	// A token does not depend on the password: nothing is to be swapped.
	if o := s.do(bearer, apiclient.SessionSetPassword, apiclient.Ref{}, apiclient.Values{"password": fresh()}); o.Credential != nil {
		t.Errorf("%+v", o)
	}
}

// bearer asks for a token as a client of OAuth does.
func (s *system) bearer(user, word string) apiclient.Secret {
	s.t.Helper()
	form := url.Values{"grant_type": {"password"}, "client_id": {"anonymous"}, "username": {user}, "password": {word}}
	resp, err := http.PostForm(s.fake.URL+"/v2/oauth/token", form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var token struct {
		Access apiclient.Secret `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil || token.Access.IsZero() {
		s.t.Fatalf("%s, %v", resp.Status, err)
	}
	return token.Access
}

func TestWhoIsNotLetIn(t *testing.T) {
	s := start(t, engine)
	admin := s.admin()
	off := s.user(admin)
	s.do(admin, apiclient.AccountDisable, apiclient.Ref{Kind: apiclient.KindAccount, Path: apiclient.NewPath(off.Path.Part(0))}, nil)
	for _, c := range []struct {
		method string
		with   apiclient.Values
		words  string
		cause  error
	}{
		{"password", password("admin", "wrong-password"), "Unauthorized", apiclient.ErrDenied},
		{"password", password("nobody", "wrong-password"), "Unauthorized", apiclient.ErrDenied},
		{"password", password(off.Name(), userPassword), "not enabled", apiclient.ErrDenied},
		{"password", password("a:b", userPassword), "colon", apiclient.ErrInvalid},
		{"password", password("", userPassword), "is required", apiclient.ErrInvalid},
		{"api-key", apiclient.Values{"api_key": {Secret: secret.New("some-key")}}, "no API keys", apiclient.ErrUnsupported},
		{"token", apiclient.Values{"token": {Secret: secret.New("some-key")}}, "no OAuth token", apiclient.ErrInvalid},
		{"card", nil, "no way to sign in", apiclient.ErrUnsupported},
	} {
		s.fake.Forget()
		_, err := s.driver.SignIn(t.Context(), s.target(), c.method, c.with)
		if !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s %v: %v", c.method, c.with, err)
		}
		with := 0
		for _, r := range s.fake.Requests() {
			if r.User != "" {
				with++
			}
		}
		if with > 1 {
			t.Errorf("%s %v: tried %d times", c.method, c.with, with)
		}
	}
}

func TestStoredCredentialsMayLeaveTheMethodOut(t *testing.T) {
	s := start(t, enterprise)
	_, key := s.key(s.admin(), s.user(s.admin()))
	for _, c := range []struct {
		user   string
		secret apiclient.Secret
		method string
	}{{"admin", secret.New(anchoretest.AdminPassword), "password"}, {"", key, "api-key"}} {
		target := s.target()
		target.User = c.user
		b, err := s.driver.Open(t.Context(), target, apiclient.Credential{Secret: c.secret})
		if err != nil {
			t.Fatal(err)
		}
		id, err := b.WhoAmI(t.Context())
		if err != nil || id.Method != c.method {
			t.Errorf("%+v, %v", id, err)
		}
		b.Close()
	}
}

func TestWhatOtherToolsHoldIsFound(t *testing.T) {
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".anchore"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(home, ".anchore", "credentials.yaml")
	write := func(text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	sources := anchore.Driver().Methods[0].Found
	read := func(i int, env map[string]string) (apiclient.Target, apiclient.Credential, error) {
		return sources[i].Read(func(k string) (string, bool) { v, ok := env[k]; return v, ok })
	}
	env := map[string]string{
		"HOME": home, "ANCHORE_CLI_URL": "https://a.example:8228/v1", "ANCHORE_CLI_USER": "kim", "ANCHORE_CLI_PASS": userPassword,
		"ANCHORECTL_USERNAME": "lee", "ANCHORECTL_PASSWORD": newPassword,
	}
	for i, want := range []struct{ url, user, word string }{
		{"https://f.example", "jane", "123456"}, {"https://a.example:8228/v1", "kim", userPassword}, {"http://localhost:8228", "lee", newPassword},
	} {
		write("default:\n  ANCHORE_CLI_URL: https://f.example/\n  ANCHORE_CLI_USER: jane\n  ANCHORE_CLI_PASS: 123456\n", 0o600)
		to, c, err := read(i, env)
		if err != nil || to.URL != want.url || to.User != want.user || c.User != want.user || c.Secret.Reveal() != want.word || c.Method != "password" {
			t.Errorf("%s: %+v %+v, %v", sources[i].Name, to, c, err)
		}
		if _, _, err := read(i, map[string]string{"HOME": t.TempDir()}); !errors.Is(err, apiclient.ErrNotFound) {
			t.Errorf("%s, where there is nothing: %v", sources[i].Name, err)
		}
	}
	write("default: {ANCHORE_CLI_USER: jane, ANCHORE_CLI_PASS: "+userPassword+"}\n", 0o644)
	if _, _, err := read(0, env); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that all can read: %v", err)
	}
	write("default: ["+userPassword, 0o600)
	if _, _, err := read(0, env); err == nil || strings.Contains(err.Error(), userPassword) {
		t.Errorf("a broken file: %v", err)
	}
	write("- a\n", 0o600)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(0, env); err == nil {
		t.Error("a list was taken for credentials")
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Error("reading changed the file")
	}
}

func TestOnesOwnNewPasswordIsGoneOnWith(t *testing.T) {
	for _, o := range []anchoretest.Options{engine, enterprise} {
		for name, op := range map[string]apiclient.Op{
			"own":   {Verb: apiclient.SessionSetPassword},
			"named": {Verb: apiclient.UserSetPassword, On: apiclient.Ref{Kind: apiclient.KindUser, Path: apiclient.NewPath("admin", "admin")}},
		} {
			s := start(t, o)
			b := s.admin()
			op.With = apiclient.Values{"password": fresh()}
			s.fake.Forget()
			before := s.clock.Now()
			out := b.Do(t.Context(), op)
			if out.End != apiclient.Done || out.Credential == nil || out.Credential.Secret.Reveal() != newPassword || out.Credential.User != "admin" {
				t.Fatalf("%s: %+v %+v", name, out, out.Failure)
			}
			if took := s.clock.Now().Sub(before); took < 4*time.Second || took > 6*time.Second {
				t.Errorf("%s: the new password counted after %s", name, took)
			}
			if n := len(s.all()); n > 8 {
				t.Errorf("%s: it took %d requests", name, n)
			}
			if id, err := b.WhoAmI(t.Context()); err != nil || id.Name != "admin" {
				t.Errorf("%s: afterwards %v", name, err)
			}
			if next, err := s.driver.Open(t.Context(), s.target(), *out.Credential); err != nil {
				t.Errorf("%s: the credential of the outcome: %v", name, err)
			} else {
				next.Close()
			}
		}
	}
}

// While the old password is remembered for some requests and forgotten for
// others, nobody is signed out.
func TestNothingIsRefusedWhileOnesPasswordChanges(t *testing.T) {
	s := start(t, enterprise)
	var b apiclient.Backend
	asked := 0
	s.driver = anchore.DriverWaiting(func(ctx context.Context, d time.Duration) error {
		s.clock.Advance(d)
		if _, err := b.WhoAmI(ctx); err != nil {
			t.Errorf("in between: %v", err)
		}
		asked++
		return ctx.Err()
	})
	b = s.admin()
	s.do(b, apiclient.SessionSetPassword, apiclient.Ref{}, apiclient.Values{"password": fresh()})
	if asked == 0 {
		t.Error("nothing was asked in between")
	}
}

func TestANewPasswordThatNeverCountsIsNotTriedForEver(t *testing.T) {
	s := start(t, engine)
	s.driver = anchore.DriverWaiting(func(ctx context.Context, _ time.Duration) error { return ctx.Err() }) // the clock stands still
	b := s.admin()
	s.fake.Forget()
	o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{"password": fresh()}})
	if o.End != apiclient.Done || o.Credential == nil || !strings.Contains(o.Words, "does not take it yet") || len(s.all()) != 8 {
		t.Errorf("it ended as %+v after %q", o, s.all())
	}
}

// Without any role one may do little more than ask who one is.
func TestWhoMaySeeNothingSeesHimself(t *testing.T) {
	s := set(t, enterprise)
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; p == "/v2/account" || strings.HasPrefix(p, "/v2/accounts") || strings.HasPrefix(p, "/v2/rbac-manager/roles") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"message":"Not authorized. Requires permissions: domain=acme@1 action=getAccount target=*"}`))
			return
		}
		s.fake.ServeHTTP(w, r)
	}))
	defer between.Close()
	s.url = between.URL
	b := s.as("jane-1", userPassword)
	if id, err := b.WhoAmI(t.Context()); err != nil || id.User.Key() != s.jane || id.Account.Name() != "acme@1" || id.Admin {
		t.Errorf("%+v, %v", id, err)
	}
	users, err := b.Users(t.Context(), apiclient.Query{})
	if err != nil || len(users.Rows) != 1 || users.Rows[0].Ref != s.jane {
		t.Errorf("users %+v, %v", users, err)
	}
	keys, err := b.Tokens(t.Context(), apiclient.Query{})
	if err != nil || len(keys.Rows) != 1 || keys.Rows[0].Ref.Key() != s.ci.Key() {
		t.Errorf("keys %+v, %v", keys, err)
	}
	grants, err := b.Grants(t.Context(), apiclient.Query{Scope: s.jane})
	if err != nil || len(grants.Rows) != 1 {
		t.Errorf("grants %+v, %v", grants, err)
	}
	if _, err := b.Accounts(t.Context(), apiclient.Query{}); !errors.Is(err, apiclient.ErrDenied) {
		t.Errorf("accounts: %v", err)
	}
}
