package arvadostest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Fill adds made-up users, groups, machines, permissions and tokens, the same
// for the same seed. Some of the texts would fool whoever lists them unwarily.
func (s *Server) Fill(seed uint64, users int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := filler{s, rand.New(rand.NewPCG(seed, 36))}
	vms := f.machines(3 + users/50)
	roles := f.groups(4 + users/20)
	for i := range users {
		f.user(i, roles, vms)
	}
	for range 6 {
		t := s.token(s.AdminUUID, record{"created_at": f.ago(300)})
		if f.chance(50) {
			t["expires_at"] = s.o.Now().UTC().Add(time.Duration(f.r.IntN(90)-20) * 24 * time.Hour)
		}
		s.tables["api_client_authorizations"].add(t)
	}
}

type filler struct {
	s *Server
	r *rand.Rand
}

func (f filler) chance(percent int) bool { return f.r.IntN(100) < percent }
func (f filler) pick(of ...string) string {
	return of[f.r.IntN(len(of))]
}

func (f filler) ago(days int) time.Time {
	return f.s.o.Now().UTC().Add(-time.Duration(f.r.IntN(days*24*60)) * time.Minute)
}

func (f filler) machines(n int) []string {
	var out []string
	for i := range n {
		name := fmt.Sprintf("%s%d.compute.example", []string{"shell", "gpu", "build"}[i%3], i/3)
		out = append(out, f.s.tables["virtual_machines"].add(f.s.common("virtual_machines", f.s.AdminUUID, record{
			"hostname": name, "created_at": f.ago(900),
		})).text("uuid"))
	}
	return out
}

func (f filler) groups(n int) []string {
	names := []string{"Sequencing", "Imaging", "Proteomics", "Core facility", "Curators", "Visitors", "Billing", "On call"}
	odd := []string{"\x1b[2J\x1b[31mall shares removed\x1b[0m", "\u202egnp.exe\u202c reviewers", "=HYPERLINK(\"http://odd.example\")", "研究チーム"}
	var out []string
	for i := range n {
		name := names[i%len(names)]
		if i >= len(names) {
			name = fmt.Sprintf("%s %d", name, i/len(names)+1)
		}
		if i == 3 {
			name = odd[f.r.IntN(len(odd))]
		}
		out = append(out, f.s.tables["groups"].add(f.s.group(record{
			"name": name, "group_class": "role", "created_at": f.ago(900), "description": f.pick("", "", "people of "+name, odd[i%len(odd)]),
		})).text("uuid"))
	}
	return out
}

func (f filler) user(i int, roles, vms []string) {
	first := f.pick("Ada", "Bo", "Carmen", "Dmitri", "Eun-ji", "Farah", "Goran", "Hana", "Ines", "Jomo", "Kaya", "Liam", "Zoë", "北斗")
	last := f.pick("Abara", "Berg", "Costa", "Dunn", "Endo", "Frost", "Gupta", "Haas", "Ito", "Jansen", "Kowal", "Lund", "O'Neil")
	if i%37 == 5 {
		last = f.pick("\x1b]0;root\x07", "Smith\u200b\u2060", "@SUM(1+1)*cmd|' /C calc'!A0", strings.Repeat("long ", 30))
	}
	name := f.s.freeName(strings.ToLower(first[:1] + last))
	if name == "" || i%41 == 7 {
		name = f.s.freeName("guest")
	}
	u := f.s.user(record{
		"username": name, "email": name + "@" + f.pick("lab", "clinic", "campus") + ".example", "first_name": first, "last_name": last,
		"is_active": !f.chance(15), "created_at": f.ago(1200), "modified_at": f.ago(200),
	})
	if i%53 == 11 {
		u["username"] = nil // made by a sign-in that told no name
	}
	u["is_admin"] = i%60 == 1 && u.flag("is_active")
	f.s.tables["users"].add(u)
	id := u.text("uuid")
	if u.flag("is_active") || f.chance(40) {
		f.s.setup(u, "", f.s.AdminUUID)
	}
	if !u.flag("is_active") {
		return
	}
	f.s.link(id, f.pick("can_read", "can_write", "can_write", "can_manage"), roles[f.r.IntN(len(roles))], nil)
	if f.chance(40) && u.text("username") != "" {
		p := map[string]any{"username": u.text("username")}
		if f.chance(60) {
			p["groups"] = []any{f.pick("docker", "fuse", "video")}
		}
		f.s.link(id, "can_login", vms[f.r.IntN(len(vms))], p)
	}
	if f.chance(70) {
		project := f.s.tables["groups"].add(f.s.group(record{"name": "Project of " + name, "group_class": "project", "owner_uuid": id, "created_at": f.ago(600)}))
		f.s.tables["collections"].add(f.s.common("collections", project.text("uuid"), record{"name": "raw data"}))
	}
	for range f.r.IntN(5) {
		f.s.tables["api_client_authorizations"].add(f.s.token(id, record{"created_at": f.ago(400)}))
	}
}
