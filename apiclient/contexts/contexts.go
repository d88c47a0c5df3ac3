// Package contexts keeps the named systems of an admin: where each is, how it
// looks, whether it is protected, and where its credential comes from. The
// file is YAML, for people as well as for `gatehouse context`.
package contexts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"gatehouse/apiclient"
)

// Context is one named system.
type Context struct {
	Name       string            `yaml:"name"`
	Driver     string            `yaml:"driver"`
	URL        string            `yaml:"url"`
	User       string            `yaml:"user,omitempty"`
	CAFile     string            `yaml:"ca,omitempty"`
	Colour     string            `yaml:"colour,omitempty"` // one of Colours
	Protected  bool              `yaml:"protected,omitempty"`
	Writes     string            `yaml:"writes,omitempty"` // locked, open; "": locked where protected
	Credential Source            `yaml:"credential,omitempty"`
	Options    map[string]string `yaml:"options,omitempty"` // what only one kind of system has
}

// WritesLocked tells whether writes are locked when the context is opened.
func (c Context) WritesLocked() bool {
	return c.Writes == "locked" || c.Writes == "" && c.Protected
}

// Target is where the driver finds the system.
func (c Context) Target() apiclient.Target {
	return apiclient.Target{Context: c.Name, URL: c.URL, User: c.User, CAFile: c.CAFile, Options: c.Options}
}

// Colours are the names that a context's mark may have; the theme of the
// terminal says how they look.
func Colours() []string {
	return []string{"red", "green", "yellow", "blue", "magenta", "cyan"}
}

// File is the whole configuration.
type File struct {
	Current  string    `yaml:"current-context,omitempty"`
	Contexts []Context `yaml:"contexts"`
}

// Find gives the context of that name.
func (f *File) Find(name string) (Context, bool) {
	i := slices.IndexFunc(f.Contexts, func(c Context) bool { return c.Name == name })
	if i < 0 {
		return Context{}, false
	}
	return f.Contexts[i], true
}

// Put adds the context or replaces the one of that name. The first context
// becomes the current one.
func (f *File) Put(c Context) error {
	if err := c.check(); err != nil {
		return err
	}
	i := slices.IndexFunc(f.Contexts, func(o Context) bool { return o.Name == c.Name })
	if i < 0 {
		f.Contexts = append(f.Contexts, c)
	} else {
		f.Contexts[i] = c
	}
	if f.Current == "" {
		f.Current = c.Name
	}
	return nil
}

// Remove takes the context away; its credential stays where it is.
func (f *File) Remove(name string) error {
	n := len(f.Contexts)
	f.Contexts = slices.DeleteFunc(f.Contexts, func(c Context) bool { return c.Name == name })
	if len(f.Contexts) == n {
		return unknownContext(name, f)
	}
	if f.Current == name {
		f.Current = ""
	}
	return nil
}

// Rename gives a context another name.
func (f *File) Rename(from, to string) error {
	if _, taken := f.Find(to); taken {
		return refuse(apiclient.ErrConflict, "rename context %s: there is a context %s already", from, to)
	}
	for i := range f.Contexts {
		if f.Contexts[i].Name != from {
			continue
		}
		renamed := f.Contexts[i]
		renamed.Name = to
		if err := renamed.check(); err != nil {
			return err
		}
		f.Contexts[i] = renamed
		if f.Current == from {
			f.Current = to
		}
		return nil
	}
	return unknownContext(from, f)
}

// Use makes a context the current one.
func (f *File) Use(name string) error {
	if _, ok := f.Find(name); !ok {
		return unknownContext(name, f)
	}
	f.Current = name
	return nil
}

func unknownContext(name string, f *File) error {
	names := make([]string, len(f.Contexts))
	for i, c := range f.Contexts {
		names[i] = c.Name
	}
	known := strings.Join(names, ", ")
	if len(names) == 0 {
		known = "none yet, see gatehouse context add"
	}
	return refuse(apiclient.ErrNotFound, "there is no context %q: there are %s", name, known)
}

