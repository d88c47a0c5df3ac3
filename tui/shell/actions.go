package shell

import (
	"slices"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/help"
	"gatehouse/tui/palette"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
)

// Ids of actions that are mentioned elsewhere.
const (
	actionWrites  = "shell.writes"
	actionHelp    = "shell.help"
	actionPalette = "shell.palette"
)

// Footer places of the global actions: behind those of any screen.
const (
	footerPalette = 900
	footerHelp    = 901
)

// Actions are all actions there are now: those of the screen in front, then
// the global ones. Tests ask tui.Clashes about them.
func (s *Shell) Actions() []tui.Action {
	screen, own, global := s.tables()
	return slices.Concat(screen, own, global)
}

// tables are the actions of the screen in front, of the shell and of the
// program, in the order in which a key is looked up.
func (s *Shell) tables() (screen, own, global []tui.Action) {
	if s.cfg.Global != nil {
		global = s.cfg.Keys.Apply(s.cfg.Global())
	}
	return s.screenActions(), s.ownActions(), global
}

func (s *Shell) screenActions() []tui.Action {
	if p := s.front(); p != nil {
		return s.cfg.Keys.Apply(p.screen.Actions())
	}
	return nil
}

func (s *Shell) modalActions(b *box) []tui.Action {
	return s.cfg.Keys.Apply(b.modal.Actions())
}

// ownActions are what the shell itself can do. They are made once, because
// they are asked for at every key; what changes in them is brought up to date.
func (s *Shell) ownActions() []tui.Action {
	for i := range s.own {
		switch a := &s.own[i]; {
		case i < len(s.tabs):
			if t := s.tabs[i]; a.Title == "" || t.title != t.spec.Title() {
				t.title = t.spec.Title()
				a.Title = "go to " + string(t.title)
			}
		case a.ID == actionWrites:
			a.Title, a.Why = s.writesTitle(), s.whyNoLock()
		}
	}
	return s.own
}

// bind makes the shell's own actions; those of the tabs come first.
func (s *Shell) bind() {
	for i, t := range s.tabs {
		a := tui.Action{ID: "tab." + t.spec.ID, Do: func() tea.Cmd { return s.showTab(t.spec.ID) }}
		if i < 9 {
			a.Keys = []string{strconv.Itoa(i + 1)}
		}
		s.own = append(s.own, a)
	}
	s.terminal = s.cfg.Keys.Apply([]tui.Action{
		{ID: "shell.redraw", Title: "redraw", Help: "Draw everything again, after something else wrote to the terminal.", Keys: []string{"ctrl+l"}, Do: func() tea.Cmd { return term.Redraw }},
		// term sees ctrl+z before anybody else does; here it is shown.
		{ID: "shell.suspend", Title: "suspend", Help: "Go back to the command line; fg returns.", Keys: []string{"ctrl+z"}, Do: func() tea.Cmd { return tea.Suspend }},
	})
	s.own = append(s.own,
		tui.Action{ID: "shell.tab-next", Title: "next tab", Keys: []string{"tab"}, Do: func() tea.Cmd { return s.turn(1) }},
		tui.Action{ID: "shell.tab-previous", Title: "previous tab", Keys: []string{"shift+tab"}, Do: func() tea.Cmd { return s.turn(-1) }},
		tui.Action{ID: "shell.back", Title: "back", Help: "Undo one thing: close a box, clear the filter, go one screen back.", Keys: []string{"esc"}, Do: s.back},
		tui.Action{ID: "shell.top", Title: "clear the scope", Help: "Go back to the first screen of this tab.", Keys: []string{"0"}, Do: func() tea.Cmd { return s.popTo(1) }},
		tui.Action{ID: actionPalette, Title: "command", Help: "Find any action, tab or context by typing.", Keys: []string{":", "ctrl+p"}, Footer: footerPalette, Do: s.openPalette},
		tui.Action{ID: actionHelp, Title: "help", Help: "Show the keys of this screen.", Keys: []string{"?"}, Footer: footerHelp, Do: s.openHelp},
		tui.Action{ID: "shell.jobs", Title: "jobs", Help: "Show running jobs and the results of finished ones.", Keys: []string{"J"}, Do: func() tea.Cmd { return s.open(s.cfg.Jobs.Modal()) }},
		tui.Action{ID: "shell.messages", Title: "messages", Help: "Show what was said in the line above the footer.", Do: func() tea.Cmd { return s.open(newMessages(s.env, s.toasts.log)) }},
		tui.Action{ID: actionWrites, Help: "Unlock writes for 15 minutes, or lock them.", Keys: []string{"W"}, Do: s.toggleLock},
		tui.Action{ID: "shell.clock", Title: "local time or UTC", Help: "Show times in local time, or in UTC again.", Keys: []string{"Z"}, Do: s.toggleClock},
	)
	s.own = append(s.own, s.terminal...)
	s.own = s.cfg.Keys.Apply(append(s.own,
		tui.Action{ID: "shell.quit", Title: "quit", Help: "End the program; asks while a job runs.", Keys: []string{"q"}, Do: s.askQuit},
		tui.Action{ID: "shell.quit-now", Title: "quit at once", Help: "End the program, whatever is going on.", Keys: []string{"ctrl+c"}, Do: s.quit},
	))
}

func (s *Shell) openPalette() tea.Cmd {
	var entries []palette.Entry
	add := func(group safetext.Safe, actions []tui.Action) {
		for _, a := range s.refused(actions) {
			entries = append(entries, palette.Entry{Action: a, Group: group})
		}
	}
	screen, own, global := s.tables()
	add("", screen)
	if s.cfg.Extra != nil {
		for _, e := range s.cfg.Extra() {
			add(e.Group, s.cfg.Keys.Apply([]tui.Action{e.Action}))
		}
	}
	add("", slices.DeleteFunc(slices.Concat(own, global), func(a tui.Action) bool { return a.ID == actionPalette }))
	return s.open(palette.New(s.env, entries, &s.recent, s.perform))
}

func (s *Shell) openHelp() tea.Cmd {
	screen, own, global := s.tables()
	here := help.Section{Title: "This screen", Actions: s.refused(screen)}
	if p := s.front(); p != nil && p.screen.Crumb() != "" {
		here.Title = p.screen.Crumb()
	}
	return s.open(help.New(s.env, []help.Section{here, {Title: "Everywhere", Actions: s.refused(slices.Concat(global, own))}}))
}

// refused writes the reasons of the shell into the actions.
func (s *Shell) refused(actions []tui.Action) []tui.Action {
	out := slices.Clone(actions)
	for i := range out {
		out[i].Why = string(s.refusal(out[i]))
	}
	return out
}

func (s *Shell) toggleClock() tea.Cmd {
	s.env.Local = !s.env.Local
	return s.broadcast(tui.ThemeMsg{})
}
