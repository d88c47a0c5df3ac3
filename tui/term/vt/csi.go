package vt

import (
	"fmt"
	"strconv"
	"strings"
)

// Private modes with a meaning of their own here.
const (
	modeAutowrap = 7
	modeCursor   = 25
	modeAlt      = 1049
	modeSync     = 2026
)

// knownModes are remembered and have no effect on the screen.
var knownModes = map[int]bool{
	1: true, 12: true, modeAutowrap: true, modeCursor: true, 47: true, 1047: true, modeAlt: true, modeSync: true,
	1000: true, 1001: true, 1002: true, 1003: true, 1004: true, 1005: true, 1006: true, 2004: true,
}

// csi carries out a control sequence: parameters, intermediates, final byte.
func (t *Terminal) csi(body string) {
	final := body[len(body)-1]
	rest := body[:len(body)-1]
	params := strings.TrimRight(rest, " !\"#$%&'()*+,-./")
	inter := rest[len(params):]
	prefix := ""
	if params != "" && strings.IndexByte("<=>?", params[0]) >= 0 {
		prefix, params = params[:1], params[1:]
	}
	numbers, ok := split(params)
	if !ok {
		t.count("CSI " + prefix + inter + string(final))
		t.miss()
		return
	}
	if prefix == "?" && inter == "" && (final == 'h' || final == 'l') {
		for _, n := range numbers {
			t.count(fmt.Sprintf("CSI ?%d%c", n, final))
			t.setMode(n, final == 'h')
		}
		return
	}
	t.count("CSI " + prefix + inter + string(final))
	if prefix != "" || inter != "" || !t.plain(final, numbers) {
		t.miss()
	}
}

func split(params string) ([]int, bool) {
	var out []int
	for _, p := range strings.Split(params, ";") {
		n, err := strconv.Atoi(p)
		if p != "" && (err != nil || n < 0 || n > 1<<16) {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}

// fill is the style of erased cells.
func (t *Terminal) fill() Style {
	if t.opt.NoBCE {
		return Style{}
	}
	return Style{Bg: t.cur.pen.Bg}
}

func (t *Terminal) setMode(n int, on bool) {
	if !knownModes[n] {
		t.miss()
		return
	}
	switch n {
	case modeAlt:
		if on == t.modes[n] {
			return
		}
		t.switchScreen(on)
	case modeSync:
		if on && t.held == nil {
			t.held = t.cur.clone()
		}
		if !on && t.modes[n] {
			t.held = nil
			t.updates++
		}
	}
	t.modes[n] = on
}

// switchScreen enters the alternate screen, emptied, or leaves it with the
// cursor where it was.
func (t *Terminal) switchScreen(alt bool) {
	if !alt {
		t.cur = t.main
		return
	}
	t.alt.scroll(0, t.alt.h, t.alt.h, Style{})
	t.alt.x, t.alt.y, t.alt.pen = t.main.x, t.main.y, t.main.pen
	t.cur = t.alt
}

// plain carries out a sequence without prefix, and tells whether it knew it.
func (t *Terminal) plain(final byte, p []int) bool {
	s := t.cur
	arg := func(i, missing int) int {
		if i < len(p) && p[i] > 0 {
			return p[i]
		}
		return missing
	}
	n := arg(0, 1)
	switch final {
	case 'A':
		s.move(s.x, max(s.y-n, boundary(s.y >= s.top, s.top, 0)))
	case 'B', 'e':
		s.move(s.x, min(s.y+n, boundary(s.y < s.bottom, s.bottom, s.h)-1))
	case 'C', 'a':
		s.move(s.x+n, s.y)
	case 'D':
		s.move(min(s.x, s.w-1)-n, s.y)
	case 'E':
		s.move(0, s.y+n)
	case 'F':
		s.move(0, s.y-n)
	case 'G', '`':
		s.move(n-1, s.y)
	case 'd':
		s.move(s.x, n-1)
	case 'H', 'f':
		s.move(arg(1, 1)-1, n-1)
	case 'm':
		return s.pen.sgr(p)
	case 'r':
		s.region(n-1, arg(1, s.h))
	default:
		return t.edit(final, n, p[0])
	}
	return true
}

func boundary(inside bool, in, out int) int {
	if inside {
		return in
	}
	return out
}

// region sets the scroll region to the rows [top,bottom).
func (s *screen) region(top, bottom int) {
	bottom = min(bottom, s.h)
	if top < bottom-1 {
		s.top, s.bottom = top, bottom
		s.move(0, 0)
	}
}

// edit carries out what changes the cells.
func (t *Terminal) edit(final byte, n, raw int) bool {
	s, fill := t.cur, t.fill()
	switch final {
	case '@':
		s.shift(n, fill)
	case 'P':
		s.shift(-n, fill)
	case 'X':
		s.erase(s.y, s.x, s.x+n, fill)
	case 'S':
		s.scroll(s.top, s.bottom, n, fill)
	case 'T':
		s.scroll(s.top, s.bottom, -n, fill)
	case 'L', 'M':
		if s.y < s.top || s.y >= s.bottom {
			break
		}
		if final == 'L' {
			n = -n
		}
		s.scroll(s.y, s.bottom, n, fill)
		s.x = 0
	case 'K':
		return s.eraseLine(raw, fill)
	case 'J':
		return s.eraseDisplay(raw, fill)
	default:
		return false
	}
	return true
}

func (s *screen) eraseLine(part int, fill Style) bool {
	switch part {
	case 0:
		s.erase(s.y, min(s.x, s.w-1), s.w, fill)
	case 1:
		s.erase(s.y, 0, s.x+1, fill)
	case 2:
		s.erase(s.y, 0, s.w, fill)
	default:
		return false
	}
	return true
}

func (s *screen) eraseDisplay(part int, fill Style) bool {
	from, to := 0, s.h
	switch part {
	case 0:
		s.eraseLine(0, fill)
		from = s.y + 1
	case 1:
		s.eraseLine(1, fill)
		to = s.y
	case 2, 3:
	default:
		return false
	}
	for y := from; y < to; y++ {
		s.erase(y, 0, s.w, fill)
	}
	return true
}
