package anchore

import (
	"strings"

	"gatehouse/apiclient"
)

func (b *backend) account(w wireAccount) apiclient.Account {
	return apiclient.Account{
		Ref:     b.accountRef(w),
		Name:    w.Name,
		Email:   w.Email,
		Type:    w.Type,
		State:   apiclient.State(w.State),
		Created: apiclient.MomentOf(w.Created.Time),
		Extra:   apiclient.Extras(apiclient.Attr{Key: "updated", Value: apiclient.At(w.Updated.Time)}),
	}
}

// user leaves the state empty: Anchore has none for users.
func (b *backend) user(w wireUser) apiclient.User {
	return apiclient.User{
		Ref:     b.userRef(w.Account, w.Name),
		Name:    w.Name,
		Account: b.ref(apiclient.KindAccount, "", w.Account),
		Created: apiclient.MomentOf(w.Created.Time),
		Extra: apiclient.Extras(
			apiclient.Attr{Key: "type", Value: apiclient.Text(w.Type)},
			apiclient.Attr{Key: "source", Value: orNone(w.Source)},
			apiclient.Attr{Key: "idp", Value: orNone(w.IDP)},
			apiclient.Attr{Key: "roles", Value: apiclient.List(heldRoles(w.Roles))},
			apiclient.Attr{Key: "password_changed", Value: apiclient.At(w.Password.Time)},
		),
	}
}

func orNone(s string) apiclient.Value {
	v := apiclient.Text(s)
	v.None = s == ""
	return v
}

// heldRoles says what a user may do where, and through what.
func heldRoles(roles []wireUnified) []string {
	var out []string
	for _, r := range roles {
		s := r.Role + " in " + r.Domain
		if !r.direct() {
			s += " through " + strings.TrimSpace("group "+r.Granter)
		}
		out = append(out, s)
	}
	return out
}

func (r wireUnified) direct() bool { return r.Type == grantDirect || r.Type == "" }

func (b *backend) key(p person, w wireKey) apiclient.Token {
	return apiclient.Token{
		Ref:         b.ref(apiclient.KindToken, w.Status+" "+w.Updated.text(), p.account, p.user, w.Name),
		Handle:      w.Name,
		Type:        "API key",
		Owner:       apiclient.NewPath(p.account, p.user),
		Account:     apiclient.NewPath(p.account),
		Description: w.Description,
		State:       apiclient.State(w.Status),
		Created:     apiclient.MomentOf(w.Created.Time),
		Expires:     apiclient.MomentOf(w.Expires.Time),
		Extra:       apiclient.Extras(apiclient.Attr{Key: "updated", Value: apiclient.At(w.Updated.Time)}),
	}
}

// password is what a user of v1 signs in with. There is one at most.
func (b *backend) password(p person, w wireCredential) apiclient.Token {
	return apiclient.Token{
		Ref:     b.ref(apiclient.KindToken, w.Created.text(), p.account, p.user, w.Type),
		Handle:  w.Type,
		Type:    w.Type,
		Owner:   apiclient.NewPath(p.account, p.user),
		Account: apiclient.NewPath(p.account),
		State:   apiclient.Active,
		Created: apiclient.MomentOf(w.Created.Time),
		InUse:   p.user == b.me.user && b.me.method == byPassword,
	}
}

func (b *backend) role(w wireRole) apiclient.Role {
	r := apiclient.Role{
		Ref: b.ref(apiclient.KindRole, "", w.Name), Name: w.Name, Description: w.Description, Builtin: true,
		Extra: apiclient.Extras(apiclient.Attr{Key: "created", Value: apiclient.At(w.Created.Time)}),
	}
	for _, p := range w.Permissions {
		s := p.Action
		if p.Target != "" && p.Target != "*" {
			s += " on " + p.Target
		}
		r.Permissions = append(r.Permissions, s)
	}
	return r
}

// grant points to its user by name alone where nobody knows his account.
func (b *backend) grant(subject apiclient.Ref, role string, m wireMember) apiclient.Grant {
	return apiclient.Grant{
		Ref:     b.ref(apiclient.KindGrant, "", subject.Name(), m.domain(), role),
		Subject: subject,
		Access:  role,
		Object:  b.ref(apiclient.KindAccount, "", m.domain()),
		Created: apiclient.MomentOf(m.Created.Time),
	}
}
