package paint

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"testing"

	"gatehouse/tui/term/vt"
)

func painter(t *testing.T) *Painter {
	t.Helper()
	f, err := FindFonts()
	if err != nil {
		t.Skip(err)
	}
	return New(f, Dark())
}

func TestPictureIsTheSameEachTimeAndShowsTheScreen(t *testing.T) {
	p := painter(t)
	term := vt.New(30, 8)
	blank := p.Picture(term)
	fmt.Fprint(term, "\x1b[?25l╭──────────╮\r\n│ \x1b[1;32m✓ ▸ ●\x1b[m │日本 é e\u0301 \U0001F600\r\n╰──────────╯ \x1b[7mreverse\x1b[m\x1b[4;31munder\x1b[m\r\n━━━━━╸── ▌█▁▂▃ مرحبا\x1b[2m faint \x1b[3mitalic")
	one, two := p.Picture(term), p.Picture(term)
	if !bytes.Equal(one.Pix, two.Pix) {
		t.Error("two pictures of one screen differ")
	}
	if bytes.Equal(one.Pix, blank.Pix) {
		t.Error("nothing was drawn")
	}
	if path := os.Getenv("GATEHOUSE_PICTURE"); path != "" {
		var b bytes.Buffer
		if err := png.Encode(&b, one); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinesReachTheEdgesOfTheirCells(t *testing.T) {
	p := painter(t)
	term := vt.New(3, 3)
	fmt.Fprint(term, "\x1b[?25l╭─╮\r\n│ │\r\n╰─╯")
	img := p.Picture(term)
	for x := 1; x < 3; x++ { // where two cells of the frame meet
		at := margin + x*p.fonts.cellW
		for _, side := range []int{at - 1, at} {
			y := margin + p.fonts.cellH/2
			if img.At(side, y) == img.Palette[0] {
				t.Errorf("a gap at %d,%d", side, y)
			}
		}
	}
}
