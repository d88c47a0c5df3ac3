package help

import (
	"strings"
	"testing"
	"time"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

func sections() []Section {
	return []Section{
		{Title: "Users", Actions: []tui.Action{
			{ID: "users.open", Title: "open", Help: "Show the tokens of the user.", Keys: []string{"enter"}},
			{ID: "users.delete", Title: "delete", Help: "Delete the user.", Keys: []string{"d"}, Why: "writes are locked"},
			{ID: "users.merge", Title: "merge", Help: "Make one user of two | or more."},
		}},
		{Title: "Everywhere", Actions: []tui.Action{{ID: "shell.palette", Title: "command", Keys: []string{":", "ctrl+p"}}}},
	}
}

func TestFrames(t *testing.T) {
	env, _ := frametest.Env()
	frametest.Golden(t, env, New(env, sections()), "help")
}

func TestTypingFindsAnAction(t *testing.T) {
	env, clock := frametest.Env()
	m := New(env, sections())
	k := &frametest.Keyboard{Modal: m, Clock: clock, Every: time.Second}
	k.Type("tokens")
	got := frametest.Draw(m, 80, 24).Plain()
	if !strings.Contains(got, "open") || strings.Contains(got, "delete") || strings.Contains(got, "command") {
		t.Errorf("found:\n%s", got)
	}
	k.Press("enter")
	if k.Closed {
		t.Error("Enter closed the help")
	}
}

func TestMarkdown(t *testing.T) {
	want := "**Users**\n\n| key | action | what it does | id |\n|---|---|---|---|\n" +
		"| `enter` | open | Show the tokens of the user. | `users.open` |\n" +
		"| `d` | delete | Delete the user. | `users.delete` |\n" +
		"| palette | merge | Make one user of two \\| or more. | `users.merge` |\n" +
		"\n**Everywhere**\n\n| key | action | what it does | id |\n|---|---|---|---|\n" +
		"| `:` `ctrl+p` | command |  | `shell.palette` |\n"
	if got := Markdown(sections()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
