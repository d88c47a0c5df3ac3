package arvados

import (
	"context"
	"strings"

	"gatehouse/apiclient"
)

// inGroups begins the name of a page of Objects that lies in its second list.
const inGroups = "groups:"

// Objects implements apiclient.Backend: what a permission can be on, machines
// first, then roles and projects. The last machines share their page with the
// first groups, so that a picker, which reads one page, has both.
func (b *backend) Objects(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Object], error) {
	none := apiclient.Page[apiclient.Object]{Total: -1}
	if !q.Scope.IsZero() {
		return none, b.noScope(apiclient.KindObject, q.Scope)
	}
	if q.Sort != "" {
		return none, apiclient.Unsupported("list objects", "they come from two lists, which cannot be sorted together")
	}
	if offset, ok := strings.CutPrefix(q.Page, inGroups); ok {
		q.Page = offset
		return b.groupObjects(ctx, q)
	}
	p, frame, err := list[machine](ctx, b, apiclient.KindObject, q, query{path: pathVMs})
	if err != nil {
		return none, err
	}
	out := rows(p, frame, func(m machine) apiclient.Object { return b.object(m.UUID, m.label(), typeMachine) })
	out.Total = -1
	if out.Next != "" {
		return out, nil
	}
	room := b.size(q.Size) - len(out.Rows)
	if room <= 0 {
		out.Next = inGroups + "0"
		return out, nil
	}
	q.Page, q.Size = "", room
	more, err := b.groupObjects(ctx, q)
	out.Rows, out.Next = append(out.Rows, more.Rows...), more.Next
	return out, err
}

func (b *backend) groupObjects(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Object], error) {
	p, frame, err := list[group](ctx, b, apiclient.KindObject, q, query{
		path: pathGroups, filters: []filter{{"group_class", "in", []string{classRole, classProject}}},
	})
	out := rows(p, frame, func(g group) apiclient.Object { return b.object(g.UUID, g.label(), g.Class) })
	out.Total = -1
	if out.Next != "" {
		out.Next = inGroups + out.Next
	}
	return out, err
}
