// Package signin asks for what a system wants to see before it lets anybody
// in: in each of the ways that its driver knows, or with a registration string.
package signin

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/form"
	"gatehouse/tui/theme"
	"gatehouse/views/change"
	"gatehouse/views/session"
)

// way is one way in: a method of the driver, or a registration string.
type way struct {
	name   string
	title  string
	fields []apiclient.Field
	redeem bool
}

// registration is the name of the field that holds the string.
const registration = "registration_string"

func ways(d apiclient.Driver) []way {
	var out []way
	for _, m := range d.Methods {
		out = append(out, way{name: m.Name, title: m.Title, fields: m.Fields})
	}
	if d.Redeem != nil {
		out = append(out, way{
			name: "redeem", title: "Registration string", redeem: true,
			fields: append([]apiclient.Field{{
				Name: registration, Title: "Registration string", Kind: apiclient.SecretField, Required: true,
				Help: "what you were handed; you choose a password with it, once",
			}}, d.RedeemFields...),
		})
	}
	return out
}

// Box is the sign-in form: a tui.Modal.
type Box struct {
	*form.Form
	env     *tui.Env
	s       *session.Session
	at      int // the way
	why     *apiclient.Failure
	more    *apiclient.NeedMore // the second round; nil: the first
	entered apiclient.Values    // in the first round
	ctx     context.Context
	cancel  context.CancelFunc
}

type (
	// needMore has the form ask a second time.
	needMore struct {
		*apiclient.NeedMore
		with apiclient.Values
	}
)

// New makes the form. Why, if not nil, is what has ended the session before.
func New(env *tui.Env, s *session.Session, why *apiclient.Failure) *Box {
	return newBox(&Box{env: env, s: s, why: why})
}

// WithRegistration makes the form that takes a registration string.
func WithRegistration(env *tui.Env, s *session.Session) *Box {
	at := slices.IndexFunc(ways(s.Driver()), func(w way) bool { return w.redeem })
	return newBox(&Box{env: env, s: s, at: max(0, at)})
}

func newBox(b *Box) *Box {
	b.ctx, b.cancel = context.WithTimeout(b.s.Context(), session.Limit)
	w := b.way()
	fields := w.fields
	if b.more != nil {
		fields = b.more.Fields
	}
	start := apiclient.Values{"user": {Text: b.user()}, "ca_file": {Text: b.s.Target().CAFile}}
	for _, f := range fields {
		if f.Default != "" {
			start[f.Name] = apiclient.Input{Text: f.Default}
		}
	}
	b.Form = form.New(b.env, form.Spec{
		Title:  b.title(),
		Intro:  b.intro(),
		Button: b.button(),
		Fields: change.FormFields(fields, start, nil),
		Secret: change.Seal,
		Submit: b.submit,
		Stop:   func() { b.cancel() },
		Cancel: func() tea.Cmd { b.s.Declined(); return nil },
	})
	return b
}

func (b *Box) way() way { return ways(b.s.Driver())[b.at] }

func (b *Box) title() string {
	if b.way().redeem {
		return "Choose a password"
	}
	where := b.s.Target().Context
	if where == "" {
		where = b.s.Target().URL
	}
	return "Sign in to " + where
}

func (b *Box) intro() string {
	var lines []string
	if b.why != nil {
		lines = append(lines, b.why.Message)
		if b.s.Backend() != nil {
			lines = append(lines, "Sign in again, and what was being done goes on.")
		}
	}
	lines = append(lines, b.s.Driver().Title+" · "+b.s.Target().URL)
	if b.more != nil {
		lines = append(lines, b.more.Words)
	}
	return strings.Join(lines, "\n")
}

func (b *Box) button() string {
	if b.way().redeem {
		return "choose it and sign in"
	}
	return "sign in"
}

// user is who signs in, as far as that is known.
func (b *Box) user() string {
	if name := b.s.Identity().Name; name != "" {
		return name
	}
	return b.s.Target().User
}

// Update adds the key that changes to another way in.
func (b *Box) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.KeyMsg:
		if tui.Press(m) == "ctrl+t" && b.more == nil {
			return b.other()
		}
	case needMore:
		next := newBox(&Box{env: b.env, s: b.s, at: b.at, more: m.NeedMore, entered: m.with})
		return tea.Sequence(tui.Close(b.ID()), tui.Open(next))
	}
	return b.Form.Update(msg)
}

// other asks in the next way.
func (b *Box) other() tea.Cmd {
	next := newBox(&Box{env: b.env, s: b.s, why: b.why, at: (b.at + 1) % len(ways(b.s.Driver()))})
	return tea.Sequence(tui.Close(b.ID()), tui.Open(next))
}

// Actions implements tui.Modal.
func (b *Box) Actions() []tui.Action {
	all := ways(b.s.Driver())
	if len(all) < 2 || b.more != nil {
		return b.Form.Actions()
	}
	next := all[(b.at+1)%len(all)]
	return append(b.Form.Actions(), tui.Action{
		ID: "signin.other", Title: strings.ToLower(next.title), Help: "Sign in another way.", Keys: []string{"ctrl+t"}, Footer: 4, Do: b.other,
	})
}

// Close ends what is still on its way.
func (b *Box) Close() {
	b.cancel()
	b.Form.Close()
}

// submit signs in, in a command. The form waits and stays open with what was
// typed where it does not work.
func (b *Box) submit(values form.Values) tea.Cmd {
	b.cancel()
	b.ctx, b.cancel = context.WithTimeout(b.s.Context(), session.Limit)
	with := change.Given(change.Inputs(values))
	for name, in := range b.entered {
		with[name] = in
	}
	if b.way().redeem {
		return b.redeem(b.ctx, with)
	}
	driver, target, method, ctx := b.s.Driver(), b.s.Target(), b.way().name, b.ctx
	id, to := b.ID(), b.s.ID()
	return func() tea.Msg {
		c, err := driver.SignIn(ctx, target, method, with)
		var more *apiclient.NeedMore
		switch {
		case errors.As(err, &more):
			return tui.Addressed{To: id, Msg: needMore{more, with}}
		case err != nil:
			return change.Refusal(apiclient.AsFailure("sign in", err))
		}
		return signedIn(to, session.SignedIn{Credential: c}, nil)
	}
}

func signedIn(to tui.ID, in session.SignedIn, then tea.Cmd) form.Succeeded {
	done := func() tea.Msg { return tui.Addressed{To: to, Msg: in} }
	return form.Succeeded{Then: tea.Batch(done, then)}
}

// redeem chooses a password with a registration string, which also says where.
func (b *Box) redeem(ctx context.Context, with apiclient.Values) tea.Cmd {
	driver, to := b.s.Driver(), b.s.ID()
	text := with.Secret(registration)
	delete(with, registration)
	return func() tea.Msg {
		target, c, o, err := driver.Redeem(ctx, text, with)
		if err != nil {
			f := change.Refusal(apiclient.AsFailure("redeem the registration string", err))
			return f
		}
		return signedIn(to, session.SignedIn{Credential: c, Target: &target}, tui.Toast(theme.Good, o.Words))
	}
}
