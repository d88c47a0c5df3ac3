// Package chooser is a box with a line to type in and rows that it narrows:
// the palette, the help and every short list to pick from.
package chooser

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"

	"gatehouse/tui"
	"gatehouse/tui/line"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// Row is one thing to find and to pick.
type Row struct {
	Text  safetext.Safe // what is searched
	Group safetext.Safe // a heading over it, drawn where it changes; searched too
	Note  safetext.Safe // behind the text, dimmed
	Right safetext.Safe // at the right edge: its keys
	Why   safetext.Safe // why it cannot be picked; it stays visible
}

// Options make a chooser.
type Options struct {
	Title  safetext.Safe
	Prompt safetext.Safe // before the line to type in
	Empty  safetext.Safe // said where nothing is found
	Rows   []Row
	// Literal finds rows that contain each typed word, in their order; without
	// it the best match of the letters comes first.
	Literal bool
	// Pick gets the index of a row that was chosen with Enter; the box is
	// already on its way out. nil: the rows are only to be read.
	Pick func(int) tea.Cmd
	// Width is the wanted width of the inside; 0: 72.
	Width int
}

// Chooser is the modal.
type Chooser struct {
	id     tui.ID
	env    *tui.Env
	o      Options
	guard  *tui.Guard
	input  *line.Input
	found  []match
	cursor int // in found
	top    int // first visible line
	height int // lines for rows at the last draw
	said   safetext.Safe
}

// match is a row that was found, and where its text matched.
type match struct {
	row int
	at  []int // byte offsets in the text
}

// New makes a chooser.
func New(env *tui.Env, o Options) *Chooser {
	c := &Chooser{id: env.NextID(), env: env, o: o, guard: tui.NewGuard(env.Now), input: line.New(""), height: 10}
	c.search()
	return c
}

// ID is what messages for it are addressed to.
func (c *Chooser) ID() tui.ID { return c.id }

// Init has nothing to start: the cursor is the terminal's own and does not
// blink by messages.
func (c *Chooser) Init() tea.Cmd { return nil }

// Title stands in the frame.
func (c *Chooser) Title() safetext.Safe { return c.o.Title }

// Tone is that of something harmless.
func (c *Chooser) Tone() theme.Tone { return theme.Accent }

// TypingText is always so: letters narrow the rows.
func (c *Chooser) TypingText() bool { return true }

// Deaf is it to Enter, which would pick what nobody has seen.
func (c *Chooser) Deaf(k tea.KeyMsg) bool { return tui.Press(k) == "enter" && c.guard.Deaf() }

// Close has nothing to cancel.
func (c *Chooser) Close() {}

// Escape clears what is typed, then closes.
func (c *Chooser) Escape() (bool, tea.Cmd) {
	if c.input.Value() == "" {
		return true, nil
	}
	c.input.Set("")
	c.search()
	return false, nil
}

// Size asks for all rows if they fit.
func (c *Chooser) Size(maxW, maxH int) (w, h int) {
	w = c.o.Width
	if w == 0 {
		w = 72
	}
	all := c.lines(c.everything())
	return min(maxW, w), min(maxH, len(all)+2)
}

// Actions are what the footer shows.
func (c *Chooser) Actions() []tui.Action {
	out := []tui.Action{
		{ID: "chooser.close", Title: "close", Keys: []string{"esc"}, Footer: 2},
	}
	if c.o.Pick != nil {
		out = append(out, tui.Action{ID: "chooser.pick", Title: "choose", Keys: []string{"enter"}, Footer: 1})
	}
	return out
}

// Update handles a key or a paste.
func (c *Chooser) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	if done, cmd := c.command(tui.Press(k)); done {
		return cmd
	}
	before := c.input.Value()
	c.input.Key(k)
	if c.input.Value() != before {
		c.search()
	}
	return nil
}

// command does what a key means that is not text.
func (c *Chooser) command(name string) (bool, tea.Cmd) {
	switch name {
	case "enter":
		return true, c.pick()
	case "up", "ctrl+p", "shift+tab":
		c.move(-1)
	case "down", "ctrl+n", "tab":
		c.move(1)
	case "pgup":
		c.move(-c.height)
	case "pgdown":
		c.move(c.height)
	default:
		return false, nil
	}
	return true, nil
}

func (c *Chooser) move(by int) {
	c.said = ""
	c.cursor = max(0, min(len(c.found)-1, c.cursor+by))
}

func (c *Chooser) pick() tea.Cmd {
	if c.o.Pick == nil || c.cursor >= len(c.found) {
		return nil
	}
	row := c.found[c.cursor].row
	if why := c.o.Rows[row].Why; why != "" {
		c.said = why
		return nil
	}
	return tea.Batch(tui.Close(c.id), c.o.Pick(row))
}

