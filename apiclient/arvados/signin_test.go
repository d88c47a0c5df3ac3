package arvados_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/arvados"
	"gatehouse/apiclient/arvados/arvadostest"
	"gatehouse/apiclient/secret"
)

func TestSignIn(t *testing.T) {
	s := serve(t, arvadostest.Options{PasswordSignIn: true})
	s.AddUser("jane", nil)
	s.SetPassword("jane", "marble-thunder-9")
	d, target := arvados.Driver(), apiclient.Target{Context: contextName, URL: s.URL}
	for name, c := range map[string]struct {
		method string
		with   apiclient.Values
		user   string
		cause  error
	}{
		"v2":             {"token", apiclient.Values{"token": {Secret: secret.New(s.AdminToken)}}, "admin", nil},
		"bare":           {"token", apiclient.Values{"token": {Secret: secret.New(" " + s.AdminToken[31:] + "\n")}}, "admin", nil},
		"dead":           {"token", apiclient.Values{"token": {Secret: secret.New(s.AdminToken + "x")}}, "", apiclient.ErrSignedOut},
		"password":       {"password", apiclient.Values{"user": text("jane"), "password": {Secret: secret.New("marble-thunder-9")}}, "jane", nil},
		"wrong password": {"password", apiclient.Values{"user": text("jane"), "password": {Secret: secret.New("some-thing-else")}}, "", apiclient.ErrDenied},
		"no such way":    {"macaroon", nil, "", apiclient.ErrUnsupported},
	} {
		s.Forget()
		got, err := d.SignIn(t.Context(), target, c.method, c.with)
		if !errors.Is(err, c.cause) || got.User != c.user {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if err != nil && (strings.Contains(err.Error(), "some-thing-else") || len(s.Requests()) > 1) {
			t.Errorf("%s: %v, after %d requests", name, err, len(s.Requests()))
		}
		if err == nil {
			b, err := d.Open(t.Context(), target, got)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			b.Close()
		}
	}
}

func TestFound(t *testing.T) {
	home := t.TempDir()
	settings := filepath.Join(home, ".config", "arvados", "settings.conf")
	if err := os.MkdirAll(filepath.Dir(settings), 0o700); err != nil {
		t.Fatal(err)
	}
	lines := "# ARVADOS_API_HOST=wrong.example\n  ARVADOS_API_HOST = zzzzz.example:8443 \nARVADOS_API_TOKEN=from-the-file\nPATH=/nowhere\nnonsense\n"
	if err := os.WriteFile(settings, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	sources := arvados.Driver().Methods[0].Found
	lookup := func(env map[string]string) func(string) (string, bool) {
		return func(k string) (string, bool) { v, ok := env[k]; return v, ok }
	}
	if _, _, err := sources[0].Read(lookup(nil)); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("nothing there: %v", err)
	}
	if _, _, err := sources[1].Read(lookup(map[string]string{"HOME": t.TempDir()})); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	target, c, err := sources[0].Read(lookup(map[string]string{"ARVADOS_API_HOST": "zzzzz.example", "ARVADOS_API_TOKEN": "from-the-environment"}))
	if err != nil || target.URL != "https://zzzzz.example" || c.Secret.Reveal() != "from-the-environment" {
		t.Errorf("environment: %+v, %v", target, err)
	}
	target, c, err = sources[1].Read(lookup(map[string]string{"HOME": home, "ARVADOS_API_TOKEN": "wins"}))
	if err != nil || target.URL != "https://zzzzz.example:8443" || c.Secret.Reveal() != "wins" {
		t.Errorf("file: %+v, %v", target, err)
	}
}

func TestClassify(t *testing.T) {
	const uuid, bare = "zzzzz-gj3su-wf5157r2053fpgn", "5zdjaqnvumxt7kdmp8q641b1ftgzklbxfpe904xwkitvi8o43n"
	for _, c := range []struct {
		text string
		sure apiclient.Sureness
		note string // "-": no match
	}{
		{"v2/" + uuid + "/" + bare, apiclient.Certain, "of cluster zzzzz"},
		{" v2/" + uuid + "/" + bare + "\n", apiclient.Certain, "zzzzz"},
		{"v2/" + uuid + "/" + bare + "/zzzzz-dz642-000000000000000", apiclient.Certain, "zzzzz"},
		{"v2/" + uuid + "/" + strings.Repeat("0a", 20), apiclient.Certain, "another cluster"},
		{"v2/" + uuid[1:] + "/" + bare, apiclient.Likely, "mistyped"},
		{"v2/" + uuid, apiclient.Likely, "cut"},
		{"v2/zzzzz-tpzed-wf5157r2053fpgn/" + bare, apiclient.Likely, "mistyped"},
		{bare, apiclient.Guess, "secret part"},
		{bare[:41], apiclient.Guess, "secret part"},
		{bare[:40], 0, "-"},
		{bare + "x", 0, "-"},
		{strings.ToUpper(bare), 0, "-"},
		{"", 0, "-"},
		{"gthp_" + bare, 0, "-"},
	} {
		got := arvados.Driver().Classify(secret.New(c.text))
		switch {
		case c.note == "-":
			if len(got) > 0 {
				t.Errorf("%q: %+v", c.text, got)
			}
		case len(got) != 1 || got[0].Sure != c.sure || !strings.Contains(got[0].Note, c.note) || got[0].Driver != arvados.Name:
			t.Errorf("%q: %+v", c.text, got)
		}
	}
}

func FuzzClassify(f *testing.F) {
	f.Add("v2/zzzzz-gj3su-wf5157r2053fpgn/5zdjaqnvumxt7kdmp8q641b1ftgzklbxfpe904xwkitvi8o43n")
	f.Add("v2///")
	f.Add("v2/\xff/\x00")
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range arvados.Driver().Classify(secret.New(s)) {
			if m.Handle != "" && !strings.Contains(s, m.Handle) {
				t.Errorf("%q has the handle %q", s, m.Handle)
			}
			if (m.Sure == apiclient.Certain) != (m.Handle != "") {
				t.Errorf("%q: %+v", s, m)
			}
		}
	})
}
