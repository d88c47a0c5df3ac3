package server

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

func TestGreedyRequestsAreRefused(t *testing.T) {
	h := start(t)
	admin := h.asAdmin()
	big := `{"description":"` + strings.Repeat("x", 1<<20) + `"}`
	h.refused(413, wire.CodeTooLarge, "POST", wire.PathTokens, admin, big)
	deep := `{"description":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`
	p := h.refused(400, wire.CodeMalformed, "POST", wire.PathTokens, admin, deep)
	if len(p.Errors) == 0 || !strings.Contains(p.Errors[0].Message, "32 levels") {
		t.Errorf("%+v", p)
	}
	quoted := `{"description":"` + strings.Repeat("[", 100) + ` \" {"}`
	h.want(201, "POST", wire.PathTokens, admin, quoted)
	h.refused(422, wire.CodeInvalid, "GET", wire.PathTokens+"?filter="+strings.Repeat("x", 2000), admin, nil)
	h.refused(422, wire.CodeInvalid, "GET", wire.PathTokens+"?filter="+strings.Repeat("x+", 17), admin, nil)
	var many []string
	for i := range 120 {
		many = append(many, fmt.Sprintf("X-Many-%d", i), "x")
	}
	h.want(431, "GET", wire.PathLive, "", nil, many...)
	for i := range 10_000 {
		many = append(many, fmt.Sprintf("X-Many-%d", i), "x")
	}
	a, err := h.try("GET", wire.PathLive, "", nil, many...)
	if err == nil && a.status != 431 {
		t.Errorf("10,000 headers gave %d", a.status)
	}
	unsized, err := http.NewRequestWithContext(t.Context(), "POST", h.url+wire.PathTokens, struct{ *strings.Reader }{strings.NewReader(big)})
	if err != nil {
		t.Fatal(err)
	}
	unsized.ContentLength = -1
	unsized.Header.Set("Authorization", "Bearer "+admin)
	unsized.Header.Set("Content-Type", wire.TypeJSON)
	resp, err := h.http.Do(unsized)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 413 {
		t.Errorf("a large body without a length gave %d", resp.StatusCode)
	}
}

// While many connections send their headers letter by letter, others are
// served as usual.
func TestSlowCallersHoldNobodyUp(t *testing.T) {
	t.Parallel()
	h := start(t)
	admin := h.asAdmin()
	var slow []net.Conn
	for range count(100, 500) {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := fmt.Fprintf(c, "POST /v1/session HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
		slow = append(slow, c)
	}
	var took []time.Duration
	for range 200 {
		begun := time.Now()
		h.want(200, "GET", wire.PathSession, admin, nil)
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	t.Logf("95 of 100 requests took at most %v", took[190])
	// They are cut off; that takes as long as headers may take.
	c := slow[0]
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.Contains(line, "408") && !strings.Contains(line, "400") {
		t.Errorf("a slow caller got %q", line)
	}
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Error("a slow caller was not cut off")
	}
}

// Guessing is slowed down per user and address, and a waiting attempt is not
// even looked at.
func TestGuessingIsThrottled(t *testing.T) {
	h := start(t)
	h.account("acme")
	h.makeUser("jane", "acme", false)
	admin := h.asAdmin()
	wrong := body{"user_name": "jane", "password": "not the password of jane"}
	n := 0
	for ; h.do("POST", wire.PathSession, "", wrong).status == 401; n++ {
	}
	if n != 8 {
		t.Errorf("%d guesses were looked at, want 8", n)
	}
	a := h.want(429, "POST", wire.PathSession, "", body{"user_name": "jane", "password": userPassword})
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
	}
	h.want(200, "GET", wire.PathSession, admin, nil)
	h.clock.add(time.Second)
	h.signIn("jane", userPassword)
	h.want(401, "POST", wire.PathSession, "", wrong)
}

func TestSignInDoesNotTellWhy(t *testing.T) {
	h := start(t)
	h.account("acme")
	h.makeUser("jane", "acme", false)
	h.makeUser("kim", "acme", false)
	h.want(200, "POST", wire.UserPath("kim", "disable"), h.asAdmin(), nil, "If-Match", "*")
	h.want(201, "POST", wire.PathUsers, h.asAdmin(), wire.CreateUser{Name: "new", Account: "acme"})
	var bodies []string
	for _, in := range []body{
		{"user_name": "jane", "password": "not the password of jane"},
		{"user_name": "kim", "password": userPassword},
		{"user_name": "new", "password": userPassword},
		{"user_name": "nobody", "password": userPassword},
		{"user_name": "no name\x00", "password": userPassword},
		{"user_name": "jane", "password": strings.Repeat("x", 4000)},
	} {
		a := h.want(401, "POST", wire.PathSession, "", in)
		bodies = append(bodies, strings.ReplaceAll(string(a.body), a.header.Get(wire.HeaderRequestID), ""))
	}
	if slices.Sort(bodies); bodies[0] != bodies[len(bodies)-1] {
		t.Errorf("the answers differ: %q", bodies)
	}
}
