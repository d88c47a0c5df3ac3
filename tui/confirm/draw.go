package confirm

import (
	"gatehouse/tui/flow"
	"gatehouse/tui/line"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

const (
	width    = 72 // wanted
	least    = 12 // columns for what is typed, or else it gets a line of its own
	mostRows = 3  // of a prompt
)

// page lays the plan out. One of ten thousand names is not laid out for every
// frame.
func (c *Confirm) page(w, h int) *flow.Page {
	key := struct {
		version int
		theme   *theme.Theme
	}{c.version, c.env.Theme}
	return c.laid.Lay(key, w, h, func(p *flow.Page) {
		c.writeChanged(p)
		c.plan.write(p, c.env.Theme.Signs)
	})
}

func (c *Confirm) writeChanged(p *flow.Page) {
	if len(c.changed) == 0 && c.state != withdrawn {
		return
	}
	p.Line(flow.Span{Tone: theme.Flash, Text: "! changed meanwhile:"})
	for _, s := range c.changed {
		p.Hang([]flow.Span{{Text: "  "}}, theme.Flash, s)
	}
	p.Gap()
}

// Size is the wanted size.
func (c *Confirm) Size(maxW, maxH int) (w, h int) {
	w = min(maxW, width)
	bottom := len(c.bottom(w)) + c.gap(maxH)
	return w, min(maxH, c.page(w, max(1, maxH-bottom)).Len()+bottom)
}

// row is one line below the plan.
type row struct {
	tone  theme.Tone
	text  safetext.Safe
	input *line.Input // behind the text
}

// bottom is the question: it stays in sight however long the plan is.
func (c *Confirm) bottom(w int) []row {
	if c.state == withdrawn {
		return []row{{tone: theme.Flash, text: "Wait for the new plan, or press esc."}}
	}
	if len(c.plan.Blocks) > 0 {
		return []row{{tone: theme.Bad, text: "There is nothing to confirm: press esc."}}
	}
	var rows []row
	if c.reason != nil {
		text := safetext.Safe("Reason: ")
		if c.plan.Reason == RequiredReason {
			text = "Reason *: "
		}
		rows = append(rows, row{theme.Plain, text, c.reason})
	}
	if c.word != nil {
		rows = append(rows, c.prompt(w)...)
	} else {
		rows = append(rows, row{tone: theme.Title, text: c.question(w)})
	}
	return rows
}

func (c *Confirm) question(w int) safetext.Safe {
	verb := safetext.Clean(c.plan.Verb)
	for _, s := range []safetext.Safe{
		"Press y to " + verb + "; n, enter or esc: no.",
		"y: " + verb + "; n, enter, esc: no",
	} {
		if safetext.Width(s) <= w {
			return s
		}
	}
	return "y: yes; else no"
}

func (c *Confirm) prompt(w int) []row {
	text := "Type " + safetext.Clean(c.plan.Word) + " to go on: "
	if safetext.Width(text)+least <= w {
		return []row{{theme.Title, text, c.word}}
	}
	lines := flow.Wrap("Type "+safetext.Clean(c.plan.Word)+" to go on:", w)
	if len(lines) > mostRows { // both ends count
		lines = append(lines[:mostRows-1:mostRows-1], lines[len(lines)-1])
		lines[mostRows-2] = safetext.Fit(lines[mostRows-2]+safetext.Fit("", w), w-1) + c.env.Theme.Signs.More
	}
	var rows []row
	for _, s := range lines {
		rows = append(rows, row{tone: theme.Title, text: s})
	}
	return append(rows, row{input: c.word})
}

// Draw draws the plan, scrolled, and the question below it.
func (c *Confirm) Draw(cv *term.Canvas) {
	w, h := cv.Size()
	if w <= 0 || h <= 0 {
		return
	}
	rows := c.bottom(w)
	body := max(0, h-len(rows)-c.gap(h))
	if body > 0 {
		page := c.page(w, body)
		page.Draw(cv.Sub(0, 0, w, body), c.env.Theme, c.scroll.Fit(body, page.Len()))
	}
	y := h - len(rows) // where there is no room for all, the answer is last
	if c.gap(h) > 0 {
		cv.TextIn(0, y-1, w, c.env.Theme.Pen(theme.Warn), c.hint)
	}
	for i, r := range rows {
		c.drawRow(cv, y+i, w, r)
	}
}

// gap is the line between the plan and the question, where the hint stands. A
// small box has it only while there is a hint.
func (c *Confirm) gap(h int) int {
	if h < 10 && c.hint == "" {
		return 0
	}
	return 1
}

func (c *Confirm) drawRow(cv *term.Canvas, y, w int, r row) {
	th := c.env.Theme
	x := cv.Text(0, y, th.Pen(r.tone), safetext.Truncate(r.text, w))
	if r.input == nil {
		return
	}
	at := r.input.Draw(cv, x, y, max(1, w-x), th.Pen(theme.Input), "")
	if r.input == c.focus {
		cv.SetCursor(at, y)
	}
}
