package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
)

// varied fills a server with tokens of all states and ages.
func varied(t *testing.T, h *host) {
	t.Helper()
	now := h.clock.now()
	f := fill(3, 30, 0)
	f.Users[3].Inactive, f.Users[4].Admin = true, true
	f.Users[5].Password = wire.Secret{}
	f.Accounts[2].Disabled = true
	for i := range 200 {
		tok := FillToken{User: f.Users[i%10].Name, Description: fmt.Sprintf("Job %d", i%7), MaxAge: 30 * 24 * time.Hour, Created: now.AddDate(0, 0, -i%50)}
		if i%3 == 0 {
			tok.LastUsed, tok.IP, tok.Agent = now.AddDate(0, 0, -i%100), fmt.Sprintf("192.0.2.%d", i), "curl/8"
		}
		if i%10 == 0 {
			tok.MaxAge = 0
		}
		tok.Revoked, tok.ExtendWhenUsed = i%11 == 0, i%4 == 0 && tok.MaxAge > 0
		f.Tokens = append(f.Tokens, tok)
	}
	if _, err := h.srv.Fill(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func whole[T any](t *testing.T, h *host, path, query string, size int) []T {
	t.Helper()
	var all []T
	for next, pages := "", 0; ; pages++ {
		var page wire.Page[T]
		a := h.want(200, "GET", fmt.Sprintf("%s?page_size=%d&%s&page_token=%s", path, size, query, url.QueryEscape(next)), h.asAdmin(), nil)
		a.into(t, &page)
		all = append(all, page.Items...)
		link := a.header.Get("Link")
		if (page.NextPageToken == "") != (link == "") || link != "" && !strings.HasSuffix(link, `>; rel="next"`) {
			t.Fatalf("Link %q beside next_page_token %q", link, page.NextPageToken)
		}
		if next = page.NextPageToken; next == "" {
			if page.Total != len(all) {
				t.Fatalf("%s?%s: total %d, but %d came", path, query, page.Total, len(all))
			}
			return all
		}
		if pages > 1000 {
			t.Fatal("the pages do not end")
		}
	}
}

func TestPagesTogetherAreTheListInEveryOrder(t *testing.T) {
	h := start(t)
	varied(t, h)
	orders := map[string][]string{
		wire.PathAccounts: {"name", "email", "type", "state", "users", "tokens", "created_time"},
		wire.PathUsers:    {"user_name", "account", "real_name", "email", "state", "admin", "tokens", "sessions", "last_seen_time", "created_time"},
		wire.PathTokens: {"token_prefix", "user_name", "account", "description", "state", "max_age_seconds", "extend_when_used", "created_by",
			"created_time", "expires_time", "revoked_time", "last_used_time", "last_used_ip", "last_used_user_agent"},
		wire.PathAudit: {"time", "verb", "actor", "target", "result"},
	}
	for path, fields := range orders {
		key := map[string]string{wire.PathAccounts: "name", wire.PathUsers: "user_name", wire.PathTokens: "token_prefix", wire.PathAudit: "id"}[path]
		for _, field := range fields {
			var up, down []string
			for _, r := range whole[map[string]any](t, h, path, "order_by="+field, 67) {
				up = append(up, r[key].(string))
			}
			for _, r := range whole[map[string]any](t, h, path, "order_by=-"+field, 83) {
				down = append(down, r[key].(string))
			}
			slices.Reverse(down)
			if !slices.Equal(up, down) {
				t.Errorf("%s by %s: descending is not ascending turned round", path, field)
			}
			sorted := slices.Clone(up)
			slices.Sort(sorted)
			if len(slices.Compact(sorted)) != len(up) {
				t.Errorf("%s by %s: a record came twice", path, field)
			}
		}
	}
}

func TestFiltersAgreeWithTheRecords(t *testing.T) {
	h := start(t)
	varied(t, h)
	now := h.clock.now()
	before := func(at *time.Time, d time.Duration) bool { return at != nil && at.Before(now.Add(-d)) }
	day := 24 * time.Hour
	all := whole[wire.Token](t, h, wire.PathTokens, "", 5000)
	for filter, keep := range map[string]func(wire.Token) bool{
		"state:active":             func(k wire.Token) bool { return k.State == "active" },
		"-state:active":            func(k wire.Token) bool { return k.State != "active" },
		"state:expired used:never": func(k wire.Token) bool { return k.State == "expired" && k.LastUsed == nil },
		"used:>20d":                func(k wire.Token) bool { return before(k.LastUsed, 20*day) },
		"-used:>20d":               func(k wire.Token) bool { return !before(k.LastUsed, 20*day) },
		"used:<20d":                func(k wire.Token) bool { return k.LastUsed != nil && k.LastUsed.After(now.Add(-20*day)) },
		"expires:never":            func(k wire.Token) bool { return k.Expires == nil },
		"expires:<7d": func(k wire.Token) bool {
			return k.Expires != nil && k.Expires.Before(now.Add(7*day)) && !k.Expires.Before(now)
		},
		"job 3": func(k wire.Token) bool {
			return strings.Contains(tokenText(k), "job") && strings.Contains(tokenText(k), "3")
		},
		`"job 3"`:             func(k wire.Token) bool { return k.Description == "Job 3" },
		`description:"JOB 3"`: func(k wire.Token) bool { return k.Description == "Job 3" },
		"user:=user-00003":    func(k wire.Token) bool { return k.UserName == "user-00003" },
		"max_age:0 extend:no": func(k wire.Token) bool { return k.MaxAgeSeconds == 0 && !k.ExtendWhenUsed },
		"created:<2030-04-20": func(k wire.Token) bool { return k.Created.Before(time.Date(2030, 4, 20, 0, 0, 0, 0, time.UTC)) },
		"created:2030-04-20":  func(k wire.Token) bool { return k.Created.Format(time.DateOnly) == "2030-04-20" },
		"agent:curl ip:192.0.2.9": func(k wire.Token) bool {
			return k.LastUsedAgent == "curl/8" && strings.Contains(k.LastUsedIP, "192.0.2.9")
		},
		"100%":         func(wire.Token) bool { return false },
		"kind:session": nil,
	} {
		var want []string
		for _, k := range all {
			if keep != nil && keep(k) {
				want = append(want, k.Prefix)
			}
		}
		var got []string
		for _, k := range whole[wire.Token](t, h, wire.PathTokens, "filter="+url.QueryEscape(filter), 7) {
			got = append(got, k.Prefix)
		}
		if keep == nil { // the admin's own session
			if len(got) != 1 {
				t.Errorf("%s: %v", filter, got)
			}
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d tokens, want %d", filter, len(got), len(want))
		}
		if len(want) == 0 && filter != "100%" {
			t.Errorf("%s: tries nothing", filter)
		}
	}
	for _, bad := range []string{`"open`, "colour:red", "used:soon", "state:blue", "extend:maybe", "max_age:x", "created:5d"} {
		p := h.refused(422, wire.CodeInvalid, "GET", wire.PathTokens+"?filter="+url.QueryEscape("job "+bad), h.asAdmin(), nil)
		if len(p.Errors) != 1 || p.Errors[0].Location != "query.filter" || !strings.HasPrefix(p.Errors[0].Message, "at character 5:") {
			t.Errorf("%s: %+v", bad, p)
		}
	}
}

func tokenText(k wire.Token) string {
	return strings.ToLower(strings.Join([]string{k.Prefix, k.UserName, k.Account, k.Description, k.State, k.LastUsedIP, k.LastUsedAgent}, " "))
}

func TestCountsFollowTheRecords(t *testing.T) {
	h := start(t)
	varied(t, h)
	byUser, byAccount := map[string]int{}, map[string]int{}
	for _, k := range whole[wire.Token](t, h, wire.PathTokens, "filter=state:active", 5000) {
		byUser[k.UserName]++
		byAccount[k.Account]++
	}
	users := map[string]int{}
	for _, u := range whole[wire.User](t, h, wire.PathUsers, "", 100) {
		users[u.Account]++
		if u.Tokens != byUser[u.Name] {
			t.Errorf("%s: %d tokens shown, %d active", u.Name, u.Tokens, byUser[u.Name])
		}
	}
	for _, a := range whole[wire.Account](t, h, wire.PathAccounts, "", 100) {
		if a.Tokens != byAccount[a.Name] || a.Users != users[a.Name] {
			t.Errorf("%s: shows %d users and %d tokens, has %d and %d", a.Name, a.Users, a.Tokens, users[a.Name], byAccount[a.Name])
		}
	}
	if n := len(whole[wire.Token](t, h, wire.PathTokens, "account=account-001&filter=state:active", 9)); n != byAccount["account-001"] || n == 0 {
		t.Errorf("scoped to an account: %d", n)
	}
	if n := len(whole[wire.Token](t, h, wire.PathTokens, "user_name=USER-00004&filter=state:active", 9)); n != byUser["user-00004"] || n == 0 {
		t.Errorf("scoped to a user: %d", n)
	}
	if n := len(whole[wire.User](t, h, wire.PathUsers, "account=account-001", 9)); n != users["account-001"] {
		t.Errorf("users of an account: %d", n)
	}
}

func TestWholeListsComeAsLines(t *testing.T) {
	h := start(t)
	if _, err := h.srv.Fill(context.Background(), fill(3, 30, 6000)); err != nil {
		t.Fatal(err)
	}
	a := h.want(200, "GET", wire.PathTokens+"?order_by=description", h.asAdmin(), nil, "Accept", wire.TypeNDJSON)
	if a.header.Get("Content-Type") != wire.TypeNDJSON {
		t.Errorf("Content-Type %q", a.header.Get("Content-Type"))
	}
	seen := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(a.body))
	for lines.Scan() {
		var k wire.Token
		if err := json.Unmarshal(lines.Bytes(), &k); err != nil {
			t.Fatal(err)
		}
		seen[k.Prefix] = true
	}
	if len(seen) != 6000 {
		t.Errorf("%d of 6000 tokens came", len(seen))
	}
	h.refused(422, wire.CodeInvalid, "GET", wire.PathTokens+"?order_by=sum", h.asAdmin(), nil, "Accept", wire.TypeNDJSON)
}

// Who is not an admin sees himself only, in every list and stream.
func TestOthersDoNotExistForWhoIsNoAdmin(t *testing.T) {
	h := start(t)
	varied(t, h)
	mine := h.signIn("user-00001", userPassword)
	own := func(path string, into any) { h.want(200, "GET", path, mine, nil).into(t, into) }
	var accounts wire.Page[wire.Account]
	own(wire.PathAccounts, &accounts)
	if accounts.Total != 0 || len(accounts.Items) != 0 {
		t.Errorf("accounts: %+v", accounts)
	}
	var users wire.Page[wire.User]
	own(wire.PathUsers, &users)
	if users.Total != 1 || users.Items[0].Name != "user-00001" {
		t.Errorf("users: %+v", users)
	}
	var tokens wire.Page[wire.Token]
	own(wire.PathTokens+"?page_size=5000", &tokens)
	if tokens.Total != 20 || slices.ContainsFunc(tokens.Items, func(k wire.Token) bool { return k.UserName != "user-00001" }) {
		t.Errorf("tokens: %d", tokens.Total)
	}
	for _, scope := range []string{"?user_name=user-00002", "?account=account-002", "?filter=user:user-00002", "?filter=kind:session+user:admin"} {
		own(wire.PathTokens+scope, &tokens)
		if tokens.Total != 0 {
			t.Errorf("tokens%s: %d", scope, tokens.Total)
		}
	}
	var events wire.Page[wire.Event]
	own(wire.PathAudit+"?page_size=5000", &events)
	if events.Total == 0 || slices.ContainsFunc(events.Items, func(e wire.Event) bool { return e.UserName != "user-00001" && e.Actor != "user-00001" }) {
		t.Errorf("events: %+v", events)
	}
	h.refused(404, wire.CodeNotFound, "GET", wire.UserPath("user-00002"), mine, nil)
	random := h.refused(404, wire.CodeNotFound, "GET", wire.UserPath("no-such-user"), mine, nil)
	if other := h.refused(404, wire.CodeNotFound, "GET", wire.UserPath("user-00002"), mine, nil); other.Detail != random.Detail {
		t.Error("a user of others and an unknown one are told apart")
	}
}
