package directory

import (
	"context"
	"fmt"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/names"
	"gatehouse/server/passwords"
	"gatehouse/server/store"
)

// First is what the first start made. Password is set only if it was made up,
// and this is the only time that it can be seen.
type First struct {
	Done     bool // this start was the first
	Account  string
	UserName string
	Password wire.Secret
}

// Begin makes the account admin with the user admin, once in the life of a
// database. Without a password it makes one up.
func (d *Directory) Begin(ctx context.Context, password wire.Secret, email string) (First, error) {
	out := First{Account: wire.AdminName, UserName: wire.AdminName}
	if begun, err := begun(d.store); begun || err != nil {
		return out, err
	}
	if err := names.CheckEmail(email); err != nil {
		return out, fmt.Errorf("default_admin_email: %w", err)
	}
	if password.IsZero() {
		made, err := d.makeUp()
		if err != nil {
			return out, err
		}
		password, out.Password = made, made
	} else if err := passwords.Check(password, wire.AdminName); err != nil {
		return out, fmt.Errorf("default_admin_password: %w", err)
	}
	hash, err := d.hasher.Hash(ctx, password)
	if err != nil {
		return out, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if begun, err := begun(tx); begun || err != nil {
			return err // another process was faster
		}
		out.Done = true
		return d.makeAdmin(tx, hash, email)
	})
	if !out.Done {
		out.Password = wire.Secret{}
	}
	return out, err
}

// begun tells whether there has been a first start.
func begun(db rower) (bool, error) {
	var n int
	err := db.Row(`SELECT count(*) FROM settings WHERE key = 'begun'`).Scan(&n)
	return n > 0, err
}

func (d *Directory) makeAdmin(tx *store.Tx, hash, email string) error {
	f := filling{d: d, tx: tx, by: systemActor, users: map[string]filled{}}
	ch := f.change("account.create", "account", tx.Now())
	if _, err := ch.createAccount(wire.CreateAccount{Name: wire.AdminName, Email: email, Type: wire.AccountTypeAdmin}); err != nil {
		return err
	}
	if err := tx.Append(ch.event); err != nil {
		return err
	}
	if err := f.user(FillUser{Name: wire.AdminName, Account: wire.AdminName, Email: email, Admin: true}, hash); err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO settings (key, value) VALUES ('begun', ?)`, []byte{1})
}

// makeUp makes a password of more than 140 random bits that is easy to copy.
func (d *Directory) makeUp() (wire.Secret, error) {
	token, err := wire.NewToken(d.random, wire.KindAccess)
	if err != nil {
		return wire.Secret{}, err
	}
	text := token.Reveal()[wire.PrefixLen:]
	return wire.NewSecret(text[:6] + "-" + text[6:12] + "-" + text[12:18] + "-" + text[18:24]), nil
}
