package saveas

import (
	"os"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/flow"
	"gatehouse/tui/line"
	"gatehouse/tui/safetext"
	"gatehouse/tui/term"
	"gatehouse/tui/theme"
)

// Saved is the answer of Prompt.Save.
type Saved struct {
	Path string
	Err  error
}

// Prompt is the line that asks for the path. Whoever shows it gives it the
// keys, and calls Save on Enter.
type Prompt struct {
	in  *line.Input
	dir string
	err safetext.Safe
}

// New makes a prompt that proposes a file in dir. That folder is made if need
// be; any other must exist.
func New(dir, file string) *Prompt {
	return &Prompt{in: line.New(filepath.Join(dir, file)), dir: dir}
}

// Key edits the path. A line end in a paste does not belong to it.
func (p *Prompt) Key(k tea.KeyMsg) bool {
	if tui.Press(k) == "" {
		k.Runes = []rune(strings.TrimRight(string(k.Runes), "\r\n"))
	}
	return p.in.Key(k)
}

// Refuse shows why the file was not written.
func (p *Prompt) Refuse(err error) { p.err = "! " + safetext.Clean(err.Error()) }

// Save writes what data gives. The data is only made when the command runs.
func (p *Prompt) Save(data func(path string) ([]byte, error)) tea.Cmd {
	typed, dir := strings.TrimSpace(p.in.Value()), p.dir
	if typed == "" {
		p.err = "type a path, or press esc"
		return nil
	}
	p.err = ""
	return func() tea.Msg {
		path, err := full(typed, dir)
		if err == nil {
			err = write(path, dir, data)
		}
		return Saved{path, err}
	}
}

func write(path, dir string, data func(string) ([]byte, error)) error {
	b, err := data(path)
	if err != nil {
		return err
	}
	if filepath.Dir(path) == filepath.Clean(dir) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	return Create(path, b)
}

// most is how many lines a complaint takes at most.
const most = 3

// Height is the number of lines that Draw needs in w columns.
func (p *Prompt) Height(w int) int { return 1 + len(p.below(w)) }

// below is what stands below the line: what is wrong, or what will happen.
func (p *Prompt) below(w int) []safetext.Safe {
	if p.err == "" {
		return []safetext.Safe{"enter writes a new file that only you can read (0600)"}
	}
	lines := flow.Wrap(p.err, w)
	return lines[:min(most, len(lines))]
}

// Draw draws the prompt from line y on.
func (p *Prompt) Draw(c *term.Canvas, th *theme.Theme, y int) {
	w, _ := c.Size()
	x := c.Text(0, y, th.Pen(theme.Title), "Write to: ")
	c.SetCursor(p.in.Draw(c, x, y, max(1, w-x), th.Pen(theme.Input), ""), y)
	tone := theme.Dim
	if p.err != "" {
		tone = theme.Bad
	}
	for i, s := range p.below(w) {
		c.TextIn(0, y+1+i, w, th.Pen(tone), s)
	}
}
