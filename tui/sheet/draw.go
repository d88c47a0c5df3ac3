package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

const width = 76 // wanted

// look is the sign and the tone of an end.
func look(e End, signs theme.Signs) (safetext.Safe, theme.Tone) {
	switch e {
	case Done:
		return signs.Done, theme.Good
	case Accepted:
		return signs.Pending, theme.Good
	case Refused:
		return signs.Refused, theme.Bad
	case Unknown:
		return signs.Unknown, theme.Warn
	case NotSent:
		return signs.NotSent, theme.Dim
	case Running:
		return signs.Running, theme.Accent
	}
	return " ", theme.Dim
}

// drawProgress draws how far something is, in w columns.
func drawProgress(c *term.Canvas, x, y, w int, th *theme.Theme, over, all int) {
	full := w
	if all > 0 {
		full = w * over / all
	}
	repeat := func(s safetext.Safe, n int) safetext.Safe {
		return safetext.Safe(strings.Repeat(string(s), max(0, n)))
	}
	x = c.Text(x, y, th.Pen(theme.Accent), repeat(th.Signs.BarFull, full))
	c.Text(x, y, th.Pen(theme.Dim), repeat(th.Signs.BarEmpty, w-full))
}

// Size is the wanted size: the list may grow to all of the items.
func (s *Sheet) Size(maxW, maxH int) (w, h int) {
	w = min(maxW, width)
	h = 1 + s.counts(w).Len() + 1 + s.job.Len() + s.bottom(w)
	if s.full && s.cursor < s.job.Len() {
		h = max(h, s.fullText(w, maxH).Len())
	}
	return w, min(maxH, h)
}

// counts is how many items stand how, with signs.
func (s *Sheet) counts(w int) *flow.Page {
	p := flow.NewPage(w)
	var line []flow.Span
	used := 0
	for _, e := range []End{Done, Accepted, Refused, Unknown, NotSent, Running, Waiting} {
		n := s.job.Count(e)
		if n == 0 {
			continue
		}
		sign, tone := look(e, s.env.Theme.Signs)
		text := safetext.Safe(fmt.Sprintf("%d %s", n, e))
		if sign != " " {
			text = sign + " " + text
		}
		if used > 0 && used+2+safetext.Width(text) > w {
			p.Line(line...)
			line, used = nil, 0
		}
		if used > 0 {
			line, used = append(line, flow.Span{Text: "  "}), used+2
		}
		line, used = append(line, flow.Span{Tone: tone, Text: text}), used+safetext.Width(text)
	}
	if used > 0 {
		p.Line(line...)
	}
	return p
}

// bottom is the number of lines below the list.
func (s *Sheet) bottom(w int) int {
	switch {
	case s.prompt != nil:
		return s.prompt.Height(w)
	case s.said != "" || s.job.cancelling && !s.job.Finished():
		return 1
	}
	return 0
}

// Draw draws the sheet.
func (s *Sheet) Draw(c *term.Canvas) {
	w, h := c.Size()
	if w <= 0 || h <= 0 {
		return
	}
	s.watch()
	if s.full && s.cursor < s.job.Len() {
		page := s.fullText(w, h)
		page.Draw(c, s.env.Theme, s.text.Fit(h, page.Len()))
		return
	}
	y := 0
	if h > 3 {
		s.drawBar(c, w)
		y = 1
	}
	if h > 5 {
		counts := s.counts(w)
		n := min(counts.Len(), h-4)
		counts.Draw(c.Sub(0, y, w, n), s.env.Theme, 0)
		if y += n; h > 9 {
			y++
		}
	}
	list := max(1, h-y-s.bottom(w))
	s.drawList(c.Sub(0, y, w, list), w, list)
	s.drawBottom(c, w, y+list)
}

func (s *Sheet) drawBar(c *term.Canvas, w int) {
	rate := safetext.Safe("")
	if r := s.job.Rate(); r > 0 {
		rate = safetext.Safe(" " + strconv.FormatFloat(r, 'f', 1, 64) + "/s")
	}
	bar := w - safetext.Width(rate)
	drawProgress(c, 0, 0, bar, s.env.Theme, s.job.Over(), s.job.Len())
	c.Text(bar, 0, s.env.Theme.Pen(theme.Dim), rate)
}

func (s *Sheet) drawBottom(c *term.Canvas, w, y int) {
	th := s.env.Theme
	switch {
	case s.prompt != nil:
		s.prompt.Draw(c, th, y)
	case s.said != "":
		c.TextIn(0, y, w, th.Pen(s.tone), s.said)
	case s.job.cancelling && !s.job.Finished():
		c.TextIn(0, y, w, th.Pen(theme.Warn), "Cancelling: what is in flight is waited for.")
	}
}

// drawList draws only the lines that can be seen, of however many.
func (s *Sheet) drawList(c *term.Canvas, w, h int) {
	order, at := s.job.order(), s.row()
	s.lines.Fit(h, len(order))
	s.lines.Show(at, at)
	rows := order[s.lines.Top:min(len(order), s.lines.Top+h)]
	names := s.nameWidth(rows, w)
	for y, i := range rows {
		s.drawItem(c, y, w, names, i, s.lines.Top+y == at)
	}
	th := s.env.Theme
	if s.lines.Top > 0 {
		c.Text(w-1, 0, th.Pen(theme.Dim), th.Signs.Up)
	}
	if s.lines.Top+h < len(order) {
		c.Text(w-1, h-1, th.Pen(theme.Dim), th.Signs.Down)
	}
}

// nameWidth is the width of the column of names.
func (s *Sheet) nameWidth(rows []int, w int) int {
	widest := 4
	for _, i := range rows {
		widest = max(widest, safetext.Width(safetext.Clean(s.job.items[i].Name)))
	}
	return min(widest, max(8, w*2/5))
}

func (s *Sheet) drawItem(c *term.Canvas, y, w, names, i int, here bool) {
	it, th := s.job.items[i], s.env.Theme
	sign, tone := look(it.End, th.Signs)
	mark, pen := safetext.Safe("  "), th.Pen(theme.Plain)
	if here {
		mark, pen = th.Signs.Cursor+" ", th.Pen(theme.Title)
	}
	x := c.Text(0, y, th.Pen(theme.Key), mark)
	x = c.Text(x, y, th.Pen(tone), sign+" ")
	x = c.TextIn(x, y, names, pen, safetext.FitMiddle(safetext.Clean(it.Name), names))
	words := safetext.Safe(it.End.String())
	if it.Words != "" {
		words += ": " + safetext.Clean(it.Words)
	}
	if x+2 < w-1 {
		c.TextIn(x+2, y, w-x-3, th.Pen(tone), words)
	}
}

// fullText is all that is known about the item under the cursor.
func (s *Sheet) fullText(w, h int) *flow.Page {
	it := s.job.items[s.cursor]
	sign, tone := look(it.End, s.env.Theme.Signs)
	key := struct {
		version, item int
		theme         *theme.Theme
	}{s.job.version, s.cursor, s.env.Theme}
	return s.laid.Lay(key, w, h, func(p *flow.Page) {
		p.Para(theme.Title, safetext.Clean(it.Name))
		p.Line(flow.Span{Tone: tone, Text: sign + " " + safetext.Safe(it.End.String())})
		p.Gap()
		if it.Words != "" {
			p.Para(theme.Plain, safetext.Clean(it.Words))
		}
		if it.Detail != "" && it.Detail != it.Words {
			p.Gap()
			for _, line := range safetext.CleanLines(it.Detail) {
				p.Para(theme.Plain, line)
			}
		}
	})
}
