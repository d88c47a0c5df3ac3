package anchoretest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/anchore/anchoretest"
)

// world is a server that is spoken to without a driver.
type world struct {
	t     *testing.T
	s     *anchoretest.Server
	clock *anchoretest.Clock
	as    [2]string
}

func open(t *testing.T, o anchoretest.Options) *world {
	t.Helper()
	w := &world{t: t, clock: anchoretest.Fixed(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)), as: [2]string{anchoretest.AdminUser, anchoretest.AdminPassword}}
	o.Clock = w.clock
	w.s = anchoretest.New(o)
	t.Cleanup(w.s.Close)
	return w
}

func (w *world) ask(line string) (int, string, http.Header) {
	w.t.Helper()
	method, rest, _ := strings.Cut(line, " ")
	path, body, _ := strings.Cut(rest, " ")
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.s.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if strings.HasPrefix(body, "grant_type=") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if w.as[0] != "" {
		r.SetBasicAuth(w.as[0], w.as[1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text)), resp.Header
}

// lines asks one thing after the other: "request → status words".
func (w *world) lines(script string) {
	w.t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
		ask, want, ok := strings.Cut(strings.TrimSpace(line), " → ")
		if !ok {
			w.t.Fatalf("no answer in %q", line)
		}
		status, words, _ := strings.Cut(want, " ")
		if got, text, _ := w.ask(ask); fmt.Sprint(got) != status || !strings.Contains(text, words) || words == "" && text != "" && status == "204" {
			w.t.Errorf("%s: %d %s instead of %s", ask, got, text, want)
		}
	}
}

func TestEngine(t *testing.T) {
	w := open(t, anchoretest.Options{V1: true})
	w.lines(`
		GET /v2/ → 404 "title":"Not Found"
		GET /v1/ → 200 "v1"
		GET / → 200 "v1"
		GET /v1/health → 200 "ok"
		GET /v1/version → 200 {"api":{},"db":{"schema_version":"0.0.16"},"service":{"version":"1.1.0"}}
		POST /v1/accounts {"name":"account1","email":"account1admin@anchorexample.com"} → 200 {"created_at":"2030-01-02T03:04:05Z","email":"account1admin@anchorexample.com","last_updated":"2030-01-02T03:04:05Z","name":"account1","state":"enabled","type":"user"}
		POST /v1/accounts {"name":"account1"} → 400 {"detail":{"error_codes":[]},"httpcode":400,"message":"Account already exists"}
		POST /v1/accounts {"name":"admin"} → 400 Invalid account request: Cannot use name admin
		POST /v1/accounts {"name":"ab"} → 400 does not match
		POST /v1/accounts {"name":"nul1","email":null} → 400 "title":"Bad Request"
		POST /v1/accounts {"name":"typed","type":"admin"} → 400 account type
		POST /v1/accounts {"email":"a@b.co"} → 400 'name' is a required property
		POST /v1/accounts nonsense → 400 "type":"about:blank"
		POST /v1/accounts [1] → 400 not of type
		POST /v1/accounts {"name":"team/a","other":1} → 200 team/a
		GET /v1/accounts/team%2Fa → 404 The requested URL
		GET /v1/accounts/account1/ → 200 account1
		GET /accounts/account1 → 200 account1
		GET /v1/accounts/nobody → 404 Account not found
		GET /v1/accounts/anchore-system → 500 Internal Server Error
		GET /v1/accounts?state=enabled&other=1 → 200 account1
		GET /v1/accounts?state= → 400 is not one of
		GET /v1/accounts?state=deleting → 200 []
		PATCH /v1/accounts → 405 Method Not Allowed
		DELETE /v1/accounts/account1 → 400 Cannot go from state enabled to state deleting
		PUT /v1/accounts/account1/state {"state":"deleting"} → 400 'deleting' is not one of
		PUT /v1/accounts/account1/state {} → 500 "title":"Internal Server Error"
		PUT /v1/accounts/account1/state {"state":"enabled"} → 200 {"state":"enabled"}
		PUT /v1/accounts/admin/state {"state":"disabled"} → 400 Cannot disable the admin account
		PUT /v1/accounts/anchore-system/state {"state":"disabled"} → 500 Error updating account state
		DELETE /v1/accounts/admin → 400 Account cannot be deleted
		POST /v1/accounts/account1/users {"username":"user1","password":"password123"} → 200 {"created_at":"2030-01-02T03:04:05Z","last_updated":"2030-01-02T03:04:05Z","source":null,"type":"native","username":"user1"}
		POST /v1/accounts/admin/users {"username":"user1","password":"password123"} → 400 User already exists
		POST /v1/accounts/account1/users {"username":"user2"} → 400 'password' is a required property
		POST /v1/accounts/account1/users {"username":"user2","password":"12345"} → 400 '12345' does not match
		GET /v1/accounts/admin/users/user1 → 404 User not found
		GET /v1/accounts/account1/users/user1/credentials → 200 [{"created_at":"2030-01-02T03:04:05Z","type":"password","value":"***********"}]
		POST /v1/accounts/account1/users/user1/credentials {"type":"password","value":""} → 400 empty
		POST /v1/accounts/account1/users/user1/credentials {"type":"card","value":"x"} → 400 card
		POST /v1/accounts/account1/users/user1/credentials {"type":"password","value":"x"} → 200 "value":"*"
		DELETE /v1/accounts/account1/users/user1/credentials → 400 credential_type
		DELETE /v1/accounts/account1/users/user1/credentials?credential_type=password → 204
		DELETE /v1/accounts/account1/users/user1/credentials?credential_type=password → 204
		GET /v1/accounts/account1/users/user1/credentials → 200 []
		DELETE /v1/accounts/admin/users/admin/credentials?credential_type=password → 400 Cannot delete credential of authenticated user
		DELETE /v1/accounts/admin/users/admin → 400 Cannot delete credential used for authentication of the request
		DELETE /v1/accounts/anchore-system/users/anchore-system → 400 cannot be deleted
		POST /v1/oauth/token grant_type=password → 403 Oauth not enabled in configuration
		GET /v1/user/api-keys → 404 Not Found
		PUT /v1/accounts/account1 {"email":"a@b.co"} → 405 Method
		PUT /v1/accounts/account1/state {"state":"disabled"} → 200 {"state":"disabled"}
		DELETE /v1/accounts/account1 → 200 {"state":"deleting"}
		PUT /v1/accounts/account1/state {"state":"enabled"} → 400 Cannot go from state deleting to state enabled
		DELETE /v1/accounts/account1 → 400 Cannot go from state deleting to state deleting
		GET /v1/accounts/account1/users → 200 []
		POST /v1/accounts/account1/users {"username":"late","password":"password123"} → 200 late
		POST /v1/accounts {"name":"account1"} → 400 already exists
	`)
	w.clock.Advance(30 * time.Second)
	w.lines(`
		GET /v1/accounts/account1 → 404 Account not found
		POST /v1/accounts {"name":"account1"} → 200 enabled
		GET /v1/accounts/account1/users → 200 []
	`)
}

func TestEnterprise(t *testing.T) {
	w := open(t, anchoretest.Options{})
	w.lines(`
		GET /v1/ → 404 Not Found
		GET /accounts → 404 Not Found
		GET /v2/ → 200 "v2"
		POST /v2/accounts {"name":"acme corp"} → 200 acme corp
		POST /v2/accounts {"name":"acme#corp"} → 400 does not match
		PUT /v2/accounts/acme%20corp {"email":"a@b.co"} → 200 "email":"a@b.co"
		POST /v2/accounts/acme%20corp/users {"username":"jane","password":"password123"} → 200 "account_name":"acme corp"
		POST /v2/accounts/acme%20corp/users {"username":"a:b","password":"password123"} → 400 colon
		POST /v2/accounts/acme%20corp/users {"username":"a:b","user_type":"saml","idp_name":"okta"} → 200 "idp_name":"okta"
		POST /v2/accounts/acme%20corp/users {"username":"abc","user_type":"saml","idp_name":"okta","password":"password123"} → 400 no password
		POST /v2/accounts/acme%20corp/users/a:b/credentials {"type":"password","value":"password123"} → 400 native
		GET /v2/accounts/users → 200 "total_rows":3
		GET /v2/accounts/acme%20corp/users → 200 [{
		POST /v2/accounts/acme%20corp/users/jane/api-keys {"name":"ci"} → 400 'expires_at' is a required property
		POST /v2/accounts/acme%20corp/users/jane/api-keys {"name":"ci","expires_at":"2031-01-01T00:00:00.5Z"} → 400 does not match
		POST /v2/accounts/acme%20corp/users/jane/api-keys {"name":"ci","expires_at":"2029-01-01T00:00:00Z"} → 400 future
		POST /v2/accounts/acme%20corp/users/jane/api-keys {"name":"ci","expires_at":"2031-01-01T00:00:00Z"} → 201 "value":
		POST /v2/accounts/acme%20corp/users/jane/api-keys {"name":"ci","expires_at":"2031-01-01T00:00:00Z"} → 400 already exists
		PATCH /v2/accounts/acme%20corp/users/jane/api-keys/ci {} → 400 enough properties
		PATCH /v2/accounts/acme%20corp/users/jane/api-keys/ci {"expires_at":"2032-01-01T00:00:00Z"} → 400 Additional properties
		PATCH /v2/accounts/acme%20corp/users/jane/api-keys/ci {"status":"active"} → 400 is not one of
		PATCH /v2/accounts/acme%20corp/users/jane/api-keys/ci {"status":"revoked"} → 200 "status":"revoked"
		GET /v2/accounts/acme%20corp/users/jane/api-keys → 200 {"items":[{
		DELETE /v2/accounts/acme%20corp/users/jane/api-keys/ci → 204
		GET /v2/accounts/acme%20corp/users/jane/api-keys/ci → 404 API key not found
		POST /v2/rbac-manager/roles/read-only/members {"username":"jane"} → 400 exactly one
		POST /v2/rbac-manager/roles/read-only/members {"username":"jane","domain_name":"admin","for_account":"admin"} → 400 exactly one
		POST /v2/rbac-manager/roles/read-only/members {"username":"jane","domain_name":"admin"} → 200 "username":"jane"
		POST /v2/rbac-manager/roles/nothing/members {"username":"jane","domain_name":"admin"} → 404 Role not found
		GET /v2/rbac-manager/users/jane/roles?domain_name=admin&role=read-only → 200 "role":"read-only"
		GET /v2/rbac-manager/users/jane/roles?domain_name=other → 200 []
		GET /v2/accounts/admin/users-with-roles → 200 "total_rows":1
		DELETE /v2/rbac-manager/roles/read-only/members?username=jane&domain_name=admin → 204
		DELETE /v2/rbac-manager/roles/read-only/members?username=jane&domain_name=admin → 404 not found
		PUT /v2/accounts/acme%20corp/state {"state":"disabled"} → 200 disabled
		DELETE /v2/accounts/acme%20corp → 204
	`)
}

