// Package reveal is the box for secrets that an answer holds once: they are
// masked until asked for, and the box does not go unasked before something was
// done with them.
package reveal

import (
	"errors"
	"strconv"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/saveas"
	"gatehouse/tui/theme"
)

const (
	// inClear is how long a secret stays on the screen.
	inClear = time.Minute
	// alone is how long before the key that gives secrets up there must have
	// been no other.
	alone = 150 * time.Millisecond
)

// Item is one secret.
type Item struct {
	Label  string // "Token"
	Handle string // its public name
	Note   string // what to do with it, until when
	Secret tui.Secret
}

// Spec declares a box.
type Spec struct {
	Title string
	Intro string
	Items []Item
	Dir   string // where a file is proposed
	File  string // and its name
}

// Reveal is a tui.Modal.
type Reveal struct {
	id    tui.ID
	env   *tui.Env
	spec  Spec
	items []item
	guard *tui.Guard
	pace  *tui.Pace

	cursor int
	until  time.Time // the secret under the cursor is shown; zero: it is not
	shown  int       // counts, so that an old time-out hides no newer one
	asking bool      // whether to close all the same
	prompt *saveas.Prompt
	said   said
	scroll flow.Scroll
	follow bool // scroll to the cursor
}

type said struct {
	tone theme.Tone
	text safetext.Safe
}

// item is a secret with what became of it.
type item struct {
	Item
	length int
	did    safetext.Safe // "copied"; "": nothing yet
}

var errTooQuick = errors.New("too quick: press enter once more")

// hide comes when a secret has been shown long enough.
type hide struct{ shown int }

// New makes a box.
func New(env *tui.Env, spec Spec) *Reveal {
	r := &Reveal{id: env.NextID(), env: env, spec: spec, guard: tui.NewGuard(env.Now), pace: tui.NewPace(env.Now), follow: true}
	for _, i := range spec.Items {
		r.items = append(r.items, item{Item: i, length: utf8.RuneCountInString(i.Secret.Reveal())})
	}
	r.spec.Items = nil
	return r
}

// ID implements tui.Modal, as do the methods below.
func (r *Reveal) ID() tui.ID { return r.id }

// Init begins: the time to be deaf counts from here.
func (r *Reveal) Init() tea.Cmd {
	r.guard.Arm()
	return nil
}

// Title is the title of the box.
func (r *Reveal) Title() safetext.Safe { return safetext.Clean(r.spec.Title) }

// Tone is the tone of the frame.
func (r *Reveal) Tone() theme.Tone { return theme.Good }

// TypingText tells whether letters are text now.
func (r *Reveal) TypingText() bool { return r.prompt != nil }

// Deaf is it to everything but the ways out until it could be read, and to
// Enter when it asks for a path.
func (r *Reveal) Deaf(k tea.KeyMsg) bool {
	name := tui.Press(k)
	if name == "esc" || name == "ctrl+c" || r.prompt != nil && name != "enter" {
		return false
	}
	return r.guard.Deaf()
}

// Escape goes back from a question or closes; it asks before a secret is lost.
func (r *Reveal) Escape() (closes bool, cmd tea.Cmd) {
	r.pace.Key()
	switch {
	case r.prompt != nil:
		r.prompt = nil
	case r.asking:
		r.asking = false
	case r.untouched() > 0:
		r.ask()
	default:
		return true, nil
	}
	return false, nil
}

// ask asks whether to close although nothing was done.
func (r *Reveal) ask() {
	r.conceal()
	r.asking = true
	r.guard.Arm()
}

// Close forgets the secrets.
func (r *Reveal) Close() {
	r.conceal()
	r.items, r.prompt = nil, nil
}

// untouched is how many of the secrets nothing was done with.
func (r *Reveal) untouched() int {
	n := 0
	for _, i := range r.items {
		if i.did == "" {
			n++
		}
	}
	return n
}

