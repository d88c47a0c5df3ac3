package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/config"
	"gatehouse/server/passwords"
)

const adminPassword = "kettle-window-garden-9"

// count is the full number when long tests are asked for, else the short one.
func count(short, full int) int {
	if os.Getenv("GATEHOUSE_LONG") != "" {
		return full
	}
	return short
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// host is a running server with a real file and a real listener.
type host struct {
	t     testing.TB
	srv   *Server
	cfg   config.Config
	url   string
	clock *clock
	admin string // token of a session of the first admin
	http  *http.Client
	stop  func()
}

type hostOption func(*config.Config, *Options)

func withLog(w io.Writer) hostOption {
	return func(_ *config.Config, o *Options) {
		o.Log = slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

func withFile(path string) hostOption {
	return func(c *config.Config, _ *Options) { c.Database = path }
}

func withoutReaper() hostOption { return func(_ *config.Config, o *Options) { o.noReaper = true } }

// cheap is a password hash that takes no time, since these tests are not about
// guessing.
func cheap() passwords.Cost { return passwords.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1} }

func start(t testing.TB, with ...hostOption) *host {
	t.Helper()
	h := &host{t: t, clock: newClock()}
	cfg, err := config.Default(func(string) string { return "" })
	if err == nil {
		t.Fatal("a database without a place was accepted")
	}
	cfg.Listen, cfg.Database = "127.0.0.1:0", filepath.Join(t.TempDir(), "state", "gatehouse.db")
	cfg.DefaultAdminPassword = wire.NewSecret(adminPassword)
	cfg.DefaultAdminEmail = "admin@example.com"
	opt := Options{Now: h.clock.now, Cost: cheap(), Version: "test"}
	for _, f := range with {
		f(&cfg, &opt)
	}
	srv, _, err := Open(context.Background(), cfg, opt)
	if err != nil {
		t.Fatal(err)
	}
	h.srv, h.cfg = srv, cfg
	h.serve()
	return h
}

func (h *host) serve() {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l, err := h.srv.Listen(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	h.url = h.srv.URL()
	done := make(chan error, 1)
	go func() { done <- h.srv.Serve(ctx, l) }()
	transport := &http.Transport{MaxIdleConnsPerHost: 128}
	h.http = &http.Client{Transport: transport}
	h.stop = sync.OnceFunc(func() {
		transport.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
		if err := h.srv.Close(); err != nil {
			h.t.Error(err)
		}
	})
	h.t.Cleanup(h.stop)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
}

func (a answer) problem() wire.Problem {
	var p wire.Problem
	_ = json.Unmarshal(a.body, &p) // callers look at the fields
	return p
}

// try sends a request; headers come in pairs. It may be called from any
// goroutine.
func (h *host) try(method, path, token string, body any, headers ...string) (answer, error) {
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		raw, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, h.url+path, in)
	if err != nil {
		return answer{}, err
	}
	if in != nil {
		req.Header.Set("Content-Type", wire.TypeJSON)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := h.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, raw}, err
}

func (h *host) do(method, path, token string, body any, headers ...string) answer {
	h.t.Helper()
	a, err := h.try(method, path, token, body, headers...)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// want sends a request and insists on a status.
func (h *host) want(status int, method, path, token string, body any, headers ...string) answer {
	h.t.Helper()
	a := h.do(method, path, token, body, headers...)
	if a.status != status {
		h.t.Fatalf("%s %s: got %d, want %d: %s", method, path, a.status, status, a.body)
	}
	if status >= 400 {
		p := a.problem()
		if a.header.Get("Content-Type") != wire.TypeProblem || p.Status != status || p.Code == "" || p.RequestID == "" ||
			p.RequestID != a.header.Get(wire.HeaderRequestID) || p.Type != wire.PathProblems+p.Code || p.Detail == "" {
			h.t.Fatalf("%s %s: not a whole problem: %s", method, path, a.body)
		}
	}
	return a
}

// refused insists on a status and a problem code.
func (h *host) refused(status int, code, method, path, token string, body any, headers ...string) wire.Problem {
	h.t.Helper()
	p := h.want(status, method, path, token, body, headers...).problem()
	if p.Code != code {
		h.t.Fatalf("%s %s: got problem %s, want %s", method, path, p.Code, code)
	}
	return p
}

func (h *host) signIn(name, password string) string {
	h.t.Helper()
	var out wire.SignedIn
	h.want(201, "POST", wire.PathSession, "", map[string]string{"user_name": name, "password": password}).into(h.t, &out)
	return out.Token.Reveal()
}

// asAdmin gives a session of the first admin, opened once.
func (h *host) asAdmin() string {
	h.t.Helper()
	if h.admin == "" {
		h.admin = h.signIn("admin", adminPassword)
	}
	return h.admin
}

func (h *host) account(name string) wire.Account {
	h.t.Helper()
	var a wire.Account
	h.want(201, "POST", wire.PathAccounts, h.asAdmin(), wire.CreateAccount{Name: name}).into(h.t, &a)
	return a
}

const userPassword = "lantern-orchard-kite-4"

// user makes a user with the usual password and gives a session of his.
func (h *host) user(name, account string, admin bool) string {
	h.t.Helper()
	h.makeUser(name, account, admin)
	return h.signIn(name, userPassword)
}

func (h *host) makeUser(name, account string, admin bool) wire.User {
	h.t.Helper()
	password := wire.Carry(wire.NewSecret(userPassword))
	var out wire.UserCreated
	h.want(201, "POST", wire.PathUsers, h.asAdmin(), wire.CreateUser{Name: name, Account: account, Admin: admin, Password: &password}).into(h.t, &out)
	return out.User
}

func (h *host) token(as string, in wire.CreateToken) (string, wire.Token) {
	h.t.Helper()
	var out wire.TokenCreated
	h.want(201, "POST", wire.PathTokens, as, in).into(h.t, &out)
	return out.Token.Reveal(), out.Record
}

// version reads the ETag of a record.
func (h *host) version(path string) string {
	h.t.Helper()
	return h.want(200, "GET", path, h.asAdmin(), nil).header.Get("ETag")
}
