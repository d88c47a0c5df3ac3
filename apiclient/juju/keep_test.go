package juju

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/juju/jujutest"
)

func TestADeadConnectionIsFoundOutWhileNobodyUsesIt(t *testing.T) {
	s, err := jujutest.New(jujutest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := placeOf(apiclient.Target{URL: s.URL, Options: map[string]string{OptionCA: s.CA}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := connect(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer c.end(errClosed)
	if _, f := logIn(t.Context(), c, passwordOf(jujutest.Owner, rawKey([]byte(s.Password)))); f != nil {
		t.Fatal(f)
	}
	var pings atomic.Int32
	s.Break(func(r jujutest.Request) jujutest.Fault {
		return jujutest.Fault{Drop: r.Request == "Ping" && pings.Add(1) == 3}
	})
	c.keep(time.Millisecond) // ends with the connection
	if !c.over() || pings.Load() != 3 {
		t.Errorf("after %d pings it is over: %v", pings.Load(), c.over())
	}
}

func TestClosingDoesNotWaitForAConnection(t *testing.T) {
	s, err := jujutest.New(jujutest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, err := newSession(apiclient.Target{URL: s.URL, Options: map[string]string{OptionCA: s.CA}}, passwordOf(jujutest.Owner, rawKey([]byte(s.Password))))
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan struct{}, 1)
	s.Break(func(jujutest.Request) jujutest.Fault {
		came <- struct{}{}
		return jujutest.Fault{Hold: time.Hour}
	})
	end := make(chan *apiclient.Failure, 1)
	go func() {
		_, f := n.who(t.Context())
		end <- f
	}()
	<-came
	n.close()
	if f := <-end; f == nil || f.End != apiclient.NotSent {
		t.Errorf("the login ended as %+v", f)
	}
	if _, f := n.who(t.Context()); f == nil || !errors.Is(f, apiclient.ErrSignedOut) {
		t.Errorf("after closing it gave %+v", f)
	}
}
