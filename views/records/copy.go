package records

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/chooser"
	"gatehouse/tui/safetext"
	"gatehouse/views/cells"
)

// copied is one thing that can be copied.
type copied struct {
	what safetext.Safe
	text string // the original: what is sent and compared elsewhere
}

// copy asks what is to be copied.
func (s *Screen) copy() tea.Cmd {
	r, ok := s.list.Current()
	if !ok {
		return nil
	}
	things := s.copyable(r)
	rows := make([]chooser.Row, len(things))
	for i, t := range things {
		rows[i] = chooser.Row{Text: t.what, Note: safetext.Clean(firstLine(t.text))}
	}
	rows = append(rows, chooser.Row{Text: "the command line that does the same", Why: "not in this version"})
	return tui.Open(chooser.New(s.Env, chooser.Options{
		Title: "Copy", Prompt: "find: ", Empty: "nothing is called that", Rows: rows, Width: 64,
		Pick: func(i int) tea.Cmd {
			if i >= len(things) {
				return nil
			}
			return tui.Copy(things[i].text, shown(things[i]))
		},
	}))
}

// shown is what the toast says was copied.
func shown(t copied) safetext.Safe {
	if strings.ContainsAny(t.text, "\n\t") {
		return t.what
	}
	return safetext.Clean(t.text)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func (s *Screen) copyable(r row) []copied {
	info := s.Session.Info()
	name := r.GetRef().Name()
	if v := r.Get(s.shape.name); v.Text != "" {
		name = v.Text
	}
	out := []copied{{safetext.Clean("the " + nameWord(s.kind)), name}}
	var cellsOf, heads []string
	for _, col := range info.Columns[s.kind] {
		v := r.Get(col.Key)
		if col.Detail {
			continue
		}
		heads = append(heads, col.Title)
		cellsOf = append(cellsOf, v.String())
		if text := v.String(); text != "" && text != name {
			out = append(out, copied{safetext.Clean(strings.ToLower(col.Title)), text})
		}
	}
	out = append(out,
		copied{"the row", strings.Join(cellsOf, "\t")},
		copied{"the row with heads", strings.Join(heads, "\t") + "\n" + strings.Join(cellsOf, "\t")},
	)
	if n := s.list.Marked(); n > 0 {
		var names []string
		for _, m := range s.list.Selection() {
			names = append(names, m.GetRef().Name())
		}
		out = append(out, copied{"the names of the " + cells.Many(n, info.Word(s.kind)) + " marked", strings.Join(names, "\n")})
	}
	return out
}

// nameWord is what the name of a record is called.
func nameWord(kind apiclient.Kind) string {
	if kind == apiclient.KindToken {
		return "handle"
	}
	return "name"
}
