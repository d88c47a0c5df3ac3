package ais_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais/aistest"
)

// world is a small site: two clusters, a role for each, three users.
func world(t *testing.T) (*site, apiclient.Backend) {
	s := start(t, aistest.Options{})
	b := s.admin()
	for _, op := range []apiclient.Op{
		{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("c1"), "alias": text("prod")}},
		{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("c2")}},
		{Verb: apiclient.RoleCreate, With: apiclient.Values{"name": text("everywhere"), "description": text("all of them"), "clusters": {Rows: [][]string{{"", "ro"}}}}},
		{Verb: apiclient.RoleCreate, With: apiclient.Values{"name": text("shards"), "buckets": {Rows: [][]string{{"ais://shards", "c1", "rw"}}}}},
		{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("ann"), "password": hidden(userPassword), "roles": {List: []string{"Guest-prod", "shards"}}}},
		{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("ben"), "password": hidden(userPassword), "roles": {List: []string{"everywhere"}}}},
		{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("cy"), "password": hidden(userPassword)}},
	} {
		s.good(s.do(b, op))
	}
	return s, b
}

func names[T any, R interface {
	*T
	apiclient.Record
}](t *testing.T, p apiclient.Page[T], err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range p.Rows {
		out = append(out, R(&p.Rows[i]).GetRef().Name())
	}
	return strings.Join(out, " ")
}

func TestLists(t *testing.T) {
	s, b := world(t)
	ctx := t.Context()
	for range 5 { // the server's order changes
		p, err := b.Users(ctx, apiclient.Query{})
		if got := names(t, p, err); got != "admin ann ben cy" {
			t.Fatalf("users are %s", got)
		}
	}
	for name, c := range map[string]struct {
		q    apiclient.Query
		want string
	}{
		"down":               {apiclient.Query{Sort: "-name"}, "cy ben ann admin"},
		"by roles":           {apiclient.Query{Sort: "roles"}, "cy admin ann ben"},
		"searched":           {apiclient.Query{Search: "N"}, "admin ann ben"},
		"of a role":          {apiclient.Query{Scope: on(apiclient.KindRole, "shards")}, "ann"},
		"who reach c1":       {apiclient.Query{Scope: on(apiclient.KindAccount, "c1")}, "admin ann ben"},
		"who reach c2":       {apiclient.Query{Scope: on(apiclient.KindAccount, "c2")}, "admin ben"},
		"in pages, as whole": {apiclient.Query{Size: 1}, "admin ann ben cy"},
	} {
		p, err := b.Users(ctx, c.q)
		if got := names(t, p, err); got != c.want || p.Total != len(p.Rows) || p.Next != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
	clusters, err := b.Accounts(ctx, apiclient.Query{})
	if got := names(t, clusters, err); got != "c1 c2" {
		t.Errorf("clusters are %s", got)
	}
	roles, err := b.Roles(ctx, apiclient.Query{Scope: on(apiclient.KindUser, "ann")})
	if got := names(t, roles, err); got != "Guest-prod shards" {
		t.Errorf("roles of ann are %s", got)
	}
	for i := range roles.Rows {
		if v := roles.Rows[i].Get("users"); v.Num != 1 {
			t.Errorf("%s has %+v users", roles.Rows[i].Name, v)
		}
	}
	tokens, err := b.Tokens(ctx, apiclient.Query{Scope: on(apiclient.KindUser, "ann")})
	if got := names(t, tokens, err); got != "" {
		t.Errorf("tokens of ann are %s", got)
	}
	tokens, err = b.Tokens(ctx, apiclient.Query{})
	if err != nil || len(tokens.Rows) != 1 || !tokens.Rows[0].InUse || tokens.Rows[0].OwnerRef().Name() != "admin" || tokens.Rows[0].State != apiclient.Active {
		t.Errorf("tokens are %+v, %v", tokens.Rows, err)
	}
	if _, err := b.Read(ctx, on(apiclient.KindToken, "jwt-000000000000")); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("another token gives %v", err)
	}
	if _, err := b.Accounts(ctx, apiclient.Query{Scope: on(apiclient.KindUser, "ann")}); !errors.Is(err, apiclient.ErrUnsupported) {
		t.Errorf("clusters of a user give %v", err)
	}
	if _, err := b.Read(ctx, on(apiclient.KindAccount, "prod")); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("an alias was taken for an ID: %v", err)
	}
	_ = s
}

