// Package anchoretest serves the accounts, users and credentials of an Anchore
// Engine (v1) or an Anchore Enterprise (v2) from memory, with the quirks of the
// real ones: plain-text 401s, three shapes of errors, lists in no order, and
// credentials that are cached for five seconds.
package anchoretest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What a fresh server lets in: the user admin of the account admin.
const (
	AdminUser     = "admin"
	AdminPassword = "kettle-window-garden-9"
)

// Options say what kind of Anchore it is. The zero Options are an Enterprise
// that speaks v2 only.
type Options struct {
	V1    bool   // speaks v1; with V2 unset it is an Engine
	V2    bool   // speaks v2; also when neither is set
	API   string // version of the v2 interface: 2.13.0
	OAuth bool   // gives out bearer tokens
	Clock *Clock // the system's when nil
	// Reap is how long an account stays listed as deleting: 30 s.
	Reap time.Duration
}

// Request is one request that came, with secrets and all.
type Request struct {
	Method string
	Path   string // escaped, as it came
	Query  string
	Body   string
	User   string // of Basic; "Bearer" for a token; "" without a credential
}

// String gives method, path and query in one line.
func (r Request) String() string {
	s := r.Method + " " + r.Path
	if r.Query != "" {
		s += "?" + r.Query
	}
	return s
}

// Server is one Anchore.
type Server struct {
	URL string

	opts Options
	http *httptest.Server
	api  [2]int

	mu    sync.Mutex
	seen  []Request
	state state
}

// New starts a server on the loopback interface.
func New(o Options) *Server {
	if !o.V1 {
		o.V2 = true
	}
	if o.API == "" {
		o.API = "2.13.0"
	}
	if o.Clock == nil {
		o.Clock = &Clock{}
	}
	if o.Reap == 0 {
		o.Reap = 30 * time.Second
	}
	s := &Server{opts: o, api: twoNumbers(o.API)}
	s.state = newState(o)
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	return s
}

// Close ends it.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Requests are those that came since Forget.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.seen...)
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = nil
}

// twoNumbers takes major and minor out of a version.
func twoNumbers(version string) (out [2]int) {
	for i, part := range strings.SplitN(version, ".", 3) {
		if i == len(out) {
			break
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			return [2]int{}
		}
		out[i] = n
	}
	return out
}

// call is one request on its way through the server.
type call struct {
	*Server
	v2    bool
	req   *http.Request
	body  []byte
	args  map[string]string
	query url.Values
	who   identity
}

// answer is what comes back: a body of JSON, or an error.
type answer struct {
	status int
	body   any // nil: none
	kind   string
	plain  string // instead of body
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func noContent() answer { return answer{status: http.StatusNoContent} }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(r)
	if err != nil {
		return // whoever sent it has gone
	}
	s.mu.Lock()
	s.seen = append(s.seen, Request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), sender(r)})
	a := s.serve(&call{Server: s, req: r, body: body, query: r.URL.Query()})
	now := s.opts.Clock.Now()
	s.mu.Unlock()
	a.write(w, now)
}

func (s *Server) serve(c *call) answer {
	s.reap()
	segments, v2, found := s.version(c.req.URL.EscapedPath())
	if !found {
		return notFound()
	}
	c.v2 = v2
	r, args, status := find(c.req.Method, segments, c)
	switch status {
	case http.StatusNotFound:
		return notFound()
	case http.StatusMethodNotAllowed:
		return problem(status, "Method Not Allowed", "The method is not allowed for the requested URL.")
	}
	c.args = args
	if r.open {
		return r.do(c)
	}
	if refused := c.authenticate(); refused != nil {
		return *refused
	}
	return r.do(c)
}

// version tells which interface a path means. An Engine takes a path whose
// first part it does not know for one below /v1, and so /v2/ as well.
func (s *Server) version(path string) (segments []string, v2, found bool) {
	segments = strings.Split(strings.Trim(path, "/"), "/")
	if segments[0] == "" {
		segments = nil
	}
	first := ""
	if len(segments) > 0 {
		first = segments[0]
	}
	switch {
	case first == "v2" && s.opts.V2:
		return segments[1:], true, true
	case first == "v1" && s.opts.V1:
		return segments[1:], false, true
	}
	return segments, false, s.opts.V1
}
