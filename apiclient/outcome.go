package apiclient

import "time"

// End is how an op ended. Unknown is not a kind of failure: the request went
// out and no answer came back.
type End uint8

// The ends. NotSent is the zero value: an op has no better end until it has one.
const (
	NotSent  End = iota
	Done         // acknowledged
	Accepted     // acknowledged; the system goes on by itself
	Refused      // answered with an error: nothing was changed
	Unknown      // sent, no answer
)

// String gives the word for the end.
func (e End) String() string {
	return [...]string{"not sent", "done", "accepted", "refused", "unknown"}[e]
}

// Good tells whether what was asked for has happened or is happening.
func (e End) Good() bool { return e == Done || e == Accepted }

// Reveal is a secret that the answer holds once.
type Reveal struct {
	Label  string // "Token", "Registration string"
	Secret Secret
	Handle string // its public name
	Note   string // what to do with it, until when
}

// Item is the end of one of the calls of an op that is many calls inside.
type Item struct {
	Ref   Ref
	End   End
	Words string
}

// Outcome is the end of one op.
type Outcome struct {
	End        End
	Words      string      // what happened, in the backend's words where it has some
	Failure    *Failure    // Refused, Unknown, NotSent: why
	Reveals    []Reveal    // secrets to show once
	Made       []Ref       // records that now exist
	Orphans    []Ref       // records that now exist, but whose secret was in an answer that got lost
	Items      []Item      // ops that are many calls inside
	Credential *Credential // the change ended our own session: go on with this one
	Unchanged  bool        // it was so already
	RequestID  string
	At         time.Time // the server's clock; zero: not known
}

// Did makes an outcome of an acknowledged op.
func Did(words string) Outcome { return Outcome{End: Done, Words: words} }

// Fail makes the outcome of an error: a Failure tells its own end, anything
// else was not sent.
func Fail(tried string, err error) Outcome {
	f := AsFailure(tried, err)
	return Outcome{End: f.End, Words: f.Message, Failure: f, RequestID: f.RequestID}
}

// Finding is what a look after an unknown end brought to light.
type Finding struct {
	End   End    // Done: it happened; Refused: it did not; Unknown: cannot say
	Words string // "still there", "gone", "made at 12:00:03Z, its secret is lost"
	Made  []Ref  // records that now exist
	// Orphans exist now too, but their secret was in the answer that got lost:
	// of no use to anybody, they are for revoking.
	Orphans []Ref
}

// Life is what a probe says of a token.
type Life uint8

// The lives.
const (
	CannotSay Life = iota
	Alive
	Dead
)

// String gives the word.
func (l Life) String() string { return [...]string{"cannot say", "alive", "dead"}[l] }

// Verdict is what one place said of a token that was tried there.
type Verdict struct {
	Where  string // origin, or cluster
	Life   Life
	Status int
	Words  string
	At     time.Time
}
