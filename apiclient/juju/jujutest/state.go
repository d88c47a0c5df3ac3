package jujutest

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Levels of access, from least to most.
var (
	controllerLevels = []string{"", "login", "superuser"}
	modelLevels      = []string{"", "read", "write", "admin"}
)

type user struct {
	name, display, by string
	created, seen     time.Time
	disabled, removed bool
	password          string
	key               []byte // 32 bytes while a registration is awaited
	access            string // to the controller
}

func (u *user) external() bool { return strings.Contains(u.name, "@") }

type model struct {
	name, uuid, owner string
	controller        bool
	created           time.Time
	machines          int
	access            map[string]string    // by user key
	seen              map[string]time.Time // by user key
}

// state is what the controller remembers.
type state struct {
	uuid    string
	release release
	users   []*user
	models  []*model
	logins  map[string]login // by the identifier of a macaroon
}

type login struct {
	user    string
	expires time.Time
}

func newState(password string, now time.Time, r release) state {
	s := state{uuid: newUUID(), release: r, logins: map[string]login{}}
	s.users = []*user{{name: Owner, by: Owner, created: now, password: password, access: "superuser"}}
	s.addModel("controller", Owner, now).controller = true
	return s
}

// key is how names are compared: before 4.x they are unique ignoring case.
func (s *state) key(name string) string {
	name = strings.TrimSuffix(name, "@local")
	if s.release.four() {
		return name
	}
	return strings.ToLower(name)
}

func (s *state) user(name string) *user {
	for _, u := range s.users {
		if !u.removed && s.key(u.name) == s.key(name) {
			return u
		}
	}
	return nil
}

// listed are the users that are not removed. Before 4.x they come by name; the
// newer store gives them as it finds them.
func (s *state) listed() []*user {
	var out []*user
	for _, u := range s.users {
		if !u.removed {
			out = append(out, u)
		}
	}
	if s.release.four() {
		slices.Reverse(out)
	} else {
		slices.SortFunc(out, func(a, b *user) int { return cmp.Compare(a.name, b.name) })
	}
	return out
}

func (s *state) model(uuid string) *model {
	for _, m := range s.models {
		if m.uuid == uuid {
			return m
		}
	}
	return nil
}

func (s *state) addModel(name, owner string, now time.Time) *model {
	m := &model{
		name: name, uuid: newUUID(), owner: owner, created: now,
		access: map[string]string{s.key(owner): "admin"}, seen: map[string]time.Time{},
	}
	s.models = append(s.models, m)
	return m
}

// accessTo is what somebody may do with a model; a superuser may do all.
func (s *state) accessTo(m *model, u *user) string {
	if u.access == "superuser" {
		return "admin"
	}
	return m.access[s.key(u.name)]
}

// namePattern is a local user name, as Juju's package names has it.
var namePattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9]$`)

// fullPattern is a name with or without a domain.
var fullPattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9](@[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9])?$`)

// userTag takes the name out of a tag; the first hyphen ends the kind.
func userTag(tag string) (string, *Error) {
	kind, id, ok := strings.Cut(tag, "-")
	if !ok || id == "" {
		return "", errorf("", "%q is not a valid tag", tag)
	}
	if kind != "user" || !fullPattern.MatchString(id) {
		return "", errorf("", "%q is not a valid user tag", tag)
	}
	return strings.TrimSuffix(id, "@local"), nil
}

func modelTag(tag string) (string, *Error) {
	id, ok := strings.CutPrefix(tag, "model-")
	if !ok || len(id) != 36 {
		return "", errorf("", "%q is not a valid model tag", tag)
	}
	return id, nil
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func randomWord() string { return rand.Text() }

func newKey() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return b
}
