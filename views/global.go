package views

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/views/signin"
)

// later is why a key that has its place already does nothing yet.
const later = "not in this version"

// global are the actions that every screen has, besides those of the shell.
func (c *Console) global() []tui.Action {
	redeem := tui.Action{
		ID: "session.redeem", Title: "redeem a registration string", Help: "Choose a password with a registration string, and sign in.",
		Do: func() tea.Cmd { return tui.Open(signin.WithRegistration(c.env, c.session)) },
	}
	if c.session.Driver().Redeem == nil {
		redeem.Why = "this system has no registration strings"
	}
	return []tui.Action{
		{ID: "session.sign-in", Title: "sign in", Help: "Sign in again, or as somebody else.", Do: func() tea.Cmd { return c.session.Expired(nil, nil) }},
		redeem,
		{ID: "leak", Title: "leaked token", Help: "Paste a token: see whose it is, and revoke it.", Keys: []string{"!"}, Why: later},
		{ID: "offboard", Title: "offboard a person", Help: "Take a person's access away everywhere.", Keys: []string{"o"}, Why: later},
		{ID: "lenses", Title: "lenses", Help: "Never expires, unused for 90 days, and other views of a list.", Keys: []string{"L"}, Why: later},
		c.contextsAction(),
		c.rolesAction(),
		{ID: "export", Title: "export", Help: "Write what is shown to a file.", Keys: []string{"ctrl+s"}, Why: later},
	}
}
