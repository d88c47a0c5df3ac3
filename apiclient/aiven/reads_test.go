package aiven_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven/aiventest"
)

func TestListsTellWhatThereIs(t *testing.T) {
	s := fake(t)
	s.Fill(aiventest.Sample{Seed: 3, Organizations: 2, Users: 30, Applications: 8, Tokens: 120})
	b, _ := signedIn(t, s.URL)
	accounts := all(t, b.Accounts, apiclient.Query{})
	if len(accounts) != 4 {
		t.Fatalf("there are %d organizations and units", len(accounts))
	}
	types := map[string]int{}
	for _, a := range accounts {
		types[a.Type]++
	}
	if types["organization"] != 3 || types["unit"] != 1 {
		t.Errorf("the types are %v", types)
	}
	byOrg := 0
	for _, a := range accounts {
		if a.Type == "organization" {
			byOrg += len(all(t, b.Users, apiclient.Query{Scope: a.Ref}))
		}
	}
	users := all(t, b.Users, apiclient.Query{})
	if len(users) != byOrg || len(users) != 30+8+8 {
		t.Errorf("there are %d users, %d by organization", len(users), byOrg)
	}
	kinds := map[string]int{}
	for _, u := range users {
		kinds[u.Get("type").Text]++
	}
	if kinds["application"] != 9 || kinds["invitation"] != 1 || kinds["person"] != 36 {
		t.Errorf("the types are %v", kinds)
	}
	if app := userNamed(t, b, "ci-runner"); app.Get("type").Text != "application" || !strings.HasPrefix(app.Email, "application-user-") {
		t.Errorf("an application user is %+v", app)
	}
	if projects := all(t, b.Objects, apiclient.Query{Scope: accounts[0].Ref}); len(projects) == 0 || projects[0].Get("account").Text != accounts[0].Name {
		t.Errorf("its projects are %+v", projects)
	}
	if found := all(t, b.Users, apiclient.Query{Search: "CI-RUN"}); len(found) != 1 {
		t.Errorf("searching found %+v", found)
	}
	events, err := b.Events(t.Context(), apiclient.Query{Sort: "-number", Scope: all(t, b.Accounts, apiclient.Query{Search: "Example Corp"})[0].Ref})
	if err != nil || len(events.Rows) == 0 || events.Rows[0].Actor != aiventest.AdminEmail {
		t.Errorf("the events are %+v, %v", events, err)
	}
}

// TestTokensOfAllKinds walks through everybody's tokens, as far as they may be
// seen, each once.
func TestTokensOfAllKinds(t *testing.T) {
	s := fake(t)
	s.Fill(aiventest.Sample{Seed: 5, Organizations: 1, Users: 60, Applications: 5, Tokens: 90})
	b, _ := signedIn(t, s.URL)
	seen, types := map[apiclient.Ref]bool{}, map[string]int{}
	for _, token := range all(t, b.Tokens, apiclient.Query{}) {
		if seen[token.Ref] {
			t.Errorf("%s came twice", token.Handle)
		}
		seen[token.Ref] = true
		types[token.Type]++
	}
	for _, kind := range []string{"personal", "session", "member's", "application"} {
		if types[kind] == 0 {
			t.Errorf("no token is %s: %v", kind, types)
		}
	}
	otto := tokensOf(t, b, userNamed(t, b, aiventest.OTPEmail))
	if len(otto) != 1 || otto[0].Type != "member's" || !otto[0].Created.IsZero() || otto[0].Get("unread").Text == "" {
		t.Errorf("a member's tokens are %+v", otto)
	}
	app := tokensOf(t, b, userNamed(t, b, "ci-runner"))
	if len(app) != 1 || app[0].Expires.IsZero() || app[0].MaxAge != 365*24*time.Hour || app[0].OwnerRef().Name() != "ci-runner" {
		t.Errorf("an application user's tokens are %+v", app)
	}
	_, err := b.Tokens(t.Context(), apiclient.Query{Scope: userNamed(t, b, "kim@example.com").Ref})
	if !errors.Is(err, apiclient.ErrDenied) || !strings.Contains(err.Error(), "manages him") {
		t.Errorf("the tokens of somebody who is not managed: %v", err)
	}
	page, err := b.Tokens(t.Context(), apiclient.Query{Scope: userNamed(t, b, "new+comer@example.com").Ref})
	if err != nil || len(page.Rows) > 0 {
		t.Errorf("who is invited has tokens: %+v, %v", page, err)
	}
}

// TestSomebodyWithoutPermissions sees what he may see.
func TestSomebodyWithoutPermissions(t *testing.T) {
	s := fake(t)
	c, err := signIn(s, "password", apiclient.Values{"user": text("kim@example.com"), "password": hidden("kims-own-password")})
	if err != nil {
		t.Fatal(err)
	}
	b := opened(t, s.URL, c)
	if users := all(t, b.Users, apiclient.Query{}); len(users) != 5 {
		t.Errorf("he sees %d users", len(users))
	}
	if tokens := all(t, b.Tokens, apiclient.Query{}); len(tokens) != 2 {
		t.Errorf("he sees %d tokens", len(tokens))
	}
	o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.UserInvite, With: apiclient.Values{"email": text("a@example.com")}})
	if o.End != apiclient.Refused || !errors.Is(o.Failure, apiclient.ErrDenied) || o.Failure.Next == "" {
		t.Errorf("inviting ended as %+v", o)
	}
}

