package server

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

// listener reads a stream of events.
type listener struct {
	t    *testing.T
	body io.ReadCloser
	in   *bufio.Reader
}

func (h *host) listen(t *testing.T, token, lastID string) *listener {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", h.url+wire.PathEvents, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := h.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != wire.TypeEvents {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	l := &listener{t, resp.Body, bufio.NewReader(resp.Body)}
	if line, err := l.in.ReadString('\n'); err != nil || line != ": connected\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return l
}

// next gives kind, id and data of the next event; an empty kind is the end.
func (l *listener) next() (kind, id, data string) {
	l.t.Helper()
	for {
		line, err := l.in.ReadString('\n')
		if err != nil {
			return "", "", ""
		}
		line = strings.TrimSuffix(line, "\n")
		switch key, value, _ := strings.Cut(line, ": "); {
		case key == "event":
			kind = value
		case key == "id":
			id = value
		case key == "data":
			data = value
		case line == "" && kind != "":
			return kind, id, data
		}
	}
}

func (l *listener) change() wire.Event {
	l.t.Helper()
	kind, id, data := l.next()
	var e wire.Event
	if err := json.Unmarshal([]byte(data), &e); err != nil || kind != wire.StreamChange || id != e.ID {
		l.t.Fatalf("%s %s %s: %v", kind, id, data, err)
	}
	return e
}

func TestChangesAreStreamed(t *testing.T) {
	h := start(t)
	admin := h.asAdmin()
	l := h.listen(t, admin, "")
	h.account("acme")
	first := l.change()
	if first.Verb != "account.create" || first.Target != "acme" || first.Actor != "admin" {
		t.Fatalf("%+v", first)
	}
	for i := range 3 {
		h.makeUser(fmt.Sprintf("user%d", i), "acme", false)
	}
	again := h.listen(t, admin, first.ID)
	for _, in := range []*listener{l, again} {
		for i := range 3 {
			if e := in.change(); e.Verb != "user.create" || e.Target != fmt.Sprintf("user%d", i) {
				t.Fatalf("%+v", e)
			}
		}
	}
}

func TestAStreamShowsOnlyWhatIsOnesOwn(t *testing.T) {
	h := start(t)
	h.account("acme")
	jane := h.user("jane", "acme", false)
	l := h.listen(t, jane, "")
	h.makeUser("kim", "acme", false)
	h.want(200, "PATCH", wire.UserPath("jane"), h.asAdmin(), body{"real_name": "Jane"}, "If-Match", "*")
	if e := l.change(); e.Verb != "user.update" || e.UserName != "jane" {
		t.Fatalf("%+v", e)
	}
}

func TestAStreamEndsWithItsCredential(t *testing.T) {
	h := start(t)
	h.account("acme")
	for name, end := range map[string]func(string){
		"revoked":  func(string) { h.want(200, "POST", wire.UserPath("jane", "expire-tokens"), h.asAdmin(), nil) },
		"disabled": func(string) { h.want(200, "POST", wire.UserPath("jane", "disable"), h.asAdmin(), nil, "If-Match", "*") },
		"deleted":  func(string) { h.want(204, "DELETE", wire.UserPath("jane"), h.asAdmin(), nil, "If-Match", "*") },
		"left":     func(s string) { h.want(204, "DELETE", wire.PathSession, s, nil) },
	} {
		session := h.user("jane", "acme", false)
		l := h.listen(t, session, "")
		end(session)
		kind, _, data := l.next()
		if kind == wire.StreamChange {
			kind, _, data = l.next() // one's own end may still be told, nothing after it
		}
		if kind != wire.StreamEnd || !strings.Contains(data, "credential_ended") {
			t.Errorf("%s: %s %s", name, kind, data)
		}
		if kind, _, _ := l.next(); kind != "" {
			t.Errorf("%s: %s follows the end", name, kind)
		}
		h.do("DELETE", wire.UserPath("jane"), h.asAdmin(), nil, "If-Match", "*")
	}
}

func TestStreamsEndAtShutdown(t *testing.T) {
	h := start(t)
	l := h.listen(t, h.asAdmin(), "")
	done := make(chan struct{})
	go func() { h.stop(); close(done) }()
	if kind, _, data := l.next(); kind != wire.StreamEnd || !strings.Contains(data, "shutting_down") {
		t.Errorf("%s %s", kind, data)
	}
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("the server does not stop")
	}
}

func TestTheAuditLogTellsWhoDidWhat(t *testing.T) {
	h := start(t)
	h.account("acme")
	session := h.user("jane", "acme", false)
	a := h.want(200, "PATCH", wire.UserPath("jane"), session, body{"real_name": "Jane"}, "If-Match", "*", "User-Agent", "probe\u00851/"+strings.Repeat("é", 200))
	var page wire.Page[wire.Event]
	h.want(200, "GET", wire.PathAudit+"?page_size=1", h.asAdmin(), nil).into(t, &page)
	e := page.Items[0]
	if e.Verb != "user.update" || e.Result != wire.EventDone || e.Actor != "jane" || e.ActorToken != session[:wire.PrefixLen] ||
		e.IP != "127.0.0.1" || e.Target != "jane" || e.Account != "acme" || e.RequestID != a.header.Get(wire.HeaderRequestID) ||
		string(e.Before) != `{"real_name":""}` || string(e.After) != `{"real_name":"Jane"}` {
		t.Errorf("%+v", e)
	}
	if len(e.Agent) > 256 || !strings.HasPrefix(e.Agent, "probe1/éé") {
		t.Errorf("agent %q", e.Agent)
	}
	h.want(403, "DELETE", wire.UserPath("jane"), session, nil, "If-Match", "*")
	h.want(200, "GET", wire.PathAudit+"?page_size=1", h.asAdmin(), nil).into(t, &page)
	if e := page.Items[0]; e.Result != wire.EventRefused || e.Reason != wire.CodeForbidden || e.Verb != "user.delete" || e.Target != "jane" {
		t.Errorf("the refusal is told as %+v", e)
	}
	// A change that changes nothing is none.
	last := h.srv.store.LastEvent()
	h.want(200, "POST", wire.UserPath("jane", "enable"), h.asAdmin(), nil)
	if h.srv.store.LastEvent() != last {
		t.Error("enabling an active user was recorded")
	}
}

func TestTamperingWithTheAuditLogIsFound(t *testing.T) {
	h := start(t)
	for i := range 20 {
		h.account(fmt.Sprintf("account%d", i))
	}
	if bad, err := h.srv.VerifyAudit(context.Background()); bad != 0 || err != nil {
		t.Fatalf("%d, %v", bad, err)
	}
	db, err := sql.Open("sqlite", h.cfg.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE events SET actor = 'somebody' WHERE id = 9`); err == nil {
		t.Error("an event could be changed")
	}
	if _, err := db.Exec(`DELETE FROM events WHERE id = 9`); err == nil {
		t.Error("an event could be removed")
	}
	for i, tamper := range []string{
		`UPDATE events SET actor = 'somebody' WHERE id = 17`,
		`DELETE FROM events WHERE id = 9`,
	} {
		for _, trigger := range []string{"events_are_not_changed", "events_are_not_removed"} {
			if _, err := db.Exec(`DROP TRIGGER IF EXISTS ` + trigger); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Exec(tamper); err != nil {
			t.Fatal(err)
		}
		want := []int64{17, 10}[i]
		if bad, err := h.srv.VerifyAudit(context.Background()); bad != want || err != nil {
			t.Errorf("%s: found at %d, %v; want %d", tamper, bad, err, want)
		}
	}
}
