package anchore

import (
	"gatehouse/apiclient"
)

const (
	noEvents  = "Anchore gives out no trail of what was done."
	noObjects = "What a role is given in is an account."
)

// info is what this Anchore offers. What a user may not do is learnt by trying:
// who decides that can be another service, which cannot be asked.
func info(t apiclient.Target, origin string, s speaks) apiclient.Info {
	i := apiclient.Info{
		Context: t.Context,
		Driver:  Name,
		System:  s.system,
		URL:     origin,
		Words: map[apiclient.Kind]apiclient.Noun{
			apiclient.KindAccount: {One: "account", Many: "accounts"},
			apiclient.KindUser:    {One: "user", Many: "users"},
			apiclient.KindToken:   {One: "API key", Many: "API keys"},
			apiclient.KindRole:    {One: "role", Many: "roles"},
			apiclient.KindGrant:   {One: "access", Many: "access"},
			apiclient.KindEvent:   {One: "event", Many: "activity"},
			apiclient.KindSession: {One: "session", Many: "sessions"},
		},
		Columns: columns(s),
		Lists: map[apiclient.Kind]apiclient.Support{
			apiclient.KindAccount: {OK: true},
			apiclient.KindUser:    {OK: true},
			apiclient.KindToken:   {OK: true},
			apiclient.KindRole:    {OK: true},
			apiclient.KindGrant:   {OK: true},
			apiclient.KindEvent:   {Why: noEvents},
			apiclient.KindObject:  {Why: noObjects},
		},
		Verbs: support(s),
		Opens: map[apiclient.Kind]apiclient.Opens{
			apiclient.KindAccount: {To: apiclient.KindUser},
			apiclient.KindUser:    {To: apiclient.KindToken},
			apiclient.KindRole:    {To: apiclient.KindGrant},
			apiclient.KindToken:   {Why: "it has nothing inside: i shows its record"},
			apiclient.KindGrant:   {Why: "it has nothing inside: i shows its record"},
		},
		Lag: lag,
	}
	if !s.apiKeys() {
		i.Words[apiclient.KindToken] = apiclient.Noun{One: "credential", Many: "credentials"}
	}
	if !s.v2 {
		why := apiclient.Support{Why: enterpriseOnly()[apiclient.GrantAdd] + "."}
		i.Lists[apiclient.KindRole], i.Lists[apiclient.KindGrant] = why, why
	}
	return i
}

func support(s speaks) map[apiclient.Verb]apiclient.Support {
	out := map[apiclient.Verb]apiclient.Support{}
	for v, why := range missing() {
		out[v] = apiclient.Support{Why: why}
	}
	for _, spec := range verbs() {
		out[spec.Verb] = apiclient.Support{OK: true}
	}
	for v, why := range enterpriseOnly() {
		switch onKeys := v == apiclient.UserExpireTokens || apiclient.Spec(v).On == apiclient.KindToken; {
		case !s.v2:
			out[v] = apiclient.Support{Why: why}
		case onKeys && !s.apiKeys():
			out[v] = apiclient.Support{Why: s.system + " is too old for API keys"}
		}
	}
	return out
}

// columns are laid out so that those of priority 0 to 2 fit 80 cells.
func columns(s speaks) map[apiclient.Kind][]apiclient.Column {
	out := map[apiclient.Kind][]apiclient.Column{
		apiclient.KindAccount: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 10, Max: 10, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 7, Max: 8, Priority: 1},
			{Key: "email", Title: "E-mail", Kind: apiclient.TextValue, Min: 16, Max: 50, Priority: 2},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 2},
			{Key: "users", Title: "Users", Kind: apiclient.NumberValue, Min: 6, Max: 9, Detail: true},
			{Key: "updated", Title: "Changed", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
		},
		apiclient.KindUser: {
			{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 0},
			{Key: "account", Title: "Account", Kind: apiclient.LinkValue, Min: 10, Max: 30, Priority: 0},
			{Key: "type", Title: "Type", Kind: apiclient.TextValue, Min: 8, Max: 8, Priority: 1},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 2},
			{Key: "source", Title: "Source", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 4},
			{Key: "password_changed", Title: "Password set", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
		},
	}
	if !s.apiKeys() {
		out[apiclient.KindToken] = []apiclient.Column{
			{Key: "owner", Title: "User", Kind: apiclient.LinkValue, Min: 12, Max: 40, Priority: 0},
			{Key: "handle", Title: "Credential", Kind: apiclient.TextValue, Min: 10, Max: 12, Priority: 0},
			{Key: "account", Title: "Account", Kind: apiclient.LinkValue, Min: 10, Max: 30, Priority: 1},
			{Key: "created", Title: "Set", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 1},
		}
	} else {
		out[apiclient.KindToken] = []apiclient.Column{
			{Key: "handle", Title: "Name", Kind: apiclient.TextValue, Min: 12, Max: 40, Priority: 0},
			{Key: "owner", Title: "Owner", Kind: apiclient.LinkValue, Min: 12, Max: 30, Priority: 0},
			{Key: "state", Title: "State", Kind: apiclient.StateValue, Min: 9, Max: 9, Priority: 0},
			{Key: "expires", Title: "Expires", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 1},
			{Key: "description", Title: "Description", Kind: apiclient.TextValue, Min: 14, Max: 60, Priority: 2},
			{Key: "account", Title: "Account", Kind: apiclient.LinkValue, Min: 10, Max: 30, Priority: 3},
			{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 4},
			{Key: "updated", Title: "Changed", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
			{Key: "in_use", Title: "In use here", Kind: apiclient.BoolValue, Min: 5, Max: 5, Detail: true},
		}
	}
	if !s.v2 {
		return out
	}
	out[apiclient.KindUser] = append(out[apiclient.KindUser],
		apiclient.Column{Key: "idp", Title: "Identity provider", Kind: apiclient.TextValue, Min: 10, Max: 30, Priority: 5},
		apiclient.Column{Key: "roles", Title: "Roles", Kind: apiclient.ListValue, Min: 14, Max: 60, Priority: 3},
	)
	out[apiclient.KindRole] = []apiclient.Column{
		{Key: "name", Title: "Name", Kind: apiclient.TextValue, Min: 16, Max: 40, Priority: 0},
		{Key: "description", Title: "Description", Kind: apiclient.TextValue, Min: 20, Priority: 1},
		{Key: "builtin", Title: "Fixed", Kind: apiclient.BoolValue, Min: 5, Max: 5, Detail: true},
		{Key: "permissions", Title: "Permissions", Kind: apiclient.ListValue, Min: 20, Detail: true},
		{Key: "created", Title: "Created", Kind: apiclient.TimeValue, Min: 12, Max: 20, Detail: true},
	}
	out[apiclient.KindGrant] = []apiclient.Column{
		{Key: "subject", Title: "User", Kind: apiclient.LinkValue, Min: 12, Max: 40, Priority: 0},
		{Key: "access", Title: "Role", Kind: apiclient.TextValue, Min: 14, Max: 30, Priority: 0},
		{Key: "object", Title: "In", Kind: apiclient.LinkValue, Min: 10, Max: 30, Priority: 0},
		{Key: "created", Title: "Since", Kind: apiclient.TimeValue, Min: 12, Max: 20, Priority: 1},
	}
	return out
}
