package aiven

import (
	"strings"
	"time"

	"gatehouse/apiclient"
)

// Types of records, as the lists say them.
const (
	typeOrganization = "organization"
	typeUnit         = "unit"
	typePerson       = "person"
	typeApplication  = "application"
	typeInvitation   = "invitation"
	typePersonal     = "personal"
	typeSession      = "session"
	typeMembers      = "member's"
)

func attr(key string, v apiclient.Value) apiclient.Attr { return apiclient.Attr{Key: key, Value: v} }

func text(s string) apiclient.Value {
	v := apiclient.Text(s)
	v.None = s == ""
	return v
}

// odd tells times that could not be read.
func odd(stamps map[string]stamp) apiclient.Value {
	var out []string
	for name, s := range stamps {
		if s.odd != "" {
			out = append(out, name+": "+s.odd)
		}
	}
	return text(strings.Join(out, "; "))
}

func (b *backend) organization(o wireOrganization) apiclient.Account {
	return apiclient.Account{
		Ref: b.ref(apiclient.KindAccount, o.path()), Name: o.OrganizationName, Type: typeOrganization, Created: o.CreateTime.moment(),
		Extra: apiclient.Extras(
			attr("tier", text(o.Tier)), attr("organization_id", text(o.OrganizationID)), attr("account_id", text(o.AccountID)),
			attr("updated", apiclient.At(o.UpdateTime.Time)),
		),
	}
}

func (b *backend) account(a wireAccount, parent string) apiclient.Account {
	kind := typeOrganization
	if a.ParentAccountID != "" {
		kind = typeUnit
	}
	return apiclient.Account{
		Ref: b.ref(apiclient.KindAccount, a.path()), Name: a.AccountName, Type: kind, Created: a.CreateTime.moment(),
		Extra: apiclient.Extras(
			attr("organization_id", text(a.OrganizationID)), attr("account_id", text(a.AccountID)), attr("parent", text(parent)),
			attr("access", text(strings.ReplaceAll(a.AccessSource, "_", " "))), attr("updated", apiclient.At(a.UpdateTime.Time)),
		),
	}
}

func (b *backend) member(o wireOrganization, m wireMember) apiclient.User {
	i := m.UserInfo
	u := apiclient.User{
		Name: i.UserEmail, RealName: i.RealName, Email: i.UserEmail, Account: b.ref(apiclient.KindAccount, o.path()),
		State: apiclient.State(i.State), Admin: m.IsSuperAdmin, LastSeen: m.LastActivityTime.moment(), Created: i.CreateTime.moment(),
	}
	kind := typePerson
	if i.IsApplicationUser {
		kind = typeApplication
		if i.RealName != "" {
			u.Name = i.RealName
		}
	}
	u.Ref = b.ref(apiclient.KindUser, userPath(o.OrganizationID, m.UserID, u.Name))
	u.Extra = apiclient.Extras(
		attr("type", text(kind)), attr("managed", apiclient.Bool(i.ManagingOrganizationID == o.OrganizationID && o.OrganizationID != "")),
		attr("joined", apiclient.At(m.JoinTime.Time)), attr("scim", apiclient.Bool(i.ManagedBySCIM)),
		attr("job_title", text(i.JobTitle)), attr("department", text(i.Department)), attr("city", text(i.City)), attr("country", text(i.Country)),
		attr("user_id", text(m.UserID)), attr("invited_until", apiclient.At(time.Time{})),
		attr("unread", odd(map[string]stamp{"last seen": m.LastActivityTime, "created": i.CreateTime, "joined": m.JoinTime})),
	)
	return u
}

// asMember writes an application user as the list of all users would.
func (a wireApplicationUser) asMember() wireMember {
	return wireMember{
		UserID: a.UserID, IsSuperAdmin: a.IsSuperAdmin,
		UserInfo: wireUserInfo{UserEmail: a.UserEmail, RealName: a.Name, IsApplicationUser: true, CreateTime: a.CreateTime, State: string(apiclient.Active)},
	}
}

