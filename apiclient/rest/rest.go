// Package rest is the one way in which drivers make HTTP requests: to one
// origin only, never after a redirect, with bounded bodies, waits and retries,
// and with errors that tell whether the request may have had an effect.
package rest

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"gatehouse/apiclient"

	"github.com/go-resty/resty/v2"
)

// Config says where a client speaks to and how patient it is. Zero values mean
// the defaults that are named.
type Config struct {
	URL       string        // scheme, host, port, and a path that all requests start with
	CAFile    string        // PEM; the only authorities to trust; "": those of this machine
	Auth      *Auth         // that all requests carry, until Authorize changes it; nil: none
	Agent     string        // User-Agent
	Connect   time.Duration // to connect, the name look-up and TLS included: 10 s
	Silence   time.Duration // without a byte from the other side: 30 s
	BodyLimit int64         // of an answer, unpacked: 32 MiB
	Retries   int           // of requests that may be repeated: 2; negative: none
	MaxWait   time.Duration // that is waited when asked to by Retry-After; more goes to the caller: 2 s
	// AnyCertificate takes whoever answers for the server. It is for exchanges that
	// prove by themselves who the other side is: the client refuses to send a
	// credential or a secret.
	AnyCertificate bool
	ReadError      ErrorReader // of answers that are refusals: ReadProblem
	Observe        func(Exchange)
}

// Exchange is what an observer learns of one request: no header, no query, no
// body.
type Exchange struct {
	Method, Path string
	Status       int // 0: no answer
	Took         time.Duration
}

// Auth is the credential for the header Authorization. The scheme Basic joins
// user and secret; any other is followed by the secret.
type Auth struct {
	Scheme string
	User   string
	Secret apiclient.Secret
}

// Client makes requests to one origin.
type Client struct {
	cfg    Config
	origin origin
	resty  *resty.Client
	http   *http.Transport
	auth   atomic.Pointer[Auth]
	closed atomic.Bool
	sleep  func(context.Context, time.Duration) error
	jitter func() float64
}

// quiet throws away what resty would write to the terminal.
type quiet struct{}

func (quiet) Errorf(string, ...any) {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Debugf(string, ...any) {}

// New makes a client; it connects to nothing yet.
func New(cfg Config) (*Client, error) {
	o, err := parseOrigin(cfg.URL)
	if err != nil {
		return nil, err
	}
	tls, err := tlsConfig(cfg.CAFile)
	if err != nil {
		return nil, err
	}
	tls.InsecureSkipVerify = cfg.AnyCertificate
	fill(&cfg)
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: cfg.Connect, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:     tls,
		TLSHandshakeTimeout: cfg.Connect,
		MaxIdleConnsPerHost: 32,
		MaxConnsPerHost:     64,
		// Some systems drop idle connections after 50 seconds, and a write that
		// meets a dropped one ends as unknown.
		IdleConnTimeout:       45 * time.Second,
		ExpectContinueTimeout: time.Second,
		// One stuck HTTP/2 connection would hold up all requests at once.
		Protocols: http1(),
	}
	if !o.loopback {
		t.Proxy = http.ProxyFromEnvironment
	}
	c := &Client{cfg: cfg, origin: o, http: t, sleep: sleep, jitter: rand.Float64}
	c.resty = resty.NewWithClient(&http.Client{Transport: onlyOrigin{o, t}}).
		SetLogger(quiet{}).SetDisableWarn(true).
		SetRedirectPolicy(resty.NoRedirectPolicy()).
		SetRetryCount(0). // our own retries know what may be repeated
		SetDoNotParseResponse(true)
	if err := c.Authorize(cfg.Auth); err != nil {
		return nil, err
	}
	return c, nil
}

func http1() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}

func fill(c *Config) {
	c.Connect = or(c.Connect, 10*time.Second)
	c.Silence = or(c.Silence, 30*time.Second)
	c.BodyLimit = or(c.BodyLimit, 32<<20)
	c.MaxWait = or(c.MaxWait, 2*time.Second)
	c.Retries = or(c.Retries, 2)
	c.Agent = or(c.Agent, "gatehouse")
	if c.ReadError == nil {
		c.ReadError = ReadProblem
	}
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Authorize makes all requests from now on carry the credential; nil: none. It
// refuses to where it would travel in the clear.
func (c *Client) Authorize(a *Auth) error {
	switch {
	case a != nil && c.cfg.AnyCertificate:
		return errors.New(errAnybody)
	case a != nil && !c.origin.private():
		return errors.New(errClear)
	}
	c.auth.Store(a)
	return nil
}

// Origin is where the client speaks to, for the eyes.
func (c *Client) Origin() string { return c.origin.String() }

// Close ends idle connections and forgets the credential. Nothing is sent any
// more: a request without its credential would look like a session that ended.
func (c *Client) Close() {
	c.closed.Store(true)
	c.auth.Store(nil)
	c.http.CloseIdleConnections()
}

// Request is one request.
type Request struct {
	Tried  string // for errors: "revoke gthp_0a1b2c3d4e5f"
	Method string
	Path   string // below Config.URL, escaped
	Query  url.Values
	Header http.Header
	Body   Body
	Key    string // Idempotency-Key: makes it safe to repeat
	Into   any    // where the JSON of the answer goes; nil: nowhere
	// Decode reads the answer instead of Into. After a lost connection it is
	// called again from the start.
	Decode func(Answer) error
	// Empty: a yes has no body, so that an answer with one is not the other
	// side's own.
	Empty bool
	Anon  bool // carries no credential
	// Silence is how long nothing may come where the other side is known to
	// take its time; 0: as Config says.
	Silence time.Duration
}

// safe tells whether the request changes nothing (RFC 9110, section 9.2.1).
func (r Request) safe() bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

func (r Request) repeatable() bool { return r.safe() || r.Key != "" }

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
