package contexts

import (
	"cmp"
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	book "gatehouse/apiclient/contexts"
	"gatehouse/tui"
	"gatehouse/tui/confirm"
	"gatehouse/tui/theme"
)

// openLimit is how long reading a credential may take: a command may wait for
// somebody to touch a key.
const openLimit = 40 * time.Second

// Actions implements tui.Screen.
func (s *Screen) Actions() []tui.Action {
	listed := s.list.Actions()
	if s.list.TypingText() {
		return listed
	}
	e, ok := s.list.Current()
	none, unsaved := "", ""
	switch {
	case !ok:
		none, unsaved = "there is no row", "there is no row"
	case e.unread != "":
		none, unsaved = e.unread, e.unread
	case e.offer != nil:
		unsaved = "it has no name yet: n gives it one"
	}
	return append([]tui.Action{
		{ID: "contexts.go", Title: "go there", Help: "Go to this system; what is open here is closed.", Keys: []string{"enter"}, Footer: 1, Why: none, Do: s.open},
		{ID: "contexts.add", Title: "new", Help: "Name a system; on a place that was found, take that over.", Keys: []string{"n"}, Footer: 2, Do: s.add},
		{ID: "contexts.paste", Title: "paste", Help: "Make a context of a token or a registration string.", Keys: []string{"P"}, Footer: 3, Do: s.paste},
		{ID: "contexts.edit", Title: "edit", Help: "Change what is known of the context.", Keys: []string{"e"}, Footer: 4, Why: unsaved, Do: s.edit},
		{ID: "contexts.use", Title: "make current", Help: "Begin here when the console is started.", Keys: []string{"U"}, Footer: 6, Why: unsaved, Do: s.use},
		{ID: "contexts.remove", Title: "remove", Help: "Forget the context, and its credential in the keyring. The system itself is left alone.", Keys: []string{"d"}, Footer: 5, Why: unsaved, Do: s.remove},
	}, listed...)
}

// open goes to the row under the cursor.
func (s *Screen) open() tea.Cmd {
	e, ok := s.list.Current()
	if !ok {
		return nil
	}
	if e.offer != nil {
		return s.Go(book.Opening{Context: e.c, Driver: e.offer.Driver, Credential: e.offer.Credential})
	}
	return tui.Load(s.going, s.id, openLimit, func(ctx context.Context) (book.Opening, error) {
		return s.Book.Open(ctx, e.c.Name)
	})
}

// change carries out a change of the configuration and shows what became of it.
func (s *Screen) change(words string, do func(context.Context) error) tea.Cmd {
	ctx := s.ctx
	told := func() tea.Msg {
		if err := do(ctx); err != nil {
			return tui.ToastMsg{Tone: theme.Bad, Text: clean(err.Error())}
		}
		return tui.ToastMsg{Tone: theme.Good, Text: clean(words)}
	}
	return tea.Sequence(told, s.reload())
}

func (s *Screen) reload() tea.Cmd { return tui.To(s.id, func() tea.Msg { return changed{} }) }

func (s *Screen) use() tea.Cmd {
	e, ok := s.list.Current()
	if !ok {
		return nil
	}
	return s.change(e.c.Name+" is the current context now", func(context.Context) error { return s.Book.Use(e.c.Name) })
}

func (s *Screen) remove() tea.Cmd {
	e, ok := s.list.Current()
	if !ok {
		return nil
	}
	plan := confirm.Plan{
		Title: "Remove context " + e.c.Name, Where: e.c.URL, Verb: "remove",
		Intro: "Nothing is changed on the system itself.", Danger: confirm.Reversible,
	}
	if e.c.Credential.From == book.FromKeyring {
		plan.Facts = append(plan.Facts, confirm.Fact{Text: "Its credential in the keyring is deleted.", Grave: true})
	}
	if e.c.Name == s.Here() {
		plan.Facts = append(plan.Facts, confirm.Fact{Text: "The console is in it now, and stays there until it is left."})
	}
	return tui.Open(confirm.New(s.Env, plan, func(string) tea.Cmd {
		return s.change("context "+e.c.Name+" was removed", func(ctx context.Context) error { return s.Book.Remove(ctx, e.c.Name) })
	}))
}

// add opens the form of a new context, on an offer with what is known of it.
func (s *Screen) add() tea.Cmd {
	if e, ok := s.list.Current(); ok && e.offer != nil {
		return tui.Open(s.form("New context", e.c, e.offer, false))
	}
	return tui.Open(s.form("New context", book.Context{Driver: s.Book.Drivers[0].Name}, nil, false))
}

func (s *Screen) edit() tea.Cmd {
	e, ok := s.list.Current()
	if !ok || e.offer != nil {
		return nil
	}
	return tui.Open(s.form("Context "+cmp.Or(e.c.Name, "?"), e.c, nil, true))
}
