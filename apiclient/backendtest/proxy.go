package backendtest

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Request is what went over the wire.
type Request struct {
	Method, Path string
	Write        bool // it could change something
}

// Fault is what goes wrong with a request.
type Fault struct {
	Writes bool // only with requests that could change something; else only with the others
	// One of these:
	LoseAnswer bool          // it gets through, its answer does not
	LoseAsk    bool          // the connection breaks before it gets through
	Status     int           // it is answered with this, and does not get through
	Hold       time.Duration // it does not get through and is not answered, for so long
	Corrupt    bool          // it gets through, the answer is damaged
	// With Status:
	Body       string // text/html, ASK in it stands for the body of the request
	Location   string
	RetryAfter int // seconds
}

// Proxy stands between a driver and a system over HTTP: it notes what goes by
// and breaks what it is told to break.
type Proxy struct {
	URL string

	pass *httputil.ReverseProxy
	stop chan struct{}

	mu    sync.Mutex
	seen  []Request
	fault *Fault
	left  int // how many more requests it hits
}

// NewProxy puts a proxy in front of the address; it goes with the test.
func NewProxy(t testing.TB, upstream string) *Proxy {
	t.Helper()
	to, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{stop: make(chan struct{})}
	p.pass = &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 32},
		FlushInterval: -1,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { reset(w) },
	}
	s := httptest.NewServer(p)
	p.URL = s.URL
	t.Cleanup(func() {
		close(p.stop)
		s.CloseClientConnections()
		s.Close()
	})
	return p
}

// Break makes the next n requests that fit meet the fault.
func (p *Proxy) Break(f Fault, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.left = &f, n
}

// Heal ends all faults.
func (p *Proxy) Heal() { p.Break(Fault{}, 0) }

// Forget forgets the requests so far.
func (p *Proxy) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = nil
}

// Requests are those since Forget.
func (p *Proxy) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Request(nil), p.seen...)
}

// Writes are the requests since Forget that could change something.
func (p *Proxy) Writes() []Request {
	var out []Request
	for _, r := range p.Requests() {
		if r.Write {
			out = append(out, r)
		}
	}
	return out
}

func (p *Proxy) note(r *http.Request) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	write := r.Method != http.MethodGet && r.Method != http.MethodHead
	p.seen = append(p.seen, Request{r.Method, r.URL.Path, write})
	if p.left == 0 || p.fault.Writes != write {
		return nil
	}
	p.left--
	return p.fault
}

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := p.note(r)
	switch {
	case f == nil:
		p.pass.ServeHTTP(w, r)
	case f.LoseAsk:
		reset(w)
	case f.LoseAnswer:
		p.pass.ServeHTTP(httptest.NewRecorder(), r)
		reset(w)
	case f.Corrupt:
		rec := httptest.NewRecorder()
		p.pass.ServeHTTP(rec, r)
		w.Header().Set("Content-Type", rec.Header().Get("Content-Type"))
		w.WriteHeader(rec.Code)
		damaged := bytes.Replace(rec.Body.Bytes(), []byte(":"), []byte("\x00"), 1)
		if len(damaged) == 0 {
			damaged = []byte("\x00") // what should be empty is not
		}
		_, _ = w.Write(damaged)
	case f.Hold > 0:
		select {
		case <-time.After(f.Hold):
		case <-r.Context().Done():
		case <-p.stop:
		}
		reset(w)
	default:
		f.answer(w, r)
	}
}

func (f *Fault) answer(w http.ResponseWriter, r *http.Request) {
	ask, _ := io.ReadAll(r.Body)
	if f.Location != "" {
		w.Header().Set("Location", f.Location)
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(f.Status)
	_, _ = w.Write(bytes.ReplaceAll([]byte(f.Body), []byte("ASK"), ask))
}

// reset breaks the connection hard, so that the other side sees no orderly end.
func reset(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
