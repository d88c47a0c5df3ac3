package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Loaded is the answer to a Load.
type Loaded[T any] struct {
	Gen   int
	Value T
	Err   error
}

// Loader runs one load at a time for its owner: a newer one cancels the older,
// and Fresh tells a late answer of the older one apart.
type Loader struct {
	ctx  context.Context
	gen  int
	stop context.CancelFunc
}

// NewLoader makes a loader whose loads end with ctx.
func NewLoader(ctx context.Context) *Loader { return &Loader{ctx: ctx} }

// Cancel ends the running load; its answer is stale from now on.
func (l *Loader) Cancel() {
	l.gen++
	if l.stop != nil {
		l.stop()
		l.stop = nil
	}
}

// Busy tells whether a load is on its way.
func (l *Loader) Busy() bool { return l.stop != nil }

// Fresh tells whether an answer belongs to the newest load, and marks the load
// as ended.
func (l *Loader) Fresh(gen int) bool {
	if gen != l.gen || l.stop == nil {
		return false
	}
	l.stop()
	l.stop = nil
	return true
}

// Load starts fn in a command, within limit, and sends Loaded[T] to id. It is
// a function because methods have no type parameters.
func Load[T any](l *Loader, id ID, limit time.Duration, fn func(context.Context) (T, error)) tea.Cmd {
	l.Cancel()
	ctx, stop := context.WithTimeout(l.ctx, limit)
	l.stop = stop
	gen := l.gen // by value: the command never touches the loader
	return func() tea.Msg {
		v, err := fn(ctx)
		return Addressed{id, Loaded[T]{gen, v, err}}
	}
}
