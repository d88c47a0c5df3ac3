package aiventest

import (
	"encoding/json"
	"net/http"
	"slices"
)

// record is a token as its owner sees it, without the token itself.
func (c *call) record(t *token) map[string]any {
	m := map[string]any{
		"token_prefix": t.prefix, "description": t.description, "create_time": micro(t.created), "created_manually": t.manual,
		"currently_active": t == c.with, "expiry_time": whole(t.expires), "extend_when_used": t.extend, "max_age_seconds": nil,
		"last_used_time": micro(t.lastUsed), "last_ip": null(t.ip), "last_user_agent": null(t.agent),
	}
	if t.maxAge > 0 {
		m["max_age_seconds"] = t.maxAge
	}
	if len(t.allow) > 0 {
		m["ip_allowlist"] = t.allow
	}
	if len(t.scopes) > 0 {
		m["scopes"] = t.scopes
	}
	return m
}

func listOwnTokens(c *call) {
	out := []any{}
	for _, t := range shuffled(c.Server, c.live(c.user)) {
		out = append(out, c.record(t))
	}
	c.ok(map[string]any{"tokens": out})
}

// minted makes the token that a body asks for; nil: it was refused.
func (c *call) minted(u *user) *token {
	description, ok := c.text("description", 1000, true)
	if !ok {
		return nil
	}
	var age float64
	if raw, given := c.body["max_age_seconds"]; given {
		if string(raw) == "null" || json.Unmarshal(raw, &age) != nil || age < 600 || age > 315360000 {
			c.fail(http.StatusBadRequest, "invalid_request", "Invalid value for max_age_seconds: "+string(raw))
			return nil
		}
	}
	t := c.mint(u, description, true, age, c.boolean("extend_when_used"))
	t.allow, t.scopes = c.list("ip_allowlist"), c.list("scopes")
	return t
}

func createOwnToken(c *call) {
	t := c.minted(c.user)
	if t == nil {
		return
	}
	m := c.record(t)
	m["full_token"] = t.full
	c.ok(m)
}

func (c *call) own(u *user) *token {
	i := slices.IndexFunc(c.live(u), func(t *token) bool { return t.prefix == c.path("prefix") })
	if i < 0 {
		c.notFound("Token")
		return nil
	}
	return u.tokens[i]
}

func describeOwnToken(c *call) {
	t := c.own(c.user)
	if t == nil {
		return
	}
	description, ok := c.text("description", 1000, true)
	if !ok {
		return
	}
	t.description = description
	c.ok(c.record(t))
}

func revokeOwnToken(c *call) {
	// The whole token in the path works, too, as the API's client does it.
	for _, t := range c.live(c.user) {
		if t.full == c.path("prefix") {
			c.user.drop(t.prefix)
			c.said("Token revoked")
			return
		}
	}
	if c.own(c.user) == nil {
		return
	}
	c.user.drop(c.path("prefix"))
	c.said("Token revoked")
}

// listMemberTokens shows six fields, and only for users that the organization
// manages.
func listMemberTokens(c *call, o *organization, m *member) {
	if m.user.managing != o.id && m.user != c.user {
		c.fail(http.StatusForbidden, "user_not_managed_by_organization", "User is not managed by the organization")
		return
	}
	out := []any{}
	for _, t := range shuffled(c.Server, c.live(m.user)) {
		allow := t.allow
		if allow == nil {
			allow = []string{}
		}
		out = append(out, map[string]any{
			"token_prefix": t.prefix, "description": t.description, "ip_allowlist": allow,
			"last_ip": null(t.ip), "last_used_time": micro(t.lastUsed), "last_user_agent": null(t.agent),
		})
	}
	c.ok(map[string]any{"tokens": out})
}

func revokeMemberToken(c *call, o *organization, m *member) {
	if m.user.managing != o.id && m.user != c.user {
		c.fail(http.StatusForbidden, "user_not_managed_by_organization", "User is not managed by the organization")
		return
	}
	if !m.user.drop(c.path("prefix")) {
		c.notFound("Token")
		return
	}
	c.tell(o, c.user, "user_token_revoke", "Revoked a token of "+m.user.email)
	c.nothing()
}

func listAppTokens(c *call, _ *organization, m *member) {
	out := []any{}
	for _, t := range shuffled(c.Server, c.live(m.user)) {
		out = append(out, c.record(t))
	}
	c.ok(map[string]any{"tokens": out})
}

func createAppToken(c *call, _ *organization, m *member) {
	if t := c.minted(m.user); t != nil {
		c.ok(map[string]any{"full_token": t.full, "token_prefix": t.prefix})
	}
}

func revokeAppToken(c *call, _ *organization, m *member) {
	if !m.user.drop(c.path("prefix")) {
		c.notFound("Token")
		return
	}
	c.nothing()
}
