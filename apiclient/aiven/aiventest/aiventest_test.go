package aiventest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// clock is a clock that is moved by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func start(t *testing.T) (*Server, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	s, err := New(Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, c
}

// ask makes a request and reads the answer.
func ask(t *testing.T, s *Server, token, method, path, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if len(text) > 0 {
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	return a.StatusCode, v
}

func TestStatuses(t *testing.T) {
	s, _ := start(t)
	const own = "aivenv1 " + PersonalToken
	for name, c := range map[string]struct {
		token, method, path, body string
		want                      int
	}{
		"a wrong password is forbidden":       {"", "POST", "/v1/userauth", `{"email":"jane@example.com","password":"x"}`, 403},
		"a second factor is wanted":           {"", "POST", "/v1/userauth", `{"email":"otto@example.com","password":"second-factor-please"}`, 510},
		"and given":                           {"", "POST", "/v1/userauth", `{"email":"otto@example.com","password":"second-factor-please","otp":"482913"}`, 200},
		"no token":                            {"", "GET", "/v1/me", "", 401},
		"a dead token":                        {"aivenv1 abc", "GET", "/v1/me", "", 401},
		"another scheme":                      {"Basic abc", "GET", "/v1/me", "", 401},
		"its own scheme":                      {own, "GET", "/v1/me", "", 200},
		"the usual scheme":                    {"Bearer " + PersonalToken, "GET", "/v1/me", "", 200},
		"an age of null":                      {own, "POST", "/v1/access_token", `{"description":"x","max_age_seconds":null}`, 400},
		"an age too short":                    {own, "POST", "/v1/access_token", `{"description":"x","max_age_seconds":60}`, 400},
		"no description":                      {own, "POST", "/v1/access_token", `{}`, 400},
		"a slash that is not escaped":         {own, "DELETE", "/v1/access_token/+/XCJ3b9WywI", "", 404},
		"another one's organization":          {own, "GET", "/v1/organization/org0", "", 404},
		"a prefix, escaped":                   {own, "PUT", "/v1/access_token/%2B%2FXCJ3b9WywI", `{"description":"y"}`, 200},
		"a route that does not exist":         {own, "GET", "/v2/me", "", 404},
		"a body that is no object":            {own, "PATCH", "/v1/me", `[]`, 400},
		"an application user's on a member's": {own, "GET", "/v1/organization/" + s.orgs[0].id + "/application-users/" + s.users[0].id, "", 400},
	} {
		if got, body := ask(t, s, c.token, c.method, c.path, c.body); got != c.want {
			t.Errorf("%s: %d %v", name, got, body)
		}
	}
	if got, _ := ask(t, s, own, "DELETE", "/v1/access_token/"+strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(PersonalToken, "+", "%2B"), "/", "%2F"), "=", "%3D"), ""); got != 200 {
		t.Errorf("the whole token in the path gave %d", got)
	}
	if got, _ := ask(t, s, own, "GET", "/v1/me", ""); got != 401 {
		t.Errorf("it is still alive: %d", got)
	}
}

func TestTokensLiveAsLongAsTheySay(t *testing.T) {
	s, c := start(t)
	const own = "aivenv1 " + PersonalToken
	mint := func(body string) string {
		_, made := ask(t, s, own, "POST", "/v1/access_token", body)
		token, _ := made["full_token"].(string)
		return "aivenv1 " + token
	}
	used := mint(`{"description":"used","max_age_seconds":600,"extend_when_used":true}`)
	idle := mint(`{"description":"idle","max_age_seconds":600}`)
	for range 3 {
		c.at = c.at.Add(5 * time.Minute)
		if got, _ := ask(t, s, used, "GET", "/v1/me", ""); got != 200 {
			t.Fatalf("what is used died: %d", got)
		}
	}
	if got, _ := ask(t, s, idle, "GET", "/v1/me", ""); got != 401 {
		t.Errorf("what is idle lives: %d", got)
	}
	_, list := ask(t, s, own, "GET", "/v1/access_token", "")
	if tokens, _ := list["tokens"].([]any); len(tokens) != 2 {
		t.Errorf("the list is %v", list)
	}
	if got, _ := ask(t, s, own, "POST", "/v1/me/expire_tokens", ""); got != 200 {
		t.Errorf("expiring gave %d", got)
	}
	if got, _ := ask(t, s, used, "GET", "/v1/me", ""); got != 401 {
		t.Errorf("after expiring all it is still alive: %d", got)
	}
}

// TestSameSeedSameData makes demonstrations repeatable.
func TestSameSeedSameData(t *testing.T) {
	var names [2]string
	for i := range names {
		s, _ := start(t)
		s.Fill(Sample{Seed: 9, Organizations: 3, Users: 200, Applications: 20, Tokens: 500})
		var b strings.Builder
		for _, u := range s.users {
			b.WriteString(u.id + u.email + u.name + u.state)
			for _, token := range u.tokens {
				b.WriteString(token.prefix)
			}
		}
		names[i] = b.String()
		if !strings.Contains(names[i], "\x1b]52") {
			t.Error("no text is hostile")
		}
	}
	if names[0] != names[1] {
		t.Error("the same seed made other data")
	}
}
