package session

import (
	"time"

	"gatehouse/apiclient"
)

// Link is what is known of the way to the system.
type Link struct {
	now     func() time.Time
	heard   time.Time // when it last answered
	since   time.Time // since when it does not; zero: it does
	failure *apiclient.Failure
	tries   int
	waiting bool // the next try has its time
}

// broken notes that the system could not be reached. It gives the time until
// the next try, or false if there is one coming already.
func (l *Link) broken(f *apiclient.Failure) (time.Duration, bool) {
	if l.since.IsZero() {
		l.since = l.now()
		if !l.heard.IsZero() {
			l.since = l.heard
		}
	}
	l.failure = f
	if l.waiting {
		return 0, false
	}
	l.waiting = true
	l.tries++
	return min(longestPause, max(pause(l.tries-1), f.RetryAfter)), true
}

// answered notes that the system has answered, and tells whether it had not
// for some time.
func (l *Link) answered() (back bool) {
	back = l.down()
	l.heard, l.since, l.failure, l.tries = l.now(), time.Time{}, nil, 0
	return back
}

func (l *Link) down() bool { return !l.since.IsZero() }

// Down tells whether the system is out of reach, since when and why.
func (l *Link) Down() (since time.Time, why *apiclient.Failure, down bool) {
	return l.since, l.failure, l.down()
}

// longestPause is how long after a failure the next try comes at the latest.
const longestPause = 30 * time.Second

// pause doubles from one second on.
func pause(tries int) time.Duration {
	return min(time.Second<<min(tries, 5), longestPause)
}

// clock follows the server's clock, so that ages are right where ours is not.
type clock struct {
	now    func() time.Time
	ahead  time.Duration
	synced bool
}

// skew is up to where two clocks are taken for the same: an answer is on its
// way for a while, and ages must not jump about by that.
const skew = 2 * time.Second

func (c *clock) heard(at time.Time) {
	if at.IsZero() {
		return
	}
	ahead := at.Sub(c.now())
	if d := ahead - c.ahead; !c.synced || d > skew || d < -skew {
		c.ahead, c.synced = ahead, true
	}
}

func (c *clock) time() time.Time {
	if c.ahead < skew && c.ahead > -skew {
		return c.now()
	}
	return c.now().Add(c.ahead)
}
