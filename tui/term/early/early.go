// Package early keeps Bubble Tea v1 from asking the terminal for its
// background colour when it is loaded, and from waiting up to five seconds for
// the answer. Import it for its effect from the main package.
//
// It must be initialized before the bubbletea package: Go initializes packages
// that are ready in the order of their import paths
// (https://go.dev/ref/spec#Program_initialization), so the path of this one
// must sort before that one, and it must import nothing of it.
package early

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }
