package juju

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"

	"golang.org/x/crypto/nacl/secretbox"
)

const (
	key1 = "c4348999103bd87162d4d544a06942505e1591f7c24d2d671b4b4f8c896e8d89"
	key2 = "04d17469ef15d5f40311a4af4bf3d9d69fe8ed5e7eea6a52b8ec0b554215cf42"
	// key3 is 00 to 1f.
	key3 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

	fiveFields = "MEoTA2pvbjAVExMxMC4xOTUuMTAuMTMwOjE3MDcwBCAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHwwIbXlfY3RsQHgTAAAA"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Samples of two ages, put together from their published bytes.
func samples(t testing.TB) (first, second string) {
	t.Helper()
	a := append([]byte("\x30\x3e\x13\x03jim\x30\x15\x13\x1310.195.10.130:17070\x04\x20"), unhex(t, key1)...)
	b := append([]byte("\x30\x5b\x13\x04plop\x30\x29\x13\x1254.82.134.66:17070\x13\x1310.150.90.178:17070\x04\x20"), unhex(t, key2)...)
	b = append(b, "\x13\x0622test"...)
	return base64.URLEncoding.EncodeToString(append(a, 0)), base64.URLEncoding.EncodeToString(b)
}

func TestRegistrationStringsOfAllAges(t *testing.T) {
	first, second := samples(t)
	for _, c := range []struct {
		text, user, addresses, key, controller string
		fields                                 int
	}{
		{first, "jim", "10.195.10.130:17070", key1, "", 3},
		{strings.TrimRight(first, "="), "jim", "10.195.10.130:17070", key1, "", 3},
		{" " + second + "\n", "plop", "54.82.134.66:17070 10.150.90.178:17070", key2, "22test", 4},
		{second + "AAAA", "plop", "54.82.134.66:17070 10.150.90.178:17070", key2, "22test", 4},
		{fiveFields, "jon", "10.195.10.130:17070", key3, "my_ctl@x", 5},
	} {
		r, err := parseRegistration(secret.New(c.text))
		if err != nil || r.User != c.user || strings.Join(r.Addresses, " ") != c.addresses || r.Controller != c.controller || r.Fields != c.fields ||
			!bytes.Equal([]byte(r.Key.Reveal()), unhex(t, c.key)) {
			t.Errorf("%s is %+v, %v", c.text, r, err)
		}
		m := classify(secret.New(c.text))
		if len(m) != 1 || m[0].Sure != apiclient.Certain || m[0].Owner != c.user || m[0].Origin != "https://"+strings.Fields(c.addresses)[0] {
			t.Errorf("%s is classified as %+v", c.text, m)
		}
	}
	if len(first) != 88 || len(second) != 124 || !strings.HasPrefix(first, "MD4TA2pp") || !strings.HasPrefix(second, "MFsTBHBs") || !strings.HasSuffix(second, "ZXN0") {
		t.Error("the samples are not the published ones")
	}
}

func TestAStringIsWrittenAsTheClientsOfTodayWantIt(t *testing.T) {
	text, err := registration{User: "jon", Addresses: []string{"10.195.10.130:17070"}, Key: rawKey(unhex(t, key3)), Controller: "my_ctl@x"}.text()
	if err != nil || text.Reveal() != fiveFields {
		t.Errorf("it is %s, %v", text.Reveal(), err)
	}
	long := registration{User: "jon", Key: rawKey(unhex(t, key3)), Controller: strings.Repeat("n", 200)}
	for range 9 {
		long.Addresses = append(long.Addresses, "[2001:db8::1]:17070")
	}
	text, err = long.text()
	if err != nil || strings.Contains(text.Reveal(), "=") {
		t.Fatalf("it is %s, %v", text.Reveal(), err)
	}
	back, err := parseRegistration(text)
	if err != nil || len(back.Addresses) != 9 || back.Controller != long.Controller || back.Fields != 5 {
		t.Errorf("it came back as %+v, %v", back, err)
	}
}

// TestTheSealIsTheOneOfTheProtocol checks the library against a known vector.
func TestTheSealIsTheOneOfTheProtocol(t *testing.T) {
	nonce := unhex(t, "000102030405060708090a0b0c0d0e0f1011121314151617")
	box := secretbox.Seal(nil, []byte(`{"password":"hunter2"}`), (*[24]byte)(nonce), (*[32]byte)(unhex(t, key1)))
	if got := base64.StdEncoding.EncodeToString(box); got != "bwvmJqDPCWgtl9jd7eSybxee3G08PLd679lN/4dii5LdsitYYs4=" {
		t.Errorf("it is %s", got)
	}
}

func TestWhatIsNoRegistrationString(t *testing.T) {
	first, _ := samples(t)
	macaroon := `{"c":[],"l":"juju","i":"x","s64":"AAAA"}`
	for name, c := range map[string]struct {
		text string
		kind string
		sure apiclient.Sureness
	}{
		"cut":                   {first[:60], "registration string", apiclient.Likely},
		"mistyped":              {first[:20] + "____" + first[24:], "registration string", apiclient.Likely},
		"a host":                {"juju.example.com", "", 0},
		"localhost":             {"localhost", "", 0},
		"nothing":               {"", "", 0},
		"a word":                {"correct horse battery staple", "", 0},
		"a macaroon packet":     {"MDAyMWxvY2F0aW9uIGh0dHBzOi8vZXhhbXBsZS5jb20vCjAwMTVpZGVudGlmaWVy", "", 0},
		"macaroon":              {macaroon, "macaroon", apiclient.Guess},
		"list of macaroons":     {"[[" + macaroon + "]]", "macaroon", apiclient.Guess},
		"cookie of a macaroon":  {base64.StdEncoding.EncodeToString([]byte("[" + macaroon + "]")), "macaroon", apiclient.Guess},
		"macaroon of version 1": {`{"caveats":[],"identifier":"x","signature":"y","location":"z"}`, "macaroon", apiclient.Guess},
		"other JSON":            {`{"token":"x"}`, "", 0},
		"a JWT":                 {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "", 0},
		"a token of gatehouse":  {"gthp_0a1b2c3d4e5f0123456789", "", 0},
	} {
		m := classify(secret.New(c.text))
		if c.kind == "" && len(m) == 0 {
			continue
		}
		if len(m) != 1 || m[0].Kind != c.kind || m[0].Sure != c.sure || m[0].Driver != Name {
			t.Errorf("%s is classified as %+v", name, m)
		}
	}
}

func FuzzClassify(f *testing.F) {
	first, second := samples(f)
	for _, s := range []string{first, second, fiveFields, "MDAy", `[{"i":"x","s":"y"}]`, "\x30\x84\xff\xff\xff\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range classify(secret.New(text)) {
			if m.Driver != Name || m.Kind == "" || len(text) > 40 && (strings.Contains(m.Note, text) || strings.Contains(m.Handle, text)) {
				t.Errorf("%q is classified as %+v", text, m)
			}
		}
		r, err := parseRegistration(secret.New(text))
		if err != nil {
			return
		}
		again, err := r.text()
		if err != nil {
			return // a name that is no text cannot be written
		}
		back, err := parseRegistration(again)
		if err != nil || back.User != r.User || !back.Key.Equal(r.Key) || strings.Join(back.Addresses, " ") != strings.Join(r.Addresses, " ") || back.Controller != r.Controller {
			t.Errorf("%q came back as %+v, %v", text, back, err)
		}
	})
}
