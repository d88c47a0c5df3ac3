package directory

import (
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/refusal"
	"gatehouse/server/store"
)

// longestAgent is where a user agent is cut, in bytes.
const longestAgent = 256

// Origin is where a request came from.
type Origin struct {
	IP        string
	Agent     string
	RequestID string
}

// CleanAgent cuts a user agent and takes control characters out.
func CleanAgent(agent string) string {
	if len(agent) > longestAgent {
		agent = agent[:longestAgent]
		for !utf8.ValidString(agent) && len(agent) > longestAgent-utf8.UTFMax {
			agent = agent[:len(agent)-1]
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, agent)
}

// Caller is who makes a request, with what, from where.
type Caller struct {
	Origin
	UserID   int64
	UserName string
	Account  string
	Admin    bool
	TokenID  int64
	Prefix   string
	Kind     string
	Created  time.Time
	Expires  *time.Time
}

// callerRow is what decides over a token. It is read in one statement, so that
// token, user and account are of one moment.
const callerRow = `SELECT t.id, t.sum, t.kind, t.created_us, t.expires_us, t.revoked_us, t.extend,
	t.last_used_us, t.last_ip, t.last_agent,
	u.id, u.name, u.admin, u.state, a.name, a.state
	FROM tokens t JOIN users u ON u.id = t.user_id JOIN accounts a ON a.id = u.account_id
	WHERE t.prefix = ?`

type tokenFacts struct {
	sum                     []byte
	userState, accountState string
	created                 int64
	expires, revoked, used  sql.NullInt64
	extend                  bool
	lastIP, lastAgent       string
}

// alive tells whether the token may be used at a moment.
func (f tokenFacts) alive(now time.Time) bool {
	return !f.revoked.Valid && (!f.expires.Valid || f.expires.Int64 > now.UnixMicro()) &&
		f.userState != wire.UserInactive && f.accountState == wire.AccountEnabled
}

// errDead is one answer for all that can be wrong with a token.
func errDead() error {
	return refusal.Unauthenticated("The token is not valid: it is unknown, expired or revoked, or its user or account is not active. Sign in again.")
}

// Authenticate finds out who a token is. Texts that cannot be tokens are
// refused without asking the database.
func (d *Directory) Authenticate(token wire.Secret, from Origin) (*Caller, error) {
	parsed, err := wire.Parse(token)
	if err != nil || parsed.Kind == wire.KindRegister {
		return nil, errDead()
	}
	c := &Caller{Origin: from, Prefix: parsed.Prefix}
	f, err := c.read(d.store.Row(callerRow, parsed.Prefix))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errDead()
	}
	if err != nil {
		return nil, fmt.Errorf("look up a token: %w", err)
	}
	now := d.store.Now()
	if subtle.ConstantTimeCompare(f.sum, parsed.Sum[:]) != 1 || !f.alive(now) {
		return nil, errDead()
	}
	if err := d.used(c, f, now); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Caller) read(row *sql.Row) (tokenFacts, error) {
	var f tokenFacts
	err := row.Scan(&c.TokenID, &f.sum, &c.Kind, &f.created, &f.expires, &f.revoked, &f.extend,
		&f.used, &f.lastIP, &f.lastAgent,
		&c.UserID, &c.UserName, &c.Admin, &f.userState, &c.Account, &f.accountState)
	c.Created, c.Expires = store.Time(f.created), store.NullTime(f.expires)
	return f, err
}

// Alive tells whether the caller's token could still be used now.
func (d *Directory) Alive(c *Caller) bool {
	again := &Caller{}
	f, err := again.read(d.store.Row(callerRow, c.Prefix))
	return err == nil && f.alive(d.store.Now())
}

// again reads the caller anew inside a transaction: a token that was revoked,
// or a user that was disabled or lost admin, since the request came in, changes
// nothing any more.
func (c *Caller) again(tx *store.Tx) (*Caller, error) {
	now := &Caller{Origin: c.Origin, Prefix: c.Prefix}
	f, err := now.read(tx.Row(callerRow, c.Prefix))
	if errors.Is(err, sql.ErrNoRows) || err == nil && !f.alive(tx.Now()) {
		return nil, errDead()
	}
	return now, err
}

// mayTouch tells whether a record of a user is the caller's to see and change.
func (c *Caller) mayTouch(userName string) bool { return c.Admin || c.UserName == userName }
