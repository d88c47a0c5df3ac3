package ais_test

import (
	"errors"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais/aistest"
)

// TestRequests compares what goes over the wire with what the protocol asks
// for, write by write.
func TestRequests(t *testing.T) {
	s := start(t, aistest.Options{})
	prod := s.NewCluster("Abc123XyZ", aistest.Strict)
	t.Cleanup(prod.Close)
	b := s.admin()
	for _, c := range []struct {
		op   apiclient.Op
		want []string // method, path, body of the writes, and of reads after the first write
	}{
		{
			apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("Abc123XyZ"), "alias": text("prod"), "urls": {List: []string{prod.URL}}}},
			[]string{`POST /v1/clusters {"id":"Abc123XyZ","alias":"prod","urls":["` + prod.URL + `"]}`},
		},
		{
			apiclient.Op{Verb: apiclient.AccountUpdate, On: on(apiclient.KindAccount, "Abc123XyZ"), With: apiclient.Values{"alias": text("live")}},
			[]string{`PUT /v1/clusters/Abc123XyZ {"id":"Abc123XyZ","alias":"live"}`},
		},
		{
			apiclient.Op{Verb: apiclient.RoleCreate, With: apiclient.Values{"name": text("bckrw"), "description": text("rw one bucket"), "buckets": {Rows: [][]string{{"ais://nnn", "c1", "rw"}}}}},
			[]string{`POST /v1/roles {"name":"bckrw","desc":"rw one bucket","buckets":[{"bck":{"name":"nnn","provider":"ais","namespace":{"uuid":"c1","name":""}},"perm":"831"}]}`},
		},
		{
			apiclient.Op{Verb: apiclient.RoleUpdate, On: on(apiclient.KindRole, "bckrw"), With: apiclient.Values{"clusters": {Rows: [][]string{{"", "su"}, {"live", "GET+list-objects"}}}}},
			[]string{`PUT /v1/roles/bckrw {"name":"bckrw","clusters":[{"id":"","perm":"18446744073709551615"},{"id":"live","perm":"513"}]}`},
		},
		{
			apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("alice"), "password": hidden("alicepw"), "roles": {List: []string{"bckrw"}}}},
			[]string{`POST /v1/users {"id":"alice","pass":"alicepw","roles":[{"name":"bckrw"}]}`, `GET /v1/users/alice`},
		},
		{
			apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("bob"), "password": hidden("größe")}},
			[]string{`POST /v1/users {"id":"bob","pass":"größe"}`},
		},
		{
			apiclient.Op{Verb: apiclient.UserUpdate, On: on(apiclient.KindUser, "bob"), With: apiclient.Values{"roles": {List: []string{"bckrw", "Admin"}}}},
			[]string{`PUT /v1/users/bob {"roles":[{"name":"bckrw"},{"name":"Admin"}]}`, `GET /v1/users/bob`},
		},
		{
			apiclient.Op{Verb: apiclient.UserUpdate, On: on(apiclient.KindUser, "alice"), With: apiclient.Values{"roles": {}}},
			[]string{`PUT /v1/users/alice {"roles":[{"name":"none-0"}]}`, `GET /v1/users/alice`},
		},
		{
			apiclient.Op{Verb: apiclient.UserSetPassword, On: on(apiclient.KindUser, "alice"), With: apiclient.Values{"password": hidden(newPassword)}},
			[]string{`PUT /v1/users/alice {"pass":"` + newPassword + `"}`},
		},
		{
			apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{"password": hidden(newPassword)}},
			[]string{`PUT /v1/users/admin {"pass":"` + newPassword + `"}`},
		},
		{apiclient.Op{Verb: apiclient.UserDelete, On: on(apiclient.KindUser, "alice")}, []string{`DELETE /v1/users/alice`}},
		{apiclient.Op{Verb: apiclient.RoleDelete, On: on(apiclient.KindRole, "bckrw")}, []string{`DELETE /v1/roles/bckrw`}},
		{apiclient.Op{Verb: apiclient.AccountDelete, On: on(apiclient.KindAccount, "Abc123XyZ")}, []string{`DELETE /v1/clusters/Abc123XyZ`}},
	} {
		p := s.plan(b, c.op)
		s.Forget()
		r := apiclient.Run(t.Context(), b, p, apiclient.RunOptions{}).Wait()
		if !r.Good() {
			t.Fatalf("%s: %+v %+v", p.Title, r.Outcomes, r.Outcomes[0].Failure)
		}
		if got := sent(s.Requests()); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s sent\n%s\nnot\n%s", p.Title, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		for _, q := range s.Requests() {
			if !strings.HasPrefix(q.Token, "Bearer ey") {
				t.Errorf("%s: the header is %q", p.Title, q.Token)
			}
		}
	}
}

