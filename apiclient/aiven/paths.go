package aiven

import (
	"net/url"
	"strings"

	"gatehouse/apiclient"
)

// Refs hold the ids that requests need, and the name for people last:
//
//	organization, unit   organization id, account id, name
//	user                 organization id, user id, name (of an invitation: "" and the e-mail)
//	own token            prefix
//	another's token      "member" or "app", organization id, user id, prefix
//	project              name

const (
	ownedByMember = "member"
	ownedByApp    = "app"
)

func (b *backend) ref(kind apiclient.Kind, path apiclient.Path) apiclient.Ref {
	return apiclient.Ref{Context: b.target.Context, Kind: kind, Path: path}
}

func (o wireOrganization) path() apiclient.Path {
	return apiclient.NewPath(o.OrganizationID, o.AccountID, o.OrganizationName)
}

func (a wireAccount) path() apiclient.Path {
	return apiclient.NewPath(a.OrganizationID, a.AccountID, a.AccountName)
}

func userPath(organization, id, name string) apiclient.Path {
	return apiclient.NewPath(organization, id, name)
}

// place is what a ref of a user or a token says about whose it is.
type place struct {
	organization, user string
	owned              string // of a token: "", ownedByMember or ownedByApp
	prefix             string // of a token
}

func userOf(ref apiclient.Ref) place {
	return place{organization: ref.Path.Part(0), user: ref.Path.Part(1)}
}

func tokenOf(ref apiclient.Ref) place {
	parts := ref.Path.Parts()
	if len(parts) < 4 {
		return place{prefix: ref.Name()}
	}
	return place{owned: parts[0], organization: parts[1], user: parts[2], prefix: ref.Name()}
}

// route makes a path of an escaped template's parts. Everything that is
// reserved is escaped: prefixes are base64 and hold slashes, pluses and equal
// signs, e-mails hold at signs and pluses.
func route(parts ...string) string {
	var b strings.Builder
	b.WriteString("/v1")
	for _, p := range parts {
		b.WriteByte('/')
		b.WriteString(escape(p))
	}
	return b.String()
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func inOrganization(id string, parts ...string) string {
	return route(append([]string{"organization", id}, parts...)...)
}

// revokePath is where a token is revoked. The API has one word in the singular
// for members and in the plural for application users.
func (p place) revokePath() string {
	switch p.owned {
	case ownedByMember:
		return inOrganization(p.organization, "user", p.user, "access-token", p.prefix)
	case ownedByApp:
		return inOrganization(p.organization, "application-users", p.user, "access-tokens", p.prefix)
	}
	return route("access_token", p.prefix)
}
