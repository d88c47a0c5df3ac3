package contexts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// Book is the configuration file together with what its contexts need to be
// opened: the drivers there are, and the places of credentials.
type Book struct {
	Path    string // of the file
	Drivers []apiclient.Driver
	Store   *Store
}

// Opening is all that it takes to open a context.
type Opening struct {
	Context    Context
	Driver     apiclient.Driver
	Credential apiclient.Credential // the zero credential: ask
	Why        error                // why it has to be asked for, where that is worth telling
}

// Driver finds a driver by name.
func (b *Book) Driver(name string) (apiclient.Driver, error) {
	names := make([]string, len(b.Drivers))
	for i, d := range b.Drivers {
		if d.Name == name {
			return d, nil
		}
		names[i] = d.Name
	}
	return apiclient.Driver{}, wrong("there is no driver %q: there are %s", name, strings.Join(names, ", "))
}

// All gives the contexts and the name of the current one.
func (b *Book) All() (contexts []Context, current string, err error) {
	f, err := Load(b.Path)
	if err != nil {
		return nil, "", err
	}
	return f.Contexts, f.Current, nil
}

// Find finds a context by name ("": the current one), without its credential,
// which can take a while to get.
func (b *Book) Find(name string) (Opening, error) {
	f, err := Load(b.Path)
	if err != nil {
		return Opening{}, err
	}
	if name == "" {
		name = f.Current
	}
	c, ok := f.Find(name)
	if !ok {
		return Opening{}, unknownContext(name, f)
	}
	d, err := b.Driver(c.Driver)
	if err != nil {
		return Opening{}, fmt.Errorf("context %s: %w", c.Name, err)
	}
	return Opening{Context: c, Driver: d}, nil
}

// Open finds a context by name ("": the current one) with its credential. That
// the credential has to be asked for is no error.
func (b *Book) Open(ctx context.Context, name string) (Opening, error) {
	o, err := b.Find(name)
	if err != nil {
		return Opening{}, err
	}
	o.Credential, o.Why = b.Credential(ctx, o.Context)
	return o, nil
}

// Credential gets the credential of a context. The zero credential says that it
// has to be asked for; why tells the reason where that is worth telling.
func (b *Book) Credential(ctx context.Context, c Context) (cred apiclient.Credential, why error) {
	cred, err := b.Store.Read(ctx, c)
	switch {
	case err == nil:
		return cred, nil
	case errors.Is(err, ErrAsk) && (c.Credential.From == "" || c.Credential.From == FromPrompt):
		return apiclient.Credential{}, nil
	}
	return apiclient.Credential{}, err
}

// check looks at what only the drivers know. Again: the context was there before.
func (b *Book) check(c Context, again bool) error {
	d, err := b.Driver(c.Driver)
	if err != nil {
		return fmt.Errorf("context %s: %w", c.Name, err)
	}
	ways := make([]string, len(d.Methods))
	for i, m := range d.Methods {
		ways[i] = m.Name
	}
	// In places of ours there may be what a sign-in was answered with, which
	// nobody enters; and they may be empty as yet.
	s := c.Credential
	if entered := s.From == FromEnv || s.From == FromCommand; slices.Contains(ways, s.method()) || !entered && s.Method == "" || again && s.Ours() {
		return nil
	}
	return wrong("context %s: credential: method must be one of %s", c.Name, strings.Join(ways, ", "))
}

// Put adds a context or replaces the one of its name.
func (b *Book) Put(c Context) error {
	if err := b.check(c, true); err != nil {
		return err
	}
	return Change(b.Path, func(f *File) error { return f.Put(c) })
}

// Add adds a context whose name is not taken.
func (b *Book) Add(c Context) error {
	if err := b.check(c, false); err != nil {
		return err
	}
	return Change(b.Path, func(f *File) error {
		if _, taken := f.Find(c.Name); taken {
			return refuse(apiclient.ErrConflict, "there is a context %s already: remove it first, or choose another name", c.Name)
		}
		return f.Put(c)
	})
}

// Use makes a context the current one.
func (b *Book) Use(name string) error {
	return Change(b.Path, func(f *File) error { return f.Use(name) })
}

