package apiclient

import "strings"

// Verb is one thing an admin can do, the same word for all systems.
type Verb string

// Word is the verb without its kind: what is typed in "delete 14".
func (v Verb) Word() string {
	_, word, _ := strings.Cut(string(v), ".")
	return word
}

// The verbs. What each means, asks and warns of is in Catalogue.
const (
	AccountCreate  Verb = "account.create"
	AccountUpdate  Verb = "account.update"
	AccountEnable  Verb = "account.enable"
	AccountDisable Verb = "account.disable"
	AccountDelete  Verb = "account.delete"

	UserCreate       Verb = "user.create"
	UserInvite       Verb = "user.invite"
	UserRegister     Verb = "user.register"
	UserUpdate       Verb = "user.update"
	UserEnable       Verb = "user.enable"
	UserDisable      Verb = "user.disable"
	UserActivate     Verb = "user.activate"
	UserDeactivate   Verb = "user.deactivate"
	UserSetup        Verb = "user.setup"
	UserUnsetup      Verb = "user.unsetup"
	UserDelete       Verb = "user.delete"
	UserRemove       Verb = "user.remove"
	UserSetPassword  Verb = "user.set-password"
	UserReset        Verb = "user.reset"
	UserShowTokens   Verb = "user.show-tokens"
	UserExpireTokens Verb = "user.expire-tokens"
	UserEndSessions  Verb = "user.end-sessions"
	UserReassign     Verb = "user.reassign"

	TokenCreate Verb = "token.create"
	TokenUpdate Verb = "token.update"
	TokenRevoke Verb = "token.revoke"
	TokenDelete Verb = "token.delete"
	// TokenRevokePasted revokes a token of which nothing is known but its text.
	TokenRevokePasted Verb = "token.revoke-pasted"

	RoleCreate Verb = "role.create"
	RoleUpdate Verb = "role.update"
	RoleDelete Verb = "role.delete"

	GrantAdd    Verb = "grant.add"
	GrantUpdate Verb = "grant.update"
	GrantRemove Verb = "grant.remove"

	SessionSignOut     Verb = "session.sign-out"
	SessionSetPassword Verb = "session.set-password"
)

// Danger says how bad a mistake would be, and so how it is confirmed.
type Danger uint8

// The dangers, from none to worst; a plan has that of its worst step.
const (
	Harmless    Danger = iota // runs when its form is sent
	Reversible                // can be taken back: y/n
	Final                     // cannot be taken back but is safe: y/n, ids shown
	Destructive               // takes people or data: a word is typed
)

// String gives the word for the danger.
func (d Danger) String() string {
	return [...]string{"harmless", "reversible", "final", "destructive"}[d]
}

// Aim says what a verb starts from.
type Aim uint8

// The aims.
const (
	OnRows Aim = iota // one or many records that exist
	OnRow             // exactly one record
	OnNew             // makes a record; a scope or a row may fill in its fields
	OnSelf            // the one who is signed in
)

// VerbSpec is one entry of the catalogue.
type VerbSpec struct {
	Verb   Verb
	On     Kind
	Aim    Aim
	Title  string // imperative, without the object: "Revoke"
	Danger Danger
	Says   string // one sentence said before it runs; "" when the title says it all
	Fields []Field
	Unsafe bool // not safe to send again blindly: makes something new each time
}

// With gives the entry with these fields instead of its own.
func (s VerbSpec) With(fields ...Field) VerbSpec {
	s.Fields = fields
	return s
}

// Saying gives the entry with another sentence.
func (s VerbSpec) Saying(says string) VerbSpec {
	s.Says = says
	return s
}

