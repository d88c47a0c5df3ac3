// Package paint makes pictures of an emulated terminal.
package paint

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/text/unicode/norm"

	"gatehouse/tui/term/vt"
)

// margin is the room around the cells, in pixels.
const margin = 14

// Painter paints with one set of fonts and colours.
type Painter struct {
	fonts  *Fonts
	colors Colors
}

// New makes a painter.
func New(f *Fonts, c Colors) *Painter { return &Painter{f, c} }

// Picture paints what the terminal shows.
func (p *Painter) Picture(t *vt.Terminal) *image.Paletted {
	w, h := t.Size()
	img := image.NewRGBA(image.Rect(0, 0, w*p.fonts.cellW+2*margin, h*p.fonts.cellH+2*margin))
	draw.Draw(img, img.Bounds(), image.NewUniform(p.colors.Background), image.Point{}, draw.Src)
	for y := range h {
		for x := range w {
			p.background(img, x, y, t.Cell(x, y))
		}
	}
	for y := range h {
		for x := range w {
			p.foreground(img, x, y, t.Cell(x, y))
		}
	}
	if x, y, visible := t.Cursor(); visible {
		p.cursor(img, x, y, t.Cell(x, y))
	}
	return paletted(img)
}

// room is where the cell at x, y is drawn, n columns wide.
func (p *Painter) room(x, y, n int) image.Rectangle {
	at := image.Pt(margin+x*p.fonts.cellW, margin+y*p.fonts.cellH)
	return image.Rectangle{at, at.Add(image.Pt(n*p.fonts.cellW, p.fonts.cellH))}
}

func (p *Painter) background(img draw.Image, x, y int, c vt.Cell) {
	if _, bg := p.colors.of(c.Style); bg != p.colors.Background {
		draw.Draw(img, p.room(x, y, 1), image.NewUniform(bg), image.Point{}, draw.Src)
	}
}

func (p *Painter) foreground(img draw.Image, x, y int, c vt.Cell) {
	if c.Width == 0 || c.Style.Conceal {
		return
	}
	fg, _ := p.colors.of(c.Style)
	p.text(img, p.room(x, y, c.Width), c, fg)
}

func (p *Painter) text(img draw.Image, room image.Rectangle, c vt.Cell, fg color.RGBA) {
	ink := image.NewUniform(fg)
	for _, r := range norm.NFC.String(c.Text) {
		if r == ' ' || box(img, room, r, ink) {
			continue
		}
		p.fonts.glyph(img, room, r, c.Style, ink)
	}
	bar := func(y int) {
		draw.Draw(img, image.Rect(room.Min.X, y, room.Max.X, y+1), ink, image.Point{}, draw.Src)
	}
	if c.Style.Underline {
		bar(room.Min.Y + p.fonts.ascent + 2)
	}
	if c.Style.Strike {
		bar(room.Min.Y + p.fonts.ascent*2/3)
	}
}

// cursor draws a block with the cell in it the other way round.
func (p *Painter) cursor(img draw.Image, x, y int, c vt.Cell) {
	room := p.room(x, y, max(1, c.Width))
	draw.Draw(img, room, image.NewUniform(p.colors.Foreground), image.Point{}, draw.Src)
	p.text(img, room, c, p.colors.Background)
}
