package term

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/term/vt"
)

type revealer string

func (r revealer) Reveal() string { return string(r) }

// copied runs a copy command in an environment and returns what became of it,
// and what the terminal got.
func copied(t *testing.T, cmd tea.Cmd, env map[string]string) (Copied, string) {
	t.Helper()
	var out bytes.Buffer
	s := &session{painter: NewPainter(&out), opt: Options{Getenv: func(k string) string { return env[k] }}}
	done, ok := s.copy(cmd().(copyRequest))().(Copied)
	if !ok {
		t.Fatal("no answer")
	}
	return done, out.String()
}

func TestCopyThroughMultiplexers(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // no tmux to ask
	for _, c := range []struct {
		name       string
		env        map[string]string
		start, how string
	}{
		{"plain", map[string]string{"TERM": "xterm"}, "\x1b]52;c;aGFuZGxl", "sent to the terminal"},
		{"tmux", map[string]string{"TERM": "screen", "TMUX": "x"}, "\x1bPtmux;\x1b\x1b]52;c;aGFuZGxl", "sent through tmux, which passes it on only with allow-passthrough on"},
		{"screen", map[string]string{"TERM": "xterm", "STY": "x"}, "\x1bP\x1b]52;c;aGFuZGxl", "sent to the terminal through screen"},
		{"screen by its name", map[string]string{"TERM": "screen-256color"}, "\x1bP\x1b]52;c;aGFuZGxl", "sent to the terminal through screen"},
	} {
		for _, cmd := range []tea.Cmd{Copy("handle"), CopySecret(revealer("handle"))} {
			done, out := copied(t, cmd, c.env)
			if done.Err != nil || done.How != c.how || !strings.HasPrefix(out, c.start) {
				t.Errorf("%s: %+v, %q", c.name, done, out)
			}
		}
	}
}

func TestOnlyWhatIsNoSecretStaysInTmux(t *testing.T) {
	dir := t.TempDir()
	buffer := filepath.Join(dir, "buffer")
	script := "#!/bin/sh\n[ \"$*\" = 'load-buffer -w -' ] && exec /bin/cat > " + buffer + "\n"
	if err := os.WriteFile(filepath.Join(dir, "tmux"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	env := map[string]string{"TMUX": "x"}
	if done, out := copied(t, CopySecret(revealer("secret")), env); done.Err != nil || out == "" {
		t.Errorf("secret: %+v, %q", done, out)
	}
	if _, err := os.Stat(buffer); err == nil {
		t.Fatal("the secret is in tmux's buffer")
	}
	if done, out := copied(t, Copy("handle"), env); done.Err != nil || out != "" || !strings.Contains(done.How, "tmux's buffer") {
		t.Errorf("handle: %+v, %q", done, out)
	}
	if got, err := os.ReadFile(buffer); err != nil || string(got) != "handle" {
		t.Errorf("tmux got %q, %v", got, err)
	}
}

func TestCopyRefusesWhatTerminalsWouldCut(t *testing.T) {
	done, out := copied(t, Copy(strings.Repeat("x", maxCopy+1)), map[string]string{"TERM": "xterm"})
	if done.Err == nil || out != "" {
		t.Errorf("%+v, %d bytes sent", done, len(out))
	}
	if done, out := copied(t, Copy(strings.Repeat("x", maxCopy)), map[string]string{"TERM": "xterm"}); done.Err != nil || out == "" {
		t.Errorf("%+v", done)
	}
}

func TestCopyArrivesWhole(t *testing.T) {
	text := strings.Repeat("ab\n日", 300)
	_, out := copied(t, Copy(text), map[string]string{"TERM": "xterm"})
	screen := vt.New(10, 2)
	screen.Write([]byte(out))
	if e := screen.Events(); len(e) != 1 || e[0] != (vt.Event{Kind: "clipboard", Value: text}) {
		t.Errorf("%v", e)
	}
}
