package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
)

const token = "canary-token-5f2d8a"

// client speaks to the server, with a credential, and waits for nothing.
func client(t *testing.T, url string, with ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{URL: url, Silence: 5 * time.Second}
	for _, f := range with {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	if err := c.Authorize(&Auth{Scheme: "Bearer", Secret: secret.New(token)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func fail(t *testing.T, c *Client, r Request) *apiclient.Failure {
	t.Helper()
	r.Tried = "try it"
	_, err := c.Do(t.Context(), r)
	var f *apiclient.Failure
	if !errors.As(err, &f) {
		t.Fatalf("the error is %v", err)
	}
	if f.Message == "" || f.Tried != "try it" || strings.Contains(fmt.Sprintf("%+v %v", *f, f), token) {
		t.Errorf("the failure is %+v", *f)
	}
	return f
}

func hangUp(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func TestARedirectIsNeverFollowed(t *testing.T) {
	var came atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { came.Add(1) })
	secure := httptest.NewTLSServer(nil)
	defer secure.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{other.URL, "http://user:pass@" + strings.TrimPrefix(other.URL, "http://"), "//evil.example/x", strings.Replace(other.URL, "127.0.0.1", "localhost", 1)} {
			redirect := func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			}
			secure.Config.Handler = http.HandlerFunc(redirect)
			for _, c := range []*Client{
				client(t, serve(t, redirect).URL),
				client(t, secure.URL, func(c *Config) { c.CAFile = ca }), // https to http
			} {
				for _, method := range []string{"GET", "POST", "DELETE"} {
					f := fail(t, c, Request{Method: method, Path: "/x", Key: "k"})
					if f.End != apiclient.Refused || f.Status != status || strings.Contains(f.Message, "pass") {
						t.Errorf("%s %d: %+v", method, status, f)
					}
				}
			}
		}
	}
	if n := came.Load(); n > 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}

func TestNothingElseThanTheOriginIsSpokenTo(t *testing.T) {
	o, err := parseOrigin("https://gate.example:443/base/")
	if err != nil {
		t.Fatal(err)
	}
	for url, same := range map[string]bool{
		"https://gate.example/x": true, "https://GATE.example:443/": true,
		"http://gate.example/": false, "https://gate.example:8443/": false, "https://gate.example.evil.example/": false,
	} {
		r := httptest.NewRequest("GET", url, nil)
		if o.is(r.URL) != same {
			t.Errorf("%s is the origin: %v", url, !same)
		}
	}
	for _, bad := range []string{"", "gate.example", "ftp://gate.example", "https://", "https://user:" + token + "@gate.example", "https://gate.example?x", "https://gate.example/%zz" + token} {
		if _, err := New(Config{URL: bad}); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%q gave %v", bad, err)
		}
	}
}

func TestSecretsAreNotSentInTheClear(t *testing.T) {
	c, err := New(Config{URL: "http://gate.example:7411"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Authorize(&Auth{Scheme: "Bearer", Secret: secret.New(token)}); err == nil {
		t.Error("a credential was taken for plain http")
	}
	f := fail(t, c, Request{Method: "POST", Path: "/", Body: JSONWithSecrets(map[string]Open{"password": {secret.New(token)}}, secret.New(token))})
	if f.End != apiclient.NotSent || !errors.Is(f, apiclient.ErrDenied) {
		t.Errorf("%+v", f)
	}
}

func TestWhatMayHaveHappenedIsUnknown(t *testing.T) {
	var calls atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { calls.Add(1); hangUp(w) })
	for _, c := range []struct {
		r     Request
		end   apiclient.End
		calls int32
	}{
		{Request{Method: "POST"}, apiclient.Unknown, 1},
		{Request{Method: "DELETE"}, apiclient.Unknown, 1},
		{Request{Method: "POST", Key: "k"}, apiclient.Unknown, 3},
		{Request{Method: "GET"}, apiclient.NotSent, 3},
	} {
		calls.Store(0)
		f := fail(t, client(t, s.URL), c.r)
		if f.End != c.end || calls.Load() != c.calls || !errors.Is(f, apiclient.ErrUnreachable) {
			t.Errorf("%s %q: %s after %d calls: %v", c.r.Method, c.r.Key, f.End, calls.Load(), f)
		}
	}
}

func TestWhatCannotHaveHappenedIsNotSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
	_ = l.Close()
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	secure := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer secure.Close()
	for _, url := range []string{nobody, strings.Replace(plain.URL, "http", "https", 1), secure.URL} {
		if f := fail(t, client(t, url), Request{Method: "POST"}); f.End != apiclient.NotSent || f.Next == "" {
			t.Errorf("%s: %+v", url, f)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client(t, plain.URL).Do(ctx, Request{Method: "POST"})
	if f := apiclient.AsFailure("", err); f.End != apiclient.NotSent || !errors.Is(f, context.Canceled) {
		t.Errorf("%+v", f)
	}
}

func TestAYesThatShouldBeEmptyIsNotBelievedWithABody(t *testing.T) {
	for body, end := range map[string]apiclient.End{"": apiclient.Done, "<html>welcome</html>": apiclient.Unknown} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		c, r := client(t, s.URL), Request{Method: "POST", Path: "/x", Empty: true}
		if end == apiclient.Done {
			if _, err := c.Do(t.Context(), r); err != nil {
				t.Error(err)
			}
			continue
		}
		if f := fail(t, c, r); f.End != end || !errors.Is(f, apiclient.ErrBroken) {
			t.Errorf("%q: %+v", body, f)
		}
	}
}

func TestSilenceEnds(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	for name, h := range map[string]http.HandlerFunc{
		"before the answer": func(http.ResponseWriter, *http.Request) { <-stop },
		"in the answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"a":`))
			w.(http.Flusher).Flush()
			<-stop
		},
	} {
		s := serve(t, h)
		var into map[string]any
		c := client(t, s.URL, func(c *Config) { c.Silence = 50 * time.Millisecond; c.Retries = -1 })
		if f := fail(t, c, Request{Method: "POST", Into: &into}); f.End != apiclient.Unknown || !errors.Is(f, apiclient.ErrUnreachable) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	bomb := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(`"`))
		for range 64 {
			if _, err := z.Write(bytes.Repeat([]byte("a"), 1<<20)); err != nil {
				return
			}
		}
		_ = z.Close()
	}
	plain := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`"` + strings.Repeat("a", 2<<20) + `"`))
	}
	for _, h := range []http.HandlerFunc{bomb, plain} {
		var into string
		c := client(t, serve(t, h).URL, func(c *Config) { c.BodyLimit = 1 << 20 })
		f := fail(t, c, Request{Method: "GET", Into: &into})
		if !errors.Is(f, apiclient.ErrBroken) || !strings.Contains(f.Message, "larger") {
			t.Errorf("%+v", f)
		}
	}
}

