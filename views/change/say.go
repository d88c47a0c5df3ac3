package change

import (
	"errors"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	"gatehouse/tui"
	"gatehouse/tui/form"
	"gatehouse/tui/reveal"
	"gatehouse/tui/theme"
	"gatehouse/views/trouble"
)

// say tells how it ended: of one change in a line, of many the sheet tells.
func (w *work) say() tea.Cmd {
	if many(w.plan) || w.sheet.Len() > 2 {
		return w.sayMany()
	}
	o := decisive(w.result)
	if o.End.Good() {
		return w.f.closeForm(tui.Toast(theme.Good, goodWords(o)))
	}
	failure := o.Failure
	if failure == nil {
		failure = &apiclient.Failure{Tried: w.plan.Title, End: o.End, Message: o.Words}
	}
	if w.f.form != nil {
		shown := w.f.form.Fail(Refusal(failure))
		if o.End != apiclient.Unknown {
			return shown
		}
		return tea.Batch(shown, w.trouble(failure, o))
	}
	if errors.Is(failure, apiclient.ErrSignedOut) && o.End != apiclient.Unknown {
		// It goes on when somebody has signed in: a box that says that it was not
		// done would then say what is not so.
		return tui.Toast(theme.Warn, w.plan.Title+": not sent, it goes on after signing in")
	}
	return w.trouble(failure, o)
}

// decisive is the outcome that a plan of one change ends with: the first that
// did not go well, else the last.
func decisive(r apiclient.Result) apiclient.Outcome {
	for _, o := range r.Outcomes {
		if !o.End.Good() {
			return o
		}
	}
	if len(r.Outcomes) == 0 {
		return apiclient.Outcome{}
	}
	return r.Outcomes[len(r.Outcomes)-1]
}

func goodWords(o apiclient.Outcome) string {
	words := o.Words
	if words == "" {
		words = o.End.String()
	}
	if o.Unchanged {
		words += "; it was so already"
	}
	return words
}

func (w *work) sayMany() tea.Cmd {
	c := w.result.Counts
	text := fmt.Sprintf("%s: %d of %d done", w.plan.Title, c.Good(), len(w.result.Outcomes))
	if w.result.Good() {
		return tui.Toast(theme.Good, text)
	}
	for _, e := range []apiclient.End{apiclient.Refused, apiclient.Unknown, apiclient.NotSent} {
		if c[e] > 0 {
			text += fmt.Sprintf(", %d %s", c[e], e)
		}
	}
	return tui.Toast(theme.Warn, text+"; J shows the sheet")
}

// trouble opens the box with all that is known about a change that did not
// succeed.
func (w *work) trouble(f *apiclient.Failure, o apiclient.Outcome) tea.Cmd {
	var more []string
	if o.Words != "" && o.Words != f.Message {
		more = append(more, o.Words)
	}
	var ways []tui.Action
	if len(o.Orphans) > 0 {
		ways = append(ways, tui.Action{
			ID: "change.revoke-orphan", Title: "revoke it", Help: "Revoke what was made: its secret is lost.", Keys: []string{"r"}, Footer: 1, Writes: true,
			Do: func() tea.Cmd {
				return w.f.d.Start(Request{Verb: apiclient.TokenRevoke, On: o.Orphans})
			},
		})
	}
	if w.f.form == nil && len(o.Orphans) == 0 {
		ways = append(ways, tui.Action{
			ID: "change.retry", Title: "try again", Help: "Make the plan anew and ask.", Keys: []string{"t"}, Footer: 1, Writes: true,
			Do: w.retry,
		})
	}
	return tui.Open(trouble.New(w.f.d.env, f, more, ways...))
}

// closeForm closes the form of the change, if there is one, and goes on.
func (f *flow) closeForm(then tea.Cmd) tea.Cmd {
	if f.form == nil {
		return then
	}
	done := f.form
	f.form = nil
	return done.Succeed(form.Succeeded{Then: then})
}

// reveal shows the secrets of a result, here and never again.
func (d *Desk) reveal(r apiclient.Result) tea.Cmd {
	var items []reveal.Item
	for _, s := range r.Reveals() {
		items = append(items, reveal.Item{Label: s.Label, Handle: s.Handle, Note: s.Note, Secret: s.Secret})
	}
	if len(items) == 0 {
		return nil
	}
	spec := reveal.Spec{Title: items[0].Label, Items: items, Dir: d.o.Dir, File: "gatehouse-secret.txt"}
	if len(items) > 1 {
		spec.Title = fmt.Sprintf("%d secrets", len(items))
		spec.Intro = "Shown now and never again."
	}
	return tui.Open(reveal.New(d.env, spec))
}
