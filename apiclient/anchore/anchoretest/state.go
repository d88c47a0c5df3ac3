package anchoretest

import (
	"crypto/rand"
	"encoding/base64"
	mrand "math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

type account struct {
	name, kind, state, email string
	created, updated         time.Time
	reaped                   time.Time // when it is gone; zero: it stays
}

type user struct {
	id, name, account, kind string
	idp, source             string
	created                 time.Time
	password                *password
	keys                    map[string]*apiKey
}

type password struct {
	value   string
	created time.Time
}

type apiKey struct {
	name, description, value string
	revoked                  bool
	expires                  time.Time
	created, updated         time.Time
}

type role struct {
	name, description string
	permissions       []string
}

// grant is a role of a user in a domain.
type grant struct {
	user, domain, role string
	group              string // "": given directly
	created            time.Time
}

// identity is what the server takes a caller for; it is kept for five seconds.
type identity struct {
	user, id, account, accountKind, accountState string
	password                                     *password
	direct                                       bool // signed in with the password itself
	until                                        time.Time
}

type state struct {
	accounts map[string]*account
	users    map[string]*user
	grants   []grant
	roles    []role
	cache    map[string]identity
	bearers  map[string]bearer
	order    *mrand.Rand
}

// bearer is a token of OAuth. It names its user by id: it dies with the user's
// record and not with the password.
type bearer struct {
	id      string
	expires time.Time
}

const (
	lag         = 5 * time.Second
	bearerLife  = time.Hour
	systemUser  = "anchore-system"
	apiKeyUser  = "_api_key"
	kindAdmin   = "admin"
	kindUser    = "user"
	kindService = "service"
)

func newState(o Options) state {
	now := o.Clock.Now()
	s := state{
		accounts: map[string]*account{}, users: map[string]*user{}, cache: map[string]identity{}, bearers: map[string]bearer{},
		order: mrand.New(mrand.NewPCG(1, 2)), roles: predefined(),
	}
	for _, a := range []account{
		{name: "admin", kind: kindAdmin, email: "admin@myanchore"}, {name: systemUser, kind: kindService, email: "system@system"},
	} {
		a.state, a.created, a.updated = "enabled", now, now
		s.accounts[a.name] = &a
		s.users[a.name] = &user{id: uuid.NewString(), name: a.name, account: a.name, kind: "native", created: now, keys: map[string]*apiKey{}}
	}
	s.users[systemUser].kind = "internal"
	s.users[AdminUser].password = &password{AdminPassword, now}
	return s
}

// reap ends accounts whose clean-up is over.
func (s *Server) reap() {
	now := s.opts.Clock.Now()
	for name, a := range s.state.accounts {
		if a.reaped.IsZero() || now.Before(a.reaped) {
			continue
		}
		delete(s.state.accounts, name)
		for _, u := range s.state.users {
			if u.account == name {
				s.drop(u)
			}
		}
	}
}

// drop ends a user with all that he has.
func (s *Server) drop(u *user) {
	delete(s.state.users, u.name)
	kept := s.state.grants[:0]
	for _, g := range s.state.grants {
		if g.user != u.name {
			kept = append(kept, g)
		}
	}
	s.state.grants = kept
}

func (c *call) now() time.Time { return c.opts.Clock.Now() }

// authenticate finds out who calls. The answer is nil when he may go on.
func (c *call) authenticate() *answer {
	name, secret, basic := c.req.BasicAuth()
	scheme, token, _ := strings.Cut(c.req.Header.Get("Authorization"), " ")
	var known bool
	switch {
	case basic && name == apiKeyUser && c.v2:
		known = c.byKey(secret)
	case basic:
		known = c.byPassword(name, secret)
	case strings.EqualFold(scheme, "bearer"), strings.EqualFold(scheme, "jwt"):
		known = c.byBearer(token)
	}
	if !known {
		a := unauthorized()
		return &a
	}
	if c.who.accountState != "enabled" && c.who.accountKind == kindUser {
		a := refuse(http.StatusForbidden, "Not authorized. Account %s not enabled.", c.who.account)
		return &a
	}
	return nil
}

// identify looks a user up, at most every five seconds.
func (c *call) identify(name string) (identity, bool) {
	if id, ok := c.state.cache[name]; ok && c.now().Before(id.until) {
		return id, true
	}
	delete(c.state.cache, name)
	u, ok := c.state.users[name]
	if !ok {
		return identity{}, false
	}
	a := c.state.accounts[u.account]
	id := identity{user: u.name, id: u.id, account: a.name, accountKind: a.kind, accountState: a.state, until: c.now().Add(lag)}
	if u.password != nil {
		kept := *u.password
		id.password = &kept
	}
	c.state.cache[name] = id
	return id, true
}

func (c *call) byPassword(name, secret string) bool {
	id, ok := c.identify(name)
	if !ok || id.password == nil || id.password.value != secret {
		return false
	}
	id.direct = true
	c.who = id
	return true
}

func (c *call) byKey(secret string) bool {
	for _, u := range c.state.users {
		for _, k := range u.keys {
			if k.value == secret {
				id, ok := c.identify(u.name)
				c.who = id
				return ok && k.status(c.now()) == "active"
			}
		}
	}
	return false
}

func (c *call) byBearer(token string) bool {
	b, ok := c.state.bearers[token]
	if !ok || !c.now().Before(b.expires) {
		return false
	}
	for _, u := range c.state.users {
		if u.id == b.id {
			c.who, ok = c.identify(u.name)
			return ok
		}
	}
	return false
}

// may asks the native authorizer: users of admin and service accounts may do
// everything, others everything within their own account.
func (c *call) may(domain, action, target string) *answer {
	switch {
	case c.who.accountKind == kindAdmin, c.who.accountKind == kindService, domain == c.who.account:
		return nil
	}
	a := refuse(http.StatusForbidden, "Not authorized. Requires permissions: domain=%s action=%s target=%s", domain, action, target)
	return &a
}

// sender is who a request says it is from.
func sender(r *http.Request) string {
	if name, _, ok := r.BasicAuth(); ok {
		return name
	}
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return scheme
}

func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

func randomText() string {
	var b [30]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// shuffled gives the values of a map in an order that changes from call to
// call, as that of a database does.
func shuffled[T any](s *Server, in map[string]T, keep func(T) bool) []T {
	out := []T{}
	for _, v := range in {
		if keep(v) {
			out = append(out, v)
		}
	}
	s.state.order.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
