// Package form is the one form of the console: declared fields are edited,
// checked and submitted, and what was typed stays until it was accepted.
package form

import (
	"context"
	"io"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// Kind says what a field holds, and so how it is edited.
type Kind uint8

// The kinds.
const (
	Text     Kind = iota
	Secret        // masked
	Int           // edited as text, as are the next two: Check reads them
	Duration      //
	Time          //
	Bool          // "yes" or "no"
	Choice        // one of Choices
	Multi         // several of Choices, or words where there are none
	Ref           // text with suggestions from Lookup
	Rows          // rows of Columns
)

// Field declares what is asked for.
type Field struct {
	Name     string // key of the values
	Title    string
	Kind     Kind
	Required bool
	Help     string // shown while the field has the focus
	Empty    string // what it means to leave it empty, shown in its place

	Value string     // what it starts with
	List  []string   // what a Multi starts with
	Rows  [][]string // what Rows start with

	Choices []string
	Columns []Field // of Rows: Text, Int, Duration, Time, Bool, Choice
	Twice   bool    // Secret: asked for again, to catch a slip of the keys
	Fresh   bool    // Secret: a new one is chosen, so one can be made up
	Lookup  func(ctx context.Context, typed string) ([]Suggestion, error)
	Check   func(Value) error // nil: anything goes; not called for what is empty
}

// Suggestion is something that a Ref may mean.
type Suggestion struct {
	Text string // what is entered
	Note string // what tells it from the others
	Key  any    // what the caller knows it by; comes back in Value.Key
}

// Value is what stands in one field.
type Value struct {
	Text    string
	List    []string
	Rows    [][]string
	Secret  tui.Secret // nil: none
	Key     any        // of the suggestion that was taken and not edited since
	Changed bool       // it differs from what the field started with
}

// Empty tells whether there is nothing in it.
func (v Value) Empty() bool {
	return v.Text == "" && len(v.List) == 0 && len(v.Rows) == 0 && v.Secret == nil
}

// Values are the values by field name; every field of the form is there.
type Values map[string]Value

// Spec declares a form.
type Spec struct {
	Title  string
	Intro  string // above the fields
	Button string // the verb: "create"
	Tone   theme.Tone
	Fields []Field
	// Secret makes the value of a Secret field: the form keeps nothing but
	// what it gives.
	Secret func(string) tui.Secret
	// Submit sends the values. The message of its command is a Failed or a
	// Succeeded; any other goes on to the program as it is, and the caller
	// calls Fail or Succeed later.
	Submit func(Values) tea.Cmd
	Stop   func()             // the user waits no longer; may be nil
	Cancel func() tea.Cmd     // the form was closed without success; may be nil
	Check  func(Values) error // what concerns several fields; may be nil
	Random io.Reader          // makes up secrets; nil is the system's
}

// Form is a tui.Modal.
type Form struct {
	id     tui.ID
	env    *tui.Env
	spec   Spec
	ctx    context.Context
	cancel context.CancelFunc
	guard  *tui.Guard
	pace   *tui.Pace

	fields []*field
	focus  int // len(fields) is the button
	scroll flow.Scroll
	show   show

	state  state
	turn   int // of submitting; tells a late answer
	banner []safetext.Safe
	tone   theme.Tone // of the banner
}

type state uint8

const (
	editing state = iota
	sending
	asking // whether to throw away what was typed
)

// show is what scrolling must keep in sight.
type show uint8

const (
	showPlace show = iota // nothing: pgup and pgdown have chosen a place
	showFocus
	showBanner
)

type field struct {
	Field
	title  safetext.Safe
	widget widget
	err    safetext.Safe
}

// New makes a form.
func New(env *tui.Env, spec Spec) *Form {
	if spec.Button == "" {
		spec.Button = "ok"
	}
	f := &Form{
		id: env.NextID(), env: env, spec: spec, show: showFocus,
		guard: tui.NewGuard(env.Now), pace: tui.NewPace(env.Now),
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	for _, d := range spec.Fields {
		f.fields = append(f.fields, &field{Field: d, title: safetext.Clean(d.Title), widget: f.newWidget(d)})
	}
	return f
}

// ID implements tui.Modal, as do the methods below.
func (f *Form) ID() tui.ID { return f.id }

// Init begins: the time to be deaf counts from here.
func (f *Form) Init() tea.Cmd {
	f.guard.Arm()
	return f.enter(0, 1)
}

// Title is the title of the box.
func (f *Form) Title() safetext.Safe { return safetext.Clean(f.spec.Title) }

// Tone is the tone of the frame.
func (f *Form) Tone() theme.Tone { return f.spec.Tone }

// TypingText is always true: a letter is never a key here.
func (f *Form) TypingText() bool { return true }

// Deaf keeps a form that has just opened from being submitted by keys that
// were typed before. Text typed ahead is welcome.
func (f *Form) Deaf(k tea.KeyMsg) bool {
	switch tui.Press(k) {
	case "enter", "ctrl+s":
		return f.guard.Deaf()
	}
	return false
}

// Escape undoes one thing: the wait, the question, the list of suggestions;
// then it closes, but asks where something would be lost.
func (f *Form) Escape() (closes bool, cmd tea.Cmd) {
	since := f.pace.Key()
	switch {
	case f.state == sending:
		f.stopWaiting()
		return false, nil
	case f.focus < len(f.fields) && f.fields[f.focus].widget.escape():
		return false, nil
	case f.state == asking && since < held:
		return false, nil // the key is still held down from the first time
	case f.state != asking && f.touched():
		f.state = asking
		f.say(theme.Warn, "What you typed is not sent yet. esc again throws it away, any other key goes on.")
		return false, nil
	}
	if f.spec.Cancel == nil {
		return true, nil
	}
	return true, f.spec.Cancel()
}

// held is longer than a key that is held down takes to repeat.
const held = 150 * time.Millisecond

// Close forgets what was typed and ends the lookups.
func (f *Form) Close() {
	f.cancel()
	for _, fd := range f.fields {
		fd.widget.wipe()
	}
}

// Actions are the keys of the form.
func (f *Form) Actions() []tui.Action {
	if f.state == sending {
		return []tui.Action{{ID: "form.stop", Title: "stop waiting", Help: "Wait no longer for the answer; what was sent may still happen.", Keys: []string{"esc"}, Footer: 1}}
	}
	return append([]tui.Action{
		{ID: "form.submit", Title: f.spec.Button, Help: "Send the form from any field.", Keys: []string{"ctrl+s"}, Footer: 1, Do: f.Submit},
		{ID: "form.next", Title: "next", Help: "Go to the next field.", Keys: []string{"tab"}, Footer: 2, Do: func() tea.Cmd { return f.step(1) }},
		{ID: "form.back", Title: "back", Help: "Go to the field before.", Keys: []string{"shift+tab"}, Do: func() tea.Cmd { return f.step(-1) }},
		{ID: "form.cancel", Title: "cancel", Help: "Close the form; asks where something was typed.", Keys: []string{"esc"}, Footer: 3},
	}, f.fieldActions()...)
}

func (f *Form) fieldActions() []tui.Action {
	if f.focus == len(f.fields) {
		return nil
	}
	return f.fields[f.focus].widget.actions()
}

func (f *Form) touched() bool {
	for _, fd := range f.fields {
		if fd.widget.touched() {
			return true
		}
	}
	return false
}

// longest is how much of an error is shown above the fields.
const longest = 4 << 10

// say puts text above the fields; "" takes it away.
func (f *Form) say(tone theme.Tone, text string) {
	f.tone, f.banner = tone, nil
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if len(text) > longest {
		text = text[:longest] + " …"
	}
	f.banner, f.show = safetext.CleanLines(text), showBanner
}

// Values are what stands in the fields now.
func (f *Form) Values() Values {
	v := make(Values, len(f.fields))
	for _, fd := range f.fields {
		val := fd.widget.value()
		val.Changed = fd.widget.touched()
		v[fd.Name] = val
	}
	return v
}
