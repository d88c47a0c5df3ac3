// Package change is the way from a verb to what became of it: form, plan,
// confirmation, run, result. There is one way for all verbs of all systems.
package change

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/form"
	"gatehouse/tui/jobs"
	"gatehouse/tui/theme"
	"gatehouse/views/cells"
	"gatehouse/views/session"
	"gatehouse/views/verbs"
)

// Desk is where changes are begun. It is a tui.Receiver: what a change waits
// for comes here, whatever is open on the screen.
type Desk struct {
	env   *tui.Env
	id    tui.ID
	s     *session.Session
	board *jobs.Board
	o     Options
	works map[*work]bool // that are under way
}

// Options are how changes are carried out; the zero Options are good.
type Options struct {
	Run apiclient.RunOptions
	// Tick is tea.Tick unless a test has its own clock.
	Tick func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
	Dir  string // where files are proposed
	// Protected tells whether the place is one that confirmations have to warn
	// of. nil: it is not.
	Protected func() bool
}

// Request asks for one change.
type Request struct {
	Verb   apiclient.Verb
	On     []apiclient.Ref  // what it works on
	Record apiclient.Record // the row it works on or that is under the cursor, for what a form starts with; may be nil
	Scope  apiclient.Ref    // whose rows the list shows
	Hidden int              // how many of On a filter hides
	// Ended is called with how it ended, each time it ran; may be nil.
	Ended func(apiclient.Result)
}

// New makes a desk.
func New(env *tui.Env, s *session.Session, board *jobs.Board, o Options) *Desk {
	if o.Tick == nil {
		o.Tick = tea.Tick
	}
	return &Desk{env: env, id: env.NextID(), s: s, board: board, o: o, works: map[*work]bool{}}
}

// Finish is called when the event loop has ended: what was not sent yet is not
// sent any more, and what is under way is waited for, up to a limit.
func (d *Desk) Finish(limit time.Duration) {
	for w := range d.works {
		w.cancel()
	}
	out := time.After(limit)
	for w := range d.works {
		select {
		case <-w.running.Done():
		case <-out:
			return
		}
	}
}

// ID implements tui.Receiver.
func (d *Desk) ID() tui.ID { return d.id }

// answer is a message on its way to one change.
type answer struct {
	to  *flow
	msg tea.Msg
}

// Update implements tui.Receiver.
func (d *Desk) Update(msg tea.Msg) tea.Cmd {
	if a, ok := msg.(answer); ok {
		return a.to.update(a.msg)
	}
	return nil
}

// Start begins a change: with a form where the verb asks for something, else
// with the plan.
func (d *Desk) Start(r Request) tea.Cmd {
	spec, ok := d.s.Driver().Verb(r.Verb)
	if !ok || d.s.Backend() == nil {
		return tui.Toast(theme.Warn, "not signed in yet: nothing can be changed")
	}
	f := &flow{d: d, req: r, spec: spec, loader: tui.NewLoader(d.s.Context())}
	if len(spec.Fields) == 0 {
		return f.prepare(nil)
	}
	f.openForm()
	return tui.Open(f.form)
}

// look offers the records that a field can name.
func (d *Desk) look(ctx context.Context, kind apiclient.Kind, typed string) ([]form.Suggestion, error) {
	b := d.s.Backend()
	if b == nil {
		return nil, nil
	}
	q := apiclient.Query{Search: typed, Size: mostSuggested}
	switch kind {
	case apiclient.KindAccount:
		return suggest(b.Accounts(ctx, q))
	case apiclient.KindUser:
		return suggest(b.Users(ctx, q))
	case apiclient.KindRole:
		return suggest(b.Roles(ctx, q))
	case apiclient.KindObject:
		return suggest(b.Objects(ctx, q))
	}
	return nil, nil
}

// mostSuggested is how many records are offered: who needs more types more.
const mostSuggested = 50

func suggest[T any, P interface {
	*T
	apiclient.Record
}](p apiclient.Page[T], err error) ([]form.Suggestion, error) {
	if err != nil {
		return nil, err
	}
	out := make([]form.Suggestion, len(p.Rows))
	for i := range p.Rows {
		r := P(&p.Rows[i])
		ref := r.GetRef().Key()
		out[i] = form.Suggestion{Text: ref.Name(), Note: note(r), Key: ref}
	}
	return out, nil
}

// note tells a record from others of a similar name.
func note(r apiclient.Record) string {
	for _, key := range []string{"real_name", "email", "description"} {
		if v := r.Get(key); !v.None && v.Text != "" {
			return v.Text
		}
	}
	return r.Get("state").Text
}

// title is what the form of a verb is called.
func (f *flow) title() string {
	info := f.d.s.Info()
	t := verbs.Title(f.spec, info)
	switch {
	case f.spec.Aim == apiclient.OnNew || f.spec.Aim == apiclient.OnSelf || len(f.req.On) == 0:
	case len(f.req.On) > 1:
		t = f.spec.Title + " " + string(cells.Many(len(f.req.On), info.Word(f.spec.On)))
	case strings.Contains(f.spec.Title, " "):
		t = f.spec.Title + " of " + f.req.On[0].Name()
	default:
		t += " " + f.req.On[0].Name()
	}
	if info.Context != "" {
		t += " on " + info.Context
	}
	return t
}
