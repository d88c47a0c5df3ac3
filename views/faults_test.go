package views_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/views"
)

// link is the way to a server, with a knife in it.
type link struct {
	mu   sync.Mutex
	down bool
	lose func(*http.Request) bool // the request goes through, its answer does not
	hold func(*http.Request) <-chan struct{}
}

// through serves as the server's address.
func through(t *testing.T, s *system) (*link, string) {
	t.Helper()
	to, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	w := &link{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.FlushInterval = -1
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		down, lose, hold := w.down, w.lose, w.hold
		w.mu.Unlock()
		if hold != nil {
			if until := hold(r); until != nil {
				select {
				case <-until:
				case <-r.Context().Done():
				}
			}
		}
		switch {
		case down:
		case lose != nil && lose(r):
			proxy.ServeHTTP(httptest.NewRecorder(), r)
		default:
			proxy.ServeHTTP(rw, r)
			return
		}
		conn, _, err := http.NewResponseController(rw).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(srv.CloseClientConnections)
	return w, srv.URL
}

func (w *link) set(change func(*link)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

// cut breaks the way, streams included.
func cut(w *link) { w.set(func(w *link) { w.down = true }) }

func (s *system) behind(t *testing.T, url string) *console {
	tap := &tap{}
	to := s.target()
	to.URL = url
	c := open(t, views.Options{Driver: tap.driver(), Target: to, Credential: s.credential("admin", adminPassword)}, look{})
	c.tap = tap
	return c
}

func TestDeadServerAtTheStart(t *testing.T) {
	s, _ := filled(t)
	w, url := through(t, s)
	cut(w)
	c := s.behind(t, url)
	c.see("offline", "No answer from", "broke before the answer came")
	c.keys("2", "?", "esc", "1", "n")
	c.see("not signed in yet")
	w.set(func(w *link) { w.down = false })
	c.until("the console to come back by itself", func(f string) bool {
		c.clock.pass(time.Second)
		return strings.Contains(f, "umbra") && !strings.Contains(f, "offline")
	})
}

func TestServerThatGoesAwayAndComesBack(t *testing.T) {
	s, b := filled(t)
	w, url := through(t, s)
	c := s.behind(t, url)
	c.see("acme", "umbra")
	cut(w)
	c.keys("ctrl+r")
	f := c.see("offline", "✗ list accounts")
	if !strings.Contains(f, "acme") || !strings.Contains(f, "umbra") {
		t.Errorf("the rows are gone:\n%s", f)
	}
	c.keys("ctrl+e")
	c.see("Not done", "Tried", "Next")
	c.keys("esc", "down", "enter") // keys work all the same
	c.see("prod › admin › users")
	c.keys("esc", "x")
	c.see("Not done", "none: nothing was sent")
	c.keys("esc")
	s.do(b, apiclient.AccountCreate, apiclient.Ref{}, text("name", "meanwhile"))
	w.set(func(w *link) { w.down = false })
	c.until("the console to come back by itself, with what it missed", func(f string) bool {
		c.clock.pass(time.Second)
		return strings.Contains(f, "meanwhile") && !strings.Contains(f, "offline")
	})
}

func TestChangesByOthersArrive(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	live := func(f string) bool { c.clock.pass(time.Second); return strings.Contains(f, "by-others") }
	c.settle()
	s.do(b, apiclient.AccountCreate, apiclient.Ref{}, text("name", "by-others"))
	c.until("a row that somebody else has made", live)
	s.do(b, apiclient.AccountDisable, ref(apiclient.KindAccount, "by-others"), nil)
	c.until("its new state", func(f string) bool { c.clock.pass(time.Second); return strings.Count(f, "○ disabled") == 2 })
	s.do(b, apiclient.AccountDelete, ref(apiclient.KindAccount, "by-others"), nil)
	c.until("it to be on its way out", func(f string) bool {
		c.clock.pass(time.Second)
		return !strings.Contains(f, "○ disabled   user           0         0  just now      by")
	})
}

func TestLostAnswerIsReadBack(t *testing.T) {
	s, b := filled(t)
	w, url := through(t, s)
	c := s.behind(t, url)
	c.see("acme", "umbra")
	w.set(func(w *link) {
		w.lose = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/acme/disable") }
	})
	c.keys("x")
	c.see("Press y to disable")
	c.keys("y")
	c.see("no answer, but it happened")
	if got := s.state(b, ref(apiclient.KindAccount, "acme")); got != "disabled" {
		t.Errorf("acme is %s", got)
	}
}

func TestLostAnswerOfACreateNeverCreatesTwice(t *testing.T) {
	s, b := filled(t)
	w, url := through(t, s)
	c := s.behind(t, url)
	c.see("acme", "Tokens 3")
	c.keys("3")
	c.see("for tests")
	w.set(func(w *link) {
		w.lose = func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/v1/tokens" }
	})
	c.keys("n")
	c.see("New token on prod")
	c.keys("kim", "tab", "lost one", "ctrl+s")
	c.see("It is not known whether it happened", "revoke it")
	if n := len(c.tap.ops()); n != 1 {
		t.Errorf("%d changes were sent for one", n)
	}
	c.keys("r")
	c.see("Revoke", "Press y to revoke")
	c.keys("y")
	c.see("is revoked")
	p, err := b.Tokens(context.Background(), apiclient.Query{Scope: ref(apiclient.KindUser, "kim")})
	if err != nil || len(p.Rows) != 1 || p.Rows[0].State != apiclient.Revoked {
		t.Errorf("kim has %+v %v", p.Rows, err)
	}
}

func TestSlowServerNeverFreezesTheConsole(t *testing.T) {
	s, _ := filled(t)
	w, url := through(t, s)
	c := s.behind(t, url)
	c.see("acme", "umbra")
	free := make(chan struct{})
	w.set(func(w *link) { w.hold = func(*http.Request) <-chan struct{} { return free } })
	c.keys("ctrl+r")
	c.until("the console to say that it is slow", func(f string) bool {
		c.clock.pass(time.Second)
		return strings.Contains(f, "slow")
	})
	c.keys("down")
	if f := c.frame(); !strings.Contains(f, "▸  admin") {
		t.Errorf("the cursor does not move:\n%s", f)
	}
	c.keys("x")
	c.until("the box that waits", func(f string) bool {
		c.clock.pass(time.Second)
		return strings.Contains(f, "Asking the server what this takes")
	})
	c.keys("esc")
	c.closed()
	close(free)
	c.gone("slow")
	if n := len(c.tap.ops()); n != 0 {
		t.Errorf("%d changes were sent of a plan that was given up", n)
	}
}

// What a confirmation shows is what runs: goal C-06.
func TestConfirmationBindsToWhatItShows(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("d")
	c.see("Delete account acme on prod", "3 users")
	// Behind the box the list changes under it.
	s.do(b, apiclient.AccountCreate, apiclient.Ref{}, text("name", "aaa"))
	c.until("the new row", func(f string) bool { c.clock.pass(time.Second); return strings.Contains(f, "aaa") })
	c.keys("acme", "enter")
	c.see("goes as soon")
	for _, op := range c.tap.ops() {
		if op.On.Name() != "acme" || op.On.Version == "" {
			t.Errorf("%s went to %s in version %q", op.Verb, op.On.Name(), op.On.Version)
		}
	}
	if got := s.state(b, ref(apiclient.KindAccount, "aaa")); got != "enabled" {
		t.Errorf("aaa is %s", got)
	}
}

func TestWhatChangedMeanwhileIsToldAndNothingIsSent(t *testing.T) {
	s, b := filled(t)
	c := s.signedIn(look{})
	c.see("acme", "umbra")
	c.keys("d")
	c.see("Delete account acme on prod", "3 users")
	s.do(b, apiclient.AccountUpdate, ref(apiclient.KindAccount, "acme"), text("email", "other@example.com"))
	c.keys("acme", "enter")
	c.see("changed meanwhile", "acme was changed by somebody meanwhile", "Nothing was sent", "Type acme")
	if n := len(c.tap.ops()); n != 0 {
		t.Errorf("%d changes were sent", n)
	}
	c.keys("esc", "2")
	c.see("kim")
	c.keys("down", "x")
	c.see("Disable user jane on prod")
	s.do(b, apiclient.UserDelete, ref(apiclient.KindUser, "jane"), nil)
	c.keys("y")
	c.see("jane does not exist any more")
	c.keys("y", "y")
	if n := len(c.tap.ops()); n != 0 {
		t.Errorf("%d changes were sent", n)
	}
}

func TestLockedWrites(t *testing.T) {
	s, b := filled(t)
	tap := &tap{}
	c := open(t, views.Options{Driver: tap.driver(), Target: s.target(), Credential: s.credential("admin", adminPassword), Locked: true}, look{})
	c.see("acme", "writes locked")
	for _, key := range []string{"n", "e", "x", "d"} {
		c.keys(key)
		c.see("writes are locked; W unlocks them")
	}
	c.keys("W")
	c.see("Unlock writes?")
	c.keys("y")
	c.see("writes open")
	c.closed()
	c.keys("x")
	c.see("Press y to disable")
	// The lock falls while the question is open: it is enforced where the
	// change is made, not where it is begun.
	c.clock.pass(16 * time.Minute)
	c.see("writes locked")
	c.keys("y")
	c.see("writes are locked")
	if n := len(tap.ops()); n != 0 {
		t.Errorf("%d changes went past the lock", n)
	}
	if got := s.state(b, ref(apiclient.KindAccount, "acme")); got != "enabled" {
		t.Errorf("acme is %s", got)
	}
	c.keys("esc", ":", "sign out", "enter")
	c.see("Press y")
	c.keys("y")
	c.see("Sign in to prod")
}
