package anchore_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/anchore/anchoretest"
	"gatehouse/apiclient/secret"
)

// stage is a system with one account, jane-1 in it with a key called ci.
type stage struct {
	*system
	b              apiclient.Backend
	acme, jane, ci apiclient.Ref
	role           apiclient.Ref
}

func set(t *testing.T, o anchoretest.Options) stage {
	t.Helper()
	s := stage{system: start(t, o)}
	s.b = s.admin()
	s.acme = s.do(s.b, apiclient.AccountCreate, apiclient.Ref{}, apiclient.Values{"name": text("acme@1")}).Made[0]
	s.jane = s.do(s.b, apiclient.UserCreate, apiclient.Ref{}, apiclient.Values{
		"account": text("acme@1"), "user_name": text("jane-1"), "password": {Secret: secret.New(userPassword)},
	}).Made[0]
	if !o.V2 {
		page, err := s.b.Tokens(t.Context(), apiclient.Query{Scope: s.jane})
		if err != nil {
			t.Fatal(err)
		}
		s.ci = page.Rows[0].Ref
	} else {
		s.ci = s.do(s.b, apiclient.TokenCreate, apiclient.Ref{}, apiclient.Values{
			"user": owner(s.jane), "name": text("ci #1"), "max_age": text("1d"),
		}).Made[0]
		s.role = s.do(s.b, apiclient.GrantAdd, apiclient.Ref{}, apiclient.Values{
			"user": owner(s.jane), "role": text("read-only"), "account": text("acme@1"),
		}).Made[0]
	}
	s.fake.Forget()
	return s
}

func fresh() apiclient.Input { return apiclient.Input{Secret: secret.New(newPassword)} }

