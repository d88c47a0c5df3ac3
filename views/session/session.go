// Package session is what the screens share about the one system the console
// is signed in to: the backend, who we are there, its clock, whether it
// answers, and what has changed on it. It belongs to the event loop; all that
// takes time runs in commands.
package session

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/theme"
)

// Limit is how long the console waits for an answer to one question.
const Limit = 30 * time.Second

// Options say how a session begins.
type Options struct {
	Env        *tui.Env
	Context    context.Context // of the program: ends last
	Driver     apiclient.Driver
	Target     apiclient.Target
	Credential apiclient.Credential // the zero credential: find it, or ask
	// Find gets the credential that is kept for the place, when the session
	// starts; the zero credential says that there is none, and the error why.
	// nil: none is kept.
	Find func(context.Context) (apiclient.Credential, error)
	// Ask opens the question for a credential; why is nil at the first start.
	Ask func(why *apiclient.Failure) tea.Cmd
	// Anew starts the console anew because somebody else has signed in.
	Anew func() tea.Cmd
	// Opened hears of every credential that the system has let in, and whether
	// it is new: not made of one that was kept somewhere. nil: nobody wants to
	// know.
	Opened func(c apiclient.Credential, isNew bool) tea.Cmd
	// PasswordSet hears of an own new password where the session goes on as it
	// was. nil: nobody wants to know.
	PasswordSet func(apiclient.Secret) tea.Cmd
	// Locked tells whether changes are refused before they are sent. It is
	// asked from commands too. nil: they never are.
	Locked func() bool
	// Tick is tea.Tick unless a test has its own clock.
	Tick func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
}

// Session is the state. Its zero value is of no use: see New.
type Session struct {
	o          Options
	id         tui.ID
	loader     *tui.Loader
	credential apiclient.Credential
	raw        apiclient.Backend   // nil until it was opened
	retired    []apiclient.Backend // that were left: changes may still be under way there
	backend    apiclient.Backend   // raw behind the lock on writes
	turn       int                 // counts how often that changed
	waits      map[tui.ID]time.Time
	identity   apiclient.Identity
	asking     bool             // for a credential
	opening    bool             // a backend, with the one at hand
	refreshing bool             // refresh comes again and again
	declined   bool             // nobody wants to sign in: it is asked again when a key leads there, not by the clock
	waiting    []func() tea.Cmd // what an expired session has stopped
	clock      clock
	link       Link
	listeners  map[tui.ID]Listener
	feed       *feed
}

// Listener is a screen that shows what the session is about.
type Listener interface {
	// Refresh: what is shown should be loaded, or loaded anew.
	Refresh() tea.Cmd
	// Changed: these records were read afresh, or are gone.
	Changed(Changes) tea.Cmd
	// Shows tells whether it shows records of a kind.
	Shows(apiclient.Kind) bool
}

// opened is the answer to opening a backend.
type opened struct {
	backend    apiclient.Backend
	identity   apiclient.Identity
	credential apiclient.Credential
	entered    bool // it was made of one that was kept somewhere
}

// SignedIn is sent to the session by whoever asked for a credential.
type SignedIn struct {
	Credential apiclient.Credential // the zero credential: it has to be asked for again
	Target     *apiclient.Target    // where it is for, if that is known better now
}

// New makes a session; Start opens it.
func New(o Options) *Session {
	if o.Tick == nil {
		o.Tick = tea.Tick
	}
	if o.Locked == nil {
		o.Locked = func() bool { return false }
	}
	s := &Session{
		o:          o,
		id:         o.Env.NextID(),
		loader:     tui.NewLoader(o.Context),
		credential: o.Credential,
		listeners:  map[tui.ID]Listener{},
		waits:      map[tui.ID]time.Time{},
		clock:      clock{now: o.Env.Now},
		link:       Link{now: o.Env.Now},
	}
	s.feed = newFeed(s)
	return s
}

// ID implements tui.Receiver.
func (s *Session) ID() tui.ID { return s.id }

// Receivers are the parts that the shell has to deliver messages to.
func (s *Session) Receivers() []tui.Receiver { return []tui.Receiver{s, s.feed} }

// findLimit is how long getting a kept credential may take: a command may wait
// for somebody to touch a key.
const findLimit = 40 * time.Second

// found is a credential that was looked for where it is kept.
type found struct {
	credential apiclient.Credential
	why        error
}

// Start opens the backend with the credential at hand or the one that is kept,
// or asks for one.
func (s *Session) Start() tea.Cmd {
	find := s.o.Find
	s.o.Find = nil
	switch {
	case !s.credential.Secret.IsZero():
		return s.Open(s.credential)
	case find == nil:
		return s.ask(nil)
	}
	s.opening = true
	return tui.Load(s.loader, s.id, findLimit, func(ctx context.Context) (found, error) {
		c, why := find(ctx)
		return found{c, why}, nil
	})
}

// wasFound goes on with what was kept.
func (s *Session) wasFound(f found) tea.Cmd {
	s.opening = false
	if !f.credential.Secret.IsZero() {
		return s.Open(f.credential)
	}
	if f.why == nil {
		return s.ask(nil)
	}
	return tea.Batch(s.ask(nil), tui.Toast(theme.Warn, f.why.Error()))
}

