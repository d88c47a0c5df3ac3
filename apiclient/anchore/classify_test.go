package anchore_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/anchore"
	"gatehouse/apiclient/secret"
)

func encoded(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func token(head, claims string) string {
	return encoded(head) + "." + encoded(claims) + "." + encoded("signature")
}

const someID = "8f14e45f-ceea-467f-a9b1-0123456789ab"

func TestWhatAPastedTextCanBe(t *testing.T) {
	header := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		text, kind, owner string
		sure              apiclient.Sureness
		expires           int64
	}{
		{text: token(`{"alg":"RS256"}`, `{"sub":"`+someID+`","exp":1893456000}`), kind: "OAuth token", expires: 1893456000},
		{text: " " + token(`{"alg":"RS256"}`, `{"sub":"`+someID+`"}`) + "\n", kind: "OAuth token"},
		{text: token(`{"alg":"RS256"}`, `{"sub":"`+someID+`","exp":1e300}`), kind: "OAuth token"},
		{text: token(`{"alg":"HS256"}`, `{"sub":"jane","admin":true}`)}, // names its user: another system's
		{text: token(`{}`, `{"sub":"`+someID+`"}`)},
		{text: token(`{"alg":"RS256"}`, `not json`)},
		{text: "_api_key:abcdefgh", kind: "API key", sure: apiclient.Likely},
		{text: header("_api_key:abcdefgh"), kind: "API key", sure: apiclient.Likely},
		{text: "Authorization: " + header("jane:pass:word"), kind: "user name and password", owner: "jane"},
		{text: header("jane:")},
		{text: header("no colon")},
		{text: "Basic %%%"},
		{text: "_api_key:"},
		{text: "jane:password"}, // anything may look like this
		{text: "abcdefghijklmnopqrstuvwxyz0123456789"},
		{text: ""},
		{text: "eyJ" + strings.Repeat("a", 20_000) + ".b.c"},
	} {
		m := anchore.Classify(secret.New(c.text))
		if c.kind == "" {
			if len(m) > 0 {
				t.Errorf("%.30q is %+v", c.text, m)
			}
			continue
		}
		var expires time.Time
		if c.expires != 0 {
			expires = time.Unix(c.expires, 0).UTC()
		}
		if len(m) != 1 || m[0].Driver != "anchore" || m[0].Kind != c.kind || m[0].Owner != c.owner || m[0].Sure != c.sure || !m[0].Expires.Equal(expires) || m[0].Handle != "" {
			t.Errorf("%.30q is %+v", c.text, m)
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{"_api_key:x", "Basic eDp5", token(`{"alg":"RS256"}`, `{"sub":"`+someID+`","exp":1}`), "..", "eyJ..", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range anchore.Classify(secret.New(s)) {
			if m.Kind == "" || m.Sure == apiclient.Certain || m.Driver != anchore.Name {
				t.Errorf("%q is %+v", s, m)
			}
			if _, word, ok := strings.Cut(s, ":"); ok && len(word) > 8 && strings.HasPrefix(s, "_api_key:") && strings.Contains(m.Note+m.Owner+m.Handle, word) {
				t.Errorf("the match of %q holds the secret", s)
			}
		}
	})
}

func TestErrorsOfEveryShapeAreRead(t *testing.T) {
	for _, c := range []struct {
		status        int
		kind, body    string
		message, next string
		cause         error
	}{
		{400, "application/json", `{"detail":{"error_codes":[]},"httpcode":400,"message":"Account already exists"}`, "Account already exists", "", apiclient.ErrConflict},
		{400, "application/json", `{"detail":{"error_codes":[]},"message":"Invalid account state change requested. Cannot go from state enabled to state deleting"}`, "Cannot go from state", "disable the account first", apiclient.ErrConflict},
		{400, "application/problem+json", `{"type":"about:blank","title":"Bad Request","status":400,"detail":"'x' does not match '^a$' - 'name'"}`, "'x' does not match '^a$' - 'name'", "", nil},
		{400, "application/json", `{"error":"unsupported_grant_type","error_description":"The grant type is not supported."}`, "The grant type", "", nil},
		{400, "application/json", `{"error":"invalid_client"}`, "invalid_client", "", nil},
		{401, "text/html; charset=utf-8", "Unauthorized\n", "Unauthorized", "sign in again", nil},
		{403, "application/json", `{"message":"Not authorized. Requires permissions: domain=system action=listAccounts target=*"}`, "action=listAccounts", "admin account", nil},
		{403, "application/json", `{"message":"Not authorized. Account acme not enabled."}`, "Account acme not enabled", "enable the account", nil},
		{500, "text/html", "<html><body>oops</body></html>", "", "", nil},
		{500, "application/json", `{"message":`, "", "", nil},
		{500, "application/json", `{"message":7,"detail":"half of it"}`, "half of it", "", nil},
		{404, "", "", "", "", nil},
	} {
		f := anchore.ReadError(c.status, http.Header{"Content-Type": {c.kind}}, []byte(c.body))
		if (c.message == "") != (f.Message == "") || !strings.Contains(f.Message, c.message) || !strings.Contains(f.Next, c.next) || !errors.Is(f.Cause, c.cause) {
			t.Errorf("%s became %+v", c.body, f)
		}
	}
}

func TestNamesAndAddresses(t *testing.T) {
	for s, good := range map[string]bool{
		"abc": true, "a.b@c": true, "ab": false, "a/b": false, "a\nb": false, strings.Repeat("a", 128): true, strings.Repeat("a", 129): false, "a\xffb": false,
	} {
		if err := anchore.CheckName(s); (err == nil) != good {
			t.Errorf("%q: %v", s, err)
		}
	}
	for s, good := range map[string]bool{
		"a@b.co": true, "a.b+c@d-e.example.com": true, "A@b.co": false, "a@b": false, "a b@c.de": false, "a@b.co\n": false, "@b.co": false, "": false,
	} {
		if err := anchore.CheckEmail(s); (err == nil) != good {
			t.Errorf("%q: %v", s, err)
		}
	}
}
