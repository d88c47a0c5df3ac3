package views_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
	"gatehouse/views"
)

// site is a system of another kind than our own: a fake of it, and how the
// console comes to it. What is tried on one is an operation; see try.
type site struct {
	t          testing.TB
	driver     apiclient.Driver
	url        string
	reach      map[string]string // the target's options: what else it takes to reach it
	credential apiclient.Credential
	identity   string           // as the header names whoever the credential is of
	requests   func() []request // those since forget, in their order
	forget     func()
}

// request is what came over the wire: method, path, query and body in one line.
type request struct {
	method, line string
}

// requestOf writes a request as tests compare it.
func requestOf(method, path, query, body string) request {
	if query != "" {
		path += "?" + query
	}
	return request{method, strings.TrimSpace(method + " " + path + " " + body)}
}

// place is the name that every site has as a context.
const place = "site"

const day = 24 * time.Hour

func (s site) target() apiclient.Target {
	return apiclient.Target{Context: place, URL: s.url, Options: s.reach}
}

// options open the console signed in.
func (s site) options() views.Options {
	return views.Options{Driver: s.driver, Target: s.target(), Credential: s.credential}
}

// open opens a console that is signed in.
func (s site) open(l look) *console {
	s.t.Helper()
	c := open(s.t, s.options(), l)
	c.see(s.identity)
	return c
}

// unsigned opens a console that has to ask who one is.
func (s site) unsigned(l look) *console {
	s.t.Helper()
	o := s.options()
	o.Credential = apiclient.Credential{}
	c := open(s.t, o, l)
	c.see("Sign in to " + place)
	return c
}

// behind is the site as it is reached at another address.
func (s site) behind(url string) site {
	s.url = url
	return s
}

// changes are the requests that are no reads.
func (s site) changes() []string {
	var out []string
	for _, r := range s.requests() {
		if r.method != http.MethodGet {
			out = append(out, r.line)
		}
	}
	return out
}

// reads are the requests that are nothing but reads.
func (s site) reads() []string {
	var out []string
	for _, r := range s.requests() {
		if r.method == http.MethodGet {
			out = append(out, r.line)
		}
	}
	return out
}

// act is a part of an operation: keys, and what is waited for on the screen.
type act func(*console)

func press(keys ...string) act { return func(c *console) { c.t.Helper(); c.keys(keys...) } }

// see waits for texts, wherever lines are broken.
func see(texts ...string) act {
	return func(c *console) {
		c.t.Helper()
		c.until(strings.Join(texts, " and "), func(frame string) bool {
			on := flat(frame)
			return !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(on, flat(s)) })
		})
	}
}

// flat is a frame as one line, without the borders of boxes.
func flat(frame string) string {
	return strings.Join(strings.FieldsFunc(frame, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("│╭╮╰╯─", r) }), " ")
}

func gone(text string) act { return func(c *console) { c.t.Helper(); c.gone(text) } }

func closed(c *console) { c.t.Helper(); c.closed() }

// row brings the cursor to the row that holds a text, however wide the columns
// are.
func row(text string) act {
	return func(c *console) {
		c.t.Helper()
		at := func(frame string) (on, there bool) {
			_, rows, _ := strings.Cut(frame, "────\n")
			for line := range strings.Lines(rows) {
				current, other := strings.HasPrefix(line, "▸"), strings.HasPrefix(line, "   ") // else it is no row
				if (current || other) && strings.Contains(flat(line), text) {
					there = true
					on = on || current
				}
			}
			return on, there
		}
		c.until("a row "+text, func(f string) bool { _, there := at(f); return there })
		c.keys("home")
		for range 200 {
			if on, _ := at(c.frame()); on {
				return
			}
			c.keys("down")
		}
		c.t.Fatalf("no row %q to go to:\n%s", text, c.frame())
	}
}

// yes confirms what one key confirms, once the question says all of the texts.
func yes(texts ...string) act {
	return func(c *console) {
		c.t.Helper()
		see(append(texts, "Press y")...)(c)
		c.keys("y")
	}
}

// typed confirms what a word confirms, once the question says all of the texts.
func typed(word string, texts ...string) act {
	return func(c *console) {
		c.t.Helper()
		see(append(texts, "Type "+word+" to go on")...)(c)
		c.keys(word, "enter")
	}
}

// palette starts what is called so from the command palette.
func palette(title string) act {
	return func(c *console) {
		c.t.Helper()
		c.keys(":")
		c.see("Command")
		c.keys(title, "enter")
	}
}

