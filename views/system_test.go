package views_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server"
	"gatehouse/server/config"
	"gatehouse/server/passwords"
	"gatehouse/views"
)

// system is a real server on a real file and a real listener.
type system struct {
	t   testing.TB
	srv *server.Server
	url string
}

const (
	adminPassword = "kettle-window-garden-9"
	userPassword  = "marble-thunder-orchid-4"
)

func serve(t testing.TB) *system { return serveWith(t, server.Options{}) }

func serveWith(t testing.TB, o server.Options) *system {
	t.Helper()
	cfg, err := config.Default(func(k string) string { return map[string]string{"HOME": "/nowhere"}[k] })
	if err != nil {
		t.Fatal(err)
	}
	cfg.Listen, cfg.Database = "127.0.0.1:0", filepath.Join(t.TempDir(), "state", "gatehouse.db")
	cfg.DefaultAdminPassword = wire.NewSecret(adminPassword)
	// Hashing that takes no time: these tests are not about guessing.
	o.Cost, o.Version = passwords.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1}, "1.0"
	srv, _, err := server.Open(context.Background(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l, err := srv.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return &system{t, srv, srv.URL()}
}

func (s *system) target() apiclient.Target { return apiclient.Target{Context: "prod", URL: s.url} }

func (s *system) credential(user, password string) apiclient.Credential {
	s.t.Helper()
	c, err := gatehouse.Driver().SignIn(context.Background(), s.target(), "password", apiclient.Values{
		"user": {Text: user}, "password": {Secret: wire.NewSecret(password)},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// backend is a client besides the console: somebody else.
func (s *system) backend(user, password string) apiclient.Backend {
	s.t.Helper()
	b, err := gatehouse.Driver().Open(context.Background(), s.target(), s.credential(user, password))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(b.Close)
	return b
}

// do carries out one op as somebody else.
func (s *system) do(b apiclient.Backend, verb apiclient.Verb, on apiclient.Ref, with apiclient.Values) apiclient.Outcome {
	s.t.Helper()
	p, err := b.Prepare(context.Background(), []apiclient.Op{{Verb: verb, On: on, With: with}})
	if err != nil {
		s.t.Fatal(err)
	}
	r := apiclient.Run(context.Background(), b, p, apiclient.RunOptions{}).Wait()
	if !r.Good() {
		s.t.Fatalf("%s: %+v", verb, r.Outcomes)
	}
	return r.Outcomes[len(r.Outcomes)-1]
}

func text(pairs ...string) apiclient.Values {
	out := apiclient.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == "password" {
			out[pairs[i]] = apiclient.Input{Secret: wire.NewSecret(pairs[i+1])}
			continue
		}
		out[pairs[i]] = apiclient.Input{Text: pairs[i+1]}
	}
	return out
}

func ref(kind apiclient.Kind, name string) apiclient.Ref {
	return apiclient.Ref{Context: "prod", Kind: kind, Path: apiclient.NewPath(name)}
}

// filled is a server with an account acme (jane, kim, lee), a disabled account
// umbra, and tokens.
func filled(t testing.TB) (*system, apiclient.Backend) {
	t.Helper()
	return fill(t, serve(t))
}

func fill(t testing.TB, s *system) (*system, apiclient.Backend) {
	t.Helper()
	b := s.backend("admin", adminPassword)
	for _, name := range []string{"acme", "umbra"} {
		s.do(b, apiclient.AccountCreate, apiclient.Ref{}, text("name", name, "email", name+"@example.com"))
	}
	for _, name := range []string{"jane", "kim", "lee"} {
		s.do(b, apiclient.UserCreate, apiclient.Ref{}, text("account", "acme", "user_name", name, "password", userPassword, "real_name", strings.ToUpper(name)))
	}
	for range 3 {
		s.do(b, apiclient.TokenCreate, apiclient.Ref{}, text("user", "jane", "description", "for tests", "max_age", "30d"))
	}
	s.do(b, apiclient.AccountDisable, ref(apiclient.KindAccount, "umbra"), nil)
	return s, b
}

// signedIn opens a console as the admin.
func (s *system) signedIn(l look) *console {
	s.t.Helper()
	tap := &tap{}
	c := open(s.t, views.Options{Driver: tap.driver(), Target: s.target(), Credential: s.credential("admin", adminPassword)}, l)
	c.tap = tap
	c.see("admin@admin")
	return c
}

// tap sits between the console and its backend.
type tap struct {
	mu     sync.Mutex
	before func(apiclient.Op)                                      // right before a change is sent
	after  func(apiclient.Op, apiclient.Outcome) apiclient.Outcome // when its answer comes
	sent   []apiclient.Op
	now    func() time.Time // says what time answers have; nil: the server does
}

func (t *tap) tell(now func() time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = now
}

func (t *tap) at(real time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == nil {
		return real
	}
	return t.now()
}

func (t *tap) driver() apiclient.Driver {
	d := gatehouse.Driver()
	real := d.Open
	d.Open = func(ctx context.Context, to apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
		b, err := real(ctx, to, c)
		if err != nil {
			return nil, err
		}
		return tapped{b, b.(apiclient.Batcher), t}, nil
	}
	return d
}

func (t *tap) set(before func(apiclient.Op), after func(apiclient.Op, apiclient.Outcome) apiclient.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.before, t.after = before, after
}

// ops are the changes that were sent.
func (t *tap) ops() []apiclient.Op {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]apiclient.Op(nil), t.sent...)
}

func (t *tap) going(ops ...apiclient.Op) {
	t.mu.Lock()
	before := t.before
	t.sent = append(t.sent, ops...)
	t.mu.Unlock()
	if before != nil {
		for _, op := range ops {
			before(op)
		}
	}
}

func (t *tap) came(op apiclient.Op, o apiclient.Outcome) apiclient.Outcome {
	t.mu.Lock()
	after := t.after
	t.mu.Unlock()
	if after == nil {
		return o
	}
	return after(op, o)
}

type tapped struct {
	apiclient.Backend
	apiclient.Batcher
	t *tap
}

func (b tapped) Accounts(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Account], error) {
	p, err := b.Backend.Accounts(ctx, q)
	p.At = b.t.at(p.At)
	return p, err
}

func (b tapped) Users(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.User], error) {
	p, err := b.Backend.Users(ctx, q)
	p.At = b.t.at(p.At)
	return p, err
}

func (b tapped) Tokens(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	p, err := b.Backend.Tokens(ctx, q)
	p.At = b.t.at(p.At)
	return p, err
}

func (b tapped) Events(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Event], error) {
	p, err := b.Backend.Events(ctx, q)
	p.At = b.t.at(p.At)
	return p, err
}

func (b tapped) Do(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	b.t.going(op)
	return b.t.came(op, b.Backend.Do(ctx, op))
}

func (b tapped) DoBatch(ctx context.Context, ops []apiclient.Op) []apiclient.Outcome {
	b.t.going(ops...)
	out := b.Batcher.DoBatch(ctx, ops)
	for i := range out {
		out[i] = b.t.came(ops[i], out[i])
	}
	return out
}
