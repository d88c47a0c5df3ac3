package aiven_test

import (
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/aiven/aiventest"
	"gatehouse/apiclient/secret"
)

func TestClassify(t *testing.T) {
	usual := strings.Repeat("aB3/", 93)
	for name, c := range map[string]struct {
		text, kind, handle string
		sure               apiclient.Sureness
		none               bool
	}{
		"of the usual length": {text: usual, kind: "access token", handle: usual[:12], sure: apiclient.Likely},
		"of another length":   {text: aiventest.PersonalToken, kind: "access token", handle: aiventest.PersonalToken[:12], sure: apiclient.Guess},
		"with its word":       {text: " aivenv1 " + aiventest.PersonalToken + "\n", kind: "access token", handle: aiventest.PersonalToken[:12], sure: apiclient.Likely},
		"marked":              {text: "AVNU_0123456789abcdef", kind: "access token", handle: "AVNU_0123456", sure: apiclient.Likely},
		"a database's":        {text: "AVNS_0123456789abcdef", kind: "service password", sure: apiclient.Likely},
		"a hash":              {text: strings.Repeat("0a", 20), kind: "access token", handle: "0a0a0a0a0a0a", sure: apiclient.Guess},
		"a JWT":               {text: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.abc-_" + strings.Repeat("x", 40), none: true},
		"ours":                {text: "gthp_" + strings.Repeat("a", 50), none: true},
		"Arvados's":           {text: "v2/zzzzz-gj3su-077z32aux8dg2s1/" + strings.Repeat("a", 41) + "-", none: true},
		"too short":           {text: "abcdef", none: true},
		"nothing":             {text: "", none: true},
		"padding inside":      {text: strings.Repeat("a", 30) + "=" + strings.Repeat("a", 30), none: true},
	} {
		got := aiven.Driver().Classify(secret.New(c.text))
		switch {
		case c.none:
			if len(got) > 0 {
				t.Errorf("%s: %+v", name, got)
			}
		case len(got) != 1 || got[0].Driver != aiven.Name || got[0].Kind != c.kind || got[0].Handle != c.handle || got[0].Sure != c.sure:
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// FuzzClassify has no text bring it down, and no match tell more of a token
// than its public prefix.
func FuzzClassify(f *testing.F) {
	for _, s := range []string{"", aiventest.PersonalToken, "AVNS_0123456789", "aivenv1 ", "aivenv1 AVNU_", strings.Repeat("a", 372), "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range aiven.Driver().Classify(secret.New(s)) {
			if len(m.Handle) > 12 || !strings.Contains(s, m.Handle) || m.Kind == "" || m.Sure == apiclient.Certain {
				t.Errorf("%q is %+v", s, m)
			}
		}
	})
}
