package juju

import (
	"errors"
	"strings"

	"gatehouse/apiclient"
)

// Levels of access. On the controller and on models they are different ladders.
const (
	superuser  = "superuser"
	modelAdmin = "admin"
)

// controllerLevels and modelLevels go from least to most; "" is none.
func controllerLevels() []string { return []string{"", "login", superuser} }
func modelLevels() []string      { return []string{"", "read", "write", modelAdmin} }

func verbs() []apiclient.VerbSpec {
	spec := apiclient.Spec
	return []apiclient.VerbSpec{
		spec(apiclient.UserCreate).With(userName(), displayName(), firstPassword(), firstModels(), firstAccess()).
			Saying("Without a password the answer holds a registration string, with which the user chooses one."),
		spec(apiclient.UserEnable).Saying("The access that the user had comes back."),
		spec(apiclient.UserDisable),
		spec(apiclient.UserRemove).Saying("This operation is irreversible: the controller keeps the record for audit only."),
		spec(apiclient.UserSetPassword).With(newPassword("New password")).Saying("A registration string that waits becomes worthless."),
		spec(apiclient.UserReset).Saying("The password and an older registration string stop working at once; connections that are open stay open."),

		spec(apiclient.GrantAdd).With(grantee(), grantObject(), access(true)),
		spec(apiclient.GrantUpdate).With(access(false)),
		spec(apiclient.GrantRemove),

		spec(apiclient.SessionSetPassword).With(newPassword("New password")),
		spec(apiclient.SessionSignOut).Saying("The connection is closed and the password forgotten here; the controller keeps no session that could end."),
	}
}

const (
	noModelWrites = "models are made and destroyed with the juju client: they hold machines and data"
	noTokens      = "a controller keeps no list of logins: its users have a password, and clients a login that lasts a day"
	noRoles       = "levels of access are fixed here: login and superuser on the controller; read, write and admin on models"
)

// missing says why the rest of the catalogue is not there.
func missing() map[apiclient.Verb]string {
	return map[apiclient.Verb]string{
		apiclient.AccountCreate:     noModelWrites,
		apiclient.AccountUpdate:     noModelWrites,
		apiclient.AccountEnable:     "models cannot be switched off",
		apiclient.AccountDisable:    "models cannot be switched off",
		apiclient.AccountDelete:     noModelWrites,
		apiclient.UserInvite:        "creating a user without a password makes a registration string",
		apiclient.UserUpdate:        "a controller changes neither a user's name nor the display name",
		apiclient.UserActivate:      "users are enabled and disabled here",
		apiclient.UserDeactivate:    "users are enabled and disabled here",
		apiclient.UserSetup:         "users need no set-up here",
		apiclient.UserUnsetup:       "users need no set-up here",
		apiclient.UserDelete:        "users are removed here, which is for good",
		apiclient.UserExpireTokens:  noTokens,
		apiclient.UserEndSessions:   "a controller ends no connection of a user on demand: disable the user",
		apiclient.UserReassign:      "models cannot be passed on to another owner",
		apiclient.TokenCreate:       noTokens,
		apiclient.TokenUpdate:       noTokens,
		apiclient.TokenRevoke:       noTokens,
		apiclient.TokenRevokePasted: "a registration string becomes worthless with a new one for the same user; a client's login ends within a day",
		apiclient.RoleCreate:        noRoles,
		apiclient.RoleUpdate:        noRoles,
		apiclient.RoleDelete:        noRoles,
	}
}

// missingOf the whole catalogue: also of verbs that are newer than this driver.
func missingOf(catalogue []apiclient.VerbSpec) map[apiclient.Verb]string {
	out := map[apiclient.Verb]string{}
	for _, spec := range catalogue {
		out[spec.Verb] = notHere(spec.Verb)
	}
	for _, spec := range verbs() {
		delete(out, spec.Verb)
	}
	return out
}

// notHere is why a verb is missing, also one that is newer than this driver.
func notHere(v apiclient.Verb) string {
	if why := missing()[v]; why != "" {
		return why
	}
	return "controllers have nothing of that kind"
}

func userName() apiclient.Field {
	return apiclient.Field{
		Name: "user_name", Title: "User name", Kind: apiclient.TextField, Required: true,
		Help: "two or more of a-z A-Z 0-9 . + -", Check: checkLocalName,
	}
}

func displayName() apiclient.Field {
	return apiclient.Field{Name: "real_name", Title: "Display name", Kind: apiclient.TextField}
}

func firstPassword() apiclient.Field {
	f := newPassword("Password")
	f.Required, f.Help = false, "empty: a registration string is made, to hand over"
	return f
}

func firstModels() apiclient.Field {
	return apiclient.Field{Name: "models", Title: "Models", Kind: apiclient.MultiField, Help: "to give access to at once: owner/name"}
}

func firstAccess() apiclient.Field {
	return apiclient.Field{
		Name: "model_access", Title: "Access to them", Kind: apiclient.ChoiceField, Default: "read", Choices: modelLevels()[1:],
	}
}

func grantee() apiclient.Field {
	return apiclient.Field{
		Name: "user", Title: "User", Kind: apiclient.RefField, Of: apiclient.KindUser, Required: true, Keep: "subject",
		Help: "or name@domain; everyone@external is everybody from outside", Check: checkFullName,
	}
}

func grantObject() apiclient.Field {
	return apiclient.Field{
		Name: "object", Title: "On", Kind: apiclient.RefField, Of: apiclient.KindObject, Required: true,
		Help: "the controller, or a model: owner/name",
	}
}

func access(required bool) apiclient.Field {
	return apiclient.Field{
		Name: "access", Title: "Access", Kind: apiclient.ChoiceField, Required: required,
		Choices: append(controllerLevels()[1:], modelLevels()[1:]...),
		Help:    "controller: login, superuser; model: read, write, admin",
	}
}

// checkPassword refuses what a controller refuses, and what nobody can type
// again.
func checkPassword(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("must not be blank")
	}
	return nil
}
