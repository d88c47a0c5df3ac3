// Package jobs is the board of what runs in the background: how far it is, how
// it ended, and how to see its results or cancel it.
package jobs

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// State is how a job stands.
type State uint8

// The states.
const (
	Running State = iota
	Cancelling
	Done      // all of it succeeded
	Partly    // it is over, and not all of it succeeded
	Cancelled // it was ended before its end
)

// Over tells whether a job in this state runs no more.
func (s State) Over() bool { return s >= Done }

// End counts the steps of a job that ended in one way: done, refused, unknown.
type End struct {
	Word safetext.Safe
	Tone theme.Tone
	N    int
}

// Job is what the board shows of a job.
type Job struct {
	ID       tui.ID // given by Start, unless it has one
	Title    safetext.Safe
	Total    int // steps; 0: not known
	Done     int // steps that have ended in whatever way
	Ends     []End
	State    State
	Started  time.Time // set by Start
	Finished time.Time // set when its state first is over

	Cancel  func()                // asks it to end; nil: it cannot be cancelled
	Open    func() tea.Cmd        // shows its result sheet; nil: it has none
	Receive func(tea.Msg) tea.Cmd // gets what is addressed to its ID
}

// keep is how many finished jobs are remembered.
const keep = 50

// Board is the list of jobs, the newest first. It belongs to the event loop.
type Board struct {
	env  *tui.Env
	jobs []*Job
}

// New makes an empty board.
func New(env *tui.Env) *Board { return &Board{env: env} }

// Start puts a job on the board.
func (b *Board) Start(j Job) tui.ID {
	if j.ID == 0 {
		j.ID = b.env.NextID()
	}
	j.Started = b.env.Now()
	b.jobs = slices.Insert(b.jobs, 0, &j)
	b.forget()
	return j.ID
}

// forget drops the oldest finished jobs.
func (b *Board) forget() {
	finished := 0
	b.jobs = slices.DeleteFunc(b.jobs, func(j *Job) bool {
		if j.State.Over() {
			finished++
		}
		return j.State.Over() && finished > keep
	})
}

// Change changes a job, if it is still there; its id stays.
func (b *Board) Change(id tui.ID, change func(*Job)) {
	j := b.find(id)
	if j == nil {
		return
	}
	change(j)
	j.ID = id
	if j.State.Over() && j.Finished.IsZero() {
		j.Finished = b.env.Now()
	}
}

// Progress tells how far a job is.
func (b *Board) Progress(id tui.ID, done int, ends ...End) {
	b.Change(id, func(j *Job) { j.Done, j.Ends = done, ends })
}

// Finish tells how a job ended.
func (b *Board) Finish(id tui.ID, state State) {
	b.Change(id, func(j *Job) { j.State = state })
}

// Cancel asks a running job to end.
func (b *Board) Cancel(id tui.ID) {
	if j := b.find(id); j != nil && j.State == Running && j.Cancel != nil {
		j.State = Cancelling
		j.Cancel()
	}
}

// Running is how many jobs are not over.
func (b *Board) Running() int {
	n := 0
	for _, j := range b.jobs {
		if !j.State.Over() {
			n++
		}
	}
	return n
}

// All are copies of the jobs, the newest first.
func (b *Board) All() []Job {
	out := make([]Job, len(b.jobs))
	for i, j := range b.jobs {
		out[i] = *j
	}
	return out
}

// Deliver hands a message to the job that asked for it. Without one, nobody
// gets it.
func (b *Board) Deliver(id tui.ID, msg tea.Msg) tea.Cmd {
	if j := b.find(id); j != nil && j.Receive != nil {
		return j.Receive(msg)
	}
	return nil
}

func (b *Board) find(id tui.ID) *Job {
	for _, j := range b.jobs {
		if j.ID == id {
			return j
		}
	}
	return nil
}
