package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCommands runs the scripts in testdata/scripts with the real program.
func TestCommands(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "scripts"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(binary)+string(filepath.ListSeparator)+e.Getenv("PATH"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("GATEHOUSE_ARGON2_PASSES", "1")
			return certificate(e.WorkDir)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"waitfor": waitFor, "status": status, "secretless": secretless, "askready": askReady, "signal": signal,
		},
		RequireExplicitExec: true,
	})
}

// certificate puts a certificate for 127.0.0.1 and its key into a folder.
func certificate(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// waitfor FILE TEXT waits until a file, which a program in the background
// writes, holds a text.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitfor file text")
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		raw, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Contains(string(raw), args[1]) {
			return
		}
	}
	ts.Fatalf("%s never said %q", args[0], args[1])
}

// status N COMMAND ARGS... runs a command that has to end with this exit code.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status code command [args...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("it ended with %s, want %s", got, args[0])
	}
}

// signal NAME FILE sends a signal to the process whose number is in the file.
func signal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "TERM": syscall.SIGTERM}
	if neg || len(args) != 2 || signals[args[0]] == 0 {
		ts.Fatalf("usage: signal HUP|INT|TERM file")
	}
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(args[1])))
	ts.Check(err)
	ts.Check(syscall.Kill(pid, signals[args[0]]))
}

// secretless FILE insists that no flag in a help text takes a secret.
func secretless(ts *testscript.TestScript, _ bool, args []string) {
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		flag, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if !strings.HasPrefix(flag, "-") || !strings.HasSuffix(flag, " string") {
			continue
		}
		for _, word := range []string{"password", "token", "secret", "credential"} {
			// Paths, names of variables and of places are no secrets.
			if strings.Contains(flag, word) && !strings.Contains(flag, word+"-") && !strings.Contains(flag, "--credential ") {
				ts.Fatalf("a flag for a secret: %s", flag)
			}
		}
	}
}

// askready FILE asks the server whose output is in the file whether it is ready,
// over TLS, and believes cert.pem only.
func askReady(ts *testscript.TestScript, _ bool, args []string) {
	authority := x509.NewCertPool()
	authority.AppendCertsFromPEM([]byte(ts.ReadFile("cert.pem")))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority}}}
	defer client.CloseIdleConnections()
	url := ""
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if rest, ok := strings.CutPrefix(line, "Serving "); ok {
			url = strings.TrimSpace(rest)
		}
	}
	resp, err := client.Get(url + "/readyz")
	ts.Check(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.TLS == nil || !strings.HasPrefix(url, "https://") {
		ts.Fatalf("%s answers %s", url, resp.Status)
	}
}
