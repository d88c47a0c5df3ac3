package term

import "strings"

// backgroundAnswer is what a terminal said about its background colour.
type backgroundAnswer struct {
	known bool // false: it answered a question that was sent later, so it will not answer this one
	dark  bool
}

// answer reads the answers that Run may have asked for; all others are dropped.
func (d *Decoder) answer(s string) {
	if s == "[c" {
		d.msgs = append(d.msgs, backgroundAnswer{})
		return
	}
	if colour, ok := strings.CutPrefix(s, "]11;rgb:"); ok {
		if dark, ok := isDark(colour); ok {
			d.msgs = append(d.msgs, backgroundAnswer{known: true, dark: dark})
		}
	}
}

// isDark reads a colour as X11 writes it, rrrr/gggg/bbbb with one to four hex
// digits each, and tells whether light text is better on it.
func isDark(colour string) (dark, ok bool) {
	parts := strings.Split(colour, "/")
	if len(parts) != 3 {
		return false, false
	}
	luma := 0.0
	for i, weight := range []float64{0.299, 0.587, 0.114} {
		v, scale := 0, 0
		for _, c := range []byte(parts[i]) {
			digit := strings.IndexByte("0123456789abcdef", c|0x20)
			if digit < 0 || scale > 1<<12 {
				return false, false
			}
			v, scale = v<<4+digit, scale<<4|0xf
		}
		if scale == 0 {
			return false, false
		}
		luma += weight * float64(v) / float64(scale)
	}
	return luma < 0.5, true
}
