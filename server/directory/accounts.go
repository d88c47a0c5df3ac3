package directory

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/names"
	"gatehouse/server/refusal"
	"gatehouse/server/store"
)

const (
	accountColumns = `a.name, a.email, a.type, a.state, a.created_us, a.updated_us, a.version,
		(` + accountUsers + `), (` + accountTokens + `)`
	accountUsers  = `SELECT count(*) FROM users x WHERE x.account_id = a.id`
	accountTokens = `SELECT count(*) FROM users x JOIN tokens t ON t.user_id = x.id WHERE x.account_id = a.id AND ` + activeAccess
	activeAccess  = `t.kind = 'access' AND t.revoked_us IS NULL AND (t.expires_us IS NULL OR t.expires_us > {now})`
)

var (
	oneAccount = single(`SELECT a.id, ` + accountColumns + ` FROM accounts a WHERE a.name = ?2`)
	takenBy    = single(`SELECT (` + accountUsers + `), (` + accountTokens + `),
		(SELECT count(*) FROM users x JOIN tokens t ON t.user_id = x.id
			WHERE x.account_id = a.id AND t.kind = 'access' AND t.last_used_us > ?3)
		FROM accounts a WHERE a.id = ?2`)
)

// single turns SQL with {now} into a statement whose first parameter is the
// time.
func single(text string) string { return strings.ReplaceAll(text, "{now}", "?1") }

// rower is the database outside of a transaction or within one.
type rower interface {
	Row(text string, args ...any) *sql.Row
	Now() time.Time
}

func scanAccount(scan func(...any) error) (wire.Account, error) {
	var a wire.Account
	var created, updated int64
	err := scan(&a.Name, &a.Email, &a.Type, &a.State, &created, &updated, &a.Version, &a.Users, &a.Tokens)
	a.Created, a.Updated = store.Time(created), store.Time(updated)
	return a, err
}

// account reads one account by the name that was sent.
func account(db rower, name string) (id int64, a wire.Account, err error) {
	name, err = names.Canonical(name)
	if err != nil {
		return 0, a, refusal.NotFound("account")
	}
	row := db.Row(oneAccount, store.Micros(db.Now()), name)
	a, err = scanAccount(func(dest ...any) error { return row.Scan(append([]any{&id}, dest...)...) })
	if errors.Is(err, sql.ErrNoRows) {
		return 0, a, refusal.NotFound("account")
	}
	return id, a, err
}

// account reads an account and makes it the target of the event.
func (ch *change) account(name string) (int64, wire.Account, error) {
	if ch.by != nil && !ch.by.Admin {
		return 0, wire.Account{}, refusal.NotFound("account")
	}
	id, a, err := account(ch, name)
	if err == nil {
		ch.event.Target, ch.event.Account = a.Name, a.Name
	}
	return id, a, err
}

// Account shows one account and what a deletion would take along.
func (d *Directory) Account(c *Caller, name string) (wire.Account, error) {
	if !c.Admin {
		return wire.Account{}, refusal.NotFound("account")
	}
	id, a, err := account(d.store, name)
	if err != nil {
		return a, err
	}
	now := d.store.Now()
	a.DeleteTakes = &wire.DeleteTakes{}
	err = d.store.Row(takenBy, store.Micros(now), id, store.Micros(now.Add(-time.Hour))).
		Scan(&a.DeleteTakes.Users, &a.DeleteTakes.Tokens, &a.DeleteTakes.TokensUsedLastHour)
	return a, err
}

// CreateAccount makes an account.
func (d *Directory) CreateAccount(ctx context.Context, c *Caller, o Once, in wire.CreateAccount) (wire.Account, bool, error) {
	var out wire.Account
	var replayed bool
	err := d.change(ctx, c, target{verb: "account.create", kind: "account"}, func(ch *change) (err error) {
		if !ch.by.Admin {
			return refusal.Forbidden("create accounts")
		}
		if replayed, err = ch.replay(o, &out); replayed || err != nil {
			return err
		}
		if out, err = ch.createAccount(in); err != nil {
			return err
		}
		return ch.remember(o, out)
	})
	return out, replayed, err
}

func (ch *change) createAccount(in wire.CreateAccount) (wire.Account, error) {
	var none wire.Account
	name, err := names.Canonical(in.Name)
	if err != nil {
		return none, refusal.Field("body.name", err.Error())
	}
	if err := names.CheckEmail(in.Email); err != nil {
		return none, refusal.Field("body.email", err.Error())
	}
	if in.Type == "" {
		in.Type = wire.AccountTypeUser
	}
	if _, old, err := account(ch, name); err == nil {
		if old.State == wire.AccountDeleting {
			return none, refusal.Conflict(wire.CodeConflict, "An account of this name is still being deleted. Try again when it is gone.")
		}
		return none, refusal.Conflict(wire.CodeConflict, "There is already an account of this name. Choose another name.")
	}
	now := store.Micros(ch.Now())
	err = ch.Exec(`INSERT INTO accounts (name, email, type, state, created_us, updated_us) VALUES (?, ?, ?, 'enabled', ?, ?)`,
		name, in.Email, in.Type, now, now)
	if err != nil {
		return none, err
	}
	ch.event.Target, ch.event.Account = name, name
	ch.after(facts{"email": in.Email, "type": in.Type, "state": wire.AccountEnabled})
	_, a, err := account(ch, name)
	return a, err
}

