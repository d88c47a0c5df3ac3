package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gatehouse/apiclient/gatehouse/wire"
	"gatehouse/tui/term/vt"
)

// evil holds one of everything that does something to a terminal: CSI, OSC, DCS
// and APC, C1 in both forms, BEL, CR, BS, TAB, bidi controls, joiners and tags.
const evil = "\x1b[2J\x1b[31m\x1b]0;evil\x07\x1b]52;c;ZXZpbA==\x07\x1bPq\x1b\\\x1b_a\x1b\\\x1b[?1049l\x1b[6n\x1bc" +
	"\u009b31m\u009d0;evil\u009c\x07\r\b\b\t\v\u202e\u2066\u200d\U000E0041 e\u0301 日本 \U0001F468\u200d\U0001F469"

// allowed are all controls that the console has a use for.
var allowed = []string{
	"CSI H", "CSI m", "CSI K", "CSI J", "CSI X", "CSI r", "CSI S", "CSI T", "CSI L", "CSI M", "CSI A", "CSI B", "CSI C", "CSI D", "CSI G", "CSI d",
	"CSI ?1049h", "CSI ?1049l", "CSI ?7h", "CSI ?7l", "CSI ?25h", "CSI ?25l", "CSI ?2004h", "CSI ?2004l",
	"CSI ?1004h", "CSI ?1004l", "CSI ?2026h", "CSI ?2026l", "CR", "LF",
	"OSC 11", "CSI c", // asks for the background, once
}

// clean insists that nothing but the console's own drawing reached the
// terminal, and that the console knows what the terminal shows.
func (c *console) clean(copies int) {
	c.t.Helper()
	seen := c.st.Screen.Seen()
	for kind, n := range seen {
		if kind == "OSC 52" && n == copies {
			continue
		}
		if !slices.Contains(allowed, kind) {
			c.t.Errorf("%s reached the terminal %d times", kind, n)
		}
	}
	if seen["OSC 11"] > 1 {
		c.t.Errorf("the background was asked for %d times", seen["OSC 11"])
	}
	for _, e := range c.st.Screen.Events() {
		if e.Kind != "clipboard" {
			c.t.Errorf("the terminal was told: %s %q", e.Kind, e.Value)
		}
	}
	for _, u := range c.st.Screen.Unknown() {
		if !strings.HasPrefix(u, `"\x1b]11`) && u != `"\x1b[c"` {
			c.t.Errorf("unknown to the terminal: %s", u)
		}
	}
	c.st.Rest(200*time.Millisecond, patience)
	before := c.Screen()
	written := c.st.Written()
	c.signal(syscall.SIGWINCH)
	if !c.st.Wait(patience, func(*vt.Terminal) bool { return c.st.Written() > written+100 }) {
		c.t.Error("nothing is drawn anew")
	}
	c.st.Rest(200*time.Millisecond, patience)
	if after := c.Screen(); stable(after) != stable(before) {
		c.t.Errorf("a redraw shows something else:\n%s\nbefore it was\n%s", after, before)
	}
}

// stable is a screen without its clock and its ages.
func stable(screen string) string {
	_, rest, _ := strings.Cut(screen, "\n")
	return ages.ReplaceAllString(rest, "")
}

func TestHostileTextsDoNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	for i := range 8 {
		s.user(fmt.Sprintf("user-%d", i), "acme", false)
		s.accessToken(fmt.Sprintf("user-%d", i), "machine")
	}
	p := s.proxy()
	p.set(func(p *proxy) { p.answer = poison(t, evil) })
	c := s.openVia(p)
	c.See("admin", "▸")
	c.SeeRow("acme", "enabled")
	c.clean(0)
	copies := 0
	for _, tab := range []struct{ key, shows string }{{"2", "user-7"}, {"3", "gthp_"}, {"5", "token.create"}, {"1", "acme"}} {
		c.Keys(tab.key)
		c.See(tab.shows, "▸")
		c.Keys("i")
		c.See("esc close")
		c.Keys("down", "down")
		c.clean(copies)
		c.Keys("esc")
		c.Gone("╭")
		c.Keys("y")
		c.See("╭ Copy")
		c.clean(copies)
		c.Keys("enter")
		c.Gone("╭ Copy")
		copies++
		c.Copied(copies)
		c.clean(copies)
	}
	t.Log("what an admin is asked, and what a server refuses")
	c.Keys("2")
	c.See("user-7")
	c.Go("user-3")
	c.Keys("d")
	c.See("Delete", "user-3")
	c.clean(copies)
	c.Keys("esc")
	c.Gone("╭ Delete")
	c.Keys("1", "n")
	c.See("New account")
	c.Fill("Name", "acme")
	c.Submit()
	c.See("There is already an account")
	c.clean(copies)
	c.Leave()
	c.Keys("a", "x")
	c.See("Disable", "Nothing is left to do")
	c.clean(copies)
	c.Keys("esc")

	t.Log("in every size")
	for _, size := range [][2]int{{80, 24}, {40, 10}, {160, 40}, {120, 36}} {
		if err := c.st.Resize(size[0], size[1]); err != nil {
			t.Fatal(err)
		}
		c.until("all of the window", func(screen string) bool {
			line := strings.Split(screen, "\n")[3]
			return strings.Trim(line, "─") == "" && len([]rune(line)) == size[0]
		})
		c.clean(copies)
	}
}

// What the server itself lets in: real names, descriptions, agents, addresses.
func TestHostileTextsInTheDatabase(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.account("acme")
	password := wire.Carry(wire.NewSecret(userPassword))
	s.must(http.MethodPost, wire.PathUsers, wire.CreateUser{Name: "kim", Account: "acme", RealName: "Kim" + evil, Password: &password}, nil)
	s.accessToken("kim", "laptop"+evil)
	c := s.asAdmin()
	c.Keys("2")
	c.SeeRow("kim", "Kim␛[2J")
	c.Keys("3")
	c.SeeRow("kim", "laptop␛")
	c.Go("laptop")
	c.Keys("i")
	c.See("esc close", "\\u202e")
	c.clean(0)
}
