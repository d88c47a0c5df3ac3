package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func open(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // most tests have closed it
	return s
}

func put(key string) func(*Tx) error {
	return func(tx *Tx) error {
		return tx.Exec(`INSERT INTO settings (key, value) VALUES (?, ?)`, key, []byte{1})
	}
}

func has(t *testing.T, s *Store, key string) bool {
	t.Helper()
	var n int
	if err := s.Row(`SELECT count(*) FROM settings WHERE key = ?`, key).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n == 1
}

// refused leaves a note behind.
type refused struct{ then func(*Tx) error }

func (refused) Error() string       { return "refused" }
func (r refused) Then(tx *Tx) error { return r.then(tx) }
func event(verb string) Event       { return Event{Verb: verb, Result: "done"} }
func isRefused(err error) bool      { var r refused; return errors.As(err, &r) }
func ctx() context.Context          { return context.Background() }

func TestChangesThatShareACommitDoNotShareTheirFate(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "g.db"))
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			key := fmt.Sprint("key", i)
			err := s.Write(ctx(), func(tx *Tx) error {
				if err := put(key)(tx); err != nil {
					return err
				}
				if err := tx.Append(event(key)); err != nil {
					return err
				}
				switch i % 4 {
				case 1:
					return errors.New("no")
				case 2:
					panic("Canary")
				case 3:
					return refused{func(tx *Tx) error { return tx.Append(event("refused " + key)) }}
				}
				return nil
			})
			if (err == nil) != (i%4 == 0) || i%4 == 3 && !isRefused(err) || err != nil && strings.Contains(err.Error(), "Canary") {
				t.Errorf("%d: %v", i, err)
			}
			if has(t, s, key) != (i%4 == 0) {
				t.Errorf("%d: not what was answered", i)
			}
		})
	}
	wg.Wait()
	var events int
	if err := s.Row(`SELECT count(*) FROM events`).Scan(&events); err != nil || events != 100 || s.LastEvent() != 100 {
		t.Errorf("%d events, last %d, %v; want 50 changes and 50 refusals", events, s.LastEvent(), err)
	}
	if bad, err := s.Verify(ctx()); bad != 0 || err != nil {
		t.Errorf("%d, %v", bad, err)
	}
}

func TestARefusalThatCannotBeRecordedIsAnError(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "g.db"))
	err := s.Write(ctx(), func(*Tx) error {
		return refused{func(tx *Tx) error { return errors.Join(put("half")(tx), errors.New("disk full")) }}
	})
	if err == nil || isRefused(err) || has(t, s, "half") {
		t.Errorf("%v", err)
	}
}

func TestAnEndedContextChangesNothing(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "g.db"))
	ended, stop := context.WithCancel(ctx())
	stop()
	if err := s.Write(ended, put("late")); !errors.Is(err, context.Canceled) || has(t, s, "late") {
		t.Errorf("%v", err)
	}
}

func TestACommitThatFailsIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.db")
	s := open(t, path)
	// A deferred constraint fails at the commit, after the change itself went well.
	err := s.Write(ctx(), func(tx *Tx) error {
		if err := tx.Exec(`PRAGMA defer_foreign_keys = ON`); err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO answers (user_id, key, request, answer, created_us) VALUES (99, 'k', x'00', '', 0)`)
	})
	var commit *CommitError
	if !errors.As(err, &commit) {
		t.Errorf("%v", err)
	}
	if err := s.Write(ctx(), put("after")); err != nil || !has(t, s, "after") {
		t.Errorf("the writer did not go on: %v", err)
	}
}

func TestClosingRefusesAndKeeps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.db")
	s := open(t, path)
	if err := s.Write(ctx(), put("kept")); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(ctx(), put("late")); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
	if err := s.Check(ctx()); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
	again := open(t, path)
	if !has(t, again, "kept") || has(t, again, "late") {
		t.Error("what was acknowledged is not what is there")
	}
}

func TestWatchersWakeAtEvents(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "g.db"))
	changed := s.Changed()
	if err := s.Write(ctx(), put("silent")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
		t.Error("woken without an event")
	default:
	}
	if err := s.Write(ctx(), func(tx *Tx) error { return tx.Append(event("loud")) }); err != nil {
		t.Fatal(err)
	}
	<-changed
}

func TestFiltersAndPageTokensNeverPanic(t *testing.T) {
	l := List{Name: "x", Fields: []Field{
		{Name: "a", Expr: "a", Words: true}, {Name: "n", Expr: "n", Kind: Int}, {Name: "t", Expr: "t", Kind: Past},
		{Name: "d", Expr: "d", Kind: Due}, {Name: "b", Expr: "b", Kind: Bool}, {Name: "e", Expr: "e", Kind: Enum, Values: []string{"x"}},
	}}
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(-?[antdbe]:[<>=]{0,2}"?[0-9xa-z:" -]{0,12} ?){0,4}`))
	rapid.Check(t, func(t *rapid.T) {
		in := text.Draw(t, "filter")
		f, err := l.ParseFilter(in, time.Now())
		var bad *FilterError
		if err != nil && (!errors.As(err, &bad) || bad.At < 1) {
			t.Fatalf("%v", err)
		}
		for _, c := range f.conds {
			if strings.Count(c.SQL, "?") != len(c.Args) {
				t.Fatalf("%q: %d arguments for %s", in, len(c.Args), c.SQL)
			}
		}
		if _, err := unsign([]byte("key"), in, []byte("digest")); !errors.Is(err, ErrCursor) {
			t.Fatalf("a made-up page token was taken: %v", err)
		}
	})
}

func TestAPageTokenComesBackWhole(t *testing.T) {
	for _, key := range []any{"", "jane \u202e", int64(1) << 62, int64(-5)} {
		token, err := sign([]byte("key"), key, cursor{ID: 7, Total: 9, Digest: []byte("digest")})
		if err != nil {
			t.Fatal(err)
		}
		c, err := unsign([]byte("key"), token, []byte("digest"))
		if err != nil || c.ID != 7 || c.Total != 9 {
			t.Fatalf("%+v, %v", c, err)
		}
		_, text := key.(string)
		if got, err := c.key(text); err != nil || got != key {
			t.Errorf("%v became %v, %v", key, got, err)
		}
		if _, err := unsign([]byte("other"), token, []byte("digest")); !errors.Is(err, ErrCursor) {
			t.Error("a page token of another server was taken")
		}
	}
}
