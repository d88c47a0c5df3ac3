package session

import (
	"testing"
	"time"

	"gatehouse/apiclient"
)

func TestLinkTriesLessAndLessOften(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	l := Link{now: func() time.Time { return now }}
	l.answered()
	now = now.Add(time.Minute)
	var waits []time.Duration
	for range 8 {
		wait, begin := l.broken(&apiclient.Failure{})
		if !begin {
			t.Fatal("no try was begun")
		}
		if _, again := l.broken(&apiclient.Failure{}); again {
			t.Fatal("a second load that fails begins a second try")
		}
		waits = append(waits, wait)
		l.waiting = false // its time has come
	}
	if waits[0] != time.Second || waits[1] != 2*time.Second || waits[7] != longestPause {
		t.Errorf("waits %v", waits)
	}
	if since, _, down := l.Down(); !down || !since.Equal(now.Add(-time.Minute)) {
		t.Errorf("down %v since %v: it was last heard a minute ago", down, since)
	}
	if back := l.answered(); !back {
		t.Error("it is not noticed that it is back")
	}
	if wait, _ := l.broken(&apiclient.Failure{RetryAfter: 5 * time.Second}); wait != 5*time.Second {
		t.Errorf("asked to wait 5 s, waits %v", wait)
	}
}

func TestClockFollowsTheServers(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	c := clock{now: func() time.Time { return now }}
	if !c.time().Equal(now) {
		t.Error("a clock that nobody told anything is not ours")
	}
	c.heard(now.Add(time.Second))
	if !c.time().Equal(now) {
		t.Error("a second of difference makes ages jump")
	}
	c.heard(now.Add(time.Hour))
	if !c.time().Equal(now.Add(time.Hour)) {
		t.Errorf("the server is an hour ahead, the clock says %v", c.time())
	}
	c.heard(now.Add(time.Hour + time.Second))
	if !c.time().Equal(now.Add(time.Hour)) {
		t.Error("a second on the way moves the clock")
	}
}
