package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
	"gatehouse/server/refusal"
)

const (
	heartbeat    = 15 * time.Second
	writeTimeout = 10 * time.Second
	eventsAtOnce = 500
)

type eventsRequest struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"20" doc:"go on after this event; absent: from now on"`
}

func (a *api) events() {
	list(a, wire.PathAudit, "list-events", "List what was changed and refused",
		func(ctx context.Context, in *TokenListRequest) (wire.Page[wire.Event], error) {
			return a.dir.Audit(ctx, callerOf(ctx), in.query())
		})
	op := a.route("GET", wire.PathEvents, "stream-events", "Stream changes as they happen")
	op.Description = "Server-sent events: change with an event of the audit log, whose number is the id; " +
		"end with the reason when the stream ends. A comment every 15 seconds keeps the connection open."
	op.Responses["200"] = &huma.Response{
		Description: "a stream of events; the schema is that of the data of change",
		Content:     map[string]*huma.MediaType{wire.TypeEvents: {Schema: schemaOf[wire.Event](a)}},
	}
	handle(a, op, func(ctx context.Context, in *eventsRequest) (*streamed, error) {
		after := a.dir.Store().LastEvent()
		if in.LastEventID != "" {
			n, err := strconv.ParseInt(in.LastEventID, 10, 64)
			if err != nil || n < 0 {
				return nil, refusal.Field("header.Last-Event-ID", "it is the number of an event")
			}
			after = n
		}
		return &streamed{func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			s := &stream{api: a, caller: callerOf(ctx), w: w, rc: http.NewResponseController(w), after: after}
			s.run(r.Context())
		}}, nil
	})
}

// stream is one connection that is told of changes.
type stream struct {
	*api
	caller *directory.Caller
	w      http.ResponseWriter
	rc     *http.ResponseController
	after  int64
}

func (s *stream) run(ctx context.Context) {
	// The server's limit for reading a request would end the connection.
	_ = s.rc.SetReadDeadline(time.Time{})
	s.w.Header().Set("Content-Type", wire.TypeEvents)
	if !s.send(": connected\nretry: 2000\n\n") {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		changed := s.dir.Store().Changed()
		if !s.dir.Alive(s.caller) {
			s.end("credential_ended")
			return
		}
		if more, ok := s.news(ctx); !ok {
			return
		} else if more {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.opt.Stopping:
			s.end("shutting_down")
			return
		case <-changed:
		case <-beat.C:
			if !s.send(": \n\n") {
				return
			}
		}
	}
}

// news sends what is new; more tells that there may be further events.
func (s *stream) news(ctx context.Context) (more, ok bool) {
	events, err := s.dir.EventsAfter(ctx, s.caller, s.after, eventsAtOnce)
	if err != nil {
		return false, false
	}
	for _, e := range events {
		body, err := json.Marshal(e)
		if err != nil || !s.send(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", e.ID, wire.StreamChange, body)) {
			return false, false
		}
		s.after, _ = strconv.ParseInt(e.ID, 10, 64) // a number by construction
	}
	return len(events) == eventsAtOnce, true
}

func (s *stream) end(reason string) {
	s.send(fmt.Sprintf("event: %s\ndata: {\"reason\":%q}\n\n", wire.StreamEnd, reason))
}

// send writes and flushes; whoever does not read for long is dropped and comes
// back with Last-Event-ID.
func (s *stream) send(text string) bool {
	_ = s.rc.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := s.w.Write([]byte(text)); err != nil || s.rc.Flush() != nil {
		return false
	}
	// Over HTTP/2 a deadline that passes ends the stream even if nothing is
	// being written.
	_ = s.rc.SetWriteDeadline(time.Time{})
	return true
}
