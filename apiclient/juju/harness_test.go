package juju_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/backendtest"
	"gatehouse/apiclient/juju"
	"gatehouse/apiclient/juju/jujutest"
	"gatehouse/apiclient/secret"
)

const (
	ownerPassword = "kettle-window-garden-9"
	userPassword  = "marble-thunder-orchid-4"
	newPassword   = "velvet-anchor-glacier-2"
	contextName   = "test"
)

// releases are one of each line, with their different stores, texts and
// versions of facades.
var releases = []string{"2.9.43", "3.1.6", "3.6.14", "4.0.1", "4.0.12"}

// system is a controller in memory.
type system struct {
	t testing.TB
	*jujutest.Server
}

func start(t testing.TB, release string) *system {
	t.Helper()
	s, err := jujutest.New(jujutest.Options{Release: release, Password: ownerPassword})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &system{t, s}
}

func (s *system) target() apiclient.Target {
	return apiclient.Target{Context: contextName, URL: s.URL, Options: map[string]string{juju.OptionCA: s.CA}}
}

func credential(user, password string) apiclient.Credential {
	return apiclient.Credential{Method: "password", User: user, Secret: secret.New(password)}
}

// as signs in and opens a backend.
func (s *system) as(user, password string) apiclient.Backend {
	s.t.Helper()
	b, err := juju.Driver().Open(context.Background(), s.target(), credential(user, password))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(b.Close)
	return b
}

func (s *system) owner() apiclient.Backend { return s.as(jujutest.Owner, ownerPassword) }

// said gives the calls since Forget, but for the login: "UserManager(3).AddUser {…}".
func (s *system) said() []string {
	var out []string
	for _, r := range s.Requests() {
		if r.Type == "Admin" {
			continue
		}
		out = append(out, fmt.Sprintf("%s(%d).%s %s", r.Type, r.Version, r.Request, r.Params))
	}
	return out
}

func text(s string) apiclient.Input { return apiclient.Input{Text: s} }

func hidden(s string) apiclient.Input { return apiclient.Input{Secret: secret.New(s)} }

func userRef(name string) apiclient.Ref {
	return apiclient.Ref{Context: contextName, Kind: apiclient.KindUser, Path: apiclient.NewPath(name)}
}

func grantRef(parts ...string) apiclient.Ref {
	return apiclient.Ref{Context: contextName, Kind: apiclient.KindGrant, Path: apiclient.NewPath(parts...)}
}

// writes are the calls that can change something.
var writes = map[string]bool{
	"AddUser": true, "RemoveUser": true, "EnableUser": true, "DisableUser": true, "SetPassword": true, "ResetPassword": true,
	"ModifyControllerAccess": true, "ModifyModelAccess": true, "POST": true,
}

// wire breaks what goes to the controller, in its own ways.
type wire struct {
	s *jujutest.Server

	mu    sync.Mutex
	fault backendtest.Fault
	left  int
}

func newWire(s *jujutest.Server) *wire {
	w := &wire{s: s}
	s.Break(w.choose)
	return w
}

func (w *wire) Break(f backendtest.Fault, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault, w.left = f, n
}

func (w *wire) Heal()   { w.Break(backendtest.Fault{}, 0) }
func (w *wire) Forget() { w.s.Forget() }

func (w *wire) Requests() []backendtest.Request {
	var out []backendtest.Request
	for _, r := range w.s.Requests() {
		out = append(out, backendtest.Request{Method: r.Type + "." + r.Request, Path: r.Path, Write: writes[r.Request]})
	}
	return out
}

func (w *wire) Writes() []backendtest.Request {
	var out []backendtest.Request
	for _, r := range w.Requests() {
		if r.Write {
			out = append(out, r)
		}
	}
	return out
}

func (w *wire) choose(r jujutest.Request) jujutest.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left == 0 || w.fault.Writes != writes[r.Request] {
		return jujutest.Fault{}
	}
	w.left--
	f := w.fault
	return jujutest.Fault{Drop: f.LoseAsk || f.Status == 502, Lose: f.LoseAnswer, Corrupt: f.Corrupt, Hold: f.Hold, Error: inItsWords(f)}
}

// inItsWords makes of an HTTP status what a controller says in its place.
func inItsWords(f backendtest.Fault) *jujutest.Error {
	say := func(code, message string) *jujutest.Error {
		if f.Body != "" {
			message = f.Body
		}
		return &jujutest.Error{Code: code, Message: message}
	}
	switch {
	case f.Location != "":
		e := say("redirection required", "redirection to alternative server required")
		to, err := url.Parse(f.Location)
		if err != nil {
			panic(err)
		}
		host, port, err := net.SplitHostPort(to.Host)
		if err != nil {
			panic(err)
		}
		n, err := strconv.Atoi(port)
		if err != nil {
			panic(err)
		}
		e.Info, err = json.Marshal(map[string]any{"servers": [][]any{{map[string]any{"value": host, "port": n, "type": "ipv4", "scope": "public"}}}})
		if err != nil {
			panic(err)
		}
		return e
	case f.Status == 400:
		return say("bad request", "bad request")
	case f.Status == 401:
		return say("login expired", "login expired")
	case f.Status == 403:
		return say("unauthorized access", "permission denied")
	case f.Status == 404:
		return say("not found", "not found")
	case f.Status == 429:
		return say("try again", "try again")
	case f.Status == 500:
		return say("", "something broke")
	}
	return nil
}

// within keeps a hanging test from hanging the suite.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// failure is the failure in err, which must be there.
func failure(t *testing.T, err error) *apiclient.Failure {
	t.Helper()
	if err == nil {
		t.Fatal("there is no error")
	}
	f := apiclient.AsFailure("", err)
	if f.Message == "" {
		t.Errorf("the failure says nothing: %+v", f)
	}
	if strings.Contains(f.Error(), ownerPassword) || strings.Contains(f.Error(), userPassword) {
		t.Errorf("a password shows: %v", f)
	}
	return f
}

// Registration strings for controllers at other addresses.
const (
	sample1 = "MD4TA2ppbTAVExMxMC4xOTUuMTAuMTMwOjE3MDcwBCDENImZEDvYcWLU1USgaUJQXhWR98JNLWcbS0-MiW6NiQA="
	sample2 = "MFsTBHBsb3AwKRMSNTQuODIuMTM0LjY2OjE3MDcwExMxMC4xNTAuOTAuMTc4OjE3MDcwBCAE0XRp7xXV9AMRpK9L89nWn-jtXn7qalK47AtVQhXPQhMGMjJ0ZXN0"
)
