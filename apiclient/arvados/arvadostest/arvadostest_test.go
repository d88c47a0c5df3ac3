package arvadostest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// ask makes a request; form nil: without a body.
func ask(t *testing.T, s *Server, method, path, token string, form url.Values) (int, string, http.Header) {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/arvados/v1/"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text), resp.Header
}

func cluster(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestTwoStyles(t *testing.T) {
	s := cluster(t, Options{})
	s.AddVM("shell.example.com")
	_, controller, ch := ask(t, s, "GET", "users?limit=1&order=uuid", s.AdminToken, nil)
	_, rails, rh := ask(t, s, "GET", "virtual_machines", s.AdminToken, nil)
	if ch.Get("Content-Type") != "application/json" || rh.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%s, %s", ch.Get("Content-Type"), rh.Get("Content-Type"))
	}
	if strings.Contains(controller, "self_link") || !strings.Contains(rails, `"self_link":""`) || !strings.Contains(rails, `{"kind":"arvados#virtualMachine","etag":`) {
		t.Errorf("%s\n%s", controller, rails)
	}
	_, controller, _ = ask(t, s, "GET", "users/zzzzz-tpzed-doesnotexist000?x=<a>", s.AdminToken, nil)
	_, rails, _ = ask(t, s, "GET", "virtual_machines/zzzzz-2x53u-doesnotexist000", s.AdminToken, nil)
	if !strings.Contains(controller, `{"errors":["//railsapi.internal/arvados/v1/users/zzzzz-tpzed-doesnotexist000?x=\u003ca\u003e: 404 Not Found: Path not found (req-`) {
		t.Error(controller)
	}
	if !strings.Contains(rails, `"errors":["Path not found (req-`) || !strings.Contains(rails, `"error_token":"`) {
		t.Error(rails)
	}
}

func TestQuirks(t *testing.T) {
	s := cluster(t, Options{})
	jane := s.AddUser("jane", map[string]any{"is_active": false})
	janes := s.AddToken(jane)
	active := s.AddUser("kim", nil)
	tokens := "api_client_authorizations"
	own := s.AddToken(s.AdminUUID)
	wrap := func(key, text string) url.Values { return url.Values{key: {text}} }
	for _, c := range []struct {
		method, path, token string
		form                url.Values
		status              int
		words               string
	}{
		{"GET", "users", "", nil, 401, "Not logged in"},
		{"GET", "users", s.AdminToken + "x", nil, 401, "Not logged in"},
		{"GET", "users", s.AdminToken + "/some-container", nil, 200, ""},
		{"GET", "users", s.AdminToken[31:], nil, 200, ""},
		{"GET", "config", "", nil, 200, `"ClusterID":"zzzzz"`},
		{"GET", "users/", s.AdminToken, nil, 404, "API endpoint not found"},
		{"GET", "users//current", s.AdminToken, nil, 307, ""},
		{"GET", "nonsense", s.AdminToken, nil, 404, "Path not found"},
		{"GET", "users?limit=abc", s.AdminToken, nil, 500, "limit"},
		{"GET", "virtual_machines?limit=abc", s.AdminToken, nil, 422, "limit"},
		{"GET", "users?filters=[[", s.AdminToken, nil, 500, ""},
		{"GET", `users?filters=[["a","="]]`, s.AdminToken, nil, 500, "3 elements"},
		{"GET", `users?filters=[["full_name","=","x"]]`, s.AdminToken, nil, 422, "Invalid attribute"},
		{"GET", "users?order=no_such_column", s.AdminToken, nil, 200, ""},
		{"GET", `users?select=["is_invited"]`, s.AdminToken, nil, 422, "is_active"},
		{"GET", "users?count=all", s.AdminToken, nil, 422, "count"},
		{"POST", "users/" + jane + "/setup", s.AdminToken, url.Values{}, 404, ""},
		{"POST", "users/unsetup", s.AdminToken, url.Values{}, 405, ""},
		{"POST", "users/zzzzz-tpzed-doesnotexist000/activate", s.AdminToken, url.Values{}, 422, ""},
		{"POST", "users/" + s.RootUUID + "/unsetup", s.AdminToken, url.Values{}, 422, ""},
		{"POST", "users/" + active + "/unsetup", janes, url.Values{}, 403, ""},
		{"PUT", "users/" + active, s.AdminToken, wrap("user", `{"is_active":false}`), 422, "All users"},
		{"PUT", "users/" + active, s.AdminToken, wrap("user", `{"username":"admin"}`), 422, "taken"},
		{"PUT", "users/" + active, s.AdminToken, wrap("user", `{"full_name":"x"}`), 422, "unknown attribute"},
		{"PUT", "users/" + jane, s.AdminToken, wrap("user", `{"is_admin":true}`), 422, "cannot be inactive"},
		{"PUT", "users/" + active, s.AdminToken, wrap("user", `{"is_active"`), 500, ""},
		{"POST", "users", s.AdminToken, wrap("user", `{"username":"kim"}`), 200, `"username":"kim2"`},
		{"GET", tokens + "/" + own[3:30], janes, nil, 404, ""},
		{"GET", tokens + "/" + janes[3:30], s.AdminToken, nil, 404, ""},
		{"DELETE", tokens + "/" + janes[3:30], s.AdminToken, nil, 404, ""},
		{"PATCH", tokens + "/" + own[3:30], s.AdminToken, wrap("api_client_authorization", `{}`), 405, ""},
		{"PUT", tokens + "/" + own[3:30], s.AdminToken, wrap("api_client_authorization", `{"owner_uuid":"x"}`), 422, "unknown attribute"},
		{"PUT", tokens + "/" + own[3:30], s.AdminToken, wrap("api_client_authorization", `{"expires_at":"soon"}`), 200, `"expires_at":null`},
		{"POST", tokens, s.AdminToken, wrap("api_client_authorization", `{"owner_uuid":"zzzzz-tpzed-doesnotexist000"}`), 403, "Owner uuid"},
		{"POST", tokens, janes, wrap("api_client_authorization", `{"owner_uuid":"`+active+`"}`), 403, ""},
		{"DELETE", tokens + "/current", s.AdminToken, nil, 404, ""},
		{"POST", tokens + "/create_system_auth", s.AdminToken, url.Values{}, 405, ""},
		{"GET", `users?limit=1&_method=DELETE`, s.AdminToken, nil, 200, ""},
		{"GET", "permissions/" + active, janes, nil, 403, "Forbidden"},
		{"POST", "links", s.AdminToken, wrap("link", `{}`), 200, "arvados#link"},
		{"POST", "links", s.AdminToken, wrap("link", `{"link_class":"permission","name":"can_read","tail_uuid":"`+jane+`","head_uuid":"x"}`), 422, "not found"},
	} {
		path := strings.NewReplacer(`"`, "%22", "[", "%5B", "]", "%5D").Replace(c.path)
		status, text, _ := ask(t, s, c.method, path, c.token, c.form)
		if status != c.status || !strings.Contains(text, c.words) {
			t.Errorf("%s %s: %d %s, want %d %s", c.method, c.path, status, text, c.status, c.words)
		}
	}
	if n := s.Count("users", "uuid", active); n != 1 {
		t.Errorf("%d users of that uuid", n)
	}
}

