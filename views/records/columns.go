package records

import (
	"gatehouse/apiclient"
	"gatehouse/tui/list"
	"gatehouse/tui/safetext"
	"gatehouse/views/cells"
)

// row is what the list holds: a pointer into a page of structs.
type row = apiclient.Record

// columnsOf makes the columns of the list from what the backend declares. The
// look is asked for at every cell, since time goes on.
func columnsOf(declared []apiclient.Column, look func() cells.Look) []list.Column[row] {
	var out []list.Column[row]
	for _, d := range declared {
		if d.Detail {
			continue
		}
		out = append(out, list.Column[row]{
			Key:      d.Key,
			Title:    safetext.Clean(d.Title),
			Min:      d.Min,
			Max:      d.Max,
			Priority: d.Priority,
			Right:    d.Kind == apiclient.NumberValue,
			Middle:   d.Middle,
			Cell: func(r row) list.Cell {
				c := look().Short(d.Key, r.Get(d.Key))
				return list.Cell{Sign: c.Sign, Text: c.Text, Tone: c.Tone}
			},
			Compare: func(a, b row) int { return a.Get(d.Key).Compare(b.Get(d.Key)) },
		})
	}
	return out
}

// same tells whether two records of one ref show the same. What only a single
// record holds, and a list leaves out, does not count.
func same(declared []apiclient.Column) func(a, b row) bool {
	return func(a, b row) bool {
		if ta, ok := a.(*apiclient.Token); ok { // of these there are many
			tb, ok := b.(*apiclient.Token)
			return ok && plain(ta) == plain(tb)
		}
		for _, d := range declared {
			if !d.Detail && a.Get(d.Key).Compare(b.Get(d.Key)) != 0 {
				return false
			}
		}
		return a.GetRef() == b.GetRef()
	}
}

func plain(t *apiclient.Token) apiclient.Token {
	c := *t
	c.Extra = apiclient.Extra{}
	return c
}
