package form

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// rows is a small table: each cell is a widget of one line.
type rows struct {
	still
	columns []Field
	heads   []safetext.Safe
	cells   [][]widget
	start   [][]string
	x, y    int
}

func newRows(d Field) *rows {
	r := &rows{columns: d.Columns, start: d.Rows}
	for _, c := range d.Columns {
		head := safetext.Clean(c.Title)
		if c.Required {
			head += " *"
		}
		r.heads = append(r.heads, head)
	}
	for _, values := range d.Rows {
		r.cells = append(r.cells, r.newRow(values))
	}
	if len(r.cells) == 0 {
		r.cells = append(r.cells, r.newRow(nil))
	}
	return r
}

func (r *rows) newRow(values []string) []widget {
	row := make([]widget, len(r.columns))
	for i, c := range r.columns {
		if i < len(values) {
			c.Value = values[i]
		}
		switch c.Kind {
		case Bool:
			row[i] = newPick(c, []string{"no", "yes"})
		case Choice:
			row[i] = newPick(c, c.Choices)
		default:
			row[i] = newText(c)
		}
	}
	return row
}

func (r *rows) key(k tea.KeyMsg) (bool, tea.Cmd) {
	switch tui.Press(k) {
	case "ctrl+n":
		r.y++
		r.x = 0
		r.cells = slices.Insert(r.cells, r.y, r.newRow(nil))
		return true, nil
	case "ctrl+x":
		r.remove()
		return true, nil
	case "up":
		if r.y == 0 {
			return false, nil
		}
		r.y--
		return true, nil
	case "down":
		if r.y == len(r.cells)-1 {
			return false, nil
		}
		r.y++
		return true, nil
	}
	return r.cells[r.y][r.x].key(k)
}

func (r *rows) remove() {
	for _, cell := range r.cells[r.y] {
		cell.wipe()
	}
	r.cells = slices.Delete(r.cells, r.y, r.y+1)
	if len(r.cells) == 0 {
		r.cells = append(r.cells, r.newRow(nil))
	}
	r.y = min(r.y, len(r.cells)-1)
}

func (r *rows) canStep(dir int) bool {
	i := r.y*len(r.columns) + r.x + dir
	return i >= 0 && i < len(r.cells)*len(r.columns)
}

func (r *rows) step(dir int) {
	i := r.y*len(r.columns) + r.x + dir
	r.y, r.x = i/len(r.columns), i%len(r.columns)
}

func (r *rows) enter(dir int) tea.Cmd {
	if r.x, r.y = 0, 0; dir < 0 {
		r.x, r.y = len(r.columns)-1, len(r.cells)-1
	}
	return nil
}

// filled are the rows in which something stands. A choice that was not changed
// does not count: a new row begins with it.
func (r *rows) filled() (out [][]string, index []int) {
	for i, row := range r.cells {
		values, empty := make([]string, len(row)), true
		for j, cell := range row {
			values[j] = cell.value().Text
			_, picked := cell.(*pick)
			empty = empty && (values[j] == "" || picked && !cell.touched())
		}
		if !empty {
			out, index = append(out, values), append(index, i)
		}
	}
	return out, index
}

func (r *rows) value() Value {
	v, _ := r.filled()
	return Value{Rows: v}
}

func (r *rows) touched() bool {
	v, _ := r.filled()
	return !slices.EqualFunc(v, r.start, slices.Equal[[]string])
}

func (r *rows) fault() error {
	values, index := r.filled()
	for i, row := range values {
		for j, c := range r.columns {
			if err := checkCell(c, row[j]); err != nil {
				return fmt.Errorf("row %d, %s: %w", index[i]+1, c.Title, err)
			}
		}
	}
	return nil
}

func checkCell(c Field, text string) error {
	switch {
	case text == "" && c.Required:
		return fmt.Errorf("is required")
	case text == "" || c.Check == nil:
		return nil
	}
	return c.Check(Value{Text: text})
}

func (r *rows) wipe() {
	for _, row := range r.cells {
		for _, cell := range row {
			cell.wipe()
		}
	}
}

func (r *rows) actions() []tui.Action {
	return []tui.Action{
		{ID: "form.row.add", Title: "add a row", Help: "Add a row below.", Keys: []string{"ctrl+n"}, Footer: 2},
		{ID: "form.row.remove", Title: "remove the row", Help: "Take the row away.", Keys: []string{"ctrl+x"}, Footer: 2},
	}
}

func (r *rows) height(bool) int { return 1 + len(r.cells) }

func (r *rows) draw(p painter) {
	n := len(r.columns)
	if n == 0 {
		return
	}
	w := max(1, (p.width()-n+1)/n)
	for j, head := range r.heads {
		p.TextIn(j*(w+1), 0, w, p.th.Pen(theme.Head), head)
	}
	for i, row := range r.cells {
		for j, cell := range row {
			cell.draw(painter{p.Sub(j*(w+1), 1+i, w, 1), p.th, p.focused && i == r.y && j == r.x})
		}
	}
}
