package list

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"gatehouse/tui"
	"gatehouse/tui/filter"
	"gatehouse/tui/frametest"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// user is what the lists of these tests hold.
type user struct {
	name, account, state string
	tokens               int
	seen                 time.Time
}

var start = time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)

func userSpec() Spec[*user] {
	return Spec[*user]{
		Key: func(u *user) string { return u.name },
		Columns: []Column[*user]{
			{Key: "name", Title: "name", Min: 8, Max: 30, Cell: func(u *user) Cell { return Cell{Text: safetext.Clean(u.name)} },
				Compare: func(a, b *user) int { return strings.Compare(a.name, b.name) }},
			{Key: "account", Title: "account", Min: 8, Max: 20, Priority: 2, Middle: true, Cell: func(u *user) Cell { return Cell{Text: safetext.Clean(u.account)} },
				Compare: func(a, b *user) int { return strings.Compare(a.account, b.account) }},
			{Key: "state", Title: "state", Min: 10, Max: 10, Priority: 1, Cell: func(u *user) Cell {
				if u.state == "active" {
					return Cell{Text: "active", Sign: "●", Tone: theme.Good}
				}
				return Cell{Text: safetext.Clean(u.state), Sign: "○", Tone: theme.Dim}
			}, Compare: func(a, b *user) int { return strings.Compare(a.state, b.state) }},
			{Key: "tokens", Title: "tokens", Min: 6, Max: 6, Priority: 3, Right: true, Cell: func(u *user) Cell { return Cell{Text: safetext.Safe(grouped(u.tokens))} },
				Compare: func(a, b *user) int { return cmp.Compare(a.tokens, b.tokens) }},
			{Key: "seen", Title: "last seen", Min: 10, Priority: 4, Cell: func(u *user) Cell { return Cell{Text: safetext.Safe(u.seen.Format("2006-01-02 15:04"))} },
				Compare: func(a, b *user) int { return a.seen.Compare(b.seen) }},
			{Key: "note", Title: "note", Min: 12, Max: 20, Priority: 5, Cell: func(u *user) Cell { return Cell{Text: "note on " + safetext.Clean(u.name)} }},
		},
		Fields: filter.Schema[*user]{
			filter.Text("name", func(u *user) string { return u.name }),
			filter.Text("account", func(u *user) string { return u.account }),
			filter.State("state", func(u *user) string { return u.state }),
			filter.Number("tokens", func(u *user) (int64, bool) { return int64(u.tokens), true }),
			filter.Time("seen", func(u *user) time.Time { return u.seen }),
		},
		Equal:     func(a, b *user) bool { return *a == *b },
		EmptyText: "no users yet; n makes one",
		Noun:      "users",
	}
}

func makeUser(i int) *user {
	return &user{
		name: fmt.Sprintf("user-%06d", i), account: fmt.Sprintf("account-%02d", i%17), state: []string{"active", "inactive", "invited"}[i%3],
		tokens: (i * 7919) % 1500, seen: start.Add(-time.Duration(i*37%5000) * time.Hour),
	}
}

func makeUsers(n int) []*user {
	all := make([]user, n)
	out := make([]*user, n)
	for i := range out {
		all[i] = *makeUser(i)
		out[i] = &all[i]
	}
	return out
}

// desk is a list with hands: it keeps the commands that come of what is done,
// until they are run.
type desk struct {
	t     testing.TB
	l     *List[*user]
	clock *frametest.Clock
	env   *tui.Env
	cmds  []tea.Cmd
	later []tea.Msg // of timers

	rows   []*user // what the backend has
	size   int     // of a page
	total  int     // what the pages say; 0: the truth
	asked  []string
	broken error // what the next page fails with
}

func newDesk(t testing.TB, spec Spec[*user], rows []*user) *desk {
	env, clock := frametest.Env()
	d := &desk{t: t, clock: clock, env: env, rows: rows, size: 5000}
	if spec.Fetch == nil {
		spec.Fetch = d.fetch
	}
	d.l = New(context.Background(), env, env.NextID(), spec)
	d.l.after = func(_ time.Duration, m tea.Msg) tea.Cmd {
		return func() tea.Msg { d.later = append(d.later, m); return nil }
	}
	d.l.Resize(100, 20)
	return d
}

