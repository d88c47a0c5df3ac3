package arvadostest

import (
	"maps"
	"net/http"
	"strings"
	"time"
)

// presented is the token that the request came with.
func (c *call) presented() string {
	if user, password, ok := c.r.BasicAuth(); ok && !c.rails && user != "" {
		return password
	}
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if scheme == "Bearer" || scheme == "OAuth2" {
		return token
	}
	return c.r.URL.Query().Get("api_token")
}

// signIn finds who asks. All reasons to refuse have the same words.
func (c *call) signIn() *fault {
	no := refuse(http.StatusUnauthorized, "Not logged in")
	token, ok := c.known(c.presented())
	if !ok {
		return no
	}
	user, ok := c.s.tables["users"].byID[token.text("owner_uuid")]
	if !ok {
		return no
	}
	c.token, c.user = token, user
	if !c.inScope() {
		return refuse(http.StatusForbidden, "Forbidden")
	}
	return nil
}

// known looks a token up, in what the controller remembers first.
func (c *call) known(text string) (record, bool) {
	if text == "" {
		return nil, false
	}
	s, now := c.s, c.s.o.Now()
	if s.o.RootToken != "" && text == s.o.RootToken {
		return record{"uuid": s.Cluster + "-gj3su-000000000000000", "owner_uuid": s.RootUUID, "scopes": []any{"all"}}, true
	}
	if m, ok := s.cache[text]; ok && !c.rails && now.Before(m.until) {
		return m.token, true
	}
	delete(s.cache, text)
	id, secret := "", text
	if strings.HasPrefix(text, "v2/") {
		parts := strings.Split(text, "/")
		if len(parts) < 3 || len(parts[1]) != 27 {
			return nil, false
		}
		id, secret = parts[1], parts[2]
	}
	for _, t := range s.tables["api_client_authorizations"].byID {
		if t.text("api_token") != secret || id != "" && t.text("uuid") != id || expired(t, now) {
			continue
		}
		if s.o.Lag > 0 {
			s.cache[text] = cached{maps.Clone(t), now.Add(s.o.Lag)}
		}
		return t, true
	}
	return nil, false
}

func expired(t record, now time.Time) bool {
	at, ok := t["expires_at"].(time.Time)
	return ok && !at.After(now)
}

func (c *call) inScope() bool {
	if c.parts[0] == "api_client_authorizations" && len(c.parts) == 2 && c.parts[1] == "current" && c.method == http.MethodGet {
		return true
	}
	scopes, _ := c.token["scopes"].([]any)
	for _, scope := range scopes {
		s, _ := scope.(string)
		method, path, _ := strings.Cut(s, " ")
		if s == "all" || method == c.method && (path == c.r.URL.Path || strings.HasSuffix(path, "/") && strings.HasPrefix(c.r.URL.Path, path)) {
			return true
		}
	}
	return false
}

func (c *call) admin() bool { return c.user.flag("is_admin") && c.user.flag("is_active") }
func (c *call) root() bool  { return strings.HasSuffix(c.token.text("uuid"), "-000000000000000") }
func (c *call) me() string  { return c.user.text("uuid") }

func (c *call) needAdmin() *fault {
	if c.admin() {
		return nil
	}
	return refuse(http.StatusForbidden, "Forbidden")
}

// logout ends the token that it comes with.
func (c *call) logout(w http.ResponseWriter) {
	if t, ok := c.known(c.presented()); ok {
		if mine := c.s.tables["api_client_authorizations"].byID[t.text("uuid")]; mine != nil {
			mine["expires_at"] = c.s.o.Now().UTC()
		}
	}
	w.Header().Set("Location", c.s.URL+"/")
	w.WriteHeader(http.StatusFound)
}

// authenticate signs in with a password.
func (c *call) authenticate() (any, *fault) {
	if c.method != http.MethodPost {
		return nil, refuse(http.StatusMethodNotAllowed, "API endpoint not found")
	}
	if !c.s.o.PasswordSignIn {
		return nil, refuse(http.StatusBadRequest, "interactive login required")
	}
	name, password := c.text("username"), c.text("password")
	users := c.s.tables["users"].where(func(u record) bool { return u.text("username") == name })
	if want, ok := c.s.password[name]; !ok || want != password || len(users) == 0 {
		return nil, refuse(http.StatusUnauthorized, "Authentication failed (with password %q)", password)
	}
	t := c.s.tables["api_client_authorizations"].add(c.s.token(users[0].text("uuid"), record{}))
	return map[string]any{"api_token": t["api_token"], "uuid": t["uuid"], "scopes": t["scopes"], "expires_at": nil, "owner_uuid": "", "kind": ""}, nil
}
