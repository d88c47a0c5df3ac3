package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type token struct {
	name, realName, state, agent string
	groups                       []string
	uses                         int64
	usesKnown                    bool
	admin, adminKnown            bool
	maxAge                       time.Duration
	used, expires                time.Time
}

var now = time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

var schema = Schema[*token]{
	Text("name", func(t *token) string { return t.name }),
	Text("real_name", func(t *token) string { return t.realName }),
	State("state", func(t *token) string { return t.state }),
	List("groups", func(t *token) []string { return t.groups }),
	Number("tokens", func(t *token) (int64, bool) { return t.uses, t.usesKnown }),
	Bool("admin", func(t *token) (bool, bool) { return t.admin, t.adminKnown }),
	Duration("max_age", func(t *token) time.Duration { return t.maxAge }),
	Time("last_used", func(t *token) time.Time { return t.used }).As("used"),
	Deadline("expires", func(t *token) time.Time { return t.expires }),
	Text("agent", func(t *token) string { return t.agent }).Named(),
}

var rows = map[string]*token{
	"jane": {
		name: "jane@example.com", realName: "Jane Ørsted", state: "active", groups: []string{"Admins", "ops"}, uses: 1204, usesKnown: true,
		admin: true, adminKnown: true, maxAge: 30 * day, used: ago(2 * time.Hour), expires: now.Add(3 * day), agent: "curl/8",
	},
	"kim": {
		name: "kim", realName: "Kim von Two Words", state: "inactive", uses: 7, usesKnown: true,
		adminKnown: true, used: ago(100 * day), expires: ago(day), agent: "jane's browser",
	},
	"lee": {name: "lee-ÅSE", state: "invited", used: time.Time{}},
}

func matching(t *testing.T, text string) string {
	t.Helper()
	m, err := schema.Compile(text, now)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var hits []string
	for name, row := range rows {
		if m.Match(row) {
			hits = append(hits, name)
		}
	}
	slices.Sort(hits)
	return strings.Join(hits, " ")
}

