package anchore_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/anchore/anchoretest"
	"gatehouse/apiclient/secret"
)

func TestPlansTellWhatAnAdminMustKnow(t *testing.T) {
	keyUse := func(s stage) apiclient.Backend {
		_, key := s.key(s.b, s.userIn(s.b, "admin"))
		b, err := s.signIn("api-key", apiclient.Values{"api_key": {Secret: key}})
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(b.Close)
		return b
	}
	account := func(name string) apiclient.Ref {
		return apiclient.Ref{Context: contextName, Kind: apiclient.KindAccount, Path: apiclient.NewPath(name)}
	}
	me := func(k apiclient.Kind) func(stage) apiclient.Ref {
		return func(stage) apiclient.Ref {
			return apiclient.Ref{Context: contextName, Kind: k, Path: apiclient.NewPath("admin", "admin", "password")}
		}
	}
	admin := apiclient.Ref{Context: contextName, Kind: apiclient.KindUser, Path: apiclient.NewPath("admin", "admin")}
	for _, c := range []struct {
		name  string
		o     anchoretest.Options
		verb  apiclient.Verb
		on    func(stage) apiclient.Ref
		with  apiclient.Values
		as    func(stage) apiclient.Backend
		words string
		block bool
	}{
		{name: "own account", o: engine, verb: apiclient.AccountDisable, on: func(stage) apiclient.Ref { return account("admin") }, words: "lock yourself out", block: true},
		{name: "admin account", o: enterprise, verb: apiclient.AccountDelete, on: func(stage) apiclient.Ref { return account("admin") }, words: "neither disables nor deletes", block: true},
		{name: "own user", o: engine, verb: apiclient.UserDelete, on: func(stage) apiclient.Ref { return admin }, words: "lock yourself out", block: true},
		{name: "keys go", o: enterprise, verb: apiclient.UserDelete, on: stage.user1, words: "With it go 1 API key"},
		{name: "keys stay", o: enterprise, verb: apiclient.UserSetPassword, on: stage.user1, with: apiclient.Values{"password": fresh()}, words: "1 API key of jane-1 go on working"},
		{name: "tokens stay", o: engine, verb: apiclient.UserSetPassword, on: stage.user1, with: apiclient.Values{"password": fresh()}, words: "OAuth tokens"},
		{name: "lag", o: engine, verb: apiclient.AccountDisable, on: stage.account1, words: "5 seconds"},
		{name: "enabled already", o: engine, verb: apiclient.AccountEnable, on: stage.account1, words: "enabled already"},
		{name: "own credential", o: engine, verb: apiclient.TokenRevoke, on: me(apiclient.KindToken), words: "nobody take away his own", block: true},
		{name: "no way in", o: engine, verb: apiclient.TokenRevoke, on: stage.key1, words: "cannot sign in until"},
		{name: "key in use", o: enterprise, verb: apiclient.TokenRevoke, as: keyUse, on: func(s stage) apiclient.Ref {
			return apiclient.Ref{Context: contextName, Kind: apiclient.KindToken, Path: apiclient.NewPath("admin", "user-1", "key-2")}
		}, words: "if it is key-2, you will be signed out"},
		{name: "granted", o: enterprise, verb: apiclient.GrantAdd, with: apiclient.Values{"user": text("jane-1"), "role": text("read-only"), "account": text("acme@1")}, words: "has the role already"},
		{name: "through a group", o: enterprise, verb: apiclient.GrantRemove, on: func(s stage) apiclient.Ref {
			s.fake.Group("jane-1", "acme@1", "full-control", "leads")
			return apiclient.Ref{Context: contextName, Kind: apiclient.KindGrant, Path: apiclient.NewPath("jane-1", "acme@1", "full-control")}
		}, words: "through the group leads", block: true},
		{name: "gone", o: engine, verb: apiclient.UserDelete, on: func(stage) apiclient.Ref {
			return apiclient.Ref{Kind: apiclient.KindUser, Path: apiclient.NewPath("acme@1", "nobody")}
		}, words: "does not exist any more", block: true},
	} {
		s := set(t, c.o)
		b := s.b
		if c.as != nil {
			b = c.as(s)
		}
		op := apiclient.Op{Verb: c.verb, With: c.with}
		if c.on != nil {
			op.On = c.on(s)
		}
		p := prepare(t, b, op)
		if !says(p, c.words) || (len(p.Blocks) > 0) != c.block {
			t.Errorf("%s: facts %+v, blocks %+v", c.name, p.Facts, p.Blocks)
		}
	}
}

