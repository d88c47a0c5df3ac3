package records

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/views/session"
)

// reloadDue comes when a list that has got stale may be loaded anew.
type reloadDue struct{}

// newestRows are the rows that have come to a list that only grows.
type newestRows struct {
	rows  []row
	total int
	at    time.Time
}

const (
	// A list whose counts have moved on is loaded anew after a moment, a long
	// one not too often.
	soon   = time.Second
	seldom = 30 * time.Second
	long   = 5000
	// howNew is how many rows are looked at for new ones.
	howNew = 200
)

// Refresh implements session.Listener.
func (s *Screen) Refresh() tea.Cmd {
	if s.front {
		return s.reload()
	}
	s.stale = true
	return nil
}

// Shows implements session.Listener.
func (s *Screen) Shows(kind apiclient.Kind) bool {
	return s.list != nil && kind == s.kind && !s.shape.grows
}

// Changed implements session.Listener.
func (s *Screen) Changed(c session.Changes) tea.Cmd {
	if s.list == nil {
		return nil
	}
	var in []row
	var out []string
	for _, r := range c.Read {
		switch ref := r.GetRef(); {
		case ref.Kind != s.kind:
		case s.covers(r):
			in = append(in, r)
		default:
			out = append(out, string(ref.Path))
		}
	}
	for _, ref := range c.Gone {
		if ref.Kind == s.kind {
			out = append(out, string(ref.Path))
		}
	}
	var cmds []tea.Cmd
	if len(out) > 0 {
		s.list.Remove(out...)
	}
	if len(in) > 0 {
		cmds = append(cmds, s.list.Upsert(in...))
		s.arrive(in)
	}
	if c.Stale[s.kind] {
		cmds = append(cmds, s.staleNow())
	}
	return tea.Batch(cmds...)
}

// arrive puts the cursor on the row that was made from here.
func (s *Screen) arrive(rows []row) {
	for _, r := range rows {
		if s.goTo != "" && string(r.GetRef().Path) == s.goTo {
			s.list.MoveTo(s.goTo)
			s.goTo = ""
		}
	}
}

// covers tells whether a record belongs to what this screen shows.
func (s *Screen) covers(r row) bool {
	if s.scope.IsZero() {
		return true
	}
	for _, key := range []string{"account", "owner", "subject", "object"} {
		if v := r.Get(key); v.Kind == apiclient.LinkValue && v.Link.Key() == s.scope {
			return true
		}
	}
	return false
}

// staleNow has the list loaded anew: soon if it is in front, else when it
// comes there.
func (s *Screen) staleNow() tea.Cmd {
	s.stale = true
	if !s.front || s.timing {
		return nil
	}
	s.timing = true
	wait := soon
	if s.list.Len() > long {
		wait = seldom
	}
	return s.Tick(wait, func(time.Time) tea.Msg { return tui.Addressed{To: s.id, Msg: reloadDue{}} })
}

// loadNewest reads what has come to a list that only grows.
func (s *Screen) loadNewest() tea.Cmd {
	b, q := *s.from.Load(), apiclient.Query{Scope: s.scope, Sort: s.shape.order, Size: howNew}
	kind := s.kind
	return tui.Load(s.newest, s.id, session.Limit, func(ctx context.Context) (newestRows, error) {
		p, err := fetch(ctx, b, kind, q)
		return newestRows{p.Rows, p.Total, p.At}, err
	})
}

func (s *Screen) gotNewest(m tui.Loaded[newestRows]) tea.Cmd {
	switch {
	case !s.newest.Fresh(m.Gen):
		return nil
	case m.Err != nil:
		return s.loadFailed(m.Err)
	}
	heard := s.Session.Heard(m.Value.at)
	var fresh []row
	known := false
	for _, r := range m.Value.rows {
		if _, have := s.list.Find(string(r.GetRef().Path)); have {
			known = true
			continue
		}
		fresh = append(fresh, r)
	}
	if !known && s.list.Len() > 0 { // more has come than was read
		return tea.Batch(heard, s.list.Reload())
	}
	s.total.Store(int64(m.Value.total))
	if len(fresh) == 0 {
		return heard
	}
	return tea.Batch(heard, s.list.Upsert(fresh...))
}
