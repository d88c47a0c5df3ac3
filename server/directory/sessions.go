package directory

import (
	"context"
	"net/http"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/names"
	"gatehouse/server/refusal"
	"gatehouse/server/store"
)

// SignIn opens a session. Whatever is wrong, the answer is the same and takes
// the same work.
func (d *Directory) SignIn(ctx context.Context, from Origin, in wire.SignIn) (wire.SignedIn, error) {
	var out wire.SignedIn
	name, err := names.Canonical(in.UserName)
	if err != nil {
		name = "" // no user has this name
	}
	good, wait := d.throttle.Attempt(name, from.IP)
	if wait > 0 {
		return out, throttled(wait)
	}
	u, err := readUser(d.store, name)
	if err != nil {
		if _, unknown := refusal.As(err); !unknown {
			return out, err
		}
		u = user{}
	}
	right, err := d.verify(ctx, in.Password.Secret, u.hash)
	if err != nil {
		return out, err
	}
	better := ""
	if right && d.hasher.Outdated(u.hash) {
		if better, err = d.hasher.Hash(ctx, in.Password.Secret); err != nil {
			return out, err
		}
	}
	err = d.change(ctx, nil, target{verb: "session.sign-in", kind: "session"}, func(ch *change) error {
		ch.event.IP, ch.event.Agent, ch.event.RequestID = from.IP, from.Agent, from.RequestID
		if u.id != 0 {
			ch.onUser(u.User)
		}
		now, err := readUser(ch, name)
		if !right || err != nil || now.id != u.id || now.hash != u.hash ||
			now.State != wire.UserActive || now.AccountState != wire.AccountEnabled {
			return refusal.New(http.StatusUnauthorized, wire.CodeSignInFailed,
				"User name and password do not fit together, or the user or the account is not active.").
				With("WWW-Authenticate", `Bearer realm="gatehouse"`)
		}
		if better != "" {
			if err := ch.Exec(`UPDATE users SET password_hash = ? WHERE id = ?`, better, u.id); err != nil {
				return err
			}
		}
		out, err = d.openSession(ch, now, from)
		return err
	})
	if err == nil {
		good()
	}
	return out, err
}

func (d *Directory) openSession(ch *change, u user, from Origin) (wire.SignedIn, error) {
	now := ch.Now()
	expires, hard := now.Add(d.set.SessionIdle), now.Add(d.set.SessionHard)
	made, err := d.mint(ch, newToken{
		kind: wire.KindSession, userID: u.id, by: u.Name, maxAge: age(d.set.SessionIdle), extend: true, expires: &expires, hard: &hard,
	})
	if err != nil {
		return wire.SignedIn{}, err
	}
	ch.event.Actor, ch.event.ActorToken, ch.event.Target = u.Name, made.prefix, made.prefix
	if err := writeUse(ch.Tx, made.id, use{userID: u.id, at: now, ip: from.IP, agent: from.Agent}); err != nil {
		return wire.SignedIn{}, err
	}
	u, err = readUser(ch, u.Name)
	return wire.SignedIn{
		Token: wire.Carry(made.secret),
		Identity: wire.Identity{
			User:       u.User,
			Credential: wire.Credential{Prefix: made.prefix, Kind: wire.KindSession.String(), Created: now, Expires: &expires},
			Server:     d.server(),
		},
	}, err
}

func (d *Directory) server() wire.Server {
	return wire.Server{Name: "gatehouse", Version: d.set.Version}
}

// WhoAmI tells a caller who he is.
func (d *Directory) WhoAmI(c *Caller) (wire.Identity, error) {
	u, err := readUser(d.store, c.UserName)
	return wire.Identity{
		User:       u.User,
		Credential: wire.Credential{Prefix: c.Prefix, Kind: c.Kind, Created: c.Created, Expires: c.Expires},
		Server:     d.server(),
	}, err
}

// SignOut revokes the credential that the request came with.
func (d *Directory) SignOut(ctx context.Context, c *Caller) error {
	on := target{"session.sign-out", "session", c.Prefix, c.Account, c.UserName}
	return d.change(ctx, c, on, func(ch *change) error {
		return ch.Exec(`UPDATE tokens SET revoked_us = ?, revoked_by = ?, version = version + 1 WHERE id = ?`,
			store.Micros(ch.Now()), ch.by.UserName, ch.by.TokenID)
	})
}
