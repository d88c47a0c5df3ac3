package flow

import (
	"testing"

	"github.com/charmbracelet/lipgloss"

	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

func draw(w, h, top int, build func(*Page)) string {
	c := term.NewCanvas(w, h)
	Lay(w, h, build).Draw(c, theme.New(theme.Options{Renderer: lipgloss.NewRenderer(nil)}), top)
	return c.Plain()
}

func TestHangingParagraphs(t *testing.T) {
	hang := func(head, text safetext.Safe) func(*Page) {
		return func(p *Page) { p.Hang([]Span{{Text: head}}, theme.Plain, text) }
	}
	for _, tc := range []struct {
		w     int
		build func(*Page)
		want  string
	}{
		{12, hang("1 ", "one two three"), "1 one two\n  three\n\n"},
		{20, hang("warning: ", "one two three"), "warning: one two\n  three\n\n"},
		{12, hang("warning: ", "one two three"), "warning:\n  one two\n  three\n"},
		{12, func(p *Page) { p.Line(Span{Text: "a line that is"}, Span{Text: "too long"}) }, "a line that…\n\n\n"},
		{12, func(p *Page) { p.Line(Span{Text: "a full line."}, Span{Text: "more"}) }, "a full line…\n\n\n"},
		{12, func(p *Page) { p.Gap(); p.Para(0, "a"); p.Gap(); p.Gap(); p.Para(0, "b") }, "a\n\nb\n"},
	} {
		if got := draw(tc.w, 3, 0, tc.build); got != tc.want {
			t.Errorf("%d columns:\n%s\nwant\n%s", tc.w, got, tc.want)
		}
	}
}

func TestMoreIsMarkedWhereThePageScrolls(t *testing.T) {
	five := func(p *Page) {
		for range 5 {
			p.Para(theme.Plain, "12345 78")
		}
	}
	if got := draw(8, 3, 1, five); got != "78     ▲\n12345\n78     ▼\n" {
		t.Errorf("drawn is\n%s", got)
	}
}

func TestALongParagraphIsCut(t *testing.T) {
	p := NewPage(80)
	b := make([]byte, 10<<20)
	for i := range b {
		b[i] = 'x'
	}
	p.Para(theme.Plain, safetext.Safe(b))
	if p.Len() > longest/80+2 {
		t.Errorf("ten megabytes became %d lines", p.Len())
	}
}