func TestFilter(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "jane kim lee",
		"   ":                      "jane kim lee",
		"-":                        "jane kim lee",
		`""`:                       "jane kim lee",
		"JANE":                     "jane",
		"jane ørsted":              "jane",
		"ØRSTED":                   "jane",
		"åse":                      "lee",
		"adm":                      "jane", // a group
		"browser":                  "",     // only by name
		"agent:browser":            "kim",
		`"two words"`:              "kim",
		`"two wo`:                  "kim",
		`"words two"`:              "",
		"words two":                "kim",
		"-jane":                    "kim lee",
		`-"two words" -lee`:        "jane",
		"active":                   "jane kim",
		"state:active":             "jane",
		"state:ACT":                "jane",
		"state:inactive":           "kim",
		"state:in":                 "kim lee",
		"-state:in":                "jane",
		"state:=in":                "",
		"name:jane":                "jane",
		"name:=KIM":                "kim",
		"name:=jane":               "",
		"real:kim":                 "kim",
		`real_name:"von two"`:      "kim",
		`real_name:""`:             "lee",
		`groups:""`:                "kim lee",
		"groups:OPS":               "jane",
		"groups:=op":               "",
		"tokens:>5":                "jane kim",
		"tokens:>7":                "jane",
		"tokens:>=7":               "jane kim",
		"tokens:<1,204":            "kim",
		"tokens:<=1204":            "jane kim",
		"tokens:7":                 "kim",
		"tokens:=7":                "kim",
		"tokens:none":              "lee",
		"-tokens:none":             "jane kim",
		"120":                      "jane",
		"7":                        "kim",
		"007":                      "",
		"admin:yes":                "jane",
		"admin:n":                  "kim",
		"admin:FALSE":              "kim",
		"admin:none":               "lee",
		"max_age:>=30d":            "jane",
		"max_age:30d":              "jane",
		"max_age:<720h1s":          "jane",
		"max:none":                 "kim lee",
		"used:<30d":                "jane",
		"last_used:<3h":            "jane",
		"used:<2h":                 "",
		"used:<=2h":                "jane",
		"used:>90d":                "kim",
		"used:>=100d":              "kim",
		"used:>1d2h":               "kim",
		"used:never":               "lee",
		"used:none":                "lee",
		"-used:never":              "jane kim",
		"used:today":               "jane",
		"used:yesterday":           "",
		"used:2026":                "jane kim",
		"used:2026-08":             "kim",
		"used:2026-08-14":          "kim",
		"used:>2026-08-14":         "jane",
		"used:>=2026-08-14":        "jane kim",
		"used:<2026-11":            "kim",
		"used:2026-11-22T12:03":    "jane",
		"2026-08":                  "kim",
		"2026-08-1":                "kim",
		"2026-08-14":               "kim",
		"2027":                     "",
		"expires:<7d":              "jane",
		"expires:<3d":              "",
		"expires:<=3d":             "jane",
		"expires:>1d":              "jane",
		"expires:>3d":              "",
		"expires:never":            "lee",
		"expires:<2026-11-22":      "kim",
		"14:03":                    "",
		"jane -kim state:a e:<1w ": "jane",
		"s:inv":                    "lee",
		"name:kim tokens:8":        "",
	} {
		if got := matching(t, text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBadFilters(t *testing.T) {
	for _, c := range []struct {
		text       string
		at, end    int
		unfinished bool
		says       string
	}{
		{"jane colour:red", 5, 15, false, `no field "colour"; there are name, real_name`},
		{"n:", 2, 2, true, "name wants text"},
		{"name:", 5, 5, true, "name wants text"},
		{"name: kim", 5, 5, false, "name wants text"},
		{"name:>5", 5, 7, false, "name is text and has no >"},
		{"a:x", 0, 3, true, `"a" can be admin, agent`},
		{"state:", 6, 6, true, "beginning of a state"},
		{"tokens:x", 7, 8, false, `tokens wants a number`},
		{"tokens:n", 7, 8, true, "a number"},
		{"tokens:>", 7, 8, true, "a number"},
		{"tokens:9999999999999999999", 7, 26, false, "a number"},
		{"admin:maybe", 6, 11, false, "yes, no or none"},
		{"admin:>yes", 6, 10, false, "yes, no or none"},
		{"used:30d", 5, 8, true, "say last_used:<30d or last_used:>30d"},
		{"used:<30", 5, 8, true, "30 needs a unit: 30d"},
		{"used:<30 kim", 5, 8, false, "30 needs a unit"},
		{"used:<30x", 5, 9, false, "an age such as <30d"},
		{"used:<", 5, 6, true, "an age such as <30d"},
		{"used:nev", 5, 8, true, "or never"},
		{"used:2026-13-01", 5, 15, false, "a date such as"},
		{"used:<99999999999y", 5, 18, false, "an age"},
		{"expires:soon", 8, 12, false, "a time to go such as <7d"},
		{"max_age:long", 8, 12, false, "a length such as >30d"},
		{"kim  -used:>5 x", 11, 13, false, "unit"},
	} {
		m, err := schema.Compile(c.text, now)
		var bad *Error
		if !errors.As(err, &bad) {
			t.Errorf("%q: error %v", c.text, err)
			continue
		}
		if m != nil {
			t.Errorf("%q: a matcher as well as an error", c.text)
		}
		if bad.At != c.at || bad.End != c.end || bad.Unfinished != c.unfinished || !strings.Contains(bad.Msg, c.says) {
			t.Errorf("%q: %d-%d %v %q; want %d-%d %v %q", c.text, bad.At, bad.End, bad.Unfinished, bad.Msg, c.at, c.end, c.unfinished, c.says)
		}
		if want := fmt.Sprintf("at %d: ", bad.At+1); !strings.HasPrefix(bad.Error(), want) {
			t.Errorf("%q: %q", c.text, bad.Error())
		}
	}
}

func TestSpans(t *testing.T) {
	for _, c := range []struct{ text, field, shown, want string }{
		{"jane", "name", "Jane and jane", "[Jane][jane]"},
		{"jane", "agent", "jane", ""},
		{"agent:cu", "agent", "curl CU", "[cu][CU]"},
		{"agent:cu", "name", "curl", ""},
		{"-jane", "name", "jane", ""},
		{"ØR", "real_name", "Jane ørsted", "[ør]"},
		{"tokens:>5", "tokens", "57", ""},
		{"57 7", "tokens", "57", "[57][7]"},
		{"", "name", "jane", ""},
		{"x", "no such column", "xx", ""},
	} {
		m, err := schema.Compile(c.text, now)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, s := range m.Spans(nil, c.field, c.shown) {
			got.WriteString("[" + c.shown[s.From:s.To] + "]")
		}
		if got.String() != c.want {
			t.Errorf("%q in %q: %s, want %s", c.text, c.shown, got.String(), c.want)
		}
	}
}

func TestNarrows(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          bool
	}{
		{"", "a", true},
		{"a", "", false},
		{"ja", "jan", true},
		{"jan", "ja", false},
		{"an", "jane kim", true},
		{"-ja", "-jan", false},
		{"-jan", "-ja", true},
		{"ja", "-jan", false},
		{"state:a", "state:ac", true},
		{"state:ac", "state:a", false},
		{"name:a", "real:ab", false},
		{"tokens:>5", "tokens:>50", true},
		{"tokens:>50", "tokens:>5", false},
		{"202", "2026", false}, // the year finds times that three digits do not
		{"2026", "2026-0", true},
		{"2026", "2026-08", true},
		{"name:=kim", "name:=KIM", true},
		{"used:<3d", "used:<3d kim", true},
		{"used:never", "used:never kim", true},
	} {
		before, err1 := schema.Compile(c.before, now)
		after, err2 := schema.Compile(c.after, now)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if got := after.Narrows(before); got != c.want {
			t.Errorf("%q to %q: %v, want %v", c.before, c.after, got, c.want)
		}
	}
	later, err := schema.Compile("used:>3d kim", now.Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if before, _ := schema.Compile("used:>3d", now); later.Narrows(before) {
		t.Error("what is older than 3 days becomes more while time goes by, yet the old result is trusted")
	}
}

var (
	someTexts  = []string{"", "a", "ab", "Ab", "20", "2026", "2026-08", "kim", "KIM", "ø", "Ø", "k", "K", "7", "17"}
	somePieces = []string{
		"a", "ab", "-a", "-ab", "20", "2026", "2026-0", "2026-08", "k", "ki", "ø", "7", "17", `"a`, "-2026", "-20",
		"name:a", "name:ab", "name:=ab", "-name:a", "state:a", "state:ab", "state:=ab", "tokens:>5", "tokens:>7", "tokens:7",
		"tokens:none", "-tokens:>7", "used:<3d", "used:<9d", "used:>3d", "used:never", "used:2026", "used:2026-11", "expires:<5d",
		"expires:<9d", "admin:yes", "-admin:yes", `name:""`, "groups:a",
	}
)

func drawToken(t *rapid.T) *token {
	text := rapid.SampledFrom(someTexts)
	moment := func(label string) time.Time {
		days := rapid.IntRange(-10, 10).Draw(t, label)
		if days == 0 {
			return time.Time{}
		}
		return ago(time.Duration(days) * day)
	}
	return &token{
		name: text.Draw(t, "name"), realName: text.Draw(t, "real"), state: text.Draw(t, "state"),
		groups: rapid.SliceOfN(text, 0, 2).Draw(t, "groups"), uses: rapid.Int64Range(0, 20).Draw(t, "uses"),
		usesKnown: rapid.Bool().Draw(t, "known"), admin: rapid.Bool().Draw(t, "admin"), adminKnown: rapid.Bool().Draw(t, "adminKnown"),
		used: moment("used"), expires: moment("expires"),
	}
}

// What narrows must never show a row that was not there before.
func TestNarrowingIsSound(t *testing.T) {
	pieces := rapid.SliceOfN(rapid.SampledFrom(somePieces), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		before, err1 := schema.Compile(strings.Join(pieces.Draw(t, "before"), " "), now)
		after, err2 := schema.Compile(strings.Join(pieces.Draw(t, "after"), " "), now)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		row := drawToken(t)
		if after.Narrows(before) && after.Match(row) && !before.Match(row) {
			t.Fatalf("%q narrows %q, but finds %+v anew", after.Text(), before.Text(), row)
		}
	})
}

// A word and its negation split the rows in two.
func TestNegationIsTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := strings.TrimPrefix(rapid.SampledFrom(somePieces).Draw(t, "piece"), "-")
		yes, err1 := schema.Compile(piece, now)
		no, err2 := schema.Compile("-"+piece, now)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if row := drawToken(t); yes.Match(row) == no.Match(row) {
			t.Fatalf("%q and its negation agree on %+v", piece, row)
		}
	})
}

