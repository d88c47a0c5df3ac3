package aistest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

type role struct {
	Name     string       `json:"name"`
	Desc     string       `json:"desc"`
	Clusters []clusterACL `json:"clusters"`
	Buckets  []bucketACL  `json:"buckets"`
	Admin    bool         `json:"admin"`
}

type clusterACL struct {
	ID    string `json:"id"`
	Alias string `json:"alias,omitempty"`
	Perm  string `json:"perm,omitempty"`
}

type bucketACL struct {
	Bucket bucket `json:"bck"`
	Perm   string `json:"perm"`
}

type bucket struct {
	Name      string    `json:"name"`
	Provider  string    `json:"provider"`
	Namespace namespace `json:"namespace"`
}

type namespace struct {
	UUID string `json:"uuid"`
	Name string `json:"name"`
}

func (s *Server) listRoles(c *call) {
	out := []role{}
	for _, r := range s.roles { // in any order, and another one each time
		out = append(out, *r)
	}
	c.json(out)
}

// getRole fills in the aliases of clusters, which the list does not.
func (s *Server) getRole(c *call) {
	r := s.roles[c.name]
	if r == nil {
		c.noRole()
		return
	}
	out := *r
	out.Clusters = slices.Clone(r.Clusters)
	for i, a := range out.Clusters {
		if cl := s.clusters[s.realID(a.ID)]; cl != nil {
			out.Clusters[i].Alias = cl.Alias
		}
	}
	c.json(out)
}

func (c *call) noRole() {
	c.refuse(http.StatusNotFound, "ErrNotFound", fmt.Sprintf("AuthN: role %s does not exist", c.name))
}

// readRole reads a role; permissions are the text of a number, and nothing else.
func (c *call) readRole() (role, bool) {
	var in role
	if !c.decode(&in, "authn.Role") {
		return in, false
	}
	for i := range in.Clusters {
		if !c.perm(&in.Clusters[i].Perm) {
			return in, false
		}
	}
	for i := range in.Buckets {
		if !c.perm(&in.Buckets[i].Perm) {
			return in, false
		}
	}
	return in, true
}

// perm leaves zero out.
func (c *call) perm(p *string) bool {
	if *p == "" {
		return true
	}
	n, err := strconv.ParseUint(*p, 10, 64)
	if err != nil {
		c.refuse(http.StatusBadRequest, "", fmt.Sprintf("%s: failed to unmarshal [*authn.Role] (%s), err: %v", c.r.URL.Path, c.r.Method, err))
		return false
	}
	if *p = text(n); n == 0 {
		*p = ""
	}
	return true
}

func (s *Server) addRole(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	in, ok := c.readRole()
	if !ok || !c.niceName("role name", in.Name) {
		return
	}
	switch {
	case in.Admin:
		c.refuse(http.StatusForbidden, "", "only the built-in role can be an administrator")
	case s.roles[in.Name] != nil:
		c.refuse(http.StatusConflict, "ErrFailedTo", fmt.Sprintf("AuthN: failed to add role %s, err: AuthN: role %s already exists", in.Name, in.Name))
	default:
		s.roles[in.Name] = &in
		c.done()
	}
}

// putRole merges: nothing can be taken out, and what is empty stays.
func (s *Server) putRole(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	in, ok := c.readRole()
	if !ok {
		return
	}
	r := s.roles[c.name]
	switch {
	case c.name == adminRole:
		c.builtin("update")
		return
	case r == nil:
		c.noRole()
		return
	}
	if in.Desc != "" {
		r.Desc = in.Desc
	}
	for _, a := range in.Clusters {
		at := slices.IndexFunc(r.Clusters, func(old clusterACL) bool { return old.ID == a.ID })
		if at < 0 {
			r.Clusters = append(r.Clusters, a)
		} else {
			r.Clusters[at].Perm = a.Perm
		}
	}
	for _, a := range in.Buckets {
		at := slices.IndexFunc(r.Buckets, func(old bucketACL) bool { return old.Bucket == a.Bucket })
		if at < 0 {
			r.Buckets = append(r.Buckets, a)
		} else {
			r.Buckets[at].Perm = a.Perm
		}
	}
	c.done()
}

func (c *call) builtin(what string) {
	c.refuse(http.StatusForbidden, "ErrFailedTo", fmt.Sprintf("AuthN: failed to %s role %s, err: cannot modify built-in administrator role", what, c.name))
}

// deleteRole takes the role from every user too, but from no token.
func (s *Server) deleteRole(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	switch {
	case c.name == adminRole:
		c.builtin("delete")
		return
	case s.roles[c.name] == nil:
		c.noRole()
		return
	}
	delete(s.roles, c.name)
	for _, u := range s.users {
		u.roles = slices.DeleteFunc(u.roles, func(r string) bool { return r == c.name })
	}
	c.done()
}
