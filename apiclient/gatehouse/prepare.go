package gatehouse

import (
	"context"
	"fmt"
	"strings"

	"gatehouse/apiclient"
	"gatehouse/apiclient/gatehouse/wire"
)

// Prepare implements apiclient.Backend.
func (b *backend) Prepare(ctx context.Context, ops []apiclient.Op) (apiclient.Plan, error) {
	tried := "make a plan"
	if len(ops) == 0 {
		return apiclient.Plan{}, &apiclient.Failure{Tried: tried, Message: "there is nothing to do", Cause: apiclient.ErrInvalid}
	}
	d := &draft{b: b, plan: apiclient.Plan{Context: b.target.Context, System: b.info.URL, Verb: ops[0].Verb}}
	if err := d.check(ops); err != nil {
		return apiclient.Plan{}, err
	}
	who, now, err := b.session(ctx, tried)
	if err != nil {
		return apiclient.Plan{}, err
	}
	d.who, d.plan.Observed = who, now
	if err := d.observe(ctx, ops); err != nil {
		return apiclient.Plan{}, err
	}
	for _, op := range ops {
		d.expand(op)
	}
	d.finish(ctx)
	return d.plan, nil
}

// draft is a plan in the making.
type draft struct {
	b        *backend
	plan     apiclient.Plan
	who      wire.Identity
	accounts map[string]wire.Account
	users    map[string]wire.User
	taken    map[apiclient.Ref]bool // users and accounts that can sign in no more afterwards
	takes    takes
}

// check refuses what cannot be sent at all: verbs the server lacks, inputs that
// its declarations do not allow.
func (d *draft) check(ops []apiclient.Op) error {
	for _, op := range ops {
		support := d.b.info.Verbs[op.Verb]
		spec, known := Driver().Verb(op.Verb)
		if !known || !support.OK {
			why := support.Why
			if why == "" {
				why = "this server cannot do that"
			}
			return apiclient.Unsupported(string(op.Verb), why)
		}
		if f := d.b.checkFields(spec, op); f != nil {
			return f
		}
		needsRow := spec.Aim == apiclient.OnRow || spec.Aim == apiclient.OnRows
		if needsRow && op.On.IsZero() && op.Secret.IsZero() {
			return &apiclient.Failure{Tried: string(op.Verb), Message: "it was not said to what", Cause: apiclient.ErrInvalid}
		}
	}
	return nil
}

func (b *backend) checkFields(spec apiclient.VerbSpec, op apiclient.Op) *apiclient.Failure {
	var wrong []apiclient.FieldError
	var words []string
	for _, f := range spec.Fields {
		// An edit leaves out what stays as it is.
		if !op.With.Has(f.Name) && (!f.Required || spec.Aim == apiclient.OnRow && f.Kind != apiclient.SecretField) {
			continue
		}
		if err := f.Validate(op.With[f.Name]); err != nil {
			wrong = append(wrong, apiclient.FieldError{Field: f.Name, Text: err.Error()})
			words = append(words, f.Title+" "+err.Error())
		}
	}
	for name := range op.With {
		if _, ok := spec.Field(name); !ok {
			wrong = append(wrong, apiclient.FieldError{Field: name, Text: "is not asked for"})
			words = append(words, name+" is not asked for")
		}
	}
	if wrong == nil {
		return nil
	}
	return &apiclient.Failure{Tried: b.doing(op), Message: strings.Join(words, "; "), Fields: wrong, Cause: apiclient.ErrInvalid}
}

// expand adds the steps of one op.
func (d *draft) expand(op apiclient.Op) {
	switch op.Verb {
	case apiclient.AccountUpdate, apiclient.AccountEnable, apiclient.AccountDisable, apiclient.AccountDelete:
		d.onAccount(op)
	case apiclient.UserUpdate, apiclient.UserEnable, apiclient.UserDisable, apiclient.UserDelete,
		apiclient.UserSetPassword, apiclient.UserReset, apiclient.UserExpireTokens:
		d.onUser(op)
	case apiclient.TokenRevoke:
		// What is to be revoked is so in any version.
		op.On.Version = ""
		d.step(op)
	default:
		d.step(op)
	}
}

func (d *draft) onAccount(op apiclient.Op) {
	a, ok := d.accounts[op.On.Name()]
	if !ok {
		d.missing(op)
		return
	}
	op.On = d.b.ref(apiclient.KindAccount, a.Name, a.Version)
	if a.State == wire.AccountDeleting {
		d.fact(true, "%s is being deleted already: left out.", a.Name)
		return
	}
	ends := op.Verb == apiclient.AccountDisable || op.Verb == apiclient.AccountDelete
	if ends && a.Type == wire.AccountTypeAdmin {
		d.block("The account "+a.Name+" stays: it is what lets an admin in.", "Take it out of the selection.")
	}
	if ends {
		d.takeAway(op.On)
	}
	switch op.Verb {
	case apiclient.AccountDisable:
		d.already(a.State == wire.AccountDisabled, a.Name, "disabled")
	case apiclient.AccountEnable:
		d.already(a.State == wire.AccountEnabled, a.Name, "enabled")
	case apiclient.AccountDelete:
		d.takes.account(a)
		if a.State == wire.AccountEnabled {
			first := op
			first.Verb = apiclient.AccountDisable
			before := d.step(first)
			d.step(op, before)
			return
		}
	}
	d.step(op)
}

