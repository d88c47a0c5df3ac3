// Package list is the one list of the console: rows that arrive page by page
// and can already be filtered, sorted, marked and scrolled, with cursor and
// marks held by key. A screen embeds it and says with a Spec what is in it.
package list

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui/filter"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// Spec says what a list shows. R is best a pointer: rows are copied around.
type Spec[R any] struct {
	// Key is the identity of a row: cursor and marks hang on it. It is asked
	// for often and must not allocate.
	Key     func(R) string
	Columns []Column[R] // the first stays while the others scroll
	Fields  filter.Schema[R]

	// Fetch reads one page; "" asks for the first. It runs outside of the event loop.
	Fetch   func(ctx context.Context, page string) (Page[R], error)
	Timeout time.Duration // for one page; 0: 30 s

	// Equal tells whether two rows of one key show the same. Rows that did not
	// change are shared between the old list and the new one, those that did
	// flash once. Without it nothing is shared and only live changes flash.
	Equal func(a, b R) bool

	Sort      string        // key of the column sorted by at first, "-" before it for descending; "": as the rows come
	Refresh   time.Duration // read anew on a tick when the list is older than this; 0: never
	EmptyText safetext.Safe // what stands there when there is nothing
	Noun      safetext.Safe // "users": what an empty result calls the rows
	OnError   func(error) tea.Cmd
}

// Column is one column of the list.
type Column[R any] struct {
	Key      string        // as in the Fields, so that what a filter found is shown
	Title    safetext.Safe // drawn in capitals
	Cell     func(R) Cell
	Compare  func(a, b R) int // nil: cannot be sorted by
	Min, Max int              // width in cells; Max 0: as wide as the text, if there is room
	Priority int              // 0 stays longest when the screen is narrow
	Right    bool             // numbers
	Middle   bool             // ids are cut in the middle, so that both ends show
}

// Cell is what one column shows of a row. Sign comes before the text, so that
// states can be told apart without colour.
type Cell struct {
	Text safetext.Safe
	Sign safetext.Safe
	Tone theme.Tone
}

// Page is a piece of the list as it was read.
type Page[R any] struct {
	Rows  []R
	Next  string    // "": this was the last
	Total int       // of all pages; below 0: not known
	At    time.Time // the clock of who answered; zero: not known
}
