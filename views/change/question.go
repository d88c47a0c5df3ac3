package change

import (
	"fmt"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/tui/confirm"
)

// Question is the text of the confirmation of a plan. It is made once: nothing
// that happens behind the box changes it.
func Question(spec apiclient.VerbSpec, p apiclient.Plan, info apiclient.Info) confirm.Plan {
	q := confirm.Plan{
		Title:  p.Title,
		Where:  where(p, info),
		Intro:  spec.Says,
		Verb:   strings.ToLower(spec.Title),
		Hidden: p.Hidden,
		Danger: dangerOf(p),
		Word:   p.Word,
	}
	if p.Context != "" {
		q.Title += " on " + p.Context
	}
	switch first, _, several := strings.Cut(q.Verb, " "); {
	case first == "new": // "new registration string": no verb at all
		q.Verb = "make it"
	case several && len(q.Verb) > 12:
		q.Verb = first
	}
	for _, f := range p.Facts {
		q.Facts = append(q.Facts, confirm.Fact{Text: f.Text, Grave: f.Grave})
	}
	for _, b := range p.Blocks {
		q.Blocks = append(q.Blocks, confirm.Block{Text: b.Text, Next: b.Next})
	}
	q.Steps = steps(p)
	q.Names = names(p)
	return q
}

// where names the system: a plan on the wrong one is the worst mistake.
func where(p apiclient.Plan, info apiclient.Info) string {
	var parts []string
	for _, s := range []string{info.System, p.System} {
		if s != "" && s != p.Context {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// mostSteps is how many steps are listed one by one; of more, the kinds are.
const mostSteps = 6

func steps(p apiclient.Plan) []confirm.Step {
	if len(p.Steps) < 2 || len(p.Targets()) == len(p.Steps) {
		return nil // the names say it all
	}
	var out []confirm.Step
	if len(p.Steps) <= mostSteps {
		for _, s := range p.Steps {
			out = append(out, confirm.Step{Text: s.Title, Note: s.Note})
		}
		return out
	}
	var order []apiclient.Verb
	count := map[apiclient.Verb]int{}
	note := map[apiclient.Verb]string{}
	for _, s := range p.Steps {
		if count[s.Verb] == 0 {
			order = append(order, s.Verb)
		}
		count[s.Verb]++
		note[s.Verb] = s.Note
	}
	for _, v := range order {
		out = append(out, confirm.Step{Text: fmt.Sprintf("%s %d", v.Word(), count[v]), Note: note[v]})
	}
	return out
}

// names are exactly the records that the plan was asked for.
func names(p apiclient.Plan) []confirm.Name {
	var out []confirm.Name
	for _, ref := range p.Targets() {
		if !ref.IsZero() && ref.Path != "" {
			out = append(out, confirm.Name{Name: ref.Name(), ID: id(ref)})
		}
	}
	return out
}

// id is the whole path of a record where the name alone does not tell.
func id(ref apiclient.Ref) string {
	if s := ref.Path.String(); s != ref.Name() {
		return s
	}
	return ""
}

func dangerOf(p apiclient.Plan) confirm.Danger {
	switch p.Danger {
	case apiclient.Destructive:
		return confirm.Destructive
	case apiclient.Final:
		return confirm.Final
	}
	return confirm.Reversible
}

// asks tells whether a plan is confirmed before it runs. What is harmless runs
// when its form is sent, unless there is something grave about it.
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
