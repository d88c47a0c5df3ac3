package passwords

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

func TestRules(t *testing.T) {
	for _, c := range []struct {
		password string
		good     bool
	}{
		{"kettle-window-9", true}, {"kettle-window-", false}, {"a long one with spaces in it", true},
		{strings.Repeat("ab cdef ", 20), true}, {strings.Repeat("x", 15), false}, {"abcabcabcabcabc", false},
		{"123456789012345", false}, {"abcdefghijklmnop", false}, {"zyxwvutsrqponmlk", false},
		{"CorrectHorseBatteryStaple", false}, {"janejanejanejane", false}, {"gatehouse-2026-2026", false},
		{"acme.acme.acme.99", false}, {"acme is not the whole of it", true},
		{"😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰", true}, {"😀😁😂🤣😃😄😅😆😉😊😋😎😍😘", false},
		{"bad\xffbytes in a long one", false}, {strings.Repeat("word ", 205), false},
		// Fifteen full-width characters count, and are the same as plain ones.
		{"ｋｅｔｔｌｅ－ｗｉｎｄｏｗ－９", true},
	} {
		err := Check(wire.NewSecret(c.password), "jane", "acme")
		if (err == nil) != c.good {
			t.Errorf("%q: %v", c.password, err)
		}
		if err != nil && strings.Contains(err.Error(), c.password) {
			t.Errorf("the refusal of %q repeats it", c.password)
		}
	}
	if Check(wire.NewSecret(strings.Repeat("lot ", 1<<18))) == nil {
		t.Error("a megabyte was taken")
	}
}

func TestHashes(t *testing.T) {
	ctx := context.Background()
	h, err := NewHasher(Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := h.Hash(ctx, wire.NewSecret("kettle-window-9"))
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("%q, %v", hash, err)
	}
	again, _ := h.Hash(ctx, wire.NewSecret("kettle-window-9"))
	if again == hash {
		t.Error("the salt was used twice")
	}
	for password, want := range map[string]bool{"kettle-window-9": true, "ｋettle-window-9": true, "kettle-window-8": false, "": false} {
		if got, err := h.Verify(ctx, wire.NewSecret(password), hash); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	if ok, err := h.Verify(ctx, wire.NewSecret("no user has this password"), ""); ok || err != nil {
		t.Errorf("a user without a password was let in: %v, %v", ok, err)
	}
	dearer, _ := NewHasher(Cost{MemoryKiB: 128, Passes: 1, Lanes: 1}, rand.Reader)
	if h.Outdated(hash) || !dearer.Outdated(hash) {
		t.Error("outdated hashes are not told from current ones")
	}
	if ok, err := dearer.Verify(ctx, wire.NewSecret("kettle-window-9"), hash); !ok || err != nil {
		t.Errorf("a hash of another cost does not verify: %v, %v", ok, err)
	}
	for _, bad := range []string{"x", "$argon2id$v=19$m=99999999,t=1,p=1$AAAA$AAAA", strings.Replace(hash, "v=19", "v=16", 1), strings.Replace(hash, "t=1", "t=0", 1)} {
		if ok, err := h.Verify(ctx, wire.NewSecret("kettle-window-9"), bad); ok || err == nil {
			t.Errorf("a damaged hash was taken: %q", bad)
		}
	}
	full, stop := context.WithCancel(ctx)
	stop()
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	if _, err := h.Hash(full, wire.NewSecret("kettle-window-9")); err == nil {
		t.Error("hashed although all slots were taken and the caller had gone")
	}
}
