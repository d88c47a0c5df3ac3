package shell

import (
	"cmp"
	"slices"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// drawFooter shows what can be pressed now, closer together where that makes
// all of it fit. Else actions leave from the end; only the key for help stays,
// because it leads to all the others.
func (s *Shell) drawFooter(c *term.Canvas, l layout) {
	actions, room, gap := s.footerActions(), s.w-2, 2
	switch {
	case s.hintsWidth(actions, 2) <= room:
	case s.hintsWidth(actions, 1) <= room:
		gap = 1
	default:
		for len(actions) > 1 && s.hintsWidth(actions, gap) > room {
			leave := len(actions) - 1
			if actions[leave].ID == actionHelp {
				leave--
			}
			actions = slices.Delete(actions, leave, leave+1)
		}
	}
	x := 1
	for _, a := range actions {
		x = s.drawHint(c, x, l.footer, a) + gap
	}
}

// hintsWidth is the width of actions with gaps between them.
func (s *Shell) hintsWidth(actions []tui.Action, gap int) int {
	n := -gap
	for _, a := range actions {
		key, title := s.hint(a)
		n += gap + safetext.Width(key) + 1 + safetext.Width(title)
	}
	return n
}

// footerActions are the ones with a place in the footer, in that order: of the
// modal on top, else of the screen, and of the shell unless its keys are text.
func (s *Shell) footerActions() []tui.Action {
	var all []tui.Action
	add := func(actions []tui.Action) {
		for _, a := range actions {
			if a.Footer > 0 && len(a.Keys) > 0 {
				all = append(all, a)
			}
		}
	}
	p := s.front()
	switch b := s.top(); {
	case b != nil:
		add(s.modalActions(b))
	case p != nil && p.screen.TypingText():
		add(s.screenActions())
	default:
		screen, own, global := s.tables()
		add(screen)
		add(own)
		add(global)
	}
	slices.SortStableFunc(all, func(a, b tui.Action) int { return cmp.Compare(a.Footer, b.Footer) })
	return all
}

func (s *Shell) hint(a tui.Action) (key, title safetext.Safe) {
	title = safetext.Clean(a.Short)
	if title == "" {
		title = safetext.Clean(a.Title)
	}
	return tui.KeyLabel(a.Keys[0], s.env.Theme.Options().ASCII), title
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
