package aiven

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Ways to sign in.
const (
	byPassword = "password"
	byToken    = "token"
	bySession  = "session" // what a password becomes
)

func methods() []apiclient.Method {
	return []apiclient.Method{
		{Name: byPassword, Title: "E-mail and password", Fields: []apiclient.Field{
			{Name: "user", Title: "E-mail", Kind: apiclient.TextField, Required: true, Check: checkEmail},
			{Name: "password", Title: "Password", Kind: apiclient.SecretField, Required: true},
			{Name: "tenant", Title: "Marketplace", Kind: apiclient.ChoiceField, Choices: []string{"aws", "gcp"}, Help: "only for an account of a cloud's marketplace"},
		}},
		{Name: byToken, Title: "Token", Found: foundIn(), Fields: []apiclient.Field{
			{Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "a personal token, made in Aiven's web console or with avn"},
		}},
	}
}

func oneTimePassword() apiclient.Field {
	return apiclient.Field{Name: "otp", Title: "One-time password", Kind: apiclient.SecretField, Required: true, Help: "six digits", Check: func(s string) error {
		if s = strings.TrimSpace(s); len(s) != 6 || strings.Trim(s, "0123456789") != "" {
			return errors.New("must be six digits")
		}
		return nil
	}}
}

func signIn(ctx context.Context, t apiclient.Target, method string, with apiclient.Values) (apiclient.Credential, error) {
	tried := "sign in to " + address(t)
	client, err := dial(t, nil)
	if err != nil {
		return apiclient.Credential{}, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	defer client.Close()
	switch method {
	case byPassword:
		return openSession(ctx, client, tried, t, with)
	case byToken:
		return checkToken(ctx, client, tried, with.Secret("token"))
	}
	return apiclient.Credential{}, apiclient.Unsupported(tried, "there is no way to sign in called "+method)
}

type wireSignIn struct {
	Email    string     `json:"email"`
	Password rest.Open  `json:"password"`
	OTP      *rest.Open `json:"otp,omitempty"`
	Tenant   string     `json:"tenant,omitempty"`
}

// openSession signs in with a password. Where a one-time password is wanted, the
// same request is sent again with it.
func openSession(ctx context.Context, client *rest.Client, tried string, t apiclient.Target, with apiclient.Values) (apiclient.Credential, error) {
	email := with.Text("user")
	if email == "" {
		email = t.User
	}
	password, otp := with.Secret("password"), with.Secret("otp")
	body := wireSignIn{Email: email, Password: rest.Open{Secret: password}, Tenant: with.Text("tenant")}
	secrets := []apiclient.Secret{password}
	if !otp.IsZero() {
		otp = trimToken(otp)
		body.OTP = &rest.Open{Secret: otp}
		secrets = append(secrets, otp)
	}
	var in wireSignedIn
	_, err := client.Do(ctx, rest.Request{
		Tried: tried, Method: "POST", Path: "/v1/userauth", Into: &in, Body: rest.JSONWithSecrets(body, secrets...),
	})
	var f *apiclient.Failure
	switch {
	case err == nil && in.Token.IsZero():
		return apiclient.Credential{}, &apiclient.Failure{Tried: tried, End: apiclient.Unknown, Message: "the answer holds no token", Cause: apiclient.ErrBroken}
	case err == nil:
		if in.UserEmail != "" {
			email = in.UserEmail
		}
		return apiclient.Credential{Method: bySession, User: email, Secret: in.Token}, nil
	case errors.As(err, &f) && f.Status == http.StatusNotExtended && otp.IsZero():
		return apiclient.Credential{}, &apiclient.NeedMore{Fields: []apiclient.Field{oneTimePassword()}, Words: "The password is right. Now the one-time password of your second factor."}
	case errors.As(err, &f) && f.Status == http.StatusForbidden && f.Code == codeSignInFailed:
		f.Next = signInAdvice(ctx, client, email, f.Next)
	}
	return apiclient.Credential{}, err
}

// signInAdvice asks how somebody of this e-mail signs in: an account of single
// sign-on answers as if its password were wrong.
func signInAdvice(ctx context.Context, client *rest.Client, email, otherwise string) string {
	var options struct {
		Action string `json:"action"`
		Name   string `json:"name"`
	}
	_, err := client.Do(ctx, rest.Request{
		Tried: "ask how to sign in", Method: "POST", Path: "/v1/userauth/login_options", Into: &options, Body: rest.JSON(map[string]string{"email": email}),
	})
	if err != nil || options.Action == "" || options.Action == byPassword {
		return otherwise
	}
	if options.Action == "signup" {
		return "Aiven knows nobody of this e-mail"
	}
	way := strings.ToUpper(strings.TrimSuffix(options.Action, "_oauth"))
	if options.Name != "" {
		way += " (" + options.Name + ")"
	}
	return "this e-mail signs in through " + way + ", which a terminal cannot: make a personal token in Aiven's web console and sign in with that"
}

// checkToken tries a token before it is kept: Aiven has no other way to sign in
// with one.
func checkToken(ctx context.Context, client *rest.Client, tried string, pasted apiclient.Secret) (apiclient.Credential, error) {
	token := trimToken(pasted)
	err := checkTokenText(token)
	if err == nil {
		err = client.Authorize(&rest.Auth{Scheme: scheme, Secret: token})
	}
	if err != nil {
		return apiclient.Credential{}, &apiclient.Failure{
			Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid,
			Fields: []apiclient.FieldError{{Field: "token", Text: err.Error()}},
		}
	}
	var w struct{ User wireMe }
	if _, err := client.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: "/v1/me", Into: &w}); err != nil {
		return apiclient.Credential{}, err
	}
	return apiclient.Credential{Method: byToken, User: w.User.User, Secret: token}, nil
}
