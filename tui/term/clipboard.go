package term

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"
)

// Copied tells what became of a Copy. Nobody can know whether the text really
// is in a clipboard, so How says what was done: "sent to the terminal".
type Copied struct {
	How string
	Err error
}

// maxCopy is where terminals begin to cut.
const maxCopy = 8 << 10

type copyRequest struct {
	text   func() string
	secret bool
}

// Copy is a command that puts text into the clipboard of the terminal, which
// is the one of the person in front of it, also over SSH (OSC 52). The answer
// is a Copied.
func Copy(text string) tea.Cmd {
	return func() tea.Msg { return copyRequest{text: func() string { return text }} }
}

// CopySecret is Copy for text that must not stay in a multiplexer's buffer.
func CopySecret(s interface{ Reveal() string }) tea.Cmd {
	return func() tea.Msg { return copyRequest{text: s.Reveal, secret: true} }
}

func (s *session) copy(r copyRequest) tea.Cmd {
	text := r.text()
	if len(text) > maxCopy {
		err := fmt.Errorf("copy %d bytes: terminals take at most %d; save it to a file instead", len(text), maxCopy)
		return func() tea.Msg { return Copied{Err: err} }
	}
	inTmux := s.opt.Getenv("TMUX") != ""
	if inTmux && !r.secret {
		return func() tea.Msg {
			if loadTmuxBuffer(text) == nil {
				return Copied{How: "put into tmux's buffer, and sent to the terminal by tmux"}
			}
			return s.sendClipboard(text, true)
		}
	}
	return func() tea.Msg { return s.sendClipboard(text, inTmux) }
}

// sendClipboard writes between two frames, never inside one.
func (s *session) sendClipboard(text string, inTmux bool) Copied {
	seq, how := clipboardSequence(text, inTmux, s.opt.Getenv)
	if _, err := s.painter.Write([]byte(seq)); err != nil {
		return Copied{Err: fmt.Errorf("write to the terminal: %w", err)}
	}
	return Copied{How: how}
}

func clipboardSequence(text string, inTmux bool, getenv func(string) string) (seq, how string) {
	osc := osc52.New(text)
	switch {
	case inTmux:
		return osc.Tmux().String(), "sent through tmux, which passes it on only with allow-passthrough on"
	case getenv("STY") != "" || strings.HasPrefix(getenv("TERM"), "screen"):
		return osc.Screen().String(), "sent to the terminal through screen"
	}
	return osc.String(), "sent to the terminal"
}

// tmuxWait is how long tmux may take.
const tmuxWait = time.Second

// loadTmuxBuffer hands text to tmux, which by default lets no program inside
// it set the terminal's clipboard.
func loadTmuxBuffer(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), tmuxWait)
	defer cancel()
	cmd := exec.CommandContext(ctx, "tmux", "load-buffer", "-w", "-")
	cmd.Stdin = strings.NewReader(text)
	return cmd.Run()
}