func TestDamagedAnswers(t *testing.T) {
	for _, body := range []string{"", "{", `{"a":1}x`, `{"a":1}{"a":2}`, `[1]`, "\x00", strings.Repeat("[", 20_000), `{"a":"` + token} {
		var into struct{ A int }
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		})
		if f := fail(t, client(t, s.URL), Request{Method: "POST", Into: &into}); f.End != apiclient.Unknown {
			t.Errorf("%.20q: %+v", body, f)
		}
		if f := fail(t, client(t, s.URL), Request{Method: "GET", Into: &into}); f.End == apiclient.Unknown || f.End.Good() {
			t.Errorf("%.20q: %+v", body, f)
		}
	}
	html := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>portal</html>")) })
	var into any
	if f := fail(t, client(t, html.URL), Request{Method: "GET", Into: &into}); !strings.Contains(f.Message, "text/html") {
		t.Errorf("%+v", f)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "0": 0, "-3": 0, "soon": 0, "61": time.Minute, "99999999999999999999999": time.Minute, "1.5": 0,
		now.Add(9 * time.Second).Format(http.TimeFormat):  9 * time.Second,
		now.Add(-9 * time.Second).Format(http.TimeFormat): 0,
		now.Add(time.Hour).Format(http.TimeFormat):        time.Minute,
	} {
		h := http.Header{"Date": {now.Format(http.TimeFormat)}, "Retry-After": {text}}
		if got := retryAfter(h); got != want {
			t.Errorf("%q: %s instead of %s", text, got, want)
		}
	}
}

