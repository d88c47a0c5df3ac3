package gatehouse

import "sync"

// interner gives one copy of texts that repeat: a hundred thousand tokens have
// some thousand owners, addresses and programs.
type interner struct {
	mu    sync.Mutex
	known map[string]string
}

// Limits of the interner: what is longer or comes later is left alone, so that
// a hostile list cannot make it grow.
const (
	mostInterned    = 1 << 16
	longestInterned = 512
)

func newInterner() *interner { return &interner{known: map[string]string{}} }

func (n *interner) of(s string) string {
	if s == "" || len(s) > longestInterned {
		return s
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if k, ok := n.known[s]; ok {
		return k
	}
	if len(n.known) >= mostInterned {
		n.known = map[string]string{}
	}
	n.known[s] = s
	return s
}
