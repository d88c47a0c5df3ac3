package shell

import (
	"time"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

const (
	// readTime is how long a toast stays at least; after that the next key
	// takes it away. Time alone never does.
	readTime = 3 * time.Second
	// keptMessages is how many toasts can be looked up.
	keptMessages = 200
)

// message is a toast that was shown.
type message struct {
	tui.ToastMsg
	at time.Time
}

// toasts are what is said above the footer, and what was.
type toasts struct {
	shown bool
	log   []message // the newest last; it is the one shown
}

func (t *toasts) say(m tui.ToastMsg, now time.Time) {
	t.shown = true
	t.log = append(t.log, message{m, now})
	if extra := len(t.log) - keptMessages; extra > 0 {
		t.log = append([]message(nil), t.log[extra:]...)
	}
}

// now is the toast that is shown.
func (t *toasts) now() (message, bool) {
	if !t.shown {
		return message{}, false
	}
	return t.log[len(t.log)-1], true
}

// keyPressed takes a toast away that could be read; an error waits for esc.
func (t *toasts) keyPressed(now time.Time) {
	if m, ok := t.now(); ok && m.Tone != theme.Bad && now.Sub(m.at) >= readTime {
		t.shown = false
	}
}

// dismissError takes an error away.
func (t *toasts) dismissError() bool {
	if m, ok := t.now(); ok && m.Tone == theme.Bad {
		t.shown = false
		return true
	}
	return false
}

// sign says the tone of a message without colour.
func sign(tone theme.Tone, signs theme.Signs) safetext.Safe {
	switch tone {
	case theme.Good:
		return signs.Done
	case theme.Warn:
		return "!"
	case theme.Bad:
		return signs.Refused
	}
	return signs.Bullet
}

// banner is what stands above the footer: the toast, else what is wrong with
// the connection.
func (s *Shell) banner() (theme.Tone, safetext.Safe, bool) {
	if m, ok := s.toasts.now(); ok {
		return m.Tone, m.Text, true
	}
	link := s.cfg.Connection()
	if link.Link == Reached {
		return theme.Plain, "", false
	}
	tone, text := theme.Warn, safetext.Safe("slow")
	if link.Link == Offline {
		tone, text = theme.Bad, "offline"
	}
	if !link.Since.IsZero() {
		text += " since " + s.clockTime(link.Since)
	}
	if link.Text != "" {
		text += ": " + link.Text
	}
	return tone, text, true
}

// bannerLines is the banner in lines of the window's width. What does not fit
// can be read in the list of messages.
func (s *Shell) bannerLines(most int) (theme.Tone, []safetext.Safe) {
	tone, text, any := s.banner()
	if !any || most < 1 {
		return tone, nil
	}
	lines := flow.Wrap(sign(tone, s.env.Theme.Signs)+" "+text, s.w-2)
	if len(lines) > most {
		lines = lines[:most]
		last := lines[most-1] + s.env.Theme.Signs.More
		if safetext.Width(last) > s.w-2 {
			last = safetext.Truncate(last, s.w-2)
		}
		lines[most-1] = last
	}
	return tone, lines
}
