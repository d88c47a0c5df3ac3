package apiclient

import (
	"context"
	"time"
)

// Driver is a kind of system: one folder, one value.
type Driver struct {
	Name     string // gatehouse, anchore, ais, aiven, arvados, juju
	Title    string
	Methods  []Method   // ways to sign in, the usual one first
	Verbs    []VerbSpec // what it can do, with its fields; known offline
	Missing  map[Verb]string
	Classify func(Secret) []Match // offline: could this be one of its tokens
	Open     func(context.Context, Target, Credential) (Backend, error)
	SignIn   func(ctx context.Context, t Target, method string, with Values) (Credential, error)
	Redeem   func(ctx context.Context, s Secret, with Values) (Target, Credential, Outcome, error) // nil: has no registration strings
	// RedeemFields is what Redeem asks for beside the string.
	RedeemFields []Field
}

// Verb finds what the driver declares of a verb.
func (d Driver) Verb(v Verb) (VerbSpec, bool) {
	for _, s := range d.Verbs {
		if s.Verb == v {
			return s, true
		}
	}
	return VerbSpec{}, false
}

// Method is a way to sign in.
type Method struct {
	Name   string // password, token
	Title  string
	Fields []Field
	// Found lists where its values may be already: official variables and
	// files of the system, read and never written.
	Found []Source
}

// Source is a place where a credential may be found.
type Source struct {
	Name string // "AIVEN_AUTH_TOKEN", "~/.ais/token"
	Read func(lookup func(string) (string, bool)) (Target, Credential, error)
}

// Match is an offline opinion on a pasted token.
type Match struct {
	Driver  string
	Kind    string // "access token", "registration string"
	Handle  string
	Owner   string // as the token itself says, unverified
	Origin  string // where it belongs, if the token says so
	Expires time.Time
	Sure    Sureness
	Note    string // "checksum wrong: a typo?"
}

// Sureness of a match.
type Sureness uint8

// From shape only to proof by checksum or structure.
const (
	Guess Sureness = iota
	Likely
	Certain
)

// Target is where a system is.
type Target struct {
	Context string
	URL     string
	User    string
	CAFile  string
	Options map[string]string // what only one system has
}

// Credential is what proves who we are, bound to one origin.
type Credential struct {
	Method  string
	User    string
	Secret  Secret
	Expires time.Time
	// Entered says that it is what a person would enter to sign in by Method,
	// from wherever it is kept: SignIn comes first, and makes of it what Open
	// wants.
	Entered bool
}

// Enter signs in with a credential that is Entered, where its method is one
// that asks for a secret. Any other is ready for Open as it is.
func (d Driver) Enter(ctx context.Context, t Target, c Credential) (Credential, error) {
	if !c.Entered || d.SignIn == nil {
		return c, nil
	}
	for _, m := range d.Methods {
		if m.Name != c.Method {
			continue
		}
		with := Values{}
		for _, f := range m.Fields {
			switch {
			case f.Kind == SecretField && f.Required:
				with[f.Name] = Input{Secret: c.Secret}
			case f.Name == "user" && c.User != "":
				with[f.Name] = Input{Text: c.User}
			case f.Default != "":
				with[f.Name] = Input{Text: f.Default}
			}
		}
		return d.SignIn(ctx, t, m.Name, with)
	}
	return c, nil
}

// NeedMore is the error of SignIn when the system asks for a second round.
type NeedMore struct {
	Fields []Field
	Words  string
}

// Error implements error.
func (n *NeedMore) Error() string { return "more is needed to sign in: " + n.Words }

// Identity is who we are there.
type Identity struct {
	User    Ref
	Account Ref
	Token   Ref // the credential in use; zero where it is no token
	Admin   bool
	Name    string // as the header shows it
	Method  string
	Expires time.Time
}

// Noun is a word in both numbers.
type Noun struct{ One, Many string }

// Column is one column of a list, or one line of an inspect page.
type Column struct {
	Key      string
	Title    string
	Kind     ValueKind
	Min, Max int  // width in cells; Max 0: as wide as there is room
	Priority int  // 0 stays longest when the screen is narrow
	Detail   bool // in inspect, filters and exports only
	Middle   bool // an id: cut in the middle, both ends show
}

// Support says whether something is there, and if not, why.
type Support struct {
	OK  bool
	Why string
}

// Opens says where enter leads from a record of a kind.
type Opens struct {
	To  Kind   // "": nowhere
	Why string // To is "": why not
}

// Info is what one backend, for the user who is signed in, has and has not.
type Info struct {
	Context string
	Driver  string
	System  string // name and version, for the eyes
	URL     string
	Words   map[Kind]Noun
	Columns map[Kind][]Column
	Lists   map[Kind]Support
	Verbs   map[Verb]Support
	Opens   map[Kind]Opens
	Lag     time.Duration // how long a revoked token may go on working
	Live    bool          // Watch tells changes; else lists are refreshed by the clock
}

// Word gives the noun for a kind.
func (i Info) Word(k Kind) Noun {
	if n, ok := i.Words[k]; ok {
		return n
	}
	return Noun{One: string(k), Many: string(k) + "s"}
}

// Change says that something of a kind has changed on the server. A zero Ref
// means: anything of that kind.
type Change struct {
	Kind   Kind
	Ref    Ref
	Gone   bool
	Number int64
}

// Backend is one system, signed in. All reads change nothing; Do is the only
// way to change anything. Errors are *Failure.
type Backend interface {
	Info() Info
	WhoAmI(context.Context) (Identity, error)

	Accounts(context.Context, Query) (Page[Account], error)
	Users(context.Context, Query) (Page[User], error)
	Tokens(context.Context, Query) (Page[Token], error)
	Roles(context.Context, Query) (Page[Role], error)
	Grants(context.Context, Query) (Page[Grant], error)
	Events(context.Context, Query) (Page[Event], error)
	Objects(context.Context, Query) (Page[Object], error)

	// Read gives one record afresh, with what lists leave out.
	Read(context.Context, Ref) (Record, error)

	// Prepare makes a plan of ops: expands them into steps, observes
	// versions, counts, and tells facts and blocks. It changes nothing.
	Prepare(context.Context, []Op) (Plan, error)

	// Do carries out one op.
	Do(context.Context, Op) Outcome

	// ReadBack looks what became of an op whose end is unknown.
	ReadBack(context.Context, Op) (Finding, error)

	// Probe uses that very token, at its own origin only.
	Probe(context.Context, Secret) ([]Verdict, error)

	// Watch tells changes until ctx ends or the connection breaks, which
	// closes the channel. Only where Info.Live.
	Watch(context.Context) (<-chan Change, error)

	// Close ends idle connections and forgets the credential.
	Close()
}

// Batcher is what a backend offers that can carry out several ops of one verb
// in one call. Outcomes come in the order of the ops.
type Batcher interface {
	BatchSize(Verb) int // how many at most; 0 or 1: not for this verb
	DoBatch(context.Context, []Op) []Outcome
}
