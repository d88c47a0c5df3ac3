package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/cmd/gatehouse/lines"
	"gatehouse/tui/safetext"
)

// exitPartly is for several changes of which some failed.
const exitPartly = 3

// lineCommands are the commands that do from a shell what the console does.
func lineCommands(s streams) []*cobra.Command {
	commands := lines.Commands(lines.Options{
		In: s.in, Out: s.out, Err: s.err, Drivers: drivers(), Find: findPlace,
		Contexts: func() []string {
			names, _ := contextNames(nil, nil, "")
			return names
		},
	})
	for _, c := range commands {
		withExitCodes(c)
	}
	return commands
}

// findPlace finds a system as the console does.
func findPlace(ctx context.Context, w lines.Where) (lines.Place, error) {
	credential, err := tokenFromEnvironment(ctx, os.Getenv)
	if err != nil {
		return lines.Place{}, usageError(err)
	}
	book, err := openBook()
	if err != nil {
		return lines.Place{}, err
	}
	o := consoleOptions{context: w.Context, server: w.Server, caFile: w.CAFile}
	to, err := o.place(book, os.Getenv)
	if err != nil {
		return lines.Place{}, err
	}
	kept := to.Find
	if to.Driver.Name == gatehouse.Name && !credential.Secret.IsZero() || kept == nil {
		kept = func(context.Context) (apiclient.Credential, error) { return credential, nil }
	}
	return lines.Place{Driver: to.Driver, Target: to.Target, Kept: kept, Context: to.Place, Book: book}, nil
}

// withExitCodes gives the errors of a command, and of those below it, the codes
// that only they have.
func withExitCodes(c *cobra.Command) {
	for _, below := range c.Commands() {
		withExitCodes(below)
	}
	if run := c.RunE; run != nil {
		c.RunE = func(cmd *cobra.Command, args []string) error { return lineError(run(cmd, args)) }
	}
}

// lineError gives an error its code, and makes its words such as a terminal may
// see: some of them are a system's.
func lineError(err error) error {
	if err == nil {
		return nil
	}
	var shown []string
	for _, line := range safetext.CleanLines(err.Error()) {
		shown = append(shown, string(line))
	}
	return &exitError{lineCode(err), errors.New(strings.Join(shown, "\n"))}
}

func lineCode(err error) int {
	var by *lines.Interrupted
	if errors.As(err, &by) {
		if sig, ok := by.Signal.(syscall.Signal); ok {
			return exitSignal + int(sig)
		}
	}
	for _, c := range []struct {
		is   error
		code int
	}{
		{lines.ErrUsage, exitUsage}, {lines.ErrPartly, exitPartly}, {lines.ErrUnknown, exitUnknown}, {lines.ErrBlocked, exitConflict},
		{apiclient.ErrLocked, exitDenied},
	} {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	return exitCode(err)
}
