package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// scene is one picture: what is opened, and the keys that lead to it.
type scene struct {
	name  string
	w, h  int // 0: 120 by 36
	light bool
	play  func(*actor)

	// prepare is nil for scenes in a demo. The others play in a console that is
	// opened on a server; prepare says how.
	prepare func(*studio) (start, error)
}

// start is what a console is started with.
type start struct{ args, env []string }

// ready waits until a demo has all its data.
func ready(a *actor) *actor {
	return a.see("admin@admin", "Accounts 40", "Users 2,000", "Tokens 20,000")
}

func scenes() []scene {
	return append(append(lists(), boxes()...), places()...)
}

// lists are the five tabs and what one sees in them.
func lists() []scene {
	return []scene{
		{name: "accounts", play: func(a *actor) { ready(a).keys("j", "j", "j") }},
		{name: "users", play: func(a *actor) { users(a) }},
		{name: "tokens", play: func(a *actor) { tokens(a) }},
		{name: "access", play: func(a *actor) { ready(a).keys("4").see("grants") }},
		{name: "activity", play: func(a *actor) {
			ready(a).keys("5").see("newest 5,000", "WHAT").keys("G").see("account.create")
		}},
		{name: "inspect", play: func(a *actor) { tokens(a).keys("j", "j", "i").see("╭ token", "Owner") }},
		{name: "filter", play: func(a *actor) { users(a).keys("/").write("state:active seen:<7d -admin:yes kar").see(" of 2,000") }},
		{name: "marked", play: func(a *actor) {
			users(a).keys("j", "j", "space", "space", "j", "space", "j", "j", "space").see("4 marked")
		}},
		{name: "odd-texts", play: func(a *actor) {
			users(a).keys("/").write("account:odd-texts").keys("enter").see(" of 2,000").keys("s").see("sort by").keys("7", "s", "7").see("REAL NAME ▼").keys("g", "j")
		}},
		{name: "small", w: 80, h: 24, play: func(a *actor) { users(a) }},
		{name: "tiny", w: 40, h: 10, play: func(a *actor) { a.see("▸").keys("2").see("NAME", "ada.") }},
		{name: "wide", w: 180, h: 44, play: func(a *actor) { users(a).keys("j", "j", "j", "j") }},
		{name: "light", light: true, play: func(a *actor) { tokens(a).keys("j", "j", "j") }},
	}
}

// users and tokens are lists that have come completely.
func users(a *actor) *actor { return ready(a).keys("2").see("LAST SEEN").see("2,000\n") }

// The tokens are sorted by their owners: the ages of the newest ones would
// change while one looks.
func tokens(a *actor) *actor {
	return ready(a).keys("3").see("TOKEN", "OWNER").see("20,000\n").keys("s").see("sort by").keys("2", "g").see("OWNER ▲", "ada.")
}

// boxes are what opens over a list.
func boxes() []scene {
	return []scene{
		{name: "create", play: func(a *actor) {
			users(a).keys("n").see("New user on").field("Account").write("lumen-optics").keys("tab").field("User name").write("jane.doe")
			a.field("Real name").write("Jane Doe").field("E-mail").write("jane.doe@")
		}},
		{name: "password", play: func(a *actor) {
			users(a).keys("j", "p").see("password").write("correct horse")
		}},
		{name: "reveal", play: func(a *actor) {
			tokens(a).keys("n").see("New token on").write("ada.lindqvist").field("Description").write("nightly backup").keys("ctrl+s").see("••••", "characters")
		}},
		{name: "confirm", play: func(a *actor) { ready(a).keys("j", "j", "j", "x").see("Disable account", "Press y") }},
		{name: "delete", play: func(a *actor) {
			ready(a).keys("j", "d").see("Delete account", "irreversible").read().write("backu")
		}},
		{name: "sheet", play: func(a *actor) {
			tokens(a).keys("space", "space", "space", "space", "space", "space", "space").see("7 marked").keys("r").see("Press y").read().keys("y").see("7 of 7")
		}},
		{name: "palette", play: func(a *actor) { users(a).keys(":").see("choose").write("pas") }},
		{name: "help", play: func(a *actor) { users(a).keys("?").see("find:") }},
	}
}

// places are other servers, and what it is like when one is not there.
func places() []scene {
	return []scene{
		{name: "sign-in", prepare: func(s *studio) (start, error) {
			return start{args: []string{"--server", s.url(), "--user", "admin"}}, nil
		}, play: func(a *actor) { a.see("Sign in to", "Password") }},
		{name: "contexts", prepare: contexts, play: func(a *actor) {
			a.see("admin@admin", "Tokens 20,000").keys("c").see("production", "WHERE").keys("j")
		}},
		{name: "offline", prepare: contexts, play: func(a *actor) {
			a.see("admin@admin", "Tokens 20,000").keys("2").see("2,000\n")
			a.studio.close()
			a.see("offline")
		}},
	}
}

// contexts names some systems; the console begins on the first, which is there.
func contexts(s *studio) (start, error) {
	path := filepath.Join(s.dir, "config.yaml")
	env := []string{"GATEHOUSE_CONFIG=" + path}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return start{}, err
	}
	for _, args := range [][]string{
		{"production", "--url", s.url(), "--user", "admin", "--credential-file", s.tokenFile(), "--protected", "--colour", "red"},
		{"staging", "--url", "https://gatehouse.staging.example", "--user", "kim", "--credential", "keyring", "--colour", "yellow"},
		{"scanner", "--driver", "anchore", "--url", "https://anchore.example/v2", "--user", "admin", "--credential", "keyring"},
		{"storage", "--driver", "ais", "--url", "https://authn.storage.example:52001", "--credential", "command", "--credential-command", "ais-login"},
		{"cloud", "--driver", "aiven", "--url", "https://api.aiven.io", "--credential-env", "AIVEN_TOKEN", "--writes", "locked"},
		{"genomes", "--driver", "arvados", "--url", "https://arvados.example", "--credential", "keyring", "--colour", "cyan"},
		{"models", "--driver", "juju", "--url", "https://juju.example:17070", "--user", "admin"},
	} {
		if err := s.run(env, append([]string{"context", "add"}, args...)...); err != nil {
			return start{}, fmt.Errorf("contexts: %w", err)
		}
	}
	return start{env: env}, nil
}
