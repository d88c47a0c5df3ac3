package juju_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/juju/jujutest"
	"gatehouse/apiclient/secret"
)

// TestEveryOperationIsOneCall asserts what goes over the wire for every write,
// as all releases have it.
func TestEveryOperationIsOneCall(t *testing.T) {
	facades := map[string][2]int{ // Controller, ModelManager
		"2.9.43": {11, 9}, "3.1.6": {11, 9}, "3.6.14": {12, 10}, "4.0.1": {13, 10}, "4.0.12": {14, 11},
	}
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := start(t, release)
			s.AddUser("jon", userPassword, "login")
			s.AddUser("kim", userPassword, "login")
			model := s.AddModel("prod", jujutest.Owner)
			b := s.owner()
			controller, models := facades[release][0], facades[release][1]
			onModel := grantRef(model, "admin/prod", "jon")
			onController := grantRef("controller", contextName, "jon")
			for _, c := range []struct {
				op   apiclient.Op
				want []string // the writes
			}{
				{
					apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"user_name": text("lee"), "real_name": text("Lee <&> Doe")}},
					[]string{`UserManager(3).AddUser {"users":[{"username":"lee","display-name":"Lee \u003c\u0026\u003e Doe"}]}`},
				}, {
					apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"user_name": text("max"), "password": hidden(newPassword)}},
					[]string{`UserManager(3).AddUser {"users":[{"username":"max","display-name":"","password":"` + newPassword + `"}]}`},
				}, {
					apiclient.Op{Verb: apiclient.UserSetPassword, On: userRef("kim"), With: apiclient.Values{"password": hidden(newPassword)}},
					[]string{`UserManager(3).SetPassword {"changes":[{"tag":"user-kim","password":"` + newPassword + `"}]}`},
				},
				{apiclient.Op{Verb: apiclient.UserReset, On: userRef("kim")}, []string{`UserManager(3).ResetPassword {"entities":[{"tag":"user-kim"}]}`}},
				{apiclient.Op{Verb: apiclient.UserDisable, On: userRef("kim")}, []string{`UserManager(3).DisableUser {"entities":[{"tag":"user-kim"}]}`}},
				{apiclient.Op{Verb: apiclient.UserEnable, On: userRef("kim")}, []string{`UserManager(3).EnableUser {"entities":[{"tag":"user-kim"}]}`}},
				{apiclient.Op{Verb: apiclient.UserRemove, On: userRef("kim")}, []string{`UserManager(3).RemoveUser {"entities":[{"tag":"user-kim"}]}`}},
				{
					apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{"user": text("jon"), "object": text("admin/prod"), "access": text("admin")}},
					[]string{fmt.Sprintf(`ModelManager(%d).ModifyModelAccess {"changes":[{"user-tag":"user-jon","action":"grant","access":"admin","model-tag":"model-%s"}]}`, models, model)},
				}, {
					// Down from admin to read: the level above is revoked.
					apiclient.Op{Verb: apiclient.GrantUpdate, On: onModel, With: apiclient.Values{"access": text("read")}},
					[]string{fmt.Sprintf(`ModelManager(%d).ModifyModelAccess {"changes":[{"user-tag":"user-jon","action":"revoke","access":"write","model-tag":"model-%s"}]}`, models, model)},
				}, {
					apiclient.Op{Verb: apiclient.GrantUpdate, On: onModel, With: apiclient.Values{"access": text("write")}},
					[]string{fmt.Sprintf(`ModelManager(%d).ModifyModelAccess {"changes":[{"user-tag":"user-jon","action":"grant","access":"write","model-tag":"model-%s"}]}`, models, model)},
				}, {
					apiclient.Op{Verb: apiclient.GrantRemove, On: onModel},
					[]string{fmt.Sprintf(`ModelManager(%d).ModifyModelAccess {"changes":[{"user-tag":"user-jon","action":"revoke","access":"read","model-tag":"model-%s"}]}`, models, model)},
				}, {
					apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{"user": text("ann@external"), "object": text(contextName), "access": text("login")}},
					[]string{fmt.Sprintf(`Controller(%d).ModifyControllerAccess {"changes":[{"user-tag":"user-ann@external","action":"grant","access":"login"}]}`, controller)},
				}, {
					apiclient.Op{Verb: apiclient.GrantUpdate, On: onController, With: apiclient.Values{"access": text("superuser")}},
					[]string{fmt.Sprintf(`Controller(%d).ModifyControllerAccess {"changes":[{"user-tag":"user-jon","action":"grant","access":"superuser"}]}`, controller)},
				}, {
					apiclient.Op{Verb: apiclient.GrantUpdate, On: onController, With: apiclient.Values{"access": text("login")}},
					[]string{fmt.Sprintf(`Controller(%d).ModifyControllerAccess {"changes":[{"user-tag":"user-jon","action":"revoke","access":"superuser"}]}`, controller)},
				}, {
					apiclient.Op{Verb: apiclient.GrantRemove, On: onController},
					[]string{fmt.Sprintf(`Controller(%d).ModifyControllerAccess {"changes":[{"user-tag":"user-jon","action":"revoke","access":"login"}]}`, controller)},
				}, {
					apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{"password": hidden(newPassword)}},
					[]string{`UserManager(3).SetPassword {"changes":[{"tag":"user-admin","password":"` + newPassword + `"}]}`},
				},
				{apiclient.Op{Verb: apiclient.SessionSignOut}, nil},
			} {
				s.Forget()
				o := b.Do(within(t), c.op)
				if o.End != apiclient.Done || o.Words == "" {
					t.Fatalf("%s ended as %+v, %+v", c.op.Verb, o, o.Failure)
				}
				var wrote []string
				for _, call := range s.said() {
					_, rest, _ := strings.Cut(call, ".")
					name, _, _ := strings.Cut(rest, " ")
					if writes[name] {
						wrote = append(wrote, call)
					}
				}
				if strings.Join(wrote, "\n") != strings.Join(c.want, "\n") {
					t.Errorf("%s sent\n%s\nwant\n%s", c.op.Verb, strings.Join(wrote, "\n"), strings.Join(c.want, "\n"))
				}
			}
		})
	}
}

