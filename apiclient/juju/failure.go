package juju

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// tryAgainAfter is how long a controller is left alone that says "try again";
// it names no time itself.
const tryAgainAfter = time.Second

// reason is why, and what lies below it.
type reason struct{ kind, below error }

func (r reason) Error() string   { return r.kind.Error() + ": " + r.below.Error() }
func (r reason) Unwrap() []error { return []error{r.kind, r.below} }

// lost makes the failure of a call without an answer.
func lost(tried string, err error, address string, sent, write bool) *apiclient.Failure {
	f := &apiclient.Failure{Tried: tried, End: apiclient.NotSent, Cause: reason{apiclient.ErrUnreachable, err}}
	if sent && write {
		f.End = apiclient.Unknown
	}
	switch {
	case errors.Is(err, errDamaged):
		f.Message, f.Cause = err.Error(), apiclient.ErrBroken
	case errors.Is(err, errClosed):
		f.Message, f.Cause = "signed out meanwhile", signedOut{}
	case errors.Is(err, errSilent):
		f.Message = "no answer from " + address
	default:
		f.Message, f.Next = rest.LostWords(address, err, sent)
	}
	if errors.Is(err, context.Canceled) {
		f.Cause = err
	}
	return f
}

// unreached makes the failure of a place where no address answers.
func unreached(p place, err error) *apiclient.Failure {
	f := lost("", err, p.addresses[0], false, false)
	if n := len(p.addresses); n > 1 && !errors.Is(err, context.Canceled) {
		f.Message = "none of the controller's " + strconv.Itoa(n) + " addresses answers: " + f.Message
	}
	return f
}

// isTrouble tells a certificate that is not the controller's from an address
// where nobody is.
func isTrouble(err error) bool {
	var verify *tls.CertificateVerificationError
	return errors.As(err, &verify)
}

// refused makes the failure of a refusal, in the controller's words.
func refused(r *refusal, secrets ...apiclient.Secret) *apiclient.Failure {
	f := &apiclient.Failure{End: apiclient.Refused, Message: r.Message, Code: r.Code}
	f.Next, f.Cause = meaning(r)
	switch r.Code {
	case "try again", "excessive contention", "deadline exceeded":
		f.RetryAfter = tryAgainAfter
	case "redirection required":
		f.Message = "the controller sends us to " + redirection(r.Info) + ", where the credential does not go"
	}
	if f.Message == "" {
		f.Message = "the controller refused it and does not say why"
	}
	rest.CleanForeign(f, secrets...)
	return f
}

// redirection lists where a controller says that it has moved to.
func redirection(info json.RawMessage) string {
	var to struct {
		Servers [][]struct {
			Value string `json:"value"`
			Port  int    `json:"port"`
		} `json:"servers"`
	}
	var out []string
	if json.Unmarshal(info, &to) == nil {
		for _, group := range to.Servers {
			for _, s := range group {
				out = append(out, net.JoinHostPort(s.Value, strconv.Itoa(s.Port)))
			}
		}
	}
	if len(out) == 0 {
		return "elsewhere"
	}
	return strings.Join(out, ", ")
}

// meaning says what a code means here, and what to do. Many refusals have no
// code, and are known by their words only.
func meaning(r *refusal) (next string, cause error) {
	switch r.Code {
	case "unauthorized access":
		return "", apiclient.ErrDenied
	case "not found", "user not found", "model not found":
		return "refresh the list", apiclient.ErrNotFound
	case "already exists":
		return "", apiclient.ErrConflict
	case "not valid", "invalid user name", "bad request":
		return "", apiclient.ErrInvalid
	case "operation is blocked":
		return "an operator has blocked changes on this controller: have that lifted first", apiclient.ErrDenied
	case "upgrade in progress", "model migration in progress":
		return "wait until it is over", apiclient.ErrUnreachable
	case "not implemented", "not supported", "incompatible client":
		return "", apiclient.ErrUnsupported
	case "try again", "excessive contention", "deadline exceeded":
		return "try again", apiclient.ErrThrottled
	case "session token invalid", "login expired", "no credentials provided", "macaroon discharge required":
		return "sign in again", apiclient.ErrSignedOut
	case "redirection required":
		return "if that is the right place, set it as this context's address", apiclient.ErrBroken
	}
	return meaningOfWords(r.Message)
}

func meaningOfWords(words string) (next string, cause error) {
	says := func(all ...string) bool {
		for _, s := range all {
			if strings.Contains(words, s) {
				return true
			}
		}
		return false
	}
	switch {
	case says("maintenance in progress"):
		return "wait until it is over", apiclient.ErrUnreachable
	case says("username unavailable"):
		return "choose another name: older controllers keep the names of removed users taken", apiclient.ErrConflict
	case says("already exists", alreadyHas):
		return "", apiclient.ErrConflict
	case says("cannot delete controller owner", "cannot disable controller model owner"):
		return "the user that the controller was made with stays; set another password for it instead", apiclient.ErrConflict
	case says("user deactivated", "user is disabled"):
		return "enable the user first", apiclient.ErrConflict
	case says("not found"):
		return "refresh the list", apiclient.ErrNotFound
	case says("is not a valid", "invalid user name", "empty password", "not valid"):
		return "", apiclient.ErrInvalid
	case words == "permission denied":
		return "", apiclient.ErrDenied
	}
	return "", apiclient.ErrFaulty
}

// alreadyHas are the words, in all releases, for a grant of what is there.
const alreadyHas = "access or greater"

// isBadLogin knows the one text for a wrong password and an unknown, disabled
// or removed user.
func isBadLogin(a answer) bool { return strings.HasPrefix(a.Error, "invalid entity name or password") }