// Actions are the keys now.
func (r *Reveal) Actions() []tui.Action {
	switch {
	case r.prompt != nil:
		return []tui.Action{
			{ID: "reveal.write", Title: "write", Help: "Write the file.", Keys: []string{"enter"}, Footer: 1},
			{ID: "reveal.back", Title: "back", Help: "Write no file.", Keys: []string{"esc"}, Footer: 2},
		}
	case r.asking:
		return []tui.Action{
			{ID: "reveal.lose", Title: "close and lose it", Help: "Close although nothing was done with it.", Keys: []string{"y"}, Footer: 1, Do: r.lose},
			{ID: "reveal.stay", Title: "back", Help: "Go back to the secret.", Keys: []string{"n", "esc"}, Footer: 2, Do: r.stay},
		}
	}
	show := tui.Action{ID: "reveal.show", Title: "show", Help: "Show the secret for a minute.", Keys: []string{"s"}, Footer: 2, Do: r.show}
	if r.visible() {
		show.Title, show.Help = "hide", "Mask the secret again."
	}
	save := tui.Action{ID: "reveal.save", Title: "write to a file", Help: "Write to a new file that only you can read.", Keys: []string{"w"}, Footer: 3, Do: r.save}
	if len(r.items) > 1 {
		save.Title = "write all to a file"
	}
	return []tui.Action{
		{ID: "reveal.copy", Title: "copy", Help: "Copy the secret without showing it.", Keys: []string{"c"}, Footer: 1, Do: r.copy},
		show,
		save,
		{ID: "reveal.close", Title: "close", Help: "Close; asks while nothing was done with a secret.", Keys: []string{"esc", "q"}, Footer: 4, Do: r.quit},
	}
}

// Update handles keys and the end of what takes time.
func (r *Reveal) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.KeyMsg:
		return r.key(m)
	case hide:
		if m.shown == r.shown {
			r.conceal()
		}
	case tea.BlurMsg:
		r.conceal()
	case saveas.Saved:
		r.saved(m)
	}
	return nil
}

func (r *Reveal) key(k tea.KeyMsg) tea.Cmd {
	name := tui.Press(k)
	if r.prompt != nil {
		if name != "enter" {
			r.pace.Key()
			r.prompt.Key(k)
			return nil
		}
		if r.pace.Key() < alone {
			r.prompt.Refuse(errTooQuick)
			return nil
		}
		return tui.To(r.id, r.prompt.Save(r.file()))
	}
	if a, ok := tui.Find(r.Actions(), name); ok && a.Do != nil && name != "" {
		return a.Do()
	}
	r.pace.Key()
	switch name {
	case "up", "k", "shift+tab":
		r.move(-1)
	case "down", "j", "tab":
		r.move(1)
	case "pgup", "pgdown", "home", "end", "ctrl+u", "ctrl+d":
		r.follow = false
		r.scroll.Key(name)
	}
	return nil
}

func (r *Reveal) move(by int) {
	if to := r.cursor + by; to >= 0 && to < len(r.items) {
		r.conceal()
		r.cursor, r.follow = to, true
	}
}

func (r *Reveal) visible() bool { return !r.until.IsZero() }

func (r *Reveal) conceal() { r.until = time.Time{} }

func (r *Reveal) show() tea.Cmd {
	r.pace.Key()
	if r.visible() {
		r.conceal()
		return nil
	}
	if len(r.items) == 0 {
		return nil
	}
	r.shown++
	r.until, r.follow = r.env.Now().Add(inClear), true
	r.did("shown")
	n := r.shown
	return tui.To(r.id, tea.Tick(inClear, func(time.Time) tea.Msg { return hide{n} }))
}

func (r *Reveal) did(what safetext.Safe) { r.items[r.cursor].did = what }

func (r *Reveal) copy() tea.Cmd {
	r.pace.Key()
	if len(r.items) == 0 {
		return nil
	}
	r.did("copied")
	return tui.CopySecret(r.items[r.cursor].Secret, r.items[r.cursor].name())
}

// name is what may be said of a secret.
func (i item) name() safetext.Safe {
	s := safetext.Clean(i.Label)
	if i.Handle != "" {
		s += " " + safetext.Clean(i.Handle)
	}
	return s + safetext.Safe(" ("+strconv.Itoa(i.length)+" characters)")
}

func (r *Reveal) quit() tea.Cmd {
	if closes, _ := r.Escape(); closes {
		return tui.Close(r.id)
	}
	return nil
}

func (r *Reveal) lose() tea.Cmd {
	if r.pace.Key() < alone {
		return nil
	}
	return tui.Close(r.id)
}

func (r *Reveal) stay() tea.Cmd {
	r.pace.Key()
	r.asking = false
	return nil
}
