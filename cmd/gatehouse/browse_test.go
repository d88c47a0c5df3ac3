package main_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/screenshots/stage"
)

func TestDrillingDownAndBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, account := range []string{"acme", "zeta"} {
		s.account(account)
		for i := range 3 {
			name := fmt.Sprintf("%s-%d", account, i)
			s.user(name, account, false)
			s.accessToken(name, "machine of "+name)
		}
	}
	c := s.asAdmin()
	c.SeeRow("zeta", "enabled")
	c.Go("acme")
	c.Keys("enter")
	c.See("› acme › users", "acme-2")
	if strings.Contains(c.Screen(), "zeta-") {
		t.Error("users of another account are shown")
	}
	c.Go("acme-1")
	c.Keys("enter")
	c.See("acme-1 › tokens", "machine of acme-1")
	if strings.Contains(c.Screen(), "acme-2") {
		t.Error("tokens of another user are shown")
	}
	c.Keys("esc")
	c.See("› acme › users", "acme-2")
	c.SeeRow("▸", "acme-1")
	c.Keys("esc")
	c.SeeRow("▸", "acme")
	c.SeeRow("zeta", "enabled")

	t.Log("a filter and marks go one by one")
	c.Keys("2", "/")
	c.See("› users")
	c.Type("zeta")
	c.Keys("enter")
	c.See("3 of 7")
	c.Keys("space", "space")
	c.See("2 marked")
	c.Keys("esc")
	c.Gone("3 of 7")
	c.See("2 marked")
}

func TestRefusedOnesCanBeTriedAgainAlone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	for i := range 6 {
		s.user(fmt.Sprintf("user-%d", i), "acme", false)
	}
	p := s.proxy()
	var broken atomic.Bool
	broken.Store(true)
	p.set(func(p *proxy) {
		p.refuse = func(r *http.Request) bool {
			return broken.Load() && strings.HasSuffix(r.URL.Path, "/disable") && strings.Contains(r.URL.Path, "user-4")
		}
	})
	c := s.openVia(p)
	c.See("admin@admin", "▸")
	c.Keys("2")
	c.See("user-5")
	c.Keys("/")
	c.Type("user-")
	c.Keys("enter")
	c.See("6 of 7")
	c.Keys("a")
	c.See("6 marked")
	c.Keys("x")
	c.See("Disable 6 users", "Press y")
	c.Answer("y")
	c.See("5 done", "1 refused", "user-4")
	broken.Store(false)
	c.Answer("t")
	c.See("Disable", "user-4", "Press y")
	c.Answer("y")
	c.See("✓ 6 done")
	if n := count(s.log, http.MethodPost, "/v1/users/{name}/disable"); n != 6 {
		t.Errorf("%d requests for 6 users", n)
	}
	for i := range 6 {
		if u := get[wire.User](s, wire.UserPath(fmt.Sprintf("user-%d", i))); u.State != wire.UserInactive {
			t.Errorf("user-%d is %s", i, u.State)
		}
	}
}

// TestDemoLeavesNothing opens the console of a demo and ends it in every way:
// its folder goes, and the terminal is as it was.
func TestDemoLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]struct {
		do     func(*console)
		status int
	}{
		"q":       {func(c *console) { c.Keys("q") }, 0},
		"ctrl+c":  {func(c *console) { c.Keys("ctrl+c") }, 0},
		"SIGTERM": {func(c *console) { c.signal(syscall.SIGTERM) }, 128 + int(syscall.SIGTERM)},
		"SIGHUP":  {func(c *console) { c.signal(syscall.SIGHUP) }, 128 + int(syscall.SIGHUP)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := launch(t, stage.Program{
				Path: binary, Args: []string{"demo", "--accounts", "6", "--users", "30", "--tokens", "200"}, Env: environment(dir),
			})
			c.See("admin@admin", "Tokens 200")
			end.do(c)
			c.exits(end.status)
			c.restored()
			left, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range left {
				t.Errorf("%s is left", e.Name())
			}
		})
	}
}

// TestStartAsksTheTerminalNothing runs a command on a terminal that never
// answers: a terminal library that asks at its start would wait for seconds.
func TestStartAsksTheTerminalNothing(t *testing.T) {
	t.Parallel()
	st, err := stage.Start(stage.Program{
		Path: binary, Args: []string{"version"}, Env: environment(t.TempDir()), Answers: stage.Answers{Silent: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if status, ended := st.Exit(patience); status != 0 || !ended {
		t.Fatalf("status %d, ended %v", status, ended)
	}
	if out := string(st.Raw()); strings.Contains(out, "\x1b") || !strings.HasPrefix(out, "gatehouse ") {
		t.Errorf("it wrote %q", out)
	}
}

func TestWithoutColour(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, how := range []string{"NO_COLOR=1", "--color=never"} {
		p := stage.Program{Path: binary, Args: []string{"--server", s.url}, Env: append(environment(s.dir), "GATEHOUSE_TOKEN_FILE="+s.tokenFile(s.admin))}
		if strings.HasPrefix(how, "--") {
			p.Args = append(p.Args, how)
		} else {
			p.Env = append(p.Env, how)
		}
		c := launch(t, p)
		c.See("admin@admin", "▸", "● enabled")
		w, h := c.st.Screen.Size()
		for y := range h {
			for x := range w {
				if style := c.st.Screen.Cell(x, y).Style; style.Fg.Kind != 0 || style.Bg.Kind != 0 {
					t.Fatalf("%s: a colour at %d,%d", how, x, y)
				}
			}
		}
	}
}

func TestASCII(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	c := s.open(s.admin, "--ascii")
	c.See("admin@admin", "acme", "enabled")
	c.Keys("n")
	c.See("New account")
	for _, r := range c.Screen() {
		if r > '~' {
			t.Fatalf("%q is not ASCII", r)
		}
	}
}
