// Package term owns both ends of the terminal: it draws frames as differences
// of cells, decodes the keys, and runs a Bubble Tea program between the two.
package term

import _ "gatehouse/tui/term/early" // else Bubble Tea asks the terminal something, and waits
