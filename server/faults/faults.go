// Package faults makes a server slow and unreliable on purpose, for trying out
// what a client does then.
package faults

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/refusal"
)

// Plan says how bad it gets.
type Plan struct {
	Latency  time.Duration // added to every request below /v1
	FailRate float64       // share of requests below /v1 that are answered 503 and change nothing
	Seed     uint64        // the same seed fails the same requests, if they come in the same order
}

// Wrap puts the plan before a handler.
func (p Plan) Wrap(next http.Handler) http.Handler {
	if p.Latency <= 0 && p.FailRate <= 0 {
		return next
	}
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(p.Seed, p.Seed))
	fails := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return random.Float64() < p.FailRate
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/v1/") {
			next.ServeHTTP(w, r)
			return
		}
		if !wait(r, p.Latency) {
			return
		}
		if fails() {
			fail(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// wait tells whether the caller still waits too.
func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func fail(w http.ResponseWriter) {
	p := refusal.Unavailable("This server was told to fail now and then, and nothing was changed; try again.").Problem
	w.Header().Set("Content-Type", wire.TypeProblem)
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // a caller who has gone needs no answer
}
