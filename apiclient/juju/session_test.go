package juju_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/juju"
	"gatehouse/apiclient/juju/jujutest"
	"gatehouse/apiclient/secret"
)

func logins(s *system) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Request == "Login" {
			n++
		}
	}
	return n
}

func TestSigningInSaysWhoAndNothingElse(t *testing.T) {
	s := start(t, "3.6.14")
	c, err := juju.Driver().SignIn(within(t), s.target(), "password", apiclient.Values{"user": text("admin"), "password": hidden(ownerPassword)})
	if err != nil || c.Method != "password" || c.User != "admin" || !c.Secret.Equal(secret.New(ownerPassword)) {
		t.Fatalf("%+v, %v", c, err)
	}
	want := `{"auth-tag":"user-admin","credentials":"` + ownerPassword + `","nonce":"","macaroons":[]}`
	if r := s.Requests(); len(r) != 1 || r[0] != (jujutest.Request{Path: "/api", Type: "Admin", Version: 3, Request: "Login", Params: want}) {
		t.Errorf("it sent %+v", r)
	}
}

func TestAWrongPasswordIsTriedOnce(t *testing.T) {
	for _, release := range releases {
		s := start(t, release)
		s.AddUser("off", userPassword, "login")
		s.AddUser("out", userPassword, "")
		if o := s.owner().Do(within(t), on(apiclient.UserDisable, "off")); o.End != apiclient.Done {
			t.Fatalf("%+v", o)
		}
		for user, words := range map[string]string{
			"admin": "invalid entity name or password", "nobody": "invalid entity name or password",
			"off": "invalid entity name or password", "out": "permission denied",
		} {
			s.Forget()
			password := userPassword
			_, err := juju.Driver().SignIn(within(t), s.target(), "password", apiclient.Values{"user": text(user), "password": hidden(password)})
			f := failure(t, err)
			if f.Message != words || !errors.Is(err, apiclient.ErrDenied) || f.End != apiclient.Refused || logins(s) != 1 {
				t.Errorf("%s %s: %+v after %d logins", release, user, f, logins(s))
			}
		}
	}
}

func TestARefusedCredentialIsNotTriedAgain(t *testing.T) {
	s := start(t, "3.6.14")
	s.AddUser("jon", userPassword, "login")
	b := s.as("jon", userPassword)
	if o := s.owner().Do(within(t), on(apiclient.UserDisable, "jon")); o.End != apiclient.Done {
		t.Fatalf("%+v", o)
	}
	s.Break(func(r jujutest.Request) jujutest.Fault { return jujutest.Fault{Drop: r.Request == "UserInfo"} })
	s.Forget()
	for range 5 {
		if _, err := b.WhoAmI(within(t)); !errors.Is(err, apiclient.ErrSignedOut) {
			t.Errorf("it gave %v", err)
		}
	}
	if n := logins(s); n != 1 {
		t.Errorf("it logged in %d times", n)
	}
}

func TestAnExpiredStoredLoginAsksForThePassword(t *testing.T) {
	s := start(t, "3.6.14")
	good := apiclient.Credential{Method: "macaroon", User: "admin", Secret: secret.New(s.Macaroons("admin"))}
	b, err := juju.Driver().Open(within(t), s.target(), good)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if id, err := b.WhoAmI(within(t)); err != nil || id.Name != "admin" || id.Method != "macaroon" {
		t.Errorf("%+v, %v", id, err)
	}
	stale := apiclient.Credential{Method: "macaroon", User: "admin", Secret: secret.New(s.Macaroons("somebody"))}
	s.Forget()
	_, err = juju.Driver().Open(within(t), s.target(), stale)
	if f := failure(t, err); !errors.Is(err, apiclient.ErrSignedOut) || !strings.Contains(f.Next, "password") || logins(s) != 1 {
		t.Errorf("%+v after %d logins", f, logins(s))
	}
}

