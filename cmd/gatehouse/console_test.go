package main_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/screenshots/stage"
	"gatehouse/tui/term/vt"
)

// console is the real console in a pseudo terminal, used as a person uses it:
// keys go in one by one, and what is on the screen is waited for.
type console struct {
	t    *testing.T
	st   *stage.Stage
	last time.Time // when the last key was pressed
}

// hand is how long a person takes from one key to the next at least. Fingers
// that are faster are taken for a paste without marks, or for a key that is
// held, and with reason: this is the one thing that takes real time.
const hand = 170 * time.Millisecond

// reading is how long a person looks at a question before answering it. A
// question that has just appeared is deaf for a little less.
const reading = 450 * time.Millisecond

// open starts a console that signs in with a token, "" for none, and waits for
// its first frame.
func (s *server) open(token string, args ...string) *console {
	s.t.Helper()
	env := environment(s.dir)
	if token != "" {
		env = append(env, "GATEHOUSE_TOKEN_FILE="+s.tokenFile(token))
	}
	return launch(s.t, stage.Program{Path: binary, Args: append([]string{"--server", s.url}, args...), Env: env})
}

func launch(t *testing.T, p stage.Program) *console {
	t.Helper()
	st, err := stage.Start(p)
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, st: st}
	t.Cleanup(func() {
		st.Close()
		if t.Failed() {
			t.Logf("the last screen:\n%s", st.Screen.Text())
		}
	})
	c.See("gatehouse")
	return c
}

// asAdmin opens a console of the admin and waits until it has its first list.
func (s *server) asAdmin(args ...string) *console {
	s.t.Helper()
	c := s.open(s.admin, args...)
	c.See("admin@admin", "▸")
	return c
}

// Screen is what the terminal shows.
func (c *console) Screen() string { return c.st.Screen.Text() }

// until waits until the screen is as wanted.
func (c *console) until(what string, wanted func(screen string) bool) string {
	c.t.Helper()
	var seen string
	ok := c.st.Wait(patience, func(v *vt.Terminal) bool { seen = v.Text(); return wanted(seen) })
	if !ok {
		c.t.Fatalf("waited in vain for %s", what)
	}
	return seen
}

