package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"os"
	"slices"
	"sync"
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
	began    time.Time
	now      func() time.Time
	random   io.Reader // nil: what nobody can foresee
	listener net.Listener
	url      string
	admin    string
	password wire.Secret // of the admin
	others   wire.Secret // of every other active user
	ready    chan struct{}
	failed   chan error // why there will be no server
}

func newDemo(ctx context.Context, o demoOptions, dir string) (*demoServer, error) {
	began, err := o.began()
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return nil, usageError(fmt.Errorf("--listen: %w", err))
	}
	d := &demoServer{
		o: o, began: began, now: clockFrom(began), listener: l, url: "http://" + l.Addr().String(),
		admin: wire.AdminName, others: wire.NewSecret(rand.Text()), ready: make(chan struct{}),
		failed: make(chan error, 1),
	}
	if d.cfg, err = demoConfig(dir, l.Addr()); err != nil {
		return nil, usageError(errors.Join(err, l.Close()))
	}
	if d.cfg.DefaultAdminPassword.IsZero() {
		d.cfg.DefaultAdminPassword = wire.NewSecret(rand.Text())
	}
	d.password = d.cfg.DefaultAdminPassword
	if o.clock != "" {
		d.random = reproducible(o.seed)
	}
	return d, nil
}

// serve opens the server, fills it and serves until ctx ends. If there is an
// out, it says there when and how one can sign in.
func (d *demoServer) serve(ctx context.Context, out io.Writer) (err error) {
	defer func() {
		err = errors.Join(err, ignoreClosed(d.listener.Close()))
		d.failed <- err
	}()
	srv, _, err := server.Open(ctx, d.cfg, server.Options{Now: d.now, Random: d.random, Faults: d.o.faults, Version: version()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	filled := make(chan error, 1)
	go func() {
		err := d.fill(ctx, srv, out)
		filled <- err
		if err != nil {
			cancel(err)
		}
	}()
	err = srv.Serve(ctx, d.listener)
	cancel(nil)
	if fillErr := <-filled; !errors.Is(fillErr, context.Canceled) {
		err = errors.Join(err, fillErr)
	}
	return err
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// piece is how many tokens are put in at once: whoever signs in meanwhile waits
// for one piece at most.
const piece = 2500

// fill puts the data in. As soon as there are accounts and users the console
// may begin; tokens go on coming. A demo that is to be the same each time lets
// it begin at the end: else it would take secrets in between, and which tokens
// get which would be left to chance.
func (d *demoServer) fill(ctx context.Context, srv *server.Server, out io.Writer) error {
	data := sample.Make(d.o.size, d.o.seed, d.began, d.others)
	tokens := data.Tokens
	data.Tokens = nil
	if _, err := srv.Fill(ctx, data); err != nil {
		return err
	}
	if d.random == nil {
		close(d.ready)
	}
	if d.o.tokenFile != "" && len(tokens) > 0 {
		tokens = tokens[1:] // that one makes it so many as were asked for
		if err := d.token(ctx, srv); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(tokens, piece) {
		if _, err := srv.Fill(ctx, server.Fill{By: data.By, Tokens: some}); err != nil {
			return err
		}
	}
	if d.random != nil {
		close(d.ready)
	}
	if out != nil {
		d.tell(out)
	}
	return nil
}

// token writes the token that was asked for to its file.
func (d *demoServer) token(ctx context.Context, srv *server.Server) (err error) {
	f, err := os.OpenFile(d.o.tokenFile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return usageError(fmt.Errorf("--token-file: %w", err))
	}
	defer func() { err = errors.Join(err, f.Close()) }()
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
	case err := <-d.failed:
		d.failed <- err // for whoever asks next
		return apiclient.Credential{}, fmt.Errorf("the server of the demo did not start: %w", err)
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

// clockFrom goes on from the time given.
func clockFrom(from time.Time) func() time.Time {
	began := time.Now()
	return func() time.Time { return from.Add(time.Since(began)) }
}

// reproducible gives the same bytes each time, so that pictures of a demo can be
// made anew and be the same.
func reproducible(seed uint64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &lockedReader{from: mathrand.NewChaCha8(key)}
}

type lockedReader struct {
	mu   sync.Mutex
	from io.Reader
}

func (r *lockedReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from.Read(p)
}
