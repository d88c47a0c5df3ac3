package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	mrand "math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// count is the full number when long tests are asked for, else the short one.
func count(short, full int) int {
	if os.Getenv("GATEHOUSE_LONG") != "" {
		return full
	}
	return short
}

// cheapRandom is fast and repeatable; entropy tests use the real source.
type cheapRandom struct{ *mrand.ChaCha8 }

func newCheapRandom() cheapRandom {
	return cheapRandom{mrand.NewChaCha8([32]byte{1, 2, 3})}
}

func mustToken(t testing.TB, random io.Reader, kind Kind) string {
	t.Helper()
	s, err := NewToken(random, kind)
	if err != nil {
		t.Fatal(err)
	}
	return s.Reveal()
}

func TestTokensRoundTripAndMatchTheirPattern(t *testing.T) {
	pattern, prefixes := regexp.MustCompile(TokenPattern), regexp.MustCompile(PrefixPattern)
	random := newCheapRandom()
	kinds := []Kind{KindAccess, KindRegister, KindSession}
	for i := range count(50_000, 1_000_000) {
		kind := kinds[i%len(kinds)]
		text := mustToken(t, random, kind)
		parsed, err := Parse(NewSecret(text))
		if err != nil || parsed.Kind != kind || !strings.HasPrefix(text, parsed.Prefix) {
			t.Fatalf("a fresh token was not accepted: %v", err)
		}
		if !prefixes.MatchString(parsed.Prefix) {
			t.Fatalf("prefix %q does not match its pattern", parsed.Prefix)
		}
		if got := pattern.FindString("token=" + text + ";"); got != text {
			t.Fatalf("the pattern does not find the token")
		}
	}
}

func TestOneWrongCharacterIsAlwaysFound(t *testing.T) {
	random, pick := newCheapRandom(), mrand.New(mrand.NewPCG(1, 2))
	for range count(2_000, 20_000) {
		good := mustToken(t, random, KindAccess)
		for pos := range good {
			bad := []byte(good)
			for bad[pos] == good[pos] {
				bad[pos] = base62[pick.IntN(62)]
			}
			refuse(t, string(bad), "flip at", pos)
		}
	}
}

func TestSwappedNeighboursAreAlwaysFound(t *testing.T) {
	random := newCheapRandom()
	for range count(2_000, 20_000) {
		good := mustToken(t, random, KindSession)
		for pos := range len(good) - 1 {
			if good[pos] == good[pos+1] {
				continue
			}
			bad := []byte(good)
			bad[pos], bad[pos+1] = bad[pos+1], bad[pos]
			refuse(t, string(bad), "swap at", pos)
		}
	}
}

func refuse(t *testing.T, text string, what string, pos int) {
	t.Helper()
	if _, err := Parse(NewSecret(text)); err == nil {
		t.Fatalf("accepted a token with a %s %d", what, pos)
	}
}

// The one swap that CRC-32 does not cover by itself is that of the last
// character of the secret with the first of the check. Exchanging secret
// character a for b turns the bits of a fixed mask in the checksum, while the
// first check digit moves it by (a-b)*62^5; that can agree only if the second
// is a signed sum of exactly the bits of the first, which is tried for all
// pairs that a checksum below 2^32 allows.
func TestTheSeamBetweenSecretAndCheckHasNoBlindSwap(t *testing.T) {
	const top = 916132832 // 62^5
	zero := crc32.ChecksumIEEE([]byte{'0'})
	for a := range int64(5) {
		for b := range int64(5) {
			if a == b {
				continue
			}
			mask := int64(crc32.ChecksumIEEE([]byte{base62[a]}) ^ zero ^ crc32.ChecksumIEEE([]byte{base62[b]}) ^ zero)
			twice := (a-b)*top + mask
			if half := twice / 2; twice%2 == 0 && half >= 0 && half&^mask == 0 {
				t.Errorf("swapping %c and %c over the seam can go unnoticed", base62[a], base62[b])
			}
		}
	}
}

func TestAnyTextIsParsedWithoutPanic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`gth[prsx]_[0-9A-Za-z]{48,52}`)).Draw(t, "text")
		if p, err := Parse(NewSecret(text)); err == nil && !strings.HasPrefix(text, p.Prefix) {
			t.Fatalf("accepted %q as %q", text, p.Prefix)
		}
		_, _ = PrefixKind(text)
		_, _ = ParseRegistration(NewSecret(text))
	})
}

