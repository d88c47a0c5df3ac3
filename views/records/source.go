package records

import (
	"context"

	"gatehouse/apiclient"
	"gatehouse/tui/list"
)

// pageSize is how many rows one page brings: few requests for a long list, and
// the first page still soon there.
const pageSize = 5000

// fetch reads one page of records of a kind.
func fetch(ctx context.Context, b apiclient.Backend, kind apiclient.Kind, q apiclient.Query) (list.Page[row], error) {
	switch kind {
	case apiclient.KindAccount:
		return rows(b.Accounts(ctx, q))
	case apiclient.KindUser:
		return rows(b.Users(ctx, q))
	case apiclient.KindToken:
		return rows(b.Tokens(ctx, q))
	case apiclient.KindRole:
		return rows(b.Roles(ctx, q))
	case apiclient.KindGrant:
		return rows(b.Grants(ctx, q))
	case apiclient.KindEvent:
		return rows(b.Events(ctx, q))
	case apiclient.KindObject:
		return rows(b.Objects(ctx, q))
	}
	return list.Page[row]{}, apiclient.Unsupported("list "+string(kind), "there is no list of these")
}

// rows gives the records of a page without copying them: each row points into
// the page.
func rows[T any, P interface {
	*T
	apiclient.Record
}](p apiclient.Page[T], err error) (list.Page[row], error) {
	if err != nil {
		return list.Page[row]{}, err
	}
	out := list.Page[row]{Rows: make([]row, len(p.Rows)), Next: p.Next, Total: p.Total, At: p.At}
	for i := range p.Rows {
		out.Rows[i] = P(&p.Rows[i])
	}
	return out, nil
}
