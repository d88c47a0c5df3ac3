package aiven

import "gatehouse/apiclient"

const (
	noGrants = "Aiven gives permissions on organizations, units and projects; they are not shown here: use Aiven's web console, or avn permissions."
	noRoles  = "Aiven's roles are fixed: there is nothing to list."
)

func info(t apiclient.Target, origin string) apiclient.Info {
	return apiclient.Info{
		Context: t.Context,
		Driver:  Name,
		System:  "Aiven",
		URL:     origin,
		Words: map[apiclient.Kind]apiclient.Noun{
			apiclient.KindAccount: {One: "organization", Many: "organizations"},
			apiclient.KindUser:    {One: "user", Many: "users"},
			apiclient.KindToken:   {One: "token", Many: "tokens"},
			apiclient.KindGrant:   {One: "access", Many: "access"},
			apiclient.KindRole:    {One: "role", Many: "roles"},
			apiclient.KindEvent:   {One: "event", Many: "activity"},
			apiclient.KindObject:  {One: "project", Many: "projects"},
			apiclient.KindSession: {One: "session", Many: "sessions"},
		},
		Columns: columns(),
		Lists: map[apiclient.Kind]apiclient.Support{
			apiclient.KindAccount: {OK: true},
			apiclient.KindUser:    {OK: true},
			apiclient.KindToken:   {OK: true},
			apiclient.KindEvent:   {OK: true},
			apiclient.KindObject:  {OK: true},
			apiclient.KindGrant:   {Why: noGrants},
			apiclient.KindRole:    {Why: noRoles},
		},
		Verbs: support(),
		Opens: map[apiclient.Kind]apiclient.Opens{
			apiclient.KindAccount: {To: apiclient.KindUser},
			apiclient.KindUser:    {To: apiclient.KindToken},
			apiclient.KindToken:   {Why: "a token has nothing inside: i shows its record"},
			apiclient.KindEvent:   {Why: "an event has nothing inside: i shows its record"},
			apiclient.KindObject:  {Why: "the services of a project are not kept here: i shows its record"},
		},
	}
}

// support offers all verbs: what this user may do, Aiven says when it is tried.
func support() map[apiclient.Verb]apiclient.Support {
	out := map[apiclient.Verb]apiclient.Support{}
	for v, why := range missing() {
		out[v] = apiclient.Support{Why: why}
	}
	for _, spec := range verbs() {
		out[spec.Verb] = apiclient.Support{OK: true}
	}
	return out
}

