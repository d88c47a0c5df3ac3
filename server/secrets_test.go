package server

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gatehouse/apiclient/gatehouse/wire"
)

// log collects what a server logs.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}

const windowLen = 16

// windows are all pieces of 16 bytes of the secrets.
type windows map[[windowLen]byte]bool

func (w windows) add(secret string) {
	for i := 0; i+windowLen <= len(secret); i++ {
		w[[windowLen]byte([]byte(secret[i:i+windowLen]))] = true
	}
}

func (w windows) hits(data []byte) int {
	n := 0
	for i := 0; i+windowLen <= len(data); i++ {
		if w[[windowLen]byte(data[i:i+windowLen])] {
			n++
		}
	}
	return n
}

// dump reads the database, what SQLite keeps beside it, and a backup.
func dump(t *testing.T, h *host) []byte {
	t.Helper()
	backup := filepath.Join(t.TempDir(), "backup.db")
	db, err := sql.Open("sqlite", h.cfg.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`VACUUM INTO ?`, backup); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(h.cfg.Database + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %v, %v; expected the database and its log", files, err)
	}
	var all []byte
	for _, f := range append(files, backup) {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, raw...)
	}
	return all
}

// Secrets are stored as hashes only: no piece of one is in the database, its
// write-ahead log, a backup or the log.
func TestNoSecretIsStoredOrLogged(t *testing.T) {
	var out log
	h := start(t, withLog(&out))
	h.account("acme")
	secret := windows{}
	for i := range count(100, 1000) {
		name := fmt.Sprintf("user%d", i)
		var made wire.UserCreated
		h.want(201, "POST", wire.PathUsers, h.asAdmin(), wire.CreateUser{Name: name, Account: "acme"},
			"Idempotency-Key", fmt.Sprintf("invite-%08d", i)).into(t, &made)
		invitation, err := wire.ParseRegistration(made.Registration.Secret)
		if err != nil {
			t.Fatal(err)
		}
		password := fmt.Sprintf("pw %d %s", i, invitation.Token.Reveal()[20:40])
		redeem(t, h, invitation.Token.Reveal(), password)
		session := h.signIn(name, password)
		var token wire.TokenCreated
		h.want(201, "POST", wire.PathTokens, session, wire.CreateToken{}, "Idempotency-Key", fmt.Sprintf("token-%08d", i)).into(t, &token)
		h.want(200, "GET", wire.PathSession, token.Token.Reveal(), nil)
		h.want(200, "POST", wire.PathRevoke, session, body{"token": token.Token.Reveal()}, "Idempotency-Key", fmt.Sprintf("revoke-%08d", i))
		secret.add(password)
		secret.add(made.Registration.Reveal()[len(wire.RegistrationBrand)+140:]) // before it stands what is public: server, user
		for _, s := range []string{invitation.Token.Reveal(), session, token.Token.Reveal()} {
			secret.add(s[wire.PrefixLen:])
		}
	}
	secret.add(adminPassword)
	if secret.hits([]byte("…"+adminPassword)) != len(adminPassword)-windowLen+1 {
		t.Fatal("the search does not find what is there")
	}
	stored := dump(t, h)
	if !bytes.Contains(stored, []byte("user99")) {
		t.Fatal("the dump does not hold what it should")
	}
	if n := secret.hits(stored); n > 0 {
		t.Errorf("%d pieces of secrets are in the database", n)
	}
	if n := secret.hits(out.bytes()); n > 0 || len(out.bytes()) == 0 {
		t.Errorf("%d pieces of secrets are in %d bytes of log", n, len(out.bytes()))
	}
}

func redeem(t *testing.T, h *host, token, password string) {
	t.Helper()
	h.want(200, "POST", wire.PathRedeem, "", body{"token": token, "password": password})
}

