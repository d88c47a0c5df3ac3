package lines

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

// terminal is the one that belongs to the process, whatever stdout and stderr
// are: a question has to be seen by whoever answers it.
type terminal struct {
	tty    *os.File
	in     *bufio.Reader
	hidden *term.Terminal // reads without echo
}

// terminal opens it. Where stdin is none nobody is there to answer, and that
// is nil.
func (p *program) terminal() (*terminal, error) {
	if !isTerminal(p.o.In) {
		return nil, nil
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open the terminal: %w", err)
	}
	return &terminal{tty, bufio.NewReader(tty), term.NewTerminal(tty, "")}, nil
}

func (t *terminal) close() { _ = t.tty.Close() }

// line asks for a line of text.
func (t *terminal) line(question string) (string, error) {
	fmt.Fprint(t.tty, question)
	text, err := t.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	return strings.TrimRight(text, "\r\n"), nil
}

// secret asks for a secret. Echo is off before the question is seen, and
// whatever ends the program meanwhile, the terminal is as it was.
func (t *terminal) secret(question string) (apiclient.Secret, error) {
	fd := int(t.tty.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return apiclient.Secret{}, fmt.Errorf("ask on the terminal: %w", err)
	}
	defer term.Restore(fd, before)
	signals, over := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	defer close(over)
	go func() {
		select {
		case <-over:
		case s := <-signals:
			_ = term.Restore(fd, before)
			signal.Reset(s)
			_ = syscall.Kill(os.Getpid(), s.(syscall.Signal)) // ends us as it would have
		}
	}()
	text, err := t.hidden.ReadPassword(question)
	if errors.Is(err, io.EOF) { // ctrl+c or ctrl+d, which are plain keys here
		return apiclient.Secret{}, &Interrupted{syscall.SIGINT}
	}
	if err != nil {
		return apiclient.Secret{}, fmt.Errorf("read the secret: %w", err)
	}
	return secret.New(text), nil
}

// secretFor asks for the secret of a field, twice where a slip of the keys
// would shut somebody out.
func (t *terminal) secretFor(f apiclient.Field) (apiclient.Secret, error) {
	first, err := t.secret(f.Title + ": ")
	if err != nil || !f.Twice || first.IsZero() {
		return first, err
	}
	again, err := t.secret(f.Title + " again: ")
	if err == nil && !first.Equal(again) {
		err = usage(strings.ToLower(f.Title) + ": the two are not the same")
	}
	return first, err
}

// mostSecret is far above any secret.
const mostSecret = 64 << 10

// readSecret reads a secret from a file, or from stdin for -. A file that
// others can read is refused.
func (p *program) readSecret(flag, path string) (apiclient.Secret, error) {
	from := p.o.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return apiclient.Secret{}, usage(fmt.Sprintf("--%s: %v", flag, err))
		}
		defer f.Close()
		if st, err := f.Stat(); err == nil && st.Mode().IsRegular() && st.Mode().Perm()&0o077 != 0 {
			return apiclient.Secret{}, usage(fmt.Sprintf("--%s: %s can be read by others (mode %04o): chmod 600 %s", flag, path, st.Mode().Perm(), path))
		}
		from = f
	}
	raw, err := io.ReadAll(io.LimitReader(from, mostSecret+1))
	text := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	switch {
	case err != nil:
		return apiclient.Secret{}, fmt.Errorf("--%s: %w", flag, err)
	case len(raw) > mostSecret:
		return apiclient.Secret{}, usage(fmt.Sprintf("--%s: %s is too large for a secret", flag, path))
	case text == "":
		return apiclient.Secret{}, usage(fmt.Sprintf("--%s: %s is empty", flag, path))
	}
	return secret.New(text), nil
}

// secrets adds the secrets of a verb to its inputs: from files, and what is
// required and missing from the terminal.
func (p *program) secrets(e entries, given func(flag string) bool, fields []apiclient.Field, into apiclient.Values) error {
	fromStdin := ""
	for _, f := range fields {
		if f.Kind != apiclient.SecretField {
			continue
		}
		flag := flagOf(f)
		var s apiclient.Secret
		var err error
		switch {
		case given(flag):
			path := e[flag].values[len(e[flag].values)-1]
			if path == "-" && fromStdin != "" {
				return usage(fmt.Sprintf("--%s and --%s cannot both be read from stdin", fromStdin, flag))
			}
			if path == "-" {
				fromStdin = flag
			}
			s, err = p.readSecret(flag, path)
		case f.Required:
			s, err = p.askSecret(f, flag)
		default:
			continue
		}
		if err != nil {
			return err
		}
		in := apiclient.Input{Secret: s}
		if err := f.Validate(in); err != nil {
			return usage(strings.ToLower(f.Title) + " " + err.Error())
		}
		into[f.Name] = in
	}
	return nil
}

func (p *program) askSecret(f apiclient.Field, flag string) (apiclient.Secret, error) {
	t, err := p.terminal()
	if err != nil {
		return apiclient.Secret{}, err
	}
	if t == nil {
		return apiclient.Secret{}, usage(fmt.Sprintf("%s is needed and there is no terminal to ask on: --%s PATH, or - for stdin", strings.ToLower(f.Title), flag))
	}
	defer t.close()
	return t.secretFor(f)
}
