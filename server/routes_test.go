package server

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

// call is one line of the table: what is sent by whom, and what comes back.
type call struct {
	as     string // admin, jane (no admin), nobody
	method string
	path   string
	body   any
	status int
	code   string   // of the problem, for refusals
	header []string // pairs
}

type body = map[string]any

var anyVersion = []string{"If-Match", "*"}

// routeTable walks through every route in an order that works, with a success
// and a refusal for each.
func routeTable(prefix, janes string) []call {
	return []call{
		{"nobody", "GET", "/livez", nil, 200, "", nil},
		{"nobody", "GET", "/readyz", nil, 200, "", nil},
		{"nobody", "GET", "/healthz", nil, 200, "", nil},
		{"nobody", "POST", "/livez", nil, 405, "method_not_allowed", nil},
		{"nobody", "POST", "/readyz", nil, 405, "method_not_allowed", nil},
		{"nobody", "PUT", "/healthz", nil, 405, "method_not_allowed", nil},
		{"nobody", "GET", "/v1/nothing", nil, 404, "not_found", nil},
		{"nobody", "GET", "/v1//users", nil, 404, "not_found", nil},

		{"nobody", "POST", "/v1/session", body{"user_name": "JANE", "password": userPassword}, 201, "", nil},
		{"nobody", "POST", "/v1/session", body{"user_name": "jane", "password": "wrong-but-long-enough"}, 401, "sign_in_failed", nil},
		{"nobody", "POST", "/v1/session", body{"user_name": "jane"}, 422, "invalid", nil},
		{"nobody", "POST", "/v1/session", "{", 400, "malformed", nil},
		{"nobody", "POST", "/v1/session", "x", 415, "media_type", []string{"Content-Type", "text/plain"}},
		{"jane", "GET", "/v1/session", nil, 200, "", nil},
		{"nobody", "GET", "/v1/session", nil, 401, "invalid_token", nil},
		{"nobody", "DELETE", "/v1/session", nil, 401, "invalid_token", nil},
		{"nobody", "PATCH", "/v1/session", nil, 405, "method_not_allowed", nil},

		{"admin", "GET", "/v1/accounts", nil, 200, "", nil},
		{"nobody", "GET", "/v1/accounts", nil, 401, "invalid_token", nil},
		{"admin", "GET", "/v1/accounts?page_size=0", nil, 422, "invalid", nil},
		{"admin", "GET", "/v1/accounts?page_size=5001", nil, 422, "invalid", nil},
		{"admin", "GET", "/v1/accounts?pagesize=5", nil, 422, "invalid", nil},
		{"admin", "GET", "/v1/accounts?order_by=password_hash", nil, 422, "invalid", nil},
		{"admin", "GET", "/v1/accounts?filter=colour:red", nil, 422, "invalid", nil},
		{"admin", "GET", "/v1/accounts?page_token=AAAA", nil, 400, "bad_page_token", nil},
		{"admin", "POST", "/v1/accounts", body{"name": "Works", "email": "w@example.com", "type": "service"}, 201, "", nil},
		{"admin", "POST", "/v1/accounts", body{"name": "WORKS"}, 409, "conflict", nil},
		{"admin", "POST", "/v1/accounts", body{"name": "two words"}, 422, "invalid", nil},
		{"admin", "POST", "/v1/accounts", body{"name": "x", "email": "not one"}, 422, "invalid", nil},
		{"admin", "POST", "/v1/accounts", body{"name": "x", "type": "admin"}, 422, "invalid", nil},
		{"admin", "POST", "/v1/accounts", body{"name": "x", "colour": "red"}, 422, "invalid", nil},
		{"jane", "POST", "/v1/accounts", body{"name": "mine"}, 403, "forbidden", nil},
		{"admin", "GET", "/v1/accounts/WORKS", nil, 200, "", nil},
		{"admin", "GET", "/v1/accounts/none", nil, 404, "not_found", nil},
		{"jane", "GET", "/v1/accounts/acme", nil, 404, "not_found", nil},
		{"admin", "PATCH", "/v1/accounts/works", body{"email": "", "type": "user"}, 200, "", anyVersion},
		{"admin", "PATCH", "/v1/accounts/works", body{"email": "x"}, 422, "invalid", anyVersion},
		{"admin", "PATCH", "/v1/accounts/works", body{"email": ""}, 428, "version_missing", nil},
		{"admin", "PATCH", "/v1/accounts/works", body{"email": ""}, 412, "version_conflict", []string{"If-Match", `"99"`}},
		{"admin", "PATCH", "/v1/accounts/works", body{"email": ""}, 412, "version_conflict", []string{"If-Match", `W/"2"`}},
		{"admin", "PATCH", "/v1/accounts/admin", body{"type": "user"}, 409, "protected", anyVersion},
		{"jane", "PATCH", "/v1/accounts/acme", body{"email": ""}, 404, "not_found", anyVersion},
		{"admin", "DELETE", "/v1/accounts/works", nil, 409, "state_conflict", anyVersion},
		{"admin", "POST", "/v1/accounts/works/disable", nil, 428, "version_missing", nil},
		{"admin", "POST", "/v1/accounts/works/disable", nil, 200, "", anyVersion},
		{"admin", "POST", "/v1/accounts/works/disable", nil, 200, "", nil}, // is disabled already: nothing to lose
		{"admin", "POST", "/v1/accounts/admin/disable", nil, 409, "protected", anyVersion},
		{"jane", "POST", "/v1/accounts/acme/disable", nil, 404, "not_found", anyVersion},
		{"admin", "POST", "/v1/accounts/works/enable", nil, 200, "", nil},
		{"admin", "POST", "/v1/accounts/works/enable", nil, 200, "", nil},
		{"jane", "POST", "/v1/accounts/acme/enable", nil, 404, "not_found", nil},
		{"admin", "POST", "/v1/accounts/works/disable", nil, 200, "", anyVersion},
		{"admin", "DELETE", "/v1/accounts/works", nil, 428, "version_missing", nil},
		{"admin", "DELETE", "/v1/accounts/works", nil, 202, "", anyVersion},
		{"admin", "DELETE", "/v1/accounts/admin", nil, 409, "protected", anyVersion},

		{"admin", "GET", "/v1/users?account=acme&filter=state:active&order_by=-created_time", nil, 200, "", nil},
		{"admin", "GET", "/v1/users?filter=state:blue", nil, 422, "invalid", nil},
		{"admin", "POST", "/v1/users", body{"user_name": "Kim", "account": "ACME", "password": userPassword, "email": "k@example.com"}, 201, "", nil},
		{"admin", "POST", "/v1/users", body{"user_name": "lee", "account": "acme", "real_name": "Lee \u674e \U0001f600"}, 201, "", nil},
		{"admin", "POST", "/v1/users", body{"user_name": "kim", "account": "acme"}, 409, "conflict", nil},
		{"admin", "POST", "/v1/users", body{"user_name": "system", "account": "acme"}, 409, "conflict", nil},
		{"admin", "POST", "/v1/users", body{"user_name": "kim2", "account": "none"}, 422, "invalid", nil},
		{"admin", "POST", "/v1/users", body{"user_name": "kim2", "account": "acme", "password": "short"}, 422, "invalid", nil},
		{"jane", "POST", "/v1/users", body{"user_name": "kim2", "account": "acme"}, 403, "forbidden", nil},
		{"jane", "GET", "/v1/users/jane", nil, 200, "", nil},
		{"jane", "GET", "/v1/users/kim", nil, 404, "not_found", nil},
		{"jane", "PATCH", "/v1/users/jane", body{"real_name": "Jane"}, 200, "", anyVersion},
		{"jane", "PATCH", "/v1/users/jane", body{"admin": true}, 403, "forbidden", anyVersion},
		{"jane", "PATCH", "/v1/users/kim", body{"real_name": "x"}, 404, "not_found", anyVersion},
		{"admin", "PATCH", "/v1/users/kim", body{"admin": true}, 200, "", anyVersion},
		{"admin", "PATCH", "/v1/users/kim", body{"email": "x"}, 422, "invalid", anyVersion},
		{"admin", "PATCH", "/v1/users/kim", body{"real_name": "a\u0000b"}, 422, "invalid", anyVersion},
		{"admin", "POST", "/v1/users/kim/disable", nil, 428, "version_missing", nil},
		{"admin", "POST", "/v1/users/kim/disable", nil, 200, "", anyVersion},
		{"jane", "POST", "/v1/users/jane/disable", nil, 403, "forbidden", anyVersion},
		{"admin", "POST", "/v1/users/admin/disable", nil, 409, "last_admin", anyVersion},
		{"admin", "PATCH", "/v1/users/admin", body{"admin": false}, 409, "last_admin", anyVersion},
		{"admin", "DELETE", "/v1/users/admin", nil, 409, "last_admin", anyVersion},
		{"admin", "POST", "/v1/users/admin/reset", nil, 409, "last_admin", nil},
		{"admin", "POST", "/v1/users/kim/reset", nil, 409, "state_conflict", nil},
		{"admin", "POST", "/v1/tokens", body{"user_name": "kim"}, 409, "state_conflict", nil},
		{"admin", "POST", "/v1/users/kim/enable", nil, 200, "", nil},
		{"jane", "POST", "/v1/users/jane/enable", nil, 403, "forbidden", nil},
		{"admin", "POST", "/v1/users/lee/reset", nil, 200, "", nil},
		{"jane", "POST", "/v1/users/jane/reset", nil, 403, "forbidden", nil},
		{"admin", "PUT", "/v1/users/kim/password", body{"password": "tangerine-bridge-77"}, 200, "", nil},
		{"admin", "PUT", "/v1/users/kim/password", body{"password": "kimkimkimkimkim"}, 422, "invalid", nil},
		{"jane", "PUT", "/v1/users/jane/password", body{"password": "tangerine-bridge-77"}, 422, "invalid", nil},
		{"jane", "PUT", "/v1/users/jane/password", body{"password": "tangerine-bridge-77", "old_password": "not it"}, 403, "wrong_password", nil},
		{"jane", "PUT", "/v1/users/jane/password", body{"password": "tangerine-bridge-77", "old_password": userPassword}, 200, "", nil},
		{"jane", "PUT", "/v1/users/kim/password", body{"password": "tangerine-bridge-77"}, 404, "not_found", nil},
		{"jane", "DELETE", "/v1/users/jane", nil, 403, "forbidden", anyVersion},
		{"admin", "DELETE", "/v1/users/lee", nil, 428, "version_missing", nil},
		{"admin", "DELETE", "/v1/users/lee", nil, 204, "", anyVersion},
		{"admin", "DELETE", "/v1/users/lee", nil, 404, "not_found", anyVersion},

		{"nobody", "POST", "/v1/registrations/redeem", body{"token": "gthr_no", "password": userPassword}, 410, "registration_gone", nil},

		{"jane", "GET", "/v1/tokens", nil, 200, "", nil},
		{"jane", "GET", "/v1/tokens?filter=used:soon", nil, 422, "invalid", nil},
		{"jane", "POST", "/v1/tokens", body{"description": "ci", "max_age_seconds": 60, "extend_when_used": true}, 201, "", nil},
		{"jane", "POST", "/v1/tokens", body{"max_age_seconds": -1}, 422, "invalid", nil},
		{"jane", "POST", "/v1/tokens", body{"max_age_seconds": 0, "extend_when_used": true}, 422, "invalid", nil},
		{"jane", "POST", "/v1/tokens", body{"user_name": "kim"}, 422, "invalid", nil},
		{"admin", "POST", "/v1/tokens", body{"user_name": "kim", "max_age_seconds": 0}, 201, "", nil},
		{"jane", "GET", "/v1/tokens/" + janes, nil, 200, "", nil},
		{"jane", "GET", "/v1/tokens/" + prefix, nil, 404, "not_found", nil},
		{"jane", "GET", "/v1/tokens/nonsense", nil, 404, "not_found", nil},
		{"jane", "PATCH", "/v1/tokens/" + janes, body{"description": "new"}, 200, "", anyVersion},
		{"jane", "PATCH", "/v1/tokens/" + janes, body{"description": "new"}, 428, "version_missing", nil},
		{"jane", "PATCH", "/v1/tokens/" + prefix, body{"description": "new"}, 404, "not_found", anyVersion},
		{"jane", "DELETE", "/v1/tokens/" + janes, nil, 200, "", nil},
		{"jane", "DELETE", "/v1/tokens/" + janes, nil, 200, "", nil},
		{"jane", "DELETE", "/v1/tokens/" + prefix, nil, 404, "not_found", nil},
		{"jane", "POST", "/v1/tokens/revoke", body{"prefixes": []string{janes, prefix, "nonsense"}}, 200, "", nil},
		{"jane", "POST", "/v1/tokens/revoke", body{}, 422, "invalid", nil},
		{"jane", "POST", "/v1/tokens/revoke", body{"token": "gthp_wrong"}, 422, "invalid", nil},

		{"admin", "GET", "/v1/audit?filter=result:refused+verb:account&order_by=time", nil, 200, "", nil},
		{"admin", "GET", "/v1/audit?order_by=hash", nil, 422, "invalid", nil},
		{"admin", "GET", "/v1/events", nil, 422, "invalid", []string{"Last-Event-ID", "x"}},
		{"jane", "POST", "/v1/users/jane/expire-tokens", nil, 200, "", nil},
		{"admin", "POST", "/v1/users/kim/expire-tokens", nil, 200, "", nil},
		{"admin", "POST", "/v1/users/none/expire-tokens", nil, 404, "not_found", nil},
		{"admin", "DELETE", "/v1/session", nil, 204, "", nil},
	}
}

