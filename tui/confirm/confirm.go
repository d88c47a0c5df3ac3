package confirm

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/text/unicode/norm"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/line"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

const (
	// alone is how long before a yes there must have been no key.
	alone = 150 * time.Millisecond
	// after is how long after a yes there must be none: with a paste that has
	// no brackets, the next key is there at once.
	after = 50 * time.Millisecond
)

// Confirm is a tui.Modal.
type Confirm struct {
	id    tui.ID
	env   *tui.Env
	plan  Plan
	run   func(reason string) tea.Cmd
	guard *tui.Guard
	pace  *tui.Pace

	state   state
	changed []safetext.Safe // what happened to the plan since it was first shown
	reason  *line.Input     // nil: none is asked for
	word    *line.Input     // nil: y and n
	focus   *line.Input     // nil: the question
	hint    safetext.Safe
	keys    int // counts keys, so that a yes is taken back by the one that follows

	scroll  flow.Scroll
	version int // of the plan and what has changed
	laid    flow.Cache
}

type state uint8

const (
	open      state = iota
	withdrawn       // the plan is no longer true; a new one is on its way
	over            // it was confirmed
)

// settled comes when no key has followed a yes.
type settled struct{ keys int }

// New makes the confirmation of a plan. It calls run, once, when the answer is
// yes; the box is then on its way out.
func New(env *tui.Env, plan Plan, run func(reason string) tea.Cmd) *Confirm {
	c := &Confirm{id: env.NextID(), env: env, run: run, guard: tui.NewGuard(env.Now), pace: tui.NewPace(env.Now)}
	c.show(plan)
	return c
}

// show asks about a plan from the start; a reason that was typed stays.
func (c *Confirm) show(plan Plan) {
	if plan.Verb == "" {
		plan.Verb = "go on"
	}
	c.plan, c.state, c.hint = plan, open, ""
	c.version++
	c.word, c.focus = nil, nil
	c.keys++
	if plan.Reason != NoReason && c.reason == nil {
		c.reason = line.New("")
	}
	if plan.Danger == Destructive {
		c.word = line.New("")
		c.focus = c.word
	}
	if plan.Reason == RequiredReason && c.reason.Value() == "" {
		c.focus = c.reason
	}
	c.guard.Arm()
}

// Changed withdraws the question: what it says is no longer so. It cannot be
// answered until Replace shows the new plan.
func (c *Confirm) Changed(lines ...string) {
	if c.state == over {
		return
	}
	c.state, c.hint = withdrawn, ""
	c.version++
	c.keys++
	for _, s := range lines {
		c.changed = append(c.changed, safetext.Clean(s))
	}
}

// Replace asks anew about a new plan. What has changed stays in sight.
func (c *Confirm) Replace(plan Plan) {
	if c.state != over {
		c.show(plan)
	}
}

// ID implements tui.Modal, as do the methods below.
func (c *Confirm) ID() tui.ID { return c.id }

// Init begins: the time to be deaf counts from here.
func (c *Confirm) Init() tea.Cmd {
	c.guard.Arm()
	return nil
}

// Title is the title of the box.
func (c *Confirm) Title() safetext.Safe { return safetext.Clean(c.plan.Title) }

// Tone is the tone of the frame.
func (c *Confirm) Tone() theme.Tone {
	if c.plan.Danger == Reversible && len(c.plan.Blocks) == 0 {
		return theme.Accent
	}
	return theme.Bad
}

// TypingText tells whether letters are text now.
func (c *Confirm) TypingText() bool { return c.focus != nil && c.canConfirm() }

func (c *Confirm) canConfirm() bool { return c.state == open && len(c.plan.Blocks) == 0 }

// Deaf is it to everything but the ways out, until the plan could be read.
func (c *Confirm) Deaf(k tea.KeyMsg) bool {
	switch tui.Press(k) {
	case "esc", "ctrl+c":
		return false
	}
	return c.guard.Deaf()
}

// Escape closes: nothing was confirmed.
func (c *Confirm) Escape() (closes bool, cmd tea.Cmd) {
	c.keys++
	return true, nil
}

// Close makes a yes that is still on its way worthless.
func (c *Confirm) Close() { c.state = over }

