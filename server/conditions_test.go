package server

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

func TestTheLaterOfTwoEditorsLoses(t *testing.T) {
	h := start(t)
	h.account("acme")
	h.makeUser("kim", "acme", false)
	_, tok := h.token(h.asAdmin(), wire.CreateToken{})
	for path, edit := range map[string]string{
		wire.AccountPath("acme"): "email", wire.UserPath("kim"): "email", wire.TokenPath(tok.Prefix): "description",
	} {
		version := h.version(path)
		first := h.want(200, "PATCH", path, h.asAdmin(), body{edit: "first@example.com"}, "If-Match", version)
		if first.header.Get("ETag") == version || first.header.Get("ETag") != h.version(path) {
			t.Errorf("%s: the ETag did not follow the change", path)
		}
		h.refused(412, wire.CodeVersion, "PATCH", path, h.asAdmin(), body{edit: "second@example.com"}, "If-Match", version)
		if !strings.Contains(string(h.want(200, "GET", path, h.asAdmin(), nil).body), "first@example.com") {
			t.Errorf("%s: the first change was lost", path)
		}
		h.want(200, "PATCH", path, h.asAdmin(), body{edit: "first@example.com"}, "If-Match", first.header.Get("ETag"))
		if h.version(path) != first.header.Get("ETag") {
			t.Errorf("%s: a change that changes nothing made a new version", path)
		}
	}
	old := h.version(wire.UserPath("kim"))
	h.want(200, "PATCH", wire.UserPath("kim"), h.asAdmin(), body{"real_name": "Kim"}, "If-Match", old)
	for _, c := range [][2]string{{"DELETE", wire.UserPath("kim")}, {"POST", wire.UserPath("kim", "disable")}} {
		h.refused(412, wire.CodeVersion, c[0], c[1], h.asAdmin(), nil, "If-Match", old)
	}
}

func TestARequestWithAKeyHappensOnce(t *testing.T) {
	h := start(t)
	h.account("acme")
	key := []string{"Idempotency-Key", "0b6f2b0e-6d43-4a6e-9a5c-0d6c3a7f1f11"}

	var answers [16]answer
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			a, err := h.try("POST", wire.PathTokens, h.admin, body{"description": "once"}, key...)
			if err != nil {
				t.Error(err)
			}
			answers[i] = a
		})
	}
	wg.Wait()
	prefixes, secrets := map[string]bool{}, 0
	for _, a := range answers {
		var out wire.TokenCreated
		if a.status != 201 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		a.into(t, &out)
		prefixes[out.Record.Prefix] = true
		if out.Token != nil {
			secrets++
		}
		if replayed := a.header.Get(wire.HeaderReplayed) == "true"; replayed == (out.Token != nil) || replayed != out.Replayed {
			t.Errorf("replayed %v, secret %v", replayed, out.Token != nil)
		}
	}
	if len(prefixes) != 1 || secrets != 1 {
		t.Fatalf("%d tokens, %d secrets", len(prefixes), secrets)
	}
	h.refused(422, wire.CodeKeyReused, "POST", wire.PathTokens, h.admin, body{"description": "other"}, key...)
	h.refused(422, wire.CodeKeyReused, "POST", wire.PathAccounts, h.admin, body{"name": "other"}, key...)
	jane := h.user("jane", "acme", false)
	h.want(201, "POST", wire.PathTokens, jane, body{"description": "another principal"}, key...)

	h.clock.add(24*time.Hour + time.Second)
	h.admin = ""
	var out wire.TokenCreated
	h.want(201, "POST", wire.PathTokens, h.asAdmin(), body{"description": "once"}, key...).into(t, &out)
	if out.Replayed || prefixes[out.Record.Prefix] {
		t.Error("a key was still remembered after a day")
	}
	h.refused(422, wire.CodeInvalid, "POST", wire.PathTokens, h.admin, body{}, "Idempotency-Key", "short")
}

func TestEveryKeyedRouteReplays(t *testing.T) {
	h := start(t)
	h.account("acme")
	h.makeUser("kim", "acme", false)
	_, tok := h.token(h.asAdmin(), wire.CreateToken{UserName: "kim"})
	password := wire.Carry(wire.NewSecret(userPassword))
	for i, c := range []struct {
		path string
		in   any
	}{
		{wire.PathAccounts, body{"name": "second"}},
		{wire.PathUsers, wire.CreateUser{Name: "lee", Account: "acme", Password: &password}},
		{wire.PathUsers, wire.CreateUser{Name: "new", Account: "acme"}},
		{wire.PathTokens, body{"user_name": "kim"}},
		{wire.PathRevoke, body{"prefixes": []string{tok.Prefix, "unknown"}}},
		{wire.UserPath("kim", "expire-tokens"), nil},
		{wire.UserPath("kim", "reset"), nil},
	} {
		key := []string{"Idempotency-Key", fmt.Sprintf("key-%08d", i)}
		first := h.do("POST", c.path, h.asAdmin(), c.in, key...)
		events := h.srv.store.LastEvent()
		again := h.do("POST", c.path, h.asAdmin(), c.in, key...)
		if first.status >= 300 || again.status != first.status || again.header.Get(wire.HeaderReplayed) != "true" || first.header.Get(wire.HeaderReplayed) != "" {
			t.Errorf("%s: %d %s, then %d %s", c.path, first.status, first.body, again.status, again.body)
		}
		if h.srv.store.LastEvent() != events {
			t.Errorf("%s: the replay was recorded as a change", c.path)
		}
		if strings.Contains(string(again.body), "gthr_") || strings.Contains(string(again.body), wire.RegistrationBrand) {
			t.Errorf("%s: the replay repeats a secret", c.path)
		}
	}
}

func TestPageTokensAreSigned(t *testing.T) {
	h := start(t)
	h.account("acme")
	for i := range 5 {
		h.makeUser(fmt.Sprintf("user%d", i), "acme", i == 0)
	}
	var page wire.Page[wire.User]
	first := wire.PathUsers + "?page_size=2&filter=user"
	h.want(200, "GET", first, h.asAdmin(), nil).into(t, &page)
	token := page.NextPageToken
	next := func(as, query, token string) answer {
		return h.do("GET", wire.PathUsers+"?"+query+"&page_token="+url.QueryEscape(token), as, nil)
	}
	if a := next(h.asAdmin(), "page_size=2&filter=user", token); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	jane := h.user("jane", "acme", false)
	for name, a := range map[string]answer{
		"another filter": next(h.asAdmin(), "page_size=2", token),
		"another order":  next(h.asAdmin(), "page_size=2&filter=user&order_by=-user_name", token),
		"another scope":  next(h.asAdmin(), "page_size=2&filter=user&account=acme", token),
		"another user":   next(jane, "page_size=2&filter=user", token),
		"another list":   h.do("GET", wire.PathAccounts+"?filter=user&page_token="+token, h.asAdmin(), nil),
	} {
		if a.status != 400 || a.problem().Code != wire.CodeBadPageToken {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		raw[i] ^= 1
		if a := next(h.asAdmin(), "page_size=2&filter=user", base64.RawURLEncoding.EncodeToString(raw)); a.status != 400 {
			t.Fatalf("a page token with byte %d changed gave %d", i, a.status)
		}
		raw[i] ^= 1
	}
}