func TestEveryOperationSendsWhatTheInterfaceAsksFor(t *testing.T) {
	body := `{"type":"password","value":"` + newPassword + `"}`
	for _, c := range []struct {
		verb   apiclient.Verb
		on     func(stage) apiclient.Ref
		with   apiclient.Values
		v1, v2 string // what is sent; "": it is not there
		end    apiclient.End
	}{
		{verb: apiclient.AccountCreate, with: apiclient.Values{"name": text("new 1x")}, v2: `POST /v2/accounts {"name":"new 1x"}`},
		{
			verb: apiclient.AccountCreate, with: apiclient.Values{"name": text("new1"), "email": text("a@example.com")},
			v1: `POST /v1/accounts {"name":"new1","email":"a@example.com"}`, v2: `POST /v2/accounts {"name":"new1","email":"a@example.com"}`,
		},
		{
			verb: apiclient.AccountUpdate, on: stage.account1, with: apiclient.Values{"email": text("b@example.com")},
			v2: `PUT /v2/accounts/acme%401 {"email":"b@example.com"}`,
		},
		{
			verb: apiclient.AccountDisable, on: stage.account1,
			v1: `PUT /v1/accounts/acme%401/state {"state":"disabled"}`, v2: `PUT /v2/accounts/acme%401/state {"state":"disabled"}`,
		},
		{
			verb: apiclient.AccountEnable, on: stage.account1,
			v1: `PUT /v1/accounts/acme%401/state {"state":"enabled"}`, v2: `PUT /v2/accounts/acme%401/state {"state":"enabled"}`,
		},
		{
			verb: apiclient.AccountDelete, on: stage.off, end: apiclient.Accepted,
			v1: `DELETE /v1/accounts/acme%401`, v2: `DELETE /v2/accounts/acme%401`,
		},
		{
			verb: apiclient.UserCreate, with: apiclient.Values{"account": text("acme@1"), "user_name": text("kim1"), "password": fresh()},
			v1: `POST /v1/accounts/acme%401/users {"username":"kim1","password":"` + newPassword + `"}`,
			v2: `POST /v2/accounts/acme%401/users {"username":"kim1","password":"` + newPassword + `"}`,
		},
		{
			verb: apiclient.UserCreate, with: apiclient.Values{"user_name": text("kim1"), "password": fresh()}, // in one's own account
			v1: `POST /v1/accounts/admin/users {"username":"kim1","password":"` + newPassword + `"}`,
			v2: `POST /v2/accounts/admin/users {"username":"kim1","password":"` + newPassword + `"}`,
		},
		{
			verb: apiclient.UserCreate, with: apiclient.Values{"account": text("acme@1"), "user_name": text("sso:kim"), "idp_name": text("keycloak")},
			v2: `POST /v2/accounts/acme%401/users {"username":"sso:kim","user_type":"saml","idp_name":"keycloak"}`,
		},
		{
			verb: apiclient.UserDelete, on: stage.user1,
			v1: `DELETE /v1/accounts/acme%401/users/jane-1`, v2: `DELETE /v2/accounts/acme%401/users/jane-1`,
		},
		{
			verb: apiclient.UserDelete, on: stage.userByName,
			v1: `DELETE /v1/accounts/acme%401/users/jane-1`, v2: `DELETE /v2/accounts/acme%401/users/jane-1`,
		},
		{
			verb: apiclient.UserSetPassword, on: stage.user1, with: apiclient.Values{"password": fresh()},
			v1: `POST /v1/accounts/acme%401/users/jane-1/credentials ` + body, v2: `POST /v2/accounts/acme%401/users/jane-1/credentials ` + body,
		},
		{
			verb: apiclient.SessionSetPassword, with: apiclient.Values{"password": fresh()},
			v1: `POST /v1/user/credentials ` + body, v2: `POST /v2/user/credentials ` + body,
		},
		{
			verb: apiclient.TokenCreate,
			with: apiclient.Values{"user": text("acme@1/jane-1"), "name": text("night"), "max_age": text("30d"), "description": text("builds")},
			v2:   `POST /v2/accounts/acme%401/users/jane-1/api-keys {"name":"night","expires_at":"2030-02-01T03:04:05Z","description":"builds"}`,
		},
		{
			verb: apiclient.TokenCreate, with: apiclient.Values{"name": text("mine"), "max_age": text("90s")},
			v2: `POST /v2/user/api-keys {"name":"mine","expires_at":"2030-01-02T03:05:35Z"}`,
		},
		{
			verb: apiclient.TokenUpdate, on: stage.key1, with: apiclient.Values{"description": text(""), "name": text("ci2")},
			v2: `PATCH /v2/accounts/acme%401/users/jane-1/api-keys/ci%20%231 {"description":"","name":"ci2"}`,
		},
		{
			verb: apiclient.TokenRevoke, on: stage.key1,
			v1: `DELETE /v1/accounts/acme%401/users/jane-1/credentials?credential_type=password`,
			v2: `PATCH /v2/accounts/acme%401/users/jane-1/api-keys/ci%20%231 {"status":"revoked"}`,
		},
		{verb: apiclient.TokenDelete, on: stage.key1, v2: `DELETE /v2/accounts/acme%401/users/jane-1/api-keys/ci%20%231`},
		{
			verb: apiclient.UserExpireTokens, on: stage.user1,
			v2: `PATCH /v2/accounts/acme%401/users/jane-1/api-keys/ci%20%231 {"status":"revoked"}`,
		},
		{
			verb: apiclient.GrantAdd, with: apiclient.Values{"user": text("jane-1"), "role": text("full-control"), "account": text("admin")},
			v2: `POST /v2/rbac-manager/roles/full-control/members {"domain_name":"admin","username":"jane-1"}`,
		},
		{
			verb: apiclient.GrantRemove, on: stage.grant1,
			v2: `DELETE /v2/rbac-manager/roles/read-only/members?domain_name=acme%401&username=jane-1`,
		},
	} {
		for _, o := range []anchoretest.Options{engine, enterprise} {
			want := c.v1
			if o.V2 {
				want = c.v2
			}
			if want == "" {
				continue
			}
			s := set(t, o)
			op := apiclient.Op{Verb: c.verb, With: c.with}
			if c.on != nil {
				op.On = c.on(s)
			}
			end := c.end
			if end == apiclient.NotSent {
				end = apiclient.Done
			}
			s.fake.Forget()
			if got := s.b.Do(t.Context(), op); got.End != end || got.Words == "" {
				t.Errorf("%s ended as %+v %+v", c.verb, got, got.Failure)
			}
			if sent := s.sent(); !slices.Equal(withoutSeconds(sent), withoutSeconds([]string{want})) {
				t.Errorf("%s sent %q instead of %q", c.verb, sent, want)
			}
		}
	}
}

