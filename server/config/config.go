// Package config gathers the server's settings from flags, environment and a
// YAML file, in this order, and knows for each where it came from.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"gatehouse/apiclient/gatehouse/wire"
)

// Config is what a server is run with.
type Config struct {
	Listen               string        // host:port
	Database             string        // path of the SQLite file
	PublicURLs           []string      // addresses that registration strings name; none: the one listened on
	TLSCertFile          string        // with TLSKeyFile: serve https
	TLSKeyFile           string        //
	DefaultAdminPassword wire.Secret   // for the first start; none: one is made up
	DefaultAdminEmail    string        // for the first start
	LogLevel             string        // debug, info, warn or error
	LogFormat            string        // json or text; empty: json unless on a terminal
	SessionIdle          time.Duration // a session ends after so long without use
	SessionHard          time.Duration // and after so long in any case
	RegistrationAge      time.Duration // how long a registration string can be redeemed
	Argon2MemoryKiB      uint32        // memory of a password hash
	Argon2Passes         uint32        // passes of a password hash
}

// Default is what holds unless said otherwise. Paths follow the environment.
func Default(env func(string) string) (Config, error) {
	c := Config{
		Listen: wire.DefaultAddress, LogLevel: "info", SessionIdle: 30 * time.Minute, SessionHard: 12 * time.Hour,
		RegistrationAge: 7 * 24 * time.Hour, Argon2MemoryKiB: 19456, Argon2Passes: 2,
	}
	dir, err := stateDir(env)
	c.Database = filepath.Join(dir, "gatehouse.db")
	return c, err
}

// stateDir follows systemd's STATE_DIRECTORY, then the XDG Base Directory
// Specification, which has relative paths ignored.
func stateDir(env func(string) string) (string, error) {
	if first, _, _ := strings.Cut(env("STATE_DIRECTORY"), ":"); filepath.IsAbs(first) {
		return first, nil
	}
	if dir := env("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "gatehouse"), nil
	}
	if home := env("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "gatehouse"), nil
	}
	return "", errors.New("no place for the database: set STATE_DIRECTORY, XDG_STATE_HOME or HOME, or say --database")
}

// Sources are where values come from; later ones give way to earlier ones.
type Sources struct {
	Flags map[string]string   // by Setting.Flag, only those that were given
	Env   func(string) string // os.Getenv
	File  string              // YAML; empty: none
}

// Load puts a configuration together and checks it.
func Load(from Sources) (Config, error) {
	c, noDir := Default(from.Env)
	file, err := readFile(from.File)
	if err != nil {
		return c, err
	}
	for _, s := range Settings() {
		value, origin, err := s.find(from, file)
		if err != nil {
			return c, err
		}
		if origin == "" {
			continue
		}
		if err := s.set(&c, value); err != nil {
			return c, fmt.Errorf("%s, from %s: %w", s.Key, origin, err)
		}
		if s.Key == "database" {
			noDir = nil
		}
	}
	if noDir != nil {
		return c, noDir
	}
	return c, c.Check()
}

// readFile reads the YAML file strictly: what is not a setting is an error with
// its line.
func readFile(path string) (map[string]string, error) {
	out := map[string]string{}
	if path == "" {
		return out, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(raw)).Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		return nil, fmt.Errorf("read the configuration %s: %w", path, err)
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("read the configuration %s: line %d: expected settings such as listen: %s", path, top.Line, wire.DefaultAddress)
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if !known(key.Value) {
			return nil, fmt.Errorf("read the configuration %s: line %d: there is no setting %q", path, key.Line, key.Value)
		}
		if _, twice := out[key.Value]; twice {
			return nil, fmt.Errorf("read the configuration %s: line %d: %s is set twice", path, key.Line, key.Value)
		}
		text, err := scalar(value)
		if err != nil {
			return nil, fmt.Errorf("read the configuration %s: line %d: %s: %w", path, key.Line, key.Value, err)
		}
		out[key.Value] = text
	}
	return out, nil
}

func scalar(n *yaml.Node) (string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		return n.Value, nil
	case yaml.SequenceNode:
		var list []string
		if err := n.Decode(&list); err != nil {
			return "", errors.New("expected a list of texts")
		}
		return strings.Join(list, ","), nil
	}
	return "", errors.New("expected a value or a list")
}

// Check refuses what cannot be served safely.
func (c Config) Check() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("listen: expected host:port, such as %s", wire.DefaultAddress)
	}
	if (c.TLSCertFile == "") != (c.TLSKeyFile == "") {
		return errors.New("tls_cert_file and tls_key_file belong together: set both or none")
	}
	if c.TLSCertFile == "" && !loopback(host) {
		return errors.New("listen: without TLS only loopback addresses are served, since passwords would travel in the clear; set tls_cert_file and tls_key_file, or listen on 127.0.0.1")
	}
	if c.TLSKeyFile != "" {
		if err := private(c.TLSKeyFile); err != nil {
			return fmt.Errorf("tls_key_file: %w", err)
		}
	}
	for _, u := range c.PublicURLs {
		if p, err := url.Parse(u); err != nil || p.Host == "" || p.Scheme != "https" && !(p.Scheme == "http" && loopback(p.Hostname())) {
			return errors.New("public_urls: expected addresses such as https://gate.example.com:7411; http only for loopback")
		}
	}
	if c.SessionIdle < time.Minute || c.SessionHard < c.SessionIdle || c.RegistrationAge < time.Minute {
		return errors.New("session_idle and registration_age are at least 1m, and session_hard is not shorter than session_idle")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// private refuses a file with a secret that others can read.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&fs.FileMode(0o077) != 0 {
		return fmt.Errorf("others can read %s (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	return nil
}
