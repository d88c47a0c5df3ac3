package wire

import "fmt"

// Problem is every error answer (RFC 9457). No value that was sent is in it.
type Problem struct {
	Type      string       `json:"type" doc:"path of the problem type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail,omitempty" doc:"what was tried, what stands in the way and what to do"`
	Instance  string       `json:"instance,omitempty"`
	Code      string       `json:"code" doc:"the problem type as one word"`
	RequestID string       `json:"request_id,omitempty"`
	From      string       `json:"from_state,omitempty" doc:"state conflicts: the state it is in"`
	To        string       `json:"to_state,omitempty" doc:"state conflicts: the state that was asked for"`
	First     string       `json:"do_first,omitempty" doc:"state conflicts: what to do first"`
	Errors    []FieldError `json:"errors,omitempty"`
}

// FieldError is what is wrong with one field.
type FieldError struct {
	Location string `json:"location,omitempty" doc:"such as body.user_name or query.filter"`
	Message  string `json:"message"`
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return fmt.Sprintf("%s (%d)", p.Title, p.Status)
	}
	return p.Detail
}

// ContentType makes encoders that ask for it send problem+json.
func (p *Problem) ContentType(string) string { return TypeProblem }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// Codes of problems.
const (
	CodeMalformed        = "malformed"          // 400: the request cannot be read
	CodeTokenInURL       = "token_in_url"       // 400
	CodeTwoCredentials   = "two_credentials"    // 400
	CodeBadPageToken     = "bad_page_token"     // 400
	CodeInvalidToken     = "invalid_token"      // 401: no credential, or one that is not good
	CodeSignInFailed     = "sign_in_failed"     // 401: user name or password, not told which
	CodeWrongPassword    = "wrong_password"     // 403: the old password is not right
	CodeForbidden        = "forbidden"          // 403
	CodeNotFound         = "not_found"          // 404
	CodeMethod           = "method_not_allowed" // 405
	CodeNotAcceptable    = "not_acceptable"     // 406
	CodeTimeout          = "timeout"            // 408
	CodeConflict         = "conflict"           // 409: the name is taken
	CodeStateConflict    = "state_conflict"     // 409: not from this state
	CodeLastAdmin        = "last_admin"         // 409: nobody could administer any more
	CodeProtected        = "protected"          // 409: the account admin stays
	CodeRegistrationGone = "registration_gone"  // 410: unknown, used, replaced or expired
	CodeVersion          = "version_conflict"   // 412: changed since it was read
	CodeTooLarge         = "too_large"          // 413
	CodeMediaType        = "media_type"         // 415
	CodeInvalid          = "invalid"            // 422: a field is wrong, see errors
	CodeKeyReused        = "key_reused"         // 422: same Idempotency-Key, other body
	CodeVersionMissing   = "version_missing"    // 428: If-Match is required
	CodeThrottled        = "throttled"          // 429, with Retry-After
	CodeInternal         = "internal"           // 500
	CodeUnavailable      = "unavailable"        // 503, with Retry-After
)
