package records

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
	"gatehouse/views/change"
	"gatehouse/views/trouble"
	"gatehouse/views/verbs"
)

// actionsCache keeps the verbs, which are asked for at every key and frame.
type actionsCache struct {
	turn    int // of the session
	rows    int
	self    bool
	actions []tui.Action
}

// Actions implements tui.Screen.
func (s *Screen) Actions() []tui.Action {
	if s.list == nil {
		return s.calmActions()
	}
	listed := s.list.Actions()
	if s.list.TypingText() {
		return listed
	}
	out := make([]tui.Action, 0, len(listed)+40)
	out = append(out, s.openAction(),
		tui.Action{ID: "records.inspect", Title: "inspect", Help: "Show the whole record; what it names are links.", Keys: []string{"i"}, Why: s.whyNoRow(), Do: s.inspect},
		tui.Action{ID: "records.copy", Title: "copy", Help: "Copy the name, a cell or the row.", Keys: []string{"y"}, Why: s.whyNoRow(), Do: s.copy},
		tui.Action{ID: "records.failure", Title: "why it failed", Help: "Show in full what kept the list from being loaded.", Keys: []string{"ctrl+e"}, Why: s.whyNoFailure(), Do: s.openFailure},
	)
	out = append(out, s.verbActions()...)
	return append(out, listed...)
}

// calmActions are what can be done where there is no list.
func (s *Screen) calmActions() []tui.Action {
	var out []tui.Action
	if s.Session.Backend() == nil && !s.Session.Opening() {
		out = append(out, tui.Action{
			ID: "records.connect", Title: "sign in", Help: "Say who you are.", Keys: []string{"enter"}, Footer: 1,
			Do: func() tea.Cmd { return s.Session.Expired(nil, nil) },
		})
	}
	for _, a := range s.verbActions() {
		a.Footer = 0
		out = append(out, a)
	}
	return out
}

// openAction is enter: into the record, or, where there is none because the
// list could not be loaded, to the reason.
func (s *Screen) openAction() tui.Action {
	a := tui.Action{ID: "records.open", Title: "open", Keys: []string{"enter"}, Footer: 1, Why: s.whyNoRow(), Do: s.open}
	opens := s.Session.Info().Opens[s.kind]
	switch {
	case s.list.Err() != nil && s.list.Shown() == 0:
		a.Title, a.Why, a.Do = "why it failed", "", s.openFailure
	case opens.To == "":
		a.Title, a.Help, a.Do = "inspect", opens.Why, s.inspect
	default:
		a.Help = "Show the " + s.Session.Info().Word(opens.To).Many + " of the " + s.noun().One + "."
	}
	return a
}

func (s *Screen) whyNoRow() string {
	if s.list == nil || s.list.Shown() == 0 {
		return "there is no row"
	}
	return ""
}

func (s *Screen) whyNoFailure() string {
	if s.list == nil || s.list.Err() == nil {
		return "the list was loaded"
	}
	return ""
}

// open goes from a record to what belongs to it.
func (s *Screen) open() tea.Cmd {
	r, ok := s.list.Current()
	to := s.Session.Info().Opens[s.kind].To
	if !ok || to == "" || s.opened != "" { // a second enter before the first is through
		return nil
	}
	ref := r.GetRef()
	s.opened = safetext.Clean(ref.Name())
	inside := New(s.Deps, to, ref)
	inside.left = func() { s.opened = "" }
	return tui.Push(inside)
}

func (s *Screen) openFailure() tea.Cmd {
	err := s.list.Err()
	if err == nil {
		return nil
	}
	f := apiclient.AsFailure("list "+s.noun().Many, err)
	return tui.Open(trouble.New(s.Env, f, nil, tui.Action{
		ID: "records.retry", Title: "try again", Keys: []string{"t"}, Footer: 1, Do: s.reload,
	}))
}

// verbActions are the verbs that the system has, as actions.
func (s *Screen) verbActions() []tui.Action {
	rows, self := s.aim()
	c := &s.choice
	turn := s.Session.Turn()
	if c.actions != nil && c.turn == turn && c.rows == rows && c.self == self {
		return c.actions
	}
	*c = actionsCache{turn: turn, rows: rows, self: self}
	for _, choice := range verbs.Choices(verbs.Here{Driver: s.Session.Driver(), Info: s.Session.Info(), Kind: s.kind, Rows: rows}) {
		c.actions = append(c.actions, s.verbAction(choice, self))
	}
	return c.actions
}

// aim is how many rows a verb would work on, and whether it is our own user
// alone.
func (s *Screen) aim() (rows int, self bool) {
	if s.list == nil || s.list.Len() == 0 {
		return 0, false
	}
	if n := s.list.Marked(); n > 0 {
		return n, false
	}
	r, ok := s.list.Current()
	if !ok {
		return 0, false
	}
	return 1, r.GetRef().Key() == s.Session.Identity().User.Key()
}

func (s *Screen) verbAction(c verbs.Choice, self bool) tui.Action {
	verb := c.Spec.Verb
	a := tui.Action{
		ID: "verb." + string(verb), Title: strings.ToLower(c.Title), Short: c.Label, Help: c.Spec.Says,
		Writes: verb != apiclient.SessionSignOut, Footer: c.Place, Why: c.Why,
		Do: func() tea.Cmd { return s.start(verb) },
	}
	if c.Key != "" {
		a.Keys = []string{c.Key}
	}
	if verb == apiclient.UserSetPassword && self {
		// One's own password is changed with the old one.
		own := apiclient.Spec(apiclient.SessionSetPassword)
		a.Title, a.Help, a.Why = strings.ToLower(own.Title), own.Says, ""
		a.Do = func() tea.Cmd { return s.start(own.Verb) }
	}
	if s.Session.Backend() == nil {
		a.Why = "not signed in yet"
	}
	return a
}

// start begins a change on the marked rows, or on the one under the cursor.
func (s *Screen) start(verb apiclient.Verb) tea.Cmd {
	req := change.Request{Verb: verb, Scope: s.scope, Ended: s.ended}
	if s.list == nil {
		return s.Desk.Start(req)
	}
	if r, ok := s.list.Current(); ok {
		req.Record = r
	}
	if spec := apiclient.Spec(verb); spec.Aim == apiclient.OnRows || spec.Aim == apiclient.OnRow {
		selection := s.list.Selection()
		for _, r := range selection {
			req.On = append(req.On, r.GetRef())
		}
		if len(selection) == 1 {
			req.Record = selection[0]
		}
		if len(req.On) == 0 {
			return tui.Toast(theme.Warn, "there is no row to do it to")
		}
		req.Hidden = s.list.HiddenMarked()
	}
	return s.Desk.Start(req)
}

// ended takes the marks off what succeeded; what did not stays marked, to be
// tried again alone.
func (s *Screen) ended(r apiclient.Result) {
	if s.list == nil {
		return
	}
	bad := map[apiclient.Ref]bool{}
	for i, o := range r.Outcomes {
		if !o.End.Good() {
			bad[r.Plan.Steps[i].On.Key()] = true
		}
		for _, made := range o.Made {
			if made.Kind == s.kind {
				s.goTo = string(made.Path)
			}
		}
	}
	var done []string
	for _, ref := range r.Plan.Targets() {
		if ref.Kind == s.kind && !bad[ref.Key()] {
			done = append(done, string(ref.Path))
		}
	}
	s.list.Unmark(done...)
}
