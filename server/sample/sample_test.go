package sample

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/server/names"
)

var now = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)

func TestSeedDecides(t *testing.T) {
	size := Size{12, 100, 800}
	if !reflect.DeepEqual(Make(size, 1, now), Make(size, 1, now)) {
		t.Error("the same seed gave other data")
	}
	if reflect.DeepEqual(Make(size, 1, now), Make(size, 2, now)) {
		t.Error("another seed gave the same data")
	}
}

func TestDataCanBeStored(t *testing.T) {
	for _, size := range []Size{{1, 1, 0}, {2, 2, 5}, {40, 2000, 20000}, {300, 3000, 10}} {
		d := Make(size, 7, now)
		if len(d.Accounts) != size.Accounts-1 || len(d.Users) != size.Users-1 {
			t.Errorf("%v: %d accounts and %d users", size, len(d.Accounts), len(d.Users))
		}
		seen := map[string]bool{"admin": true}
		for _, a := range d.Accounts {
			checkName(t, seen, a.Name)
			if err := names.CheckEmail(a.Email); err != nil {
				t.Errorf("e-mail %q: %v", a.Email, err)
			}
			checkPast(t, a.Created)
		}
		seen = map[string]bool{"admin": true}
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
	d := Make(Size{40, 2000, 20000}, 1, now)
	if len(d.Tokens) != 20000 {
		t.Fatalf("%d tokens", len(d.Tokens))
	}
	examples := []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
	}
	for _, tok := range d.Tokens {
		checkPast(t, tok.Created)
		checkPast(t, tok.LastUsed)
		checkPast(t, tok.Revoked)
		if !tok.LastUsed.IsZero() {
			if tok.LastUsed.Before(tok.Created) || tok.LastUsed.After(tok.end(now)) {
				t.Errorf("used at %v, although it lived from %v to %v", tok.LastUsed, tok.Created, tok.end(now))
			}
			inside := false
			for _, p := range examples {
				inside = inside || p.Contains(netip.MustParseAddr(tok.Address))
			}
			if !inside {
				t.Errorf("%s is somebody's address", tok.Address)
			}
		}
		if (tok.MaxAge == 0) != tok.Expires.IsZero() {
			t.Errorf("max age %v, expires %v", tok.MaxAge, tok.Expires)
		}
	}
}

func TestEveryStateIsThere(t *testing.T) {
	d := Make(Size{40, 2000, 20000}, 1, now)
	count := map[string]int{}
	for _, a := range d.Accounts {
		count["account of type "+a.Type]++
		if a.Disabled {
			count["disabled account"]++
		}
	}
	for _, u := range d.Users {
		count["user "+u.State]++
		if u.Admin {
			count["admin"]++
		}
		if u.LastSeen.IsZero() {
			count["never seen"]++
		}
	}
	for _, tok := range d.Tokens {
		switch {
		case !tok.Revoked.IsZero():
			count["revoked"]++
		case !tok.Expires.IsZero() && tok.Expires.Before(now):
			count["expired"]++
		default:
			count["active"]++
		}
		if tok.LastUsed.IsZero() {
			count["never used"]++
		}
		if tok.Expires.IsZero() {
			count["never expires"]++
		}
		if strings.ContainsRune(tok.Description, 0x1b) {
			count["escape sequence"]++
		}
	}
	for kind, least := range map[string]int{
		"account of type user": 20, "account of type service": 5, "disabled account": 3,
		"user " + wire.UserActive: 1000, "user " + wire.UserInvited: 20, "user " + wire.UserInactive: 50, "admin": 5, "never seen": 20,
		"revoked": 500, "expired": 500, "active": 10000, "never used": 500, "never expires": 500, "escape sequence": 3,
	} {
		if count[kind] < least {
			t.Errorf("%s: %d, want at least %d", kind, count[kind], least)
		}
	}
}

func TestEventsAgreeWithTheData(t *testing.T) {
	d := Make(Size{40, 2000, 100}, 1, now)
	users := map[string]bool{}
	for _, u := range d.Users {
		users[u.Name] = true
	}
	if len(d.Events) == 0 {
		t.Fatal("no events")
	}
	last := time.Time{}
	for _, e := range d.Events {
		checkPast(t, e.At)
		if e.At.Before(last) {
			t.Error("events are not in order")
		}
		last = e.At
		if e.User != "" && !users[e.User] {
			t.Errorf("an event of %s, who is not there", e.User)
		}
	}
}

func TestSizes(t *testing.T) {
	for size, good := range map[Size]bool{{1, 1, 0}: true, {2, 5, 5}: true, {0, 1, 0}: false, {1, 2, 0}: false, {2, 2, -1}: false} {
		if err := size.Check(); (err == nil) != good {
			t.Errorf("%v: %v", size, err)
		}
	}
}
