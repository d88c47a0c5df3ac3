package cells

import (
	"testing"
	"time"

	"gatehouse/apiclient"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

var now = time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)

func look() Look {
	return Look{Signs: theme.New(theme.Options{}).Signs, Now: now}
}

func TestShort(t *testing.T) {
	seven := 1204
	for _, c := range []struct {
		key  string
		v    apiclient.Value
		text safetext.Safe
		tone theme.Tone
	}{
		{"last_seen", apiclient.At(now.Add(-2 * time.Minute)), "2 min ago", theme.Plain},
		{"last_seen", apiclient.At(now.Add(-20 * time.Second)), "just now", theme.Plain},
		{"last_seen", apiclient.At(now.Add(30 * time.Second)), "just now", theme.Plain}, // clocks differ a little
		{"last_seen", apiclient.At(now.Add(-25 * time.Hour)), "1 day ago", theme.Plain},
		{"last_seen", apiclient.At(now.Add(-100 * 24 * time.Hour)), "2026-08-14", theme.Plain},
		{"last_seen", apiclient.At(time.Time{}), "never", theme.Dim},
		{"last_used", apiclient.At(time.Time{}), "never", theme.Dim},
		{"expires", apiclient.At(now.Add(3 * 24 * time.Hour)), "in 3 days", theme.Warn},
		{"expires", apiclient.At(now.Add(30*24*time.Hour - time.Second)), "in 30 days", theme.Plain},
		{"expires", apiclient.At(time.Time{}), "never", theme.Plain},
		{"created", apiclient.At(time.Time{}), "", theme.Dim},
		{"max_age", apiclient.Span(0), "no limit", theme.Plain},
		{"max_age", apiclient.Span(36 * time.Hour), "1d12h", theme.Plain},
		{"users", apiclient.Count(&seven), "1,204", theme.Plain},
		{"users", apiclient.Count(nil), "?", theme.Dim},
		{"admin", apiclient.Bool(true), "yes", theme.Plain},
		{"admin", apiclient.Bool(false), "no", theme.Dim},
		{"state", apiclient.InState(apiclient.Active), "● active", theme.Good},
		{"state", apiclient.InState(apiclient.Inactive), "○ inactive", theme.Dim},
		{"state", apiclient.InState(apiclient.Invited), "◐ invited", theme.Warn},
		{"state", apiclient.InState(apiclient.Revoked), "✗ revoked", theme.Bad},
		{"state", apiclient.InState("odd\x1b[2J"), "odd␛[2J", theme.Plain},
		{"name", apiclient.Text("a\u202eb"), `a\u202eb`, theme.Plain},
		{"permissions", apiclient.List([]string{"read", "wri\nte"}), "read, wri␊te", theme.Plain},
	} {
		got := look().Short(c.key, c.v)
		if got.Sign != "" {
			got.Text = got.Sign + " " + got.Text
		}
		if got.Text != c.text || got.Tone != c.tone {
			t.Errorf("%s %+v: %q in tone %d, want %q in %d", c.key, c.v, got.Text, got.Tone, c.text, c.tone)
		}
	}
}

func TestFullTellsTheTimeInTheZoneAskedFor(t *testing.T) {
	l := look()
	v := apiclient.At(now.Add(-time.Hour))
	if got := l.Full("last_seen", v).Text; got != "2026-11-22 13:03:00Z  1 h ago" {
		t.Errorf("UTC: %q", got)
	}
	l.Zone = time.FixedZone("", 3600)
	if got := l.Full("last_seen", v).Text; got != "2026-11-22 14:03:00 +01:00  1 h ago" {
		t.Errorf("local: %q", got)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]safetext.Safe{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	if got := Many(1, apiclient.Noun{One: "user", Many: "users"}); got != "1 user" {
		t.Errorf("Many(1) = %q", got)
	}
	if got := Many(0, apiclient.Noun{One: "user", Many: "users"}); got != "0 users" {
		t.Errorf("Many(0) = %q", got)
	}
}
