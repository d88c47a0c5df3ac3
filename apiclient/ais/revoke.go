package ais

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// tokenOf is the token that an op is about, in full: AuthN revokes by nothing
// else.
func (b *backend) tokenOf(op apiclient.Op) (apiclient.Secret, error) {
	if s := pasted(op); !s.IsZero() {
		return s, nil
	}
	if op.Verb == apiclient.SessionSignOut || op.On.Name() == b.handle {
		return b.token, nil
	}
	return apiclient.Secret{}, &apiclient.Failure{
		Tried: b.doing(op), Message: "AuthN revokes a token only by its whole text, and this one is not at hand", Cause: apiclient.ErrUnsupported,
		Next: "paste the token itself",
	}
}

// revoke has the server refuse a token from now on. Whoever has a token may do
// that, so the request carries nothing but the token.
func (b *backend) revoke(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	token, err := b.tokenOf(op)
	if err == nil {
		_, err = parseToken(token)
	}
	if err != nil {
		return b.unsent(op, err)
	}
	words := b.handleOf(op) + " is revoked: AuthN refuses it; clusters are told in the background"
	if op.Verb == apiclient.SessionSignOut {
		words = "signed out: " + b.handle + " is revoked; a file of the ais command line that holds it stays as it is"
	}
	o := b.send(ctx, op, rest.Request{
		Method: http.MethodDelete, Path: pathTokens, Anon: true,
		Body: rest.JSONWithSecrets(tokenWrite{rest.Open{Secret: token}}, token),
	}, words)
	return revoked(o, b.handleOf(op))
}

// revoked reads what a refusal says of the token: here 401 is not about whoever
// asks.
func revoked(o apiclient.Outcome, handle string) apiclient.Outcome {
	f := o.Failure
	switch {
	case f == nil || f.Status != http.StatusUnauthorized || !strings.Contains(f.Message, "invalid token"):
		return o
	case strings.Contains(f.Message, "token expired"):
		return apiclient.Outcome{End: apiclient.Done, Unchanged: true, Words: handle + " had expired already: nobody takes it any more", RequestID: o.RequestID}
	}
	c := *f
	c.Cause = apiclient.ErrInvalid
	c.Next = "it was not made by this server, or was signed with a key that has been replaced since: then it is dead here, but look where it came from"
	o.Failure = &c
	return o
}

// revoke tells whose token it is and who hears of it.
func (d *draft) revoke(op apiclient.Op) error {
	token, err := d.b.tokenOf(op)
	if err != nil {
		return err
	}
	said, err := parseToken(token)
	if err != nil {
		return d.invalid(op, "token", "%s", err)
	}
	op.On = d.b.ref(apiclient.KindToken, handle(token), "")
	d.Fact(false, "As the token itself says, it is of %s.", owner(said))
	now := d.Plan.Observed
	if now.IsZero() {
		now = time.Now()
	}
	switch {
	case said.Expires.IsZero():
	case !now.Before(said.Expires):
		d.Fact(false, "It expired at %s.", said.Expires.Format(time.RFC3339))
	default:
		d.Fact(false, "It would expire at %s.", said.Expires.Format(time.RFC3339))
	}
	if d.issuer != "" && said.Issuer != "" && said.Issuer != d.issuer {
		d.Fact(true, "It says that %s made it, and this is %s: the whole token is sent here all the same.", said.Issuer, d.issuer)
	}
	if op.Verb == apiclient.TokenRevokePasted && op.On.Name() == d.b.handle {
		d.Fact(true, "This is what you are signed in with: you will be signed out.")
	}
	d.once(true, whoHears(d.clusters))
	d.once(false, "Two sign-ins of one user within one second give the same token: who else holds it loses it too.")
	d.Step(op)
	return nil
}

func owner(c claims) string {
	if c.Admin {
		return c.Subject + ", an admin"
	}
	return c.Subject
}

// whoHears tells which clusters AuthN can tell of a revocation, and which not.
func whoHears(clusters map[string]cluster) string {
	var told, untold []string
	for _, c := range clusters {
		if len(c.URLs) > 0 {
			told = append(told, c.ID)
		} else {
			untold = append(untold, c.ID)
		}
	}
	slices.Sort(told)
	slices.Sort(untold)
	text := "No cluster is told: those that are not registered take the token until it expires."
	if len(told) > 0 {
		text = "AuthN tells these clusters once, and does not look whether it arrived: " + some(told) + ". Others take the token until it expires."
	}
	if len(untold) > 0 {
		text += " Registered without an address: " + some(untold) + "."
	}
	return text
}

// issuer is what this server calls itself in tokens; "" where it does not say.
func (b *backend) issuer(ctx context.Context) string {
	var d struct {
		Issuer string `json:"issuer"`
	}
	_, err := b.rest.Do(ctx, rest.Request{Tried: "ask what the server calls itself", Method: http.MethodGet, Path: pathDiscovery, Anon: true, Into: &d})
	if err != nil {
		return ""
	}
	return d.Issuer
}

// judge says what a server of this kind, AuthN or a cluster, means by its
// answer to a token. Only its own words count: something on the way may say
// no too.
func judge(v *apiclient.Verdict, err error) {
	if err == nil {
		v.Life, v.Words = apiclient.Alive, "it was accepted"
		return
	}
	f := apiclient.AsFailure("", err)
	v.Words = f.Message
	switch {
	case errors.Is(err, apiclient.ErrDenied):
		v.Life, v.Words = apiclient.Alive, "it was accepted, though it may not look there: "+f.Message
	case f.Status == http.StatusUnauthorized && isAboutToken(f.Message):
		v.Life = apiclient.Dead
	}
}

func isAboutToken(words string) bool {
	for _, w := range []string{"invalid token", "token revoked", "token expired"} {
		if strings.Contains(words, w) {
			return true
		}
	}
	return false
}
