package aiven_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/aiven/aiventest"
	"gatehouse/apiclient/secret"
)

func signIn(s *aiventest.Server, method string, with apiclient.Values) (apiclient.Credential, error) {
	return aiven.Driver().SignIn(context.Background(), target(s.URL+"/"), method, with)
}

func TestSignInWithOneTimePassword(t *testing.T) {
	s := fake(t)
	with := apiclient.Values{"user": text(aiventest.OTPEmail), "password": hidden("second-factor-please"), "tenant": text("aws")}
	_, err := signIn(s, "password", with)
	var more *apiclient.NeedMore
	if !errors.As(err, &more) || len(more.Fields) != 1 || more.Fields[0].Name != "otp" || more.Words == "" {
		t.Fatalf("the first round gave %v", err)
	}
	if more.Fields[0].Validate(hidden("12345")) == nil || more.Fields[0].Validate(hidden(aiventest.OTP)) != nil {
		t.Error("the one-time password is not checked as six digits")
	}
	with["otp"] = hidden("000000")
	if _, err := signIn(s, "password", with); !errors.Is(err, apiclient.ErrDenied) {
		t.Errorf("a wrong one-time password gave %v", err)
	}
	with["otp"] = hidden(aiventest.OTP)
	s.Forget()
	c, err := signIn(s, "password", with)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`POST /v1/userauth {"email":"` + aiventest.OTPEmail + `","password":"second-factor-please","otp":"` + aiventest.OTP + `","tenant":"aws"}`}
	if got := writes(s); !slices.Equal(got, want) {
		t.Errorf("it sent %q", got)
	}
	if s.Requests()[0].Authorization != "" {
		t.Error("signing in went with a credential")
	}
	id, err := opened(t, s.URL, c).WhoAmI(t.Context())
	if err != nil || id.Name != aiventest.OTPEmail || id.Method != "session" || id.Token.IsZero() || id.Account.Name() != "Example Corp" || id.Expires.IsZero() {
		t.Errorf("it is %+v, %v", id, err)
	}
}

