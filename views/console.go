// Package views is the console put together: five tabs over one signed-in
// system, with one screen for all kinds of records, one way from a verb to its
// result, and one session underneath.
package views

import (
	"context"
	"net/url"
	"time"
	"unicode"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	book "gatehouse/apiclient/contexts"
	"gatehouse/tui"
	"gatehouse/tui/jobs"
	"gatehouse/tui/safetext"
	"gatehouse/tui/shell"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
	"gatehouse/views/cells"
	"gatehouse/views/change"
	"gatehouse/views/records"
	"gatehouse/views/session"
	"gatehouse/views/signin"
)

// Options say what the console is opened on, and how it looks.
type Options struct {
	Driver     apiclient.Driver
	Target     apiclient.Target
	Credential apiclient.Credential // the zero credential: the console finds it, or asks
	// Find gets the credential that is kept for the place, with the first frame
	// on the screen already; see session.Options.
	Find func(context.Context) (apiclient.Credential, error)

	// Book is the configuration with the contexts; nil: the console stays where
	// it is. Place is the context that the console begins in; "": one without
	// a name.
	Book  *book.Book
	Place book.Context
	// Lookup reads the environment, where official tools keep credentials.
	Lookup func(string) (string, bool)

	Locked bool // begin with writes locked
	Theme  theme.Options
	// AskBackground makes the looks follow the terminal's background.
	AskBackground bool
	Keys          tui.Keymap // other keys for actions
	Dir           string     // where files are proposed
	Run           apiclient.RunOptions

	Term term.Options // what Run hands on to the terminal

	// Now and Tick are time.Now and tea.Tick unless a test has its own clock.
	Now  func() time.Time
	Tick func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
}

// Console is a term.Root.
type Console struct {
	env     *tui.Env
	o       Options
	cancel  context.CancelFunc
	session *session.Session
	desk    *change.Desk
	shell   *shell.Shell
	gate    *gate
	counts  *counts
	deps    records.Deps
	roots   map[apiclient.Kind]*records.Screen
	place   book.Context // where the console is; the zero context: a place without a name
}

