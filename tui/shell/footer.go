package shell

import (
	"cmp"
	"slices"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// drawFooter shows what can be pressed now. What does not fit leaves from the
// end; only the key for help stays, because it leads to all the others.
func (s *Shell) drawFooter(c *term.Canvas, l layout) {
	actions := s.footerActions()
	room := s.w - 2
	var last tui.Action
	if n := len(actions); n > 0 && actions[n-1].ID == actionHelp {
		last, actions = actions[n-1], actions[:n-1]
	}
	shown := 0
	for used := s.hintWidth(last); shown < len(actions); shown++ {
		if used > 0 {
			used += 2
		}
		if used += s.hintWidth(actions[shown]); used > room {
			break
		}
	}
	actions = actions[:shown:shown]
	if last.ID != "" {
		actions = append(actions, last)
	}
	x := 1
	for _, a := range actions {
		x = s.drawHint(c, x, l.footer, a) + 2
	}
}

// footerActions are the ones with a place in the footer, in that order: of the
// modal on top, else of the screen, and of the shell unless its keys are text.
func (s *Shell) footerActions() []tui.Action {
	var all []tui.Action
	p := s.front()
	switch b := s.top(); {
	case b != nil:
		all = s.modalActions(b)
	case p != nil && p.screen.TypingText():
		all = s.screenActions()
	default:
		all = s.Actions()
	}
	all = slices.DeleteFunc(slices.Clone(all), func(a tui.Action) bool { return a.Footer == 0 || len(a.Keys) == 0 })
	slices.SortStableFunc(all, func(a, b tui.Action) int { return cmp.Compare(a.Footer, b.Footer) })
	return all
}

func (s *Shell) hint(a tui.Action) (key, title safetext.Safe) {
	if len(a.Keys) == 0 {
		return "", ""
	}
	return tui.KeyLabel(a.Keys[0], s.env.Theme.Options().ASCII), safetext.Clean(a.Title)
}

func (s *Shell) hintWidth(a tui.Action) int {
	key, title := s.hint(a)
	if key == "" {
		return 0
	}
	return safetext.Width(key) + 1 + safetext.Width(title)
}

func (s *Shell) drawHint(c *term.Canvas, x, y int, a tui.Action) int {
	key, title := s.hint(a)
	keyPen, titlePen := s.pen(theme.Key), s.pen(theme.Plain)
	if s.refusal(a) != "" {
		keyPen, titlePen = s.pen(theme.Dim), s.pen(theme.Dim)
	}
	x = c.Text(x, y, keyPen, key)
	return c.Text(x+1, y, titlePen, title)
}
