package gatehouse

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/apiclient/rest"
)

// batchSize is how many tokens are revoked in one call: the server takes more,
// but then progress comes in leaps and a cancel comes late.
const batchSize = 250

// BatchSize implements apiclient.Batcher.
func (b *backend) BatchSize(v apiclient.Verb) int {
	if v == apiclient.TokenRevoke {
		return batchSize
	}
	return 0
}

// DoBatch implements apiclient.Batcher. Ops that hold the token itself go one
// by one: the server takes only one such at a time.
func (b *backend) DoBatch(ctx context.Context, ops []apiclient.Op) []apiclient.Outcome {
	out := make([]apiclient.Outcome, len(ops))
	var together []int
	for i, op := range ops {
		if op.Verb == apiclient.TokenRevoke && op.Secret.IsZero() {
			together = append(together, i)
		} else {
			out[i] = b.Do(ctx, op)
		}
	}
	if len(together) == 0 {
		return out
	}
	some := make([]apiclient.Op, len(together))
	for i, at := range together {
		some[i] = ops[at]
	}
	for i, o := range b.revokeMany(ctx, some) {
		out[together[i]] = o
	}
	return out
}

func (b *backend) revoke(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	token := tokenOf(op)
	if token.IsZero() {
		return b.revokeMany(ctx, []apiclient.Op{op})[0]
	}
	carried := wire.Carry(token)
	return b.ask(ctx, []apiclient.Op{op}, rest.JSONWithSecrets(wire.Revoke{Token: &carried}, token))[0]
}

func (b *backend) revokeMany(ctx context.Context, ops []apiclient.Op) []apiclient.Outcome {
	prefixes := make([]string, len(ops))
	for i, op := range ops {
		prefixes[i] = op.On.Name()
	}
	return b.ask(ctx, ops, rest.JSON(wire.Revoke{Prefixes: prefixes}))
}

func (b *backend) ask(ctx context.Context, ops []apiclient.Op, body rest.Body) []apiclient.Outcome {
	tried := b.doing(ops[0])
	if len(ops) > 1 {
		tried = fmt.Sprintf("revoke %d tokens", len(ops))
	}
	var answer wire.RevokeAnswer
	a, err := b.rest.Do(ctx, rest.Request{
		Tried: tried, Method: "POST", Path: wire.PathRevoke, Key: key(ops...), Into: &answer, Body: body,
	})
	out := make([]apiclient.Outcome, len(ops))
	for i, op := range ops {
		switch {
		case err != nil:
			out[i] = apiclient.Fail(b.doing(op), err)
		case i >= len(answer.Items):
			out[i] = apiclient.Fail(b.doing(op), &apiclient.Failure{
				End: apiclient.Unknown, Status: a.Status, Cause: apiclient.ErrBroken, Message: "the answer does not say what became of it",
			})
		default:
			out[i] = b.revoked(op, answer.Items[i])
		}
		out[i].RequestID, out[i].At = a.RequestID, a.At
	}
	return out
}

func (b *backend) revoked(op apiclient.Op, item wire.RevokeItem) apiclient.Outcome {
	o := apiclient.Did(handleOf(op) + " is revoked")
	switch item.Result {
	case wire.RevokeDone:
	case wire.RevokeAlready:
		o.Unchanged = true
		o.Words = handleOf(op) + " was revoked before"
	default:
		return apiclient.Fail(b.doing(op), &apiclient.Failure{
			End: apiclient.Refused, Code: item.Result, Cause: apiclient.ErrNotFound, Message: "the server knows no such token",
		})
	}
	return o
}

// key names the change for the server. A batch has the name of all its ops, so
// that the same batch sent again is the same change.
func key(ops ...apiclient.Op) string {
	var names strings.Builder
	for _, op := range ops {
		if op.Key == "" {
			return apiclient.NewKey()
		}
		names.WriteString(op.Key)
	}
	if len(ops) == 1 {
		return names.String()
	}
	return uuid.NewSHA1(uuid.Nil, []byte(names.String())).String()
}
