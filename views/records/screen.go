// Package records is the one screen for all kinds of records: what is in it is
// declared by the backend, and by the few lines of shape.
package records

import (
	"context"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/list"
	"gatehouse/tui/safetext"
	"gatehouse/views/cells"
	"gatehouse/views/change"
	"gatehouse/views/fields"
	"gatehouse/views/session"
)

// Deps are what all screens share.
type Deps struct {
	Env     *tui.Env
	Session *session.Session
	Desk    *change.Desk
	// Tick is tea.Tick unless a test has its own clock.
	Tick func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
}

// look is how values are shown now.
func (d Deps) look() cells.Look {
	l := cells.Look{Signs: d.Env.Theme.Signs, Now: d.Session.Now()}
	if d.Env.Local {
		l.Zone = time.Local
	}
	return l
}

// Screen shows the records of a kind, all or those of one other record.
type Screen struct {
	Deps
	id    tui.ID
	kind  apiclient.Kind
	scope apiclient.Ref
	shape shape

	ctx    context.Context
	cancel context.CancelFunc
	list   *list.List[row]                   // nil until the backend has said what is in it
	from   atomic.Pointer[apiclient.Backend] // what pages are read from, in commands
	turn   int                               // of the session when that was chosen
	heard  atomic.Pointer[time.Time]         // the server's clock in the page that came last; nil: told already
	total  atomic.Int64                      // rows of all pages, as the last one said; below 0: not known
	newest *tui.Loader                       // of lists that only grow

	asked  time.Time // when what is loading was asked for
	front  bool
	stale  bool
	timing bool          // a reload is on its way
	left   func()        // called when this screen is closed; may be nil
	opened safetext.Safe // what was entered, and is on top of this screen now
	goTo   string        // key of a row that was made here: the cursor goes there when it has come
	choice actionsCache
	w, h   int
	pane   int // columns of the pane at the right; 0: none
}

// New makes a screen.
func New(d Deps, kind apiclient.Kind, scope apiclient.Ref) *Screen {
	if d.Tick == nil {
		d.Tick = tea.Tick
	}
	s := &Screen{Deps: d, id: d.Env.NextID(), kind: kind, scope: scope.Key(), shape: shapeOf(kind)}
	s.ctx, s.cancel = context.WithCancel(d.Session.Context())
	s.newest = tui.NewLoader(s.ctx)
	s.total.Store(-1)
	return s
}

// ID implements tui.Screen, as do the methods below.
func (s *Screen) ID() tui.ID { return s.id }

// Init begins to load, if there is something to load from.
func (s *Screen) Init() tea.Cmd {
	s.Session.Listen(s.id, s)
	return s.build()
}

// build makes the list once the backend has said what is in it.
func (s *Screen) build() tea.Cmd {
	b := s.Session.Backend()
	if b == nil || !s.listed().OK {
		return nil
	}
	s.from.Store(&b)
	s.turn = s.Session.Turn()
	columns := b.Info().Columns[s.kind]
	s.list = list.New(s.ctx, s.Env, s.id, list.Spec[row]{
		Key:       func(r row) string { return string(r.GetRef().Path) },
		Columns:   columnsOf(columns, s.look),
		Fields:    fields.Schema(columns),
		Fetch:     s.fetch,
		Timeout:   session.Limit,
		Equal:     same(columns),
		Sort:      s.shape.sort,
		EmptyText: s.empty(),
		Noun:      safetext.Clean(s.noun().Many),
		OnError:   s.loadFailed,
	})
	s.resizeList()
	cmd := s.list.Init()
	s.noteWait(false)
	return cmd
}

// fetch reads one page, in a command.
func (s *Screen) fetch(ctx context.Context, page string) (list.Page[row], error) {
	q := apiclient.Query{Scope: s.scope, Sort: s.shape.order, Size: pageSize, Page: page}
	p, err := fetch(ctx, *s.from.Load(), s.kind, q)
	if err != nil {
		return p, err
	}
	if s.shape.grows {
		p.Next = "" // the newest are enough, and one page of them is a lot
	}
	s.total.Store(int64(p.Total))
	s.heard.Store(&p.At)
	return p, nil
}