// New makes a console. Nothing is asked before Init.
func New(ctx context.Context, o Options) *Console {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Tick == nil {
		o.Tick = tea.Tick
	}
	if o.Target.Context == "" {
		o.Target.Context = host(o.Target.URL)
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &Console{
		env: &tui.Env{Theme: theme.New(o.Theme), Now: o.Now}, o: o, cancel: cancel,
		gate: newGate(o.Now, o.Locked || o.Place.WritesLocked()), roots: map[apiclient.Kind]*records.Screen{}, place: o.Place,
	}
	board := jobs.New(c.env)
	c.session = session.New(session.Options{
		Env: c.env, Context: ctx, Driver: o.Driver, Target: o.Target, Credential: o.Credential, Find: o.Find,
		Ask:  func(why *apiclient.Failure) tea.Cmd { return tui.Open(signin.New(c.env, c.session, why)) },
		Anew: c.anew, Opened: c.opened, PasswordSet: c.passwordSet, Locked: c.gate.Locked, Tick: o.Tick,
	})
	c.desk = change.New(c.env, c.session, board, change.Options{
		Run: o.Run, Tick: o.Tick, Dir: o.Dir, Protected: func() bool { return c.place.Protected },
	})
	c.deps = records.Deps{Env: c.env, Session: c.session, Desk: c.desk, Tick: o.Tick}
	c.counts = newCounts(c)
	c.shell = shell.New(c.env, shell.Config{
		Program: "gatehouse", Tabs: c.tabs(),
		Header: c.header, Connection: c.connection, Global: c.global,
		Lock: c.gate, Jobs: board, Keys: o.Keys,
		Services:      append(c.session.Receivers(), c.desk, c.counts),
		AskBackground: o.AskBackground, Tick: o.Tick,
	})
	return c
}

// Run opens a console on the terminal and stays until it is left. Changes that
// are under way then are waited for, those not yet sent are not sent. It
// returns what term.Run does: nil, a *term.Crash, a term.Signaled, or what went
// wrong with the terminal.
func Run(ctx context.Context, o Options) error {
	c := New(ctx, o)
	defer c.Close()
	return term.Run(ctx, c, o.Term)
}

// parting is how long changes that are under way are waited for at the end.
const parting = 10 * time.Second

// Close ends what is still going on and forgets the credential.
func (c *Console) Close() {
	c.desk.Finish(parting)
	c.cancel()
	c.session.Close()
}

// anew leaves nothing of what somebody else has seen here.
func (c *Console) anew() tea.Cmd {
	clear(c.roots)
	clear(c.counts.of)
	return tui.Reset()
}

// Init implements term.Root: the first frame is drawn before anything is asked.
func (c *Console) Init() tea.Cmd {
	c.session.Listen(c.counts.ID(), c.counts)
	return tea.Batch(c.session.Start(), c.shell.Init())
}

// Update implements term.Root.
func (c *Console) Update(msg tea.Msg) tea.Cmd { return c.shell.Update(msg) }

// Draw implements term.Root.
func (c *Console) Draw(canvas *term.Canvas) { c.shell.Draw(canvas) }

// Actions are all keys there are now, for documentation and tests.
func (c *Console) Actions() []tui.Action { return c.shell.Actions() }

func capital(word string) string {
	r, n := utf8.DecodeRuneInString(word)
	if r == utf8.RuneError {
		return word
	}
	return string(unicode.ToUpper(r)) + word[n:]
}

func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

// tab is one of the five.
type tab struct {
	id    string
	kind  apiclient.Kind
	title safetext.Safe // "": the system's word for what it shows
}

func tabs() []tab {
	return []tab{
		{"accounts", apiclient.KindAccount, ""},
		{"users", apiclient.KindUser, ""},
		{"tokens", apiclient.KindToken, ""},
		{"access", apiclient.KindGrant, "Access"},
		{"activity", apiclient.KindEvent, "Activity"},
	}
}

func (c *Console) tabs() []shell.Tab {
	var out []shell.Tab
	for _, t := range tabs() {
		out = append(out, shell.Tab{
			ID:    t.id,
			Title: func() safetext.Safe { return c.tabTitle(t) },
			Count: func() string { return c.tabCount(c.kindOf(t)) },
			Root: func() tui.Screen {
				kind := c.kindOf(t)
				c.roots[kind] = records.New(c.deps, kind, apiclient.Ref{})
				return c.roots[kind]
			},
		})
	}
	return out
}

func (c *Console) tabTitle(t tab) safetext.Safe {
	if t.title != "" && c.kindOf(t) == t.kind {
		return t.title
	}
	return safetext.Clean(capital(c.session.Info().Word(c.kindOf(t)).Many))
}

// tabCount is the count of a tab: of its list where that was loaded, else as
// the system told.
func (c *Console) tabCount(kind apiclient.Kind) string {
	if s := c.roots[kind]; s != nil {
		if n, known := s.Count(); known && kind != apiclient.KindEvent {
			return string(cells.Count(n))
		}
	}
	if n, known := c.counts.of[kind]; known {
		return string(cells.Count(int64(n)))
	}
	return ""
}

func (c *Console) header() shell.Header {
	t, id := c.session.Target(), c.session.Identity()
	h := shell.Header{Context: safetext.Clean(t.Context), Driver: safetext.Clean(c.session.Driver().Name)}
	if id.Name != "" {
		h.Identity = safetext.Clean(id.Name)
		if account := id.Account.Name(); account != "" {
			h.Identity += "@" + safetext.Clean(account)
		}
	}
	c.markPlace(&h)
	return h
}

// slowAfter is how long an answer may take before the console says so.
const slowAfter = 3 * time.Second

func (c *Console) connection() shell.Connection {
	if since, why, down := c.session.Link().Down(); down {
		out := shell.Connection{Link: shell.Offline, Since: since, Text: "tried again by itself"}
		if why != nil {
			out.Text = safetext.Clean(why.Message) + "; it is tried again by itself"
		}
		return out
	}
	if since, waits := c.session.Waiting(); waits && c.o.Now().Sub(since) >= slowAfter {
		return shell.Connection{Link: shell.Slow, Since: since, Text: "the server takes its time; what is shown stays"}
	}
	return shell.Connection{}
}
