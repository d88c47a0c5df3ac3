package directory

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/names"
	"gatehouse/server/passwords"
	"gatehouse/server/refusal"
	"gatehouse/server/store"
)

const (
	userColumns = `u.name, a.name, a.state, u.real_name, u.email, u.state, u.admin, (` + userTokens + `), (` + userSessions + `),
		u.last_seen_us, u.created_us, u.updated_us, (` + userInvite + `), u.version`
	userTokens   = `SELECT count(*) FROM tokens t WHERE t.user_id = u.id AND ` + activeAccess
	userSessions = `SELECT count(*) FROM tokens t WHERE t.user_id = u.id AND t.kind = 'session' AND t.revoked_us IS NULL AND t.expires_us > {now}`
	userInvite   = `SELECT max(t.expires_us) FROM tokens t WHERE t.user_id = u.id AND t.kind = 'registration' AND t.revoked_us IS NULL AND t.expires_us > {now}`
	userFrom     = `users u JOIN accounts a ON a.id = u.account_id`
)

var oneUser = single(`SELECT u.id, u.password_hash, ` + userColumns + ` FROM ` + userFrom + ` WHERE u.name = ?2`)

// user is a record with what no answer shows.
type user struct {
	wire.User
	id   int64
	hash string
}

func scanUser(scan func(...any) error) (wire.User, error) {
	var u wire.User
	var created, updated int64
	var seen, invited sql.NullInt64
	err := scan(&u.Name, &u.Account, &u.AccountState, &u.RealName, &u.Email, &u.State, &u.Admin, &u.Tokens, &u.Sessions,
		&seen, &created, &updated, &invited, &u.Version)
	u.LastSeen, u.InvitedExpires = store.NullTime(seen), store.NullTime(invited)
	u.Created, u.Updated = store.Time(created), store.Time(updated)
	return u, err
}

// readUser reads one user by the name that was sent.
func readUser(db rower, name string) (user, error) {
	var u user
	name, err := names.Canonical(name)
	if err != nil {
		return u, refusal.NotFound("user")
	}
	row := db.Row(oneUser, store.Micros(db.Now()), name)
	u.User, err = scanUser(func(dest ...any) error { return row.Scan(append([]any{&u.id, &u.hash}, dest...)...) })
	if errors.Is(err, sql.ErrNoRows) {
		return u, refusal.NotFound("user")
	}
	return u, err
}

// user reads a user that the caller may change and makes it the target of the
// event.
func (ch *change) user(name string) (user, error) {
	u, err := readUser(ch, name)
	if err != nil {
		return u, err
	}
	if ch.by != nil && !ch.by.mayTouch(u.Name) {
		return user{}, refusal.NotFound("user")
	}
	ch.onUser(u.User)
	return u, nil
}

func (ch *change) onUser(u wire.User) {
	ch.event.Account, ch.event.UserName = u.Account, u.Name
	if ch.event.TargetKind == "user" {
		ch.event.Target = u.Name
	}
}

// User shows one user.
func (d *Directory) User(c *Caller, name string) (wire.User, error) {
	u, err := readUser(d.store, name)
	if err == nil && !c.mayTouch(u.Name) {
		return wire.User{}, refusal.NotFound("user")
	}
	return u.User, err
}

// CreateUser makes a user, with a password or with a registration string to
// choose one.
func (d *Directory) CreateUser(ctx context.Context, c *Caller, o Once, in wire.CreateUser) (wire.UserCreated, error) {
	var out wire.UserCreated
	var invite wire.Secret
	if !c.Admin {
		return out, refusal.Forbidden("create users")
	}
	verb, hash := "user.invite", ""
	if in.Password != nil {
		var err error
		verb = "user.create"
		if hash, err = d.newHash(ctx, in.Password.Secret, in.Name, in.Account); err != nil {
			return out, err
		}
	}
	err := d.change(ctx, c, target{verb: verb, kind: "user"}, func(ch *change) error {
		if !ch.by.Admin {
			return refusal.Forbidden("create users")
		}
		replayed, err := ch.replay(o, &out)
		if out.Replayed = replayed; replayed || err != nil {
			return err
		}
		id, u, err := ch.createUser(in, hash)
		if err != nil {
			return err
		}
		if hash == "" {
			if invite, out.Expires, err = d.invite(ch, id, u.Name); err != nil {
				return err
			}
		}
		created, err := readUser(ch, u.Name)
		if out.User = created.User; err != nil {
			return err
		}
		return ch.remember(o, out)
	})
	if err == nil && !invite.IsZero() {
		carried := wire.Carry(invite)
		out.Registration = &carried
	}
	return out, err
}

