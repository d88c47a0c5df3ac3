package arvados

import (
	"slices"
	"strings"
	"time"

	"gatehouse/apiclient"
)

// ref points to a record. Its path begins with the uuid, and ends with what
// people call it, if there is such a name.
func (b *backend) ref(kind apiclient.Kind, uuid, label string) apiclient.Ref {
	r := apiclient.Ref{Context: b.target.Context, Kind: kind, Path: apiclient.NewPath(uuid)}
	if label != "" && label != uuid {
		r.Path = apiclient.NewPath(uuid, label)
	}
	return r
}

// tokenRef points to a token: a uuid for one's own, owner and uuid for one of
// somebody else, which the server shows to nobody but a token of that owner.
func (b *backend) tokenRef(t token) apiclient.Ref {
	if t.Owner == "" || t.Owner == b.me.UUID {
		return b.ref(apiclient.KindToken, t.UUID, "")
	}
	return b.ref(apiclient.KindToken, t.Owner, t.UUID)
}

// uuidOf is the uuid that a ref holds; "": a name that somebody typed.
func uuidOf(ref apiclient.Ref) string {
	id := ref.Path.Part(0)
	if ref.Kind == apiclient.KindToken {
		id = ref.Name()
	}
	if isUUID(id) {
		return id
	}
	return ""
}

// ownerOf is whose token a ref points to; "": one's own.
func ownerOf(ref apiclient.Ref) string {
	if parts := ref.Path.Parts(); len(parts) == 2 && hasInfix(parts[0], infixUser) {
		return parts[0]
	}
	return ""
}

// version tells states of a record apart. The etag would not do: lists may
// leave it out.
func version(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
}

func at(t *time.Time) apiclient.Value {
	if t == nil {
		return apiclient.At(time.Time{})
	}
	return apiclient.At(*t)
}

func (b *backend) group(g group) apiclient.Account {
	ref := b.ref(apiclient.KindAccount, g.UUID, g.label())
	ref.Version = version(g.Modified)
	return apiclient.Account{
		Ref: ref, Name: g.label(), Type: g.Class, Created: moment(g.Created),
		Extra: apiclient.Extras(
			apiclient.Attr{Key: "description", Value: apiclient.Text(g.Description)},
			apiclient.Attr{Key: "uuid", Value: apiclient.Text(g.UUID)},
			apiclient.Attr{Key: "modified", Value: at(g.Modified)},
		),
	}
}

// state of a user: it is not stored, but follows from two flags.
func (u user) state() apiclient.State {
	switch {
	case u.Active:
		return apiclient.Active
	case u.Invited:
		return apiclient.Invited
	}
	return apiclient.Inactive
}

func (b *backend) user(u user) apiclient.User {
	ref := b.ref(apiclient.KindUser, u.UUID, u.label())
	ref.Version = version(u.Modified)
	return apiclient.User{
		Ref: ref, Name: u.label(), RealName: u.fullName(), Email: u.Email, State: u.state(), Admin: u.Admin, Created: moment(u.Created),
		Extra: apiclient.Extras(
			apiclient.Attr{Key: "uuid", Value: apiclient.Text(u.UUID)},
			apiclient.Attr{Key: "user_name", Value: apiclient.Text(u.Username)},
			apiclient.Attr{Key: "first_name", Value: apiclient.Text(u.FirstName)},
			apiclient.Attr{Key: "last_name", Value: apiclient.Text(u.LastName)},
			apiclient.Attr{Key: "identity", Value: apiclient.Text(u.Identity)},
			apiclient.Attr{Key: "modified", Value: at(u.Modified)},
		),
	}
}

// tokenOf makes the row of a token; owner is what people call its owner.
func (b *backend) tokenOf(t token, owner string) apiclient.Token {
	state := apiclient.Active
	if t.Expires != nil && !t.Expires.After(b.now()) {
		state = apiclient.Expired
	}
	return apiclient.Token{
		Ref: b.tokenRef(t), Handle: t.UUID, Type: "API token", Owner: b.ref(apiclient.KindUser, t.Owner, owner).Path,
		State: state, Created: moment(t.Created), Expires: moment(t.Expires), InUse: t.UUID == b.token.UUID,
		Extra: apiclient.Extras(
			apiclient.Attr{Key: "scopes", Value: apiclient.List(t.Scopes)},
			apiclient.Attr{Key: "created_from", Value: apiclient.Text(t.Address)},
		),
	}
}

func (b *backend) grant(l link, names labels) apiclient.Grant {
	login := l.login()
	subject, object := b.pointed(l.Tail, names), b.pointed(l.Head, names)
	ref := b.ref(apiclient.KindGrant, l.UUID, strings.Join([]string{subject.Name(), l.Name, object.Name()}, " "))
	ref.Version = version(l.Modified)
	return apiclient.Grant{
		Ref: ref, Subject: subject, Access: l.Name, Object: object, Created: moment(l.Created),
		Extra: apiclient.Extras(
			apiclient.Attr{Key: "login", Value: apiclient.Text(login.Login)},
			apiclient.Attr{Key: "groups", Value: apiclient.List(slices.Clone(login.Groups))},
			apiclient.Attr{Key: "uuid", Value: apiclient.Text(l.UUID)},
			apiclient.Attr{Key: "modified", Value: at(l.Modified)},
		),
	}
}

// pointed is what an end of a link points to. Projects and everything else
// that is no user and no role is an object.
func (b *backend) pointed(uuid string, names labels) apiclient.Ref {
	n := names[uuid]
	switch {
	case uuid == "":
		return apiclient.Ref{}
	case hasInfix(uuid, infixUser):
		return b.ref(apiclient.KindUser, uuid, n.label)
	case hasInfix(uuid, infixGroup) && n.class != classProject:
		return b.ref(apiclient.KindAccount, uuid, n.label)
	}
	return b.ref(apiclient.KindObject, uuid, n.label)
}

// Classes of groups.
const (
	classRole    = "role"
	classProject = "project"
)

const typeMachine = "virtual machine"

func (b *backend) object(uuid, label, kind string, more ...apiclient.Attr) apiclient.Object {
	return apiclient.Object{
		Ref: b.ref(apiclient.KindObject, uuid, label), Name: label, Type: kind,
		Extra: apiclient.Extras(append(more, apiclient.Attr{Key: "uuid", Value: apiclient.Text(uuid)})...),
	}
}
