package arvados_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/arvados/arvadostest"
	"gatehouse/apiclient/backendtest"
	"gatehouse/apiclient/secret"
)

func uuidOf(v2 string) string   { return v2[3:30] }
func secretOf(v2 string) string { return v2[31:] }

// clock is the cluster's, moved by hand.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func TestCreateToken(t *testing.T) {
	at := &clock{time.Now().UTC().Truncate(time.Second)}
	c := open(t, arvadostest.Options{Now: at.time})
	u := c.AddUser("jane", nil)
	r := c.good(apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"user": text("jane")}})
	c.wantSent(`POST api_client_authorizations api_client_authorization={"owner_uuid":"` + u + `"}`)
	reveal := r.Outcomes[0].Reveals[0]
	if got := reveal.Secret.Reveal(); !strings.HasPrefix(got, "v2/"+reveal.Handle+"/") || c.Field("api_client_authorizations", reveal.Handle, "api_token") != secretOf(got) {
		t.Errorf("the token is not shown as v2: handle %s", reveal.Handle)
	}
	r = c.good(apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"max_age": text("1d"), "scopes": {List: []string{"GET:/arvados/v1/users"}}}})
	sent := c.sent()
	if len(sent) != 1 || !strings.Contains(sent[0], `"expires_at":"20`) || !strings.Contains(sent[0], `"scopes":["GET /arvados/v1/users"]`) {
		t.Errorf("sent %q", sent)
	}
	made, err := c.b.Read(t.Context(), r.Outcomes[0].Made[0])
	if life := made.Get("expires").Time.Sub(at.now); err != nil || (life-24*time.Hour).Abs() > time.Minute {
		t.Errorf("it lives for %s, %v", life, err)
	}
	_, err = c.b.Prepare(t.Context(), []apiclient.Op{{Verb: apiclient.TokenCreate, With: apiclient.Values{"scopes": {List: []string{"everything"}}}}})
	if !errors.Is(err, apiclient.ErrInvalid) {
		t.Errorf("a scope that the server would store unchecked gave %v", err)
	}
	capped := open(t, arvadostest.Options{MaxTokenLife: time.Hour})
	r = capped.good(apiclient.Op{Verb: apiclient.TokenCreate})
	if !strings.Contains(r.Outcomes[0].Words, "it expires ") {
		t.Errorf("the end that the cluster sets is not told: %s", r.Outcomes[0].Words)
	}
}

func TestUpdateToken(t *testing.T) {
	c := open(t, arvadostest.Options{})
	own := c.AddToken(c.AdminUUID)
	on := ref(apiclient.KindToken, uuidOf(own))
	c.good(apiclient.Op{Verb: apiclient.TokenUpdate, On: on, With: apiclient.Values{"expires": text("2031-01-31T12:00:00Z")}})
	c.wantSent("PUT api_client_authorizations/" + uuidOf(own) + ` api_client_authorization={"expires_at":"2031-01-31T12:00:00Z"}`)
	c.good(apiclient.Op{Verb: apiclient.TokenUpdate, On: on, With: apiclient.Values{"expires": text("")}})
	if c.Field("api_client_authorizations", uuidOf(own), "expires_at") != nil {
		t.Error("it still expires")
	}
	_, err := c.b.Prepare(t.Context(), []apiclient.Op{{Verb: apiclient.TokenUpdate, On: on, With: apiclient.Values{"expires": text("soon")}}})
	if !errors.Is(err, apiclient.ErrInvalid) {
		t.Errorf("a time that the server would take for never gave %v", err)
	}
}

func TestRevoke(t *testing.T) {
	c := open(t, arvadostest.Options{})
	jane := c.AddUser("jane", nil)
	path := func(v2 string) string { return "DELETE api_client_authorizations/" + uuidOf(v2) }

	v2 := c.AddToken(jane)
	c.good(apiclient.Op{Verb: apiclient.TokenRevoke, Secret: secret.New(v2)})
	c.wantSent(path(v2))
	if got := c.Requests()[0].Token; got != v2 {
		t.Error("it was not deleted with itself")
	}
	if o := c.good(apiclient.Op{Verb: apiclient.TokenRevoke, Secret: secret.New(v2)}).Outcomes[0]; !o.Unchanged {
		t.Errorf("deleted before: %+v", o)
	}

	bare := c.AddToken(jane)
	c.good(apiclient.Op{Verb: apiclient.TokenRevoke, Secret: secret.New(secretOf(bare))})
	c.wantSent(path(bare))
	if r := c.Requests()[0]; r.Method != "GET" || r.Path != "/arvados/v1/api_client_authorizations/current" || r.Token != secretOf(bare) {
		t.Errorf("first came %s %s", r.Method, r.Path)
	}

	own := c.AddToken(c.AdminUUID)
	c.good(apiclient.Op{Verb: apiclient.TokenRevoke, On: ref(apiclient.KindToken, uuidOf(own))})
	c.wantSent(path(own))

	c.Forget()
	for _, foreign := range []string{strings.Replace(v2, "zzzzz-", "yyyyy-", 1), "not a token at all", ""} {
		if _, err := c.b.Prepare(t.Context(), []apiclient.Op{{Verb: apiclient.TokenRevoke, Secret: secret.New(foreign)}}); err == nil {
			t.Error("a foreign text can be planned")
		}
		o := c.b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenRevoke, Secret: secret.New(foreign)})
		if o.End != apiclient.NotSent {
			t.Errorf("it ended as %+v", o)
		}
		if v, _ := c.b.Probe(t.Context(), secret.New(foreign)); v[0].Life != apiclient.CannotSay {
			t.Errorf("%+v", v)
		}
	}
	for _, r := range c.Requests() {
		if r.Token != c.AdminToken {
			t.Errorf("%s %s carries another token", r.Method, r.Path)
		}
	}
}