func TestWhoIsLetIn(t *testing.T) {
	w := open(t, anchoretest.Options{V1: true, V2: true, OAuth: true})
	w.lines(`
		POST /v1/accounts {"name":"acme"} → 200 acme
		POST /v1/accounts/acme/users {"username":"jane","password":"password123"} → 200 jane
	`)
	admin := w.as
	w.as = [2]string{"jane", "wrong"}
	status, text, h := w.ask("GET /v1/user")
	if status != 401 || text != "Unauthorized" || !strings.HasPrefix(h.Get("Content-Type"), "text/html") || h.Get("WWW-Authenticate") != `basic realm="Authentication required"` {
		t.Errorf("%d %s %v", status, text, h)
	}
	w.as[1] = "password123"
	w.lines(`
		GET /v1/user → 200 jane
		GET /v1/account → 200 acme
		GET /v1/accounts → 403 Not authorized. Requires permissions: domain=system action=listAccounts target=*
		GET /v1/accounts/admin → 403 Requires permissions
		GET /v1/accounts/acme/users → 200 jane
		POST /v1/oauth/token grant_type=password&username=jane&password=wrong&client_id=anonymous → 500 "title":"Internal Server Error"
		POST /v1/oauth/token grant_type=password&username=jane&password=password123&client_id=me → 400 {"error":"invalid_client"}
		POST /v1/oauth/token grant_type=magic → 400 {"error":"unsupported_grant_type"
		POST /v1/oauth/token → 200 "token_type":"Bearer"
		POST /v1/user/credentials {"type":"password","value":""} → 200 "value":""
		GET /v1/user → 200 jane
	`)
	w.clock.Advance(5 * time.Second)
	w.lines(`GET /v1/user → 401 Unauthorized`)
	w.as[1] = ""
	w.lines(`GET /v1/user → 200 jane`)
	w.as = admin
	w.lines(`PUT /v2/accounts/acme/state {"state":"disabled"} → 200 disabled`)
	w.as = [2]string{"jane", ""}
	w.lines(`GET /v1/user → 200 jane`)
	w.clock.Advance(5 * time.Second)
	w.lines(`GET /v1/user → 403 Not authorized. Account acme not enabled.`)
	w.as = [2]string{}
	w.lines(`GET /v2/accounts → 401 Unauthorized`)
}

func TestFillIsTheSameEachTimeAndHostileInPlaces(t *testing.T) {
	var texts [2]string
	for i := range texts {
		w := open(t, anchoretest.Options{})
		w.s.Fill(42, 30, 4)
		_, accounts, _ := w.ask("GET /v2/accounts")
		var list []struct{ Name, Email, State string }
		if err := json.Unmarshal([]byte(accounts), &list); err != nil || len(list) != 31 {
			t.Fatalf("%d accounts, %v", len(list), err)
		}
		if !strings.Contains(accounts, `\u001b`) || !strings.Contains(accounts, "deleting") || !strings.Contains(accounts, "disabled") {
			t.Error("the accounts are all alike")
		}
		_, users, _ := w.ask("GET /v2/accounts/users")
		texts[i] = fmt.Sprint(len(users), len(accounts))
		if _, again, _ := w.ask("GET /v2/accounts"); again == accounts {
			t.Error("the order never changes")
		}
	}
	if texts[0] != texts[1] {
		t.Errorf("%v", texts)
	}
}
