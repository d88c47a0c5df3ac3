package api

import (
	"context"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/refusal"
)

// Health says that it is well, and nothing else to strangers.
type Health struct {
	Status string `json:"status" enum:"ok"`
}

func (a *api) health() {
	handle(a, a.open("GET", wire.PathLive, "live", "Tell whether the process runs"),
		func(context.Context, *None) (*Plain[Health], error) { return &Plain[Health]{Body: Health{"ok"}}, nil })
	ready := func(ctx context.Context, _ *None) (*Plain[Health], error) {
		select {
		case <-a.opt.Stopping:
			return nil, refusal.Unavailable("The server is shutting down.")
		default:
		}
		if err := a.dir.Store().Check(ctx); err != nil {
			a.opt.Log.ErrorContext(ctx, "the database does not answer", "err", err)
			return nil, refusal.Unavailable("The database does not answer.")
		}
		return &Plain[Health]{Body: Health{"ok"}}, nil
	}
	handle(a, a.open("GET", wire.PathReady, "ready", "Tell whether requests can be served"), ready)
	handle(a, a.open("GET", wire.PathHealth, "health", "The same as readyz"), ready)
}
