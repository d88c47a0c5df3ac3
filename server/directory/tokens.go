package directory

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/names"
	"gatehouse/server/refusal"
	"gatehouse/server/store"
)

const (
	tokenColumns = `t.prefix, t.kind, u.name, a.name, t.description, ` + tokenState + `, t.max_age_s, t.extend,
		t.created_us, t.created_by, t.expires_us, t.revoked_us, t.revoked_by, t.last_used_us, t.last_ip, t.last_agent, t.version`
	tokenState = `CASE WHEN t.revoked_us IS NOT NULL THEN 'revoked' WHEN t.expires_us <= {now} THEN 'expired' ELSE 'active' END`
	// Every token has a user and every user an account. They are joined from the
	// left all the same, because SQLite then leaves out the ones that a count
	// does not look at.
	tokenFrom = `tokens t LEFT JOIN users u ON u.id = t.user_id LEFT JOIN accounts a ON a.id = u.account_id`
)

var oneToken = single(`SELECT t.id, ` + tokenColumns + ` FROM ` + tokenFrom + ` WHERE t.prefix = ?2`)

func scanToken(scan func(...any) error) (wire.Token, error) {
	var t wire.Token
	var created int64
	var expires, revoked, used sql.NullInt64
	err := scan(&t.Prefix, &t.Kind, &t.UserName, &t.Account, &t.Description, &t.State, &t.MaxAgeSeconds, &t.ExtendWhenUsed,
		&created, &t.CreatedBy, &expires, &revoked, &t.RevokedBy, &used, &t.LastUsedIP, &t.LastUsedAgent, &t.Version)
	t.Created = store.Time(created)
	t.Expires, t.Revoked, t.LastUsed = store.NullTime(expires), store.NullTime(revoked), store.NullTime(used)
	return t, err
}

// readToken reads one token that the caller may see.
func readToken(db rower, c *Caller, prefix string) (int64, wire.Token, error) {
	if _, ok := wire.PrefixKind(prefix); !ok {
		return 0, wire.Token{}, refusal.NotFound("token")
	}
	var id int64
	row := db.Row(oneToken, store.Micros(db.Now()), prefix)
	t, err := scanToken(func(dest ...any) error { return row.Scan(append([]any{&id}, dest...)...) })
	if errors.Is(err, sql.ErrNoRows) || err == nil && !c.mayTouch(t.UserName) {
		return 0, wire.Token{}, refusal.NotFound("token")
	}
	return id, t, err
}

// Token shows one token.
func (d *Directory) Token(c *Caller, prefix string) (wire.Token, error) {
	_, t, err := readToken(d.store, c, prefix)
	return t, err
}

type newToken struct {
	kind          wire.Kind
	userID        int64
	by            string
	description   string
	maxAge        int64
	extend        bool
	expires, hard *time.Time
}

type minted struct {
	id     int64
	prefix string
	secret wire.Secret
}

