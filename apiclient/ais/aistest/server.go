// Package aistest is an AuthN server of AIStore in memory, with its oddities:
// for tests of the driver, and for a console that anybody can try.
//
// It follows what the real server does (github.com/NVIDIA/aistore, cmd/authn)
// with a secret for signing (HS256), and listens on loopback only.
package aistest

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Who can sign in at first. The name is the one that the server never deletes.
const (
	AdminUser     = "admin"
	AdminPassword = "correct-horse-battery"
)

// Names and lives that are built in.
const (
	adminRole      = "Admin"
	usualLife      = 24 * time.Hour
	longestLife    = 90 * 24 * time.Hour
	shortestLife   = time.Minute
	longestName    = 32
	bcryptLimit    = 72
	everyBit       = uint64(math.MaxUint64)
	bucketOwnerSet = 831
	guestSet       = 771
)

// Options are how a server is made. The zero Options are good.
type Options struct {
	Now func() time.Time // the server's clock: time.Now
}

// Request is what came over the wire, secrets included.
type Request struct {
	Method string
	Path   string // as it was escaped
	Query  string
	Token  string // of the header Authorization, with its scheme
	Body   string
}

// Server is one AuthN server.
type Server struct {
	URL string

	http   *httptest.Server
	now    func() time.Time
	issuer string
	key    []byte
	pushes sync.WaitGroup

	mu       sync.Mutex
	seen     []Request
	users    map[string]*account
	roles    map[string]*role
	clusters map[string]*cluster
	revoked  map[string]bool
	life     time.Duration
	log      string
}

// account is a user as it is stored.
type account struct {
	pass  string
	roles []string
}

// New starts a server, with its superuser and its built-in role.
func New(o Options) *Server {
	s := &Server{
		now: o.Now, key: []byte(rand.Text()), life: usualLife, log: "3",
		users:    map[string]*account{AdminUser: {pass: AdminPassword, roles: []string{adminRole}}},
		roles:    map[string]*role{adminRole: {Name: adminRole, Desc: "AuthN administrator", Admin: true}},
		clusters: map[string]*cluster{}, revoked: map[string]bool{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	s.issuer = s.URL
	return s
}

// RenameSuperuser makes it a server that was set up with a superuser of another
// name. Only the usual name is guarded.
func (s *Server) RenameSuperuser(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[name] = s.users[AdminUser]
	delete(s.users, AdminUser)
}

// Close ends the server.
func (s *Server) Close() {
	s.pushes.Wait()
	s.http.CloseClientConnections()
	s.http.Close()
}

// Settle waits until all clusters that can be told of revocations are told.
func (s *Server) Settle() { s.pushes.Wait() }

// Requests are those since Forget.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = nil
}

// call is one request on its way through the server.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	body []byte
	name string // what comes after the collection; what comes after that is dropped
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, Request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Get("Authorization"), string(body)})
	if strings.Contains(r.URL.Path, "//") {
		for strings.Contains(r.URL.Path, "//") {
			r.URL.Path = strings.ReplaceAll(r.URL.Path, "//", "/")
		}
		http.Redirect(w, r, (&url.URL{Path: r.URL.Path, RawQuery: r.URL.RawQuery}).String(), http.StatusTemporaryRedirect)
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	c := &call{w: w, r: r, body: body}
	if len(parts) > 2 {
		c.name = parts[2]
	}
	if len(parts) < 2 {
		http.NotFound(w, r)
		return
	}
	methods := s.routes(parts[0]+"/"+parts[1], c.name != "")
	if methods == nil {
		http.NotFound(w, r)
		return
	}
	handler := methods[r.Method]
	if handler == nil {
		c.notAllowed(methods)
		return
	}
	handler(c)
}

