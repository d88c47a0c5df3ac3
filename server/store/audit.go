package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Event is what the audit log keeps of one change or refusal.
type Event struct {
	ID         int64  `json:"id"`
	TimeMicros int64  `json:"time_us"`
	Verb       string `json:"verb"`
	Result     string `json:"result"`
	Actor      string `json:"actor"`
	ActorToken string `json:"actor_token"`
	IP         string `json:"ip"`
	Agent      string `json:"agent"`
	TargetKind string `json:"target_kind"`
	Target     string `json:"target"`
	Account    string `json:"account"`
	UserName   string `json:"user_name"`
	Reason     string `json:"reason"`
	Before     string `json:"before"` // JSON, or empty
	After      string `json:"after"`  // JSON, or empty
	RequestID  string `json:"request_id"`
}

const insertEvent = `INSERT INTO events (id, time_us, verb, result, actor, actor_token, ip, agent,
	target_kind, target, account, user_name, reason, before_json, after_json, request_id, hash)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// Append adds an event to the audit log, with the number and the hash that
// follow the last one. Without a time of its own it gets the transaction's.
func (tx *Tx) Append(e Event) error {
	e.ID = tx.lastEvent + 1
	if e.TimeMicros == 0 {
		e.TimeMicros = tx.now.UnixMicro()
	}
	hash, err := chain(tx.lastHash, e)
	if err != nil {
		return err
	}
	err = tx.Exec(insertEvent, e.ID, e.TimeMicros, e.Verb, e.Result, e.Actor, e.ActorToken, e.IP, e.Agent,
		e.TargetKind, e.Target, e.Account, e.UserName, e.Reason, e.Before, e.After, e.RequestID, hash)
	if err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	tx.lastEvent, tx.lastHash = e.ID, hash
	return nil
}

// readChain finds the end of the audit log. It is read anew in each
// transaction, since another process may have written in between.
func (tx *Tx) readChain() error {
	tx.lastEvent, tx.lastHash = 0, nil
	err := tx.Row(`SELECT id, hash FROM events ORDER BY id DESC LIMIT 1`).Scan(&tx.lastEvent, &tx.lastHash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// chain hashes an event together with the hash of the one before it.
func chain(before []byte, e Event) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(before)
	h.Write(body)
	return h.Sum(nil), nil
}

// Verify reads the whole audit log and gives the number of the first event
// that is not what was written or whose predecessor is missing; 0 if all fit.
func (s *Store) Verify(ctx context.Context) (int64, error) {
	rows, err := s.Rows(ctx, `SELECT id, time_us, verb, result, actor, actor_token, ip, agent, target_kind, target,
		account, user_name, reason, before_json, after_json, request_id, hash FROM events ORDER BY id`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var before []byte
	for want := int64(1); rows.Next(); want++ {
		var e Event
		var stored []byte
		if err := rows.Scan(&e.ID, &e.TimeMicros, &e.Verb, &e.Result, &e.Actor, &e.ActorToken, &e.IP, &e.Agent, &e.TargetKind,
			&e.Target, &e.Account, &e.UserName, &e.Reason, &e.Before, &e.After, &e.RequestID, &stored); err != nil {
			return 0, err
		}
		hash, err := chain(before, e)
		if err != nil {
			return 0, err
		}
		if e.ID != want || !bytes.Equal(hash, stored) {
			return e.ID, nil
		}
		before = hash
	}
	return 0, rows.Err()
}

// Micros is how times are stored.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// NullMicros stores a time that may be absent.
func NullMicros(t *time.Time) sql.NullInt64 {
	if t == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: true}
}

// Time reads a stored time.
func Time(us int64) time.Time { return time.UnixMicro(us).UTC() }

// NullTime reads a stored time that may be absent.
func NullTime(us sql.NullInt64) *time.Time {
	if !us.Valid {
		return nil
	}
	t := Time(us.Int64)
	return &t
}