func TestReadsAskWhatTheReferenceSays(t *testing.T) {
	s := start(t, "4.0.12")
	model := s.AddModel("prod", jujutest.Owner)
	controller := ""
	b := s.owner()
	models, err := b.Accounts(within(t), apiclient.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range models.Rows {
		if m.Name == "admin/controller" {
			controller = m.Ref.Path.Part(0)
		}
	}
	s.Forget()
	if _, err := b.WhoAmI(within(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Users(within(t), apiclient.Query{}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Grants(within(t), apiclient.Query{}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`UserManager(3).UserInfo {"entities":[{"tag":"user-admin"}],"include-disabled":true}`,
		`UserManager(3).UserInfo {"entities":[],"include-disabled":true}`,
		`UserManager(3).UserInfo {"entities":[],"include-disabled":true}`,
		`ModelManager(11).ListModelSummaries {"user-tag":"user-admin","all":true}`,
		`UserManager(3).ModelUserInfo {"entities":[{"tag":"model-` + controller + `"},{"tag":"model-` + model + `"}]}`,
	}
	if got := s.said(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r := s.Requests(); len(r) == 0 || r[0].Path != "/api" {
		t.Errorf("the connection is %+v", r)
	}
}

func TestListsAreInAStableOrderWhateverTheStore(t *testing.T) {
	for _, release := range releases {
		s := start(t, release)
		s.Fill(3, jujutest.Counts{Users: 40, Models: 6}, userPassword)
		b := s.owner()
		users, err := b.Users(within(t), apiclient.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if len(users.Rows) != 41 || users.Total != 41 {
			t.Fatalf("%s: %d users", release, len(users.Rows))
		}
		disabled, never := 0, 0
		for i, u := range users.Rows {
			if i > 0 && users.Rows[i-1].Name >= u.Name {
				t.Errorf("%s: %s comes before %s", release, users.Rows[i-1].Name, u.Name)
			}
			if u.State == apiclient.Disabled {
				disabled++
				if got := u.Get("access").Text; got != "" {
					t.Errorf("%s: a disabled user shows the access %q", release, got)
				}
			}
			if u.LastSeen.IsZero() {
				never++
			}
		}
		if disabled == 0 || never == 0 {
			t.Errorf("%s: %d disabled, %d never connected", release, disabled, never)
		}
		down, err := b.Users(within(t), apiclient.Query{Sort: "-created", Search: "svc-"})
		if err != nil || len(down.Rows) == 0 {
			t.Fatalf("%s: searching gave %v, %v", release, down.Rows, err)
		}
		for i, u := range down.Rows {
			if !strings.Contains(u.Name, "svc-") || i > 0 && down.Rows[i-1].Created < u.Created {
				t.Errorf("%s: row %d is %s", release, i, u.Name)
			}
		}
	}
}

func TestTheUsersOfAModel(t *testing.T) {
	s := start(t, "3.6.14")
	s.AddUser("jon", userPassword, "login")
	s.AddUser("kim", userPassword, "login")
	model := s.AddModel("prod", jujutest.Owner)
	b := s.owner()
	for user, level := range map[string]string{"jon": "read", "everyone@external": "write"} {
		o := b.Do(within(t), apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{"user": text(user), "object": text("prod"), "access": text(level)}})
		if o.End != apiclient.Done {
			t.Fatalf("%+v %+v", o, o.Failure)
		}
	}
	scope := apiclient.Ref{Context: contextName, Kind: apiclient.KindAccount, Path: apiclient.NewPath(model, "admin/prod")}
	users, err := b.Users(within(t), apiclient.Query{Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, u := range users.Rows {
		got[u.Name] = u.Get("model_access").Text
	}
	if fmt.Sprint(got) != fmt.Sprint(map[string]string{"admin": "admin", "jon": "read", "everyone@external": "write"}) {
		t.Errorf("the users are %v", got)
	}
	mine, err := s.as("jon", userPassword).Grants(within(t), apiclient.Query{})
	if err != nil || len(mine.Rows) != 2 {
		t.Errorf("jon sees %+v, %v", mine.Rows, err)
	}
}

func TestRefusalsInTheWordsOfEachRelease(t *testing.T) {
	for _, c := range []struct {
		release string
		op      apiclient.Op
		words   string
		cause   error
	}{
		{"2.9.43", create("jon"), "failed to create user: username unavailable", apiclient.ErrConflict},
		{"4.0.12", create("jon"), `creating user: adding user "jon": user already exists`, apiclient.ErrConflict},
		{"3.6.14", on(apiclient.UserDisable, "nobody"), "permission denied", apiclient.ErrDenied},
		{"4.0.12", on(apiclient.UserDisable, "nobody"), `user "nobody": user not found`, apiclient.ErrNotFound},
		{"3.6.14", on(apiclient.UserDisable, "admin"), "failed to disable user: cannot disable controller model owner", apiclient.ErrConflict},
		{"4.0.12", on(apiclient.UserRemove, "admin"), `cannot delete controller owner "admin"`, apiclient.ErrConflict},
		{"3.6.14", on(apiclient.UserReset, "admin"), "permission denied", apiclient.ErrDenied},
		{"2.9.43", on(apiclient.UserReset, "off"), "user deactivated", apiclient.ErrConflict},
	} {
		s := start(t, c.release)
		s.AddUser("jon", userPassword, "login")
		s.AddUser("off", userPassword, "login")
		b := s.owner()
		if o := b.Do(within(t), on(apiclient.UserDisable, "off")); o.End != apiclient.Done {
			t.Fatalf("%+v", o)
		}
		o := b.Do(within(t), c.op)
		if o.End != apiclient.Refused || o.Words != c.words || !errors.Is(o.Failure, c.cause) || o.Failure.Tried == "" {
			t.Errorf("%s %s ended as %+v, %+v", c.release, c.op.Verb, o, o.Failure)
		}
	}
}

func create(name string) apiclient.Op {
	return apiclient.Op{Verb: apiclient.UserCreate, With: apiclient.Values{"user_name": text(name)}}
}

func on(v apiclient.Verb, name string) apiclient.Op { return apiclient.Op{Verb: v, On: userRef(name)} }

func TestAGrantOfWhatIsThereChangesNothing(t *testing.T) {
	for _, release := range releases {
		s := start(t, release)
		s.AddUser("jon", userPassword, "superuser")
		o := s.owner().Do(within(t), apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{
			"user": text("jon"), "object": text("controller"), "access": text("login"),
		}})
		if o.End != apiclient.Done || !o.Unchanged || !strings.Contains(o.Words, "access or greater") {
			t.Errorf("%s: it ended as %+v", release, o)
		}
	}
}

func TestNamesThatNoControllerHasAreNotSent(t *testing.T) {
	s := start(t, "3.6.14")
	b := s.owner()
	s.Forget()
	for _, name := range []string{"j", "jon_doe", "jon doe", "-jon", "jon/kim", "jon@external", "", strings.Repeat("x", 300), "jon\n"} {
		o := b.Do(within(t), create(name))
		if o.End != apiclient.NotSent || !errors.Is(o.Failure, apiclient.ErrInvalid) || len(o.Failure.Fields) == 0 {
			t.Errorf("%q ended as %+v", name, o)
		}
		if name != "jon@external" && name != "" {
			if o := b.Do(within(t), on(apiclient.UserRemove, name)); o.End != apiclient.NotSent {
				t.Errorf("%q ended as %+v", name, o)
			}
		}
	}
	s.AddModel("prod", jujutest.Owner)
	for object, access := range map[string]string{"controller": "read", "prod": "login"} {
		o := b.Do(within(t), apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{"user": text("jon"), "object": text(object), "access": text(access)}})
		if o.End != apiclient.NotSent {
			t.Errorf("%s on %s ended as %+v", access, object, o)
		}
	}
	for _, call := range s.said() {
		if !strings.Contains(call, "ListModelSummaries") {
			t.Errorf("it sent %s", call)
		}
	}
}

func TestManyUsersGoInOneCallAndEndOneByOne(t *testing.T) {
	s := start(t, "4.0.12")
	s.AddUser("jon", userPassword, "login")
	s.AddUser("kim", userPassword, "login")
	b := s.owner()
	batcher, ok := b.(apiclient.Batcher)
	if !ok || batcher.BatchSize(apiclient.UserDisable) < 3 {
		t.Fatal("it takes no batches")
	}
	s.Forget()
	o := batcher.DoBatch(within(t), []apiclient.Op{
		on(apiclient.UserDisable, "jon"), on(apiclient.UserDisable, "no/name"), on(apiclient.UserDisable, "nobody"), on(apiclient.UserDisable, "kim"),
	})
	if got := s.said(); len(got) != 1 || got[0] != `UserManager(3).DisableUser {"entities":[{"tag":"user-jon"},{"tag":"user-nobody"},{"tag":"user-kim"}]}` {
		t.Errorf("it sent %v", got)
	}
	ends := []apiclient.End{o[0].End, o[1].End, o[2].End, o[3].End}
	if fmt.Sprint(ends) != fmt.Sprint([]apiclient.End{apiclient.Done, apiclient.NotSent, apiclient.Refused, apiclient.Done}) {
		t.Errorf("they ended as %v", ends)
	}
}

func TestANewOwnPasswordIsWhatTheNextLoginUses(t *testing.T) {
	s := start(t, "3.6.14")
	s.AddUser("jon", userPassword, "login")
	b := s.as("jon", userPassword)
	o := b.Do(within(t), apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{"password": hidden(newPassword)}})
	if o.End != apiclient.Done || o.Credential == nil || !o.Credential.Secret.Equal(secret.New(newPassword)) || o.Credential.User != "jon" {
		t.Fatalf("it ended as %+v", o)
	}
	first := true
	s.Break(func(jujutest.Request) jujutest.Fault {
		f := jujutest.Fault{Drop: first}
		first = false
		return f
	})
	if _, err := b.WhoAmI(within(t)); err != nil {
		t.Errorf("after the connection broke: %v", err)
	}
}

func TestWhatAPlanTells(t *testing.T) {
	s := start(t, "3.6.14")
	s.AddUser("jon", userPassword, "login")
	s.AddUser("off", userPassword, "login")
	model := s.AddModel("prod", jujutest.Owner)
	b := s.owner()
	if o := b.Do(within(t), on(apiclient.UserDisable, "off")); o.End != apiclient.Done {
		t.Fatalf("%+v", o)
	}
	ownAccess := grantRef("controller", contextName, jujutest.Owner)
	for _, c := range []struct {
		op    apiclient.Op
		fact  string
		block string
	}{
		{on(apiclient.UserRemove, "admin"), "", "lock yourself out"},
		{on(apiclient.UserDisable, "admin"), "", "no admin left"},
		{on(apiclient.UserReset, "admin"), "", "never reset the one who asks"},
		{on(apiclient.UserReset, "off"), "", "off is disabled"},
		{on(apiclient.UserDisable, "off"), "disabled already", ""},
		{on(apiclient.UserEnable, "jon"), "enabled already", ""},
		{on(apiclient.UserRemove, "jon"), "may stay taken", ""},
		{on(apiclient.UserRemove, "nobody"), "does not exist any more", "Nothing is left"},
		{create("jon"), "shown once", "already"},
		{apiclient.Op{Verb: apiclient.GrantRemove, On: ownAccess}, "", "lock yourself out"},
		{apiclient.Op{Verb: apiclient.GrantRemove, On: grantRef("controller", contextName, "jon")}, "can no longer log in", ""},
		{apiclient.Op{Verb: apiclient.GrantRemove, On: grantRef(model, "admin/prod", "jon")}, "does not exist any more", "Nothing is left"},
		{apiclient.Op{Verb: apiclient.UserSetPassword, On: userRef("jon"), With: apiclient.Values{"password": hidden(newPassword)}}, "stay open", ""},
	} {
		p, err := b.Prepare(within(t), []apiclient.Op{c.op})
		if err != nil {
			t.Errorf("%s: %v", c.op.Verb, err)
			continue
		}
		if said := fmt.Sprintf("%+v", p.Facts); c.fact != "" && !strings.Contains(said, c.fact) {
			t.Errorf("%s %s: the facts are %s", c.op.Verb, c.op.On.Name(), said)
		}
		if said := fmt.Sprintf("%+v", p.Blocks); c.block != "" && !strings.Contains(said, c.block) || c.block == "" && len(p.Blocks) > 0 {
			t.Errorf("%s %s: the blocks are %s", c.op.Verb, c.op.On.Name(), said)
		}
	}
}

func TestAUserWithModelsIsAPlanOfSeveralSteps(t *testing.T) {
	s := start(t, "4.0.12")
	s.AddModel("prod", jujutest.Owner)
	s.AddModel("web", jujutest.Owner)
	b := s.owner()
	op := create("jon")
	op.With["models"], op.With["model_access"] = apiclient.Input{List: []string{"admin/prod", "web"}}, text("write")
	p, err := b.Prepare(within(t), []apiclient.Op{op})
	if err != nil {
		t.Fatal(err)
	}
	r := apiclient.Run(within(t), b, p, apiclient.RunOptions{}).Wait()
	if !r.Good() || len(r.Outcomes) != 3 || len(r.Reveals()) != 1 {
		t.Fatalf("it ended as %+v", r.Outcomes)
	}
	grants, err := b.Grants(within(t), apiclient.Query{Scope: userRef("jon")})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, g := range grants.Rows {
		got[g.Object.Name()] = g.Access
	}
	if fmt.Sprint(got) != fmt.Sprint(map[string]string{contextName: "login", "admin/prod": "write", "admin/web": "write"}) {
		t.Errorf("the access is %v", got)
	}
	op.With["models"] = apiclient.Input{List: []string{"nowhere"}}
	if f := failure(t, errOf(b.Prepare(within(t), []apiclient.Op{op}))); len(f.Fields) != 1 || f.Fields[0].Field != "models" {
		t.Errorf("the failure is %+v", f)
	}
}

func errOf(_ apiclient.Plan, err error) error { return err }

func TestWhoIsNoSuperuserSeesHimself(t *testing.T) {
	for _, release := range releases {
		s := start(t, release)
		s.AddUser("jon", userPassword, "login")
		b := s.as("jon", userPassword)
		id, err := b.WhoAmI(within(t))
		if err != nil || id.Name != "jon" || id.Admin || id.User.Key() != userRef("jon") {
			t.Errorf("%s: %+v, %v", release, id, err)
		}
		users, err := b.Users(within(t), apiclient.Query{})
		if err != nil || len(users.Rows) != 1 {
			t.Errorf("%s: %+v, %v", release, users.Rows, err)
		}
		if v := b.Info().Verbs[apiclient.UserRemove]; v.OK || v.Why == "" {
			t.Errorf("%s: he can remove users", release)
		}
		o := b.Do(within(t), apiclient.Op{Verb: apiclient.SessionSetPassword, With: apiclient.Values{"password": hidden(newPassword)}})
		if o.End != apiclient.Done {
			t.Errorf("%s: %+v", release, o)
		}
	}
}

func TestAnOldControllerSaysWhatItLacks(t *testing.T) {
	s := start(t, "2.9.0")
	b := s.owner()
	if l := b.Info().Lists[apiclient.KindGrant]; l.OK || l.Why == "" {
		t.Error("it is not said that access cannot be listed")
	}
	if _, err := b.Grants(within(t), apiclient.Query{}); !errors.Is(err, apiclient.ErrUnsupported) {
		t.Errorf("listing gave %v", err)
	}
	s.AddUser("jon", userPassword, "login")
	s.AddModel("prod", jujutest.Owner)
	r := apiclient.Op{Verb: apiclient.GrantAdd, With: apiclient.Values{"user": text("jon"), "object": text("prod"), "access": text("read")}}
	p, err := b.Prepare(within(t), []apiclient.Op{r})
	if err != nil {
		t.Fatal(err)
	}
	if res := apiclient.Run(within(t), b, p, apiclient.RunOptions{}).Wait(); !res.Good() {
		t.Errorf("it ended as %+v", res.Outcomes)
	}
}

func TestAPlanOfManyGrantsAsksOnce(t *testing.T) {
	s := start(t, "4.0.12")
	s.Fill(5, jujutest.Counts{Users: 60, Models: 12}, userPassword)
	b := s.owner()
	grants, err := b.Grants(within(t), apiclient.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var ops []apiclient.Op
	for _, g := range grants.Rows {
		if g.Subject.Name() != jujutest.Owner {
			ops = append(ops, apiclient.Op{Verb: apiclient.GrantRemove, On: g.Ref})
		}
	}
	s.Forget()
	p, err := b.Prepare(within(t), ops)
	if err != nil || len(p.Steps) != len(ops) || len(p.Blocks) > 0 {
		t.Fatalf("%d of %d steps, %+v, %v", len(p.Steps), len(ops), p.Blocks, err)
	}
	if n := len(s.said()); n > 5 || len(ops) < 60 {
		t.Errorf("%d calls for %d ops", n, len(ops))
	}
	if r := apiclient.Run(within(t), b, p, apiclient.RunOptions{}).Wait(); !r.Good() {
		t.Fatalf("it ended as %+v", r.Counts)
	}
	left, err := b.Grants(within(t), apiclient.Query{})
	if err != nil || len(left.Rows) != len(grants.Rows)-len(ops) {
		t.Errorf("%d are left, %v", len(left.Rows), err)
	}
}