func TestAPastedKeyCannotBeLookedUp(t *testing.T) {
	s := start(t, enterprise)
	b := s.admin()
	o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenRevoke, Secret: secret.New("some-key-value")})
	if o.End != apiclient.NotSent || !strings.Contains(o.Words, "does not say whose") || strings.Contains(o.Words, "some-key") {
		t.Errorf("it ended as %+v", o)
	}
}

func TestWhoMayLittleSeesHisOwn(t *testing.T) {
	for _, o := range []anchoretest.Options{engine, enterprise} {
		s := set(t, o)
		s.user(s.b)
		b := s.as("jane-1", userPassword)
		accounts, err := b.Accounts(t.Context(), apiclient.Query{})
		if err != nil || len(accounts.Rows) != 1 || accounts.Rows[0].Name != "acme@1" {
			t.Errorf("accounts %+v, %v", accounts, err)
		}
		users, err := b.Users(t.Context(), apiclient.Query{})
		if err != nil || len(users.Rows) != 1 || users.Rows[0].Ref != s.jane {
			t.Errorf("users %+v, %v", users, err)
		}
		tokens, err := b.Tokens(t.Context(), apiclient.Query{})
		if err != nil || len(tokens.Rows) != 1 {
			t.Errorf("tokens %+v, %v", tokens, err)
		}
		out := b.Do(t.Context(), apiclient.Op{Verb: apiclient.AccountDisable, On: s.acme})
		if out.End != apiclient.Refused || !errors.Is(out.Failure, apiclient.ErrDenied) || !strings.Contains(out.Words, "action=updateAccount") || out.Failure.Next == "" {
			t.Errorf("it ended as %+v %+v", out, out.Failure)
		}
	}
}

func TestADisabledAccountIsNotALockoutAtOnce(t *testing.T) {
	s := set(t, engine)
	b := s.as("jane-1", userPassword)
	s.do(s.b, apiclient.AccountDisable, s.acme, nil)
	if _, err := b.WhoAmI(t.Context()); err != nil {
		t.Errorf("within the lag: %v", err)
	}
	probe := func() apiclient.Verdict {
		v, err := s.b.Probe(t.Context(), secret.New("jane-1:"+userPassword))
		if err != nil || len(v) != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		return v[0]
	}
	if v := probe(); v.Life != apiclient.Alive {
		t.Errorf("within the lag %+v", v)
	}
	s.clock.Advance(s.b.Info().Lag)
	if v := probe(); v.Life != apiclient.Dead || !strings.Contains(v.Words, "not enabled") {
		t.Errorf("after the lag %+v", v)
	}
	_, err := b.WhoAmI(t.Context())
	if f := apiclient.AsFailure("", err); !errors.Is(err, apiclient.ErrDenied) || !strings.Contains(f.Next, "enable the account") {
		t.Errorf("after the lag: %v", err)
	}
}

