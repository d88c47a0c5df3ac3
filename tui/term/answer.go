package term

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// backgroundAnswer is what a terminal said about its background colour.
type backgroundAnswer struct {
	known bool // false: it answered a question that was sent later, so it will not answer this one
	dark  bool
}

// answer reads the answers that Run may have asked for; all others are dropped.
func (d *decoder) answer(s string) {
	if s == "[c" {
		d.msgs = append(d.msgs, backgroundAnswer{})
		return
	}
	if colour, ok := strings.CutPrefix(s, "]11;rgb:"); ok {
		if dark, ok := isDark(colour); ok {
			d.msgs = append(d.msgs, backgroundAnswer{known: true, dark: dark})
		}
	}
}

// isDark reads a colour as X11 writes it, rrrr/gggg/bbbb with one to four hex
// digits each, and tells whether light text is better on it.
func isDark(colour string) (dark, ok bool) {
	parts := strings.Split(colour, "/")
	if len(parts) != 3 {
		return false, false
	}
	luma := 0.0
	for i, weight := range []float64{0.299, 0.587, 0.114} {
		v, scale := 0, 0
		for _, c := range []byte(parts[i]) {
			digit := strings.IndexByte("0123456789abcdef", c|0x20)
			if digit < 0 || scale > 1<<12 {
				return false, false
			}
			v, scale = v<<4+digit, scale<<4|0xf
		}
		if scale == 0 {
			return false, false
		}
		luma += weight * float64(v) / float64(scale)
	}
	return luma < 0.5, true
}

// Background is the answer to AskBackground.
type Background struct {
	Known bool // the terminal answered
	Dark  bool
}

type askBackground struct{ limit time.Duration }

type backgroundTimeout int

// AskBackground is a command that asks the terminal for its background colour.
// A Background comes as soon as it answered, or cannot, or the limit is over.
func AskBackground(limit time.Duration) tea.Cmd {
	return func() tea.Msg { return askBackground{limit} }
}

// ask sends the question (OSC 11), and one behind it that every terminal
// answers (device attributes): whose answer comes first tells whether to wait.
func (s *session) ask(a askBackground) tea.Cmd {
	s.asked++
	s.asking = s.asked
	n := backgroundTimeout(s.asking)
	if _, err := s.painter.Write([]byte("\x1b]11;?\x1b\\\x1b[c")); err != nil {
		return func() tea.Msg { return n }
	}
	return tea.Tick(a.limit, func(time.Time) tea.Msg { return n })
}

// background ends question n, unless that is over.
func (s *session) background(n int, b Background) tea.Cmd {
	if n == 0 || n != s.asking {
		return nil
	}
	s.asking = 0
	return s.root.Update(b)
}
