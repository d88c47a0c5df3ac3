package main

import (
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"gatehouse/screenshots/stage"
	"gatehouse/tui/term/vt"
)

const (
	// hand is how long a person takes from one key to the next at least. What
	// comes faster is taken for a paste or a held key.
	hand = 180 * time.Millisecond
	// reading is how long a person looks at a question; a new one is deaf for a
	// little less.
	reading = 500 * time.Millisecond
	// patience is how long something may take to appear.
	patience = 60 * time.Second
	// still is how long a screen must not have changed to be painted: longer
	// than a row that has changed stays lit.
	still = 1700 * time.Millisecond
)

// actor presses keys and waits for what they bring. After a failure it does
// nothing more; the failure is in err.
type actor struct {
	st     *stage.Stage
	studio *studio
	last   time.Time // when the last key was pressed
	err    error
}

// see waits until all texts are on the screen at once.
func (a *actor) see(texts ...string) *actor {
	return a.until("“"+strings.Join(texts, "” and “")+"”", func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

func (a *actor) until(what string, wanted func(screen string) bool) *actor {
	if a.err == nil && !a.st.Wait(patience, func(v *vt.Terminal) bool { return wanted(v.Text()) }) {
		a.err = fmt.Errorf("waited in vain for %s", what)
	}
	return a
}

// keys presses keys, one after the other.
func (a *actor) keys(names ...string) *actor {
	for _, name := range names {
		seq, err := stage.Key(name)
		if err != nil && a.err == nil {
			a.err = err
		}
		a.send(seq, hand)
	}
	return a
}

// write types text.
func (a *actor) write(text string) *actor {
	for _, r := range text {
		a.send(string(r), hand/4)
	}
	return a
}

func (a *actor) send(input string, pause time.Duration) {
	if a.err != nil {
		return
	}
	time.Sleep(time.Until(a.last.Add(pause)))
	a.last = time.Now()
	a.err = a.st.Send(input)
}

// read takes the time that reading a question takes.
func (a *actor) read() *actor {
	if a.err == nil {
		time.Sleep(reading)
	}
	return a
}

// field goes on to a field of a form.
func (a *actor) field(label string) *actor {
	at := regexp.MustCompile(`[│|] *` + regexp.QuoteMeta(label) + `( \*)? `)
	for range 20 {
		if a.err != nil || a.st.Wait(hand, func(v *vt.Terminal) bool { return at.MatchString(cursorLine(v)) }) {
			return a
		}
		a.keys("tab")
	}
	a.err = fmt.Errorf("there is no field %s", label)
	return a
}

// cursorLine is the line that the terminal's cursor is on, or "" if it is
// hidden.
func cursorLine(v *vt.Terminal) string {
	_, y, visible := v.Cursor()
	lines := strings.Split(v.Text(), "\n")
	if !visible || y >= len(lines) {
		return ""
	}
	return lines[y]
}

// settle waits until nothing changes any more.
func (a *actor) settle() {
	if a.err == nil && !a.st.Rest(still, patience) {
		a.err = fmt.Errorf("the screen does not come to rest")
	}
}

// leave ends the program, and waits until it has cleaned up.
func (a *actor) leave() {
	_ = a.st.Signal(syscall.SIGTERM) // it may have ended
	_, _ = a.st.Exit(patience)       // Close ends it in any case
	a.st.Close()
}

// times are those that depend on when the pictures are made and on how fast the
// machine is, with what is put in their place, and in which pen.
var times = []struct {
	where *regexp.Regexp
	with  string
	pen   string
}{
	{regexp.MustCompile(`\d\d:\d\dZ$`), "09:30Z", "0;90"}, // the clock at the top right
	{regexp.MustCompile(`T09:3\d:\d\dZ`), "T09:30:00Z", "0;90"},
	{regexp.MustCompile(`since \d\d:\d\dZ`), "since 09:30Z", "0;1;31"},
}

// steady puts the time at which demos begin in the place of others.
func (a *actor) steady() {
	for y, line := range strings.Split(a.st.Screen.Text(), "\n") {
		for _, t := range times {
			if at := t.where.FindStringIndex(line); at != nil {
				x := utf8.RuneCountInString(line[:at[0]]) // no wide characters stand before a time
				fmt.Fprintf(a.st.Screen, "\x1b7\x1b[%d;%dH\x1b[%sm%s\x1b8", y+1, x+1, t.pen, t.with)
			}
		}
	}
}
