package apiclient

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"time"
)

// schedule is the state of one run. All of it belongs to one goroutine, that of
// run; calls to the backend are made in others, which only hand back what came
// of them.
type schedule struct {
	backend Backend
	plan    Plan
	opts    RunOptions
	tell    func(Progress)

	// calls have a context of their own: a cancelled run does not tear the
	// requests that are under way.
	calls  context.Context
	cutOff context.CancelFunc

	waits  []int   // by step: how many predecessors have not ended
	next   [][]int // by step: which steps wait for it
	ended  []bool
	putOff []int // by step: how often it was put off
	ready  intHeap
	unread intHeap // got no answer, to be read back

	outcomes []Outcome
	counts   Counts
	left     int
	inFlight map[*call]bool
	back     chan *call

	started time.Time
	resume  time.Time // nothing is sent before
	stop    string    // why nothing more is sent; "": go on
}

// call is one call to the backend: of one step, or of several in a batch, or a
// look at what became of one.
type call struct {
	steps    []int
	look     bool
	outcomes []Outcome
	finding  Finding
	err      error
}

// intHeap gives the smallest first: steps go in the order of the plan.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

func newSchedule(ctx context.Context, b Backend, p Plan, o RunOptions, tell func(Progress)) *schedule {
	n := len(p.Steps)
	s := &schedule{
		backend: b, plan: p, opts: o, tell: tell,
		waits: make([]int, n), next: make([][]int, n), ended: make([]bool, n), putOff: make([]int, n),
		outcomes: make([]Outcome, n), left: n,
		inFlight: map[*call]bool{},
		back:     make(chan *call, o.Workers), // never blocks a call, also one that was given up
		started:  o.Clock.Now(),
	}
	s.calls, s.cutOff = context.WithCancel(context.WithoutCancel(ctx))
	for i, step := range p.Steps {
		for _, before := range step.After {
			s.waits[i]++
			if before >= 0 && before < n {
				s.next[before] = append(s.next[before], i)
			}
		}
		if s.waits[i] == 0 {
			s.ready = append(s.ready, i)
		}
	}
	return s
}

// run is the loop: it sends while it may, then waits for whatever comes first.
func (s *schedule) run(ctx context.Context) Result {
	defer s.cutOff()
	if len(s.plan.Blocks) > 0 {
		s.stop = "the plan is blocked: " + s.plan.Blocks[0].Text
	}
	cancelled := ctx.Done()
	var grace <-chan time.Time
	cut := false
	for {
		tick := s.send(ctx)
		if len(s.inFlight) == 0 && tick == nil {
			break
		}
		select {
		case c := <-s.back:
			s.receive(c)
		case <-tick:
		case <-cancelled:
			cancelled = nil
			s.halt("cancelled before it was sent")
			grace = s.opts.Clock.After(s.opts.Grace)
		case <-grace:
			if cut {
				s.abandon()
				break
			}
			// The calls learn that it is over and get a moment to say how
			// they ended; what does not listen is given up after that.
			cut = true
			s.cutOff()
			grace = s.opts.Clock.After(abandonAfter)
		}
	}
	s.endRest()
	return s.result()
}

// abandonAfter is how long calls that were cut off may take to notice.
const abandonAfter = 2 * time.Second

// halt makes that nothing more is sent.
func (s *schedule) halt(why string) {
	if s.stop == "" {
		s.stop = why
		s.report(Progress{Phase: Stopping, Step: -1})
	}
}

// send starts as many calls as may be started. While a wait is on it gives a
// channel on which to look again.
func (s *schedule) send(ctx context.Context) <-chan time.Time {
	// The cancel of the context counts from its moment on, not from when the
	// loop gets to hear of it.
	if ctx.Err() != nil {
		s.halt("cancelled before it was sent")
	}
	for len(s.inFlight) < s.opts.Workers && len(s.unread) > 0 {
		s.look(heap.Pop(&s.unread).(int))
	}
	if s.stop != "" || len(s.ready) == 0 {
		return nil
	}
	if wait := s.resume.Sub(s.opts.Clock.Now()); wait > 0 {
		s.report(Progress{Phase: Waiting, Step: -1, Wait: wait})
		return s.opts.Clock.After(min(wait, time.Second))
	}
	if !s.resume.IsZero() {
		s.resume = time.Time{}
		s.report(Progress{Phase: Waiting, Step: -1})
	}
	for len(s.inFlight) < s.opts.Workers && len(s.ready) > 0 {
		s.start(s.take())
	}
	return nil
}

// take takes the next step, and where the backend does many at once those that
// go with it.
func (s *schedule) take() []int {
	first := heap.Pop(&s.ready).(int)
	steps := []int{first}
	b, ok := s.backend.(Batcher)
	if !ok {
		return steps
	}
	verb := s.plan.Steps[first].Verb
	most := b.BatchSize(verb)
	for len(steps) < most && len(s.ready) > 0 && s.plan.Steps[s.ready[0]].Verb == verb {
		steps = append(steps, heap.Pop(&s.ready).(int))
	}
	return steps
}

func (s *schedule) start(steps []int) {
	c := &call{steps: steps}
	s.inFlight[c] = true
	for _, i := range steps {
		s.report(Progress{Phase: StepStarted, Step: i})
	}
	ops := make([]Op, len(steps))
	for i, step := range steps {
		ops[i] = s.plan.Steps[step].Op
	}
	go func() {
		c.outcomes = do(s.calls, s.backend, ops)
		s.back <- c
	}()
}

