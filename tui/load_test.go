package tui

import (
	"context"
	"errors"
	"testing"
	"time"
)

// answer runs a load and gives what it sends.
func answer(t *testing.T, cmd func() Addressed) Loaded[string] {
	t.Helper()
	return cmd().Msg.(Loaded[string])
}

func load(l *Loader, fn func(context.Context) (string, error)) func() Addressed {
	cmd := Load(l, 7, time.Minute, fn)
	return func() Addressed { return cmd().(Addressed) }
}

func value(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

func TestOnlyTheNewestLoadIsFresh(t *testing.T) {
	l := NewLoader(context.Background())
	var first context.Context
	older := load(l, func(ctx context.Context) (string, error) { first = ctx; return "older", ctx.Err() })
	newer := load(l, value("newer"))
	late := answer(t, older)
	if !errors.Is(late.Err, context.Canceled) || first.Err() == nil {
		t.Errorf("the older load was not cancelled: %v", late.Err)
	}
	if l.Fresh(late.Gen) || !l.Busy() {
		t.Error("the answer of the older load counts")
	}
	got := newer()
	if got.To != 7 {
		t.Errorf("sent to %d, want 7", got.To)
	}
	m := got.Msg.(Loaded[string])
	if !l.Fresh(m.Gen) || m.Value != "newer" || m.Err != nil {
		t.Errorf("the newest load does not count: %+v", m)
	}
	if l.Busy() || l.Fresh(m.Gen) {
		t.Error("a load is over once")
	}
}

func TestCancelMakesTheAnswerStale(t *testing.T) {
	l := NewLoader(context.Background())
	cmd := load(l, value("late"))
	l.Cancel()
	if l.Fresh(answer(t, cmd).Gen) || l.Busy() {
		t.Error("a cancelled load counts")
	}
}

func TestALoadEndsWithItsOwner(t *testing.T) {
	owner, gone := context.WithCancel(context.Background())
	l := NewLoader(owner)
	cmd := load(l, func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() })
	gone()
	if m := answer(t, cmd); !errors.Is(m.Err, context.Canceled) {
		t.Errorf("ended with %v", m.Err)
	}
}

func TestALoadHasALimit(t *testing.T) {
	l := NewLoader(context.Background())
	cmd := Load(l, 7, 0, func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() })
	if m := cmd().(Addressed).Msg.(Loaded[string]); !errors.Is(m.Err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", m.Err)
	}
}

func TestToKeepsNothingNothing(t *testing.T) {
	if To(1, nil) != nil {
		t.Error("a command was made of none")
	}
}
