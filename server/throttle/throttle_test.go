package throttle

import (
	"sync"
	"testing"
	"time"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func TestWaitsGrowAndEnd(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	th := New(c.now)
	for range FreeTries {
		if _, wait := th.Attempt("jane", "192.0.2.1"); wait != 0 {
			t.Fatalf("a free try had to wait %v", wait)
		}
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		_, wait := th.Attempt("jane", "192.0.2.1")
		if wait != want*time.Second {
			t.Fatalf("wait %v, want %v", wait, want*time.Second)
		}
		if _, again := th.Attempt("jane", "192.0.2.1"); again != wait {
			t.Fatal("a refused attempt was counted")
		}
		c.t = c.t.Add(wait)
		if _, wait := th.Attempt("jane", "192.0.2.1"); wait != 0 {
			t.Fatalf("still has to wait %v", wait)
		}
	}
	if _, wait := th.Attempt("jane", "192.0.2.2"); wait != 0 {
		t.Fatal("another address has to wait for the failures of the first")
	}
	if _, wait := th.Attempt("kim", "192.0.2.1"); wait != 0 {
		t.Fatal("another user has to wait for the failures of the first")
	}
	c.t = c.t.Add(forgetAfter + time.Second)
	if _, wait := th.Attempt("jane", "192.0.2.1"); wait != 0 {
		t.Fatal("old failures are not forgotten")
	}
}

func TestSuccessResets(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	th := New(c.now)
	for range 5 * FreeTries {
		ok, wait := th.Attempt("jane", "192.0.2.1")
		if wait != 0 {
			t.Fatalf("had to wait %v", wait)
		}
		ok()
	}
}

func TestAnAddressIsLimitedOverAllNames(t *testing.T) {
	c := &clock{time.Unix(1e9, 0)}
	th := New(c.now)
	for i := range freeByIP {
		if _, wait := th.Attempt(string(rune('a'+i)), "192.0.2.1"); wait != 0 {
			t.Fatal("too early")
		}
	}
	if _, wait := th.Attempt("new", "192.0.2.1"); wait == 0 {
		t.Fatal("spraying names is not slowed down")
	}
}

func TestParallelAttemptsCount(t *testing.T) {
	th := New((&clock{time.Unix(1e9, 0)}).now)
	var wg sync.WaitGroup
	let := make(chan bool, 200)
	for range 200 {
		wg.Go(func() {
			_, wait := th.Attempt("jane", "192.0.2.1")
			let <- wait == 0
		})
	}
	wg.Wait()
	close(let)
	n := 0
	for ok := range let {
		if ok {
			n++
		}
	}
	if n != FreeTries {
		t.Fatalf("%d of 200 parallel attempts went through, want %d", n, FreeTries)
	}
}
