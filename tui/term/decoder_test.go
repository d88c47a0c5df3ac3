package term

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"
)

func key(t tea.KeyType) tea.Msg    { return tea.KeyMsg{Type: t} }
func altKey(t tea.KeyType) tea.Msg { return tea.KeyMsg{Type: t, Alt: true} }
func char(r rune) tea.Msg          { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}} }
func altChar(r rune) tea.Msg       { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: true} }
func paste(s string) tea.Msg {
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true}
}

// input is a piece of input with what it means, whatever surrounds it and
// wherever it is cut.
type input struct {
	in   string
	want []tea.Msg
}

func one(in string, want ...tea.Msg) input { return input{in, want} }

var inputs = []input{
	one("a", char('a')), one(" ", tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}), one("é", char('é')), one("日", char('日')), one("👨", char('👨')),
	one("jjj", char('j'), char('j'), char('j')), one("\xff", char('\ufffd')),
	one("\r", key(tea.KeyEnter)), one("\t", key(tea.KeyTab)), one("\x7f", key(tea.KeyBackspace)), one("\x03", key(tea.KeyCtrlC)), one("\x00", key(tea.KeyCtrlAt)),
	one("\x1ba", altChar('a')), one("\x1bé", altChar('é')), one("\x1b\r", altKey(tea.KeyEnter)), one("\x1b\x7f", altKey(tea.KeyBackspace)),
	one("\x1b[A", key(tea.KeyUp)), one("\x1b[1;5A", key(tea.KeyCtrlUp)), one("\x1b[1;2B", key(tea.KeyShiftDown)), one("\x1b[1;6C", key(tea.KeyCtrlShiftRight)),
	one("\x1b[1;3D", altKey(tea.KeyLeft)), one("\x1b[1;7H", altKey(tea.KeyCtrlHome)), one("\x1b\x1b[A", altKey(tea.KeyUp)), one("\x1b\x1bOB", altKey(tea.KeyDown)),
	one("\x1bOA", key(tea.KeyUp)), one("\x1bOP", key(tea.KeyF1)), one("\x1bOR", key(tea.KeyF3)), one("\x1bOM", key(tea.KeyEnter)), one("\x1bOa", key(tea.KeyCtrlUp)),
	one("\x1b[H", key(tea.KeyHome)), one("\x1b[F", key(tea.KeyEnd)), one("\x1b[1~", key(tea.KeyHome)), one("\x1b[4~", key(tea.KeyEnd)),
	one("\x1b[2~", key(tea.KeyInsert)), one("\x1b[3~", key(tea.KeyDelete)), one("\x1b[5~", key(tea.KeyPgUp)), one("\x1b[6;5~", key(tea.KeyCtrlPgDown)), one("\x1b[3;3~", altKey(tea.KeyDelete)),
	one("\x1b[Z", key(tea.KeyShiftTab)), one("\x1b[15~", key(tea.KeyF5)), one("\x1b[24~", key(tea.KeyF12)), one("\x1b[1;2P", key(tea.KeyF13)), one("\x1b[[E", key(tea.KeyF5)),
	one("\x1b[7^", key(tea.KeyCtrlHome)), one("\x1b[8$", key(tea.KeyShiftEnd)), one("\x1b[7@", key(tea.KeyCtrlShiftHome)), one("\x1b[a", key(tea.KeyShiftUp)),
	one("\x1b[I", tea.FocusMsg{}), one("\x1b[O", tea.BlurMsg{}),
	one("\x1b[<0;3;4M", tea.MouseMsg{X: 2, Y: 3, Button: tea.MouseButtonLeft}),
	one("\x1b[<0;3;4m", tea.MouseMsg{X: 2, Y: 3, Button: tea.MouseButtonLeft, Action: tea.MouseActionRelease}),
	one("\x1b[<65;1;1M", tea.MouseMsg{Button: tea.MouseButtonWheelDown}),
	one("\x1b[<52;1;1M", tea.MouseMsg{Button: tea.MouseButtonLeft, Ctrl: true, Shift: true, Action: tea.MouseActionMotion}),
	one("\x1b[<35;200;1M", tea.MouseMsg{X: 199, Action: tea.MouseActionMotion}),
	// Answers, and what no key sends.
	one("\x1b[12;40R"), one("\x1b[>1;10;0c"), one("\x1b[0n"), one("\x1b[?2026;2$y"), one("\x1b[8;40;120t"), one("\x1b[M !!"), one("\x1b[9999z"), one("\x1b[<1M"), one("\x1b[201~"),
	one("\x1b]10;rgb:ffff/ffff/ffff\x07"), one("\x1bP>|XTerm(380)\x1b\\"), one("\x1bP1$r0m\x1b\\"), one("\x1b_Gi=1;OK\x1b\\"), one("\u0090"),
	one("\x1b]11;rgb:0000/0000/0000\x1b\\", backgroundAnswer{known: true, dark: true}), one("\x1b]11;rgb:ff/ff/f0\x07", backgroundAnswer{known: true}), one("\x1b[?62;4c", backgroundAnswer{}),
	// Pastes.
	one("\x1b[200~hello\x1b[201~", paste("hello")), one("\x1b[200~y\r\nq\rdd\n\x1b[201~", paste("y\nq\ndd\n")), one("\x1b[200~\x1b[201~"),
	one("\x1b[200~a\x1b[A\x1b[200~\x1b[20\x1b[201~", paste("a\x1b[A\x1b[200~\x1b[20")), one("\x1b[200~日本\x1b[201~", paste("日本")),
}

