package apiclient

import "time"

// Record is what lists, inspect pages, filters and exports see of any entity.
// Get answers for the keys of Info.Columns; for a key it does not know it
// answers the none value.
type Record interface {
	GetRef() Ref
	Get(key string) Value
}

// Attr is a field that only some systems have.
type Attr struct {
	Key   string
	Value Value
}

// Extra holds the fields that the catalogue does not name.
type Extra []Attr

func (e Extra) get(key string) Value {
	for _, a := range e {
		if a.Key == key {
			return a.Value
		}
	}
	return Value{None: true}
}

// Account is a tenant: what owns users, or what access is given to.
type Account struct {
	Ref     Ref
	Name    string
	Email   string
	Type    string
	State   State
	Created time.Time
	Users   *int // nil: not known
	Tokens  *int
	Extra   Extra
}

// GetRef implements Record.
func (a *Account) GetRef() Ref { return a.Ref }

// Get implements Record. Keys: name email type state created users tokens.
func (a *Account) Get(key string) Value {
	switch key {
	case "name":
		return Text(a.Name)
	case "email":
		return Text(a.Email)
	case "type":
		return Text(a.Type)
	case "state":
		return InState(a.State)
	case "created":
		return At(a.Created)
	case "users":
		return Count(a.Users)
	case "tokens":
		return Count(a.Tokens)
	}
	return a.Extra.get(key)
}

// User is somebody, or something, that signs in.
type User struct {
	Ref      Ref
	Name     string
	RealName string
	Email    string
	Account  Ref
	State    State
	Admin    bool
	Tokens   *int // nil: not known
	LastSeen time.Time
	Created  time.Time
	Extra    Extra
}

// GetRef implements Record.
func (u *User) GetRef() Ref { return u.Ref }

// Get implements Record. Keys: name real_name email account state admin tokens
// last_seen created.
func (u *User) Get(key string) Value {
	switch key {
	case "name":
		return Text(u.Name)
	case "real_name":
		return Text(u.RealName)
	case "email":
		return Text(u.Email)
	case "account":
		return Link(u.Account)
	case "state":
		return InState(u.State)
	case "admin":
		return Bool(u.Admin)
	case "tokens":
		return Count(u.Tokens)
	case "last_seen":
		return At(u.LastSeen)
	case "created":
		return At(u.Created)
	}
	return u.Extra.get(key)
}

// Token is a credential that lives on its own: an access token, a session, an
// API key. Handle is its public name and never the secret.
type Token struct {
	Ref         Ref
	Handle      string
	Type        string // access, session …: the system's word
	Owner       Ref
	Account     Ref
	Description string
	State       State
	Created     time.Time
	Expires     time.Time
	LastUsed    time.Time
	LastAddress string
	LastAgent   string
	MaxAge      time.Duration
	Extend      bool // its expiry moves when it is used
	InUse       bool // it is the credential of this very session
	Extra       Extra
}

// GetRef implements Record.
func (t *Token) GetRef() Ref { return t.Ref }

// Get implements Record. Keys: handle type owner account description state
// created expires last_used last_address last_agent max_age extend in_use.
func (t *Token) Get(key string) Value {
	switch key {
	case "handle":
		return Text(t.Handle)
	case "type":
		return Text(t.Type)
	case "owner":
		return Link(t.Owner)
	case "account":
		return Link(t.Account)
	case "description":
		return Text(t.Description)
	case "state":
		return InState(t.State)
	case "created":
		return At(t.Created)
	case "expires":
		return At(t.Expires)
	case "last_used":
		return At(t.LastUsed)
	case "last_address":
		return Text(t.LastAddress)
	case "last_agent":
		return Text(t.LastAgent)
	case "max_age":
		return Span(t.MaxAge)
	case "extend":
		return Bool(t.Extend)
	case "in_use":
		return Bool(t.InUse)
	}
	return t.Extra.get(key)
}

// Role is a named set of permissions.
type Role struct {
	Ref         Ref
	Name        string
	Description string
	Builtin     bool
	Permissions []string
	Extra       Extra
}

// GetRef implements Record.
func (r *Role) GetRef() Ref { return r.Ref }

// Get implements Record. Keys: name description builtin permissions.
func (r *Role) Get(key string) Value {
	switch key {
	case "name":
		return Text(r.Name)
	case "description":
		return Text(r.Description)
	case "builtin":
		return Bool(r.Builtin)
	case "permissions":
		return List(r.Permissions)
	}
	return r.Extra.get(key)
}

// Grant says that a subject has an access (a role, a level) on an object.
type Grant struct {
	Ref     Ref
	Subject Ref
	Access  string
	Object  Ref
	Created time.Time
	Extra   Extra
}

// GetRef implements Record.
func (g *Grant) GetRef() Ref { return g.Ref }

// Get implements Record. Keys: subject access object created.
func (g *Grant) Get(key string) Value {
	switch key {
	case "subject":
		return Link(g.Subject)
	case "access":
		return Text(g.Access)
	case "object":
		return Link(g.Object)
	case "created":
		return At(g.Created)
	}
	return g.Extra.get(key)
}

// Event is one entry of a system's own audit trail.
type Event struct {
	Ref       Ref
	Number    int64
	At        time.Time
	Actor     string
	Handle    string // of the token that was used
	Address   string
	Agent     string
	Action    string
	Target    Ref
	Result    string
	RequestID string
	Details   string
	Extra     Extra
}

// GetRef implements Record.
func (e *Event) GetRef() Ref { return e.Ref }

// Get implements Record. Keys: number at actor handle address agent action
// target result request_id details.
func (e *Event) Get(key string) Value {
	switch key {
	case "number":
		return Number(e.Number)
	case "at":
		return At(e.At)
	case "actor":
		return Text(e.Actor)
	case "handle":
		return Text(e.Handle)
	case "address":
		return Text(e.Address)
	case "agent":
		return Text(e.Agent)
	case "action":
		return Text(e.Action)
	case "target":
		return Link(e.Target)
	case "result":
		return Text(e.Result)
	case "request_id":
		return Text(e.RequestID)
	case "details":
		return Text(e.Details)
	}
	return e.Extra.get(key)
}

// Object is something a picker offers: a model, a bucket, a virtual machine.
type Object struct {
	Ref   Ref
	Name  string
	Type  string
	Extra Extra
}

// GetRef implements Record.
func (o *Object) GetRef() Ref { return o.Ref }

// Get implements Record. Keys: name type.
func (o *Object) Get(key string) Value {
	switch key {
	case "name":
		return Text(o.Name)
	case "type":
		return Text(o.Type)
	}
	return o.Extra.get(key)
}

// Query asks for one page of a list. The zero Query is the first page of all.
type Query struct {
	Scope  Ref    // only what belongs to this account, user or object
	Search string // free text, as the backend understands it
	Sort   string // a column key, "-" before it for descending; "" is the backend's stable order
	Size   int    // rows asked for; 0: as the backend likes
	Page   string // Page.Next of the page before
}

// Page is one page of a list.
type Page[T any] struct {
	Rows  []T
	Next  string    // "": this was the last
	Total int       // of all pages; -1: the system does not say
	At    time.Time // the server's clock when it answered; zero: not known
}
