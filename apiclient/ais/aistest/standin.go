package aistest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
)

// Cluster stands in for an AIS cluster: it takes part in being registered,
// hears of revocations, and checks tokens.
type Cluster struct {
	URL string
	ID  string

	http *httptest.Server
	s    *Server

	mu      sync.Mutex
	revoked map[string]bool
	tried   []string // tokens that came
	mode    Mode
}

// Mode is how a cluster behaves.
type Mode uint8

// The modes.
const (
	Strict   Mode = iota
	Deaf          // hears of no revocation, and says that it did
	Open          // asks nobody for a token
	Refusing      // does not want to be registered
)

// showCluster is the permission that looking at a cluster needs.
const showCluster = 1 << 13

// NewCluster starts a cluster that trusts this server. It is not registered.
func (s *Server) NewCluster(id string, mode Mode) *Cluster {
	c := &Cluster{ID: id, s: s, revoked: map[string]bool{}, mode: mode}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/tokens", c.register)
	mux.HandleFunc("DELETE /v1/tokens", c.hear)
	mux.HandleFunc("GET /v1/cluster", c.show)
	c.http = httptest.NewServer(mux)
	c.URL = c.http.URL
	return c
}

// Close ends the cluster.
func (c *Cluster) Close() {
	c.http.CloseClientConnections()
	c.http.Close()
}

// Tried are the tokens that came with requests, in their order.
func (c *Cluster) Tried() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.tried...)
}

func (c *Cluster) register(w http.ResponseWriter, _ *http.Request) {
	if c.mode == Refusing {
		http.Error(w, "AuthN secret does not match the one of this cluster", http.StatusForbidden)
	}
}

func (c *Cluster) hear(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Tokens []string `json:"tokens"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if c.mode == Deaf {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range in.Tokens {
		c.revoked[t] = true
	}
}

// show is what any question about the cluster comes to.
func (c *Cluster) show(w http.ResponseWriter, r *http.Request) {
	status, why := c.check(bearer(r.Header))
	if why == nil {
		_, _ = fmt.Fprint(w, "192.0.2.10,192.0.2.11")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"message":%s,"method":"GET","url_path":"/v1/cluster","remote_addr":%q,"caller":"","node":"p[standin]","status":%d}`,
		quoted(why.Error()), r.RemoteAddr, status)
}

func (c *Cluster) check(token string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.mode == Open:
		return 0, nil
	case token == "":
		return http.StatusUnauthorized, errors.New("token required")
	}
	c.tried = append(c.tried, token)
	err := errRevoked
	var who claims
	if !c.revoked[token] {
		who, err = c.verify(token)
	}
	if err != nil {
		return http.StatusUnauthorized, fmt.Errorf("invalid token from header %q: invalid token [err: %w]: %s", "Authorization", err, token)
	}
	if who.Admin {
		return 0, nil
	}
	for _, a := range who.Clusters {
		if a.ID == c.ID || a.ID == "" {
			if number(a.Perm)&showCluster != 0 {
				return 0, nil
			}
		}
	}
	return http.StatusForbidden, errors.New("user " + strconv.Quote(who.Subject) + ": permissions denied: SHOW-CLUSTER")
}

func (c *Cluster) verify(token string) (claims, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.verify(token)
}
