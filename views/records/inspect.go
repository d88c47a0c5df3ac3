package records

import (
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/inspect"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
	"gatehouse/views/change"
	"gatehouse/views/session"
	"gatehouse/views/verbs"
)

// page is a record laid out for reading. Where follow is given, what it names
// are links.
func (d Deps) page(r apiclient.Record, follow func(apiclient.Ref) tea.Cmd) inspect.Record {
	info, look, ref := d.Session.Info(), d.look(), r.GetRef()
	out := inspect.Record{Title: titleOf(info, ref)}
	for _, col := range info.Columns[ref.Kind] {
		v := r.Get(col.Key)
		cell := look.Full(col.Key, v)
		if cell.Text == "" {
			continue
		}
		f := inspect.Field{Label: safetext.Clean(col.Title), Lines: []safetext.Safe{cell.Text}, Sign: cell.Sign, Tone: cell.Tone, Copy: v.String()}
		if follow != nil && v.Kind == apiclient.LinkValue && !v.Link.IsZero() {
			f.Follow = func() tea.Cmd { return follow(v.Link) }
		}
		out.Fields = append(out.Fields, f)
	}
	return out
}

func titleOf(info apiclient.Info, ref apiclient.Ref) safetext.Safe {
	return safetext.Clean(info.Word(ref.Kind).One + " " + ref.Name())
}

// box is the inspect page of one record. It shows at once what the list knew,
// and then what the system says now.
type box struct {
	*inspect.Modal
	d      Deps
	ref    apiclient.Ref
	record apiclient.Record // nil: not read yet
	failed *apiclient.Failure
	loader *tui.Loader
}

// newBox makes the page of a record; known, if not nil, is what is known of it.
func newBox(d Deps, ref apiclient.Ref, known apiclient.Record) *box {
	b := &box{d: d, ref: ref.Key(), record: known, loader: tui.NewLoader(d.Session.Context())}
	b.Modal = inspect.NewModal(d.Env, b.source, b.verbs)
	return b
}

func (s *Screen) inspect() tea.Cmd {
	r, ok := s.list.Current()
	if !ok {
		return nil
	}
	return tui.Open(newBox(s.Deps, r.GetRef(), r))
}

// source is what the page shows now.
func (b *box) source() inspect.Record {
	out := inspect.Record{Title: titleOf(b.d.Session.Info(), b.ref)}
	if b.record != nil {
		out = b.d.page(b.record, b.follow)
	}
	switch {
	case b.failed != nil:
		out.Fields = append(out.Fields, inspect.Field{
			Label: "not read", Lines: []safetext.Safe{safetext.Clean(b.failed.Message)}, Tone: theme.Warn, Sign: "!", Copy: b.failed.Error(),
		})
	case b.record == nil:
		out.Fields = append(out.Fields, inspect.Field{Label: "reading", Lines: []safetext.Safe{b.d.Env.Theme.Signs.More}, Tone: theme.Dim})
	}
	return out
}

func (b *box) follow(ref apiclient.Ref) tea.Cmd { return tui.Open(newBox(b.d, ref, nil)) }

// Init reads the record afresh, with what lists leave out.
func (b *box) Init() tea.Cmd {
	be, ref := b.d.Session.Backend(), b.ref
	if be == nil {
		return nil
	}
	return tui.Load(b.loader, b.ID(), session.Limit, func(ctx context.Context) (apiclient.Record, error) { return be.Read(ctx, ref) })
}

// Update takes in what was read.
func (b *box) Update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(tui.Loaded[apiclient.Record])
	if !ok {
		return b.Modal.Update(msg)
	}
	switch {
	case !b.loader.Fresh(m.Gen):
		return nil
	case b.record != nil && errors.Is(m.Err, apiclient.ErrUnsupported):
		return nil // the list has all that there is
	case m.Err != nil:
		b.failed = apiclient.AsFailure("read "+b.ref.Name(), m.Err)
		return b.d.Session.Failed(m.Err, b.Init)
	}
	b.record, b.failed = m.Value, nil
	return nil
}

// Close ends the reading.
func (b *box) Close() { b.loader.Cancel() }

// verbs are what can be done to the record, with the keys of its list.
func (b *box) verbs() []tui.Action {
	var out []tui.Action
	for _, c := range verbs.Choices(verbs.Here{Driver: b.d.Session.Driver(), Info: b.d.Session.Info(), Kind: b.ref.Kind, Rows: 1}) {
		if c.Key == "" || c.Spec.Aim == apiclient.OnNew || c.Spec.On != b.ref.Kind {
			continue
		}
		verb := c.Spec.Verb
		out = append(out, tui.Action{
			ID: "verb." + string(verb), Title: c.Label, Help: c.Spec.Says, Keys: []string{c.Key}, Writes: true, Footer: 10 + c.Place, Why: c.Why,
			Do: func() tea.Cmd {
				return tea.Batch(tui.Close(b.ID()), b.d.Desk.Start(change.Request{Verb: verb, On: []apiclient.Ref{b.ref}, Record: b.record}))
			},
		})
	}
	return out
}