func (s *Screen) loadFailed(err error) tea.Cmd {
	if s.Session.Backend() != nil && s.turn != s.Session.Turn() {
		// The credential has changed meanwhile, as with one's own password:
		// that the one before no longer works does not end the session.
		s.stale = true
		return func() tea.Msg { return tui.Addressed{To: s.id, Msg: reloadDue{}} }
	}
	return s.Session.Failed(err, s.reload)
}

// reload reads the list anew; what is shown stays until all is there.
func (s *Screen) reload() tea.Cmd {
	s.stale = false
	if s.list == nil {
		return s.build()
	}
	if b := s.Session.Backend(); b != nil {
		s.from.Store(&b)
		s.turn = s.Session.Turn()
	}
	if s.shape.grows && s.list.Complete() && s.list.Err() == nil {
		return s.loadNewest()
	}
	cmd := s.list.Reload()
	s.noteWait(false)
	return cmd
}

// Update implements tui.Screen.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case reloadDue:
		s.timing = false
		if s.front && s.stale {
			return s.reload()
		}
		return nil
	case tui.Loaded[newestRows]:
		return s.gotNewest(m)
	}
	if s.list == nil {
		return nil
	}
	if s.Session.Live() && !s.stale {
		s.list.StillSo()
	}
	cmd, _ := s.list.Update(msg)
	at := s.heard.Swap(nil)
	s.noteWait(at != nil)
	if at != nil {
		cmd = tea.Batch(cmd, s.Session.Heard(*at))
	}
	return cmd
}

// noteWait tells the session since when this screen has been waiting.
func (s *Screen) noteWait(answered bool) {
	switch waits := s.list.Loading(); {
	case !waits:
		s.asked = time.Time{}
	case answered || s.asked.IsZero():
		s.asked = s.Env.Now()
	}
	s.Session.Waits(s.id, s.asked)
}

// Front implements tui.Fronted.
func (s *Screen) Front(on bool) tea.Cmd {
	s.front = on
	if !on {
		return nil
	}
	if s.stale || s.list == nil {
		return s.reload()
	}
	return nil
}

// Close ends what was loading. What was being written goes on.
func (s *Screen) Close() {
	if s.left != nil {
		s.left()
	}
	s.Session.Leave(s.id)
	if s.list != nil {
		s.list.Close()
	}
	s.cancel()
}

// TypingText implements tui.Screen.
func (s *Screen) TypingText() bool { return s.list != nil && s.list.TypingText() }

// Escape implements tui.Screen.
func (s *Screen) Escape() bool { return s.list != nil && s.list.Escape() }

// Crumb is what was entered from here, or what is shown here.
func (s *Screen) Crumb() safetext.Safe {
	if s.opened != "" {
		return s.opened
	}
	return safetext.Clean(s.noun().Many)
}

// Status implements tui.Screen.
func (s *Screen) Status() safetext.Safe {
	if s.list == nil {
		return ""
	}
	status := s.list.Status()
	if total := s.total.Load(); s.shape.grows && s.list.Complete() && total > int64(s.list.Len()) {
		status = "newest " + status + " of " + cells.Count(total)
	}
	return status
}

// Count is how many records there are, if that is known.
func (s *Screen) Count() (n int64, known bool) {
	total := s.total.Load()
	switch {
	case s.list == nil:
		return 0, false
	case s.list.Complete() && !s.shape.grows:
		return int64(s.list.Len()), true
	}
	return total, total >= 0
}

func (s *Screen) noun() apiclient.Noun { return s.Session.Info().Word(s.kind) }

// listed tells whether the backend has a list of this kind, and if not, why.
func (s *Screen) listed() apiclient.Support {
	info := s.Session.Info()
	support, told := info.Lists[s.kind]
	if !told && s.Session.Backend() != nil {
		return apiclient.Support{Why: "This system has no " + info.Word(s.kind).Many + "."}
	}
	return support
}

func (s *Screen) empty() safetext.Safe {
	many := safetext.Clean(s.noun().Many)
	if s.scope.IsZero() {
		return "no " + many + " yet; n makes the first"
	}
	return safetext.Clean(s.scope.Name()) + " has no " + many
}

// TypedFilter is the filter in force, for what names the rows shown.
func (s *Screen) TypedFilter() string {
	if s.list == nil {
		return ""
	}
	return s.list.Filter()
}
