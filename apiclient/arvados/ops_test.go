package arvados_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/arvados/arvadostest"
	"gatehouse/apiclient/secret"
)

// cluster is a fake and an admin who is signed in to it.
type cluster struct {
	*arvadostest.Server
	b apiclient.Backend
	t *testing.T
}

func open(t *testing.T, o arvadostest.Options) *cluster {
	t.Helper()
	s := serve(t, o)
	return &cluster{s, connect(t, s.URL, s.AdminToken), t}
}

// run plans ops and carries them out.
func (c *cluster) run(ops ...apiclient.Op) apiclient.Result {
	c.t.Helper()
	p, err := c.b.Prepare(c.t.Context(), ops)
	if err != nil {
		c.t.Fatal(err)
	}
	c.Forget()
	return apiclient.Run(c.t.Context(), c.b, p, apiclient.RunOptions{}).Wait()
}

func (c *cluster) good(ops ...apiclient.Op) apiclient.Result {
	c.t.Helper()
	r := c.run(ops...)
	if !r.Good() {
		c.t.Fatalf("it ended as %+v; blocks: %+v", r.Outcomes, r.Plan.Blocks)
	}
	return r
}

// sent are the writes since Forget: method, path below the base, form.
func (c *cluster) sent() []string {
	var out []string
	for _, r := range c.Requests() {
		if r.Method == "GET" {
			continue
		}
		line := r.Method + " " + strings.TrimPrefix(r.Path, "/arvados/v1/")
		var keys []string
		for k := range r.Form {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			line += " " + k + "=" + r.Form.Get(k)
		}
		out = append(out, line)
	}
	return out
}

