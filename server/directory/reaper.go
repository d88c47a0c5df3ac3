package directory

import (
	"context"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/store"
)

// wakeReaper makes Run look for deleted accounts at once.
func (d *Directory) wakeReaper() {
	select {
	case d.reapNow <- struct{}{}:
	default:
	}
}

// Reap finishes the deletion of accounts. What is left to do is read from the
// database, so that a crash in between is made up for at the next start.
func (d *Directory) Reap(ctx context.Context) error {
	due := store.Micros(d.store.Now().Add(-d.set.ReapAfter))
	for {
		more := false
		err := d.store.Write(ctx, func(tx *store.Tx) error {
			gone, err := tx.Texts(`SELECT name FROM accounts WHERE state = 'deleting' AND updated_us <= ? ORDER BY id LIMIT 1`, due)
			if err != nil || len(gone) == 0 {
				return err
			}
			more = true
			return reap(tx, gone[0])
		})
		if err != nil || !more {
			return err
		}
	}
}

func reap(tx *store.Tx, name string) error {
	if err := tx.Exec(`DELETE FROM users WHERE account_id = (SELECT id FROM accounts WHERE name = ?)`, name); err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM accounts WHERE name = ? AND state = 'deleting'`, name); err != nil {
		return err
	}
	return tx.Append(store.Event{
		Verb: "account.gone", Result: wire.EventDone, Actor: systemActor, TargetKind: "account", Target: name, Account: name,
	})
}

// systemActor is who does what no user asked for at that moment.
const systemActor = "system"