// UpdateAccount changes e-mail and type.
func (d *Directory) UpdateAccount(ctx context.Context, c *Caller, m Match, name string, in wire.UpdateAccount) (wire.Account, error) {
	var out wire.Account
	err := d.change(ctx, c, target{verb: "account.update", kind: "account"}, func(ch *change) error {
		id, a, err := ch.account(name)
		if err != nil {
			return err
		}
		if err := m.check(a.Version); err != nil {
			return err
		}
		before, after := facts{}, facts{}
		if in.Email != nil && *in.Email != a.Email {
			if err := names.CheckEmail(*in.Email); err != nil {
				return refusal.Field("body.email", err.Error())
			}
			before["email"], after["email"], a.Email = a.Email, *in.Email, *in.Email
		}
		if in.Type != nil && *in.Type != a.Type {
			if a.Name == wire.AdminName {
				return refusal.Conflict(wire.CodeProtected, "The account admin keeps its type.")
			}
			before["type"], after["type"], a.Type = a.Type, *in.Type, *in.Type
		}
		if out = a; len(after) == 0 {
			ch.quiet = true
			return nil
		}
		ch.before(before)
		ch.after(after)
		if err := ch.Exec(`UPDATE accounts SET email = ?, type = ?, updated_us = ?, version = version + 1 WHERE id = ?`,
			a.Email, a.Type, store.Micros(ch.Now()), id); err != nil {
			return err
		}
		_, out, err = account(ch, a.Name)
		return err
	})
	return out, err
}

// EnableAccount lets the users of an account in again.
func (d *Directory) EnableAccount(ctx context.Context, c *Caller, name string) (wire.Account, error) {
	var out wire.Account
	err := d.change(ctx, c, target{verb: "account.enable", kind: "account"}, func(ch *change) error {
		id, a, err := ch.account(name)
		if err != nil {
			return err
		}
		if a.State == wire.AccountDeleting {
			return refusal.State("The account is being deleted and does not come back.",
				wire.AccountDeleting, wire.AccountEnabled, "wait until it is gone, then create it anew")
		}
		out, err = ch.setAccountState(id, a, wire.AccountEnabled)
		return err
	})
	return out, err
}

// DisableAccount keeps the users of an account out and ends their sessions.
func (d *Directory) DisableAccount(ctx context.Context, c *Caller, m Match, name string) (wire.Account, error) {
	var out wire.Account
	err := d.change(ctx, c, target{verb: "account.disable", kind: "account"}, func(ch *change) error {
		id, a, err := ch.account(name)
		if err != nil {
			return err
		}
		if out = a; a.State == wire.AccountDisabled {
			ch.quiet = true
			return nil
		}
		if a.Name == wire.AdminName {
			return refusal.Conflict(wire.CodeProtected, "The account admin cannot be disabled: it is what lets an admin in.")
		}
		if a.State == wire.AccountDeleting {
			return refusal.State("The account is being deleted and does not come back.", wire.AccountDeleting, wire.AccountDisabled, "")
		}
		if err := m.check(a.Version); err != nil {
			return err
		}
		if _, err := ch.endSessions(`user_id IN (SELECT id FROM users WHERE account_id = ?4)`, id, 0); err != nil {
			return err
		}
		if out, err = ch.setAccountState(id, a, wire.AccountDisabled); err != nil {
			return err
		}
		return ch.keepAdmin()
	})
	return out, err
}

// setAccountState changes the state; to have it already is fine and changes
// nothing.
func (ch *change) setAccountState(id int64, a wire.Account, state string) (wire.Account, error) {
	if a.State == state {
		ch.quiet = true
		return a, nil
	}
	ch.before(facts{"state": a.State})
	ch.after(facts{"state": state})
	err := ch.Exec(`UPDATE accounts SET state = ?, updated_us = ?, version = version + 1 WHERE id = ?`,
		state, store.Micros(ch.Now()), id)
	if err != nil {
		return a, err
	}
	_, a, err = account(ch, a.Name)
	return a, err
}

// DeleteAccount takes users and credentials at once; the account itself stays
// as deleting until the reaper has finished.
func (d *Directory) DeleteAccount(ctx context.Context, c *Caller, m Match, name string) (wire.Account, error) {
	var out wire.Account
	err := d.change(ctx, c, target{verb: "account.delete", kind: "account"}, func(ch *change) error {
		id, a, err := ch.account(name)
		if err != nil {
			return err
		}
		if out = a; a.State == wire.AccountDeleting {
			ch.quiet = true
			return nil
		}
		if a.Name == wire.AdminName {
			return refusal.Conflict(wire.CodeProtected, "The account admin cannot be deleted: it is what lets an admin in.")
		}
		if a.State != wire.AccountDisabled {
			return refusal.State("An account goes from disabled to deleting, and this one is enabled. Disable it first, then delete it.",
				a.State, wire.AccountDeleting, "disable the account")
		}
		if err := m.check(a.Version); err != nil {
			return err
		}
		users, err := ch.Count(`DELETE FROM users WHERE account_id = ?`, id) // their tokens go with them
		if err != nil {
			return err
		}
		tokens := a.Tokens
		if out, err = ch.setAccountState(id, a, wire.AccountDeleting); err != nil {
			return err
		}
		ch.after(facts{"state": wire.AccountDeleting, "users": users, "tokens": tokens})
		return ch.keepAdmin()
	})
	if err == nil {
		d.wakeReaper()
	}
	return out, err
}

// keepAdmin refuses a change after which nobody could administer any more.
func (ch *change) keepAdmin() error {
	var left int
	err := ch.Row(`SELECT count(*) FROM users u JOIN accounts a ON a.id = u.account_id
		WHERE u.admin = 1 AND u.state = 'active' AND a.state = 'enabled'`).Scan(&left)
	if err != nil {
		return err
	}
	if left == 0 {
		return refusal.Conflict(wire.CodeLastAdmin, "After this change no admin could sign in any more. Make somebody else an admin first.")
	}
	return nil
}
