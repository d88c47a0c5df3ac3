package apiclient

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// Draft is a plan in the making: what all drivers do alike when they prepare
// one. A driver adds the steps and facts that only it knows of, and finishes.
type Draft struct {
	Plan  Plan
	info  Info
	doing func(Op) string
	spec  VerbSpec // of what was asked for, in the driver's words
	taken map[Ref]bool
}

// NewDraft begins a plan of ops on the system that info describes. It refuses ops
// that cannot be sent at all: verbs that the system or this user lacks, inputs
// that the driver's declarations do not allow, targets that are missing. doing
// says what an op does, in the system's words: "disable account acme".
func NewDraft(d Driver, info Info, ops []Op, doing func(Op) string) (*Draft, error) {
	if len(ops) == 0 {
		return nil, &Failure{Tried: "make a plan", Message: "there is nothing to do", Cause: ErrInvalid}
	}
	for _, op := range ops {
		if err := CheckOp(d, info, op, doing); err != nil {
			return nil, err
		}
	}
	spec, _ := d.Verb(ops[0].Verb) // known: CheckOp has looked
	return &Draft{
		Plan: Plan{Context: info.Context, System: info.URL, Verb: ops[0].Verb},
		info: info, doing: doing, spec: spec,
	}, nil
}

// CheckOp refuses an op that cannot be sent at all; the error is a *Failure
// that names the fields.
func CheckOp(d Driver, info Info, op Op, doing func(Op) string) error {
	spec, known := d.Verb(op.Verb)
	if support := info.Verbs[op.Verb]; !known || !support.OK {
		why := support.Why
		if why == "" {
			why = "this system cannot do that"
		}
		return Unsupported(string(op.Verb), why)
	}
	if f := checkFields(spec, op, doing); f != nil {
		return f
	}
	needsRow := spec.Aim == OnRow || spec.Aim == OnRows
	if needsRow && op.On.IsZero() && op.Secret.IsZero() {
		return &Failure{Tried: string(op.Verb), Message: "it was not said to what", Cause: ErrInvalid}
	}
	return nil
}

func checkFields(spec VerbSpec, op Op, doing func(Op) string) *Failure {
	var wrong []FieldError
	var words []string
	for _, f := range spec.Fields {
		// An edit leaves out what stays as it is.
		if !op.With.Has(f.Name) && (!f.Required || spec.Aim == OnRow && f.Kind != SecretField) {
			continue
		}
		if err := f.Validate(op.With[f.Name]); err != nil {
			wrong = append(wrong, FieldError{Field: f.Name, Text: err.Error()})
			words = append(words, f.Title+" "+err.Error())
		}
	}
	for name := range op.With {
		if _, ok := spec.Field(name); !ok {
			wrong = append(wrong, FieldError{Field: name, Text: "is not asked for"})
			words = append(words, name+" is not asked for")
		}
	}
	if wrong == nil {
		return nil
	}
	return &Failure{Tried: doing(op), Message: strings.Join(words, "; "), Fields: wrong, Cause: ErrInvalid}
}

// Fact tells something that the admin must know.
func (d *Draft) Fact(grave bool, format string, args ...any) {
	d.Plan.Facts = append(d.Plan.Facts, Fact{Text: fmt.Sprintf(format, args...), Grave: grave})
}

// Block says why the plan cannot run, and what to do instead.
func (d *Draft) Block(text, next string) {
	d.Plan.Blocks = append(d.Plan.Blocks, Block{Text: text, Next: next})
}

// Gone tells that a target is not there any more and so is left out.
func (d *Draft) Gone(op Op) {
	d.Fact(true, "%s does not exist any more: left out.", op.On.Name())
}

// Step adds a step that comes after others, and gives its index.
func (d *Draft) Step(op Op, after ...int) int {
	op.Key = NewKey()
	d.Plan.Steps = append(d.Plan.Steps, Step{Op: op, Title: d.doing(op), Note: note(op.Verb), After: after})
	return len(d.Plan.Steps) - 1
}

func note(v Verb) string {
	switch Spec(v).Danger {
	case Reversible:
		return "reversible"
	case Final, Destructive:
		return "for good"
	}
	return ""
}

// Takes notes that the record can sign in no more, or is no admin any more,
// after the plan: Finish looks whether an admin is left.
func (d *Draft) Takes(ref Ref) {
	if d.taken == nil {
		d.taken = map[Ref]bool{}
	}
	d.taken[ref.Key()] = true
}

// Admins lists the admins who can sign in. It may add to taken those who go
// with what is taken (the users of an account). known is false if the list
// could not be read to its end.
type Admins func(taken map[Ref]bool) (admins []Ref, known bool)

// Finish tells what the plan as a whole means: title, danger, the word to
// type, and the guards. admins is asked only when something was taken; nil
// where the system has no admins to run out of.
func (d *Draft) Finish(me Identity, admins Admins) Plan {
	p := &d.Plan
	if len(p.Steps) == 0 {
		d.Block("Nothing is left to do.", "Refresh the list.")
	}
	p.Danger = Worst(p.Steps)
	p.Title = d.title()
	if p.Danger == Destructive {
		p.Word = TypedWord(p.Verb.Word(), p.Targets())
	}
	facts, blocks := Guard(me, d.info, d.asked())
	p.Facts = append(p.Facts, facts...)
	p.Blocks = append(p.Blocks, blocks...)
	if len(d.taken) > 0 && admins != nil {
		left, known := admins(d.taken)
		if fact, block := GuardLastAdmin(left, known, d.taken); fact.Text != "" {
			p.Facts = append(p.Facts, fact)
		} else if block.Text != "" {
			p.Blocks = append(p.Blocks, block)
		}
	}
	return *p
}

// asked leaves out the steps that only prepare others, so that nothing is said
// twice.
func (d *Draft) asked() []Op {
	var ops []Op
	for _, s := range d.Plan.Steps {
		if s.Verb == d.Plan.Verb {
			ops = append(ops, s.Op)
		}
	}
	return ops
}

func (d *Draft) title() string {
	spec, asked := d.spec, d.asked()
	switch len(asked) {
	case 0:
		return spec.Title
	case 1:
		title := d.doing(asked[0])
		return strings.ToUpper(title[:1]) + title[1:]
	}
	return spec.Title + " " + d.info.Word(spec.On).Count(len(asked))
}

// Count is so many of the noun: "1 token", "3 tokens".
func (n Noun) Count(i int) string {
	if i == 1 {
		return "1 " + n.One
	}
	return fmt.Sprintf("%d %s", i, n.Many)
}

// NewKey names a change so that a repeat of it can be told apart.
func NewKey() string { return uuid.NewString() }