func TestProbesTellLifeAndDeath(t *testing.T) {
	s := set(t, anchoretest.Options{V2: true, OAuth: true})
	ref, key := s.key(s.b, s.jane)
	bearer := s.bearer("jane-1", userPassword)
	try := func(b apiclient.Backend, token string) apiclient.Verdict {
		t.Helper()
		v, err := b.Probe(t.Context(), secret.New(token))
		if err != nil || len(v) != 1 || v[0].Words == "" || strings.Contains(v[0].Words, token) {
			t.Fatalf("%+v, %v", v, err)
		}
		return v[0]
	}
	for _, token := range []string{key.Reveal(), "_api_key:" + key.Reveal(), bearer.Reveal(), "jane-1:" + userPassword} {
		if v := try(s.b, token); v.Life != apiclient.Alive || v.Status != 200 || v.Where != s.fake.URL {
			t.Errorf("%.12s: %+v", token, v)
		}
	}
	s.do(s.b, apiclient.TokenRevoke, ref, nil)
	s.do(s.b, apiclient.UserSetPassword, s.jane, apiclient.Values{"password": fresh()})
	s.clock.Advance(5 * time.Second)
	for token, want := range map[string]apiclient.Life{
		key.Reveal(): apiclient.Dead, "jane-1:" + userPassword: apiclient.Dead, bearer.Reveal(): apiclient.Alive, "": apiclient.CannotSay,
	} {
		v, err := s.b.Probe(t.Context(), secret.New(token))
		if err != nil || v[0].Life != want {
			t.Errorf("%.12s: %+v, %v", token, v, err)
		}
	}
	old := set(t, engine)
	old.fake.Forget()
	if v := try(old.b, "some-opaque-key"); v.Life != apiclient.CannotSay || len(old.all()) > 0 {
		t.Errorf("an Engine was sent a key: %+v", v)
	}
}

func TestALostAnswerToAPasswordIsFoundOut(t *testing.T) {
	for _, o := range []anchoretest.Options{engine, enterprise} {
		s := set(t, o)
		op := apiclient.Op{Verb: apiclient.UserSetPassword, On: s.jane, With: apiclient.Values{"password": fresh()}}
		step := prepare(t, s.b, op).Steps[0].Op
		s.clock.Advance(time.Minute)
		s.admin() // its answers tell the new time
		if _, err := s.b.WhoAmI(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f, err := s.b.ReadBack(t.Context(), step); err != nil || f.End != apiclient.Refused {
			t.Errorf("before: %+v, %v", f, err)
		}
		s.do(s.b, apiclient.UserSetPassword, s.jane, op.With)
		if f, err := s.b.ReadBack(t.Context(), step); err != nil || f.End != apiclient.Done {
			t.Errorf("after: %+v, %v", f, err)
		}
		if drift := apiclient.Recheck(t.Context(), s.b, apiclient.Plan{Steps: []apiclient.Step{{Op: step}}}); len(drift.Drifts) != 1 {
			t.Errorf("a second plan is not told: %+v", drift)
		}
	}
}

func TestAllKeysOfAUserAreRevokedOneByOne(t *testing.T) {
	s := set(t, enterprise)
	s.key(s.b, s.jane)
	s.key(s.b, s.jane)
	s.do(s.b, apiclient.TokenRevoke, s.key1(), nil)
	o := s.do(s.b, apiclient.UserExpireTokens, s.jane, nil)
	if len(o.Items) != 2 || o.Words != "2 API keys of jane-1 revoked" || slices.ContainsFunc(o.Items, func(i apiclient.Item) bool { return i.End != apiclient.Done }) {
		t.Errorf("%+v", o)
	}
	if o := s.do(s.b, apiclient.UserExpireTokens, s.jane, nil); !o.Unchanged || len(o.Items) != 0 {
		t.Errorf("again: %+v", o)
	}
}

func (s stage) keyOf(name string) apiclient.Ref {
	return apiclient.Ref{Kind: apiclient.KindToken, Path: apiclient.NewPath("acme@1", "jane-1", name)}
}

func TestKeysKeepTheirNamesToThemselves(t *testing.T) {
	s := set(t, enterprise)
	with := apiclient.Values{"user": owner(s.jane), "name": text("ci #1"), "max_age": text("1d")}
	o := s.b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenCreate, With: with})
	if o.End != apiclient.Refused || len(o.Failure.Fields) != 1 || o.Failure.Fields[0].Field != "name" || len(o.Reveals) > 0 {
		t.Errorf("a second of the name: %+v %+v", o, o.Failure)
	}
	o = s.do(s.b, apiclient.TokenUpdate, s.key1(), apiclient.Values{"name": text("other")})
	if len(o.Made) != 1 || o.Made[0].Name() != "other" {
		t.Errorf("renamed: %+v", o)
	}
	if _, err := s.b.Read(t.Context(), s.key1()); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("under the old name: %v", err)
	}
	s.do(s.b, apiclient.TokenRevoke, s.keyOf("other"), nil)
	r, err := s.b.Read(t.Context(), s.keyOf("other"))
	if err != nil || r.Get("state").Text != "revoked" {
		t.Errorf("%+v, %v", r, err)
	}
	s.do(s.b, apiclient.TokenDelete, s.keyOf("other"), nil)
	if _, err := s.b.Read(t.Context(), s.keyOf("other")); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("after it was deleted: %v", err)
	}
}

