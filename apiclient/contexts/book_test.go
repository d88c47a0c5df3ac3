package contexts

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

func testBook(t *testing.T) *Book {
	t.Helper()
	found := apiclient.Source{Name: "SOME_TOKEN", Read: func(lookup func(string) (string, bool)) (apiclient.Target, apiclient.Credential, error) {
		v, ok := lookup("SOME_TOKEN")
		if !ok {
			return apiclient.Target{}, apiclient.Credential{}, apiclient.ErrNotFound
		}
		if v == "broken" {
			return apiclient.Target{}, apiclient.Credential{}, errors.New("cannot be read")
		}
		return apiclient.Target{URL: "https://a.example"}, apiclient.Credential{Method: "token", Secret: secret.New(v)}, nil
	}}
	return &Book{
		Path:    filepath.Join(t.TempDir(), "config.yaml"),
		Drivers: []apiclient.Driver{{Name: "one", Methods: []apiclient.Method{{Name: "token", Found: []apiclient.Source{found}}}}},
		Store:   testStore(map[string]string{"HELD": canary}, &fakeRing{held: map[string]string{}}),
	}
}

func TestOpeningAContext(t *testing.T) {
	b := testBook(t)
	if _, err := b.Open(t.Context(), "prod"); err == nil || !strings.Contains(err.Error(), "context add") {
		t.Errorf("an empty book: %v", err)
	}
	for _, c := range []Context{
		{Name: "asks", Driver: "one", URL: "https://a.example"},
		{Name: "held", Driver: "one", URL: "https://a.example", Credential: Source{From: FromEnv, Env: "HELD"}},
		{Name: "lost", Driver: "one", URL: "https://a.example", Credential: Source{From: FromEnv, Env: "LOST"}},
	} {
		if err := b.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]struct{ text, why string }{"": {}, "asks": {}, "held": {text: canary}, "lost": {why: "LOST is not set"}} {
		o, err := b.Open(t.Context(), name)
		if err != nil || o.Credential.Secret.Reveal() != want.text {
			t.Errorf("%q: %v, %v", name, o, err)
		}
		if (o.Why == nil) != (want.why == "") || o.Why != nil && !strings.Contains(o.Why.Error(), want.why) {
			t.Errorf("%q: why is %v", name, o.Why)
		}
	}
	if err := b.Add(Context{Name: "held", Driver: "one", URL: "x"}); err == nil {
		t.Error("a name was taken twice")
	}
	if err := b.Add(Context{Name: "other", Driver: "two", URL: "x"}); err == nil || !strings.Contains(err.Error(), "there are one") {
		t.Errorf("an unknown driver: %v", err)
	}
}

func TestKeepingWritesOnlyWhatIsOurs(t *testing.T) {
	b := testBook(t)
	cred := apiclient.Credential{Method: "token", Secret: secret.New(canary)}
	for _, tc := range []struct {
		from Source
		want bool
	}{
		{Source{}, false},
		{Source{From: FromEnv, Env: "HELD"}, false},
		{Source{From: FromKeyring}, true},
		{Source{From: FromKeyring, Method: "password"}, true},
		{Source{From: FromFile, File: filepath.Join(t.TempDir(), "token")}, true},
	} {
		c := Context{Name: "c", Driver: "one", URL: "https://a.example", Credential: tc.from}
		if err := b.Put(c); err != nil {
			t.Fatal(err)
		}
		kept, err := b.Keep(t.Context(), "c", cred)
		if err != nil || kept != tc.want {
			t.Errorf("%+v: kept %v, %v", tc.from, kept, err)
		}
		if !tc.want {
			continue
		}
		if o, err := b.Open(t.Context(), "c"); err != nil || o.Credential.Secret.Reveal() != canary || o.Credential.Method != "token" {
			t.Errorf("%+v: not read back: %v", tc.from, err)
		}
		if err := b.Rename(t.Context(), "c", "d"); err != nil {
			t.Fatal(err)
		}
		if o, err := b.Open(t.Context(), "d"); err != nil || o.Credential.Secret.Reveal() != canary {
			t.Errorf("%+v: lost by a new name: %v", tc.from, err)
		}
		if err := b.Remove(t.Context(), "d"); err != nil {
			t.Fatal(err)
		}
		c.Name = "d"
		if _, err := b.Store.Read(t.Context(), c); errors.Is(err, ErrAsk) != (tc.from.From == FromKeyring) {
			t.Errorf("%+v: after its context was removed: %v", tc.from, err)
		}
	}
}

