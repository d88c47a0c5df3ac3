package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrClosed is returned for changes that came when the store was closing. They
// were not made.
var ErrClosed = errors.New("the database is being closed")

// CommitError says that a transaction could not be committed. What it held was
// rolled back.
type CommitError struct{ Cause error }

func (e *CommitError) Error() string { return "commit: " + e.Cause.Error() }
func (e *CommitError) Unwrap() error { return e.Cause }

// most bounds how many changes share a commit, so that none waits long.
const most = 64

type job struct {
	ctx    context.Context
	change func(*Tx) error
	done   chan error
	err    error
}

// Write runs a change in a transaction and returns once it is durable, or has
// been undone because change returned an error. Changes that arrive while
// others are being committed share one commit, each under a savepoint of its
// own: the disk is asked to sync once for all of them, and none is
// acknowledged before that.
//
// A context that ends while the change waits keeps it from being made; once it
// has begun it is carried through.
func (s *Store) Write(ctx context.Context, change func(*Tx) error) error {
	j := &job{ctx: ctx, change: change, done: make(chan error, 1)}
	select {
	case s.jobs <- j:
		return <-j.done
	case <-ctx.Done():
		return ctx.Err()
	case <-s.stop:
		return ErrClosed
	}
}

func (s *Store) writeLoop() {
	defer close(s.stopped)
	tx := &Tx{store: s, stmts: map[string]*sql.Stmt{}}
	defer tx.release()
	for {
		select {
		case <-s.stop:
			return
		case first := <-s.jobs:
			s.commitTogether(tx, first)
		}
	}
}

func (s *Store) commitTogether(tx *Tx, first *job) {
	batch := []*job{first}
	err := tx.begin()
	if err == nil {
		tx.run(first)
		for len(batch) < most {
			select {
			case next := <-s.jobs:
				tx.run(next)
				batch = append(batch, next)
				continue
			default:
			}
			break
		}
		err = tx.commit()
	}
	if err == nil && tx.lastEvent > s.last.Load() {
		s.last.Store(tx.lastEvent)
		s.watch.wake()
	}
	for _, j := range batch {
		if err != nil {
			j.err = &CommitError{err}
		}
		j.done <- j.err
	}
}

// Tx is one transaction, in which one change after the other runs.
type Tx struct {
	store     *Store
	conn      *sql.Conn
	stmts     map[string]*sql.Stmt
	now       time.Time
	lastEvent int64
	lastHash  []byte
}

// release gives the connection back to its pool.
func (tx *Tx) release() {
	for _, st := range tx.stmts {
		_ = st.Close() // nothing depends on it any more
	}
	if tx.conn != nil {
		_ = tx.conn.Close() // as above
	}
}

// begin opens the transaction with the lock for writing, so that nothing read
// in it can change before it is written.
func (tx *Tx) begin() error {
	if tx.conn == nil {
		conn, err := tx.store.write.Conn(context.Background())
		if err != nil {
			return err
		}
		tx.conn = conn
	}
	if err := tx.Exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	tx.now = tx.store.Now()
	return tx.readChain()
}

func (tx *Tx) commit() error {
	err := tx.Exec(`COMMIT`)
	if err != nil {
		// After some errors SQLite has rolled back by itself and this one
		// fails; either way no transaction is left open.
		_ = tx.Exec(`ROLLBACK`)
	}
	return err
}

// run makes one change, or none of it.
func (tx *Tx) run(j *job) {
	if j.err = j.ctx.Err(); j.err != nil {
		return
	}
	event, hash := tx.lastEvent, tx.lastHash
	if j.err = tx.Exec(`SAVEPOINT change`); j.err != nil {
		return
	}
	j.err = tx.guard(j.change)
	if j.err != nil {
		tx.lastEvent, tx.lastHash = event, hash
		if err := tx.Exec(`ROLLBACK TO change`); err != nil {
			j.err = errors.Join(j.err, err)
		}
	}
	if err := tx.Exec(`RELEASE change`); err != nil {
		j.err = errors.Join(j.err, err)
	}
	var more Afterthought
	if errors.As(j.err, &more) {
		tx.afterthought(j, more)
	}
}

// Afterthought is an error that leaves something behind: when the change has
// been undone, Then runs in the same transaction. The audit log learns of
// refusals that way.
type Afterthought interface {
	error
	Then(*Tx) error
}

func (tx *Tx) afterthought(j *job, more Afterthought) {
	event, hash := tx.lastEvent, tx.lastHash
	if err := tx.Exec(`SAVEPOINT afterthought`); err != nil {
		j.err = err
		return
	}
	if err := tx.guard(more.Then); err != nil {
		j.err = errors.Join(err, tx.Exec(`ROLLBACK TO afterthought`))
		tx.lastEvent, tx.lastHash = event, hash
	}
	if err := tx.Exec(`RELEASE afterthought`); err != nil {
		j.err = errors.Join(j.err, err)
	}
}

// guard turns a panic into an error: it must undo one change, not end the
// writer for all. The value is not told, since it may hold data.
func (tx *Tx) guard(change func(*Tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("a change panicked with a %T", v)
		}
	}()
	return change(tx)
}

// Now is the time of the transaction.
func (tx *Tx) Now() time.Time { return tx.now }

// Exec runs a statement. Statements are prepared once, so text must come from
// a fixed set.
func (tx *Tx) Exec(text string, args ...any) error {
	_, err := tx.exec(text, args)
	return err
}

// Count runs a statement and tells how many rows it changed.
func (tx *Tx) Count(text string, args ...any) (int, error) {
	res, err := tx.exec(text, args)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// Insert runs an INSERT and gives the number of the new row.
func (tx *Tx) Insert(text string, args ...any) (int64, error) {
	res, err := tx.exec(text, args)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (tx *Tx) exec(text string, args []any) (sql.Result, error) {
	st, err := tx.statement(text)
	if err != nil {
		return nil, err
	}
	return st.Exec(args...)
}

// Row reads one row as the transaction sees it.
func (tx *Tx) Row(text string, args ...any) *sql.Row {
	if st, err := tx.statement(text); err == nil {
		return st.QueryRow(args...)
	}
	return tx.conn.QueryRowContext(context.Background(), text, args...) // reports why it cannot be prepared
}

// Texts reads rows of one text each.
func (tx *Tx) Texts(text string, args ...any) ([]string, error) {
	st, err := tx.statement(text)
	if err != nil {
		return nil, err
	}
	rows, err := st.Query(args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func (tx *Tx) statement(text string) (*sql.Stmt, error) {
	if st, ok := tx.stmts[text]; ok {
		return st, nil
	}
	st, err := tx.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	tx.stmts[text] = st
	return st, nil
}
