package gatehouse

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

// Limits that the server keeps, told here so that a form can say it at once.
const (
	shortestPassword = 15
	longestAge       = 10 * 365 * 24 * 60 * 60 // seconds
)

func verbs() []apiclient.VerbSpec {
	spec := apiclient.Spec
	return []apiclient.VerbSpec{
		spec(apiclient.AccountCreate).With(name("name", "Name"), email(), accountType("user")),
		spec(apiclient.AccountUpdate).With(email(), accountType("")),
		spec(apiclient.AccountEnable),
		spec(apiclient.AccountDisable).Saying("Its users can do nothing until it is enabled again; their sessions end, their tokens rest."),
		spec(apiclient.AccountDelete),

		spec(apiclient.UserCreate).With(account(), name("user_name", "User name"), newPassword("Password"), realName(), email(), admin("no")),
		spec(apiclient.UserInvite).With(account(), name("user_name", "User name"), realName(), email(), admin("no")).
			Saying("The answer holds a registration string, with which the user chooses a password."),
		spec(apiclient.UserUpdate).With(realName(), email(), admin("")),
		spec(apiclient.UserEnable),
		spec(apiclient.UserDisable).Saying("Nobody can sign in as this user until it is enabled again; its sessions end, its tokens rest."),
		spec(apiclient.UserDelete),
		spec(apiclient.UserSetPassword).With(newPassword("New password")).Saying("The user's sessions end."),
		spec(apiclient.UserReset),
		spec(apiclient.UserExpireTokens),

		spec(apiclient.TokenCreate).With(owner(), description(), maxAge(), extend()),
		spec(apiclient.TokenUpdate).With(description()),
		spec(apiclient.TokenRevoke),
		spec(apiclient.TokenRevokePasted).With(apiclient.Field{
			Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "begins with gthp_ or gths_", Check: checkPasted,
		}),

		spec(apiclient.SessionSignOut).Saying("This session ends on the server."),
		spec(apiclient.SessionSetPassword).With(
			apiclient.Field{Name: "old_password", Title: "Old password", Kind: apiclient.SecretField, Required: true},
			newPassword("New password"),
		).Saying("Your other sessions end."),
	}
}

// missing are the verbs of the catalogue that this server has not, and why.
func missing() map[apiclient.Verb]string {
	return map[apiclient.Verb]string{
		apiclient.UserActivate:    "users are enabled and disabled here",
		apiclient.UserDeactivate:  "users are enabled and disabled here",
		apiclient.UserSetup:       "users need no set-up here",
		apiclient.UserUnsetup:     "users need no set-up here",
		apiclient.UserRemove:      "a user belongs to one account for good: delete him instead",
		apiclient.UserEndSessions: "expire all tokens ends the sessions too",
		apiclient.UserReassign:    "users own nothing here that could be passed on",
		apiclient.UserShowTokens:  "an admin sees all tokens here: they are in their list",
		apiclient.TokenDelete:     "revoke it: its row stays, so that it can be seen what it was",
		apiclient.RoleCreate:      noRoles,
		apiclient.RoleUpdate:      noRoles,
		apiclient.RoleDelete:      noRoles,
		apiclient.GrantAdd:        noGrants,
		apiclient.GrantUpdate:     noGrants,
		apiclient.GrantRemove:     noGrants,
	}
}

func name(field, title string) apiclient.Field {
	return apiclient.Field{
		Name: field, Title: title, Kind: apiclient.TextField, Required: true, Keep: "name",
		Help: "1 to 128 of a-z 0-9 . _ @ + -", Check: checkName,
	}
}

// checkName only tells early what the server would refuse: it folds case and
// width before it looks, so those are left to it.
func checkName(s string) error {
	if n := utf8.RuneCountInString(s); n < 1 || n > 128 || strings.ContainsFunc(s, unicode.IsControl) {
		return errors.New("must have 1 to 128 characters on one line")
	}
	return nil
}

// checkPasted tells a text that cannot be one of this server's tokens before it
// is sent there.
func checkPasted(s string) error {
	if _, err := wire.Parse(wire.NewSecret(s)); err != nil {
		return fmt.Errorf("is no token of a Gatehouse server: %w", err)
	}
	return nil
}

func email() apiclient.Field {
	return apiclient.Field{Name: "email", Title: "E-mail", Kind: apiclient.TextField}
}

func accountType(otherwise string) apiclient.Field {
	return apiclient.Field{
		Name: "type", Title: "Type", Kind: apiclient.ChoiceField, Default: otherwise,
		Choices: []string{wire.AccountTypeUser, wire.AccountTypeService}, Help: "of people, or of programs",
	}
}

func account() apiclient.Field {
	return apiclient.Field{Name: "account", Title: "Account", Kind: apiclient.RefField, Of: apiclient.KindAccount, Required: true}
}

func realName() apiclient.Field {
	return apiclient.Field{Name: "real_name", Title: "Real name", Kind: apiclient.TextField}
}

func admin(otherwise string) apiclient.Field {
	return apiclient.Field{Name: "admin", Title: "Admin", Kind: apiclient.BoolField, Default: otherwise, Help: "may see and do everything on this server"}
}

func newPassword(title string) apiclient.Field {
	return apiclient.Field{
		Name: "password", Title: title, Kind: apiclient.SecretField, Required: true,
		Twice: true, Fresh: true, MinLen: shortestPassword, Help: "at least 15 characters, of any kind",
	}
}

func owner() apiclient.Field {
	return apiclient.Field{Name: "user", Title: "User", Kind: apiclient.RefField, Of: apiclient.KindUser, Keep: "owner", Help: "whose token it is; empty: your own"}
}

func description() apiclient.Field {
	return apiclient.Field{Name: "description", Title: "Description", Kind: apiclient.TextField, Help: "what it is for"}
}

func maxAge() apiclient.Field {
	return apiclient.Field{
		Name: "max_age", Title: "Max age", Kind: apiclient.DurationField, Default: "30d",
		Zero: "never expires", Max: longestAge, Help: "90s, 12h, 30d; 0 never expires",
	}
}

func extend() apiclient.Field {
	return apiclient.Field{Name: "extend_when_used", Title: "Extend when used", Kind: apiclient.BoolField, Default: "no", Keep: "extend", Help: "each use starts the max age anew"}
}
