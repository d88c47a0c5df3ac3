package apiclient

import "time"

// Result is how a run ended: one outcome for each step, in the order of the
// plan.
type Result struct {
	Plan     Plan
	Outcomes []Outcome
	Counts   Counts
	Started  time.Time
	Ended    time.Time
	Rate     float64 // steps per second
	Stopped  string  // why it did not go to its end; "": it did
}

// Good tells whether every step has happened or is happening.
func (r Result) Good() bool { return r.Counts.Good() == len(r.Outcomes) }

// Orphans are the records that now exist without anybody having their secret.
func (r Result) Orphans() []Ref {
	var refs []Ref
	for _, o := range r.Outcomes {
		refs = append(refs, o.Orphans...)
	}
	return refs
}

// Reveals are all secrets to show once.
func (r Result) Reveals() []Reveal {
	var all []Reveal
	for _, o := range r.Outcomes {
		all = append(all, o.Reveals...)
	}
	return all
}

// Rest is the plan of what did not succeed, to be tried again alone; it has no
// steps when all did. A step that got no answer keeps its key, so that a
// backend that has done it does not do it again; but where a secret was lost
// the step makes a new one.
func (r Result) Rest() Plan {
	p := r.Plan
	p.Steps = nil
	place := make(map[int]int, len(r.Plan.Steps))
	for i, o := range r.Outcomes {
		if !o.End.Good() {
			place[i] = len(place)
		}
	}
	for i, step := range r.Plan.Steps {
		o := r.Outcomes[i]
		if o.End.Good() {
			continue
		}
		if o.End != Unknown || len(o.Orphans) > 0 {
			step.Key = ""
		}
		var after []int
		for _, before := range step.After {
			// What succeeded needs no waiting for.
			if at, ok := place[before]; ok {
				after = append(after, at)
			}
		}
		step.After = after
		p.Steps = append(p.Steps, step)
	}
	if p.Word != "" {
		p.Word = TypedWord(p.Verb.Word(), p.Targets())
	}
	return p
}
