// Package vt is a terminal emulator without a window, for tests and pictures:
// it keeps what a terminal would show, and what it was told.
//
// It follows xterm's control sequences (invisible-island.net/xterm/ctlseqs) as
// far as full-screen programs use them, is safe for concurrent use, and lists
// every control it saw, so that a test can hold a program to an allow-list.
package vt

import (
	"maps"
	"strings"
	"sync"
)

// Options are differences between real terminals.
type Options struct {
	EagerWrap bool // a character in the last column wraps at once, where xterm waits for the next one
	NoBCE     bool // erasing fills with the default background, where xterm takes the current one
}

// Event is something the terminal was told that is not on the screen.
type Event struct {
	Kind  string // "bell", "title", "clipboard" (decoded text), "clipboard query", "mode"
	Value string
}

// Terminal is an emulated terminal. Make one with New.
type Terminal struct {
	mu      sync.Mutex
	opt     Options
	main    *screen
	alt     *screen
	cur     *screen // main or alt
	held    *screen // what is shown while a synchronized update is under way
	modes   map[int]bool
	parser  parser
	events  []Event
	seen    map[string]int
	unknown []string
	updates int
}

// New makes a terminal of w columns and h rows.
func New(w, h int) *Terminal { return NewWith(w, h, Options{}) }

// NewWith makes a terminal that differs from xterm as told.
func NewWith(w, h int, opt Options) *Terminal {
	t := &Terminal{opt: opt, main: newScreen(w, h), alt: newScreen(w, h), seen: map[string]int{}}
	t.cur = t.main
	t.modes = map[int]bool{modeAutowrap: true, modeCursor: true}
	return t
}

// Write takes what a program sends. It never fails.
func (t *Terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, b := range p {
		t.parser.feed(t, b)
	}
	return len(p), nil
}

// Resize gives the terminal a new size. Lines are cut or extended, not reflowed.
func (t *Terminal) Resize(w, h int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.main.resize(w, h)
	t.alt.resize(w, h)
	if t.held != nil {
		t.held.resize(w, h)
	}
}

// shown is the screen that a person would see.
func (t *Terminal) shown() *screen {
	if t.held != nil {
		return t.held
	}
	return t.cur
}

// Size is the number of columns and rows.
func (t *Terminal) Size() (w, h int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cur.w, t.cur.h
}

// Text is what is shown, each line without trailing spaces. During a
// synchronized update it is what was shown before.
func (t *Terminal) Text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for _, row := range t.shown().rows {
		var line strings.Builder
		for _, c := range row {
			line.WriteString(c.Text)
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// Cell is what is shown at x, y.
func (t *Terminal) Cell(x, y int) Cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shown()
	if x < 0 || y < 0 || x >= s.w || y >= s.h {
		return Cell{}
	}
	return s.rows[y][x]
}

// Cursor tells where the cursor is, and whether it is visible.
func (t *Terminal) Cursor() (x, y int, visible bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shown()
	return min(s.x, max(0, s.w-1)), s.y, t.modes[modeCursor]
}

// Mode tells whether a private mode is set: 25, 1049, 2004 and so on.
func (t *Terminal) Mode(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.modes[n]
}

// Modes are the private modes that are set.
func (t *Terminal) Modes() map[int]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	set := map[int]bool{}
	for n, on := range t.modes {
		if on {
			set[n] = true
		}
	}
	return set
}

// Updating tells whether a synchronized update is under way.
func (t *Terminal) Updating() bool { return t.Mode(modeSync) }

// Updates counts the synchronized updates that were finished.
func (t *Terminal) Updates() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.updates
}

// Events are the titles, clipboard writes and bells so far.
func (t *Terminal) Events() []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Event(nil), t.events...)
}

// Seen counts every control that arrived, by kind: "CSI H", "CSI ?25h",
// "CSI m", "OSC 52", "ESC 7", "CR", "C1 U+009B".
func (t *Terminal) Seen() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.seen)
}

// Unknown are the controls that had no effect because the emulator does not
// know them, as they came, quoted.
func (t *Terminal) Unknown() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.unknown...)
}
