package vt

// Color is a colour of a cell: the default, one of 256, or a direct one.
type Color struct {
	Kind    ColorKind
	Index   uint8 // for Indexed
	R, G, B uint8 // for RGB
}

// ColorKind tells which fields of a Color count.
type ColorKind uint8

// The kinds of colours.
const (
	Default ColorKind = iota
	Indexed
	RGB
)

// Style is how a cell is drawn.
type Style struct {
	Fg, Bg                                                          Color
	Bold, Faint, Italic, Underline, Blink, Reverse, Conceal, Strike bool
}

// Cell is one column. The second column of a wide character has width 0 and no text.
type Cell struct {
	Text  string
	Width int
	Style Style
}

// sgr applies the parameters of CSI m and tells whether it knew all of them.
func (s *Style) sgr(params []int) (ok bool) {
	ok = true
	for i := 0; i < len(params); i++ {
		switch n := params[i]; {
		case n == 38 || n == 48:
			c, used := extendedColor(params[i+1:])
			if used == 0 {
				return false
			}
			if n == 38 {
				s.Fg = c
			} else {
				s.Bg = c
			}
			i += used
		case n >= 30 && n <= 49 || n >= 90 && n <= 107:
			ok = s.color(n) && ok
		default:
			ok = s.attribute(n) && ok
		}
	}
	return ok
}

func (s *Style) color(n int) bool {
	switch {
	case n <= 37:
		s.Fg = Color{Kind: Indexed, Index: uint8(n - 30)}
	case n == 39:
		s.Fg = Color{}
	case n <= 47:
		s.Bg = Color{Kind: Indexed, Index: uint8(n - 40)}
	case n == 49:
		s.Bg = Color{}
	case n <= 97:
		s.Fg = Color{Kind: Indexed, Index: uint8(n - 90 + 8)}
	case n >= 100:
		s.Bg = Color{Kind: Indexed, Index: uint8(n - 100 + 8)}
	default:
		return false
	}
	return true
}

func (s *Style) attribute(n int) bool {
	switch n {
	case 0:
		*s = Style{}
	case 1:
		s.Bold = true
	case 2:
		s.Faint = true
	case 3:
		s.Italic = true
	case 4:
		s.Underline = true
	case 5, 6:
		s.Blink = true
	case 7:
		s.Reverse = true
	case 8:
		s.Conceal = true
	case 9:
		s.Strike = true
	case 22:
		s.Bold, s.Faint = false, false
	case 23:
		s.Italic = false
	case 24:
		s.Underline = false
	case 25:
		s.Blink = false
	case 27:
		s.Reverse = false
	case 28:
		s.Conceal = false
	case 29:
		s.Strike = false
	default:
		return false
	}
	return true
}

// extendedColor reads 5;n or 2;r;g;b, and tells how many parameters it took.
func extendedColor(p []int) (Color, int) {
	switch {
	case len(p) >= 2 && p[0] == 5:
		return Color{Kind: Indexed, Index: uint8(p[1])}, 2
	case len(p) >= 4 && p[0] == 2:
		return Color{Kind: RGB, R: uint8(p[1]), G: uint8(p[2]), B: uint8(p[3])}, 4
	}
	return Color{}, 0
}
