package gatehouse

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/apiclient/rest"
)

const (
	// The server sends a sign of life every 15 seconds.
	watchSilence = 45 * time.Second
	// A broken stream is taken up again where it ended, a few times in a row;
	// then whoever watches has to know that something is wrong.
	watchTries = 4
	watchPause = 250 * time.Millisecond
)

// Watch implements apiclient.Backend.
func (b *backend) Watch(ctx context.Context) (<-chan apiclient.Change, error) {
	first, err := b.stream(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make(chan apiclient.Change, 64)
	go func() {
		defer close(out)
		w := &watcher{b: b, out: out}
		w.follow(ctx, first)
	}()
	return out, nil
}

func (b *backend) stream(ctx context.Context, last string) (*rest.Stream, error) {
	r := rest.Request{Tried: "watch for changes", Method: "GET", Path: wire.PathEvents}
	if last != "" {
		r.Header = http.Header{"Last-Event-Id": {last}}
	}
	return b.rest.Stream(ctx, r, wire.TypeEvents, watchSilence)
}

// watcher follows the stream of events over broken connections.
type watcher struct {
	b    *backend
	out  chan<- apiclient.Change
	last string // id of the last event that was passed on
}

// streamOver is the reason after which trying again is of no use.
const streamOver = "credential_ended"

// errEnded says that the server has ended the stream for good.
var errEnded = errors.New("the stream has ended")

func (w *watcher) follow(ctx context.Context, s *rest.Stream) {
	for tries := 0; ; {
		before := w.last
		err := w.read(ctx, s)
		_ = s.Close()
		if errors.Is(err, errEnded) || ctx.Err() != nil {
			return
		}
		if w.last != before {
			tries = 0
		}
		for s = nil; s == nil; {
			if tries++; tries > watchTries || !pause(ctx, watchPause<<tries) {
				return
			}
			if s, err = w.b.stream(ctx, w.last); err != nil && !errors.Is(err, apiclient.ErrUnreachable) {
				return // signed out, say: trying again does not help
			}
		}
		if w.last == "" && !w.everything(ctx) {
			return
		}
	}
}

// everything tells that anything may have changed while nobody listened.
func (w *watcher) everything(ctx context.Context) bool {
	for _, k := range []apiclient.Kind{apiclient.KindAccount, apiclient.KindUser, apiclient.KindToken, apiclient.KindEvent} {
		if !w.tell(ctx, apiclient.Change{Kind: k}) {
			return false
		}
	}
	return true
}

func (w *watcher) tell(ctx context.Context, c apiclient.Change) bool {
	select {
	case w.out <- c:
		return true
	case <-ctx.Done():
		return false
	}
}

// read passes on events until the stream breaks.
func (w *watcher) read(ctx context.Context, s io.Reader) error {
	return readEvents(s, func(e sentEvent) error {
		switch e.name {
		case wire.StreamEnd:
			var end wire.StreamEnded
			// A reason that cannot be read is one to try again, too.
			_ = json.Unmarshal([]byte(e.data), &end)
			if end.Reason == streamOver {
				return errEnded
			}
			return io.EOF
		case wire.StreamChange:
			var event wire.Event
			if err := json.Unmarshal([]byte(e.data), &event); err != nil {
				return nil // one event that cannot be read is no reason to hear no more
			}
			for _, c := range w.b.changes(event) {
				if !w.tell(ctx, c) {
					return ctx.Err()
				}
			}
		}
		if e.id != "" {
			w.last = e.id
		}
		return nil
	})
}

// changes says what an event changes in the lists.
func (b *backend) changes(e wire.Event) []apiclient.Change {
	number, _ := strconv.ParseInt(e.ID, 10, 64) // 0 where it is no number
	change := func(kind apiclient.Kind, name string, gone bool) apiclient.Change {
		c := apiclient.Change{Kind: kind, Gone: gone, Number: number}
		if name != "" {
			c.Ref = b.ref(kind, name, 0)
		}
		return c
	}
	out := []apiclient.Change{change(apiclient.KindEvent, "", false)} // single events cannot be read
	if e.Result == wire.EventRefused {
		return out
	}
	kind, ok := targetKind(e.TargetKind)
	if !ok {
		return out
	}
	gone := strings.HasSuffix(e.Verb, ".delete") && kind != apiclient.KindAccount // accounts stay as deleting for a while
	out = append(out, change(kind, e.Target, gone || e.Verb == "account.gone"))
	switch {
	case kind == apiclient.KindToken && e.UserName != "":
		out = append(out, change(apiclient.KindUser, e.UserName, false)) // counts its tokens
	case e.Verb == "user.expire-tokens", e.Verb == "user.delete", e.Verb == "user.disable":
		out = append(out, change(apiclient.KindToken, "", false))
	case e.Verb == "account.delete":
		out = append(out, change(apiclient.KindUser, "", false), change(apiclient.KindToken, "", false))
	case e.Verb == "account.disable":
		out = append(out, change(apiclient.KindToken, "", false))
	}
	if kind == apiclient.KindUser && e.Account != "" {
		out = append(out, change(apiclient.KindAccount, e.Account, false)) // counts its users
	}
	return out
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
