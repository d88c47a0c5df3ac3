package list

import (
	"errors"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/filter"
)

// Filter is the text of the filter that is in force.
func (l *List[R]) Filter() string { return l.match.Text() }

// SetFilter filters by a text, as if it had been typed. A bad filter changes
// nothing; the error says where it is wrong.
func (l *List[R]) SetFilter(text string) (tea.Cmd, error) {
	m, err := l.spec.Fields.Compile(text, l.env.Now())
	if err != nil {
		return nil, err
	}
	l.entry.on, l.wrong = false, nil
	l.entry.set(text)
	return l.use(m), nil
}

func (l *List[R]) use(m *filter.Matcher[R]) tea.Cmd {
	l.match = m
	return l.reshape(func(s *shape[R]) { s.match = m })
}

// openFilter begins to type, with what is in force.
func (l *List[R]) openFilter() {
	l.commitSpan()
	l.entry.on, l.entry.before = true, l.Filter()
	l.entry.set(l.Filter())
	l.keepInView()
}

// typed takes a key while the filter is typed or the column to sort by is
// chosen.
func (l *List[R]) typed(k tea.KeyMsg) tea.Cmd {
	if l.chooser.on {
		return l.choose(k)
	}
	switch k.String() {
	case "enter":
		l.keepFilter()
	case "esc":
		return l.undoFilter(false)
	case "up":
		l.moveTo(l.pos - 1)
	case "down":
		l.moveTo(l.pos + 1)
	case "pgup":
		l.page(-l.layout().rows)
	case "pgdown":
		l.page(l.layout().rows)
	default:
		if was := string(l.entry.text); l.entry.key(k) && was != string(l.entry.text) {
			return l.retyped()
		}
	}
	return nil
}

// retyped applies what is typed so far. A bad filter keeps the rows.
func (l *List[R]) retyped() tea.Cmd {
	m, err := l.spec.Fields.Compile(string(l.entry.text), l.env.Now())
	l.wrong = nil
	if err != nil {
		errors.As(err, &l.wrong)
		return nil
	}
	return l.use(m)
}

// keepFilter ends typing, unless the filter is wrong.
func (l *List[R]) keepFilter() {
	if l.wrong != nil {
		l.wrong.Unfinished = false
		return
	}
	l.entry.on = false
	l.pin()
	l.keepInView()
}

// undoFilter ends typing and goes back to the filter before it. At once means
// without a command, whatever that takes.
func (l *List[R]) undoFilter(atOnce bool) tea.Cmd {
	l.entry.on, l.wrong = false, nil
	l.entry.set(l.entry.before)
	return l.back(l.entry.before, atOnce)
}

// back filters by a text that was in force before. Clearing costs nothing.
func (l *List[R]) back(text string, atOnce bool) tea.Cmd {
	m, err := l.spec.Fields.Compile(text, l.env.Now())
	if err != nil {
		m = nil // cannot be: it was compiled before
	}
	cmd := l.use(m)
	if atOnce {
		l.settle()
		return nil
	}
	return cmd
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

// wrongAt is the rune of the typed text from which on it is wrong.
func (l *List[R]) wrongAt() int {
	if l.wrong == nil {
		return len(l.entry.text)
	}
	text := string(l.entry.text)
	return utf8.RuneCountInString(text[:min(l.wrong.At, len(text))])
}