// TestRevokeScoped: a token that may not delete itself is deleted by one that
// is made for its owner.
func TestRevokeScoped(t *testing.T) {
	c := open(t, arvadostest.Options{})
	jane := c.AddUser("jane", nil)
	r := c.good(apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"user": text(jane), "scopes": {List: []string{"GET:/arvados/v1/users"}}}})
	o := c.good(apiclient.Op{Verb: apiclient.TokenRevoke, Secret: r.Outcomes[0].Reveals[0].Secret}).Outcomes[0]
	if n := c.Count("api_client_authorizations", "owner_uuid", jane); n != 0 || len(o.Items) != 2 {
		t.Errorf("%d tokens are left; %+v", n, o)
	}
}

func TestDeleteAllTokensOfAUser(t *testing.T) {
	c := open(t, arvadostest.Options{MaxItems: 4})
	jane := c.AddUser("jane", nil)
	var tokens []string
	for range 11 {
		tokens = append(tokens, uuidOf(c.AddToken(jane)))
	}
	o := c.good(apiclient.Op{Verb: apiclient.UserExpireTokens, On: ref(apiclient.KindUser, jane)}).Outcomes[0]
	if n := c.Count("api_client_authorizations", "owner_uuid", jane); n != 0 || len(o.Items) != 13 || !strings.Contains(o.Words, "11 tokens") {
		t.Errorf("%d are left; %+v", n, o)
	}
	sent := c.sent()
	minted := strings.TrimPrefix(sent[len(sent)-1], "DELETE api_client_authorizations/")
	if !strings.HasPrefix(sent[0], `POST api_client_authorizations api_client_authorization={"expires_at":"`) || slices.Contains(tokens, minted) || len(sent) != 13 {
		t.Errorf("sent %q", sent)
	}
	for _, r := range c.Requests() {
		if (r.Method == "DELETE" || strings.HasSuffix(r.Path, "authorizations") && r.Method == "GET") && !strings.Contains(r.Token, minted) {
			t.Errorf("%s %s does not act as the user", r.Method, r.Path)
		}
	}
}

func TestDeleteAllOwnTokensEndsWithTheOneInUse(t *testing.T) {
	c := open(t, arvadostest.Options{})
	for range 3 {
		c.AddToken(c.AdminUUID)
	}
	r := c.good(apiclient.Op{Verb: apiclient.UserExpireTokens, On: ref(apiclient.KindUser, "admin")})
	sent := c.sent()
	if len(sent) != 4 || sent[3] != "DELETE api_client_authorizations/"+uuidOf(c.AdminToken) || len(r.Outcomes[0].Items) != 4 {
		t.Errorf("sent %q", sent)
	}
	if !tells(r.Plan, "you may be signed out") {
		t.Errorf("facts: %+v", r.Plan.Facts)
	}
	if _, err := c.b.WhoAmI(t.Context()); !errors.Is(err, apiclient.ErrSignedOut) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestLookAtTokens(t *testing.T) {
	c := open(t, arvadostest.Options{})
	jane := c.AddUser("jane", nil)
	one, other := uuidOf(c.AddToken(jane)), uuidOf(c.AddToken(jane))
	on := ref(apiclient.KindUser, jane, "jane")
	o := c.good(apiclient.Op{Verb: apiclient.UserShowTokens, On: on}).Outcomes[0]
	if sent := c.sent(); len(sent) != 2 || !strings.HasPrefix(sent[0], "POST") || !strings.HasPrefix(sent[1], "DELETE") || o.Words != "user jane has 2 tokens" {
		t.Errorf("sent %q; %+v", sent, o)
	}
	page, err := c.b.Tokens(t.Context(), apiclient.Query{Scope: on})
	if err != nil || len(page.Rows) != 2 || page.Rows[0].OwnerRef().Name() != "jane" {
		t.Fatalf("%+v, %v", page, err)
	}
	if r, err := c.b.Read(t.Context(), page.Rows[0].Ref); err != nil || r.GetRef() != page.Rows[0].Ref {
		t.Errorf("%+v, %v", r, err)
	}
	c.good(apiclient.Op{Verb: apiclient.TokenRevoke, On: ref(apiclient.KindToken, one)})
	if sent := c.sent(); len(sent) != 3 || sent[1] != "DELETE api_client_authorizations/"+one {
		t.Errorf("sent %q", sent)
	}
	all, err := c.b.Tokens(t.Context(), apiclient.Query{})
	if err != nil || len(all.Rows) != 2 || all.Rows[1].Handle != other {
		t.Errorf("own and looked at: %+v, %v", all.Rows, err)
	}
}

// TestATokenMadeToActDoesNotStay also when what it was made for fails.
func TestATokenMadeToActDoesNotStay(t *testing.T) {
	s := serve(t, arvadostest.Options{})
	jane := s.AddUser("jane", nil)
	proxy := backendtest.NewProxy(t, s.URL)
	b := connect(t, proxy.URL, s.AdminToken)
	proxy.Break(backendtest.Fault{Status: 403}, 1)
	o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserExpireTokens, On: ref(apiclient.KindUser, jane)})
	if o.End != apiclient.Refused || s.Count("api_client_authorizations", "owner_uuid", jane) != 0 || len(o.Orphans) != 0 {
		t.Errorf("%+v", o)
	}
}

