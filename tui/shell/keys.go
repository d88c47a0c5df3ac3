package shell

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// notKeys is the answer to a paste where nothing is typed.
const notKeys = "a paste is text, not keys: nothing was done"

// pressed finds out whom a key is for: the modal on top, else a screen in
// which text is typed, else the actions of the screen, else the global ones,
// else the screen.
func (s *Shell) pressed(k tea.KeyMsg) tea.Cmd {
	now := s.env.Now()
	gap := now.Sub(s.lastKey)
	s.lastKey = now
	if tui.Press(k) == "ctrl+c" {
		return s.quit()
	}
	if s.layout().tooSmall {
		return nil // nobody should press what they cannot see the effect of
	}
	s.toasts.keyPressed(now)
	if b := s.top(); b != nil {
		return s.modalKey(b, k, gap)
	}
	return s.screenKey(k)
}

func (s *Shell) modalKey(b *box, k tea.KeyMsg, gap time.Duration) tea.Cmd {
	typing, name := b.modal.TypingText(), tui.Press(k)
	switch {
	case b.deaf(k, gap):
		return nil
	case k.Paste && !typing:
		return s.toast(theme.Warn, notKeys)
	case k.Paste:
		return b.modal.Update(k)
	case name == "esc":
		return s.escape(b)
	case typing:
		return b.modal.Update(k)
	}
	if a, ok := tui.Find(s.modalActions(b), name); ok && (a.Do != nil || a.Why != "") {
		return s.perform(a)
	}
	if a, ok := tui.Find(s.terminal, name); ok {
		return s.perform(a)
	}
	return b.modal.Update(k)
}

func (s *Shell) screenKey(k tea.KeyMsg) tea.Cmd {
	p := s.front()
	if p == nil {
		return nil
	}
	typing, name := p.screen.TypingText(), tui.Press(k)
	switch {
	case k.Paste && !typing:
		return s.toast(theme.Warn, notKeys)
	case typing && name == "esc":
		return s.back()
	case typing:
		return p.screen.Update(k)
	}
	screen, own, global := s.tables()
	for _, table := range [...][]tui.Action{screen, own, global} {
		if a, ok := tui.Find(table, name); ok {
			return s.perform(a)
		}
	}
	return p.screen.Update(k)
}

// perform does an action, or says why not.
func (s *Shell) perform(a tui.Action) tea.Cmd {
	if why := s.refusal(a); why != "" {
		return s.toast(theme.Warn, safetext.Clean(a.Title)+": "+why)
	}
	if a.Do == nil {
		return nil
	}
	return a.Do()
}

// refusal is why an action cannot be done now; "": it can.
func (s *Shell) refusal(a tui.Action) safetext.Safe {
	switch {
	case a.Why != "":
		return safetext.Clean(a.Why)
	case a.Writes && s.locked():
		return "writes are locked; " + s.unlockHint()
	}
	return ""
}

// say says something in the line above the footer.
func (s *Shell) say(tone theme.Tone, text safetext.Safe) {
	s.toasts.say(tui.ToastMsg{Tone: tone, Text: text}, s.env.Now())
}

// toast is say as an answer to a key.
func (s *Shell) toast(tone theme.Tone, text safetext.Safe) tea.Cmd {
	s.say(tone, text)
	return nil
}