func TestOffers(t *testing.T) {
	b := testBook(t)
	lookup := func(v string) func(string) (string, bool) {
		return func(name string) (string, bool) { return v, v != "" }
	}
	if offers, unread := b.Offers(lookup("")); len(offers)+len(unread) != 0 {
		t.Errorf("found %v, %v", offers, unread)
	}
	offers, _ := b.Offers(lookup(canary))
	if len(offers) != 1 || offers[0].Source != "SOME_TOKEN" || offers[0].Credential.Secret.Reveal() != canary {
		t.Errorf("found %v", offers)
	}
	if _, unread := b.Offers(lookup("broken")); unread["SOME_TOKEN"] == nil {
		t.Error("nothing is said of what cannot be read")
	}
}

func TestFreeName(t *testing.T) {
	all := []Context{{Name: "juju"}, {Name: "juju-2"}}
	if got := FreeName("juju", all); got != "juju-3" {
		t.Error(got)
	}
	if got := FreeName("ais", all); got != "ais" {
		t.Error(got)
	}
	for from, want := range map[string]string{"Prod EU": "prod-eu", "  é": "", "..x": "x", strings.Repeat("a", 80): strings.Repeat("a", 63)} {
		if got := NameOf(from); got != want || got != "" && !namePattern.MatchString(got) {
			t.Errorf("%q: %q", from, got)
		}
	}
}

func TestAddingLooksAtTheWayToSignIn(t *testing.T) {
	b := testBook(t)
	b.Drivers = append(b.Drivers, apiclient.Driver{Name: "two", Methods: []apiclient.Method{{Name: "password"}}})
	for _, tc := range []struct {
		from Source
		ok   bool
	}{
		{Source{}, true},
		{Source{From: FromKeyring}, true}, // it is noted when somebody has signed in
		{Source{From: FromKeyring, Method: "session"}, false},
		{Source{From: FromEnv, Env: "HELD"}, false}, // that would be a token
		{Source{From: FromEnv, Env: "HELD", Method: "password"}, true},
		{Source{From: FromCommand, Command: []string{"x"}, Method: "pin"}, false},
	} {
		b.Path = filepath.Join(t.TempDir(), "config.yaml")
		err := b.Add(Context{Name: "c", Driver: "two", URL: "https://a.example", Credential: tc.from})
		if (err == nil) != tc.ok || !tc.ok && (!errors.Is(err, apiclient.ErrInvalid) || !strings.Contains(err.Error(), "must be one of password")) {
			t.Errorf("%+v: %v", tc.from, err)
		}
	}
}

func TestKeepingNotesWhoseItIs(t *testing.T) {
	b := testBook(t)
	for name, user := range map[string]string{"open": "", "jane": "jane", "kim": "kim"} {
		if err := b.Add(Context{Name: name, Driver: "one", URL: "https://a.example", User: user, Credential: Source{From: FromKeyring}}); err != nil {
			t.Fatal(err)
		}
		kept, err := b.Keep(t.Context(), name, apiclient.Credential{Method: "password", User: "jane", Secret: secret.New(canary)})
		if err != nil || kept != (name != "kim") {
			t.Fatalf("%s: kept %v, %v", name, kept, err)
		}
		o, err := b.Open(t.Context(), name)
		if got := o.Credential; err != nil || kept && (got.User != "jane" || got.Method != "password" || got.Secret.Reveal() != canary) || !kept && !got.Secret.IsZero() {
			t.Errorf("%s: read back as %+v, %v", name, got, err)
		}
	}
}

func TestAddressesHoldNoSecrets(t *testing.T) {
	b := testBook(t)
	for url, ok := range map[string]bool{
		"https://a.example/v1": true, "http://127.0.0.1:7411": true, "wss://a.example": true, "10.0.0.1:17070": true,
		"https://jane:" + canary + "@a.example": false, canary + "@a.example": false, "ftp://a.example": false, "https:///v1": false,
	} {
		err := b.Put(Context{Name: "c", Driver: "one", URL: url})
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", url, err)
		}
	}
}
