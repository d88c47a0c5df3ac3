package directory

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/passwords"
	"gatehouse/server/refusal"
	"gatehouse/server/store"
)

// SetPassword sets another's password, as an admin, which ends all his
// sessions; or one's own, with the old one, which ends one's other sessions.
func (d *Directory) SetPassword(ctx context.Context, c *Caller, name string, in wire.SetPassword) (wire.PasswordSet, error) {
	var out wire.PasswordSet
	u, err := readUser(d.store, name)
	if err != nil {
		return out, err
	}
	if !c.mayTouch(u.Name) {
		return out, refusal.NotFound("user")
	}
	own := u.Name == c.UserName
	if own {
		if err := d.checkOld(ctx, c, u, in.OldPassword); err != nil {
			return out, err
		}
	}
	hash, err := d.newHash(ctx, in.Password.Secret, u.Name, u.Account)
	if err != nil {
		return out, err
	}
	err = d.change(ctx, c, target{verb: "user.set-password", kind: "user"}, func(ch *change) error {
		now, err := ch.user(name)
		if err != nil {
			return err
		}
		if own && now.hash != u.hash {
			return wrongOld()
		}
		keep := int64(0)
		if own {
			keep = ch.by.TokenID
		}
		if out.SessionsEnded, err = ch.endSessions(`user_id = ?4`, now.id, keep); err != nil {
			return err
		}
		if err := ch.giveHash(now, hash); err != nil {
			return err
		}
		out.User, err = ch.touched(now)
		ch.after(facts{"sessions_ended": out.SessionsEnded})
		return err
	})
	return out, err
}

// checkOld verifies one's old password, under the same throttle as signing in.
func (d *Directory) checkOld(ctx context.Context, c *Caller, u user, old *wire.Carried) error {
	if old == nil {
		return refusal.Field("body.old_password", "whoever sets his own password says the old one too")
	}
	good, wait := d.throttle.Attempt(u.Name, c.IP)
	if wait > 0 {
		return throttled(wait)
	}
	ok, err := d.verify(ctx, old.Secret, u.hash)
	if err != nil {
		return err
	}
	if !ok { // whoever has stolen a session may be guessing: that is recorded
		on := target{"user.set-password", "user", u.Name, u.Account, u.Name}
		return d.change(ctx, c, on, func(*change) error { return wrongOld() })
	}
	good()
	return nil
}

func wrongOld() error {
	return refusal.New(http.StatusForbidden, wire.CodeWrongPassword, "The old password is not right; nothing was changed.")
}

func throttled(wait time.Duration) error {
	return refusal.New(http.StatusTooManyRequests, wire.CodeThrottled,
		"Too many attempts failed; this one was not looked at. Wait as long as Retry-After says.").After(wait)
}

// verify checks a password of bounded length.
func (d *Directory) verify(ctx context.Context, password wire.Secret, hash string) (bool, error) {
	if len(password.Reveal()) > passwords.LongestBytes {
		password = wire.Secret{} // fits nothing, at the usual cost
	}
	return d.hasher.Verify(ctx, password, hash)
}

// giveHash stores a new password; who was invited is active from now on, and
// no registration string is good any more.
func (ch *change) giveHash(u user, hash string) error {
	state := u.State
	if state == wire.UserInvited {
		state = wire.UserActive
	}
	if err := ch.Exec(`UPDATE users SET password_hash = ?, state = ? WHERE id = ?`, hash, state, u.id); err != nil {
		return err
	}
	_, err := ch.revokeKind(u.id, "registration")
	return err
}

// revokeKind revokes all tokens of one kind that a user still has.
func (ch *change) revokeKind(userID int64, kind string) (int, error) {
	actor := systemActor
	if ch.by != nil {
		actor = ch.by.UserName
	}
	return ch.Count(`UPDATE tokens SET revoked_us = ?1, revoked_by = ?2, version = version + 1
		WHERE user_id = ?3 AND kind = ?4 AND revoked_us IS NULL AND (expires_us IS NULL OR expires_us > ?1)`,
		store.Micros(ch.Now()), actor, userID, kind)
}

