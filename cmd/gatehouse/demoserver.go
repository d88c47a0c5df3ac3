package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server"
	"gatehouse/server/config"
	"gatehouse/server/sample"
)

// demoMethod marks the credential of a demo's console, which signs in by itself
// as soon as there is a server.
const demoMethod = "demo"

// demoServer is the server of a demo. Its listener is open before there is
// anything to answer; requests wait.
type demoServer struct {
	o        demoOptions
	cfg      config.Config
	now      func() time.Time
	listener net.Listener
	url      string
	admin    string
	password wire.Secret // of the admin
	others   wire.Secret // of every other active user
	ready    chan struct{}
}

func newDemo(ctx context.Context, o demoOptions, dir string) (*demoServer, error) {
	now, err := o.now()
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return nil, usageError(fmt.Errorf("--listen: %w", err))
	}
	d := &demoServer{
		o: o, now: now, listener: l, url: "http://" + l.Addr().String(),
		admin: wire.AdminName, others: wire.NewSecret(rand.Text()), ready: make(chan struct{}),
	}
	if d.cfg, err = demoConfig(dir, l.Addr()); err != nil {
		return nil, usageError(errors.Join(err, l.Close()))
	}
	if d.cfg.DefaultAdminPassword.IsZero() {
		d.cfg.DefaultAdminPassword = wire.NewSecret(rand.Text())
	}
	d.password = d.cfg.DefaultAdminPassword
	return d, nil
}

// serve opens the server, fills it and serves until ctx ends. If there is an
// out, it says there when and how one can sign in.
func (d *demoServer) serve(ctx context.Context, out io.Writer) (err error) {
	defer func() { err = errors.Join(err, ignoreClosed(d.listener.Close())) }()
	srv, _, err := server.Open(ctx, d.cfg, server.Options{Now: d.now, Faults: d.o.faults, Version: version()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	if err := d.fill(ctx, srv, out); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	return srv.Serve(ctx, d.listener)
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// fill puts the data in, the tokens in several pieces, so that whoever signs in
// meanwhile does not wait for all of them.
func (d *demoServer) fill(ctx context.Context, srv *server.Server, out io.Writer) error {
	data := sample.Make(d.o.size, d.o.seed, d.now(), d.others)
	if err := d.token(ctx, srv, &data); err != nil {
		return err
	}
	if _, err := srv.Fill(ctx, data); err != nil {
		return err
	}
	close(d.ready)
	if out != nil {
		d.tell(out)
	}
	return nil
}

// token writes the token that was asked for to its file.
func (d *demoServer) token(ctx context.Context, srv *server.Server, data *server.Fill) error {
	if d.o.tokenFile == "" || len(data.Tokens) == 0 {
		return nil
	}
	f, err := os.OpenFile(d.o.tokenFile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return usageError(fmt.Errorf("--token-file: %w", err))
	}
	defer f.Close()
	data.Tokens = data.Tokens[1:] // so many were asked for
	made, err := srv.Fill(ctx, server.Fill{By: d.admin, Tokens: []server.FillToken{
		{User: d.admin, Description: "the token file of this demo"},
	}})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, made[0].Reveal())
	return err
}

// signIn waits for the server and opens a session of the admin.
func (d *demoServer) signIn(ctx context.Context, driver apiclient.Driver, t apiclient.Target) (apiclient.Credential, error) {
	select {
	case <-d.ready:
	case <-ctx.Done():
		return apiclient.Credential{}, ctx.Err()
	}
	return driver.SignIn(ctx, t, "password", apiclient.Values{
		"user": {Text: d.admin}, "password": {Secret: d.password},
	})
}

func (d *demoServer) tell(w io.Writer) {
	fmt.Fprintf(w, "URL      %s\n", d.url)
	fmt.Fprintf(w, "Admin    %s, password %s\n", d.admin, d.password.Reveal())
	if d.o.size.Users > 1 {
		fmt.Fprintf(w, "User     %s, password %s (as every active user has)\n", sample.Reader, d.others.Reveal())
	}
	fmt.Fprintf(w, "Console  gatehouse --server %s\n", d.url)
	fmt.Fprintf(w, "Ready    %d accounts, %d users, %d tokens; ctrl+c stops the server and deletes them\n", d.o.size.Accounts, d.o.size.Users, d.o.size.Tokens)
}