func TestSignInRefused(t *testing.T) {
	s := fake(t)
	for name, c := range map[string]struct {
		method string
		with   apiclient.Values
		cause  error
		says   string
	}{
		"a wrong password": {"password", apiclient.Values{"user": text(aiventest.AdminEmail), "password": hidden("wrong-password")}, apiclient.ErrDenied, "needs a token instead"},
		"single sign-on":   {"password", apiclient.Values{"user": text(aiventest.SSOEmail), "password": hidden("wrong-password")}, apiclient.ErrDenied, "SAML (Example IdP)"},
		"nobody":           {"password", apiclient.Values{"user": text("no@example.com"), "password": hidden("wrong-password")}, apiclient.ErrDenied, "knows nobody"},
		"a dead token":     {"token", apiclient.Values{"token": hidden(strings.Repeat("A", 372))}, apiclient.ErrSignedOut, "Missing (expired) db token"},
		"two words":        {"token", apiclient.Values{"token": hidden("one two")}, apiclient.ErrInvalid, "one word"},
		"a database":       {"token", apiclient.Values{"token": hidden("AVNS_abcdefghijklmn")}, apiclient.ErrInvalid, "password of a service"},
		"a line break":     {"token", apiclient.Values{"token": hidden("abc\r\nHost:x")}, apiclient.ErrInvalid, "one word"},
		"another way":      {"kerberos", nil, apiclient.ErrUnsupported, "kerberos"},
	} {
		_, err := signIn(s, c.method, c.with)
		if !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "wrong-password") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignInWithToken(t *testing.T) {
	s := fake(t)
	c, err := signIn(s, "token", apiclient.Values{"token": hidden("\taivenv1 " + aiventest.PersonalToken + "\n")})
	if err != nil || c.User != aiventest.AdminEmail || c.Secret.Reveal() != aiventest.PersonalToken {
		t.Fatalf("%+v, %v", c, err)
	}
	id, err := opened(t, s.URL, c).WhoAmI(t.Context())
	if err != nil || id.Method != "token" || id.Token.Name() != aiventest.PersonalToken[:12] {
		t.Errorf("it is %+v, %v", id, err)
	}
}

func TestCredentialsAreFoundAndNotWritten(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, ".config", "aiven")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "aiven-credentials.json")
	content := []byte(`{"auth_token": "fromfile", "user_email": "jane@example.com"}`)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(home, "broken.json")
	if err := os.WriteFile(broken, []byte(`{"auth_token": "half`), 0o600); err != nil {
		t.Fatal(err)
	}
	sources := map[string]apiclient.Source{}
	for _, m := range aiven.Driver().Methods {
		for _, s := range m.Found {
			sources[s.Name] = s
		}
	}
	for name, c := range map[string]struct {
		source string
		env    map[string]string
		token  string
		url    string
		absent bool
	}{
		"avn's variable":      {"AIVEN_AUTH_TOKEN", map[string]string{"AIVEN_AUTH_TOKEN": "t1"}, "t1", "https://api.aiven.io", false},
		"terraform's":         {"AIVEN_TOKEN", map[string]string{"AIVEN_TOKEN": "t2", "AIVEN_WEB_URL": "https://aiven.example"}, "t2", "https://aiven.example", false},
		"neither":             {"AIVEN_TOKEN", map[string]string{"AIVEN_TOKEN": ""}, "", "", true},
		"the file":            {"~/.config/aiven/aiven-credentials.json", map[string]string{"HOME": home}, "fromfile", "https://api.aiven.io", false},
		"the file by name":    {"~/.config/aiven/aiven-credentials.json", map[string]string{"AIVEN_CREDENTIALS_FILE": file}, "fromfile", "https://api.aiven.io", false},
		"the file by folder":  {"~/.config/aiven/aiven-credentials.json", map[string]string{"AIVEN_CONFIG_DIR": dir, "HOME": "/nowhere"}, "fromfile", "https://api.aiven.io", false},
		"no file":             {"~/.config/aiven/aiven-credentials.json", map[string]string{"HOME": filepath.Join(home, "other")}, "", "", true},
		"no home":             {"~/.config/aiven/aiven-credentials.json", nil, "", "", true},
		"a file that is none": {"~/.config/aiven/aiven-credentials.json", map[string]string{"AIVEN_CREDENTIALS_FILE": broken}, "", "", false},
	} {
		target, cred, err := sources[c.source].Read(func(k string) (string, bool) { v, ok := c.env[k]; return v, ok })
		missing := errors.Is(err, apiclient.ErrNotFound) || errors.Is(err, os.ErrNotExist)
		switch {
		case c.token == "":
			if err == nil || missing != c.absent || strings.Contains(err.Error(), "half") {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil || cred.Secret.Reveal() != c.token || target.URL != c.url || cred.Method != "token":
			t.Errorf("%s: %+v at %+v, %v", name, cred, target, err)
		}
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(content) {
		t.Errorf("the file is %q now, %v", after, err)
	}
}

func TestOwnPasswordGoesOn(t *testing.T) {
	s := fake(t)
	b, old := signedIn(t, s.URL)
	o := carried(t, b, apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{
		"old_password": hidden(aiventest.AdminPassword), "password": hidden(newPassword),
	}}).Outcomes[0]
	if o.Credential == nil || o.Credential.Secret.Equal(old.Secret) || o.Credential.User != aiventest.AdminEmail {
		t.Fatalf("the new credential is %+v", o.Credential)
	}
	if _, err := b.WhoAmI(t.Context()); err != nil {
		t.Errorf("the backend does not go on: %v", err)
	}
	opened(t, s.URL, *o.Credential)
	if _, err := aiven.Driver().Open(t.Context(), target(s.URL), old); !errors.Is(err, apiclient.ErrSignedOut) {
		t.Errorf("the old token gives %v", err)
	}
	refused := b.Do(t.Context(), apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{
		"old_password": hidden("not-it-at-all"), "password": hidden(newPassword),
	}})
	if refused.End != apiclient.Refused || strings.Contains(refused.Words, "not-it-at-all") || !strings.Contains(refused.Words, "***") {
		t.Errorf("a wrong old password ended as %+v", refused)
	}
}

func TestProbe(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	s.Forget()
	for token, want := range map[string]apiclient.Life{
		aiventest.PersonalToken:      apiclient.Alive,
		strings.Repeat("Q", 372):     apiclient.Dead,
		"AVNS_passwordofadatabase":   apiclient.CannotSay,
		"two words":                  apiclient.CannotSay,
		"aivenv1 " + "QmFzZTY0Zm9v4": apiclient.Dead,
	} {
		v, err := b.Probe(t.Context(), secret.New(token))
		if err != nil || len(v) != 1 || v[0].Life != want || v[0].Where != s.URL || v[0].Words == "" {
			t.Errorf("%s: %+v, %v", want, v, err)
		}
	}
	for _, r := range s.Requests() {
		if r.Method != "GET" || r.Path != "/v1/me" || strings.Contains(r.Authorization, "AVNS_") {
			t.Errorf("it sent %+v", r)
		}
	}
}
