package list

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
)

// patience is how long a load may take before the list says that it loads.
const patience = 150 * time.Millisecond

// maxEmpty is how many pages without rows may follow each other.
const maxEmpty = 1000

// loading is the state of the load that runs or ran last.
type loading struct {
	gen      int
	on       bool
	slow     bool      // it has taken longer than patience
	whole    bool      // all pages of a refresh are there, and are being put in order
	total    int       // as the pages say; below 0: not known
	began    time.Time // by our clock
	at       time.Time // by theirs, of the first page
	asked    map[string]struct{}
	empty    int                 // pages without rows, one after the other
	noted    map[string]struct{} // changed live meanwhile: a page may be older than that
	err      error
	complete bool // what is shown was read to its end

	shownBegan, shownAt time.Time // of what is shown
}

// note remembers that a key was changed live while a load runs.
func (d *loading) note(key string) {
	if d.on {
		d.noted[key] = struct{}{}
	}
}

// arrival is a page on its way to its list.
type arrival[R any] struct {
	list *List[R]
	page Page[R]
}

// overdue says that the patience with a load is at its end.
type overdue struct{ gen int }

func (d *loading) overdue(m overdue) bool {
	if m.gen != d.gen || !d.on {
		return false
	}
	d.slow = true
	return true
}

// Reload reads the list anew. What is shown stays until all is there.
func (l *List[R]) Reload() tea.Cmd {
	d := &l.load
	d.gen++
	d.on, d.slow, d.whole = true, false, false
	d.total, d.empty = -1, 0
	d.began, d.at = l.env.Now(), time.Time{}
	d.asked, d.noted = map[string]struct{}{}, map[string]struct{}{}
	if l.next != nil {
		l.next.cancel()
		l.next = nil
	}
	if l.now.n > 0 {
		l.next = newTable(l.spec.Key)
		l.next.inline = l.now.inline
	}
	return batch(l.fetch(""), l.after(patience, overdue{d.gen}))
}

func (l *List[R]) fetch(page string) tea.Cmd {
	l.load.asked[page] = struct{}{}
	read, limit := l.spec.Fetch, l.spec.Timeout
	return tui.Load(l.loader, l.id, limit, func(ctx context.Context) (arrival[R], error) {
		p, err := read(ctx, page)
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("no answer within %s: %w", limit, err)
		}
		return arrival[R]{l, p}, err
	})
}

func (l *List[R]) arrived(msg tui.Loaded[arrival[R]]) tea.Cmd {
	if !l.loader.Fresh(msg.Gen) {
		return nil
	}
	if msg.Err != nil {
		return l.failed(msg.Err)
	}
	page := msg.Value.page
	cmd := l.take(page)
	if page.Next == "" {
		return batch(cmd, l.finished())
	}
	if err := l.endless(page); err != nil {
		return batch(cmd, l.failed(err))
	}
	return batch(cmd, l.fetch(page.Next))
}

// endless finds out that the pages lead in a circle or nowhere.
func (l *List[R]) endless(page Page[R]) error {
	l.load.empty++
	if len(page.Rows) > 0 {
		l.load.empty = 0
	}
	target := l.target()
	switch _, again := l.load.asked[page.Next]; {
	case again:
		return fmt.Errorf("reading stopped after %d rows: the pages of the answer lead in a circle", target.live())
	case l.load.empty >= maxEmpty:
		return fmt.Errorf("reading stopped after %d rows: %d pages without a row followed each other", target.live(), maxEmpty)
	case target.n >= maxRows:
		return fmt.Errorf("reading stopped after %d rows: the console holds no more; narrow the list down", target.live())
	}
	return nil
}

// target is where the rows of the load go.
func (l *List[R]) target() *table[R] {
	if l.next != nil {
		return l.next
	}
	return l.now
}

// take adds the rows of a page.
func (l *List[R]) take(page Page[R]) tea.Cmd {
	d := &l.load
	d.total = page.Total
	if d.at.IsZero() {
		d.at = page.At
	}
	if l.next != nil {
		return l.start(l.next.add(l.shared(page.Rows)))
	}
	if l.now.n == 0 {
		d.shownBegan, d.shownAt = d.began, d.at
		l.sample(page.Rows)
	}
	if l.now.shown.sort != "" {
		l.commitSpan()
	}
	cmd := l.start(l.now.add(l.current(page.Rows)))
	l.viewChanged()
	return cmd
}