func TestOnlyTheControllersOwnCAIsBelieved(t *testing.T) {
	s, other := start(t, "3.6.14"), start(t, "3.6.14")
	for name, target := range map[string]apiclient.Target{
		"another CA":     {Context: contextName, URL: s.URL, Options: map[string]string{juju.OptionCA: other.CA}},
		"no CA":          {Context: contextName, URL: s.URL},
		"no certificate": {Context: contextName, URL: s.URL, Options: map[string]string{juju.OptionCA: "nonsense"}},
		"no TLS":         {Context: contextName, URL: "http://" + s.Address, Options: map[string]string{juju.OptionCA: s.CA}},
		"no file":        {Context: contextName, URL: s.URL, CAFile: "/does/not/exist"},
		"a password":     {Context: contextName, URL: "https://admin:" + ownerPassword + "@" + s.Address, Options: map[string]string{juju.OptionCA: s.CA}},
	} {
		_, err := juju.Driver().Open(within(t), target, credential("admin", ownerPassword))
		if f := failure(t, err); f.End != apiclient.NotSent {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if r := append(s.Requests(), other.Requests()...); len(r) > 0 {
		t.Errorf("it sent %+v", r)
	}
}

func TestAnyOfTheAddressesWillDo(t *testing.T) {
	s, impostor := start(t, "3.6.14"), start(t, "3.6.14")
	second, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := gone.Addr().String()
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	target := s.target()
	target.URL = "https://" + nobody
	target.Options[juju.OptionAddresses] = impostor.Address + ", " + second
	b, err := juju.Driver().Open(within(t), target, credential("admin", ownerPassword))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if len(impostor.Requests()) > 0 {
		t.Error("the impostor was told something")
	}
	delete(target.Options, juju.OptionAddresses)
	_, err = juju.Driver().Open(within(t), target, credential("admin", ownerPassword))
	if f := failure(t, err); !errors.Is(err, apiclient.ErrUnreachable) || !strings.Contains(f.Message, nobody) {
		t.Errorf("%+v", f)
	}
	target.Options[juju.OptionAddresses] = impostor.Address
	_, err = juju.Driver().Open(within(t), target, credential("admin", ownerPassword))
	if f := failure(t, err); !strings.Contains(f.Message, "signed by nobody") {
		t.Errorf("that somebody else answers is not told: %+v", f)
	}
}

func TestARedirectOfTheHandshakeIsNotFollowed(t *testing.T) {
	s := start(t, "3.6.14")
	var came atomic.Int32
	away := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		came.Add(1)
		http.Redirect(w, r, s.URL+"/api", http.StatusTemporaryRedirect)
	}))
	defer away.Close()
	target := apiclient.Target{Context: contextName, URL: away.URL, Options: map[string]string{juju.OptionCA: s.CA}}
	if _, err := juju.Driver().Open(within(t), target, credential("admin", ownerPassword)); err == nil {
		t.Error("it was followed")
	}
	if len(s.Requests()) > 0 {
		t.Errorf("it sent %+v", s.Requests())
	}
}

func TestAnUpgradeIsNoWrongPassword(t *testing.T) {
	s := start(t, "3.6.14")
	s.Upgrade(true)
	_, err := juju.Driver().Open(within(t), s.target(), credential("admin", ownerPassword))
	if f := failure(t, err); errors.Is(err, apiclient.ErrSignedOut) || !errors.Is(err, apiclient.ErrUnreachable) || f.Next == "" {
		t.Errorf("%+v", f)
	}
	s.Upgrade(false)
	s.owner()
}

func TestWhatComesOutOfOrderFindsItsAsker(t *testing.T) {
	s := start(t, "3.6.14")
	s.Fill(1, jujutest.Counts{Users: 30, Models: 3}, userPassword)
	b := s.owner()
	errs := make(chan error, 60)
	for i := range 60 {
		go func() {
			if i%2 == 0 {
				id, err := b.WhoAmI(t.Context())
				if err == nil && id.Name != "admin" {
					err = errors.New("somebody else: " + id.Name)
				}
				errs <- err
				return
			}
			p, err := b.Users(t.Context(), apiclient.Query{})
			if err == nil && len(p.Rows) != 31 {
				err = errors.New("not all users came")
			}
			errs <- err
		}()
	}
	for range 60 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestTwoRefusedPasswordsInAnErrorTextDoNotShow(t *testing.T) {
	s := start(t, "3.6.14")
	b := s.owner()
	s.Break(func(r jujutest.Request) jujutest.Fault {
		if r.Request != "SetPassword" {
			return jujutest.Fault{}
		}
		return jujutest.Fault{Error: &jujutest.Error{Message: "cannot do ASK for somebody with " + ownerPassword}}
	})
	o := b.Do(within(t), apiclient.Op{Verb: apiclient.UserSetPassword, On: userRef("jon"), With: apiclient.Values{"password": hidden(newPassword)}})
	if o.End != apiclient.Refused || strings.Contains(o.Words, newPassword) || strings.Contains(o.Words, ownerPassword) || !strings.Contains(o.Words, "user-jon") {
		t.Errorf("it ended as %+v", o)
	}
}

func TestProbeSendsNothing(t *testing.T) {
	s := start(t, "3.6.14")
	b := s.owner()
	s.Forget()
	for _, text := range []string{sample1, sample2, sample1[:60], "a password", `{"i":"x","s64":"y"}`} {
		v, err := b.Probe(within(t), secret.New(text))
		if err != nil || len(v) != 1 || v[0].Life != apiclient.CannotSay || v[0].Words == "" || v[0].Where != s.URL {
			t.Errorf("%q: %+v, %v", text, v, err)
		}
	}
	if r := s.Requests(); len(r) > 0 {
		t.Errorf("it sent %+v", r)
	}
}
