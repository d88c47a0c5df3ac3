package juju

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	dialLimit   = 10 * time.Second // to connect, all addresses at once
	answerLimit = 60 * time.Second // for one answer
	writeLimit  = 30 * time.Second
	pingEvery   = time.Minute // as the official clients do
	pingLimit   = 30 * time.Second
	maxMessage  = 32 << 20 // of an answer
)

// Why a connection ended, or an answer did not come.
var (
	errDamaged = errors.New("the answer cannot be read: it is damaged, or made by something else")
	errSilent  = errors.New("no answer")
	errClosed  = errors.New("signed out")
)

// conn is one connection: calls go out as they come, answers come back in any
// order and are told apart by their request ids.
type conn struct {
	ws      *websocket.Conn
	address string
	ctx     context.Context // ends with the connection
	stop    context.CancelCauseFunc

	mu      sync.Mutex
	last    uint64
	waiting map[uint64]chan answer
}

// connect tries all addresses of a place at once and keeps the first that
// answers.
func connect(ctx context.Context, p place) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	type end struct {
		c   *conn
		err error
	}
	ends := make(chan end, len(p.addresses))
	for _, a := range p.addresses {
		go func() {
			c, err := dial(ctx, a, p)
			ends <- end{c, err}
		}()
	}
	var failed error
	for left := len(p.addresses); left > 0; left-- {
		e := <-ends
		if e.err == nil {
			go func() { // those who come late are not needed
				for range left - 1 {
					if late := <-ends; late.c != nil {
						late.c.end(errClosed)
					}
				}
			}()
			return e.c, nil
		}
		// That somebody else answers says more than that nobody does.
		if failed == nil || isTrouble(e.err) {
			failed = e.err
		}
	}
	return nil, failed
}

func dial(ctx context.Context, address string, p place) (*conn, error) {
	t := &http.Transport{TLSClientConfig: p.tls.Clone(), TLSHandshakeTimeout: dialLimit}
	if host, _, err := net.SplitHostPort(address); err == nil && !isLoopback(host) {
		t.Proxy = http.ProxyFromEnvironment
	}
	defer t.CloseIdleConnections()
	ws, _, err := websocket.Dial(ctx, "wss://"+address+"/api", &websocket.DialOptions{
		HTTPClient: &http.Client{
			Transport: t,
			// A redirect is never followed: the login would go along.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	})
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(maxMessage)
	c := &conn{ws: ws, address: address, waiting: map[uint64]chan answer{}}
	c.ctx, c.stop = context.WithCancelCause(context.Background())
	go c.listen()
	return c, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// listen hands answers to those who wait for them, until the connection ends.
func (c *conn) listen() {
	for {
		_, raw, err := c.ws.Read(c.ctx)
		if err != nil {
			c.end(err)
			return
		}
		var a answer
		if json.Unmarshal(raw, &a) != nil || a.RequestID == 0 || a.Error == "" && a.Response == nil {
			c.end(errDamaged)
			return
		}
		c.mu.Lock()
		waits := c.waiting[a.RequestID]
		delete(c.waiting, a.RequestID)
		c.mu.Unlock()
		if waits != nil {
			waits <- a
		}
	}
}

// end ends the connection; the first cause counts.
func (c *conn) end(cause error) {
	c.stop(cause)
	_ = c.ws.CloseNow()
}

// over tells whether the connection has ended.
func (c *conn) over() bool { return c.ctx.Err() != nil }

// keep asks for a sign of life now and then, so that a dead connection is found
// out before it is needed.
func (c *conn) keep(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(c.ctx, pingLimit)
		_, _, err := c.roundTrip(ctx, call{Type: "Pinger", Version: 1, Request: "Ping", Params: struct{}{}})
		cancel()
		if err != nil {
			c.end(err)
			return
		}
	}
}

// roundTrip sends a call and waits for its answer. sent tells whether the call
// may have reached the other side.
func (c *conn) roundTrip(ctx context.Context, q call) (a answer, sent bool, err error) {
	if err := ctx.Err(); err != nil {
		return a, false, err
	}
	back := make(chan answer, 1)
	c.mu.Lock()
	c.last++
	q.RequestID = c.last
	c.waiting[q.RequestID] = back
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, q.RequestID)
		c.mu.Unlock()
	}()
	raw, err := json.Marshal(q)
	if err != nil {
		return a, false, err
	}
	if c.over() {
		return a, false, context.Cause(c.ctx)
	}
	// A write that is given up halfway ends the connection for all: it has a
	// limit of its own.
	writing, cancel := context.WithTimeout(c.ctx, writeLimit)
	defer cancel()
	if err := c.ws.Write(writing, websocket.MessageText, raw); err != nil {
		c.end(err)
		return a, true, err
	}
	limit := time.NewTimer(answerLimit)
	defer limit.Stop()
	select {
	case a := <-back:
		return a, true, nil
	case <-ctx.Done():
		return a, true, ctx.Err()
	case <-limit.C:
		return a, true, errSilent
	case <-c.ctx.Done():
		select { // the answer may have been the last thing that came
		case a := <-back:
			return a, true, nil
		default:
			return a, true, context.Cause(c.ctx)
		}
	}
}
