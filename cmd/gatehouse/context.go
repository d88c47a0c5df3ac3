package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"gatehouse/apiclient/contexts"
	"gatehouse/tui/safetext"
)

func contextCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use: "context", Short: "Name the systems that the console goes to", Args: cobra.NoArgs,
		Long: `A context is a system with a name: what kind it is, where it is, and where its
credential comes from. They are kept in $XDG_CONFIG_HOME/gatehouse/config.yaml,
or in the file that GATEHOUSE_CONFIG names; no secret is ever in that file.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(contextList(s), contextUse(s), contextAdd(s), contextRemove(s), contextRename(s))
	return cmd
}

func contextList(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the contexts; the current one is marked", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			book, err := openBook()
			if err != nil {
				return err
			}
			all, current, err := book.All()
			if err != nil {
				return err
			}
			if len(all) == 0 {
				fmt.Fprintln(s.err, "there are no contexts yet: see gatehouse context add --help")
				return nil
			}
			w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "\tNAME\tDRIVER\tURL\tUSER\tCREDENTIAL\tWRITES")
			for _, c := range all {
				mark, writes := "", "open"
				if c.Name == current {
					mark = "*"
				}
				if c.WritesLocked() {
					writes = "locked"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", mark, shown(c.Name), shown(c.Driver), shown(c.URL), shown(c.User), shown(from(c)), writes)
			}
			return w.Flush()
		},
	}
}

// shown is text of a file as a terminal may see it.
func shown(s string) string { return string(safetext.Clean(s)) }

func from(c contexts.Context) string {
	if c.Credential.From == "" {
		return contexts.FromPrompt
	}
	return c.Credential.From
}

func contextUse(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "use NAME", Short: "Make a context the current one", Args: cobra.ExactArgs(1),
		ValidArgsFunction: contextNames,
		RunE: func(_ *cobra.Command, args []string) error {
			book, err := openBook()
			if err != nil {
				return err
			}
			if err := book.Use(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(s.err, "%s is the current context now\n", shown(args[0]))
			return nil
		},
	}
}

// contextFlags are what the command line says of a new context.
type contextFlags struct {
	c       contexts.Context
	options map[string]string
}

func (f *contextFlags) flags(p *pflag.FlagSet) {
	names := make([]string, 0, len(drivers()))
	for _, d := range drivers() {
		names = append(names, d.Name)
	}
	p.StringVar(&f.c.Driver, "driver", "gatehouse", "kind of system: "+strings.Join(names, ", "))
	p.StringVar(&f.c.URL, "url", "", "where the system is")
	p.StringVar(&f.c.User, "user", "", "who signs in")
	p.StringVar(&f.c.CAFile, "ca", "", "PEM file with the authority that the system's certificate is from")
	p.StringVar(&f.c.Colour, "colour", "", "colour of the context's mark: "+strings.Join(contexts.Colours(), ", "))
	p.BoolVar(&f.c.Protected, "protected", false, "writes begin locked, and every change asks for a reason")
	p.StringVar(&f.c.Writes, "writes", "", "how writes begin, locked or open; locked where protected")
	p.StringVar(&f.c.Credential.From, "credential", "", "where the credential comes from: prompt, env, keyring, file, command")
	p.StringVar(&f.c.Credential.Method, "method", "", "how to sign in with it, as the driver calls that: token, password …")
	p.StringVar(&f.c.Credential.Env, "credential-env", "", "name of the variable that holds the credential")
	p.StringVar(&f.c.Credential.File, "credential-file", "", "file that holds the credential; only its owner may read it")
	p.StringArrayVar(&f.c.Credential.Command, "credential-command", nil, "program that prints an ExecCredential; once more for each of its arguments")
	p.StringSliceVar(&f.c.Credential.Pass, "pass-env", nil, "variables that this program may see")
	p.StringToStringVar(&f.options, "option", nil, "what only this kind of system has, as name=value")
}

// fill works out what was meant: that a source was named says where the
// credential comes from.
func (f *contextFlags) fill(name string) error {
	f.c.Name = name
	if len(f.options) > 0 {
		f.c.Options = maps.Clone(f.options)
	}
	s := &f.c.Credential
	named := map[string]bool{contexts.FromEnv: s.Env != "", contexts.FromFile: s.File != "", contexts.FromCommand: len(s.Command) > 0}
	for _, from := range slices.Sorted(maps.Keys(named)) {
		switch {
		case !named[from] || s.From == from:
		case s.From == "":
			s.From = from
		default:
			return fmt.Errorf("--credential %s and --credential-%s say different things", s.From, from)
		}
	}
	if s.File == "" && s.From != contexts.FromFile {
		return nil
	}
	if s.File == "" {
		return errors.New("--credential file needs --credential-file")
	}
	path, err := filepath.Abs(s.File)
	s.File = path
	return err
}

func contextAdd(s streams) *cobra.Command {
	var f contextFlags
	cmd := &cobra.Command{
		Use: "add NAME --url URL", Short: "Add a context", Args: cobra.ExactArgs(1),
		Example: `  gatehouse context add prod --url https://gatehouse.example --credential keyring --protected --colour red`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := f.fill(args[0]); err != nil {
				return usageError(err)
			}
			book, err := openBook()
			if err != nil {
				return err
			}
			if err := book.Add(f.c); err != nil {
				return err
			}
			fmt.Fprintf(s.err, "context %s was added\n", shown(args[0]))
			return nil
		},
	}
	f.flags(cmd.Flags())
	return cmd
}

func contextRemove(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Remove a context, and its credential from the keyring", Args: cobra.ExactArgs(1),
		ValidArgsFunction: contextNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			book, err := openBook()
			if err != nil {
				return err
			}
			if err := book.Remove(cmd.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(s.err, "context %s was removed; nothing was changed on the system itself\n", shown(args[0]))
			return nil
		},
	}
}

func contextRename(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "rename NAME NEW", Short: "Give a context another name", Args: cobra.ExactArgs(2),
		ValidArgsFunction: contextNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			book, err := openBook()
			if err != nil {
				return err
			}
			if err := book.Rename(cmd.Context(), args[0], args[1]); err != nil {
				return err
			}
			fmt.Fprintf(s.err, "context %s is called %s now\n", shown(args[0]), shown(args[1]))
			return nil
		},
	}
}

// contextNames completes the names of contexts.
func contextNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	book, err := openBook()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, _, err := book.All()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.Name
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
