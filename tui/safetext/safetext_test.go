package safetext

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestCleanShowsWhatIsHostile(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "jane@example.com", "jane@example.com"},
		{"empty", "", ""},
		{"escape sequence", "\x1b[31mred", "␛[31mred"},
		{"title", "\x1b]0;owned\x07", "␛]0;owned␇"},
		{"tab and line ends", "a\tb\r\nc", "a␉b␍␊c"},
		{"NUL, BS, DEL", "\x00\b\x7f", "␀␈␡"},
		{"8-bit CSI byte", "a\x9b31m", `a\x9b31m`},
		{"CSI as a character", "\u009b31m", `\u009b31m`},
		{"surrogate half", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"cut character", "caf\xc3", `caf\xc3`},
		{"right-to-left override", "gpj.\u202eexe", `gpj.\u202eexe`},
		{"isolate", "\u2066x\u2069", `\u2066x\u2069`},
		{"zero width", "ad\u200bmin\ufeff", `ad\u200bmin\ufeff`},
		{"soft hyphen", "ad\u00admin", `ad\u00admin`},
		{"other spaces", "a\u00a0b\u3000c\u2028d", `a\u00a0b\u3000c\u2028d`},
		{"fillers", "\u3164\u115f\u2800", `\u3164\u115f\u2800`},
		{"tag characters", "x\U000e0041", `x\U000e0041`},
		{"variation selector", "❤\ufe0f", `❤\ufe0f`},
		{"joined emoji", "👨\u200d👩", `👨\u200d👩`},
		{"skin tone", "👍\U0001f3fd", `👍\U0001f3fd`},
		{"flag", "\U0001f1e9\U0001f1ea", `\U0001f1e9\U0001f1ea`},
		{"private use", "\ue000", `\ue000`},
		{"accents", "e\u0301 é", "e\u0301 é"},
		{"mark without a base", "\u0301a", `\u0301a`},
		{"mark behind an escape", "\u200b\u0301", `\u200b\u0301`},
		{"pile of marks", "a\u0301\u0301\u0301\u0301\u0301\u0301", "a\u0301\u0301\u0301\u0301" + `\u0301\u0301`},
		{"CJK", "日本語", "日本語"},
		{"Arabic", "مرحبا", "مرحبا"},
		{"Hangul spelled out", "\u1112\u1161\u11ab", "\u1112\u1161\u11ab"},
		{"vowel jamo alone", "a\u1161", `a\u1161`},
		{"replacement character", "\ufffd", "\ufffd"},
	} {
		if got := string(Clean(c.in)); got != c.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestCleanLines(t *testing.T) {
	got := CleanLines("one\r\ntwo\tx\n\t\x1b[2Jthree\rfour")
	want := []Safe{"one", "two x", "    ␛[2Jthree␍four"}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d: %q", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d: %q, want %q", i, got[i], want[i])
		}
	}
}

func TestWidth(t *testing.T) {
	for _, c := range []struct {
		in   Safe
		want int
	}{
		{"", 0}, {"abc", 3}, {"e\u0301", 1}, {"ae\u0301b", 3}, {"日本", 4}, {"한", 2}, {"\u1112\u1161\u11ab", 2},
		{"👨", 2}, {"❤", 1}, {"…", 1}, {"ｶﾞ", 2}, {"का", 2}, {"⸻", 1}, {"␛", 1}, {"─", 1},
	} {
		if got := Width(c.in); got != c.want {
			t.Errorf("Width(%q) = %d, want %d", c.in, got, c.want)
		}
	}
}

