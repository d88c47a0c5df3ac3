package flow

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/tui/safetext"
)

func TestWrappedLinesFitAndKeepEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := safetext.Clean(rapid.StringOf(rapid.RuneFrom([]rune("ab  界é\u0301\u202e👩"))).Draw(t, "text"))
		w := rapid.IntRange(2, 12).Draw(t, "width")
		var all string
		for _, line := range Wrap(s, w) {
			if safetext.Width(line) > w {
				t.Fatalf("%q is wider than %d", line, w)
			}
			all += string(line)
		}
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if bare(all) != bare(string(s)) {
			t.Fatalf("%q became %q", s, all)
		}
	})
}

func TestCutLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := safetext.Clean(rapid.String().Draw(t, "text"))
		w := rapid.IntRange(2, 12).Draw(t, "width")
		lines := Cut(s, w)
		var all safetext.Safe
		for _, line := range lines {
			if safetext.Width(line) > w {
				t.Fatalf("%q is wider than %d", line, w)
			}
			all += line
		}
		if all != s {
			t.Fatalf("%q became %q", s, all)
		}
	})
}

func TestWrapBreaksAtSpacesWhereThereAreSome(t *testing.T) {
	for _, tc := range []struct {
		text safetext.Safe
		w    int
		want string
	}{
		{"", 5, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 6, "one|two|three"},
		{"abcdefgh", 3, "abc|def|gh"},
		{"a bcdefgh", 4, "a|bcde|fgh"},
		{"界界界", 3, "界|界|界"},
	} {
		var got []string
		for _, line := range Wrap(tc.text, tc.w) {
			got = append(got, string(line))
		}
		if strings.Join(got, "|") != tc.want {
			t.Errorf("%q in %d columns is %q, want %q", tc.text, tc.w, got, tc.want)
		}
	}
}

func TestScrollStaysWithinWhatThereIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Scroll
		shown, all := rapid.IntRange(0, 20).Draw(t, "shown"), rapid.IntRange(0, 60).Draw(t, "all")
		s.Fit(shown, all)
		for range 20 {
			if rapid.Bool().Draw(t, "jump") {
				first := rapid.IntRange(0, max(0, all-1)).Draw(t, "first")
				s.Show(first, first)
				if all > 0 && shown > 0 && (first < s.Top || first >= s.Top+shown) {
					t.Fatalf("line %d is out of sight of %d lines from %d", first, shown, s.Top)
				}
			}
			s.Key(rapid.SampledFrom([]string{"up", "down", "pgup", "pgdown", "home", "end", "x"}).Draw(t, "key"))
			if s.Top < 0 || s.Top > max(0, all-1) {
				t.Fatalf("the top is %d of %d", s.Top, all)
			}
		}
	})
}
