package main_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gatehouse/screenshots/stage"
)

// heard is a server of another kind that remembers what it was sent.
type heard struct {
	sync.Mutex
	requests []string
}

func (h *heard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.Lock()
	defer h.Unlock()
	h.requests = append(h.requests, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization"))
	http.Error(w, "nothing here", http.StatusNotFound)
}

// addContext adds a context in a home of its own.
func addContext(t *testing.T, home string, args ...string) {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"context", "add"}, args...)...)
	cmd.Env = environment(home)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestAGatehouseTokenGoesToNoOtherSystem(t *testing.T) {
	t.Parallel()
	h, home, token := &heard{}, t.TempDir(), "gthp_"+strings.Repeat("x", 50)
	other := httptest.NewServer(h)
	defer other.Close()
	addContext(t, home, "scans", "--driver", "anchore", "--url", other.URL)
	c := launch(t, stage.Program{Path: binary, Env: environment(home, "GATEHOUSE_TOKEN="+token)})
	c.See("Sign in to scans")
	c.Fill("User name", "jane")
	c.Fill("Password", userPassword)
	c.Submit()
	t.Log("what answers is no Anchore: that is told, and not tried again and again")
	c.See("Sign in to scans", "nothing here")
	h.Lock()
	defer h.Unlock()
	if len(h.requests) == 0 || strings.Contains(strings.Join(h.requests, "\n"), token) {
		t.Errorf("it was sent %q", h.requests)
	}
}

func TestACommandThatHangsDoesNotHoldUpTheConsole(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	hang := filepath.Join(home, "hang")
	if err := os.WriteFile(hang, []byte("#!/bin/sh\nexec tail -f /dev/null\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	addContext(t, home, "slow", "--url", "http://127.0.0.1:1", "--credential-command", hang)
	addContext(t, home, "next", "--url", "http://127.0.0.1:1")
	c := launch(t, stage.Program{Path: binary, Env: environment(home)})
	c.See("slow ▾", "Connecting to")
	c.Keys("c")
	c.SeeRow("next", "prompt")
	c.Go("next")
	c.Keys("enter")
	c.See("Sign in to next")
}
