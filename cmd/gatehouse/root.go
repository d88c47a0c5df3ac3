package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"gatehouse/tui/term"
)

// streams are where a command reads and writes.
type streams struct {
	in       *os.File
	out, err io.Writer
}

// run carries out one command line and gives the exit code.
func run(args []string, in, out, errOut *os.File) int {
	s := streams{in, out, errOut}
	began := false
	root := rootCommand(s)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	// Whatever fails before this is a mistake in the command line.
	root.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	err := root.ExecuteContext(context.Background())
	if err == nil {
		return exitOK
	}
	if !began {
		err = usageError(fmt.Errorf("%w; see gatehouse --help", err))
	}
	tell(errOut, err)
	return exitCode(err)
}

// tell says what went wrong. Of a crash it tells where, but no value: that
// could be a secret.
func tell(w io.Writer, err error) {
	fmt.Fprintln(w, "gatehouse:", err)
	var crash *term.Crash
	if errors.As(err, &crash) {
		fmt.Fprint(w, crash.Stack)
	}
}

func rootCommand(s streams) *cobra.Command {
	var o consoleOptions
	root := &cobra.Command{
		Use:   "gatehouse",
		Short: "A terminal console for accounts, users and tokens, and a server for them",
		Long: `Gatehouse is a full-screen terminal console for the accounts, users and tokens of
a server. Without a command it opens the console; try it with: gatehouse demo

The console asks for user and password. It does not ask when a token is in the
file that GATEHOUSE_TOKEN_FILE names, or in GATEHOUSE_TOKEN.`,
		Args:          cobra.NoArgs,
		Version:       version(),
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return openConsole(cmd.Context(), s, o, os.Getenv) },
	}
	root.SetVersionTemplate(versionLine() + "\n")
	o.flags(root.Flags())
	o.looks.flags(root.Flags())
	root.AddCommand(contextCommand(s), serveCommand(s), demoCommand(s), versionCommand(), exitCodesTopic())
	root.AddCommand(lineCommands(s)...)
	return root
}
