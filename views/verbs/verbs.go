// Package verbs says which verbs can be started where: their keys, their names
// as people read them, and why one cannot be done just now. It also turns
// records into what a form starts with.
package verbs

import (
	"fmt"
	"slices"
	"strings"

	"gatehouse/apiclient"
)

// key is one row of the table of keys. Of several verbs of one kind the first
// that the system has gets the key; the others are in the palette.
type key struct {
	key   string
	place int // in the footer; 0: not there
	label string
	verbs []apiclient.Verb
}

func keys() []key {
	return []key{
		{"n", 2, "new", []apiclient.Verb{apiclient.AccountCreate, apiclient.UserCreate, apiclient.UserInvite, apiclient.TokenCreate, apiclient.RoleCreate, apiclient.GrantAdd}},
		{"e", 3, "edit", []apiclient.Verb{apiclient.AccountUpdate, apiclient.UserUpdate, apiclient.TokenUpdate, apiclient.RoleUpdate, apiclient.GrantUpdate}},
		{"x", 4, "disable", []apiclient.Verb{apiclient.AccountDisable, apiclient.UserDisable, apiclient.UserDeactivate, apiclient.UserUnsetup}},
		{"X", 0, "enable", []apiclient.Verb{apiclient.AccountEnable, apiclient.UserEnable, apiclient.UserActivate, apiclient.UserSetup}},
		{"d", 5, "delete", []apiclient.Verb{apiclient.AccountDelete, apiclient.UserDelete, apiclient.UserRemove, apiclient.RoleDelete, apiclient.GrantRemove}},
		{"p", 0, "password", []apiclient.Verb{apiclient.UserSetPassword}},
		{"N", 0, "new registration string", []apiclient.Verb{apiclient.UserReset}},
		{"r", 4, "revoke", []apiclient.Verb{apiclient.TokenRevoke}},
		{"E", 0, "expire all", []apiclient.Verb{apiclient.UserExpireTokens, apiclient.UserEndSessions}},
	}
}

// Choice is a verb offered on a screen.
type Choice struct {
	Spec  apiclient.VerbSpec
	Key   string // "": palette only
	Place int    // in the footer
	Label string // as the footer says it: "disable"
	Title string // as the palette says it: "Disable user"
	Why   string // why it cannot be done now; "": it can
}

// Here is where a verb would be started.
type Here struct {
	Driver apiclient.Driver
	Info   apiclient.Info
	Kind   apiclient.Kind // of the list in front
	Rows   int            // how many it would work on: the marked ones, else the one under the cursor
	Marked bool           // Rows are marked ones
}

// Choices lists every verb, in the order of the catalogue: also those that the
// system lacks, so that nobody looks for them in vain. Which of them have keys
// depends on the kind of the list; the others stay in the palette, with the
// reason where they cannot be done from here.
func Choices(h Here) []Choice {
	keyed := h.keyed()
	var out []Choice
	for _, entry := range apiclient.Catalogue() {
		spec, declared := h.Driver.Verb(entry.Verb)
		support, told := h.Info.Verbs[entry.Verb]
		missing, lacks := h.Driver.Missing[entry.Verb]
		if !declared {
			spec = entry
		}
		c := Choice{Spec: spec, Label: strings.ToLower(spec.Title), Title: Title(spec, h.Info)}
		if k, ok := keyed[entry.Verb]; ok {
			c.Key, c.Place = k.key, k.place
			if spec.Title == entry.Title { // where a system says it in its own words, those count
				c.Label = k.label
			}
		}
		switch {
		case lacks:
			c.Why = missing
		case told && !support.OK:
			c.Why = support.Why
		case !declared || !told && len(h.Info.Verbs) > 0:
			c.Why = "this system does not offer it"
		default:
			c.Why = h.why(spec)
		}
		out = append(out, c)
	}
	return out
}

// keyed gives each key of this kind of list to one verb.
func (h Here) keyed() map[apiclient.Verb]key {
	out := map[apiclient.Verb]key{}
	for _, k := range keys() {
		var first *apiclient.Verb
		for _, v := range k.verbs {
			if apiclient.Spec(v).On != h.Kind || !h.has(v) {
				continue
			}
			if first == nil || h.rank(v) > h.rank(*first) {
				first = &v
			}
		}
		if first != nil {
			out[*first] = k
		}
	}
	return out
}

// rank says which of several verbs a key is for: what can be done counts before
// what this user cannot do here, and that before what the system lacks.
func (h Here) rank(v apiclient.Verb) int {
	_, declared := h.Driver.Verb(v)
	switch {
	case h.Info.Verbs[v].OK:
		return 2
	case declared:
		return 1
	}
	return 0
}

func (h Here) has(v apiclient.Verb) bool {
	_, declared := h.Driver.Verb(v)
	_, told := h.Info.Verbs[v]
	_, lacks := h.Driver.Missing[v]
	return declared || told || lacks
}

// why tells what keeps a verb that the system has from starting here.
func (h Here) why(spec apiclient.VerbSpec) string {
	switch {
	case spec.Aim == apiclient.OnNew || spec.Aim == apiclient.OnSelf:
		return ""
	case spec.On != h.Kind:
		return fmt.Sprintf("it works on %s: go to that list first", h.Info.Word(spec.On).Many)
	case h.Rows == 0:
		return "there is no row to do it to"
	case spec.Aim == apiclient.OnRow && h.Rows > 1:
		return fmt.Sprintf("it works on one %s at a time, %d are marked: u unmarks them", h.Info.Word(spec.On).One, h.Rows)
	}
	return ""
}

// Title names a verb with its object: "Disable user".
func Title(spec apiclient.VerbSpec, info apiclient.Info) string {
	switch {
	case spec.Aim == apiclient.OnSelf:
		return spec.Title
	case spec.Aim == apiclient.OnNew && spec.Title == "Create":
		return "New " + info.Word(spec.On).One
	case spec.Aim != apiclient.OnNew && strings.Contains(spec.Title, " "):
		return spec.Title + " (" + info.Word(spec.On).One + ")"
	}
	return spec.Title + " " + info.Word(spec.On).One
}

// Places are the keys that screens of the console use for verbs, for tests
// that no two actions share one.
func Places() []string {
	var out []string
	for _, k := range keys() {
		out = append(out, k.key)
	}
	slices.Sort(out)
	return out
}
