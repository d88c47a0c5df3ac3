package form

import (
	"strings"

	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

const (
	widest = 76 // a line that is longer is hard to read
	narrow = 44 // below it, titles stand above their fields
)

// place is where a field stands on the page, which may be higher than the box.
type place struct {
	y, height int // with title and error
	errorAt   int // offset of the error
	lines     []safetext.Safe
}

// layout is the whole form laid out to a width.
type layout struct {
	w, labels int // labels: width of the column of titles; 0: they stand above
	head      *flow.Page
	places    []place
	button    int
	height    int
}

func (f *Form) layout(w int) layout {
	l := layout{w: w, labels: f.labels(w), head: flow.NewPage(w)}
	if f.spec.Intro != "" {
		for _, s := range safetext.CleanLines(f.spec.Intro) {
			l.head.Para(theme.Plain, s)
		}
		l.head.Gap()
	}
	sign := f.sign()
	for _, s := range f.banner {
		l.head.Hang([]flow.Span{{Tone: f.tone, Text: sign}}, f.tone, s)
		sign = safetext.Fit("", safetext.Width(sign))
	}
	if len(f.banner) > 0 {
		l.head.Gap()
	}
	y := l.head.Len()
	for i, fd := range f.fields {
		p := place{y: y, height: fd.widget.height(i == f.focus)}
		if l.labels == 0 {
			p.height++
		}
		p.errorAt = p.height
		if fd.err != "" {
			p.lines = flow.Wrap(f.env.Theme.Signs.Refused+" "+fd.err, w-l.labels)
			p.height += len(p.lines)
		}
		y += p.height
		l.places = append(l.places, p)
	}
	l.button = y + 1
	l.height = l.button + 1
	return l
}

// labels is how wide the column of titles is.
func (f *Form) labels(w int) int {
	if w < narrow {
		return 0
	}
	widest := 0
	for _, fd := range f.fields {
		widest = max(widest, safetext.Width(fd.label()))
	}
	return min(widest, w/3) + 2
}

func (fd *field) label() safetext.Safe {
	if fd.Required {
		return fd.title + " *"
	}
	return fd.title
}

// sign says in front of the banner what its colour says.
func (f *Form) sign() safetext.Safe {
	s := f.env.Theme.Signs
	switch f.tone {
	case theme.Bad:
		return s.Refused + " "
	case theme.Warn:
		return "! "
	}
	return s.Running + " "
}

// Size is the wanted size.
func (f *Form) Size(maxW, maxH int) (w, h int) {
	w = min(maxW, widest)
	return w, min(maxH, f.layout(w).height+footer(maxH))
}

// footer is how many lines are kept for the help of the field.
func footer(h int) int {
	if h < 6 {
		return 0
	}
	return 2
}

// Draw draws as much as there is room for, around the focus.
func (f *Form) Draw(c *term.Canvas) {
	w, h := c.Size()
	if w <= 0 || h <= 0 {
		return
	}
	l := f.layout(w)
	body := h - footer(h)
	top := f.scrolled(l, body)
	page := c.Sub(0, 0, w, body).Sub(0, -top, w, l.height)
	l.head.Draw(page.Sub(0, 0, w, l.head.Len()), f.env.Theme, 0)
	for i, fd := range f.fields {
		f.drawField(page, l, l.places[i], fd, i == f.focus && f.state != sending)
	}
	f.drawButton(page, l)
	f.drawFooter(c, w, h)
	f.drawMore(c, w, body, top, l.height)
}

// scrolled is the first line shown.
func (f *Form) scrolled(l layout, body int) int {
	f.scroll.Fit(body, l.height)
	switch {
	case f.show == showBanner:
		f.scroll.Show(0, 0)
	case f.show == showFocus && f.focus == len(f.fields):
		f.scroll.Show(l.button, l.button)
	case f.show == showFocus:
		p := l.places[f.focus]
		f.scroll.Show(p.y, p.y+p.height-1)
	}
	return f.scroll.Top
}

func (f *Form) drawField(page *term.Canvas, l layout, p place, fd *field, focused bool) {
	th := f.env.Theme
	tone := theme.Dim
	if focused {
		tone = theme.Key
	}
	at, height := p.y, p.errorAt
	if l.labels == 0 {
		page.TextIn(0, p.y, l.w, th.Pen(tone), fd.label())
		at, height = at+1, height-1
	} else {
		page.TextIn(0, p.y, l.labels-2, th.Pen(tone), fd.label())
	}
	fd.widget.draw(painter{page.Sub(l.labels, at, l.w-l.labels, height), th, focused})
	for i, s := range p.lines {
		page.Text(l.labels, p.y+p.errorAt+i, th.Pen(theme.Bad), s)
	}
}

func (f *Form) drawButton(page *term.Canvas, l layout) {
	th := f.env.Theme
	text := "[ " + safetext.Truncate(safetext.Clean(f.spec.Button), max(1, l.w-4)) + " ]"
	pen := th.Pen(theme.Title)
	on := f.focus == len(f.fields)
	if on {
		pen = th.Pen(theme.Cursor)
	}
	if f.state == sending {
		text, pen, on = "sending"+th.Signs.More, th.Pen(theme.Dim), false
	}
	page.Text(l.labels, l.button, pen, text)
	if on {
		page.SetCursor(l.labels, l.button)
	}
}

func (f *Form) drawFooter(c *term.Canvas, w, h int) {
	if footer(h) == 0 {
		return
	}
	th := f.env.Theme
	help := safetext.Safe("* is required")
	if f.focus < len(f.fields) && f.fields[f.focus].Help != "" {
		help = safetext.Clean(f.fields[f.focus].Help)
	}
	c.TextIn(0, h-1, w, th.Pen(theme.Dim), help)
	c.Text(0, h-2, th.Pen(theme.Dim), safetext.Safe(strings.Repeat(string(th.Signs.Rule), w)))
}

// drawMore marks that there is more above or below. The marks stand in the
// last column, where a field at most has its edge.
func (f *Form) drawMore(c *term.Canvas, w, body, top, height int) {
	th := f.env.Theme
	if top > 0 {
		c.Text(w-1, 0, th.Pen(theme.Dim), th.Signs.Up)
	}
	if top+body < height {
		c.Text(w-1, body-1, th.Pen(theme.Dim), th.Signs.Down)
	}
}
