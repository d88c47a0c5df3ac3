package arvados

import (
	"gatehouse/apiclient"
)

const (
	noRoles  = "Roles are groups here: they are on the first tab."
	noEvents = "The cluster keeps a log of each record, not a trail of who did what: ask for it with arv log list."
	forAdmin = "only an admin of the cluster can do this"
)

// describe is what the cluster offers to the one who is signed in.
func (b *backend) describe() apiclient.Info {
	return apiclient.Info{
		Context: b.target.Context,
		Driver:  Name,
		System:  "Arvados cluster " + b.cluster.ClusterID,
		URL:     b.rest.Origin(),
		Words: map[apiclient.Kind]apiclient.Noun{
			apiclient.KindAccount: {One: "group", Many: "groups"},
			apiclient.KindUser:    {One: "user", Many: "users"},
			apiclient.KindToken:   {One: "token", Many: "tokens"},
			apiclient.KindGrant:   {One: "permission", Many: "permissions"},
			apiclient.KindRole:    {One: "role", Many: "roles"},
			apiclient.KindEvent:   {One: "event", Many: "events"},
			apiclient.KindObject:  {One: "object", Many: "objects"},
			apiclient.KindSession: {One: "session", Many: "sessions"},
		},
		Columns: columns(),
		Lists: map[apiclient.Kind]apiclient.Support{
			apiclient.KindAccount: {OK: true},
			apiclient.KindUser:    {OK: true},
			apiclient.KindToken:   {OK: true},
			apiclient.KindGrant:   {OK: true},
			apiclient.KindObject:  {OK: true},
			apiclient.KindRole:    {Why: noRoles},
			apiclient.KindEvent:   {Why: noEvents},
		},
		Verbs: support(b.me.Admin),
		Opens: map[apiclient.Kind]apiclient.Opens{
			apiclient.KindAccount: {To: apiclient.KindUser},
			apiclient.KindUser:    {To: apiclient.KindGrant},
			apiclient.KindObject:  {To: apiclient.KindGrant},
			apiclient.KindToken:   {Why: "a token has nothing inside: i shows its record"},
			apiclient.KindGrant:   {Why: "a permission has nothing inside: i shows its record"},
		},
		Lag: lag,
	}
}

// support says for every verb of the catalogue whether it can be done by this
// user here.
func support(admin bool) map[apiclient.Verb]apiclient.Support {
	out := map[apiclient.Verb]apiclient.Support{}
	for v, why := range missing() {
		out[v] = apiclient.Support{Why: why}
	}
	for _, spec := range verbs() {
		s := apiclient.Support{OK: true}
		if !admin && !forEveryone(spec.Verb) {
			s = apiclient.Support{Why: forAdmin}
		}
		out[spec.Verb] = s
	}
	return out
}

// forEveryone tells what users who are not admins can do: to themselves, and
// to what they manage.
func forEveryone(v apiclient.Verb) bool {
	switch v {
	case apiclient.AccountCreate, apiclient.AccountUpdate, apiclient.AccountDelete,
		apiclient.UserUpdate, apiclient.UserExpireTokens,
		apiclient.TokenCreate, apiclient.TokenUpdate, apiclient.TokenRevoke, apiclient.TokenRevokePasted,
		apiclient.GrantAdd, apiclient.GrantUpdate, apiclient.GrantRemove,
		apiclient.SessionSignOut:
		return true
	}
	return false
}

// columns are laid out so that those of priority 0 to 2 fit 80 cells.
func columns() map[apiclient.Kind][]apiclient.Column {
	uuid := apiclient.Column{Key: "uuid", Title: "UUID", Kind: apiclient.TextValue, Min: 13, Max: 27, Priority: 5, Middle: true}
	changed := apiclient.Column{Key: "modified", Title: "Changed", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true}
	created := apiclient.Column{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 3}
	return map[apiclient.Kind][]apiclient.Column{
		apiclient.KindAccount: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 14, Max: 50, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 7, Max: 7, Priority: 1},
			created,
			{Key: "description", Title: "Description", Kind: apiclient.TextValue, Min: 14, Max: 60, Priority: 2},
			uuid, changed,
		},
		apiclient.KindUser: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 10, Max: 32, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 10, Max: 10, Priority: 0},
			{Key: "admin", Title: "Admin", Kind: apiclient.BoolValue, Min: 5, Max: 5, Priority: 1},
			{Key: "real_name", Title: "Real name", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 2},
			{Key: "email", Title: "E-mail", Kind: apiclient.TextValue, Min: 16, Max: 60, Priority: 1},
			created, uuid,
			{Key: "user_name", Title: "User name", Kind: apiclient.TextValue, Min: 10, Max: 32, Detail: true},
			{Key: "first_name", Title: "First name", Kind: apiclient.TextValue, Min: 10, Max: 40, Detail: true},
			{Key: "last_name", Title: "Last name", Kind: apiclient.TextValue, Min: 10, Max: 40, Detail: true},
			{Key: "identity", Title: "Signs in as", Kind: apiclient.TextValue, Min: 10, Max: 60, Detail: true},
			changed,
		},
		apiclient.KindToken: {
			{Key: "handle", Title: "Token", Kind: apiclient.TextValue, Min: 27, Max: 27, Priority: 0, Middle: true},
			{Key: "owner", Title: "Owner", Kind: apiclient.LinkValue, Min: 10, Max: 30, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 8, Max: 8, Priority: 1},
			{Key: "expires", Title: "Expires", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 1},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 2},
			{Key: "scopes", Title: "Scopes", Kind: apiclient.ListValue, Min: 8, Max: 40, Priority: 3},
			{Key: "in_use", Title: "In use here", Kind: apiclient.BoolValue, Min: 5, Max: 5, Detail: true},
			{Key: "created_from", Title: "Made from", Kind: apiclient.TextValue, Min: 15, Max: 39, Detail: true},
		},
		apiclient.KindGrant: {
			{Key: "subject", Title: "Who", Kind: apiclient.LinkValue, Min: 12, Max: 40, Priority: 0},
			{Key: "access", Title: "Access", Kind: apiclient.TextValue, Min: 10, Max: 10, Priority: 0},
			{Key: "object", Title: "On", Kind: apiclient.LinkValue, Min: 16, Max: 50, Priority: 0},
			{Key: "login", Title: "Login", Kind: apiclient.TextValue, Min: 10, Max: 32, Priority: 1},
			{Key: "groups", Title: "Unix groups", Kind: apiclient.ListValue, Min: 11, Max: 30, Priority: 2},
			created, uuid, changed,
		},
		apiclient.KindObject: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 16, Max: 60, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 15, Max: 15, Priority: 0},
			{Key: "uuid", Title: "UUID", Kind: apiclient.TextValue, Min: 13, Max: 27, Priority: 1, Middle: true},
			{Key: "logins", Title: "Logins", Kind: apiclient.ListValue, Min: 10, Max: 60, Detail: true},
		},
	}
}
