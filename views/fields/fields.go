// Package fields says what a filter can ask the records of a backend about.
package fields

import (
	"time"

	"gatehouse/apiclient"
	"gatehouse/tui/filter"
)

// Schema are the fields that a backend declares: all columns, those of the
// inspect page by their name only.
func Schema(declared []apiclient.Column) filter.Schema[apiclient.Record] {
	var out filter.Schema[apiclient.Record]
	for _, d := range declared {
		f := fieldOf(d).As(aliases(d.Key)...)
		if d.Detail {
			f = f.Named()
		}
		out = append(out, f)
	}
	return out
}

func fieldOf(d apiclient.Column) filter.Field[apiclient.Record] {
	key := d.Key
	text := func(r apiclient.Record) string { return r.Get(key).Text }
	switch d.Kind {
	case apiclient.NumberValue:
		return filter.Number(key, func(r apiclient.Record) (int64, bool) {
			v := r.Get(key)
			return v.Num, !v.None
		})
	case apiclient.TimeValue:
		moment := func(r apiclient.Record) time.Time { return r.Get(key).Time }
		if key == "expires" {
			return filter.Deadline(key, moment)
		}
		return filter.Time(key, moment)
	case apiclient.DurationValue:
		return filter.Duration(key, func(r apiclient.Record) time.Duration { return r.Get(key).Span })
	case apiclient.BoolValue:
		return filter.Bool(key, func(r apiclient.Record) (bool, bool) {
			v := r.Get(key)
			return v.Num != 0, !v.None
		})
	case apiclient.StateValue:
		return filter.State(key, text)
	case apiclient.ListValue:
		return filter.List(key, func(r apiclient.Record) []string { return r.Get(key).List })
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
