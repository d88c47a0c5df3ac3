package arvados

import (
	"context"
	"maps"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// Tokens implements apiclient.Backend. The server shows everybody his own
// tokens and nobody else's; with them come those of others that an op has
// looked at.
func (b *backend) Tokens(ctx context.Context, q apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	none := apiclient.Page[apiclient.Token]{Total: -1}
	var owner string
	if !q.Scope.IsZero() {
		if q.Scope.Kind != apiclient.KindUser {
			return none, b.noScope(apiclient.KindToken, q.Scope)
		}
		id, err := b.resolve(ctx, q.Scope.Kind, q.Scope, "")
		if err != nil {
			return none, err
		}
		if owner = id.uuid; owner != b.me.UUID && !b.isRoot() {
			return b.looked(owner, id.label)
		}
	}
	q.Search = "" // every filter that the server does not know would be dropped
	p, frame, err := list[token](ctx, b, apiclient.KindToken, q, query{path: pathTokens})
	if err != nil {
		return none, err
	}
	out := apiclient.Page[apiclient.Token]{Next: frame.Next, Total: frame.Total, At: frame.At}
	names, err := b.owners(ctx, p.Items)
	if err != nil {
		return none, err
	}
	for _, t := range p.Items {
		if owner == "" || t.Owner == owner {
			out.Rows = append(out.Rows, b.tokenOf(t, names[t.Owner].label))
		}
	}
	if out.Next == "" && owner == "" {
		out.Rows = append(out.Rows, b.allLooked(ctx)...)
	}
	return out, nil
}

// owners names the owners of tokens: only the root token sees others than the
// one who asks.
func (b *backend) owners(ctx context.Context, tokens []token) (labels, error) {
	names := labels{b.me.UUID: {label: b.me.label()}}
	var others []string
	for _, t := range tokens {
		if t.Owner != "" && t.Owner != b.me.UUID {
			others = append(others, t.Owner)
		}
	}
	if others == nil {
		return names, nil
	}
	more, err := b.name(ctx, others)
	for id, n := range more {
		names[id] = n
	}
	return names, err
}

// looked are the tokens of a user that an op has read before.
func (b *backend) looked(owner, label string) (apiclient.Page[apiclient.Token], error) {
	b.mu.Lock()
	tokens, ok := b.seen[owner]
	b.mu.Unlock()
	page := apiclient.Page[apiclient.Token]{Total: -1}
	if !ok {
		return page, apiclient.Unsupported("list the tokens of "+label,
			"the cluster shows tokens only to their owner: \"Look at tokens\" makes a token for "+label+" and reads them with it")
	}
	for _, t := range tokens {
		page.Rows = append(page.Rows, b.tokenOf(t, label))
	}
	page.Total = len(page.Rows)
	return page, nil
}

func (b *backend) allLooked(ctx context.Context) []apiclient.Token {
	var all []token
	b.mu.Lock()
	for _, owner := range slices.Sorted(maps.Keys(b.seen)) {
		all = append(all, b.seen[owner]...)
	}
	b.mu.Unlock()
	names, err := b.owners(ctx, all)
	if err != nil {
		names = labels{} // then their uuids have to do
	}
	out := make([]apiclient.Token, len(all))
	for i, t := range all {
		out[i] = b.tokenOf(t, names[t.Owner].label)
	}
	return out
}

// isRoot tells whether the token in use is the one that the operator has put
// into the configuration: it sees and may delete all tokens.
func (b *backend) isRoot() bool { return strings.HasSuffix(b.token.UUID, "-000000000000000") }
