package anchoretest

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

func oauthToken(c *call) answer {
	if !c.opts.OAuth {
		return refuse(http.StatusForbidden, "Oauth not enabled in configuration")
	}
	kind, _, _ := mime.ParseMediaType(c.req.Header.Get("Content-Type"))
	form, err := url.ParseQuery(string(c.body))
	name, secret, basic := c.req.BasicAuth()
	switch {
	case len(c.body) == 0 && basic:
	case kind != "application/x-www-form-urlencoded", err != nil, form.Get("grant_type") != "password":
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "The grant type is not supported.")
	case form.Get("client_id") != "anonymous":
		return oauthError(http.StatusBadRequest, "invalid_client", "")
	default:
		name, secret = form.Get("username"), form.Get("password")
	}
	if !c.byPassword(name, secret) {
		return crash()
	}
	expires := c.now().Add(bearerLife)
	token := jwt(map[string]any{"sub": c.who.id, "exp": expires.Unix()})
	c.state.bearers[token] = bearer{c.who.id, expires}
	return ok(map[string]any{"access_token": token, "expires_in": int(bearerLife.Seconds()), "token_type": "Bearer"})
}

// jwt writes claims as a token whose signature is as good as random: nobody
// but this server looks at it, and it looks in its own list.
func jwt(claims map[string]any) string {
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // maps of texts and numbers can be written
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return strings.Join([]string{part(map[string]string{"alg": "RS256", "typ": "JWT"}), part(claims), randomText()}, ".")
}
