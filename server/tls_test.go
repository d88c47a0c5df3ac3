package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/config"
)

// certificate makes a self-signed certificate for loopback.
func certificate(t *testing.T, serial int64) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func TestServingWithTLS(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	store := func(cert, key []byte) {
		for path, raw := range map[string][]byte{certFile: cert, keyFile: key} {
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	cert, key := certificate(t, 1)
	store(cert, key)
	h := start(t, func(c *config.Config, _ *Options) { c.TLSCertFile, c.TLSKeyFile = certFile, keyFile })
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	transport := h.http.Transport.(*http.Transport)
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if !strings.HasPrefix(h.url, "https://127.0.0.1:") {
		t.Fatalf("serves %s", h.url)
	}
	a := h.want(200, "GET", wire.PathSession, h.asAdmin(), nil)
	if a.header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	h.account("acme")
	var invited wire.UserCreated
	h.want(201, "POST", wire.PathUsers, h.asAdmin(), wire.CreateUser{Name: "new", Account: "acme"}).into(t, &invited)
	r, err := wire.ParseRegistration(invited.Registration.Secret)
	block, _ := pem.Decode(cert)
	sum := sha256.Sum256(block.Bytes)
	if err != nil || r.CAFingerprint != hex.EncodeToString(sum[:]) || r.Servers[0] != h.url {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := tls.Dial("tcp", strings.TrimPrefix(h.url, "https://"), &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was accepted")
	}

	next, nextKey := certificate(t, 2)
	store(next, nextKey)
	if err := h.srv.ReloadTLS(); err != nil {
		t.Fatal(err)
	}
	transport.CloseIdleConnections()
	if _, err := h.try("GET", wire.PathLive, "", nil); err == nil {
		t.Error("the old certificate is still served")
	}
	roots.AppendCertsFromPEM(next)
	store([]byte("broken"), nextKey)
	if err := h.srv.ReloadTLS(); err == nil {
		t.Error("a broken certificate was taken")
	}
	h.want(200, "GET", wire.PathLive, "", nil)
}
