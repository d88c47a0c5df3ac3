package server

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

func (h *host) alive(token string) bool {
	h.t.Helper()
	return h.do("GET", wire.PathSession, token, nil).status == 200
}

func (h *host) record(prefix string) wire.Token {
	h.t.Helper()
	var k wire.Token
	h.want(200, "GET", wire.TokenPath(prefix), h.asAdmin(), nil).into(h.t, &k)
	return k
}

func TestWhatEndsWhichSessions(t *testing.T) {
	h := start(t)
	h.account("acme")
	const fresh = "another-good-one-11"
	for name, c := range map[string]struct {
		do                     func(own string)
		own, others, tokenLive bool
	}{
		"own password": {func(own string) {
			h.want(200, "PUT", wire.UserPath("jane", "password"), own, body{"password": fresh, "old_password": userPassword})
		}, true, false, true},
		"password by an admin": {func(string) {
			h.want(200, "PUT", wire.UserPath("jane", "password"), h.asAdmin(), body{"password": fresh})
		}, false, false, true},
		"reset": {func(string) { h.want(200, "POST", wire.UserPath("jane", "reset"), h.asAdmin(), nil) }, false, false, true},
		"expire tokens": {func(own string) {
			var out wire.Expired
			h.want(200, "POST", wire.UserPath("jane", "expire-tokens"), own, nil).into(t, &out)
			if out.Tokens != 1 || out.Sessions != 2 || len(out.Prefixes) != 3 {
				t.Errorf("%+v", out)
			}
		}, false, false, false},
		"disable and enable": {func(string) {
			h.want(200, "POST", wire.UserPath("jane", "disable"), h.asAdmin(), nil, "If-Match", "*")
			h.want(200, "POST", wire.UserPath("jane", "enable"), h.asAdmin(), nil)
		}, false, false, true},
		"account off and on": {func(string) {
			h.want(200, "POST", wire.AccountPath("acme", "disable"), h.asAdmin(), nil, "If-Match", "*")
			h.want(200, "POST", wire.AccountPath("acme", "enable"), h.asAdmin(), nil)
		}, false, false, true},
		"sign out": {func(own string) { h.want(204, "DELETE", wire.PathSession, own, nil) }, false, true, true},
	} {
		h.makeUser("jane", "acme", false)
		own, other := h.signIn("jane", userPassword), h.signIn("jane", userPassword)
		token, _ := h.token(own, wire.CreateToken{})
		c.do(own)
		if h.alive(own) != c.own || h.alive(other) != c.others || h.alive(token) != c.tokenLive {
			t.Errorf("%s: own session %v, other session %v, token %v", name, h.alive(own), h.alive(other), h.alive(token))
		}
		h.want(204, "DELETE", wire.UserPath("jane"), h.asAdmin(), nil, "If-Match", "*")
		if h.alive(own) || h.alive(other) || h.alive(token) {
			t.Errorf("%s: something works after the user was deleted", name)
		}
	}
}

func TestResetAndRedeem(t *testing.T) {
	h := start(t)
	h.account("acme")
	h.makeUser("jane", "acme", false)
	var out wire.UserCreated
	h.want(200, "POST", wire.UserPath("jane", "reset"), h.asAdmin(), nil).into(t, &out)
	if out.User.State != wire.UserInvited || out.User.InvitedExpires == nil {
		t.Errorf("%+v", out.User)
	}
	h.want(401, "POST", wire.PathSession, "", body{"user_name": "jane", "password": userPassword})
	h.want(200, "POST", wire.UserPath("jane", "disable"), h.asAdmin(), nil, "If-Match", "*")
	token := invitationToken(t, out)
	h.refused(410, wire.CodeRegistrationGone, "POST", wire.PathRedeem, "", body{"token": token, "password": userPassword})
	var u wire.User
	h.want(200, "POST", wire.UserPath("jane", "enable"), h.asAdmin(), nil).into(t, &u)
	if u.State != wire.UserInvited {
		t.Errorf("came back as %s", u.State)
	}
	h.want(401, "GET", wire.PathSession, token, nil) // a registration token is no credential
	redeem(t, h, token, userPassword)
	h.signIn("jane", userPassword)
}

func TestRevokingByPrefixAndByWhole(t *testing.T) {
	h := start(t)
	h.account("acme")
	jane := h.user("jane", "acme", false)
	first, one := h.token(jane, wire.CreateToken{})
	_, two := h.token(jane, wire.CreateToken{})
	third, _ := h.token(h.asAdmin(), wire.CreateToken{})
	revoke := func(as string, in any) []wire.RevokeItem {
		var out wire.RevokeAnswer
		h.want(200, "POST", wire.PathRevoke, as, in).into(t, &out)
		return out.Items
	}
	forged := first[:wire.PrefixLen] + third[wire.PrefixLen:]
	h.refused(422, wire.CodeInvalid, "POST", wire.PathRevoke, jane, body{"token": forged})
	if got := revoke(jane, body{"token": third}); got[0].Result != wire.RevokeNotFound || got[0].UserName != "" {
		t.Errorf("somebody else's token: %+v", got)
	}
	if got := revoke(h.asAdmin(), body{"token": first}); got[0].Result != wire.RevokeDone || got[0].UserName != "jane" || got[0].Prefix != one.Prefix {
		t.Errorf("%+v", got)
	}
	got := revoke(jane, body{"prefixes": []string{one.Prefix, "gthp_000000000000", two.Prefix}})
	if len(got) != 3 || got[0].Result != wire.RevokeAlready || got[1].Result != wire.RevokeNotFound || got[2].Result != wire.RevokeDone {
		t.Errorf("%+v", got)
	}
	if k := h.record(two.Prefix); k.State != wire.TokenRevoked || k.RevokedBy != "jane" || k.Revoked == nil {
		t.Errorf("%+v", k)
	}
	if h.alive(first) || !h.alive(third) {
		t.Error("the wrong token died")
	}
}

