package ais

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"gatehouse/apiclient/rest"
)

// The paths of AuthN's interface (AIStore, api/apc and api/authn).
const (
	pathUsers     = "/v1/users"
	pathRoles     = "/v1/roles"
	pathClusters  = "/v1/clusters"
	pathTokens    = "/v1/tokens"
	pathDiscovery = "/.well-known/openid-configuration"
)

// below is the path of one record. Names are checked before: an escaped slash
// would be taken for the end of the name.
func below(path, name string) string { return path + "/" + url.PathEscape(name) }

// user is a user as AuthN tells it: the roles come whole.
type user struct {
	ID    string `json:"id"`
	Roles []role `json:"roles"`
}

// role is a named set of permissions.
type role struct {
	Name     string       `json:"name"`
	Desc     string       `json:"desc"`
	Clusters []clusterACL `json:"clusters"`
	Buckets  []bucketACL  `json:"buckets"`
	Admin    bool         `json:"admin"`
}

// clusterACL is what a role may do on a cluster; the empty ID is any cluster.
type clusterACL struct {
	ID    string `json:"id"`
	Alias string `json:"alias,omitempty"`
	Perm  mask   `json:"perm,omitempty"`
}

// bucketACL is what a role may do on a bucket.
type bucketACL struct {
	Bucket bucket `json:"bck"`
	Perm   mask   `json:"perm"`
}

// bucket names a bucket; the UUID of its namespace is the cluster's ID.
type bucket struct {
	Name      string    `json:"name"`
	Provider  string    `json:"provider"`
	Namespace namespace `json:"namespace"`
}

type namespace struct {
	UUID string `json:"uuid"`
	Name string `json:"name"`
}

// cluster is an AIS cluster that is registered.
type cluster struct {
	ID    string   `json:"id"`
	Alias string   `json:"alias,omitempty"`
	URLs  []string `json:"urls,omitempty"`
}

// clusterList wraps clusters, be it one or all.
type clusterList struct {
	Clusters map[string]cluster `json:"clusters"`
}

// roleName is a role in a write: the server fetches the rest.
type roleName struct {
	Name string `json:"name"`
}

// userWrite is a user in a write. What is empty stays as it is. The password is
// called pass here, and password in signInWrite.
type userWrite struct {
	ID    string     `json:"id,omitempty"`
	Pass  *rest.Open `json:"pass,omitempty"`
	Roles []roleName `json:"roles,omitempty"`
}

type signInWrite struct {
	Password rest.Open `json:"password"`
	// ExpiresIn counts nanoseconds: absent is the server's usual life, 0 its
	// longest.
	ExpiresIn *int64 `json:"expires_in,omitempty"`
}

// roleWrite is a role in a write. What is empty stays as it is.
type roleWrite struct {
	Name     string       `json:"name"`
	Desc     string       `json:"desc,omitempty"`
	Clusters []clusterACL `json:"clusters,omitempty"`
	Buckets  []bucketACL  `json:"buckets,omitempty"`
}

type tokenWrite struct {
	Token rest.Open `json:"token"`
}

// refusal is the body of nearly all answers that say no.
type refusal struct {
	Type    string `json:"tcode"`
	Message string `json:"message"`
}

// mask is a set of permissions. It travels as the decimal text of a number:
// 64 bits do not fit a JSON number everywhere.
type mask uint64

// MarshalJSON implements json.Marshaler.
func (m mask) MarshalJSON() ([]byte, error) {
	return json.Marshal(strconv.FormatUint(uint64(m), 10))
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *mask) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("permissions: %w", err)
	}
	if s == "" {
		*m = 0
		return nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return fmt.Errorf("permissions: %w", err)
	}
	*m = mask(n)
	return nil
}
