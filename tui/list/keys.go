package list

import (
	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
)

// TypingText tells that every key is text: the filter is typed, or the column
// to sort by is picked.
func (l *List[R]) TypingText() bool { return l.typing.on || l.chooser.on }

// Escape undoes one thing: what is being typed, a range, the choice of marked
// rows, the filter, the marks.
func (l *List[R]) Escape() bool {
	switch {
	case l.chooser.on:
		l.chooser.on = false
	case l.typing.on:
		l.undoFilter()
		l.settle()
	case l.span.on:
		l.span.on = false
	case l.now.want.only != 0:
		l.reshape(func(s *shape[R]) { s.only = 0 })
		l.settle()
	case !l.match.Empty():
		l.pin()
		l.use(nil)
		l.settle()
	case l.now.marked > 0:
		l.UnmarkAll()
	default:
		return false
	}
	l.keepInView()
	return true
}

// act makes the action of something that is done at once.
func act(f func()) func() tea.Cmd {
	return func() tea.Cmd { f(); return nil }
}

// bind makes the actions, once: they are asked for at every key.
func (l *List[R]) bind() {
	move := func(by int) func() tea.Cmd { return act(func() { l.moveTo(l.pos + by) }) }
	pages := func(num, den int) func() tea.Cmd {
		return act(func() { l.page(num * max(1, l.layout().rows/den)) })
	}
	l.actions = []tui.Action{
		{ID: "list.down", Title: "down", Help: "Go to the next row.", Keys: []string{"down", "j"}, Do: move(1)},
		{ID: "list.up", Title: "up", Help: "Go to the row before.", Keys: []string{"up", "k"}, Do: move(-1)},
		{ID: "list.page-down", Title: "page down", Help: "Go one page down.", Keys: []string{"pgdown"}, Do: pages(1, 1)},
		{ID: "list.page-up", Title: "page up", Help: "Go one page up.", Keys: []string{"pgup"}, Do: pages(-1, 1)},
		{ID: "list.half-down", Title: "half a page down", Help: "Go half a page down.", Keys: []string{"ctrl+d"}, Do: pages(1, 2)},
		{ID: "list.half-up", Title: "half a page up", Help: "Go half a page up.", Keys: []string{"ctrl+u"}, Do: pages(-1, 2)},
		{ID: "list.first", Title: "first", Help: "Go to the first row.", Keys: []string{"g", "home"}, Do: act(func() { l.moveTo(0) })},
		{ID: "list.last", Title: "last", Help: "Go to the last row.", Keys: []string{"G", "end"}, Do: act(func() { l.moveTo(l.Shown() - 1) })},
		{ID: "list.right", Title: "columns right", Help: "Show the columns further right; the first one stays.", Keys: []string{"right", "l"}, Do: act(func() { l.scrollColumns(1) })},
		{ID: "list.left", Title: "columns left", Help: "Show the columns further left.", Keys: []string{"left", "h"}, Do: act(func() { l.scrollColumns(-1) })},
		{ID: "list.mark", Title: "mark", Help: "Mark the row, or take its mark away, and go to the next.", Keys: []string{" "}, Footer: 50, Do: act(l.toggleMark)},
		{ID: "list.range", Title: "range", Help: "Mark from here to where the cursor goes; the same key ends it.", Keys: []string{"v"}, Do: act(l.toggleSpan)},
		{ID: "list.mark-all", Title: "mark all shown", Help: "Mark all rows that the filter shows.", Keys: []string{"a"}, Do: act(l.markShown)},
		{ID: "list.unmark-all", Title: "unmark all", Help: "Take all marks away, also of rows that the filter hides.", Keys: []string{"u"}, Do: act(l.UnmarkAll)},
		{ID: "list.marked-only", Title: "marked only", Help: "Show the marked rows only, or all again.", Keys: []string{"m"}, Do: l.showMarked},
		{ID: "list.filter", Title: "filter", Help: "Filter as you type: words, field:value, -word, used:<30d; enter keeps it, esc undoes it.", Keys: []string{"/"}, Footer: 60, Do: act(l.openFilter)},
		{ID: "list.sort", Title: "sort", Help: "Pick the column to sort by; the same one again reverses.", Keys: []string{"s"}, Do: act(l.openChooser)},
		{ID: "list.reload", Title: "refresh", Help: "Read the list anew; cursor and marks stay.", Keys: []string{"ctrl+r"}, Do: l.Reload},
	}
	l.typingKeys = []tui.Action{
		{ID: "list.filter-keep", Title: "keep", Help: "Keep the filter and go back to the rows.", Keys: []string{"enter"}, Footer: 1, Do: act(l.keepFilter)},
		{ID: "list.filter-undo", Title: "undo", Help: "Go back to the filter before.", Keys: []string{"esc"}, Footer: 2, Do: l.undoFilter},
	}
	l.pickingKeys = []tui.Action{
		{ID: "list.sort-pick", Title: "sort by it, again to reverse", Help: "Sort by the column.", Keys: []string{"enter"}, Footer: 1, Do: func() tea.Cmd { return l.choose(tea.KeyMsg{Type: tea.KeyEnter}) }},
		{ID: "list.sort-cancel", Title: "cancel", Help: "Leave the order as it is.", Keys: []string{"esc"}, Footer: 2, Do: func() tea.Cmd { return l.choose(tea.KeyMsg{Type: tea.KeyEsc}) }},
	}
}

// Actions are the keys of the list. The slice is the list's own and good until
// the next call.
func (l *List[R]) Actions() []tui.Action {
	switch {
	case l.typing.on:
		return l.typingKeys
	case l.chooser.on:
		return l.pickingKeys
	}
	empty, unsorted := "", ""
	if l.Shown() == 0 {
		empty = "there is no row"
	}
	if len(l.sortCols) == 0 {
		unsorted = "this list has no column to sort by"
	}
	for i := range l.actions {
		switch a := &l.actions[i]; a.ID {
		case "list.mark", "list.range", "list.mark-all":
			a.Why = empty
		case "list.unmark-all":
			a.Why = l.whyUnmarked("nothing is marked")
		case "list.marked-only":
			a.Why = l.whyUnmarked("nothing is marked: mark rows first")
			if l.now.want.only != 0 {
				a.Why = ""
			}
		case "list.sort":
			a.Why = unsorted
		}
	}
	return l.actions
}

func (l *List[R]) whyUnmarked(why string) string {
	if l.now.marked > 0 || l.span.on {
		return ""
	}
	return why
}
