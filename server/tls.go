package server

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"sync/atomic"
)

// tlsFiles is a certificate with its key, as they are in their files.
type tlsFiles struct {
	cert, key   string
	fingerprint string // SHA-256 of the last certificate of the chain, which is the CA's if the file holds it
	current     atomic.Pointer[tls.Certificate]
}

func loadTLS(cert, key string) (*tlsFiles, error) {
	t := &tlsFiles{cert: cert, key: key}
	if err := t.reload(); err != nil {
		return nil, err
	}
	chain := t.current.Load().Certificate
	sum := sha256.Sum256(chain[len(chain)-1])
	t.fingerprint = hex.EncodeToString(sum[:])
	return t, nil
}

func (t *tlsFiles) reload() error {
	pair, err := tls.LoadX509KeyPair(t.cert, t.key)
	if err != nil {
		return fmt.Errorf("read the TLS certificate and key: %w", err)
	}
	t.current.Store(&pair)
	return nil
}

func (t *tlsFiles) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return t.current.Load(), nil },
	}
}
