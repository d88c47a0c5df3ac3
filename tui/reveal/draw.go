package reveal

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

const width = 72 // wanted

// Format implements fmt.Formatter: a box that is printed tells nothing.
func (r *Reveal) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "reveal.Reveal") }

// Size is the wanted size.
func (r *Reveal) Size(maxW, maxH int) (w, h int) {
	w = min(maxW, width)
	bottom := len(r.bottom(w))
	page, _, _ := r.page(w, max(1, maxH-bottom))
	return w, min(maxH, page.Len()+bottom)
}

// page lays out all secrets, and tells where the one under the cursor stands.
func (r *Reveal) page(w, h int) (page *flow.Page, first, last int) {
	page = flow.Lay(w, h, func(p *flow.Page) {
		if r.spec.Intro != "" {
			p.Para(theme.Plain, safetext.Clean(r.spec.Intro))
			p.Gap()
		}
		for i := range r.items {
			if i == r.cursor {
				first = p.Len()
			}
			r.write(p, i)
			if i == r.cursor {
				last = p.Len() - 1
			}
		}
	})
	return page, first, last
}

func (r *Reveal) write(p *flow.Page, i int) {
	it, signs := r.items[i], r.env.Theme.Signs
	var head []flow.Span
	tone := theme.Title
	if len(r.items) > 1 {
		head = []flow.Span{{Text: "  "}}
		if tone = theme.Plain; i == r.cursor {
			head, tone = []flow.Span{{Tone: theme.Key, Text: signs.Cursor + " "}}, theme.Title
		}
	}
	line := append(head, flow.Span{Tone: tone, Text: safetext.Clean(it.Label)})
	if it.Handle != "" {
		line = append(line, flow.Span{Tone: theme.Dim, Text: "  " + safetext.Clean(it.Handle)})
	}
	if it.did != "" {
		line = append(line, flow.Span{Tone: theme.Good, Text: "  " + signs.Done + " " + it.did})
	}
	p.Line(line...)
	if i == r.cursor {
		r.writeOpen(p, it)
	}
}

// writeOpen is what is said of the secret under the cursor.
func (r *Reveal) writeOpen(p *flow.Page, it item) {
	if r.visible() {
		for _, s := range flow.Cut(safetext.Clean(it.Secret.Reveal()), p.Width()) {
			p.Line(flow.Span{Tone: theme.Input, Text: s})
		}
	} else {
		dots := safetext.Safe(strings.Repeat(string(r.env.Theme.Signs.Masked), 12))
		p.Line(flow.Span{Tone: theme.Input, Text: dots}, flow.Span{Tone: theme.Dim, Text: safetext.Safe("  " + strconv.Itoa(it.length) + " characters")})
	}
	if it.Note != "" {
		p.Para(theme.Dim, safetext.Clean(it.Note))
	}
	if len(r.items) > 1 {
		p.Gap()
	}
}

// bottom are the lines below the secrets that stay in sight.
func (r *Reveal) bottom(w int) []said {
	switch {
	case r.prompt != nil:
		return make([]said, r.prompt.Height(w))
	case r.asking:
		var out []said
		for _, s := range flow.Wrap(r.question(), w) {
			out = append(out, said{theme.Warn, s})
		}
		return out
	case r.visible():
		left := int(r.until.Sub(r.env.Now()) / time.Second)
		return []said{{theme.Warn, safetext.Safe("hidden again in " + strconv.Itoa(max(0, left)) + " s")}}
	case r.said.text != "":
		var out []said
		for _, s := range flow.Wrap(r.said.text, w) {
			out = append(out, said{r.said.tone, s})
		}
		return out
	}
	return []said{{theme.Dim, "It cannot be shown again once this is closed."}}
}

func (r *Reveal) question() safetext.Safe {
	what := "Nothing was done with it, and it cannot be had again."
	if n := len(r.items); n > 1 {
		what = fmt.Sprintf("Nothing was done with %d of the %d, and they cannot be had again.", r.untouched(), n)
	}
	return safetext.Safe(what + " Press y to close all the same, n to go back.")
}

// Draw draws the box.
func (r *Reveal) Draw(c *term.Canvas) {
	w, h := c.Size()
	if w <= 0 || h <= 0 {
		return
	}
	rows := r.bottom(w)
	body := h - len(rows)
	if body > 0 {
		page, first, last := r.page(w, body)
		if r.scroll.Fit(body, page.Len()); r.follow {
			r.scroll.Show(first, last)
		}
		page.Draw(c.Sub(0, 0, w, body), r.env.Theme, r.scroll.Top)
	}
	if r.prompt != nil {
		r.prompt.Draw(c, r.env.Theme, max(0, body))
		return
	}
	for i, s := range rows {
		c.TextIn(0, max(0, body)+i, w, r.env.Theme.Pen(s.tone), s.text)
	}
}