func TestEverySequenceCutAtEveryByte(t *testing.T) {
	now := time.Unix(0, 0)
	for _, c := range inputs {
		for cut := 0; cut <= len(c.in); cut++ {
			var d decoder
			got := append(d.Feed([]byte(c.in[:cut]), now), d.Feed([]byte(c.in[cut:]), now)...)
			if !reflect.DeepEqual(got, c.want) && len(got)+len(c.want) > 0 {
				t.Errorf("%q cut at %d: %v, want %v", c.in, cut, got, c.want)
			}
			if d.Wait() != 0 {
				t.Errorf("%q cut at %d: the decoder still waits", c.in, cut)
			}
		}
	}
}

func TestAnyInputCutAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in string
		var want []tea.Msg
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(inputs)-1), 1, 8).Draw(t, "inputs") {
			in += inputs[i].in
			want = append(want, inputs[i].want...)
		}
		now := time.Unix(0, 0)
		var d decoder
		var got []tea.Msg
		for rest := in; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "length")
			got = append(got, d.Feed([]byte(rest[:n]), now)...)
			rest = rest[n:]
		}
		if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
			t.Fatalf("%q: %v, want %v", in, got, want)
		}
	})
}

func TestWhatIsHeldIsDecidedAfterAWhile(t *testing.T) {
	for _, c := range []struct {
		in   string
		wait time.Duration
		want []tea.Msg
	}{
		{"\x1b", escWait, []tea.Msg{key(tea.KeyEsc)}},
		{"\x1b\x1b", escWait, []tea.Msg{key(tea.KeyEsc), key(tea.KeyEsc)}},
		{"\x1b[", prefixWait, []tea.Msg{altChar('[')}},
		{"\x1bO", prefixWait, []tea.Msg{altChar('O')}},
		{"\x1bP", prefixWait, []tea.Msg{altChar('P')}},
		{"\xe6\x97", prefixWait, []tea.Msg{char('\ufffd')}},
		{"\x1b\xe6", prefixWait, nil},
		{"\x1b[1;5", sequenceWait, nil},
		{"\x1b]11;rgb:", sequenceWait, nil},
		{"\x1b[200~half", pasteWait, []tea.Msg{paste("half"), PasteCut{}}},
	} {
		var d decoder
		if got := d.Feed([]byte(c.in), time.Unix(0, 0)); len(got) > 0 {
			t.Errorf("%q: %v at once", c.in, got)
		}
		if got := d.Wait(); got != c.wait {
			t.Errorf("%q: waits %v, want %v", c.in, got, c.wait)
		}
		if got := d.Flush(time.Unix(0, 0)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v, want %v", c.in, got, c.want)
		}
		if d.Wait() != 0 {
			t.Errorf("%q: still waits", c.in)
		}
	}
}