// newHash checks a new password and hashes it, before the transaction because
// it takes long.
func (d *Directory) newHash(ctx context.Context, password wire.Secret, context ...string) (string, error) {
	if err := passwords.Check(password, context...); err != nil {
		return "", refusal.Field("body.password", err.Error())
	}
	return d.hasher.Hash(ctx, password)
}

func (ch *change) createUser(in wire.CreateUser, hash string) (int64, wire.User, error) {
	var none wire.User
	name, err := names.Canonical(in.Name)
	if err != nil {
		return 0, none, refusal.Field("body.user_name", err.Error())
	}
	if err := checkPerson(in.RealName, in.Email); err != nil {
		return 0, none, err
	}
	accountID, a, err := account(ch, in.Account)
	if err != nil {
		return 0, none, refusal.Field("body.account", "there is no such account")
	}
	if a.State == wire.AccountDeleting {
		return 0, none, refusal.State("The account is being deleted and takes no new users.", a.State, a.State, "choose another account")
	}
	if name == systemActor {
		return 0, none, refusal.Conflict(wire.CodeConflict, "This name stands for the server itself in the audit log. Choose another name.")
	}
	if _, err := readUser(ch, name); err == nil {
		return 0, none, refusal.Conflict(wire.CodeConflict, "There is already a user of this name on this server. Choose another name.")
	}
	state := wire.UserActive
	if hash == "" {
		state = wire.UserInvited
	}
	now := store.Micros(ch.Now())
	id, err := ch.Insert(`INSERT INTO users (name, account_id, real_name, email, state, admin, password_hash, created_us, updated_us)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, name, accountID, in.RealName, in.Email, state, in.Admin, hash, now, now)
	if err != nil {
		return 0, none, err
	}
	u := wire.User{Name: name, Account: a.Name}
	ch.onUser(u)
	ch.after(facts{"account": a.Name, "real_name": in.RealName, "email": in.Email, "admin": in.Admin, "state": state})
	return id, u, nil
}

func checkPerson(realName, email string) error {
	if err := names.CheckText(realName); err != nil {
		return refusal.Field("body.real_name", err.Error())
	}
	if err := names.CheckEmail(email); err != nil {
		return refusal.Field("body.email", err.Error())
	}
	return nil
}

// UpdateUser changes real name, e-mail and, by an admin, whether he is one.
func (d *Directory) UpdateUser(ctx context.Context, c *Caller, m Match, name string, in wire.UpdateUser) (wire.User, error) {
	var out wire.User
	err := d.change(ctx, c, target{verb: "user.update", kind: "user"}, func(ch *change) error {
		u, err := ch.user(name)
		if err != nil {
			return err
		}
		if err := m.check(u.Version); err != nil {
			return err
		}
		before, after := facts{}, facts{}
		if in.RealName != nil && *in.RealName != u.RealName {
			before["real_name"], after["real_name"], u.RealName = u.RealName, *in.RealName, *in.RealName
		}
		if in.Email != nil && *in.Email != u.Email {
			before["email"], after["email"], u.Email = u.Email, *in.Email, *in.Email
		}
		if in.Admin != nil && *in.Admin != u.Admin {
			if !ch.by.Admin {
				return refusal.Forbidden("make somebody an admin or no longer one")
			}
			before["admin"], after["admin"], u.Admin = u.Admin, *in.Admin, *in.Admin
		}
		if err := checkPerson(u.RealName, u.Email); err != nil {
			return err
		}
		if out = u.User; len(after) == 0 {
			ch.quiet = true
			return nil
		}
		ch.before(before)
		ch.after(after)
		if err := ch.Exec(`UPDATE users SET real_name = ?, email = ?, admin = ? WHERE id = ?`, u.RealName, u.Email, u.Admin, u.id); err != nil {
			return err
		}
		if out, err = ch.touched(u); err != nil {
			return err
		}
		return ch.keepAdmin()
	})
	return out, err
}

// touched counts the version of a user up and reads him again.
func (ch *change) touched(u user) (wire.User, error) {
	if err := ch.Exec(`UPDATE users SET updated_us = ?, version = version + 1 WHERE id = ?`, store.Micros(ch.Now()), u.id); err != nil {
		return u.User, err
	}
	again, err := readUser(ch, u.Name)
	return again.User, err
}

// EnableUser lets a user in again.
func (d *Directory) EnableUser(ctx context.Context, c *Caller, name string) (wire.User, error) {
	return d.setUserState(ctx, c, Match{Given: true, Any: true}, name, "user.enable")
}

// DisableUser keeps a user out and ends his sessions.
func (d *Directory) DisableUser(ctx context.Context, c *Caller, m Match, name string) (wire.User, error) {
	return d.setUserState(ctx, c, m, name, "user.disable")
}

func (d *Directory) setUserState(ctx context.Context, c *Caller, m Match, name, verb string) (wire.User, error) {
	var out wire.User
	err := d.change(ctx, c, target{verb: verb, kind: "user"}, func(ch *change) error {
		u, err := ch.user(name)
		if err != nil {
			return err
		}
		if !ch.by.Admin {
			return refusal.Forbidden("enable and disable users")
		}
		state := wire.UserInactive
		if verb == "user.enable" {
			if state = u.State; state == wire.UserInactive {
				state = restored(u)
			}
		}
		if out = u.User; u.State == state {
			ch.quiet = true
			return nil
		}
		if err := m.check(u.Version); err != nil {
			return err
		}
		if state == wire.UserInactive {
			if _, err := ch.endSessions(`user_id = ?4`, u.id, 0); err != nil {
				return err
			}
		}
		ch.before(facts{"state": u.State})
		ch.after(facts{"state": state})
		if err := ch.Exec(`UPDATE users SET state = ? WHERE id = ?`, state, u.id); err != nil {
			return err
		}
		if out, err = ch.touched(u); err != nil {
			return err
		}
		return ch.keepAdmin()
	})
	return out, err
}

// restored is the state that a user comes back to: who never chose a password
// is still invited.
func restored(u user) string {
	if u.hash == "" {
		return wire.UserInvited
	}
	return wire.UserActive
}

// DeleteUser removes a user with all credentials.
func (d *Directory) DeleteUser(ctx context.Context, c *Caller, m Match, name string) error {
	return d.change(ctx, c, target{verb: "user.delete", kind: "user"}, func(ch *change) error {
		u, err := ch.user(name)
		if err != nil {
			return err
		}
		if !ch.by.Admin {
			return refusal.Forbidden("delete users")
		}
		if err := m.check(u.Version); err != nil {
			return err
		}
		ch.before(facts{"account": u.Account, "state": u.State, "admin": u.Admin, "tokens": u.Tokens, "sessions": u.Sessions})
		if err := ch.Exec(`DELETE FROM users WHERE id = ?`, u.id); err != nil {
			return err
		}
		return ch.keepAdmin()
	})
}

// endSessions revokes the sessions that match; but is one that stays.
func (ch *change) endSessions(which string, id, but int64) (int, error) {
	actor := systemActor
	if ch.by != nil {
		actor = ch.by.UserName
	}
	return ch.Count(`UPDATE tokens SET revoked_us = ?1, revoked_by = ?2, version = version + 1
		WHERE kind = 'session' AND revoked_us IS NULL AND expires_us > ?1 AND id <> ?3 AND `+which,
		store.Micros(ch.Now()), actor, but, id)
}

// age is a duration in the seconds that are stored.
func age(d time.Duration) int64 { return int64(d / time.Second) }
