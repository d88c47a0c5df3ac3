package jobs

import (
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// box shows the board. Its cursor stands on a job, not on a line: jobs that
// start meanwhile do not move it.
type box struct {
	id     tui.ID
	board  *Board
	guard  *tui.Guard
	cursor tui.ID
	top    int
}

// Modal shows the board in a box that follows it.
func (b *Board) Modal() tui.Modal {
	m := &box{id: b.env.NextID(), board: b, guard: tui.NewGuard(b.env.Now)}
	if len(b.jobs) > 0 {
		m.cursor = b.jobs[0].ID
	}
	return m
}

func (m *box) ID() tui.ID              { return m.id }
func (m *box) Init() tea.Cmd           { return nil }
func (m *box) Title() safetext.Safe    { return "Jobs" }
func (m *box) Tone() theme.Tone        { return theme.Accent }
func (m *box) TypingText() bool        { return false }
func (m *box) Escape() (bool, tea.Cmd) { return true, nil }
func (m *box) Close()                  {}

// Deaf is it to the key that cancels, while keys keep coming.
func (m *box) Deaf(k tea.KeyMsg) bool {
	a, ok := tui.Find(m.Actions(), tui.Press(k))
	return m.guard.Deaf() && ok && a.ID == "jobs.cancel"
}

func (m *box) Size(maxW, maxH int) (w, h int) {
	return min(maxW, 72), min(maxH, max(1, 2*len(m.board.jobs)))
}

func (m *box) at() int {
	for i, j := range m.board.jobs {
		if j.ID == m.cursor {
			return i
		}
	}
	return 0
}

func (m *box) move(by int) {
	if n := len(m.board.jobs); n > 0 {
		m.cursor = m.board.jobs[max(0, min(n-1, m.at()+by))].ID
	}
}

func (m *box) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	switch tui.Press(k) {
	case "up", "k":
		m.move(-1)
	case "down", "j":
		m.move(1)
	case "home", "g":
		m.move(-len(m.board.jobs))
	case "end", "G":
		m.move(len(m.board.jobs))
	}
	return nil
}

// Actions are for the job under the cursor.
func (m *box) Actions() []tui.Action {
	open := tui.Action{ID: "jobs.open", Title: "results", Help: "Show the result sheet of the job.", Keys: []string{"enter"}, Footer: 1, Why: "no job is here"}
	cancel := tui.Action{ID: "jobs.cancel", Title: "cancel", Help: "Ask the job to end: what it has not sent yet is not sent.", Keys: []string{"c"}, Footer: 2, Why: "no job is here"}
	if len(m.board.jobs) > 0 {
		j := m.board.jobs[m.at()]
		open.Why, cancel.Why = "", ""
		if j.Open == nil {
			open.Why = "this job has no result sheet"
		} else {
			open.Do = func() tea.Cmd { return tea.Batch(tui.Close(m.id), j.Open()) }
		}
		switch {
		case j.State.Over():
			cancel.Why = "it is over"
		case j.State == Cancelling:
			cancel.Why = "it was already asked to end"
		case j.Cancel == nil:
			cancel.Why = "it cannot be cancelled"
		default:
			cancel.Do = func() tea.Cmd { m.board.Cancel(j.ID); return nil }
		}
	}
	return []tui.Action{open, cancel, {ID: "jobs.close", Title: "close", Keys: []string{"esc"}, Footer: 3}}
}

// Draw shows two lines for each job: what it is and how it stands.
func (m *box) Draw(c *term.Canvas) {
	w, h := c.Size()
	if len(m.board.jobs) == 0 {
		c.Text(0, 0, m.board.env.Theme.Pen(theme.Dim), "no job has run yet")
		return
	}
	shown := max(1, h/2)
	at := m.at()
	m.top = max(at-shown+1, min(m.top, at))
	for i := m.top; i < len(m.board.jobs) && i < m.top+shown; i++ {
		m.drawJob(c.Sub(0, 2*(i-m.top), w, 2), m.board.jobs[i], i == at)
	}
}

func (m *box) drawJob(c *term.Canvas, j *Job, here bool) {
	w, _ := c.Size()
	pen := m.board.env.Theme.Pen
	signs := m.board.env.Theme.Signs
	if here {
		c.Text(0, 0, pen(theme.Accent), signs.Cursor)
	}
	word, tone := j.standing()
	right := w - safetext.Width(word)
	c.Text(right, 0, pen(tone), word)
	title := theme.Plain
	if here {
		title = theme.Title
	}
	c.Text(2, 0, pen(title), safetext.Truncate(j.Title, right-3))
	x := c.Text(2, 1, pen(theme.Dim), m.took(j))
	for _, e := range j.Ends {
		if e.N > 0 {
			x = c.Text(x, 1, pen(theme.Dim), " "+signs.Dot+" ")
			x = c.Text(x, 1, pen(e.Tone), safetext.Clean(fmt.Sprint(e.N))+" "+e.Word)
		}
	}
}

// standing is the state in words.
func (j *Job) standing() (safetext.Safe, theme.Tone) {
	count := safetext.Clean(fmt.Sprint(j.Done))
	if j.Total > 0 {
		count += safetext.Clean(fmt.Sprintf(" of %d", j.Total))
	}
	switch j.State {
	case Running:
		return "running " + count, theme.Accent
	case Cancelling:
		return "cancelling " + count, theme.Warn
	case Partly:
		return "partly done", theme.Bad
	case Cancelled:
		return "cancelled at " + count, theme.Warn
	}
	return "done", theme.Good
}

// took is when a job began and how long it ran.
func (m *box) took(j *Job) safetext.Safe {
	env := m.board.env
	start := j.Started.UTC().Format("15:04:05Z")
	if env.Local {
		start = j.Started.Local().Format("15:04:05")
	}
	end := j.Finished
	if end.IsZero() {
		end = env.Now()
	}
	return safetext.Clean(start + ", " + end.Sub(j.Started).Truncate(time.Second).String())
}
