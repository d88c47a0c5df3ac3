package change

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/confirm"
	"gatehouse/tui/form"
	"gatehouse/tui/theme"
	"gatehouse/views/session"
	"gatehouse/views/trouble"
	"gatehouse/views/verbs"
)

// flow is one change on its way. It belongs to the event loop.
type flow struct {
	d      *Desk
	req    Request
	spec   apiclient.VerbSpec
	loader *tui.Loader
	form   *form.Form       // nil: the verb asks for nothing
	start  apiclient.Values // what the form began with
	with   apiclient.Values // what was entered
	plan   apiclient.Plan
	again  *work         // what is run once more; nil: a new run
	wait   *wait         // the box that says that the plan is being made; nil: none
	stand  session.Stand // when the plan was asked for
}

type (
	// slow comes when a plan takes long enough to say so.
	slow struct{}
	// rechecked is the last look before a plan runs.
	rechecked struct {
		found apiclient.Rechecked
		plan  apiclient.Plan // made anew, where something has changed
	}
)

// to leads the answer of a command back to this change.
func (f *flow) to(cmd tea.Cmd) tea.Cmd {
	return tui.To(f.d.id, func() tea.Msg {
		msg := cmd()
		if a, ok := msg.(tui.Addressed); ok {
			msg = a.Msg
		}
		return answer{f, msg}
	})
}

func (f *flow) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tui.Loaded[apiclient.Plan]:
		if f.loader.Fresh(m.Gen) {
			return tea.Batch(f.endWait(), f.prepared(m.Value, m.Err))
		}
	case tui.Loaded[rechecked]:
		if f.loader.Fresh(m.Gen) {
			return tea.Batch(f.endWait(), f.checked(m.Value, m.Err))
		}
	case slow:
		if f.loader.Busy() && f.wait == nil && f.form == nil {
			f.wait = newWait(f.d.env, f.title(), f.loader.Cancel)
			return tui.Open(f.wait)
		}
	}
	return nil
}

func (f *flow) endWait() tea.Cmd {
	if f.wait == nil {
		return nil
	}
	id := f.wait.id
	f.wait = nil
	return tui.Close(id)
}

func (f *flow) openForm() {
	f.start = verbs.Prefill(f.spec, verbs.From{Record: f.req.Record, Scope: f.req.Scope})
	f.form = form.New(f.d.env, form.Spec{
		Title:  f.title(),
		Intro:  f.spec.Says,
		Button: strings.ToLower(f.spec.Title),
		Fields: FormFields(f.spec.Fields, f.start, f.d.look),
		Secret: Seal,
		Submit: f.submitted,
		Stop:   f.loader.Cancel,
	})
}

// submitted makes a plan of what was entered. The form waits; its answer comes
// by Fail or Succeed.
func (f *flow) submitted(values form.Values) tea.Cmd {
	in := Inputs(values)
	if f.spec.Aim == apiclient.OnRow || f.spec.Aim == apiclient.OnRows {
		in = verbs.Changed(f.start, in)
		if len(in) == 0 && f.spec.Verb.Word() == "update" {
			return tui.To(f.form.ID(), func() tea.Msg { return form.Failed{General: "Nothing is changed yet: esc closes."} })
		}
	} else {
		in = Given(in)
	}
	return f.prepare(in)
}

// prepare asks the backend for the plan. Nothing is changed by that.
func (f *flow) prepare(with apiclient.Values) tea.Cmd {
	f.with, f.stand = with, f.d.s.Stand()
	b, ops := f.d.s.Backend(), f.ops()
	load := tui.Load(f.loader, f.d.id, session.Limit, func(ctx context.Context) (apiclient.Plan, error) {
		return b.Prepare(ctx, ops)
	})
	return tea.Batch(f.to(load), f.later())
}

// patience is how long a plan may take before the console says that it waits.
const patience = 150 * time.Millisecond

func (f *flow) later() tea.Cmd {
	if f.form != nil {
		return nil // the form says so itself
	}
	return f.d.o.Tick(patience, func(time.Time) tea.Msg { return tui.Addressed{To: f.d.id, Msg: answer{f, slow{}}} })
}

