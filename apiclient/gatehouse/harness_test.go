package gatehouse_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server"
	"gatehouse/server/config"
	"gatehouse/server/passwords"
)

const (
	adminPassword = "kettle-window-garden-9"
	userPassword  = "marble-thunder-orchid-4"
	contextName   = "test"
)

// system is a real server with a real file and a real listener.
type system struct {
	t   testing.TB
	srv *server.Server
	url string
}

func start(t testing.TB) *system {
	t.Helper()
	cfg, err := config.Default(func(k string) string { return map[string]string{"HOME": "/nowhere"}[k] })
	if err != nil {
		t.Fatal(err)
	}
	cfg.Listen, cfg.Database = "127.0.0.1:0", filepath.Join(t.TempDir(), "state", "gatehouse.db")
	cfg.DefaultAdminPassword = wire.NewSecret(adminPassword)
	srv, _, err := server.Open(context.Background(), cfg, server.Options{
		// Password hashing that takes no time: these tests are not about guessing.
		Cost: passwords.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1}, Version: "test",
	})
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

func (s *system) target() apiclient.Target {
	return apiclient.Target{Context: contextName, URL: s.url}
}

// as signs in and opens a backend.
func (s *system) as(user, password string) apiclient.Backend {
	s.t.Helper()
	b, err := s.tryAs(user, password)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(b.Close)
	return b
}

func (s *system) tryAs(user, password string) (apiclient.Backend, error) {
	ctx := context.Background()
	d := gatehouse.Driver()
	c, err := d.SignIn(ctx, s.target(), "password", apiclient.Values{
		"user": {Text: user}, "password": {Secret: wire.NewSecret(password)},
	})
	if err != nil {
		return nil, err
	}
	return d.Open(ctx, s.target(), c)
}

func (s *system) admin() apiclient.Backend { return s.as("admin", adminPassword) }
