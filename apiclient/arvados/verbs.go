package arvados

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// Levels of access. A login is an access to a virtual machine with an account
// on it.
const (
	canRead   = "can_read"
	canWrite  = "can_write"
	canManage = "can_manage"
	canLogin  = "can_login"
)

// levels of access to records, the lowest first.
func levels() []string { return []string{canRead, canWrite, canManage} }

func verbs() []apiclient.VerbSpec {
	spec := apiclient.Spec
	yes := func(name, title, otherwise, help string) apiclient.Field {
		return apiclient.Field{Name: name, Title: title, Kind: apiclient.BoolField, Default: otherwise, Help: help}
	}
	text := func(name, title, help string) apiclient.Field {
		return apiclient.Field{Name: name, Title: title, Kind: apiclient.TextField, Help: help}
	}
	required := func(f apiclient.Field) apiclient.Field { f.Required = true; return f }
	ref := func(name, title string, of apiclient.Kind, help string) apiclient.Field {
		return apiclient.Field{Name: name, Title: title, Kind: apiclient.RefField, Of: of, Help: help}
	}
	return []apiclient.VerbSpec{
		spec(apiclient.AccountCreate).With(required(text("name", "Name", "of a role: a group of people")), text("description", "Description", "")).
			Saying("You get can_manage on it."),
		spec(apiclient.AccountUpdate).With(required(text("name", "Name", "")), text("description", "Description", "")),
		spec(apiclient.AccountDelete).Saying("A role is gone for good, with all permissions from it and on it. A project goes to the trash."),

		spec(apiclient.UserCreate).With(required(text("email", "E-mail", "who signs in with this address gets the account")),
			userName(), text("first_name", "First name", ""), text("last_name", "Last name", ""), yes("active", "Active", "no", "at once, without user agreements")),
		spec(apiclient.UserUpdate).With(userName(), text("email", "E-mail", ""), text("first_name", "First name", ""), text("last_name", "Last name", ""),
			yes("admin", "Admin", "", "may see and do everything on this cluster")),
		spec(apiclient.UserSetup).With(
			ref("vm", "Virtual machine", apiclient.KindObject, "where the user gets a login; may stay empty"),
			yes("notify", "Send an e-mail", "no", "tells the user that the account is ready"),
			yes("activate", "Activate", "no", "if all user agreements are signed"),
		).Saying("The user may then sign the agreements and activate the account himself."),
		spec(apiclient.UserActivate).Saying("The user can work at once."),
		spec(apiclient.UserDeactivate).Saying("The user leaves All users and is not active any more. Tokens, keys and shares stay."),
		spec(apiclient.UserUnsetup).Saying("All tokens, SSH keys, shares, group memberships, VM logins and signatures of the user are gone. This cannot be undone."),
		spec(apiclient.UserDelete),
		spec(apiclient.UserShowTokens),
		spec(apiclient.UserExpireTokens).Saying("A token is made for the user; with it all tokens are deleted, and at last it itself."),
		spec(apiclient.UserReassign).With(
			required(ref("to", "New owner", apiclient.KindUser, "gets the data and the shares")),
			text("project", "Project", "new, for the data; empty: named after the old owner"),
			yes("redirect", "Redirect", "no", "the old account vanishes; its tokens and sign-in are the new owner's"),
			yes("unset_up", "Then unset up", "yes", "the old account loses what access is left"),
		).Saying("The data goes into a new project of the new owner, the shares go to him. This cannot be undone."),

		spec(apiclient.TokenCreate).With(
			apiclient.Field{Name: "user", Title: "User", Kind: apiclient.RefField, Of: apiclient.KindUser, Keep: "owner", Help: "whose token it is; empty: your own"},
			apiclient.Field{Name: "max_age", Title: "Max age", Kind: apiclient.DurationField, Default: "30d", Zero: "never expires", Help: "90s, 12h, 30d; 0 never expires"},
			scopes(),
		),
		spec(apiclient.TokenUpdate).With(scopes(), apiclient.Field{Name: "expires", Title: "Expires", Kind: apiclient.TimeField, Help: "empty: never; a time that is over ends it at once"}),
		spec(apiclient.TokenRevoke),
		spec(apiclient.TokenRevokePasted).With(apiclient.Field{
			Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "v2/zzzzz-gj3su-.../..., its last part, or the uuid of one of your own",
		}),

		spec(apiclient.GrantAdd).With(
			ref("user", "User", apiclient.KindUser, "who gets it; or a group"),
			ref("group", "Group", apiclient.KindAccount, "a role whose members get it; or a user"),
			apiclient.Field{Name: "access", Title: "Access", Kind: apiclient.ChoiceField, Required: true, Choices: append(levels(), canLogin), Help: "can_login: a shell account on a virtual machine"},
			required(ref("object", "On", apiclient.KindObject, "a virtual machine, a role or a project")),
			login(), loginGroups(),
		),
		spec(apiclient.GrantUpdate).With(
			apiclient.Field{Name: "access", Title: "Access", Kind: apiclient.ChoiceField, Choices: append(levels(), canLogin)}, login(), loginGroups()),
		spec(apiclient.GrantRemove),

		spec(apiclient.SessionSignOut).Saying("The token that you are signed in with is deleted on the cluster, also for whoever else uses it."),
	}
}