// search finds the rows for what is typed.
func (c *Chooser) search() {
	c.cursor, c.top, c.said = 0, 0, ""
	query := c.input.Value()
	switch {
	case query == "":
		c.found = c.everything()
	case c.o.Literal:
		c.found = literal(c.o.Rows, query)
	default:
		c.found = c.found[:0]
		for _, m := range fuzzy.FindFrom(query, source(c.o.Rows)) {
			c.found = append(c.found, match{m.Index, m.MatchedIndexes})
		}
	}
}

func (c *Chooser) everything() []match {
	all := make([]match, len(c.o.Rows))
	for i := range all {
		all[i].row = i
	}
	return all
}

// source lets the search read the rows.
type source []Row

func (s source) String(i int) string { return s[i].searched() }
func (s source) Len() int            { return len(s) }

// searched is the text with its group before it, as it is drawn.
func (r Row) searched() string {
	if r.Group == "" {
		return string(r.Text)
	}
	return string(r.Text + " " + r.Group)
}

// shownLine is one line of what is drawn below the query.
type shownLine struct {
	heading safetext.Safe
	match   int // index into found, if it is no heading
}

// lines are the found rows with their headings. What was ranked by a search
// has none: the ranking tears groups apart.
func (c *Chooser) lines(found []match) []shownLine {
	var out []shownLine
	ranked := !c.o.Literal && c.input.Value() != ""
	var group safetext.Safe
	for i, m := range found {
		if g := c.o.Rows[m.row].Group; !ranked && g != group {
			out = append(out, shownLine{heading: g, match: -1})
			group = g
		}
		out = append(out, shownLine{match: i})
	}
	return out
}

// Draw draws the query and below it what was found.
func (c *Chooser) Draw(cv *term.Canvas) {
	w, h := cv.Size()
	c.drawQuery(cv, w)
	c.height = max(1, h-2)
	lines := c.lines(c.found)
	at := slices.IndexFunc(lines, func(l shownLine) bool { return l.match == c.cursor })
	first := at
	if at > 0 && lines[at-1].match < 0 && c.height > 1 {
		first-- // the heading over the row is worth its line
	}
	c.top = min(c.top, max(0, len(lines)-c.height))
	c.top = min(max(c.top, at-c.height+1), max(0, first))
	for y := 0; y < c.height && c.top+y < len(lines); y++ {
		c.drawLine(cv.Sub(0, y+2, w, 1), w, lines[c.top+y])
	}
	if len(lines) == 0 {
		cv.Text(0, 2, c.env.Theme.Pen(theme.Dim), c.o.Empty)
	}
}

func (c *Chooser) drawQuery(cv *term.Canvas, w int) {
	x := cv.Text(0, 0, c.env.Theme.Pen(theme.Dim), c.o.Prompt)
	cv.SetCursor(c.input.Draw(cv, x, 0, max(1, w-x), c.env.Theme.Pen(theme.Input), ""), 0)
	note, tone := safetext.Safe(""), theme.Dim
	if c.said != "" {
		note, tone = c.env.Theme.Signs.Refused+" "+c.said, theme.Warn
	}
	cv.TextIn(0, 1, w, c.env.Theme.Pen(tone), note)
}

func (c *Chooser) drawLine(cv *term.Canvas, w int, l shownLine) {
	pen := c.env.Theme.Pen
	if l.match < 0 {
		cv.Text(0, 0, pen(theme.Head), l.heading)
		return
	}
	m := c.found[l.match]
	row := c.o.Rows[m.row]
	text, note := pen(theme.Plain), row.Note
	if row.Why != "" {
		text, note = pen(theme.Dim), c.env.Theme.Signs.Refused+" "+row.Why
	}
	if note == "" && c.input.Value() != "" {
		note = row.Group
	}
	right := w
	if row.Right != "" && safetext.Width(row.Right) < w/2 {
		right = w - safetext.Width(row.Right)
		cv.Text(right, 0, pen(theme.Key), row.Right)
		right--
	}
	body := cv.Sub(0, 0, right, 1)
	x := 2
	if l.match == c.cursor {
		body.Text(0, 0, pen(theme.Accent), c.env.Theme.Signs.Cursor)
	}
	x = drawMatched(body, x, text, text.Add(pen(theme.Match)), row.Text, m.at)
	if note != "" {
		body.Text(x+2, 0, pen(theme.Dim), safetext.Truncate(note, right-x-2))
	}
	if l.match == c.cursor && c.o.Pick != nil {
		cv.Repaint(0, 0, w, 1, func(term.Pen) term.Pen { return pen(theme.Cursor) })
	}
}

// drawMatched draws s with the cells in another pen that begin at the offsets.
func drawMatched(cv *term.Canvas, x int, pen, hit term.Pen, s safetext.Safe, at []int) int {
	for offset := 0; s != ""; {
		cell, _, rest := safetext.First(s)
		p := pen
		if slices.Contains(at, offset) {
			p = hit
		}
		x = cv.Text(x, 0, p, safetext.Safe(cell))
		offset += len(s) - len(rest)
		s = rest
	}
	return x
}