func TestNeedleFindsWhatStringsFind(t *testing.T) {
	text := rapid.StringOf(rapid.RuneFrom([]rune("abcABC123-_øØ日K")))
	rapid.Check(t, func(t *rapid.T) {
		s, want := text.Draw(t, "text"), text.Draw(t, "needle")
		n := newNeedle(want)
		from, to := n.find(s)
		expected := strings.Contains(strings.Map(lower, s), strings.Map(lower, want))
		if (from >= 0) != expected {
			t.Fatalf("%q in %q: %d, want %v", want, s, from, expected)
		}
		if from >= 0 && strings.Map(lower, s[from:to]) != strings.Map(lower, want) {
			t.Fatalf("%q in %q: found %q", want, s, s[from:to])
		}
	})
}

func FuzzCompile(f *testing.F) {
	for _, s := range append([]string{`name:="x y" -`, "a:b:c", `-"`, "used:<=1d2", "\x00é:", "max:<9999999y"}, somePieces...) {
		f.Add(s, "some text")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		m, err := schema.Compile(text, now)
		if err != nil {
			var bad *Error
			if !errors.As(err, &bad) || bad.Term < 0 || bad.Term > bad.At || bad.At > bad.End || bad.End > len(text) || bad.Msg == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			if _, err := schema.Compile(text[:bad.Term], now); err != nil {
				t.Fatalf("%q: what is before the mistake is wrong too: %v", text, err)
			}
			return
		}
		row := &token{name: value, state: value, groups: []string{value}}
		m.Match(row)
		for _, s := range m.Spans(nil, "name", value) {
			if s.From < 0 || s.From >= s.To || s.To > len(value) {
				t.Fatalf("%q in %q: span %v", text, value, s)
			}
		}
		if !m.Narrows(m) {
			t.Fatalf("%q does not narrow itself", text)
		}
		again, err := schema.Compile(m.Text(), now)
		if err != nil || again.Match(row) != m.Match(row) {
			t.Fatalf("%q compiles differently the second time", text)
		}
	})
}

