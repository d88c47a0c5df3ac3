package anchore

import (
	"context"
	"sync"
)

// callsAtOnce is how many requests of one list or plan are in flight.
const callsAtOnce = 8

// each calls f for 0 to n-1, several at a time. The first error ends it.
func each(ctx context.Context, n int, f func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	slots := make(chan struct{}, callsAtOnce)
	var wg sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		if context.Cause(ctx) != nil && i > 0 {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := f(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
