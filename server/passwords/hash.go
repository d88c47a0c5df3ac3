package passwords

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"gatehouse/apiclient/gatehouse/wire"
)

// Cost is what one hash takes.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost is the floor that OWASP's Password Storage Cheat Sheet gives for
// argon2id.
func DefaultCost() Cost { return Cost{MemoryKiB: 19456, Passes: 2, Lanes: 1} }

const (
	saltLen = 16
	keyLen  = 32
	// most bounds what a stored hash may ask for, so that a damaged row cannot
	// take the memory of the machine.
	mostMemoryKiB, mostPasses = 1 << 20, 64
)

// Hasher hashes and verifies passwords, at most two per core at once.
type Hasher struct {
	cost   Cost
	random io.Reader
	slots  chan struct{}
	dummy  string
}

// NewHasher makes a hasher; the salts come out of random.
func NewHasher(cost Cost, random io.Reader) (*Hasher, error) {
	h := &Hasher{cost: cost, random: random, slots: make(chan struct{}, 2*runtime.GOMAXPROCS(0))}
	dummy, err := h.Hash(context.Background(), wire.NewSecret("no user has this password"))
	if err != nil {
		return nil, err
	}
	h.dummy = dummy
	return h, nil
}

// Hash gives the PHC string of a password.
func (h *Hasher) Hash(ctx context.Context, password wire.Secret) (string, error) {
	salt := make([]byte, saltLen)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	key, err := h.key(ctx, password, salt, h.cost, keyLen)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.MemoryKiB, h.cost.Passes, h.cost.Lanes, encode(salt), encode(key)), nil
}

// Verify tells whether the password is the one that was hashed. An empty hash,
// of a user who is unknown or has no password, costs the same and never fits.
func (h *Hasher) Verify(ctx context.Context, password wire.Secret, hash string) (bool, error) {
	none := hash == ""
	if none {
		hash = h.dummy
	}
	cost, salt, want, err := parse(hash)
	if err != nil {
		return false, err
	}
	got, err := h.key(ctx, password, salt, cost, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && !none, nil
}

// Outdated tells whether a hash was made at another cost than today's.
func (h *Hasher) Outdated(hash string) bool {
	cost, _, _, err := parse(hash)
	return err == nil && cost != h.cost
}

func (h *Hasher) key(ctx context.Context, password wire.Secret, salt []byte, cost Cost, length uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	text := norm.NFKC.String(password.Reveal())
	return argon2.IDKey([]byte(text), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, length), nil
}

func parse(hash string) (cost Cost, salt, key []byte, err error) {
	bad := errors.New("a stored password hash is damaged")
	parts := strings.Split(hash, "$")
	var version int
	if len(parts) != 6 || parts[1] != "argon2id" {
		return cost, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return cost, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Lanes); err != nil {
		return cost, nil, nil, bad
	}
	if cost.Passes == 0 || cost.Lanes == 0 || cost.MemoryKiB > mostMemoryKiB || cost.Passes > mostPasses {
		return cost, nil, nil, bad
	}
	if salt, err = decode(parts[4]); err != nil {
		return cost, nil, nil, bad
	}
	if key, err = decode(parts[5]); err != nil || len(key) < 16 {
		return cost, nil, nil, bad
	}
	return cost, salt, key, nil
}

func encode(b []byte) string          { return base64.RawStdEncoding.EncodeToString(b) }
func decode(s string) ([]byte, error) { return base64.RawStdEncoding.DecodeString(s) }