// See waits until all texts are on the screen at once.
func (c *console) See(texts ...string) string {
	c.t.Helper()
	return c.until("“"+strings.Join(texts, "” and “")+"”", func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// Gone waits until a text is not on the screen.
func (c *console) Gone(text string) {
	c.t.Helper()
	c.until("“"+text+"” to go", func(screen string) bool { return !strings.Contains(screen, text) })
}

// SeeRow waits until one line of the screen has all the texts.
func (c *console) SeeRow(texts ...string) string {
	c.t.Helper()
	var found string
	c.until("a row with “"+strings.Join(texts, "” and “")+"”", func(screen string) bool {
		for line := range strings.Lines(screen) {
			if hasAll(line, texts) {
				found = line
				return true
			}
		}
		return false
	})
	return found
}

func hasAll(line string, texts []string) bool {
	for _, text := range texts {
		if !strings.Contains(line, text) {
			return false
		}
	}
	return true
}

// pace waits as long as a hand takes.
func (c *console) pace(d time.Duration) {
	time.Sleep(time.Until(c.last.Add(d)))
	c.last = time.Now()
}

// Send writes to the terminal as it is, at once.
func (c *console) Send(input string) {
	c.t.Helper()
	c.last = time.Now()
	if err := c.st.Send(input); err != nil {
		c.t.Fatal(err)
	}
}

// Keys presses keys one after the other.
func (c *console) Keys(names ...string) {
	c.t.Helper()
	for _, name := range names {
		seq, err := stage.Key(name)
		if err != nil {
			c.t.Fatal(err)
		}
		c.pace(hand)
		c.Send(seq)
	}
}

// Type writes a text, letter by letter. The next key comes when the letter has
// been drawn, so that a busy machine does not make a burst of them.
func (c *console) Type(text string) {
	c.t.Helper()
	for _, r := range text {
		c.pace(35 * time.Millisecond)
		written := c.st.Written()
		c.Send(string(r))
		c.st.Wait(time.Second, func(*vt.Terminal) bool { return c.st.Written() > written })
		c.last = time.Now()
	}
}

// Answer reads a question and presses a key.
func (c *console) Answer(key string) {
	c.t.Helper()
	time.Sleep(reading)
	c.Keys(key)
}

// Submit sends the form, which like a question does not listen at once.
func (c *console) Submit() {
	c.t.Helper()
	c.pace(reading)
	c.Keys("ctrl+s")
}

// Leave closes a form in which something was typed.
func (c *console) Leave() {
	c.t.Helper()
	c.Keys("esc")
	c.See("esc again")
	c.Keys("esc")
	c.Gone("╭")
}

// Close closes whatever boxes are open.
func (c *console) Close() {
	c.t.Helper()
	for range 10 {
		c.Keys("esc")
		if c.st.Wait(time.Second, func(v *vt.Terminal) bool { return !strings.Contains(v.Text(), "╭") }) {
			return
		}
	}
	c.t.Fatal("a box does not close")
}

// Confirm reads a destructive question, types the word and presses enter.
func (c *console) Confirm(word string) {
	c.t.Helper()
	time.Sleep(reading)
	c.Type(word)
	c.SeeRow(": ", word)
	c.Keys("enter")
}

// Command runs an action by its name in the palette.
func (c *console) Command(name string) {
	c.t.Helper()
	c.Keys(":")
	c.See("choose")
	c.Type(name)
	c.See("▸ " + name)
	c.Keys("enter")
	c.Gone("╭ Command")
}

// Refused insists on a refusal: that these texts are shown, and that the server
// is as it was.
func (c *console) Refused(s *server, path string, texts ...string) {
	c.t.Helper()
	_, before := s.do("GET", path, s.admin, nil)
	c.See(texts...)
	if _, after := s.do("GET", path, s.admin, nil); string(after) != string(before) {
		c.t.Errorf("refused, and yet %s went from %s to %s", path, before, after)
	}
}

// Copied waits for what was copied to the terminal's clipboard last.
func (c *console) Copied(n int) string {
	c.t.Helper()
	var text string
	ok := c.st.Wait(patience, func(v *vt.Terminal) bool {
		var all []string
		for _, e := range v.Events() {
			if e.Kind == "clipboard" {
				all = append(all, e.Value)
			}
		}
		if len(all) > 0 {
			text = all[len(all)-1]
		}
		return len(all) >= n
	})
	if !ok {
		c.t.Fatalf("nothing was copied")
	}
	return text
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

// Fill goes to a field of the form and types.
func (c *console) Fill(label, text string) {
	c.t.Helper()
	c.field(label)
	c.Type(text)
}

// field goes to a field of the form.
func (c *console) field(label string) {
	c.t.Helper()
	at := regexp.MustCompile(`[│|] *` + regexp.QuoteMeta(label) + `( \*)? `)
	for range 20 {
		before := ""
		if c.st.Wait(hand, func(v *vt.Terminal) bool { before = cursorLine(v); return at.MatchString(before) }) {
			return
		}
		c.Keys("tab")
		c.st.Wait(hand, func(v *vt.Terminal) bool { return cursorLine(v) != before })
	}
	c.t.Fatalf("no field %s", label)
}

// Go moves the cursor of the list to the row with the text.
func (c *console) Go(text string) {
	c.t.Helper()
	for range 60 {
		at, wanted := -1, -1
		screen := c.until("rows with the cursor and with "+text, func(screen string) bool {
			at, wanted = -1, -1
			for i, line := range strings.Split(screen, "\n") {
				if strings.HasPrefix(line, "▸") {
					at = i
				}
				if wanted < 0 && i > 4 && strings.Contains(line, text) {
					wanted = i
				}
			}
			return at >= 0 && wanted >= 0
		})
		if at == wanted {
			return
		}
		key := "j"
		if wanted < at {
			key = "k"
		}
		c.Send(key)
		c.until("the cursor to move", func(now string) bool { return now != screen })
	}
	c.t.Fatalf("the cursor does not come to %s", text)
}

// ages are what a list says of times, and the number of what is on its way.
var ages = regexp.MustCompile(`just now|\d+ (sec|min|hour|day)s? ago|in \d+ (min|hour|day)s?`)
