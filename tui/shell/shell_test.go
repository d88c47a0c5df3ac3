package shell_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/palette"
	"gatehouse/tui/safetext"
	"gatehouse/tui/shell"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// page is a screen that remembers what happened to it.
type page struct {
	id      tui.ID
	env     *tui.Env
	crumb   safetext.Safe
	status  safetext.Safe
	scope   safetext.Safe
	typing  bool
	undo    int // how often Escape has something to undo
	w, h    int
	closed  bool
	front   bool
	actions []tui.Action
	got     []tea.Msg
}

func (p *page) ID() tui.ID               { return p.id }
func (p *page) Init() tea.Cmd            { return nil }
func (p *page) Update(m tea.Msg) tea.Cmd { p.got = append(p.got, m); return nil }
func (p *page) Resize(w, h int)          { p.w, p.h = w, h }
func (p *page) Actions() []tui.Action    { return p.actions }
func (p *page) TypingText() bool         { return p.typing }
func (p *page) Crumb() safetext.Safe     { return p.crumb }
func (p *page) Status() safetext.Safe    { return p.status }
func (p *page) Scope() safetext.Safe     { return p.scope }
func (p *page) Close()                   { p.closed = true }
func (p *page) Front(on bool) tea.Cmd    { p.front = on; return nil }
func (p *page) Escape() bool {
	p.undo--
	return p.undo >= 0
}

func (p *page) Draw(c *term.Canvas) {
	w, h := c.Size()
	pen := p.env.Theme.Pen
	c.TextIn(0, 0, w, pen(theme.Head), "   NAME ▲        ACCOUNT   STATE       TOKENS  LAST SEEN")
	for y := 1; y < h; y++ {
		row := fmt.Sprintf("   user-%02d       acme      ● active         7  2 min ago", y)
		c.TextIn(0, y, w, pen(theme.Plain), safetext.Clean(row))
	}
	c.Repaint(0, 1, w, 1, func(q term.Pen) term.Pen { return q.Add(pen(theme.Cursor)) })
	if p.typing {
		c.SetCursor(3, 1)
	}
}

// keys are the names of the keys that reached the page.
func (p *page) keys() []string {
	var out []string
	for _, m := range p.got {
		if k, ok := m.(tea.KeyMsg); ok {
			out = append(out, k.String())
		}
	}
	return out
}

// dialog is a modal that remembers what happened to it.
type dialog struct {
	id      tui.ID
	env     *tui.Env
	guard   *tui.Guard
	title   safetext.Safe
	typing  bool
	w, h    int
	actions []tui.Action
	got     []string
	said    int // how often it was answered
	closed  bool
	drawn   struct{ w, h int }
}

func (d *dialog) ID() tui.ID               { return d.id }
func (d *dialog) Init() tea.Cmd            { return nil }
func (d *dialog) Title() safetext.Safe     { return d.title }
func (d *dialog) Tone() theme.Tone         { return theme.Bad }
func (d *dialog) TypingText() bool         { return d.typing }
func (d *dialog) Size(int, int) (w, h int) { return d.w, d.h }
func (d *dialog) Actions() []tui.Action    { return d.actions }
func (d *dialog) Escape() (bool, tea.Cmd)  { return true, nil }
func (d *dialog) Close()                   { d.closed = true }
func (d *dialog) Corner() safetext.Safe    { return "13 of 14" }

func (d *dialog) Deaf(k tea.KeyMsg) bool {
	name := tui.Press(k)
	return (!d.typing || name == "enter") && d.guard.Deaf() && (name == "y" || name == "enter")
}

func (d *dialog) Update(m tea.Msg) tea.Cmd {
	if k, ok := m.(tea.KeyMsg); ok {
		d.got = append(d.got, k.String())
		if name := tui.Press(k); name == "y" || name == "enter" {
			d.said++
		}
	}
	return nil
}

func (d *dialog) Draw(c *term.Canvas) {
	d.drawn.w, d.drawn.h = c.Size()
	c.Text(0, 0, "", "With it go 34 users and 112 tokens, 7 of them used in the last hour.")
	c.Text(0, 1, "", "Type acme to go on: ac▌")
}

// lock is a write lock.
type lock struct {
	locked bool
	until  time.Time
	now    func() time.Time
}

func (l *lock) Locked() bool {
	return l.locked || !l.until.IsZero() && !l.now().Before(l.until)
}

func (l *lock) Until() time.Time       { return l.until }
func (l *lock) Unlock(d time.Duration) { l.locked, l.until = false, l.now().Add(d) }
func (l *lock) Lock()                  { l.locked, l.until = true, time.Time{} }

// rig is a shell with everything around it.
type rig struct {
	t     testing.TB
	env   *tui.Env
	clock *frametest.Clock
	s     *shell.Shell
	pages map[string]*page // the first screens, by tab
	lock  *lock
	link  shell.Connection
	done  []string // actions that were done
	sent  []string // asked of the terminal
	waits []time.Duration
	beats []func() tea.Msg
	quit  bool
}

