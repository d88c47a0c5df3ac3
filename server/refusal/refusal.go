// Package refusal makes the errors that a caller is told: each says what was
// tried, what stands in the way and what to do next, and none repeats a value
// that was sent.
package refusal

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

// Error is a refusal together with headers that go with it.
type Error struct {
	wire.Problem
	headers http.Header
}

// GetHeaders gives the headers that go with the refusal.
func (e *Error) GetHeaders() http.Header { return e.headers }

// Error tells the detail.
func (e *Error) Error() string { return e.Detail }

// As finds the refusal in err.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// New makes a refusal.
func New(status int, code, detail string) *Error {
	return &Error{Problem: wire.Problem{
		Type: wire.PathProblems + code, Title: title(status, code), Status: status, Code: code, Detail: detail,
	}}
}

// With adds a header.
func (e *Error) With(key, value string) *Error {
	if e.headers == nil {
		e.headers = http.Header{}
	}
	e.headers.Set(key, value)
	return e
}

// After adds Retry-After, in full seconds, at least one.
func (e *Error) After(wait time.Duration) *Error {
	return e.With("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
}

// Field refuses one field of a request.
func Field(location, message string) *Error {
	e := New(http.StatusUnprocessableEntity, wire.CodeInvalid, "The request was understood, but "+location+" cannot be taken: "+message+".")
	e.Errors = []wire.FieldError{{Location: location, Message: message}}
	return e
}

// NotFound refuses to tell whether there is such a record.
func NotFound(kind string) *Error {
	return New(http.StatusNotFound, wire.CodeNotFound, "There is no such "+kind+", or it is not yours to see.")
}

// Forbidden refuses what only admins may do.
func Forbidden(what string) *Error {
	return New(http.StatusForbidden, wire.CodeForbidden, "Only an admin can "+what+".")
}

// Conflict refuses for a reason that lies in the data.
func Conflict(code, detail string) *Error { return New(http.StatusConflict, code, detail) }

// State refuses a change of state, saying from where to where and what to do
// first.
func State(detail, from, to, first string) *Error {
	e := Conflict(wire.CodeStateConflict, detail)
	e.From, e.To, e.First = from, to, first
	return e
}

// Unauthenticated refuses a request without a good token.
func Unauthenticated(detail string) *Error {
	return New(http.StatusUnauthorized, wire.CodeInvalidToken, detail).
		With("WWW-Authenticate", `Bearer realm="gatehouse", error="invalid_token"`)
}

// Unavailable says that the server cannot do its work for now. Nothing was
// changed.
func Unavailable(detail string) *Error {
	return New(http.StatusServiceUnavailable, wire.CodeUnavailable, detail).After(time.Second)
}

func title(status int, code string) string {
	if t, ok := titles[code]; ok {
		return t
	}
	return http.StatusText(status)
}

// titles are those that say more than the text of the status.
var titles = map[string]string{
	wire.CodeTokenInURL:       "Token in the URL",
	wire.CodeTwoCredentials:   "Two credentials",
	wire.CodeBadPageToken:     "Page token not valid",
	wire.CodeInvalidToken:     "Not signed in",
	wire.CodeSignInFailed:     "Sign-in failed",
	wire.CodeWrongPassword:    "Old password wrong",
	wire.CodeConflict:         "Name taken",
	wire.CodeStateConflict:    "Not possible in this state",
	wire.CodeLastAdmin:        "Last admin",
	wire.CodeProtected:        "Protected",
	wire.CodeRegistrationGone: "Registration not valid",
	wire.CodeVersion:          "Changed meanwhile",
	wire.CodeInvalid:          "Field not valid",
	wire.CodeKeyReused:        "Idempotency-Key reused",
	wire.CodeVersionMissing:   "If-Match missing",
}
