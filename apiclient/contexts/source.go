package contexts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// Source says where the credential of a context comes from. The zero Source
// asks in the sign-in modal.
type Source struct {
	From    string   `yaml:"from,omitempty"`     // prompt, env, keyring, file, command
	Method  string   `yaml:"method,omitempty"`   // the driver's way to sign in: token, password …; "": token
	Env     string   `yaml:"env,omitempty"`      // name of the variable
	File    string   `yaml:"file,omitempty"`     // 0600
	Command []string `yaml:"command,omitempty"`  // prints an ExecCredential
	Pass    []string `yaml:"pass-env,omitempty"` // variables that the command may see
}

// The places a credential can come from.
const (
	FromPrompt  = "prompt"
	FromEnv     = "env"
	FromKeyring = "keyring"
	FromFile    = "file"
	FromCommand = "command"
)

// ErrAsk says that the admin has to be asked: the source is the prompt, or
// holds nothing yet.
var ErrAsk = errors.New("no credential is stored")

func (s Source) check(name string) error {
	switch s.From {
	case "", FromPrompt, FromKeyring:
	case FromEnv:
		if s.Env == "" {
			return wrong("context %s: credential: env is missing", name)
		}
	case FromFile:
		if !filepath.IsAbs(s.File) {
			return wrong("context %s: credential: file must be an absolute path", name)
		}
	case FromCommand:
		if len(s.Command) == 0 || s.Command[0] == "" {
			return wrong("context %s: credential: command is missing", name)
		}
	default:
		return wrong("context %s: credential: from must be one of prompt, env, keyring, file, command", name)
	}
	return nil
}

// Ours tells whether the place is written by this program, so that a changed
// credential is stored there again.
func (s Source) Ours() bool { return s.From == FromKeyring || s.From == FromFile }

// Store reads and writes credentials at their sources.
type Store struct {
	Getenv  func(string) string
	Limit   time.Duration // for the keyring; a locked one may ask somebody who is not there
	keyring ring
}

// ring is what is used of a keyring.
type ring interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
}

type systemRing struct{}

func (systemRing) Get(s, u string) (string, error) { return keyring.Get(s, u) }
func (systemRing) Set(s, u, p string) error        { return keyring.Set(s, u, p) }
func (systemRing) Delete(s, u string) error        { return keyring.Delete(s, u) }

// NewStore makes a store on this machine's environment and keyring.
func NewStore() *Store {
	return &Store{Getenv: os.Getenv, Limit: 3 * time.Second, keyring: systemRing{}}
}

// Read gives the credential of a context, ErrAsk where there is none.
func (st *Store) Read(ctx context.Context, c Context) (apiclient.Credential, error) {
	s := c.Credential
	cred := apiclient.Credential{Method: s.method(), User: c.User, Entered: true}
	var text string
	var err error
	switch s.From {
	case "", FromPrompt:
		return cred, ErrAsk
	case FromEnv:
		if text = st.Getenv(s.Env); text == "" {
			return cred, fmt.Errorf("%w: %s is not set", ErrAsk, s.Env)
		}
	case FromFile:
		text, err = readSecretFile(s.File)
	case FromKeyring:
		text, err = st.fromRing(ctx, c)
	case FromCommand:
		return runPlugin(ctx, st.Getenv, c)
	}
	if err != nil {
		return cred, err
	}
	cred.Secret = secret.New(text)
	return cred, nil
}

func (s Source) method() string {
	if s.Method == "" {
		return "token"
	}
	return s.Method
}

func readSecretFile(path string) (string, error) {
	raw, err := readPrivate(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%w: %s does not exist yet", ErrAsk, path)
	}
	if err != nil {
		return "", fmt.Errorf("read the credential: %w", err)
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}

// Write stores a credential at the context's source. Only places that are ours
// are written.
func (st *Store) Write(ctx context.Context, c Context, cred apiclient.Credential) error {
	switch c.Credential.From {
	case FromFile:
		if err := os.MkdirAll(filepath.Dir(c.Credential.File), 0o700); err != nil {
			return fmt.Errorf("store the credential: %w", err)
		}
		return writeFile(c.Credential.File, []byte(cred.Secret.Reveal()+"\n"))
	case FromKeyring:
		return st.ringCall(ctx, "store the credential in the keyring", func() error {
			return st.keyring.Set(ringService, ringUser(c), cred.Secret.Reveal())
		})
	}
	return nil
}

// Forget deletes the credential from places that are ours.
func (st *Store) Forget(ctx context.Context, c Context) error {
	switch c.Credential.From {
	case FromFile:
		if err := os.Remove(c.Credential.File); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("forget the credential: %w", err)
		}
	case FromKeyring:
		return st.ringCall(ctx, "forget the credential in the keyring", func() error {
			if err := st.keyring.Delete(ringService, ringUser(c)); !errors.Is(err, keyring.ErrNotFound) {
				return err
			}
			return nil
		})
	}
	return nil
}

const (
	ringService = "gatehouse"
	elsewhere   = "without a keyring, a context can name a 0600 file or a command"
)

// ringUser binds the entry to the origin as well as to the name, so that a
// context whose url was changed does not send the old credential to the new
// place.
func ringUser(c Context) string { return c.Name + " " + c.User + " " + c.URL }

func (st *Store) fromRing(ctx context.Context, c Context) (text string, err error) {
	found := make(chan string, 1)
	err = st.ringCall(ctx, "read the credential from the keyring", func() error {
		t, err := st.keyring.Get(ringService, ringUser(c))
		if errors.Is(err, keyring.ErrNotFound) {
			return fmt.Errorf("%w: the keyring has no entry for %s yet", ErrAsk, c.Name)
		}
		found <- t
		return err
	})
	if err != nil {
		return "", err
	}
	return <-found, nil
}

// ringCall limits the wait: the library cannot be cancelled, and a keyring
// that asks on a screen nobody sees answers never.
func (st *Store) ringCall(ctx context.Context, tried string, call func() error) error {
	ctx, stop := context.WithTimeout(ctx, st.Limit)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		if errors.Is(err, exec.ErrNotFound) {
			err = errors.New("this session has no keyring that could be asked: DBUS_SESSION_BUS_ADDRESS is not set")
		}
		if err != nil && !errors.Is(err, ErrAsk) {
			return fmt.Errorf("%s: %w; "+elsewhere, tried, err)
		}
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s: no answer within %s; "+elsewhere, tried, st.Limit)
	}
}

// allowedEnv is what a command sees when the context names nothing else.
func allowedEnv(getenv func(string) string, more []string) []string {
	names := append([]string{"PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK"}, more...)
	slices.Sort(names)
	var env []string
	for _, n := range slices.Compact(names) {
		if v := getenv(n); v != "" {
			env = append(env, n+"="+v)
		}
	}
	return env
}
