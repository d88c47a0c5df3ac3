// Package tui is what the shell and the screens agree on: what a screen and a
// modal are, what an action is, and the messages with which a screen asks the
// shell for something. The widgets are in the packages below it; none of them
// knows what an account is.
package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// Env is what the shell hands to everything that draws: looks, clock, ids.
// There is one per program, and only the event loop touches it.
type Env struct {
	Theme *theme.Theme
	Now   func() time.Time // the wall clock, for deadlines and ages
	Local bool             // times are shown in local time instead of UTC
	last  ID
}

// Secret is a password or a token on its way through the console. What is
// behind it must not print itself.
type Secret interface{ Reveal() string }

// ID names a screen, a modal or a job as a receiver of messages.
type ID int64

// NextID gives an id that was not given before.
func (e *Env) NextID() ID { e.last++; return e.last }

// Screen fills the room between the shell's header and footer. Keys reach it
// only while it is in front and no modal is open; results (Addressed) always.
// Methods are called from the event loop only, and none of them waits.
type Screen interface {
	ID() ID
	Init() tea.Cmd
	Update(tea.Msg) tea.Cmd
	Draw(*term.Canvas)
	Resize(w, h int) // called when it is pushed as well as when the window changes
	// Actions are the keys of the screen: footer, help, palette and dispatch
	// range over them. They are asked for anew at every key, so they may
	// depend on what is under the cursor.
	Actions() []Action
	TypingText() bool      // true: letters are text, not keys of actions
	Crumb() safetext.Safe  // its part of the breadcrumb
	Status() safetext.Safe // right of the breadcrumb: "34 of 1,204 · 2 marked"
	// Escape undoes one thing (a filter, marks); false: there was nothing to
	// undo, the shell goes one screen back.
	Escape() bool
	Close() // cancel what it started
}

// Modal is a box over the screens; the topmost has all keys. The shell draws
// its frame and title.
type Modal interface {
	ID() ID
	Init() tea.Cmd
	Update(tea.Msg) tea.Cmd
	Draw(*term.Canvas)              // the canvas is the inside of the frame
	Size(maxW, maxH int) (w, h int) // wanted size of the inside
	Title() safetext.Safe           //
	Tone() theme.Tone               // of the frame
	Actions() []Action              // shown in the footer while it is open
	TypingText() bool               //
	// Deaf is asked at every key, a paste too: true means that the key does
	// nothing now. A modal that must not be answered by what was typed before
	// it was read asks a Guard here for the keys that would answer it.
	Deaf(tea.KeyMsg) bool
	Escape() (close bool, cmd tea.Cmd) // esc was pressed
	Close()                            // it was taken off the stack
}

// Receiver takes part in the traffic of messages without being drawn: what was
// addressed to its id reaches it, and what goes to everyone.
type Receiver interface {
	ID() ID
	Update(tea.Msg) tea.Cmd
}

// A screen or modal may also say or want to know one of these.
type (
	// Scoped is a screen that tells in the middle of the breadcrumb what
	// narrows its rows: "/ state:active".
	Scoped interface{ Scope() safetext.Safe }
	// Fronted is a screen that wants to know when it comes to the front and
	// when it leaves it. An open modal does not take it from there.
	Fronted interface{ Front(bool) tea.Cmd }
	// Cornered is a modal that says something at the right of its title:
	// "13 of 14".
	Cornered interface{ Corner() safetext.Safe }
)

// Action is one thing that can be done now, with its keys. Footer, help,
// palette and dispatch come from this one table.
type Action struct {
	ID     string   // "tokens.revoke": config and docs use this, never the key
	Title  string   // "revoke token"
	Short  string   // "revoke": what the footer says; "": Title
	Help   string   // a sentence, for help and palette
	Keys   []string // as tea.KeyMsg.String gives them; empty: palette only
	Writes bool     // refused while writes are locked
	Footer int      // place in the footer, 1 first; 0: not there
	Why    string   // why it cannot be done now; "": it can
	Do     func() tea.Cmd
}

// Addressed is a result on its way to the screen, modal or job that asked for
// it. If that is closed, the message is dropped.
type Addressed struct {
	To  ID
	Msg tea.Msg
}

// To wraps a command so that its message reaches id.
func To(id ID, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return Addressed{id, cmd()} }
}

// The messages below ask the shell for something; the functions make commands
// of them.
type (
	// OpenMsg puts a modal on top.
	OpenMsg struct{ Modal Modal }
	// CloseMsg takes a modal off the stack.
	CloseMsg struct{ ID ID }
	// PushMsg puts a screen in front; esc leads back.
	PushMsg struct{ Screen Screen }
	// PopMsg leads back to the screen before.
	PopMsg struct{}
	// ToastMsg says something in the line above the footer until it is read.
	ToastMsg struct {
		Tone theme.Tone
		Text safetext.Safe
	}
	// CopyMsg writes to the clipboard of the terminal. Shown is what the
	// toast says was copied; it is never a secret.
	CopyMsg struct {
		Text  string
		Shown safetext.Safe
		// Secret, if there is one, is copied instead of Text. It must not go
		// through anything that keeps it, such as a buffer of tmux.
		Secret Secret
	}
	// TabMsg brings the tab of that id to the front.
	TabMsg struct{ ID string }
	// ResetMsg closes every modal and screen; the tab in front starts anew.
	// It comes with another context: nothing of the old one stays.
	ResetMsg struct{}
	// QuitMsg ends the program, after a question while a job runs.
	QuitMsg struct{}
	// LookMsg changes the looks.
	LookMsg struct{ Theme *theme.Theme }
	// ThemeMsg goes to everyone after looks or clock display changed.
	ThemeMsg struct{}
	// TickMsg goes to everyone each second while the program is in use: ages
	// and countdowns move.
	TickMsg struct{ Now time.Time }
)

func send(m tea.Msg) tea.Cmd { return func() tea.Msg { return m } }

// Open asks for a modal.
func Open(m Modal) tea.Cmd { return send(OpenMsg{m}) }

// Close asks to close a modal.
func Close(id ID) tea.Cmd { return send(CloseMsg{id}) }

// Push asks for a screen.
func Push(s Screen) tea.Cmd { return send(PushMsg{s}) }

// Pop asks to go one screen back.
func Pop() tea.Cmd { return send(PopMsg{}) }

// ShowTab asks for a tab.
func ShowTab(id string) tea.Cmd { return send(TabMsg{id}) }

// Reset asks to close everything and start anew.
func Reset() tea.Cmd { return send(ResetMsg{}) }

// Toast asks to say something.
func Toast(tone theme.Tone, text string) tea.Cmd {
	return send(ToastMsg{tone, safetext.Clean(text)})
}

// Copy asks for a copy to the terminal's clipboard.
func Copy(text string, shown safetext.Safe) tea.Cmd {
	return send(CopyMsg{Text: text, Shown: shown})
}

// CopySecret asks for a copy of a secret.
func CopySecret(s Secret, shown safetext.Safe) tea.Cmd {
	return send(CopyMsg{Secret: s, Shown: shown})
}