// asMember writes the one who is signed in as the list of users would.
func (m wireMe) asMember() wireMember {
	return wireMember{UserID: m.UserID, UserInfo: wireUserInfo{
		UserEmail: m.User, RealName: m.RealName, State: m.State, CreateTime: m.CreateTime, ManagedBySCIM: m.ManagedBySCIM,
		ManagingOrganizationID: m.ManagingOrganizationID, City: m.City, Country: m.Country, Department: m.Department, JobTitle: m.JobTitle,
	}}
}

func (b *backend) invited(o wireOrganization, i wireInvitation) apiclient.User {
	return apiclient.User{
		Ref:  b.ref(apiclient.KindUser, userPath(o.OrganizationID, "", i.UserEmail)),
		Name: i.UserEmail, Email: i.UserEmail, Account: b.ref(apiclient.KindAccount, o.path()),
		State: apiclient.Invited, Created: i.CreateTime.moment(),
		Extra: apiclient.Extras(
			attr("type", text(typeInvitation)), attr("managed", apiclient.Bool(false)), attr("invited_by", text(i.InvitedBy)),
			attr("invited_until", apiclient.At(i.ExpiryTime.Time)), attr("joined", apiclient.At(time.Time{})), attr("scim", apiclient.Bool(false)),
			attr("unread", odd(map[string]stamp{"created": i.CreateTime, "invited until": i.ExpiryTime})),
		),
	}
}

// holder is whose tokens are read.
type holder struct {
	organization wireOrganization
	user         string // id
	name         string
	owned        string // "", ownedByMember or ownedByApp
}

func (h holder) path() apiclient.Path { return userPath(h.organization.OrganizationID, h.user, h.name) }

func (b *backend) tokenOf(h holder, w wireToken) apiclient.Token {
	t := apiclient.Token{
		Handle: w.TokenPrefix, Owner: h.path(), Description: w.Description, State: apiclient.Active,
		Created: w.CreateTime.moment(), Expires: w.ExpiryTime.moment(), LastUsed: w.LastUsedTime.moment(),
		LastAddress: w.LastIP, LastAgent: w.LastUserAgent, Extend: w.ExtendWhenUsed,
		MaxAge: time.Duration(w.MaxAgeSeconds * float64(time.Second)),
	}
	if h.organization.OrganizationID != "" {
		t.Account = h.organization.path()
	}
	unread := odd(map[string]stamp{"created": w.CreateTime, "expires": w.ExpiryTime, "last used": w.LastUsedTime})
	path := apiclient.NewPath(w.TokenPrefix)
	switch h.owned {
	case ownedByMember:
		t.Type = typeMembers
		unread = text("expiry, age, scopes and time of creation: Aiven tells them to the user only")
	case ownedByApp:
		t.Type = typeApplication
	default:
		t.Type = typeSession
		if w.Manually {
			t.Type = typePersonal
		}
		t.InUse = w.InUse || usesPrefix(b.using(), w.TokenPrefix)
	}
	if h.owned != "" {
		path = apiclient.NewPath(h.owned, h.organization.OrganizationID, h.user, w.TokenPrefix)
	}
	t.Ref = b.ref(apiclient.KindToken, path)
	t.Extra = apiclient.Extras(attr("ip_allowlist", apiclient.List(w.IPAllowlist)), attr("scopes", apiclient.List(w.Scopes)), attr("unread", unread))
	return t
}

func (b *backend) project(p wireProject, role string) apiclient.Object {
	name, account := p.ProjectName, p.AccountName
	if name == "" {
		name = p.ProjectID
	}
	return apiclient.Object{
		Ref: b.ref(apiclient.KindObject, apiclient.NewPath(name)), Name: name, Type: "project",
		Extra: apiclient.Extras(attr("account", text(account)), attr("role", text(role)), attr("organization_id", text(p.OrganizationID))),
	}
}

func (b *backend) event(o wireOrganization, e wireEvent) apiclient.Event {
	return apiclient.Event{
		Ref:    b.ref(apiclient.KindEvent, apiclient.NewPath(o.OrganizationID, number(e.LogEntryID))),
		Number: e.LogEntryID, At: e.CreateTime.moment(), Actor: e.Actor, Action: e.ActionType, Details: e.ActionDescription,
		Target: b.ref(apiclient.KindAccount, o.path()),
	}
}
