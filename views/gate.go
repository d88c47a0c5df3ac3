package views

import (
	"sync"
	"time"
)

// gate is the lock on writes. It is asked in the event loop, for the header,
// and by the backend before each change, so it guards itself.
type gate struct {
	now    func() time.Time
	mu     sync.Mutex
	locked bool
	until  time.Time // when it locks by itself; zero: never
}

func newGate(now func() time.Time, locked bool) *gate { return &gate{now: now, locked: locked} }

// begin sets how the lock stands in a place that was just come to.
func (g *gate) begin(locked bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.locked, g.until = locked, time.Time{}
}

// Locked tells whether nothing can be changed.
func (g *gate) Locked() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.locked && !g.until.IsZero() && !g.now().Before(g.until) {
		g.locked, g.until = true, time.Time{}
	}
	return g.locked
}

// Until is when it locks by itself.
func (g *gate) Until() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until
}

// Unlock opens it for a while.
func (g *gate) Unlock(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.locked, g.until = false, g.now().Add(d)
}

// Lock closes it.
func (g *gate) Lock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.locked, g.until = true, time.Time{}
}
