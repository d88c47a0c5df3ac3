// Package server is Gatehouse's own backend: a REST interface over one SQLite
// file. This package puts the parts together and listens; the rules are in
// directory, the routes in api, the file in store.
package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/api"
	"gatehouse/server/config"
	"gatehouse/server/directory"
	"gatehouse/server/faults"
	"gatehouse/server/passwords"
	"gatehouse/server/store"
)

// Limits against slow and greedy callers. A body has a limit of its own.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 2 * time.Minute
	idleTimeout   = 2 * time.Minute
	headerBytes   = 32 << 10
	drainTime     = 5 * time.Second
)

// Options are what a program or a test hands in; zero values mean the usual.
type Options struct {
	Log       *slog.Logger     // nothing is logged without one
	Now       func() time.Time // time.Now
	Random    io.Reader        // crypto/rand
	Cost      passwords.Cost   // of password hashes; zero: from the configuration
	Faults    faults.Plan      // none
	ReapAfter time.Duration    // how long a deleted account stays visible as deleting
	Version   string           // told to those who are signed in

	noReaper bool // tests: as if the process had died before the reaper ran
}

// FirstStart is what the first start made.
type FirstStart = directory.First

// Fill is data to make all at once; see directory.
type (
	Fill        = directory.Fill
	FillAccount = directory.FillAccount
	FillUser    = directory.FillUser
	FillToken   = directory.FillToken
)

// Server is one open server.
type Server struct {
	cfg     config.Config
	store   *store.Store
	dir     *directory.Directory
	handler http.Handler
	tls     *tlsFiles
	log     *slog.Logger

	mu       sync.Mutex
	address  string
	stopping chan struct{}
	stop     sync.Once
	cancel   context.CancelFunc
	idle     sync.WaitGroup
}

// Open opens the database, makes the first admin if there is none, and gets
// ready to serve. Close it in the end.
func Open(ctx context.Context, cfg config.Config, opt Options) (*Server, FirstStart, error) {
	opt = opt.withDefaults(cfg)
	if err := cfg.Check(); err != nil {
		return nil, FirstStart{}, err
	}
	s := &Server{cfg: cfg, log: opt.Log, stopping: make(chan struct{}), address: cfg.Listen}
	if cfg.TLSCertFile != "" {
		var err error
		if s.tls, err = loadTLS(cfg.TLSCertFile, cfg.TLSKeyFile); err != nil {
			return nil, FirstStart{}, err
		}
	}
	var err error
	if s.store, err = store.Open(ctx, cfg.Database, opt.Now); err != nil {
		return nil, FirstStart{}, err
	}
	first, err := s.build(ctx, opt)
	if err != nil {
		return nil, FirstStart{}, errors.Join(err, s.store.Close())
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	if !opt.noReaper {
		s.idle.Go(func() { s.dir.Run(running) })
	}
	return s, first, nil
}

func (o Options) withDefaults(cfg config.Config) Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Cost == (passwords.Cost{}) {
		o.Cost = passwords.Cost{MemoryKiB: cfg.Argon2MemoryKiB, Passes: cfg.Argon2Passes, Lanes: 1}
	}
	return o
}

func (s *Server) build(ctx context.Context, opt Options) (FirstStart, error) {
	hasher, err := passwords.NewHasher(opt.Cost, opt.Random)
	if err != nil {
		return FirstStart{}, err
	}
	set := directory.Settings{
		SessionIdle: s.cfg.SessionIdle, SessionHard: s.cfg.SessionHard, RegistrationAge: s.cfg.RegistrationAge,
		ReapAfter: opt.ReapAfter, Servers: s.publicURLs, Version: opt.Version,
	}
	if s.tls != nil {
		set.CAFingerprint = s.tls.fingerprint
	}
	if s.dir, err = directory.New(ctx, s.store, hasher, opt.Random, set, s.log); err != nil {
		return FirstStart{}, err
	}
	first, err := s.dir.Begin(ctx, s.cfg.DefaultAdminPassword, s.cfg.DefaultAdminEmail)
	if err != nil {
		return first, fmt.Errorf("make the first admin: %w", err)
	}
	routes, err := api.New(s.dir, api.Options{Log: s.log, Stopping: s.stopping, Secure: s.tls != nil})
	s.handler = opt.Faults.Wrap(routes)
	return first, err
}

// publicURLs are the addresses that registration strings name.
func (s *Server) publicURLs() []string {
	if len(s.cfg.PublicURLs) > 0 {
		return s.cfg.PublicURLs
	}
	return []string{s.URL()}
}

// URL is where the server listens, or will.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tls != nil {
		return "https://" + s.address
	}
	return "http://" + s.address
}

// Handler serves requests without a listener.
func (s *Server) Handler() http.Handler { return s.handler }

// Fill makes accounts, users and tokens in one transaction, by the rules of
// single requests, and gives the tokens in their order.
func (s *Server) Fill(ctx context.Context, f Fill) ([]wire.Secret, error) { return s.dir.Fill(ctx, f) }

// VerifyAudit reads the audit log and gives the number of the first event that
// was tampered with; 0 if none was.
func (s *Server) VerifyAudit(ctx context.Context) (int64, error) { return s.store.Verify(ctx) }

// Listen opens the listener that the configuration names.
func (s *Server) Listen(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s.mu.Lock()
	s.address = l.Addr().String()
	s.mu.Unlock()
	return l, nil
}

// Serve answers on a listener until ctx ends; then it refuses new work, ends
// streams, and waits a little for what is under way.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	s.mu.Lock()
	s.address = l.Addr().String()
	s.mu.Unlock()
	hs := s.httpServer()
	ended := make(chan error, 1)
	go func() { ended <- s.serve(hs, l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.stop.Do(func() { close(s.stopping) })
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := hs.Shutdown(drain); err != nil {
		s.log.Warn("requests were cut off at shutdown", "err", err)
		_ = hs.Close() // nothing more can be done for them
	}
	<-ended
	return nil
}

func (s *Server) serve(hs *http.Server, l net.Listener) error {
	if s.tls != nil {
		return hs.ServeTLS(l, "", "")
	}
	return hs.Serve(l)
}

func (s *Server) httpServer() *http.Server {
	hs := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	if s.tls != nil {
		hs.TLSConfig = s.tls.config()
	}
	return hs
}

// ReloadTLS reads certificate and key anew, for SIGHUP. If they cannot be read
// the old ones stay.
func (s *Server) ReloadTLS() error {
	if s.tls == nil {
		return nil
	}
	return s.tls.reload()
}

// Close ends streams, writes down what is still in memory and closes the
// database.
func (s *Server) Close() error {
	s.stop.Do(func() { close(s.stopping) })
	s.cancel()
	s.idle.Wait()
	return s.store.Close()
}
