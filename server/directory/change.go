package directory

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/refusal"
	"gatehouse/server/store"
)

// change is one change in its transaction.
type change struct {
	*store.Tx
	by    *Caller
	event store.Event
	quiet bool // nothing changed: nothing to record
}

// target is what a change is about.
type target struct {
	verb, kind, name string
	account, user    string
}

// change runs do in a transaction and records it. If do refuses, everything is
// undone and the refusal is recorded instead; if the record cannot be written,
// nothing happens at all.
func (d *Directory) change(ctx context.Context, by *Caller, on target, do func(*change) error) error {
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		ch := &change{Tx: tx, event: event(by, on)}
		err := ch.run(by, do)
		if refused, ok := refusal.As(err); ok {
			ch.event.Result, ch.event.Reason, ch.event.Before, ch.event.After = wire.EventRefused, refused.Code, "", ""
			return &recorded{refused, ch.event}
		}
		return err
	})
	return translate(err)
}

func (ch *change) run(by *Caller, do func(*change) error) error {
	if by != nil {
		now, err := by.again(ch.Tx)
		if err != nil {
			return err
		}
		ch.by = now
	}
	if err := do(ch); err != nil || ch.quiet {
		return err
	}
	return ch.Append(ch.event)
}

func event(by *Caller, on target) store.Event {
	e := store.Event{
		Verb: on.verb, Result: wire.EventDone, TargetKind: on.kind, Target: on.name, Account: on.account, UserName: on.user,
	}
	if by != nil {
		e.Actor, e.ActorToken, e.IP, e.Agent, e.RequestID = by.UserName, by.Prefix, by.IP, by.Agent, by.RequestID
	}
	return e
}

// recorded is a refusal that the audit log learns of.
type recorded struct {
	refused *refusal.Error
	event   store.Event
}

// Error tells what was refused.
func (r *recorded) Error() string { return r.refused.Error() }

// Then writes the refusal down after the change has been undone.
func (r *recorded) Then(tx *store.Tx) error { return tx.Append(r.event) }

// Unwrap gives the refusal.
func (r *recorded) Unwrap() error { return r.refused }

// translate says in words for the caller what went wrong below.
func translate(err error) error {
	var commit *store.CommitError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrClosed):
		return refusal.Unavailable("The server is shutting down; nothing was changed.")
	case errors.As(err, &commit):
		return errors.Join(refusal.Unavailable("The database did not take the change, and it was undone; try again."), err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return errors.Join(refusal.Unavailable("The request ended before its turn came; nothing was changed."), err)
	}
	return err
}

func (ch *change) before(v any) { ch.event.Before = asJSON(v) }
func (ch *change) after(v any)  { ch.event.After = asJSON(v) }

// also records a further event of the same change.
func (ch *change) also(on target, after any) error {
	e := event(ch.by, on)
	e.After = asJSON(after)
	return ch.Append(e)
}

// facts are the few fields that an event tells.
type facts map[string]any

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // only texts, numbers and times go in
		return ""
	}
	return string(b)
}

// Match is the version that a caller has read.
type Match struct {
	Given   bool
	Any     bool // If-Match: *
	Version int64
}

// check refuses if the record has changed since the caller read it.
func (m Match) check(version int64) error {
	switch {
	case !m.Given:
		return refusal.New(http.StatusPreconditionRequired, wire.CodeVersionMissing,
			"This change needs If-Match with the ETag of the record as you read it, so that nobody's change is lost. Read the record and send its ETag.")
	case m.Any || m.Version == version:
		return nil
	}
	return refusal.New(http.StatusPreconditionFailed, wire.CodeVersion,
		"The record was changed after you read it; nothing was changed now. Read it again and decide anew.")
}

// Once makes a request happen once, however often it is sent.
type Once struct {
	Key     string
	Request []byte // hash of what was asked, without its passwords
}

// NewOnce takes the key and what was asked; what must not hold passwords.
func NewOnce(key, route string, asked any) (Once, error) {
	if key == "" {
		return Once{}, nil
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return Once{}, err
	}
	sum := sha256.Sum256([]byte(route + "\n" + string(body)))
	return Once{key, sum[:]}, nil
}

// answersKept is how long a repeated request gets the first answer again.
const answersKept = 24 * time.Hour

// replay fills answer with what was answered before, if anything was.
func (ch *change) replay(o Once, answer any) (bool, error) {
	if o.Key == "" {
		return false, nil
	}
	var request []byte
	var stored string
	err := ch.Row(`SELECT request, answer FROM answers WHERE user_id = ? AND key = ? AND created_us > ?`,
		ch.by.UserID, o.Key, store.Micros(ch.Now().Add(-answersKept))).Scan(&request, &stored)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if string(request) != string(o.Request) {
		return false, refusal.New(http.StatusUnprocessableEntity, wire.CodeKeyReused,
			"This Idempotency-Key was used for another request in the last 24 hours. Use a new key for a new request.")
	}
	ch.quiet = true
	return true, json.Unmarshal([]byte(stored), answer)
}

// remember keeps an answer for replay. It must not hold secrets yet.
func (ch *change) remember(o Once, answer any) error {
	if o.Key == "" {
		return nil
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("remember an answer: %w", err)
	}
	return ch.Exec(`INSERT OR REPLACE INTO answers (user_id, key, request, answer, created_us) VALUES (?, ?, ?, ?, ?)`,
		ch.by.UserID, o.Key, o.Request, string(body), store.Micros(ch.Now()))
}

func (d *Directory) forgetAnswers(ctx context.Context) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec(`DELETE FROM answers WHERE created_us <= ?`, store.Micros(tx.Now().Add(-answersKept)))
	})
}