// TestCancelledInTheMiddle: nor does it stay when the op is cancelled while it
// is used.
func TestCancelledInTheMiddle(t *testing.T) {
	s := serve(t, arvadostest.Options{})
	jane := s.AddUser("jane", nil)
	s.AddToken(jane)
	upstream, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	pass := httputil.NewSingleHostReverseProxy(upstream)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/arvados/v1/api_client_authorizations" {
			cancel()
			<-r.Context().Done()
			return
		}
		pass.ServeHTTP(w, r)
	}))
	defer front.Close()
	b := connect(t, front.URL, s.AdminToken)
	o := b.Do(ctx, apiclient.Op{Verb: apiclient.UserExpireTokens, On: ref(apiclient.KindUser, jane)})
	if n := s.Count("api_client_authorizations", "owner_uuid", jane); n != 1 || o.End.Good() || len(o.Orphans) > 0 {
		t.Errorf("%d tokens are there; %+v", n, o)
	}
}

func TestClusterThatLetsNobodyManageTokens(t *testing.T) {
	c := open(t, arvadostest.Options{NoTrustedTokens: true})
	o := c.b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserExpireTokens, On: ref(apiclient.KindUser, c.AddUser("jane", nil))})
	if o.End != apiclient.Refused || !strings.Contains(o.Failure.Next, "unset up") || !strings.Contains(o.Words, "IssueTrustedTokens") {
		t.Errorf("%+v %+v", o, o.Failure)
	}
}

// TestProofOfDeath: the controller believes in a token for a while after it
// was deleted, as long as the driver declares.
func TestProofOfDeath(t *testing.T) {
	at := &clock{time.Now()}
	c := open(t, arvadostest.Options{Now: at.time, Lag: time.Minute})
	v2 := secret.New(c.AddToken(c.AddUser("jane", nil)))
	life := func() apiclient.Life {
		v, err := c.b.Probe(t.Context(), v2)
		if err != nil || len(v) != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		return v[0].Life
	}
	if life() != apiclient.Alive {
		t.Error("it is not alive")
	}
	c.good(apiclient.Op{Verb: apiclient.TokenRevoke, Secret: v2})
	if life() != apiclient.Alive {
		t.Error("the cache of the cluster is not there")
	}
	at.now = at.now.Add(c.b.Info().Lag)
	if life() != apiclient.Dead {
		t.Error("it is alive after the lag")
	}
}

func TestSignOut(t *testing.T) {
	c := open(t, arvadostest.Options{})
	c.good(apiclient.Op{Verb: apiclient.SessionSignOut})
	c.wantSent("DELETE api_client_authorizations/" + uuidOf(c.AdminToken))
}

func TestRootTokenSeesAll(t *testing.T) {
	const root = "a-root-token-chosen-by-the-operator"
	c := open(t, arvadostest.Options{RootToken: root})
	jane := c.AddUser("jane", nil)
	token := uuidOf(c.AddToken(jane))
	b := connect(t, c.URL, root)
	page, err := b.Tokens(t.Context(), apiclient.Query{Scope: ref(apiclient.KindUser, jane)})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].OwnerRef().Name() != "jane" {
		t.Fatalf("%+v, %v", page, err)
	}
	c.Forget()
	if o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenRevoke, On: page.Rows[0].Ref}); !o.End.Good() {
		t.Errorf("%+v", o)
	}
	c.wantSent("DELETE api_client_authorizations/" + token)
}
