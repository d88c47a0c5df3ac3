package main_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/screenshots/stage"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := s.open("")
	c.See("Sign in to", "User name *")
	c.Fill("User name", "admin")
	c.Fill("Password", "not the password at all")
	c.Submit()
	c.See("do not fit together", "admin")
	c.field("Password")
	c.Keys("ctrl+u")
	c.Type(adminPassword)
	c.Submit()
	c.See("admin@admin", "▸")
	if bytes.Contains(c.st.Raw(), []byte(adminPassword)) {
		t.Error("the password was drawn")
	}

	c.Command("sign out")
	c.See("Press y")
	c.Answer("y")
	c.See("Sign in to")
	c.Gone("admin@admin")
	for _, tok := range get[wire.Page[wire.Token]](s, wire.PathTokens+"?filter=kind:session").Items {
		if tok.State == wire.TokenActive && tok.UserName == "admin" && tok.LastUsedAgent != "arranger" {
			t.Errorf("the session %s of %s is still %s", tok.Prefix, tok.LastUsedAgent, tok.State)
		}
	}
}

func TestExpiredSessionGoesOnAfterSigningIn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := s.open("")
	c.See("Sign in to", "User name *")
	c.Fill("User name", "admin")
	c.Fill("Password", adminPassword)
	c.Submit()
	c.See("admin@admin", "▸")

	c.Keys("n")
	c.See("New account on")
	c.Fill("Name", "acme")
	t.Log("all sessions end while a form is open")
	s.must(http.MethodPost, wire.UserPath("admin", "expire-tokens"), nil, nil)
	c.See("Sign in to", "what was being done goes on")
	c.Fill("Password", adminPassword)
	c.Submit()
	c.Gone("Sign in to")
	c.See("New account on", "acme")
	c.Submit()
	c.SeeRow("acme", "● enabled")
}

func TestOfflineAndBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	c := s.asAdmin()
	c.SeeRow("acme", "enabled")
	s.stop(syscall.SIGKILL)
	c.See("offline")
	c.SeeRow("acme", "enabled")

	t.Log("the console goes on: keys, filters, boxes")
	c.Go("acme")
	c.Keys("/")
	c.Type("acme")
	c.See("1 of 2")
	c.Keys("esc", "i")
	c.See("╭ account acme")
	c.Keys("esc")
	t.Log("a change is not lost in silence")
	c.Keys("x")
	c.until("an answer to x", func(screen string) bool {
		return strings.Contains(screen, "refused") || strings.Contains(screen, "reach") || strings.Contains(screen, "offline")
	})
	c.Keys("esc", "esc")

	s.start()
	c.Gone("offline")
	s.account("later")
	c.SeeRow("later", "enabled")
}

// restored insists that the terminal is as it was before.
func (c *console) restored() {
	c.t.Helper()
	for _, mode := range []int{1049, 1000, 1002, 1003, 1004, 1006, 2004, 2026} {
		if c.st.Screen.Mode(mode) {
			c.t.Errorf("mode %d is still set", mode)
		}
	}
	for _, mode := range []int{7, 25} {
		if !c.st.Screen.Mode(mode) {
			c.t.Errorf("mode %d is not set again", mode)
		}
	}
	if cooked, err := c.st.Cooked(); err != nil || !cooked {
		c.t.Errorf("the line is not as it was: %v, %v", cooked, err)
	}
}

func (c *console) exits(status int) {
	c.t.Helper()
	got, ended := c.st.Exit(patience)
	if !ended || got != status {
		c.t.Errorf("it ended with %d (%v), want %d", got, ended, status)
	}
}

func TestEndsRestoreTheTerminal(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, end := range map[string]struct {
		do     func(*console)
		status int
	}{
		"q":       {func(c *console) { c.Keys("q") }, 0},
		"ctrl+c":  {func(c *console) { c.Keys("ctrl+c") }, 0},
		"SIGTERM": {func(c *console) { c.signal(syscall.SIGTERM) }, 128 + int(syscall.SIGTERM)},
		"SIGHUP":  {func(c *console) { c.signal(syscall.SIGHUP) }, 128 + int(syscall.SIGHUP)},
		"SIGINT":  {func(c *console) { c.signal(syscall.SIGINT) }, 128 + int(syscall.SIGINT)},
		"in a form": {func(c *console) {
			c.Keys("n")
			c.See("New account")
			c.Keys("ctrl+c")
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := *s
			own.t = t
			c := own.asAdmin()
			if !c.st.Screen.Mode(1049) || !c.st.Screen.Mode(2004) {
				t.Fatal("the console does not use the terminal as it should")
			}
			end.do(c)
			c.exits(end.status)
			c.restored()
			if rest := strings.TrimSpace(strings.ReplaceAll(c.Screen(), "gatehouse: ended by signal", "")); strings.Contains(rest, "admin") {
				t.Errorf("something stays on the screen: %s", rest)
			}
		})
	}
}

func (c *console) signal(sig syscall.Signal) {
	c.t.Helper()
	if err := c.st.Signal(sig); err != nil {
		c.t.Fatal(err)
	}
}

func TestSuspendAndContinue(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell that could take the terminal meanwhile")
	}
	s := serve(t)
	script := `set -m; "$1" --server "$2"; echo in the shell; read line; fg >/dev/null; echo ended with $?`
	c := launch(t, stage.Program{
		Path: sh, Args: []string{"-c", script, "sh", binary, s.url}, Env: append(environment(s.dir), "GATEHOUSE_TOKEN_FILE="+s.tokenFile(s.admin)),
	})
	c.See("admin@admin", "▸")
	c.Keys("ctrl+z")
	c.See("in the shell")
	c.restored()
	c.Send("\r")
	c.See("admin@admin", "▸")
	if !c.st.Screen.Mode(1049) {
		t.Error("it draws on the shell's screen")
	}
	c.Keys("q")
	c.See("ended with 0")
	c.restored()
}

func TestTokenFromTheEnvironment(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := launch(t, stage.Program{
		Path: binary, Args: []string{"--server", s.url}, Env: append(environment(s.dir), "GATEHOUSE_TOKEN="+s.admin),
	})
	c.See("admin@admin", "▸")
	if bytes.Contains(c.st.Raw(), []byte(s.admin)) {
		t.Error("the token was drawn")
	}
}

// TestDebugLogHoldsNoSecrets signs in with a debug log: it tells what kinds of
// messages came, and not one key of the password.
func TestDebugLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	s := serve(t)
	path := filepath.Join(t.TempDir(), "debug")
	c := s.open("", "--debug", path)
	c.See("Sign in to", "User name *")
	c.Fill("User name", "admin")
	c.Fill("Password", adminPassword)
	c.Submit()
	c.See("admin@admin", "▸")
	c.Keys("q")
	c.exits(0)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^\d\d:\d\d:\d\d\.\d{3} \*?[\w/.\[\]*]+$`)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	if len(lines) < 20 {
		t.Errorf("only %d messages", len(lines))
	}
	for _, l := range lines {
		if !line.MatchString(l) {
			t.Errorf("a line that holds more than a type: %q", l)
		}
	}
}
