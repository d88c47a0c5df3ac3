package server

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/apiclient/gatehouse/wire"
)

// modelAccount is what the model knows of an account.
type modelAccount struct {
	state string
	users map[string]string // name to token
}

// lifecycle drives accounts in random order and compares with a model.
type lifecycle struct {
	h        *host
	run      int
	made     int
	accounts map[string]*modelAccount
	dead     []string // tokens that went with an account
}

func (l *lifecycle) pick(t *rapid.T) (string, *modelAccount) {
	if len(l.accounts) == 0 {
		t.Skip("no account yet")
	}
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(l.accounts))).Draw(t, "account")
	return name, l.accounts[name]
}

// want insists on a status within a run of rapid.
func (l *lifecycle) want(t *rapid.T, status int, method, path string, in any, headers ...string) answer {
	a, err := l.h.try(method, path, l.h.admin, in, headers...)
	if err != nil {
		t.Fatal(err)
	}
	if a.status != status {
		t.Fatalf("%s %s: got %d, want %d: %s", method, path, a.status, status, a.body)
	}
	return a
}

func (l *lifecycle) create(t *rapid.T) {
	l.made++
	name := fmt.Sprintf("run%d.%d", l.run, l.made)
	l.want(t, 201, "POST", wire.PathAccounts, wire.CreateAccount{Name: name})
	l.accounts[name] = &modelAccount{state: wire.AccountEnabled, users: map[string]string{}}
}

func (l *lifecycle) createTwice(t *rapid.T) {
	name, _ := l.pick(t)
	l.want(t, 409, "POST", wire.PathAccounts, wire.CreateAccount{Name: name})
}

func (l *lifecycle) enable(t *rapid.T) {
	name, a := l.pick(t)
	if a.state == wire.AccountDeleting {
		l.want(t, 409, "POST", wire.AccountPath(name, "enable"), nil)
		return
	}
	l.want(t, 200, "POST", wire.AccountPath(name, "enable"), nil)
	a.state = wire.AccountEnabled
}

func (l *lifecycle) disable(t *rapid.T) {
	name, a := l.pick(t)
	if a.state == wire.AccountDeleting {
		l.want(t, 409, "POST", wire.AccountPath(name, "disable"), nil, "If-Match", "*")
		return
	}
	l.want(t, 200, "POST", wire.AccountPath(name, "disable"), nil, "If-Match", "*")
	a.state = wire.AccountDisabled
}

func (l *lifecycle) delete(t *rapid.T) {
	name, a := l.pick(t)
	if a.state == wire.AccountEnabled {
		p := l.want(t, 409, "DELETE", wire.AccountPath(name), nil, "If-Match", "*").problem()
		if p.Code != wire.CodeStateConflict || p.From != wire.AccountEnabled || p.To != wire.AccountDeleting || p.First == "" {
			t.Fatalf("the refusal does not tell the states: %+v", p)
		}
		return
	}
	l.want(t, 202, "DELETE", wire.AccountPath(name), nil, "If-Match", "*")
	a.state = wire.AccountDeleting
	for _, token := range a.users {
		l.dead = append(l.dead, token)
	}
	clear(a.users)
}

func (l *lifecycle) createUser(t *rapid.T) {
	name, a := l.pick(t)
	l.made++
	user := fmt.Sprintf("user%d.%d", l.run, l.made)
	if a.state == wire.AccountDeleting {
		l.want(t, 409, "POST", wire.PathUsers, wire.CreateUser{Name: user, Account: name})
		return
	}
	password := wire.Carry(wire.NewSecret(userPassword))
	l.want(t, 201, "POST", wire.PathUsers, wire.CreateUser{Name: user, Account: name, Password: &password})
	a.users[user] = ""
}

func (l *lifecycle) createToken(t *rapid.T) {
	_, a := l.pick(t)
	if len(a.users) == 0 {
		t.Skip("no user")
	}
	user := rapid.SampledFrom(slices.Sorted(maps.Keys(a.users))).Draw(t, "user")
	if a.state != wire.AccountEnabled {
		l.want(t, 409, "POST", wire.PathTokens, wire.CreateToken{UserName: user})
		return
	}
	var out wire.TokenCreated
	l.want(t, 201, "POST", wire.PathTokens, wire.CreateToken{UserName: user}).into(l.h.t, &out)
	a.users[user] = out.Token.Reveal()
}