func TestTokensAreUniformAndNeverRepeat(t *testing.T) {
	n := count(50_000, 1_000_000)
	seen := make(map[[32]byte]bool, n)
	var hits [idLen + secretLen][256]int
	for range n {
		text := mustToken(t, rand.Reader, KindAccess)
		p, err := Parse(NewSecret(text))
		if err != nil {
			t.Fatal(err)
		}
		if seen[p.Sum] {
			t.Fatal("a token was made twice")
		}
		seen[p.Sum] = true
		for pos := range hits {
			hits[pos][text[len(Brand)+2+pos]]++
		}
	}
	// Chi-square with 61 degrees of freedom. The bound is for p = 1e-7 (by the
	// Wilson-Hilferty approximation), so that 44 positions together cry wolf
	// once in 200,000 runs; a modulo without rejection (8 characters drawn 25 %
	// too often) is far beyond it at these counts.
	const dof, z = 61.0, 5.2
	bound := dof * math.Pow(1-2/(9*dof)+z*math.Sqrt(2/(9*dof)), 3)
	want := float64(n) / 62
	for pos := range hits {
		chi := 0.0
		for _, c := range base62 {
			d := float64(hits[pos][c]) - want
			chi += d * d / want
		}
		if chi > bound {
			t.Errorf("position %d is not uniform: chi-square %.1f > %.1f", pos, chi, bound)
		}
	}
}

func TestTheUniformityTestWouldSeeModuloBias(t *testing.T) {
	random, n := newCheapRandom(), 50_000
	var hits [62]int
	buf := make([]byte, n)
	if _, err := random.Read(buf); err != nil {
		t.Fatal(err)
	}
	for _, b := range buf {
		hits[b%62]++
	}
	chi, want := 0.0, float64(n)/62
	for _, h := range hits {
		chi += (float64(h) - want) * (float64(h) - want) / want
	}
	if chi < 200 {
		t.Fatalf("a biased source gave only chi-square %.1f", chi)
	}
}

func TestRegistrationRoundTrip(t *testing.T) {
	token, err := NewToken(rand.Reader, KindRegister)
	if err != nil {
		t.Fatal(err)
	}
	in := Registration{
		Servers: []string{"https://gate.example.com:7411"}, UserName: "jane",
		CAFingerprint: strings.Repeat("ab", 32), Expires: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), Token: Carry(token),
	}
	text, err := in.Encode()
	if err != nil {
		t.Fatal(err)
	}
	wrapped := text.Reveal()[:40] + "\n  " + text.Reveal()[40:] + "\n"
	out, err := ParseRegistration(NewSecret(wrapped))
	if err != nil {
		t.Fatal(err)
	}
	if out.UserName != in.UserName || !out.Expires.Equal(in.Expires) || out.Servers[0] != in.Servers[0] ||
		out.CAFingerprint != in.CAFingerprint || !out.Token.Equal(token) {
		t.Fatalf("got %+v", out)
	}
	for _, bad := range []string{"", "gthreg_", "gthreg_!!!", text.Reveal()[:60], token.Reveal()} {
		if _, err := ParseRegistration(NewSecret(bad)); err == nil || strings.Contains(err.Error(), token.Reveal()) {
			t.Errorf("a broken registration string gave %v", err)
		}
	}
	in.Token = Carry(NewSecret(mustToken(t, rand.Reader, KindAccess)))
	text, _ = in.Encode()
	if _, err := ParseRegistration(text); err == nil {
		t.Error("a token of another kind was accepted")
	}
}

func TestCarriedTravelsButIsNotPrinted(t *testing.T) {
	in := SignIn{UserName: "jane", Password: Carry(NewSecret("canary \"quoted\" \u2028"))}
	body, err := json.Marshal(in)
	if err != nil || !bytes.Contains(body, []byte("canary")) {
		t.Fatalf("the body lost the secret: %v", err)
	}
	var out SignIn
	if err := json.Unmarshal(body, &out); err != nil || !out.Password.Equal(in.Password.Secret) {
		t.Fatalf("the secret changed on its way: %v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if s := fmt.Sprintf(verb, in); strings.Contains(s, "canary") || strings.Contains(s, fmt.Sprintf("%x", "canary")) {
			t.Errorf("%s printed the secret", verb)
		}
	}
}

func TestPathsEscapeNames(t *testing.T) {
	if got := UserPath("a/b?c", "expire-tokens"); got != "/v1/users/a%2Fb%3Fc/expire-tokens" {
		t.Error(got)
	}
	if got := AccountPath("acme"); got != "/v1/accounts/acme" {
		t.Error(got)
	}
	if got := TokenPath("gthp_0123456789ab"); got != "/v1/tokens/gthp_0123456789ab" {
		t.Error(got)
	}
}
