// Package contexts is the screen of the systems that the console can go to:
// those that have a name in the configuration, and those that the official
// tools on this machine know.
package contexts

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	book "gatehouse/apiclient/contexts"
	"gatehouse/tui"
	"gatehouse/tui/filter"
	"gatehouse/tui/list"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// Deps are what the screen needs of the console.
type Deps struct {
	Env     *tui.Env
	Context context.Context // of the program
	Book    *book.Book
	Lookup  func(string) (string, bool) // the environment, for what the official tools left there
	Here    func() string               // name of the context the console is in
	Go      func(book.Opening) tea.Cmd  // goes to another
}

// entry is one row: a context, or an offer that has no name yet.
type entry struct {
	key     string
	c       book.Context
	current bool
	offer   *book.Offer
	unread  string // why this place, where something may be, cannot be read
}

// Screen is a tui.Screen.
type Screen struct {
	Deps
	id     tui.ID
	ctx    context.Context
	cancel context.CancelFunc
	list   *list.List[*entry]
	going  *tui.Loader
}

// New makes the screen.
func New(d Deps) *Screen {
	s := &Screen{Deps: d, id: d.Env.NextID()}
	s.ctx, s.cancel = context.WithCancel(d.Context)
	s.going = tui.NewLoader(s.ctx)
	s.list = list.New(s.ctx, d.Env, s.id, list.Spec[*entry]{
		Key:       func(e *entry) string { return e.key },
		Columns:   s.columns(),
		Fields:    fields(),
		Fetch:     s.fetch,
		Noun:      "contexts",
		EmptyText: "No contexts yet: n names a system, P takes a token or a registration string.",
	})
	return s
}

// column is what one column and one field of the filter share.
type column struct {
	key, title string
	min, max   int
	priority   int
	text       func(*entry) string
}

func columns() []column {
	return []column{
		{"name", "Name", 10, 32, 0, func(e *entry) string { return e.c.Name }},
		{"driver", "System", 8, 12, 1, func(e *entry) string { return e.c.Driver }},
		{"url", "Where", 16, 60, 1, func(e *entry) string { return e.c.URL }},
		{"user", "User", 8, 30, 3, func(e *entry) string { return e.c.User }},
		{"credential", "Credential", 24, 40, 1, credential},
		{"writes", "Writes", 8, 18, 2, writes},
	}
}

func credential(e *entry) string {
	switch {
	case e.offer != nil:
		return "found: " + e.offer.Source
	case e.unread != "":
		return "cannot be read"
	}
	return cmp.Or(e.c.Credential.From, book.FromPrompt)
}

func writes(e *entry) string {
	if e.unread != "" {
		return ""
	}
	words := "open"
	if e.c.WritesLocked() {
		words = "locked"
	}
	if e.c.Protected {
		words += ", protected"
	}
	return words
}

func (s *Screen) columns() []list.Column[*entry] {
	var out []list.Column[*entry]
	for _, c := range columns() {
		out = append(out, list.Column[*entry]{
			Key: c.key, Title: safetext.Clean(c.title), Min: c.min, Max: c.max, Priority: c.priority,
			Cell: func(e *entry) list.Cell {
				cell := list.Cell{Text: safetext.Clean(c.text(e))}
				if c.key == "name" {
					s.mark(e, &cell)
				}
				return cell
			},
			Compare: func(a, b *entry) int { return strings.Compare(c.text(a), c.text(b)) },
		})
	}
	return out
}

// mark says which context one is in, and which are only offered.
func (s *Screen) mark(e *entry, cell *list.Cell) {
	signs := s.Env.Theme.Signs
	switch {
	case e.unread != "":
		cell.Sign, cell.Tone = signs.Gone, theme.Warn
	case e.offer != nil:
		cell.Sign, cell.Tone = signs.Idle, theme.Dim
	case e.c.Name == s.Here():
		cell.Sign, cell.Tone = signs.Live, theme.Good
	case e.current:
		cell.Sign = signs.Bullet
	default:
		cell.Sign = " "
	}
}

func fields() filter.Schema[*entry] {
	var out filter.Schema[*entry]
	for _, c := range columns() {
		out = append(out, filter.Text(c.key, c.text))
	}
	return out
}

// fetch reads the configuration and looks around, in a command.
func (s *Screen) fetch(context.Context, string) (list.Page[*entry], error) {
	all, current, err := s.Book.All()
	if err != nil {
		return list.Page[*entry]{}, err
	}
	var rows []*entry
	for _, c := range all {
		rows = append(rows, &entry{key: "context " + c.Name, c: c, current: c.Name == current})
	}
	offers, unread := s.Book.Offers(s.Lookup)
	for i := range offers {
		o := &offers[i]
		rows = append(rows, &entry{key: "offer " + o.Driver.Name + o.Source, offer: o, c: book.Context{
			Name: book.FreeName(o.Driver.Name, all), Driver: o.Driver.Name, URL: o.Target.URL,
			User: cmp.Or(o.Credential.User, o.Target.User), CAFile: o.Target.CAFile, Options: o.Target.Options,
		}})
	}
	for _, source := range slices.Sorted(maps.Keys(unread)) {
		why := apiclient.AsFailure("", unread[source]).Message
		rows = append(rows, &entry{key: "unread " + source, unread: source + " cannot be read: " + why, c: book.Context{URL: source + ": " + why}})
	}
	return list.Page[*entry]{Rows: rows, Total: len(rows)}, nil
}

// ID implements tui.Screen, as do the methods below.
func (s *Screen) ID() tui.ID { return s.id }

// Init begins to load.
func (s *Screen) Init() tea.Cmd { return s.list.Init() }

// Close ends what is on its way.
func (s *Screen) Close() { s.cancel(); s.list.Close() }

// Resize implements tui.Screen.
func (s *Screen) Resize(w, h int) { s.list.Resize(w, h) }

// Draw implements tui.Screen.
func (s *Screen) Draw(c *term.Canvas) { s.list.Draw(c) }

// TypingText implements tui.Screen.
func (s *Screen) TypingText() bool { return s.list.TypingText() }

// Crumb implements tui.Screen.
func (s *Screen) Crumb() safetext.Safe { return "contexts" }

// Status implements tui.Screen.
func (s *Screen) Status() safetext.Safe { return s.list.Status() }

// Scope shows the filter in the breadcrumb.
func (s *Screen) Scope() safetext.Safe { return s.list.Scope() }

// Escape implements tui.Screen.
func (s *Screen) Escape() bool { return s.list.Escape() }

// Update implements tui.Screen.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tui.Loaded[book.Opening]:
		switch {
		case !s.going.Fresh(m.Gen):
			return nil
		case m.Err != nil:
			return tui.Toast(theme.Bad, m.Err.Error())
		}
		return s.Go(m.Value)
	case arrived:
		return s.Go(m.Opening)
	case toRedeem:
		return tui.Open(s.redeem(m.driver, m.c, m.text))
	case changed:
		return s.list.Reload()
	}
	cmd, _ := s.list.Update(msg)
	return cmd
}

// changed is sent after the configuration was changed.
type changed struct{}
