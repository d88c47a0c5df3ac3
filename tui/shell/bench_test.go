package shell_test

import (
	"fmt"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/term"
)

// BenchmarkKey is what the shell itself costs at each key: dispatch, and a
// frame of 120×40 around a screen that draws nothing.
func BenchmarkKey(b *testing.B) {
	r := newRig(b)
	p := &bare{page: *r.page("users")}
	for i := range 20 {
		p.actions = append(p.actions, r.action(fmt.Sprintf("list.%d", i), "do it", fmt.Sprintf("alt+%d", i), 0))
	}
	r.send(tui.PushMsg{Screen: p})
	c, key := term.NewCanvas(120, 40), frametest.Key("j")
	b.ReportAllocs()
	for b.Loop() {
		r.s.Update(key)
		c.Clear()
		r.s.Draw(c)
	}
}

// bare is a screen that costs nothing.
type bare struct{ page }

func (*bare) Draw(*term.Canvas)      {}
func (*bare) Update(tea.Msg) tea.Cmd { return nil }
