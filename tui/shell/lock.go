package shell

import (
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

func (s *Shell) locked() bool { return s.cfg.Lock != nil && s.cfg.Lock.Locked() }

// left is how long writes stay open; 0: for ever, or they are locked.
func (s *Shell) left() time.Duration {
	if s.cfg.Lock == nil || s.locked() || s.cfg.Lock.Until().IsZero() {
		return 0
	}
	return max(0, s.cfg.Lock.Until().Sub(s.env.Now()))
}

// lockText is what the header says about the lock.
func (s *Shell) lockText() safetext.Safe {
	switch left := s.left(); {
	case s.locked():
		return "writes locked"
	case left == 0:
		return ""
	case left < time.Minute:
		return safetext.Clean(fmt.Sprintf("writes open %ds", int(left.Seconds())))
	default:
		return safetext.Clean(fmt.Sprintf("writes open %dm", int(left.Minutes())))
	}
}

func (s *Shell) writesTitle() string {
	if s.locked() {
		return "unlock writes"
	}
	return "lock writes"
}

func (s *Shell) whyNoLock() string {
	if s.cfg.Lock == nil {
		return "writes have no lock here"
	}
	return ""
}

// unlockHint names the key that unlocks, as the admin has set it.
func (s *Shell) unlockHint() safetext.Safe {
	keys := s.cfg.Keys.Apply([]tui.Action{{ID: actionWrites, Keys: []string{"W"}}})[0].Keys
	if len(keys) == 0 {
		return "unlock them in the palette, for 15 minutes"
	}
	return tui.KeyLabel(keys[0], s.env.Theme.Options().ASCII) + " unlocks them for 15 minutes"
}

// toggleLock locks at once, and asks before it unlocks: keys typed ahead must
// not take the protection away.
func (s *Shell) toggleLock() tea.Cmd {
	if !s.locked() {
		s.cfg.Lock.Lock()
		s.unlocked = false
		return s.toast(theme.Good, "writes are locked")
	}
	return s.open(newQuestion(s.env, s.unlockText(), func() tea.Cmd {
		s.cfg.Lock.Unlock(unlockFor)
		s.unlocked = true
		return s.toast(theme.Warn, "writes are open for 15 minutes")
	}))
}

// noticeLock says it when the time of open writes is over.
func (s *Shell) noticeLock() {
	if s.unlocked && s.locked() {
		s.unlocked = false
		s.say(theme.Warn, "the 15 minutes are over: writes are locked again")
	}
}

func (s *Shell) unlockText() questionText {
	text := safetext.Safe("For 15 minutes, changes are possible again.")
	if name := s.cfg.Header().Context; name != "" {
		text = "For 15 minutes, changes are possible on " + name + "."
	}
	return questionText{title: "Unlock writes?", text: text, yes: "unlock", tone: theme.Warn}
}