// The styling library measures with its own tables; for everyday text both
// must agree, or frames drawn by it would not fit ours.
func TestWidthAgreesWithTheStylingLibrary(t *testing.T) {
	for _, s := range []string{"jane", "日本語 Müller", "e\u0301", "한국어", "👨 ok", "مرحبا", "Привет", "\x1b[31m", "a\u202eb", "✓ ▸ ●"} {
		safe := Clean(s)
		if a, b := Width(safe), ansi.StringWidth(string(safe)); a != b {
			t.Errorf("%q: %d columns here, %d there", safe, a, b)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in   Safe
		w    int
		want Safe
	}{
		{"abc", 5, "abc  "}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"abcd", 1, "…"}, {"abcd", 0, ""}, {"abcd", -1, ""},
		{"日本語", 5, "日本…"}, {"日本語", 4, "日… "}, {"e\u0301e\u0301e\u0301", 2, "e\u0301…"}, {"", 2, "  "},
	} {
		if got := Fit(c.in, c.w); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestFitMiddleShowsBothEnds(t *testing.T) {
	for _, c := range []struct {
		in   Safe
		w    int
		want Safe
	}{
		{"gthp_abcdefgh", 13, "gthp_abcdefgh"}, {"gthp_abcdefgh", 7, "gth…fgh"}, {"gthp_abcdefgh", 6, "gth…gh"},
		{"abcdef", 3, "a…f"}, {"abcdef", 2, "a…"}, {"ab", 4, "ab  "}, {"日本語日本語", 6, "日…語 "},
	} {
		if got := FitMiddle(c.in, c.w); got != c.want {
			t.Errorf("FitMiddle(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestFirstMasksWhatWentAroundClean(t *testing.T) {
	for _, forged := range []Safe{"\x1b", "\u009b", "\x9b", "\u202e", "\n", "\x7f"} {
		if cell, w, rest := First(forged); cell != "\ufffd" || w != 1 || rest != "" {
			t.Errorf("First(%q) = %q, %d, %q", forged, cell, w, rest)
		}
	}
}

func TestPlainTextCostsNoAllocation(t *testing.T) {
	s := strings.Repeat("user-000001@example.com ", 5)
	n := testing.AllocsPerRun(100, func() {
		if Width(Clean(s)) != len(s) || Fit(Clean(s), len(s)) == "" {
			t.Fatal("plain text changed")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b]52;c;AA==\x07", "\x9b31m\u009b", "👨\u200d👩\ufe0f", "a\u0301\u0301", "\u1112\u1161\u1112", "\xff\xfe", "日本"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, in string, w int) {
		s := Clean(in)
		checkSafe(t, s)
		if again := Clean(string(s)); again != s {
			t.Fatalf("not idempotent: %q, then %q", s, again)
		}
		cells := 0
		for rest := s; rest != ""; {
			cell, n, next := First(rest)
			if n < 1 || n > 2 || cell == "" || !strings.HasPrefix(string(rest), cell) {
				t.Fatalf("cell %q of width %d in %q", cell, n, s)
			}
			cells, rest = cells+n, next
		}
		if Width(s) != cells {
			t.Fatalf("Width(%q) = %d, cells %d", s, Width(s), cells)
		}
		if w = w % 200; w < 0 {
			w = -w
		}
		for _, fitted := range []Safe{Fit(s, w), FitMiddle(s, w)} {
			checkSafe(t, fitted)
			if Width(fitted) != w {
				t.Fatalf("%q does not fit %d columns", fitted, w)
			}
		}
		if Width(Truncate(s, w)) > w {
			t.Fatalf("Truncate(%q, %d) is too wide", s, w)
		}
		for _, line := range CleanLines(in) {
			checkSafe(t, line)
		}
	})
}

func checkSafe(t *testing.T, s Safe) {
	t.Helper()
	if !utf8.ValidString(string(s)) {
		t.Fatalf("not UTF-8: %q", s)
	}
	for _, r := range s {
		if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Variation_Selector) || unicode.Is(unicode.Zs, r) && r != ' ' {
			t.Fatalf("%U got through: %q", r, s)
		}
	}
}

func BenchmarkCleanFitWide(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Fit(Clean("日本語の名前 и кириллица, e\u0301"), 20)
	}
}