func (d *desk) fetch(_ context.Context, page string) (Page[*user], error) {
	d.asked = append(d.asked, page)
	if err := d.broken; err != nil {
		d.broken = nil
		return Page[*user]{}, err
	}
	from, _ := strconv.Atoi(page)
	to := min(from+d.size, len(d.rows))
	p := Page[*user]{Rows: slices.Clone(d.rows[from:to]), Total: len(d.rows), At: d.clock.At}
	if d.total != 0 {
		p.Total = d.total
	}
	if to < len(d.rows) {
		p.Next = strconv.Itoa(to)
	}
	return p, nil
}

func (d *desk) do(cmd tea.Cmd) { d.cmds = append(d.cmds, cmd) }

// step runs the oldest command; false: there is none.
func (d *desk) step() bool {
	if len(d.cmds) == 0 {
		return false
	}
	msgs := frametest.Run(d.cmds[0])
	d.cmds = slices.Delete(d.cmds, 0, 1)
	for _, m := range msgs {
		if a, ok := m.(tui.Addressed); ok {
			if a.To != d.l.id {
				d.t.Fatalf("a message for %d", a.To)
			}
			cmd, _ := d.l.Update(a.Msg)
			d.do(cmd)
		}
	}
	return true
}

func (d *desk) settle() *desk {
	for d.step() {
	}
	return d
}

// timers lets all timers ring.
func (d *desk) timers() {
	due := d.later
	d.later = nil
	for _, m := range due {
		cmd, _ := d.l.Update(m)
		d.do(cmd)
	}
	d.settle()
}

func (d *desk) load() *desk {
	d.do(d.l.Init())
	return d.settle()
}

// press presses keys as the shell does.
func (d *desk) press(keys ...string) *desk {
	for _, name := range keys {
		d.send(frametest.Key(name))
	}
	return d
}

func (d *desk) send(k tea.KeyMsg) {
	name := tui.Press(k)
	if name == "esc" {
		d.l.Escape()
		return
	}
	if d.l.TypingText() {
		cmd, _ := d.l.Update(k)
		d.do(cmd)
		return
	}
	if a, ok := tui.Find(d.l.Actions(), name); ok && a.Why == "" {
		d.do(a.Do())
	}
}

func (d *desk) typeIn(s string) *desk {
	for _, r := range s {
		d.press(string(r))
	}
	return d
}

func (d *desk) filter(s string) *desk { return d.press("/").typeIn(s).press("enter").settle() }

func (d *desk) current() string {
	if u, ok := d.l.Current(); ok {
		return u.name
	}
	return ""
}

func (d *desk) selection() []string {
	var out []string
	for _, u := range d.l.Selection() {
		out = append(out, u.name)
	}
	return out
}

func (d *desk) shown() []string {
	var out []string
	for u := range d.l.Rows() {
		out = append(out, u.name)
	}
	return out
}

func (d *desk) draw(w, h int) *term.Canvas {
	c := term.NewCanvas(w, h)
	d.l.Draw(c)
	return c
}

func (d *desk) plain() string {
	d.t.Helper()
	return d.draw(d.l.w, d.l.h).Plain()
}

func (d *desk) wants(what string, got, want any) {
	d.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		d.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func (d *desk) shows(want string) {
	d.t.Helper()
	if got := d.plain(); !strings.Contains(got, want) {
		d.t.Errorf("no %q in:\n%s", want, got)
	}
}

func (d *desk) showsNot(want string) {
	d.t.Helper()
	if got := d.plain(); strings.Contains(got, want) {
		d.t.Errorf("%q in:\n%s", want, got)
	}
}

var errDown = errors.New("GET /v1/users: no route to host\x1b[2J; is the server up?")

var looks = []struct {
	suffix  string
	profile termenv.Profile
	text    func(*term.Canvas) string
}{
	{".txt", termenv.Ascii, (*term.Canvas).Plain},
	{".colour.txt", termenv.ANSI, func(c *term.Canvas) string { return strings.ReplaceAll(c.ANSI(), "\x1b", "␛") }},
}