func TestRecordsTellPermissions(t *testing.T) {
	s, b := world(t)
	for ref, want := range map[apiclient.Ref]map[string]string{
		on(apiclient.KindUser, "ann"):            {"roles": "Guest-prod,shards", "permissions": "ais://shards on prod: rw,prod: ro", "admin": "no"},
		on(apiclient.KindUser, "admin"):          {"roles": "Admin", "permissions": "administers AuthN and every cluster", "admin": "yes"},
		on(apiclient.KindUser, "cy"):             {"roles": "", "permissions": ""},
		on(apiclient.KindRole, "everywhere"):     {"permissions": "every cluster: ro", "description": "all of them", "builtin": "no", "users": "1"},
		on(apiclient.KindRole, "Admin"):          {"builtin": "yes", "users": "1"},
		on(apiclient.KindRole, "Guest-prod"):     {"permissions": "prod: ro"},
		on(apiclient.KindAccount, "c1"):          {"alias": "prod", "roles": "BucketOwner-prod,ClusterOwner-prod,Guest-prod,shards", "probed": "no"},
		on(apiclient.KindRole, "BucketOwner-c2"): {"permissions": "c2: rw"},
	} {
		r, err := b.Read(t.Context(), ref)
		if err != nil {
			t.Errorf("%s: %v", ref.Path, err)
			continue
		}
		for key, v := range want {
			if got := r.Get(key).String(); got != v {
				t.Errorf("%s of %s is %q, not %q", key, ref.Name(), got, v)
			}
		}
	}
	theirs := s.as("ann")
	tokens, err := theirs.Tokens(t.Context(), apiclient.Query{})
	if err != nil {
		t.Fatal(err)
	}
	own := &tokens.Rows[0]
	for key, want := range map[string]string{"permissions": "ais://shards on prod: rw,prod: ro", "audience": "c1", "admin": "no", "issuer": s.URL, "max_age": "3600"} {
		if got := own.Get(key).String(); got != want {
			t.Errorf("%s of the token is %q", key, got)
		}
	}
}

// TestDriftIsSeen makes versions of contents: a list and a single read agree,
// and a change shows.
func TestDriftIsSeen(t *testing.T) {
	s, b := world(t)
	p := s.plan(b, apiclient.Op{Verb: apiclient.RoleDelete, On: on(apiclient.KindRole, "Guest-prod")},
		apiclient.Op{Verb: apiclient.RoleDelete, On: on(apiclient.KindRole, "shards")})
	if r := apiclient.Recheck(t.Context(), b, p); len(r.Drifts)+r.Unchecked != 0 {
		t.Errorf("nothing has changed, but: %+v", r)
	}
	s.good(s.do(b, apiclient.Op{Verb: apiclient.RoleUpdate, On: on(apiclient.KindRole, "shards"), With: apiclient.Values{"description": text("new")}}))
	if r := apiclient.Recheck(t.Context(), b, p); len(r.Drifts) != 1 || !strings.Contains(fmt.Sprint(r.Drifts), "shards") {
		t.Errorf("a change is not seen: %+v", r)
	}
}

// TestAWholeSiteCanBeRead goes through a site as the demo has it.
func TestAWholeSiteCanBeRead(t *testing.T) {
	s := start(t, aistest.Options{})
	s.Fill(3, aistest.Size{Clusters: 9, Roles: 45, Users: 400})
	b := s.admin()
	ctx := t.Context()
	var refs []apiclient.Ref
	clusters, err := b.Accounts(ctx, apiclient.Query{})
	if err != nil || len(clusters.Rows) != 9 {
		t.Fatalf("%d clusters, %v", len(clusters.Rows), err)
	}
	for i := range clusters.Rows {
		refs = append(refs, clusters.Rows[i].Ref)
	}
	users, err := b.Users(ctx, apiclient.Query{})
	if err != nil || len(users.Rows) != 401 {
		t.Fatalf("%d users, %v", len(users.Rows), err)
	}
	refs = append(refs, users.Rows[0].Ref, users.Rows[400].Ref)
	roles, err := b.Roles(ctx, apiclient.Query{})
	if err != nil || len(roles.Rows) != 1+9*3+45 {
		t.Fatalf("%d roles, %v", len(roles.Rows), err)
	}
	for i := range roles.Rows {
		refs = append(refs, roles.Rows[i].Ref)
	}
	for _, ref := range refs {
		r, err := b.Read(ctx, ref)
		if err != nil || r.GetRef() != ref {
			t.Errorf("%s: %v, %v", ref.Path, r, err)
		}
	}
}
