package server

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/config"
	"gatehouse/server/faults"
	"gatehouse/server/passwords"
)

var update = flag.Bool("update", false, "write openapi.json anew")

func withCost(c passwords.Cost) hostOption {
	return func(_ *config.Config, o *Options) { o.Cost = c }
}

// openapi.json is the document that the server serves; go test -run
// OpenAPI -update writes it anew.
func TestTheOpenAPIDocumentIsUpToDate(t *testing.T) {
	h := start(t)
	served := h.want(200, "GET", wire.PathOpenAPI, "", nil).body
	if *update {
		if err := os.WriteFile("openapi.json", served, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, served) {
		t.Error("openapi.json is out of date; run: go test ./server -run OpenAPI -update")
	}
	for _, want := range []string{`"openapi": "3.1.0"`, `"Problem"`, wire.TypeNDJSON, wire.TypeEvents, `"bearer"`} {
		if !strings.Contains(string(served), want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	if strings.Contains(string(served), "ErrorModel") {
		t.Error("the document names an error type that is never sent")
	}
}

func TestTheFirstStartMakesOneAdmin(t *testing.T) {
	cfg := config.Config{Listen: "127.0.0.1:0", Database: filepath.Join(t.TempDir(), "a", "b", "g.db"), SessionIdle: 1e12, SessionHard: 1e13, RegistrationAge: 1e13}
	opt := Options{Cost: cheap()}
	srv, first, err := Open(context.Background(), cfg, opt)
	if err != nil {
		t.Fatal(err)
	}
	if !first.Done || first.Password.IsZero() || first.UserName != "admin" || first.Account != "admin" {
		t.Fatalf("%+v", first)
	}
	if err := passwords.Check(first.Password, "admin"); err != nil {
		t.Errorf("the password that was made up is refused: %v", err)
	}
	for _, path := range []string{filepath.Dir(cfg.Database), cfg.Database, cfg.Database + "-wal"} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if srv, second, err := Open(context.Background(), cfg, opt); err != nil || second.Done || !second.Password.IsZero() {
		t.Errorf("the second start: %+v, %v", second, err)
	} else if err := srv.Close(); err != nil {
		t.Error(err)
	}
	again := start(t, withFile(cfg.Database))
	again.signIn("admin", first.Password.Reveal())
	again.want(401, "POST", wire.PathSession, "", body{"user_name": "admin", "password": adminPassword})
}

func TestAStartIsRefusedThatWouldNotBeSafe(t *testing.T) {
	dir := t.TempDir()
	good := func() config.Config {
		return config.Config{Listen: "127.0.0.1:0", Database: filepath.Join(dir, "good.db"), SessionIdle: 1e12, SessionHard: 1e13, RegistrationAge: 1e13}
	}
	loose, link := filepath.Join(dir, "loose.db"), filepath.Join(dir, "link.db")
	if err := os.WriteFile(loose, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "good.db"), link); err != nil {
		t.Skip("this system has no symbolic links here:", err)
	}
	for want, change := range map[string]func(*config.Config){
		"chmod 600":              func(c *config.Config) { c.Database = loose },
		"symbolic":               func(c *config.Config) { c.Database = link },
		"without TLS":            func(c *config.Config) { c.Listen = "0.0.0.0:7411" },
		"default_admin_password": func(c *config.Config) { c.DefaultAdminPassword = wire.NewSecret("short") },
		"default_admin_email":    func(c *config.Config) { c.DefaultAdminEmail = "none" },
		"belong together":        func(c *config.Config) { c.TLSCertFile = loose },
	} {
		cfg := good()
		change(&cfg)
		srv, _, err := Open(context.Background(), cfg, Options{Cost: cheap()})
		if err == nil {
			_ = srv.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestFaultsAreMadeOnPurpose(t *testing.T) {
	h := start(t, func(_ *config.Config, o *Options) { o.Faults = faults.Plan{FailRate: 1, Latency: 1} })
	a := h.do("GET", wire.PathSession, "", nil)
	if p := a.problem(); a.status != 503 || p.Code != wire.CodeUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.want(200, "GET", wire.PathReady, "", nil)
}

func TestFillGoesByTheRules(t *testing.T) {
	h := start(t)
	for name, f := range map[string]Fill{
		"name":     {Accounts: []FillAccount{{Name: "two words"}}},
		"twice":    {Accounts: []FillAccount{{Name: "a"}, {Name: "A"}}},
		"account":  {Users: []FillUser{{Name: "u", Account: "none"}}},
		"password": {Users: []FillUser{{Name: "u", Account: "admin", Password: wire.NewSecret("short")}}},
		"owner":    {Tokens: []FillToken{{User: "none"}}},
		"text":     {Tokens: []FillToken{{User: "admin", Description: "\xff"}}},
	} {
		if _, err := h.srv.Fill(context.Background(), f); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	var accounts wire.Page[wire.Account]
	h.want(200, "GET", wire.PathAccounts, h.asAdmin(), nil).into(t, &accounts)
	if accounts.Total != 1 {
		t.Errorf("a refused filling left %d accounts", accounts.Total)
	}
	secrets, err := h.srv.Fill(context.Background(), fill(2, 4, 8))
	if err != nil || len(secrets) != 8 || !h.alive(secrets[7].Reveal()) {
		t.Fatalf("%d tokens, %v", len(secrets), err)
	}
	if bad, err := h.srv.VerifyAudit(context.Background()); bad != 0 || err != nil {
		t.Errorf("%d, %v", bad, err)
	}
}