// do carries out ops, and sees to it that each has an outcome.
func do(ctx context.Context, b Backend, ops []Op) []Outcome {
	if len(ops) == 1 {
		return []Outcome{b.Do(ctx, ops[0])}
	}
	out := b.(Batcher).DoBatch(ctx, ops)
	for len(out) < len(ops) {
		out = append(out, Outcome{End: Unknown, Words: "the answer says nothing about this one"})
	}
	return out[:len(ops)]
}

func (s *schedule) look(step int) {
	c := &call{steps: []int{step}, look: true}
	s.inFlight[c] = true
	s.report(Progress{Phase: ReadingBack, Step: step})
	go func() {
		ctx, stop := context.WithTimeout(s.calls, readBackLimit)
		defer stop()
		c.finding, c.err = s.backend.ReadBack(ctx, s.plan.Steps[step].Op)
		s.back <- c
	}()
}

func (s *schedule) receive(c *call) {
	if !s.inFlight[c] {
		return // it was given up: its steps have ended
	}
	delete(s.inFlight, c)
	if c.look {
		s.found(c.steps[0], c.finding, c.err)
		return
	}
	for i, step := range c.steps {
		s.answered(step, c.outcomes[i])
	}
}

func (s *schedule) answered(step int, o Outcome) {
	f := o.Failure
	switch {
	case o.End == Unknown:
		s.outcomes[step] = o
		heap.Push(&s.unread, step)
		return
	case f != nil && f.RetryAfter > 0 && !o.End.Good() && s.stop == "" && s.putOff[step] < maxPuttingOff:
		s.delay(step, f.RetryAfter)
		return
	}
	s.end(step, o)
	if errors.Is(asError(f), ErrSignedOut) {
		s.halt("not signed in any more")
	}
}

// asError avoids an error that holds a nil pointer.
func asError(f *Failure) error {
	if f == nil {
		return nil
	}
	return f
}

// delay puts a step back that the backend turned away for now, and holds all
// others back too: they would fare no better.
func (s *schedule) delay(step int, asked time.Duration) {
	wait := min(asked, maxWait)
	wait = min(wait+time.Duration(s.opts.Jitter()*float64(wait)/10), maxWait)
	if at := s.opts.Clock.Now().Add(wait); at.After(s.resume) {
		s.resume = at
	}
	s.putOff[step]++
	heap.Push(&s.ready, step)
	s.report(Progress{Phase: StepPutOff, Step: step, Wait: wait})
}

// found ends a step that got no answer with what a look brought to light.
func (s *schedule) found(step int, f Finding, err error) {
	o := s.outcomes[step]
	switch {
	case err != nil:
		o.Words = "no answer, and reading back failed: " + AsFailure("", err).Message
	case len(f.Orphans) > 0:
		o.Orphans, o.Made = f.Orphans, f.Orphans
		o.Words = "no answer; read back: " + f.Words
	case f.End.Good():
		o.End, o.Failure, o.Made = f.End, nil, f.Made
		o.Words = "no answer, but it happened; read back: " + f.Words
	default:
		o.Words = "no answer; read back: " + f.Words
	}
	s.end(step, o)
}

// end gives a step its one end, and with it those that can never start now.
func (s *schedule) end(step int, o Outcome) {
	if s.ended[step] {
		return
	}
	s.ended[step] = true
	s.outcomes[step] = o
	s.counts[o.End]++
	s.left--
	s.report(Progress{Phase: StepEnded, Step: step, Outcome: o})
	for _, after := range s.next[step] {
		s.waits[after]--
		switch {
		case !o.End.Good():
			s.end(after, unsent(s.plan.Steps[after], fmt.Sprintf("not sent, since %q ended as %s", s.plan.Steps[step].Title, o.End)))
		case s.waits[after] == 0 && !s.ended[after]:
			heap.Push(&s.ready, after)
		}
	}
}

func unsent(step Step, why string) Outcome {
	return Outcome{End: NotSent, Words: why, Failure: &Failure{Tried: step.Title, End: NotSent, Message: why}}
}

// abandon ends the steps whose calls do not come back.
func (s *schedule) abandon() {
	for c := range s.inFlight {
		delete(s.inFlight, c)
		for _, step := range c.steps {
			s.end(step, s.given(step, c))
		}
	}
	for len(s.unread) > 0 {
		step := heap.Pop(&s.unread).(int)
		s.end(step, s.outcomes[step])
	}
}

func (s *schedule) given(step int, c *call) Outcome {
	if c.look {
		return s.outcomes[step]
	}
	why := "given up while waiting for the answer"
	return Outcome{End: Unknown, Words: why, Failure: &Failure{Tried: s.plan.Steps[step].Title, End: Unknown, Message: why}}
}

// endRest ends what was never sent.
func (s *schedule) endRest() {
	why := s.stop
	if why == "" {
		why = "it waits for a step that never comes"
	}
	for i := range s.plan.Steps {
		s.end(i, unsent(s.plan.Steps[i], why))
	}
}

func (s *schedule) report(p Progress) {
	p.Counts = s.counts
	p.Total = len(s.plan.Steps)
	p.Ended = p.Total - s.left
	for c := range s.inFlight {
		p.InFlight += len(c.steps)
	}
	p.Rate = rate(p.Ended, s.opts.Clock.Now().Sub(s.started))
	s.tell(p)
}

func rate(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}

func (s *schedule) result() Result {
	now := s.opts.Clock.Now()
	return Result{
		Plan: s.plan, Outcomes: s.outcomes, Counts: s.counts,
		Started: s.started, Ended: now, Rate: rate(len(s.plan.Steps), now.Sub(s.started)), Stopped: s.stop,
	}
}
