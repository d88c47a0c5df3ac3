package apiclient_test

import (
	"strings"
	"testing"

	"gatehouse/apiclient"
)

func TestTheLastAdminIsGuarded(t *testing.T) {
	a := apiclient.Ref{Kind: apiclient.KindUser, Path: "a", Version: "1"}
	b := apiclient.Ref{Kind: apiclient.KindUser, Path: "b", Version: "2"}
	both := map[apiclient.Ref]bool{a.Key(): true, b.Key(): true}
	one := map[apiclient.Ref]bool{a.Key(): true}
	for name, c := range map[string]struct {
		admins  []apiclient.Ref
		known   bool
		taken   map[apiclient.Ref]bool
		fact    string
		blocked bool
	}{
		"one of two goes":      {[]apiclient.Ref{a, b}, true, one, "", false},
		"both go":              {[]apiclient.Ref{a, b}, true, both, "", true},
		"somebody else goes":   {[]apiclient.Ref{b}, true, one, "", false},
		"nobody goes":          {nil, false, nil, "", false},
		"the list is not read": {[]apiclient.Ref{a}, false, one, "not known", false},
	} {
		fact, block := apiclient.GuardLastAdmin(c.admins, c.known, c.taken)
		if (block.Text != "") != c.blocked || !strings.Contains(fact.Text, c.fact) || (c.fact == "") != (fact.Text == "") {
			t.Errorf("%s: %+v, %+v", name, fact, block)
		}
	}
}
