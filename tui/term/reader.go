package term

import (
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Burst comes before keys that came faster than a person types: several in one
// read, not repeats of one key, or any in the wake of those. It is what a paste
// looks like on a terminal without bracketed paste, and what a slow link makes
// of fast typing.
//
// What must not be confirmed by a paste closes itself for a while when it sees
// a Burst, and is closed then for its first key too. It must stay closed while
// keys keep coming, because a slow line delivers a paste byte by byte, in which
// case there is no Burst. With both rules, and Enter only in quiet, no text
// that somebody pastes answers a question: with bracketed paste it is one
// KeyMsg with Paste set, which is never a key.
type Burst struct{ Keys int }

// burstWake is how soon after a burst further keys still belong to it.
const burstWake = 20 * time.Millisecond

// reader reads the terminal and sends what its keys say.
type reader struct {
	in    io.Reader
	send  func(tea.Msg)
	now   func() time.Time
	after func(time.Duration) <-chan time.Time

	dec   decoder
	burst time.Time // when the last burst was read
}

type chunk struct {
	b   []byte
	err error
}

// run reads until the input ends or fails.
func (r *reader) run() error {
	chunks := make(chan chunk)
	go readChunks(r.in, chunks)
	for {
		var quiet <-chan time.Time
		if d := r.dec.Wait(); d > 0 {
			quiet = r.after(d)
		}
		select {
		case <-quiet:
			r.deliver(r.dec.Flush(r.now()))
		case c := <-chunks:
			if len(c.b) > 0 {
				r.deliver(r.dec.Feed(c.b, r.now()))
			}
			if c.err != nil {
				return c.err
			}
		}
	}
}

func readChunks(in io.Reader, out chan<- chunk) {
	buf := make([]byte, 4096)
	for {
		n, err := in.Read(buf)
		out <- chunk{append([]byte(nil), buf[:n]...), err}
		if err != nil {
			return
		}
	}
}

func (r *reader) deliver(msgs []tea.Msg) {
	if n, typed := keysIn(msgs); n > 0 {
		now := r.now()
		if !typed || now.Sub(r.burst) < burstWake {
			r.burst = now
			r.send(Burst{n})
		}
	}
	for _, m := range msgs {
		r.send(m)
	}
}

// keysIn counts the keys, and tells whether a person can have typed them: one
// key, or one that repeats.
func keysIn(msgs []tea.Msg) (n int, typed bool) {
	typed = true
	first := ""
	for _, m := range msgs {
		k, ok := m.(tea.KeyMsg)
		if !ok || k.Paste {
			continue
		}
		if n == 0 {
			first = k.String()
		} else if typed && k.String() != first {
			typed = false
		}
		n++
	}
	return n, typed
}
