package apiclient

import (
	"context"
	"errors"
	"sync"
)

// Drift is what changed about one target since the plan was made.
type Drift struct {
	Ref   Ref
	Words string
}

// Rechecked is what a second look at the targets of a plan brought to light.
type Rechecked struct {
	Drifts    []Drift
	Unchecked int // targets that were not read: too many, or they could not be
}

const (
	mostRechecked  = 40 // five round trips at most: what is confirmed should begin
	recheckWorkers = 8
)

// Recheck reads the targets of a plan again, right before it runs, and tells
// what changed since it was made. More than a bounded number of targets are
// not read, but counted: the backend's own check of versions still holds.
func Recheck(ctx context.Context, b Backend, p Plan) Rechecked {
	var out Rechecked
	targets := observed(p)
	if len(targets) > mostRechecked {
		out.Unchecked = len(targets) - mostRechecked
		targets = targets[:mostRechecked]
	}
	drifts := make([]Drift, len(targets))
	failed := make([]bool, len(targets))
	slots := make(chan struct{}, recheckWorkers)
	var wg sync.WaitGroup
	for i, ref := range targets {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			drifts[i], failed[i] = recheck(ctx, b, ref)
		})
	}
	wg.Wait()
	for i := range targets {
		switch {
		case failed[i]:
			out.Unchecked++
		case drifts[i].Words != "":
			out.Drifts = append(out.Drifts, drifts[i])
		}
	}
	return out
}

// observed are the records that a plan is about, each once, as they were when
// it was made. A record without a version cannot have changed unseen, but can
// be gone.
func observed(p Plan) []Ref {
	seen := map[Ref]bool{}
	var refs []Ref
	for _, s := range p.Steps {
		if key := s.On.Key(); !key.IsZero() && !seen[key] && Spec(s.Verb).Aim != OnNew && Spec(s.Verb).Aim != OnSelf {
			seen[key] = true
			refs = append(refs, s.On)
		}
	}
	return refs
}

func recheck(ctx context.Context, b Backend, ref Ref) (Drift, bool) {
	now, err := b.Read(ctx, ref)
	switch {
	case errors.Is(err, ErrNotFound):
		return Drift{Ref: ref, Words: ref.Name() + " does not exist any more"}, false
	case err != nil:
		return Drift{}, true
	case ref.Version != "" && now.GetRef().Version != ref.Version:
		return Drift{Ref: ref, Words: ref.Name() + " was changed by somebody meanwhile"}, false
	}
	return Drift{}, false
}
