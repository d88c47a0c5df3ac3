package apiclient_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/apiclient"

	"pgregory.net/rapid"
)

// scripted is a backend whose ends are written down beforehand, by the name of
// the target.
type scripted struct {
	apiclient.Backend // whatever a runner must not call is nil

	mu       sync.Mutex
	script   map[string][]apiclient.Outcome // one for each time it is sent
	findings map[string]apiclient.Finding
	takes    time.Duration
	sent     map[string]int
	at       map[string]time.Time
	inFlight int
	most     int
}

func (s *scripted) Do(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	name := op.On.Name()
	s.mu.Lock()
	n := s.sent[name]
	s.sent[name]++
	s.at[name] = time.Now()
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.inFlight--; s.mu.Unlock() }()
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return apiclient.Outcome{End: apiclient.Unknown, Words: "torn"}
	}
	if all := s.script[name]; n < len(all) {
		return all[n]
	}
	return apiclient.Did("done")
}

func (s *scripted) ReadBack(_ context.Context, op apiclient.Op) (apiclient.Finding, error) {
	if f, ok := s.findings[op.On.Name()]; ok {
		return f, nil
	}
	return apiclient.Finding{}, errors.New("cannot look")
}

// batching is scripted and takes several at once.
type batching struct {
	*scripted
	size    int
	batches [][]string
}

func (b *batching) BatchSize(v apiclient.Verb) int {
	if v == apiclient.TokenRevoke {
		return b.size
	}
	return 0
}

func (b *batching) DoBatch(ctx context.Context, ops []apiclient.Op) []apiclient.Outcome {
	var names []string
	out := make([]apiclient.Outcome, len(ops))
	var wg sync.WaitGroup
	for i, op := range ops {
		names = append(names, op.On.Name())
		wg.Go(func() { out[i] = b.Do(ctx, op) })
	}
	wg.Wait()
	b.mu.Lock()
	b.batches = append(b.batches, names)
	b.mu.Unlock()
	return out
}

func script() *scripted {
	return &scripted{
		script: map[string][]apiclient.Outcome{}, findings: map[string]apiclient.Finding{},
		sent: map[string]int{}, at: map[string]time.Time{}, takes: time.Second,
	}
}

func stepN(n int, after ...int) apiclient.Step {
	return apiclient.Step{
		Op: apiclient.Op{
			Verb: apiclient.TokenRevoke, Key: fmt.Sprint("key ", n),
			On: apiclient.Ref{Kind: apiclient.KindToken, Path: apiclient.NewPath(fmt.Sprint("t", n))},
		},
		Title: fmt.Sprint("revoke t", n), After: after,
	}
}

func planOf(steps ...apiclient.Step) apiclient.Plan {
	return apiclient.Plan{Verb: apiclient.TokenRevoke, Steps: steps}
}

func throttled(after time.Duration) apiclient.Outcome {
	return apiclient.Fail("revoke", &apiclient.Failure{
		End: apiclient.Refused, Status: 429, RetryAfter: after, Cause: apiclient.ErrThrottled, Message: "slow down",
	})
}

func unknown() apiclient.Outcome {
	return apiclient.Fail("revoke", &apiclient.Failure{End: apiclient.Unknown, Message: "no answer"})
}

func refused() apiclient.Outcome {
	return apiclient.Fail("revoke", &apiclient.Failure{End: apiclient.Refused, Status: 409, Message: "last admin", Cause: apiclient.ErrConflict})
}

// inBubble runs a test with a clock of its own, in which waiting costs nothing
// and a goroutine left behind is an error.
func inBubble(t *testing.T, f func(*testing.T)) { t.Helper(); synctest.Test(t, f) }

func TestEachStepEndsOnceWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(rt, "steps")
		workers := rapid.IntRange(1, 6).Draw(rt, "workers")
		cancelAfter := rapid.IntRange(-1, 20).Draw(rt, "cancel after seconds")
		batch := rapid.IntRange(0, 5).Draw(rt, "batch")
		s := script()
		var steps []apiclient.Step
		putOff := map[string]int{}
		for i := range n {
			var after []int
			if i > 0 && rapid.IntRange(0, 2).Draw(rt, "dependent") == 0 {
				after = []int{rapid.IntRange(0, i-1).Draw(rt, "on")}
			}
			step := stepN(i, after...)
			name := step.On.Name()
			switch rapid.IntRange(0, 5).Draw(rt, "end") {
			case 0:
				s.script[name] = []apiclient.Outcome{refused()}
			case 1:
				s.script[name] = []apiclient.Outcome{unknown()}
				s.findings[name] = apiclient.Finding{End: apiclient.End(rapid.IntRange(1, 4).Draw(rt, "finding")), Words: "found"}
			case 2:
				s.script[name] = []apiclient.Outcome{throttled(3 * time.Second)}
				putOff[name] = 1
			}
			steps = append(steps, step)
		}
		var fail string
		inBubble(t, func(t *testing.T) {
			fail = runAndCheck(t.Context(), s, planOf(steps...), workers, batch, cancelAfter, putOff)
		})
		if fail != "" {
			rt.Fatal(fail)
		}
	})
}

func runAndCheck(ctx context.Context, s *scripted, p apiclient.Plan, workers, batch, cancelAfter int, putOff map[string]int) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var cancelledAt atomic.Int64
	if cancelAfter >= 0 {
		time.AfterFunc(time.Duration(cancelAfter)*time.Second+time.Millisecond, func() { cancelledAt.Store(time.Now().UnixNano()); cancel() })
	}
	var b apiclient.Backend = s
	if batch > 0 {
		b = &batching{scripted: s, size: batch}
	}
	run := apiclient.Run(ctx, b, p, apiclient.RunOptions{Workers: workers})
	ends := make([]int, len(p.Steps))
	for {
		m, more := run.Next()
		if !more {
			break
		}
		if m.Phase == apiclient.StepEnded {
			ends[m.Step]++
		}
	}
	r := run.Wait()
	total := 0
	for _, c := range r.Counts {
		total += c
	}
	if len(r.Outcomes) != len(p.Steps) || total != len(p.Steps) {
		return fmt.Sprintf("%d steps, %d outcomes, %d counted", len(p.Steps), len(r.Outcomes), total)
	}
	if s.most > workers && batch == 0 {
		return fmt.Sprintf("%d in flight with %d workers", s.most, workers)
	}
	good := 0
	for i, step := range p.Steps {
		name, o := step.On.Name(), r.Outcomes[i]
		if ends[i] != 1 {
			return fmt.Sprintf("step %d ended %d times", i, ends[i])
		}
		if o.End.Good() {
			good++
		}
		if s.sent[name] > 1+putOff[name] {
			return fmt.Sprintf("%s was sent %d times", name, s.sent[name])
		}
		if o.End != apiclient.NotSent && s.sent[name] == 0 {
			return fmt.Sprintf("%s ended as %s, but was not sent", name, o.End)
		}
		if o.End == apiclient.NotSent && s.sent[name] > putOff[name] {
			return fmt.Sprintf("%s was sent, but ended as not sent", name)
		}
		if o.Words == "" {
			return name + " ended without words"
		}
		if at := cancelledAt.Load(); at != 0 && s.at[name].UnixNano() > at {
			return name + " was sent after the cancel"
		}
		for _, before := range step.After {
			if s.sent[name] > 0 && !r.Outcomes[before].End.Good() {
				return name + " was sent although what comes before it did not succeed"
			}
		}
	}
	if rest := r.Rest(); len(rest.Steps)+good != len(p.Steps) {
		return fmt.Sprintf("%d good and %d left of %d", good, len(rest.Steps), len(p.Steps))
	}
	return ""
}