func (c *cluster) wantSent(want ...string) {
	c.t.Helper()
	if got := c.sent(); !slices.Equal(got, want) {
		c.t.Errorf("sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSetUp(t *testing.T) {
	c := open(t, arvadostest.Options{})
	u, vm := c.AddUser("jane", map[string]any{"is_active": false}), c.AddVM("shell.example.com")
	c.good(apiclient.Op{Verb: apiclient.UserSetup, On: ref(apiclient.KindUser, u)})
	c.wantSent("POST users/setup uuid=" + u)
	r := c.good(apiclient.Op{Verb: apiclient.UserSetup, On: ref(apiclient.KindUser, "jane"), With: apiclient.Values{
		"vm": text("shell.example.com"), "notify": text("yes"), "activate": text("yes"),
	}})
	c.wantSent("POST users/setup send_notification_email=true uuid="+u+" vm_uuid="+vm, "POST users/"+u+"/activate")
	if !strings.Contains(r.Outcomes[0].Words, "login jane on shell.example.com") || c.Field("users", u, "is_active") != true {
		t.Errorf("%+v", r.Outcomes[0])
	}
}

func TestSetUpWithUnsignedAgreements(t *testing.T) {
	c := open(t, arvadostest.Options{AgreementNeeded: true})
	u := c.AddUser("jane", map[string]any{"is_active": false})
	r := c.run(apiclient.Op{Verb: apiclient.UserSetup, On: ref(apiclient.KindUser, u), With: apiclient.Values{"activate": text("yes")}})
	o := r.Outcomes[0]
	if o.End != apiclient.Refused || !strings.Contains(o.Words, "user agreements") || !strings.Contains(o.Words, "before that: user jane is set up") || len(o.Items) != 1 {
		t.Errorf("%+v", o)
	}
	c.good(apiclient.Op{Verb: apiclient.UserActivate, On: ref(apiclient.KindUser, u)})
	c.wantSent("PUT users/" + u + ` user={"is_active":true}`)
}

func TestUnsetUp(t *testing.T) {
	c := open(t, arvadostest.Options{})
	u := c.AddUser("jane", nil)
	c.AddToken(u)
	c.AddKey(u, "ssh-ed25519 AAAA")
	p, err := c.b.Prepare(t.Context(), []apiclient.Op{{Verb: apiclient.UserUnsetup, On: ref(apiclient.KindUser, u)}})
	if err != nil || p.Word != "jane" || p.Danger != apiclient.Destructive || !tells(p, "loses 1 permission, 1 SSH key and all tokens") {
		t.Fatalf("%+v, %v", p, err)
	}
	c.good(apiclient.Op{Verb: apiclient.UserUnsetup, On: ref(apiclient.KindUser, u)})
	c.wantSent("POST users/" + u + "/unsetup")
	if c.Count("api_client_authorizations", "owner_uuid", u) != 0 || c.Field("users", u, "is_active") != false {
		t.Error("something is left")
	}
}

func tells(p apiclient.Plan, words string) bool {
	return slices.ContainsFunc(p.Facts, func(f apiclient.Fact) bool { return strings.Contains(f.Text, words) })
}

func TestDeactivateLeavesAllUsersFirst(t *testing.T) {
	c := open(t, arvadostest.Options{})
	u := c.AddUser("jane", map[string]any{"is_admin": true})
	c.AddToken(u)
	r := c.good(apiclient.Op{Verb: apiclient.UserDeactivate, On: ref(apiclient.KindUser, u)})
	sent := c.sent()
	if len(sent) != 2 || !strings.HasPrefix(sent[0], "DELETE links/") || sent[1] != "PUT users/"+u+` user={"is_active":false,"is_admin":false}` {
		t.Errorf("sent %q", sent)
	}
	if !tells(r.Plan, "Tokens go on working") || c.Count("api_client_authorizations", "owner_uuid", u) != 1 || len(r.Outcomes[0].Items) != 2 {
		t.Errorf("%+v", r)
	}
}

func TestGuards(t *testing.T) {
	c := open(t, arvadostest.Options{})
	owner := c.AddUser("owner", nil)
	c.AddCollection("data", owner)
	for _, op := range []apiclient.Op{
		{Verb: apiclient.UserUnsetup, On: ref(apiclient.KindUser, "admin")},
		{Verb: apiclient.UserDeactivate, On: ref(apiclient.KindUser, c.AdminUUID)},
		{Verb: apiclient.UserUnsetup, On: ref(apiclient.KindUser, c.RootUUID)},
		{Verb: apiclient.UserUpdate, On: ref(apiclient.KindUser, c.AdminUUID), With: apiclient.Values{"admin": text("no")}}, // the last one
		{Verb: apiclient.UserDelete, On: ref(apiclient.KindUser, owner)},
		{Verb: apiclient.UserReassign, On: ref(apiclient.KindUser, c.AdminUUID), With: apiclient.Values{"to": text("owner")}},
		{Verb: apiclient.AccountDelete, On: ref(apiclient.KindAccount, c.AllUsers)},
		{Verb: apiclient.TokenRevoke, On: ref(apiclient.KindToken, c.AddToken(owner)[3:30])},
	} {
		p, err := c.b.Prepare(t.Context(), []apiclient.Op{op})
		if err != nil || len(p.Blocks) == 0 || p.Blocks[0].Next == "" {
			t.Errorf("%s: %+v, %v", op.Verb, p.Blocks, err)
		}
	}
}

func TestReassign(t *testing.T) {
	c := open(t, arvadostest.Options{})
	old, to := c.AddUser("old", nil), c.AddUser("heir", nil)
	data := c.AddCollection("data", old)
	r := c.good(apiclient.Op{Verb: apiclient.UserReassign, On: ref(apiclient.KindUser, old), With: apiclient.Values{"to": text("heir")}})
	sent := c.sent()
	project := fmt.Sprint(c.Field("collections", data, "owner_uuid"))
	if len(sent) != 3 || sent[0] != `POST groups ensure_unique_name=true group={"group_class":"project","name":"Data of old","owner_uuid":"`+to+`"}` ||
		sent[1] != "POST users/merge new_owner_uuid="+project+" new_user_uuid="+to+" old_user_uuid="+old || sent[2] != "POST users/"+old+"/unsetup" {
		t.Errorf("sent %q", sent)
	}
	if c.Field("groups", project, "owner_uuid") != to || len(r.Outcomes[0].Items) != 2 || r.Plan.Danger != apiclient.Destructive {
		t.Errorf("%+v", r)
	}
	again := c.AddUser("again", nil)
	c.good(apiclient.Op{Verb: apiclient.UserReassign, On: ref(apiclient.KindUser, again, "again"), With: apiclient.Values{"to": text(to), "redirect": text("yes"), "project": text("kept")}})
	if sent := c.sent(); len(sent) != 2 || !strings.Contains(sent[1], "redirect_to_new_user=true") {
		t.Errorf("sent %q", sent)
	}
	if _, err := c.b.Read(t.Context(), ref(apiclient.KindUser, again)); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("the old account gave %v", err)
	}
}

func TestCreateUserLooksFirst(t *testing.T) {
	c := open(t, arvadostest.Options{})
	c.AddUser("jane", nil)
	for field, value := range map[string]string{"user_name": "jane", "email": "jane@example.com"} {
		with := apiclient.Values{"user_name": text("kim"), "email": text("kim@example.com"), field: text(value)}
		_, err := c.b.Prepare(t.Context(), []apiclient.Op{{Verb: apiclient.UserCreate, With: with}})
		var f *apiclient.Failure
		if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, name := range []string{"a/b", "1st", "a b", "root", "ünder"} {
		_, err := c.b.Prepare(t.Context(), []apiclient.Op{{Verb: apiclient.UserCreate, With: apiclient.Values{"email": text("x@example.com"), "user_name": text(name)}}})
		if !errors.Is(err, apiclient.ErrInvalid) {
			t.Errorf("%q gave %v", name, err)
		}
	}
	c.good(apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"user_name": text("kim"), "email": text("kim@example.com")}})
	c.wantSent(`POST users user={"email":"kim@example.com","username":"kim"}`)
	kim := ref(apiclient.KindUser, "kim")
	c.good(apiclient.Op{Verb: apiclient.UserUpdate, On: kim, With: apiclient.Values{"first_name": text("K <&>")}})
	if sent := c.sent(); len(sent) != 1 || !strings.HasSuffix(sent[0], ` user={"first_name":"K <&>"}`) {
		t.Errorf("sent %q", sent)
	}
	c.good(apiclient.Op{Verb: apiclient.UserDelete, On: kim})
	if sent := c.sent(); len(sent) != 1 || !strings.HasPrefix(sent[0], "DELETE users/") {
		t.Errorf("sent %q", sent)
	}
}

