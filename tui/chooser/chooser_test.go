package chooser

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
	"pgregory.net/rapid"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

func rows() []Row {
	return []Row{
		{Text: "open", Group: "Rows", Right: "↵"},
		{Text: "delete", Group: "Rows", Right: "d", Why: "writes are locked"},
		{Text: "Größe 日本", Group: "Rows", Note: "a name that is not ASCII"},
		{Text: "help", Group: "Everywhere", Right: "?", Note: "Show the keys."},
	}
}

func rig(o Options) (*Chooser, *frametest.Keyboard, *[]int) {
	env, clock := frametest.Env()
	picked := &[]int{}
	if o.Rows == nil {
		o.Rows = rows()
	}
	o.Title, o.Prompt, o.Empty = "Command", ": ", "nothing is called that"
	if !o.Literal {
		o.Pick = func(i int) tea.Cmd { *picked = append(*picked, i); return nil }
	}
	c := New(env, o)
	return c, &frametest.Keyboard{Modal: c, Clock: clock, Every: time.Second}, picked
}

func TestTypingNarrowsAndEnterPicks(t *testing.T) {
	for _, tc := range []struct {
		keys []string
		want []int
	}{
		{[]string{"enter"}, []int{0}},
		{[]string{"down", "down", "enter"}, []int{2}},
		{[]string{"h", "l", "p", "enter"}, []int{3}},
		{[]string{"down", "down", "down", "down", "down", "enter"}, []int{3}},
		{[]string{"pgdown", "up", "enter"}, []int{2}},
		{[]string{"e", "v", "e", "r", "y", "enter"}, []int{3}}, // the group is searched too
		{[]string{"z", "z", "enter"}, nil},
		{[]string{"d", "e", "l", "enter"}, nil}, // not now
	} {
		_, k, picked := rig(Options{})
		k.Press(tc.keys...)
		k.Settle()
		if !slices.Equal(*picked, tc.want) {
			t.Errorf("%v picked %v, want %v", tc.keys, *picked, tc.want)
		}
		if k.Closed != (tc.want != nil) {
			t.Errorf("%v: closed is %v", tc.keys, k.Closed)
		}
	}
}

func TestWhatCannotBePickedSaysWhy(t *testing.T) {
	c, k, _ := rig(Options{})
	k.Press("d", "e", "l", "enter")
	if got := frametest.Draw(c, 80, 24).Plain(); !strings.Contains(got, "✗ writes are locked") {
		t.Errorf("no reason in\n%s", got)
	}
}

func TestEscClearsThenCloses(t *testing.T) {
	c, k, _ := rig(Options{})
	k.Press("h", "esc")
	if k.Closed || len(c.found) != len(rows()) {
		t.Fatal("esc did not clear what was typed")
	}
	k.Press("esc")
	if !k.Closed {
		t.Error("esc did not close")
	}
}

func TestEnterTypedAheadPicksNothing(t *testing.T) {
	_, k, picked := rig(Options{})
	k.Every = 100 * time.Millisecond
	k.Press("enter", "enter", "enter", "enter", "enter", "enter")
	if len(*picked) > 0 {
		t.Error("Enter typed ahead picked a row")
	}
	k.Every = time.Second
	k.Press("enter")
	if len(*picked) != 1 {
		t.Error("Enter after a pause picked nothing")
	}
}

func TestAPasteIsText(t *testing.T) {
	c, k, picked := rig(Options{})
	k.Send(frametest.Paste("enter"))
	k.Send(frametest.Paste("help\n"))
	if len(*picked) > 0 || k.Closed {
		t.Error("a paste picked a row")
	}
	if got := c.input.Value(); !strings.HasPrefix(got, "enterhelp") {
		t.Errorf("typed: %q", got)
	}
}

func TestWordsAreFoundAnywhereWhenLiteral(t *testing.T) {
	for query, want := range map[string][]int{
		"": {0, 1, 2, 3}, "rows": {0, 1, 2}, "LOCKED": {1}, "keys show": {3}, "größe": {2}, "nothing": nil,
	} {
		c, k, _ := rig(Options{Literal: true})
		k.Type(query)
		var got []int
		for _, m := range c.found {
			got = append(got, m.row)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q found %v, want %v", query, got, want)
		}
	}
}

// What is drawn as a match must be the letters that were typed.
func TestMatchedLettersAreMarked(t *testing.T) {
	for _, literal := range []bool{false, true} {
		for _, query := range []string{"size", "日本", "e日"} {
			if literal && query == "e日" {
				continue
			}
			env, clock := frametest.Env()
			env.Theme = frametest.Theme(termenv.ANSI, false)
			c := New(env, Options{Literal: literal, Rows: []Row{{Text: "Größe size 日本 end"}}})
			k := &frametest.Keyboard{Modal: c, Clock: clock, Every: time.Second}
			k.Type(query)
			cv := frametest.Draw(c, 80, 24)
			marked := ""
			for x := range 40 {
				if cell := cv.At(x, 2); cell.Pen == env.Theme.Pen(theme.Match) {
					marked += cell.Text
				}
			}
			if marked != query {
				t.Errorf("literal %v: %q marks %q", literal, query, marked)
			}
		}
	}
}

func TestTheCursorStaysInSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "rows")
		var many []Row
		for i := range n {
			many = append(many, Row{Text: safetext.Clean("row " + strings.Repeat("x", i%7)), Group: safetext.Clean(strings.Repeat("g", 1+i/9))})
		}
		c, k, _ := rig(Options{Rows: append(many, Row{Text: "last"}), Literal: rapid.Bool().Draw(t, "literal")})
		w, h := rapid.IntRange(0, 90).Draw(t, "w"), rapid.IntRange(3, 30).Draw(t, "h")
		cv := term.NewCanvas(w, h)
		t.Repeat(map[string]func(*rapid.T){
			"key": func(t *rapid.T) {
				k.Press(rapid.SampledFrom([]string{"up", "down", "pgup", "pgdown", "r", "x", "g", "backspace", "z"}).Draw(t, "key"))
			},
			"": func(t *rapid.T) {
				cv.Clear()
				c.Draw(cv)
				if w < 4 || len(c.found) == 0 {
					return
				}
				seen := 0
				for y := 2; y < h; y++ {
					if cv.At(0, y).Text == "▸" {
						seen++
					}
				}
				if seen != 1 {
					t.Fatalf("%d cursors in sight, want 1:\n%s", seen, cv.Plain())
				}
			},
		})
	})
}

func TestFrames(t *testing.T) {
	env, _ := frametest.Env()
	c := New(env, Options{Title: "Command", Prompt: ": ", Rows: rows(), Pick: func(int) tea.Cmd { return nil }})
	frametest.Golden(t, env, c, "all")
	c.Update(frametest.Key("e"))
	frametest.Golden(t, env, c, "narrowed")
	c.Update(frametest.Paste("qqq\x1b[2J\u202e"))
	frametest.Golden(t, env, c, "empty")
}

var _ tui.Modal = (*Chooser)(nil)
