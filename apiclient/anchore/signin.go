package anchore

import (
	"context"
	"errors"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Ways to sign in. Anchore has no sessions: the credential itself goes with
// each request.
const (
	byPassword = "password"
	byKey      = "api-key"
	byBearer   = "token"
)

// keyUser is the name under which API keys sign in, whosever they are
// (docs.anchore.com, "API Keys").
const keyUser = "_api_key"

func methods() []apiclient.Method {
	return []apiclient.Method{
		{Name: byPassword, Title: "User name and password", Fields: []apiclient.Field{
			{Name: "user", Title: "User name", Kind: apiclient.TextField, Required: true},
			{Name: "password", Title: "Password", Kind: apiclient.SecretField, Required: true},
		}, Found: found()},
		{Name: byKey, Title: "API key", Fields: []apiclient.Field{
			{Name: "api_key", Title: "API key", Kind: apiclient.SecretField, Required: true, Help: "of Anchore Enterprise"},
		}},
		{Name: byBearer, Title: "OAuth token", Fields: []apiclient.Field{
			{Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "from POST /oauth/token, begins with eyJ"},
		}},
	}
}

// signIn tries the credential before it is kept.
func signIn(ctx context.Context, t apiclient.Target, method string, with apiclient.Values) (apiclient.Credential, error) {
	tried := "sign in to " + address(t)
	c := apiclient.Credential{Method: method}
	switch method {
	case byPassword:
		c.User, c.Secret = with.Text("user"), with.Secret("password")
	case byKey:
		c.Secret = with.Secret("api_key")
	case byBearer:
		c.Secret = with.Secret("token")
		c.Expires = readJWT(c.Secret).expires
	default:
		return c, apiclient.Unsupported(tried, "there is no way to sign in called "+method)
	}
	c = complete(t, c)
	if f := plausible(tried, c); f != nil {
		return apiclient.Credential{}, f
	}
	s, err := detect(ctx, t)
	if err != nil {
		return apiclient.Credential{}, err
	}
	if method == byKey && !s.apiKeys() {
		return apiclient.Credential{}, apiclient.Unsupported(tried, s.system+" has no API keys: sign in with user name and password")
	}
	client, err := dial(t, s.base, authOf(c))
	if err != nil {
		return apiclient.Credential{}, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	defer client.Close()
	var who wireUser
	if _, err := client.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/user", Into: &who}); err != nil {
		return apiclient.Credential{}, notLetIn(err)
	}
	if c.User == "" {
		c.User = who.Name
	}
	return c, nil
}

// plausible tells what cannot work with Basic before anything is sent.
func plausible(tried string, c apiclient.Credential) *apiclient.Failure {
	field, text := "", ""
	switch {
	case c.Method == byPassword && c.User == "":
		field, text = "user", "is required"
	case c.Method == byPassword && strings.Contains(c.User, ":"):
		field, text = "user", "holds a colon, with which nobody can sign in (RFC 7617)"
	case c.Secret.IsZero():
		field, text = map[string]string{byPassword: "password", byKey: "api_key", byBearer: "token"}[c.Method], "is required"
	case c.Method == byBearer && !readJWT(c.Secret).ok:
		field, text = "token", "is no OAuth token: it has three parts with dots between"
	default:
		return nil
	}
	return &apiclient.Failure{
		Tried: tried, Message: field + " " + text, Cause: apiclient.ErrInvalid,
		Fields: []apiclient.FieldError{{Field: field, Text: text}},
	}
}

// notLetIn makes a refused sign-in out of a refused request.
func notLetIn(err error) error {
	f := *apiclient.AsFailure("sign in", err)
	if errors.Is(err, apiclient.ErrSignedOut) {
		f.Cause = apiclient.ErrDenied
		f.Next = "check user and password; one that was changed a moment ago may take 5 seconds to count"
	}
	return &f
}

// complete fills in what a stored credential may leave out.
func complete(t apiclient.Target, c apiclient.Credential) apiclient.Credential {
	if c.Method == "" {
		switch {
		case readJWT(c.Secret).ok:
			c.Method = byBearer
		case c.User != "" || t.User != "":
			c.Method = byPassword
		default:
			c.Method = byKey
		}
	}
	if c.User == "" && c.Method == byPassword {
		c.User = t.User
	}
	return c
}

func authOf(c apiclient.Credential) *rest.Auth {
	switch c.Method {
	case byBearer:
		return &rest.Auth{Scheme: "Bearer", Secret: c.Secret}
	case byKey:
		return &rest.Auth{Scheme: "Basic", User: keyUser, Secret: c.Secret}
	}
	return &rest.Auth{Scheme: "Basic", User: c.User, Secret: c.Secret}
}
