package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/spf13/pflag"

	"gatehouse/tui/theme"
	"gatehouse/views"
)

// looks are what the command line says about how the console looks.
type looks struct {
	background, color string
	ascii             bool
	debug             string
}

func (l *looks) flags(f *pflag.FlagSet) {
	f.StringVar(&l.background, "background", "auto", "what the terminal stands on: auto, dark or light")
	f.StringVar(&l.color, "color", "auto", "auto, always or never; NO_COLOR and CLICOLOR count when auto")
	f.BoolVar(&l.ascii, "ascii", false, "draw frames and signs with ASCII characters only")
	f.StringVar(&l.debug, "debug", "", "write a log of the types of all messages to this new file, never what is in them")
}

// apply turns words into a theme.
func (l looks) apply(o *views.Options, out *os.File) error {
	o.Theme.ASCII = l.ascii
	switch l.background {
	case "auto":
		o.AskBackground = true
	case "dark":
	case "light":
		o.Theme.Background = theme.Light
	default:
		return usageError(fmt.Errorf("--background %s: expected auto, dark or light", l.background))
	}
	profile := termenv.Ascii
	switch l.color {
	case "auto":
		profile = termenv.NewOutput(out).EnvColorProfile()
	case "always":
		profile = termenv.ANSI
	case "never":
	default:
		return usageError(fmt.Errorf("--color %s: expected auto, always or never", l.color))
	}
	r := lipgloss.NewRenderer(out)
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(o.Theme.Background == theme.Dark) // else it would ask the terminal, and wait
	o.Theme.Renderer = r
	return nil
}

// saveMemory has garbage collected earlier than Go would: a console holds much
// and makes little anew, so this costs next to nothing.
func saveMemory() { debug.SetGCPercent(40) }

// debugLog is the file of --debug; without a file it takes no notes.
type debugLog struct {
	file *os.File
	now  func() time.Time
}

func openDebug(path string) (*debugLog, error) {
	if path == "" {
		return &debugLog{}, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, usageError(fmt.Errorf("--debug: %w", err))
	}
	return &debugLog{f, time.Now}, nil
}

func (d *debugLog) message(kind string) {
	if d.file != nil {
		fmt.Fprintln(d.file, d.now().UTC().Format("15:04:05.000"), kind)
	}
}

func (d *debugLog) close() {
	if d.file != nil {
		_ = d.file.Close() // a log that cannot be finished is no reason to fail
	}
}
