package aiventest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"time"
)

type data struct {
	users    []*user
	orgs     []*organization
	accounts []*account
	projects []*project
	number   int64 // of the last event
	ids      int
}

type user struct {
	id, email, name string
	password, otp   string // password "": single sign-on
	state           string
	managing        string // organization
	scim, app       bool
	city, country   string
	department, job string
	created, seen   time.Time
	validFrom       time.Time // tokens made before it are void
	tokens          []*token
}

type token struct {
	full, prefix, description  string
	created, expires, lastUsed time.Time
	manual, extend             bool
	maxAge                     float64
	ip, agent                  string
	allow, scopes              []string
}

type organization struct {
	id, name, root, tier string
	created, updated     time.Time
	members              []*member
	invitations          []*invitation
	events               []event
}

type member struct {
	user   *user
	super  bool
	joined time.Time
}

type invitation struct {
	email, by        string
	created, expires time.Time
}

type account struct {
	id, name, org, parent string
	created               time.Time
}

type project struct{ name, account, org string }

type event struct {
	number                    int64
	at                        time.Time
	actor, actorID, kind, say string
}

func (s *Server) id(kind string) string {
	s.ids++
	return fmt.Sprintf("%s%011x", kind, 0x3f1a9c5e7+s.ids*7919)
}

func (s *Server) newUser(email, name, password string) *user {
	u := &user{
		id: s.id("u"), email: email, name: name, password: password, state: "active",
		created: s.now().Add(-400 * 24 * time.Hour), validFrom: s.now().Add(-400 * 24 * time.Hour),
	}
	s.users = append(s.users, u)
	return u
}

func (s *Server) newOrganization(name string) *organization {
	a := &account{id: s.id("a"), name: name, created: s.now().Add(-500 * 24 * time.Hour)}
	o := &organization{id: s.id("org"), name: name, root: a.id, tier: "business", created: a.created, updated: a.created}
	a.org = o.id
	s.accounts = append(s.accounts, a)
	s.orgs = append(s.orgs, o)
	return o
}

func (s *Server) join(o *organization, u *user, super bool) *member {
	m := &member{user: u, super: super, joined: s.now().Add(-300 * 24 * time.Hour)}
	o.members = append(o.members, m)
	return m
}

func (s *Server) tell(o *organization, by *user, kind, say string) {
	s.number++
	e := event{number: s.number, at: s.now(), kind: kind, say: say}
	if by != nil {
		e.actor, e.actorID = by.email, by.id
	}
	o.events = append(o.events, e)
}

// mint makes a token. Some begin with what has to be escaped in a path.
func (s *Server) mint(u *user, description string, manual bool, maxAge float64, extend bool) *token {
	raw := make([]byte, 277)
	for i := range raw {
		raw[i] = byte(s.random.UintN(256))
	}
	full := base64.StdEncoding.EncodeToString(raw)
	if len(u.tokens)%3 == 0 {
		full = "+/" + full[2:]
	}
	t := &token{full: full, prefix: full[:12], description: description, created: s.now(), manual: manual, extend: extend, maxAge: maxAge}
	if maxAge > 0 {
		t.expires = t.created.Add(seconds(maxAge))
	}
	u.tokens = append(u.tokens, t)
	return t
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// live drops tokens that have expired: they just leave the lists.
func (s *Server) live(u *user) []*token {
	now := s.now()
	u.tokens = slices.DeleteFunc(u.tokens, func(t *token) bool {
		return !t.expires.IsZero() && !t.expires.After(now) || t.created.Before(u.validFrom)
	})
	return u.tokens
}

func (u *user) drop(prefix string) bool {
	before := len(u.tokens)
	u.tokens = slices.DeleteFunc(u.tokens, func(t *token) bool { return t.prefix == prefix })
	return len(u.tokens) < before
}

// expire ends all tokens and moves since when they are valid.
func (s *Server) expire(u *user) {
	u.tokens, u.validFrom = nil, s.now()
}

func (s *Server) org(id string) *organization {
	for _, o := range s.orgs {
		if o.id == id {
			return o
		}
	}
	return nil
}

func (o *organization) member(id string) *member {
	for _, m := range o.members {
		if m.user.id == id {
			return m
		}
	}
	return nil
}

func (s *Server) byEmail(email string) *user {
	for _, u := range s.users {
		if u.email == email {
			return u
		}
	}
	return nil
}

// begin makes the organization and the people that every fake knows.
func (s *Server) begin() {
	o := s.newOrganization("Example Corp")
	jane := s.newUser(AdminEmail, "Jane Doe", AdminPassword)
	s.join(o, jane, true)
	jane.tokens = append(jane.tokens, &token{
		full: PersonalToken, prefix: PersonalToken[:12], description: "nightly backup", manual: true, created: s.now().Add(-30 * 24 * time.Hour),
	})
	otto := s.newUser(OTPEmail, "Otto Weiss", "second-factor-please")
	otto.otp, otto.managing = OTP, o.id
	s.join(o, otto, true)
	sam := s.newUser(SSOEmail, "Sam Single", "")
	sam.managing, sam.scim = o.id, true
	s.join(o, sam, false)
	kim := s.newUser("kim@example.com", "Kim Park", "kims-own-password")
	s.join(o, kim, false)
	s.mint(kim, "laptop", true, 86400*90, true)
	s.mint(otto, "terraform", true, 0, false)
	app := s.newUser("", "ci-runner", "")
	s.beApp(app)
	s.join(o, app, false)
	s.mint(app, "deploys", true, 86400*365, false)
	o.invitations = append(o.invitations, &invitation{email: "new+comer@example.com", by: AdminEmail, created: s.now().Add(-time.Hour), expires: s.now().Add(14 * 24 * time.Hour)})
	s.accounts = append(s.accounts, &account{id: s.id("a"), name: "Research", org: o.id, parent: o.root, created: s.now().Add(-90 * 24 * time.Hour)})
	s.projects = append(s.projects, &project{"prod-environment", o.root, o.id}, &project{"dev-sandbox", o.root, o.id})
	s.tell(o, jane, "user_invite", "Invited new+comer@example.com")
}

func (s *Server) beApp(u *user) {
	u.app = true
	u.email = "application-user-" + u.id + "@users.example.com"
}