func (l *lifecycle) reap(t *rapid.T) {
	if err := l.h.srv.dir.Reap(context.Background()); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(l.accounts, func(_ string, a *modelAccount) bool { return a.state == wire.AccountDeleting })
}

func (l *lifecycle) use(t *rapid.T) {
	_, a := l.pick(t)
	for user, token := range a.users {
		if token == "" {
			continue
		}
		want := 401
		if a.state == wire.AccountEnabled {
			want = 200
		}
		if got, err := l.h.try("GET", wire.UserPath(user), token, nil); err != nil || got.status != want {
			t.Fatalf("a token of an account that is %s gave %d, %v", a.state, got.status, err)
		}
	}
	for _, token := range l.dead {
		if got, err := l.h.try("GET", wire.PathSession, token, nil); err != nil || got.status != 401 {
			t.Fatalf("a token of a deleted account gave %d, %v", got.status, err)
		}
	}
}

// check compares what the server shows with the model.
func (l *lifecycle) check(t *rapid.T) {
	for name, model := range l.accounts {
		var got wire.Account
		l.want(t, 200, "GET", wire.AccountPath(name), nil).into(l.h.t, &got)
		if got.State != model.state || got.Users != len(model.users) || got.DeleteTakes.Users != len(model.users) {
			t.Fatalf("%s: the server shows %s with %d users, the model has %s with %d",
				name, got.State, got.Users, model.state, len(model.users))
		}
	}
}

func TestAccountsLiveAsTheModelSays(t *testing.T) {
	t.Parallel()
	h := start(t, withoutReaper())
	h.asAdmin()
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set(strconv.Itoa(count(15, 100))); err != nil {
			t.Fatal(err)
		}
	}
	run := 0
	for range count(1, 200) {
		rapid.Check(t, func(t *rapid.T) {
			run++
			l := &lifecycle{h: h, run: run, accounts: map[string]*modelAccount{}}
			t.Repeat(map[string]func(*rapid.T){
				"": l.check, "create": l.create, "create twice": l.createTwice, "enable": l.enable, "disable": l.disable,
				"delete": l.delete, "create user": l.createUser, "create token": l.createToken, "reap": l.reap, "use": l.use,
			})
			l.reap(t)
		})
	}
}

// A process that dies after an account was deleted, and before the reaper ran,
// leaves an account that is deleting; the next start finishes it.
func TestTheReaperFinishesAfterACrash(t *testing.T) {
	h := start(t, withoutReaper())
	h.account("acme")
	jane := h.user("jane", "acme", false)
	h.want(200, "POST", wire.AccountPath("acme", "disable"), h.asAdmin(), nil, "If-Match", "*")
	var a wire.Account
	h.want(202, "DELETE", wire.AccountPath("acme"), h.asAdmin(), nil, "If-Match", h.version(wire.AccountPath("acme"))).into(t, &a)
	if a.State != wire.AccountDeleting || a.Users != 0 {
		t.Fatalf("%+v", a)
	}
	h.want(401, "GET", wire.PathSession, jane, nil)
	h.want(404, "GET", wire.UserPath("jane"), h.asAdmin(), nil)
	h.refused(409, wire.CodeConflict, "POST", wire.PathAccounts, h.asAdmin(), wire.CreateAccount{Name: "acme"})
	h.stop()

	again := start(t, withFile(h.cfg.Database))
	changed := again.srv.store.Changed()
	for {
		if a := again.do("GET", wire.AccountPath("acme"), again.asAdmin(), nil); a.status == 404 {
			break
		}
		<-changed
		changed = again.srv.store.Changed()
	}
	again.account("acme")
	var events wire.Page[wire.Event]
	again.want(200, "GET", wire.PathAudit+"?filter=verb:=account.gone", again.asAdmin(), nil).into(t, &events)
	if events.Total != 1 || events.Items[0].Actor != "system" || events.Items[0].Target != "acme" {
		t.Errorf("%+v", events)
	}
}