func TestListsAreInOrderAndSearched(t *testing.T) {
	for _, o := range []anchoretest.Options{engine, enterprise, {V2: true, API: "2.1.0"}} {
		s := start(t, o)
		s.fake.Fill(3, 23, 5)
		b := s.admin()
		var names []string
		pages := 0
		err := apiclient.All(t.Context(), b.Users, apiclient.Query{Size: 10}, func(p apiclient.Page[apiclient.User]) error {
			pages++
			for _, u := range p.Rows {
				names = append(names, u.Ref.Path.String())
			}
			return nil
		})
		all, err2 := b.Users(t.Context(), apiclient.Query{})
		if err != nil || err2 != nil || !slices.IsSorted(names) || len(names) != len(all.Rows) || len(names) < 100 {
			t.Fatalf("%d of %d users in order: %v, %v %v", len(names), len(all.Rows), slices.IsSorted(names), err, err2)
		}
		if list := o.V1 || o.API != ""; list != (pages > 1) {
			t.Errorf("%+v: %d pages", o, pages)
		}
		tokens := 0
		err = apiclient.All(t.Context(), b.Tokens, apiclient.Query{}, func(p apiclient.Page[apiclient.Token]) error { tokens += len(p.Rows); return nil })
		if err != nil || tokens < 50 {
			t.Errorf("%d tokens, %v", tokens, err)
		}
		found, err := b.Accounts(t.Context(), apiclient.Query{Search: "EDGE", Sort: "-created"})
		if err != nil || len(found.Rows) == 0 || !slices.IsSortedFunc(found.Rows, func(a, b apiclient.Account) int { return int(b.Created - a.Created) }) {
			t.Errorf("%+v, %v", found, err)
		}
		for _, a := range found.Rows {
			if !strings.Contains(a.Name, "edge") {
				t.Errorf("%s was found", a.Name)
			}
		}
		if _, err := b.Accounts(t.Context(), apiclient.Query{Scope: found.Rows[0].Ref}); !errors.Is(err, apiclient.ErrUnsupported) {
			t.Errorf("accounts of an account: %v", err)
		}
	}
}

