package anchore

import (
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// What the interfaces send and take. Fields that only v2 has stay empty in v1.

const (
	typeAdmin   = "admin"
	typeNative  = "native"
	typeSAML    = "saml"
	keyActive   = "active"
	keyRevoked  = "revoked"
	grantDirect = "direct"
)

type wireAccount struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	State   string `json:"state"`
	Email   string `json:"email"`
	Created stamp  `json:"created_at"`
	Updated stamp  `json:"last_updated"`
}

type wireUser struct {
	Name     string        `json:"username"`
	Account  string        `json:"account_name"`
	Type     string        `json:"type"`
	Source   string        `json:"source"`
	IDP      string        `json:"idp_name"`
	Created  stamp         `json:"created_at"`
	Updated  stamp         `json:"last_updated"`
	Password stamp         `json:"password_last_updated"`
	Roles    []wireUnified `json:"unified_roles"`
}

// wireUnified is a role that a user holds, and through what.
type wireUnified struct {
	Role    string `json:"role_name"`
	Domain  string `json:"domain_name"`
	Granter string `json:"granter"`
	Type    string `json:"grant_type"`
}

type wireUsers struct {
	Items *[]wireUser `json:"items"`
}

type wireCredential struct {
	Type    string `json:"type"`
	Created stamp  `json:"created_at"`
}

type setCredential struct {
	Type  string    `json:"type"`
	Value rest.Open `json:"value"`
}

type wireState struct {
	State string `json:"state"`
}

// wireKey leaves out the value: it is taken from the answer to a create only.
type wireKey struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Status      string `json:"status"`
	Expires     stamp  `json:"expires_at"`
	Created     stamp  `json:"created_at"`
	Updated     stamp  `json:"updated_at"`
}

type wireNewKey struct {
	wireKey
	Value apiclient.Secret `json:"value"`
}

type wireKeys struct {
	Items []wireKey `json:"items"`
}

type wireRole struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Immutable   bool   `json:"immutable"`
	Permissions []struct {
		Action string `json:"action"`
		Target string `json:"target"`
	} `json:"permissions"`
	Created stamp `json:"created_at"`
	Updated stamp `json:"last_updated"`
}

// wireMember is a role of a user in a domain, seen from the role or from the
// user. Releases before API 2.5 call the domain an account.
type wireMember struct {
	User    string `json:"username"`
	Role    string `json:"role"`
	Domain  string `json:"domain_name"`
	Account string `json:"for_account"`
	Created stamp  `json:"created_at"`
}

func (m wireMember) domain() string {
	if m.Domain != "" {
		return m.Domain
	}
	return m.Account
}

// stamp is a time. One that cannot be read is none: it is not worth a list.
type stamp struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (s *stamp) UnmarshalJSON(text []byte) error {
	s.Time = time.Time{}
	plain := strings.Trim(string(text), `"`)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, plain); err == nil {
			s.Time = t.UTC()
			break
		}
	}
	return nil
}

// text is the time as a version of a record.
func (s stamp) text() string {
	if s.IsZero() {
		return ""
	}
	return s.Format(time.RFC3339Nano)
}
