package ais

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// jwt makes a token of texts, signed by nobody.
func jwt(header, body string) string {
	e := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return e(header) + "." + e(body) + "." + e("signature")
}

const (
	hs256 = `{"alg":"HS256","typ":"JWT"}`
	rs256 = `{"alg":"RS256","kid":"cup6dXABJSgcVbI777C9yJtgro8CuqV-ks_sDO_sL8g","typ":"JWT"}`
	admin = `{"clusters":null,"admin":true,"iss":"http://localhost:52001","sub":"admin","exp":1795395247,"iat":1795308847}`
	alice = `{"clusters":[{"id":"","perm":"831"},{"id":"c2","perm":"3"}],"admin":false,"iss":"http://localhost:52001","sub":"alice","aud":["c2"],"exp":1795395393,"iat":1795308993}`
)

func TestClassify(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		match bool
		sure  apiclient.Sureness
		owner string
		note  string
	}{
		"an admin's":            {jwt(rs256, admin), true, apiclient.Likely, "admin", ""},
		"a user's":              {jwt(hs256, alice), true, apiclient.Likely, "alice", ""},
		"with white space":      {"\n " + jwt(hs256, alice) + " ", true, apiclient.Likely, "alice", ""},
		"with an ID":            {jwt(hs256, strings.Replace(admin, `"sub"`, `"jti":"1","sub"`, 1)), true, apiclient.Guess, "admin", ""},
		"made by another":       {jwt(hs256, `{"sub":"svc","buckets":[]}`), true, apiclient.Guess, "svc", ""},
		"unsigned":              {jwt(`{"alg":"none"}`, admin), true, apiclient.Guess, "admin", "not signed"},
		"admin is no yes":       {jwt(hs256, `{"sub":"x","admin":"true","iss":"i","exp":1,"iat":1}`), false, 0, "", ""},
		"any other JWT":         {jwt(hs256, `{"sub":"x","iss":"https://id.example","exp":1795395393,"iat":1,"jti":"2"}`), false, 0, "", ""},
		"nobody's":              {jwt(hs256, `{"admin":true,"clusters":null}`), false, 0, "", ""},
		"two parts":             {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0", false, 0, "", ""},
		"no base64":             {"a.b.c", false, 0, "", ""},
		"padded":                {jwt(hs256, admin) + "==", false, 0, "", ""},
		"a body that is a list": {jwt(hs256, `[1]`), false, 0, "", ""},
		"nothing":               {"", false, 0, "", ""},
		"huge":                  {jwt(hs256, `{"sub":"`+strings.Repeat("x", longestToken)+`","admin":true}`), false, 0, "", ""},
	} {
		got := classify(secret.New(c.text))
		if len(got) > 0 != c.match {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if !c.match {
			continue
		}
		m := got[0]
		if m.Driver != Name || m.Sure != c.sure || m.Owner != c.owner || !strings.Contains(m.Note, c.note) || !strings.HasPrefix(m.Handle, "jwt-") {
			t.Errorf("%s: %+v", name, m)
		}
		if c.sure == apiclient.Likely && (m.Origin != "http://localhost:52001" || m.Expires.IsZero()) {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{jwt(hs256, admin), jwt(rs256, alice), "a.b.c", jwt(`{}`, `{"sub":"x","exp":1e400,"aud":7,"clusters":{}}`), jwt(`null`, `null`)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range classify(secret.New(s)) {
			if m.Owner == "" || m.Sure == apiclient.Certain || !m.Expires.IsZero() && m.Expires.Year() > 3000 {
				t.Errorf("%+v", m)
			}
		}
		if out := clean(s); tokenShape.MatchString(out) {
			t.Errorf("a token is left in %q", out)
		}
	})
}

func TestPermissionsAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mask(rapid.Uint64().Draw(t, "mask"))
		if got, err := parseMask(m.String()); err != nil || got != m {
			t.Fatalf("%d is written %s and read %d, %v", m, m, got, err)
		}
	})
	for text, want := range map[string]mask{
		"ro": 771, "rw": 831, "su": everything, "none": 0, "GET": 1, "get, head-object": 3, "rw+LIST-BUCKETS SHOW-CLUSTER": 831 | 12288, "771": 771,
	} {
		if got, err := parseMask(text); err != nil || got != want {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", " + ", "reed", "-1", "18446744073709551616", "0x3"} {
		if got, err := parseMask(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
	for _, text := range []string{"ais://nnn", "aws://nnn", "ais://#ns/nnn"} {
		if b, err := parseBucket(text); err != nil || b.String() != text {
			t.Errorf("%q is %+v, %v", text, b, err)
		}
	}
	for _, text := range []string{"", "ais://", "://x", "ais://a/b", "ais://#ns"} {
		if b, err := parseBucket(text); err == nil {
			t.Errorf("%q is %+v", text, b)
		}
	}
}

func TestErrorsKeepSecretsToThemselves(t *testing.T) {
	token := jwt(hs256, admin)
	for name, c := range map[string]struct {
		status  int
		message string
		cause   error
		shows   string
	}{
		"a refused token":     {401, `not authorized (invalid token: token revoked): \"` + token + `\"`, nil, "token revoked"},
		"cut in the middle":   {401, `invalid token: ` + token[:len(token)-20], nil, "invalid token"},
		"a quoted body":       {400, `/v1/users/admin: failed to unmarshal [*authn.LoginMsg] (POST), err: can not decode float as int, error found in #10 byte of ...|canary-pw|..., bigger context ...|{\"password\":\"canary-pw` + "\xff" + `|...`, nil, "can not decode float"},
		"no admin":            {401, `not authorized: requires admin (user alice, token expires in 23h59m56s)`, apiclient.ErrDenied, "requires admin"},
		"neither admin, self": {401, `not authorized: requires admin or self`, apiclient.ErrDenied, "or self"},
		"no token":            {401, `token required`, nil, "token required"},
		"bytes":               {400, "bad \xff\xfe byte", nil, "byte"},
	} {
		f := readError(c.status, http.Header{"Content-Type": {"application/json"}}, []byte(`{"tcode":"x","message":"`+c.message+`","status":1}`))
		if !errors.Is(f.Cause, c.cause) || !strings.Contains(f.Message, c.shows) || !utf8.ValidString(f.Message) {
			t.Errorf("%s: %+v", name, f)
		}
		for _, s := range []string{"canary", "eyJ"} {
			if strings.Contains(fmt.Sprintf("%+v", *f), s) {
				t.Errorf("%s: a secret shows: %s", name, f.Message)
			}
		}
	}
	f := readError(405, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, []byte("Method Not Allowed\n"))
	if !strings.Contains(f.Message, "Method Not Allowed") {
		t.Errorf("plain text gives %q", f.Message)
	}
}

// TestEveryVerbIsDeclaredOrExplained keeps the catalogue and the driver in step.
func TestEveryVerbIsDeclaredOrExplained(t *testing.T) {
	d := Driver()
	for _, spec := range apiclient.Catalogue() {
		_, has := d.Verb(spec.Verb)
		if why := d.Missing[spec.Verb]; has == (why != "") {
			t.Errorf("%s: declared %v, missing because %q", spec.Verb, has, why)
		}
		if _, can := (&backend{}).ways()[spec.Verb]; can != has {
			t.Errorf("%s: declared %v, can be done %v", spec.Verb, has, can)
		}
	}
}

func TestTheFileOfTheOfficialToolIsFoundAtHome(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, ".config", "ais", "cli")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sources := found(func() (string, error) { return home, nil })
	env := map[string]string{"HOME": "/elsewhere"}
	read := func() (apiclient.Target, apiclient.Credential, error) {
		return sources[2].Read(func(k string) (string, bool) { v, ok := env[k]; return v, ok })
	}
	if _, _, err := read(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
	write("auth.token", `{"token":"`+jwt(hs256, alice)+`"}`+"\n")
	for _, c := range []struct{ settings, url, want string }{
		{"", "", defaultURL},
		{`{"auth":{"url":"https://authn.example:52001"}}`, "", "https://authn.example:52001"},
		{`{"auth":{"url":"https://authn.example:52001"}}`, "https://other.example", "https://other.example"},
		{`not json`, "", defaultURL},
	} {
		if c.settings != "" {
			write("cli.json", c.settings)
		}
		env[envURL] = c.url
		to, cred, err := read()
		if err != nil || to.URL != c.want || cred.User != "alice" {
			t.Errorf("%+v: %+v %+v %v", c, to, cred, err)
		}
	}
}
