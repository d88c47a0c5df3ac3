package juju_test

import (
	"crypto/rand"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/juju"
	"gatehouse/apiclient/juju/jujutest"
	"gatehouse/apiclient/secret"

	"golang.org/x/crypto/nacl/secretbox"
)

func redeem(t *testing.T, text apiclient.Secret, password string) (apiclient.Target, apiclient.Credential, apiclient.Outcome, error) {
	return juju.Driver().Redeem(within(t), text, apiclient.Values{"password": hidden(password)})
}

// made creates a user through the driver and gives the registration string.
func made(t *testing.T, b apiclient.Backend, op apiclient.Op) apiclient.Secret {
	t.Helper()
	o := b.Do(within(t), op)
	if o.End != apiclient.Done || len(o.Reveals) != 1 {
		t.Fatalf("%+v %+v", o, o.Failure)
	}
	return o.Reveals[0].Secret
}

// handwritten makes a string without the driver.
func handwritten(t *testing.T, user string, addresses []string, key []byte) apiclient.Secret {
	t.Helper()
	raw, err := asn1.Marshal(struct {
		User      string
		Addresses []string
		Key       []byte
	}{user, addresses, key})
	if err != nil {
		t.Fatal(err)
	}
	return secret.New(base64.URLEncoding.EncodeToString(raw))
}

func TestFromTheStringToTheSession(t *testing.T) {
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			s := start(t, release)
			b := s.owner()
			first := made(t, b, create("jon"))
			again := made(t, b, on(apiclient.UserReset, "jon"))
			s.Forget()
			_, _, o, err := redeem(t, first, userPassword)
			if f := failure(t, err); f.End != apiclient.Refused || o.End != apiclient.Refused || !strings.Contains(f.Next, "ask an admin") {
				t.Errorf("the replaced string: %+v", f)
			}
			target, c, o, err := redeem(t, again, userPassword)
			if err != nil || o.End != apiclient.Done || !strings.Contains(o.Words, "0 models to see") {
				t.Fatalf("%+v, %v", o, err)
			}
			if target.URL != s.URL || target.User != "jon" || target.Options[juju.OptionCA] != s.CA || target.Options[juju.OptionUUID] == "" ||
				target.Options[juju.OptionController] != contextName {
				t.Errorf("the target is %+v", target)
			}
			for _, r := range s.Requests() {
				if r.Path == "/register" && (strings.Contains(r.Params, userPassword) || !strings.HasPrefix(r.Params, `{"user":"user-jon","nonce":"`)) {
					t.Errorf("it sent %s", r.Params)
				}
			}
			target.Context = contextName
			jon, err := juju.Driver().Open(within(t), target, c)
			if err != nil {
				t.Fatal(err)
			}
			defer jon.Close()
			if id, err := jon.WhoAmI(within(t)); err != nil || id.Name != "jon" {
				t.Errorf("%+v, %v", id, err)
			}
			_, _, _, err = redeem(t, again, userPassword)
			if f := failure(t, err); !errors.Is(err, apiclient.ErrNotFound) || f.Status != http.StatusNotFound {
				t.Errorf("the used string: %+v", f)
			}
		})
	}
}

func TestAnotherAddressIsTriedIfNobodyIsThere(t *testing.T) {
	s := start(t, "3.6.14")
	made(t, s.owner(), create("jon"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	target, _, o, err := redeem(t, handwritten(t, "jon", []string{nobody, s.Address}, s.SecretKey("jon")), userPassword)
	if err != nil || o.End != apiclient.Done || target.URL != s.URL || target.Options[juju.OptionAddresses] != nobody {
		t.Errorf("%+v, %+v, %v", target, o, err)
	}
}

func TestAnImpostorIsFoundOut(t *testing.T) {
	s := start(t, "3.6.14")
	text := made(t, s.owner(), create("jon"))
	_ = text
	otherKey := make([]byte, 32)
	_, _ = rand.Read(otherKey)
	var nonce [24]byte
	forged := secretbox.Seal(nil, []byte(`{"ca-cert":"x","controller-uuid":"y"}`), &nonce, (*[32]byte)(otherKey))
	for name, answer := range map[string]map[string]any{
		"another key":   {"nonce": nonce[:], "cipher-text": forged},
		"a short nonce": {"nonce": []byte("short"), "cipher-text": forged},
		"nothing":       {},
	} {
		impostor := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(answer)
		}))
		address := strings.TrimPrefix(impostor.URL, "https://")
		s.Forget()
		target, c, _, err := redeem(t, handwritten(t, "jon", []string{address, s.Address}, s.SecretKey("jon")), userPassword)
		f := failure(t, err)
		if f.End != apiclient.Unknown || !strings.Contains(f.Message, "without knowing the key") || target.URL != "" || !c.Secret.IsZero() {
			t.Errorf("%s: %+v", name, f)
		}
		if len(s.Requests()) > 0 {
			t.Errorf("%s: it went on to the next address", name)
		}
		impostor.Close()
	}
}

func TestALostAnswerOfARegistrationIsUnknown(t *testing.T) {
	s := start(t, "3.6.14")
	text := made(t, s.owner(), create("jon"))
	s.Break(func(r jujutest.Request) jujutest.Fault { return jujutest.Fault{Lose: r.Path == "/register"} })
	s.Forget()
	_, _, o, err := redeem(t, text, userPassword)
	if f := failure(t, err); o.End != apiclient.Unknown || f.Next == "" {
		t.Errorf("%+v", f)
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}

func TestABadPasswordDoesNotUseUpTheString(t *testing.T) {
	s := start(t, "3.6.14")
	text := made(t, s.owner(), create("jon"))
	s.Forget()
	for _, password := range []string{"", "short", "          "} {
		_, _, o, err := redeem(t, text, password)
		if f := failure(t, err); o.End != apiclient.NotSent || len(f.Fields) != 1 {
			t.Errorf("%q: %+v", password, f)
		}
	}
	if len(s.Requests()) > 0 {
		t.Error("it was sent")
	}
	if _, _, _, err := redeem(t, text, userPassword); err != nil {
		t.Error(err)
	}
}
