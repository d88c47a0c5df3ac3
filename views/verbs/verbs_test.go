package verbs

import (
	"slices"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse"
)

func here(kind apiclient.Kind, rows int) Here {
	d := gatehouse.Driver()
	info := apiclient.Info{
		Words: map[apiclient.Kind]apiclient.Noun{apiclient.KindUser: {One: "user", Many: "users"}, apiclient.KindToken: {One: "token", Many: "tokens"}},
		Verbs: map[apiclient.Verb]apiclient.Support{},
	}
	for _, s := range d.Verbs {
		info.Verbs[s.Verb] = apiclient.Support{OK: true}
	}
	return Here{Driver: d, Info: info, Kind: kind, Rows: rows}
}

func find(t *testing.T, h Here, v apiclient.Verb) Choice {
	t.Helper()
	for _, c := range Choices(h) {
		if c.Spec.Verb == v {
			return c
		}
	}
	t.Fatalf("%s is not offered", v)
	return Choice{}
}

func TestKeysOnEachList(t *testing.T) {
	for kind, want := range map[apiclient.Kind]map[string]apiclient.Verb{
		apiclient.KindAccount: {"n": apiclient.AccountCreate, "e": apiclient.AccountUpdate, "x": apiclient.AccountDisable, "X": apiclient.AccountEnable, "d": apiclient.AccountDelete},
		apiclient.KindUser:    {"n": apiclient.UserCreate, "e": apiclient.UserUpdate, "x": apiclient.UserDisable, "X": apiclient.UserEnable, "d": apiclient.UserDelete, "p": apiclient.UserSetPassword, "N": apiclient.UserReset, "E": apiclient.UserExpireTokens},
		apiclient.KindToken:   {"n": apiclient.TokenCreate, "e": apiclient.TokenUpdate, "r": apiclient.TokenRevoke},
	} {
		got := map[string]apiclient.Verb{}
		for _, c := range Choices(here(kind, 1)) {
			if c.Key == "" {
				continue
			}
			if got[c.Key] != "" {
				t.Errorf("%s: key %s stands for %s and %s", kind, c.Key, got[c.Key], c.Spec.Verb)
			}
			got[c.Key] = c.Spec.Verb
		}
		for key, verb := range want {
			if got[key] != verb {
				t.Errorf("%s: key %s is %q, want %s", kind, key, got[key], verb)
			}
		}
	}
}

func TestEveryVerbOfTheCatalogueIsOfferedOrExplained(t *testing.T) {
	choices := Choices(here(apiclient.KindUser, 1))
	for _, s := range apiclient.Catalogue() {
		i := slices.IndexFunc(choices, func(c Choice) bool { return c.Spec.Verb == s.Verb })
		if i < 0 {
			t.Errorf("%s is missing", s.Verb)
			continue
		}
		if _, can := gatehouse.Driver().Verb(s.Verb); !can && choices[i].Why == "" {
			t.Errorf("%s cannot be done and does not say why", s.Verb)
		}
	}
}

func TestWhy(t *testing.T) {
	users := here(apiclient.KindUser, 2)
	if why := find(t, users, apiclient.UserUpdate).Why; !strings.Contains(why, "one user at a time, 2 are marked") {
		t.Errorf("edit of two rows: %q", why)
	}
	if why := find(t, users, apiclient.UserDisable).Why; why != "" {
		t.Errorf("disable of two rows: %q", why)
	}
	if why := find(t, users, apiclient.TokenRevoke).Why; !strings.Contains(why, "works on tokens") {
		t.Errorf("revoke on the list of users: %q", why)
	}
	empty := here(apiclient.KindUser, 0)
	if why := find(t, empty, apiclient.UserDisable).Why; why == "" {
		t.Error("disable without a row says nothing")
	}
	if why := find(t, empty, apiclient.UserCreate).Why; why != "" {
		t.Errorf("create without a row: %q", why)
	}
	denied := here(apiclient.KindUser, 1)
	denied.Info.Verbs[apiclient.UserDisable] = apiclient.Support{Why: "only an admin can do this here"}
	if why := find(t, denied, apiclient.UserDisable).Why; why != "only an admin can do this here" {
		t.Errorf("not allowed: %q", why)
	}
}

func TestPrefill(t *testing.T) {
	ref := func(kind apiclient.Kind, name string) apiclient.Ref {
		return apiclient.Ref{Kind: kind, Path: apiclient.NewPath(name), Version: "3"}
	}
	jane := &apiclient.User{Ref: ref(apiclient.KindUser, "jane"), Name: "jane", RealName: "Jane", Email: "j@example.com", Admin: true, Account: ref(apiclient.KindAccount, "acme")}
	d := gatehouse.Driver()
	spec := func(v apiclient.Verb) apiclient.VerbSpec { s, _ := d.Verb(v); return s }

	edit := Prefill(spec(apiclient.UserUpdate), From{Record: jane})
	if edit.Text("real_name") != "Jane" || edit.Text("email") != "j@example.com" || !edit.Bool("admin") {
		t.Errorf("edit starts with %v", edit)
	}
	user := Prefill(spec(apiclient.UserCreate), From{Scope: ref(apiclient.KindAccount, "acme"), Record: jane})
	if user.Text("account") != "acme" || user.Has("user_name") || user.Text("admin") != "no" {
		t.Errorf("a new user starts with %v", user)
	}
	if in := user["account"]; in.Ref.Version != "" {
		t.Errorf("the prefilled account carries version %q of another record's ref", in.Ref.Version)
	}
	token := Prefill(spec(apiclient.TokenCreate), From{Record: jane})
	if token.Text("user") != "jane" || token.Text("max_age") != "30d" {
		t.Errorf("a new token starts with %v", token)
	}
	if own := Prefill(spec(apiclient.TokenCreate), From{}); own.Has("user") {
		t.Errorf("a new token from nowhere is for %v", own["user"])
	}
}

func TestChangedKeepsWhatDiffers(t *testing.T) {
	before := apiclient.Values{"email": {Text: "a@example.com"}, "real_name": {Text: "A"}}
	after := apiclient.Values{"email": {Text: ""}, "real_name": {Text: "A"}, "admin": {Text: "yes"}, "note": {}}
	got := Changed(before, after)
	if !got.Has("email") || got.Has("real_name") || !got.Bool("admin") || got.Has("note") {
		t.Errorf("changed: %v", got)
	}
}
