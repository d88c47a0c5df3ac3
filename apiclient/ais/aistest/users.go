package aistest

import (
	"fmt"
	"net/http"
	"slices"
)

// userOut is a user as it is read: whole roles, no password.
type userOut struct {
	ID    string `json:"id"`
	Roles []role `json:"roles"`
}

// userIn is a user as it is written. The password is called pass here; another
// name for it is ignored like any unknown field.
type userIn struct {
	ID    string `json:"id"`
	Pass  string `json:"pass"`
	Roles []struct {
		Name string `json:"name"`
	} `json:"roles"`
}

func (s *Server) userOut(id string) userOut {
	out := userOut{ID: id, Roles: []role{}}
	for _, name := range s.users[id].roles {
		out.Roles = append(out.Roles, *s.roles[name])
	}
	return out
}

func (s *Server) listUsers(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	out := shuffled[userOut]{}
	for id := range s.users {
		out[id] = s.userOut(id)
	}
	c.json(out)
}

func (s *Server) getUser(c *call) {
	if s.needSelf(c) == nil {
		return
	}
	if s.users[c.name] == nil {
		c.noUser()
		return
	}
	c.json(s.userOut(c.name))
}

func (c *call) noUser() {
	c.refuse(http.StatusNotFound, "ErrNotFound", fmt.Sprintf("user %q does not exist", c.name))
}

// known are the roles that there are; the others are dropped without a word.
func (s *Server) known(in userIn) []string {
	var out []string
	for _, r := range in.Roles {
		if s.roles[r.Name] != nil && !slices.Contains(out, r.Name) {
			out = append(out, r.Name)
		}
	}
	return out
}

// mustHash breaks down where bcrypt refuses: the real handler crashes, and the
// connection closes without an answer.
func mustHash(pass string) {
	if len(pass) > bcryptLimit {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) addUser(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	var in userIn
	if !c.decode(&in, "authn.User") {
		return
	}
	if in.ID == "" || in.Pass == "" {
		c.refuse(http.StatusBadRequest, "ErrFailedTo", fmt.Sprintf("AuthN: failed to add user %s, err: invalid credentials", in.ID))
		return
	}
	if !c.niceName("user ID", in.ID) {
		return
	}
	if s.users[in.ID] != nil {
		c.refuse(http.StatusConflict, "ErrFailedTo", fmt.Sprintf("AuthN: failed to add user %s, err: AuthN: user %s already exists", in.ID, in.ID))
		return
	}
	mustHash(in.Pass)
	s.users[in.ID] = &account{pass: in.Pass, roles: s.known(in)}
	c.done()
}

// putUser reads the body before it looks at the token. What is empty stays.
func (s *Server) putUser(c *call) {
	var in userIn
	if !c.decode(&in, "authn.User") {
		return
	}
	allow := s.needSelf
	if len(in.Roles) > 0 {
		allow = s.needAdmin
	}
	if allow(c) == nil {
		return
	}
	u := s.users[c.name]
	switch {
	case u == nil:
		c.noUser()
		return
	case len(in.Roles) > 0 && c.name == AdminUser:
		c.refuse(http.StatusForbidden, "ErrFailedTo", fmt.Sprintf("AuthN: failed to update user %s, err: cannot change roles of built-in administrator", c.name))
		return
	}
	if in.Pass != "" {
		mustHash(in.Pass)
		u.pass = in.Pass
	}
	if len(in.Roles) > 0 {
		u.roles = s.known(in)
	}
	c.done()
}

func (s *Server) deleteUser(c *call) {
	if s.needAdmin(c) == nil {
		return
	}
	switch {
	case c.name == AdminUser:
		c.refuse(http.StatusForbidden, "ErrFailedTo", fmt.Sprintf("AuthN: failed to delete user %s, err: cannot remove built-in administrator", c.name))
	case s.users[c.name] == nil:
		c.noUser()
	default:
		delete(s.users, c.name)
		c.done()
	}
}
