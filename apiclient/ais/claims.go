package ais

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// claims are what a token says of itself. Nobody has verified it: only the
// server can.
type claims struct {
	Subject  string
	Issuer   string
	Issued   time.Time
	Expires  time.Time
	Admin    bool
	Audience []string
	Clusters []clusterACL
	Buckets  []bucketACL

	algorithm                         string
	hasAdmin, hasClusters, hasBuckets bool // the claim is there, be it null
	hasID                             bool // jti, which AuthN never sets
}

// longestToken is more than any real token has, and little enough to be taken
// apart while somebody types.
const longestToken = 64 << 10

var errNoToken = errors.New("this is no token of AuthN: it would have three parts between dots")

// parseToken reads a token (RFC 7519) without verifying it.
func parseToken(s apiclient.Secret) (claims, error) {
	text := strings.TrimSpace(s.Reveal())
	parts := strings.Split(text, ".")
	if len(parts) != 3 || len(text) > longestToken {
		return claims{}, errNoToken
	}
	var header struct {
		Alg string `json:"alg"`
	}
	var body map[string]json.RawMessage
	if err := decodePart(parts[0], &header); err != nil {
		return claims{}, err
	}
	if err := decodePart(parts[1], &body); err != nil {
		return claims{}, err
	}
	if _, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil {
		return claims{}, errNoToken
	}
	c := readClaims(body)
	c.algorithm = header.Alg
	if c.Subject == "" {
		return claims{}, errors.New("this is no token of AuthN: it does not say whose it is")
	}
	return c, nil
}

func decodePart(part string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return errNoToken
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(into); err != nil {
		return errNoToken
	}
	return nil
}

func readClaims(body map[string]json.RawMessage) claims {
	var c claims
	var issued, expires float64
	// A claim of another type is as good as none.
	read := func(key string, into any) bool {
		raw, ok := body[key]
		if !ok || json.Unmarshal(raw, into) != nil || bytes.Equal(raw, []byte("null")) {
			return false
		}
		return true
	}
	read("sub", &c.Subject)
	read("iss", &c.Issuer)
	read("exp", &expires)
	read("iat", &issued)
	c.hasAdmin = read("admin", &c.Admin)
	_, c.hasClusters = body["clusters"] // null counts: admins have no list
	_, c.hasBuckets = body["buckets"]
	if !read("clusters", &c.Clusters) {
		c.Clusters = nil
	}
	if !read("buckets", &c.Buckets) {
		c.Buckets = nil
	}
	c.Issued, c.Expires = unixTime(issued), unixTime(expires)
	if !read("aud", &c.Audience) {
		var one string
		if read("aud", &one) && one != "" { // one may stand alone
			c.Audience = []string{one}
		}
	}
	_, c.hasID = body["jti"]
	return c
}

// unixTime gives none for what is no time of this age of the world.
func unixTime(seconds float64) time.Time {
	const year3000 = 32503680000
	if !(seconds > 0 && seconds < year3000) {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

// handle is the public name of a token: AuthN gives it none, so it is the
// beginning of its fingerprint.
func handle(s apiclient.Secret) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(s.Reveal())))
	return "jwt-" + hex.EncodeToString(sum[:6])
}

// classify says offline what a pasted text could be. Anybody may make tokens
// that AIS clusters take, so even all marks together prove nothing.
func classify(s apiclient.Secret) []apiclient.Match {
	c, err := parseToken(s)
	if err != nil {
		return nil
	}
	if !c.hasAdmin && !c.hasClusters && !c.hasBuckets {
		return nil
	}
	m := apiclient.Match{
		Driver: Name, Kind: "access token", Handle: handle(s), Owner: c.Subject, Origin: c.Issuer, Expires: c.Expires, Sure: apiclient.Guess,
	}
	switch {
	case strings.EqualFold(c.algorithm, "none"):
		m.Note = "it is not signed: no server takes it"
	case c.hasAllMarks():
		m.Sure = apiclient.Likely
	}
	return []apiclient.Match{m}
}

// hasAllMarks tells whether it has all that AuthN's own tokens have.
func (c claims) hasAllMarks() bool {
	return c.Issuer != "" && !c.Issued.IsZero() && !c.Expires.IsZero() && c.hasAdmin && c.hasClusters && !c.hasID
}

// trimmed takes the white space off that comes along with a pasted token.
func trimmed(s apiclient.Secret) apiclient.Secret {
	return secret.New(strings.TrimSpace(s.Reveal()))
}
