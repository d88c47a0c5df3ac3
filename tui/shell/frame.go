package shell

import (
	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// drawModal draws a modal in its frame, in the middle of what lies between
// header and banner.
func (s *Shell) drawModal(c *term.Canvas, l layout, b *box) {
	top := 1 // the header stays in sight
	if s.h < 14 {
		top = 0
	}
	bottom := l.footer
	if _, lines := s.bannerLines(s.mostBanner()); len(lines) > 0 {
		bottom = l.banner - len(lines) + 1
	}
	maxW, maxH := s.w-4, bottom-top-2
	w, h := b.modal.Size(maxW, maxH)
	w, h = min(max(w, 1), maxW), min(max(h, 1), maxH)
	w = min(max(w, safetext.Width(b.modal.Title())+2), maxW)
	x, y := (s.w-w-4)/2, top+(bottom-top-h-2)/2
	s.drawFrame(c.Sub(x, y, w+4, h+2), b)
	b.modal.Draw(c.Sub(x+2, y+1, w, h))
}

// drawFrame draws the frame that fills the canvas, and empties its inside.
func (s *Shell) drawFrame(c *term.Canvas, b *box) {
	w, h := c.Size()
	pen := s.pen(b.modal.Tone())
	c.Fill(0, 0, w, h, s.pen(theme.Plain))
	border := s.env.Theme.Border
	side := func(x int, part string) {
		for y := 1; y < h-1; y++ {
			c.Text(x, y, pen, safetext.Safe(part))
		}
	}
	edge := func(y int, left, middle, right string) {
		c.Text(0, y, pen, safetext.Safe(left)+repeat(safetext.Safe(middle), w-2)+safetext.Safe(right))
	}
	edge(0, border.TopLeft, border.Top, border.TopRight)
	edge(h-1, border.BottomLeft, border.Bottom, border.BottomRight)
	side(0, border.Left)
	side(w-1, border.Right)
	s.drawTitle(c, b, pen)
}

func (s *Shell) drawTitle(c *term.Canvas, b *box, pen term.Pen) {
	w, _ := c.Size()
	right := w - 2
	if cornered, ok := b.modal.(tui.Cornered); ok {
		if corner := cornered.Corner(); corner != "" && safetext.Width(corner)+8 < w {
			right -= safetext.Width(corner) + 2
			c.Text(right+1, 0, pen, " "+corner+" ")
			right--
		}
	}
	if title := b.modal.Title(); title != "" {
		title = safetext.Truncate(title, right-3)
		c.Text(1, 0, pen.Add(s.pen(theme.Title)), " "+title+" ")
	}
}
