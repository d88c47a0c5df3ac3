package views

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"gatehouse/apiclient"
	book "gatehouse/apiclient/contexts"
	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/shell"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
	"gatehouse/views/contexts"
	"gatehouse/views/records"
	"gatehouse/views/session"
)

// contextsAction opens the screen of the other systems.
func (c *Console) contextsAction() tui.Action {
	a := tui.Action{ID: "contexts", Title: "contexts", Help: "Go to another system.", Keys: []string{"c"}}
	if c.o.Book == nil {
		a.Why = "this console was opened for one place only"
		return a
	}
	a.Do = func() tea.Cmd {
		return tui.Push(contexts.New(contexts.Deps{
			Env: c.env, Context: c.session.Context(), Book: c.o.Book, Lookup: c.o.Lookup,
			Here: func() string { return c.session.Target().Context }, Go: c.goTo,
		}))
	}
	return a
}

// goTo leaves the system for another. Every box is closed: what was asked on
// one system is never answered on another.
func (c *Console) goTo(o book.Opening) tea.Cmd {
	c.place = o.Context
	c.gate.begin(o.Context.WritesLocked())
	cmd := c.session.Switch(session.Place{Driver: o.Driver, Target: o.Context.Target(), Credential: o.Credential})
	if o.Why != nil {
		return tea.Batch(cmd, tui.Toast(theme.Warn, o.Why.Error()))
	}
	return cmd
}

// kindOf is what a tab shows: access is given by grants, or by roles where a
// system has nothing else.
func (c *Console) kindOf(t tab) apiclient.Kind {
	lists := c.session.Info().Lists
	if t.kind == apiclient.KindGrant && !lists[apiclient.KindGrant].OK && lists[apiclient.KindRole].OK {
		return apiclient.KindRole
	}
	return t.kind
}

// rolesAction opens the roles of a system that has grants too.
func (c *Console) rolesAction() tui.Action {
	a := tui.Action{ID: "roles", Title: "roles", Help: "Show the roles that can be given."}
	if roles := c.session.Info().Lists[apiclient.KindRole]; !roles.OK {
		a.Why = cmp.Or(roles.Why, "this system has no roles")
	}
	a.Do = func() tea.Cmd { return tui.Push(records.New(c.deps, apiclient.KindRole, apiclient.Ref{})) }
	return a
}

// opened is called when a system has let somebody in.
func (c *Console) opened(cred apiclient.Credential, isNew bool) tea.Cmd {
	var keep tea.Cmd
	if isNew {
		keep = c.keep(cred)
	}
	if c.roots[apiclient.KindGrant] != nil && !c.session.Info().Lists[apiclient.KindGrant].OK && c.session.Info().Lists[apiclient.KindRole].OK {
		return tea.Batch(keep, c.anew()) // the tab was opened before it was known what it shows
	}
	return keep
}

// passwordSet stores an own new password where the old one is kept.
func (c *Console) passwordSet(password apiclient.Secret) tea.Cmd {
	if c.place.Credential.Method != "password" {
		return nil
	}
	return c.keep(apiclient.Credential{Method: "password", User: cmp.Or(c.place.User, c.session.Target().User), Secret: password})
}

// keepLimit is how long storing a credential may take.
const keepLimit = 10 * time.Second

// keep stores a credential that was let in, where the context says so and the
// place is ours.
func (c *Console) keep(cred apiclient.Credential) tea.Cmd {
	if c.o.Book == nil || c.place.Name == "" || !c.place.Credential.Ours() {
		return nil
	}
	name, where, ctx := c.place.Name, keptAt(c.place.Credential), c.session.Context()
	return func() tea.Msg {
		ctx, stop := context.WithTimeout(ctx, keepLimit)
		defer stop()
		kept, err := c.o.Book.Keep(ctx, name, cred)
		if err == nil && !kept {
			return nil
		}
		if err != nil {
			return tui.ToastMsg{Tone: theme.Warn, Text: safetext.Clean(fmt.Sprintf("the credential was not stored, it is asked for again next time: %v", err))}
		}
		return tui.ToastMsg{Tone: theme.Good, Text: safetext.Clean("the credential is kept in " + where)}
	}
}

func keptAt(s book.Source) string {
	if s.From == book.FromFile {
		return s.File
	}
	return "the keyring"
}

// markPlace says in words and colour where one is.
func (c *Console) markPlace(h *shell.Header) {
	if c.place.Protected {
		h.Mark = "protected"
	}
	if i := slices.Index(book.Colours(), c.place.Colour); i >= 0 {
		r := c.env.Theme.Options().Renderer
		h.Pen = term.PenOf(r.NewStyle().Foreground(lipgloss.ANSIColor(i + 1)).Bold(true))
	}
}
