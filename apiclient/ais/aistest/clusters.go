package aistest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type cluster struct {
	ID    string   `json:"id"`
	Alias string   `json:"alias,omitempty"`
	URLs  []string `json:"urls,omitempty"`
}

type clusterList struct {
	Clusters shuffled[cluster] `json:"clusters,omitempty"`
}

// realID finds a cluster by its ID or its alias.
func (s *Server) realID(name string) string {
	if s.clusters[name] != nil {
		return name
	}
	for id, c := range s.clusters {
		if name != "" && c.Alias == name {
			return id
		}
	}
	return name
}

func (s *Server) listClusters(c *call) {
	out := clusterList{Clusters: shuffled[cluster]{}}
	for id, cl := range s.clusters {
		out.Clusters[id] = *cl
	}
	c.json(out)
}

func (s *Server) getCluster(c *call) {
	cl := s.clusters[s.realID(c.name)]
	if cl == nil {
		c.noCluster()
		return
	}
	c.json(clusterList{Clusters: shuffled[cluster]{cl.ID: *cl}})
}

func (c *call) noCluster() {
	c.refuse(http.StatusNotFound, "ErrNotFound", fmt.Sprintf("AuthN: cluster %s does not exist", c.name))
}

func (s *Server) addCluster(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	var in cluster
	if !c.decode(&in, "authn.CluACL") {
		return
	}
	failed := func(status int, why string) {
		c.refuse(status, "ErrFailedTo", fmt.Sprintf("AuthN: failed to add cluster %s, err: %s", in.ID, why))
	}
	if in.ID == "" {
		failed(http.StatusBadRequest, "cluster UUID is undefined")
		return
	}
	if in.Alias != "" && !c.niceName("cluster alias", in.Alias) {
		return
	}
	for _, name := range []string{in.ID, in.Alias} {
		if id := s.realID(name); name != "" && s.clusters[id] != nil {
			failed(http.StatusConflict, fmt.Sprintf("cluster %s[%s] already registered", in.ID, id))
			return
		}
	}
	if why := s.handshake(in); why != "" {
		failed(http.StatusBadRequest, why)
		return
	}
	s.clusters[in.ID] = &in
	s.makeRoles(in)
	var dead []string
	for t := range s.revoked {
		if _, err := s.verify(t); err == nil {
			dead = append(dead, t)
		}
	}
	s.push(&in, dead)
	c.done()
}

// makeRoles makes the three roles of a new cluster where their names are free.
func (s *Server) makeRoles(in cluster) {
	suffix := in.Alias
	if suffix == "" {
		suffix = in.ID
	}
	for _, r := range []struct {
		name, desc string
		perm       uint64
	}{
		{"ClusterOwner-", "Admin access to ", everyBit},
		{"BucketOwner-", "Full access to buckets in ", bucketOwnerSet},
		{"Guest-", "Read-only access to buckets in ", guestSet},
	} {
		name := r.name + suffix
		if s.roles[name] == nil {
			s.roles[name] = &role{Name: name, Desc: fmt.Sprintf("%s%s[%s]", r.desc, in.ID, in.Alias), Clusters: []clusterACL{{ID: in.ID, Perm: text(r.perm)}}}
		}
	}
}

// putCluster takes the ID only, and wants it in the body too. What is empty
// stays.
func (s *Server) putCluster(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	var in cluster
	if !c.decode(&in, "authn.CluACL") {
		return
	}
	failed := func(status int, why string) {
		c.refuse(status, "ErrFailedTo", fmt.Sprintf("AuthN: failed to update cluster %s, err: %s", c.name, why))
	}
	old := s.clusters[c.name]
	switch {
	case in.ID == "":
		failed(http.StatusBadRequest, "cluster ID is undefined")
		return
	case old == nil:
		c.noCluster()
		return
	}
	now := *old
	if in.Alias != "" {
		if !c.niceName("cluster alias", in.Alias) {
			return
		}
		if id := s.realID(in.Alias); s.clusters[id] != nil && id != old.ID {
			failed(http.StatusConflict, fmt.Sprintf("alias %q is used for cluster %q", in.Alias, id))
			return
		}
		now.Alias = in.Alias
	}
	if len(in.URLs) > 0 {
		now.URLs = in.URLs
	}
	if why := s.handshake(now); why != "" {
		failed(http.StatusBadRequest, why)
		return
	}
	s.clusters[c.name] = &now
	c.done()
}

// deleteCluster leaves the roles of the cluster where they are.
func (s *Server) deleteCluster(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	id := s.realID(c.name)
	if s.clusters[id] == nil {
		c.noCluster()
		return
	}
	delete(s.clusters, id)
	c.done()
}

// patience is how long this server waits for a cluster; the real one waits for
// much longer.
const patience = 2 * time.Second

// handshake asks the addresses of a cluster one after the other whether its
// signing key is good there; "": one said yes, or there is none to ask.
func (s *Server) handshake(c cluster) string {
	why := ""
	now := s.now()
	token := s.mint(claims{Admin: true, Issuer: s.issuer, Subject: "AuthN", Issued: now.Unix(), Expires: now.Add(5 * time.Minute).Unix()})
	for _, u := range c.URLs {
		if why = s.call(http.MethodPost, u, token, map[string]string{"secret": string(s.key)}); why == "" {
			return ""
		}
	}
	return why
}

// push tells a cluster of revoked tokens, in the background and without a look
// at what comes of it.
func (s *Server) push(c *cluster, tokens []string) {
	if len(tokens) == 0 {
		return
	}
	for _, u := range c.URLs {
		s.pushes.Go(func() { s.call(http.MethodDelete, u, "", map[string]any{"tokens": tokens, "version": "0"}) })
	}
}

// call makes one request to a cluster, on this machine only; what is said is
// why it failed.
func (s *Server) call(method, address, token string, body any) string {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Sprintf("invalid cluster URL %q", address)
	}
	refused := fmt.Sprintf("failed to validate with cluster: %s %q: dial tcp %s: connect: connection refused", method, address+"/v1/tokens", u.Host)
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return refused
	}
	sent, err := json.Marshal(body)
	if err != nil {
		return err.Error()
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(address, "/")+"/v1/tokens", bytes.NewReader(sent))
	if err != nil {
		return err.Error()
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return refused
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10)) // what came is enough
	if resp.StatusCode >= 300 {
		return strings.TrimSpace(string(said))
	}
	return ""
}
