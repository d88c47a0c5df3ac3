package juju

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"

	"golang.org/x/crypto/nacl/secretbox"
)

// shortestPassword is what this console asks for; controllers refuse only the
// empty one.
const shortestPassword = 8

func redeemFields() []apiclient.Field {
	return []apiclient.Field{newPassword("New password")}
}

func newPassword(title string) apiclient.Field {
	return apiclient.Field{
		Name: "password", Title: title, Kind: apiclient.SecretField, Required: true,
		Twice: true, Fresh: true, MinLen: shortestPassword, Check: checkPassword,
	}
}

// redeem chooses a password with a registration string and signs in with it.
//
// The controller's CA is not known before the answer, so the certificate is not
// looked at. What protects the exchange is the key in the string: the password
// goes out sealed under it, and an answer that opens with it can only come from
// the controller, and its CA with it.
func redeem(ctx context.Context, s apiclient.Secret, with apiclient.Values) (apiclient.Target, apiclient.Credential, apiclient.Outcome, error) {
	const tried = "redeem the registration string"
	fail := func(f *apiclient.Failure) (apiclient.Target, apiclient.Credential, apiclient.Outcome, error) {
		f.Tried = tried
		return apiclient.Target{}, apiclient.Credential{}, apiclient.Fail(tried, f), f
	}
	r, err := parseRegistration(s)
	if err != nil {
		return fail(&apiclient.Failure{Message: err.Error(), Cause: apiclient.ErrInvalid, Next: "copy the whole string again"})
	}
	password := with.Secret("password")
	if err := newPassword("").Validate(with["password"]); err != nil {
		return fail(&apiclient.Failure{
			Message: "the new password " + err.Error(), Cause: apiclient.ErrInvalid,
			Fields: []apiclient.FieldError{{Field: "password", Text: err.Error()}},
		})
	}
	var last *apiclient.Failure
	for i, address := range r.Addresses {
		opened, f := redeemAt(ctx, address, r, password)
		if f != nil {
			last = f
			if f.End == apiclient.NotSent && ctx.Err() == nil {
				continue
			}
			break // it came through: another address would only say that it is used up
		}
		t := opened.target(r, i)
		c := passwordOf(bare(r.User), password)
		return t, c, firstLook(ctx, t, c, opened), nil
	}
	return fail(last)
}

// opened is what the sealed answer holds.
type opened struct {
	CA    string `json:"ca-cert"`
	UUID  string `json:"controller-uuid"`
	Proxy *struct {
		Type string `json:"type"`
	} `json:"proxy-config"`
}

// target is where the controller is from now on; the address that answered
// comes first. The CA travels in the target's options.
func (o opened) target(r registration, answered int) apiclient.Target {
	others := append(append([]string{}, r.Addresses[:answered]...), r.Addresses[answered+1:]...)
	t := apiclient.Target{
		URL: "https://" + r.Addresses[answered], User: bare(r.User),
		Options: map[string]string{OptionCA: o.CA, OptionUUID: o.UUID},
	}
	if len(others) > 0 {
		t.Options[OptionAddresses] = strings.Join(others, ",")
	}
	if r.Controller != "" {
		t.Options[OptionController] = r.Controller
		t.Context = r.Controller
	}
	return t
}

func redeemAt(ctx context.Context, address string, r registration, password apiclient.Secret) (opened, *apiclient.Failure) {
	var out opened
	fail := func(end apiclient.End, format string, args ...any) (opened, *apiclient.Failure) {
		return opened{}, &apiclient.Failure{End: end, Message: fmt.Sprintf(format, args...), Cause: apiclient.ErrBroken}
	}
	client, err := rest.New(rest.Config{URL: "https://" + address, AnyCertificate: true, Retries: -1, ReadError: readRegisterError})
	if err != nil {
		return fail(apiclient.NotSent, "%v", err)
	}
	defer client.Close()
	key := (*[keyLength]byte)([]byte(r.Key.Reveal()))
	plain, err := json.Marshal(struct {
		Password rest.Open `json:"password"`
	}{rest.Open{Secret: password}})
	if err != nil {
		return fail(apiclient.NotSent, "%v", err)
	}
	var nonce [24]byte
	_, _ = rand.Read(nonce[:]) // never fails (crypto/rand)
	var in sealed
	_, err = client.Do(ctx, rest.Request{
		Tried: "register", Method: http.MethodPost, Path: "/register", Into: &in,
		Header: http.Header{"Bakery-Protocol-Version": {"3"}},
		Body:   rest.JSON(sealed{User: userTag(r.User), Nonce: nonce[:], Text: secretbox.Seal(nil, plain, &nonce, key)}),
	})
	if err != nil {
		f := apiclient.AsFailure("", err)
		if f.End == apiclient.Unknown {
			f.Next = "if the string is told to be used up when tried again, the password is set: ask an admin for a new string, or for the controller's CA"
		}
		return out, f
	}
	if len(in.Nonce) == len(nonce) {
		if plain, ok := secretbox.Open(nil, in.Text, (*[24]byte)(in.Nonce), key); ok {
			if json.Unmarshal(plain, &out) != nil || out.UUID == "" {
				return fail(apiclient.Unknown, "the controller's answer was opened, but cannot be understood")
			}
			if _, err := poolOf([]byte(out.CA)); err != nil {
				return fail(apiclient.Unknown, "%v", err)
			}
			return out, nil
		}
	}
	_, f := fail(apiclient.Unknown, "%s answered without knowing the key: it is not the controller, or somebody stands between; nothing that it said is believed", address)
	f.Next = "ask the admin to make a new string, and use it from another network"
	return out, f
}

// readRegisterError reads {"error": {"message", "code"}}.
func readRegisterError(status int, h http.Header, body []byte) *apiclient.Failure {
	var in struct {
		Error refusal `json:"error"`
	}
	if json.Unmarshal(body, &in) != nil || in.Error.Message == "" {
		return rest.ReadProblem(status, h, body)
	}
	f := refused(&in.Error)
	if status == http.StatusNotFound || f.Code == "not valid" {
		f.Next = "the string was used already, or a newer one has replaced it: ask an admin for a new one"
	}
	return f
}

// firstLook signs in over a connection that is looked at, now that the CA is
// known, and counts what the user may see.
func firstLook(ctx context.Context, t apiclient.Target, c apiclient.Credential, from opened) apiclient.Outcome {
	o := apiclient.Did("the password of " + c.User + " is set")
	if from.Proxy != nil {
		o.Words += "; the controller is meant to be reached through a proxy (" + from.Proxy.Type + "), which this program does not open"
	}
	s, err := newSession(t, c)
	if err != nil {
		o.Words += "; signing in did not work yet: " + apiclient.AsFailure("", err).Message
		return o
	}
	defer s.close()
	var models listedModels
	f := s.ask(ctx, question{
		tried: "list models", facade: "ModelManager", request: "ListModels", params: entity{userTag(c.User)}, into: &models,
	})
	if f != nil {
		o.Words += "; signing in did not work yet: " + f.Message
		return o
	}
	o.Words += "; " + apiclient.Noun{One: "model", Many: "models"}.Count(len(models.Models)) + " to see"
	return o
}
