package stage

import (
	"fmt"
	"strings"
)

// sequences is what xterm sends for a key that is not a character.
var sequences = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "backspace": "\x7f", "space": " ",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
	"pgup": "\x1b[5~", "pgdown": "\x1b[6~", "insert": "\x1b[2~", "delete": "\x1b[3~",
	"ctrl+right": "\x1b[1;5C", "ctrl+left": "\x1b[1;5D",
}

// Key is what a terminal sends for a key: one character, "enter", "ctrl+d",
// "alt+x", "down".
func Key(name string) (string, error) {
	if seq, ok := sequences[name]; ok {
		return seq, nil
	}
	if len([]rune(name)) == 1 {
		return name, nil
	}
	if c, ok := strings.CutPrefix(name, "ctrl+"); ok && len(c) == 1 && c[0] >= '@' && c[0] < 0x7f {
		return string(c[0] & 0x1f), nil
	}
	if c, ok := strings.CutPrefix(name, "alt+"); ok {
		seq, err := Key(c)
		return "\x1b" + seq, err
	}
	return "", fmt.Errorf("no key is called %q", name)
}

// Paste is what a terminal sends for pasted text when the program asked for
// bracketed paste (mode 2004), and the bare text when not.
func (s *Stage) Paste(text string) error {
	if s.Screen.Mode(2004) {
		text = "\x1b[200~" + text + "\x1b[201~"
	}
	return s.Send(text)
}
