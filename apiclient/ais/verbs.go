package ais

import (
	"gatehouse/apiclient"
)

func verbs() []apiclient.VerbSpec {
	spec := apiclient.Spec
	return []apiclient.VerbSpec{
		titled(apiclient.AccountCreate, "Register").With(clusterID(), alias(), urls()).
			Saying("AuthN calls the addresses one after the other until a cluster answers; that can take more than a minute. Without an address nothing is checked."),
		spec(apiclient.AccountUpdate).With(alias(), urls()).
			Saying("Alias and addresses can be changed, but not emptied. AuthN calls the addresses; that can take more than a minute."),
		titled(apiclient.AccountDelete, "Unregister").Saying("AuthN forgets the cluster and tells it of no more revocations. The cluster itself goes on."),

		spec(apiclient.UserCreate).With(name("User name"), newPassword("Password"), roles()).
			Saying("A user without roles may do nothing."),
		spec(apiclient.UserUpdate).With(roles()).Saying("The list replaces the roles that the user has."),
		spec(apiclient.UserDelete).Saying("The user is gone at once; his tokens are not."),
		spec(apiclient.UserSetPassword).With(newPassword("New password")).Saying("Tokens made with the old password go on working."),

		spec(apiclient.TokenRevoke).Saying("AuthN refuses it at once and for good. Clusters are told in the background, without proof."),
		spec(apiclient.TokenRevokePasted).With(apiclient.Field{
			Name: "token", Title: "Token", Kind: apiclient.SecretField, Required: true, Help: "the whole text: AuthN knows tokens by nothing else",
			Check: checkPasted,
		}).Saying("The whole token is sent to this AuthN, which refuses it from then on. Clusters are told in the background, without proof."),

		spec(apiclient.RoleCreate).With(name("Role name"), description(), onClusters("Permissions on clusters"), onBuckets("Permissions on buckets")),
		spec(apiclient.RoleUpdate).With(description(), onClusters("Set on clusters"), onBuckets("Set on buckets")).
			Saying("What is named here is added or replaced. Nothing can be taken out of a role: for that, delete it and create it again."),
		spec(apiclient.RoleDelete).Saying("It is taken from every user who has it."),

		spec(apiclient.SessionSignOut).Saying("The token in use is revoked on the server. A file in which the ais command line keeps it stays as it is."),
		spec(apiclient.SessionSetPassword).With(newPassword("New password")).
			Saying("The old password is not asked for. Your tokens, this one too, go on working."),
	}
}

// titled gives the catalogue's entry another name: what is created and deleted
// elsewhere is registered here.
func titled(v apiclient.Verb, title string) apiclient.VerbSpec {
	s := apiclient.Spec(v)
	s.Title = title
	return s
}

const (
	noStates      = "AuthN has no such state: a user is there or not"
	noTokenLists  = "AuthN keeps no list of the tokens it has made: only a token that you have in full can be revoked"
	noSetup       = "users need no set-up here"
	noGrants      = "access is given by roles here: change the role, or the roles of the user"
	clustersState = "AuthN only keeps a list of clusters: they cannot be switched off here"
)

// missing are the verbs of the catalogue that AuthN has not, and why.
func missing() map[apiclient.Verb]string {
	out := reasons()
	has := map[apiclient.Verb]bool{}
	for _, spec := range verbs() {
		has[spec.Verb] = true
	}
	for _, spec := range apiclient.Catalogue() {
		if !has[spec.Verb] && out[spec.Verb] == "" {
			out[spec.Verb] = "AuthN has nothing of the kind"
		}
	}
	return out
}

