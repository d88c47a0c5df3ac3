package aistest

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Size says how much there is.
type Size struct{ Clusters, Roles, Users int }

// Fill adds data as a site may have it, the same for the same seed; some of
// its free texts are hostile to terminals, as free texts can be.
func (s *Server) Fill(seed uint64, n Size) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := filler{s: s, r: rand.New(rand.NewPCG(seed, 7))}
	for i := range n.Clusters {
		f.cluster(i)
	}
	for i := range n.Roles {
		f.role(i)
	}
	for i := range n.Users {
		f.user(i)
	}
}

type filler struct {
	s *Server
	r *rand.Rand
}

func pick[T any](f filler, from []T) T { return from[f.r.IntN(len(from))] }

func (f filler) cluster(i int) {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	id := make([]byte, 9)
	for at := range id {
		id[at] = letters[f.r.IntN(len(letters))]
	}
	sites := []string{"prod", "staging", "train", "eval", "archive", "edge", "lab", "backup"}
	c := cluster{ID: string(id), Alias: sites[i%len(sites)]}
	if i >= len(sites) {
		c.Alias = fmt.Sprintf("%s-%d", c.Alias, i/len(sites)+1)
	}
	for p := range 1 + f.r.IntN(2) {
		c.URLs = append(c.URLs, fmt.Sprintf("https://proxy-%d.%s.example:8080", p+1, c.Alias))
	}
	switch i {
	case 4:
		c.URLs = nil // registered without an address
	case 6:
		c = cluster{ID: "Ωmega \u202e卫星 e\u0301", URLs: []string{"https://omega.example:8080/\x1b[2J"}}
	}
	f.s.clusters[c.ID] = &c
	f.s.makeRoles(c)
}

func (f filler) role(i int) {
	teams := []string{"vision", "speech", "robotics", "genomics", "climate", "search", "ads", "audit"}
	works := []string{"readers", "writers", "trainers", "ingest", "curators"}
	team := teams[i%len(teams)]
	name := fmt.Sprintf("%s-%s", team, works[i/len(teams)%len(works)])
	if i >= len(teams)*len(works) {
		name = fmt.Sprintf("%s-%d", name, i)
	}
	texts := []string{
		"data of the " + team + " team", "nightly jobs", "", "temporary, ask before use", "数据集维护 👩🏽‍🔬",
		"\x1b]52;c;aGk=\a copied?", "right-to-left \u202etxt.exe", "<b>&amp;</b> {{.}} $HOME",
	}
	r := role{Name: name, Desc: pick(f, texts)}
	sets := []uint64{771, 831, 771 | 4096 | 8192, 831 | 12288, 3200, everyBit}
	clusters := f.ids()
	if len(clusters) > 0 {
		r.Clusters = append(r.Clusters, clusterACL{ID: pick(f, clusters), Perm: text(pick(f, sets))})
	}
	for range f.r.IntN(3) {
		b := bucket{Name: fmt.Sprintf("%s-%s", team, pick(f, []string{"raw", "shards", "models", "logs"})), Provider: pick(f, []string{"ais", "aws", "gcp"})}
		if len(clusters) > 0 {
			b.Namespace.UUID = pick(f, clusters)
		}
		if !slices.ContainsFunc(r.Buckets, func(a bucketACL) bool { return a.Bucket == b }) {
			r.Buckets = append(r.Buckets, bucketACL{Bucket: b, Perm: text(pick(f, sets))})
		}
	}
	f.s.roles[name] = &r
}

func (f filler) ids() []string {
	var out []string
	for id := range f.s.clusters {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func (f filler) user(i int) {
	first := []string{"ada", "bo", "chen", "dara", "emil", "fatou", "gus", "hana", "ivo", "jane", "kim", "lee", "mina", "noor", "otto", "pia"}
	last := []string{"ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine", "rowan", "yew"}
	name := fmt.Sprintf("%s-%s", first[i%len(first)], last[i/len(first)%len(last)])
	if again := i / (len(first) * len(last)); again > 0 {
		name = fmt.Sprintf("%s-%d", name, again+1)
	}
	var roles []string
	for r := range f.s.roles {
		if r != adminRole {
			roles = append(roles, r)
		}
	}
	slices.Sort(roles)
	u := &account{pass: "sample-" + name}
	for range f.r.IntN(4) {
		if len(roles) == 0 {
			break
		}
		if r := pick(f, roles); !slices.Contains(u.roles, r) {
			u.roles = append(u.roles, r)
		}
	}
	if i%40 == 7 {
		u.roles = []string{adminRole}
	}
	f.s.users[name] = u
}
