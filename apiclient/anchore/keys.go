package anchore

import (
	"context"
	"errors"
	"net/url"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

// ownerOf is whose key is to be made: the named user's, or one's own.
func (b *backend) ownerOf(ctx context.Context, op apiclient.Op) (person, error) {
	in := op.With["user"]
	if in.Text == "" {
		return person{b.me.account, b.me.user}, nil
	}
	return b.locate(ctx, refOf(in, apiclient.KindUser))
}

// createKey counts the max age from the server's clock: every key has a time
// at which it expires, in whole seconds and UTC.
func (b *backend) createKey(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	p, err := b.ownerOf(ctx, op)
	if err != nil {
		return b.unsent(op, err)
	}
	expires := b.now().Add(op.With.Span("max_age")).UTC().Truncate(time.Second)
	body := struct {
		Name        string `json:"name"`
		Expires     string `json:"expires_at"`
		Description string `json:"description,omitempty"`
	}{op.With.Text("name"), expires.Format(time.RFC3339), op.With.Text("description")}
	var made wireNewKey
	o := b.send(ctx, op, rest.Request{Method: "POST", Path: b.own(p, "api-keys"), Body: rest.JSON(body), Into: &made}, func() apiclient.Outcome {
		ref := b.key(p, made.wireKey).Ref
		o := apiclient.Did("API key " + made.Name + " of " + p.user + " was created")
		o.Made = []apiclient.Ref{ref}
		if made.Value.IsZero() {
			f := &apiclient.Failure{
				Tried: b.doing(op), End: apiclient.Unknown, Cause: apiclient.ErrBroken,
				Message: "the key was created, but its value is not in the answer", Next: "revoke it and create another",
			}
			o = apiclient.Fail(f.Tried, f)
			o.Made, o.Orphans = []apiclient.Ref{ref}, []apiclient.Ref{ref}
			return o
		}
		o.Reveals = []apiclient.Reveal{{
			Label: "API key", Secret: made.Value, Handle: made.Name,
			Note: "It signs in as " + keyUser + " with this as the password; it expires " + made.Expires.Format(time.RFC3339),
		}}
		return o
	})
	return taken(o, "name")
}

func (b *backend) updateKey(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	body := map[string]string{}
	for _, field := range []string{"name", "description"} {
		if op.With.Has(field) {
			body[field] = op.With.Text(field)
		}
	}
	if len(body) == 0 {
		o := apiclient.Did("nothing was to be changed")
		o.Unchanged = true
		return o
	}
	var now wireKey
	return taken(b.patchKey(ctx, op, body, &now, func(p person) apiclient.Outcome {
		o := apiclient.Did("API key " + now.Name + " of " + p.user + " was changed")
		if now.Name != op.On.Name() {
			o.Made = []apiclient.Ref{b.key(p, now).Ref} // a key is known by its name
		}
		return o
	}), "name")
}

func (b *backend) patchKey(ctx context.Context, op apiclient.Op, body map[string]string, now *wireKey, done func(person) apiclient.Outcome) apiclient.Outcome {
	p, err := b.locate(ctx, op.On)
	if err != nil {
		return b.unsent(op, err)
	}
	return b.send(ctx, op, rest.Request{
		Method: "PATCH", Path: b.own(p, "api-keys", op.On.Name()), Body: rest.JSON(body), Into: now,
	}, func() apiclient.Outcome { return done(p) })
}

// revoke ends an API key and keeps its row; where there are no keys it takes
// away the password.
func (b *backend) revoke(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	if !b.speaks.apiKeys() {
		return b.takePassword(ctx, op)
	}
	var now wireKey
	return b.patchKey(ctx, op, map[string]string{"status": keyRevoked}, &now, func(p person) apiclient.Outcome {
		if now.Status != keyRevoked {
			return b.notAsAsked(op, "the answer says that the key is "+now.Status)
		}
		o := apiclient.Did("API key " + now.Name + " of " + p.user + " is revoked")
		o.Unchanged = b.was(op, keyRevoked)
		return o
	})
}

// was tells whether the plan has seen a key in a status.
func (b *backend) was(op apiclient.Op, status string) bool {
	return len(op.On.Version) > len(status) && op.On.Version[:len(status)+1] == status+" "
}

func (b *backend) takePassword(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	p, err := b.locate(ctx, op.On)
	if err != nil {
		return b.unsent(op, err)
	}
	return b.send(ctx, op, rest.Request{
		Method: "DELETE", Path: p.path("credentials"), Query: url.Values{"credential_type": {"password"}},
	}, func() apiclient.Outcome {
		return apiclient.Did(p.user + " has no password any more; it may take 5 seconds until that counts everywhere")
	})
}

func (b *backend) deleteKey(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	p, err := b.locate(ctx, op.On)
	if err != nil {
		return b.unsent(op, err)
	}
	return b.send(ctx, op, rest.Request{Method: "DELETE", Path: b.own(p, "api-keys", op.On.Name())}, func() apiclient.Outcome {
		return apiclient.Did("API key " + op.On.Name() + " of " + p.user + " is gone")
	})
}

// revokeAll revokes key by key: there is no call for all of them. One that
// cannot be revoked does not keep the others.
func (b *backend) revokeAll(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	p, err := b.locate(ctx, op.On)
	if err != nil {
		return b.unsent(op, err)
	}
	keys, err := b.keysOf(ctx, b.doing(op), p)
	if err != nil {
		return b.unsent(op, err)
	}
	var total apiclient.Outcome
	done := 0
	for _, w := range keys {
		if w.Status != keyActive {
			continue
		}
		ref := b.key(p, w).Ref
		o := b.revoke(ctx, apiclient.Op{Verb: apiclient.TokenRevoke, On: ref})
		total.Items = append(total.Items, apiclient.Item{Ref: ref, End: o.End, Words: o.Words})
		total.RequestID, total.At = o.RequestID, o.At
		if o.End.Good() {
			done++
			continue
		}
		total.Failure = worse(total.Failure, o.Failure)
		if errors.Is(o.Failure, apiclient.ErrSignedOut) {
			break // every other would be refused as well
		}
	}
	total.Words = many(done, "API key", "API keys") + " of " + p.user + " revoked"
	total.End, total.Unchanged = apiclient.Done, len(total.Items) == 0
	if total.Failure != nil {
		f := *total.Failure
		f.Tried = b.doing(op)
		total.Failure, total.End = &f, f.End
		total.Words += "; " + f.Message
	}
	return total
}

// worse is the failure that leaves more open: what may have happened comes
// before what has not.
func worse(a, b *apiclient.Failure) *apiclient.Failure {
	if a == nil || b != nil && b.End > a.End {
		return b
	}
	return a
}
