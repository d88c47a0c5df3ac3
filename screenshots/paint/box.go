package paint

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// arms are the strokes of a line character from the middle of its cell: up,
// right, down, left. 0 is none, 1 light, 2 heavy.
var arms = map[rune][4]int{
	'─': {0, 1, 0, 1}, '│': {1, 0, 1, 0}, '━': {0, 2, 0, 2}, '┃': {2, 0, 2, 0},
	'┌': {0, 1, 1, 0}, '┐': {0, 0, 1, 1}, '└': {1, 1, 0, 0}, '┘': {1, 0, 0, 1},
	'├': {1, 1, 1, 0}, '┤': {1, 0, 1, 1}, '┬': {0, 1, 1, 1}, '┴': {1, 1, 0, 1}, '┼': {1, 1, 1, 1},
	'╴': {0, 0, 0, 1}, '╵': {1, 0, 0, 0}, '╶': {0, 1, 0, 0}, '╷': {0, 0, 1, 0},
	'╸': {0, 0, 0, 2}, '╹': {2, 0, 0, 0}, '╺': {0, 2, 0, 0}, '╻': {0, 0, 2, 0},
	'╼': {0, 2, 0, 1}, '╾': {0, 1, 0, 2},
}

// corners are the round ones: whether they lead right and down.
var corners = map[rune][2]bool{'╭': {true, true}, '╮': {false, true}, '╰': {true, false}, '╯': {false, false}}

// blocks are filled parts of the cell in eighths: left, top, right, bottom.
var blocks = map[rune][4]int{
	'█': {0, 0, 8, 8}, '▌': {0, 0, 4, 8}, '▐': {4, 0, 8, 8}, '▀': {0, 0, 8, 4}, '▄': {0, 4, 8, 8},
	'▏': {0, 0, 1, 8}, '▎': {0, 0, 2, 8}, '▍': {0, 0, 3, 8}, '▋': {0, 0, 5, 8}, '▊': {0, 0, 6, 8}, '▉': {0, 0, 7, 8},
	'▁': {0, 7, 8, 8}, '▂': {0, 6, 8, 8}, '▃': {0, 5, 8, 8}, '▅': {0, 3, 8, 8}, '▆': {0, 2, 8, 8}, '▇': {0, 1, 8, 8},
	'▕': {7, 0, 8, 8}, '▔': {0, 0, 8, 1},
}

// box draws lines and blocks itself, since those of fonts leave gaps between
// the cells. It tells whether it drew.
func box(img draw.Image, room image.Rectangle, r rune, ink *image.Uniform) bool {
	if a, ok := arms[r]; ok {
		lines(img, room, a, ink)
		return true
	}
	if c, ok := corners[r]; ok {
		corner(img, room, c[0], c[1], ink)
		return true
	}
	if b, ok := blocks[r]; ok {
		part := image.Rect(room.Dx()*b[0]/8, room.Dy()*b[1]/8, room.Dx()*b[2]/8, room.Dy()*b[3]/8)
		draw.Draw(img, part.Add(room.Min), ink, image.Point{}, draw.Src)
		return true
	}
	return false
}

func middle(room image.Rectangle) image.Point {
	return room.Min.Add(image.Pt(room.Dx()/2, room.Dy()/2))
}

func lines(img draw.Image, room image.Rectangle, a [4]int, ink image.Image) {
	m := middle(room)
	for i, weight := range a {
		if weight == 0 {
			continue
		}
		thick := 2*weight - 1 // 1 or 3 pixels
		lo, hi := -(thick / 2), thick/2+1
		part := [4]image.Rectangle{
			image.Rect(m.X+lo, room.Min.Y, m.X+hi, m.Y+hi), image.Rect(m.X+lo, m.Y+lo, room.Max.X, m.Y+hi),
			image.Rect(m.X+lo, m.Y+lo, m.X+hi, room.Max.Y), image.Rect(room.Min.X, m.Y+lo, m.X+hi, m.Y+hi),
		}[i]
		draw.Draw(img, part, ink, image.Point{}, draw.Src)
	}
}

// corner draws a quarter of a circle and the straight rest to the edges.
func corner(img draw.Image, room image.Rectangle, right, down bool, ink *image.Uniform) {
	m := middle(room)
	sx, sy := 1, 1
	edgeX, edgeY := room.Max.X-1, room.Max.Y-1
	if !right {
		sx, edgeX = -1, room.Min.X
	}
	if !down {
		sy, edgeY = -1, room.Min.Y
	}
	radius := abs(edgeX - m.X)
	cx, cy := float64(m.X+sx*radius), float64(m.Y+sy*radius)
	for y := m.Y; y != m.Y+sy*(radius+1); y += sy {
		for x := m.X; x != m.X+sx*(radius+1); x += sx {
			off := math.Abs(math.Hypot(float64(x)-cx, float64(y)-cy) - float64(radius))
			blend(img, x, y, ink.C, 1-off)
		}
	}
	for y := m.Y + sy*radius; y != edgeY+sy; y += sy {
		img.Set(m.X, y, ink.C)
	}
}

func abs(n int) int { return max(n, -n) }

func blend(img draw.Image, x, y int, c color.Color, share float64) {
	if share <= 0 {
		return
	}
	mask := image.NewUniform(color.Alpha{uint8(255 * min(1, share))})
	draw.DrawMask(img, image.Rect(x, y, x+1, y+1), image.NewUniform(c), image.Point{}, mask, image.Point{}, draw.Over)
}