func manyTokens(n int) []*token {
	all := make([]token, n)
	out := make([]*token, n)
	for i := range all {
		all[i] = token{
			name: fmt.Sprintf("user-%06d@example.com", i), realName: "Some Body", state: []string{"active", "inactive"}[i%2],
			uses: int64(i % 50), usesKnown: true, used: ago(time.Duration(i%1000) * time.Hour), expires: now.Add(time.Duration(i%1000) * time.Hour), agent: "curl/8.5.0",
		}
		out[i] = &all[i]
	}
	return out
}

func TestMatchingCostsNoAllocation(t *testing.T) {
	rows := manyTokens(100)
	for _, text := range []string{"user-0", "4217", "body", "ørst", "state:act used:<30d", "2026-08", "tokens:>5 -jane", "groups:x"} {
		m, err := schema.Compile(text, now)
		if err != nil {
			t.Fatal(err)
		}
		spans := make([]Span, 0, 16)
		if n := testing.AllocsPerRun(10, func() {
			for _, r := range rows {
				m.Match(r)
				spans = m.Spans(spans[:0], "name", r.name)
			}
		}); n != 0 {
			t.Errorf("%q: %v allocations for 100 rows", text, n)
		}
	}
}

// One pass over 100,000 rows.
func BenchmarkPass100k(b *testing.B) {
	rows := manyTokens(100_000)
	for _, text := range []string{"u", "user-0", "4217", "body", "none", "ørst", "state:act", "used:<30d", "2026-08"} {
		b.Run(text, func(b *testing.B) {
			m, err := schema.Compile(text, now)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, r := range rows {
					m.Match(r)
				}
			}
		})
	}
}
