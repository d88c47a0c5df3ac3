package list

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/filter"
)

// List shows the rows of a Spec. It belongs to the event loop; what takes long
// is in the commands that its methods return.
type List[R any] struct {
	env    *tui.Env
	id     tui.ID
	spec   Spec[R]
	loader *tui.Loader
	after  func(time.Duration, tea.Msg) tea.Cmd

	now  *table[R] // what is shown
	next *table[R] // what a refresh has read so far; nil: none is on its way
	load loading

	w, h  int
	top   int // position of the first row drawn
	pos   int // position of the cursor
	home  string
	moved bool // the cursor was put somewhere: it stays on its row
	span  span

	typing   typing
	match    *filter.Matcher[R]
	drawn    int // the last number given to a choice of marked rows
	chooser  chooser
	sortCols []int // columns that can be sorted by
	marks    marks

	actions, typingKeys, pickingKeys []tui.Action

	frame   frame[R]
	flashes []flash
}

// marks is what is known about marked rows that the filter hides.
type marks struct {
	hidden int
	known  bool
}

// New makes a list whose results come to id, the screen that embeds it. Its
// loads end with ctx.
func New[R any](ctx context.Context, env *tui.Env, id tui.ID, spec Spec[R]) *List[R] {
	if spec.Timeout == 0 {
		spec.Timeout = 30 * time.Second
	}
	l := &List[R]{env: env, id: id, spec: spec, loader: tui.NewLoader(ctx), after: tick(id), now: newTable(spec.Key)}
	for i := range spec.Columns {
		if spec.Columns[i].Compare != nil {
			l.sortCols = append(l.sortCols, i)
		}
	}
	l.frame.seen = make([]int, len(spec.Columns))
	l.SetSort(spec.Sort)
	l.load.total = -1
	l.bind()
	return l
}

func tick(id tui.ID) func(time.Duration, tea.Msg) tea.Cmd {
	return func(d time.Duration, m tea.Msg) tea.Cmd {
		return tui.To(id, tea.Tick(d, func(time.Time) tea.Msg { return m }))
	}
}

// compare finds the order that a sort key means; nil: as the rows come.
func (s *Spec[R]) compare(sort string) func(a, b R) int {
	name, down := strings.CutPrefix(sort, "-")
	for i := range s.Columns {
		if up := s.Columns[i].Compare; up != nil && s.Columns[i].Key == name {
			if down {
				return func(a, b R) int { return up(b, a) }
			}
			return up
		}
	}
	return nil
}

// Init begins to load.
func (l *List[R]) Init() tea.Cmd { return l.Reload() }

// Close ends what is on its way.
func (l *List[R]) Close() {
	l.loader.Cancel()
	l.now.cancel()
	if l.next != nil {
		l.next.cancel()
	}
}

// Resize says how much room there is.
func (l *List[R]) Resize(w, h int) {
	l.w, l.h = w, h
	l.frame.stale = true
	l.keepInView()
}

// Update takes a message. It is handled if it was for the list and what is
// shown may have changed. Keys come here only while TypingText; all others are
// in Actions.
func (l *List[R]) Update(msg tea.Msg) (cmd tea.Cmd, handled bool) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if !l.TypingText() {
			return nil, false
		}
		return l.typed(msg), true
	case tui.Loaded[arrival[R]]:
		if msg.Value.list != l {
			return nil, false
		}
		return l.arrived(msg), true
	case jobEnded[R]:
		return l.jobEnded(msg)
	case overdue:
		return nil, l.load.overdue(msg)
	case flashEnded:
		return nil, l.endFlashes(msg.until)
	case tui.TickMsg:
		return l.ticked(msg.Now)
	case tui.ThemeMsg:
		l.frame.reset()
		l.frame.stale = true
		return nil, true
	case tea.MouseMsg:
		return l.mouse(msg)
	}
	return nil, false
}

// jobEnded is the end of one part of a job.
type jobEnded[R any] struct{ job *job[R] }

// start runs the parts of a job in the background.
func (l *List[R]) start(j *job[R]) tea.Cmd {
	if j == nil {
		return nil
	}
	parts := make([]tea.Cmd, j.parts)
	for part := range parts {
		parts[part] = tui.To(l.id, func() tea.Msg {
			j.run(part)
			return jobEnded[R]{j}
		})
	}
	return batch(parts...)
}

