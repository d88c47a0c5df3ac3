package ais

import (
	"time"

	"gatehouse/apiclient"
)

const forAdmins = "only a user with the role " + adminRole + " can do this here"

// pushTime is how long the clusters are given to hear of a revocation: AuthN
// itself refuses at once, but tells the clusters in the background and promises
// nothing.
const pushTime = 5 * time.Second

// info is what AuthN offers to the one who is signed in.
func info(t apiclient.Target, origin string, admin bool) apiclient.Info {
	return apiclient.Info{
		Context: t.Context,
		Driver:  Name,
		System:  "AIStore AuthN", // it tells no version
		URL:     origin,
		Words: map[apiclient.Kind]apiclient.Noun{
			apiclient.KindAccount: {One: "cluster", Many: "clusters"},
			apiclient.KindUser:    {One: "user", Many: "users"},
			apiclient.KindToken:   {One: "token", Many: "tokens"},
			apiclient.KindRole:    {One: "role", Many: "roles"},
			apiclient.KindGrant:   {One: "access", Many: "access"},
			apiclient.KindEvent:   {One: "event", Many: "activity"},
			apiclient.KindObject:  {One: "bucket", Many: "buckets"},
			apiclient.KindSession: {One: "session", Many: "sessions"},
		},
		Columns: columns(),
		Lists: map[apiclient.Kind]apiclient.Support{
			apiclient.KindAccount: {OK: true},
			apiclient.KindUser:    {OK: true},
			apiclient.KindToken:   {OK: true},
			apiclient.KindRole:    {OK: true},
			apiclient.KindGrant:   {Why: "Access is given by roles here: see the roles."},
			apiclient.KindEvent:   {Why: "AuthN keeps no record of what was done."},
			apiclient.KindObject:  {Why: "AuthN does not know the buckets: only the clusters do."},
		},
		Verbs: support(admin),
		Opens: map[apiclient.Kind]apiclient.Opens{
			apiclient.KindAccount: {To: apiclient.KindUser}, // through their roles
			apiclient.KindUser:    {To: apiclient.KindRole},
			apiclient.KindRole:    {To: apiclient.KindUser},
			apiclient.KindToken:   {Why: "a token has nothing inside: i shows what it says of itself"},
		},
		Lag: pushTime,
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
			s = apiclient.Support{Why: forAdmins}
		}
		out[spec.Verb] = s
	}
	return out
}

// columns are laid out so that those of priority 0 to 2 fit 80 cells.
func columns() map[apiclient.Kind][]apiclient.Column {
	return map[apiclient.Kind][]apiclient.Column{
		apiclient.KindAccount: {
			{Key: "name", Title: "Cluster", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 0, Middle: true},
			{Key: "alias", Title: "Alias", Kind: apiclient.TextValue, Min: 10, Max: 32, Priority: 0},
			{Key: "urls", Title: "Addresses", Kind: apiclient.ListValue, Min: 24, Priority: 1},
			{Key: "probed", Title: "Probed", Kind: apiclient.BoolValue, Min: 6, Max: 6, Priority: 2},
			{Key: "roles", Title: "Roles", Kind: apiclient.ListValue, Min: 20, Detail: true},
		},
		apiclient.KindUser: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 12, Max: 32, Priority: 0},
			{Key: "admin", Title: "Admin", Kind: apiclient.BoolValue, Min: 5, Max: 5, Priority: 1},
			{Key: "roles", Title: "Roles", Kind: apiclient.ListValue, Min: 20, Max: 60, Priority: 0},
			{Key: "permissions", Title: "Permissions", Kind: apiclient.ListValue, Min: 24, Priority: 2},
		},
		apiclient.KindToken: {
			{Key: "handle", Title: "Token", Kind: apiclient.TextValue, Min: 16, Max: 16, Priority: 0, Middle: true},
			{Key: "owner", Title: "Owner", Kind: apiclient.LinkValue, Min: 10, Max: 32, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 9, Max: 9, Priority: 1},
			{Key: "expires", Title: "Expires", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 1},
			{Key: "admin", Title: "Admin", Kind: apiclient.BoolValue, Min: 5, Max: 5, Priority: 2},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 3},
			{Key: "permissions", Title: "Permissions", Kind: apiclient.ListValue, Min: 20, Priority: 4},
			{Key: "audience", Title: "For clusters", Kind: apiclient.ListValue, Min: 12, Detail: true},
			{Key: "issuer", Title: "Issuer", Kind: apiclient.TextValue, Min: 16, Detail: true},
			{Key: "in_use", Title: "In use here", Kind: apiclient.BoolValue, Min: 5, Max: 5, Detail: true},
			{Key: "max_age", Title: "Life", Kind: apiclient.DurationValue, Min: 8, Max: 10, Detail: true},
		},
		apiclient.KindRole: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 12, Max: 32, Priority: 0},
			{Key: "users", Title: "Users", Kind: apiclient.NumberValue, Min: 6, Max: 9, Priority: 1},
			{Key: "permissions", Title: "Permissions", Kind: apiclient.ListValue, Min: 20, Max: 60, Priority: 0},
			{Key: "description", Title: "Description", Kind: apiclient.TextValue, Min: 16, Priority: 2},
			{Key: "builtin", Title: "Built in", Kind: apiclient.BoolValue, Min: 8, Max: 8, Priority: 3},
		},
	}
}
