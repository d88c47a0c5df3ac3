package rest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// errClear says why a secret was not sent.
const errClear = "a credential is never sent over plain http but to this very machine: use https"

// errAnybody says why a secret was not sent.
const errAnybody = "a credential is never sent to a server whose certificate is not looked at"

// origin is scheme, host and port (RFC 6454), and the path below which the
// interface lives.
type origin struct {
	scheme, host string // host with port, always
	shown        string // as the user wrote it, without user info
	base         string // escaped path, no slash at its end
	loopback     bool
}

func parseOrigin(text string) (origin, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		// url.Error quotes the text, which may hold a password.
		return origin{}, errors.New("the server's address cannot be read: it looks like https://host:port")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return origin{}, errors.New("the server's address must begin with https:// (or http:// on this machine)")
	case u.Hostname() == "":
		return origin{}, errors.New("the server's address names no host")
	case u.User != nil:
		return origin{}, errors.New("the server's address holds a user or a password: sign in instead")
	case u.RawQuery != "" || u.Fragment != "":
		return origin{}, errors.New("the server's address must end before ? and #")
	}
	return origin{
		scheme:   u.Scheme,
		host:     withPort(u),
		shown:    u.Scheme + "://" + u.Host,
		base:     strings.TrimRight(u.EscapedPath(), "/"),
		loopback: isLoopback(u.Hostname()),
	}, nil
}

// String is the origin as the user wrote it.
func (o origin) String() string { return o.shown }

// private tells whether nobody on the way can read along.
func (o origin) private() bool { return o.scheme == "https" || o.loopback }

func (o origin) is(u *url.URL) bool { return u.Scheme == o.scheme && withPort(u) == o.host }

func withPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// isLoopback trusts addresses and the one name that never leaves the machine
// (RFC 6761, section 6.3).
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// onlyOrigin is the last gate before the network: whatever the layers above
// may do, nothing goes anywhere else.
type onlyOrigin struct {
	origin origin
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t onlyOrigin) RoundTrip(r *http.Request) (*http.Response, error) {
	if !t.origin.is(r.URL) {
		return nil, errOrigin
	}
	return t.next.RoundTrip(r)
}

var errOrigin = errors.New("refused to speak to another server than the one of this context")

// tlsConfig trusts the machine's authorities, or only those in the file.
func tlsConfig(caFile string) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return cfg, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("read the CA file: %w", err)
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("the CA file %s holds no certificate in PEM form", caFile)
	}
	return cfg, nil
}