func TestAnAccountCalledUsersIsNotTakenForTheListOfAll(t *testing.T) {
	s := start(t, anchoretest.Options{V2: true, API: "2.5.0"})
	b := s.admin()
	s.do(b, apiclient.AccountCreate, apiclient.Ref{}, apiclient.Values{"name": text("users")})
	s.userIn(b, "users")
	// Also from a release that does not tell its version.
	page, err := b.Users(t.Context(), apiclient.Query{})
	if err != nil || len(page.Rows) != 2 {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestWhatIsCancelledIsNotSent(t *testing.T) {
	s := set(t, engine)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	byName := apiclient.Ref{Kind: apiclient.KindUser, Path: "jane-1"}
	for _, op := range []apiclient.Op{{Verb: apiclient.UserDelete, On: s.jane}, {Verb: apiclient.UserDelete, On: byName}, {Verb: apiclient.AccountDisable, On: s.acme}} {
		if o := s.b.Do(ctx, op); o.End != apiclient.NotSent {
			t.Errorf("%s ended as %+v", op.Verb, o)
		}
	}
}

func TestEveryVerbIsThereOrExplained(t *testing.T) {
	for _, o := range []anchoretest.Options{engine, enterprise} {
		s := start(t, o)
		info := s.admin().Info()
		for _, spec := range apiclient.Catalogue() {
			_, declared := s.driver.Verb(spec.Verb)
			if why := s.driver.Missing[spec.Verb]; declared == (why != "") {
				t.Errorf("%s: declared is %v, and why not is %q", spec.Verb, declared, why)
			}
			if here := info.Verbs[spec.Verb]; here.OK == (here.Why != "") {
				t.Errorf("%s on %s: %+v", spec.Verb, info.System, here)
			}
		}
	}
}

// An answer that says yes to something else is not believed.
func TestAnAcknowledgedChangeOfSomethingElseIsNotDone(t *testing.T) {
	for verb, lie := range map[apiclient.Verb]string{
		apiclient.AccountDisable: `{"state":"enabled"}`,
		apiclient.AccountUpdate:  `{"name":"acme@1","email":"old@example.com"}`,
		apiclient.TokenRevoke:    `{"name":"ci #1","status":"active"}`,
		apiclient.TokenCreate:    `{"name":"new","status":"active"}`,
	} {
		s := set(t, enterprise)
		between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				s.fake.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(lie))
		}))
		s.url = between.URL
		op := apiclient.Op{Verb: verb, With: apiclient.Values{}}
		switch verb {
		case apiclient.AccountUpdate:
			op.On, op.With = s.acme, apiclient.Values{"email": text("new@example.com")}
		case apiclient.AccountDisable:
			op.On = s.acme
		case apiclient.TokenRevoke:
			op.On = s.ci
		default:
			op.With = apiclient.Values{"name": text("new"), "max_age": text("1d")}
		}
		o := s.admin().Do(t.Context(), op)
		if o.End != apiclient.Unknown || o.Failure == nil || len(o.Reveals) > 0 || (verb == apiclient.TokenCreate) != (len(o.Orphans) == 1) {
			t.Errorf("%s ended as %+v", verb, o)
		}
		between.Close()
	}
}

func TestCredentialsOfAnAccountComeInPages(t *testing.T) {
	s := start(t, engine)
	s.fake.Fill(9, 1, 70)
	b := s.admin()
	accounts, err := b.Accounts(t.Context(), apiclient.Query{})
	if err != nil {
		t.Fatal(err)
	}
	scope := accounts.Rows[1].Ref
	pages, rows := 0, 0
	err = apiclient.All(t.Context(), b.Tokens, apiclient.Query{Scope: scope}, func(p apiclient.Page[apiclient.Token]) error {
		pages++
		rows += len(p.Rows)
		return nil
	})
	// Every eighth has no password.
	if err != nil || pages != 3 || rows != 62 {
		t.Errorf("%d rows on %d pages, %v", rows, pages, err)
	}
}

func TestARowThatIsGoneIsSaidToBe(t *testing.T) {
	s := set(t, enterprise)
	s.do(s.b, apiclient.GrantRemove, s.role, nil)
	s.do(s.b, apiclient.TokenDelete, s.ci, nil)
	s.do(s.b, apiclient.UserDelete, s.jane, nil)
	nobody := apiclient.Ref{Kind: apiclient.KindUser, Path: "jane-1"}
	for _, ref := range []apiclient.Ref{s.role, s.ci, s.jane, nobody, {Kind: apiclient.KindAccount, Path: "nobody"}, {Kind: apiclient.KindRole, Path: "nothing"}} {
		if _, err := s.b.Read(t.Context(), ref); !errors.Is(err, apiclient.ErrNotFound) {
			t.Errorf("%s %s: %v", ref.Kind, ref.Path, err)
		}
	}
	if _, err := s.b.Tokens(t.Context(), apiclient.Query{Scope: s.jane}); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("credentials of somebody who is gone: %v", err)
	}
	made := apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("acme@1")}}
	s.clock.Advance(time.Hour)
	if _, err := s.b.WhoAmI(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f, err := s.b.ReadBack(t.Context(), made); err != nil || f.End != apiclient.Refused || !strings.Contains(f.Words, "was there before") {
		t.Errorf("an older one of the name: %+v, %v", f, err)
	}
}