func TestTheRestOfASequenceMayBeLate(t *testing.T) {
	now := time.Unix(100, 0)
	for _, c := range []struct {
		rest  string
		after time.Duration
		want  []tea.Msg
	}{
		{"[A", 200 * time.Millisecond, []tea.Msg{key(tea.KeyUp)}},
		{"OB", 200 * time.Millisecond, []tea.Msg{key(tea.KeyDown)}},
		{"]11;rgb:0/0/0\x07", 200 * time.Millisecond, []tea.Msg{backgroundAnswer{known: true, dark: true}}},
		{"[A", 2 * time.Second, []tea.Msg{char('['), char('A')}},
		{"[", 200 * time.Millisecond, []tea.Msg{char('[')}},
		{"x", 200 * time.Millisecond, []tea.Msg{char('x')}},
	} {
		var d decoder
		d.Feed([]byte("\x1b"), now)
		d.Flush(now)
		if got := d.Feed([]byte(c.rest), now.Add(c.after)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q after %v: %v, want %v", c.rest, c.after, got, c.want)
		}
	}
}

func TestKeysEndABrokenString(t *testing.T) {
	var d decoder
	now := time.Unix(0, 0)
	if got := d.Feed([]byte("\x1b]11;rgb:00\x03"), now); !reflect.DeepEqual(got, []tea.Msg{key(tea.KeyCtrlC)}) {
		t.Errorf("ctrl+c: %v", got)
	}
	if got := d.Feed([]byte("\x1bP1$r\x1b[Ax"), now); !reflect.DeepEqual(got, []tea.Msg{key(tea.KeyUp), char('x')}) {
		t.Errorf("up: %v", got)
	}
}

func TestHugePasteIsCutAndSaysSo(t *testing.T) {
	var d decoder
	now := time.Unix(0, 0)
	in := pasteStart + strings.Repeat("é", maxPaste/2-1) + "xé" + strings.Repeat("z", 998) + pasteEnd + "q"
	var got []tea.Msg
	for len(in) > 0 {
		n := min(4096, len(in))
		got = append(got, d.Feed([]byte(in[:n]), now)...)
		in = in[n:]
	}
	if len(got) != 3 {
		t.Fatalf("%d messages", len(got))
	}
	if k := got[0].(tea.KeyMsg); !k.Paste || len(k.Runes) != maxPaste/2 || k.Runes[maxPaste/2-1] != 'x' {
		t.Errorf("paste of %d characters", len(k.Runes))
	}
	if got[1] != (PasteCut{999}) || !reflect.DeepEqual(got[2], char('q')) {
		t.Errorf("then %v", got[1:])
	}
}

// A paste whose end never comes must neither become keys nor lock the keyboard.
func TestPasteWithoutAnEnd(t *testing.T) {
	now := time.Unix(0, 0)
	for _, c := range []struct {
		rest []string
		want []tea.Msg
	}{
		{[]string{"more\x1b[201~", "j"}, []tea.Msg{char('j')}},
		{[]string{"dd", "\x03"}, []tea.Msg{key(tea.KeyCtrlC)}},
		{[]string{"\x1b[20", "\x03", "j"}, []tea.Msg{key(tea.KeyCtrlC), char('j')}},
	} {
		var d decoder
		d.Feed([]byte("\x1b[200~half"), now)
		d.Flush(now)
		var got []tea.Msg
		for _, r := range c.rest {
			got = append(got, d.Feed([]byte(r), now)...)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v, want %v", c.rest, got, c.want)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	for _, c := range inputs {
		f.Add([]byte(c.in), 1)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		now := time.Unix(0, 0)
		cut = min(max(cut, 0), len(in))
		var whole, parts decoder
		want := whole.Feed(in, now)
		got := append(parts.Feed(in[:cut], now), parts.Feed(in[cut:], now)...)
		if a, b := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); a != b {
			t.Fatalf("cut at %d: %s, whole: %s", cut, a, b)
		}
		if whole.Wait() > 0 {
			whole.Flush(now)
		}
		if whole.Wait() > 0 {
			t.Fatalf("still waits after a flush")
		}
	})
}
