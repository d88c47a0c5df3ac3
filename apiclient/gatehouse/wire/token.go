package wire

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// A token is brand, kind, underscore, 12 characters of id, 32 of secret and 6
// of check, all base62: one double-click word that scanners can recognise and
// check offline. Brand to id are the public prefix, the token's handle.
const (
	Brand     = "gth"
	TokenLen  = len(Brand) + 2 + idLen + secretLen + checkLen
	PrefixLen = len(Brand) + 2 + idLen

	// TokenPattern finds tokens in text; Parse then checks the checksum.
	TokenPattern = `\bgth[prs]_[0-9A-Za-z]{50}\b`
	// PrefixPattern matches a whole public prefix.
	PrefixPattern = `^gth[prs]_[0-9A-Za-z]{12}$`

	idLen     = 12
	secretLen = 32
	checkLen  = 6
	base62    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// Kind tells what a token is for.
type Kind byte

// The kinds of tokens.
const (
	KindAccess   Kind = 'p' // made by hand for programs, lives long
	KindRegister Kind = 'r' // redeemed once, for choosing a password
	KindSession  Kind = 's' // given out by signing in
)

// String gives the word for the kind that records use.
func (k Kind) String() string {
	switch k {
	case KindAccess:
		return "access"
	case KindRegister:
		return "registration"
	case KindSession:
		return "session"
	}
	return "unknown"
}

// Parsed is what can be said about a token without asking anybody.
type Parsed struct {
	Prefix string   // the public handle
	Kind   Kind     // what it is for
	Sum    [32]byte // SHA-256 of the whole token: what a server keeps
}

// ErrNotToken is returned for a text that cannot be a token of this brand.
var ErrNotToken = errors.New("not a Gatehouse token")

// ErrChecksum is returned for a text that looks like a token, but was mistyped
// or made up.
var ErrChecksum = errors.New("the checksum of the token is wrong: it was cut, mistyped or made up")

// NewToken makes a token out of a source of random bytes.
func NewToken(random io.Reader, kind Kind) (Secret, error) {
	if !validKind(kind) {
		return Secret{}, fmt.Errorf("make a token: no such kind %q", kind)
	}
	body, err := randomBase62(random, idLen+secretLen)
	if err != nil {
		return Secret{}, fmt.Errorf("make a token: %w", err)
	}
	text := Brand + string(kind) + "_" + body
	return NewSecret(text + checkDigits(text)), nil
}

// Parse checks shape and checksum of a token.
func Parse(token Secret) (Parsed, error) {
	text := token.Reveal()
	if len(text) != TokenLen || !validPrefix(text[:PrefixLen]) || !allBase62(text[PrefixLen:]) {
		return Parsed{}, ErrNotToken
	}
	if checkDigits(text[:TokenLen-checkLen]) != text[TokenLen-checkLen:] {
		return Parsed{}, ErrChecksum
	}
	return Parsed{
		Prefix: text[:PrefixLen],
		Kind:   Kind(text[len(Brand)]),
		Sum:    sha256.Sum256([]byte(text)),
	}, nil
}

// PrefixKind tells the kind that a public prefix names; false if it is none.
func PrefixKind(prefix string) (Kind, bool) {
	if len(prefix) != PrefixLen || !validPrefix(prefix) {
		return 0, false
	}
	return Kind(prefix[len(Brand)]), true
}

func validKind(k Kind) bool { return k == KindAccess || k == KindRegister || k == KindSession }

func validPrefix(p string) bool {
	return strings.HasPrefix(p, Brand) && validKind(Kind(p[len(Brand)])) &&
		p[len(Brand)+1] == '_' && allBase62(p[len(Brand)+2:])
}

func allBase62(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') {
			return false
		}
	}
	return true
}

// checkDigits is CRC-32/IEEE in base62, most significant digit first, padded
// with zeros. CRC-32 finds every error within 32 neighbouring bits, so every
// wrong character and every swap of two neighbours.
func checkDigits(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	var digits [checkLen]byte
	for i := checkLen - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// randomBase62 draws n characters without the bias of a plain modulo: bytes
// from 248 on, which would favour the first characters, are thrown away.
func randomBase62(random io.Reader, n int) (string, error) {
	const limit = 256 / 62 * 62
	out := make([]byte, 0, n)
	buf := make([]byte, n+8)
	for len(out) < n {
		if _, err := io.ReadFull(random, buf); err != nil {
			return "", err
		}
		for _, b := range buf {
			if b < limit && len(out) < n {
				out = append(out, base62[b%62])
			}
		}
	}
	return string(out), nil
}