// ResetUser takes the password away, ends the sessions, and gives a new
// registration string; the one before is no longer good. Access tokens go on
// working: expire-tokens is for those.
func (d *Directory) ResetUser(ctx context.Context, c *Caller, o Once, name string) (wire.UserCreated, error) {
	var out wire.UserCreated
	var invite wire.Secret
	err := d.change(ctx, c, target{verb: "user.reset", kind: "user"}, func(ch *change) error {
		replayed, err := ch.replay(o, &out)
		if out.Replayed = replayed; replayed || err != nil {
			return err
		}
		u, err := ch.user(name)
		if err != nil {
			return err
		}
		if !ch.by.Admin {
			return refusal.Forbidden("reset users")
		}
		if u.State == wire.UserInactive {
			return refusal.State("The user is inactive and could not redeem a registration string. Enable the user first.",
				u.State, wire.UserInvited, "enable the user")
		}
		ended, err := ch.endSessions(`user_id = ?4`, u.id, 0)
		if err != nil {
			return err
		}
		if _, err := ch.revokeKind(u.id, "registration"); err != nil {
			return err
		}
		if err := ch.Exec(`UPDATE users SET state = 'invited', password_hash = '' WHERE id = ?`, u.id); err != nil {
			return err
		}
		if invite, out.Expires, err = d.invite(ch, u.id, u.Name); err != nil {
			return err
		}
		if out.User, err = ch.touched(u); err != nil {
			return err
		}
		ch.before(facts{"state": u.State})
		ch.after(facts{"state": wire.UserInvited, "sessions_ended": ended})
		if err := ch.keepAdmin(); err != nil {
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

// invite makes a registration string.
func (d *Directory) invite(ch *change, userID int64, userName string) (wire.Secret, *time.Time, error) {
	expires := ch.Now().Add(d.set.RegistrationAge)
	made, err := d.mint(ch, newToken{kind: wire.KindRegister, userID: userID, maxAge: age(d.set.RegistrationAge), expires: &expires})
	if err != nil {
		return wire.Secret{}, nil, err
	}
	text, err := wire.Registration{
		Servers: d.set.Servers(), UserName: userName, CAFingerprint: d.set.CAFingerprint,
		Expires: expires, Token: wire.Carry(made.secret),
	}.Encode()
	return text, &expires, err
}

// Redeem chooses a password with the token of a registration string, once.
func (d *Directory) Redeem(ctx context.Context, from Origin, in wire.Redeem) (wire.Redeemed, error) {
	var out wire.Redeemed
	good, wait := d.throttle.Attempt("", from.IP)
	if wait > 0 {
		return out, throttled(wait)
	}
	parsed, err := wire.Parse(in.Token.Secret)
	if err != nil || parsed.Kind != wire.KindRegister {
		return out, gone()
	}
	u, err := d.invited(d.store, parsed)
	if err != nil {
		return out, err
	}
	good()
	hash, err := d.newHash(ctx, in.Password.Secret, u.Name, u.Account)
	if err != nil {
		return out, err
	}
	err = d.change(ctx, nil, target{verb: "user.redeem", kind: "user"}, func(ch *change) error {
		ch.event.IP, ch.event.Agent, ch.event.RequestID = from.IP, from.Agent, from.RequestID
		u, err := d.invited(ch, parsed)
		if err != nil {
			return err
		}
		ch.onUser(u.User)
		ch.event.Actor, ch.event.ActorToken = u.Name, parsed.Prefix
		ch.before(facts{"state": u.State})
		ch.after(facts{"state": wire.UserActive})
		if err := ch.giveHash(u, hash); err != nil {
			return err
		}
		out = wire.Redeemed{UserName: u.Name, Account: u.Account}
		_, err = ch.touched(u)
		return err
	})
	return out, err
}

// gone is one answer for all that can be wrong with a registration.
func gone() error {
	return refusal.New(http.StatusGone, wire.CodeRegistrationGone,
		"The registration is not valid: it is unknown, was redeemed or replaced, or has expired. Ask an admin for a new one.")
}

// invited finds the user whom a registration token lets in.
func (d *Directory) invited(db rower, token wire.Parsed) (user, error) {
	var sum []byte
	var name string
	var revoked, expires sql.NullInt64
	err := db.Row(`SELECT t.sum, t.revoked_us, t.expires_us, u.name FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.prefix = ?`,
		token.Prefix).Scan(&sum, &revoked, &expires, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return user{}, gone()
	}
	if err != nil {
		return user{}, err
	}
	u, err := readUser(db, name)
	if err != nil {
		return user{}, err
	}
	if subtle.ConstantTimeCompare(sum, token.Sum[:]) != 1 || revoked.Valid || expires.Int64 <= store.Micros(db.Now()) ||
		u.State == wire.UserInactive || u.AccountState != wire.AccountEnabled {
		return user{}, gone()
	}
	return u, nil
}

// ExpireTokens revokes everything that a user could still come in with, but
// the password.
func (d *Directory) ExpireTokens(ctx context.Context, c *Caller, o Once, name string) (wire.Expired, error) {
	var out wire.Expired
	err := d.change(ctx, c, target{verb: "user.expire-tokens", kind: "user"}, func(ch *change) error {
		replayed, err := ch.replay(o, &out)
		if out.Replayed = replayed; replayed || err != nil {
			return err
		}
		u, err := ch.user(name)
		if err != nil {
			return err
		}
		out = wire.Expired{UserName: u.Name}
		out.Prefixes, err = ch.Texts(`SELECT prefix FROM tokens WHERE user_id = ?1 AND kind <> 'registration'
			AND revoked_us IS NULL AND (expires_us IS NULL OR expires_us > ?2) ORDER BY id`, u.id, store.Micros(ch.Now()))
		if err != nil {
			return err
		}
		for kind, n := range map[string]*int{"access": &out.Tokens, "session": &out.Sessions, "registration": &out.Registrations} {
			if *n, err = ch.revokeKind(u.id, kind); err != nil {
				return err
			}
		}
		ch.after(facts{"tokens": out.Tokens, "sessions": out.Sessions, "registrations": out.Registrations})
		return ch.remember(o, out)
	})
	if out.Prefixes == nil {
		out.Prefixes = []string{}
	}
	return out, err
}