func TestShortWaitsAreWaitedLongOnesAreTold(t *testing.T) {
	var calls atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		w.Header().Set("Retry-After", r.URL.Query().Get("wait"))
		w.WriteHeader(http.StatusTooManyRequests)
	})
	for _, c := range []struct {
		method, wait string
		calls        int32
	}{{"GET", "1", 3}, {"GET", "30", 1}, {"POST", "1", 1}} {
		calls.Store(0)
		f := fail(t, client(t, s.URL), Request{Method: c.method, Query: map[string][]string{"wait": {c.wait}}})
		if calls.Load() != c.calls || f.RetryAfter == 0 || !errors.Is(f, apiclient.ErrThrottled) || f.End != apiclient.Refused {
			t.Errorf("%+v: %d calls, %+v", c, calls.Load(), f)
		}
	}
}

func TestWordsOfTheOtherSideHoldNoSecrets(t *testing.T) {
	for _, password := range []string{`canary "quoted" \ pass&word=1`, "ab", "tök€n-canary"} {
		hidden := secret.New(password)
		for _, kind := range []string{"text/plain", "application/problem+json", "application/json"} {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				var b bytes.Buffer
				_, _ = b.ReadFrom(r.Body)
				w.Header().Set("Content-Type", kind)
				w.WriteHeader(422)
				if kind == "text/plain" {
					_, _ = fmt.Fprintf(w, "no: %s %s", b.String(), r.Header.Get("Authorization"))
					return
				}
				_, _ = fmt.Fprintf(w, `{"detail":%q,"code":%q,"errors":[{"location":"body.password","message":%q}]}`, b.String(), password, password+r.Header.Get("Authorization"))
			})
			f := fail(t, client(t, s.URL), Request{Method: "POST", Body: JSONWithSecrets(map[string]Open{"password": {hidden}}, hidden)})
			if all := fmt.Sprintf("%+v", *f); strings.Contains(all, "canary") || strings.Contains(f.Message, password) {
				t.Errorf("%s: %s", kind, all)
			}
		}
	}
}

func TestProblemsAreRead(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
		w.WriteHeader(409)
		_, _ = w.Write([]byte(`{"title":"Conflict","detail":"It is enabled.","code":"state_conflict","request_id":"r1","do_first":"disable it","errors":[{"location":"body.user_name","message":"is taken"}]}`))
	})
	f := fail(t, client(t, s.URL), Request{Method: "POST"})
	want := apiclient.FieldError{Field: "user_name", Text: "is taken"}
	if f.Message != "It is enabled." || f.Code != "state_conflict" || f.RequestID != "r1" || f.Next != "disable it" || len(f.Fields) != 1 || f.Fields[0] != want || !errors.Is(f, apiclient.ErrConflict) {
		t.Errorf("%+v", f)
	}
}

func TestObserversSeeNoSecret(t *testing.T) {
	var seen []Exchange
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	c := client(t, s.URL, func(c *Config) { c.Observe = func(e Exchange) { seen = append(seen, e) } })
	if _, err := c.Do(t.Context(), Request{Method: "GET", Path: "/p", Query: map[string][]string{"q": {token}}}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[0].Path != "/p" || seen[0].Status != 200 || strings.Contains(fmt.Sprintf("%+v", seen), token) {
		t.Errorf("%+v", seen)
	}
}

func TestSecretsNeedTheExplicitHelper(t *testing.T) {
	v := struct{ A apiclient.Secret }{secret.New(token)}
	if b := JSON(v); bytes.Contains(b.bytes, []byte("canary")) {
		t.Error("a secret went into a body by itself")
	}
	if b := JSONWithSecrets(map[string]Open{"a": {secret.New(token)}}, secret.New(token)); !bytes.Contains(b.bytes, []byte(token)) {
		t.Error("a secret that was asked for is not in the body")
	}
}

func TestAClosedClientSendsNothing(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer s.Close()
	c, err := New(Config{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	_, err = c.Do(t.Context(), Request{Tried: "read", Method: "GET", Path: "/"})
	if f := apiclient.AsFailure("", err); err == nil || f.End != apiclient.NotSent || errors.Is(err, apiclient.ErrSignedOut) || asked != 0 {
		t.Errorf("%v, asked %d times", err, asked)
	}
}
