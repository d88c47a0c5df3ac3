package shell

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
)

// inUse is how long after the last key ages and countdowns still move each
// second. After that, and without an open modal, only the clock does, once a
// minute: a console at rest sends nothing over the line.
const inUse = 20 * time.Second

// beat is one tick of the clock.
type beat struct {
	run int
	now time.Time
}

// clock is the one tick that is on its way.
type clock struct {
	run int // ticks of older runs count for nothing
	due time.Time
	on  bool
}

// pace starts the next tick, unless one is on its way that comes as early.
func (s *Shell) pace() tea.Cmd {
	now := s.env.Now()
	wait := s.wait(now)
	due := now.Add(wait)
	if s.clock.on && !due.Before(s.clock.due) {
		return nil
	}
	s.clock = clock{run: s.clock.run + 1, due: due, on: true}
	run := s.clock.run
	return s.cfg.Tick(wait, func(t time.Time) tea.Msg { return beat{run, t} })
}

// wait is how long nothing that is shown changes by itself.
func (s *Shell) wait(now time.Time) time.Duration {
	left := s.left()
	if now.Sub(s.lastKey) < inUse || s.top() != nil || s.cfg.Jobs.Running() > 0 || left > 0 && left < time.Minute {
		return time.Second
	}
	minute := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	if left > 0 { // the countdown shows minutes of its own
		minute = min(minute, left%time.Minute+time.Millisecond)
	}
	return minute
}

func (s *Shell) beat(b beat) tea.Cmd {
	if b.run != s.clock.run {
		return nil
	}
	s.clock.on = false
	s.noticeLock()
	return s.broadcast(tui.TickMsg{Now: s.env.Now()})
}

// clockTime is the time of day as the admin wants it.
func (s *Shell) clockTime(t time.Time) safetext.Safe {
	if s.env.Local {
		return safetext.Clean(t.Local().Format("15:04 MST"))
	}
	return safetext.Clean(t.UTC().Format("15:04Z"))
}