func TestTokensExpire(t *testing.T) {
	h := start(t)
	short, rec := h.token(h.asAdmin(), wire.CreateToken{MaxAgeSeconds: seconds(60)})
	never, _ := h.token(h.asAdmin(), wire.CreateToken{MaxAgeSeconds: seconds(0)})
	usual, def := h.token(h.asAdmin(), wire.CreateToken{})
	if def.MaxAgeSeconds != 30*24*3600 || !rec.Expires.Equal(h.clock.now().Add(time.Minute)) {
		t.Errorf("%+v %+v", def, rec)
	}
	h.clock.add(59 * time.Second)
	if !h.alive(short) {
		t.Error("expired too early")
	}
	h.clock.add(time.Second)
	if h.alive(short) || !h.alive(never) || !h.alive(usual) {
		t.Error("expiry is not where it was said")
	}
	if k := h.record(rec.Prefix); k.State != wire.TokenExpired {
		t.Errorf("%+v", k)
	}
}

func seconds(n int64) *int64 { return &n }

func TestSessionsEndIdleAndInAnyCase(t *testing.T) {
	h := start(t)
	session := h.asAdmin()
	for range 24 { // twelve hours of use
		h.clock.add(29 * time.Minute)
		if !h.alive(session) {
			t.Fatal("a session in use ended")
		}
		if err := h.srv.dir.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	h.clock.add(25 * time.Minute)
	if h.alive(session) {
		t.Error("a session outlived its hard end")
	}
	h.admin = ""
	session = h.asAdmin()
	h.clock.add(30 * time.Minute)
	if h.alive(session) {
		t.Error("an idle session did not end")
	}
}

// The first use, a new address and a new agent are durable at once, the rest
// soon; a late note never wakes a dead token.
func TestLastUseIsRecorded(t *testing.T) {
	h := start(t, withoutReaper())
	flush := func() {
		if err := h.srv.dir.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	token, rec := h.token(h.asAdmin(), wire.CreateToken{MaxAgeSeconds: seconds(3600), ExtendWhenUsed: true})
	if k := h.record(rec.Prefix); k.LastUsed != nil {
		t.Errorf("used before it was: %+v", k)
	}
	use := func(agent string) {
		h.want(200, "GET", wire.PathSession, token, nil, "User-Agent", agent, "X-Forwarded-For", "203.0.113.9")
	}
	use("one/1")
	made := h.clock.now()
	if k := h.record(rec.Prefix); k.LastUsed == nil || !k.LastUsed.Equal(made) || k.LastUsedIP != "127.0.0.1" || k.LastUsedAgent != "one/1" {
		t.Errorf("the first use: %+v", k)
	}
	h.clock.add(time.Minute)
	use("one/1")
	if k := h.record(rec.Prefix); !k.LastUsed.Equal(made) {
		t.Errorf("a further use was written at once: %+v", k)
	}
	use("two/" + strings.Repeat("x", 400))
	second := h.clock.now()
	if k := h.record(rec.Prefix); !k.LastUsed.Equal(second) || len(k.LastUsedAgent) != 256 {
		t.Errorf("a new agent: %+v", k)
	}
	h.clock.add(time.Minute)
	use("one/1")
	flush()
	if k := h.record(rec.Prefix); !k.LastUsed.Equal(h.clock.now()) || !k.Expires.Equal(h.clock.now().Add(time.Hour)) || k.Version != rec.Version {
		t.Errorf("after the flush: %+v", k)
	}
	// Close to its end, a use that extends is durable at once.
	h.clock.add(time.Hour - time.Second)
	use("one/1")
	h.admin = "" // the session of the admin has ended meanwhile
	if k := h.record(rec.Prefix); !k.Expires.Equal(h.clock.now().Add(time.Hour)) {
		t.Errorf("close to the end: %+v", k)
	}
	h.clock.add(time.Minute)
	use("one/1")
	h.want(200, "DELETE", wire.TokenPath(rec.Prefix), h.asAdmin(), nil)
	before := h.record(rec.Prefix)
	flush()
	if k := h.record(rec.Prefix); k.State != wire.TokenRevoked || !k.Expires.Equal(*before.Expires) || !k.LastUsed.Equal(h.clock.now()) {
		t.Errorf("after revoking: %+v, before %+v", k, before)
	}
}

func TestAHashOfOldCostIsRenewedAtSignIn(t *testing.T) {
	h := start(t)
	h.stop()
	dear := cheap()
	dear.MemoryKiB *= 2
	again := start(t, withFile(h.cfg.Database), withCost(dear))
	hash := func() string {
		var s string
		if err := again.srv.store.Row(`SELECT password_hash FROM users WHERE name = 'admin'`).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if again.want(401, "POST", wire.PathSession, "", body{"user_name": "admin", "password": "wrong"}); !strings.Contains(hash(), "m=8,") {
		t.Errorf("a wrong password changed the hash to %s", hash())
	}
	if again.asAdmin(); !strings.Contains(hash(), "m=16,") {
		t.Errorf("the hash stayed %s", hash())
	}
	again.signIn("admin", adminPassword)
}
