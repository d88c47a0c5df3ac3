package contexts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

const canary = "gthp_canaryTOKEN"

// fakeRing is a keyring in memory; answers wait for gate where it is set.
type fakeRing struct {
	held map[string]string
	gate chan struct{}
	err  error
}

func (r *fakeRing) wait() error {
	if r.gate != nil {
		<-r.gate
	}
	return r.err
}

func (r *fakeRing) Get(s, u string) (string, error) {
	if err := r.wait(); err != nil {
		return "", err
	}
	t, ok := r.held[s+u]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return t, nil
}

func (r *fakeRing) Set(s, u, p string) error { r.held[s+u] = p; return r.wait() }
func (r *fakeRing) Delete(s, u string) error { delete(r.held, s+u); return r.wait() }

func testStore(env map[string]string, r *fakeRing) *Store {
	return &Store{Getenv: func(k string) string { return env[k] }, Limit: 5 * time.Second, keyring: r}
}

func testContext(s Source) Context {
	return Context{Name: "prod", Driver: "gatehouse", URL: "https://a.example", User: "admin", Credential: s}
}

func TestOursAreWrittenAndReadBack(t *testing.T) {
	dir := t.TempDir()
	st := testStore(nil, &fakeRing{held: map[string]string{}})
	for _, s := range []Source{{From: FromKeyring}, {From: FromFile, File: filepath.Join(dir, "sub", "token")}} {
		c := testContext(s)
		if _, err := st.Read(t.Context(), c); !errors.Is(err, ErrAsk) {
			t.Fatalf("%s: empty source says %v", s.From, err)
		}
		if err := st.Write(t.Context(), c, apiclient.Credential{Secret: secret.New(canary)}); err != nil {
			t.Fatal(err)
		}
		cred, err := st.Read(t.Context(), c)
		if err != nil || cred.Secret.Reveal() != canary || cred.User != "admin" || cred.Method != "token" {
			t.Fatalf("%s: %v, %v", s.From, cred, err)
		}
		moved := c
		moved.URL = "https://b.example"
		if _, err := st.Read(t.Context(), moved); s.From == FromKeyring && !errors.Is(err, ErrAsk) {
			t.Errorf("the credential follows a changed url: %v", err)
		}
		if err := st.Forget(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if _, err := st.Read(t.Context(), c); !errors.Is(err, ErrAsk) {
			t.Errorf("%s: still there: %v", s.From, err)
		}
	}
}

func TestLooseFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	loose := filepath.Join(dir, "loose")
	if err := os.WriteFile(loose, []byte(canary), 0o644); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	tight := filepath.Join(dir, "tight")
	if err := os.WriteFile(tight, []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tight, link); err != nil {
		t.Fatal(err)
	}
	st := testStore(nil, &fakeRing{})
	for file, want := range map[string]string{loose: "chmod 600", link: "symbolic link", dir: "not a regular file"} {
		_, err := st.Read(t.Context(), testContext(Source{From: FromFile, File: file}))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}

func TestEnvironment(t *testing.T) {
	st := testStore(map[string]string{"SOME_TOKEN": canary}, &fakeRing{})
	cred, err := st.Read(t.Context(), testContext(Source{From: FromEnv, Env: "SOME_TOKEN"}))
	if err != nil || cred.Secret.Reveal() != canary {
		t.Errorf("%v", err)
	}
	if _, err = st.Read(t.Context(), testContext(Source{From: FromEnv, Env: "OTHER"})); !errors.Is(err, ErrAsk) {
		t.Errorf("%v", err)
	}
}

func TestAKeyringThatDoesNotAnswerIsLeft(t *testing.T) {
	r := &fakeRing{gate: make(chan struct{})}
	defer close(r.gate)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := testStore(nil, r).Read(ctx, testContext(Source{From: FromKeyring}))
	if err == nil || errors.Is(err, ErrAsk) || !strings.Contains(err.Error(), "0600 file") {
		t.Errorf("got %v", err)
	}
	r2 := &fakeRing{err: errors.New("no session bus")}
	if _, err = testStore(nil, r2).Read(t.Context(), testContext(Source{From: FromKeyring})); err == nil || !strings.Contains(err.Error(), "no session bus") {
		t.Errorf("got %v", err)
	}
}

func script(t *testing.T, body string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plugin")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{path, "one arg"}
}

func TestCommands(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there is no /bin/sh to run a command with")
	}
	answer := func(token, expires string) string {
		return fmt.Sprintf(`{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s","expirationTimestamp":"%s"}}`, token, expires)
	}
	env := map[string]string{"PATH": os.Getenv("PATH"), "GATEHOUSE_TOKEN": canary, "MORE": "seen"}
	for _, tc := range []struct{ name, body, want string }{
		{"good", "echo '" + answer("tok", "2999-01-01T00:00:00Z") + "'", ""},
		{"environment", `[ -z "$GATEHOUSE_TOKEN" ] && [ "$MORE" = seen ] && [ "$1" = "one arg" ] && echo '` + answer("tok", "2999-01-01T00:00:00Z") + "'", ""},
		{"expired", "echo '" + answer(canary, "2001-01-01T00:00:00Z") + "'", "has expired"},
		{"garbage", "echo " + canary, "not an ExecCredential"},
		{"other kind", `echo '{"kind":"Other"}'`, "not an ExecCredential"},
		{"no token", "echo '" + answer("", "2999-01-01T00:00:00Z") + "'", "holds no token"},
		{"fails", `printf 'no \033[2Jkey\n' >&2; exit 3`, "exit status 3: no \uFFFD[2Jkey"},
		{"endless", "head -c 10000000 /dev/zero", "longer than"},
		{"missing", "exit 127", "exit status 127"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := testContext(Source{From: FromCommand, Command: script(t, tc.body), Pass: []string{"MORE"}})
			cred, err := testStore(env, nil).Read(t.Context(), c)
			switch {
			case tc.want == "" && (err != nil || cred.Secret.Reveal() != "tok"):
				t.Errorf("got %v", err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("got %v, want %q", err, tc.want)
			case err != nil && strings.Contains(err.Error(), canary):
				t.Errorf("the error holds the secret: %v", err)
			}
		})
	}
}

func TestAHangingCommandEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	c := testContext(Source{From: FromCommand, Command: script(t, "exec tail -f /dev/null")})
	if _, err := testStore(map[string]string{"PATH": os.Getenv("PATH")}, nil).Read(ctx, c); err == nil || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("got %v", err)
	}
}

func TestACommandHasNoTerminal(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("there is no /proc to see sessions in")
	}
	// The sixth field is the session: one of its own has no terminal.
	body := `set -- $(cat /proc/$$/stat); [ "$6" = $$ ] && echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"tok"}}'`
	c := testContext(Source{From: FromCommand, Command: script(t, body)})
	if _, err := testStore(map[string]string{"PATH": os.Getenv("PATH")}, nil).Read(t.Context(), c); err != nil {
		t.Error(err)
	}
}
