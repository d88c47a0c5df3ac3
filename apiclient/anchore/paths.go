package anchore

import (
	"fmt"
	"strings"

	"gatehouse/apiclient"
)

// path joins parts, each escaped as far as it goes: names may hold spaces, #,
// ; and other characters that mean something in a URL.
func path(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		for i := range len(p) {
			c := p[i]
			if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
	}
	return b.String()
}

func accountPath(account string, rest ...string) string {
	return path(append([]string{"accounts", account}, rest...)...)
}

// person is where a user is: user names are unique across accounts, but the
// interface wants both.
type person struct{ account, user string }

func (p person) path(rest ...string) string {
	return accountPath(p.account, append([]string{"users", p.user}, rest...)...)
}

// own is the path of what belongs to a user: everybody may ask for his own,
// also without a right to see his account.
func (b *backend) own(p person, rest ...string) string {
	if p.user == b.me.user {
		return path(append([]string{"user"}, rest...)...)
	}
	return p.path(rest...)
}

func rolePath(role string, rest ...string) string {
	return path(append([]string{"rbac-manager", "roles", role}, rest...)...)
}

func (b *backend) ref(kind apiclient.Kind, version string, parts ...string) apiclient.Ref {
	return apiclient.Ref{Context: b.target.Context, Kind: kind, Path: apiclient.NewPath(parts...), Version: version}
}

// accountRef observes the state as well: times are whole seconds.
func (b *backend) accountRef(a wireAccount) apiclient.Ref {
	return b.ref(apiclient.KindAccount, a.State+" "+a.Updated.text(), a.Name)
}

func (b *backend) userRef(account, user string) apiclient.Ref {
	return b.ref(apiclient.KindUser, "", account, user)
}
