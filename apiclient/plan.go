package apiclient

import (
	"fmt"
	"time"
)

// Op is one change to one record. Secret is for ops that need the token
// itself; it is never written down. Key names this very change, so that a
// system that can tell repeats apart does not do it twice: Prepare sets it.
type Op struct {
	Verb   Verb
	On     Ref
	With   Values
	Secret Secret
	Key    string
}

// Step is an op with its place in a plan.
type Step struct {
	Op
	Title string // "disable acme": what happens, in the system's words
	Note  string // "reversible", "for good"
	After []int  // indices of steps that must have succeeded before this one starts
}

// Fact is something that the admin must know before he says yes.
type Fact struct {
	Text  string
	Grave bool // drawn as a warning
}

// Block is why a plan cannot run at all; it names what to do instead.
type Block struct {
	Text string
	Next string
}

// Plan is a frozen list of steps. What the confirmation shows is what runs: a
// refresh behind it changes nothing in it.
type Plan struct {
	Context  string
	System   string // host or url, for the eyes
	Title    string // "Delete account acme"
	Verb     Verb   // what was asked for; steps may have others
	Steps    []Step
	Facts    []Fact
	Blocks   []Block
	Danger   Danger
	Word     string // Destructive: what must be typed
	Reason   string
	Hidden   int       // how many of the marked rows a filter hides
	Observed time.Time // when the versions were read
}

// Targets are the refs that the plan was asked for, without the steps that
// only prepare them (a disable before a delete).
func (p Plan) Targets() []Ref {
	var refs []Ref
	for _, s := range p.Steps {
		if s.Verb == p.Verb {
			refs = append(refs, s.On)
		}
	}
	return refs
}

// TypedWord is what must be typed for a destructive plan: the name of the one
// target, or the verb and the count of many.
func TypedWord(verb string, targets []Ref) string {
	if len(targets) == 1 {
		return targets[0].Name()
	}
	return fmt.Sprintf("%s %d", verb, len(targets))
}

// Worst is the danger of the worst step by the catalogue.
func Worst(steps []Step) Danger {
	worst := Harmless
	for _, s := range steps {
		worst = max(worst, Spec(s.Verb).Danger)
	}
	return worst
}
