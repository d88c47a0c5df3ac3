package list

import tea "github.com/charmbracelet/bubbletea"

// moveTo puts the cursor on the row at a position, as near as there is one.
func (l *List[R]) moveTo(pos int) {
	l.pos = max(0, min(pos, l.now.size()-1))
	l.pin()
	l.keepInView()
}

// pin keeps the cursor on the row it is on, wherever that goes.
func (l *List[R]) pin() {
	if row, ok := l.Current(); ok {
		l.moved, l.home = true, l.spec.Key(row)
	}
}

// page moves window and cursor by a number of lines.
func (l *List[R]) page(lines int) {
	l.top += lines
	l.moveTo(l.pos + lines)
}

// MoveTo puts the cursor on the row with a key, if that is shown.
func (l *List[R]) MoveTo(key string) bool {
	id, ok := l.now.find(key)
	if !ok {
		return false
	}
	pos := l.now.position(id)
	if pos < 0 {
		return false
	}
	l.moveTo(pos)
	return true
}

// scrollColumns moves the columns behind the first one.
func (l *List[R]) scrollColumns(by int) {
	l.frame.offset = max(0, min(l.frame.scrolled()+by, l.frame.furthest))
	l.frame.stale = true
}

// mouse lets the wheel scroll and a click move the cursor or sort. The message
// counts from the corner of the list.
func (l *List[R]) mouse(msg tea.MouseMsg) (tea.Cmd, bool) {
	if msg.Action != tea.MouseActionPress || l.TypingText() {
		return nil, false
	}
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		l.page(-3)
	case tea.MouseButtonWheelDown:
		l.page(3)
	case tea.MouseButtonLeft:
		return l.click(msg.X, msg.Y)
	default:
		return nil, false
	}
	return nil, true
}

func (l *List[R]) click(x, y int) (tea.Cmd, bool) {
	o := l.layout()
	if o.head && y == o.headAt {
		if col := l.frame.columnAt(x); col >= 0 && l.spec.Columns[col].Compare != nil {
			return l.sortBy(l.spec.Columns[col].Key), true
		}
		return nil, false
	}
	if y < o.rowsAt || y >= o.rowsAt+o.rows || l.top+y-o.rowsAt >= l.now.size() {
		return nil, false
	}
	l.moveTo(l.top + y - o.rowsAt)
	return nil, true
}
