package aistest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// claims are what a token says.
type claims struct {
	Clusters []clusterACL `json:"clusters"`
	Buckets  []bucketACL  `json:"buckets,omitempty"`
	Admin    bool         `json:"admin"`
	Issuer   string       `json:"iss"`
	Subject  string       `json:"sub"`
	Audience []string     `json:"aud,omitempty"`
	Expires  int64        `json:"exp"`
	Issued   int64        `json:"iat"`
}

// What is wrong with a token, in the server's words.
var (
	errRevoked   = errors.New("token revoked")
	errExpired   = errors.New("token expired")
	errMalformed = errors.New("token is malformed: token contains an invalid number of segments")
	errSignature = errors.New("token signature is invalid: signature is invalid")
)

// mint signs claims. There is no ID in them, so equal claims give equal tokens.
func (s *Server) mint(c claims) string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	body := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(text)
	return body + "." + encode(sign(s.key, body))
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func sign(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// verify looks at signature and age; whether it was revoked is asked before.
func (s *Server) verify(token string) (claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}, errMalformed
	}
	sum, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(sum, sign(s.key, parts[0]+"."+parts[1])) {
		return claims{}, errSignature
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return claims{}, errMalformed
	}
	var c claims
	if err := json.Unmarshal(text, &c); err != nil || c.Subject == "" {
		return claims{}, errMalformed
	}
	if s.now().Unix() >= c.Expires {
		return claims{}, errExpired
	}
	return c, nil
}

// bearer finds the token of a request. The scheme word is taken as it stands.
func bearer(h http.Header) string {
	if t, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok && t != "" {
		return t
	}
	return h.Get("X-Amz-Security-Token")
}

// holder is who asks; nil: it was refused. What counts is the token, not what
// has become of its user.
func (s *Server) holder(c *call) *claims {
	token := bearer(c.r.Header)
	if token == "" {
		c.refuse(http.StatusUnauthorized, "", "token required")
		return nil
	}
	err := errRevoked
	var who claims
	if !s.revoked[token] {
		who, err = s.verify(token)
	}
	if err != nil {
		c.refuse(http.StatusUnauthorized, "", fmt.Sprintf("not authorized (invalid token: %v): %q", err, token))
		return nil
	}
	return &who
}

func (s *Server) needAdmin(c *call) *claims {
	who := s.holder(c)
	if who == nil || who.Admin {
		return who
	}
	left := time.Unix(who.Expires, 0).Sub(s.now()).Round(time.Second)
	c.refuse(http.StatusUnauthorized, "", fmt.Sprintf("not authorized: requires admin (user %s, token expires in %s)", who.Subject, left))
	return nil
}

func (s *Server) needSelf(c *call) *claims {
	who := s.holder(c)
	if who == nil || who.Admin || who.Subject == c.name {
		return who
	}
	c.refuse(http.StatusUnauthorized, "", "not authorized: requires admin or self")
	return nil
}

func (s *Server) logIn(c *call) {
	var in struct {
		Password  string `json:"password"`
		ExpiresIn *int64 `json:"expires_in"`
	}
	if !c.decode(&in, "authn.LoginMsg") {
		return
	}
	if in.Password == "" {
		c.refuse(http.StatusUnauthorized, "", "empty password")
		return
	}
	failed := func(status int, why string) {
		c.refuse(status, "ErrFailedTo", "AuthN: failed to generate token for "+c.name+", err: "+why)
	}
	u, ok := s.users[c.name]
	if !ok || u.pass != in.Password {
		failed(http.StatusUnauthorized, "invalid credentials")
		return
	}
	life := s.life
	if in.ExpiresIn != nil {
		life = time.Duration(*in.ExpiresIn)
		switch {
		case life == 0:
			life = longestLife
		case life < shortestLife:
			failed(http.StatusBadRequest, "invalid requested expiry date: must be 0 or >= 1m")
			return
		case life > longestLife:
			failed(http.StatusBadRequest, "invalid requested expiry date: cannot exceed configured max token age: "+span(longestLife))
			return
		}
	}
	c.json(map[string]string{"token": s.mint(s.claimsOf(c.name, u, life))})
}

// claimsOf joins the permissions of all roles of a user. An admin has none: he
// may do everything anyway.
func (s *Server) claimsOf(name string, u *account, life time.Duration) claims {
	now := s.now()
	c := claims{Issuer: s.issuer, Subject: name, Issued: now.Unix(), Expires: now.Add(life).Unix()}
	sums, buckets := map[string]uint64{}, map[bucket]uint64{}
	for _, r := range u.roles {
		role, ok := s.roles[r]
		if !ok {
			continue
		}
		c.Admin = c.Admin || role.Admin
		for _, a := range role.Clusters {
			sums[s.realID(a.ID)] |= number(a.Perm)
		}
		for _, a := range role.Buckets {
			buckets[a.Bucket] |= number(a.Perm)
		}
	}
	if c.Admin {
		for id := range s.clusters {
			c.Audience = append(c.Audience, id)
		}
		slices.Sort(c.Audience)
		return c
	}
	aud := map[string]bool{}
	for id, perm := range sums {
		c.Clusters = append(c.Clusters, clusterACL{ID: id, Perm: text(perm)})
		aud[id] = true
	}
	for b, perm := range buckets {
		c.Buckets = append(c.Buckets, bucketACL{Bucket: b, Perm: text(perm)})
		aud[b.Namespace.UUID] = true
	}
	slices.SortFunc(c.Clusters, func(a, b clusterACL) int { return strings.Compare(a.ID, b.ID) })
	delete(aud, "")
	for id := range aud {
		c.Audience = append(c.Audience, id)
	}
	slices.Sort(c.Audience)
	return c
}

// revoke takes the token itself and asks for nothing else.
func (s *Server) revoke(c *call) {
	if len(c.body) == 0 {
		c.refuse(http.StatusBadRequest, "", "failed to read request: EOF")
		return
	}
	var in struct {
		Token string `json:"token"`
	}
	if !c.decode(&in, "authn.TokenMsg") {
		return
	}
	if in.Token == "" {
		c.refuse(http.StatusBadRequest, "", "empty token")
		return
	}
	if _, err := s.verify(in.Token); err != nil {
		c.refuse(http.StatusUnauthorized, "wrapErrors", fmt.Sprintf("invalid token [err: %v]", err))
		return
	}
	s.revoked[in.Token] = true
	for _, cl := range s.clusters {
		s.push(cl, []string{in.Token})
	}
	c.done()
}

func number(perm string) uint64 {
	n, err := strconv.ParseUint(perm, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func text(perm uint64) string { return strconv.FormatUint(perm, 10) }

// Mint makes a token for a user as signing in would, at the server's time.
func (s *Server) Mint(user string, life time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[user]
	if !ok {
		u = &account{}
	}
	return s.mint(s.claimsOf(user, u, life))
}
