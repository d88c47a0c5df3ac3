// Package apiclient says what a backend is: the records it holds, the verbs it
// knows, the plan through which everything is changed and the runner that
// carries a plan out. One folder below it per kind of system holds its driver;
// package rest is the one way in which drivers make HTTP requests.
//
// Nothing here draws, prints or asks: views and commands do.
package apiclient

import "gatehouse/apiclient/secret"

// Secret is the type that all passwords, tokens and registration strings have.
type Secret = secret.String

// Kind names a kind of record. Drivers give the words that people read for it
// (Info.Words): the first tab is Accounts here and Models there.
type Kind string

// The kinds of records that any of the systems has.
const (
	KindAccount Kind = "account"
	KindUser    Kind = "user"
	KindToken   Kind = "token"
	KindRole    Kind = "role"
	KindGrant   Kind = "grant"
	KindEvent   Kind = "event"
	KindObject  Kind = "object" // what a grant can be on and a picker can offer
	KindSession Kind = "session"
)
