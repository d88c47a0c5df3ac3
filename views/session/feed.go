package session

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
)

// Changes are records that are not what they were.
type Changes struct {
	Read []apiclient.Record // as they are now
	Gone []apiclient.Ref    // that are no more
	// Stale are kinds of which more has changed than was read, or that hang
	// together with what has changed: they count it, or go with it.
	Stale map[apiclient.Kind]bool
}

// feed brings changes to the screens: those that the system tells, and those
// that were made from here. Each record is read once, not once per screen.
type feed struct {
	s      *Session
	id     tui.ID
	cancel context.CancelFunc // of the stream
	gen    int                // of the stream
	live   bool
	missed bool // the stream was down: nobody knows what has changed meanwhile
	tries  int

	reads  *tui.Loader
	dirty  map[apiclient.Ref]bool
	gone   map[apiclient.Ref]bool
	stale  map[apiclient.Kind]bool
	timing bool
}

const (
	// mostReads is how many records are read one by one; beyond, lists are
	// loaded anew.
	mostReads = 40
	// settle is how long changes are collected before they are read: a bulk
	// change by somebody else comes as hundreds.
	settle = 300 * time.Millisecond
	// mostAtOnce bounds one message of changes.
	mostAtOnce = 1000
)

type (
	streamed struct {
		gen     int
		changes <-chan apiclient.Change
		err     error
	}
	heard struct {
		streamed
		list []apiclient.Change
		over bool
	}
	settled  struct{}
	reopen   struct{}
	readings struct{ Changes }
)

func newFeed(s *Session) *feed {
	f := &feed{s: s, id: s.o.Env.NextID(), reads: tui.NewLoader(s.o.Context)}
	f.clear()
	return f
}

func (f *feed) clear() {
	f.dirty, f.gone, f.stale = map[apiclient.Ref]bool{}, map[apiclient.Ref]bool{}, map[apiclient.Kind]bool{}
}

// ID implements tui.Receiver.
func (f *feed) ID() tui.ID { return f.id }

// start opens the stream of changes, if the system has one and it is not open.
func (f *feed) start() tea.Cmd {
	b := f.s.backend
	if b == nil || !b.Info().Live || f.cancel != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(f.s.o.Context)
	f.cancel = cancel
	f.gen++
	gen := f.gen
	return func() tea.Msg {
		ch, err := b.Watch(ctx)
		return tui.Addressed{To: f.id, Msg: streamed{gen, ch, err}}
	}
}

// stop closes the stream; what it still says is not listened to.
func (f *feed) stop() {
	f.gen++
	f.live = false
	if f.cancel != nil {
		f.cancel()
		f.cancel = nil
	}
}

// Update implements tui.Receiver.
func (f *feed) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case streamed:
		return f.opened(m)
	case heard:
		return f.heard(m)
	case settled:
		f.timing = false
		return f.read()
	case tui.Loaded[readings]:
		if f.reads.Fresh(m.Gen) {
			return f.wasRead(m)
		}
	case reopen:
		if !f.s.link.down() { // else it is opened when the system is back
			return f.start()
		}
	}
	return nil
}

func (f *feed) opened(m streamed) tea.Cmd {
	if m.gen != f.gen {
		return nil
	}
	if m.err != nil {
		if errors.Is(m.err, apiclient.ErrSignedOut) {
			f.stop() // it is opened again when somebody has signed in
			f.missed = true
			return f.s.Failed(m.err, nil)
		}
		return tea.Batch(f.broke(), f.s.Failed(m.err, nil))
	}
	f.live, f.tries = true, 0
	cmds := []tea.Cmd{listen(f.id, m)}
	if f.missed {
		f.missed = false
		cmds = append(cmds, f.s.tellRefresh())
	}
	return tea.Batch(cmds...)
}

// broke notes that the stream has ended; until it is open again, lists are
// refreshed by the clock.
func (f *feed) broke() tea.Cmd {
	f.stop()
	f.missed = true
	f.tries++
	return f.s.later(f.id, pause(f.tries-1), reopen{})
}