func (d *draft) onUser(op apiclient.Op) {
	u, ok := d.users[op.On.Name()]
	if !ok {
		d.missing(op)
		return
	}
	op.On = d.b.ref(apiclient.KindUser, u.Name, u.Version)
	switch op.Verb {
	case apiclient.UserDisable:
		d.already(u.State == wire.UserInactive, u.Name, "inactive")
		d.takeAway(op.On)
	case apiclient.UserEnable:
		d.already(u.State != wire.UserInactive, u.Name, u.State)
	case apiclient.UserUpdate:
		if op.With.Has("admin") && !op.With.Bool("admin") {
			d.takeAway(op.On)
		}
	case apiclient.UserReset:
		d.takeAway(op.On)
		d.tokensStay(u)
	case apiclient.UserSetPassword:
		if u.Name == d.who.User.Name {
			d.block("This is your own password, which needs the old one.", "Use \"Change own password\".")
		}
		d.tokensStay(u)
	case apiclient.UserDelete:
		d.takeAway(op.On)
		d.takes.user(u)
	case apiclient.UserExpireTokens:
		d.takes.user(u)
	}
	d.step(op)
}

// tokensStay warns that a new password does not end what programs sign in with.
func (d *draft) tokensStay(u wire.User) {
	if u.Tokens > 0 {
		d.fact(true, "%s of %s go on working: expire all tokens ends them.", plural(u.Tokens, d.b.info.Word(apiclient.KindToken)), u.Name)
	}
}

// missing leaves out what is not there any more, but not what could not be
// looked for.
func (d *draft) missing(op apiclient.Op) {
	d.fact(true, "%s does not exist any more: left out.", op.On.Name())
}

func (d *draft) already(is bool, name, state string) {
	if is {
		d.fact(false, "%s is %s already.", name, state)
	}
}

func (d *draft) takeAway(ref apiclient.Ref) {
	if d.taken == nil {
		d.taken = map[apiclient.Ref]bool{}
	}
	d.taken[ref.Key()] = true
}

func (d *draft) fact(grave bool, format string, args ...any) {
	d.plan.Facts = append(d.plan.Facts, apiclient.Fact{Text: fmt.Sprintf(format, args...), Grave: grave})
}

func (d *draft) block(text, next string) {
	d.plan.Blocks = append(d.plan.Blocks, apiclient.Block{Text: text, Next: next})
}

// step adds a step and gives its place.
func (d *draft) step(op apiclient.Op, after ...int) int {
	op.Key = newKey()
	d.plan.Steps = append(d.plan.Steps, apiclient.Step{Op: op, Title: d.b.doing(op), Note: note(op.Verb), After: after})
	return len(d.plan.Steps) - 1
}

func note(v apiclient.Verb) string {
	switch apiclient.Spec(v).Danger {
	case apiclient.Reversible:
		return "reversible"
	case apiclient.Final, apiclient.Destructive:
		return "for good"
	}
	return ""
}

// finish tells what the plan as a whole means.
func (d *draft) finish(ctx context.Context) {
	p := &d.plan
	if len(p.Steps) == 0 {
		d.block("Nothing is left to do.", "Refresh the list.")
	}
	p.Danger = apiclient.Worst(p.Steps)
	p.Title = d.title()
	if p.Danger == apiclient.Destructive {
		p.Word = apiclient.TypedWord(p.Verb.Word(), p.Targets())
	}
	d.takes.tell(d)
	ops := make([]apiclient.Op, len(p.Steps))
	for i, s := range p.Steps {
		ops[i] = s.Op
	}
	facts, blocks := apiclient.Guard(d.identity(), d.b.info, withHandles(d.b, asked(p.Verb, ops)))
	p.Facts = append(p.Facts, facts...)
	p.Blocks = append(p.Blocks, blocks...)
	if len(d.taken) > 0 {
		admins, known := d.b.admins(ctx, d.taken)
		fact, block := apiclient.GuardLastAdmin(admins, known, d.taken)
		if fact.Text != "" {
			p.Facts = append(p.Facts, fact)
		}
		if block.Text != "" {
			p.Blocks = append(p.Blocks, block)
		}
	}
}

// asked leaves out the steps that only prepare others, so that nothing is said
// twice.
func asked(verb apiclient.Verb, ops []apiclient.Op) []apiclient.Op {
	var out []apiclient.Op
	for _, op := range ops {
		if op.Verb == verb {
			out = append(out, op)
		}
	}
	return out
}

// withHandles names the tokens of ops that hold nothing but the token itself.
func withHandles(b *backend, ops []apiclient.Op) []apiclient.Op {
	for i, op := range ops {
		if parsed, err := wire.Parse(op.Secret); err == nil && op.On.IsZero() {
			ops[i].On = b.ref(apiclient.KindToken, parsed.Prefix, 0)
		}
	}
	return ops
}

func (d *draft) identity() apiclient.Identity {
	who := d.who
	return apiclient.Identity{
		User:    d.b.ref(apiclient.KindUser, who.User.Name, 0),
		Account: d.b.ref(apiclient.KindAccount, who.User.Account, 0),
		Token:   d.b.ref(apiclient.KindToken, who.Credential.Prefix, 0),
		Admin:   who.User.Admin,
	}
}

func (d *draft) title() string {
	p := d.plan
	spec := apiclient.Spec(p.Verb)
	targets := p.Targets()
	if len(targets) <= 1 {
		for _, s := range p.Steps {
			if s.Verb == p.Verb {
				return strings.ToUpper(s.Title[:1]) + s.Title[1:]
			}
		}
		return spec.Title
	}
	return fmt.Sprintf("%s %s", spec.Title, plural(len(targets), d.b.info.Word(spec.On)))
}
