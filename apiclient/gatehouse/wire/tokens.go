package wire

import "time"

// States of a token. The owner's and the account's state count on top: an
// active token of an inactive user is refused too.
const (
	TokenActive  = "active"
	TokenExpired = "expired"
	TokenRevoked = "revoked"
)

// DefaultMaxAge is how long a token lives unless said.
const DefaultMaxAge = 30 * 24 * time.Hour

// Token is the record of a token; its secret is in no record.
type Token struct {
	Prefix         string     `json:"token_prefix"`
	Kind           string     `json:"kind" enum:"access,registration,session"`
	UserName       string     `json:"user_name"`
	Account        string     `json:"account"`
	Description    string     `json:"description,omitempty"`
	State          string     `json:"state" enum:"active,expired,revoked"`
	MaxAgeSeconds  int64      `json:"max_age_seconds" doc:"0: does not expire"`
	ExtendWhenUsed bool       `json:"extend_when_used"`
	Created        time.Time  `json:"created_time"`
	CreatedBy      string     `json:"created_by"`
	Expires        *time.Time `json:"expires_time,omitempty" doc:"absent: never"`
	Revoked        *time.Time `json:"revoked_time,omitempty"`
	RevokedBy      string     `json:"revoked_by,omitempty"`
	LastUsed       *time.Time `json:"last_used_time,omitempty"`
	LastUsedIP     string     `json:"last_used_ip,omitempty"`
	LastUsedAgent  string     `json:"last_used_user_agent,omitempty"`
	Version        int64      `json:"version" doc:"the ETag of the record is this number in quotes"`
}

// CreateToken makes an access token, for oneself unless an admin names another
// user.
type CreateToken struct {
	UserName       string `json:"user_name,omitempty" maxLength:"512"`
	Description    string `json:"description,omitempty" maxLength:"1024"`
	MaxAgeSeconds  *int64 `json:"max_age_seconds,omitempty" minimum:"0" maximum:"315360000" doc:"30 days unless said; 0: does not expire"`
	ExtendWhenUsed bool   `json:"extend_when_used,omitempty" doc:"each use moves the expiry to max_age_seconds after it"`
}

// TokenCreated holds the secret, here and never again.
type TokenCreated struct {
	Record   Token    `json:"record"`
	Token    *Carried `json:"token,omitempty" doc:"absent in a replayed answer"`
	Replayed bool     `json:"replayed,omitempty" doc:"this answer repeats an earlier one; secrets are not repeated"`
}

// UpdateToken changes what is present.
type UpdateToken struct {
	Description *string `json:"description,omitempty" maxLength:"1024"`
}

// Revoke names tokens by prefix, or one by its full text.
type Revoke struct {
	Prefixes []string `json:"prefixes,omitempty" maxItems:"1000"`
	Token    *Carried `json:"token,omitempty" maxLength:"4096" writeOnly:"true"`
}

// Results of revoking one token.
const (
	RevokeDone     = "revoked"
	RevokeAlready  = "already_revoked"
	RevokeNotFound = "not_found"
)

// RevokeItem is what became of one token, in the order asked.
type RevokeItem struct {
	Prefix   string     `json:"token_prefix,omitempty" doc:"absent if what was sent is no token of this server"`
	UserName string     `json:"user_name,omitempty"`
	Result   string     `json:"result" enum:"revoked,already_revoked,not_found"`
	Revoked  *time.Time `json:"revoked_time,omitempty"`
}

// RevokeAnswer has a result for each token.
type RevokeAnswer struct {
	Items    []RevokeItem `json:"items"`
	Replayed bool         `json:"replayed,omitempty"`
}
