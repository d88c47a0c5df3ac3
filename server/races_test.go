package server

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

// No request that starts after the answer to a revocation gets through.
func TestARevokedTokenIsDeadAtOnce(t *testing.T) {
	h := start(t)
	admin := h.asAdmin()
	for range count(25, 1000) {
		secret, tok := h.token(admin, wire.CreateToken{})
		last := make([]time.Time, 8) // when the last success of each client started
		stop := make(chan struct{})
		var wg sync.WaitGroup
		var ready sync.WaitGroup
		ready.Add(len(last))
		for i := range last {
			wg.Go(func() {
				for first := true; ; first = false {
					begun := time.Now()
					a, err := h.try("GET", wire.PathSession, secret, nil)
					if err != nil {
						t.Error(err)
					} else if a.status == http.StatusOK {
						last[i] = begun
					}
					if first {
						ready.Done()
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		ready.Wait()
		h.want(200, "DELETE", wire.TokenPath(tok.Prefix), admin, nil)
		revoked := time.Now()
		h.want(401, "GET", wire.PathSession, secret, nil)
		close(stop)
		wg.Wait()
		for _, begun := range last {
			if begun.After(revoked) {
				t.Fatalf("a request that started %v after the answer got through", begun.Sub(revoked))
			}
		}
	}
}

// loot is what an attacker gathers while a user is being shut out.
type loot struct {
	mu      sync.Mutex
	secrets []string
}

func (l *loot) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.secrets = append(l.secrets, s)
}

// Once a user or an account is disabled, nothing works that was given out
// before or meanwhile.
func TestDisablingWinsEveryRace(t *testing.T) {
	h := start(t)
	for round := range count(12, 1000) {
		account := fmt.Sprintf("account%d", round)
		h.account(account)
		h.makeUser("user"+account, account, false)
		var invited wire.UserCreated
		h.want(201, "POST", wire.PathUsers, h.asAdmin(), wire.CreateUser{Name: "new" + account, Account: account}).into(t, &invited)
		invitation, err := wire.ParseRegistration(invited.Registration.Secret)
		if err != nil {
			t.Fatal(err)
		}
		session := h.signIn("user"+account, userPassword)
		l := &loot{secrets: []string{session}}
		wholeAccount := round%2 == 0
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() { l.attack(t, h, i, "user"+account, session, invitation.Token.Reveal(), wholeAccount) })
		}
		if wholeAccount {
			h.want(200, "POST", wire.AccountPath(account, "disable"), h.asAdmin(), nil, "If-Match", "*")
		} else {
			h.want(200, "POST", wire.UserPath("user"+account, "disable"), h.asAdmin(), nil, "If-Match", "*")
		}
		wg.Wait()
		for _, s := range l.secrets {
			h.want(401, "GET", wire.PathSession, s, nil)
		}
		for _, name := range []string{"user" + account, "new" + account} {
			a := h.do("POST", wire.PathSession, "", body{"user_name": name, "password": userPassword})
			if a.status == 201 && (wholeAccount || name == "user"+account) {
				t.Fatalf("%s signed in after disabling", name)
			}
		}
		h.clock.add(3 * time.Hour) // the throttle forgets
		h.admin = ""
	}
}

func (l *loot) attack(t *testing.T, h *host, i int, user, session, registration string, redeems bool) {
	switch i % 4 {
	case 0:
		var out wire.SignedIn
		if a, err := h.try("POST", wire.PathSession, "", body{"user_name": user, "password": userPassword}); err != nil {
			t.Error(err)
		} else if a.status == 201 {
			a.into(t, &out)
			l.add(out.Token.Reveal())
		}
	case 1:
		var out wire.TokenCreated
		if a, err := h.try("POST", wire.PathTokens, session, wire.CreateToken{}); err != nil {
			t.Error(err)
		} else if a.status == 201 {
			a.into(t, &out)
			l.add(out.Token.Reveal())
		}
	case 2:
		if _, err := h.try("GET", wire.PathSession, session, nil); err != nil {
			t.Error(err)
		}
	case 3:
		if !redeems {
			return
		}
		if _, err := h.try("POST", wire.PathRedeem, "", body{"token": registration, "password": userPassword}); err != nil {
			t.Error(err)
		}
	}
}

// However admins take each other away at once, one stays who can sign in.
func TestTheLastAdminStays(t *testing.T) {
	h := start(t)
	h.account("acme")
	const n = 5
	for round := range count(15, 2000) {
		var sessions, names []string
		for i := range n {
			names = append(names, fmt.Sprintf("admin%d-%d", round, i))
			sessions = append(sessions, h.user(names[i], "acme", true))
		}
		// The first admin goes first, so that those of this round are alone.
		if round == 0 {
			h.want(200, "POST", wire.UserPath("admin", "disable"), sessions[0], nil, "If-Match", "*")
		}
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() { takeAway(t, h, sessions[i], names[(i+1)%n], round+i) })
			wg.Go(func() { takeAway(t, h, sessions[i], names[i], round+i+1) }) // and oneself
		}
		wg.Wait()
		left := usableAdmins(t, h)
		if len(left) == 0 {
			t.Fatal("no admin is left")
		}
		// Set the stage for the next round: its admins are made by a survivor.
		h.admin = h.signIn(left[0], userPassword)
		for _, name := range left[1:] {
			h.want(204, "DELETE", wire.UserPath(name), h.admin, nil, "If-Match", "*")
		}
		h.refused(409, wire.CodeLastAdmin, "DELETE", wire.UserPath(left[0]), h.admin, nil, "If-Match", "*")
	}
}

