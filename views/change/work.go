package change

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/jobs"
	"gatehouse/tui/safetext"
	"gatehouse/tui/sheet"
	"gatehouse/tui/theme"
	"gatehouse/views/session"
	"gatehouse/views/trouble"
)

// work is a plan that is being carried out, and what became of it. It is on
// the board of jobs, and goes on whatever is closed.
type work struct {
	f       *flow
	job     tui.ID
	sheet   *sheet.Job
	plan    apiclient.Plan
	lines   []apiclient.Step // of the sheet
	items   []int            // the line of the sheet that a step has
	running *apiclient.Running
	cancel  context.CancelFunc
	result  apiclient.Result
	stand   session.Stand // when it was started
}

// progress is how far it is; over: it has ended.
type progress struct {
	apiclient.Progress
	over bool
}

// run carries out a plan: the first time, or what is left of it.
func (f *flow) run(p apiclient.Plan) tea.Cmd {
	if w := f.again; w != nil {
		f.again = nil
		if cmd, ok := w.goOn(p); ok {
			return cmd
		}
	}
	w := &work{f: f, sheet: sheet.NewJob(f.d.env.Now), lines: p.Steps}
	w.sheet.Start(lines(p))
	for i := range p.Steps {
		w.items = append(w.items, i)
	}
	w.job = f.d.board.Start(jobs.Job{
		Title: safetext.Clean(p.Title), Total: len(p.Steps),
		Cancel: w.stop, Open: w.open, Receive: w.receive,
	})
	cmd := w.start(p)
	if many(p) {
		return tea.Batch(cmd, f.closeForm(nil), w.open())
	}
	return cmd
}

func (w *work) start(p apiclient.Plan) tea.Cmd {
	d := w.f.d
	ctx, cancel := context.WithCancel(d.s.Context())
	w.plan, w.cancel, w.stand = p, cancel, d.s.Stand()
	w.running = apiclient.Run(ctx, d.s.Carrier(p), p, d.o.Run)
	d.works[w] = true
	return w.next()
}

// next waits for the next piece of progress.
func (w *work) next() tea.Cmd {
	running := w.running
	return tui.To(w.job, func() tea.Msg {
		p, ok := running.Next()
		return progress{p, !ok}
	})
}

func (w *work) stop() {
	w.sheet.Cancelling()
	w.cancel()
}

// many tells whether a plan is shown on a sheet: the end of one change is said
// in a line.
func many(p apiclient.Plan) bool { return len(p.Targets()) > 1 || len(p.Steps) > 2 }

// lines are the names on the sheet.
func lines(p apiclient.Plan) []string {
	out := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		out[i] = s.Title
		if len(p.Targets()) == len(p.Steps) && s.On.Path != "" {
			out[i] = s.On.Name()
		}
	}
	return out
}

// open shows the sheet.
func (w *work) open() tea.Cmd {
	d := w.f.d
	return tui.Open(sheet.New(d.env, w.sheet, sheet.Spec{
		Title:  w.title(),
		Retry:  func([]int) tea.Cmd { return w.retry() },
		Cancel: func() tea.Cmd { d.board.Cancel(w.job); return nil },
		Dir:    d.o.Dir,
		File:   fmt.Sprintf("gatehouse-%s-%s.md", w.f.spec.Verb, d.env.Now().UTC().Format("20060102-150405")),
	}))
}

func (w *work) title() string {
	if w.plan.Context == "" {
		return w.plan.Title
	}
	return w.plan.Title + " on " + w.plan.Context
}

// receive gets what is addressed to the job.
func (w *work) receive(msg tea.Msg) tea.Cmd {
	p, ok := msg.(progress)
	if !ok {
		return nil
	}
	if p.over {
		return w.ended()
	}
	w.show(p.Progress)
	return w.next()
}

func (w *work) show(p apiclient.Progress) {
	if p.Step >= 0 && p.Step < len(w.items) {
		item := w.items[p.Step]
		switch p.Phase {
		case apiclient.StepStarted:
			w.sheet.Set(item, sheet.Running, "")
		case apiclient.StepPutOff:
			w.sheet.Set(item, sheet.Waiting, "the server asked to wait "+apiclient.FormatSpan(p.Wait.Round(time.Second)))
		case apiclient.ReadingBack:
			w.sheet.Set(item, sheet.Running, "no answer; looking what became of it")
		case apiclient.StepEnded:
			w.sheet.Tell(item, endOf(p.Outcome.End), p.Outcome.Words, detail(p.Outcome))
		}
	}
	w.f.d.board.Progress(w.job, w.sheet.Over(), w.ends()...)
}

func (w *work) ends() []jobs.End {
	tones := map[sheet.End]theme.Tone{
		sheet.Done: theme.Good, sheet.Accepted: theme.Good, sheet.Refused: theme.Bad, sheet.Unknown: theme.Warn, sheet.NotSent: theme.Dim,
	}
	var out []jobs.End
	for _, e := range []sheet.End{sheet.Done, sheet.Accepted, sheet.Refused, sheet.Unknown, sheet.NotSent} {
		out = append(out, jobs.End{Word: safetext.Clean(e.String()), Tone: tones[e], N: w.sheet.Count(e)})
	}
	return out
}

