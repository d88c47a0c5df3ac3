// Package palette finds any action by typing: those of the screen, those
// without a key, tabs and contexts.
package palette

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/chooser"
	"gatehouse/tui/safetext"
)

// Entry is an action that the palette offers.
type Entry struct {
	Action tui.Action
	Group  safetext.Safe // what it belongs to, where its title does not say it: "context", "lens"
}

// keep is how many actions are remembered as recent.
const keep = 20

// Recent is which actions were run from the palette, the latest first.
type Recent struct{ ids []string }

func (r *Recent) add(id string) {
	r.ids = slices.DeleteFunc(r.ids, func(known string) bool { return known == id })
	r.ids = slices.Insert(r.ids, 0, id)
	r.ids = r.ids[:min(len(r.ids), keep)]
}

// order puts the recent entries first, then those of the footer, and those that
// cannot be run last.
func (r *Recent) order(entries []Entry) []Entry {
	out := slices.Clone(entries)
	slices.SortStableFunc(out, func(a, b Entry) int { return r.rank(a) - r.rank(b) })
	return out
}

func (r *Recent) rank(e Entry) int {
	const footer, rest, refused = 1 << 10, 1 << 20, 1 << 21
	switch i := slices.Index(r.ids, e.Action.ID); {
	case e.Action.Why != "":
		return refused
	case i >= 0:
		return i
	case e.Action.Footer > 0:
		return footer + e.Action.Footer
	}
	return rest
}

// New makes the palette. What is chosen is remembered as recent and given to
// run, which also decides whether it may run now.
func New(env *tui.Env, entries []Entry, recent *Recent, run func(tui.Action) tea.Cmd) tui.Modal {
	ordered := recent.order(entries)
	rows := make([]chooser.Row, len(ordered))
	for i, e := range ordered {
		rows[i] = row(e, env.Theme.Options().ASCII)
	}
	return chooser.New(env, chooser.Options{
		Title: "Command", Prompt: ": ", Empty: "nothing is called that", Rows: rows,
		Pick: func(i int) tea.Cmd {
			recent.add(ordered[i].Action.ID)
			return run(ordered[i].Action)
		},
	})
}

func row(e Entry, ascii bool) chooser.Row {
	text := safetext.Clean(e.Action.Title)
	if e.Group != "" {
		text = e.Group + ": " + text
	}
	return chooser.Row{
		Text: text, Note: safetext.Clean(e.Action.Help),
		Right: tui.KeyLabels(e.Action.Keys, ascii), Why: safetext.Clean(e.Action.Why),
	}
}
