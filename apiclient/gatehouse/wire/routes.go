package wire

import "net/url"

// Paths without a name in them.
const (
	PathSession    = "/v1/session"
	PathAccounts   = "/v1/accounts"
	PathUsers      = "/v1/users"
	PathTokens     = "/v1/tokens"
	PathRevoke     = "/v1/tokens/revoke"
	PathRedeem     = "/v1/registrations/redeem"
	PathAudit      = "/v1/audit"
	PathEvents     = "/v1/events"
	PathLive       = "/livez"
	PathReady      = "/readyz"
	PathHealth     = "/healthz"
	PathOpenAPI    = "/openapi.json"
	PathProblems   = "/problems/" // + Problem.Code: the type of a problem
	DefaultAddress = "127.0.0.1:7411"
)

// Headers that are not in net/http's vocabulary.
const (
	HeaderIdempotencyKey = "Idempotency-Key"
	// HeaderReplayed is "true" on an answer that repeats an earlier one for the
	// same Idempotency-Key. Secrets are missing from such an answer.
	HeaderReplayed  = "Idempotency-Replayed"
	HeaderRequestID = "X-Request-Id"
)

// Media types.
const (
	TypeJSON    = "application/json"
	TypeProblem = "application/problem+json"
	TypeNDJSON  = "application/x-ndjson"
	TypeEvents  = "text/event-stream"
)

// AccountPath is one account, or with a verb ("enable", "disable") what is done
// to it.
func AccountPath(name string, verb ...string) string { return join(PathAccounts, name, verb) }

// UserPath is one user, or with a verb ("enable", "disable", "reset",
// "expire-tokens", "password") what is done to it.
func UserPath(name string, verb ...string) string { return join(PathUsers, name, verb) }

// TokenPath is one token, named by its public prefix.
func TokenPath(prefix string) string { return join(PathTokens, prefix, nil) }

func join(base, name string, verb []string) string {
	path := base + "/" + url.PathEscape(name)
	for _, v := range verb {
		path += "/" + url.PathEscape(v)
	}
	return path
}