// Actions are the keys now.
func (c *Confirm) Actions() []tui.Action {
	leave := tui.Action{ID: "confirm.leave", Title: "cancel", Help: "Close; nothing is changed.", Keys: []string{"esc"}, Footer: 2}
	if !c.canConfirm() {
		leave.Title = "close"
		return []tui.Action{leave}
	}
	var out []tui.Action
	verb := string(safetext.Clean(c.plan.Verb))
	switch {
	case c.focus == c.reason && c.reason != nil:
		out = append(out, tui.Action{ID: "confirm.next", Title: "next", Help: "Go on to the question.", Keys: []string{"enter"}, Footer: 1})
	case c.word != nil:
		out = append(out, tui.Action{ID: "confirm.do", Title: verb, Help: "Run the plan, once the word is typed.", Keys: []string{"enter"}, Footer: 1})
	default:
		out = append(out,
			tui.Action{ID: "confirm.yes", Title: verb, Help: "Run the plan as it is shown.", Keys: []string{"y"}, Footer: 1, Do: c.yes},
			tui.Action{ID: "confirm.no", Title: "no", Help: "Close; nothing is changed. Enter does the same.", Keys: []string{"n"}, Footer: 2, Do: c.no},
		)
	}
	if c.reason != nil {
		out = append(out, tui.Action{ID: "confirm.reason", Title: "reason", Help: "Go to the reason, or back to the question.", Keys: []string{"tab"}, Footer: 3, Do: c.swap})
	}
	return append(out, leave)
}

// Update handles keys and pastes.
func (c *Confirm) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case settled:
		if m.keys == c.keys && c.canConfirm() {
			return c.confirm()
		}
	case tea.KeyMsg:
		if c.guard.Deaf() { // also for who did not ask Deaf before
			return nil
		}
		return c.key(m)
	}
	return nil
}

func (c *Confirm) key(k tea.KeyMsg) tea.Cmd {
	name := tui.Press(k)
	switch {
	case !c.canConfirm():
		c.scroll.Key(name)
		return nil
	case name == "tab", name == "shift+tab":
		return c.swap()
	case c.focus != nil:
		return c.typed(k, name)
	}
	if a, ok := tui.Find(c.Actions(), name); ok && a.Do != nil && name != "" {
		return a.Do()
	}
	c.stroke()
	switch {
	case name == "enter":
		return tea.Batch(tui.Close(c.id), tui.Toast(theme.Plain, "Not confirmed: nothing was changed."))
	case !c.scroll.Key(name):
		c.hint = safetext.Clean(string("y: " + c.plan.Verb + ", n: no"))
	}
	return nil
}

// stroke counts a key: a yes before it is taken back. It gives how long ago
// the one before was.
func (c *Confirm) stroke() time.Duration {
	c.keys++
	c.hint = ""
	return c.pace.Key()
}

// swap goes from the question to the reason and back.
func (c *Confirm) swap() tea.Cmd {
	c.stroke()
	if c.reason != nil && c.focus != c.reason {
		c.focus = c.reason
	} else {
		c.focus = c.word
	}
	return nil
}

func (c *Confirm) no() tea.Cmd {
	c.stroke()
	return tui.Close(c.id)
}

// yes is the key y. It counts when it came by itself.
func (c *Confirm) yes() tea.Cmd {
	if c.stroke() < alone {
		c.hint = "too quick: press y by itself"
		return nil
	}
	return c.settle()
}

// typed handles a key while text is typed.
func (c *Confirm) typed(k tea.KeyMsg, name string) tea.Cmd {
	since := c.stroke()
	switch {
	case name == "enter" && c.focus == c.reason:
		c.focus = c.word
	case name == "enter":
		return c.enter(since)
	case c.focus == c.word && name == "" && strings.ContainsAny(string(k.Runes), "\r\n"):
		c.hint = "a paste with a line end is not taken"
	case c.focus.Key(k):
	default:
		c.scroll.Key(name)
	}
	return nil
}

// enter counts when the word is there, was complete for a moment, and no key
// follows at once: a paste without brackets ends in Enter as well.
func (c *Confirm) enter(since time.Duration) tea.Cmd {
	switch {
	case !c.wordTyped():
		c.hint = "that is not " + safetext.Clean(c.plan.Word)
		if c.word.Value() == "" {
			c.hint = "nothing is typed yet"
		}
		return nil
	case since < alone:
		c.hint = "too quick: press enter once more"
		return nil
	}
	return c.settle()
}

// wordTyped compares what was typed with the word, and with the word as it is
// shown: what cannot be typed, such as a control character in a name, stands
// there in an escaped form. Composed and decomposed characters look alike and
// count as the same; an admin cannot choose which his keyboard makes.
func (c *Confirm) wordTyped() bool {
	typed := norm.NFC.String(c.word.Value())
	return c.plan.Word != "" && (typed == norm.NFC.String(c.plan.Word) || typed == norm.NFC.String(string(safetext.Clean(c.plan.Word))))
}

func (c *Confirm) settle() tea.Cmd {
	if c.plan.Reason == RequiredReason && strings.TrimSpace(c.reason.Value()) == "" {
		c.focus, c.hint = c.reason, "a reason is required"
		return nil
	}
	keys := c.keys
	return tui.To(c.id, tea.Tick(after, func(time.Time) tea.Msg { return settled{keys} }))
}

func (c *Confirm) confirm() tea.Cmd {
	c.state = over
	reason := ""
	if c.reason != nil {
		reason = strings.TrimSpace(c.reason.Value())
	}
	return tea.Batch(tui.Close(c.id), c.run(reason))
}