// routes are the methods of a path; nil: there is no such path.
func (s *Server) routes(collection string, named bool) map[string]func(*call) {
	switch collection {
	case "v1/users":
		if named {
			return map[string]func(*call){"POST": s.logIn, "GET": s.getUser, "PUT": s.putUser, "DELETE": s.deleteUser}
		}
		return map[string]func(*call){"GET": s.listUsers, "POST": s.addUser}
	case "v1/roles":
		if named {
			return map[string]func(*call){"GET": s.getRole, "PUT": s.putRole, "DELETE": s.deleteRole}
		}
		return map[string]func(*call){"GET": s.listRoles, "POST": s.addRole}
	case "v1/clusters":
		if named {
			return map[string]func(*call){"GET": s.getCluster, "PUT": s.putCluster, "DELETE": s.deleteCluster}
		}
		return map[string]func(*call){"GET": s.listClusters, "POST": s.addCluster}
	case "v1/tokens":
		return map[string]func(*call){"DELETE": s.revoke}
	case "v1/daemon":
		return map[string]func(*call){"GET": s.getConfig, "PUT": s.putConfig}
	case "v1/public-key":
		return map[string]func(*call){"GET": notForSecrets("public key not available for current signing method")}
	case "v1/rotate-key":
		return map[string]func(*call){"POST": notForSecrets("key rotation not available for current signing method")}
	case ".well-known/jwks.json":
		return map[string]func(*call){"GET": notForSecrets("JWKS not available for current signing method")}
	case ".well-known/openid-configuration":
		return map[string]func(*call){"GET": s.discovery}
	}
	return nil
}

func notForSecrets(words string) func(*call) {
	return func(c *call) { c.refuse(http.StatusBadRequest, "", words) }
}

func (s *Server) discovery(c *call) {
	c.json(map[string]any{
		"issuer": s.issuer, "token_endpoint": s.issuer + "/v1/tokens", "userinfo_endpoint": s.issuer + "/v1/users",
		"jwks_uri": s.issuer + "/.well-known/jwks.json", "id_token_signing_alg_values_supported": []string{"HS256", "RS256"},
	})
}

// getConfig tells all settings, the secret in the clear as the real one does.
func (s *Server) getConfig(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	c.json(map[string]any{
		"auth": map[string]any{"secret": string(s.key), "expiration_time": span(s.life), "max_token_age": span(longestLife)},
		"log":  map[string]any{"level": s.log},
		"net":  map[string]any{"external_url": s.issuer},
	})
}

// putConfig knows three settings and ignores all else. A new secret kills every
// token at once.
func (s *Server) putConfig(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	var in struct {
		Auth *struct {
			Secret *string `json:"secret"`
			Life   *string `json:"expiration_time"`
		} `json:"auth"`
		Log *struct {
			Level *string `json:"level"`
		} `json:"log"`
	}
	if !c.decode(&in, "authn.ConfigToUpdate") {
		return
	}
	if in.Auth == nil && in.Log == nil {
		c.refuse(http.StatusBadRequest, "", "nothing to update")
		return
	}
	if in.Auth != nil && in.Auth.Life != nil {
		d, err := time.ParseDuration(*in.Auth.Life)
		if err != nil || d < shortestLife || d > longestLife {
			c.refuse(http.StatusBadRequest, "", "invalid auth.expiration_time")
			return
		}
		s.life = d
	}
	if in.Log != nil && in.Log.Level != nil {
		if l := *in.Log.Level; len(l) != 1 || l < "0" || l > "5" {
			c.refuse(http.StatusBadRequest, "", "invalid log level")
			return
		}
		s.log = *in.Log.Level
	}
	if in.Auth != nil && in.Auth.Secret != nil {
		s.key = []byte(*in.Auth.Secret)
	}
	c.done()
}

// shuffled writes a map as JSON in whatever order it comes: the real server
// keeps none, while encoding/json would sort.
type shuffled[V any] map[string]V

// MarshalJSON implements json.Marshaler.
func (m shuffled[V]) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for k, v := range m {
		if len(out) > 1 {
			out = append(out, ',')
		}
		key, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}
