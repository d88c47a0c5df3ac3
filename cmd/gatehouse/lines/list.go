package lines

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gatehouse/apiclient"
	"gatehouse/views/fields"
)

// listing is what the command line says of a list.
type listing struct {
	where        Where
	format       format
	filter, sort string
}

func (p *program) list(kind apiclient.Kind) *cobra.Command {
	var l listing
	cmd := &cobra.Command{
		Use: "list", Short: "List " + string(kind) + "s", Args: noArgs,
		Long: fmt.Sprintf(`List %ss. A filter is words and field:value, as in the console:

  gatehouse token list --filter 'state:active last_used:>90d' --sort -created

json, jsonl, yaml and csv have all fields, also those that the table leaves out.
Durations are in seconds, times in UTC. name prints what other commands take as
a target.`, kind),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runList(cmd.Context(), kind, l) },
	}
	p.whereFlags(cmd, &l.where)
	formatFlag(cmd, &l.format)
	cmd.Flags().StringVar(&l.filter, "filter", "", "only what matches: words, field:value, ages and numbers")
	cmd.Flags().StringVar(&l.sort, "sort", "", "by which fields, with commas; - before one: the other way round")
	return cmd
}

func (p *program) runList(ctx context.Context, kind apiclient.Kind, l listing) error {
	s, err := p.open(ctx, l.where)
	if err != nil {
		return err
	}
	defer s.close()
	if can := s.info.Lists[kind]; !can.OK {
		return usage(fmt.Sprintf("%s list: %s", kind, cmp.Or(can.Why, "this system has no such list")))
	}
	columns := s.info.Columns[kind]
	matcher, err := fields.Schema(columns).Compile(l.filter, time.Now())
	if err != nil {
		return usage(fmt.Sprintf("--filter: %v", err))
	}
	order, err := orderOf(columns, l.sort)
	if err != nil {
		return err
	}
	var rows []apiclient.Record
	err = each(ctx, s.backend, kind, func(r apiclient.Record) {
		if matcher.Match(r) {
			rows = append(rows, r)
		}
	})
	if err != nil {
		return err
	}
	if order != nil {
		slices.SortStableFunc(rows, order)
	}
	if err := records(columns, rows).print(p.o.Out, l.format); err != nil {
		return err
	}
	if len(rows) == 0 && l.filter != "" {
		return &ended{"no " + s.info.Word(kind).One + " matches " + l.filter, apiclient.ErrNotFound}
	}
	return nil
}

// orderOf reads --sort; nil is the order of the system.
func orderOf(columns []apiclient.Column, by string) (func(a, b apiclient.Record) int, error) {
	if by == "" {
		return nil, nil
	}
	var keys []string
	for key := range strings.SplitSeq(by, ",") {
		name := strings.TrimPrefix(key, "-")
		if !slices.ContainsFunc(columns, func(c apiclient.Column) bool { return c.Key == name }) {
			return nil, usage(fmt.Sprintf("--sort: there is no field %q; there are %s", name, strings.Join(keysOf(columns), ", ")))
		}
		keys = append(keys, key)
	}
	return func(a, b apiclient.Record) int {
		for _, key := range keys {
			name, down := strings.CutPrefix(key, "-")
			c := a.Get(name).Compare(b.Get(name))
			switch {
			case c != 0 && down:
				return -c
			case c != 0:
				return c
			}
		}
		return 0
	}, nil
}

func keysOf(columns []apiclient.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Key
	}
	return out
}

// records are rows of a list as every format wants them.
func records(columns []apiclient.Column, rows []apiclient.Record) result {
	r := result{keys: append([]string{"id"}, keysOf(columns)...), head: []string{}}
	for _, c := range columns {
		if !c.Detail {
			r.head = append(r.head, strings.ToUpper(c.Title))
		}
	}
	all := make([]any, 0, len(rows))
	for _, row := range rows {
		id := row.GetRef().Path.String()
		item, line, cells := object{{"id", id}}, []string(nil), []string{id}
		for _, c := range columns {
			v := row.Get(c.Key)
			item = append(item, member{c.Key, plain(v)})
			cells = append(cells, exact(v))
			if !c.Detail {
				line = append(line, short(v))
			}
		}
		all = append(all, item)
		r.items = append(r.items, item)
		r.table = append(r.table, line)
		r.cells = append(r.cells, cells)
		r.names = append(r.names, clean(id))
	}
	r.document = all
	return r
}

// plain is a value for JSON and YAML.
func plain(v apiclient.Value) any {
	if v.None {
		return nil
	}
	switch v.Kind {
	case apiclient.NumberValue:
		return v.Num
	case apiclient.BoolValue:
		return v.Num != 0
	case apiclient.DurationValue:
		return int64(v.Span / time.Second)
	case apiclient.ListValue:
		out := make([]any, len(v.List))
		for i, s := range v.List {
			out[i] = s
		}
		return out
	}
	return exact(v)
}

// exact is a value as text, with nothing left out.
func exact(v apiclient.Value) string {
	if v.Kind == apiclient.LinkValue && !v.None {
		return v.Link.Path.String()
	}
	return v.String()
}

// short is a value for the eyes.
func short(v apiclient.Value) string {
	switch {
	case v.None:
		return "-"
	case v.Kind == apiclient.DurationValue:
		return apiclient.FormatSpan(v.Span)
	case v.Kind == apiclient.TimeValue:
		return v.Time.UTC().Format("2006-01-02 15:04Z")
	}
	return v.String()
}
