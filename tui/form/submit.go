package form

import (
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
)

// Failed is the answer of a caller that could not do what the form asks for.
// The form stays open with all that was typed.
type Failed struct {
	Fields  map[string]string // what is wrong, by field name
	General string            // what is wrong with the whole
}

// Succeeded is the answer of a caller that did it: the form closes.
type Succeeded struct {
	Then tea.Cmd // what comes next; may be nil
}

// answer is a message on its way back from Spec.Submit.
type answer struct {
	turn int
	msg  tea.Msg
}

// Submit checks all fields and sends them; where one is wrong it goes there
// instead.
func (f *Form) Submit() tea.Cmd {
	if f.state == sending {
		return nil
	}
	f.state = editing
	f.say(theme.Plain, "")
	bad := -1
	for i, fd := range f.fields {
		if fd.err = fd.check(true); fd.err != "" && bad < 0 {
			bad = i
		}
	}
	if bad >= 0 {
		return f.jump(bad)
	}
	values := f.Values()
	if f.spec.Check != nil {
		if err := f.spec.Check(values); err != nil {
			f.say(theme.Bad, err.Error())
			return nil
		}
	}
	f.state = sending
	f.turn++
	f.say(theme.Accent, "Sending. esc stops waiting for the answer.")
	return f.wrap(f.turn, f.spec.Submit(values))
}

// wrap leads what the caller's command says back to the form, together with
// the turn it belongs to.
func (f *Form) wrap(turn int, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return tui.To(f.id, func() tea.Msg { return answer{turn, cmd()} })
}

func (f *Form) answered(a answer) tea.Cmd {
	switch m := a.msg.(type) {
	case Succeeded:
		return f.Succeed(m) // also when it was given up: it has happened
	case Failed:
		if a.turn == f.turn {
			return f.Fail(m)
		}
		return nil
	case tea.BatchMsg:
		cmds := make([]tea.Cmd, len(m))
		for i, cmd := range m {
			cmds[i] = f.wrap(a.turn, cmd)
		}
		return tea.Batch(cmds...)
	case nil:
		return nil
	}
	return func() tea.Msg { return a.msg }
}

func (f *Form) stopWaiting() {
	f.state = editing
	f.say(theme.Warn, "No longer waiting. Whether it happened is not known: look before you send it again.")
	if f.spec.Stop != nil {
		f.spec.Stop()
	}
}

// Fail shows what went wrong, beside the fields where it is known.
func (f *Form) Fail(m Failed) tea.Cmd {
	f.state = editing
	first := -1
	for i, fd := range f.fields {
		if text, wrong := m.Fields[fd.Name]; wrong {
			if fd.err = safetext.Clean(text); first < 0 {
				first = i
			}
		}
	}
	var cmd tea.Cmd
	if first >= 0 {
		cmd = f.jump(first)
	}
	f.say(theme.Bad, m.General+f.elsewhere(m.Fields))
	return cmd
}

// elsewhere are the complaints about fields that this form does not have: a
// server may know more of them.
func (f *Form) elsewhere(complaints map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(complaints)) {
		if !slices.ContainsFunc(f.fields, func(fd *field) bool { return fd.Name == name }) {
			b.WriteString("\n" + name + ": " + complaints[name])
		}
	}
	return b.String()
}

// Succeed closes the form and goes on.
func (f *Form) Succeed(m Succeeded) tea.Cmd {
	f.state = editing
	return tea.Batch(tui.Close(f.id), m.Then)
}

// check tells what is wrong with the field. What is missing counts only when
// the form is sent.
func (fd *field) check(sending bool) safetext.Safe {
	v := fd.widget.value()
	if err := fd.widget.fault(); err != nil {
		return safetext.Clean(err.Error())
	}
	if v.Empty() {
		if fd.Required && sending {
			return "is required"
		}
		return ""
	}
	if fd.Check == nil {
		return ""
	}
	if err := fd.Check(v); err != nil {
		return safetext.Clean(err.Error())
	}
	return ""
}