// A secret is in one answer, and in no other, whatever is read afterwards.
func TestASecretIsShownOnce(t *testing.T) {
	h := start(t)
	h.account("acme")
	key := []string{"Idempotency-Key", "a-key-for-this-token"}
	a := h.want(201, "POST", wire.PathTokens, h.asAdmin(), wire.CreateToken{Description: "x"}, key...)
	var made wire.TokenCreated
	a.into(t, &made)
	var invited wire.UserCreated
	h.want(201, "POST", wire.PathUsers, h.asAdmin(), wire.CreateUser{Name: "kim", Account: "acme"}).into(t, &invited)
	if strings.Count(string(a.body), made.Token.Reveal()) != 1 || a.header.Get("Cache-Control") != "no-store" {
		t.Fatal("the answer does not show the secret once, or may be stored")
	}
	secret := windows{}
	secret.add(made.Token.Reveal()[wire.PrefixLen:])
	secret.add(invited.Registration.Reveal()[len(wire.RegistrationBrand)+140:])

	replayed := h.want(201, "POST", wire.PathTokens, h.asAdmin(), wire.CreateToken{Description: "x"}, key...)
	if secret.hits(replayed.body) > 0 {
		t.Error("the replayed answer repeats the secret")
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	h.want(200, "GET", wire.PathOpenAPI, "", nil).into(t, &doc)
	tried := 0
	for path, methods := range doc.Paths {
		if _, reads := methods["get"]; !reads || path == wire.PathEvents {
			continue
		}
		name := map[bool]string{true: "kim", false: "acme"}[strings.HasPrefix(path, wire.PathUsers)]
		path = strings.NewReplacer("{name}", name, "{prefix}", made.Record.Prefix).Replace(path)
		for _, accept := range []string{wire.TypeJSON, wire.TypeNDJSON} {
			for _, query := range []string{"", "?filter=kind:registration"} {
				if query != "" && path != wire.PathTokens {
					continue
				}
				if got := h.want(200, "GET", path+query, h.asAdmin(), nil, "Accept", accept); secret.hits(got.body) > 0 {
					t.Errorf("GET %s shows a secret", path)
				}
				tried++
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d reads were tried", tried)
	}
}

// Canaries in every place where a secret can stand, and in places where it
// does not belong, come out nowhere: no error answer, log, audit event or
// database holds one.
func TestCanariesStayInside(t *testing.T) {
	var out log
	h := start(t, withLog(&out))
	h.account("acme")
	jane := h.user("jane", "acme", false)
	n := 0
	canary := func() string { n++; return fmt.Sprintf("Canary%04dSings0%04d", n, n) }
	var answers bytes.Buffer
	send := func(method, path, token string, in any, headers ...string) {
		a := h.do(method, path, token, in, headers...)
		answers.Write(a.body)
		fmt.Fprint(&answers, a.header)
	}
	good := "gthp_" + strings.Repeat("A", 50)
	for _, as := range []string{"", jane, h.asAdmin()} {
		send("POST", wire.PathSession, as, body{"user_name": "jane", "password": canary()})
		send("POST", wire.PathSession, as, body{"user_name": canary() + " " + canary(), "password": canary()})
		send("POST", wire.PathSession, as, body{"user_name": "jane", "password": []string{canary()}})
		send("POST", wire.PathSession, as, body{"user_name": "jane", "password": canary(), canary(): canary()})
		send("POST", wire.PathSession, as, `{"user_name":"jane","password":"`+canary()+`"`)
		send("POST", wire.PathSession, as, canary())
		send("POST", wire.PathSession, as, body{"password": canary()}, "Content-Type", "application/"+canary())
		send("POST", wire.PathRedeem, as, body{"token": canary(), "password": canary()})
		send("POST", wire.PathRedeem, as, body{"token": strings.Repeat(canary(), 20), "password": canary()})
		send("POST", wire.PathUsers, as, body{"user_name": "x" + fmt.Sprint(n), "account": "acme", "password": canary()[:14]})
		send("POST", wire.PathUsers, as, body{"user_name": "x" + fmt.Sprint(n), "account": "acme", "password": canary()})
		send("POST", wire.PathUsers, as, body{"user_name": canary() + "!", "account": canary(), "password": strings.Repeat(canary(), 400)})
		send("PUT", wire.UserPath("jane", "password"), as, body{"password": canary(), "old_password": canary()})
		send("PUT", wire.UserPath("jane", "password"), as, body{"password": canary() + "\xff"})
		send("POST", wire.PathRevoke, as, body{"token": canary()})
		send("POST", wire.PathRevoke, as, body{"prefixes": []string{canary(), good}})
		send("POST", wire.PathTokens, as, body{"max_age_seconds": canary()})
		send("GET", wire.PathUsers+"?filter="+canary()+":x&order_by="+canary(), as, nil)
		send("GET", wire.PathUsers+"?"+canary()+"="+canary(), as, nil)
		send("GET", wire.PathUsers+"?page_token="+canary()+"&page_size="+canary(), as, nil)
		send("GET", wire.UserPath(canary()), as, nil)
		send("DELETE", wire.UserPath(canary()), as, nil, "If-Match", `"1"`)
		send("PATCH", wire.AccountPath(canary()), as, body{"email": canary()}, "If-Match", canary())
		send("POST", wire.PathTokens, as, body{}, "Idempotency-Key", canary()+"{}")
		send("GET", wire.PathEvents, as, nil, "Last-Event-ID", canary()[:18])
		send("GET", "/"+canary(), as, nil)
		send("GET", wire.PathSession, canary(), nil, "Cookie", "session="+canary(), "X-Request-Id", canary(), "X-Forwarded-For", canary())
		send("GET", wire.PathSession, "", nil, "Authorization", canary()+" "+canary())
	}
	stored := append(dump(t, h), out.bytes()...)
	stored = append(stored, h.want(200, "GET", wire.PathAudit+"?page_size=5000", h.asAdmin(), nil).body...)
	for where, text := range map[string][]byte{"an answer": answers.Bytes(), "database, log or audit": stored} {
		lower := bytes.ToLower(text)
		if at := bytes.Index(lower, []byte("canary0")); at >= 0 {
			t.Errorf("%s holds a canary: …%s…", where, text[max(0, at-120):min(len(text), at+60)])
		}
	}
	if n < 100 {
		t.Errorf("only %d canaries were sent", n)
	}
	if bad, err := h.srv.VerifyAudit(context.Background()); bad != 0 || err != nil {
		t.Errorf("the audit log does not verify: %d, %v", bad, err)
	}
}
