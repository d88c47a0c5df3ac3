package rest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"gatehouse/apiclient"

	"github.com/go-resty/resty/v2"
)

// headerRequestID names a request in the logs of both sides.
const headerRequestID = "X-Request-Id"

// line is one request whose answer has begun: the headers are here.
type line struct {
	request Request
	redact  redactor
	answer  Answer
	body    io.ReadCloser
	watch   *watch
}

// watch ends a request on which nothing moves.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
	// connected: from here on the request may have reached the other side. It
	// is set when a connection is handed out, not when the bytes are written:
	// the write goes on in another goroutine after a request was given up.
	connected atomic.Bool
}

// errSilent is the cause of a request that was ended for silence.
var errSilent = errors.New("no answer")

func newWatch(ctx context.Context, limit time.Duration) *watch {
	w := &watch{limit: limit}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(limit, func() { w.cancel(errSilent) })
	w.ctx = httptrace.WithClientTrace(w.ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { w.connected.Store(true); w.moved() },
	})
	return w
}

// moved starts the wait afresh: something has come.
func (w *watch) moved() { w.timer.Reset(w.limit) }

func (w *watch) stop() { w.timer.Stop(); w.cancel(nil) }

func (l *line) close() {
	// The rest of a body decides whether the connection can be used again; a
	// long rest is not worth waiting for.
	_, _ = io.CopyN(io.Discard, l.body, 4<<10)
	_ = l.body.Close()
	l.watch.stop()
}

// Read implements io.Reader on the body and notes that something came.
func (l *line) Read(p []byte) (int, error) {
	n, err := l.body.Read(p)
	if n > 0 {
		l.watch.moved()
	}
	return n, err
}

// open sends the request and waits for the headers of the answer.
func (c *Client) open(ctx context.Context, r Request, silence time.Duration) (*line, *apiclient.Failure) {
	auth := c.auth.Load()
	if r.Anon {
		auth = nil
	}
	if f := c.refuse(ctx, r); f != nil {
		return nil, f
	}
	w := newWatch(ctx, silence)
	l := &line{request: r, redact: newRedactor(auth, r.Body), watch: w}
	started := time.Now()
	resp, err := c.prepare(w.ctx, r, auth).Execute(r.Method, c.url(r))
	status := 0
	if resp != nil && resp.RawResponse != nil {
		status = resp.RawResponse.StatusCode
	}
	if c.cfg.Observe != nil {
		c.cfg.Observe(Exchange{Method: r.Method, Path: r.Path, Status: status, Took: time.Since(started)})
	}
	if errors.Is(err, resty.ErrAutoRedirectDisabled) && status != 0 {
		w.stop()
		return nil, c.redirected(r, resp.RawResponse)
	}
	if err != nil {
		f := c.lost(l, err)
		w.stop()
		return nil, f
	}
	raw := resp.RawResponse
	l.body = raw.Body
	l.answer = Answer{Status: status, Header: raw.Header, RequestID: raw.Header.Get(headerRequestID), At: serverClock(raw.Header)}
	return l, nil
}

// refuse names what keeps a request from being sent at all.
func (c *Client) refuse(ctx context.Context, r Request) *apiclient.Failure {
	f := &apiclient.Failure{Tried: r.Tried, End: apiclient.NotSent}
	switch {
	case c.closed.Load():
		f.Message, f.Next, f.Cause = "this connection was left", "do it again", context.Canceled
	case r.Body.err != nil:
		f.Message, f.Cause = "the request could not be written down", apiclient.ErrInvalid
	case c.cfg.AnyCertificate && len(r.Body.secrets) > 0:
		f.Message, f.Cause = errAnybody, apiclient.ErrDenied
	case !c.origin.private() && (len(r.Body.secrets) > 0 || c.auth.Load() != nil):
		f.Message, f.Cause = errClear, apiclient.ErrDenied
	case ctx.Err() != nil:
		return apiclient.AsFailure(r.Tried, ctx.Err())
	default:
		return nil
	}
	return f
}

func (c *Client) prepare(ctx context.Context, r Request, auth *Auth) *resty.Request {
	q := c.resty.R().SetContext(ctx)
	for k, v := range r.Header {
		q.Header[k] = v
	}
	q.SetHeader("User-Agent", c.cfg.Agent)
	q.SetHeader(headerRequestID, newRequestID())
	if q.Header.Get("Accept") == "" {
		q.SetHeader("Accept", "application/json, application/problem+json")
	}
	if r.Key != "" {
		q.SetHeader("Idempotency-Key", r.Key)
	}
	if r.Body.kind != "" {
		// A reader goes out as it is; bytes would be copied into buffers that
		// live on with the secrets in them.
		q.SetHeader("Content-Type", r.Body.kind).SetBody(io.Reader(bytes.NewReader(r.Body.bytes)))
	}
	if auth != nil {
		auth.apply(q.Header)
	}
	return q
}

func (a *Auth) apply(h http.Header) {
	if a.Scheme == "Basic" {
		r := http.Request{Header: h}
		r.SetBasicAuth(a.User, a.Secret.Reveal())
		return
	}
	h.Set("Authorization", a.Scheme+" "+a.Secret.Reveal())
}

func (c *Client) url(r Request) string {
	u := c.origin.scheme + "://" + c.origin.host + c.origin.base + r.Path
	if len(r.Query) > 0 {
		u += "?" + r.Query.Encode()
	}
	return u
}

func newRequestID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
