package gatehouse

import (
	"net/http"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/apiclient/rest"
)

// what names a record: "account acme".
func (b *backend) what(ref apiclient.Ref) string {
	return b.info.Word(ref.Kind).One + " " + ref.Name()
}

// doing says what an op does: "disable account acme".
func (b *backend) doing(op apiclient.Op) string {
	spec := apiclient.Spec(op.Verb)
	title := strings.ToLower(spec.Title)
	switch op.Verb {
	case apiclient.AccountCreate:
		return title + " account " + op.With.Text("name")
	case apiclient.UserCreate, apiclient.UserInvite:
		return title + " user " + op.With.Text("user_name")
	case apiclient.TokenCreate:
		if user := op.With.Text("user"); user != "" {
			return "create a token for " + user
		}
		return "create a token"
	case apiclient.UserSetPassword:
		return "set the password of " + op.On.Name()
	case apiclient.UserReset:
		return "make a new registration string for " + op.On.Name()
	case apiclient.UserExpireTokens:
		return "expire all tokens of " + op.On.Name()
	case apiclient.SessionSignOut, apiclient.SessionSetPassword:
		return title
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		return "revoke " + handleOf(op)
	}
	return title + " " + b.what(op.On)
}

// handleOf is the public name of the token of an op, also when the op holds
// nothing but the token itself.
func handleOf(op apiclient.Op) string {
	if !op.On.IsZero() {
		return op.On.Name()
	}
	if parsed, err := wire.Parse(tokenOf(op)); err == nil {
		return parsed.Prefix
	}
	return "a token"
}

// tokenOf is the token itself, where an op holds it.
func tokenOf(op apiclient.Op) apiclient.Secret {
	if pasted := op.With.Secret("token"); !pasted.IsZero() {
		return pasted
	}
	return op.Secret
}

// readError reads the server's problems. What differs from problems in general:
// some statuses are told apart by their code.
func readError(status int, h http.Header, body []byte) *apiclient.Failure {
	f := rest.ReadProblem(status, h, body)
	switch f.Code {
	case wire.CodeSignInFailed:
		f.Cause = apiclient.ErrDenied
	case wire.CodeWrongPassword:
		f.Cause = apiclient.ErrInvalid
		f.Fields = append(f.Fields, apiclient.FieldError{Field: "old_password", Text: "is not right"})
	case wire.CodeUnavailable:
		f.End = apiclient.Refused // it says that it changed nothing
	case wire.CodeVersion:
		f.Next = "read it again and look whether the change is still wanted"
	}
	for i, e := range f.Fields {
		if e.Field == "max_age_seconds" {
			f.Fields[i].Field = "max_age"
		}
	}
	return f
}
