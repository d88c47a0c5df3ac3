// Package throttle slows down guessing: it counts failures in a row for each
// pair of user and address and for each address, and says how long the next
// attempt has to wait. Counting for pairs keeps a stranger from locking out the
// user himself.
package throttle

import (
	"sync"
	"time"
)

// Limits of guessing.
const (
	FreeTries   = 8  // failures of a pair before the first wait
	freeByIP    = 64 // failures of an address before the first wait
	longestWait = 60 * time.Second
	hardStop    = 100 // failures in a row after which a pair waits stopWait
	stopWait    = time.Hour
	forgetAfter = 2 * time.Hour // without a further failure
	mostKept    = 100_000       // keys, so that memory stays bounded
)

// Throttle counts attempts. The counts live in memory: a restart forgives.
type Throttle struct {
	now   func() time.Time
	mu    sync.Mutex
	tries map[string]*tries
}

type tries struct {
	failed int
	last   time.Time
}

// New makes a throttle that reads the time from now.
func New(now func() time.Time) *Throttle {
	return &Throttle{now: now, tries: map[string]*tries{}}
}

// Attempt counts an attempt as failed before it is checked, so that attempts in
// parallel count too. If it has to wait, it is not counted and wait is greater
// than zero. Call ok once the attempt has turned out to be right.
func (t *Throttle) Attempt(user, ip string) (ok func(), wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	pair, now := user+"\x00"+ip, t.now()
	wait = max(t.wait(pair, FreeTries, now), t.wait(ip, freeByIP, now))
	if wait > 0 {
		return nil, wait
	}
	t.count(pair, now)
	t.count(ip, now)
	return func() { t.succeed(pair, ip) }, 0
}

func (t *Throttle) wait(key string, free int, now time.Time) time.Duration {
	e := t.tries[key]
	if e == nil || e.failed < free || now.Sub(e.last) > forgetAfter {
		return 0
	}
	pause := longestWait
	if over := e.failed - free; over < 6 {
		pause = time.Second << over
	}
	if e.failed >= hardStop {
		pause = stopWait
	}
	return max(0, e.last.Add(pause).Sub(now))
}

func (t *Throttle) count(key string, now time.Time) {
	e := t.tries[key]
	if e == nil || now.Sub(e.last) > forgetAfter {
		t.makeRoom(now)
		e = &tries{}
		t.tries[key] = e
	}
	e.failed++
	e.last = now
}

func (t *Throttle) succeed(pair, ip string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, pair)
	if e := t.tries[ip]; e != nil && e.failed > 0 {
		e.failed--
	}
}

// makeRoom forgets what is old, and if everything is young, something.
func (t *Throttle) makeRoom(now time.Time) {
	if len(t.tries) < mostKept {
		return
	}
	for key, e := range t.tries {
		if now.Sub(e.last) > forgetAfter {
			delete(t.tries, key)
		}
	}
	for key := range t.tries {
		if len(t.tries) < mostKept {
			return
		}
		delete(t.tries, key)
	}
}
