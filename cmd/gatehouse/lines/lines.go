// Package lines makes the commands that do from a shell what the console does
// on the screen: lists of every kind, every verb of every driver, and signing
// in and out.
package lines

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"gatehouse/apiclient"
	"gatehouse/apiclient/contexts"
)

// What ends a command beside the reasons of apiclient, for errors.Is.
var (
	ErrUsage   = errors.New("wrong usage")
	ErrPartly  = errors.New("some of the changes failed")
	ErrUnknown = errors.New("it is not known how a change ended")
	ErrBlocked = errors.New("the plan is blocked")
)

// Interrupted is the error of a command that a signal has ended.
type Interrupted struct{ Signal os.Signal }

// Error implements error.
func (i *Interrupted) Error() string { return "ended by signal: " + i.Signal.String() }

// ended is an error whose words are its own and whose reason is another.
type ended struct {
	words  string
	reason error
}

func (e *ended) Error() string { return e.words }
func (e *ended) Unwrap() error { return e.reason }

func usage(words string) error { return &ended{words, ErrUsage} }

// Where is what the command line says about the system.
type Where struct{ Context, Server, CAFile string }

// Place is the system that was found for it.
type Place struct {
	Driver apiclient.Driver
	Target apiclient.Target
	// Kept gets the credential that need not be asked for. The zero credential
	// says that it has to be; the error why, where that is worth telling.
	Kept    func(context.Context) (apiclient.Credential, error)
	Context contexts.Context // the zero one: it has no name
	Book    *contexts.Book
}

// Options are what the commands need of the program.
type Options struct {
	In       *os.File
	Out, Err io.Writer
	Drivers  []apiclient.Driver
	Find     func(context.Context, Where) (Place, error)
	Contexts func() []string // their names, for completion
}

// Commands makes all commands.
func Commands(o Options) []*cobra.Command {
	p := &program{o: o}
	var out []*cobra.Command
	for _, kind := range kinds() {
		out = append(out, p.group(kind))
	}
	return append(out, p.whoAmI(), p.login(), p.logout())
}

// program is what all commands share.
type program struct{ o Options }

// kinds are the groups of commands, in the order of the help.
func kinds() []apiclient.Kind {
	return []apiclient.Kind{
		apiclient.KindAccount, apiclient.KindUser, apiclient.KindToken, apiclient.KindRole, apiclient.KindGrant,
		apiclient.KindEvent, apiclient.KindSession,
	}
}

// group is the command of one kind.
func (p *program) group(kind apiclient.Kind) *cobra.Command {
	cmd := &cobra.Command{
		Use: string(kind), Short: "List and change " + string(kind) + "s", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	switch kind {
	case apiclient.KindEvent:
		cmd.Short = "List what was done on the system"
	case apiclient.KindSession:
		cmd.Short = "Change what one signs in with oneself"
	}
	if kind != apiclient.KindSession {
		cmd.AddCommand(p.list(kind))
	}
	for _, spec := range apiclient.Catalogue() {
		if spec.On == kind && spec.Verb != apiclient.SessionSignOut {
			if c := p.verb(spec); c != nil {
				cmd.AddCommand(c)
			}
		}
	}
	return cmd
}

// whereFlags are the flags of every command that goes to a system.
func (p *program) whereFlags(cmd *cobra.Command, w *Where) {
	f := cmd.Flags()
	f.StringVar(&w.Context, "context", "", "context to go to (GATEHOUSE_CONTEXT; the current one)")
	f.StringVar(&w.Server, "server", "", "address of a Gatehouse server (GATEHOUSE_SERVER)")
	f.StringVar(&w.CAFile, "ca", "", "PEM file with the authority that the server's certificate is from")
	complete(cmd, "context", func() []string { return p.o.Contexts() })
}

// complete offers words for a flag.
func complete(cmd *cobra.Command, flag string, words func() []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag is not there: a slip in this package
	}
}

// noArgs refuses arguments without repeating them: one could be a secret that
// was meant for a prompt.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return errors.New("it takes no arguments")
	}
	return nil
}
