package shell

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// copy hands text to the terminal's clipboard. What became of it comes back as
// term.Copied, in the order of the requests.
func (s *Shell) copy(m tui.CopyMsg) tea.Cmd {
	s.copying = append(s.copying, m.Shown)
	if m.Secret != nil {
		return term.CopySecret(m.Secret)
	}
	return term.Copy(m.Text)
}

// copied says what was done. Nobody can know whether the terminal took it.
func (s *Shell) copied(m term.Copied) {
	var shown safetext.Safe
	if len(s.copying) > 0 {
		shown, s.copying = s.copying[0], s.copying[1:]
	}
	if m.Err != nil {
		s.say(theme.Bad, "not copied: "+safetext.Clean(m.Err.Error()))
		return
	}
	s.say(theme.Good, shown+" "+safetext.Clean(m.How))
}
