package wire

import "time"

// States of an account. A deleting account is being cleaned up and does not
// come back.
const (
	AccountEnabled  = "enabled"
	AccountDisabled = "disabled"
	AccountDeleting = "deleting"
)

// Types of accounts; the type admin is that of the account admin alone.
const (
	AccountTypeUser    = "user"
	AccountTypeService = "service"
	AccountTypeAdmin   = "admin"
)

// AdminName is the account and the user that the first start makes.
const AdminName = "admin"

// Account holds users.
type Account struct {
	Name        string       `json:"name"`
	Email       string       `json:"email,omitempty"`
	Type        string       `json:"type" enum:"user,service,admin"`
	State       string       `json:"state" enum:"enabled,disabled,deleting"`
	Created     time.Time    `json:"created_time"`
	Updated     time.Time    `json:"updated_time"`
	Version     int64        `json:"version" doc:"the ETag of the record is this number in quotes"`
	Users       int          `json:"users" doc:"how many users it has"`
	Tokens      int          `json:"tokens" doc:"how many access tokens of its users are active"`
	DeleteTakes *DeleteTakes `json:"delete_takes,omitempty" doc:"only when one account is read"`
}

// DeleteTakes is what goes with an account.
type DeleteTakes struct {
	Users              int `json:"users"`
	Tokens             int `json:"tokens"`
	TokensUsedLastHour int `json:"tokens_used_last_hour"`
}

// CreateAccount makes an account.
type CreateAccount struct {
	Name  string `json:"name" minLength:"1" maxLength:"512" doc:"1 to 128 of a-z 0-9 . _ @ + - after NFKC and lower case"`
	Email string `json:"email,omitempty" maxLength:"254"`
	Type  string `json:"type,omitempty" enum:"user,service" doc:"user unless said"`
}

// UpdateAccount changes what is present.
type UpdateAccount struct {
	Email *string `json:"email,omitempty" maxLength:"254"`
	Type  *string `json:"type,omitempty" enum:"user,service"`
}
