package arvados

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
	"gatehouse/apiclient/secret"
)

// Ways to sign in.
const (
	byToken    = "token"
	byPassword = "password"
)

func methods() []apiclient.Method {
	return []apiclient.Method{
		{
			Name: byToken, Title: "API token",
			Fields: []apiclient.Field{tokenField()},
			Found: []apiclient.Source{
				{Name: "ARVADOS_API_TOKEN", Read: fromEnvironment},
				{Name: "~/.config/arvados/settings.conf", Read: fromSettings},
			},
		},
		{
			Name: byPassword, Title: "User name and password", Fields: []apiclient.Field{
				{Name: "user", Title: "User name", Kind: apiclient.TextField, Required: true},
				{Name: "password", Title: "Password", Kind: apiclient.SecretField, Required: true, Help: "only where the cluster checks passwords itself (PAM, LDAP)"},
			},
		},
	}
}

func tokenField() apiclient.Field {
	return apiclient.Field{Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "v2/zzzzz-gj3su-.../..., or only its last part"}
}

// fromEnvironment reads the variables of the official tools. Another of them,
// ARVADOS_API_HOST_INSECURE, is not obeyed: a certificate that this machine
// does not trust needs its CA file in the context.
func fromEnvironment(lookup func(string) (string, bool)) (apiclient.Target, apiclient.Credential, error) {
	return found(lookup)
}

// fromSettings reads the file that the official tools fall back on; the
// environment wins over each of its lines.
func fromSettings(lookup func(string) (string, bool)) (apiclient.Target, apiclient.Credential, error) {
	home, ok := lookup("HOME")
	if !ok || home == "" {
		return apiclient.Target{}, apiclient.Credential{}, apiclient.ErrNotFound
	}
	settings, err := readSettings(filepath.Join(home, ".config", "arvados", "settings.conf"))
	if err != nil {
		return apiclient.Target{}, apiclient.Credential{}, err
	}
	return found(func(name string) (string, bool) {
		if v, ok := lookup(name); ok {
			return v, true
		}
		v, ok := settings[name]
		return v, ok
	})
}

func found(lookup func(string) (string, bool)) (apiclient.Target, apiclient.Credential, error) {
	host, _ := lookup("ARVADOS_API_HOST")
	text, _ := lookup("ARVADOS_API_TOKEN")
	if host == "" || text == "" {
		return apiclient.Target{}, apiclient.Credential{}, apiclient.ErrNotFound
	}
	return apiclient.Target{URL: address(host)}, apiclient.Credential{Method: byToken, Secret: secret.New(text)}, nil
}

// readSettings reads lines NAME=value whose name begins with ARVADOS_.
func readSettings(path string) (map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	out := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), "=")
		if name = strings.TrimSpace(name); ok && strings.HasPrefix(name, "ARVADOS_") {
			out[name] = strings.TrimSpace(value)
		}
	}
	return out, lines.Err()
}

func signIn(ctx context.Context, t apiclient.Target, method string, with apiclient.Values) (apiclient.Credential, error) {
	tried := "sign in to " + address(t.URL)
	switch method {
	case byToken:
		return checkToken(ctx, t, tried, with.Secret("token"))
	case byPassword:
		return authenticate(ctx, t, tried, or(with.Text("user"), t.User), with.Secret("password"))
	}
	return apiclient.Credential{}, apiclient.Unsupported(tried, "there is no way to sign in called "+method)
}

// checkToken tries a token before it is kept: a slip of the clipboard is told
// at once. A text of another shape is tried too: the operator of a cluster may
// choose any text as its root token.
func checkToken(ctx context.Context, t apiclient.Target, tried string, s apiclient.Secret) (apiclient.Credential, error) {
	s = trimmed(s)
	if s.IsZero() {
		return apiclient.Credential{}, wrongField(tried, "token", "is required")
	}
	client, err := dial(t, s)
	if err != nil {
		return apiclient.Credential{}, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	defer client.Close()
	me, own, err := session(ctx, client, tried)
	if err != nil {
		return apiclient.Credential{}, err
	}
	c := apiclient.Credential{Method: byToken, User: me.label(), Secret: s}
	if own.Expires != nil {
		c.Expires = *own.Expires
	}
	return c, nil
}

// authenticate signs in with a password; the cluster makes a new token.
func authenticate(ctx context.Context, t apiclient.Target, tried, name string, password apiclient.Secret) (apiclient.Credential, error) {
	client, err := dial(t, apiclient.Secret{})
	if err != nil {
		return apiclient.Credential{}, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	defer client.Close()
	var made token
	_, err = client.Do(ctx, rest.Request{
		Tried: tried, Method: "POST", Path: pathUsers + "/authenticate", Into: &made,
		Body: rest.Form(url.Values{"username": {name}}, map[string]apiclient.Secret{"password": password}),
	})
	if err != nil {
		f := *apiclient.AsFailure(tried, err)
		switch f.Status {
		case 400:
			f.Next = "this cluster signs in through a web page: get a token there and sign in with it"
		case 401, 500: // the login method for tests answers 500
			f.Cause, f.End, f.Next = apiclient.ErrDenied, apiclient.Refused, "check user name and password"
		}
		return apiclient.Credential{}, &f
	}
	if !hasInfix(made.UUID, infixToken) || made.Secret.IsZero() {
		return apiclient.Credential{}, &apiclient.Failure{Tried: tried, End: apiclient.Refused, Message: "the answer holds no token", Cause: apiclient.ErrBroken}
	}
	c := apiclient.Credential{Method: byToken, User: name, Secret: made.v2()}
	if made.Expires != nil {
		c.Expires = *made.Expires
	}
	return c, nil
}

func wrongField(tried, field, text string) *apiclient.Failure {
	return &apiclient.Failure{
		Tried: tried, Message: field + " " + text, Cause: apiclient.ErrInvalid,
		Fields: []apiclient.FieldError{{Field: field, Text: text}},
	}
}
