package form

import (
	"crypto/rand"
	"errors"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/line"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// secret is a masked line, with a second one below it where a slip of the keys
// would lock somebody out.
type secret struct {
	still
	seal   func(string) tui.Secret
	random io.Reader
	id     tui.ID // of the form

	in    []*line.Input // one, or two where it is asked for twice
	at    int
	open  bool // shown in clear
	fresh bool // a new one is chosen
	made  bool // what stands there was made up here
	err   error
	empty safetext.Safe
}

func newSecret(f *Form, d Field) *secret {
	s := &secret{seal: f.spec.Secret, random: f.spec.Random, id: f.id, fresh: d.Fresh, empty: safetext.Clean(d.Empty)}
	if s.random == nil {
		s.random = rand.Reader
	}
	s.in = append(s.in, line.New(""))
	if d.Twice {
		s.in = append(s.in, line.New(""))
	}
	s.show(false)
	return s
}

func (s *secret) show(on bool) {
	s.open = on
	for _, in := range s.in {
		in.Hidden(!on)
	}
}

func (s *secret) key(k tea.KeyMsg) (bool, tea.Cmd) {
	name := tui.Press(k)
	switch {
	case name == "ctrl+r":
		s.show(!s.open)
		return true, nil
	case name == "ctrl+g" && s.fresh:
		s.generate()
		return true, nil
	case name == "ctrl+y" && s.made:
		return true, tui.CopySecret(s.seal(s.in[0].Value()), "the new password")
	case name == "up" && s.at > 0:
		s.at--
		return true, nil
	case name == "down" && s.at < len(s.in)-1:
		s.at++
		return true, nil
	}
	k = withoutLastLineEnd(k)
	if name == "" && !oneLine(k.Runes) {
		// Half of it, or with spaces for line ends, would be another secret,
		// and behind the mask nobody would see.
		s.err = errors.New("the pasted text has several lines or control characters: nothing of it was taken")
		return true, nil
	}
	if !s.in[s.at].Key(k) {
		return false, nil
	}
	s.err, s.made = nil, false
	return true, nil
}

func oneLine(runes []rune) bool {
	for _, r := range runes {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

func (s *secret) generate() {
	text, err := makeUp(s.random)
	if s.err = err; err != nil {
		return
	}
	for _, in := range s.in {
		in.Wipe()
		in.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
	}
	s.made = true
	s.show(true)
}

func (s *secret) canStep(dir int) bool { return s.at+dir >= 0 && s.at+dir < len(s.in) }
func (s *secret) step(dir int)         { s.at += dir }

func (s *secret) enter(dir int) tea.Cmd {
	if s.at = 0; dir < 0 {
		s.at = len(s.in) - 1
	}
	return nil
}

// leave masks it again.
func (s *secret) leave() { s.show(false) }

func (s *secret) value() Value {
	if s.in[0].Value() == "" {
		return Value{}
	}
	return Value{Secret: s.seal(s.in[0].Value())}
}

func (s *secret) touched() bool {
	for _, in := range s.in {
		if in.Value() != "" {
			return true
		}
	}
	return false
}

func (s *secret) fault() error {
	if s.err != nil {
		return s.err
	}
	if len(s.in) == 2 && s.in[0].Value() != s.in[1].Value() {
		return errors.New("the two differ")
	}
	return nil
}

func (s *secret) wipe() {
	for _, in := range s.in {
		in.Wipe()
	}
}

func (s *secret) actions() []tui.Action {
	show := tui.Action{ID: "form.show", Title: "show", Help: "Show what was typed, or mask it again.", Keys: []string{"ctrl+r"}, Footer: 2}
	if s.open {
		show.Title = "hide"
	}
	out := []tui.Action{show}
	if s.fresh {
		out = append(out, tui.Action{ID: "form.generate", Title: "make one up", Help: "Fill in a strong random password and show it.", Keys: []string{"ctrl+g"}, Footer: 2})
	}
	if s.made {
		out = append(out, tui.Action{ID: "form.copy", Title: "copy", Help: "Copy the password that was made up.", Keys: []string{"ctrl+y"}, Footer: 2})
	}
	return out
}

func (s *secret) height(bool) int { return len(s.in) }

func (s *secret) draw(p painter) {
	mask := p.th.Signs.Masked
	if s.open {
		mask = ""
	}
	for i, in := range s.in {
		empty := s.empty
		if i == 1 {
			empty = "the same again"
		}
		note := s.note(p, i)
		w := p.width() - safetext.Width(note)
		p.input(in, 0, i, w, p.focused && i == s.at, mask, empty)
		p.Text(w, i, p.th.Pen(theme.Dim), note)
	}
}

// note is the length of what was typed: behind a mask it is all there is to see.
func (s *secret) note(p painter, i int) safetext.Safe {
	n := utf8.RuneCountInString(s.in[i].Value())
	if n == 0 || p.width() < 2*least {
		return ""
	}
	return safetext.Safe(" " + strconv.Itoa(n) + " characters")
}

// least is how many columns a line needs to be typed in.
const least = 16

// length of what is made up: 24 characters out of 56 are 139 bits.
const length = 24

// makeUp is a random text in characters that are not mistaken for others when
// they are read aloud or written down.
func makeUp(random io.Reader) (string, error) {
	const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	const fair = 256 - 256%len(alphabet)
	out := make([]byte, 0, length)
	for b := make([]byte, 1); len(out) < length; {
		if _, err := io.ReadFull(random, b); err != nil {
			return "", errors.New("no random numbers to be had: " + err.Error())
		}
		if int(b[0]) < fair { // the rest would make some characters likelier
			out = append(out, alphabet[int(b[0])%len(alphabet)])
		}
	}
	return string(out), nil
}
