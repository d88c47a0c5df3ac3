package backendtest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"gatehouse/apiclient"
)

func everyVerbWorks(t *testing.T, h Harness) {
	info := h.Start(t).Backend.Info()
	for _, spec := range h.Driver.Verbs {
		t.Run(string(spec.Verb), func(t *testing.T) {
			s := h.Start(t)
			if support := info.Verbs[spec.Verb]; !support.OK {
				if support.Why == "" {
					t.Error("it cannot be done, and it is not said why")
				}
				return
			}
			p := plan(t, s, s.Op(spec.Verb))
			if p.Title == "" || p.Context != info.Context || p.Verb != spec.Verb {
				t.Errorf("the plan is %+v", p)
			}
			if p.Danger == apiclient.Destructive && p.Word == "" {
				t.Error("it is destructive, but no word is to be typed")
			}
			r := run(t, s, p)
			if !r.Good() {
				t.Fatalf("it ended as %+v", r.Outcomes)
			}
			if last(r).Words == "" {
				t.Error("nothing is said about what happened")
			}
			if f, err := s.Backend.ReadBack(within(t), p.Steps[len(p.Steps)-1].Op); err == nil && f.End == apiclient.Refused {
				t.Errorf("it was done, but reading back says: %s", f.Words)
			}
		})
	}
}

func unsupportedIsNotSent(t *testing.T, h Harness) {
	s := h.Start(t)
	s.Wire.Forget()
	for _, spec := range apiclient.Catalogue() {
		if s.Backend.Info().Verbs[spec.Verb].OK {
			continue
		}
		op := apiclient.Op{Verb: spec.Verb, On: apiclient.Ref{Kind: spec.On, Path: apiclient.NewPath("somebody")}}
		o := s.Backend.Do(within(t), op)
		if o.End != apiclient.NotSent || o.Failure == nil || !errors.Is(o.Failure, apiclient.ErrUnsupported) || o.Words == "" {
			t.Errorf("%s ended as %+v", spec.Verb, o)
		}
		if _, err := s.Backend.Prepare(within(t), []apiclient.Op{op}); err == nil {
			t.Errorf("%s can be planned", spec.Verb)
		}
	}
	if w := s.Wire.Writes(); len(w) > 0 {
		t.Errorf("it was sent: %v", w)
	}
}

func againIsFine(t *testing.T, h Harness) {
	for _, v := range h.Again {
		s := h.Start(t)
		op := s.Op(v)
		for range 2 {
			if o := s.Backend.Do(within(t), op); !o.End.Good() {
				t.Errorf("%s ended as %+v", v, o)
			}
		}
	}
}

func refusalsAreTold(t *testing.T, h Harness) {
	s := h.Start(t)
	o := s.Backend.Do(within(t), s.Refused())
	if o.End != apiclient.Refused || o.Failure == nil || o.Failure.Message == "" || o.Failure.Tried == "" || o.Failure.Status == 0 && !h.Codes {
		t.Errorf("it ended as %+v, %+v", o, o.Failure)
	}
}

// lostAnswers: it happened, nobody was told. The end is unknown or, after a
// look, done; it is never a refusal.
func lostAnswers(t *testing.T, h Harness) {
	for _, v := range sent(h, h.Start(t)) {
		t.Run(string(v), func(t *testing.T) {
			s := h.Start(t)
			p := plan(t, s, s.Op(v))
			s.Wire.Break(Fault{Writes: true, LoseAnswer: true}, 100)
			o := s.Backend.Do(within(t), p.Steps[0].Op)
			if o.End != apiclient.Unknown || o.Words == "" {
				t.Fatalf("without an answer it ended as %+v", o)
			}
			s.Wire.Heal()
			s.Wire.Forget()
			f, err := s.Backend.ReadBack(within(t), p.Steps[0].Op)
			if err != nil || f.End == apiclient.Refused || f.Words == "" {
				t.Errorf("reading back found %+v, %v", f, err)
			}
			if w := s.Wire.Writes(); len(w) > 0 {
				t.Errorf("reading back wrote: %v", w)
			}
		})
	}
}

// lostRequests: it did not happen, but that cannot be told from the wire.
func lostRequests(t *testing.T, h Harness) {
	for _, v := range sent(h, h.Start(t)) {
		t.Run(string(v), func(t *testing.T) {
			s := h.Start(t)
			p := plan(t, s, s.Op(v))
			s.Wire.Break(Fault{Writes: true, LoseAsk: true}, 100)
			o := s.Backend.Do(within(t), p.Steps[0].Op)
			if o.End != apiclient.Unknown && o.End != apiclient.NotSent {
				t.Fatalf("it ended as %+v", o)
			}
			s.Wire.Heal()
			if f, err := s.Backend.ReadBack(within(t), p.Steps[0].Op); err != nil || f.End.Good() || f.Words == "" {
				t.Errorf("reading back found %+v, %v", f, err)
			}
		})
	}
}

func cancelledIsNotSent(t *testing.T, h Harness) {
	s := h.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, v := range verbs(h, s) {
		op := s.Op(v)
		s.Wire.Forget()
		if o := s.Backend.Do(ctx, op); o.End != apiclient.NotSent || o.Words == "" {
			t.Errorf("%s ended as %+v", v, o)
		}
		if w := s.Wire.Writes(); len(w) > 0 {
			t.Errorf("%s was sent", v)
		}
	}
	if b, ok := s.Backend.(apiclient.Batcher); ok {
		batchIsNotSent(t, s, b, ctx)
	}
}

func batchIsNotSent(t *testing.T, s System, b apiclient.Batcher, ctx context.Context) {
	for _, spec := range apiclient.Catalogue() {
		if b.BatchSize(spec.Verb) < 2 {
			continue
		}
		ops := []apiclient.Op{s.Op(spec.Verb), s.Op(spec.Verb)}
		for _, o := range b.DoBatch(ctx, ops) {
			if o.End != apiclient.NotSent {
				t.Errorf("%s in a batch ended as %+v", spec.Verb, o)
			}
		}
		done := b.DoBatch(within(t), ops)
		if len(done) != len(ops) || slices.ContainsFunc(done, func(o apiclient.Outcome) bool { return !o.End.Good() }) {
			t.Errorf("%s in a batch ended as %+v", spec.Verb, done)
		}
	}
}

func slowAnswers(t *testing.T, h Harness) {
	s := h.Start(t)
	op := s.Op(verbs(h, s)[0])
	s.Wire.Break(Fault{Writes: true, Hold: limit}, 100)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	started := time.Now()
	if o := s.Backend.Do(ctx, op); o.End != apiclient.Unknown && o.End != apiclient.NotSent {
		t.Errorf("it ended as %+v", o)
	}
	if took := time.Since(started); took > limit/2 {
		t.Errorf("it went on for %s after its time was over", took)
	}
}
