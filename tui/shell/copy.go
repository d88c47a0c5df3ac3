package shell

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// clipboardLimit is how much is copied at once: some terminals drop longer
// sequences without a word.
const clipboardLimit = 8 << 10

// copy writes to the terminal's clipboard. Nobody can know whether the
// terminal took it, so the toast says no more than what was sent.
func (s *Shell) copy(m tui.CopyMsg) tea.Cmd {
	switch {
	case s.cfg.Copy == nil:
		return s.toast(theme.Warn, "this terminal offers no clipboard")
	case len(m.Text) > clipboardLimit:
		return s.toast(theme.Warn, safetext.Clean(fmt.Sprintf(
			"not copied: %d KiB is more than the %d KiB that terminals take; save it to a file instead", len(m.Text)>>10, clipboardLimit>>10)))
	}
	s.say(theme.Good, "sent to the terminal's clipboard: "+m.Shown)
	return s.cfg.Copy(m)
}
