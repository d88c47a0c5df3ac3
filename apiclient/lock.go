package apiclient

import "context"

// Lock gives the backend with a gate before its one way to change anything:
// while locked says yes, every op is refused before it is sent. Reads go on.
func Lock(b Backend, locked func() bool) Backend {
	l := lockedBackend{b, locked}
	if batch, ok := b.(Batcher); ok {
		return lockedBatcher{l, batch}
	}
	return l
}

type lockedBackend struct {
	Backend
	locked func() bool
}

// Do implements Backend.
func (l lockedBackend) Do(ctx context.Context, op Op) Outcome {
	if l.locked() {
		return lockedOut(op)
	}
	return l.Backend.Do(ctx, op)
}

type lockedBatcher struct {
	lockedBackend
	batch Batcher
}

// BatchSize implements Batcher.
func (l lockedBatcher) BatchSize(v Verb) int { return l.batch.BatchSize(v) }

// DoBatch implements Batcher.
func (l lockedBatcher) DoBatch(ctx context.Context, ops []Op) []Outcome {
	if !l.locked() {
		return l.batch.DoBatch(ctx, ops)
	}
	out := make([]Outcome, len(ops))
	for i, op := range ops {
		out[i] = lockedOut(op)
	}
	return out
}

func lockedOut(op Op) Outcome {
	return Fail(string(op.Verb), &Failure{
		End: NotSent, Message: ErrLocked.Error(), Cause: ErrLocked,
		Next: "unlock writes and try again",
	})
}
