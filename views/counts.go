package views

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/views/session"
)

// counts are how many records the tabs have that were not opened yet. It is a
// tui.Receiver and a session.Listener.
type counts struct {
	c      *Console
	id     tui.ID
	loader *tui.Loader
	of     map[apiclient.Kind]int
	timing bool
}

type (
	counted  map[apiclient.Kind]int
	countDue struct{}
)

func newCounts(c *Console) *counts {
	return &counts{c: c, id: c.env.NextID(), loader: tui.NewLoader(c.session.Context()), of: map[apiclient.Kind]int{}}
}

// ID implements tui.Receiver.
func (n *counts) ID() tui.ID { return n.id }

// Refresh implements session.Listener.
func (n *counts) Refresh() tea.Cmd { return n.load() }

// Shows implements session.Listener: a count needs no record.
func (n *counts) Shows(apiclient.Kind) bool { return false }

// Changed counts again, a moment later, where something has come or gone.
func (n *counts) Changed(session.Changes) tea.Cmd {
	if n.timing || n.loader.Busy() || len(n.wanted()) == 0 {
		return nil
	}
	n.timing = true
	return n.c.o.Tick(5*time.Second, func(time.Time) tea.Msg { return tui.Addressed{To: n.id, Msg: countDue{}} })
}

// wanted are the kinds that no list counts.
func (n *counts) wanted() []apiclient.Kind {
	var out []apiclient.Kind
	for _, kind := range []apiclient.Kind{apiclient.KindAccount, apiclient.KindUser, apiclient.KindToken} {
		if n.c.roots[kind] == nil && n.c.session.Info().Lists[kind].OK {
			out = append(out, kind)
		}
	}
	return out
}

func (n *counts) load() tea.Cmd {
	b, kinds := n.c.session.Backend(), n.wanted()
	if b == nil || len(kinds) == 0 {
		return nil
	}
	return tui.Load(n.loader, n.id, session.Limit, func(ctx context.Context) (counted, error) {
		out := counted{}
		for _, kind := range kinds {
			total, err := count(ctx, b, kind)
			if err != nil {
				return out, err
			}
			if total >= 0 {
				out[kind] = total
			}
		}
		return out, nil
	})
}

func count(ctx context.Context, b apiclient.Backend, kind apiclient.Kind) (int, error) {
	q := apiclient.Query{Size: 1}
	switch kind {
	case apiclient.KindAccount:
		p, err := b.Accounts(ctx, q)
		return p.Total, err
	case apiclient.KindUser:
		p, err := b.Users(ctx, q)
		return p.Total, err
	default:
		p, err := b.Tokens(ctx, q)
		return p.Total, err
	}
}

// Update implements tui.Receiver.
func (n *counts) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case countDue:
		n.timing = false
		return n.load()
	case tui.Loaded[counted]:
		if !n.loader.Fresh(m.Gen) {
			return nil
		}
		for kind, total := range m.Value {
			n.of[kind] = total
		}
	}
	return nil // a count that is not known is not shown: nothing to say of an error
}