func TestThrottlingIsWaitedForAndShown(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := script()
		s.script["t0"] = []apiclient.Outcome{throttled(time.Hour)}
		started := time.Now()
		run := apiclient.Run(t.Context(), s, planOf(stepN(0)), apiclient.RunOptions{})
		var waits []time.Duration
		for {
			m, more := run.Next()
			if !more {
				break
			}
			if m.Phase == apiclient.Waiting {
				waits = append(waits, m.Wait)
			}
		}
		if r := run.Wait(); !r.Good() || s.sent["t0"] != 2 {
			t.Errorf("it ended as %+v after %d times", r.Outcomes, s.sent["t0"])
		}
		if took := time.Since(started); took > 63*time.Second {
			t.Errorf("it waited for %s, more than the cap of a minute", took)
		}
		if len(waits) < 60 || !slices.IsSortedFunc(waits, func(a, b time.Duration) int { return int(b - a) }) || waits[len(waits)-1] != 0 {
			t.Errorf("the countdown was %v", waits)
		}
	})
}

func TestWhatReadingBackFindsIsSaid(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := script()
		orphan := apiclient.Ref{Kind: apiclient.KindToken, Path: "orphan"}
		s.findings["t0"] = apiclient.Finding{End: apiclient.Refused, Words: "still there"}
		s.findings["t1"] = apiclient.Finding{End: apiclient.Done, Words: "gone"}
		s.findings["t2"] = apiclient.Finding{End: apiclient.Done, Words: "made", Orphans: []apiclient.Ref{orphan}}
		for _, name := range []string{"t0", "t1", "t2", "t3"} {
			s.script[name] = []apiclient.Outcome{unknown()}
		}
		r := apiclient.Run(t.Context(), s, planOf(stepN(0), stepN(1), stepN(2), stepN(3)), apiclient.RunOptions{}).Wait()
		want := []apiclient.End{apiclient.Unknown, apiclient.Done, apiclient.Unknown, apiclient.Unknown}
		for i, end := range want {
			if r.Outcomes[i].End != end {
				t.Errorf("step %d ended as %+v", i, r.Outcomes[i])
			}
		}
		if got := r.Outcomes[0].Words; got != "no answer; read back: still there" {
			t.Error(got)
		}
		if o := r.Orphans(); len(o) != 1 || o[0] != orphan {
			t.Errorf("orphans %v", o)
		}
		rest := r.Rest()
		if len(rest.Steps) != 3 || rest.Steps[0].Key == "" || rest.Steps[1].Key != "" {
			t.Errorf("the rest is %+v: what may have happened keeps its key, what is to be made anew gets another", rest.Steps)
		}
	})
}

func TestACancelWaitsForWhatIsUnderWayButNotForEver(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := script()
		s.takes = 3 * time.Second
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		r := apiclient.Run(ctx, s, planOf(stepN(0), stepN(1)), apiclient.RunOptions{Workers: 1}).Wait()
		if r.Outcomes[0].End != apiclient.Done || r.Outcomes[1].End != apiclient.NotSent || r.Stopped == "" {
			t.Errorf("ended as %+v", r.Outcomes)
		}
		s = script()
		s.takes = time.Hour
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		started := time.Now()
		r = apiclient.Run(ctx, s, planOf(stepN(0)), apiclient.RunOptions{Grace: 10 * time.Second}).Wait()
		if took := time.Since(started); r.Outcomes[0].End != apiclient.Unknown || took > 20*time.Second {
			t.Errorf("after %s it ended as %+v", took, r.Outcomes[0])
		}
	})
}

func TestBatchesGoTogether(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b := &batching{scripted: script(), size: 4}
		var steps []apiclient.Step
		for i := range 10 {
			steps = append(steps, stepN(i))
		}
		r := apiclient.Run(t.Context(), b, planOf(steps...), apiclient.RunOptions{Workers: 1}).Wait()
		if !r.Good() || len(b.batches) != 3 {
			t.Errorf("%d batches: %v", len(b.batches), b.batches)
		}
		for i, batch := range b.batches {
			if batch[0] != fmt.Sprint("t", 4*i) {
				t.Errorf("batch %d is %v", i, batch)
			}
		}
	})
}

