package juju

import (
	"context"
	"errors"

	"gatehouse/apiclient"
)

// Ways to sign in.
const (
	byPassword = "password"
	byMacaroon = "macaroon" // what an official client keeps for a day
)

func methods() []apiclient.Method {
	return []apiclient.Method{
		{
			Name: byPassword, Title: "User name and password",
			Fields: []apiclient.Field{
				{Name: "user", Title: "User name", Kind: apiclient.TextField, Required: true, Check: checkFullName},
				{Name: "password", Title: "Password", Kind: apiclient.SecretField, Required: true},
			},
			Found: []apiclient.Source{{Name: "accounts.yaml of juju", Read: foundPassword}},
		},
		{
			Name: byMacaroon, Title: "Stored login of the juju client",
			Fields: []apiclient.Field{
				{Name: "user", Title: "User name", Kind: apiclient.TextField, Required: true, Check: checkFullName},
				{Name: "macaroons", Title: "Macaroons", Kind: apiclient.SecretField, Required: true, Help: "a JSON list of lists, good for a day after the login"},
			},
			Found: []apiclient.Source{{Name: "cookies of juju", Read: foundMacaroons}},
		},
	}
}

// signIn tries a credential before it is kept. A controller makes no token of
// it: the password itself is the credential.
func signIn(ctx context.Context, t apiclient.Target, method string, with apiclient.Values) (apiclient.Credential, error) {
	tried := "sign in to " + t.URL
	field := map[string]string{byPassword: "password", byMacaroon: "macaroons"}[method]
	if field == "" {
		return apiclient.Credential{}, apiclient.Unsupported(tried, "there is no way to sign in called "+method)
	}
	c := apiclient.Credential{Method: method, User: with.Text("user"), Secret: with.Secret(field)}
	if c.User == "" {
		c.User = t.User
	}
	if external(c.User) && method == byPassword {
		return apiclient.Credential{}, &apiclient.Failure{
			Tried: tried, Message: c.User + " comes from outside: such users have no password here", Cause: apiclient.ErrInvalid,
			Fields: []apiclient.FieldError{{Field: "user", Text: "has no password here"}},
		}
	}
	s, err := newSession(t, c)
	if err != nil {
		return apiclient.Credential{}, apiclient.AsFailure(tried, err)
	}
	defer s.close()
	if _, f := s.who(ctx); f != nil {
		f.Tried = tried
		if f.End == apiclient.NotSent && f.Code != "" {
			f.End = apiclient.Refused // the login itself is what was asked for
		}
		if errors.Is(f, apiclient.ErrSignedOut) {
			f.Cause = apiclient.ErrDenied
		}
		return apiclient.Credential{}, f
	}
	return c, nil
}