// missing are the verbs of the catalogue that a cluster has not, and why.
func missing() map[apiclient.Verb]string {
	const (
		roles   = "Roles are groups here: they are on the first tab."
		byLogin = "The cluster has no passwords of its own: users sign in through its login provider."
	)
	return map[apiclient.Verb]string{
		apiclient.AccountEnable:      "Groups cannot be switched off and on.",
		apiclient.AccountDisable:     "Groups cannot be switched off and on.",
		apiclient.UserInvite:         "There are no invitations: whoever signs in gets an account, which is then set up. Or create one beforehand.",
		apiclient.UserEnable:         "Users are set up and activated here.",
		apiclient.UserDisable:        "Users are deactivated or unset up here.",
		apiclient.UserRemove:         "A user belongs to nothing but groups: remove the permission.",
		apiclient.UserSetPassword:    byLogin,
		apiclient.UserReset:          byLogin,
		apiclient.UserEndSessions:    "Sessions are tokens here: delete all tokens.",
		apiclient.RoleCreate:         roles,
		apiclient.RoleUpdate:         roles,
		apiclient.RoleDelete:         roles,
		apiclient.SessionSetPassword: byLogin,
	}
}

func userName() apiclient.Field {
	return apiclient.Field{
		Name: "user_name", Title: "User name", Kind: apiclient.TextField, Check: checkUserName,
		Help: "a letter, then letters and digits: also the name on virtual machines",
	}
}

var goodUserName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)

// checkUserName refuses what the server would strip or change without a word.
func checkUserName(s string) error {
	if !goodUserName.MatchString(s) {
		return errors.New("must be a letter, then letters and digits")
	}
	if slices.Contains([]string{"root", "git"}, strings.ToLower(s)) {
		return errors.New("is reserved: the cluster would put a number behind it")
	}
	return nil
}

func scopes() apiclient.Field {
	return apiclient.Field{Name: "scopes", Title: "Scopes", Kind: apiclient.MultiField, Help: "empty: all; or such as GET:/arvados/v1/collections/"}
}

func login() apiclient.Field {
	return apiclient.Field{
		Name: "login", Title: "Login name", Kind: apiclient.TextField, Check: checkUnixName,
		Help: "on the machine; empty: the user name",
	}
}

func loginGroups() apiclient.Field {
	return apiclient.Field{Name: "groups", Title: "Unix groups", Kind: apiclient.MultiField, Help: "on the machine, such as docker; not groups of the cluster"}
}

var unixName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,31}$`)

// checkUnixName refuses what no machine can make an account or a group of; the
// cluster takes any text.
func checkUnixName(s string) error {
	if !unixName.MatchString(s) {
		return errors.New("must be a letter or _, then at most 31 letters, digits, _ or -")
	}
	return nil
}