func (f *flow) ops() []apiclient.Op {
	if len(f.req.On) == 0 || f.spec.Aim == apiclient.OnNew || f.spec.Aim == apiclient.OnSelf {
		return []apiclient.Op{{Verb: f.spec.Verb, With: f.with}}
	}
	ops := make([]apiclient.Op, len(f.req.On))
	for i, ref := range f.req.On {
		ops[i] = apiclient.Op{Verb: f.spec.Verb, On: ref, With: f.with}
	}
	return ops
}

// prepared goes on with the plan: it runs if it is harmless, else it is asked
// about.
func (f *flow) prepared(p apiclient.Plan, err error) tea.Cmd {
	if err != nil {
		return f.failed(err, func() tea.Cmd { return f.prepare(f.with) })
	}
	heard := f.d.s.Heard(time.Time{})
	p.Hidden = f.req.Hidden
	f.plan = p
	switch {
	case len(p.Blocks) > 0 && f.form != nil:
		return tea.Batch(heard, f.form.Fail(form.Failed{General: blocked(p)}))
	case len(p.Blocks) > 0 || asks(p):
		return tea.Batch(heard, f.ask(confirmOf(f, p)))
	}
	return tea.Batch(heard, f.run(p))
}

func blocked(p apiclient.Plan) string {
	var lines []string
	for _, b := range p.Blocks {
		lines = append(lines, strings.TrimSpace(b.Text+" "+b.Next))
	}
	return strings.Join(lines, "\n")
}

// failed shows what kept a plan from being made.
func (f *flow) failed(err error, again func() tea.Cmd) tea.Cmd {
	if errors.Is(err, apiclient.ErrSignedOut) && f.d.s.Renewed(f.stand) && again != nil {
		return again() // somebody has signed in meanwhile
	}
	failure := apiclient.AsFailure(strings.ToLower(f.title()), err)
	cmd := f.d.s.Failed(err, again)
	switch {
	case f.form != nil:
		return tea.Batch(cmd, f.form.Fail(Refusal(failure)))
	case errors.Is(err, apiclient.ErrSignedOut):
		return cmd // it goes on when somebody has signed in
	}
	return tea.Batch(cmd, tui.Open(trouble.New(f.d.env, failure, nil)))
}

func confirmOf(f *flow, p apiclient.Plan) *confirm.Confirm {
	return confirm.New(f.d.env, f.question(p), f.confirmed)
}

// ask opens the confirmation. A form beneath it is open for changes again,
// should the answer be no.
func (f *flow) ask(c *confirm.Confirm) tea.Cmd {
	if f.form == nil {
		return tui.Open(c)
	}
	return tea.Batch(f.form.Fail(form.Failed{}), tui.Open(c))
}

// confirmed looks once more, right before anything is sent, whether what the
// confirmation showed is still so. The plan is the one that was shown.
func (f *flow) confirmed(reason string) tea.Cmd {
	f.plan.Reason = reason
	b, p, ops := f.d.s.Backend(), f.plan, f.ops()
	load := tui.Load(f.loader, f.d.id, session.Limit, func(ctx context.Context) (rechecked, error) {
		r := rechecked{found: apiclient.Recheck(ctx, b, p)}
		if len(r.found.Drifts) == 0 {
			return r, ctx.Err()
		}
		var err error
		r.plan, err = b.Prepare(ctx, ops)
		return r, err
	})
	return tea.Batch(f.to(load), f.later())
}

// checked runs the plan, or tells what has changed and asks anew.
func (f *flow) checked(r rechecked, err error) tea.Cmd {
	if len(r.found.Drifts) == 0 {
		if err != nil {
			return f.failed(err, nil)
		}
		return f.run(f.plan)
	}
	var lines []string
	for _, d := range r.found.Drifts {
		lines = append(lines, d.Words)
	}
	toast := tui.Toast(theme.Warn, "nothing was sent: "+lines[0])
	c := confirmOf(f, f.plan)
	c.Changed(append(lines, "Nothing was sent.")...)
	if err != nil {
		// There is no plan for what is there now: it is gone, or cannot be
		// read. The box says so and can only be closed.
		return tea.Batch(toast, f.ask(c))
	}
	r.plan.Hidden = f.plan.Hidden
	f.plan = r.plan
	c.Replace(f.question(f.plan))
	return tea.Batch(toast, f.ask(c))
}

// question is the confirmation of a plan, with what is known of the place.
func (f *flow) question(p apiclient.Plan) confirm.Plan {
	q := Question(f.spec, p, f.d.s.Info())
	q.Protected = f.d.o.Protected != nil && f.d.o.Protected()
	return q
}
