package sample

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server"
	"gatehouse/server/config"
)

func TestZZ(t *testing.T) {
	t0 := time.Now()
	cfg, _ := config.Default(func(string) string { return t.TempDir() })
	cfg.Listen, cfg.Database = "127.0.0.1:0", filepath.Join(t.TempDir(), "d", "g.db")
	s, _, err := server.Open(context.Background(), cfg, server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	t.Log("open", time.Since(t0))
	t0 = time.Now()
	f := Make(Size{40, 2000, 20000}, 1, time.Now(), wire.NewSecret("correct horse battery"))
	t.Log("make", time.Since(t0))
	tokens := f.Tokens
	f.Tokens = nil
	t0 = time.Now()
	if _, err := s.Fill(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	t.Log("fill accounts and users", time.Since(t0))
	t0 = time.Now()
	if _, err := s.Fill(context.Background(), server.Fill{Tokens: tokens, By: "admin"}); err != nil {
		t.Fatal(err)
	}
	t.Log("fill tokens", time.Since(t0))
}
