package arvados

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// deleters is how many tokens are deleted at once.
const deleters = 8

// mostRounds bounds how often the list of a user's tokens is read again.
const mostRounds = 100

// showTokens reads the tokens of a user with one made for that.
func (b *backend) showTokens(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	var all []token
	o := b.acting(ctx, op, id, func(client *rest.Client, own string) ([]apiclient.Item, error) {
		var items []apiclient.Item
		for {
			p, _, err := fetch[token](ctx, client, b.doing(op), query{path: pathTokens, order: "uuid", limit: mostRows, offset: len(all)})
			if err != nil {
				return items, err
			}
			all = append(all, p.Items...)
			if len(p.Items) < mostRows || len(all) > mostRounds*mostRows {
				break
			}
		}
		all = slices.DeleteFunc(all, func(t token) bool { return t.UUID == own && id != b.me.UUID })
		for _, t := range all {
			items = append(items, apiclient.Item{Ref: b.tokenRef(t), End: apiclient.Done, Words: "is there" + lifeOf(t)})
		}
		return items, nil
	}, "")
	if o.End.Good() {
		o.Words = fmt.Sprintf("user %s has %s", op.On.Name(), plural(len(all), "token")) + o.Words
		if id != b.me.UUID {
			b.mu.Lock()
			b.seen[id] = withoutSecrets(all)
			b.mu.Unlock()
		}
	}
	return o
}

func withoutSecrets(tokens []token) []token {
	out := slices.Clone(tokens)
	for i := range out {
		out[i].Secret = apiclient.Secret{}
	}
	return out
}

func lifeOf(t token) string {
	words := ""
	if t.Created != nil {
		words += ", made " + t.Created.UTC().Format(time.DateOnly)
	}
	if t.Expires != nil {
		return words + ", expires " + t.Expires.UTC().Format(time.DateOnly)
	}
	return words + ", never expires"
}

// forget drops what was read of a user's tokens: of one, or of all.
func (b *backend) forget(owner, uuid string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if uuid == "" {
		delete(b.seen, owner)
	} else if tokens, ok := b.seen[owner]; ok {
		b.seen[owner] = slices.DeleteFunc(slices.Clone(tokens), func(t token) bool { return t.UUID == uuid })
	}
}

// expireTokens deletes all tokens of a user. The list has the newest first and
// holds the token in use, so that one must go last, or all others would be
// refused.
func (b *backend) expireTokens(ctx context.Context, op apiclient.Op, id string) apiclient.Outcome {
	self := id == b.me.UUID
	deleted := 0
	o := b.acting(ctx, op, id, func(client *rest.Client, own string) ([]apiclient.Item, error) {
		var items []apiclient.Item
		for range mostRounds {
			p, _, err := fetch[token](ctx, client, b.doing(op), query{path: pathTokens, limit: mostRows})
			if err != nil {
				return items, err
			}
			others := slices.DeleteFunc(p.Items, func(t token) bool { return t.UUID == own })
			if len(others) == 0 {
				return b.deleteOwn(ctx, client, self, items)
			}
			round := b.deleteAll(ctx, client, others)
			items = append(items, round...)
			deleted += len(round)
			if err := firstFailure(b.doing(op), round); err != nil {
				return items, err
			}
		}
		return items, &apiclient.Failure{End: apiclient.Refused, Message: "there are always new tokens", Cause: apiclient.ErrBroken, Next: "somebody goes on making some: unset up the user"}
	}, "all tokens of "+op.On.Name()+" are deleted")
	if o.End.Good() {
		b.forget(id, "")
		o.Words = fmt.Sprintf("%s: %s", o.Words, plural(deleted, "token"))
		o.Unchanged = deleted == 0 && !self
	}
	return o
}

// deleteOwn deletes the token in use, where all tokens are one's own: a minted
// one is deleted by who made it.
func (b *backend) deleteOwn(ctx context.Context, client *rest.Client, self bool, items []apiclient.Item) ([]apiclient.Item, error) {
	if !self {
		return items, nil
	}
	last := b.deleteToken(ctx, client, b.token)
	return append(items, last), firstFailure("delete the token in use", []apiclient.Item{last})
}

func (b *backend) deleteAll(ctx context.Context, client *rest.Client, tokens []token) []apiclient.Item {
	items := make([]apiclient.Item, len(tokens))
	slots := make(chan struct{}, deleters)
	var wg sync.WaitGroup
	for i, t := range tokens {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			items[i] = b.deleteToken(ctx, client, t)
		})
	}
	wg.Wait()
	return items
}

// firstFailure is the worst of the calls: an end that is not known counts more
// than a refusal.
func firstFailure(tried string, items []apiclient.Item) error {
	var worst *apiclient.Failure
	bad := 0
	for _, i := range items {
		if i.End.Good() {
			continue
		}
		bad++
		if worst == nil || i.End == apiclient.Unknown && worst.End != apiclient.Unknown {
			worst = &apiclient.Failure{Tried: tried, End: i.End, Message: i.Words, Cause: apiclient.ErrFaulty}
		}
	}
	if worst == nil {
		return nil
	}
	worst.Message = fmt.Sprintf("%d of %d could not be deleted: %s", bad, len(items), worst.Message)
	return worst
}
