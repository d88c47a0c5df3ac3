package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func env(pairs ...string) func(string) string {
	return func(key string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestFlagsBeatTheEnvironmentBeatsTheFile(t *testing.T) {
	file := write(t, "c.yaml", "listen: 127.0.0.1:1\nlog_level: warn\nsession_idle: 5m\npublic_urls:\n  - https://a.example.com/\n  - https://b.example.com\n", 0o600)
	c, err := Load(Sources{
		Flags: map[string]string{"listen": "127.0.0.1:3"}, File: file,
		Env: env("HOME", "/home/jane", "GATEHOUSE_LISTEN", "127.0.0.1:2", "GATEHOUSE_LOG_LEVEL", "error", "GATEHOUSE_TOKEN", "somebody else's"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:3" || c.LogLevel != "error" || c.SessionIdle != 5*time.Minute || c.SessionHard != 12*time.Hour ||
		len(c.PublicURLs) != 2 || c.PublicURLs[0] != "https://a.example.com" {
		t.Errorf("%+v", c)
	}
}

func TestThePlaceOfTheDatabase(t *testing.T) {
	for want, e := range map[string]func(string) string{
		"/var/lib/gatehouse/gatehouse.db":                env("STATE_DIRECTORY", "/var/lib/gatehouse:/other", "HOME", "/home/jane"),
		"/state/gatehouse/gatehouse.db":                  env("XDG_STATE_HOME", "/state", "HOME", "/home/jane"),
		"/home/jane/.local/state/gatehouse/gatehouse.db": env("XDG_STATE_HOME", "relative", "HOME", "/home/jane"),
		"/given.db": env("GATEHOUSE_DATABASE", "/given.db"),
	} {
		if c, err := Load(Sources{Env: e}); err != nil || c.Database != want {
			t.Errorf("%s, %v; want %s", c.Database, err, want)
		}
	}
	if _, err := Load(Sources{Env: env()}); err == nil {
		t.Error("no place was accepted")
	}
}

func TestSecretsComeFromPrivateFiles(t *testing.T) {
	home := []string{"HOME", "/home/jane"}
	secret, loose := write(t, "s", "a secret\n", 0o600), write(t, "l", "a secret\n", 0o644)
	for name, c := range map[string]struct {
		env  []string
		file string
		want string // of the error
	}{
		"environment": {append(home, "GATEHOUSE_DEFAULT_ADMIN_PASSWORD", "a secret"), "", ""},
		"its file":    {append(home, "GATEHOUSE_DEFAULT_ADMIN_PASSWORD_FILE", secret), "", ""},
		"named":       {home, write(t, "c", "default_admin_password_file: "+secret, 0o644), ""},
		"inside":      {home, write(t, "c", "default_admin_password: a secret", 0o600), ""},
		"loose":       {append(home, "GATEHOUSE_DEFAULT_ADMIN_PASSWORD_FILE", loose), "", "chmod 600"},
		"loose yaml":  {home, write(t, "c", "default_admin_password: a secret", 0o644), "chmod 600"},
	} {
		got, err := Load(Sources{Env: env(c.env...), File: c.file})
		if c.want == "" && (err != nil || got.DefaultAdminPassword.Reveal() != "a secret") || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprintf("%+v %v", got, err), "a secret") {
			t.Errorf("%s: the secret is printed", name)
		}
	}
	for _, s := range Settings() {
		if s.Secret != (s.Flag() == "") {
			t.Errorf("%s: a secret has a flag, or another setting has none", s.Key)
		}
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"listen: x":                           "listen",
		"listen: 0.0.0.0:1":                   "TLS",
		"\nlitsen: x":                         "line 2",
		"listen: a:1\nlisten: b:1":            "twice",
		"- listen":                            "line 1",
		"listen: {a: b}":                      "line 1",
		"listen: [":                           "read the configuration",
		"log_level: loud":                     "log_level",
		"session_idle: soon":                  "session_idle",
		"session_idle: 1s":                    "session_idle",
		"argon2_passes: 0":                    "argon2_passes",
		"tls_cert_file: x":                    "belong together",
		"public_urls: http://a.example.com":   "public_urls",
		"tls_cert_file: x\ntls_key_file: /no": "tls_key_file",
	} {
		_, err := Load(Sources{Env: env("HOME", "/home/jane"), File: write(t, "c.yaml", text, 0o600)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want it to name %s", text, err, want)
		}
	}
	if _, err := Load(Sources{Env: env("HOME", "/home/jane"), File: "/no/such/file"}); err == nil {
		t.Error("a file that is not there was accepted")
	}
	if _, err := Load(Sources{Env: env("HOME", "/home/jane"), File: write(t, "c.yaml", "# nothing yet\n", 0o600)}); err != nil {
		t.Error(err)
	}
}
