package list

import (
	"strconv"

	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// layout says which lines there are besides the rows, from the top: banner,
// line (filter or sort), what is wrong with it, head.
type layout struct {
	banner, line, wrong, head         bool
	bannerAt, lineAt, wrongAt, headAt int
	rowsAt, rows                      int
}

// layout gives up the head first when it gets low, then the banner; what is
// typed shows as long as there is a line at all.
func (l *List[R]) layout() layout {
	o := layout{rows: l.h}
	take := func(wanted bool, keep int) bool {
		if !wanted || o.rows <= keep {
			return false
		}
		o.rows--
		return true
	}
	o.line = take(l.TypingText(), 0)
	o.wrong = take(o.line && l.typing.on && l.typing.wrong != nil && !l.fitsBeside(), 1)
	o.banner = take(l.load.err != nil, 2)
	o.head = take(true, 2)
	for _, part := range [...]struct {
		on bool
		at *int
	}{{o.banner, &o.bannerAt}, {o.line, &o.lineAt}, {o.wrong, &o.wrongAt}, {o.head, &o.headAt}} {
		if part.on {
			*part.at = o.rowsAt
			o.rowsAt++
		}
	}
	return o
}

// Draw shows the list on a canvas that is blank.
func (l *List[R]) Draw(c *term.Canvas) {
	if w, h := c.Size(); w != l.w || h != l.h {
		l.Resize(w, h)
	}
	f := &l.frame
	f.pens.use(l.env.Theme)
	o := l.layout()
	n := max(0, min(o.rows, l.now.size()-l.top))
	rows := f.window(l, n)
	if f.stale {
		f.stale = false
		f.arrange(l)
	}
	if o.banner {
		l.drawBanner(c, o.bannerAt)
	}
	switch {
	case o.line && l.chooser.on:
		l.drawChooser(c, o.lineAt)
	case o.line:
		l.drawFilter(c, o)
	}
	if o.head {
		l.drawHead(c, o.headAt)
	}
	for i := range rows {
		l.drawRow(c, o.rowsAt+i, l.top+i, &rows[i])
	}
	if n == 0 {
		l.drawEmpty(c, o)
	}
}

func (l *List[R]) drawHead(c *term.Canvas, y int) {
	pen := l.env.Theme.Pen(theme.Head)
	for _, p := range l.frame.cols {
		x, w := p.x, safetext.Width(p.title)
		if l.spec.Columns[p.col].Right && w < p.w {
			x += p.w - w
		}
		c.TextIn(x, y, p.x+p.w-x, pen, p.title)
	}
	if l.frame.scrolled() > 0 {
		c.Text(0, y, pen, "<")
	}
	if l.frame.more {
		c.Text(l.w-1, y, pen, ">")
	}
}

func (l *List[R]) drawRow(c *term.Canvas, y, pos int, d *drawnRow) {
	f, signs := &l.frame, &l.env.Theme.Signs
	cursor, k := 0, normal
	marked := l.isMarked(pos, d.id)
	switch {
	case marked:
		k = markedRow
	case l.isFlashing(d.id):
		k = flashing
	}
	if pos == l.pos {
		cursor = 1
	}
	pens, match := &f.pens.of[cursor][k], &f.pens.match[cursor][k]
	if pens[theme.Plain] != "" {
		c.Fill(0, y, l.w, 1, pens[theme.Plain])
	}
	if cursor == 1 {
		c.Text(0, y, pens[theme.Plain], signs.Cursor)
	}
	if marked {
		c.Text(1, y, pens[theme.Plain], signs.Mark)
	}
	for _, p := range f.cols {
		col, cell := &l.spec.Columns[p.col], &d.cells[p.col]
		cell.fitTo(p, col.Middle)
		x := p.x
		if col.Right {
			x += p.w - cell.fitted
		}
		c.Text(x, y, pens[cell.tone], cell.fit)
		l.drawMatches(c, x, y, match[cell.tone], col.Key, cell.fit)
	}
}

// drawMatches shows what the filter has found in a cell.
func (l *List[R]) drawMatches(c *term.Canvas, x, y int, pen term.Pen, key string, shown safetext.Safe) {
	f := &l.frame
	f.spans = l.now.shown.match.Spans(f.spans[:0], key, string(shown))
	for _, s := range f.spans {
		c.Text(x+safetext.Width(shown[:s.From]), y, pen, shown[s.From:s.To])
	}
}

// filterAt is where the text of the filter begins.
const filterAt = 3

// fitsBeside tells whether there is room behind the filter to say what is
// wrong with it.
func (l *List[R]) fitsBeside() bool {
	typed := safetext.Width(safetext.Clean(l.typing.input.Value()))
	return filterAt+typed+2+safetext.Width(safetext.Clean(l.typing.wrong.Error())) <= l.w
}

// drawFilter shows what is typed, and behind or below it what is wrong with it.
func (l *List[R]) drawFilter(c *term.Canvas, o layout) {
	t, wrong := l.env.Theme, l.typing.wrong
	c.Text(1, o.lineAt, t.Pen(theme.Key), "/ ")
	c.SetCursor(l.typing.input.Draw(c, filterAt, o.lineAt, max(0, l.w-filterAt), t.Pen(theme.Plain), ""), o.lineAt)
	if wrong == nil {
		return
	}
	pen, says := t.Pen(theme.Bad), safetext.Clean(wrong.Error())
	if wrong.Unfinished {
		pen = t.Pen(theme.Dim)
	}
	switch {
	case o.wrong:
		c.TextIn(filterAt, o.wrongAt, l.w-filterAt, pen, says)
	case l.fitsBeside():
		c.Text(filterAt+safetext.Width(safetext.Clean(l.typing.input.Value()))+2, o.lineAt, pen, says)
	}
}

func (l *List[R]) drawChooser(c *term.Canvas, y int) {
	t := l.env.Theme
	x := c.Text(1, y, t.Pen(theme.Dim), "sort by ")
	// Scrolled so that the chosen one is in sight.
	first := 0
	for first < l.chooser.at && l.chooserWidth(first, l.chooser.at) > l.w-x {
		first++
	}
	for i := first; i < len(l.sortCols) && x < l.w; i++ {
		pen := t.Pen(theme.Plain)
		if i == l.chooser.at {
			pen = t.Pen(theme.Cursor)
		}
		x = c.Text(x, y, t.Pen(theme.Key), l.chooserNumber(i))
		x = c.Text(x, y, pen, l.chooserTitle(i))
		x = c.Text(x, y, "", "  ")
	}
}

func (l *List[R]) chooserNumber(i int) safetext.Safe {
	if i < 9 {
		return safetext.Safe(strconv.Itoa(i+1)) + " "
	}
	return ""
}

func (l *List[R]) chooserTitle(i int) safetext.Safe { return l.frame.title(l, l.sortCols[i]) }

func (l *List[R]) chooserWidth(from, to int) int {
	n := 0
	for i := from; i <= to; i++ {
		n += safetext.Width(l.chooserNumber(i)+l.chooserTitle(i)) + 2
	}
	return n
}

func (l *List[R]) drawBanner(c *term.Canvas, y int) {
	pen := l.env.Theme.Pen(theme.Bad)
	x := c.Text(1, y, pen, l.env.Theme.Signs.Refused+" ")
	c.TextIn(x, y, l.w-x, pen, safetext.Clean(l.load.err.Error()))
}

// drawEmpty says why there is no row.
func (l *List[R]) drawEmpty(c *term.Canvas, o layout) {
	if o.rows <= 0 {
		return
	}
	text := l.whyEmpty()
	y := o.rowsAt + (o.rows-1)/3
	w := min(safetext.Width(text), max(0, l.w-2))
	c.TextIn((l.w-w)/2, y, w, l.env.Theme.Pen(theme.Dim), text)
}

func (l *List[R]) whyEmpty() safetext.Safe {
	switch {
	case l.Len() > 0 && l.now.want.only != 0:
		return "no such " + l.noun() + " are marked; m shows all"
	case l.Len() > 0:
		return "no " + l.noun() + " match; esc shows all"
	case l.load.on && l.load.slow:
		return "loading " + l.env.Theme.Signs.Running
	case l.load.on || l.load.gen == 0:
		return ""
	case l.load.err != nil:
		return "not loaded"
	case l.spec.EmptyText != "":
		return l.spec.EmptyText
	}
	return "there are no " + l.noun()
}

func (l *List[R]) noun() safetext.Safe {
	if l.spec.Noun == "" {
		return "rows"
	}
	return l.spec.Noun
}