// Field finds a field by name.
func (s VerbSpec) Field(name string) (Field, bool) {
	for _, f := range s.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Catalogue lists every verb once. Fields are the driver's to declare, since
// systems ask for different things.
func Catalogue() []VerbSpec {
	return []VerbSpec{
		{Verb: AccountCreate, On: KindAccount, Aim: OnNew, Title: "Create", Unsafe: true},
		{Verb: AccountUpdate, On: KindAccount, Aim: OnRow, Title: "Edit"},
		{Verb: AccountEnable, On: KindAccount, Aim: OnRows, Title: "Enable", Danger: Reversible},
		{Verb: AccountDisable, On: KindAccount, Aim: OnRows, Title: "Disable", Danger: Reversible, Says: "Its users can do nothing until it is enabled again."},
		{Verb: AccountDelete, On: KindAccount, Aim: OnRows, Title: "Delete", Danger: Destructive, Says: "This operation is irreversible."},

		{Verb: UserCreate, On: KindUser, Aim: OnNew, Title: "Create", Unsafe: true},
		{Verb: UserInvite, On: KindUser, Aim: OnNew, Title: "Invite", Unsafe: true},
		{Verb: UserRegister, On: KindUser, Aim: OnNew, Title: "Register", Unsafe: true},
		{Verb: UserUpdate, On: KindUser, Aim: OnRow, Title: "Edit"},
		{Verb: UserEnable, On: KindUser, Aim: OnRows, Title: "Enable", Danger: Reversible},
		{Verb: UserDisable, On: KindUser, Aim: OnRows, Title: "Disable", Danger: Reversible, Says: "Nobody can sign in as this user until it is enabled again."},
		{Verb: UserActivate, On: KindUser, Aim: OnRows, Title: "Activate", Danger: Reversible},
		{Verb: UserDeactivate, On: KindUser, Aim: OnRows, Title: "Deactivate", Danger: Reversible},
		{Verb: UserSetup, On: KindUser, Aim: OnRow, Title: "Set up", Danger: Reversible},
		{Verb: UserUnsetup, On: KindUser, Aim: OnRows, Title: "Unset up", Danger: Destructive},
		{Verb: UserDelete, On: KindUser, Aim: OnRows, Title: "Delete", Danger: Destructive, Says: "This operation is irreversible."},
		{Verb: UserRemove, On: KindUser, Aim: OnRows, Title: "Remove", Danger: Destructive},
		{Verb: UserSetPassword, On: KindUser, Aim: OnRow, Title: "Set password", Danger: Harmless},
		{Verb: UserReset, On: KindUser, Aim: OnRows, Title: "New registration string", Danger: Final, Says: "An older registration string and the password stop working.", Unsafe: true},
		{Verb: UserShowTokens, On: KindUser, Aim: OnRow, Title: "Look at tokens", Danger: Reversible, Says: "A token is made for the user, the list is read with it, and it is deleted again."},
		{Verb: UserExpireTokens, On: KindUser, Aim: OnRows, Title: "Expire all tokens", Danger: Final, Says: "All tokens and sessions stop working at once."},
		{Verb: UserEndSessions, On: KindUser, Aim: OnRows, Title: "End sessions", Danger: Final},
		{Verb: UserReassign, On: KindUser, Aim: OnRow, Title: "Reassign ownership", Danger: Final},

		{Verb: TokenCreate, On: KindToken, Aim: OnNew, Title: "Create", Unsafe: true},
		{Verb: TokenUpdate, On: KindToken, Aim: OnRow, Title: "Edit"},
		{Verb: TokenRevoke, On: KindToken, Aim: OnRows, Title: "Revoke", Danger: Final, Says: "It stops working at once and cannot be brought back."},
		{Verb: TokenDelete, On: KindToken, Aim: OnRows, Title: "Delete", Danger: Final, Says: "It stops working, and no list shows any more that it was there."},
		{Verb: TokenRevokePasted, On: KindToken, Aim: OnNew, Title: "Revoke pasted", Danger: Final, Says: "It stops working at once and cannot be brought back."},

		{Verb: RoleCreate, On: KindRole, Aim: OnNew, Title: "Create", Unsafe: true},
		{Verb: RoleUpdate, On: KindRole, Aim: OnRow, Title: "Edit"},
		{Verb: RoleDelete, On: KindRole, Aim: OnRows, Title: "Delete", Danger: Destructive},

		{Verb: GrantAdd, On: KindGrant, Aim: OnNew, Title: "Add", Danger: Harmless},
		{Verb: GrantUpdate, On: KindGrant, Aim: OnRow, Title: "Change", Danger: Harmless},
		{Verb: GrantRemove, On: KindGrant, Aim: OnRows, Title: "Remove", Danger: Reversible},

		{Verb: SessionSignOut, On: KindSession, Aim: OnSelf, Title: "Sign out", Danger: Final},
		{Verb: SessionSetPassword, On: KindSession, Aim: OnSelf, Title: "Change own password"},
	}
}

// Spec finds the catalogue's entry of a verb.
func Spec(v Verb) VerbSpec {
	for _, s := range Catalogue() {
		if s.Verb == v {
			return s
		}
	}
	return VerbSpec{Verb: v}
}