// withoutSeconds leaves out the seconds of expiries: they are counted from the
// server's clock and ours, and ours goes on while a test runs.
func withoutSeconds(requests []string) []string {
	seconds := regexp.MustCompile(`("expires_at":"[^"]*:)[0-9]{2}:[0-9]{2}Z"`)
	out := make([]string, len(requests))
	for i, r := range requests {
		out[i] = seconds.ReplaceAllString(r, `${1}..Z"`)
	}
	return out
}

func (s stage) account1() apiclient.Ref { return s.acme }
func (s stage) user1() apiclient.Ref    { return s.jane }
func (s stage) userByName() apiclient.Ref {
	return apiclient.Ref{Kind: apiclient.KindUser, Path: "jane-1"}
}
func (s stage) key1() apiclient.Ref   { return s.ci }
func (s stage) grant1() apiclient.Ref { return s.role }

// off is the account after it was disabled.
func (s stage) off() apiclient.Ref {
	s.do(s.b, apiclient.AccountDisable, s.acme, nil)
	return s.acme
}

func TestListsSendWhatTheInterfaceHas(t *testing.T) {
	inAcme, ofJane := apiclient.Ref{Kind: apiclient.KindAccount, Path: "acme@1"}, apiclient.Ref{Kind: apiclient.KindUser, Path: apiclient.NewPath("acme@1", "jane-1")}
	reader := apiclient.Ref{Kind: apiclient.KindRole, Path: "read-only"}
	for _, c := range []struct {
		kind   apiclient.Kind
		scope  apiclient.Ref
		o      anchoretest.Options
		want   []string
		number int
	}{
		{apiclient.KindAccount, apiclient.Ref{}, engine, []string{"GET /v1/accounts"}, 2},
		{apiclient.KindAccount, apiclient.Ref{}, enterprise, []string{"GET /v2/accounts"}, 2},
		{apiclient.KindUser, inAcme, engine, []string{"GET /v1/accounts/acme%401/users"}, 1},
		{apiclient.KindUser, inAcme, enterprise, []string{"GET /v2/accounts/acme%401/users"}, 1},
		{apiclient.KindUser, apiclient.Ref{}, engine, []string{"GET /v1/accounts", "GET /v1/accounts/acme%401/users", "GET /v1/accounts/admin/users"}, 2},
		{apiclient.KindUser, apiclient.Ref{}, enterprise, []string{"GET /v2/accounts/users"}, 2},
		{
			apiclient.KindUser, apiclient.Ref{}, anchoretest.Options{V2: true, API: "2.5.0"},
			[]string{"GET /v2/accounts", "GET /v2/accounts/acme%401/users", "GET /v2/accounts/admin/users"}, 2,
		},
		{apiclient.KindToken, ofJane, engine, []string{"GET /v1/accounts/acme%401/users/jane-1/credentials"}, 1},
		{apiclient.KindToken, ofJane, enterprise, []string{"GET /v2/accounts/acme%401/users/jane-1/api-keys"}, 1},
		{
			apiclient.KindToken, apiclient.Ref{}, enterprise,
			[]string{"GET /v2/accounts/acme%401/users/jane-1/api-keys", "GET /v2/accounts/users", "GET /v2/user/api-keys"}, 1,
		},
		{apiclient.KindRole, apiclient.Ref{}, enterprise, []string{"GET /v2/rbac-manager/roles"}, 5},
		{apiclient.KindGrant, ofJane, enterprise, []string{"GET /v2/rbac-manager/users/jane-1/roles"}, 1},
		{apiclient.KindGrant, reader, enterprise, []string{"GET /v2/accounts/users", "GET /v2/rbac-manager/roles/read-only/members"}, 1},
		{apiclient.KindGrant, inAcme, enterprise, []string{
			"GET /v2/accounts/users", "GET /v2/rbac-manager/roles",
			"GET /v2/rbac-manager/roles/account-user-admin/members?domain_name=acme%401",
			"GET /v2/rbac-manager/roles/full-control/members?domain_name=acme%401",
			"GET /v2/rbac-manager/roles/read-only/members?domain_name=acme%401",
			"GET /v2/rbac-manager/roles/read-write/members?domain_name=acme%401",
			"GET /v2/rbac-manager/roles/system-admin/members?domain_name=acme%401",
		}, 1},
	} {
		s := set(t, c.o)
		var n int
		var err error
		q := apiclient.Query{Scope: c.scope}
		switch c.kind {
		case apiclient.KindAccount:
			n, err = count(s.b.Accounts(t.Context(), q))
		case apiclient.KindUser:
			n, err = count(s.b.Users(t.Context(), q))
		case apiclient.KindToken:
			n, err = count(s.b.Tokens(t.Context(), q))
		case apiclient.KindRole:
			n, err = count(s.b.Roles(t.Context(), q))
		default:
			n, err = count(s.b.Grants(t.Context(), q))
		}
		got := s.all()
		slices.Sort(got)
		if err != nil || n != c.number || !slices.Equal(got, c.want) {
			t.Errorf("%s of %s: %d rows, %v, asked %q", c.kind, c.scope.Path, n, err, got)
		}
	}
}