// sent are the requests from the first write on.
func sent(all []aistest.Request) []string {
	var out []string
	for _, r := range all {
		if r.Method != "GET" || len(out) > 0 {
			out = append(out, strings.TrimSpace(r.Method+" "+r.Path+" "+r.Body))
		}
	}
	return out
}

func TestRefusalsAreToldInTheServersWords(t *testing.T) {
	s := start(t, aistest.Options{})
	refusing := s.NewCluster("Zzz", aistest.Refusing)
	t.Cleanup(refusing.Close)
	b := s.admin()
	role := s.role(b)
	user := s.user(b, role.Name())
	weak := s.as(user.Name())
	if o := weak.Do(t.Context(), apiclient.Op{Verb: apiclient.UserDelete, On: user}); !errors.Is(o.Failure, apiclient.ErrUnsupported) || !strings.Contains(o.Words, "Admin") {
		t.Errorf("who is no admin: %+v", o)
	}
	for name, c := range map[string]struct {
		op     apiclient.Op
		status int
		cause  error
		words  string
	}{
		"same user":                   {apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text(user.Name()), "password": hidden(newPassword)}}, 409, apiclient.ErrConflict, "already exists"},
		"same role":                   {apiclient.Op{Verb: apiclient.RoleCreate, With: apiclient.Values{"name": text(role.Name())}}, 409, apiclient.ErrConflict, "already exists"},
		"the built-in user":           {apiclient.Op{Verb: apiclient.UserDelete, On: on(apiclient.KindUser, "admin")}, 403, apiclient.ErrDenied, "built-in"},
		"roles of the built-in user":  {apiclient.Op{Verb: apiclient.UserUpdate, On: on(apiclient.KindUser, "admin"), With: apiclient.Values{"roles": {List: []string{role.Name()}}}}, 403, apiclient.ErrDenied, "built-in"},
		"the built-in role":           {apiclient.Op{Verb: apiclient.RoleDelete, On: on(apiclient.KindRole, "Admin")}, 403, apiclient.ErrDenied, "built-in"},
		"nobody":                      {apiclient.Op{Verb: apiclient.UserSetPassword, On: on(apiclient.KindUser, "ghost"), With: apiclient.Values{"password": hidden(newPassword)}}, 404, apiclient.ErrNotFound, `user "ghost" does not exist`},
		"no cluster":                  {apiclient.Op{Verb: apiclient.AccountDelete, On: on(apiclient.KindAccount, "nope")}, 404, apiclient.ErrNotFound, "cluster nope does not exist"},
		"a cluster that refuses":      {apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("Zzz"), "urls": {List: []string{refusing.URL}}}}, 400, apiclient.ErrInvalid, "secret does not match"},
		"a cluster that is not there": {apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("Yyy"), "urls": {List: []string{"http://127.0.0.1:1"}}}}, 400, apiclient.ErrInvalid, "connection refused"},
	} {
		o := b.Do(t.Context(), c.op)
		if o.End != apiclient.Refused || o.Failure == nil || o.Failure.Status != c.status || !errors.Is(o.Failure, c.cause) || !strings.Contains(o.Words, c.words) {
			t.Errorf("%s: %+v %+v", name, o, o.Failure)
		}
	}
}