// TestSilence: the server says yes to what somebody may not do, and does not
// do it.
func TestSilence(t *testing.T) {
	c := open(t, arvadostest.Options{})
	jane := c.AddUser("jane", nil)
	b := connect(t, c.URL, c.AddToken(jane))
	o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserUpdate, On: ref(apiclient.KindUser, jane), With: apiclient.Values{"admin": text("yes")}})
	if o.End != apiclient.Refused || !strings.Contains(o.Words, "said yes") {
		t.Errorf("%+v", o)
	}
	if s := b.Info().Verbs[apiclient.UserUnsetup]; s.OK || s.Why == "" {
		t.Errorf("%+v", s)
	}
}

func TestPermissions(t *testing.T) {
	c := open(t, arvadostest.Options{})
	jane, role := c.AddUser("jane", nil), c.AddGroup("curators", "role", "")
	add := func(access string) apiclient.Outcome {
		return c.good(apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{"user": text("jane"), "access": text(access), "object": text("curators")}}).Outcomes[0]
	}
	add("can_write")
	c.wantSent(`POST links link={"tail_uuid":"` + jane + `","head_uuid":"` + role + `","link_class":"permission","name":"can_write"}`)
	if o := add("can_read"); !o.Unchanged || !strings.Contains(o.Words, "more than can_read") {
		t.Errorf("less than is there: %+v", o)
	}
	page, err := c.b.Grants(t.Context(), apiclient.Query{Scope: ref(apiclient.KindAccount, role)})
	i := slices.IndexFunc(page.Rows, func(g apiclient.Grant) bool { return g.Subject.Name() == "jane" })
	if err != nil || i < 0 || page.Rows[i].Object.Name() != "curators" {
		t.Fatalf("%+v, %v", page, err)
	}
	link := page.Rows[i].Ref
	c.good(apiclient.Op{Verb: apiclient.GrantUpdate, On: link, With: apiclient.Values{"access": text("can_read")}})
	c.wantSent("PUT links/" + link.Path.Part(0) + ` link={"name":"can_read"}`)
	c.good(apiclient.Op{Verb: apiclient.GrantRemove, On: link})
	c.wantSent("DELETE links/" + link.Path.Part(0))
}