// Open goes on with this credential.
func (s *Session) Open(c apiclient.Credential) tea.Cmd {
	s.credential, s.opening = c, true
	driver, target := s.o.Driver, s.o.Target
	if c.User != "" {
		target.User = c.User
	}
	return tui.Load(s.loader, s.id, Limit, func(ctx context.Context) (opened, error) {
		entered := c.Entered
		c, err := driver.Enter(ctx, target, c)
		if err != nil {
			return opened{}, err
		}
		b, err := driver.Open(ctx, target, c)
		if err != nil {
			return opened{}, err
		}
		who, err := b.WhoAmI(ctx)
		if err != nil {
			b.Close()
			return opened{}, err
		}
		return opened{b, who, c, entered}, nil
	})
}

// Update implements tui.Receiver.
func (s *Session) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tui.Loaded[opened]:
		if !s.loader.Fresh(m.Gen) {
			if m.Value.backend != nil {
				m.Value.backend.Close()
			}
			return nil
		}
		s.opening = false
		if m.Err != nil {
			return s.failedToOpen(m.Err)
		}
		return s.wasOpened(m.Value)
	case tui.Loaded[found]:
		if s.loader.Fresh(m.Gen) {
			return s.wasFound(found{m.Value.credential, cmp.Or(m.Err, m.Value.why)})
		}
	case tui.Loaded[apiclient.Identity]:
		if s.loader.Fresh(m.Gen) {
			return s.tried(m)
		}
	case SignedIn:
		return s.signedIn(m)
	case retry:
		return s.try()
	case refresh:
		return s.refreshed()
	}
	return nil
}

// signedIn goes on with what was answered to the question for a credential.
func (s *Session) signedIn(m SignedIn) tea.Cmd {
	s.asking = false
	if m.Target != nil {
		// What was learnt of the place counts. A registration string can even be
		// for another place than the one that was asked about; then that one
		// has no name yet.
		to := *m.Target
		switch {
		case to.URL == s.o.Target.URL:
			to.Context = s.o.Target.Context
		case to.Context == "":
			to.Context = host(to.URL)
		}
		s.o.Target = to
	}
	if m.Credential.Secret.IsZero() {
		return s.ask(nil)
	}
	return s.Open(m.Credential)
}

func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

func (s *Session) failedToOpen(err error) tea.Cmd {
	f := apiclient.AsFailure("sign in to "+s.o.Target.URL, err)
	if more := (*apiclient.NeedMore)(nil); errors.As(err, &more) {
		f = &apiclient.Failure{Tried: f.Tried, Message: more.Words, Cause: apiclient.ErrSignedOut}
		err = f
	}
	if transient(f) {
		return s.unreachable(f)
	}
	s.link.answered()
	s.asking = false
	return s.ask(f)
}

// transient tells whether the same may go well later: nobody has answered, or
// only that it does not work now. Whatever else went wrong goes wrong again
// with the same credential and the same address.
func transient(f *apiclient.Failure) bool {
	if f.Status >= 300 && f.Status < 400 {
		return false // it has moved
	}
	for _, reason := range []error{apiclient.ErrUnreachable, apiclient.ErrThrottled, apiclient.ErrFaulty, apiclient.ErrBroken, context.DeadlineExceeded, context.Canceled} {
		if errors.Is(f, reason) {
			return true
		}
	}
	return f.Status >= 500
}

// refreshed has the lists loaded anew where nobody tells their changes, and
// comes again.
func (s *Session) refreshed() tea.Cmd {
	again := s.later(s.id, refreshEvery, refresh{})
	if s.feed.live || s.link.down() || s.declined {
		return again
	}
	return tea.Batch(again, s.tellRefresh())
}

// wasOpened takes the new backend into use. What waited for it goes on, unless
// somebody else has signed in: then nothing of before is left.
func (s *Session) wasOpened(o opened) tea.Cmd {
	before, had := s.identity.User.Key(), s.backend != nil
	if had {
		s.retired = append(s.retired, s.raw) // a plan may still be using it
	}
	s.raw, s.backend = o.backend, apiclient.Lock(o.backend, s.o.Locked)
	s.identity, s.credential = o.identity, o.credential
	s.turn++
	s.asking = false
	s.link.answered()
	waiting := s.waiting
	s.waiting = nil
	s.feed.stop()
	cmds := []tea.Cmd{s.feed.start()}
	if s.o.Opened != nil {
		cmds = append(cmds, s.o.Opened(o.credential, !o.entered))
	}
	if !s.refreshing {
		s.refreshing = true
		cmds = append(cmds, s.later(s.id, refreshEvery, refresh{}))
	}
	if had && before != o.identity.User.Key() {
		return tea.Batch(append(cmds, s.anew())...)
	}
	cmds = append(cmds, s.tellRefresh())
	for _, resume := range waiting {
		cmds = append(cmds, resume())
	}
	return tea.Batch(cmds...)
}
