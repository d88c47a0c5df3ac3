package ais

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Ways to sign in. Both end with a token.
const (
	byPassword = "password"
	byToken    = "token"
)

// shortestLife is the least that the server makes a token for.
const shortestLife = time.Minute

func methods(home homeFinder) []apiclient.Method {
	return []apiclient.Method{
		{Name: byPassword, Title: "User name and password", Fields: []apiclient.Field{
			{Name: "user", Title: "User name", Kind: apiclient.TextField, Required: true, Check: checkName},
			{Name: "password", Title: "Password", Kind: apiclient.SecretField, Required: true},
			life(),
		}},
		{Name: byToken, Title: "Token", Fields: []apiclient.Field{
			{Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "a JWT: three parts between dots"},
		}, Found: found(home)},
	}
}

// life is how long the token of a sign-in is good for.
func life() apiclient.Field {
	return apiclient.Field{
		Name: "life", Title: "Token life", Kind: apiclient.DurationField, Zero: "the longest that the server allows",
		Help: "empty: as the server is set, usually 24h; 0: its longest, usually 90d",
		Check: func(s string) error {
			if d, err := apiclient.ParseSpan(s); err == nil && d > 0 && d < shortestLife {
				return errors.New("must be 0 or at least 1m")
			}
			return nil
		},
	}
}

func signIn(ctx context.Context, t apiclient.Target, method string, with apiclient.Values) (apiclient.Credential, error) {
	tried := "sign in to " + address(t)
	for _, m := range methods(nil) {
		if m.Name != method {
			continue
		}
		if err := checkInputs(tried, m.Fields, with, t); err != nil {
			return apiclient.Credential{}, err
		}
		if method == byToken {
			return checkToken(ctx, t, with.Secret("token"))
		}
		return logIn(ctx, t, tried, with)
	}
	return apiclient.Credential{}, apiclient.Unsupported(tried, "there is no way to sign in called "+method)
}

// checkInputs says beside the fields what is wrong with them. The user may be
// known from the context.
func checkInputs(tried string, fields []apiclient.Field, with apiclient.Values, t apiclient.Target) error {
	f := &apiclient.Failure{Tried: tried, Cause: apiclient.ErrInvalid}
	for _, d := range fields {
		in := with[d.Name]
		if d.Name == "user" && in.Empty() {
			in.Text = t.User
		}
		if err := d.Validate(in); err != nil {
			f.Fields = append(f.Fields, apiclient.FieldError{Field: d.Name, Text: err.Error()})
			f.Message = strings.TrimPrefix(f.Message+"; "+d.Title+" "+err.Error(), "; ")
		}
	}
	if f.Fields == nil {
		return nil
	}
	return f
}

// logIn has the server make a token.
func logIn(ctx context.Context, t apiclient.Target, tried string, with apiclient.Values) (apiclient.Credential, error) {
	client, err := dial(t, nil)
	if err != nil {
		return apiclient.Credential{}, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	defer client.Close()
	name := with.Text("user")
	if name == "" {
		name = t.User
	}
	password := with.Secret("password")
	body := signInWrite{Password: rest.Open{Secret: password}}
	if with.Text("life") != "" {
		nanoseconds := int64(with.Span("life"))
		body.ExpiresIn = &nanoseconds
	}
	var in struct {
		Token apiclient.Secret `json:"token"`
	}
	_, err = client.Do(ctx, rest.Request{
		Tried: tried, Method: http.MethodPost, Path: below(pathUsers, name), Into: &in, Body: rest.JSONWithSecrets(body, password),
	})
	if err != nil {
		return apiclient.Credential{}, notLoggedIn(tried, err)
	}
	c, err := credential(in.Token)
	if err != nil {
		return c, &apiclient.Failure{
			Tried: tried, End: apiclient.Unknown, Message: "the server says yes, but what it gives out is no token of AuthN", Cause: apiclient.ErrBroken,
			Next: "check the address: is AuthN there?",
		}
	}
	return c, nil
}

// notLoggedIn puts the server's words beside the field that they are about.
func notLoggedIn(tried string, err error) error {
	f := *apiclient.AsFailure(tried, err)
	switch {
	case strings.Contains(f.Message, "expiry date"):
		f.Fields = []apiclient.FieldError{{Field: "life", Text: f.Message}}
		f.Cause = apiclient.ErrInvalid
	case f.Status == http.StatusUnauthorized:
		f.Cause = apiclient.ErrDenied
		f.Next = "check the user name and the password: the server does not say which one is wrong"
	}
	return &f
}

// checkToken tries a token before it is kept.
func checkToken(ctx context.Context, t apiclient.Target, token apiclient.Secret) (apiclient.Credential, error) {
	c, err := credential(token)
	if err != nil {
		return c, &apiclient.Failure{
			Tried: "sign in to " + address(t), Message: err.Error(), Cause: apiclient.ErrInvalid,
			Fields: []apiclient.FieldError{{Field: "token", Text: err.Error()}},
		}
	}
	b, err := open(ctx, t, c)
	if err != nil {
		return apiclient.Credential{}, err
	}
	b.Close()
	return c, nil
}

func credential(token apiclient.Secret) (apiclient.Credential, error) {
	said, err := parseToken(token)
	if err == nil {
		err = checkSubject(said)
	}
	if err != nil {
		return apiclient.Credential{}, err
	}
	return apiclient.Credential{Method: byToken, User: said.Subject, Secret: trimmed(token), Expires: said.Expires}, nil
}
