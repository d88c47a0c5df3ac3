// Package backendtest is what every driver has to pass: one suite of promises
// that the rest of the program builds on, run against a live system or a fake
// of it.
package backendtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"gatehouse/apiclient"
)

// Harness is what the suite needs to know of a driver.
type Harness struct {
	Driver apiclient.Driver
	// Start gives a fresh system with some records of every kind it lists.
	Start func(*testing.T) System
	// Again are verbs that can be done twice to the same record and end well.
	Again []apiclient.Verb
	// Local are verbs that end here, without a word to the system.
	Local []apiclient.Verb
	// Codes: the system refuses with codes of its own instead of HTTP statuses,
	// and has no way to ask for a wait. Its Wire makes of a status what the
	// system has in its place.
	Codes bool
}

// Wire stands between a driver and a system: it notes what goes by and breaks
// what it is told to break. Proxy is the one for HTTP.
type Wire interface {
	Break(Fault, int)    // the next so many requests that fit meet the fault
	Heal()               // ends all faults
	Forget()             // forgets the requests so far
	Requests() []Request // those since Forget
	Writes() []Request   // those of them that could change something
}

// System is one live system that a driver speaks to through a wire, as
// somebody who may do everything.
type System struct {
	Backend apiclient.Backend
	Wire    Wire
	// Secrets must never show: the credential, and all that Op uses.
	Secrets []apiclient.Secret
	// Op gives an op of the verb that works, on a record made for it.
	Op func(apiclient.Verb) apiclient.Op
	// Refused gives an op that the system, not the driver, refuses.
	Refused func() apiclient.Op
	// Carry writes a text into some record through the backend, and gives what
	// reading it back gives.
	Carry func(text string) string
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	for name, check := range map[string]func(*testing.T, Harness){
		"reads never write":                   readsNeverWrite,
		"pages are whole and without doubles": pagesAreWhole,
		"columns can be answered":             columnsCanBeAnswered,
		"every verb works or says why not":    everyVerbWorks,
		"what is not there is not sent":       unsupportedIsNotSent,
		"doing it again is fine":              againIsFine,
		"a refusal is told in words":          refusalsAreTold,
		"a lost answer is looked after":       lostAnswers,
		"a lost request is told":              lostRequests,
		"a cancelled op is not sent":          cancelledIsNotSent,
		"an answer may take too long":         slowAnswers,
		"faults are told apart":               faultsAreToldApart,
		"damaged answers are not believed":    damagedAnswers,
		"secrets do not show":                 secretsDoNotShow,
		"hostile texts come through unharmed": hostileTexts,
		"a credential stays at its origin":    credentialStays,
		"closing forgets the credential":      closingForgets,
	} {
		t.Run(name, func(t *testing.T) { check(t, h) })
	}
}

// limit keeps a hanging driver from hanging the suite.
const limit = 30 * time.Second

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

// plan prepares an op, which must be possible.
func plan(t *testing.T, s System, ops ...apiclient.Op) apiclient.Plan {
	t.Helper()
	p, err := s.Backend.Prepare(within(t), ops)
	if err != nil {
		t.Fatalf("prepare %s: %v", ops[0].Verb, err)
	}
	if len(p.Blocks) > 0 {
		t.Fatalf("prepare %s: blocked: %+v", ops[0].Verb, p.Blocks)
	}
	if len(p.Steps) == 0 {
		t.Fatalf("prepare %s: no steps", ops[0].Verb)
	}
	return p
}

// run carries a plan out.
func run(t *testing.T, s System, p apiclient.Plan) apiclient.Result {
	t.Helper()
	return apiclient.Run(within(t), s.Backend, p, apiclient.RunOptions{}).Wait()
}

// last is the outcome of what was asked for, after the steps that prepare it.
func last(r apiclient.Result) apiclient.Outcome { return r.Outcomes[len(r.Outcomes)-1] }

// sent are the verbs that the backend can do and has to say to the system.
func sent(h Harness, s System) []apiclient.Verb {
	return slices.DeleteFunc(verbs(h, s), func(v apiclient.Verb) bool { return slices.Contains(h.Local, v) })
}

// verbs are those that the backend can do.
func verbs(h Harness, s System) []apiclient.Verb {
	var out []apiclient.Verb
	for _, spec := range h.Driver.Verbs {
		if s.Backend.Info().Verbs[spec.Verb].OK {
			out = append(out, spec.Verb)
		}
	}
	return out
}