func endOf(e apiclient.End) sheet.End {
	return map[apiclient.End]sheet.End{
		apiclient.NotSent: sheet.NotSent, apiclient.Done: sheet.Done, apiclient.Accepted: sheet.Accepted,
		apiclient.Refused: sheet.Refused, apiclient.Unknown: sheet.Unknown,
	}[e]
}

func detail(o apiclient.Outcome) string {
	if o.Failure == nil {
		return ""
	}
	return trouble.Text(o.Failure, o.Words)
}

// ended does what an end brings with it, and says how it went.
func (w *work) ended() tea.Cmd {
	w.result = w.running.Wait()
	w.cancel()
	delete(w.f.d.works, w)
	w.sheet.Finish()
	f, s := w.f, w.f.d.s
	f.d.board.Progress(w.job, w.sheet.Over(), w.ends()...)
	f.d.board.Finish(w.job, w.state())
	if f.req.Ended != nil {
		f.req.Ended(w.result)
	}
	return tea.Batch(w.heard(), w.renew(), w.say(), f.d.reveal(w.result), s.Touched(changes(w.result)))
}

func (w *work) state() jobs.State {
	switch {
	case w.result.Good():
		return jobs.Done
	case w.result.Stopped != "":
		return jobs.Cancelled
	}
	return jobs.Partly
}

// heard tells the session what the run says about the link and the credential.
// Where that has expired, what was not done goes on after signing in.
func (w *work) heard() tea.Cmd {
	s := w.f.d.s
	for _, o := range w.result.Outcomes {
		switch {
		case o.Failure == nil:
			continue
		case errors.Is(o.Failure, apiclient.ErrSignedOut) && s.Renewed(w.stand):
			return w.resume() // somebody has signed in meanwhile
		case errors.Is(o.Failure, apiclient.ErrSignedOut):
			return s.Failed(o.Failure, func() tea.Cmd { return w.resume() })
		case errors.Is(o.Failure, apiclient.ErrUnreachable):
			return s.Failed(o.Failure, nil)
		}
	}
	return nil
}

// resume goes on with what an expired session has stopped: it was confirmed,
// and nothing of it was done.
func (w *work) resume() tea.Cmd {
	rest := w.result.Rest()
	if len(rest.Steps) == 0 {
		return nil
	}
	cmd, _ := w.goOn(rest)
	return cmd
}

// retry asks about what did not succeed, and runs it again.
func (w *work) retry() tea.Cmd {
	f := w.f
	rest := w.result.Rest()
	f.again, f.plan, f.form = w, rest, nil
	f.req.On = rest.Targets()
	return f.ask(confirmOf(f, rest))
}

// goOn runs a plan for what is left on the sheet. False: it is another plan, and
// has no place there.
func (w *work) goOn(p apiclient.Plan) (tea.Cmd, bool) {
	type line struct {
		verb apiclient.Verb
		on   apiclient.Ref
	}
	left := map[line][]int{}
	for _, item := range w.items {
		if !w.sheet.Item(item).End.Good() {
			l := line{w.lines[item].Verb, w.lines[item].On.Key()}
			left[l] = append(left[l], item)
		}
	}
	items := make([]int, len(p.Steps))
	for i, step := range p.Steps {
		l := line{step.Verb, step.On.Key()}
		if len(left[l]) == 0 {
			return nil, false
		}
		items[i], left[l] = left[l][0], left[l][1:]
	}
	w.items = items
	w.sheet.Again(items)
	w.f.d.board.Change(w.job, func(j *jobs.Job) { j.State, j.Finished = jobs.Running, time.Time{} })
	return w.start(p), true
}

// renew goes on with a new credential where a change has ended our session.
func (w *work) renew() tea.Cmd {
	for i := len(w.result.Outcomes) - 1; i >= 0; i-- {
		if c := w.result.Outcomes[i].Credential; c != nil {
			return w.f.d.s.Open(*c)
		}
	}
	for i, o := range w.result.Outcomes {
		step := w.result.Plan.Steps[i]
		switch {
		case !o.End.Good():
		case step.Verb == apiclient.SessionSignOut:
			return w.f.d.s.SignedOut()
		case step.Verb == apiclient.SessionSetPassword:
			return w.f.d.s.PasswordSet(step.With.Secret("password"))
		}
	}
	return nil
}

// changes are the records that may not be what they were. What became of them
// is read: an answer tells what was asked for, not what is there.
func changes(r apiclient.Result) []apiclient.Change {
	var out []apiclient.Change
	for i, o := range r.Outcomes {
		if o.End == apiclient.NotSent {
			continue
		}
		if ref := r.Plan.Steps[i].On; ref.Path != "" {
			out = append(out, apiclient.Change{Kind: ref.Kind, Ref: ref.Key()})
		}
		for _, ref := range o.Made {
			out = append(out, apiclient.Change{Kind: ref.Kind, Ref: ref.Key()})
		}
	}
	return out
}
