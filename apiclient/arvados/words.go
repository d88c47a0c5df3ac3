package arvados

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"gatehouse/apiclient"
)

// what names a record: "user jane".
func (b *backend) what(ref apiclient.Ref) string {
	return b.info.Word(ref.Kind).One + " " + ref.Name()
}

// doing says what an op does: "set up user jane".
func (b *backend) doing(op apiclient.Op) string {
	title := strings.ToLower(apiclient.Spec(op.Verb).Title)
	text := op.With.Text
	switch op.Verb {
	case apiclient.AccountCreate:
		return "create group " + text("name")
	case apiclient.UserCreate:
		return "create user " + text("email")
	case apiclient.UserSetup:
		words := "set up user " + op.On.Name()
		if vm := text("vm"); vm != "" {
			words += " with a login on " + vm
		}
		return words
	case apiclient.UserExpireTokens:
		return "delete all tokens of " + op.On.Name()
	case apiclient.UserShowTokens:
		return "look at the tokens of " + op.On.Name()
	case apiclient.UserReassign:
		return "reassign what " + op.On.Name() + " owns to " + text("to")
	case apiclient.TokenCreate:
		if owner := text("user"); owner != "" {
			return "create a token for " + owner
		}
		return "create a token"
	case apiclient.TokenRevoke:
		return "revoke " + handleOf(op)
	case apiclient.TokenRevokePasted:
		return "revoke " + handleOf(b.aimed(op))
	case apiclient.GrantAdd:
		return "give " + or(text("user"), text("group")) + " " + text("access") + " on " + text("object")
	case apiclient.SessionSignOut:
		return title
	}
	return title + " " + b.what(op.On)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// handleOf is the public name of the token of an op, also when the op holds
// nothing but the token itself.
func handleOf(op apiclient.Op) string {
	if !op.On.IsZero() {
		return op.On.Name()
	}
	if p, ok := parse(op.Secret); ok && p.uuid != "" {
		return p.uuid
	}
	return "a token"
}

// What the controller puts around the words of the Rails server: where it
// asked, which may hold a query, and the name of the request.
var (
	askedAt   = regexp.MustCompile(`^//railsapi\.internal\S*: \d+ [A-Za-z ]+: `)
	requestID = regexp.MustCompile(` \(([0-9A-Za-z-]+)\)$`)
	exception = regexp.MustCompile(`^#<[A-Za-z:]+: (.*)>$`)
)

// readError reads the errors of both servers into the same words.
func readError(status int, h http.Header, body []byte) *apiclient.Failure {
	f := &apiclient.Failure{RequestID: h.Get("X-Request-Id")}
	var e struct {
		Errors []string `json:"errors"`
		Token  string   `json:"error_token"`
	}
	// A gateway's page for browsers has nothing to say: the status does.
	_ = json.Unmarshal(body, &e)
	f.Code = e.Token
	var words []string
	for _, text := range e.Errors {
		text = askedAt.ReplaceAllString(text, "")
		if m := requestID.FindStringSubmatch(text); m != nil && (m[1] == f.RequestID || strings.HasPrefix(m[1], "req-")) {
			f.RequestID = m[1]
			text = strings.TrimSuffix(text, m[0])
		}
		if m := exception.FindStringSubmatch(text); m != nil {
			text = m[1]
		}
		words = append(words, text)
	}
	f.Message = strings.Join(words, "; ")
	switch status {
	case http.StatusUnauthorized:
		f.Next = "sign in with another token: this one has expired, was deleted or is mistyped"
	case http.StatusForbidden:
		f.Next = "it needs an admin's token whose scopes allow it"
		if strings.Contains(f.Message, "IssueTrustedTokens") {
			f.Next = "this cluster lets nobody manage tokens: unset up the user, or wait for them to expire"
		}
		if strings.Contains(f.Message, "user agreements") {
			f.Next = "let the user sign, or activate without agreements"
		}
	}
	return f
}
