package sample

import (
	"fmt"
	"strings"
	"time"

	"gatehouse/server/directory"
)

func (m *maker) tokens(n int) {
	owners := m.owners()
	if len(owners) == 0 {
		return
	}
	odd := hostileTexts()
	for range n {
		u := owners[m.owner(len(owners))]
		t := m.token(u)
		if u.Account == oddAccount && len(odd) > 0 {
			t.Description = odd[0]
			t.Agent = odd[0]
			odd = odd[1:]
		}
		m.data.Tokens = append(m.data.Tokens, t)
	}
}

// owners are the users who can have made tokens, programs several times: they
// have more of them.
func (m *maker) owners() []directory.FillUser {
	var out []directory.FillUser
	for _, u := range m.data.Users {
		if u.Password.IsZero() {
			continue
		}
		out = append(out, u)
		if u.RealName == "" {
			out = append(out, u, u, u)
		}
	}
	return out
}

func (m *maker) owner(n int) int {
	f := m.random.Float64()
	return int(f * (0.3 + 0.7*f) * float64(n))
}

// maxAges are what people choose, 0 is a token that never expires.
var maxAges = []time.Duration{7 * day, 30 * day, 30 * day, 30 * day, 90 * day, 90 * day, 180 * day, 365 * day, 365 * day, 0}

func (m *maker) token(u directory.FillUser) directory.FillToken {
	t := directory.FillToken{User: u.Name, MaxAge: pick(m, maxAges), Description: m.purpose(u)}
	least, most := time.Duration(0), m.now.Sub(u.Created)
	switch { // most of those that are listed are alive
	case t.MaxAge > 0 && m.chance(18):
		least = min(t.MaxAge, most)
	case t.MaxAge > 0:
		most = min(most, t.MaxAge*95/100)
	}
	t.Created = m.evenly(least, most)
	t.ExtendWhenUsed = t.MaxAge > 0 && m.chance(25)
	t.Revoked = m.chance(6)
	if !m.chance(12) {
		t.LastUsed = m.between(t.Created, m.end(t))
		t.IP, t.Agent = m.address(), pick(m, agents)
	}
	return t
}

// end is how long a token can have been used so far.
func (m *maker) end(t directory.FillToken) time.Time {
	if expires := t.Created.Add(t.MaxAge); t.MaxAge > 0 && expires.Before(m.now) {
		return expires
	}
	return m.now
}

// between is a moment between two, more likely a late one.
func (m *maker) between(from, to time.Time) time.Time {
	f := m.random.Float64()
	at := to.Add(-time.Duration(f * f * f * float64(to.Sub(from)))).Truncate(time.Second)
	if at.Before(from) {
		return from
	}
	return at
}

func (m *maker) purpose(u directory.FillUser) string {
	what := pick(m, devices)
	if u.RealName == "" {
		what = pick(m, duties)
	}
	return strings.NewReplacer("{n}", fmt.Sprint(1+m.random.IntN(24)), "{env}", pick(m, environments)).Replace(what)
}

// address is one of those that are set aside for examples: RFC 5737, RFC 3849.
func (m *maker) address() string {
	if m.chance(15) {
		return fmt.Sprintf("2001:db8:%x::%x", m.random.IntN(64), 1+m.random.IntN(0xfff))
	}
	return fmt.Sprintf("%s.%d", pick(m, []string{"192.0.2", "198.51.100", "203.0.113"}), 1+m.random.IntN(254))
}
