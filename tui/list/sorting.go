package list

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
)

// chooser is the line on which the column to sort by is picked.
type chooser struct {
	on bool
	at int // among the columns that can be sorted by
}

// Sort is the key of the column that is sorted by, with "-" before it for
// descending; "" is the order in which the rows came.
func (l *List[R]) Sort() string { return l.now.want.sort }

// SetSort sorts by a column, as Sort gives it.
func (l *List[R]) SetSort(key string) tea.Cmd {
	order := l.spec.compare(key)
	if order == nil {
		key = ""
	}
	l.frame.stale = true
	return l.reshape(func(s *shape[R]) { s.sort, s.cmp = key, order })
}

// sortBy sorts by a column, the other way round if it is that already.
func (l *List[R]) sortBy(key string) tea.Cmd {
	l.chooser.on = false
	l.pin()
	if l.Sort() == key {
		key = "-" + key
	}
	return l.SetSort(key)
}

func (l *List[R]) openChooser() {
	l.chooser = chooser{on: true}
	for i, col := range l.sortCols {
		if l.spec.Columns[col].Key == strings.TrimPrefix(l.Sort(), "-") {
			l.chooser.at = i
		}
	}
	l.keepInView()
}

// choose takes a key while the column is picked: a digit or the only column
// with that first letter picks at once, arrows and enter in two steps.
func (l *List[R]) choose(k tea.KeyMsg) tea.Cmd {
	cols := l.sortCols
	switch tui.Press(k) {
	case "esc":
		l.chooser.on = false
		l.keepInView()
	case "left", "shift+tab", "up":
		l.chooser.at = (l.chooser.at + len(cols) - 1) % len(cols)
	case "right", "tab", "down":
		l.chooser.at = (l.chooser.at + 1) % len(cols)
	case "enter", "s":
		return l.sortBy(l.spec.Columns[cols[l.chooser.at]].Key)
	case "0":
		l.chooser.on = false
		l.pin()
		return l.SetSort("")
	default:
		if tui.Press(k) == "" || len(k.Runes) != 1 || k.Alt {
			return nil
		}
		return l.chooseBy(k.Runes[0], cols)
	}
	return nil
}

func (l *List[R]) chooseBy(r rune, cols []int) tea.Cmd {
	if n := int(r - '1'); n >= 0 && n < min(9, len(cols)) {
		return l.sortBy(l.spec.Columns[cols[n]].Key)
	}
	var hits []int
	for i, col := range cols {
		first, _ := utf8.DecodeRuneInString(string(l.spec.Columns[col].Title))
		if unicode.ToLower(first) == unicode.ToLower(r) {
			hits = append(hits, i)
		}
	}
	switch len(hits) {
	case 0:
		return nil
	case 1:
		return l.sortBy(l.spec.Columns[cols[hits[0]]].Key)
	}
	next := hits[0]
	for _, i := range hits {
		if i > l.chooser.at {
			next = i
			break
		}
	}
	l.chooser.at = next
	return nil
}
