package arvados

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// Paths of the resources.
const (
	pathUsers  = base + "users"
	pathTokens = base + "api_client_authorizations"
	pathLinks  = base + "links"
	pathGroups = base + "groups"
	pathVMs    = base + "virtual_machines"
	pathKeys   = base + "authorized_keys"
	pathData   = base + "collections"
)

// mostRows is the server's usual cap on a page, which it keeps silently.
const mostRows = 1000

// clusterConfig is what anybody may know of a cluster.
type clusterConfig struct {
	ClusterID string
	API       struct{ MaxItemsPerResponse int }
	Login     struct{ LoginCluster string }
	Users     struct{ SyncIgnoredGroups ignoredGroups }
}

// ignoredGroups comes as a list, or as the keys of an object.
type ignoredGroups []string

// UnmarshalJSON implements json.Unmarshaler.
func (g *ignoredGroups) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, (*[]string)(g)) == nil {
		return nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return err
	}
	for name := range object {
		*g = append(*g, name)
	}
	return nil
}

// page is a list as either server writes it.
type page[W any] struct {
	Items     []W  `json:"items"`
	Limit     *int `json:"limit"`
	Available *int `json:"items_available"` // not told for tokens
}

// user is a record of users.
type user struct {
	UUID      string     `json:"uuid"`
	Username  string     `json:"username"`
	Email     string     `json:"email"`
	FirstName string     `json:"first_name"`
	LastName  string     `json:"last_name"`
	Identity  string     `json:"identity_url"`
	Active    bool       `json:"is_active"`
	Invited   bool       `json:"is_invited"`
	Admin     bool       `json:"is_admin"`
	Created   *time.Time `json:"created_at"`
	Modified  *time.Time `json:"modified_at"`
}

// label is what people call a user.
func (u user) label() string {
	switch {
	case u.Username != "":
		return u.Username
	case u.Email != "":
		return u.Email
	}
	return u.UUID
}

func (u user) fullName() string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

// token is a record of api_client_authorizations. Its secret is in every
// answer, lists too.
type token struct {
	UUID    string           `json:"uuid"`
	Owner   string           `json:"owner_uuid"`
	Secret  apiclient.Secret `json:"api_token"`
	Scopes  []string         `json:"scopes"`
	Created *time.Time       `json:"created_at"`
	Expires *time.Time       `json:"expires_at"`
	Address string           `json:"created_by_ip_address"`
}

// v2 is the token as it is used: uuid and secret in one.
func (t token) v2() apiclient.Secret { return joined(t.UUID, t.Secret) }

type properties struct {
	Login  string   `json:"username,omitempty"`
	Groups []string `json:"groups,omitempty"`
}

// link is a record of links. Properties are whatever anybody put there.
type link struct {
	UUID       string          `json:"uuid"`
	Class      string          `json:"link_class"`
	Name       string          `json:"name"`
	Tail       string          `json:"tail_uuid"`
	Head       string          `json:"head_uuid"`
	Properties json.RawMessage `json:"properties"`
	Created    *time.Time      `json:"created_at"`
	Modified   *time.Time      `json:"modified_at"`
}

// login reads the properties of a VM login; those of another shape are none.
func (l link) login() properties {
	var p properties
	if json.Unmarshal(l.Properties, &p) != nil {
		return properties{}
	}
	return p
}

// group is a record of groups.
type group struct {
	UUID        string     `json:"uuid"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Class       string     `json:"group_class"`
	Owner       string     `json:"owner_uuid"`
	Created     *time.Time `json:"created_at"`
	Modified    *time.Time `json:"modified_at"`
}

func (g group) label() string {
	if g.Name == "" {
		return g.UUID
	}
	return g.Name
}

// machine is a record of virtual_machines.
type machine struct {
	UUID     string     `json:"uuid"`
	Hostname string     `json:"hostname"`
	Created  *time.Time `json:"created_at"`
}

func (m machine) label() string {
	if m.Hostname == "" {
		return m.UUID
	}
	return m.Hostname
}

// vmLogin is a row of what a machine gets to know of its logins.
type vmLogin struct {
	Username string   `json:"username"`
	Groups   []string `json:"groups"`
	Key      string   `json:"authorized_key_uuid"`
}

// its reads a yes: it holds the record with this uuid, also after a delete.
// Anything else comes from somewhere else.
func its(id string) func(rest.Answer) error {
	return func(a rest.Answer) error {
		var r struct {
			UUID string `json:"uuid"`
		}
		if err := json.NewDecoder(a.Body).Decode(&r); err != nil {
			return err
		}
		if r.UUID != id {
			return errors.New("it is about another record")
		}
		return nil
	}
}

// form makes a form body in which objects and lists are JSON text.
func form(fields map[string]any) rest.Body {
	values := url.Values{}
	for k, v := range fields {
		values.Set(k, jsonText(v))
	}
	return rest.Form(values, nil)
}

// jsonText writes a parameter: text as it is, anything else as JSON.
func jsonText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Infixes of uuids by type (doc.arvados.org, resource types).
const (
	infixUser    = "tpzed"
	infixToken   = "gj3su"
	infixLink    = "o0j2j"
	infixGroup   = "j7d0g"
	infixMachine = "2x53u"
)

const uuidLen = 27

// isUUID tells whether the text is cluster-type-id, all of base 36.
func isUUID(s string) bool {
	if len(s) != uuidLen || s[5] != '-' || s[11] != '-' {
		return false
	}
	return base36(s[:5]) && base36(s[6:11]) && base36(s[12:])
}

// hasInfix tells whether the text is a uuid of that type.
func hasInfix(s, infix string) bool { return isUUID(s) && s[6:11] == infix }

func base36(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

func moment(t *time.Time) apiclient.Moment {
	if t == nil {
		return 0
	}
	return apiclient.MomentOf(*t)
}
