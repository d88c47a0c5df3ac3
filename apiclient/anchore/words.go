package anchore

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"gatehouse/apiclient"
)

// doing says what an op does: "disable account acme".
func (b *backend) doing(op apiclient.Op) string {
	on, with := op.On, op.With.Text
	switch op.Verb {
	case apiclient.AccountCreate:
		return "create account " + with("name")
	case apiclient.AccountUpdate:
		return "edit account " + on.Name()
	case apiclient.AccountEnable, apiclient.AccountDisable, apiclient.AccountDelete:
		return op.Verb.Word() + " account " + on.Name()
	case apiclient.UserCreate:
		return "create user " + with("user_name")
	case apiclient.UserDelete:
		return "delete user " + on.Name()
	case apiclient.UserSetPassword:
		return "set the password of " + on.Name()
	case apiclient.UserExpireTokens:
		return "revoke all API keys of " + on.Name()
	case apiclient.SessionSetPassword:
		return "change own password"
	case apiclient.TokenCreate:
		s := "create API key " + with("name")
		if user := with("user"); user != "" {
			s += " of " + user
		}
		return s
	case apiclient.TokenUpdate, apiclient.TokenRevoke, apiclient.TokenDelete:
		return b.doingToken(op)
	case apiclient.GrantAdd:
		return "give " + with("user") + " the role " + with("role") + " in " + with("account")
	case apiclient.GrantRemove:
		return "take the role " + on.Path.Part(2) + " in " + on.Path.Part(1) + " from " + on.Path.Part(0)
	}
	return strings.ToLower(apiclient.Spec(op.Verb).Title) + " " + on.Name()
}

func (b *backend) doingToken(op apiclient.Op) string {
	if op.On.IsZero() {
		return op.Verb.Word() + " a pasted credential"
	}
	if !b.speaks.apiKeys() {
		return "take away the password of " + op.On.Path.Part(1)
	}
	word := op.Verb.Word()
	if op.Verb == apiclient.TokenUpdate {
		word = "edit"
	}
	return word + " API key " + op.On.Name() + " of " + op.On.Path.Part(1)
}

// readError reads the shapes in which Anchore says no: that of its handlers
// (message), that of its framework (problem details), that of OAuth, and the
// plain text of a 401, which calls itself HTML.
func readError(status int, h http.Header, body []byte) *apiclient.Failure {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	f := &apiclient.Failure{}
	if strings.Contains(kind, "json") {
		f.Message, f.Code = errorWords(body)
	} else if line := strings.TrimSpace(string(body)); !strings.ContainsAny(line, "<>\n") && line != "" {
		f.Message = "the server says: " + line
	}
	switch {
	case strings.Contains(f.Message, "already exists"):
		f.Cause = apiclient.ErrConflict
	case strings.Contains(f.Message, "Cannot go from state"):
		f.Cause = apiclient.ErrConflict
		if strings.Contains(f.Message, "from state enabled to state deleting") {
			f.Next = "disable the account first"
		}
	case status == http.StatusUnauthorized:
		f.Next = "sign in again"
	case notEnabled(status, f.Message):
		f.Next = "let an admin enable the account"
	case status == http.StatusForbidden:
		f.Next = "ask somebody of an admin account"
	}
	return f
}

// notEnabled tells a refusal because of the caller's account from others: the
// credential as such is good.
func notEnabled(status int, message string) bool {
	return status == http.StatusForbidden && strings.Contains(message, "not enabled") && strings.Contains(message, "Account")
}

func errorWords(body []byte) (message, code string) {
	var e struct {
		Message     string          `json:"message"`
		Title       string          `json:"title"`
		Detail      json.RawMessage `json:"detail"`
		Type        string          `json:"error_type"`
		Error       string          `json:"error"`
		Description string          `json:"error_description"`
	}
	// Half an error is better than none: what could be read is used.
	_ = json.Unmarshal(body, &e)
	var detail string
	_ = json.Unmarshal(e.Detail, &detail) // an object in one of the shapes
	for _, s := range []string{e.Message, detail, e.Description, e.Error, e.Title} {
		if s != "" {
			message = s
			break
		}
	}
	if code = e.Type; code == "" {
		code = e.Error
	}
	return message, code
}

func many(n int, one, several string) string { return apiclient.Noun{One: one, Many: several}.Count(n) }
