package anchoretest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// Fill adds sample data: so many accounts, each with so many users, who have
// some API keys and roles. The same seed gives the same data. Some texts are
// such as nobody should let through to a terminal.
func (s *Server) Fill(seed uint64, accounts, users int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := filler{s: s, rand: rand.New(rand.NewPCG(seed, seed)), now: s.opts.Clock.Now()}
	for i := range accounts {
		f.account(i, users)
	}
}

type filler struct {
	s    *Server
	rand *rand.Rand
	now  time.Time
}

// hostile are texts that a careless console would obey.
var hostile = []string{
	"\x1b[2J\x1b]52;c;eA==\a", "nightly \u202etxt.exe", "=cmd|' /C calc'!A0", "<b>bold</b> & \"quoted\"", "line one\nline two",
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// past is a time within the last days.
func (f filler) past(days int) time.Time {
	return f.now.Add(-time.Duration(f.rand.IntN(days*24*60)+1) * time.Minute)
}

func (f filler) account(i, users int) {
	name := fmt.Sprintf("%s-%02d", pick(f.rand, []string{"payments", "platform", "research", "mobile", "edge", "billing", "search"}), i)
	a := &account{name: name, kind: kindUser, state: "enabled", created: f.past(700)}
	a.updated = a.created
	switch {
	case i%7 == 3:
		a.state = "disabled"
	case i%11 == 8:
		a.state, a.reaped = "deleting", f.now.Add(time.Hour)
	}
	if i%3 != 2 {
		a.email = name + "@example.com"
	}
	if i%9 == 4 {
		// The pattern for addresses has no anchors: anything may stand around one.
		a.email = hostile[0] + " " + a.name + "@example.com"
	}
	f.s.state.accounts[name] = a
	if a.state == "deleting" {
		return
	}
	for j := range users {
		f.user(a, i, j)
	}
}

func (f filler) user(a *account, i, j int) {
	duty := pick(f.rand, []string{"ci-runner", "auditor", "oncall", "scanner", "release", "report", "viewer"})
	u := &user{
		id: uuid.NewString(), name: fmt.Sprintf("%s-%02d-%02d", duty, i, j), account: a.name, kind: "native",
		created: f.past(500), keys: map[string]*apiKey{},
	}
	if f.s.opts.V2 && j%5 == 4 {
		u.kind, u.idp, u.source = "saml", "keycloak", "https://idp.example.com/keycloak"
	}
	if u.kind == "native" && j%8 != 7 {
		u.password = &password{randomText(), f.past(300)}
	}
	f.s.state.users[u.name] = u
	if !f.s.opts.V2 {
		return
	}
	for k := range f.rand.IntN(4) {
		f.key(u, k)
	}
	for _, r := range []string{"read-only", "read-write", "full-control"}[:f.rand.IntN(3)] {
		f.s.state.grants = append(f.s.state.grants, grant{user: u.name, domain: a.name, role: r, created: f.past(200)})
	}
	if j%6 == 5 {
		f.s.state.grants = append(f.s.state.grants, grant{user: u.name, domain: a.name, role: "account-user-admin", group: "leads", created: f.past(100)})
	}
}

func (f filler) key(u *user, k int) {
	key := &apiKey{
		name: fmt.Sprintf("%s-%d", pick(f.rand, []string{"ci", "laptop", "nightly", "export"}), k), value: randomText(),
		description: pick(f.rand, []string{"builds images", "reads reports", "for the dashboard", ""}), created: f.past(300),
	}
	if f.rand.IntN(12) == 0 {
		key.description = pick(f.rand, hostile)
	}
	key.updated = key.created
	key.expires = key.created.Add(time.Duration(f.rand.IntN(700)+1) * 24 * time.Hour)
	key.revoked = f.rand.IntN(6) == 0
	u.keys[key.name] = key
}

// Group gives a user a role through a group, which nobody can take away from
// him alone.
func (s *Server) Group(userName, domain, roleName, group string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.grants = append(s.state.grants, grant{user: userName, domain: domain, role: roleName, group: group, created: s.opts.Clock.Now()})
}
