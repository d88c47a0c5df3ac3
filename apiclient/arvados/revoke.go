package arvados

import (
	"context"
	"errors"

	"gatehouse/apiclient"
	"gatehouse/apiclient/rest"
)

const paste = "paste the token itself, or look at the tokens of its owner first"

// revoke deletes a token: a known one by its uuid, a pasted one with itself,
// which needs no other right and works for anybody's.
func (b *backend) revoke(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	if !op.Secret.IsZero() {
		return b.revokePasted(ctx, op)
	}
	id := uuidOf(op.On)
	if !hasInfix(id, infixToken) {
		return b.unsent(op, &apiclient.Failure{Message: "this is no uuid of a token", Cause: apiclient.ErrInvalid, Next: paste})
	}
	return b.revokeOf(ctx, op, b.ownerOf(op.On, id), id)
}

// aimed makes of a pasted text the op that is meant: on the token of a uuid, or
// with the token itself.
func (b *backend) aimed(op apiclient.Op) apiclient.Op {
	out := apiclient.Op{Verb: apiclient.TokenRevoke}
	if id := uuidIn(op.With.Secret("token")); id != "" {
		out.On = b.ref(apiclient.KindToken, id, "")
		return out
	}
	out.Secret = trimmed(op.With.Secret("token"))
	return out
}

func (b *backend) revokeAimed(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	return b.revoke(ctx, b.aimed(op))
}

// revokeOf deletes a token of an owner by its uuid.
func (b *backend) revokeOf(ctx context.Context, op apiclient.Op, owner, id string) apiclient.Outcome {
	o := b.acting(ctx, op, owner, func(client *rest.Client, _ string) ([]apiclient.Item, error) {
		_, err := client.Do(ctx, rest.Request{Tried: b.doing(op), Method: "DELETE", Path: pathTokens + "/" + id, Decode: its(id)})
		return nil, err
	}, "token "+id+" is deleted")
	switch {
	case o.End.Good():
		b.forget(owner, id)
	case absent(o) && owner != b.me.UUID:
		o.End, o.Failure, o.Unchanged, o.Words = apiclient.Done, nil, true, "token "+id+" was deleted before"
		b.forget(owner, id)
	case absent(o):
		// It may be gone, or somebody else's: the server says the same.
		o.Failure.Next = "it is gone, or it is not yours: " + paste
	}
	return o
}

func (b *backend) revokePasted(ctx context.Context, op apiclient.Op) apiclient.Outcome {
	p, ok := parse(op.Secret)
	if why := b.foreign(p, ok); why != "" {
		return b.unsent(op, &apiclient.Failure{Message: why + "; it was not sent", Cause: apiclient.ErrInvalid})
	}
	client, err := b.as(op.Secret)
	if err != nil {
		return b.unsent(op, err)
	}
	defer client.Close()
	id, owner := p.uuid, ""
	if id == "" {
		t, _, err := currentToken(ctx, client, b.doing(op))
		if err != nil {
			return b.dead(op, err)
		}
		id, owner = t.UUID, t.Owner
	}
	a, err := client.Do(ctx, rest.Request{Tried: b.doing(op), Method: "DELETE", Path: pathTokens + "/" + id, Decode: its(id)})
	if errors.Is(err, apiclient.ErrDenied) {
		return b.revokeScoped(ctx, op, client, id, owner)
	}
	if err != nil {
		return b.dead(op, err)
	}
	b.forgetEverywhere(id)
	o := apiclient.Did("token " + id + " is deleted")
	if id == b.token.UUID {
		o.Words += ": it was what you were signed in with"
	}
	o.RequestID, o.At = a.RequestID, a.At
	return o
}

// revokeScoped deletes a token whose scopes do not let it delete itself. Whose
// it is it may always tell.
func (b *backend) revokeScoped(ctx context.Context, op apiclient.Op, client *rest.Client, id, owner string) apiclient.Outcome {
	if owner == "" {
		t, _, err := currentToken(ctx, client, b.doing(op))
		if err != nil {
			return b.dead(op, err)
		}
		owner = t.Owner
	}
	return b.revokeOf(ctx, op, owner, id)
}

// dead is the outcome of a pasted token that is not accepted: nothing is left
// to be revoked. The server does not say why.
func (b *backend) dead(op apiclient.Op, err error) apiclient.Outcome {
	o := apiclient.Fail(b.doing(op), err)
	if errors.Is(err, apiclient.ErrSignedOut) || absent(o) {
		o = apiclient.Did("the cluster does not accept it: it is deleted or expired already, or mistyped")
		o.Unchanged = true
	}
	return o
}

// foreign says why a text cannot be a token of this cluster; "": it can.
func (b *backend) foreign(p parsed, ok bool) string {
	switch {
	case !ok:
		return "this does not look like a token of a cluster"
	case p.uuid != "" && p.cluster() != b.cluster.ClusterID && p.cluster() != b.cluster.Login.LoginCluster:
		return "it belongs to cluster " + p.cluster() + ", this is " + b.cluster.ClusterID
	}
	return ""
}

func (b *backend) forgetEverywhere(id string) {
	b.forget(b.ownerOf(apiclient.Ref{}, id), id)
}
