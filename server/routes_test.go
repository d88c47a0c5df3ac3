package server

import (
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

func TestSmoke(t *testing.T) {
	h := start(t)
	var me wire.Identity
	h.want(200, "GET", wire.PathSession, h.asAdmin(), nil).into(t, &me)
	if me.User.Name != "admin" || !me.User.Admin || me.Server.Version != "test" || me.Credential.Kind != "session" {
		t.Fatalf("%+v", me)
	}
	h.account("acme")
	jane := h.user("jane", "acme", false)
	secret, tok := h.token(jane, wire.CreateToken{Description: "ci"})
	h.want(200, "GET", wire.TokenPath(tok.Prefix), secret, nil)
	for _, p := range []string{wire.PathAccounts, wire.PathUsers, wire.PathTokens, wire.PathAudit} {
		t.Logf("%s", h.want(200, "GET", p, h.asAdmin(), nil).body)
	}
	h.want(200, "GET", wire.PathOpenAPI, "", nil)
}