func (l *List[R]) jobEnded(msg jobEnded[R]) (tea.Cmd, bool) {
	t := msg.job.owner
	if t != l.now && t != l.next {
		return nil, false
	}
	if t == l.now && t.job == msg.job {
		l.commitSpan()
	}
	changed, next := t.end(msg.job)
	cmd := l.start(next)
	switch {
	case !changed:
	case t == l.now:
		l.viewChanged()
	case next == nil:
		return batch(cmd, l.swap()), true
	}
	return cmd, true
}

// reshape applies filter, sort and choice to what is shown and to what is
// being read.
func (l *List[R]) reshape(change func(*shape[R])) tea.Cmd {
	l.commitSpan()
	want := l.now.want
	change(&want)
	cmd := l.start(l.now.reshape(want))
	if l.next != nil && l.load.whole {
		cmd = batch(cmd, l.finishRefresh())
	}
	l.viewChanged()
	return cmd
}

// Len is the number of rows, shown or not.
func (l *List[R]) Len() int { return l.now.live() }

// Shown is the number of rows shown.
func (l *List[R]) Shown() int { return l.now.size() }

// Rows are the rows shown, in their order.
func (l *List[R]) Rows() iter.Seq[R] {
	return func(yield func(R) bool) {
		for pos := range l.now.size() {
			if !yield(l.now.at(l.now.id(pos))) {
				return
			}
		}
	}
}

// Current is the row under the cursor.
func (l *List[R]) Current() (row R, ok bool) {
	if l.pos < 0 || l.pos >= l.now.size() {
		return row, false
	}
	return l.now.at(l.now.id(l.pos)), true
}

// Find is the row with a key, shown or not.
func (l *List[R]) Find(key string) (row R, ok bool) {
	id, ok := l.now.find(key)
	if !ok {
		return row, false
	}
	return l.now.at(id), true
}

// Upsert takes in rows that were made or changed. They flash.
func (l *List[R]) Upsert(changed ...R) tea.Cmd {
	l.commitSpan()
	news := l.differing(changed)
	cmds := []tea.Cmd{l.start(l.now.add(changed))}
	if l.next != nil {
		cmds = append(cmds, l.start(l.next.add(changed)))
	}
	for _, row := range changed {
		l.load.note(l.spec.Key(row))
		l.frame.forget(l.now, l.spec.Key(row))
	}
	l.viewChanged()
	return batch(append(cmds, l.flash(news))...)
}

// differing are the keys of rows that are new or not as they were.
func (l *List[R]) differing(rows []R) []string {
	var keys []string
	for _, row := range rows {
		key := l.spec.Key(row)
		old, known := l.Find(key)
		if !known || l.spec.Equal == nil || !l.spec.Equal(old, row) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Remove takes out rows that are gone, and their marks.
func (l *List[R]) Remove(keys ...string) {
	l.commitSpan()
	l.now.drop(keys)
	if l.next != nil {
		l.next.drop(keys)
	}
	for _, key := range keys {
		l.load.note(key)
	}
	l.viewChanged()
}

// batch leaves out what is nothing, so that nothing stays nothing.
func batch(cmds ...tea.Cmd) tea.Cmd {
	return tea.Batch(slices.DeleteFunc(cmds, func(c tea.Cmd) bool { return c == nil })...)
}

// viewChanged puts the cursor back on its row, and the window around it.
func (l *List[R]) viewChanged() {
	l.marks.known = false
	line := l.pos - l.top
	l.pos = l.cursorPosition()
	l.top = l.pos - line
	l.keepInView()
}

// cursorPosition is where the cursor's row is now. A row that is hidden is
// kept in mind; one that is gone is given up for what has come in its place.
func (l *List[R]) cursorPosition() int {
	last := l.now.size() - 1
	if !l.moved {
		return 0
	}
	id, ok := l.now.find(l.home)
	if !ok {
		pos := max(0, min(l.pos, last))
		if last >= 0 {
			l.home = l.spec.Key(l.now.at(l.now.id(pos)))
		}
		return pos
	}
	if pos := l.now.position(id); pos >= 0 {
		return pos
	}
	return max(0, min(l.now.nearest(id), last))
}

// keepInView moves the window so that the cursor is in it, and no room is left
// empty below the last row.
func (l *List[R]) keepInView() {
	rows := max(1, l.layout().rows)
	l.top = max(l.pos-rows+1, min(l.top, l.pos))
	l.top = max(0, min(l.top, l.now.size()-rows))
}
