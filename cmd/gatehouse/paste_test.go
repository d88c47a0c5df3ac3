package main_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"gatehouse/screenshots/stage"
)

// long is whether the long counts were asked for.
func long() bool { return os.Getenv("GATEHOUSE_LONG") != "" }

// view is a place where a paste can fall.
type view struct {
	name string
	open func(c *console)
}

func places() []view {
	list := func(key, shows string) func(*console) {
		return func(c *console) {
			c.Keys(key)
			c.See(shows)
		}
	}
	box := func(key, shows string) func(*console) {
		return func(c *console) {
			c.Keys("2")
			c.See("kim")
			c.Go("kim")
			c.Keys(key)
			c.See(shows)
		}
	}
	return []view{
		{"accounts", list("1", "acme")}, {"users", list("2", "kim")}, {"tokens", list("3", "gthp_")},
		{"access", list("4", "Access")}, {"activity", list("5", "user.create")},
		{"inspect", box("i", "╭ user kim")}, {"disable", box("x", "Press y")}, {"delete", box("d", "Type kim")},
		{"expire", box("E", "Press y")}, {"password", box("p", "New password")}, {"edit", box("e", "Edit user")},
		{"palette", box(":", "choose")}, {"help", box("?", "╭ Help")}, {"filter", box("/", "kim")}, {"copy", box("y", "╭ Copy")},
		{"new token", func(c *console) {
			c.Keys("3")
			c.See("gthp_")
			c.Keys("n")
			c.See("New token")
		}},
	}
}

// pastes are texts that would do harm if they were keys. What ends the console
// or sends it to sleep is left out: that is no harm, but the end of the test.
func pastes() []string {
	random := rand.New(rand.NewPCG(7, 7))
	noise := make([]byte, 0, 10_000)
	for len(noise) < cap(noise) {
		if b := byte(random.IntN(256)); b != 0x03 && b != 0x1a && b != 0x1c && b != 'q' {
			noise = append(noise, b)
		}
	}
	return []string{"y\n", "y\r", "dd\n", "xy\r", "dkim\r", "Ey", "ray", "kim\r", "acme\n", "\x13\x13\r\r", string(noise)}
}

// TestPastesChangeNothing pastes into every view, with and without the marks
// that tell a paste from keys.
func TestPastesChangeNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("kim", "acme", false)
	s.accessToken("kim", "laptop")
	all := pastes()
	t.Run("into", func(t *testing.T) { // ends when all of them have
		for i, v := range places() {
			t.Run(v.name, func(t *testing.T) {
				t.Parallel()
				own := *s
				own.t = t
				for j, text := range all {
					// Short: each view gets three of the texts, each text several views.
					if !long() && (i+j)%4 != 0 {
						continue
					}
					for _, marked := range []bool{true, false} {
						own.paste(v, text, marked)
					}
				}
			})
		}
	})
	if n := s.others(); n > 0 {
		t.Errorf("pastes have sent %d changes", n)
	}
}

func (s *server) paste(v view, text string, marked bool) {
	s.t.Helper()
	c := s.asAdmin()
	v.open(c)
	if marked {
		if err := c.st.Paste(strings.ReplaceAll(text, "\x1b[201~", "")); err != nil {
			s.t.Fatal(err)
		}
	} else {
		c.Send(text)
	}
	c.st.Rest(600*time.Millisecond, patience)
	if _, ended := c.st.Exit(time.Millisecond); ended {
		s.t.Errorf("%.20q ended the console", text)
	}
	c.st.Close()
}

// TestKeysTypedAheadAnswerNothing presses keys while a question is opening, and
// goes on pressing: as long as keys keep coming nobody has read it.
func TestKeysTypedAheadAnswerNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	s.user("kim", "acme", false)
	c := s.asAdmin()
	c.Keys("2")
	c.See("kim")
	c.Go("kim")
	for _, question := range []struct{ key, shows, answer string }{
		{"x", "Press y", "y"}, {"E", "Press y", "y"}, {"d", "Type kim", "\r"},
	} {
		key, err := stage.Key(question.key)
		if err != nil {
			t.Fatal(err)
		}
		c.Send(key)
		for range 20 {
			c.pace(60 * time.Millisecond)
			c.Send(question.answer)
		}
		c.See(question.shows)
		c.Close()
	}
	if n := s.others(); n > 0 {
		t.Errorf("%d changes were sent", n)
	}
}