func count[T any](p apiclient.Page[T], err error) (int, error) { return len(p.Rows), err }

func TestOlderReleasesCallTheDomainAnAccount(t *testing.T) {
	s := set(t, anchoretest.Options{V2: true, API: "2.4.0"})
	s.do(s.b, apiclient.GrantRemove, s.role, nil)
	s.do(s.b, apiclient.GrantAdd, apiclient.Ref{}, apiclient.Values{"user": owner(s.jane), "role": text("read-only"), "account": text("acme@1")})
	want := []string{
		"DELETE /v2/rbac-manager/roles/read-only/members?for_account=acme%401&username=jane-1",
		`POST /v2/rbac-manager/roles/read-only/members {"for_account":"acme@1","username":"jane-1"}`,
	}
	if got := s.sent(); !slices.Equal(got, want) {
		t.Errorf("sent %q", got)
	}
}

func TestWhatWouldBeMangledIsNotSent(t *testing.T) {
	for _, c := range []struct {
		verb  apiclient.Verb
		o     anchoretest.Options
		field string
		with  apiclient.Values
	}{
		{apiclient.AccountCreate, engine, "name", apiclient.Values{"name": text("team/a")}},
		{apiclient.AccountCreate, engine, "name", apiclient.Values{"name": text("ab")}},
		{apiclient.AccountCreate, engine, "name", apiclient.Values{"name": text("with space")}},
		{apiclient.AccountCreate, enterprise, "name", apiclient.Values{"name": text("with#hash")}},
		{apiclient.AccountCreate, enterprise, "name", apiclient.Values{"name": text(strings.Repeat("a", 129))}},
		{apiclient.AccountCreate, enterprise, "name", apiclient.Values{"name": text("admin")}},
		{apiclient.AccountCreate, enterprise, "email", apiclient.Values{"name": text("good"), "email": text("Ops@example.com")}},
		{apiclient.AccountCreate, enterprise, "email", apiclient.Values{"name": text("good"), "email": text("x a@example.com")}},
		{apiclient.UserCreate, engine, "user_name", apiclient.Values{"user_name": text("a:b"), "password": fresh()}},
		{apiclient.UserCreate, enterprise, "user_name", apiclient.Values{"user_name": text("a:b"), "password": fresh()}},
		{apiclient.UserCreate, engine, "idp_name", apiclient.Values{"user_name": text("abc"), "idp_name": text("okta")}},
		{apiclient.UserCreate, enterprise, "password", apiclient.Values{"user_name": text("abc"), "idp_name": text("okta"), "password": fresh()}},
		{apiclient.UserCreate, enterprise, "password", apiclient.Values{"user_name": text("abc")}},
		{apiclient.UserCreate, enterprise, "password", apiclient.Values{"user_name": text("abc"), "password": {Secret: secret.New("short")}}},
		{apiclient.SessionSetPassword, engine, "password", apiclient.Values{"password": {Secret: secret.New(strings.Repeat("x", 129))}}},
		{apiclient.TokenCreate, enterprise, "name", apiclient.Values{"name": text("a/b"), "max_age": text("1d")}},
		{apiclient.TokenCreate, enterprise, "name", apiclient.Values{"name": text(".."), "max_age": text("1d")}},
		{apiclient.TokenCreate, enterprise, "max_age", apiclient.Values{"name": text("ab"), "max_age": text("0")}},
	} {
		s := start(t, c.o)
		b := s.admin()
		s.fake.Forget()
		op := apiclient.Op{Verb: c.verb, With: c.with}
		o := b.Do(t.Context(), op)
		if o.End != apiclient.NotSent || o.Failure == nil || len(o.Failure.Fields) != 1 || o.Failure.Fields[0].Field != c.field {
			t.Errorf("%s %v ended as %+v %+v", c.verb, c.with, o, o.Failure)
		}
		if _, err := b.Prepare(t.Context(), []apiclient.Op{op}); !errors.Is(err, apiclient.ErrInvalid) {
			t.Errorf("%s %v was planned: %v", c.verb, c.with, err)
		}
		if sent := s.all(); len(sent) > 0 {
			t.Errorf("%s %v sent %q", c.verb, c.with, sent)
		}
	}
}