// TestOddAnswers has answers that the document does not know spoil nothing.
func TestOddAnswers(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	answer := func(status int, kind, body string) error {
		s.Answer(status, kind, body)
		_, err := b.Accounts(t.Context(), apiclient.Query{})
		return err
	}
	for name, c := range map[string]struct {
		status     int
		kind, body string
		cause      error
		says       string
	}{
		"objects":    {403, "application/json", `{"errors":[{"message":"No way","status":403,"error_code":"user_deactivated"}],"message":"No way"}`, apiclient.ErrDenied, "No way"},
		"texts":      {400, "application/json", `{"errors":["one","two"]}`, apiclient.ErrInvalid, "one; two"},
		"one text":   {400, "application/json", `{"errors":"just so"}`, apiclient.ErrInvalid, "just so"},
		"a page":     {408, "text/html", `<html><b>408</b></html>`, apiclient.ErrUnreachable, "timeout"},
		"half JSON":  {500, "application/json", `{"errors":[`, apiclient.ErrFaulty, "internal server error"},
		"no JSON":    {200, "text/html", `<html>`, apiclient.ErrBroken, "right address"},
		"signed out": {401, "application/json", `{"message":"Missing (expired) db token"}`, apiclient.ErrSignedOut, "expired"},
	} {
		if err := answer(c.status, c.kind, c.body); !errors.Is(err, c.cause) || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.Answer(http.StatusOK, "application/json", `{"organizations":[{"organization_id":"org1","organization_name":null,"account_id":"a1","create_time":"yesterday","tier":null,"new_field":{}}],"errors":[{"message":"a warning","status":200}]}`)
	if page, err := b.Accounts(t.Context(), apiclient.Query{}); err != nil || len(page.Rows) != 3 {
		t.Errorf("nulls and odd times spoil the list: %+v, %v", page, err)
	}
}

// TestThrottled reads how long to wait from the words where no header says it.
func TestThrottled(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	s.Answer(http.StatusTooManyRequests, "application/json", `{"errors":[{"message":"Rate limit 120 exceeded - try again in 28s","status":429}],"message":"Rate limit 120 exceeded - try again in 28s"}`)
	s.Forget()
	o := b.Do(t.Context(), apiclient.Op{Verb: apiclient.TokenCreate, With: apiclient.Values{"description": text("x")}})
	if o.End != apiclient.Refused || o.Failure.RetryAfter != 28*time.Second || !errors.Is(o.Failure, apiclient.ErrThrottled) {
		t.Errorf("it ended as %+v %+v", o, o.Failure)
	}
	if w := writes(s); len(w) != 1 {
		t.Errorf("it was sent %d times", len(w))
	}
}

func TestRefs(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	ctx := context.Background()
	for _, u := range all(t, b.Users, apiclient.Query{}) {
		r, err := b.Read(ctx, u.Ref)
		if err != nil || r.GetRef() != u.Ref || r.Get("email").Text != u.Email {
			t.Errorf("%s read alone is %+v, %v", u.Name, r, err)
		}
	}
	for _, x := range all(t, b.Accounts, apiclient.Query{}) {
		if r, err := b.Read(ctx, x.Ref); err != nil || r.GetRef() != x.Ref {
			t.Errorf("%s read alone is %+v, %v", x.Name, r, err)
		}
	}
	for _, x := range all(t, b.Tokens, apiclient.Query{}) {
		if r, err := b.Read(ctx, x.Ref); err != nil || r.GetRef() != x.Ref {
			t.Errorf("%s read alone is %+v, %v", x.Handle, r, err)
		}
		if !x.OwnerRef().IsZero() {
			if _, err := b.Read(ctx, x.OwnerRef()); err != nil {
				t.Errorf("the owner of %s cannot be read: %v", x.Handle, err)
			}
		}
	}
	gone := ownToken()
	gone.Path = apiclient.NewPath("notthere0000")
	if _, err := b.Read(ctx, gone); !errors.Is(err, apiclient.ErrNotFound) {
		t.Errorf("a token that is not there: %v", err)
	}
}

func TestAccountWithoutOrganization(t *testing.T) {
	s := fake(t)
	b, _ := signedIn(t, s.URL)
	alone := apiclient.Ref{Context: contextName, Kind: apiclient.KindAccount, Path: apiclient.NewPath("", "a1", "Alone")}
	s.Forget()
	if _, err := b.Users(t.Context(), apiclient.Query{Scope: alone}); !errors.Is(err, apiclient.ErrUnsupported) {
		t.Errorf("its users: %v", err)
	}
	if _, err := b.Objects(t.Context(), apiclient.Query{Scope: alone}); !errors.Is(err, apiclient.ErrUnsupported) {
		t.Errorf("its projects: %v", err)
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests were made", n)
	}
}
