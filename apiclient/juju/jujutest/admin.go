package jujutest

import (
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"time"
)

type loginParams struct {
	Tag           string              `json:"auth-tag"`
	Credentials   string              `json:"credentials"`
	Macaroons     [][]json.RawMessage `json:"macaroons"`
	ClientVersion string              `json:"client-version"`
}

type hostPort struct {
	Value string `json:"value"`
	Type  string `json:"type"`
	Scope string `json:"scope"`
	Port  int    `json:"port"`
}

type authUser struct {
	Display    string     `json:"display-name"`
	Identity   string     `json:"identity"`
	Seen       *time.Time `json:"last-connection,omitempty"`
	Controller string     `json:"controller-access"`
	Model      string     `json:"model-access"`
}

type loginResult struct {
	Servers    [][]hostPort `json:"servers,omitempty"`
	Controller string       `json:"controller-tag,omitempty"`
	Model      string       `json:"model-tag,omitempty"`
	User       *authUser    `json:"user-info,omitempty"`
	Facades    []facade     `json:"facades,omitempty"`
	Version    string       `json:"server-version,omitempty"`

	Discharge json.RawMessage `json:"discharge-required,omitempty"`
	Bakery    json.RawMessage `json:"bakery-discharge-required,omitempty"`
	Reason    string          `json:"discharge-required-error,omitempty"`
}

// beforeLogin knows the facade Admin and nothing else.
func (k *socket) beforeLogin(m message) (any, *Error) {
	switch {
	case m.Type != "Admin":
		return nil, errorf("not implemented", "unknown facade type %q", m.Type)
	case m.Version != 3:
		return nil, errorf("not supported", "this version of the facade Admin is not supported")
	case m.Request != "Login":
		return nil, errorf("not implemented", "no such request - method Admin.%s is not implemented", m.Request)
	}
	p, bad := read[loginParams](m.Params)
	if bad != nil {
		return nil, bad
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	r, refused := k.s.login(p, k.model)
	if refused == nil && r.User != nil {
		name, _ := userTag(r.User.Identity)
		k.mu.Lock()
		k.user = name
		k.mu.Unlock()
	}
	return r, refused
}

func (s *Server) login(p loginParams, onModel string) (loginResult, *Error) {
	var none loginResult
	if s.upgrade {
		return none, errorf("upgrade in progress", "login failed - maintenance in progress")
	}
	if refused := s.compatible(p.ClientVersion); refused != nil {
		return none, refused
	}
	if p.Tag == "" {
		return none, errorf("no credentials provided", "no credentials provided")
	}
	name, bad := userTag(p.Tag)
	if bad != nil {
		return none, errorf("", "%q is not a valid tag", p.Tag)
	}
	u := s.state.user(name)
	if p.Credentials == "" {
		if !s.fresh(p.Macaroons, name) {
			// Half of a login: what is missing is a macaroon that says who it is.
			m := json.RawMessage(`{"c":[{"i":"declared username","l":"` + s.URL + `/auth","v64":"AAAA"}],"l":"juju","i":"login","s64":"AAAA"}`)
			return loginResult{Discharge: m, Bakery: m, Reason: "verification failed: no macaroons"}, nil
		}
	} else if u != nil && (u.password == "" || u.password != p.Credentials) {
		u = nil
	}
	if u == nil || u.disabled || u.external() {
		return none, errorf("unauthorized access", "invalid entity name or password")
	}
	if u.access == "" {
		return none, errPermission
	}
	return s.welcome(u, onModel)
}

// welcome is the answer to somebody who is let in.
func (s *Server) welcome(u *user, onModel string) (loginResult, *Error) {
	host, port, _ := net.SplitHostPort(s.Address)
	n, _ := strconv.Atoi(port)
	r := loginResult{
		Servers:    [][]hostPort{{{Value: host, Type: "ipv4", Scope: "local-machine", Port: n}}},
		Controller: "controller-" + s.state.uuid, Facades: s.release.facades(), Version: s.release.text,
		User: &authUser{Display: u.display, Identity: "user-" + u.name, Controller: u.access},
	}
	if !u.seen.IsZero() {
		seen := u.seen
		r.User.Seen = &seen
	}
	if onModel != "" {
		m := s.state.model(onModel)
		if m == nil {
			return loginResult{}, errorf("model not found", "unknown model: %q", onModel)
		}
		r.Model, r.User.Model = "model-"+m.uuid, s.state.accessTo(m, u)
		m.seen[s.state.key(u.name)] = s.now()
	}
	u.seen = s.now()
	return r, nil
}

// compatible refuses clients that are more than one major release away.
func (s *Server) compatible(version string) *Error {
	if version == "" {
		return nil
	}
	major, err := strconv.Atoi(strings.SplitN(version, ".", 2)[0])
	if err == nil && (major-s.release.major > 1 || s.release.major-major > 1) {
		return &Error{
			Code: "incompatible client", Message: "client version " + version + " is not compatible with server version " + s.release.text,
			Info: json.RawMessage(`{"server-version":"` + s.release.text + `"}`),
		}
	}
	return nil
}

// fresh tells whether one of the macaroons lets the user in.
func (s *Server) fresh(all [][]json.RawMessage, name string) bool {
	for _, slice := range all {
		for _, raw := range slice {
			var m struct {
				I string `json:"i"`
			}
			if json.Unmarshal(raw, &m) != nil {
				continue
			}
			l, ok := s.state.logins[m.I]
			if ok && s.state.key(l.user) == s.state.key(name) && s.now().Before(l.expires) {
				return true
			}
		}
	}
	return false
}

// Macaroons gives what an official client keeps after a login of the user: it
// lets him in without a password for a day.
func (s *Server) Macaroons(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := randomWord()
	s.state.logins[id] = login{user: user, expires: s.now().Add(24 * time.Hour)}
	return `[[{"c":[{"i":"time-before ` + s.now().Add(24*time.Hour).UTC().Format(time.RFC3339) + `"}],"l":"juju","i":"` + id + `","s64":"AAAA"}]]`
}
