package tui

import "time"

// quiet is how long there must have been no key before a modal that has just
// opened listens: nobody has read it sooner.
const quiet = 400 * time.Millisecond

// Guard keeps keys that were typed ahead from answering a question that was
// not read yet. It is armed when the question appears, and stays armed as long
// as keys keep coming.
type Guard struct {
	now   func() time.Time
	until time.Time
}

// NewGuard makes a guard that is armed from now on.
func NewGuard(now func() time.Time) *Guard {
	g := &Guard{now: now}
	g.Arm()
	return g
}

// Arm starts the silence anew: something new is to be read.
func (g *Guard) Arm() { g.until = g.now().Add(quiet) }

// Armed tells whether keys are still ignored, without counting as one.
func (g *Guard) Armed() bool { return g.now().Before(g.until) }

// Deaf is asked at each key: true means that the key does nothing, and that
// the silence begins again.
func (g *Guard) Deaf() bool {
	if !g.Armed() {
		return false
	}
	g.Arm()
	return true
}

// Pace tells a key that a hand has pressed from one that came in a burst: a
// paste without brackets is nothing but keys, and its line ends are Enter.
type Pace struct {
	now  func() time.Time
	last time.Time
}

// NewPace makes a Pace that has seen no key.
func NewPace(now func() time.Time) *Pace { return &Pace{now: now} }

// Key is called at each key and tells how long ago the one before was.
func (p *Pace) Key() time.Duration {
	before := p.last
	p.last = p.now()
	return p.last.Sub(before)
}
