package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

// proxy stands between a console and its server, and does to the answers what a
// bad network or a bad server would.
type proxy struct {
	url string

	mu      sync.Mutex
	answer  func(*http.Response) error // changes an answer; nil: leaves it
	lose    func(*http.Request) bool   // the request arrives, the answer gets lost
	refuse  func(*http.Request) bool   // the request is answered 503 and does not arrive
	holding chan struct{}              // answers wait until it is closed; nil: they do not
}

func (s *server) proxy() *proxy {
	s.t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	p := &proxy{}
	forward := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Header.Set("Accept-Encoding", "identity") },
		FlushInterval: -1,
		ModifyResponse: func(resp *http.Response) error {
			p.mu.Lock()
			change := p.answer
			p.mu.Unlock()
			if change == nil {
				return nil
			}
			return change(resp)
		},
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, forward) }))
	p.url = front.URL
	s.t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	return p
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request, forward http.Handler) {
	p.mu.Lock()
	lost, refused, holding := p.lose != nil && p.lose(r), p.refuse != nil && p.refuse(r), p.holding
	p.mu.Unlock()
	if refused {
		w.Header().Set("Content-Type", wire.TypeProblem)
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = json.NewEncoder(w).Encode(wire.Problem{Status: http.StatusServiceUnavailable, Code: wire.CodeUnavailable, Detail: "Not now."})
		return
	}
	if lost {
		forward.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler) // closes the connection without a word
	}
	if holding != nil {
		select {
		case <-holding:
		case <-r.Context().Done():
			return
		}
	}
	forward.ServeHTTP(w, r)
}

func (p *proxy) set(change func(*proxy)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// openVia starts a console that reaches the server through the proxy.
func (s *server) openVia(p *proxy) *console {
	s.t.Helper()
	direct := s.url
	s.url = p.url
	defer func() { s.url = direct }()
	return s.open(s.admin)
}

// poison appends a text to every text in a JSON answer but those that the
// program has to understand.
func poison(t *testing.T, evil string) func(*http.Response) error {
	understood := map[string]bool{
		"state": true, "account_state": true, "kind": true, "token_prefix": true, "type": true, "code": true, "result": true,
		"next_page_token": true, "token": true, "hash": true, "id": true, "request_id": true, "instance": true,
	}
	var walk func(key string, v any) any
	walk = func(key string, v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				v[k] = walk(k, inner)
			}
		case []any:
			for i, inner := range v {
				v[i] = walk(key, inner)
			}
		case string:
			if !understood[key] && !strings.HasSuffix(key, "_time") && key != "time" {
				return v + evil
			}
		}
		return v
	}
	return func(resp *http.Response) error {
		kind := resp.Header.Get("Content-Type")
		if !strings.Contains(kind, "json") {
			return nil
		}
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		var out []byte
		for line := range strings.Lines(string(raw)) { // one document, or one a line
			var v any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Errorf("an answer that is no JSON: %s", line)
				return err
			}
			line, err := json.Marshal(walk("", v))
			if err != nil {
				return err
			}
			out = append(append(out, line...), '\n')
		}
		resp.Header.Set("Content-Length", strconv.Itoa(len(out)))
		resp.ContentLength = int64(len(out))
		resp.Body = io.NopCloser(strings.NewReader(string(out)))
		return nil
	}
}
