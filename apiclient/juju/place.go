package juju

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// Options of a target that only Juju has.
const (
	// OptionAddresses are the controller's other addresses, host:port, joined by
	// commas. All of them answer under the one CA.
	OptionAddresses = "addresses"
	// OptionCA is the controller's own CA as PEM text: registration brings it, and
	// the official client's file holds it. Target.CAFile is the same in a file.
	OptionCA = "ca-cert"
	// OptionController is what the controller is called in registration strings.
	OptionController = "controller"
	// OptionUUID is the controller's.
	OptionUUID = "controller-uuid"
)

const (
	// apiServer is the name that every controller's certificate is made out to,
	// whatever its addresses are.
	apiServer = "juju-apiserver"
	apiPort   = "17070"
	webPort   = "443"
	// mostAddresses bounds what a registration string or a file can make this
	// program knock at.
	mostAddresses = 16
)

// place is where a controller is, and how it is recognised.
type place struct {
	addresses []string // host:port, the first one first
	tls       *tls.Config
}

// hostName is a name or an address of either family.
var hostName = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$`)

func (p place) shown() string { return "https://" + p.addresses[0] }

// placeOf reads a target. With a CA of its own a controller is recognised by
// that and the fixed name; without one (a public controller) by its host name
// and the authorities of this machine, at one address only.
func placeOf(t apiclient.Target) (place, error) {
	roots, err := authority(t)
	if err != nil {
		return place{}, err
	}
	port := webPort
	if roots != nil {
		port = apiPort
	}
	first, err := addressOf(t.URL, port)
	if err != nil {
		return place{}, err
	}
	p := place{addresses: []string{first}, tls: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}
	if roots == nil {
		return p, nil
	}
	p.tls.ServerName = apiServer
	for _, text := range strings.Split(t.Options[OptionAddresses], ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		a, err := addressOf(text, port)
		if err != nil {
			return place{}, err
		}
		if !slices.Contains(p.addresses, a) && len(p.addresses) < mostAddresses {
			p.addresses = append(p.addresses, a)
		}
	}
	return p, nil
}

// authority is the CA that the target names; nil: none.
func authority(t apiclient.Target) (*x509.CertPool, error) {
	text := []byte(t.Options[OptionCA])
	if t.CAFile != "" {
		raw, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the CA file: %w", err)
		}
		text = raw
	}
	if len(text) == 0 {
		return nil, nil
	}
	return poolOf(text)
}

func poolOf(pem []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("the controller's CA is no certificate in PEM form")
	}
	return pool, nil
}

// addressOf reads host:port, alone or as a URL.
func addressOf(text, port string) (string, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		// url.Error quotes the text, which may hold a password.
		return "", errors.New("the controller's address cannot be read: it looks like https://host:17070")
	}
	switch {
	case u.Scheme == "http" || u.Scheme == "ws":
		return "", errors.New("controllers speak TLS only: the address begins with https://")
	case u.Scheme != "https" && u.Scheme != "wss":
		return "", errors.New("the controller's address must look like https://host:17070")
	case !hostName.MatchString(u.Hostname()):
		return "", errors.New("the controller's address names no host that there can be")
	case u.User != nil:
		return "", errors.New("the controller's address holds a user or a password: sign in instead")
	case u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" && strings.Trim(u.Path, "/") != "api":
		return "", errors.New("the controller's address must end after the port")
	case u.Port() != "":
		port = u.Port()
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port), nil
}
