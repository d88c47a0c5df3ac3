package store

import "sync"

// watchers are told that something was committed, not what: whoever wakes up
// reads what is new, so that nothing is lost and nobody has to keep up.
type watchers struct {
	mu   sync.Mutex
	next chan struct{}
}

func (w *watchers) wait() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == nil {
		w.next = make(chan struct{})
	}
	return w.next
}

func (w *watchers) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != nil {
		close(w.next)
		w.next = nil
	}
}

// Changed gives a channel that is closed at the next commit with an event. Ask
// for it before reading, so that no commit falls in between.
func (s *Store) Changed() <-chan struct{} { return s.watch.wait() }

// LastEvent is the number of the last event that is committed.
func (s *Store) LastEvent() int64 { return s.last.Load() }

// Closing gives a channel that is closed when the store closes.
func (s *Store) Closing() <-chan struct{} { return s.stop }
