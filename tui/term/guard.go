package term

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"

	tea "github.com/charmbracelet/bubbletea"
)

// Crash is a panic, without its value: that may be a password or a name, and
// would end up in a log or on the screen.
type Crash struct {
	Where string // "Update", "Draw", "a command", "a goroutine"
	Type  string // the Go type of the value
	Stack string // functions and lines, innermost first, without arguments
}

func (c *Crash) Error() string {
	return fmt.Sprintf("the console stopped because of a fault in %s (panic of type %s)", c.Where, c.Type)
}

// Guard runs goroutines in such a way that a panic in one of them ends the
// program in order, with the terminal restored. The zero value is ready; hand
// it to Run in the options. A goroutine started in any other way that panics
// leaves the terminal raw.
type Guard struct {
	mu    sync.Mutex
	crash *Crash
	fell  chan struct{} // closed with the first crash
}

// Go runs f in a goroutine.
func (g *Guard) Go(f func()) {
	go func() {
		defer g.catch("a goroutine")
		f()
	}()
}

// Crash is the first panic that was caught, or nil.
func (g *Guard) Crash() *Crash {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.crash
}

// fallen is closed with the first crash.
func (g *Guard) fallen() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fell == nil {
		g.fell = make(chan struct{})
		if g.crash != nil {
			close(g.fell)
		}
	}
	return g.fell
}

// catch must be deferred itself.
func (g *Guard) catch(where string) {
	v := recover()
	if v == nil {
		return
	}
	c := &Crash{Where: where, Type: fmt.Sprintf("%T", v), Stack: stack()}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.crash != nil {
		return
	}
	g.crash = c
	if g.fell != nil {
		close(g.fell)
	}
}

// stack lists the calls that led to the panic being caught.
func stack() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var b strings.Builder
	for {
		f, more := frames.Next()
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
		if !more {
			return b.String()
		}
	}
}

var cmdType = reflect.TypeFor[tea.Cmd]()

// command guards a command, and whatever commands its message holds.
func (g *Guard) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer g.catch("a command")
		return g.message(cmd())
	}
}

// message guards the commands inside of a message: Bubble Tea's batch, and its
// sequence, whose type is private.
func (g *Guard) message(msg tea.Msg) tea.Msg {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != cmdType {
		return msg
	}
	guarded := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		guarded.Index(i).Set(reflect.ValueOf(g.command(v.Index(i).Interface().(tea.Cmd))))
	}
	return guarded.Interface()
}
