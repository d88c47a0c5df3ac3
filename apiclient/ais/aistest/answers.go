package aistest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// done is how every write that succeeds is answered: 200, and nothing.
func (c *call) done() {
	c.w.Header()["Content-Type"] = nil // else net/http makes one up
	c.w.Header().Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusOK)
}

func (c *call) json(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	c.w.Header().Set("Content-Type", "application/json")
	_, _ = c.w.Write(text)
}

// refuse writes the one shape that errors have. The message goes out as it is,
// be it valid UTF-8 or not.
func (c *call) refuse(status int, tcode, message string) {
	var b strings.Builder
	b.WriteByte('{')
	if tcode != "" {
		fmt.Fprintf(&b, `"tcode":%q,`, tcode)
	}
	fmt.Fprintf(&b, `"message":"%s","method":%q,"url_path":%s,"remote_addr":%q,"caller":"","node":"","status":%d}`,
		raw(message), c.r.Method, quoted(c.r.URL.Path), c.r.RemoteAddr, status)
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = c.w.Write([]byte(b.String()))
}

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// raw escapes what JSON demands and leaves all other bytes alone.
func raw(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch ch := s[i]; {
		case ch == '"' || ch == '\\':
			b.WriteByte('\\')
			b.WriteByte(ch)
		case ch < ' ':
			fmt.Fprintf(&b, `\u%04x`, ch)
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}

func (c *call) notAllowed(methods map[string]func(*call)) {
	var allow []string
	for m := range methods {
		allow = append(allow, m)
	}
	slices.Sort(allow)
	c.w.Header().Set("Allow", strings.Join(allow, ", "))
	if c.r.Method == http.MethodOptions {
		c.done()
		return
	}
	http.Error(c.w, "Method Not Allowed", http.StatusMethodNotAllowed)
}

// decode reads the body. Its refusal quotes the body, in windows cut at any
// byte, passwords and all.
func (c *call) decode(into any, what string) bool {
	err := json.Unmarshal(c.body, into)
	if err == nil {
		return true
	}
	const small, big = 10, 40
	end := func(n int) string { return string(c.body[max(0, len(c.body)-n):]) }
	c.refuse(http.StatusBadRequest, "", fmt.Sprintf(
		"%s: failed to unmarshal [*%s] (%s), err: %v, error found in #%d byte of ...|%s|..., bigger context ...|%s|... (hserv.go, #376)",
		c.r.URL.Path, what, c.r.Method, err, min(small, len(c.body)), end(small), end(big)))
	return false
}

var nice = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z_-]*[0-9A-Za-z])?$`)

// niceName keeps the rule for user IDs, role names and aliases; the message
// counts one less than the rule.
func (c *call) niceName(what, name string) bool {
	if len(name) <= longestName && nice.MatchString(name) {
		return true
	}
	c.refuse(http.StatusBadRequest, "", fmt.Sprintf(
		"%s %q is invalid: must be less than 32 characters and contain only letters, numbers, dashes (-), and underscores (_)", what, name))
	return false
}

// span writes a duration as the real server does: 24h0m.
func span(d time.Duration) string {
	return fmt.Sprintf("%dh%dm", int(d.Hours()), int(d.Minutes())%60)
}
