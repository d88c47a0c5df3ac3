package anchoretest

import (
	"sync"
	"time"
)

// Clock is the server's time. The zero Clock is the system's; one that was
// advanced runs that much ahead, and a fixed one moves only when advanced.
type Clock struct {
	mu    sync.Mutex
	fixed time.Time
	ahead time.Duration
}

// Fixed makes a clock that stands still.
func Fixed(at time.Time) *Clock { return &Clock{fixed: at} }

// Now is the server's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fixed.IsZero() {
		return time.Now().Add(c.ahead)
	}
	return c.fixed.Add(c.ahead)
}

// Advance moves it on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}
