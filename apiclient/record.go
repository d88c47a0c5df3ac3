package apiclient

import "time"

// Moment is a point in time to the microsecond, a third as large as a
// time.Time. The zero Moment is none: never, or not known.
type Moment int64

// MomentOf makes a moment of a time; the zero time is none.
func MomentOf(t time.Time) Moment {
	if t.IsZero() {
		return 0
	}
	return Moment(t.UnixMicro())
}

// Time gives the time back, in UTC.
func (m Moment) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(m)).UTC()
}

// IsZero tells whether it is none.
func (m Moment) IsZero() bool { return m == 0 }

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

// Extra holds the fields that the catalogue does not name; the zero Extra holds
// none. It is one word long, since lists hold a hundred thousand of them.
type Extra struct{ attrs *[]Attr }

// Extras makes an Extra.
func Extras(attrs ...Attr) Extra { return Extra{&attrs} }

// Attrs lists what it holds.
func (e Extra) Attrs() []Attr {
	if e.attrs == nil {
		return nil
	}
	return *e.attrs
}

func (e Extra) get(key string) Value {
	for _, a := range e.Attrs() {
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
	Created Moment
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
		return At(a.Created.Time())
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
	LastSeen Moment
	Created  Moment
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
		return At(u.LastSeen.Time())
	case "created":
		return At(u.Created.Time())
	}
	return u.Extra.get(key)
}

// Token is a credential that lives on its own: an access token, a session, an
// API key. Handle is its public name and never the secret. A console holds a
// hundred thousand of these: owner and account are paths (OwnerRef and
// AccountRef give the whole ref), and drivers share texts that repeat.
type Token struct {
	Ref         Ref
	Handle      string
	Type        string // access, session …: the system's word
	Owner       Path   // of a user, in the context of Ref
	Account     Path   // of an account, in the context of Ref
	Description string
	State       State
	Created     Moment
	Expires     Moment
	LastUsed    Moment
	LastAddress string
	LastAgent   string
	MaxAge      time.Duration
	Extend      bool // its expiry moves when it is used
	InUse       bool // it is the credential of this very session
	Extra       Extra
}

// GetRef implements Record.
func (t *Token) GetRef() Ref { return t.Ref }

// OwnerRef points to the user whose token it is; zero: not known.
func (t *Token) OwnerRef() Ref { return t.Ref.sibling(KindUser, t.Owner) }

// AccountRef points to the account of the owner; zero: not known.
func (t *Token) AccountRef() Ref { return t.Ref.sibling(KindAccount, t.Account) }

// Get implements Record. Keys: handle type owner account description state
// created expires last_used last_address last_agent max_age extend in_use.
func (t *Token) Get(key string) Value {
	switch key {
	case "handle":
		return Text(t.Handle)
	case "type":
		return Text(t.Type)
	case "owner":
		return Link(t.OwnerRef())
	case "account":
		return Link(t.AccountRef())
	case "description":
		return Text(t.Description)
	case "state":
		return InState(t.State)
	case "created":
		return At(t.Created.Time())
	case "expires":
		return At(t.Expires.Time())
	case "last_used":
		return At(t.LastUsed.Time())
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
	Created Moment
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
		return At(g.Created.Time())
	}
	return g.Extra.get(key)
}

// Event is one entry of a system's own audit trail.
type Event struct {
	Ref       Ref
	Number    int64
	At        Moment
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
		return At(e.At.Time())
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
