package aiven

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// Limits of the API's document, told here so that a form can say it at once.
const (
	longestOrganization = 83
	longestEmail        = 254
	longestName         = 256
	longestDescription  = 1000
	longestPassword     = 256
	mostWords           = 100
	shortestAge         = 600 * time.Second
	longestAge          = 315360000 // seconds
)

func verbs() []apiclient.VerbSpec {
	spec := apiclient.Spec
	reset := spec(apiclient.UserReset).Saying("The password stops working. Nothing comes back to hand over; only users that the organization manages.")
	reset.Title = "Reset password"
	return []apiclient.VerbSpec{
		spec(apiclient.AccountCreate).With(line("name", "Name", longestOrganization, true), parent()).
			Saying("Without a parent it is an organization, with one a unit of that."),
		spec(apiclient.AccountUpdate).With(line("name", "Name", longestOrganization, true)),
		spec(apiclient.AccountDelete).Saying("This operation is irreversible. Aiven deletes only what is empty."),

		spec(apiclient.UserCreate).With(organization(), line("name", "Name", longestName, true), admin("no")).
			Saying("It makes an application user: for a program, without a password, with tokens only."),
		spec(apiclient.UserInvite).With(organization(), email()).
			Saying("Aiven sends an e-mail; he is a member once he accepts. Inviting again sends it again."),
		spec(apiclient.UserRegister).With(email(), line("real_name", "Real name", longestName, true), newPassword("Password", false)).
			Saying("It makes an account of its own, outside of your organizations, and a session for it. To add a colleague, invite him."),
		spec(apiclient.UserUpdate).With(
			line("real_name", "Real name", longestName, false), admin(""), line("job_title", "Job title", longestName, false),
			line("department", "Department", longestName, false), line("city", "City", longestName, false), line("country", "Country", longestName, false),
		),
		spec(apiclient.UserActivate),
		spec(apiclient.UserDeactivate).Saying("He can use nothing of Aiven until he is activated again."),
		spec(apiclient.UserDelete),
		spec(apiclient.UserRemove).Saying("He leaves the organization and keeps his account; an invitation is withdrawn."),
		reset,
		spec(apiclient.UserExpireTokens),

		spec(apiclient.TokenCreate).With(owner(), description(), maxAge(), extend(),
			words("ip_allowlist", "From addresses", "address ranges it works from, such as 192.0.2.0/24; empty: from anywhere", nil),
			words("scopes", "Scopes", "what it may do; empty: all that its user may", scopes())),
		spec(apiclient.TokenUpdate).With(description()).Saying("Nothing but the description of your own tokens can change."),
		spec(apiclient.TokenRevoke),
		spec(apiclient.TokenRevokePasted).With(apiclient.Field{
			Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "the whole text of a personal, session or application token",
			Check: func(s string) error { return checkTokenText(trimToken(secret.New(s))) },
		}).Saying("One of your own is revoked by its prefix; any other is used once, to sign itself out. It stops working for good."),

		spec(apiclient.SessionSignOut).With(apiclient.Field{
			Name: "token", Title: "The token in use", Kind: apiclient.ChoiceField, Choices: []string{signOutRevoke, signOutForget}, Default: signOutRevoke,
			Help: "revoke: it is dead everywhere, for good; forget: it is only dropped here and lives on",
		}),
		spec(apiclient.SessionSetPassword).With(
			apiclient.Field{Name: "old_password", Title: "Old password", Kind: apiclient.SecretField, Required: true},
			newPassword("New password", true),
		).Saying("All your tokens and sessions expire at once; this console goes on with a new one."),
	}
}

// What signing out can do with the token.
const (
	signOutRevoke = "revoke"
	signOutForget = "forget"
)

