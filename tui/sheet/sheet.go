package sheet

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/safetext"
	"gatehouse/tui/saveas"
	"gatehouse/tui/theme"
)

// Spec declares a sheet.
type Spec struct {
	Title string
	// Retry starts again what did not succeed. It is reached by one key, so it
	// asks before anything is changed. nil: it cannot be tried again.
	Retry func(items []int) tea.Cmd
	// Cancel asks the job to end. nil: it cannot be cancelled.
	Cancel func() tea.Cmd
	Dir    string // where a file is proposed
	File   string // and its name; the ending decides on Markdown or JSON
}

// Sheet is a tui.Modal that shows a job.
type Sheet struct {
	id    tui.ID
	env   *tui.Env
	job   *Job
	spec  Spec
	guard *tui.Guard
	over  bool // the job was over when it was last looked at

	cursor int  // the item under the cursor
	moved  bool // the cursor was moved: it stays on its item
	full   bool // the full text of the item is shown
	lines  flow.Scroll
	text   flow.Scroll
	laid   flow.Cache // the full text
	prompt *saveas.Prompt
	said   safetext.Safe
	tone   theme.Tone
}

// New makes a sheet for a job, which may be running or over.
func New(env *tui.Env, job *Job, spec Spec) *Sheet {
	return &Sheet{id: env.NextID(), env: env, job: job, spec: spec, guard: tui.NewGuard(env.Now), over: job.Finished()}
}

// ID implements tui.Modal, as do the methods below.
func (s *Sheet) ID() tui.ID { return s.id }

// Init begins: the time to be deaf counts from here.
func (s *Sheet) Init() tea.Cmd {
	s.guard.Arm()
	return nil
}

// Title is the title of the box.
func (s *Sheet) Title() safetext.Safe { return safetext.Clean(s.spec.Title) }

// Corner is how far the job is.
func (s *Sheet) Corner() safetext.Safe {
	return safetext.Safe(fmt.Sprintf("%d of %d", s.job.Over(), s.job.Len()))
}

// Tone is the tone of the frame: that of the worst end.
func (s *Sheet) Tone() theme.Tone {
	switch {
	case s.job.Count(Refused) > 0:
		return theme.Bad
	case s.job.Count(Unknown)+s.job.Count(NotSent) > 0:
		return theme.Warn
	case s.job.Finished():
		return theme.Good
	}
	return theme.Accent
}

// TypingText tells whether letters are text now.
func (s *Sheet) TypingText() bool { return s.prompt != nil }

// Deaf is it, at first and when the job has just ended, to the keys that do
// something: another key may have had their place a moment ago.
func (s *Sheet) Deaf(k tea.KeyMsg) bool {
	s.watch()
	name := tui.Press(k)
	if s.prompt != nil {
		return name == "enter" && s.guard.Deaf()
	}
	switch name {
	case "t", "w", "c", "ctrl+x", "b":
		return s.guard.Deaf()
	}
	return false
}

// watch notices the end of the job.
func (s *Sheet) watch() {
	if over := s.job.Finished(); over != s.over {
		s.over = over
		s.guard.Arm()
	}
}

// Escape goes back from the full text or the path, else closes; a job that
// runs goes on.
func (s *Sheet) Escape() (closes bool, cmd tea.Cmd) {
	switch {
	case s.prompt != nil:
		s.prompt = nil
	case s.full:
		s.full = false
	default:
		return true, s.farewell()
	}
	return false, nil
}

// farewell says that the job goes on.
func (s *Sheet) farewell() tea.Cmd {
	if s.job.Finished() {
		return nil
	}
	return tui.Toast(theme.Accent, "The job goes on in the background; J shows it.")
}

// Close leaves the job alone.
func (s *Sheet) Close() {}

// Actions are the keys now.
func (s *Sheet) Actions() []tui.Action {
	s.watch()
	switch {
	case s.prompt != nil:
		return []tui.Action{
			{ID: "sheet.save", Title: "write", Help: "Write the file.", Keys: []string{"enter"}, Footer: 1},
			{ID: "sheet.back", Title: "back", Help: "Write no file.", Keys: []string{"esc"}, Footer: 2},
		}
	case s.full:
		return []tui.Action{{ID: "sheet.back", Title: "back", Help: "Back to the list.", Keys: []string{"esc", "enter", "e"}, Footer: 1, Do: s.back}}
	}
	out := []tui.Action{
		{ID: "sheet.open", Title: "full text", Help: "Show all that is known about the item.", Keys: []string{"enter", "e"}, Footer: 1, Do: s.open},
		{ID: "sheet.write", Title: "write", Help: "Write the sheet to a new file that only you can read.", Keys: []string{"w"}, Footer: 3, Do: s.write},
	}
	if !s.job.Finished() {
		return append(out, s.cancelAction(),
			tui.Action{ID: "sheet.background", Title: "background", Help: "Close the sheet; the job goes on.", Keys: []string{"b", "esc"}, Footer: 4, Do: s.background})
	}
	return append(out, s.retryAction(),
		tui.Action{ID: "sheet.close", Title: "close", Help: "Close the sheet.", Keys: []string{"esc", "q"}, Footer: 4, Do: s.close})
}

