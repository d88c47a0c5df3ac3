package directory

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gatehouse/server/store"
)

const (
	// flushEvery is how long a use may stay in memory; what nobody has seen
	// before is written at once.
	flushEvery = 15 * time.Second
	// forgetUse is after how long without use a token leaves the memory.
	forgetUse = 10 * time.Minute
	// mostPairs bounds the pairs of address and agent remembered for a token.
	mostPairs = 16
)

// uses collects when tokens were used, so that reads do not cost a write each.
type uses struct {
	mu     sync.Mutex
	tokens map[int64]*use
}

type use struct {
	userID    int64
	at        time.Time
	ip, agent string
	dirty     bool
	pairs     map[string]bool
}

func newUses() *uses { return &uses{tokens: map[int64]*use{}} }

// used notes a use. The first one, and one from a new address or with a new
// agent, is durable before the request goes on; so is one that has to move an
// expiry which is near.
func (d *Directory) used(c *Caller, f tokenFacts, now time.Time) error {
	known := d.uses.note(c, f, now)
	near := f.extend && f.expires.Valid && f.expires.Int64 < now.Add(2*flushEvery).UnixMicro()
	if known && !near {
		return nil
	}
	err := d.store.Write(context.Background(), func(tx *store.Tx) error {
		return writeUse(tx, c.TokenID, use{userID: c.UserID, at: now, ip: c.IP, agent: c.Agent})
	})
	if err != nil {
		return translate(fmt.Errorf("write down a use: %w", err))
	}
	return nil
}

// note remembers a use and tells whether address and agent were known.
func (u *uses) note(c *Caller, f tokenFacts, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	t := u.tokens[c.TokenID]
	if t == nil {
		t = &use{userID: c.UserID, pairs: map[string]bool{}}
		u.tokens[c.TokenID] = t
		if f.used.Valid {
			t.pairs[f.lastIP+"\x00"+f.lastAgent] = true
		}
	}
	pair := c.IP + "\x00" + c.Agent
	known := t.pairs[pair]
	if !known && len(t.pairs) >= mostPairs {
		clear(t.pairs)
	}
	t.pairs[pair] = true
	t.at, t.ip, t.agent, t.dirty = now, c.IP, c.Agent, true
	return known
}

// take hands out what is not written yet and forgets what is old.
func (u *uses) take(now time.Time) map[int64]use {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := map[int64]use{}
	for id, t := range u.tokens {
		if t.dirty {
			out[id] = *t
			t.dirty = false
		} else if now.Sub(t.at) > forgetUse {
			delete(u.tokens, id)
		}
	}
	return out
}

// putBack marks uses as not written, unless newer ones have come.
func (u *uses) putBack(lost map[int64]use) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for id := range lost {
		if t := u.tokens[id]; t != nil {
			t.dirty = true
		}
	}
}

// Flush writes down all uses that are still in memory.
func (d *Directory) Flush(ctx context.Context) error {
	pending := d.uses.take(d.store.Now())
	if len(pending) == 0 {
		return nil
	}
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		for id, t := range pending {
			if err := writeUse(tx, id, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.uses.putBack(pending)
	}
	return err
}

// writeUse records a use. It moves the expiry of a token that is extended when
// used, but never one that is revoked or has expired by now, and never beyond
// the cap.
func writeUse(tx *store.Tx, tokenID int64, t use) error {
	at := store.Micros(t.at)
	err := tx.Exec(`UPDATE tokens SET last_used_us = ?2, last_ip = ?3, last_agent = ?4,
		expires_us = CASE WHEN extend = 1 AND revoked_us IS NULL AND expires_us > ?5
			THEN MAX(expires_us, MIN(?2 + max_age_s * 1000000, COALESCE(cap_us, 9223372036854775807)))
			ELSE expires_us END
		WHERE id = ?1 AND COALESCE(last_used_us, 0) <= ?2`,
		tokenID, at, t.ip, t.agent, store.Micros(tx.Now()))
	if err != nil {
		return err
	}
	return tx.Exec(`UPDATE users SET last_seen_us = ?2 WHERE id = ?1 AND COALESCE(last_seen_us, 0) < ?2`, t.userID, at)
}
