package gatehouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
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
		{Name: byPassword, Title: "User name and password", Fields: []apiclient.Field{
			{Name: "user", Title: "User name", Kind: apiclient.TextField, Required: true},
			{Name: "password", Title: "Password", Kind: apiclient.SecretField, Required: true},
		}},
		{Name: byToken, Title: "Token", Fields: []apiclient.Field{
			{Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "begins with gthp_ or gths_"},
		}},
	}
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
		user := with.Text("user")
		if user == "" {
			user = t.User
		}
		return openSession(ctx, client, tried, user, with.Secret("password"))
	case byToken:
		return checkToken(ctx, client, tried, with.Secret("token"))
	}
	return apiclient.Credential{}, apiclient.Unsupported(tried, "there is no way to sign in called "+method)
}

func openSession(ctx context.Context, client *rest.Client, tried, user string, password apiclient.Secret) (apiclient.Credential, error) {
	var in wire.SignedIn
	_, err := client.Do(ctx, rest.Request{
		Tried: tried, Method: "POST", Path: wire.PathSession, Into: &in,
		Body: rest.JSONWithSecrets(wire.SignIn{UserName: user, Password: wire.Carry(password)}, password),
	})
	if err != nil {
		return apiclient.Credential{}, err
	}
	return credential(bySession, in.Token.Secret, in.Identity), nil
}

// checkToken tries a token before it is kept: a slip of the clipboard is told
// at once.
func checkToken(ctx context.Context, client *rest.Client, tried string, token apiclient.Secret) (apiclient.Credential, error) {
	parsed, err := wire.Parse(token)
	if err == nil && parsed.Kind == wire.KindRegister {
		err = errors.New("this is a registration token: it is redeemed, not signed in with")
	}
	if err == nil {
		err = client.Authorize(&rest.Auth{Scheme: "Bearer", Secret: token})
	}
	if err != nil {
		return apiclient.Credential{}, &apiclient.Failure{
			Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid,
			Fields: []apiclient.FieldError{{Field: "token", Text: err.Error()}},
		}
	}
	var who wire.Identity
	if _, err := client.Do(ctx, rest.Request{Tried: tried, Method: "GET", Path: wire.PathSession, Into: &who}); err != nil {
		return apiclient.Credential{}, err
	}
	return credential(byToken, token, who), nil
}

func credential(method string, token apiclient.Secret, who wire.Identity) apiclient.Credential {
	c := apiclient.Credential{Method: method, User: who.User.Name, Secret: token}
	if who.Credential.Expires != nil {
		c.Expires = *who.Credential.Expires
	}
	return c
}

func redeemFields() []apiclient.Field {
	return []apiclient.Field{
		newPassword("New password"),
		{Name: "ca_file", Title: "CA file", Kind: apiclient.TextField, Help: "only if this machine does not know the server's authority"},
	}
}

// redeem chooses a password with a registration string and signs in with it.
func redeem(ctx context.Context, s apiclient.Secret, with apiclient.Values) (apiclient.Target, apiclient.Credential, apiclient.Outcome, error) {
	const tried = "redeem the registration string"
	fail := func(err error) (apiclient.Target, apiclient.Credential, apiclient.Outcome, error) {
		f := apiclient.AsFailure(tried, err)
		return apiclient.Target{}, apiclient.Credential{}, apiclient.Fail(tried, f), f
	}
	r, err := wire.ParseRegistration(s)
	if err != nil {
		return fail(&apiclient.Failure{Message: err.Error(), Cause: apiclient.ErrInvalid})
	}
	caFile := with.Text("ca_file")
	if err := checkAuthority(caFile, r.CAFingerprint); err != nil {
		return fail(&apiclient.Failure{Message: err.Error(), Cause: apiclient.ErrInvalid, Fields: []apiclient.FieldError{{Field: "ca_file", Text: err.Error()}}})
	}
	password := with.Secret("password")
	var last error
	for _, server := range r.Servers {
		t := apiclient.Target{URL: server, User: r.UserName, CAFile: caFile}
		c, o, err := redeemAt(ctx, t, r, password, tried)
		if err == nil {
			return t, c, o, nil
		}
		last = err
		if f := apiclient.AsFailure(tried, err); f.End != apiclient.NotSent || ctx.Err() != nil {
			break // this server has it: another one would only say that it is used up
		}
	}
	return fail(last)
}

func redeemAt(ctx context.Context, t apiclient.Target, r wire.Registration, password apiclient.Secret, tried string) (apiclient.Credential, apiclient.Outcome, error) {
	var none apiclient.Credential
	client, err := dial(t, nil)
	if err != nil {
		return none, apiclient.Outcome{}, &apiclient.Failure{Tried: tried, Message: err.Error(), Cause: apiclient.ErrInvalid}
	}
	defer client.Close()
	var out wire.Redeemed
	a, err := client.Do(ctx, rest.Request{
		Tried: tried, Method: "POST", Path: wire.PathRedeem, Into: &out,
		Body: rest.JSONWithSecrets(wire.Redeem{Token: r.Token, Password: wire.Carry(password)}, r.Token.Secret, password),
	})
	if err != nil {
		return none, apiclient.Outcome{}, err
	}
	o := apiclient.Did("the password of " + out.UserName + " is set")
	o.RequestID, o.At = a.RequestID, a.At
	c, err := openSession(ctx, client, "sign in as "+out.UserName, out.UserName, password)
	if err != nil {
		// The password is chosen; signing in can be tried again by itself.
		o.Words += "; signing in did not work yet: " + apiclient.AsFailure("", err).Message
	}
	return c, o, nil
}

// checkAuthority sees to it that a CA file is the one that the registration
// string means. Without a file the machine's own authorities decide.
func checkAuthority(caFile, fingerprint string) error {
	if caFile == "" || fingerprint == "" {
		return nil
	}
	text, err := os.ReadFile(caFile)
	if err != nil {
		return fmt.Errorf("the CA file cannot be read: %w", err)
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if sum := sha256.Sum256(block.Bytes); strings.EqualFold(hex.EncodeToString(sum[:]), fingerprint) {
			return nil
		}
	}
	return errors.New("the CA file is not the one that the registration string names")
}
