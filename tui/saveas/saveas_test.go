package saveas

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/tui/frametest"
	"gatehouse/tui/term"
)

func TestAFileIsNewAndPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := Create(path, []byte("one\n")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v", info.Mode())
	}
	err = Create(path, []byte("two\n"))
	if err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("writing again says %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "one\n" {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

func TestALinkIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	for _, target := range []string{"there", "nowhere"} {
		to, link := filepath.Join(dir, target), filepath.Join(dir, "to-"+target)
		if target == "there" {
			if err := os.WriteFile(to, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(to, link); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		if err := Create(link, []byte("secret")); err == nil {
			t.Errorf("a link to %s was followed", target)
		}
		if b, err := os.ReadFile(to); err == nil && len(b) > 0 {
			t.Errorf("%s holds %q", target, b)
		}
	}
}

func TestOnlyTheProposedFolderIsMade(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "state", "gatehouse")
	data := func(string) ([]byte, error) { return []byte("x"), nil }
	p := New(dir, "token.txt")
	m := p.Save(data)().(Saved)
	if m.Err != nil || m.Path != filepath.Join(dir, "token.txt") {
		t.Fatalf("saved is %+v", m)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", info, err)
	}
	p = New(dir, "token.txt")
	p.Key(frametest.Key("ctrl+u"))
	p.Key(frametest.Paste(filepath.Join(base, "typo", "token.txt") + "\n"))
	if m = p.Save(data)().(Saved); m.Err == nil || !strings.Contains(m.Err.Error(), "no such folder") {
		t.Errorf("saved is %+v", m)
	}
	if _, err := os.Stat(filepath.Join(base, "typo")); err == nil {
		t.Error("a folder was made of a slip of the keys")
	}
}

func TestWhatAPathMeans(t *testing.T) {
	t.Setenv("HOME", "/home/kim")
	for typed, want := range map[string]string{
		"a.md": "/state/a.md", "~/a.md": "/home/kim/a.md", "/tmp/../a.md": "/a.md", "x/a.md": "/state/x/a.md",
	} {
		if got, err := full(typed, "/state"); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", typed, got, err, want)
		}
	}
}

func TestThePromptSaysWhatIsWrong(t *testing.T) {
	env, _ := frametest.Env()
	p := New("/state", "a.md")
	c := term.NewCanvas(60, 3)
	p.Draw(c, env.Theme, 0)
	if got := c.Plain(); got != "Write to: /state/a.md\nenter writes a new file that only you can read (0600)\n\n" {
		t.Errorf("drawn is\n%s", got)
	}
	p.Refuse(errors.New("no\x1b[2J"))
	c.Clear()
	p.Draw(c, env.Theme, 0)
	if got := c.Plain(); !strings.Contains(got, "! no␛[2J") {
		t.Errorf("drawn is\n%s", got)
	}
	p.Key(frametest.Key("ctrl+u"))
	if cmd := p.Save(nil); cmd != nil {
		t.Error("an empty path was taken")
	}
}