// refusal is an error with its reason, which is one of those of apiclient.
type refusal struct {
	text   string
	reason error
}

func (r refusal) Error() string { return r.text }
func (r refusal) Unwrap() error { return r.reason }

func refuse(reason error, format string, a ...any) error {
	return refusal{fmt.Sprintf(format, a...), reason}
}

func wrong(format string, a ...any) error { return refuse(apiclient.ErrInvalid, format, a...) }

// namePattern keeps names usable as flags' values, file names and in shells.
var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

func (c Context) check() error {
	switch {
	case !namePattern.MatchString(c.Name):
		return wrong("context %q: name must be 1 to 63 of a-z 0-9 . _ - and start with a letter or digit", c.Name)
	case c.Driver == "":
		return wrong("context %s: driver is missing", c.Name)
	case c.URL == "":
		return wrong("context %s: url is missing", c.Name)
	case c.Colour != "" && !slices.Contains(Colours(), c.Colour):
		return wrong("context %s: colour must be one of %s", c.Name, strings.Join(Colours(), ", "))
	case c.Writes != "" && c.Writes != "locked" && c.Writes != "open":
		return wrong("context %s: writes must be locked or open", c.Name)
	}
	if err := c.checkURL(); err != nil {
		return err
	}
	return c.Credential.check(c.Name)
}

// checkURL refuses what no driver could use, and above all an address with a
// password in it: there are no secrets in the file. It does not repeat the
// address.
func (c Context) checkURL() error {
	scheme, rest, ok := strings.Cut(c.URL, "://")
	if !ok {
		scheme, rest = "", c.URL // some systems go by host:port alone
	}
	authority, _, _ := strings.Cut(rest, "/")
	switch {
	case ok && scheme != "https" && scheme != "http" && scheme != "wss":
		return wrong("context %s: url must begin with https:// (or http:// on this machine)", c.Name)
	case authority == "":
		return wrong("context %s: url names no host", c.Name)
	case strings.Contains(authority, "@"):
		return wrong("context %s: url holds a user or a password: sign in instead", c.Name)
	}
	return nil
}

// Path is where the file is: GATEHOUSE_CONFIG, else below XDG_CONFIG_HOME,
// which by its specification counts only when absolute.
func Path(getenv func(string) string) (string, error) {
	if p := getenv("GATEHOUSE_CONFIG"); p != "" {
		return p, nil
	}
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		home := getenv("HOME")
		if home == "" {
			return "", errors.New("find the configuration: HOME is not set; name the file with GATEHOUSE_CONFIG")
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "gatehouse", "config.yaml"), nil
}

// Load reads the file; one that does not exist is an empty configuration.
// Unknown keys and wrong values are errors that name the line.
func Load(path string) (*File, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return &File{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return parse(path, raw)
}

func parse(path string, raw []byte) (*File, error) {
	f := &File{}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(f); err != nil && !errors.Is(err, io.EOF) {
		return nil, wrong("read %s: %v", path, err)
	}
	seen := map[string]bool{}
	for _, c := range f.Contexts {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		if seen[c.Name] {
			return nil, wrong("read %s: context %s is there twice", path, c.Name)
		}
		seen[c.Name] = true
	}
	if f.Current != "" && !seen[f.Current] {
		return nil, wrong("read %s: current-context: %v", path, unknownContext(f.Current, f))
	}
	return f, nil
}

// Change loads the file, lets edit work on it and writes it back, all under a
// lock, so that two consoles cannot lose each other's changes.
func Change(path string, edit func(*File) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	unlock, err := lock(path + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	f, err := Load(path)
	if err != nil {
		return err
	}
	if err := edit(f); err != nil {
		return err
	}
	raw, err := yaml.Marshal(f)
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return writeFile(path, raw)
}
