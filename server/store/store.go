// Package store keeps the server's data in one SQLite file: many readers, one
// writer that commits several changes at once, an audit log that each change
// appends to in its own transaction, and lists that filter, sort and page in
// the database.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is one open database.
type Store struct {
	now     func() time.Time
	read    *sql.DB
	write   *sql.DB
	stmts   sync.Map // of SQL text to *sql.Stmt on read
	jobs    chan *job
	stop    chan struct{}
	stopped chan struct{}
	closing sync.Once
	last    atomic.Int64 // number of the last committed event
	watch   watchers
}

// Open opens the database, makes it if there is none, and brings its schema up
// to date. The file and what SQLite puts beside it are for the owner only.
func Open(ctx context.Context, path string, now func() time.Time) (*Store, error) {
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	s := &Store{now: now, jobs: make(chan *job), stop: make(chan struct{}), stopped: make(chan struct{})}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", path, err), s.closePools())
	}
	go s.writeLoop()
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	if s.write, err = sql.Open("sqlite", dsn(path, "synchronous(FULL)")); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", dsn(path, "query_only(1)")); err != nil {
		return err
	}
	readers := 2 * runtime.GOMAXPROCS(0)
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	var last int64
	if err := s.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM events`).Scan(&last); err != nil {
		return err
	}
	s.last.Store(last)
	return nil
}

// dsn names the file with the pragmas that every connection sets first.
func dsn(path string, more ...string) string {
	q := url.Values{}
	for _, p := range append([]string{"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(ON)", "temp_store(MEMORY)"}, more...) {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return nil
}

// prepareFile makes folder and file with tight modes before SQLite would make
// them with looser ones, and refuses a file that others can read.
func prepareFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|noFollow, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("others can read or write it (mode %04o); run: chmod 600 %s", info.Mode().Perm(), path)
	}
	return nil
}

// Close waits for the change that is being written, refuses those that wait,
// and folds the write-ahead log into the file.
func (s *Store) Close() error {
	s.closing.Do(func() { close(s.stop) })
	<-s.stopped
	_, err := s.write.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	return errors.Join(err, s.closePools())
}

func (s *Store) closePools() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Now is the store's clock, cut to the precision that is stored.
func (s *Store) Now() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Check tells whether the database answers and the writer runs.
func (s *Store) Check(ctx context.Context) error {
	select {
	case <-s.stop:
		return ErrClosed
	default:
	}
	var one int
	return s.read.QueryRowContext(ctx, `SELECT 1 FROM settings LIMIT 1`).Scan(&one)
}

// Row reads one row from what is committed. The statement is prepared once, so
// text must come from a fixed set.
func (s *Store) Row(text string, args ...any) *sql.Row {
	// Reads by key take microseconds: watching a context would cost more than
	// they do.
	if st := s.statement(text); st != nil {
		return st.QueryRow(args...)
	}
	return s.read.QueryRow(text, args...) // reports why it cannot be prepared
}

// Rows reads rows from what is committed.
func (s *Store) Rows(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return s.read.QueryContext(ctx, text, args...)
}

func (s *Store) statement(text string) *sql.Stmt {
	if st, ok := s.stmts.Load(text); ok {
		return st.(*sql.Stmt)
	}
	st, err := s.read.Prepare(text)
	if err != nil {
		return nil
	}
	if known, loaded := s.stmts.LoadOrStore(text, st); loaded {
		_ = st.Close()
		return known.(*sql.Stmt)
	}
	return st
}