// missing are the verbs of the catalogue that Aiven has not, and why.
func missing() map[apiclient.Verb]string {
	const listed = "a token that is revoked leaves the lists at once: there is nothing left to delete"
	const switched = "users are activated and deactivated here"
	const setUp = "users need no set-up here"
	const roles = "what a role may do is fixed by Aiven"
	const grants = "permissions are not changed from here: use Aiven's web console, or avn permissions"
	return map[apiclient.Verb]string{
		apiclient.AccountEnable:   "an organization cannot be switched off, so it cannot be switched on",
		apiclient.AccountDisable:  "an organization cannot be switched off: deactivate its users",
		apiclient.UserEnable:      switched,
		apiclient.UserDisable:     switched,
		apiclient.UserSetup:       setUp,
		apiclient.UserUnsetup:     setUp,
		apiclient.UserSetPassword: "nobody can choose another's password here: reset it",
		apiclient.UserEndSessions: "sessions are tokens here: expire all tokens ends them too",
		apiclient.UserShowTokens:  "tokens of others show in the list, as far as the organization may see them",
		apiclient.TokenDelete:     listed,
		apiclient.UserReassign:    "users own nothing here that could be passed on",
		apiclient.RoleCreate:      roles,
		apiclient.RoleUpdate:      roles,
		apiclient.RoleDelete:      roles,
		apiclient.GrantAdd:        grants,
		apiclient.GrantUpdate:     grants,
		apiclient.GrantRemove:     grants,
	}
}

// line is a field for one line of text. Keep is the key of the record where it
// is not the name of the field.
func line(name, title string, longest int, required bool) apiclient.Field {
	return apiclient.Field{
		Name: name, Title: title, Kind: apiclient.TextField, Required: required,
		Help: fmt.Sprintf("at most %d characters", longest),
		Check: func(s string) error {
			if utf8.RuneCountInString(s) > longest || strings.ContainsFunc(s, unicode.IsControl) {
				return fmt.Errorf("must be one line of at most %d characters", longest)
			}
			return nil
		},
	}
}

func email() apiclient.Field {
	return apiclient.Field{Name: "email", Title: "E-mail", Kind: apiclient.TextField, Required: true, Check: checkEmail}
}

// checkEmail refuses what cannot be an address or would not fit into a path.
func checkEmail(s string) error {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > longestEmail || strings.ContainsAny(s, "/ ") || strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Errorf("must be an e-mail address of at most %d characters", longestEmail)
	}
	return nil
}

func organization() apiclient.Field {
	return apiclient.Field{Name: "account", Title: "Organization", Kind: apiclient.RefField, Of: apiclient.KindAccount, Help: "name or id; empty: the only one you have"}
}

func parent() apiclient.Field {
	return apiclient.Field{Name: "parent", Title: "Parent", Kind: apiclient.RefField, Of: apiclient.KindAccount, Help: "the organization or unit that it is a unit of; empty: none"}
}

func admin(otherwise string) apiclient.Field {
	return apiclient.Field{Name: "admin", Title: "Super admin", Kind: apiclient.BoolField, Default: otherwise, Help: "may do everything in the organization"}
}

func newPassword(title string, required bool) apiclient.Field {
	return apiclient.Field{
		Name: "password", Title: title, Kind: apiclient.SecretField, Required: required, Twice: true, Fresh: true,
		Help: "at most 256 characters; Aiven judges how strong it is",
		Check: func(s string) error {
			if utf8.RuneCountInString(s) > longestPassword {
				return fmt.Errorf("must have at most %d characters", longestPassword)
			}
			return nil
		},
	}
}

func owner() apiclient.Field {
	return apiclient.Field{Name: "user", Title: "User", Kind: apiclient.RefField, Of: apiclient.KindUser, Keep: "owner", Help: "an application user; empty: yourself"}
}

func description() apiclient.Field {
	f := line("description", "Description", longestDescription, true)
	f.Help = "what it is for"
	return f
}

func maxAge() apiclient.Field {
	return apiclient.Field{
		Name: "max_age", Title: "Max age", Kind: apiclient.DurationField, Default: "30d", Zero: "never expires", Max: longestAge,
		Help: "10m to 3650d; 0 never expires",
		Check: func(s string) error {
			if d, err := apiclient.ParseSpan(s); err == nil && d > 0 && d < shortestAge {
				return errors.New("must be at least 10m")
			}
			return nil
		},
	}
}

func extend() apiclient.Field {
	return apiclient.Field{Name: "extend_when_used", Title: "Extend when used", Kind: apiclient.BoolField, Default: "no", Keep: "extend", Help: "each use starts the max age anew; needs a max age"}
}

func words(name, title, help string, choices []string) apiclient.Field {
	return apiclient.Field{Name: name, Title: title, Kind: apiclient.MultiField, Choices: choices, Help: help}
}

// scopes are the names that a token can be narrowed to.
func scopes() []string {
	out := []string{"all"}
	for _, s := range []string{"accounts", "authentication", "billing", "payments", "privatelink", "projects", "scim", "services", "static_ips", "tickets", "user"} {
		out = append(out, s, s+":read", s+":write")
	}
	return out
}