func TestEveryRouteTakesAndRefuses(t *testing.T) {
	h := start(t)
	h.account("acme")
	tokens := map[string]string{"admin": h.asAdmin(), "jane": h.user("jane", "acme", false)}
	_, others := h.token(tokens["admin"], wire.CreateToken{})
	_, janes := h.token(tokens["jane"], wire.CreateToken{})
	seen := map[string]map[bool]bool{}
	for _, c := range routeTable(others.Prefix, janes.Prefix) {
		a := h.want(c.status, c.method, c.path, tokens[c.as], c.body, c.header...)
		if c.status >= 400 && a.problem().Code != c.code {
			t.Errorf("%s %s %v: problem %s, want %s", c.method, c.path, c.body, a.problem().Code, c.code)
		}
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Date") == "" {
			t.Errorf("%s %s: headers %v", c.method, c.path, a.header)
		}
		if c.status == 401 && a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s: a 401 without WWW-Authenticate", c.method, c.path)
		}
		mark(seen, c)
	}
	for _, route := range documentedRoutes(t, h) {
		// The stream and the success of redeeming have tests of their own.
		own := route == "GET /v1/events" || route == "POST /v1/registrations/redeem"
		if !seen[route][true] && !own || !seen[route][false] {
			t.Errorf("%s: the table has no success or no refusal", route)
		}
	}
}

