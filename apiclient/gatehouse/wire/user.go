package wire

import "time"

// States of a user.
const (
	UserInvited  = "invited"
	UserActive   = "active"
	UserInactive = "inactive"
)

// User is a person or a program that can sign in.
type User struct {
	Name           string     `json:"user_name"`
	Account        string     `json:"account"`
	AccountState   string     `json:"account_state" enum:"enabled,disabled,deleting"`
	RealName       string     `json:"real_name,omitempty"`
	Email          string     `json:"email,omitempty"`
	State          string     `json:"state" enum:"invited,active,inactive"`
	Admin          bool       `json:"admin"`
	Tokens         int        `json:"tokens" doc:"how many access tokens are active"`
	Sessions       int        `json:"sessions" doc:"how many sessions are open"`
	LastSeen       *time.Time `json:"last_seen_time,omitempty"`
	Created        time.Time  `json:"created_time"`
	Updated        time.Time  `json:"updated_time"`
	InvitedExpires *time.Time `json:"registration_expires_time,omitempty" doc:"when the open registration string expires"`
	Version        int64      `json:"version" doc:"the ETag of the record is this number in quotes"`
}

// CreateUser makes a user. Without a password the answer holds a registration
// string.
type CreateUser struct {
	Name     string   `json:"user_name" minLength:"1" maxLength:"512" doc:"1 to 128 of a-z 0-9 . _ @ + - after NFKC and lower case"`
	Account  string   `json:"account" minLength:"1" maxLength:"512"`
	RealName string   `json:"real_name,omitempty" maxLength:"512"`
	Email    string   `json:"email,omitempty" maxLength:"254"`
	Admin    bool     `json:"admin,omitempty"`
	Password *Carried `json:"password,omitempty" maxLength:"4096" writeOnly:"true"`
}

// UserCreated is the answer to CreateUser and to reset.
type UserCreated struct {
	User         User       `json:"user"`
	Registration *Carried   `json:"registration,omitempty" doc:"the registration string, shown here and never again"`
	Expires      *time.Time `json:"registration_expires_time,omitempty"`
	Replayed     bool       `json:"replayed,omitempty" doc:"this answer repeats an earlier one; secrets are not repeated"`
}

// UpdateUser changes what is present.
type UpdateUser struct {
	RealName *string `json:"real_name,omitempty" maxLength:"512"`
	Email    *string `json:"email,omitempty" maxLength:"254"`
	Admin    *bool   `json:"admin,omitempty"`
}

// SetPassword sets a password. Whoever sets his own says the old one too.
type SetPassword struct {
	Password    Carried  `json:"password" minLength:"1" maxLength:"4096" writeOnly:"true"`
	OldPassword *Carried `json:"old_password,omitempty" maxLength:"4096" writeOnly:"true"`
}

// PasswordSet tells what the new password ended.
type PasswordSet struct {
	User          User `json:"user"`
	SessionsEnded int  `json:"sessions_ended"`
}

// Expired tells what expire-tokens ended.
type Expired struct {
	UserName      string   `json:"user_name"`
	Tokens        int      `json:"tokens"`
	Sessions      int      `json:"sessions"`
	Registrations int      `json:"registrations"`
	Prefixes      []string `json:"token_prefixes" doc:"the tokens and sessions that ended"`
	Replayed      bool     `json:"replayed,omitempty"`
}

// Redeem chooses a password with a registration token.
type Redeem struct {
	Token    Carried `json:"token" minLength:"1" maxLength:"128" writeOnly:"true" doc:"the token of kind r in the registration string"`
	Password Carried `json:"password" minLength:"1" maxLength:"4096" writeOnly:"true"`
}

// Redeemed names the user who can sign in now.
type Redeemed struct {
	UserName string `json:"user_name"`
	Account  string `json:"account"`
}
