package ais

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// what names a record: "user jane".
func (b *backend) what(ref apiclient.Ref) string {
	return b.info.Word(ref.Kind).One + " " + ref.Name()
}

// doing says what an op does: "register cluster Abc123XyZ".
func (b *backend) doing(op apiclient.Op) string {
	switch op.Verb {
	case apiclient.AccountCreate:
		return "register cluster " + op.With.Text("name")
	case apiclient.AccountDelete:
		return "unregister " + b.what(op.On)
	case apiclient.UserCreate:
		return "create user " + op.With.Text("name")
	case apiclient.RoleCreate:
		return "create role " + op.With.Text("name")
	case apiclient.UserSetPassword:
		return "set the password of " + op.On.Name()
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		return "revoke " + b.handleOf(op)
	case apiclient.SessionSignOut, apiclient.SessionSetPassword:
		return strings.ToLower(apiclient.Spec(op.Verb).Title)
	}
	return strings.ToLower(apiclient.Spec(op.Verb).Title) + " " + b.what(op.On)
}

// handleOf is the public name of the token of an op.
func (b *backend) handleOf(op apiclient.Op) string {
	if s := pasted(op); !s.IsZero() {
		return handle(s)
	}
	if !op.On.IsZero() {
		return op.On.Name()
	}
	return "a token"
}

// pasted is the token that an op brings along.
func pasted(op apiclient.Op) apiclient.Secret {
	if s := op.With.Secret("token"); !s.IsZero() {
		return trimmed(s)
	}
	return trimmed(op.Secret)
}

var (
	// tokenShape finds tokens in texts: the server quotes those it refuses.
	tokenShape = regexp.MustCompile(`eyJ[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+(\.[0-9A-Za-z_-]*)?`)
	// echo is where the server's decoder begins to quote what it was sent.
	echo = regexp.MustCompile(`,? error found in #\d+ byte of`)
)

// readError reads AuthN's refusals. 401 has two meanings here, which only the
// text tells apart: sign in again, and you may not.
func readError(status int, h http.Header, body []byte) *apiclient.Failure {
	var r refusal
	if json.Unmarshal(body, &r) != nil || r.Message == "" {
		return rest.ReadProblem(status, h, body)
	}
	f := &apiclient.Failure{Code: r.Type, Message: clean(r.Message)}
	if status == http.StatusUnauthorized {
		judge401(f)
	}
	return f
}

// clean takes out what could be a secret: the words of a decoder that quotes a
// body, and anything of the shape of a token.
func clean(s string) string {
	if at := echo.FindStringIndex(s); at != nil {
		s = s[:at[0]] + " (the rest repeats what was sent)"
	}
	return tokenShape.ReplaceAllString(s, "***")
}

func judge401(f *apiclient.Failure) {
	switch m := f.Message; {
	case strings.HasPrefix(m, "not authorized: "):
		f.Cause = apiclient.ErrDenied
		f.Next = "sign in as a user with the role " + adminRole
	case strings.Contains(m, "token expired"):
		f.Next = "sign in again: a token cannot be renewed"
	case strings.Contains(m, "token revoked"), strings.Contains(m, "invalid token"), m == "token required":
		f.Next = "sign in again"
	}
}

// noSuchUser tells the server's own "no such user" from any other 404.
func noSuchUser(err error) bool {
	f := ownNotFound(err)
	return f != nil && strings.HasPrefix(f.Message, "user ")
}

// ownNotFound is the failure if the server itself says that a record is not
// there, and not something on the way to it.
func ownNotFound(err error) *apiclient.Failure {
	var f *apiclient.Failure
	if errors.As(err, &f) && errors.Is(f, apiclient.ErrNotFound) && f.Code == "ErrNotFound" {
		return f
	}
	return nil
}
