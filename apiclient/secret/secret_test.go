package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNothingPrintsASecret(t *testing.T) {
	const canary = "canary-5f2d"
	type holder struct {
		Public String
		hidden String
	}
	h := holder{New(canary), New(canary)}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T %v", "%p"} {
		fmt.Fprintf(&out, verb, h)
		fmt.Fprintf(&out, verb, &h)
		fmt.Fprintf(&out, verb, h.hidden)
		fmt.Fprintf(&out, verb, []String{h.Public})
		fmt.Fprintf(&out, verb, map[string]String{"k": h.Public})
	}
	b, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(b)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "s", h.Public, "h", h)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "s", h.Public, "h", h)
	if strings.Contains(out.String(), "canary") || strings.Contains(out.String(), fmt.Sprintf("%x", "canary")) {
		t.Fatalf("the secret was printed: %s", out.String())
	}
}

func TestSecretKeepsItsText(t *testing.T) {
	var s String
	if !s.IsZero() || s.Reveal() != "" {
		t.Fatal("the zero value is not the empty secret")
	}
	if err := json.Unmarshal([]byte(`"abc"`), &s); err != nil {
		t.Fatal(err)
	}
	if s.Reveal() != "abc" || !s.Equal(New("abc")) || s.Equal(New("abd")) {
		t.Fatal("the secret lost its text")
	}
}
