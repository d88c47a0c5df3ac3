package ais

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"gatehouse/apiclient"
)

// ref points to a record.
func (b *backend) ref(kind apiclient.Kind, name, version string) apiclient.Ref {
	if name == "" {
		return apiclient.Ref{}
	}
	return apiclient.Ref{Context: b.target.Context, Kind: kind, Path: apiclient.NewPath(name), Version: version}
}

// version stands for the content of a record, since the system has none: a
// plan can then tell that the record was changed meanwhile.
func version(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	h := fnv.New64a()
	_, _ = h.Write(text) // never fails (hash.Hash)
	return fmt.Sprintf("%016x", h.Sum64())
}

// account makes a cluster a record. probed are the clusters of the context's
// options.
func (b *backend) account(c cluster, probed map[string]bool) apiclient.Account {
	return apiclient.Account{
		Ref:  b.ref(apiclient.KindAccount, c.ID, version(c)),
		Name: c.ID,
		Extra: apiclient.Extras(
			apiclient.Attr{Key: "alias", Value: apiclient.Text(c.Alias)},
			apiclient.Attr{Key: "urls", Value: apiclient.List(c.URLs)},
			apiclient.Attr{Key: "probed", Value: apiclient.Bool(b.isProbed(c, probed))},
		),
	}
}

// wholeAccount tells the roles that name the cluster too.
func (b *backend) wholeAccount(c cluster, all []role) *apiclient.Account {
	a := b.account(c, b.probedURLs())
	var names []string
	for _, r := range all {
		if r.names(c) {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	a.Extra = apiclient.Extras(append(a.Extra.Attrs(), apiclient.Attr{Key: "roles", Value: apiclient.List(names)})...)
	return &a
}

// plain is the role as it is stored: without the aliases that the server fills
// in when it is asked for a single role, in one order.
func (r role) plain() role {
	r.Clusters, r.Buckets = slices.Clone(r.Clusters), slices.Clone(r.Buckets)
	for i := range r.Clusters {
		r.Clusters[i].Alias = ""
	}
	slices.SortFunc(r.Clusters, func(a, b clusterACL) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Buckets, func(a, b bucketACL) int {
		return strings.Compare(a.Bucket.Namespace.UUID+a.Bucket.String(), b.Bucket.Namespace.UUID+b.Bucket.String())
	})
	return r
}

// names tells whether the role speaks of this very cluster.
func (r role) names(c cluster) bool {
	is := func(id string) bool { return id == c.ID || c.Alias != "" && id == c.Alias }
	return slices.ContainsFunc(r.Clusters, func(a clusterACL) bool { return is(a.ID) }) ||
		slices.ContainsFunc(r.Buckets, func(a bucketACL) bool { return is(a.Bucket.Namespace.UUID) })
}

// reaches tells whether who has the role may do anything on the cluster.
func (r role) reaches(c cluster) bool {
	return r.Admin || r.names(c) || slices.ContainsFunc(r.Clusters, func(a clusterACL) bool { return a.ID == "" && a.Perm != 0 })
}

func (b *backend) user(u user, called names) apiclient.User {
	has := u.roleNames()
	return apiclient.User{
		Ref:   b.ref(apiclient.KindUser, u.ID, version(has)),
		Name:  u.ID,
		Admin: u.admin(),
		Extra: apiclient.Extras(
			apiclient.Attr{Key: "roles", Value: apiclient.List(has)},
			apiclient.Attr{Key: "permissions", Value: apiclient.List(permissions(called, u.Roles...))},
		),
	}
}

func (u user) roleNames() []string {
	names := make([]string, 0, len(u.Roles))
	for _, r := range u.Roles {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

func (u user) admin() bool {
	return slices.ContainsFunc(u.Roles, func(r role) bool { return r.Admin })
}

func (u user) has(name string) bool {
	return slices.ContainsFunc(u.Roles, func(r role) bool { return r.Name == name })
}

// role makes a role a record; users is how many have it, -1: not known.
func (b *backend) role(r role, users int, called names) apiclient.Role {
	count := apiclient.Count(nil)
	if users >= 0 {
		count = apiclient.Count(&users)
	}
	return apiclient.Role{
		Ref:         b.ref(apiclient.KindRole, r.Name, version(r.plain())),
		Name:        r.Name,
		Description: r.Desc,
		Builtin:     r.Admin,
		Permissions: permissions(called, r),
		Extra:       apiclient.Extras(apiclient.Attr{Key: "users", Value: count}),
	}
}

// names are what people call clusters, by their IDs.
type names map[string]string

func (n names) of(id string) string {
	if alias := n[id]; alias != "" {
		return alias
	}
	return id
}

// permissions says what roles give together: per cluster and bucket the sets
// are joined, as the server does when it makes a token.
func permissions(called names, all ...role) []string {
	sums := map[string]mask{}
	for _, r := range all {
		if r.Admin {
			return []string{"administers AuthN and every cluster"}
		}
		for _, a := range r.Clusters {
			where := called.of(a.ID)
			if a.ID == "" {
				where = "every cluster"
			}
			sums[where] |= a.Perm
		}
		for _, a := range r.Buckets {
			where := a.Bucket.String()
			if id := a.Bucket.Namespace.UUID; id != "" {
				where += " on " + called.of(id)
			}
			sums[where] |= a.Perm
		}
	}
	out := make([]string, 0, len(sums))
	for where, perm := range sums {
		out = append(out, where+": "+perm.String())
	}
	slices.Sort(out)
	return out
}

// ownToken is the record of the token in use; now is the server's time.
func (b *backend) ownToken(now time.Time, called names) apiclient.Token {
	c := b.claims
	if now.IsZero() {
		now = time.Now()
	}
	state := apiclient.Active
	if !c.Expires.IsZero() && !now.Before(c.Expires) {
		state = apiclient.Expired
	}
	var life time.Duration
	if !c.Issued.IsZero() && c.Expires.After(c.Issued) {
		life = c.Expires.Sub(c.Issued)
	}
	return apiclient.Token{
		Ref:     b.ref(apiclient.KindToken, b.handle, ""),
		Handle:  b.handle,
		Type:    "access token",
		Owner:   apiclient.NewPath(c.Subject),
		State:   state,
		Created: apiclient.MomentOf(c.Issued),
		Expires: apiclient.MomentOf(c.Expires),
		MaxAge:  life,
		InUse:   true,
		Extra: apiclient.Extras(
			apiclient.Attr{Key: "admin", Value: apiclient.Bool(c.Admin)},
			apiclient.Attr{Key: "permissions", Value: apiclient.List(permissions(called, role{Admin: c.Admin, Clusters: c.Clusters, Buckets: c.Buckets}))},
			apiclient.Attr{Key: "audience", Value: apiclient.List(c.Audience)},
			apiclient.Attr{Key: "issuer", Value: apiclient.Text(c.Issuer)},
		),
	}
}
