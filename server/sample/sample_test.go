package sample

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/directory"
	"gatehouse/server/names"
)

var now = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

func sample(size Size, seed uint64) directory.Fill {
	return Make(size, seed, now, wire.NewSecret("correct horse battery"))
}

func TestSeedDecides(t *testing.T) {
	size := Size{12, 100, 800}
	one, again, two := sample(size, 1).Tokens, sample(size, 1).Tokens, sample(size, 2).Tokens
	if !slices.Equal(one, again) {
		t.Error("the same seed gave other data")
	}
	if slices.Equal(one, two) {
		t.Error("another seed gave the same data")
	}
}

func TestDataCanBeStored(t *testing.T) {
	for _, size := range []Size{{1, 1, 0}, {2, 2, 5}, {40, 2000, 20000}, {300, 3000, 10}} {
		d := sample(size, 7)
		if len(d.Accounts) != size.Accounts-1 || len(d.Users) != size.Users-1 {
			t.Errorf("%v: %d accounts and %d users", size, len(d.Accounts), len(d.Users))
		}
		seen := map[string]bool{wire.AdminName: true}
		for _, a := range d.Accounts {
			checkName(t, seen, a.Name)
			if err := names.CheckEmail(a.Email); err != nil {
				t.Errorf("e-mail %q: %v", a.Email, err)
			}
			checkPast(t, a.Created)
		}
		seen = map[string]bool{wire.AdminName: true}
		for _, u := range d.Users {
			checkName(t, seen, u.Name)
			if err := names.CheckEmail(u.Email); err != nil {
				t.Errorf("e-mail %q: %v", u.Email, err)
			}
			if err := names.CheckText(u.RealName); err != nil {
				t.Errorf("real name %q: %v", u.RealName, err)
			}
			checkPast(t, u.Created)
			checkPast(t, u.LastSeen)
		}
	}
}

func checkName(t *testing.T, seen map[string]bool, name string) {
	t.Helper()
	if c, err := names.Canonical(name); c != name || err != nil {
		t.Errorf("name %q: %q, %v", name, c, err)
	}
	if seen[name] {
		t.Errorf("%s is there twice", name)
	}
	seen[name] = true
}

func checkPast(t *testing.T, at time.Time) {
	t.Helper()
	if at.After(now) {
		t.Errorf("%v has not come yet", at)
	}
}

func TestTokensHaveLedALife(t *testing.T) {
	d := sample(Size{40, 2000, 20000}, 1)
	if len(d.Tokens) != 20000 {
		t.Fatalf("%d tokens", len(d.Tokens))
	}
	examples := []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
	}
	m := &maker{now: now}
	for _, tok := range d.Tokens {
		checkPast(t, tok.Created)
		if tok.LastUsed.IsZero() {
			continue
		}
		if tok.LastUsed.Before(tok.Created) || tok.LastUsed.After(m.end(tok)) {
			t.Errorf("used at %v, although it lived from %v to %v", tok.LastUsed, tok.Created, m.end(tok))
		}
		at := netip.MustParseAddr(tok.IP)
		if !slices.ContainsFunc(examples, func(p netip.Prefix) bool { return p.Contains(at) }) {
			t.Errorf("%s is somebody's address", at)
		}
	}
}

func TestEveryStateIsThere(t *testing.T) {
	d := sample(Size{40, 2000, 20000}, 1)
	count := map[string]int{}
	for _, a := range d.Accounts {
		count["account of type "+a.Type]++
		if a.Disabled {
			count["disabled account"]++
		}
	}
	for _, u := range d.Users {
		switch {
		case u.Inactive:
			count["inactive user"]++
		case u.Password.IsZero():
			count["invited user"]++
		default:
			count["active user"]++
		}
		if u.Admin {
			count["admin"]++
		}
		if u.LastSeen.IsZero() {
			count["never seen"]++
		}
	}
	for _, tok := range d.Tokens {
		expired := tok.MaxAge > 0 && tok.Created.Add(tok.MaxAge).Before(now)
		switch {
		case tok.Revoked:
			count["revoked"]++
		case expired:
			count["expired"]++
		default:
			count["active"]++
		}
		if tok.LastUsed.IsZero() {
			count["never used"]++
		}
		if tok.MaxAge == 0 {
			count["never expires"]++
		}
		if strings.ContainsRune(tok.Description, 0x1b) {
			count["escape sequence"]++
		}
	}
	for kind, least := range map[string]int{
		"account of type user": 20, "account of type service": 5, "disabled account": 3,
		"active user": 1000, "invited user": 20, "inactive user": 50, "admin": 5, "never seen": 20,
		"revoked": 500, "expired": 500, "active": 10000, "never used": 500, "never expires": 500, "escape sequence": 3,
	} {
		if count[kind] < least {
			t.Errorf("%s: %d, want at least %d", kind, count[kind], least)
		}
	}
}

func TestReaderIsThere(t *testing.T) {
	for _, u := range sample(Size{2, 2, 0}, 3).Users {
		if u.Name == Reader && active(u) && !u.Admin {
			return
		}
	}
	t.Errorf("%s is not there, or cannot sign in, or is an admin", Reader)
}

func TestSizes(t *testing.T) {
	for size, good := range map[Size]bool{{1, 1, 0}: true, {2, 5, 5}: true, {0, 1, 0}: false, {1, 2, 0}: false, {2, 2, -1}: false} {
		if err := size.Check(); (err == nil) != good {
			t.Errorf("%v: %v", size, err)
		}
	}
}
