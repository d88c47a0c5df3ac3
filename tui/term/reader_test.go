package term

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// typist is an input whose pieces and pauses a test decides.
type typist struct {
	in    *io.PipeWriter
	msgs  chan tea.Msg
	ended chan error
	timer chan time.Time
	asked chan time.Duration
	clock time.Time
}

func newTypist(t *testing.T) *typist {
	in, w := io.Pipe()
	y := &typist{in: w, msgs: make(chan tea.Msg, 100), ended: make(chan error, 1), timer: make(chan time.Time), asked: make(chan time.Duration, 100), clock: time.Unix(100, 0)}
	r := &reader{in: in, send: func(m tea.Msg) { y.msgs <- m }, now: func() time.Time { return y.clock }, after: func(d time.Duration) <-chan time.Time {
		y.asked <- d
		return y.timer
	}}
	go func() { y.ended <- r.run() }()
	t.Cleanup(func() { w.Close() })
	return y
}

func (y *typist) types(s string) { io.WriteString(y.in, s) }

func (y *typist) expect(t *testing.T, want ...tea.Msg) {
	t.Helper()
	for _, w := range want {
		if got := <-y.msgs; !reflect.DeepEqual(got, w) {
			t.Fatalf("%#v, want %#v", got, w)
		}
	}
}

func TestReaderGivesALoneEscAfterAWait(t *testing.T) {
	y := newTypist(t)
	y.types("\x1b")
	if d := <-y.asked; d != escWait {
		t.Errorf("waits %v", d)
	}
	y.timer <- y.clock
	y.expect(t, key(tea.KeyEsc))
	y.types("\x1b")
	<-y.asked
	y.types("[B")
	y.expect(t, key(tea.KeyDown))
}

func TestReaderMarksWhatNobodyTypes(t *testing.T) {
	y := newTypist(t)
	y.types("jj")
	y.expect(t, char('j'), char('j'))
	y.types("y\r")
	y.expect(t, Burst{2}, char('y'), key(tea.KeyEnter))
	y.types("n")
	y.expect(t, Burst{1}, char('n'))
	y.clock = y.clock.Add(time.Second)
	y.types("n")
	y.expect(t, char('n'))
	y.types("\x1b[200~y\r\x1b[201~")
	y.expect(t, paste("y\n"))
}

func TestReaderEndsWithItsInput(t *testing.T) {
	y := newTypist(t)
	gone := errors.New("gone")
	y.types("q")
	y.expect(t, char('q'))
	y.in.CloseWithError(gone)
	if err := <-y.ended; !errors.Is(err, gone) {
		t.Error(fmt.Sprint(err))
	}
}
