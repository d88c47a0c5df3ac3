// Package aiventest is a fake of Aiven's API for tests and demonstrations: it
// keeps organizations, users and tokens in memory and answers as Aiven's
// OpenAPI document and the code of its clients say, oddities included.
package aiventest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are what a fake can be told. The zero Options are good.
type Options struct {
	Listen string           // address; only of this machine: a free port of 127.0.0.1
	Now    func() time.Time // the fake's clock: the system's
}

// The people whom every fake knows. All of them may be told to anybody: they
// are of this fake.
const (
	AdminEmail    = "jane@example.com"
	AdminPassword = "correct-horse-battery"
	OTPEmail      = "otto@example.com" // has a second factor
	OTP           = "482913"
	SSOEmail      = "sam@example.com" // has no password
	// PersonalToken lets in as the admin and is a personal token of a program.
	PersonalToken = "+/XCJ3b9WywI4kPpA2mL7qRt0ZsVnYxUe6cHdJgBfTa1oKw8Ei5DhMzQuSlNvCrOyPj3Gx=="
)

// mostRequests bounds what a fake that runs for long remembers.
const mostRequests = 10_000

// Request is one request that came.
type Request struct {
	Method, Path  string // Path is escaped, as it came
	Query         string
	Authorization string
	Body          string
}

// Server is a fake of Aiven's API.
type Server struct {
	URL string

	http *http.Server
	now  func() time.Time

	mu       sync.Mutex
	random   *rand.Rand
	requests []Request
	answers  []answer
	stuck    map[string]bool // e-mails whose state does not change
	data
}

type answer struct {
	status     int
	kind, body string
}

// New starts a fake with one organization and a few people in it.
func New(o Options) (*Server, error) {
	s := &Server{now: o.Now, random: rand.New(rand.NewPCG(1, 2)), stuck: map[string]bool{}}
	if s.now == nil {
		s.now = time.Now
	}
	s.begin()
	address := o.Listen
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the fake of Aiven: %w", err)
	}
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	s.URL = "http://" + l.Addr().String()
	go func() { _ = s.http.Serve(l) }() // it always ends with an error, once it is closed
	return s, nil
}

// Close ends it, and all connections to it.
func (s *Server) Close() { _ = s.http.Close() }

// Requests are those since Forget.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Answer has the next request answered with this and nothing done.
func (s *Server) Answer(status int, contentType, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answer{status, contentType, body})
}

// Stick makes changes of somebody's state say yes and do nothing.
func (s *Server) Stick(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stuck[email] = true
}

// call is one request in the hands of a route.
type call struct {
	*Server
	w    http.ResponseWriter
	r    *http.Request
	user *user
	with *token
	body map[string]json.RawMessage
}

func (c *call) path(name string) string { return c.r.PathValue(name) }

// handler routes on the escaped path, as the API does: a slash that is escaped
// is part of a name.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, route := range s.open() {
		mux.HandleFunc(pattern, s.serve(route, false))
	}
	for pattern, route := range s.closed() {
		mux.HandleFunc(pattern, s.serve(route, true))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.note(r)
		// One of the other shapes of errors: a list of texts.
		write(w, http.StatusNotFound, map[string]any{"errors": []string{"Not found"}})
	})
	return mux
}

func (s *Server) serve(route func(*call), closed bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		body := s.note(r)
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
		if len(s.answers) > 0 {
			a := s.answers[0]
			s.answers = s.answers[1:]
			w.Header().Set("Content-Type", a.kind)
			w.WriteHeader(a.status)
			_, _ = io.WriteString(w, a.body)
			return
		}
		c := &call{Server: s, w: w, r: r, body: map[string]json.RawMessage{}}
		if closed && !c.signedIn() {
			return
		}
		if len(body) > 0 && json.Unmarshal(body, &c.body) != nil {
			c.fail(http.StatusBadRequest, "invalid_request", "Request body is not an object: "+string(body))
			return
		}
		route(c)
	}
}

func (s *Server) note(r *http.Request) []byte {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = nil
	}
	if len(s.requests) >= mostRequests {
		s.requests = slices.Delete(s.requests, 0, mostRequests/2)
	}
	s.requests = append(s.requests, Request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Get("Authorization"), string(bytes.TrimSpace(body))})
	return body
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The connection may be gone; then nobody reads it.
	_ = json.NewEncoder(w).Encode(v)
}

func (c *call) ok(v any) { write(c.w, http.StatusOK, v) }

func (c *call) said(message string) { c.ok(map[string]any{"message": message}) }

func (c *call) nothing() { c.w.WriteHeader(http.StatusNoContent) }

func (c *call) fail(status int, code, message string) {
	e := map[string]any{"message": message, "status": status}
	if code != "" {
		e["error_code"] = code
	}
	write(c.w, status, map[string]any{"errors": []any{e}, "message": message})
}

func (c *call) notFound(what string) {
	c.fail(http.StatusNotFound, "", what+" does not exist")
}

// text takes a text of the body. A field that must be there and is not, or is
// too long, ends the call.
func (c *call) text(name string, longest int, required bool) (string, bool) {
	raw, given := c.body[name]
	if !given {
		if required {
			c.fail(http.StatusBadRequest, "invalid_request", "Input is missing: "+name)
		}
		return "", !required
	}
	var s string
	if json.Unmarshal(raw, &s) != nil || len([]rune(s)) > longest {
		c.fail(http.StatusBadRequest, "invalid_request", fmt.Sprintf("Invalid value for %s: %s", name, raw))
		return "", false
	}
	return s, true
}

func (c *call) boolean(name string) bool { return strings.TrimSpace(string(c.body[name])) == "true" }

func (c *call) list(name string) []string {
	var out []string
	if json.Unmarshal(c.body[name], &out) != nil {
		return nil
	}
	return out
}

// The API spells times in two ways.

func whole(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

func micro(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000+00:00")
}

// null is what the API says for a text that is not there.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// shuffled gives a list in no order: none is promised.
func shuffled[T any](s *Server, list []T) []T {
	out := slices.Clone(list)
	s.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
