package anchore

import (
	"gatehouse/apiclient"
)

func verbs() []apiclient.VerbSpec {
	spec := apiclient.Spec
	return []apiclient.VerbSpec{
		spec(apiclient.AccountCreate).With(accountName(), email(false)),
		spec(apiclient.AccountUpdate).With(email(true)),
		spec(apiclient.AccountEnable),
		spec(apiclient.AccountDisable).Saying("Within 5 seconds its users can do nothing until it is enabled again; work on its images stops."),
		spec(apiclient.AccountDelete).Saying("This operation is irreversible. Its users, images, policies, subscriptions and registries are deleted."),

		spec(apiclient.UserCreate).With(inAccount(), userName(), newPassword("Password", false), provider()),
		spec(apiclient.UserDelete),
		spec(apiclient.UserSetPassword).With(newPassword("New password", true)),
		spec(apiclient.UserExpireTokens).Saying("All API keys are revoked, which cannot be undone; the password goes on working."),

		spec(apiclient.TokenCreate).With(owner(), keyName(true), maxAge(), description()).
			Saying("The key acts with its owner's roles. Its value is in the answer and nowhere else."),
		spec(apiclient.TokenUpdate).With(keyName(false), description()),
		spec(apiclient.TokenRevoke).Saying("Within 5 seconds it stops working. A revoked API key cannot be brought back; a password can be set anew."),
		spec(apiclient.TokenDelete),

		spec(apiclient.GrantAdd).With(member(), inRole(), domain()),
		spec(apiclient.GrantRemove),

		spec(apiclient.SessionSetPassword).With(newPassword("New password", true)).
			Saying("It counts within 5 seconds. API keys go on working."),
	}
}

const (
	noSwitch = "Anchore cannot disable a single user: disable the account, or take away the password"
	noSetup  = "users need no set-up here"
	noRoles  = "the roles of Anchore are fixed"
)

// missing are the verbs of the catalogue that Anchore has not, and why.
func missing() map[apiclient.Verb]string {
	return map[apiclient.Verb]string{
		apiclient.UserInvite:      "Anchore has no invitations: create the user with a password",
		apiclient.UserRegister:    "Anchore knows no users but those of its accounts: create one",
		apiclient.UserUpdate:      "nothing of a user can be changed but the password",
		apiclient.UserEnable:      noSwitch,
		apiclient.UserDisable:     noSwitch,
		apiclient.UserActivate:    noSwitch,
		apiclient.UserDeactivate:  noSwitch,
		apiclient.UserSetup:       noSetup,
		apiclient.UserUnsetup:     noSetup,
		apiclient.UserRemove:      "a user belongs to one account for good: delete him instead",
		apiclient.UserReset:       "Anchore has no registration strings: set a password",
		apiclient.UserShowTokens:  "the list of API keys shows them already",
		apiclient.UserEndSessions: "Anchore has no sessions: the password or key goes with each request",
		apiclient.UserReassign:    "what there is belongs to the account and stays in it",
		apiclient.RoleCreate:      noRoles,
		apiclient.RoleUpdate:      noRoles,
		apiclient.RoleDelete:      noRoles,
		apiclient.GrantUpdate:     "a role is given or taken: remove this one and add another",

		apiclient.TokenRevokePasted: "a credential does not say whose it is, and Anchore cannot look it up by its value: find its owner and revoke it in his list",

		apiclient.SessionSignOut: "Anchore has no sessions: the password or key goes with each request, and closing the console forgets it",
	}
}

// enterpriseOnly are the verbs that an Engine lacks, and why.
func enterpriseOnly() map[apiclient.Verb]string {
	const keys = "Anchore Engine has no API keys"
	const roles = "Anchore Engine has no roles: users of the admin account may do everything, others everything in their own account"
	return map[apiclient.Verb]string{
		apiclient.AccountUpdate:    "Anchore Engine cannot change the e-mail of an account",
		apiclient.UserExpireTokens: keys,
		apiclient.TokenCreate:      keys,
		apiclient.TokenUpdate:      keys,
		apiclient.TokenDelete:      keys,
		apiclient.GrantAdd:         roles,
		apiclient.GrantRemove:      roles,
	}
}

func accountName() apiclient.Field {
	return apiclient.Field{
		Name: "name", Title: "Name", Kind: apiclient.TextField, Required: true,
		Help: "3 to 128 characters; cannot be changed later", Check: checkName,
	}
}

func userName() apiclient.Field {
	return apiclient.Field{
		Name: "user_name", Title: "User name", Kind: apiclient.TextField, Required: true,
		Help: "3 to 128 characters, unique across all accounts", Check: checkName,
	}
}

func email(required bool) apiclient.Field {
	return apiclient.Field{
		Name: "email", Title: "E-mail", Kind: apiclient.TextField, Required: required, Check: checkEmail,
		Help: "lower case; it can be changed, but not emptied",
	}
}

func inAccount() apiclient.Field {
	return apiclient.Field{
		Name: "account", Title: "Account", Kind: apiclient.RefField, Of: apiclient.KindAccount, Help: "empty: your own", Check: checkPart,
	}
}

func newPassword(title string, required bool) apiclient.Field {
	f := apiclient.Field{
		Name: "password", Title: title, Kind: apiclient.SecretField, Required: required,
		Twice: true, Fresh: true, MinLen: shortestPassword, Check: checkPassword, Help: "6 to 128 characters",
	}
	if !required {
		f.Help += "; empty only for a user of an identity provider"
	}
	return f
}

func provider() apiclient.Field {
	return apiclient.Field{
		Name: "idp_name", Title: "Identity provider", Kind: apiclient.TextField,
		Help: "Enterprise: the user signs in there (SAML) and has no password here", Check: checkProvider,
	}
}

func owner() apiclient.Field {
	return apiclient.Field{
		Name: "user", Title: "User", Kind: apiclient.RefField, Of: apiclient.KindUser, Keep: "owner", Help: "whose key it is; empty: your own",
	}
}

func keyName(required bool) apiclient.Field {
	return apiclient.Field{
		Name: "name", Title: "Name", Kind: apiclient.TextField, Required: required, Keep: "handle",
		Help: "the key is known by it: unique for the user", Check: checkPart,
	}
}

func maxAge() apiclient.Field {
	return apiclient.Field{
		Name: "max_age", Title: "Max age", Kind: apiclient.DurationField, Required: true, Default: "90d", Help: "90s, 12h, 30d; every key expires",
	}
}

func description() apiclient.Field {
	return apiclient.Field{Name: "description", Title: "Description", Kind: apiclient.TextField, Help: "what it is for"}
}

func member() apiclient.Field {
	return apiclient.Field{Name: "user", Title: "User", Kind: apiclient.RefField, Of: apiclient.KindUser, Required: true}
}

func inRole() apiclient.Field {
	return apiclient.Field{Name: "role", Title: "Role", Kind: apiclient.RefField, Of: apiclient.KindRole, Required: true, Check: checkPart}
}

func domain() apiclient.Field {
	return apiclient.Field{
		Name: "account", Title: "In account", Kind: apiclient.RefField, Of: apiclient.KindAccount, Required: true,
		Help: "also another than the user's own; some roles are for the whole system", Check: checkPart,
	}
}