func TestWhatTheServerWouldMangleIsNotSent(t *testing.T) {
	s := start(t, aistest.Options{})
	b := s.admin()
	s.good(b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("gina"), "password": hidden(userPassword)}}))
	long := strings.Repeat("x", 73)
	for name, c := range map[string]struct {
		op    apiclient.Op
		field string
	}{
		"a slash in a target":      {apiclient.Op{Verb: apiclient.UserDelete, On: on(apiclient.KindUser, "gina/x")}, ""},
		"a parent as a target":     {apiclient.Op{Verb: apiclient.RoleDelete, On: on(apiclient.KindRole, "..")}, ""},
		"a slash in a cluster":     {apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("a/b")}}, "name"},
		"a dot in a user":          {apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("jane.doe"), "password": hidden(userPassword)}}, "name"},
		"33 characters":            {apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text(strings.Repeat("a", 33)), "password": hidden(userPassword)}}, "name"},
		"a dash at the end":        {apiclient.Op{Verb: apiclient.RoleCreate, With: apiclient.Values{"name": text("role-")}}, "name"},
		"73 bytes, create":         {apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("long"), "password": hidden(long)}}, "password"},
		"73 bytes, set":            {apiclient.Op{Verb: apiclient.UserSetPassword, On: on(apiclient.KindUser, "gina"), With: apiclient.Values{"password": hidden(long)}}, "password"},
		"25 characters, 75 bytes":  {apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{"password": hidden(strings.Repeat("日", 25))}}, "password"},
		"no address":               {apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("c"), "urls": {List: []string{"proxy:8080"}}}}, "urls"},
		"no permissions":           {apiclient.Op{Verb: apiclient.RoleCreate, With: apiclient.Values{"name": text("r"), "clusters": {Rows: [][]string{{"c", "reed"}}}}}, "clusters"},
		"no bucket":                {apiclient.Op{Verb: apiclient.RoleCreate, With: apiclient.Values{"name": text("r"), "buckets": {Rows: [][]string{{"ais://", "c", "ro"}}}}}, "buckets"},
		"emptying the description": {apiclient.Op{Verb: apiclient.RoleUpdate, On: on(apiclient.KindRole, "Guest"), With: apiclient.Values{"description": {}}}, "description"},
		"emptying the alias":       {apiclient.Op{Verb: apiclient.AccountUpdate, On: on(apiclient.KindAccount, "c"), With: apiclient.Values{"alias": {}}}, "alias"},
		"no token":                 {apiclient.Op{Verb: apiclient.TokenRevokePasted, With: apiclient.Values{"token": hidden("garbage")}}, "token"},
	} {
		s.Forget()
		o := b.Do(t.Context(), c.op)
		if o.End != apiclient.NotSent || !errors.Is(o.Failure, apiclient.ErrInvalid) {
			t.Errorf("%s: %+v %+v", name, o, o.Failure)
			continue
		}
		if c.field != "" && (len(o.Failure.Fields) != 1 || o.Failure.Fields[0].Field != c.field) {
			t.Errorf("%s: the fields are %+v", name, o.Failure.Fields)
		}
		if _, err := b.Prepare(t.Context(), []apiclient.Op{c.op}); !errors.Is(err, apiclient.ErrInvalid) {
			t.Errorf("%s: it can be planned: %v", name, err)
		}
		if n := len(s.Requests()); n > 0 {
			t.Errorf("%s: %d requests were made", name, n)
		}
	}
	if _, err := b.Read(t.Context(), on(apiclient.KindUser, "gina")); err != nil {
		t.Errorf("gina is hurt: %v", err)
	}
	s.Forget()
	if _, err := b.Read(t.Context(), on(apiclient.KindUser, "gina/x")); err == nil || len(s.Requests()) > 0 {
		t.Error("a mangled name was read")
	}
}

