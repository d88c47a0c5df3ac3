package arvados

import (
	"context"
	"errors"

	"gatehouse/apiclient"
)

// Probe implements apiclient.Backend. A text that cannot be a token of this
// cluster is not sent at all.
func (b *backend) Probe(ctx context.Context, s apiclient.Secret) ([]apiclient.Verdict, error) {
	v := apiclient.Verdict{Where: b.rest.Origin()}
	p, ok := parse(s)
	if why := b.foreign(p, ok); why != "" {
		v.Words = why + "; it was not sent"
		return []apiclient.Verdict{v}, nil
	}
	tried := "try " + or(p.uuid, "a token")
	client, err := b.as(s)
	if err != nil {
		return nil, apiclient.AsFailure(tried, err)
	}
	defer client.Close()
	t, a, err := currentToken(ctx, client, tried)
	v.Status, v.At = a.Status, a.At
	switch {
	case err == nil:
		v.Life, v.Words = apiclient.Alive, "it was accepted: "+t.UUID+" of "+t.Owner
		if names, err := b.name(ctx, []string{t.Owner}); err == nil && names[t.Owner].label != "" {
			v.Words = "it was accepted: " + t.UUID + " of " + names[t.Owner].label
		}
	case errors.Is(err, apiclient.ErrSignedOut):
		v.Life, v.Words = apiclient.Dead, "it was refused: deleted, expired or mistyped"
	default:
		v.Words = apiclient.AsFailure("", err).Message
	}
	return []apiclient.Verdict{v}, nil
}
