package lines

import (
	"context"
	"fmt"
	"io"
	"strings"

	"gatehouse/apiclient"
)

// asks tells whether a plan is confirmed before it runs: all but what is
// harmless and has nothing grave about it.
func asks(p apiclient.Plan) bool {
	if p.Danger != apiclient.Harmless {
		return true
	}
	for _, f := range p.Facts {
		if f.Grave {
			return true
		}
	}
	return false
}

// confirm asks as the danger of the plan demands. What is shown is what runs:
// if something of it has changed meanwhile, nothing does.
func (p *program) confirm(ctx context.Context, s *session, h how, spec apiclient.VerbSpec, plan apiclient.Plan) error {
	if h.yes || !asks(plan) {
		return nil
	}
	t, err := p.terminal()
	if err != nil {
		return err
	}
	if t == nil {
		return usage(plan.Title + " has to be confirmed and there is no terminal to ask on: --yes does it without asking, --dry-run shows what it would do")
	}
	defer t.close()
	if s.place.Context.Protected {
		fmt.Fprintf(t.tty, "! %s is a protected context.\n", clean(s.place.Context.Name))
	}
	if err := writePlan(t.tty, spec, plan); err != nil {
		return err
	}
	if err := t.confirm(plan); err != nil {
		return err
	}
	checking, stop := context.WithTimeout(ctx, limit)
	defer stop()
	found := apiclient.Recheck(checking, s.backend, plan)
	if len(found.Drifts) > 0 {
		return &apiclient.Failure{Tried: plan.Title, Message: found.Drifts[0].Words, Next: "nothing was sent: look and try again", Cause: apiclient.ErrChanged}
	}
	return checking.Err()
}

func (t *terminal) confirm(plan apiclient.Plan) error {
	said, err := false, error(nil)
	if plan.Danger == apiclient.Destructive {
		var typed string
		typed, err = t.line(fmt.Sprintf("Type %s to go on: ", clean(plan.Word)))
		// A name with characters that cannot be seen is typed as it is shown.
		said = plan.Word != "" && (typed == plan.Word || typed == clean(plan.Word))
	} else {
		var typed string
		typed, err = t.line("Go on? (y/n) ")
		said = typed == "y" || typed == "yes" || typed == "Y"
	}
	if err == nil && !said {
		err = fmt.Errorf("nothing was changed: it was not confirmed")
	}
	return err
}

// writePlan writes a plan for people.
func writePlan(to io.Writer, spec apiclient.VerbSpec, p apiclient.Plan) error {
	var b strings.Builder
	line := func(mark, text string) {
		if text != "" {
			b.WriteString(mark + clean(text) + "\n")
		}
	}
	title := p.Title
	if p.Context != "" {
		title += " on " + p.Context
	}
	line("", title)
	line("  ", p.System)
	line("  ", spec.Says)
	for i, step := range p.Steps {
		text := fmt.Sprintf("%d. %s", i+1, step.Title)
		if step.Note != "" {
			text += " (" + step.Note + ")"
		}
		line("  ", text)
	}
	for _, f := range p.Facts {
		mark := "  - "
		if f.Grave {
			mark = "  ! "
		}
		line(mark, f.Text)
	}
	for _, block := range p.Blocks {
		line("  blocked: ", strings.TrimSpace(block.Text+" "+block.Next))
	}
	_, err := io.WriteString(to, b.String())
	return err
}