func TestLogins(t *testing.T) {
	c := open(t, arvadostest.Options{})
	jane, kim, vm := c.AddUser("jane", nil), c.AddUser("kim", nil), c.AddVM("shell.example.com")
	c.AddLink(kim, "can_login", vm, map[string]any{"username": "jane"})
	add := func(groups ...string) apiclient.Result {
		return c.good(apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{
			"user": text("jane"), "access": text("can_login"), "object": text("shell.example.com"), "groups": {List: groups},
		}})
	}
	r := add("docker", "sudo")
	c.wantSent(`POST links link={"tail_uuid":"` + jane + `","head_uuid":"` + vm + `","link_class":"permission","name":"can_login","properties":{"username":"jane","groups":["docker","sudo"]}}`)
	if !tells(r.Plan, "ignores the group sudo") || !tells(r.Plan, "Somebody else logs in") {
		t.Errorf("facts: %+v", r.Plan.Facts)
	}
	if o := add("docker", "sudo").Outcomes[0]; !o.Unchanged || len(c.sent()) != 0 {
		t.Errorf("the same again: %+v", o)
	}
	link := r.Outcomes[0].Made[0]
	add("docker")
	c.wantSent("PUT links/" + link.Name() + ` link={"properties":{"groups":["docker"],"username":"jane"}}`)
	c.AddLink(jane, "can_login", vm, map[string]any{"username": "jane"}) // what another client made twice
	c.good(apiclient.Op{Verb: apiclient.GrantUpdate, On: link, With: apiclient.Values{"groups": {List: []string{"fuse"}}}})
	if n := c.Count("links", "tail_uuid", jane); n != 2 { // All users and one login
		t.Errorf("%d links are left", n)
	}
	machine, err := c.b.Read(t.Context(), ref(apiclient.KindObject, vm))
	if err != nil || !slices.Contains(machine.Get("logins").List, "jane (fuse), no SSH key") {
		t.Errorf("%+v, %v", machine, err)
	}
	for _, with := range []apiclient.Values{
		{"user": text("jane"), "access": text("can_login"), "object": text(c.AllUsers)},
		{"user": text("jane"), "access": text("can_login"), "object": text(vm), "login": text("no/slash")},
		{"user": text("jane"), "access": text("can_login"), "object": text(vm), "groups": {List: []string{"a:b"}}},
		{"user": text("jane"), "group": text("All users"), "access": text("can_read"), "object": text(vm)},
		{"user": text("nobody"), "access": text("can_read"), "object": text(vm)},
	} {
		c.Forget()
		_, err := c.b.Prepare(t.Context(), []apiclient.Op{{Verb: apiclient.GrantAdd, With: with}})
		var f *apiclient.Failure
		if !errors.As(err, &f) || len(f.Fields) == 0 || len(c.sent()) > 0 {
			t.Errorf("%v gave %v", with, err)
		}
	}
}

func TestReads(t *testing.T) {
	c := open(t, arvadostest.Options{MaxItems: 7})
	c.Fill(1, 40)
	id, err := c.b.WhoAmI(t.Context())
	if err != nil || id.Name != "admin" || !id.Admin || id.Token.Name() != c.AdminToken[3:30] {
		t.Errorf("%+v, %v", id, err)
	}
	n := 0
	if err := apiclient.All(t.Context(), c.b.Users, apiclient.Query{Size: 5000}, func(p apiclient.Page[apiclient.User]) error {
		n += len(p.Rows)
		if len(p.Rows) > 7 || p.Total != 43 {
			t.Errorf("a page of %d of %d", len(p.Rows), p.Total)
		}
		return nil
	}); err != nil || n != 43 {
		t.Errorf("%d users, %v", n, err)
	}
	members, err := c.b.Users(t.Context(), apiclient.Query{Scope: ref(apiclient.KindAccount, c.AllUsers)})
	if err != nil || len(members.Rows) == 0 {
		t.Errorf("members: %+v, %v", members, err)
	}
	found, err := c.b.Users(t.Context(), apiclient.Query{Search: "ADMIN@"})
	if err != nil || len(found.Rows) != 1 {
		t.Errorf("search: %+v, %v", found, err)
	}
	sorted, err := c.b.Users(t.Context(), apiclient.Query{Sort: "-email"})
	if err != nil || len(sorted.Rows) < 2 || sorted.Rows[0].Email < sorted.Rows[1].Email {
		t.Errorf("sorted: %+v, %v", sorted, err)
	}
	if _, err := c.b.Users(t.Context(), apiclient.Query{Sort: "state"}); !errors.Is(err, apiclient.ErrUnsupported) {
		t.Errorf("sorting by what is not stored gave %v", err)
	}
	_, err = c.b.Tokens(t.Context(), apiclient.Query{Scope: members.Rows[0].Ref})
	if members.Rows[0].Name != "admin" && !strings.Contains(fmt.Sprint(err), "Look at tokens") {
		t.Errorf("tokens of another: %v", err)
	}
	if v, err := c.b.Probe(t.Context(), secret.New(c.AdminToken)); err != nil || v[0].Life != apiclient.Alive {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestPickersSeeMachinesAndGroups on the one page that they read.
func TestPickersSeeMachinesAndGroups(t *testing.T) {
	c := open(t, arvadostest.Options{})
	c.AddVM("curator-shell")
	c.AddGroup("Curators", "role", "")
	page, err := c.b.Objects(t.Context(), apiclient.Query{Search: "curator", Size: 50})
	if err != nil || len(page.Rows) != 2 || page.Rows[0].Type != "virtual machine" || page.Rows[1].Type != "role" {
		t.Errorf("%+v, %v", page, err)
	}
}
