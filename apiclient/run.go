package apiclient

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Clock is time as the runner sees it, so that tests need not wait.
type Clock interface {
	Now() time.Time
	After(time.Duration) <-chan time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// RunOptions are how a plan is carried out. The zero RunOptions are good.
type RunOptions struct {
	Workers int            // calls in flight at most: 16
	Grace   time.Duration  // after a cancel, how long calls in flight are waited for: 30 s
	Clock   Clock          // the system's
	Jitter  func() float64 // from 0 to 1, scatters waits: random
}

// Limits of a run.
const (
	defaultWorkers = 16
	defaultGrace   = 30 * time.Second
	maxWait        = 60 * time.Second // that a throttled backend can ask for
	maxPuttingOff  = 20               // how often one step is put off before it counts as refused
	readBackLimit  = 30 * time.Second
)

// Phase is what a message of progress tells about.
type Phase uint8

// The phases. A step starts once, ends once, and may be put off or read back
// in between.
const (
	StepStarted Phase = iota // Step was sent
	StepPutOff               // the backend asked to wait; Step will be sent again
	ReadingBack              // Step got no answer: looking what became of it
	StepEnded                // Step has its Outcome
	Waiting                  // nothing is sent for the time Wait, told anew each second
	Stopping                 // cancelled: nothing more is sent, what is in flight is waited for
)

// Progress is one change in a run, and how the run stands after it.
type Progress struct {
	Phase    Phase
	Step     int           // index in the plan; -1 for Waiting and Stopping
	Outcome  Outcome       // StepEnded
	Wait     time.Duration // Waiting: how long still; 0: it is over
	Counts   Counts        // of the steps that have ended
	Ended    int           // steps that have ended
	Total    int
	InFlight int
	Rate     float64 // steps per second so far
}

// Counts says how many steps ended how, by End.
type Counts [Unknown + 1]int

// Good is how many have happened or are happening.
func (c Counts) Good() int { return c[Done] + c[Accepted] }

// Running is a plan that is being carried out. It goes on by itself, whether
// or not anybody reads its progress.
type Running struct {
	mu     sync.Mutex
	queue  []Progress
	wake   chan struct{} // holds a token while there may be something to read
	done   chan struct{}
	result Result
}

// Next waits for the next change and gives it; false after the last one. It is
// for one reader.
func (r *Running) Next() (Progress, bool) {
	for {
		r.mu.Lock()
		if len(r.queue) > 0 {
			p := r.queue[0]
			r.queue = r.queue[1:]
			r.mu.Unlock()
			return p, true
		}
		r.mu.Unlock()
		select {
		case <-r.wake:
		case <-r.done:
			r.mu.Lock()
			empty := len(r.queue) == 0
			r.mu.Unlock()
			if empty {
				return Progress{}, false
			}
		}
	}
}

// Done is closed when the run has ended.
func (r *Running) Done() <-chan struct{} { return r.done }

// Wait waits for the end of the run and gives its result.
func (r *Running) Wait() Result {
	<-r.done
	return r.result
}

func (r *Running) tell(p Progress) {
	r.mu.Lock()
	r.queue = append(r.queue, p)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run carries out a plan. Each step ends in exactly one way; none is sent
// twice, but when the backend has put it off. When ctx ends, what has not been
// sent stays so, and what is in flight is waited for. A step that gets no
// answer is read back.
func Run(ctx context.Context, b Backend, p Plan, o RunOptions) *Running {
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	if o.Grace <= 0 {
		o.Grace = defaultGrace
	}
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	r := &Running{wake: make(chan struct{}, 1), done: make(chan struct{})}
	s := newSchedule(ctx, b, p, o, r.tell)
	go func() {
		defer close(r.done)
		r.result = s.run(ctx)
	}()
	return r
}
