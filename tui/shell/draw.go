package shell

import (
	"fmt"
	"strings"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// Draw draws the whole window on an empty canvas.
func (s *Shell) Draw(c *term.Canvas) {
	if w, h := c.Size(); w != s.w || h != s.h {
		s.w, s.h = w, h
		s.fit()
	}
	l := s.layout()
	if l.tooSmall {
		s.drawTooSmall(c)
		return
	}
	s.drawHeader(c, l)
	s.drawTabs(c, l)
	s.drawCrumb(c, l)
	s.drawRule(c, l.rule)
	if p := s.front(); p != nil {
		p.screen.Draw(c.Sub(l.room.x, l.room.y, l.room.w, l.room.h))
	}
	s.drawRule(c, l.banner)
	for i := range s.modals {
		s.dim(c, l)
		c.HideCursor()
		s.drawModal(c, l, s.modals[i])
	}
	s.drawBanner(c, l)
	s.drawFooter(c, l)
	if s.env.Theme.Options().ASCII {
		plainEllipsis(c, s.env.Theme.Signs.More)
	}
}

// plainEllipsis replaces what cut text ends with: whoever cuts it does not
// know the theme.
func plainEllipsis(c *term.Canvas, sign safetext.Safe) {
	w, h := c.Size()
	for y := range h {
		for x := range w {
			if cell := c.At(x, y); cell.Text == "…" {
				c.Text(x, y, cell.Pen, sign)
			}
		}
	}
}

func (s *Shell) pen(t theme.Tone) term.Pen { return s.env.Theme.Pen(t) }

func (s *Shell) drawTooSmall(c *term.Canvas) {
	text := safetext.Clean(fmt.Sprintf("too small: %d by %d, needs %d by %d", s.w, s.h, minWidth, minHeight))
	c.Text(0, 0, s.pen(theme.Plain), safetext.Truncate(text, s.w))
}

func (s *Shell) drawRule(c *term.Canvas, y int) {
	if y < 0 {
		return
	}
	c.Text(0, y, s.pen(theme.Dim), repeat(s.env.Theme.Signs.Rule, s.w))
}

func repeat(sign safetext.Safe, n int) safetext.Safe {
	return safetext.Safe(strings.Repeat(string(sign), max(0, n)))
}

// dim takes looks away from what lies behind a modal. The header keeps them:
// on which system one is stays plain to see.
func (s *Shell) dim(c *term.Canvas, l layout) {
	pen := s.pen(theme.Dim)
	c.Repaint(0, l.header+1, s.w, s.h-l.header-1, func(term.Pen) term.Pen { return pen })
}

// drawCrumb shows the way to the screen at the left, what narrows its rows in
// the middle, its state at the right. The way is cut at its start, but keeps a
// third of the line.
func (s *Shell) drawCrumb(c *term.Canvas, l layout) {
	p := s.front()
	if p == nil {
		return
	}
	status := safetext.Truncate(p.screen.Status(), s.w*2/3)
	end := s.w - 1 - safetext.Width(status)
	c.Text(end, l.crumb, s.pen(theme.Dim), status)
	if status != "" {
		end -= 2
	}
	x := s.drawWay(c, l.crumb, end)
	scoped, ok := p.screen.(tui.Scoped)
	if !ok {
		return
	}
	if scope := scoped.Scope(); scope != "" && end-x > 5 {
		scope = safetext.Truncate(scope, end-x-2)
		at := max(x+2, (x+end-safetext.Width(scope))/2)
		c.Text(at, l.crumb, s.pen(theme.Accent), scope)
	}
}

// drawWay draws context and crumbs up to the column end, and returns the
// column behind them.
func (s *Shell) drawWay(c *term.Canvas, y, end int) int {
	var way []safetext.Safe
	if name := s.cfg.Header().Context; name != "" {
		way = append(way, name)
	}
	for _, p := range s.tabs[s.at].stack {
		if crumb := p.screen.Crumb(); crumb != "" {
			way = append(way, crumb)
		}
	}
	joint := " " + s.env.Theme.Signs.Crumb + " "
	width := func(from int) int {
		sum := 0
		for _, part := range way[from:] {
			sum += safetext.Width(part) + safetext.Width(joint)
		}
		return sum - safetext.Width(joint)
	}
	room, from := end-1, 0
	x := 1
	for from < len(way)-1 && width(from)+min(from, 1)*(safetext.Width(joint)+1) > room {
		from++
	}
	if from > 0 {
		x = c.Text(x, y, s.pen(theme.Dim), s.env.Theme.Signs.More+joint)
	}
	for i, part := range way[from:] {
		if i > 0 {
			x = c.Text(x, y, s.pen(theme.Dim), joint)
		}
		pen := s.pen(theme.Plain)
		if from+i == len(way)-1 {
			pen = s.pen(theme.Title)
			part = safetext.Truncate(part, end-x)
		}
		x = c.Text(x, y, pen, part)
	}
	return x
}

func (s *Shell) drawBanner(c *term.Canvas, l layout) {
	tone, lines := s.bannerLines(s.mostBanner())
	for i, line := range lines {
		y := l.banner - len(lines) + 1 + i
		c.Fill(0, y, s.w, 1, s.pen(theme.Plain))
		c.Text(1, y, s.pen(tone), line)
	}
}
