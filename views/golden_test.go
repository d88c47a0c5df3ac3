package views_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"gatehouse/apiclient"
	"gatehouse/server"
	"gatehouse/tui/term"
	"gatehouse/views"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// noise is what is another in each run: ports, and ids of requests.
var noise = regexp.MustCompile(`127\.0\.0\.1:\d{5}|\b[A-Z2-7]{26}\b`)

// steady gives the same random bytes in each run.
type steady struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (s *steady) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(b)
}

// shots are frames of one size, by name.
type shots struct {
	t       *testing.T
	c       *console
	colours bool
	frames  map[string]string
	order   []string
}

func (s *shots) take(name string) {
	s.c.frame()
	text := (*term.Canvas).Plain
	if s.colours {
		text = func(c *term.Canvas) string { return strings.ReplaceAll(c.ANSI(), "\x1b", "␛") }
	}
	s.frames[name] = noise.ReplaceAllStringFunc(text(s.c.canvas), func(found string) string {
		return strings.Repeat("x", len(found))
	})
	s.order = append(s.order, name)
}

func TestGoldenFrames(t *testing.T) {
	all := map[string][]string{}
	var order []string
	for _, l := range []look{
		{w: 80, h: 24, profile: termenv.Ascii}, {w: 120, h: 36, profile: termenv.Ascii},
		{w: 80, h: 24, profile: termenv.ANSI}, {w: 120, h: 36, profile: termenv.ANSI}, {w: 160, h: 30, profile: termenv.Ascii, ascii: true},
	} {
		s := walk(t, l)
		order = s.order
		for name, frame := range s.frames {
			all[name] = append(all[name], fmt.Sprintf("═══ %d×%d\n%s", l.w, l.h, frame))
		}
	}
	for _, name := range order {
		path := filepath.Join("testdata", name+".txt")
		got := strings.Join(all[name], "")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not as kept (go test -update writes it anew):\n%s", path, difference(string(want), got))
		}
	}
}

// difference shows the first lines that differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out []string
	for i := range max(len(w), len(g)) {
		line := func(l []string) string {
			if i < len(l) {
				return l[i]
			}
			return ""
		}
		if line(w) != line(g) && len(out) < 12 {
			out = append(out, fmt.Sprintf("line %d\n want %s\n  got %s", i+1, line(w), line(g)))
		}
	}
	return strings.Join(out, "\n")
}

// walk goes through the console and takes a picture of everything.
func walk(t *testing.T, l look) *shots {
	now := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	at := &clock{now: now.Add(-90 * 24 * time.Hour)}
	s := serveWith(t, server.Options{Now: at.Now, Random: &steady{r: rand.NewChaCha8([32]byte{1})}})
	fill(t, s)
	at.pass(90*24*time.Hour - 3*time.Hour)
	b := s.backend("admin", adminPassword)
	s.do(b, apiclient.TokenCreate, apiclient.Ref{}, text("user", "kim", "description", "nightly backup", "max_age", "5d"))
	s.do(b, apiclient.UserInvite, apiclient.Ref{}, text("account", "acme", "user_name", "nia"))
	at.pass(3 * time.Hour)
	tap := &tap{now: at.Now}
	o := views.Options{Driver: tap.driver(), Target: s.target(), Credential: s.credential("admin", adminPassword), Now: at.Now}
	c := open(t, o, l)
	tap.tell(c.clock.Now)
	p := &shots{t: t, c: c, colours: l.profile != termenv.Ascii, frames: map[string]string{}}
	p.take("start")
	c.see("umbra", "Users 5", "Tokens 4")
	p.take("accounts")
	c.keys("2")
	c.see("jane", "nia")
	p.take("users")
	c.keys("3")
	c.see("kim")
	p.take("tokens")
	c.keys("i")
	c.see("Created by")
	p.take("inspect")
	c.keys("esc", "4")
	c.see("no grants")
	p.take("access")
	c.keys("5")
	c.see("user.create")
	p.take("activity")
	c.keys("1", "enter")
	c.see("invited", "lee")
	c.keys("space", "space", "/", "state:active")
	c.settle()
	p.take("filter")
	c.keys("enter", "x")
	c.see("Press y to disable")
	p.take("disable-many")
	c.keys("esc", "esc", "u", "n")
	c.see("New user on prod")
	c.keys("tab", "ola", "tab", "short", "tab", "short", "ctrl+s")
	c.see("at least 15")
	p.take("form")
	c.keys("esc", "esc")
	c.closed()
	c.keys("esc", "d")
	c.see("Type acme to go on")
	c.keys("ac")
	p.take("delete")
	c.keys("esc", ":")
	c.see("Command")
	p.take("palette")
	c.keys("esc", "?")
	c.see("Help")
	p.take("help")
	c.keys("esc", "y")
	c.see("Copy")
	p.take("copy")
	c.keys("esc", "up", "down", "x")
	c.see("cannot be done")
	p.take("blocked")
	c.keys("esc", "3", "n")
	c.see("New token on prod")
	c.keys("lee", "tab", "of the build", "ctrl+s")
	c.see("55 characters", "was created", "Tokens 5")
	c.gone("New token on")
	p.take("reveal")
	c.keys("c", "esc")
	c.closed()
	c.until("the new token", regexp.MustCompile(`gthp_\w{12} +lee`).MatchString)
	c.keys("a", "r")
	c.see("Press y to revoke")
	p.take("revoke-many")
	c.keys("y")
	c.see("t try the rest again", "5 of 5 done")
	c.until("the rows behind the sheet", regexp.MustCompile(`lee +\S revoked`).MatchString)
	p.take("sheet")
	c.keys("esc", "J")
	c.see("Jobs")
	p.take("jobs")
	c.keys("esc", "1")
	c.until("counts that have moved on", regexp.MustCompile(`acme .* user +4 +0 `).MatchString)
	c.keys("n")
	c.see("New account")
	c.keys("acme", "ctrl+s")
	c.see("There is")
	p.take("refused")
	return p
}

func TestGoldenSignIn(t *testing.T) {
	var out strings.Builder
	for _, l := range []look{{w: 80, h: 24}, {w: 120, h: 36}} {
		s := serve(t)
		c := open(t, views.Options{Driver: (&tap{}).driver(), Target: s.target(), Now: func() time.Time { return time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC) }}, l)
		c.see("Sign in to prod")
		fmt.Fprintf(&out, "═══ %d×%d\n%s", l.w, l.h, noise.ReplaceAllString(c.frame(), "127.0.0.1:00000"))
		c.keys("ctrl+t")
		c.see("begins with gthp_")
		fmt.Fprintf(&out, "═══ token\n%s", noise.ReplaceAllString(c.frame(), "127.0.0.1:00000"))
	}
	path := filepath.Join("testdata", "signin.txt")
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("%s is not as kept:\n%s", path, difference(string(want), out.String()))
	}
}