// columns are laid out so that those of priority 0 to 2 fit 80 cells.
func columns() map[apiclient.Kind][]apiclient.Column {
	return map[apiclient.Kind][]apiclient.Column{
		apiclient.KindAccount: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 16, Max: 50, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 12, Max: 12, Priority: 1},
			{Key: "tier", Title: "Tier", Kind: apiclient.TextValue, Min: 8, Max: 8, Priority: 2},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 2},
			{Key: "organization_id", Title: "Id", Kind: apiclient.TextValue, Min: 13, Max: 36, Priority: 3, Middle: true},
			{Key: "account_id", Title: "Account id", Kind: apiclient.TextValue, Min: 13, Max: 36, Priority: 4, Middle: true},
			{Key: "parent", Title: "Parent", Kind: apiclient.TextValue, Detail: true},
			{Key: "access", Title: "You see it by", Kind: apiclient.TextValue, Detail: true},
			{Key: "updated", Title: "Changed", Kind: apiclient.TimeValue, Detail: true},
		},
		apiclient.KindUser: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 18, Max: 44, Priority: 0},
			{Key: "account", Title: "Organization", Kind: apiclient.LinkValue, Min: 12, Max: 30, Priority: 2},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 11, Max: 11, Priority: 1},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 11, Max: 11, Priority: 2},
			{Key: "last_seen", Title: "Last seen", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 2},
			{Key: "admin", Title: "Admin", Kind: apiclient.BoolValue, Min: 5, Max: 5, Priority: 3},
			{Key: "real_name", Title: "Real name", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 4},
			{Key: "managed", Title: "Managed", Kind: apiclient.BoolValue, Min: 7, Max: 7, Priority: 5},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 6},
			{Key: "email", Title: "E-mail", Kind: apiclient.TextValue, Min: 16, Max: 60, Priority: 7},
			{Key: "joined", Title: "Joined", Kind: apiclient.TimeValue, Detail: true},
			{Key: "scim", Title: "Through SCIM", Kind: apiclient.BoolValue, Detail: true},
			{Key: "job_title", Title: "Job title", Kind: apiclient.TextValue, Detail: true},
			{Key: "department", Title: "Department", Kind: apiclient.TextValue, Detail: true},
			{Key: "city", Title: "City", Kind: apiclient.TextValue, Detail: true},
			{Key: "country", Title: "Country", Kind: apiclient.TextValue, Detail: true},
			{Key: "invited_by", Title: "Invited by", Kind: apiclient.TextValue, Detail: true},
			{Key: "invited_until", Title: "Invited until", Kind: apiclient.TimeValue, Detail: true},
			{Key: "user_id", Title: "Id", Kind: apiclient.TextValue, Detail: true},
			{Key: "unread", Title: "Cannot be read", Kind: apiclient.TextValue, Detail: true},
		},
		apiclient.KindToken: {
			{Key: "handle", Title: "Token", Kind: apiclient.TextValue, Min: 12, Max: 12, Priority: 0, Middle: true},
			{Key: "owner", Title: "Owner", Kind: apiclient.LinkValue, Min: 14, Max: 40, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 11, Max: 11, Priority: 2},
			{Key: "last_used", Title: "Last used", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 1},
			{Key: "expires", Title: "Expires", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 2},
			{Key: "description", Title: "Description", Kind: apiclient.TextValue, Min: 14, Max: 60, Priority: 3},
			{Key: "last_address", Title: "From", Kind: apiclient.TextValue, Min: 15, Max: 39, Priority: 5},
			{Key: "last_agent", Title: "With", Kind: apiclient.TextValue, Min: 14, Max: 40, Priority: 6},
			{Key: "account", Title: "Organization", Kind: apiclient.LinkValue, Min: 12, Max: 30, Priority: 7},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 8},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Detail: true},
			{Key: "max_age", Title: "Max age", Kind: apiclient.DurationValue, Detail: true},
			{Key: "extend", Title: "Extend when used", Kind: apiclient.BoolValue, Detail: true},
			{Key: "in_use", Title: "In use here", Kind: apiclient.BoolValue, Detail: true},
			{Key: "ip_allowlist", Title: "From addresses", Kind: apiclient.ListValue, Detail: true},
			{Key: "scopes", Title: "Scopes", Kind: apiclient.ListValue, Detail: true},
			{Key: "unread", Title: "Cannot be read", Kind: apiclient.TextValue, Detail: true},
		},
		apiclient.KindEvent: {
			{Key: "at", Title: "When", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 0},
			{Key: "actor", Title: "Who", Kind: apiclient.TextValue, Min: 14, Max: 40, Priority: 0},
			{Key: "action", Title: "What", Kind: apiclient.TextValue, Min: 18, Max: 30, Priority: 0},
			{Key: "details", Title: "Details", Kind: apiclient.TextValue, Min: 20, Max: 80, Priority: 1},
			{Key: "target", Title: "In", Kind: apiclient.LinkValue, Min: 12, Max: 30, Priority: 2},
			{Key: "number", Title: "Number", Kind: apiclient.NumberValue, Min: 7, Max: 10, Priority: 4},
		},
		apiclient.KindObject: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 16, Max: 63, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 8, Max: 8, Priority: 2},
			{Key: "account", Title: "Account", Kind: apiclient.TextValue, Min: 14, Max: 50, Priority: 1},
			{Key: "role", Title: "Your role", Kind: apiclient.TextValue, Min: 10, Max: 30, Priority: 2},
		},
	}
}