// without demands that a text is not on the screen.
func without(texts ...string) act {
	return func(c *console) {
		c.t.Helper()
		for f, i := c.frame(), 0; i < len(texts); i++ {
			if strings.Contains(f, texts[i]) {
				c.t.Errorf("%q is on the screen:\n%s", texts[i], f)
			}
		}
	}
}

// operation is something that an admin does on a system: from the list to what
// came of it.
type operation struct {
	name string
	verb apiclient.Verb // "": something besides the verbs
	from string         // the key of its tab; "": where the console is
	do   []act
	sent []string // what changes something: the exact requests that are no reads, in their order
	read []string // some of the reads
}

// try does operations one after the other, in one console; each starts where
// the one before has ended, with no box open.
func (s site) try(c *console, operations []operation) {
	s.t.Helper()
	for _, o := range operations {
		ok := s.t.(*testing.T).Run(o.name, func(t *testing.T) {
			outer := c.t
			c.t = t
			defer func() { c.t = outer }()
			s := s
			s.t = t
			if o.from != "" {
				c.keys(o.from)
			}
			s.forget()
			for _, a := range o.do {
				a(c)
			}
			s.sent(o.sent...)
			for _, want := range o.read {
				if !slices.Contains(s.reads(), want) {
					t.Errorf("%s was not asked, but\n%s", want, strings.Join(s.reads(), "\n"))
				}
			}
		})
		if !ok { // the others are tried all the same
			c.keys("esc", "esc", "esc", "esc")
		}
	}
}

// everyVerb demands that all that a driver can do was tried. Not every system
// is told that somebody signs out.
func (s site) everyVerb(operations []operation) {
	s.t.Helper()
	for _, v := range s.driver.Verbs {
		if !slices.ContainsFunc(operations, func(o operation) bool {
			return o.verb == v.Verb && (len(o.sent) > 0 || v.Verb == apiclient.SessionSignOut)
		}) {
			s.t.Errorf("%s was not tried", v.Verb)
		}
	}
}

// set changes something besides the console: what is there before a test, or
// what somebody else does meanwhile.
func (s site) set(verb apiclient.Verb, on apiclient.Ref, with apiclient.Values) apiclient.Outcome {
	s.t.Helper()
	b, err := s.driver.Open(s.t.Context(), s.target(), s.credential)
	if err != nil {
		s.t.Fatal(err)
	}
	defer b.Close()
	p, err := b.Prepare(s.t.Context(), []apiclient.Op{{Verb: verb, On: on, With: with}})
	if err != nil {
		s.t.Fatal(err)
	}
	r := apiclient.Run(s.t.Context(), b, p, apiclient.RunOptions{}).Wait()
	if !r.Good() {
		s.t.Fatalf("%s: %+v", verb, r.Outcomes)
	}
	return r.Outcomes[len(r.Outcomes)-1]
}

// at is a record of a site.
func at(kind apiclient.Kind, path ...string) apiclient.Ref {
	return apiclient.Ref{Context: place, Kind: kind, Path: apiclient.NewPath(path...)}
}

// sent demands that exactly these changes went out since forget.
func (s site) sent(want ...string) {
	s.t.Helper()
	if got := s.changes(); !slices.Equal(got, want) {
		s.t.Errorf("sent was\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// lacks demands that what a system has not is in the palette, with the reason,
// and that it does nothing.
func (s site) lacks(c *console, reasons map[string]string) {
	s.t.Helper()
	s.forget()
	for title, why := range reasons {
		c.keys(":")
		c.see("Command")
		c.keys(title)
		see("▸ " + title + " ✗")(c)
		c.keys("enter")
		see(why)(c)
		c.keys("esc", "esc")
		c.closed()
	}
	s.sent()
}

// credentialOf is a secret as somebody could have kept it.
func credentialOf(method, user, text string) apiclient.Credential {
	return apiclient.Credential{Method: method, User: user, Secret: secret.New(text)}
}

// stamped reaches a server whose answers are dated by another clock.
func stamped(t *testing.T, address string, now func() time.Time) string {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("Date", now().UTC().Format(http.TimeFormat))
		return nil
	}
	srv := httptest.NewServer(proxy)
	t.Cleanup(srv.Close)
	t.Cleanup(srv.CloseClientConnections)
	return srv.URL
}

// kept compares a text with the one in testdata, or writes it anew.
func kept(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not as kept (go test -update writes it anew):\n%s", path, difference(string(want), got))
	}
}
