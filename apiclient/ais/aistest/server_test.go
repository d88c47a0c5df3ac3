package aistest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// ask makes one request and gives status, media type and body; -1 is a
// connection that closed without an answer.
func ask(t *testing.T, s *Server, method, path, token, body string) (int, string, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
	if errors.Is(err, io.EOF) {
		return -1, "", ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(text)
}

// TestTranscripts follows what was seen of a real server, request by request.
func TestTranscripts(t *testing.T) {
	s := New(Options{})
	t.Cleanup(s.Close)
	admin := "Bearer " + s.Mint(AdminUser, time.Hour)
	user := "" // alice's token, made on the way
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		has                       string // in the body; "-" is an empty body
	}{
		{"POST", "/v1/users/admin", "", `{"password":"nope"}`, 401, `{"tcode":"ErrFailedTo","message":"AuthN: failed to generate token for admin, err: invalid credentials","method":"POST","url_path":"/v1/users/admin"`},
		{"POST", "/v1/users/ghost", "", `{"password":"nope"}`, 401, `failed to generate token for ghost, err: invalid credentials`},
		{"POST", "/v1/users/admin", "", `{"password":""}`, 401, `{"message":"empty password"`},
		{"POST", "/v1/users/admin", "", `{"password":"` + AdminPassword + `","expires_in":7862400000000000}`, 400, `cannot exceed configured max token age: 2160h0m`},
		{"POST", "/v1/users/admin", "", `{"password":"` + AdminPassword + `","expires_in":-1}`, 400, `must be 0 or >= 1m`},
		{"POST", "/v1/users/admin", "", `{"password":"` + AdminPassword + `","expires_in":"5h"}`, 400, `failed to unmarshal [*authn.LoginMsg]`},
		{"POST", "/v1/users/admin", "", `{"password":"` + AdminPassword + `","expires_in":1.5}`, 400, AdminPassword[len(AdminPassword)-4:]},
		{"POST", "/v1/users/admin/extra", "", `{"password":"` + AdminPassword + `"}`, 200, `{"token":"ey`},
		{"GET", "/v1/users", "", "", 401, `{"message":"token required"`},
		{"GET", "/v1/users", strings.Replace(admin, "Bearer", "bearer", 1), "", 401, `token required`},
		{"GET", "/v1/users", admin, "", 200, `{"admin":{"id":"admin","roles":[{"name":"Admin","desc":"AuthN administrator","clusters":null,"buckets":null,"admin":true}]}}`},
		{"POST", "/v1/roles", admin, `{"name":"readers","desc":"d","clusters":[{"id":"","perm":"831"},{"id":"c2","perm":"3"}]}`, 200, "-"},
		{"POST", "/v1/roles", admin, `{"name":"num","clusters":[{"id":"","perm":831}]}`, 400, `unmarshal`},
		{"POST", "/v1/roles", admin, `{"name":"word","clusters":[{"id":"","perm":"ro"}]}`, 400, `unmarshal`},
		{"POST", "/v1/roles", admin, `{"name":"root","admin":true}`, 403, ``},
		{"POST", "/v1/users", admin, `{"id":"alice","pass":"alicepw","roles":[{"name":"readers"},{"name":"unknown"}]}`, 200, "-"},
		{"GET", "/v1/users/alice", admin, "", 200, `{"id":"alice","roles":[{"name":"readers"`},
		{"POST", "/v1/users", admin, `{"id":"alice","pass":"other"}`, 409, `{"tcode":"ErrFailedTo","message":"AuthN: failed to add user alice, err: AuthN: user alice already exists"`},
		{"POST", "/v1/users", admin, `{"id":"bob","password":"bobpw"}`, 400, `invalid credentials`},
		{"POST", "/v1/users", admin, `{"id":"bob","pass":"bobpw","roles":["readers"]}`, 400, `unmarshal`},
		{"POST", "/v1/users", admin, `{"id":"bob","pass":"` + strings.Repeat("x", 73) + `"}`, -1, ""},
		{"GET", "/v1/users/bob", admin, "", 404, `{"tcode":"ErrNotFound","message":"user \"bob\" does not exist"`},
		{"POST", "/v1/users", admin, `{"id":"a.b","pass":"x"}`, 400, `less than 32`},
		{"POST", "/v1/users", admin, `{"id":"` + strings.Repeat("a", 32) + `","pass":"x"}`, 200, "-"},
		{"PUT", "/v1/users/alice", admin, `{"password":"new"}`, 200, "-"}, // and nothing has changed
		{"POST", "/v1/users/alice", "", `{"password":"alicepw"}`, 200, `{"token":"`},
		{"PUT", "/v1/users/alice", "", `{"pass":`, 400, `unmarshal`}, // before the token is looked at
		{"GET", "/v1/users", "alice", "", 401, `not authorized: requires admin (user alice, token expires in `},
		{"GET", "/v1/users/admin", "alice", "", 401, `not authorized: requires admin or self`},
		{"PUT", "/v1/users/alice", "alice", `{"roles":[{"name":"Admin"}]}`, 401, `requires admin (user alice`},
		{"PUT", "/v1/users/alice", "alice", `{"pass":"newpw"}`, 200, "-"},
		{"GET", "/v1/users/alice", "alice", "", 200, `"id":"alice"`}, // the old token lives on
		{"PUT", "/v1/users/alice", admin, `{"roles":[{"name":"none-x"}]}`, 200, "-"},
		{"GET", "/v1/users/alice", admin, "", 200, `{"id":"alice","roles":[]}`},
		{"DELETE", "/v1/users/admin", admin, "", 403, ``},
		{"PUT", "/v1/users/admin", admin, `{"roles":[{"name":"readers"}]}`, 403, ``},
		{"DELETE", "/v1/users/alice%2Fx", admin, "", 200, "-"}, // takes alice
		{"GET", "/v1/users/alice", "alice", "", 404, `does not exist`},
		{"GET", "/v1/users/alice", admin, "", 404, ``},
		{"PUT", "/v1/roles/readers", admin, `{"desc":"","clusters":[{"id":"c2","perm":"1"},{"id":"c3","perm":"2"}]}`, 200, "-"},
		{"GET", "/v1/roles/readers", "", "", 200, `{"name":"readers","desc":"d","clusters":[{"id":"","perm":"831"},{"id":"c2","perm":"1"},{"id":"c3","perm":"2"}],"buckets":null,"admin":false}`},
		{"PUT", "/v1/roles/Admin", admin, `{"desc":"x"}`, 403, ``},
		{"GET", "/v1/clusters", "", "", 200, `{}`},
		{"POST", "/v1/clusters", admin, `{"id":"Abc123XyZ","alias":"prod"}`, 200, "-"},
		{"GET", "/v1/clusters/", "", "", 200, `{"clusters":{"Abc123XyZ":{"id":"Abc123XyZ","alias":"prod"}}}`},
		{"GET", "/v1/clusters/prod", "", "", 200, `{"clusters":{"Abc123XyZ":`},
		{"GET", "/v1/roles/ClusterOwner-prod", "", "", 200, `{"name":"ClusterOwner-prod","desc":"Admin access to Abc123XyZ[prod]","clusters":[{"id":"Abc123XyZ","alias":"prod","perm":"18446744073709551615"}],"buckets":null,"admin":false}`},
		{"POST", "/v1/clusters", admin, `{"id":"Zzz","alias":"prod"}`, 409, `AuthN: failed to add cluster Zzz, err: cluster Zzz[Abc123XyZ] already registered`},
		{"GET", "/v1/clusters/nope", admin, "", 404, `{"tcode":"ErrNotFound","message":"AuthN: cluster nope does not exist"`},
		{"PUT", "/v1/clusters/prod", admin, `{"id":"Abc123XyZ"}`, 404, ``},
		{"PUT", "/v1/clusters/Abc123XyZ", admin, `{"alias":"live"}`, 400, ``},
		{"DELETE", "/v1/clusters/prod", admin, "", 200, "-"},
		{"GET", "/v1/roles/Guest-prod", "", "", 200, `"perm":"771"`},
		{"DELETE", "/v1/tokens", "", ``, 400, ``},
		{"DELETE", "/v1/tokens", "", `{}`, 400, `empty token`},
		{"DELETE", "/v1/tokens", "", `{"token":"garbage"}`, 401, `{"tcode":"wrapErrors","message":"invalid token [err: token is malformed: token contains an invalid number of segments]"`},
		{"DELETE", "/v1/tokens", "", `{"token":"` + s.Mint("x", -time.Hour) + `"}`, 401, `invalid token [err: token expired]`},
		{"GET", "/v1/tokens", admin, "", 405, "Method Not Allowed"},
		{"HEAD", "/v1/users", admin, "", 405, "-"},
		{"OPTIONS", "/v1/users", "", "", 200, "-"},
		{"GET", "/v1//users", admin, "", 307, ""},
		{"GET", "/v1/health", "", "", 404, "404 page not found"},
		{"GET", "/", "", "", 404, ""},
		{"GET", "/.well-known/openid-configuration", "", "", 200, `"issuer":"` + s.URL + `"`},
		{"GET", "/.well-known/jwks.json", "", "", 400, `JWKS not available for current signing method`},
		{"GET", "/v1/daemon", admin, "", 200, `"expiration_time":"24h0m"`},
		{"PUT", "/v1/daemon", admin, `{}`, 400, ``},
		{"PUT", "/v1/daemon", admin, `{"auth":{"expiration_time":"30s"}}`, 400, ``},
		{"PUT", "/v1/daemon", admin, `{"auth":{"secret":"another"}}`, 200, "-"},
		{"GET", "/v1/users", admin, "", 401, `not authorized (invalid token: token signature is invalid`},
	} {
		token := c.token
		if token == "alice" {
			token = user
		}
		status, kind, body := ask(t, s, c.method, c.path, token, c.body)
		if status != c.status || !strings.Contains(body, strings.TrimPrefix(c.has, "-")) || c.has == "-" && body != "" {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, status, body)
		}
		if c.has == "-" && status == 200 && kind != "" {
			t.Errorf("%s %s: an empty answer is of the kind %s", c.method, c.path, kind)
		}
		if c.path == "/v1/users/alice" && c.method == "POST" && status == 200 {
			var in struct{ Token string }
			if err := json.Unmarshal([]byte(body), &in); err != nil {
				t.Fatal(err)
			}
			user = "Bearer " + in.Token
		}
	}
}

