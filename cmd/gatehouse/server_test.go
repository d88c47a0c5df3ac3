package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

const (
	adminPassword = "kettle-window-garden-9"
	userPassword  = "marble-thunder-orchid-4"
)

// server is `gatehouse serve`, in a process of its own.
type server struct {
	t       *testing.T
	dir     string
	listen  string
	env     []string
	cmd     *exec.Cmd
	url     string
	admin   string // a token
	log     *requestLog
	asked   *atomic.Int64 // changes that the test itself asked for
	stopped bool
}

// request is a line of the server's log about one.
type request struct {
	Msg, Method, Route, Actor, Code string
	Status                          int
}

// requestLog takes what the server writes to its standard error.
type requestLog struct {
	mu   sync.Mutex
	text strings.Builder
	all  []request
}

func (l *requestLog) read(from io.Reader) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var r request
		isRequest := json.Unmarshal(lines.Bytes(), &r) == nil && r.Msg == "request"
		l.mu.Lock()
		l.text.Write(lines.Bytes())
		l.text.WriteByte('\n')
		if isRequest {
			l.all = append(l.all, r)
		}
		l.mu.Unlock()
	}
}

func (l *requestLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// changes are the requests that wanted to change something.
func (l *requestLog) changes() []request {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []request
	for _, r := range l.all {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			out = append(out, r)
		}
	}
	return out
}

// serve starts a server with an empty database.
func serve(t *testing.T, env ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), listen: "127.0.0.1:0", log: &requestLog{}, asked: &atomic.Int64{}}
	s.env = environment(s.dir, append([]string{
		"GATEHOUSE_DEFAULT_ADMIN_PASSWORD=" + adminPassword, "GATEHOUSE_ARGON2_PASSES=1",
	}, env...)...)
	s.start()
	t.Cleanup(func() {
		s.stop(syscall.SIGTERM)
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.log)
		}
	})
	s.admin = s.token("admin", adminPassword)
	return s
}

// start starts the process, again on the same address if it had one.
func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(binary, "serve", "--listen", s.listen, "--database", filepath.Join(s.dir, "gatehouse.db"), "--log-format", "json")
	s.cmd.Env = s.env
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	errOut, err := s.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.stopped = false
	go s.log.read(errOut)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "Serving "); ok {
			s.url, s.listen = url, strings.TrimPrefix(url, "http://")
			return
		}
	}
	s.t.Fatalf("the server ended before it served:\n%s", s.log)
}

// stop ends the process and waits for it.
func (s *server) stop(sig syscall.Signal) {
	if s.stopped {
		return
	}
	s.stopped = true
	_ = s.cmd.Process.Signal(sig) // it may have ended by itself
	_ = s.cmd.Wait()              // after a kill the status is an error
}

// others are the changes that somebody else than the test itself asked for. The
// log is a moment late: a last request of the test's own is waited for, which
// changes nothing.
func (s *server) others() int {
	s.t.Helper()
	s.do(http.MethodPost, wire.PathAccounts, s.admin, struct{}{})
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if n := len(s.log.changes()) - int(s.asked.Load()); n >= 0 {
			return n
		}
	}
	s.t.Fatal("the server's log does not come")
	return 0
}

// do sends a request with a token and gives status and body.
func (s *server) do(method, path, token string, body any, headers ...string) (int, []byte) {
	s.t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, in)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", wire.TypeJSON)
	req.Header.Set("User-Agent", "arranger")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if method != http.MethodGet {
		s.asked.Add(1)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, raw
}

// must sends a request of the admin that has to succeed, and reads the answer.
func (s *server) must(method, path string, body, into any, headers ...string) {
	s.t.Helper()
	status, raw := s.do(method, path, s.admin, body, headers...)
	if status < 200 || status > 299 {
		s.t.Fatalf("%s %s: %d %s", method, path, status, raw)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			s.t.Fatal(err)
		}
	}
}

// token signs in and makes a token that lasts.
func (s *server) token(user, password string) string {
	s.t.Helper()
	var session wire.SignedIn
	status, raw := s.do(http.MethodPost, wire.PathSession, "", map[string]string{"user_name": user, "password": password})
	if status != http.StatusCreated {
		s.t.Fatalf("sign in as %s: %d %s", user, status, raw)
	}
	if err := json.Unmarshal(raw, &session); err != nil {
		s.t.Fatal(err)
	}
	var made wire.TokenCreated
	status, raw = s.do(http.MethodPost, wire.PathTokens, session.Token.Reveal(), wire.CreateToken{Description: "token of the test"})
	if status != http.StatusCreated {
		s.t.Fatalf("make a token for %s: %d %s", user, status, raw)
	}
	if err := json.Unmarshal(raw, &made); err != nil {
		s.t.Fatal(err)
	}
	return made.Token.Reveal()
}

// tokenFile puts a token where a console finds it.
func (s *server) tokenFile(token string) string {
	s.t.Helper()
	f, err := os.CreateTemp(s.dir, "token-")
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, token+"\n"); err != nil {
		s.t.Fatal(err)
	}
	return f.Name()
}

// account makes an account.
func (s *server) account(name string) {
	s.t.Helper()
	s.must(http.MethodPost, wire.PathAccounts, wire.CreateAccount{Name: name}, nil)
}

// user makes a user with the usual password.
func (s *server) user(name, account string, admin bool) {
	s.t.Helper()
	password := wire.Carry(wire.NewSecret(userPassword))
	s.must(http.MethodPost, wire.PathUsers, wire.CreateUser{Name: name, Account: account, Admin: admin, Password: &password}, nil)
}

// accessToken makes a token for a user and gives its prefix.
func (s *server) accessToken(user, description string) string {
	s.t.Helper()
	var made wire.TokenCreated
	s.must(http.MethodPost, wire.PathTokens, wire.CreateToken{UserName: user, Description: description}, &made)
	return made.Record.Prefix
}

// get reads a record.
func get[T any](s *server, path string) T {
	s.t.Helper()
	var v T
	s.must(http.MethodGet, path, nil, &v)
	return v
}
