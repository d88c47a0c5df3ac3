package names

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCanonicalNames(t *testing.T) {
	for in, want := range map[string]string{
		"Jane": "jane", "JANE": "jane", "ｊａｎｅ": "jane", "a.b_c@d+e-f": "a.b_c@d+e-f", "K": "k", "ﬁ": "fi", "\u0130": "i",
	} {
		if got, err := Canonical(in); err != nil || got != want {
			t.Errorf("Canonical(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{
		"", ".", "..", "a b", "jаne" /* Cyrillic а */, "a\x00", "a\u202e", "a\u200d", "é", "a/b", "a:b", "a\xff",
		strings.Repeat("a", 129), strings.Repeat("\ufdfa", 100),
	} {
		if got, err := Canonical(bad); err == nil {
			t.Errorf("Canonical(%q) = %q; want a refusal", bad, got)
		}
	}
}

func TestCanonicalIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once, err := Canonical(rapid.String().Draw(t, "name"))
		if err != nil {
			return
		}
		if twice, err := Canonical(once); err != nil || twice != once {
			t.Fatalf("%q became %q, %v", once, twice, err)
		}
	})
}

func TestEmail(t *testing.T) {
	for _, good := range []string{"", "a@example.com", "a+b@sub.example.com"} {
		if err := CheckEmail(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"a", "a@", "Jane <a@example.com>", "a@example.com\n", strings.Repeat("a", 250) + "@example.com"} {
		if CheckEmail(bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