func TestSignedOutAndBlockedPlansStop(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := script()
		s.script["t0"] = []apiclient.Outcome{apiclient.Fail("x", &apiclient.Failure{End: apiclient.Refused, Status: 401, Cause: apiclient.ErrSignedOut, Message: "who?"})}
		r := apiclient.Run(t.Context(), s, planOf(stepN(0), stepN(1)), apiclient.RunOptions{Workers: 1}).Wait()
		if r.Outcomes[1].End != apiclient.NotSent || s.sent["t1"] != 0 {
			t.Errorf("after being signed out: %+v", r.Outcomes)
		}
		s = script()
		p := planOf(stepN(0))
		p.Blocks = []apiclient.Block{{Text: "no"}}
		if r := apiclient.Run(t.Context(), s, p, apiclient.RunOptions{}).Wait(); r.Outcomes[0].End != apiclient.NotSent || s.sent["t0"] != 0 {
			t.Errorf("a blocked plan ran: %+v", r.Outcomes)
		}
		for _, steps := range [][]apiclient.Step{{stepN(0, 1), stepN(1, 0)}, {stepN(0, 7)}, {stepN(0, -1)}} {
			r := apiclient.Run(t.Context(), script(), planOf(steps...), apiclient.RunOptions{}).Wait()
			if r.Outcomes[0].End != apiclient.NotSent {
				t.Errorf("a plan that waits for itself ran: %+v", r.Outcomes)
			}
		}
	})
}

func TestNoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	s := script()
	s.takes = 0
	for range 20 {
		apiclient.Run(t.Context(), s, planOf(stepN(0), stepN(1)), apiclient.RunOptions{}).Wait()
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	if after := runtime.NumGoroutine(); after > before+1 {
		t.Errorf("%d goroutines became %d", before, after)
	}
}

func TestLockedWritesAreRefusedForEveryVerb(t *testing.T) {
	for _, b := range []apiclient.Backend{script(), &batching{scripted: script(), size: 9}} {
		_, batches := b.(apiclient.Batcher)
		locked := true
		l := apiclient.Lock(b, func() bool { return locked })
		batcher, kept := l.(apiclient.Batcher)
		if kept != batches {
			t.Errorf("the lock changed whether ops can go together to %v", kept)
		}
		for _, spec := range apiclient.Catalogue() {
			op := apiclient.Op{Verb: spec.Verb}
			outcomes := []apiclient.Outcome{l.Do(t.Context(), op)}
			if kept {
				outcomes = append(outcomes, batcher.DoBatch(t.Context(), []apiclient.Op{op, op})...)
			}
			for _, o := range outcomes {
				if o.End != apiclient.NotSent || !errors.Is(o.Failure, apiclient.ErrLocked) {
					t.Errorf("%s went through: %+v", spec.Verb, o)
				}
			}
		}
		if kept && batcher.BatchSize(apiclient.TokenRevoke) != 9 {
			t.Error("the size of batches was lost")
		}
		locked = false
		if o := l.Do(t.Context(), stepN(0).Op); o.End != apiclient.Done {
			t.Errorf("unlocked it ended as %+v", o)
		}
	}
}

func TestPagesThatLeadInACircleEnd(t *testing.T) {
	list := func(next func(string) string, rows int) func(context.Context, apiclient.Query) (apiclient.Page[int], error) {
		return func(_ context.Context, q apiclient.Query) (apiclient.Page[int], error) {
			return apiclient.Page[int]{Rows: make([]int, rows), Next: next(q.Page)}, nil
		}
	}
	never := func(apiclient.Page[int]) error { return nil }
	circle := map[string]string{"": "a", "a": "b", "b": "a"}
	if err := apiclient.All(t.Context(), list(func(p string) string { return circle[p] }, 1), apiclient.Query{}, never); !errors.Is(err, apiclient.ErrBroken) {
		t.Errorf("a circle gave %v", err)
	}
	if err := apiclient.All(t.Context(), list(func(p string) string { return p + "x" }, 0), apiclient.Query{}, never); !errors.Is(err, apiclient.ErrBroken) {
		t.Errorf("empty pages without an end gave %v", err)
	}
	pages := 0
	err := apiclient.All(t.Context(), list(func(p string) string { return p + "x" }, 1), apiclient.Query{}, func(apiclient.Page[int]) error {
		if pages++; pages == 3 {
			return apiclient.ErrEnough
		}
		return nil
	})
	if err != nil || pages != 3 {
		t.Errorf("after %d pages: %v", pages, err)
	}
}
