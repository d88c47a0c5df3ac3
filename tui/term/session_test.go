package term

import (
	"bytes"
	"slices"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/term/vt"
)

// shrinking draws less with every frame.
type shrinking struct{ words []string }

func (s *shrinking) Init() tea.Cmd          { return nil }
func (s *shrinking) Update(tea.Msg) tea.Cmd { return nil }
func (s *shrinking) Draw(c *Canvas) {
	for i, w := range s.words {
		c.Styled(0, i, w)
	}
	s.words = s.words[:len(s.words)-1]
}

func TestEveryFrameBeginsEmpty(t *testing.T) {
	var out bytes.Buffer
	s := &session{root: &shrinking{words: []string{"one", "two"}}, guard: &Guard{}, painter: NewPainter(&out), canvas: NewCanvas(10, 2)}
	screen := vt.New(10, 2)
	for _, want := range []string{"one\ntwo\n", "one\n\n"} {
		out.Reset()
		s.paint()
		screen.Write(out.Bytes())
		if got := screen.Text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMessagesAreReportedByKindOnly(t *testing.T) {
	var kinds []string
	s := &session{root: &shrinking{words: []string{"", "", "", ""}}, guard: &Guard{}, painter: NewPainter(&bytes.Buffer{}), canvas: NewCanvas(10, 2)}
	s.opt.OnMessage = func(kind string) { kinds = append(kinds, kind) }
	s.prog = tea.NewProgram(s)
	s.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("password")})
	s.Update(tea.FocusMsg{})
	if !slices.Equal(kinds, []string{"tea.KeyMsg", "tea.FocusMsg"}) {
		t.Errorf("%q", kinds)
	}
}
