package juju

import (
	"gatehouse/apiclient"
)

const forSuperusers = "only a superuser of the controller can do this"

// info is what the controller offers to the one who is signed in.
func info(b *backend, p place) apiclient.Info {
	i := apiclient.Info{
		Context: b.target.Context,
		Driver:  Name,
		System:  "Juju " + b.release.text,
		URL:     p.shown(),
		Words: map[apiclient.Kind]apiclient.Noun{
			apiclient.KindAccount: {One: "model", Many: "models"},
			apiclient.KindUser:    {One: "user", Many: "users"},
			apiclient.KindToken:   {One: "login", Many: "logins"},
			apiclient.KindGrant:   {One: "access", Many: "access"},
			apiclient.KindRole:    {One: "level", Many: "levels"},
			apiclient.KindEvent:   {One: "event", Many: "activity"},
			apiclient.KindObject:  {One: "controller or model", Many: "controller and models"},
			apiclient.KindSession: {One: "session", Many: "sessions"},
		},
		Columns: columns(),
		Lists: map[apiclient.Kind]apiclient.Support{
			apiclient.KindAccount: {OK: true},
			apiclient.KindUser:    {OK: true},
			apiclient.KindGrant:   {OK: true},
			apiclient.KindObject:  {OK: true},
			apiclient.KindToken:   {Why: "A controller keeps no list of logins: its users have a password, and clients a login that lasts a day."},
			apiclient.KindRole:    {Why: "Levels of access are fixed here: login and superuser on the controller; read, write and admin on models."},
			apiclient.KindEvent:   {Why: "A controller tells its audit log to nobody over its API: it is in audit.log on its machines."},
		},
		Verbs: support(b.admin),
		Opens: map[apiclient.Kind]apiclient.Opens{
			apiclient.KindAccount: {To: apiclient.KindUser}, // those who have access to it
			apiclient.KindUser:    {To: apiclient.KindGrant},
			apiclient.KindGrant:   {Why: "an access has nothing inside: i shows its record"},
		},
	}
	if b.session.version("UserManager") < 3 {
		i.Lists[apiclient.KindGrant] = apiclient.Support{Why: "This controller is too old to tell who has access to its models: that came with UserManager 3."}
	}
	return i
}

// support says for every verb of the catalogue whether it can be done by this
// user here.
func support(admin bool) map[apiclient.Verb]apiclient.Support {
	out := map[apiclient.Verb]apiclient.Support{}
	for v, why := range missingOf(apiclient.Catalogue()) {
		out[v] = apiclient.Support{Why: why}
	}
	for _, spec := range verbs() {
		s := apiclient.Support{OK: true}
		if !admin && spec.On == apiclient.KindUser {
			s = apiclient.Support{Why: forSuperusers}
		}
		out[spec.Verb] = s
	}
	return out
}

// columns are laid out so that those of priority 0 to 2 fit 80 cells.
func columns() map[apiclient.Kind][]apiclient.Column {
	return map[apiclient.Kind][]apiclient.Column{
		apiclient.KindAccount: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 16, Max: 48, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 11, Max: 12, Priority: 1},
			{Key: "access", Title: "Yours", Kind: apiclient.TextValue, Min: 6, Max: 6, Priority: 2},
			{Key: "machines", Title: "Machines", Kind: apiclient.NumberValue, Min: 8, Max: 8, Priority: 1},
			{Key: "last_seen", Title: "You were there", Kind: apiclient.TimeValue, Min: 14, Max: 20, Priority: 2},
			{Key: "cloud", Title: "Cloud", Kind: apiclient.TextValue, Min: 12, Max: 30, Priority: 3},
			{Key: "agent", Title: "Version", Kind: apiclient.TextValue, Min: 8, Max: 12, Priority: 4},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 5, Max: 5, Priority: 5},
			{Key: "owner", Title: "Owner", Kind: apiclient.LinkValue, Min: 10, Max: 30, Detail: true},
			{Key: "uuid", Title: "UUID", Kind: apiclient.TextValue, Min: 36, Max: 36, Detail: true, Middle: true},
			{Key: "controller", Title: "The controller's own", Kind: apiclient.BoolValue, Min: 5, Max: 5, Detail: true},
			{Key: "since", Title: "In this state since", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
		},
		apiclient.KindUser: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 0},
			{Key: "access", Title: "Access", Kind: apiclient.TextValue, Min: 9, Max: 9, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 10, Max: 10, Priority: 1},
			{Key: "last_seen", Title: "Last connection", Kind: apiclient.TimeValue, Min: 15, Max: 20, Priority: 1},
			{Key: "real_name", Title: "Display name", Kind: apiclient.TextValue, Min: 14, Max: 40, Priority: 2},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 3},
			{Key: "created_by", Title: "Created by", Kind: apiclient.LinkValue, Min: 10, Max: 30, Priority: 4},
			{Key: "model_access", Title: "On the model", Kind: apiclient.TextValue, Min: 12, Max: 12, Priority: 5},
			{Key: "admin", Title: "Superuser", Kind: apiclient.BoolValue, Min: 5, Max: 9, Detail: true},
			{Key: "external", Title: "From outside", Kind: apiclient.BoolValue, Min: 5, Max: 5, Detail: true},
		},
		apiclient.KindGrant: {
			{Key: "subject", Title: "User", Kind: apiclient.LinkValue, Min: 12, Max: 40, Priority: 0},
			{Key: "access", Title: "Access", Kind: apiclient.TextValue, Min: 9, Max: 9, Priority: 0},
			{Key: "object", Title: "On", Kind: apiclient.LinkValue, Min: 16, Max: 48, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 10, Max: 10, Priority: 1},
			{Key: "last_seen", Title: "Last connection", Kind: apiclient.TimeValue, Min: 15, Max: 20, Priority: 2},
		},
		apiclient.KindObject: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 16, Max: 48, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 10, Max: 10, Priority: 1},
		},
	}
}
