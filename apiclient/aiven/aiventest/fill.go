package aiventest

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Sample says how much there is to be in a fake.
type Sample struct {
	Seed          uint64
	Organizations int // beside the one that is there
	Users         int // people, over all organizations
	Applications  int // application users
	Tokens        int // over all of them
}

// Fill adds plausible people, programs and tokens, a few of them with texts
// that are a nuisance on a terminal. The same seed makes the same data.
func (s *Server) Fill(sample Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.random = rand.New(rand.NewPCG(sample.Seed, 7))
	jane := s.byEmail(AdminEmail)
	towns := []string{"Helsinki", "Berlin", "Osaka", "Toronto", "Lyon", "Porto"}
	for i := range sample.Organizations {
		o := s.newOrganization(fmt.Sprintf("%s %s", towns[i%len(towns)], []string{"Analytics", "Shop", "Logistics", "Media"}[i/len(towns)%4]))
		s.join(o, jane, true)
		for j := range 1 + s.random.IntN(3) {
			s.projects = append(s.projects, &project{fmt.Sprintf("%s-%d-%d", []string{"prod", "staging", "dev"}[j%3], i, j), o.root, o.id})
		}
	}
	var holders []*user
	for i := range sample.Users {
		holders = append(holders, s.somebody(i))
	}
	for i := range sample.Applications {
		holders = append(holders, s.program(i))
	}
	if len(holders) == 0 {
		holders = []*user{jane}
	}
	for i := range sample.Tokens {
		s.someToken(holders[s.random.IntN(len(holders))], i)
	}
}

func (s *Server) anyOrganization() *organization { return s.orgs[s.random.IntN(len(s.orgs))] }

// hostile are names as attackers and the rest of the world have them.
var hostile = [...]string{
	"\x1b]52;c;ZXZpbA==\x07\x1b[2Jgone", "山田 太郎", "ג'יין \u202eenil\u202c", "Zoë e\u0301\u0323 \u200bNull", "👩‍💻 Dev", "a\tb\nc\u009b31m", "=cmd|' /C calc'!A0",
}

func (s *Server) somebody(i int) *user {
	first := []string{"ada", "ben", "chen", "dora", "emil", "fatima", "goran", "hana", "ivan", "jo", "kaito", "lena", "mara", "nils"}
	last := []string{"alvarez", "berg", "costa", "dupont", "eriksson", "fischer", "garcia", "huang", "ito", "jensen", "kaya"}
	a, b := first[i%len(first)], last[i/len(first)%len(last)]
	u := s.newUser(fmt.Sprintf("%s.%s%d@example.com", a, b, i), a+" "+b, "password-of-"+a)
	if i%17 == 3 {
		u.name = hostile[i/17%len(hostile)]
	}
	o := s.anyOrganization()
	if i%4 != 0 {
		u.managing = o.id
	}
	u.scim = i%23 == 5
	if i%11 == 7 {
		u.state = "deactivated"
	}
	u.department, u.job = []string{"Data", "Platform", "Sales", ""}[i%4], []string{"Engineer", "Analyst", "Lead"}[i%3]
	if i%5 != 0 {
		u.seen = s.now().Add(-time.Duration(s.random.IntN(90*24)) * time.Hour)
	}
	s.join(o, u, i%40 == 9)
	return u
}

func (s *Server) program(i int) *user {
	u := s.newUser("", fmt.Sprintf("%s-%d", []string{"terraform", "ci", "backup", "metrics", "etl"}[i%5], i), "")
	s.beApp(u)
	s.join(s.anyOrganization(), u, false)
	return u
}

func (s *Server) someToken(u *user, i int) {
	age := []float64{0, 3600 * 24 * 30, 3600 * 24 * 90, 3600 * 24 * 365}[s.random.IntN(4)]
	t := s.mint(u, []string{"laptop", "pipeline", "notebook", "grafana", "migration", "one-off"}[i%6], i%5 != 0 || u.app, age, i%3 == 0)
	t.created = s.now().Add(-time.Duration(1+s.random.IntN(29*24)) * time.Hour)
	if age > 0 {
		t.expires = t.created.Add(seconds(age))
	}
	if i%4 != 1 {
		t.lastUsed = s.now().Add(-time.Duration(s.random.IntN(20*24)) * time.Hour)
		t.ip, t.agent = fmt.Sprintf("192.0.2.%d", s.random.IntN(250)), []string{"aiven-client/4.6", "terraform-provider-aiven/4.30", "curl/8.9"}[i%3]
	}
	if i%97 == 13 {
		t.agent = hostile[0]
	}
}
