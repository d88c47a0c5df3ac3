// Package directory holds the accounts, users, tokens and sessions, and the
// rules between them. Every change is one transaction with its audit event, and
// inside that transaction the caller's own credential is looked at again, so
// that whoever was disabled or revoked a moment ago changes nothing any more.
package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"gatehouse/server/passwords"
	"gatehouse/server/store"
	"gatehouse/server/throttle"
)

// Settings are what an operator can choose.
type Settings struct {
	SessionIdle     time.Duration   // a session ends after so long without use
	SessionHard     time.Duration   // and after so long in any case
	RegistrationAge time.Duration   // how long a registration string can be redeemed
	ReapAfter       time.Duration   // how long a deleted account stays visible as deleting
	Servers         func() []string // addresses that registration strings name
	CAFingerprint   string          // of the CA behind them, if it is one of our own
	Version         string          // of the server
}

// Directory is the one place where records are read and changed.
type Directory struct {
	store    *store.Store
	hasher   *passwords.Hasher
	random   io.Reader
	throttle *throttle.Throttle
	set      Settings
	pageKey  []byte
	uses     *uses
	reapNow  chan struct{}
	log      *slog.Logger
}

// New makes the directory on a store. Random gives tokens and keys.
func New(ctx context.Context, st *store.Store, hasher *passwords.Hasher, random io.Reader, set Settings, log *slog.Logger) (*Directory, error) {
	d := &Directory{
		store: st, hasher: hasher, random: random, throttle: throttle.New(st.Now), set: set,
		uses: newUses(), reapNow: make(chan struct{}, 1), log: log,
	}
	key, err := d.pageTokenKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare the page tokens: %w", err)
	}
	d.pageKey = key
	return d, nil
}

// pageTokenKey reads the key that signs page tokens; the first start makes it.
// It lives as long as the database, so that lists go on over a restart.
func (d *Directory) pageTokenKey(ctx context.Context) ([]byte, error) {
	var key []byte
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		err := tx.Row(`SELECT value FROM settings WHERE key = 'page_token_key'`).Scan(&key)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		key = make([]byte, 32)
		if _, err := io.ReadFull(d.random, key); err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO settings (key, value) VALUES ('page_token_key', ?)`, key)
	})
	return key, err
}

// Store gives the store below, for health checks and streams.
func (d *Directory) Store() *store.Store { return d.store }

// Now is the server's clock.
func (d *Directory) Now() time.Time { return d.store.Now() }

// Run does what has to be done now and then, until ctx ends: it writes down
// when tokens were last used, finishes deletions, and forgets old answers.
func (d *Directory) Run(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		d.try(ctx, "reap deleted accounts", d.Reap)
		select {
		case <-ctx.Done():
			d.try(context.WithoutCancel(ctx), "write down last uses", d.Flush)
			return
		case <-d.reapNow:
		case <-tick.C:
			d.try(ctx, "write down last uses", d.Flush)
			d.try(ctx, "forget old answers", d.forgetAnswers)
		}
	}
}

func (d *Directory) try(ctx context.Context, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil && !errors.Is(err, context.Canceled) {
		d.log.ErrorContext(ctx, "could not "+what+"; will try again", "err", err)
	}
}