// mint makes a token and stores what can be stored of it: its prefix and the
// hash of the whole.
func (d *Directory) mint(ch *change, t newToken) (minted, error) {
	secret, err := wire.NewToken(d.random, t.kind)
	if err != nil {
		return minted{}, err
	}
	parsed, err := wire.Parse(secret)
	if err != nil {
		return minted{}, err
	}
	if t.by == "" && ch.by != nil {
		t.by = ch.by.UserName
	}
	id, err := ch.Insert(`INSERT INTO tokens (prefix, sum, kind, user_id, description, max_age_s, extend, created_us, created_by, expires_us, cap_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, parsed.Prefix, parsed.Sum[:], t.kind.String(), t.userID, t.description, t.maxAge, t.extend,
		store.Micros(ch.Now()), t.by, store.NullMicros(t.expires), store.NullMicros(t.hard))
	return minted{id, parsed.Prefix, secret}, err
}

// CreateToken makes an access token.
func (d *Directory) CreateToken(ctx context.Context, c *Caller, o Once, in wire.CreateToken) (wire.TokenCreated, error) {
	var out wire.TokenCreated
	var made minted
	err := d.change(ctx, c, target{verb: "token.create", kind: "token"}, func(ch *change) error {
		replayed, err := ch.replay(o, &out)
		if out.Replayed = replayed; replayed || err != nil {
			return err
		}
		if made, err = d.createToken(ch, in); err != nil {
			return err
		}
		if _, out.Record, err = readToken(ch, ch.by, made.prefix); err != nil {
			return err
		}
		return ch.remember(o, out)
	})
	if err == nil && !made.secret.IsZero() {
		carried := wire.Carry(made.secret)
		out.Token = &carried
	}
	return out, err
}

func (d *Directory) createToken(ch *change, in wire.CreateToken) (minted, error) {
	owner := in.UserName
	if owner == "" {
		owner = ch.by.UserName
	}
	u, err := readUser(ch, owner)
	if err != nil || !ch.by.mayTouch(u.Name) {
		if _, unknown := refusal.As(err); err == nil || unknown {
			return minted{}, refusal.Field("body.user_name", "there is no such user, or it is not yours to see")
		}
		return minted{}, err
	}
	ch.onUser(u.User)
	if err := usable(u.User); err != nil {
		return minted{}, err
	}
	if err := names.CheckText(in.Description); err != nil {
		return minted{}, refusal.Field("body.description", err.Error())
	}
	t := newToken{kind: wire.KindAccess, userID: u.id, description: in.Description, maxAge: age(wire.DefaultMaxAge), extend: in.ExtendWhenUsed}
	if in.MaxAgeSeconds != nil {
		t.maxAge = *in.MaxAgeSeconds
	}
	if t.maxAge > 0 {
		expires := ch.Now().Add(time.Duration(t.maxAge) * time.Second)
		t.expires = &expires
	} else if t.extend {
		return minted{}, refusal.Field("body.extend_when_used", "a token that does not expire cannot be extended")
	}
	made, err := d.mint(ch, t)
	ch.event.Target = made.prefix
	ch.after(facts{"description": t.description, "max_age_seconds": t.maxAge, "extend_when_used": t.extend})
	return made, err
}

func usable(u wire.User) error {
	if u.State == wire.UserInactive {
		return refusal.State("The user is inactive, so a token would not work. Enable the user first.", u.State, u.State, "enable the user")
	}
	if u.AccountState != wire.AccountEnabled {
		return refusal.State("The account of the user is not enabled, so a token would not work. Enable the account first.",
			u.AccountState, u.AccountState, "enable the account")
	}
	return nil
}

// UpdateToken changes the description.
func (d *Directory) UpdateToken(ctx context.Context, c *Caller, m Match, prefix string, in wire.UpdateToken) (wire.Token, error) {
	var out wire.Token
	err := d.change(ctx, c, target{verb: "token.update", kind: "token"}, func(ch *change) error {
		id, t, err := readToken(ch, ch.by, prefix)
		if err != nil {
			return err
		}
		ch.onToken(t)
		if err := m.check(t.Version); err != nil {
			return err
		}
		if out = t; in.Description == nil || *in.Description == t.Description {
			ch.quiet = true
			return nil
		}
		if err := names.CheckText(*in.Description); err != nil {
			return refusal.Field("body.description", err.Error())
		}
		ch.before(facts{"description": t.Description})
		ch.after(facts{"description": *in.Description})
		if err := ch.Exec(`UPDATE tokens SET description = ?, version = version + 1 WHERE id = ?`, *in.Description, id); err != nil {
			return err
		}
		_, out, err = readToken(ch, ch.by, prefix)
		return err
	})
	return out, err
}

func (ch *change) onToken(t wire.Token) {
	ch.event.Target, ch.event.Account, ch.event.UserName = t.Prefix, t.Account, t.UserName
}

// Revoke ends tokens, each with a result of its own; those that are unknown
// keep none of the others from ending.
func (d *Directory) Revoke(ctx context.Context, c *Caller, o Once, prefixes []string, token *wire.Secret) (wire.RevokeAnswer, error) {
	out := wire.RevokeAnswer{Items: []wire.RevokeItem{}}
	err := d.change(ctx, c, target{verb: "token.revoke", kind: "token"}, func(ch *change) error {
		ch.quiet = true // each token has an event of its own
		replayed, err := ch.replay(o, &out)
		if out.Replayed = replayed; replayed || err != nil {
			return err
		}
		if token != nil {
			item, err := ch.revokeWhole(*token)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, item)
		}
		for _, prefix := range prefixes {
			item, err := ch.revoke(prefix)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, item)
		}
		return ch.remember(o, out)
	})
	return out, err
}

// revokeWhole ends a token that was shown in full. The hash is compared, so
// that a made-up token with a known prefix ends nothing.
func (ch *change) revokeWhole(token wire.Secret) (wire.RevokeItem, error) {
	none := wire.RevokeItem{Result: wire.RevokeNotFound}
	parsed, err := wire.Parse(token)
	if err != nil {
		return none, nil
	}
	var sum []byte
	err = ch.Row(`SELECT sum FROM tokens WHERE prefix = ?`, parsed.Prefix).Scan(&sum)
	if errors.Is(err, sql.ErrNoRows) || err == nil && subtle.ConstantTimeCompare(sum, parsed.Sum[:]) != 1 {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	return ch.revoke(parsed.Prefix)
}

func (ch *change) revoke(prefix string) (wire.RevokeItem, error) {
	item := wire.RevokeItem{Result: wire.RevokeNotFound}
	if _, ok := wire.PrefixKind(prefix); ok {
		item.Prefix = prefix
	}
	id, t, err := readToken(ch, ch.by, prefix)
	if err != nil {
		if _, unknown := refusal.As(err); unknown {
			return item, nil
		}
		return item, err
	}
	item.UserName = t.UserName
	if t.State == wire.TokenRevoked {
		item.Result, item.Revoked = wire.RevokeAlready, t.Revoked
		return item, nil
	}
	now := ch.Now()
	item.Result, item.Revoked = wire.RevokeDone, &now
	if err := ch.Exec(`UPDATE tokens SET revoked_us = ?, revoked_by = ?, version = version + 1 WHERE id = ?`,
		store.Micros(now), ch.by.UserName, id); err != nil {
		return item, err
	}
	on := target{"token.revoke", "token", t.Prefix, t.Account, t.UserName}
	return item, ch.also(on, facts{"state": wire.TokenRevoked, "before": t.State})
}
