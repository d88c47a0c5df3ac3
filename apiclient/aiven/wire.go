package aiven

import (
	"encoding/json"
	"time"

	"gatehouse/apiclient"
)

// Everything is optional: the API's document declares fields as required that
// come as null.

// stamp is a time in one of the two spellings that the API has. One that
// cannot be read does not spoil the list that it is in.
type stamp struct {
	time.Time
	odd string // what it said instead of a time
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *stamp) UnmarshalJSON(b []byte) error {
	*s = stamp{}
	var text string
	if json.Unmarshal(b, &text) != nil {
		text = string(b)
	}
	if text == "" || text == "null" {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		s.odd = text
		return nil
	}
	s.Time = t
	return nil
}

func (s stamp) moment() apiclient.Moment { return apiclient.MomentOf(s.Time) }

type wireMe struct {
	User                   string `json:"user"`
	UserID                 string `json:"user_id"`
	RealName               string `json:"real_name"`
	State                  string `json:"state"`
	ManagingOrganizationID string `json:"managing_organization_id"`
	ManagedBySCIM          bool   `json:"managed_by_scim"`
	TokenValidityBegin     string `json:"token_validity_begin"`
	CreateTime             stamp  `json:"create_time"`
	City                   string `json:"city"`
	Country                string `json:"country"`
	Department             string `json:"department"`
	JobTitle               string `json:"job_title"`
}

type wireOrganization struct {
	OrganizationID   string `json:"organization_id"`
	OrganizationName string `json:"organization_name"`
	AccountID        string `json:"account_id"` // of its root
	Tier             string `json:"tier"`
	CreateTime       stamp  `json:"create_time"`
	UpdateTime       stamp  `json:"update_time"`
}

type wireAccount struct {
	AccountID       string `json:"account_id"`
	AccountName     string `json:"account_name"`
	OrganizationID  string `json:"organization_id"`
	ParentAccountID string `json:"parent_account_id"`
	AccessSource    string `json:"access_source"`
	IsAccountOwner  bool   `json:"is_account_owner"`
	CreateTime      stamp  `json:"create_time"`
	UpdateTime      stamp  `json:"update_time"`
}

type wireMember struct {
	UserID           string       `json:"user_id"`
	IsSuperAdmin     bool         `json:"is_super_admin"`
	JoinTime         stamp        `json:"join_time"`
	LastActivityTime stamp        `json:"last_activity_time"`
	UserInfo         wireUserInfo `json:"user_info"`
}

type wireUserInfo struct {
	UserEmail              string `json:"user_email"`
	RealName               string `json:"real_name"`
	State                  string `json:"state"`
	CreateTime             stamp  `json:"create_time"`
	IsApplicationUser      bool   `json:"is_application_user"`
	ManagedBySCIM          bool   `json:"managed_by_scim"`
	ManagingOrganizationID string `json:"managing_organization_id"`
	City                   string `json:"city"`
	Country                string `json:"country"`
	Department             string `json:"department"`
	JobTitle               string `json:"job_title"`
}

type wireApplicationUser struct {
	UserID       string `json:"user_id"`
	Name         string `json:"name"`
	UserEmail    string `json:"user_email"`
	IsSuperAdmin bool   `json:"is_super_admin"`
	CreateTime   stamp  `json:"create_time"`
}

type wireInvitation struct {
	UserEmail  string `json:"user_email"`
	InvitedBy  string `json:"invited_by"`
	CreateTime stamp  `json:"create_time"`
	ExpiryTime stamp  `json:"expiry_time"`
}

// wireToken is a token as any of the three lists shows it: the list of a
// member's tokens has six of these fields only.
type wireToken struct {
	TokenPrefix    string   `json:"token_prefix"`
	Description    string   `json:"description"`
	CreateTime     stamp    `json:"create_time"`
	Manually       bool     `json:"created_manually"`
	InUse          bool     `json:"currently_active"`
	ExpiryTime     stamp    `json:"expiry_time"`
	MaxAgeSeconds  float64  `json:"max_age_seconds"` // may carry decimals
	ExtendWhenUsed bool     `json:"extend_when_used"`
	LastUsedTime   stamp    `json:"last_used_time"`
	LastIP         string   `json:"last_ip"`
	LastUserAgent  string   `json:"last_user_agent"`
	IPAllowlist    []string `json:"ip_allowlist"`
	Scopes         []string `json:"scopes"`
}

type wireTokens struct {
	Tokens []wireToken `json:"tokens"`
}

// wireSecretToken is the answer of a create, the only one with the secret.
type wireSecretToken struct {
	wireToken
	FullToken apiclient.Secret `json:"full_token"`
}

type wireSignedIn struct {
	Token     apiclient.Secret `json:"token"`
	State     string           `json:"state"`
	UserEmail string           `json:"user_email"`
}

type wireProject struct {
	ProjectName    string `json:"project_name"` // of the list of one's own projects
	ProjectID      string `json:"project_id"`   // of the list of an organization's
	AccountID      string `json:"account_id"`
	ParentID       string `json:"parent_id"`
	AccountName    string `json:"account_name"`
	OrganizationID string `json:"organization_id"`
}

type wireEvent struct {
	LogEntryID        int64  `json:"log_entry_id"`
	CreateTime        stamp  `json:"create_time"`
	Actor             string `json:"actor"`
	ActionType        string `json:"action_type"`
	ActionDescription string `json:"action_description"`
	AccountID         string `json:"account_id"`
}
