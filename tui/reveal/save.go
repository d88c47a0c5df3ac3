package reveal

import (
	"bytes"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/safetext"
	"gatehouse/tui/saveas"
	"gatehouse/tui/theme"
)

func (r *Reveal) save() tea.Cmd {
	r.pace.Key()
	r.conceal()
	r.prompt = saveas.New(r.spec.Dir, r.spec.File)
	r.said = said{}
	r.guard.Arm()
	return nil
}

// file is what is written: one secret alone, or several, each below a line
// that tells which it is.
func (r *Reveal) file() func(string) ([]byte, error) {
	items := append([]item(nil), r.items...)
	return func(string) ([]byte, error) {
		var b bytes.Buffer
		for _, i := range items {
			if len(items) > 1 {
				b.WriteString("# " + string(safetext.Clean(i.Label)) + " " + string(safetext.Clean(i.Handle)) + "\n")
			}
			b.WriteString(i.Secret.Reveal() + "\n")
		}
		return b.Bytes(), nil
	}
}

func (r *Reveal) saved(m saveas.Saved) {
	if m.Err != nil {
		if r.prompt != nil {
			r.prompt.Refuse(m.Err)
			return
		}
		r.said = said{theme.Bad, safetext.Clean(m.Err.Error())}
		return
	}
	for i := range r.items {
		r.items[i].did = "written"
	}
	r.prompt = nil
	r.said = said{theme.Good, "written to " + safetext.Clean(m.Path) + " (0600)"}
}