var pathName = regexp.MustCompile(`^(/v1/(?:accounts|users|tokens)/)([^/?]+)`)

func mark(seen map[string]map[bool]bool, c call) {
	path, _, _ := strings.Cut(c.path, "?")
	if path != wire.PathRevoke {
		path = pathName.ReplaceAllString(path, "${1}{x}")
	}
	method := c.method
	if c.status == 405 { // a refusal of the path as a whole
		method = "GET"
	}
	key := method + " " + path
	if seen[key] == nil {
		seen[key] = map[bool]bool{}
	}
	seen[key][c.status < 400] = true
}

// documentedRoutes are the operations that the OpenAPI document names.
func documentedRoutes(t *testing.T, h *host) []string {
	t.Helper()
	var doc struct {
		OpenAPI string                                `json:"openapi"`
		Paths   map[string]map[string]json.RawMessage `json:"paths"`
	}
	h.want(200, "GET", wire.PathOpenAPI, "", nil).into(t, &doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) < 20 {
		t.Fatalf("the document has version %s and %d paths", doc.OpenAPI, len(doc.Paths))
	}
	var routes []string
	for path, methods := range doc.Paths {
		path = strings.NewReplacer("{name}", "{x}", "{prefix}", "{x}").Replace(path)
		for method := range methods {
			routes = append(routes, strings.ToUpper(method)+" "+path)
		}
	}
	return routes
}