func TestAnEmptyPasswordOfOnesOwnIsNotSent(t *testing.T) {
	s := start(t, engine)
	b := s.admin()
	s.fake.Forget()
	if o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.SessionSetPassword}); o.End != apiclient.NotSent || len(s.all()) > 0 {
		t.Errorf("it ended as %+v after %q", o, s.all())
	}
}

func TestDeletingAnAccountIsTwoStepsAndThenTakesAWhile(t *testing.T) {
	for _, o := range []anchoretest.Options{engine, enterprise} {
		s := set(t, o)
		op := apiclient.Op{Verb: apiclient.AccountDelete, On: s.acme}
		p := prepare(t, s.b, op)
		if len(p.Steps) != 2 || p.Steps[0].Verb != apiclient.AccountDisable || !slices.Equal(p.Steps[1].After, []int{0}) || p.Word != "acme@1" {
			t.Fatalf("the plan is %+v", p)
		}
		if !says(p, "With it go 1 user.") || !says(p, "two steps") || !says(p, "5 seconds") {
			t.Errorf("facts %+v", p.Facts)
		}
		if drift := apiclient.Recheck(t.Context(), s.b, p); len(drift.Drifts)+drift.Unchecked > 0 {
			t.Errorf("before anything changed: %+v", drift)
		}
		r := apiclient.Run(t.Context(), s.b, p, apiclient.RunOptions{}).Wait()
		if !r.Good() || r.Outcomes[1].End != apiclient.Accepted {
			t.Fatalf("it ended as %+v", r.Outcomes)
		}
		if f, err := s.b.ReadBack(t.Context(), op); err != nil || f.End != apiclient.Done || f.Words != "it is deleting" {
			t.Errorf("read back %+v, %v", f, err)
		}
		again := prepare(t, s.b, op)
		if len(again.Steps) != 0 || !says(again, "cannot be stopped") {
			t.Errorf("the plan anew is %+v", again)
		}
		taken := s.b.Do(t.Context(), apiclient.Op{Verb: apiclient.AccountCreate, With: apiclient.Values{"name": text("acme@1")}})
		if taken.End != apiclient.Refused || !errors.Is(taken.Failure, apiclient.ErrConflict) || len(taken.Failure.Fields) != 1 {
			t.Errorf("the name is free already: %+v", taken)
		}
		s.clock.Advance(31 * time.Second)
		if f, err := s.b.ReadBack(t.Context(), op); err != nil || f.End != apiclient.Done || f.Words != "gone" {
			t.Errorf("read back %+v, %v", f, err)
		}
	}
}
