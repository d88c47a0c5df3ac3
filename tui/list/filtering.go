package list

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/filter"
	"gatehouse/tui/line"
	"gatehouse/tui/safetext"
)

// typing is the line on which a filter is typed.
type typing struct {
	on     bool
	input  *line.Input
	before string        // what esc goes back to
	wrong  *filter.Error // what is wrong with it; the rows are as before then
}

// Filter is the text of the filter that is in force.
func (l *List[R]) Filter() string { return l.match.Text() }

// Scope tells what narrows the rows, for the breadcrumb.
func (l *List[R]) Scope() safetext.Safe {
	var scope safetext.Safe
	if l.now.want.only != 0 {
		scope = "marked only"
	}
	if l.match.Empty() || l.typing.on {
		return scope
	}
	if scope != "" {
		scope += " "
	}
	return scope + safetext.Clean("/ "+l.Filter())
}

// SetFilter filters by a text, as if it had been typed. A bad filter changes
// nothing; the error says where it is wrong.
func (l *List[R]) SetFilter(text string) (tea.Cmd, error) {
	m, err := l.spec.Fields.Compile(text, l.env.Now())
	if err != nil {
		return nil, err
	}
	l.typing.on = false
	return l.use(m), nil
}

func (l *List[R]) use(m *filter.Matcher[R]) tea.Cmd {
	l.match = m
	return l.reshape(func(s *shape[R]) { s.match = m })
}

// openFilter begins to type, with what is in force.
func (l *List[R]) openFilter() {
	l.commitSpan()
	l.typing = typing{on: true, input: line.New(l.Filter()), before: l.Filter()}
	l.keepInView()
}

// typed takes a key while the filter is typed or the column to sort by is
// chosen.
func (l *List[R]) typed(k tea.KeyMsg) tea.Cmd {
	if l.chooser.on {
		return l.choose(k)
	}
	switch tui.Press(k) {
	case "enter":
		l.keepFilter()
	case "esc":
		return l.undoFilter()
	case "up":
		l.moveTo(l.pos - 1)
	case "down":
		l.moveTo(l.pos + 1)
	case "pgup":
		l.page(-l.layout().rows)
	case "pgdown":
		l.page(l.layout().rows)
	default:
		before := l.typing.input.Value()
		if l.typing.input.Key(k) && l.typing.input.Value() != before {
			return l.retyped()
		}
	}
	return nil
}

// retyped applies what is typed so far. What is not finished is left out; a
// filter that is wrong keeps the rows.
func (l *List[R]) retyped() tea.Cmd {
	text := l.typing.input.Value()
	m, err := l.spec.Fields.Compile(text, l.env.Now())
	l.typing.wrong = nil
	if errors.As(err, &l.typing.wrong) && l.typing.wrong.Unfinished {
		m, err = l.spec.Fields.Compile(text[:l.typing.wrong.Term], l.env.Now())
	}
	if err != nil {
		return nil
	}
	return l.use(m)
}

// keepFilter ends typing, unless the filter is wrong.
func (l *List[R]) keepFilter() {
	if l.typing.wrong != nil {
		l.typing.wrong.Unfinished = false
		return
	}
	l.typing.on = false
	l.pin()
	l.keepInView()
}

// undoFilter ends typing and goes back to the filter before it.
func (l *List[R]) undoFilter() tea.Cmd {
	l.typing.on = false
	if l.typing.before == l.Filter() {
		l.keepInView()
		return nil
	}
	m, err := l.spec.Fields.Compile(l.typing.before, l.env.Now())
	if err != nil {
		m = nil // it was compiled before: this cannot be
	}
	return l.use(m)
}

// settle does at once what the commands of the last reshape would do in the
// background: esc has no command to return.
func (l *List[R]) settle() {
	if l.now.job != nil {
		l.commitSpan()
		l.now.runHere()
		l.viewChanged()
	}
	if l.next != nil && l.next.job != nil {
		l.next.runHere()
		l.swap()
	}
}