func TestCredentialsComeAsBearerOnly(t *testing.T) {
	h := start(t)
	secret, _ := h.token(h.asAdmin(), wire.CreateToken{})
	h.refused(400, wire.CodeTokenInURL, "GET", "/v1/session?access_token="+secret, "", nil)
	h.refused(400, wire.CodeTokenInURL, "GET", "/v1/tokens?filter="+secret, h.asAdmin(), nil)
	h.refused(400, wire.CodeTokenInURL, "GET", "/v1/tokens/"+secret, h.asAdmin(), nil)
	h.refused(400, wire.CodeTokenInURL, "GET", "/v1/tokens?token=x", h.asAdmin(), nil)
	h.refused(401, wire.CodeInvalidToken, "GET", "/v1/session", "", nil, "Authorization", "Basic YWRtaW46YWRtaW4=")
	h.refused(401, wire.CodeInvalidToken, "GET", "/v1/session", "", nil, "Cookie", "token="+secret)
	h.refused(401, wire.CodeInvalidToken, "GET", "/v1/session", secret[:len(secret)-1]+"!", nil)
	h.want(200, "GET", "/v1/session", "", nil, "Authorization", "bearer  "+secret)

	req, err := http.NewRequestWithContext(t.Context(), "GET", h.url+"/v1/session", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header["Authorization"] = []string{"Bearer " + secret, "Bearer " + secret}
	resp, err := h.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("two credentials gave %d", resp.StatusCode)
	}
}

func TestMistypedFieldIsNamedButNothingElse(t *testing.T) {
	h := start(t)
	p := h.refused(422, wire.CodeInvalid, "POST", wire.PathAccounts, h.asAdmin(), `{"name":"x","colour":"red"}`)
	if len(p.Errors) != 1 || p.Errors[0].Location != "body.colour" {
		t.Errorf("%+v", p.Errors)
	}
	p = h.refused(422, wire.CodeInvalid, "POST", wire.PathAccounts, h.asAdmin(), `{"name":"x","Canary5f2d":"red"}`)
	if len(p.Errors) != 1 || p.Errors[0].Location != "body" {
		t.Errorf("%+v", p.Errors)
	}
}
