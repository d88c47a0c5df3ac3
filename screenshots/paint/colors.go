package paint

import (
	"image"
	"image/color"
	"slices"

	"gatehouse/tui/term/vt"
)

// Colors is what a terminal makes of the default and the 16 ANSI colours.
type Colors struct {
	Foreground, Background color.RGBA
	ANSI                   [16]color.RGBA
}

func hex(v uint32) color.RGBA {
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

func colors(fg, bg uint32, ansi [16]uint32) Colors {
	c := Colors{Foreground: hex(fg), Background: hex(bg)}
	for i, v := range ansi {
		c.ANSI[i] = hex(v)
	}
	return c
}

// Dark is light text on a dark ground.
func Dark() Colors {
	return colors(0xd4d8e0, 0x14171d, [16]uint32{
		0x2a2f3a, 0xe8686f, 0x8cc570, 0xe3b95f, 0x6ea8f0, 0xc58be0, 0x57bdc4, 0xc5cad4,
		0x6c7484, 0xff8a8f, 0xa9de8c, 0xf5d285, 0x93c2ff, 0xdcaaf2, 0x7fd9df, 0xf4f6fa,
	})
}

// Light is dark text on a light ground.
func Light() Colors {
	return colors(0x24292f, 0xfbfbf9, [16]uint32{
		0x24292f, 0xb3262e, 0x2f7d32, 0x8a5a00, 0x1f5fbf, 0x8038a8, 0x0f7480, 0x5d6672,
		0x7c8591, 0xcf3a42, 0x3d9140, 0xa87000, 0x3477dd, 0x9b4fc4, 0x178b99, 0x111418,
	})
}

// of gives the colours of a cell as they are drawn.
func (c Colors) of(s vt.Style) (fg, bg color.RGBA) {
	fg, bg = c.one(s.Fg, c.Foreground), c.one(s.Bg, c.Background)
	if s.Bold && s.Fg.Kind == vt.Indexed && s.Fg.Index < 8 {
		fg = c.ANSI[s.Fg.Index+8]
	}
	if s.Reverse {
		fg, bg = bg, fg
	}
	if s.Faint {
		fg = between(fg, bg)
	}
	return fg, bg
}

func (c Colors) one(v vt.Color, missing color.RGBA) color.RGBA {
	switch v.Kind {
	case vt.Indexed:
		return c.indexed(v.Index)
	case vt.RGB:
		return color.RGBA{v.R, v.G, v.B, 0xff}
	}
	return missing
}

// indexed is xterm's palette: 16 colours, a cube of 6x6x6, 24 greys.
func (c Colors) indexed(i uint8) color.RGBA {
	switch {
	case i < 16:
		return c.ANSI[i]
	case i < 232:
		i -= 16
		step := func(v uint8) uint8 {
			if v == 0 {
				return 0
			}
			return 55 + 40*v
		}
		return color.RGBA{step(i / 36), step(i / 6 % 6), step(i % 6), 0xff}
	}
	g := 8 + 10*(i-232)
	return color.RGBA{g, g, g, 0xff}
}

func between(a, b color.RGBA) color.RGBA {
	mix := func(x, y uint8) uint8 { return uint8((int(x)*3 + int(y)*2) / 5) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// paletted gives a picture its 256 most frequent colours: text has few colours
// and their shades, and the file is a third as large.
func paletted(img *image.RGBA) *image.Paletted {
	count := map[color.RGBA]int{}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			count[img.RGBAAt(x, y)]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return int(number(a)) - int(number(b))
	})
	palette := make(color.Palette, 0, 256)
	for _, c := range all[:min(len(all), 256)] {
		palette = append(palette, c)
	}
	index := make(map[color.RGBA]uint8, len(all))
	for _, c := range all {
		index[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(img.Rect, palette)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.SetColorIndex(x, y, index[img.RGBAAt(x, y)])
		}
	}
	return out
}

func number(c color.RGBA) uint32 { return uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B) }