func (s *Sheet) cancelAction() tui.Action {
	a := tui.Action{ID: "sheet.cancel", Title: "cancel", Help: "Send nothing more; what is in flight is waited for.", Keys: []string{"c", "ctrl+x"}, Footer: 2, Do: s.cancel}
	switch {
	case s.spec.Cancel == nil:
		a.Why = "it cannot be cancelled"
	case s.job.cancelling:
		a.Why = "it was already asked to end"
	}
	return a
}

func (s *Sheet) retryAction() tui.Action {
	a := tui.Action{ID: "sheet.retry", Title: "try the rest again", Help: "Try again what did not succeed.", Keys: []string{"t"}, Footer: 2, Writes: true, Do: s.retry}
	switch {
	case len(s.job.Rest()) == 0:
		a.Why = "all of it succeeded"
	case s.spec.Retry == nil:
		a.Why = "it cannot be tried again from here"
	}
	return a
}

func (s *Sheet) back() tea.Cmd {
	s.full = false
	return nil
}

func (s *Sheet) open() tea.Cmd {
	if s.job.Len() > 0 {
		s.hold()
		s.full, s.text = true, flow.Scroll{}
	}
	return nil
}

func (s *Sheet) write() tea.Cmd {
	s.prompt, s.said = saveas.New(s.spec.Dir, s.spec.File), ""
	s.guard.Arm()
	return nil
}

func (s *Sheet) cancel() tea.Cmd {
	if s.spec.Cancel == nil || s.job.cancelling || s.job.Finished() {
		return nil
	}
	s.job.Cancelling()
	return s.spec.Cancel()
}

func (s *Sheet) background() tea.Cmd { return tea.Batch(tui.Close(s.id), s.farewell()) }

func (s *Sheet) close() tea.Cmd { return tui.Close(s.id) }

func (s *Sheet) retry() tea.Cmd {
	rest := s.job.Rest()
	if s.spec.Retry == nil || len(rest) == 0 || !s.job.Finished() {
		return nil
	}
	return s.spec.Retry(rest)
}

// Update handles keys and the end of writing.
func (s *Sheet) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.KeyMsg:
		return s.key(m)
	case saveas.Saved:
		s.saved(m)
	}
	return nil
}

func (s *Sheet) key(k tea.KeyMsg) tea.Cmd {
	name := tui.Press(k)
	if s.prompt != nil {
		if name == "enter" {
			sheet := s.job.snapshot(s.spec.Title)
			return tui.To(s.id, s.prompt.Save(sheet.write))
		}
		s.prompt.Key(k)
		return nil
	}
	if a, ok := tui.Find(s.Actions(), name); ok && name != "" {
		if a.Do == nil || a.Why != "" {
			return nil
		}
		return a.Do()
	}
	if s.full {
		s.text.Key(name)
		return nil
	}
	s.move(name)
	return nil
}

func (s *Sheet) saved(m saveas.Saved) {
	switch {
	case m.Err == nil:
		s.prompt = nil
		s.said, s.tone = "written to "+safetext.Clean(m.Path)+" (0600)", theme.Good
	case s.prompt != nil:
		s.prompt.Refuse(m.Err)
	default:
		s.said, s.tone = safetext.Clean(m.Err.Error()), theme.Bad
	}
}

// row is the line on which the cursor stands: its item's once it was moved,
// else the first.
func (s *Sheet) row() int {
	if !s.moved {
		return 0
	}
	return max(0, slices.Index(s.job.order(), s.cursor))
}

// hold makes the cursor stay on the item it shows, wherever that moves to.
func (s *Sheet) hold() {
	s.cursor, s.moved = s.job.order()[s.row()], true
}

func (s *Sheet) move(name string) {
	order := s.job.order()
	if len(order) == 0 {
		return
	}
	at, page := s.row(), max(1, s.lines.Shown())
	switch name {
	case "up", "k":
		at--
	case "down", "j":
		at++
	case "pgup", "ctrl+u":
		at -= page
	case "pgdown", "ctrl+d":
		at += page
	case "home", "g":
		at = 0
	case "end", "G":
		at = len(order) - 1
	default:
		return
	}
	s.cursor, s.moved = order[max(0, min(at, len(order)-1))], true
}
