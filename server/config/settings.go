package config

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

// Setting is one thing that can be set. Flags, environment, file and help all
// come from this table.
type Setting struct {
	Key    string // in the file
	Help   string
	Secret bool // has no flag; in the file and the environment also as KEY_file
	set    func(*Config, string) error
}

// Flag is the name of the flag; secrets have none.
func (s Setting) Flag() string {
	if s.Secret {
		return ""
	}
	return strings.ReplaceAll(s.Key, "_", "-")
}

// Env is the name of the environment variable.
func (s Setting) Env() string { return "GATEHOUSE_" + strings.ToUpper(s.Key) }

// Settings are all that there are.
func Settings() []Setting {
	return []Setting{
		{Key: "listen", Help: "address to listen on, host:port", set: text(func(c *Config) *string { return &c.Listen })},
		{Key: "database", Help: "path of the database file", set: text(func(c *Config) *string { return &c.Database })},
		{Key: "public_urls", Help: "addresses that registration strings name, with commas between", set: setURLs},
		{Key: "tls_cert_file", Help: "PEM file with the certificate chain; serves https", set: text(func(c *Config) *string { return &c.TLSCertFile })},
		{Key: "tls_key_file", Help: "PEM file with the key, readable by its owner only", set: text(func(c *Config) *string { return &c.TLSKeyFile })},
		{Key: "default_admin_email", Help: "e-mail of the admin that the first start makes", set: text(func(c *Config) *string { return &c.DefaultAdminEmail })},
		{Key: "default_admin_password", Help: "password of the admin that the first start makes; one is made up without it", Secret: true, set: setPassword},
		{Key: "log_level", Help: "debug, info, warn or error", set: oneOf(func(c *Config) *string { return &c.LogLevel }, "debug", "info", "warn", "error")},
		{Key: "log_format", Help: "json or text", set: oneOf(func(c *Config) *string { return &c.LogFormat }, "json", "text")},
		{Key: "session_idle", Help: "a session ends after so long without use", set: duration(func(c *Config) *time.Duration { return &c.SessionIdle })},
		{Key: "session_hard", Help: "a session ends after so long in any case", set: duration(func(c *Config) *time.Duration { return &c.SessionHard })},
		{Key: "registration_age", Help: "how long a registration string can be redeemed", set: duration(func(c *Config) *time.Duration { return &c.RegistrationAge })},
		{Key: "argon2_memory_kib", Help: "memory that hashing a password takes", set: number(func(c *Config) *uint32 { return &c.Argon2MemoryKiB }, 19456, 1<<20)},
		{Key: "argon2_passes", Help: "passes that hashing a password takes", set: number(func(c *Config) *uint32 { return &c.Argon2Passes }, 1, 64)},
	}
}

func known(key string) bool {
	for _, s := range Settings() {
		if key == s.Key || s.Secret && key == s.Key+"_file" {
			return true
		}
	}
	return false
}

// find gives the value that counts and where it came from; no origin means
// that it is not set anywhere.
func (s Setting) find(from Sources, file map[string]string) (value, origin string, err error) {
	if v, ok := from.Flags[s.Flag()]; ok && !s.Secret {
		return v, "--" + s.Flag(), nil
	}
	if v := from.Env(s.Env()); v != "" {
		return v, s.Env(), nil
	}
	if s.Secret {
		if path := from.Env(s.Env() + "_FILE"); path != "" {
			return readSecret(s.Env()+"_FILE", path)
		}
		if path := file[s.Key+"_file"]; path != "" {
			return readSecret(s.Key+"_file", path)
		}
	}
	if v, ok := file[s.Key]; ok {
		if s.Secret {
			if err := private(from.File); err != nil {
				return "", "", fmt.Errorf("%s stands in the configuration: %w", s.Key, err)
			}
		}
		return v, from.File, nil
	}
	return "", "", nil
}

func readSecret(origin, path string) (string, string, error) {
	if err := private(path); err != nil {
		return "", "", fmt.Errorf("%s: %w", origin, err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", origin, err)
	}
	return strings.TrimRight(string(raw), "\r\n"), origin, nil
}

func text(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		*field(c) = v
		return nil
	}
}

func oneOf(field func(*Config) *string, values ...string) func(*Config, string) error {
	return func(c *Config, v string) error {
		for _, known := range values {
			if v == known {
				*field(c) = v
				return nil
			}
		}
		return errors.New("expected one of " + strings.Join(values, ", "))
	}
}

func duration(field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil {
			return errors.New("expected a duration such as 30m or 12h")
		}
		*field(c) = d
		return nil
	}
}

func number(field func(*Config) *uint32, least, most uint64) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := strconv.ParseUint(v, 10, 32)
		if err != nil || n < least || n > most {
			return fmt.Errorf("expected a number from %d to %d", least, most)
		}
		*field(c) = uint32(n)
		return nil
	}
}

func setURLs(c *Config, v string) error {
	c.PublicURLs = nil
	for _, u := range strings.Split(v, ",") {
		if u = strings.TrimSpace(u); u != "" {
			c.PublicURLs = append(c.PublicURLs, strings.TrimRight(u, "/"))
		}
	}
	return nil
}

func setPassword(c *Config, v string) error {
	c.DefaultAdminPassword = wire.NewSecret(v)
	return nil
}
