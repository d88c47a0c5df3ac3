package records

import (
	"time"

	"gatehouse/apiclient"
	"gatehouse/tui/filter"
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

// fieldsOf are what a filter can ask for: all columns, those of the inspect
// page by their name only.
func fieldsOf(declared []apiclient.Column) filter.Schema[row] {
	var out filter.Schema[row]
	for _, d := range declared {
		f := fieldOf(d).As(aliases(d.Key)...)
		if d.Detail {
			f = f.Named()
		}
		out = append(out, f)
	}
	return out
}

func fieldOf(d apiclient.Column) filter.Field[row] {
	key := d.Key
	text := func(r row) string { return r.Get(key).Text }
	switch d.Kind {
	case apiclient.NumberValue:
		return filter.Number(key, func(r row) (int64, bool) {
			v := r.Get(key)
			return v.Num, !v.None
		})
	case apiclient.TimeValue:
		moment := func(r row) time.Time { return r.Get(key).Time }
		if key == "expires" {
			return filter.Deadline(key, moment)
		}
		return filter.Time(key, moment)
	case apiclient.DurationValue:
		return filter.Duration(key, func(r row) time.Duration { return r.Get(key).Span })
	case apiclient.BoolValue:
		return filter.Bool(key, func(r row) (bool, bool) {
			v := r.Get(key)
			return v.Num != 0, !v.None
		})
	case apiclient.StateValue:
		return filter.State(key, text)
	case apiclient.ListValue:
		return filter.List(key, func(r row) []string { return r.Get(key).List })
	}
	return filter.Text(key, text)
}

// aliases are the short names that admins use for long keys.
func aliases(key string) []string {
	switch key {
	case "last_used":
		return []string{"used"}
	case "last_seen":
		return []string{"seen"}
	case "last_address":
		return []string{"address", "ip"}
	case "last_agent":
		return []string{"agent"}
	case "real_name":
		return []string{"real"}
	}
	return nil
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