// listen waits for the next change and takes along what came with it.
func listen(id tui.ID, from streamed) tea.Cmd {
	return func() tea.Msg {
		h := heard{streamed: from}
		c, ok := <-from.changes
		for ok {
			h.list = append(h.list, c)
			if len(h.list) == mostAtOnce {
				return tui.Addressed{To: id, Msg: h}
			}
			select {
			case c, ok = <-from.changes:
			default:
				return tui.Addressed{To: id, Msg: h}
			}
		}
		h.over = true
		return tui.Addressed{To: id, Msg: h}
	}
}

func (f *feed) heard(m heard) tea.Cmd {
	if m.gen != f.gen {
		return nil
	}
	for _, c := range m.list {
		f.note(c)
	}
	if m.over {
		return tea.Batch(f.broke(), f.collect())
	}
	return tea.Batch(f.collect(), listen(f.id, m.streamed))
}

func (f *feed) note(c apiclient.Change) {
	switch {
	case c.Ref.IsZero():
		f.stale[c.Kind] = true
	case c.Gone:
		delete(f.dirty, c.Ref.Key())
		f.gone[c.Ref.Key()] = true
	default:
		f.dirty[c.Ref.Key()] = true
	}
	for _, kind := range related(c.Kind) {
		f.stale[kind] = true
	}
}

// related are the kinds whose records count those of a kind, or go with them.
func related(kind apiclient.Kind) []apiclient.Kind {
	switch kind {
	case apiclient.KindAccount:
		return []apiclient.Kind{apiclient.KindUser, apiclient.KindToken, apiclient.KindEvent}
	case apiclient.KindUser:
		return []apiclient.Kind{apiclient.KindAccount, apiclient.KindToken, apiclient.KindEvent}
	case apiclient.KindToken:
		return []apiclient.Kind{apiclient.KindAccount, apiclient.KindUser, apiclient.KindEvent}
	}
	return []apiclient.Kind{apiclient.KindEvent}
}

// collect waits a moment for more before anything is read.
func (f *feed) collect() tea.Cmd {
	if f.timing || f.reads.Busy() || len(f.dirty)+len(f.gone)+len(f.stale) == 0 {
		return nil
	}
	f.timing = true
	return f.s.later(f.id, settle, settled{})
}

// read reads afresh what has changed, where a screen shows that kind.
func (f *feed) read() tea.Cmd {
	b := f.s.backend
	if b == nil || f.reads.Busy() {
		return nil
	}
	c := Changes{Stale: f.stale}
	var refs []apiclient.Ref
	for ref := range f.dirty {
		switch {
		case len(f.dirty) > mostReads:
			c.Stale[ref.Kind] = true
		case f.s.shown(ref.Kind):
			refs = append(refs, ref)
		}
	}
	for ref := range f.gone {
		c.Gone = append(c.Gone, ref)
	}
	f.clear()
	return tui.Load(f.reads, f.id, Limit, func(ctx context.Context) (readings, error) {
		var failed error
		for _, ref := range refs {
			r, err := b.Read(ctx, ref)
			switch {
			case err == nil:
				c.Read = append(c.Read, r)
			case errors.Is(err, apiclient.ErrNotFound):
				c.Gone = append(c.Gone, ref)
			default:
				c.Stale[ref.Kind] = true
				failed = err
			}
		}
		return readings{c}, failed
	})
}

func (f *feed) wasRead(m tui.Loaded[readings]) tea.Cmd {
	cmds := []tea.Cmd{f.collect(), f.s.tell(func(l Listener) tea.Cmd { return l.Changed(m.Value.Changes) })}
	if m.Err != nil {
		cmds = append(cmds, f.s.Failed(m.Err, nil))
	}
	return tea.Batch(cmds...)
}

// Touched is called after changes made from here: the screens show them at
// once, not only when the system tells.
func (s *Session) Touched(changes []apiclient.Change) tea.Cmd {
	for _, c := range changes {
		s.feed.note(c)
	}
	if s.feed.reads.Busy() {
		return nil
	}
	return s.feed.read()
}
