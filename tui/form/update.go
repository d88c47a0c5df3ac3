package form

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/theme"
)

// burst is the time within which two keys do not come from a hand.
const burst = 30 * time.Millisecond

// Update handles keys, pastes and the answers to what the form has asked for.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.KeyMsg:
		return f.key(m)
	case answer:
		return f.answered(m)
	case Failed:
		return f.Fail(m)
	case Succeeded:
		return f.Succeed(m)
	case fieldMsg:
		return f.fields[m.field].widget.message(m.msg)
	}
	return nil
}

func (f *Form) key(k tea.KeyMsg) tea.Cmd {
	since := f.pace.Key()
	if f.state == sending {
		return nil
	}
	name := tui.Press(k)
	if name == "esc" {
		return nil // the shell calls Escape
	}
	if f.state == asking {
		f.state = editing
		f.say(theme.Plain, "")
	}
	switch name {
	case "ctrl+s":
		return f.submitUnless(since < burst)
	case "tab":
		return f.step(1)
	case "shift+tab":
		return f.step(-1)
	}
	if f.focus < len(f.fields) {
		fd := f.fields[f.focus]
		if used, cmd := fd.widget.key(k); used {
			fd.err, f.show = "", showFocus
			return cmd
		}
	}
	switch name {
	case "up":
		return f.step(-1)
	case "down":
		return f.step(1)
	case "pgup", "pgdown":
		f.show = showPlace
		f.scroll.Key(name)
	case "enter":
		return f.enterKey(since)
	}
	return nil
}

// enterKey goes on to the next field; on the last one and on the button it
// submits, but not at the end of a burst.
func (f *Form) enterKey(since time.Duration) tea.Cmd {
	if f.focus < len(f.fields)-1 || f.focus == len(f.fields)-1 && f.fields[f.focus].widget.canStep(1) {
		return f.step(1)
	}
	return f.submitUnless(since < burst)
}

func (f *Form) submitUnless(pasted bool) tea.Cmd {
	if pasted {
		f.moveTo(len(f.fields), 1)
		return nil
	}
	return f.Submit()
}

// step moves the focus on within a field, or to the next or the one before.
func (f *Form) step(dir int) tea.Cmd {
	if f.state == sending {
		return nil
	}
	f.show = showFocus
	if f.focus < len(f.fields) && f.fields[f.focus].widget.canStep(dir) {
		f.fields[f.focus].widget.step(dir)
		return nil
	}
	n := len(f.fields) + 1
	return f.moveTo((f.focus+dir+n)%n, dir)
}

// moveTo leaves one field and goes to another; one that was edited is checked
// as it is left.
func (f *Form) moveTo(to, dir int) tea.Cmd {
	if f.focus < len(f.fields) {
		fd := f.fields[f.focus]
		fd.widget.leave()
		if fd.widget.touched() {
			fd.err = fd.check(false)
		}
	}
	return f.enter(to, dir)
}

// jump goes to a field and leaves the complaints as they are.
func (f *Form) jump(to int) tea.Cmd {
	if f.focus < len(f.fields) {
		f.fields[f.focus].widget.leave()
	}
	return f.enter(to, 1)
}

func (f *Form) enter(to, dir int) tea.Cmd {
	f.focus, f.show = to, showFocus
	if to == len(f.fields) {
		return nil
	}
	return f.fields[to].widget.enter(dir)
}
