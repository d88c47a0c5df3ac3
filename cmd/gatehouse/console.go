package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"gatehouse/apiclient"
	"gatehouse/apiclient/contexts"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/apiclient/secret"
	"gatehouse/tui/term"
	"gatehouse/views"
)

// Where a token may be, for a console that does not ask.
const (
	envContext   = "GATEHOUSE_CONTEXT"
	envServer    = "GATEHOUSE_SERVER"
	envToken     = "GATEHOUSE_TOKEN"
	envTokenFile = "GATEHOUSE_TOKEN_FILE"
)

// consoleOptions are what the command line says about the console.
type consoleOptions struct {
	context              string
	server, caFile, user string
	looks                looks
}

func (o *consoleOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.context, "context", "", "context to open (GATEHOUSE_CONTEXT; the current one)")
	f.StringVar(&o.server, "server", "", "address of the server (GATEHOUSE_SERVER; http://"+wire.DefaultAddress+")")
	f.StringVar(&o.caFile, "ca", "", "PEM file with the authority that the server's certificate is from")
	f.StringVar(&o.user, "user", "", "who signs in; the console asks for the rest")
}

func openConsole(ctx context.Context, s streams, o consoleOptions, env func(string) string) error {
	credential, err := tokenFromEnvironment(ctx, env)
	if err != nil {
		return usageError(err)
	}
	book, err := openBook()
	if err != nil {
		return err
	}
	to, err := o.place(book, env)
	if err != nil {
		return err
	}
	to.Book, to.Lookup = book, os.LookupEnv
	// The variables are about Gatehouse's own servers: no other system is to see
	// such a token.
	if to.Driver.Name == gatehouse.Name {
		to.Credential = credential
	}
	return show(ctx, s, o.looks, to)
}

// place finds where the console begins: the flags first, then the environment,
// then the current context, and at last a server on this machine.
func (o consoleOptions) place(book *contexts.Book, env func(string) string) (views.Options, error) {
	if o.context != "" && o.server != "" {
		return views.Options{}, usageError(errors.New("--context and --server both say where to go: give one of them"))
	}
	name, url := o.context, o.server
	if name == "" && url == "" {
		name, url = env(envContext), env(envServer)
	}
	if name == "" && url == "" {
		_, current, err := book.All()
		if err != nil {
			return views.Options{}, err
		}
		if name = current; name == "" {
			url = "http://" + wire.DefaultAddress
		}
	}
	if name == "" || o.server != "" {
		return views.Options{Driver: gatehouse.Driver(), Target: apiclient.Target{URL: url, CAFile: o.caFile, User: o.user}}, nil
	}
	at, err := book.Find(name)
	if err != nil {
		return views.Options{}, err
	}
	if o.user != "" && o.user != at.Context.User {
		// What is kept is another user's, and stays that.
		at.Context.User, at.Context.Credential = o.user, contexts.Source{}
	}
	to := views.Options{Driver: at.Driver, Target: at.Context.Target(), Place: at.Context}
	to.Find = func(ctx context.Context) (apiclient.Credential, error) { return book.Credential(ctx, at.Context) }
	if o.caFile != "" {
		to.Target.CAFile = o.caFile
	}
	return to, nil
}

// tokenFromEnvironment finds the token that the console need not ask for. The
// environment is cleared of it: what the console starts inherits nothing.
func tokenFromEnvironment(ctx context.Context, env func(string) string) (apiclient.Credential, error) {
	none := apiclient.Credential{}
	path, text := env(envTokenFile), env(envToken)
	for _, name := range []string{envTokenFile, envToken} {
		if err := os.Unsetenv(name); err != nil {
			return none, err
		}
	}
	if path == "" {
		if text == "" {
			return none, nil
		}
		return apiclient.Credential{Method: "token", Secret: secret.New(text), Entered: true}, nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return none, fmt.Errorf("%s: %w", envTokenFile, err)
	}
	c, err := contexts.NewStore().Read(ctx, contexts.Context{
		Name: "environment", Credential: contexts.Source{From: contexts.FromFile, Method: "token", File: path},
	})
	if errors.Is(err, contexts.ErrAsk) {
		return none, fmt.Errorf("%s: there is no token in %s", envTokenFile, path)
	}
	if err != nil {
		return none, fmt.Errorf("%s: %w", envTokenFile, err)
	}
	return c, nil
}

// show runs the console on the terminal.
func show(ctx context.Context, s streams, l looks, o views.Options) error {
	if err := l.apply(&o, os.Stdout); err != nil {
		return err
	}
	log, err := openDebug(l.debug)
	if err != nil {
		return err
	}
	defer log.close()
	o.Term.In, o.Term.OnMessage = s.in, log.message
	saveMemory()
	err = views.Run(ctx, o)
	var signaled term.Signaled
	switch {
	case errors.As(err, &signaled):
		return &exitError{signaled.ExitStatus(), err}
	case errors.Is(err, term.ErrNoTerminal):
		return usageError(err)
	}
	return err
}
