package views_test

import (
	"context"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"gatehouse/tui/term"
	"gatehouse/tui/theme"
	"gatehouse/views"
)

// clock moves when it is told to, and with it the ticks that wait for it.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	ticks []tick
}

type tick struct {
	due time.Time
	at  chan time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Tick is tea.Tick by this clock.
func (c *clock) Tick(d time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := make(chan time.Time, 1)
	c.ticks = append(c.ticks, tick{c.now.Add(d), at})
	return func() tea.Msg { return f(<-at) }
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	var left []tick
	for _, t := range c.ticks {
		if t.due.After(c.now) {
			left = append(left, t)
			continue
		}
		t.at <- c.now
	}
	c.ticks = left
}

// console drives a whole console the way a terminal does: keys go in, frames
// are looked at. It waits for what it sees, never for time.
type console struct {
	t      testing.TB
	c      *views.Console
	clock  *clock
	msgs   chan tea.Msg
	done   chan struct{}
	canvas *term.Canvas
	quit   bool
	tap    *tap
}

type look struct {
	w, h    int
	profile termenv.Profile
	ascii   bool
}

// open starts a console and draws its first frame, before anything else.
func open(t testing.TB, o views.Options, l look) *console {
	t.Helper()
	if l.w == 0 {
		l.w, l.h = 120, 36
	}
	c := &console{t: t, clock: &clock{now: time.Now()}, msgs: make(chan tea.Msg, 10_000), done: make(chan struct{}), canvas: term.NewCanvas(l.w, l.h)}
	if o.Now == nil {
		o.Now = c.clock.Now
	} else {
		c.clock.now = o.Now()
		o.Now = c.clock.Now
	}
	o.Tick = c.clock.Tick
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(l.profile)
	r.SetHasDarkBackground(true)
	o.Theme = theme.Options{Renderer: r, ASCII: l.ascii}
	ctx, cancel := context.WithCancel(context.Background())
	c.c = views.New(ctx, o)
	t.Cleanup(func() { close(c.done); cancel(); c.c.Close() })
	c.run(c.c.Init())
	c.step(tea.WindowSizeMsg{Width: l.w, Height: l.h})
	return c
}

// run runs a command as Bubble Tea does: beside the event loop.
func (c *console) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go c.deliver(cmd)
}

func (c *console) deliver(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	msg := cmd()
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, cmd := range batch {
			c.run(cmd)
		}
		return
	}
	// The type of a sequence is Bubble Tea's own.
	if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() {
			c.deliver(v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	if msg == nil {
		return
	}
	select {
	case c.msgs <- msg:
	case <-c.done:
	}
}

func (c *console) step(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		c.quit = true
		return
	}
	c.run(c.c.Update(msg))
}

// frame is the screen now.
func (c *console) frame() string {
	c.canvas.Clear()
	c.c.Draw(c.canvas)
	return c.canvas.Plain()
}

// patience is how long a test waits for something to appear before it fails.
const patience = 20 * time.Second

// until goes on until the screen is as wanted.
func (c *console) until(what string, ok func(frame string) bool) string {
	c.t.Helper()
	out := time.After(patience)
	for {
		f := c.frame()
		if ok(f) {
			return f
		}
		select {
		case msg := <-c.msgs:
			c.step(msg)
		case <-out:
			c.t.Fatalf("waited for %s; the screen is\n%s", what, f)
		}
	}
}

// see waits for all of these texts.
func (c *console) see(texts ...string) string {
	c.t.Helper()
	return c.until(strings.Join(texts, " and "), func(f string) bool {
		for _, s := range texts {
			if !strings.Contains(f, s) {
				return false
			}
		}
		return true
	})
}

// gone waits until a text is not on the screen.
func (c *console) gone(text string) string {
	c.t.Helper()
	return c.until("no "+text, func(f string) bool { return !strings.Contains(f, text) })
}

// closed waits until no box is open.
func (c *console) closed() string {
	c.t.Helper()
	return c.until("no box", func(f string) bool { return !strings.Contains(f, "╭") && !strings.Contains(f, "+-") })
}

// settle takes in what has come so far, without waiting.
func (c *console) settle() string {
	for {
		select {
		case msg := <-c.msgs:
			c.step(msg)
		case <-time.After(20 * time.Millisecond):
			return c.frame()
		}
	}
}

// keys presses keys, one second apart, by their names; anything that is no
// name of a key is typed letter by letter.
func (c *console) keys(names ...string) {
	for _, name := range names {
		if k, ok := named[name]; ok {
			c.press(k)
			continue
		}
		for _, r := range name {
			k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}
			if r == ' ' {
				k.Type = tea.KeySpace
			}
			c.press(k)
		}
	}
}

func (c *console) press(k tea.KeyMsg) {
	c.clock.pass(time.Second)
	c.step(k)
	c.frame()
}

var named = map[string]tea.KeyMsg{
	"enter": {Type: tea.KeyEnter}, "esc": {Type: tea.KeyEsc}, "tab": {Type: tea.KeyTab}, "shift+tab": {Type: tea.KeyShiftTab},
	"up": {Type: tea.KeyUp}, "down": {Type: tea.KeyDown}, "left": {Type: tea.KeyLeft}, "right": {Type: tea.KeyRight},
	"home": {Type: tea.KeyHome}, "end": {Type: tea.KeyEnd}, "ctrl+s": {Type: tea.KeyCtrlS}, "ctrl+r": {Type: tea.KeyCtrlR},
	"ctrl+t": {Type: tea.KeyCtrlT}, "ctrl+e": {Type: tea.KeyCtrlE}, "ctrl+u": {Type: tea.KeyCtrlU}, "ctrl+g": {Type: tea.KeyCtrlG}, "space": {Type: tea.KeySpace, Runes: []rune{' '}},
}
