package tui

import tea "github.com/charmbracelet/bubbletea"

// Press names the key that was pressed, or is "" where the message is text:
// a paste, or several characters that came in one read. Their String would be
// taken for a key, because five letters "enter" print like the key.
func Press(k tea.KeyMsg) string {
	if k.Paste || k.Type == tea.KeyRunes && len(k.Runes) != 1 {
		return ""
	}
	return k.String()
}