// reasons are why it has not what admins of other systems look for.
func reasons() map[apiclient.Verb]string {
	return map[apiclient.Verb]string{
		apiclient.AccountEnable:    clustersState,
		apiclient.AccountDisable:   clustersState,
		apiclient.UserInvite:       "AuthN sends no invitations: create the user with a password",
		apiclient.UserEnable:       noStates,
		apiclient.UserDisable:      noStates,
		apiclient.UserActivate:     noStates,
		apiclient.UserDeactivate:   noStates,
		apiclient.UserSetup:        noSetup,
		apiclient.UserUnsetup:      noSetup,
		apiclient.UserRemove:       "users belong to no cluster: delete the user, or change his roles",
		apiclient.UserReset:        "AuthN has no registration strings: set a new password",
		apiclient.UserExpireTokens: noTokenLists,
		apiclient.UserEndSessions:  noTokenLists,
		apiclient.UserShowTokens:   noTokenLists,
		apiclient.UserReassign:     "users own nothing here that could be passed on",
		apiclient.TokenCreate:      "a token is made by signing in, with the life that is chosen there",
		apiclient.UserRegister:     "a user is made with a name and a password here: create one",
		apiclient.TokenDelete:      "revoking is all that can be done to a token here",
		apiclient.TokenUpdate:      "tokens have nothing here that could be changed: no name, no description, and a life fixed when they are made",
		apiclient.GrantAdd:         noGrants,
		apiclient.GrantUpdate:      noGrants,
		apiclient.GrantRemove:      "a single permission cannot be taken out of a role: delete the role and create it again without it",
	}
}

// forEveryone tells what users who are not admins can do.
func forEveryone(v apiclient.Verb) bool {
	switch v {
	case apiclient.TokenRevoke, apiclient.TokenRevokePasted, apiclient.SessionSignOut, apiclient.SessionSetPassword:
		return true
	}
	return false
}

func name(title string) apiclient.Field {
	return apiclient.Field{
		Name: "name", Title: title, Kind: apiclient.TextField, Required: true,
		Help: "1 to 32 of a-z A-Z 0-9 - _, without - and _ at either end", Check: checkName,
	}
}

func clusterID() apiclient.Field {
	return apiclient.Field{
		Name: "name", Title: "Cluster ID", Kind: apiclient.TextField, Required: true, Help: "the UUID of its cluster map", Check: checkPath,
	}
}

func alias() apiclient.Field {
	return apiclient.Field{Name: "alias", Title: "Alias", Kind: apiclient.TextField, Help: "a name for people; roles are made for it", Check: checkName}
}

func urls() apiclient.Field {
	return apiclient.Field{Name: "urls", Title: "Addresses", Kind: apiclient.MultiField, Help: "such as https://proxy.example:8080, several with commas"}
}

func roles() apiclient.Field {
	return apiclient.Field{Name: "roles", Title: "Roles", Kind: apiclient.MultiField, Help: "names of roles, with commas"}
}

func description() apiclient.Field {
	return apiclient.Field{Name: "description", Title: "Description", Kind: apiclient.TextField}
}

func newPassword(title string) apiclient.Field {
	return apiclient.Field{
		Name: "password", Title: title, Kind: apiclient.SecretField, Required: true, Twice: true, Fresh: true,
		Help: "at most 72 bytes; AuthN itself has no other rule", Check: checkPassword,
	}
}

const permissionsHelp = "ro, rw, su, or names such as GET+LIST-OBJECTS"

func onClusters(title string) apiclient.Field {
	return apiclient.Field{
		Name: "clusters", Title: title, Kind: apiclient.RowsField, Help: permissionsHelp,
		Columns: []apiclient.Field{
			{Name: "cluster", Title: "Cluster", Kind: apiclient.TextField, Help: "ID or alias; empty: every cluster"},
			{Name: "permissions", Title: "Permissions", Kind: apiclient.TextField, Help: permissionsHelp, Check: checkMask},
		},
	}
}

func onBuckets(title string) apiclient.Field {
	return apiclient.Field{
		Name: "buckets", Title: title, Kind: apiclient.RowsField, Help: permissionsHelp,
		Columns: []apiclient.Field{
			{Name: "bucket", Title: "Bucket", Kind: apiclient.TextField, Help: "ais://name"},
			{Name: "cluster", Title: "Cluster", Kind: apiclient.TextField, Help: "the ID of its cluster"},
			{Name: "permissions", Title: "Permissions", Kind: apiclient.TextField, Help: permissionsHelp, Check: checkMask},
		},
	}
}

func checkMask(s string) error {
	_, err := parseMask(s)
	return err
}
