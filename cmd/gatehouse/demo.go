package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/server/config"
	"gatehouse/server/faults"
	"gatehouse/server/sample"
	"gatehouse/tui/term"
	"gatehouse/views"
)

// demoOptions are what the command line says about the demo.
type demoOptions struct {
	size      sample.Size
	seed      uint64
	listen    string
	faults    faults.Plan
	clock     string
	noConsole bool
	tokenFile string
	driver    string
	given     func(names ...string) bool // tells whether any of these flags was used
	looks     looks
}

func (o *demoOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.driver, "driver", gatehouse.Name, "kind of system: "+gatehouse.Name+", or one of "+strings.Join(fakeNames(), ", ")+", whose protocol is served from memory")
	o.given = func(names ...string) bool { return slices.ContainsFunc(names, f.Changed) }
	f.IntVar(&o.size.Accounts, "accounts", 40, "how many accounts there are")
	f.IntVar(&o.size.Users, "users", 2000, "how many users there are")
	f.IntVar(&o.size.Tokens, "tokens", 20000, "how many tokens there are")
	f.Uint64Var(&o.seed, "seed", 1, "other numbers make other data")
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback address to listen on; port 0 finds a free one")
	f.DurationVar(&o.faults.Latency, "latency", 0, "answer every request so much later")
	f.Float64Var(&o.faults.FailRate, "fail-rate", 0, "let this share of the requests fail, from 0 to 1")
	f.StringVar(&o.clock, "clock", "", "start the clock at this time, such as 2026-11-20T09:30:00Z, and make everything the same each time, secrets too")
	f.BoolVar(&o.noConsole, "no-console", false, "print where the server is and how to sign in, and serve until told to stop")
	f.StringVar(&o.tokenFile, "token-file", "", "write a token of the admin to this new file, for GATEHOUSE_TOKEN_FILE")
}

func (o *demoOptions) check() error {
	if err := o.size.Check(); err != nil {
		return err
	}
	if f := o.faults.FailRate; f < 0 || f > 1 || math.IsNaN(f) {
		return fmt.Errorf("--fail-rate %v: expected a number from 0 to 1", f)
	}
	if o.faults.Latency < 0 {
		return fmt.Errorf("--latency %v: expected a time such as 200ms", o.faults.Latency)
	}
	_, err := o.began()
	return err
}

// began is when the clock of the demo starts.
func (o *demoOptions) began() (time.Time, error) {
	if o.clock == "" {
		return time.Now(), nil
	}
	from, err := time.Parse(time.RFC3339, o.clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("--clock %s: expected a time such as 2026-11-20T09:30:00Z", o.clock)
	}
	return from, nil
}

func demoCommand(s streams) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use: "demo", Short: "Open the console on a server with made-up data", Args: cobra.NoArgs,
		Long: `Run a server with made-up data and open the console on it. Everything in it is
real but the data: the console speaks to the server over HTTP, and the database
is a file in a temporary folder, which is deleted at the end.

The admin's password is made up, unless GATEHOUSE_DEFAULT_ADMIN_PASSWORD or
GATEHOUSE_DEFAULT_ADMIN_PASSWORD_FILE has one.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return usageError(err)
			}
			if o.driver != gatehouse.Name {
				return demoFake(cmd.Context(), s, o)
			}
			return demo(cmd.Context(), s, o)
		},
	}
	o.flags(cmd.Flags())
	o.looks.flags(cmd.Flags())
	return cmd
}

func demo(ctx context.Context, s streams, o demoOptions) (err error) {
	// Whatever ends the demo, the folder has to go: no signal may end it before.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	deadly := make(chan os.Signal, 1)
	signal.Notify(deadly, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(deadly)
	go func() {
		select {
		case sig := <-deadly:
			cancel(term.Signaled{Signal: sig.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	dir, err := os.MkdirTemp("", "gatehouse-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d, err := newDemo(ctx, o, dir)
	if err != nil {
		return err
	}
	if o.noConsole {
		return d.serve(ctx, s.out)
	}
	return d.show(ctx, s)
}

// demoConfig is a server's configuration in which only the password can be
// chosen from outside.
func demoConfig(dir string, l net.Addr) (config.Config, error) {
	return config.Load(config.Sources{
		Flags: map[string]string{
			"listen": l.String(), "database": filepath.Join(dir, "gatehouse.db"),
			"session-idle": "720h", "session-hard": "720h", // a demo may lie open for long
		},
		Env: func(name string) string {
			switch name {
			case "GATEHOUSE_DEFAULT_ADMIN_PASSWORD", "GATEHOUSE_DEFAULT_ADMIN_PASSWORD_FILE":
				return os.Getenv(name)
			}
			return ""
		},
	})
}

// show opens the console at once and lets the server come.
func (d *demoServer) show(ctx context.Context, s streams) error {
	guard := &term.Guard{}
	serving, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	guard.Go(func() { ended <- d.serve(serving, nil) })
	driver := gatehouse.Driver()
	open := driver.Open
	driver.Open = func(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
		if c.Method == demoMethod {
			var err error
			if c, err = d.signIn(ctx, driver, t); err != nil {
				return nil, err
			}
		}
		return open(ctx, t, c)
	}
	err := show(ctx, s, d.o.looks, views.Options{
		Driver: driver, Target: apiclient.Target{Context: "demo", URL: d.url, User: d.admin},
		Credential: apiclient.Credential{Method: demoMethod, Secret: d.password},
		Now:        d.now, Term: term.Options{Guard: guard},
	})
	cancel()
	if guard.Crash() == nil {
		err = errors.Join(err, <-ended)
	}
	return err
}