func TestRevokedTokensAreQuoted(t *testing.T) {
	s := New(Options{})
	t.Cleanup(s.Close)
	token := s.Mint(AdminUser, time.Hour)
	for range 2 { // again is fine
		if status, _, body := ask(t, s, "DELETE", "/v1/tokens", "", `{"token":"`+token+`"}`); status != 200 || body != "" {
			t.Errorf("revoking gave %d %s", status, body)
		}
	}
	_, _, body := ask(t, s, "GET", "/v1/users/admin", "Bearer "+token, "")
	if !strings.Contains(body, `not authorized (invalid token: token revoked): \"`+token) {
		t.Errorf("it says %s", body)
	}
}

func TestErrorsCanHoldAnyBytes(t *testing.T) {
	s := New(Options{})
	t.Cleanup(s.Close)
	_, _, body := ask(t, s, "POST", "/v1/users/admin", "", "{\"password\":\"p\xff\xfe\",")
	if utf8.ValidString(body) || !strings.Contains(body, "unmarshal") {
		t.Errorf("it says %q", body)
	}
}

func TestTokensOfOneSecondAreEqual(t *testing.T) {
	now := time.Unix(1_795_308_847, 0)
	s := New(Options{Now: func() time.Time { return now }})
	t.Cleanup(s.Close)
	first := s.Mint(AdminUser, time.Hour)
	if s.Mint(AdminUser, time.Hour) != first {
		t.Error("two tokens of one second differ")
	}
	now = now.Add(time.Second)
	if s.Mint(AdminUser, time.Hour) == first {
		t.Error("two tokens of two seconds are equal")
	}
}

func TestFillIsTheSameForTheSameSeed(t *testing.T) {
	made := func(seed uint64) string {
		s := New(Options{})
		t.Cleanup(s.Close)
		s.Fill(seed, Size{Clusters: 8, Roles: 20, Users: 60})
		text, err := json.Marshal([]any{s.clusters, s.roles, len(s.users)})
		if err != nil {
			t.Fatal(err)
		}
		for name, u := range s.users {
			for _, r := range u.roles {
				if s.roles[r] == nil {
					t.Errorf("%s has no such role: %s", name, r)
				}
			}
		}
		return string(text)
	}
	first := made(1)
	if made(1) != first || made(2) == first {
		t.Error("the seed does not decide")
	}
	if !strings.Contains(first, `\u001b`) {
		t.Error("no text is hostile")
	}
}
