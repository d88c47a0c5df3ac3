package backendtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"gatehouse/apiclient"
)

func faultsAreToldApart(t *testing.T, h Harness) {
	for _, c := range []struct {
		fault Fault
		ends  []apiclient.End
		cause error
	}{
		{Fault{Status: 401}, []apiclient.End{apiclient.Refused}, apiclient.ErrSignedOut},
		{Fault{Status: 403}, []apiclient.End{apiclient.Refused}, apiclient.ErrDenied},
		{Fault{Status: 404}, []apiclient.End{apiclient.Refused}, apiclient.ErrNotFound},
		{Fault{Status: 429, RetryAfter: 7}, []apiclient.End{apiclient.Refused}, apiclient.ErrThrottled},
		{Fault{Status: 500, Body: "<html>oops</html>"}, []apiclient.End{apiclient.Unknown, apiclient.Refused}, apiclient.ErrFaulty},
		{Fault{Status: 502, Body: "<html>oops</html>"}, []apiclient.End{apiclient.Unknown}, apiclient.ErrUnreachable},
	} {
		t.Run(fmt.Sprint(c.fault.Status), func(t *testing.T) {
			s := h.Start(t)
			op := s.Op(verbs(h, s)[0])
			c.fault.Writes = true
			s.Wire.Break(c.fault, 100)
			o := s.Backend.Do(within(t), op)
			good := false
			for _, e := range c.ends {
				good = good || o.End == e
			}
			if !good || o.Failure == nil || !errors.Is(o.Failure, c.cause) || o.Failure.Status != c.fault.Status && !h.Codes || o.Failure.Message == "" {
				t.Errorf("it ended as %+v, %+v", o, o.Failure)
			}
			if c.fault.RetryAfter > 0 && !h.Codes && o.Failure != nil && o.Failure.RetryAfter.Seconds() != float64(c.fault.RetryAfter) {
				t.Errorf("the wait that was asked for is %s", o.Failure.RetryAfter)
			}
			c.fault.Writes = false
			s.Wire.Break(c.fault, 100)
			if _, err := s.Backend.WhoAmI(within(t)); !errors.Is(err, c.cause) {
				t.Errorf("reading gave %v", err)
			}
		})
	}
}

func damagedAnswers(t *testing.T, h Harness) {
	s := h.Start(t)
	s.Wire.Break(Fault{Corrupt: true}, 100)
	if _, err := s.Backend.WhoAmI(within(t)); err == nil {
		t.Error("a damaged answer was believed")
	}
	s.Wire.Heal()
	op := s.Op(verbs(h, s)[0])
	s.Wire.Break(Fault{Writes: true, Corrupt: true}, 100)
	if o := s.Backend.Do(within(t), op); o.End != apiclient.Unknown {
		t.Errorf("a damaged answer ended the op as %+v", o)
	}
}

// secretsDoNotShow has the other side echo all that it is sent.
func secretsDoNotShow(t *testing.T, h Harness) {
	var all []apiclient.Secret
	var said strings.Builder
	say := func(v any) {
		fmt.Fprintf(&said, "%v %+v %#v\n", v, v, v)
		if j, err := json.Marshal(v); err == nil {
			said.Write(j)
		}
	}
	for _, v := range verbs(h, h.Start(t)) {
		s := h.Start(t)
		all = append(all, s.Secrets...)
		op := s.Op(v)
		say(op)
		p := plan(t, s, op)
		say(p)
		say(s.Backend.Info())
		for _, status := range []int{400, 500} {
			s.Wire.Break(Fault{Writes: true, Status: status, Body: "cannot do ASK"}, 100)
			o := s.Backend.Do(within(t), p.Steps[len(p.Steps)-1].Op)
			say(o)
			if o.Failure != nil {
				say(o.Failure)
				say(*o.Failure)
				say(o.Failure.Error())
			}
		}
		s.Wire.Heal()
		r := run(t, s, p)
		say(r)
		for _, reveal := range r.Reveals() {
			all = append(all, reveal.Secret)
		}
	}
	if len(all) == 0 {
		t.Fatal("there is no secret to look for")
	}
	for _, secret := range all {
		if strings.Contains(said.String(), secret.Reveal()) {
			t.Error("a secret shows")
		}
	}
}

func hostileTexts(t *testing.T, h Harness) {
	s := h.Start(t)
	if s.Carry == nil {
		t.Skip("this system carries no free text")
	}
	for _, text := range []string{
		"a\u202eb\u2066c\u200bd", "日本語 \U0001f469\u200d\U0001f4bb e\u0301\u0323", "\"quoted\" <b>&amp;</b> 100% $HOME `x` {{.}}", `\u001b[2J \x1b]52;c;eA==\a`,
	} {
		if got := s.Carry(text); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
}

// credentialStays sends the driver elsewhere and counts who comes.
func credentialStays(t *testing.T, h Harness) {
	var came atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := h.Start(t)
		op := s.Op(verbs(h, s)[0])
		s.Wire.Break(Fault{Status: status, Location: elsewhere.URL + "/there?x=y"}, 100)
		if _, err := s.Backend.WhoAmI(within(t)); err == nil {
			t.Errorf("%d: a redirect was taken for an answer", status)
		}
		s.Wire.Break(Fault{Writes: true, Status: status, Location: elsewhere.URL + "/there?x=y"}, 100)
		o := s.Backend.Do(within(t), op)
		if o.End != apiclient.Refused || !strings.Contains(o.Words, strings.TrimPrefix(elsewhere.URL, "http://")) {
			t.Errorf("%d: it ended as %+v", status, o)
		}
	}
	if n := came.Load(); n > 0 {
		t.Errorf("%d requests went to another origin", n)
	}
}

func closingForgets(t *testing.T, h Harness) {
	s := h.Start(t)
	s.Backend.Close()
	s.Backend.Close() // twice is fine
	if id, err := s.Backend.WhoAmI(within(t)); err == nil {
		t.Errorf("after closing it still is %s", id.Name)
	}
}
