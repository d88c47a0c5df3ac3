package anchore_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/anchore"
	"gatehouse/apiclient/anchore/anchoretest"
	"gatehouse/apiclient/secret"
)

const (
	contextName  = "test"
	userPassword = "marble-thunder-orchid-4"
	newPassword  = "velvet-anchor-glacier-2"
)

// The systems under test.
var (
	engine     = anchoretest.Options{V1: true}
	enterprise = anchoretest.Options{V2: true}
)

// system is a fake whose clock stands still, and the driver whose waiting moves
// that clock.
type system struct {
	t      testing.TB
	fake   *anchoretest.Server
	clock  *anchoretest.Clock
	driver apiclient.Driver
	url    string
	n      int
}

func start(t testing.TB, o anchoretest.Options) *system {
	t.Helper()
	s := &system{t: t, clock: anchoretest.Fixed(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC))}
	o.Clock = s.clock
	s.fake = anchoretest.New(o)
	t.Cleanup(s.fake.Close)
	s.url = s.fake.URL
	s.driver = anchore.DriverWaiting(func(ctx context.Context, d time.Duration) error {
		s.clock.Advance(d)
		return ctx.Err()
	})
	return s
}

func (s *system) target() apiclient.Target {
	return apiclient.Target{Context: contextName, URL: s.url}
}

func password(user, word string) apiclient.Values {
	return apiclient.Values{"user": text(user), "password": {Secret: secret.New(word)}}
}

func (s *system) signIn(method string, with apiclient.Values) (apiclient.Backend, error) {
	c, err := s.driver.SignIn(s.t.Context(), s.target(), method, with)
	if err != nil {
		return nil, err
	}
	return s.driver.Open(s.t.Context(), s.target(), c)
}

func (s *system) as(user, word string) apiclient.Backend {
	s.t.Helper()
	b, err := s.signIn("password", password(user, word))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(b.Close)
	return b
}

func (s *system) admin() apiclient.Backend {
	s.t.Helper()
	return s.as(anchoretest.AdminUser, anchoretest.AdminPassword)
}

func text(t string) apiclient.Input { return apiclient.Input{Text: t} }

func (s *system) name(kind string) string {
	s.n++
	return fmt.Sprintf("%s-%d", kind, s.n)
}

// do carries out what must work and gives what was made.
func (s *system) do(b apiclient.Backend, verb apiclient.Verb, on apiclient.Ref, with apiclient.Values) apiclient.Outcome {
	s.t.Helper()
	o := b.Do(context.Background(), apiclient.Op{Verb: verb, On: on, With: with})
	if !o.End.Good() {
		s.t.Fatalf("%s: %+v %+v", verb, o, o.Failure)
	}
	return o
}

func (s *system) account(b apiclient.Backend) apiclient.Ref {
	s.t.Helper()
	return s.do(b, apiclient.AccountCreate, apiclient.Ref{}, apiclient.Values{"name": text(s.name("account"))}).Made[0]
}

func (s *system) user(b apiclient.Backend) apiclient.Ref {
	s.t.Helper()
	return s.userIn(b, s.account(b).Name())
}

func (s *system) userIn(b apiclient.Backend, account string) apiclient.Ref {
	s.t.Helper()
	return s.do(b, apiclient.UserCreate, apiclient.Ref{}, apiclient.Values{
		"account": text(account), "user_name": text(s.name("user")), "password": {Secret: secret.New(userPassword)},
	}).Made[0]
}

func owner(ref apiclient.Ref) apiclient.Input { return apiclient.Input{Text: ref.Name(), Ref: ref} }

func (s *system) key(b apiclient.Backend, user apiclient.Ref) (apiclient.Ref, apiclient.Secret) {
	s.t.Helper()
	o := s.do(b, apiclient.TokenCreate, apiclient.Ref{}, apiclient.Values{
		"user": owner(user), "name": text(s.name("key")), "max_age": text("30d"), "description": text("for a test"),
	})
	return o.Made[0], o.Reveals[0].Secret
}

// sent are the requests since Forget that could change something, with bodies.
func (s *system) sent() []string {
	var out []string
	for _, r := range s.fake.Requests() {
		if r.Method != "GET" {
			out = append(out, strings.TrimSpace(r.String()+" "+r.Body))
		}
	}
	return out
}

// all are the requests since Forget.
func (s *system) all() []string {
	var out []string
	for _, r := range s.fake.Requests() {
		out = append(out, r.String())
	}
	return out
}

func prepare(t *testing.T, b apiclient.Backend, ops ...apiclient.Op) apiclient.Plan {
	t.Helper()
	p, err := b.Prepare(t.Context(), ops)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func says(p apiclient.Plan, words string) bool {
	return slices.ContainsFunc(p.Facts, func(f apiclient.Fact) bool { return strings.Contains(f.Text, words) }) ||
		slices.ContainsFunc(p.Blocks, func(b apiclient.Block) bool { return strings.Contains(b.Text, words) })
}