func newRig(t testing.TB, change ...func(*rig, *shell.Config)) *rig {
	env, clock := frametest.Env()
	r := &rig{t: t, env: env, clock: clock, pages: map[string]*page{}}
	r.lock = &lock{now: env.Now}
	cfg := shell.Config{
		Program: "gatehouse",
		Tabs: []shell.Tab{
			r.tab("accounts", "Accounts", "12"), r.tab("users", "Users", "1,204"), r.tab("tokens", "Tokens", "8,113"),
			r.tab("access", "Access", ""), r.tab("activity", "Activity", ""),
		},
		First: "users",
		Header: func() shell.Header {
			return shell.Header{Context: "prod", Driver: "anchore", Identity: "admin@admin"}
		},
		Connection: func() shell.Connection { return r.link },
		Global: func() []tui.Action {
			return []tui.Action{r.action("app.contexts", "contexts", "c", 0)}
		},
		Extra: func() []palette.Entry {
			return []palette.Entry{{Action: r.action("lens.unused", "unused 90 days", "", 0), Group: "lens"}}
		},
		Lock: r.lock,
		Tick: func(d time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
			r.waits = append(r.waits, d)
			r.beats = append(r.beats, func() tea.Msg { return f(env.Now()) })
			return nil
		},
	}
	for _, f := range change {
		f(r, &cfg)
	}
	r.s = shell.New(env, cfg)
	r.run(r.s.Init())
	r.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	return r
}

func (r *rig) tab(id, title, count string) shell.Tab {
	return shell.Tab{
		ID: id, Title: func() safetext.Safe { return safetext.Clean(title) },
		Count: func() string { return count },
		Root: func() tui.Screen {
			p := r.page(safetext.Clean(strings.ToLower(title)))
			r.pages[id] = p
			return p
		},
	}
}

func (r *rig) action(id, title, key string, footer int) tui.Action {
	a := tui.Action{ID: id, Title: title, Footer: footer, Do: func() tea.Cmd { r.done = append(r.done, id); return nil }}
	if key != "" {
		a.Keys = []string{key}
	}
	return a
}

func (r *rig) page(crumb safetext.Safe) *page {
	p := &page{id: r.env.NextID(), env: r.env, crumb: crumb, status: "34 of 1,204 · 2 marked"}
	p.actions = []tui.Action{
		r.action("users.open", "open", "enter", 1), r.action("users.new", "new", "n", 2), r.action("users.edit", "edit", "e", 3),
		r.action("users.disable", "disable", "x", 4), r.action("users.delete", "delete", "d", 5),
		r.action("list.mark", "mark", " ", 6), r.action("list.filter", "filter", "/", 7),
	}
	p.actions[4].Writes = true
	return p
}

func (r *rig) dialog() *dialog {
	return &dialog{id: r.env.NextID(), env: r.env, guard: tui.NewGuard(r.env.Now), title: "Delete account acme on prod", w: 57, h: 8}
}

// run runs a command and what comes of it.
func (r *rig) run(cmd tea.Cmd) {
	for _, m := range frametest.Run(cmd) {
		switch m.(type) {
		case nil:
		case tea.QuitMsg:
			r.quit = true
		case tea.SuspendMsg:
			r.sent = append(r.sent, "suspend")
		default:
			if kind := fmt.Sprintf("%T", m); strings.HasPrefix(kind, "term.") && kind != "term.Copied" {
				r.sent = append(r.sent, kind)
				continue
			}
			r.send(m)
		}
	}
}

func (r *rig) send(m tea.Msg) { r.run(r.s.Update(m)) }

// press presses keys one second apart.
func (r *rig) press(names ...string) {
	for _, name := range names {
		r.clock.Pass(time.Second)
		r.send(frametest.Key(name))
	}
}

func (r *rig) frame(w, h int) *term.Canvas {
	c := term.NewCanvas(w, h)
	r.s.Draw(c)
	return c
}

func (r *rig) text() string { return r.frame(80, 24).Plain() }

// line is one line of the frame at 80×24, counted from the end if negative.
func (r *rig) line(i int) string {
	lines := strings.Split(r.text(), "\n")
	if i < 0 {
		i += 24
	}
	return lines[i]
}

// golden compares frames with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if flag.Lookup("update").Value.String() == "true" { // the flag is frametest's
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test with -update writes it", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

var looks = []struct {
	name    string
	profile termenv.Profile
	ascii   bool
	text    func(*term.Canvas) string
}{
	{"plain", termenv.Ascii, false, (*term.Canvas).Plain},
	{"colour", termenv.ANSI, false, func(c *term.Canvas) string { return strings.ReplaceAll(c.ANSI(), "\x1b", "␛") }},
	{"ascii", termenv.Ascii, true, (*term.Canvas).Plain},
}

// saidOnlyText tells whether nothing but letters reached the dialog.
func (d *dialog) saidOnlyText() bool {
	for _, k := range d.got {
		if k == "enter" {
			return false
		}
	}
	return true
}
