// Package jujutest is a Juju controller in memory: its WebSocket protocol over
// TLS under a certificate authority of its own, and the one HTTP call that
// completes a registration. It serves the loopback interface only, and is for
// tests and demonstrations.
//
// What it says follows Juju's client protocol as the controllers of 2.9, 3 and
// 4 speak it (github.com/juju/juju, packages rpc, rpc/params and apiserver).
package jujutest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are how the controller is. The zero Options are a Juju 3.6.
type Options struct {
	Release  string           // "2.9.43", "3.6.14", "4.0.12"
	Name     string           // of the controller: "prod"
	Password string           // of the owner, admin: made up if empty
	Now      func() time.Time // the controller's clock
}

// Owner is the user that the controller was made with.
const Owner = "admin"

// Request is what the controller was asked: a call over a socket, or a POST.
type Request struct {
	Path    string // "/api", "/register"
	Type    string // the facade; "" for a POST
	Version int
	Request string
	Params  string // JSON as it came, secrets included
}

// Fault is what goes wrong with a request. The zero Fault is nothing.
type Fault struct {
	Drop    bool          // the connection breaks before it is carried out
	Lose    bool          // it is carried out, and the connection breaks before the answer
	Corrupt bool          // it is carried out, and the answer is damaged
	Hold    time.Duration // it is not carried out, and not answered for so long
	Error   *Error        // it is answered with this instead; ASK in the message stands for the params
}

// Server is the controller.
type Server struct {
	URL      string // https://127.0.0.1:port
	Address  string // 127.0.0.1:port
	CA       string // PEM
	Password string // of Owner
	Name     string

	release release
	now     func() time.Time
	http    *http.Server
	stop    context.CancelFunc
	ctx     context.Context
	sockets sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	state    state
	requests []Request
	fault    func(Request) Fault
	upgrade  bool
}

// New starts a controller.
func New(o Options) (*Server, error) {
	if o.Release == "" {
		o.Release = "3.6.14"
	}
	if o.Name == "" {
		o.Name = "prod"
	}
	if o.Password == "" {
		o.Password = randomWord()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r, err := parseRelease(o.Release)
	if err != nil {
		return nil, err
	}
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{
		URL: "https://" + l.Addr().String(), Address: l.Addr().String(), CA: authority.pem,
		Password: o.Password, Name: o.Name,
		release: r, now: o.Now, ctx: ctx, stop: stop,
	}
	s.state = newState(o.Password, o.Now(), r)
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "running") })
	mux.HandleFunc("/register", s.register)
	mux.HandleFunc("/api", s.serveController)
	mux.HandleFunc("/{$}", s.serveController)
	mux.HandleFunc("/model/{uuid}/api", s.serveModel)
	s.http = &http.Server{Handler: mux, TLSConfig: authority.config, ReadHeaderTimeout: 10 * time.Second, ErrorLog: silent()}
	go s.serve(l)
	return s, nil
}

func (s *Server) serve(l net.Listener) {
	if err := s.http.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
		s.stop()
	}
}

// Listen opens one more address of the same controller.
func (s *Server) Listen() (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go s.serve(l)
	return l.Addr().String(), nil
}

// Close ends all connections.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	_ = s.http.Close()
	s.sockets.Wait()
}

// enter counts a connection in; it is too late for one after Close.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.sockets.Add(1)
	return true
}

// Requests are those since Forget.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Break has every request from now on meet the fault that choose gives; nil
// heals.
func (s *Server) Break(choose func(Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = choose
}

// Upgrade makes the controller refuse logins as it does while it is upgraded.
func (s *Server) Upgrade(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.upgrade = on
}

// note writes a request down and says what goes wrong with it.
func (s *Server) note(r Request) Fault {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	choose := s.fault
	s.mu.Unlock()
	if choose == nil {
		return Fault{}
	}
	return choose(r)
}

// Error is what the controller refuses with.
type Error struct {
	Message string          `json:"message"`
	Code    string          `json:"code"`
	Info    json.RawMessage `json:"info,omitempty"`
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// echoing puts the params where the message asks for them.
func (e *Error) echoing(params string) *Error {
	c := *e
	c.Message = strings.ReplaceAll(c.Message, "ASK", params)
	return &c
}
