package aiven

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// doing says what an op does: "deactivate user kim@example.com".
func (b *backend) doing(op apiclient.Op) string {
	spec, ok := Driver().Verb(op.Verb)
	if !ok {
		spec = apiclient.Spec(op.Verb)
	}
	title := strings.ToLower(spec.Title)
	switch op.Verb {
	case apiclient.AccountCreate:
		return "create organization " + op.With.Text("name")
	case apiclient.UserCreate:
		return "create application user " + op.With.Text("name")
	case apiclient.UserInvite:
		return "invite " + op.With.Text("email")
	case apiclient.UserRegister:
		return "register " + op.With.Text("email") + " as an independent user"
	case apiclient.TokenCreate:
		if user := op.With.Text("user"); user != "" {
			return "create a token for " + user
		}
		return "create a token"
	case apiclient.UserReset:
		return "reset the password of " + op.On.Name()
	case apiclient.UserExpireTokens:
		return "expire all tokens of " + op.On.Name()
	case apiclient.UserRemove:
		if isInvitation(op.On) {
			return "withdraw the invitation of " + op.On.Name()
		}
	case apiclient.SessionSignOut, apiclient.SessionSetPassword:
		return title
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted:
		if op.On.IsZero() {
			return "revoke the pasted token"
		}
		return "revoke " + op.On.Name()
	}
	return title + " " + b.info.Word(op.On.Kind).One + " " + op.On.Name()
}

// isInvitation tells a user who was invited and has not accepted yet.
func isInvitation(ref apiclient.Ref) bool {
	return ref.Kind == apiclient.KindUser && userOf(ref).user == ""
}

func isDenied(err error) bool { return errors.Is(err, apiclient.ErrDenied) }

// codeSignInFailed is the code of a wrong e-mail, password or one-time
// password, and of an account that has no password.
const codeSignInFailed = "authentication_failed"

// waitInWords is how the API asks to wait where it sends no Retry-After.
var waitInWords = regexp.MustCompile(`try again in (\d+) ?s`)

// readError reads Aiven's errors. They are a list of objects; lists of texts,
// one text alone and pages for browsers were seen too.
func readError(status int, h http.Header, body []byte) *apiclient.Failure {
	f := &apiclient.Failure{}
	if kind, _, _ := mime.ParseMediaType(h.Get("Content-Type")); strings.Contains(kind, "json") {
		f.Message, f.Code = errorWords(body)
	} else {
		f = rest.ReadProblem(status, h, body)
	}
	f.Next = advice(status, f.Code)
	switch status {
	case http.StatusNotExtended:
		// Only signing in answers so: the password is right, and nothing happened.
		f.End, f.Cause = apiclient.Refused, apiclient.ErrDenied
	case http.StatusRequestTimeout:
		f.Cause = apiclient.ErrUnreachable
	case http.StatusTooManyRequests:
		if m := waitInWords.FindStringSubmatch(f.Message); m != nil && h.Get("Retry-After") == "" {
			if n, err := strconv.Atoi(m[1]); err == nil {
				f.RetryAfter = min(time.Duration(n)*time.Second, rest.MaxRetryAfter)
			}
		}
	}
	return f
}

func errorWords(body []byte) (message, code string) {
	var all struct {
		Message string          `json:"message"`
		Errors  json.RawMessage `json:"errors"`
	}
	// Half an error is better than none.
	_ = json.Unmarshal(body, &all)
	var objects []struct {
		Message string `json:"message"`
		Code    string `json:"error_code"`
	}
	var texts []string
	var text string
	switch {
	case json.Unmarshal(all.Errors, &objects) == nil && len(objects) > 0:
		message, code = objects[0].Message, objects[0].Code
	case json.Unmarshal(all.Errors, &texts) == nil:
		message = strings.Join(texts, "; ")
	case json.Unmarshal(all.Errors, &text) == nil:
		message = text
	}
	if all.Message != "" {
		message = all.Message
	}
	return message, code
}

// advice says what to do after an error.
func advice(status int, code string) string {
	switch code {
	case codeSignInFailed:
		return "check e-mail, password and code; an account of single sign-on needs a token instead"
	case "cannot_remove_managed_users_from_organization":
		return "the organization manages this user: deactivate or delete him instead"
	case "organization_must_have_one_super_admin":
		return "make somebody else a super admin first"
	case "action_forbidden_on_unmanaged_users", "user_not_managed_by_organization":
		return "the user manages himself: all that can be done here is to remove him"
	case "action_forbidden_for_scim_users", "resource_managed_by_scim":
		return "change it in the identity provider: it comes from there through SCIM"
	case "user_personal_token_not_allowed":
		return "the organization forbids personal tokens: make an application user and a token for it"
	case "user_deactivated", "mfa_required_by_organization":
		return "an admin of the organization can tell more"
	}
	switch status {
	case http.StatusUnauthorized:
		return "sign in again: the token is missing, expired or revoked"
	case http.StatusForbidden:
		return "it needs a permission of the organization, such as organization:users:write; right after a change of permissions it can take a moment"
	}
	return ""
}
