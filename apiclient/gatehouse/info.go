package gatehouse

import (
	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

const (
	noGrants = "This server has no grants yet: who is an admin may do everything, everyone else sees himself."
	noRoles  = "This server has no roles: who is an admin may do everything, everyone else sees himself."
	forAdmin = "only an admin can do this here"
)

// info is what the server offers to the one who is signed in.
func info(t apiclient.Target, origin string, who wire.Identity) apiclient.Info {
	system := "Gatehouse"
	if who.Server.Version != "" {
		system += " " + who.Server.Version
	}
	return apiclient.Info{
		Context: t.Context,
		Driver:  Name,
		System:  system,
		URL:     origin,
		Words: map[apiclient.Kind]apiclient.Noun{
			apiclient.KindAccount: {One: "account", Many: "accounts"},
			apiclient.KindUser:    {One: "user", Many: "users"},
			apiclient.KindToken:   {One: "token", Many: "tokens"},
			apiclient.KindGrant:   {One: "access", Many: "access"},
			apiclient.KindRole:    {One: "role", Many: "roles"},
			apiclient.KindEvent:   {One: "event", Many: "activity"},
			apiclient.KindSession: {One: "session", Many: "sessions"},
		},
		Columns: columns(),
		Lists: map[apiclient.Kind]apiclient.Support{
			apiclient.KindAccount: {OK: true},
			apiclient.KindUser:    {OK: true},
			apiclient.KindToken:   {OK: true},
			apiclient.KindEvent:   {OK: true},
			apiclient.KindGrant:   {Why: noGrants},
			apiclient.KindRole:    {Why: noRoles},
			apiclient.KindObject:  {Why: "This server has nothing that access could be given to."},
		},
		Verbs: support(who.User.Admin),
		Opens: map[apiclient.Kind]apiclient.Opens{
			apiclient.KindAccount: {To: apiclient.KindUser},
			apiclient.KindUser:    {To: apiclient.KindToken},
			apiclient.KindToken:   {Why: "a token has nothing inside: i shows its record"},
			apiclient.KindEvent:   {Why: "an event has nothing inside: i shows its record"},
		},
		Live: true,
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

// forEveryone tells what users who are not admins can do, to themselves.
func forEveryone(v apiclient.Verb) bool {
	switch v {
	case apiclient.UserUpdate, apiclient.UserExpireTokens,
		apiclient.TokenCreate, apiclient.TokenUpdate, apiclient.TokenRevoke, apiclient.TokenRevokePasted,
		apiclient.SessionSignOut, apiclient.SessionSetPassword:
		return true
	}
	return false
}

// columns are laid out so that those of priority 0 to 2 fit 80 cells.
func columns() map[apiclient.Kind][]apiclient.Column {
	return map[apiclient.Kind][]apiclient.Column{
		apiclient.KindAccount: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 10, Max: 40, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 10, Max: 10, Priority: 1},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 7, Max: 7, Priority: 2},
			{Key: "users", Title: "Users", Kind: apiclient.NumberValue, Min: 6, Max: 9, Priority: 1},
			{Key: "tokens", Title: "Tokens", Kind: apiclient.NumberValue, Min: 6, Max: 9, Priority: 2},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 3},
			{Key: "email", Title: "E-mail", Kind: apiclient.TextValue, Min: 16, Priority: 4},
			{Key: "updated", Title: "Changed", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
		},
		apiclient.KindUser: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 10, Max: 40, Priority: 0},
			{Key: "account", Title: "Account", Kind: apiclient.LinkValue, Min: 8, Max: 30, Priority: 1},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 10, Max: 10, Priority: 1},
			{Key: "admin", Title: "Admin", Kind: apiclient.BoolValue, Min: 5, Max: 5, Priority: 3},
			{Key: "tokens", Title: "Tokens", Kind: apiclient.NumberValue, Min: 6, Max: 9, Priority: 2},
			{Key: "last_seen", Title: "Last seen", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 2},
			{Key: "real_name", Title: "Real name", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 4},
			{Key: "email", Title: "E-mail", Kind: apiclient.TextValue, Min: 16, Max: 60, Priority: 5},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 6},
			{Key: "sessions", Title: "Sessions", Kind: apiclient.NumberValue, Min: 8, Max: 9, Detail: true},
			{Key: "account_state", Title: "Account is", Kind: apiclient.StateValue, Min: 10, Max: 10, Detail: true},
			{Key: "registration_expires", Title: "Invited until", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
			{Key: "updated", Title: "Changed", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
		},
		apiclient.KindToken: {
			{Key: "handle", Title: "Token", Kind: apiclient.TextValue, Min: 17, Max: 17, Priority: 0, Middle: true},
			{Key: "owner", Title: "Owner", Kind: apiclient.LinkValue, Min: 10, Max: 30, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 9, Max: 9, Priority: 1},
			{Key: "last_used", Title: "Last used", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 1},
			{Key: "expires", Title: "Expires", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 2},
			{Key: "description", Title: "Description", Kind: apiclient.TextValue, Min: 14, Max: 60, Priority: 3},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 12, Max: 12, Priority: 4},
			{Key: "account", Title: "Account", Kind: apiclient.LinkValue, Min: 8, Max: 30, Priority: 5},
			{Key: "last_address", Title: "From", Kind: apiclient.TextValue, Min: 15, Max: 39, Priority: 6},
			{Key: "last_agent", Title: "With", Kind: apiclient.TextValue, Min: 14, Max: 40, Priority: 7},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 8},
			{Key: "max_age", Title: "Max age", Kind: apiclient.DurationValue, Min: 8, Max: 10, Detail: true},
			{Key: "extend", Title: "Extend when used", Kind: apiclient.BoolValue, Min: 5, Max: 5, Detail: true},
			{Key: "in_use", Title: "In use here", Kind: apiclient.BoolValue, Min: 5, Max: 5, Detail: true},
			{Key: "created_by", Title: "Created by", Kind: apiclient.TextValue, Min: 10, Max: 30, Detail: true},
			{Key: "revoked", Title: "Revoked", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
			{Key: "revoked_by", Title: "Revoked by", Kind: apiclient.TextValue, Min: 10, Max: 30, Detail: true},
		},
		apiclient.KindEvent: {
			{Key: "at", Title: "When", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 0},
			{Key: "actor", Title: "Who", Kind: apiclient.TextValue, Min: 10, Max: 30, Priority: 0},
			{Key: "action", Title: "What", Kind: apiclient.TextValue, Min: 16, Max: 24, Priority: 0},
			{Key: "target", Title: "On", Kind: apiclient.LinkValue, Min: 14, Max: 40, Priority: 1},
			{Key: "result", Title: "Result", Kind: apiclient.TextValue, Min: 7, Max: 7, Priority: 1},
			{Key: "address", Title: "From", Kind: apiclient.TextValue, Min: 15, Max: 39, Priority: 3},
			{Key: "handle", Title: "With token", Kind: apiclient.TextValue, Min: 17, Max: 17, Priority: 4, Middle: true},
			{Key: "agent", Title: "Program", Kind: apiclient.TextValue, Min: 14, Max: 40, Priority: 5},
			{Key: "details", Title: "Details", Kind: apiclient.TextValue, Min: 14, Max: 80, Priority: 6},
			{Key: "number", Title: "Number", Kind: apiclient.NumberValue, Min: 7, Max: 10, Priority: 7},
			{Key: "request_id", Title: "Request", Kind: apiclient.TextValue, Min: 12, Max: 40, Detail: true},
		},
	}
}