func takeAway(t *testing.T, h *host, session, name string, how int) {
	var a answer
	var err error
	switch how % 4 {
	case 0:
		a, err = h.try("DELETE", wire.UserPath(name), session, nil, "If-Match", "*")
	case 1:
		a, err = h.try("POST", wire.UserPath(name, "disable"), session, nil, "If-Match", "*")
	case 2:
		a, err = h.try("PATCH", wire.UserPath(name), session, body{"admin": false}, "If-Match", "*")
	case 3:
		a, err = h.try("POST", wire.UserPath(name, "reset"), session, nil)
	}
	switch {
	case err != nil:
		t.Error(err)
	case a.status < 300, a.status == 401, a.status == 403, a.status == 404: // done, or the actor himself was taken away, or the target is gone
	case a.status == 409 && (a.problem().Code == wire.CodeLastAdmin || a.problem().Code == wire.CodeStateConflict):
	default:
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func usableAdmins(t *testing.T, h *host) []string {
	t.Helper()
	rows, err := h.srv.store.Rows(context.Background(), `SELECT u.name FROM users u JOIN accounts a ON a.id = u.account_id
		WHERE u.admin = 1 AND u.state = 'active' AND a.state = 'enabled' AND u.password_hash <> ''`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	return out
}

// A registration string is good once, however many redeem it together.
func TestARegistrationIsRedeemedOnce(t *testing.T) {
	h := start(t)
	h.account("acme")
	for round := range count(10, 1000) {
		name := fmt.Sprintf("new%d", round)
		var invited wire.UserCreated
		h.want(201, "POST", wire.PathUsers, h.asAdmin(), wire.CreateUser{Name: name, Account: "acme"}).into(t, &invited)
		first := invitationToken(t, invited)
		h.want(200, "POST", wire.UserPath(name, "reset"), h.asAdmin(), nil).into(t, &invited)
		h.refused(410, wire.CodeRegistrationGone, "POST", wire.PathRedeem, "", body{"token": first, "password": userPassword})
		token := invitationToken(t, invited)
		var wg sync.WaitGroup
		statuses := make([]int, 64)
		for i := range statuses {
			wg.Go(func() {
				a, err := h.try("POST", wire.PathRedeem, "", body{"token": token, "password": fmt.Sprintf("%s number %d", userPassword, i)})
				if err != nil {
					t.Error(err)
				}
				statuses[i] = a.status
			})
		}
		wg.Wait()
		winner := -1
		for i, status := range statuses {
			if status == 200 {
				if winner >= 0 {
					t.Fatal("redeemed twice")
				}
				winner = i
			} else if status != 410 && status != 429 {
				t.Fatalf("a loser got %d", status)
			}
		}
		if winner < 0 {
			t.Fatal("nobody could redeem")
		}
		h.clock.add(3 * time.Hour) // what failed is forgotten
		h.admin = ""
		h.signIn(name, fmt.Sprintf("%s number %d", userPassword, winner))
	}
}

func invitationToken(t *testing.T, in wire.UserCreated) string {
	t.Helper()
	r, err := wire.ParseRegistration(in.Registration.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return r.Token.Reveal()
}

func TestARegistrationExpires(t *testing.T) {
	h := start(t)
	h.account("acme")
	var invited wire.UserCreated
	h.want(201, "POST", wire.PathUsers, h.asAdmin(), wire.CreateUser{Name: "new", Account: "acme"}).into(t, &invited)
	r, err := wire.ParseRegistration(invited.Registration.Secret)
	if err != nil || r.UserName != "new" || len(r.Servers) != 1 || r.Servers[0] != h.url || !r.Expires.Equal(*invited.Expires) {
		t.Fatalf("%+v, %v", r, err)
	}
	h.clock.add(r.Expires.Sub(h.clock.now()) - time.Second)
	h.refused(422, wire.CodeInvalid, "POST", wire.PathRedeem, "", body{"token": r.Token.Reveal(), "password": "short"})
	h.clock.add(time.Second)
	h.refused(410, wire.CodeRegistrationGone, "POST", wire.PathRedeem, "", body{"token": r.Token.Reveal(), "password": userPassword})
}
