package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais"
	"gatehouse/apiclient/ais/aistest"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/aiven/aiventest"
	"gatehouse/apiclient/anchore"
	"gatehouse/apiclient/anchore/anchoretest"
	"gatehouse/apiclient/arvados"
	"gatehouse/apiclient/arvados/arvadostest"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/juju"
	"gatehouse/apiclient/juju/jujutest"
	"gatehouse/apiclient/secret"
	"gatehouse/views"
)

// fake is one of the other systems, served from memory: its protocol is real,
// its data is made up.
type fake struct {
	driver apiclient.Driver
	target apiclient.Target
	method string
	with   apiclient.Values // what signs in
	tell   string           // how a person signs in
	close  func()
}

// fakes start the systems that demo --driver can be about, filled from a seed.
func fakes() map[string]func(seed uint64) (fake, error) {
	return map[string]func(uint64) (fake, error){
		ais.Name: func(seed uint64) (fake, error) {
			s := aistest.New(aistest.Options{})
			s.Fill(seed, aistest.Size{Clusters: 8, Roles: 24, Users: 120})
			return byPassword(ais.Driver(), s.URL, aistest.AdminUser, aistest.AdminPassword, s.Close), nil
		},
		aiven.Name: func(seed uint64) (fake, error) {
			s, err := aiventest.New(aiventest.Options{})
			if err != nil {
				return fake{}, err
			}
			s.Fill(aiventest.Sample{Seed: seed, Organizations: 4, Users: 120, Applications: 30, Tokens: 400})
			return byPassword(aiven.Driver(), s.URL, aiventest.AdminEmail, aiventest.AdminPassword, s.Close), nil
		},
		anchore.Name: func(seed uint64) (fake, error) {
			s := anchoretest.New(anchoretest.Options{})
			s.Fill(seed, 30, 8)
			return byPassword(anchore.Driver(), s.URL, anchoretest.AdminUser, anchoretest.AdminPassword, s.Close), nil
		},
		arvados.Name: func(seed uint64) (fake, error) {
			s, err := arvadostest.New(arvadostest.Options{})
			if err != nil {
				return fake{}, err
			}
			s.Fill(seed, 120)
			return fake{
				driver: arvados.Driver(), target: apiclient.Target{URL: s.URL}, method: "token",
				with: apiclient.Values{"token": {Secret: secret.New(s.AdminToken)}},
				tell: "token " + s.AdminToken, close: s.Close,
			}, nil
		},
		juju.Name: func(seed uint64) (fake, error) {
			s, err := jujutest.New(jujutest.Options{Release: "3.6.14"})
			if err != nil {
				return fake{}, err
			}
			s.Fill(seed, jujutest.Counts{Users: 120, Models: 25}, s.Password)
			f := byPassword(juju.Driver(), s.URL, jujutest.Owner, s.Password, s.Close)
			f.target.Options = map[string]string{juju.OptionCA: s.CA}
			return f, nil
		},
	}
}

func byPassword(d apiclient.Driver, url, user, password string, stop func()) fake {
	return fake{
		driver: d, target: apiclient.Target{URL: url, User: user}, method: "password",
		with: apiclient.Values{"user": {Text: user}, "password": {Secret: secret.New(password)}},
		tell: "user " + user + ", password " + password, close: stop,
	}
}

func fakeNames() []string { return slices.Sorted(maps.Keys(fakes())) }

// demoFake opens the console on one of the other systems.
func demoFake(ctx context.Context, s streams, o demoOptions) error {
	start, ok := fakes()[o.driver]
	if !ok {
		return usageError(fmt.Errorf("--driver %s: expected %s, or one of %s", o.driver, gatehouse.Name, strings.Join(fakeNames(), ", ")))
	}
	if o.given("accounts", "users", "tokens", "listen", "latency", "fail-rate", "clock", "token-file") {
		return usageError(errors.New("of the flags that say how the data is made, only --seed goes with --driver"))
	}
	f, err := start(o.seed)
	if err != nil {
		return err
	}
	defer f.close()
	f.target.Context = "demo"
	if o.noConsole {
		return f.wait(ctx, s.out)
	}
	// The console signs in by itself, with what a person would enter.
	open := f.driver.Open
	driver := f.driver
	driver.Open = func(ctx context.Context, t apiclient.Target, c apiclient.Credential) (apiclient.Backend, error) {
		if c.Method == demoMethod {
			var err error
			if c, err = f.driver.SignIn(ctx, t, f.method, f.with); err != nil {
				return nil, err
			}
		}
		return open(ctx, t, c)
	}
	return show(ctx, s, o.looks, views.Options{
		Driver: driver, Target: f.target, Credential: apiclient.Credential{Method: demoMethod, User: f.target.User, Secret: secret.New(demoMethod)},
	})
}

// wait tells where the system is, and serves until told to stop.
func (f fake) wait(ctx context.Context, out io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if ca := f.target.Options[juju.OptionCA]; ca != "" {
		file, err := os.CreateTemp("", "gatehouse-demo-ca-*.pem")
		if err != nil {
			return err
		}
		defer os.Remove(file.Name())
		if _, err := file.WriteString(ca); err != nil {
			return errors.Join(err, file.Close())
		}
		if err := file.Close(); err != nil {
			return err
		}
		fmt.Fprintf(out, "CA       %s\n", file.Name())
	}
	fmt.Fprintf(out, "URL      %s\nSign in  %s\nReady    %s from memory; ctrl+c stops it\n", f.target.URL, f.tell, f.driver.Title)
	<-ctx.Done()
	return nil
}
