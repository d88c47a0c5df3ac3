package jujutest

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Counts say how much data a controller is filled with.
type Counts struct {
	Users  int
	Models int
}

// hostile are texts that a display must survive.
var hostile = []string{
	"\x1b[31mred\x1b[0m", "a\u202egnol\u2066", "=HYPERLINK(\"http://example.com\")", "日本語 の 名前", "tab\tand\nline", "e\u0301\u0323 \U0001f469\u200d\U0001f4bb",
}

// Fill fills the controller with plausible data, the same for the same seed.
// Every user made here has the given password.
func (s *Server) Fill(seed uint64, c Counts, password string) {
	r := rand.New(rand.NewPCG(seed, 29))
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	ago := func(most time.Duration) time.Time {
		return now.Add(-time.Duration(r.Int64N(int64(most)))).Truncate(time.Second)
	}
	const year = 365 * 24 * time.Hour
	for i := range c.Users {
		u := s.someone(r, i)
		u.created = ago(2 * year)
		switch n := r.IntN(20); {
		case n == 0:
			u.key = newKey() // still to register
		default:
			u.password = password
			if n > 3 {
				u.seen = u.created.Add(time.Duration(r.Int64N(int64(now.Sub(u.created)) + 1)))
			}
		}
		u.disabled = r.IntN(12) == 0
		if i%17 == 5 {
			u.access = "superuser"
		}
		s.state.users = append(s.state.users, u)
	}
	s.fillModels(r, c.Models, ago)
}

func (s *Server) someone(r *rand.Rand, i int) *user {
	given := []string{"ana", "ben", "chris", "dana", "eli", "fatma", "gil", "hana", "ivo", "jon", "kim", "lee", "mia", "noor", "oto", "pia"}
	family := []string{"adler", "berg", "costa", "diaz", "ek", "faro", "gray", "hahn", "ito", "jensen", "kaya", "lund", "moreno", "novak", "okafor", "popov"}
	g, f := given[i%len(given)], family[(i/len(given)+r.IntN(len(family)))%len(family)]
	u := &user{name: fmt.Sprintf("%s.%s%d", g, f, i), display: fmt.Sprintf("%c%s %c%s", g[0]-32, g[1:], f[0]-32, f[1:]), by: Owner, access: "login"}
	switch {
	case i%23 == 11:
		u.display = hostile[(i/23)%len(hostile)]
	case i%19 == 13:
		u.name, u.display = fmt.Sprintf("svc-%s%d", f, i), ""
	}
	return u
}

func (s *Server) fillModels(r *rand.Rand, n int, ago func(time.Duration) time.Time) {
	names := []string{"prod", "staging", "billing", "monitoring", "ci", "data", "edge", "web", "mail", "identity"}
	for i := range n {
		name := names[i%len(names)]
		if i >= len(names) {
			name = fmt.Sprintf("%s-%d", name, i/len(names)+1)
		}
		owner := s.state.users[r.IntN(len(s.state.users))]
		m := s.state.addModel(name, owner.name, ago(365*24*time.Hour))
		m.machines = r.IntN(40)
		for range min(len(s.state.users), 3+r.IntN(12)) {
			u := s.state.users[r.IntN(len(s.state.users))]
			key := s.state.key(u.name)
			if m.access[key] == "" {
				m.access[key] = modelLevels[1+r.IntN(3)]
			}
			if !u.seen.IsZero() && r.IntN(2) == 0 {
				m.seen[key] = u.seen
			}
		}
	}
}

// AddModel makes a model and gives its UUID.
func (s *Server) AddModel(name, owner string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.addModel(name, owner, s.now()).uuid
}

// AddUser makes a user who can log in with the password, and has the access to
// the controller: "", login or superuser.
func (s *Server) AddUser(name, password, access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.users = append(s.state.users, &user{name: name, by: Owner, created: s.now(), password: password, access: access})
}

// SecretKey is the key of a registration that is awaited; nil if none is.
func (s *Server) SecretKey(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.state.user(name); u != nil {
		return append([]byte(nil), u.key...)
	}
	return nil
}