func TestTokenListsAreNotCountedAndDropFilters(t *testing.T) {
	s := cluster(t, Options{})
	s.AddToken(s.AdminUUID)
	var list struct {
		Items     []map[string]any
		Available any `json:"items_available"`
		Limit     any
	}
	_, text, _ := ask(t, s, "GET", "api_client_authorizations?count=exact&filters="+url.QueryEscape(`[["owner_uuid","=","nobody"]]`), s.AdminToken, nil)
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list.Items) != 2 || list.Available != nil || list.Limit != nil {
		t.Errorf("%s, %v", text, err)
	}
	if at := fmt.Sprint(list.Items[0]["created_at"]); len(at) != 30 || !strings.HasSuffix(at, "000Z") {
		t.Errorf("a time is %s", at)
	}
}

func TestIdenticalLoginsAreMadeTwiceAndGoTogether(t *testing.T) {
	s := cluster(t, Options{})
	jane, vm := s.AddUser("jane", nil), s.AddVM("shell")
	body := url.Values{"link": {`{"link_class":"permission","name":"can_login","tail_uuid":"` + jane + `","head_uuid":"` + vm + `","properties":{"username":"jane"}}`}}
	var made struct{ UUID string }
	for range 2 {
		_, text, _ := ask(t, s, "POST", "links", s.AdminToken, body)
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Count("links", "head_uuid", vm); n != 2 {
		t.Errorf("%d logins", n)
	}
	ask(t, s, "DELETE", "links/"+made.UUID, s.AdminToken, nil)
	if n := s.Count("links", "head_uuid", vm); n != 0 {
		t.Errorf("%d logins are left", n)
	}
}

func TestFillIsTheSameForTheSameSeed(t *testing.T) {
	var all [2]string
	for i := range all {
		s := cluster(t, Options{})
		s.Fill(7, 120)
		_, all[i], _ = ask(t, s, "GET", "users?limit=1000&order=uuid&select="+url.QueryEscape(`["uuid","username","first_name","last_name","is_active"]`), s.AdminToken, nil)
	}
	if all[0] != all[1] || strings.Count(all[0], `"uuid"`) != 123 {
		t.Errorf("%d and %d bytes", len(all[0]), len(all[1]))
	}
}