// TestAYesThatDidLessIsFoundOut takes a role away between plan and write: the
// server drops its name and says yes.
func TestAYesThatDidLessIsFoundOut(t *testing.T) {
	s := start(t, aistest.Options{})
	b := s.admin()
	keep, lose := s.role(b), s.role(b)
	user := s.user(b, keep.Name())
	change := s.plan(b, apiclient.Op{Verb: apiclient.UserUpdate, On: user, With: apiclient.Values{"roles": {List: []string{keep.Name(), lose.Name()}}}})
	create := s.plan(b, apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("late"), "password": hidden(newPassword), "roles": {List: []string{keep.Name(), lose.Name()}}}})
	s.good(b.Do(t.Context(), apiclient.Op{Verb: apiclient.RoleDelete, On: lose}))

	o := b.Do(t.Context(), change.Steps[0].Op)
	if o.End != apiclient.Refused || !strings.Contains(o.Words, "the roles are now "+keep.Name()) || len(o.Items) != 2 || o.Items[1].End != apiclient.Refused {
		t.Errorf("the change ended as %+v", o)
	}
	o = b.Do(t.Context(), create.Steps[0].Op)
	if o.End != apiclient.Done || len(o.Made) != 1 || !strings.Contains(o.Words, "instead of") || o.Items[1].End != apiclient.Refused {
		t.Errorf("the create ended as %+v", o)
	}
	for field, op := range map[string]apiclient.Op{
		"roles": {Verb: apiclient.UserUpdate, On: user, With: apiclient.Values{"roles": {List: []string{lose.Name()}}}},
		"name":  {Verb: apiclient.UserCreate, With: apiclient.Values{"name": text("late"), "password": hidden(newPassword)}},
	} {
		_, err := b.Prepare(t.Context(), []apiclient.Op{op})
		if f := apiclient.AsFailure("", err); len(f.Fields) != 1 || f.Fields[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestPlansTellWhatFollows(t *testing.T) {
	s := start(t, aistest.Options{})
	b := s.admin()
	cluster := s.cluster(b)
	c, err := b.Read(t.Context(), cluster)
	if err != nil {
		t.Fatal(err)
	}
	owner := "ClusterOwner-" + c.Get("alias").Text
	user := s.user(b, owner)
	other := s.user(b, "Admin")

	p := s.plan(b, apiclient.Op{Verb: apiclient.UserDelete, On: user}, apiclient.Op{Verb: apiclient.UserDelete, On: other})
	tells(t, p, "Tokens made before keep what they allow", "the old tokens work for the new user")
	if strings.Count(facts(p), "Tokens made before") != 1 || p.Danger != apiclient.Destructive || p.Word != "delete 2" {
		t.Errorf("the plan is %+v", p)
	}
	tells(t, s.plan(b, apiclient.Op{Verb: apiclient.UserSetPassword, On: user, With: apiclient.Values{"password": hidden(newPassword)}}), "ends no session")
	tells(t, s.plan(b, apiclient.Op{Verb: apiclient.RoleDelete, On: on(apiclient.KindRole, owner)}), "1 user has "+owner, user.Name())
	tells(t, s.plan(b, apiclient.Op{Verb: apiclient.AccountDelete, On: cluster}), owner, "it hears of no more revocations")
	tells(t, s.plan(b, apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("New"), "alias": text("new")}}),
		"nothing is checked", "ClusterOwner-new, BucketOwner-new, Guest-new")
	tells(t, s.plan(b, apiclient.Op{Verb: apiclient.UserUpdate, On: other, With: apiclient.Values{"roles": {}}}), "no admin any more", "Without a role")
	tells(t, s.plan(b, apiclient.Op{Verb: apiclient.RoleUpdate, On: on(apiclient.KindRole, owner), With: apiclient.Values{"clusters": {Rows: [][]string{{"nowhere", "ro"}}}}}), "There is no cluster nowhere")

	for name, op := range map[string]apiclient.Op{
		"the built-in user":          {Verb: apiclient.UserDelete, On: on(apiclient.KindUser, "admin")},
		"roles of the built-in user": {Verb: apiclient.UserUpdate, On: on(apiclient.KindUser, "admin"), With: apiclient.Values{"roles": {List: []string{owner}}}},
		"the built-in role":          {Verb: apiclient.RoleDelete, On: on(apiclient.KindRole, "Admin")},
		"a role that is gone":        {Verb: apiclient.RoleDelete, On: on(apiclient.KindRole, "ghost")},
	} {
		if p := s.plan(b, op); len(p.Blocks) == 0 {
			t.Errorf("%s: nothing stands in the way: %+v", name, p)
		}
	}
}

// TestTheLastAdminStays is about a server whose superuser has another name:
// nothing on the server guards it.
func TestTheLastAdminStays(t *testing.T) {
	s := start(t, aistest.Options{})
	s.RenameSuperuser("root")
	b := s.as("root")
	other := s.user(b, "Admin")
	first := s.as(other.Name())
	p := s.plan(first, apiclient.Op{Verb: apiclient.UserDelete, On: on(apiclient.KindUser, "root")})
	if len(p.Blocks) > 0 {
		t.Fatalf("one of two admins is blocked: %+v", p.Blocks)
	}
	both := s.plan(first, apiclient.Op{Verb: apiclient.UserDelete, On: on(apiclient.KindUser, "root")},
		apiclient.Op{Verb: apiclient.UserUpdate, On: other, With: apiclient.Values{"roles": {}}})
	if len(both.Blocks) == 0 || !strings.Contains(both.Blocks[0].Text, "no admin left") {
		t.Errorf("the last admin can go: %+v", both)
	}
}