// Rename gives a context another name. Its entry in the keyring moves along.
func (b *Book) Rename(ctx context.Context, from, to string) error {
	var was, is Context
	err := Change(b.Path, func(f *File) error {
		was, _ = f.Find(from)
		if err := f.Rename(from, to); err != nil {
			return err
		}
		is, _ = f.Find(to)
		return nil
	})
	if err != nil || was.Credential.From != FromKeyring {
		return err
	}
	cred, err := b.Store.Read(ctx, was)
	if errors.Is(err, ErrAsk) {
		return nil
	}
	if err == nil {
		err = b.Store.Write(ctx, is, cred)
	}
	if err != nil {
		return fmt.Errorf("context %s is called %s now, but has to ask for its credential: %w", from, to, err)
	}
	return b.Store.Forget(ctx, was)
}

// Remove takes a context out, and its entry in the keyring, which nobody else
// would find. A file with its credential stays: it may serve others.
func (b *Book) Remove(ctx context.Context, name string) error {
	var gone Context
	err := Change(b.Path, func(f *File) error {
		gone, _ = f.Find(name)
		return f.Remove(name)
	})
	if err != nil || gone.Credential.From != FromKeyring {
		return err
	}
	if err := b.Store.Forget(ctx, gone); err != nil {
		return fmt.Errorf("context %s was removed, but maybe not its credential: %w", name, err)
	}
	return nil
}

// Keep stores a credential where the context says, if that place is ours; it
// tells whether it did. What kind of credential it is is noted in the context,
// and whose it is where that was open, so that it is used in the same way next
// time. Somebody else's password is of no use to the user of the context.
func (b *Book) Keep(ctx context.Context, name string, cred apiclient.Credential) (bool, error) {
	f, err := Load(b.Path)
	if err != nil {
		return false, err
	}
	c, ok := f.Find(name)
	if !ok || !c.Credential.Ours() {
		return false, nil
	}
	if cred.Method == "password" && c.User != "" && cred.User != c.User {
		return false, nil
	}
	known := c.User != "" && c.Credential.method() == cred.Method
	c.User, c.Credential.Method = cmp.Or(c.User, cred.User), cred.Method
	if err := b.Store.Write(ctx, c, cred); err != nil || known {
		return err == nil, err
	}
	return true, Change(b.Path, func(f *File) error {
		now, ok := f.Find(name)
		if !ok {
			return nil
		}
		now.User, now.Credential.Method = c.User, c.Credential.Method
		return f.Put(now)
	})
}

// Offer is a system that the official tools of its kind know on this machine.
type Offer struct {
	Driver     apiclient.Driver
	Method     string
	Source     string // where it was found: "AIVEN_AUTH_TOKEN", "~/.ais/token"
	Target     apiclient.Target
	Credential apiclient.Credential
}

// Offers looks through the official variables and files of every driver.
// Nothing is written, and nothing is sent. What cannot be read is left out but
// for the reason, which is told by the name of the place.
func (b *Book) Offers(lookup func(string) (string, bool)) (offers []Offer, unread map[string]error) {
	unread = map[string]error{}
	for _, d := range b.Drivers {
		for _, m := range d.Methods {
			for _, s := range m.Found {
				t, c, err := s.Read(lookup)
				switch {
				case errors.Is(err, apiclient.ErrNotFound), errors.Is(err, os.ErrNotExist):
				case err != nil:
					unread[s.Name] = err
				default:
					offers = append(offers, Offer{Driver: d, Method: m.Name, Source: s.Name, Target: t, Credential: c})
				}
			}
		}
	}
	return offers, unread
}

// NameOf makes a name for a context of what a system calls itself; "" where
// nothing of that can be used.
func NameOf(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(s))
	if s = strings.TrimLeft(s, "-._"); len(s) > 63 {
		s = s[:63]
	}
	return s
}

// FreeName makes a name for a context that is not taken yet: the driver's, or
// that with a number.
func FreeName(wanted string, contexts []Context) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(contexts, func(c Context) bool { return c.Name == name })
	}
	if !taken(wanted) {
		return wanted
	}
	for i := 2; ; i++ {
		if name := fmt.Sprintf("%s-%d", wanted, i); !taken(name) {
			return name
		}
	}
}