// current leaves out the rows that are newer here than in the page.
func (l *List[R]) current(rows []R) []R {
	if len(l.load.noted) == 0 {
		return rows
	}
	kept := make([]R, 0, len(rows))
	for _, row := range rows {
		if _, newer := l.load.noted[l.spec.Key(row)]; !newer {
			kept = append(kept, row)
		}
	}
	return kept
}

// shared replaces the rows that are as before by those held already, so that a
// refresh does not need the room for two lists.
func (l *List[R]) shared(rows []R) []R {
	rows = l.current(rows)
	if l.spec.Equal == nil {
		return rows
	}
	kept := make([]R, len(rows))
	for i, row := range rows {
		kept[i] = row
		if old, ok := l.Find(l.spec.Key(row)); ok && l.spec.Equal(old, row) {
			kept[i] = old
		}
	}
	return kept
}

func (l *List[R]) failed(err error) tea.Cmd {
	d := &l.load
	d.on, d.err, d.asked, d.noted = false, err, nil, nil
	if l.next != nil {
		l.next.cancel()
		l.next = nil
	} else {
		d.complete = false
	}
	l.keepInView()
	if l.spec.OnError != nil {
		return l.spec.OnError(err)
	}
	return nil
}

func (l *List[R]) finished() tea.Cmd {
	if l.next != nil {
		l.load.whole = true
		return l.finishRefresh()
	}
	l.loaded()
	l.viewChanged()
	return nil
}

func (l *List[R]) loaded() {
	d := &l.load
	d.on, d.slow, d.whole, d.complete = false, false, false, true
	d.err, d.asked, d.noted = nil, nil, nil
	d.shownBegan, d.shownAt = d.began, d.at
}

// finishRefresh brings what was read into the shape of what is shown, and
// shows it when that is done.
func (l *List[R]) finishRefresh() tea.Cmd {
	l.next.only = l.translated(l.now.only)
	if cmd := l.start(l.next.reshape(l.now.want)); cmd != nil {
		return cmd
	}
	return l.swap()
}

// translated are the ids that some of the rows shown have in the next table.
func (l *List[R]) translated(ids bitset) bitset {
	var out bitset
	for id := range ids.all() {
		if to, ok := l.next.find(l.spec.Key(l.now.at(id))); ok {
			out.set(to)
		}
	}
	return out
}

// swap shows what was read instead of what was shown.
func (l *List[R]) swap() tea.Cmd {
	l.commitSpan()
	for id := range l.translated(l.now.marks).all() {
		l.next.mark(id, true)
	}
	old := l.now
	old.cancel()
	l.now, l.next = l.next, nil
	l.loaded()
	l.frame.reset()
	l.flashes = nil
	l.viewChanged()
	return l.flash(l.changedSince(old))
}

// changedSince are the keys of visible rows that are new or not as they were.
func (l *List[R]) changedSince(old *table[R]) []string {
	if l.spec.Equal == nil {
		return nil
	}
	var keys []string
	for pos := l.top; pos < min(l.top+l.layout().rows, l.now.size()); pos++ {
		row := l.now.at(l.now.id(pos))
		key := l.spec.Key(row)
		if id, known := old.find(key); !known || !l.spec.Equal(old.at(id), row) {
			keys = append(keys, key)
		}
	}
	return keys
}

// StillSo notes that what is shown is known to be as it is on the server, so
// that it does not count as old: its changes arrive by themselves.
func (l *List[R]) StillSo() {
	if l.load.complete && l.load.err == nil && !l.load.on {
		l.load.shownBegan, l.load.shownAt = l.env.Now(), time.Time{}
	}
}

// Err is what the last load failed with, in full; the banner is one line of it.
func (l *List[R]) Err() error { return l.load.err }

// Loading tells whether a load is on its way.
func (l *List[R]) Loading() bool { return l.load.on }

// Complete tells whether what is shown was read to its end. Counts that rest
// on an incomplete list are not known.
func (l *List[R]) Complete() bool { return l.load.complete }

// ticked lets ages move on, and reads the list anew when it is due.
func (l *List[R]) ticked(now time.Time) (tea.Cmd, bool) {
	changed := l.frame.renew(l)
	changed = l.endFlashes(now) || changed
	due := l.spec.Refresh > 0 && now.Sub(l.load.began) >= l.spec.Refresh
	if wasteful := int(l.now.dead) > 10_000+l.now.live(); l.load.gen == 0 || l.load.on || !due && !wasteful {
		return nil, changed
	}
	return l.Reload(), changed
}
