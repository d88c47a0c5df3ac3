package shell

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/jobs"
	"gatehouse/tui/palette"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
)

// Config is what a program is made of.
type Config struct {
	Program safetext.Safe
	Tabs    []Tab
	First   string // id of the tab in front at the start; "": the first one

	// The functions are asked at every frame or key and answer from memory;
	// those that are nil have nothing to say.
	Header     func() Header
	Connection func() Connection
	Global     func() []tui.Action    // actions that every screen has
	Extra      func() []palette.Entry // what only the palette offers: contexts, lenses, verbs without a key

	Lock     Lock           // nil: writes are never locked
	Jobs     *jobs.Board    // nil: an own one
	Keys     tui.Keymap     // other keys for actions
	Services []tui.Receiver // take part in messages, are never drawn

	// AskBackground makes the looks follow the terminal's background, if it
	// tells it.
	AskBackground bool

	// Tick is tea.Tick unless a test has its own clock.
	Tick func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
}

// Tab is a stack of screens that begins with Root.
type Tab struct {
	ID    string
	Title func() safetext.Safe
	Count func() string     // of its rows: "1,204"; "": not known
	Root  func() tui.Screen // makes its first screen when it first comes to the front
}

// Header is what the first line says about where one is.
type Header struct {
	Context  safetext.Safe
	Mark     safetext.Safe // says in words what Pen says in colour: "protected"
	Pen      term.Pen      // the context's own colour; "": the title's looks
	Driver   safetext.Safe
	Identity safetext.Safe
}

// Link is how well a backend can be reached.
type Link uint8

// The links.
const (
	Reached Link = iota
	Slow
	Offline
)

// Connection is what is known of the way to the backend.
type Connection struct {
	Link  Link
	Since time.Time
	Text  safetext.Safe // why, in the words of whoever said so
}

// Lock is the state of the lock on writes. It is enforced where writes are
// made; the shell shows it, asks before it opens it, and refuses actions early.
type Lock interface {
	Locked() bool
	Until() time.Time // when open writes lock themselves; zero: never
	Unlock(time.Duration)
	Lock()
}

const (
	// unlockFor is how long W opens writes.
	unlockFor = 15 * time.Minute
	// backgroundWait is how long the terminal may take to tell its background.
	backgroundWait = 100 * time.Millisecond
)
