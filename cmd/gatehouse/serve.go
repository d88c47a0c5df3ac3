package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"gatehouse/server"
	"gatehouse/server/config"
)

func serveCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the server", Args: cobra.NoArgs,
		Long: `Run the server until SIGINT or SIGTERM. Settings come from flags, from the
environment and from a YAML file, in this order. SIGHUP has the TLS certificate
and key read again.

The first start makes the account admin with the user admin. Without a password
for him it makes one up and prints it, this one time.

` + settingsHelp(),
	}
	file := cmd.Flags().String("config", "", "YAML file with settings (GATEHOUSE_CONFIG_FILE)")
	for _, set := range config.Settings() {
		if !set.Secret {
			cmd.Flags().String(set.Flag(), "", set.Help)
		}
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		from := config.Sources{Flags: map[string]string{}, Env: os.Getenv, File: *file}
		if from.File == "" {
			from.File = os.Getenv("GATEHOUSE_CONFIG_FILE")
		}
		cmd.Flags().Visit(func(f *pflag.Flag) { from.Flags[f.Name] = f.Value.String() })
		cfg, err := config.Load(from)
		if err != nil {
			return usageError(err)
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		return serve(ctx, s, cfg)
	}
	return cmd
}

// settingsHelp lists what has no flag, and the variables.
func settingsHelp() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-24s %s\n", "In the file", "In the environment")
	for _, s := range config.Settings() {
		fmt.Fprintf(&b, "%-24s %s", s.Key, s.Env())
		if s.Secret {
			fmt.Fprintf(&b, ", or the name of a file in %s_FILE\n%-24s (%s)", s.Env(), s.Key+"_file", s.Help)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func serve(ctx context.Context, s streams, cfg config.Config) (err error) {
	log, err := newLog(cfg, s.err)
	if err != nil {
		return usageError(err)
	}
	srv, first, err := server.Open(ctx, cfg, server.Options{Log: log, Version: version()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	if first.Done {
		tellFirst(s.out, first)
	}
	l, err := srv.Listen(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, "Serving", srv.URL())
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	go reload(ctx, hangup, srv, log)
	return srv.Serve(ctx, l)
}

// tellFirst shows a made-up password where nothing is logged.
func tellFirst(w io.Writer, first server.FirstStart) {
	fmt.Fprintf(w, "First start: made the account %s with the user %s.\n", first.Account, first.UserName)
	if !first.Password.IsZero() {
		fmt.Fprintf(w, "Password: %s\nIt is shown this one time. Change it after signing in.\n", first.Password.Reveal())
	}
}

func reload(ctx context.Context, hangup <-chan os.Signal, srv *server.Server, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			if err := srv.ReloadTLS(); err != nil {
				log.Error("the old certificate stays in use", "err", err)
				continue
			}
			log.Info("read the TLS certificate and key again")
		}
	}
}

func newLog(cfg config.Config, w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return nil, fmt.Errorf("log_level: %w", err)
	}
	opt := &slog.HandlerOptions{Level: level}
	format := cfg.LogFormat
	if f, ok := w.(*os.File); ok && format == "" && term.IsTerminal(int(f.Fd())) {
		format = "text"
	}
	if format == "text" {
		return slog.New(slog.NewTextHandler(w, opt)), nil
	}
	return slog.New(slog.NewJSONHandler(w, opt)), nil
}
