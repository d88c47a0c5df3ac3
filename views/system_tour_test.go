package views_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// tour looks at every row of these tabs, and into some, on a system that is
// full of what a display must survive.
func (s site) tour(tabs ...string) {
	s.t.Helper()
	odd := false
	for _, l := range []look{{w: 80, h: 24}, {w: 138, h: 40}} { // the widest without a pane
		c := s.open(l)
		for _, tab := range tabs {
			c.keys(tab)
			c.see("▸")
			for page := range 5 {
				c.keys("i")
				c.harmless(fmt.Sprintf("inspect on tab %s, page %d", tab, page))
				c.keys("esc")
				c.closed()
				for range l.h - 9 {
					c.keys("down")
				}
				c.harmless(fmt.Sprintf("tab %s, page %d", tab, page))
				odd = odd || strings.ContainsAny(c.frame(), "␛日研山") || strings.Contains(c.frame(), "=HYPERLINK")
			}
		}
	}
	if !odd {
		s.t.Error("nothing odd was seen")
	}
}

// golden keeps all tabs as they are drawn on the smallest screen that shows
// everything. The site's clock stands still, and so does the console's.
func (s site) golden(name string, now time.Time, waits map[string][]string) {
	s.t.Helper()
	o := s.options()
	o.Now = func() time.Time { return now }
	c := open(s.t, o, look{w: 80, h: 24})
	c.see(s.identity)
	var out strings.Builder
	for _, tab := range []string{"1", "2", "3", "4", "5"} {
		c.keys(tab)
		c.see(waits[tab]...)
		fmt.Fprintf(&out, "═══ %s\n%s", tab, noise.ReplaceAllStringFunc(c.settle(), func(found string) string { return strings.Repeat("x", len(found)) }))
	}
	kept(s.t.(*testing.T), name, out.String())
}
