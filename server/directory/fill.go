package directory

import (
	"context"
	"fmt"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/names"
	"gatehouse/server/passwords"
	"gatehouse/server/store"
)

// FillAccount is an account to make.
type FillAccount struct {
	Name, Email, Type string
	Disabled          bool
	Created           time.Time // zero: now
}

// FillUser is a user to make. Without a password he is invited.
type FillUser struct {
	Name, Account, RealName, Email string
	Admin, Inactive                bool
	Password                       wire.Secret
	Created, LastSeen              time.Time // zero: now, never
}

// FillToken is an access token to make.
type FillToken struct {
	User, Description string
	MaxAge            time.Duration // zero: does not expire
	ExtendWhenUsed    bool
	Revoked           bool
	Created, LastUsed time.Time // zero: now, never
	IP, Agent         string    // of the last use
}

// Fill is data to make all at once.
type Fill struct {
	Accounts []FillAccount
	Users    []FillUser
	Tokens   []FillToken
	By       string // who the audit log says made it
}

// Fill makes accounts, users and tokens in one transaction, by the rules and
// with the events of the single changes, and gives the tokens in their order.
// It is much faster than as many requests: the disk syncs once, and users of
// one password share a hash.
func (d *Directory) Fill(ctx context.Context, f Fill) ([]wire.Secret, error) {
	hashes, err := d.fillHashes(ctx, f.Users)
	if err != nil {
		return nil, err
	}
	secrets := make([]wire.Secret, 0, len(f.Tokens))
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		fill := filling{d: d, tx: tx, by: f.By, users: map[string]filled{}}
		for _, a := range f.Accounts {
			if err := fill.account(a); err != nil {
				return fmt.Errorf("fill account %s: %w", a.Name, err)
			}
		}
		for _, u := range f.Users {
			if err := fill.user(u, hashes[u.Password.Reveal()]); err != nil {
				return fmt.Errorf("fill user %s: %w", u.Name, err)
			}
		}
		for _, t := range f.Tokens {
			secret, err := fill.token(t)
			if err != nil {
				return fmt.Errorf("fill a token of %s: %w", t.User, err)
			}
			secrets = append(secrets, secret)
		}
		return (&change{Tx: tx}).keepAdmin()
	})
	return secrets, translate(err)
}

func (d *Directory) fillHashes(ctx context.Context, users []FillUser) (map[string]string, error) {
	hashes := map[string]string{"": ""}
	for _, u := range users {
		text := u.Password.Reveal()
		if _, done := hashes[text]; done {
			continue
		}
		if err := passwords.Check(u.Password, u.Name, u.Account); err != nil {
			return nil, fmt.Errorf("fill user %s: %w", u.Name, err)
		}
		hash, err := d.hasher.Hash(ctx, u.Password)
		if err != nil {
			return nil, err
		}
		hashes[text] = hash
	}
	return hashes, nil
}

type filling struct {
	d     *Directory
	tx    *store.Tx
	by    string
	users map[string]filled
}

// filled is what tokens need to know of their owner.
type filled struct {
	id            int64
	name, account string
}

// change is one change as if somebody had made it at that time.
func (f *filling) change(verb, kind string, at time.Time) *change {
	e := store.Event{Verb: verb, Result: wire.EventDone, Actor: f.by, TargetKind: kind}
	if !at.IsZero() {
		e.TimeMicros = store.Micros(at)
	}
	return &change{Tx: f.tx, event: e}
}

func (f *filling) account(a FillAccount) error {
	ch := f.change("account.create", "account", a.Created)
	made, err := ch.createAccount(wire.CreateAccount{Name: a.Name, Email: a.Email, Type: a.Type})
	if err != nil {
		return err
	}
	state := wire.AccountEnabled
	if a.Disabled {
		state = wire.AccountDisabled
	}
	at := f.at(a.Created)
	if err := f.tx.Exec(`UPDATE accounts SET state = ?, created_us = ?, updated_us = ? WHERE name = ?`, state, at, at, made.Name); err != nil {
		return err
	}
	ch.after(facts{"email": a.Email, "type": made.Type, "state": state})
	return f.tx.Append(ch.event)
}

func (f *filling) at(t time.Time) int64 {
	if t.IsZero() {
		t = f.tx.Now()
	}
	return store.Micros(t)
}

func (f *filling) user(u FillUser, hash string) error {
	ch := f.change("user.create", "user", u.Created)
	id, made, err := ch.createUser(wire.CreateUser{
		Name: u.Name, Account: u.Account, RealName: u.RealName, Email: u.Email, Admin: u.Admin,
	}, hash)
	if err != nil {
		return err
	}
	at := f.at(u.Created)
	err = f.tx.Exec(`UPDATE users SET created_us = ?2, updated_us = ?2, last_seen_us = ?3,
		state = CASE WHEN ?4 THEN 'inactive' ELSE state END WHERE id = ?1`, id, at, store.NullMicros(optional(u.LastSeen)), u.Inactive)
	if err != nil {
		return err
	}
	f.users[made.Name] = filled{id, made.Name, made.Account}
	return f.tx.Append(ch.event)
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (f *filling) owner(name string) (filled, error) {
	canonical, err := names.Canonical(name)
	if err != nil {
		return filled{}, err
	}
	if u, ok := f.users[canonical]; ok {
		return u, nil
	}
	u, err := readUser(f.tx, canonical)
	f.users[canonical] = filled{u.id, u.Name, u.Account}
	return f.users[canonical], err
}

func (f *filling) token(t FillToken) (wire.Secret, error) {
	u, err := f.owner(t.User)
	if err != nil {
		return wire.Secret{}, err
	}
	if err := names.CheckText(t.Description); err != nil {
		return wire.Secret{}, err
	}
	created := t.Created
	if created.IsZero() {
		created = f.tx.Now()
	}
	ch := f.change("token.create", "token", t.Created)
	made, err := f.d.mint(ch, newToken{
		kind: wire.KindAccess, userID: u.id, by: f.by, description: t.Description,
		maxAge: age(t.MaxAge), extend: t.ExtendWhenUsed, expires: expiry(t, created),
	})
	if err != nil {
		return wire.Secret{}, err
	}
	if err := f.history(made.id, t, created); err != nil {
		return wire.Secret{}, err
	}
	ch.event.Target, ch.event.Account, ch.event.UserName = made.prefix, u.account, u.name
	ch.after(facts{"description": t.Description, "max_age_seconds": age(t.MaxAge), "extend_when_used": t.ExtendWhenUsed})
	return made.secret, f.tx.Append(ch.event)
}

// expiry is what creation and last use together lead to.
func expiry(t FillToken, created time.Time) *time.Time {
	if t.MaxAge == 0 {
		return nil
	}
	from := created
	if t.ExtendWhenUsed && t.LastUsed.After(created) {
		from = t.LastUsed
	}
	expires := from.Add(t.MaxAge)
	return &expires
}

// history dates a token back to when it was made, used and revoked.
func (f *filling) history(id int64, t FillToken, created time.Time) error {
	var revoked *time.Time
	by := ""
	if t.Revoked {
		now := f.tx.Now()
		revoked, by = &now, f.by
	}
	return f.tx.Exec(`UPDATE tokens SET created_us = ?2, last_used_us = ?3, last_ip = ?4, last_agent = ?5, revoked_us = ?6, revoked_by = ?7
		WHERE id = ?1`, id, store.Micros(created), store.NullMicros(optional(t.LastUsed)), t.IP, CleanAgent(t.Agent), store.NullMicros(revoked), by)
}
