package lines

import (
	"fmt"
	"io"
	"strings"

	"gatehouse/apiclient"
)

// planned is a plan as every format wants it.
func planned(spec apiclient.VerbSpec, p apiclient.Plan) planResult {
	r := result{keys: []string{"step", "verb", "on", "title", "note"}}
	steps, facts, blocks := []any{}, []any{}, []any{}
	for i, s := range p.Steps {
		after := []any{}
		for _, before := range s.After {
			after = append(after, int64(before+1))
		}
		o := object{{"step", int64(i + 1)}, {"verb", string(s.Verb)}, {"on", s.On.Path.String()}, {"title", s.Title}, {"note", s.Note}, {"after", after}}
		steps = append(steps, o)
		r.items = append(r.items, o)
		r.cells = append(r.cells, []string{fmt.Sprint(i + 1), string(s.Verb), s.On.Path.String(), s.Title, s.Note})
		r.names = append(r.names, clean(s.Title))
	}
	for _, f := range p.Facts {
		facts = append(facts, object{{"text", f.Text}, {"grave", f.Grave}})
	}
	for _, b := range p.Blocks {
		blocks = append(blocks, object{{"text", b.Text}, {"next", b.Next}})
	}
	r.document = object{
		{"title", p.Title}, {"context", p.Context}, {"system", p.System}, {"verb", string(p.Verb)}, {"danger", p.Danger.String()},
		{"steps", steps}, {"facts", facts}, {"blocks", blocks},
	}
	return planResult{r, spec, p}
}

// planResult is a result whose table is text.
type planResult struct {
	result
	spec apiclient.VerbSpec
	plan apiclient.Plan
}

func (r planResult) print(to io.Writer, f format) error {
	if f == "table" {
		return writePlan(to, r.spec, r.plan)
	}
	return r.result.print(to, f)
}

// results prints what a run has brought: the secrets, each of them this once,
// and for programs how every step ended.
func (p *program) results(run apiclient.Result, f format) error {
	switch f {
	case "name":
		return p.printNames(run)
	case "table":
		return p.printSecrets(run)
	}
	r := result{keys: []string{"verb", "on", "end", "words", "made", "label", "handle", "secret"}}
	all := []any{}
	for i, o := range run.Outcomes {
		step := run.Plan.Steps[i]
		made, secrets := []any{}, []any{}
		for _, ref := range o.Made {
			made = append(made, ref.Path.String())
		}
		row := []string{string(step.Verb), step.On.Path.String(), o.End.String(), o.Words, joined(o.Made), "", "", ""}
		for _, s := range o.Reveals {
			secrets = append(secrets, object{{"label", s.Label}, {"handle", s.Handle}, {"secret", revealed(s)}, {"note", s.Note}})
			r.cells = append(r.cells, append(row[:5:5], s.Label, s.Handle, revealed(s)))
		}
		if len(o.Reveals) == 0 {
			r.cells = append(r.cells, row)
		}
		item := object{
			{"verb", string(step.Verb)}, {"on", step.On.Path.String()}, {"title", step.Title}, {"end", o.End.String()}, {"words", o.Words},
			{"unchanged", o.Unchanged}, {"request_id", o.RequestID}, {"made", made}, {"secrets", secrets},
		}
		all = append(all, item)
		r.items = append(r.items, item)
	}
	r.document = object{{"title", run.Plan.Title}, {"context", run.Plan.Context}, {"outcomes", all}}
	return lost(run, r.print(p.o.Out, f))
}

// printSecrets prints the secrets for people.
func (p *program) printSecrets(run apiclient.Result) error {
	rows := [][]string{}
	for _, s := range run.Reveals() {
		rows = append(rows, []string{s.Label, s.Handle, revealed(s)})
		if s.Note != "" {
			fmt.Fprintln(p.o.Err, clean(s.Note))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	fmt.Fprintln(p.o.Err, "Shown now and never again.")
	return lost(run, writeTable(p.o.Out, nil, rows))
}

// printNames prints the secrets and nothing else; where there are none, what
// was made.
func (p *program) printNames(run apiclient.Result) error {
	var lines []string
	for _, s := range run.Reveals() {
		text := revealed(s)
		if isTerminal(p.o.Out) {
			text = clean(text)
		}
		lines = append(lines, text)
	}
	if lines == nil {
		for _, o := range run.Outcomes {
			for _, ref := range o.Made {
				lines = append(lines, clean(ref.Path.String()))
			}
		}
	}
	return lost(run, result{names: lines}.print(p.o.Out, "name"))
}

func joined(refs []apiclient.Ref) string {
	paths := make([]string, len(refs))
	for i, ref := range refs {
		paths[i] = ref.Path.String()
	}
	return strings.Join(paths, ",")
}

// lost says what it means that the secrets could not be written.
func lost(run apiclient.Result, err error) error {
	if n := len(run.Reveals()); err != nil && n > 0 {
		return fmt.Errorf("%w; it was done, but %d secrets are lost: revoke what was made and make it anew", err, n)
	}
	return err
}

// revealed is the text of a secret that an answer holds once.
func revealed(s apiclient.Reveal) string { return s.Secret.Reveal() }
