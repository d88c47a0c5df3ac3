package lines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"gatehouse/apiclient"
	"gatehouse/views/verbs"
)

// how is what the command line says about how a change is made.
type how struct {
	where               Where
	format              format
	dryRun, yes, unlock bool
}

func (p *program) howFlags(cmd *cobra.Command, h *how) {
	p.whereFlags(cmd, &h.where)
	formatFlag(cmd, &h.format)
	f := cmd.Flags()
	f.BoolVar(&h.dryRun, "dry-run", false, "print the plan and change nothing")
	f.BoolVarP(&h.yes, "yes", "y", false, "do not ask")
	f.BoolVar(&h.unlock, "unlock", false, "change things although writes are locked in this context")
}

// verb is the command of one verb; nil where no driver has it.
func (p *program) verb(spec apiclient.VerbSpec) *cobra.Command {
	var drivers, says []string
	for _, d := range p.o.Drivers {
		if s, ok := d.Verb(spec.Verb); ok {
			drivers = append(drivers, d.Name)
			if s.Says != "" {
				says = append(says, d.Name+": "+s.Says)
			}
		}
	}
	if len(drivers) == 0 {
		return nil
	}
	var h how
	cmd := &cobra.Command{Use: spec.Verb.Word(), Short: spec.Title + " (" + strings.Join(drivers, ", ") + ")"}
	noun := strings.ToUpper(string(spec.On))
	switch spec.Aim {
	case apiclient.OnRows:
		cmd.Use += " " + noun + "..."
		cmd.Args = cobra.MinimumNArgs(1)
		cmd.Long = spec.Title + ". - instead of a name reads names from stdin, one a line."
	case apiclient.OnRow:
		cmd.Use += " " + noun
		cmd.Args = cobra.ExactArgs(1)
		cmd.Long = spec.Title + "."
	case apiclient.OnNew:
		cmd.Use += " [NAME]"
		cmd.Args = cobra.MaximumNArgs(1)
		cmd.Long = spec.Title + ". NAME stands for the flag of the name, where there is one."
	default:
		cmd.Args = noArgs
		cmd.Long = spec.Title + "."
	}
	cmd.Long += "\nOn: " + strings.Join(drivers, ", ") + ". Danger: " + spec.Danger.String() + "."
	for _, s := range says {
		cmd.Long += "\n" + s
	}
	p.howFlags(cmd, &h)
	given := p.entryFlags(cmd, spec.Verb)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.change(cmd, spec.Verb, h, given, args)
	}
	return cmd
}

// change is the one way to change anything: plan, confirmation, run.
func (p *program) change(cmd *cobra.Command, verb apiclient.Verb, h how, given entries, args []string) error {
	ctx := cmd.Context()
	if err := p.mayAsk(apiclient.Spec(verb), h); err != nil {
		return err
	}
	s, err := p.open(ctx, h.where)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.can(verb); err != nil {
		return err
	}
	spec, _ := s.place.Driver.Verb(verb)
	with, err := given.values(cmd, spec)
	if err != nil {
		return err
	}
	if err := fill(spec, with, args); err != nil {
		return err
	}
	refs := []apiclient.Ref{{}}
	if spec.Aim == apiclient.OnRow || spec.Aim == apiclient.OnRows {
		if refs, err = p.targets(ctx, s, spec.On, args); err != nil {
			return err
		}
	}
	if err := p.secrets(given, cmd.Flags().Changed, spec.Fields, with); err != nil {
		return err
	}
	ops := make([]apiclient.Op, len(refs))
	for i, ref := range refs {
		ops[i] = apiclient.Op{Verb: verb, On: ref, With: with}
	}
	_, err = p.carryOut(ctx, s, h, ops)
	return err
}

// mayAsk refuses at once what would have to be asked about where nobody is
// there to answer.
func (p *program) mayAsk(spec apiclient.VerbSpec, h how) error {
	if spec.Danger == apiclient.Harmless || h.yes || h.dryRun || isTerminal(p.o.In) {
		return nil
	}
	return usage(fmt.Sprintf("%s %s has to be confirmed and there is no terminal to ask on: --yes does it without asking, --dry-run shows what it would do", spec.On, spec.Verb.Word()))
}

// fill adds defaults and the name that was given as an argument, and says what
// is missing before anything is asked for.
func fill(spec apiclient.VerbSpec, with apiclient.Values, args []string) error {
	if spec.Aim == apiclient.OnRow || spec.Aim == apiclient.OnRows {
		if len(with) == 0 && len(spec.Fields) > 0 && spec.Verb.Word() == "update" {
			return usage("there is nothing to change: give one of " + strings.Join(flagsOf(spec), ", "))
		}
		return nil
	}
	if len(args) == 1 {
		i := slices.IndexFunc(spec.Fields, func(f apiclient.Field) bool {
			return f.Kind == apiclient.TextField && (f.Name == "name" || f.Name == "user_name")
		})
		if i < 0 || with.Has(spec.Fields[i].Name) {
			return usage("there is no place for an argument here: give one of " + strings.Join(flagsOf(spec), ", "))
		}
		in := apiclient.Input{Text: args[0]}
		if err := spec.Fields[i].Validate(in); err != nil {
			return usage("NAME " + err.Error())
		}
		with[spec.Fields[i].Name] = in
	}
	start := verbs.Prefill(spec, verbs.From{})
	for _, f := range spec.Fields {
		if in, ok := start[f.Name]; ok && !with.Has(f.Name) {
			with[f.Name] = in
		}
		if f.Required && f.Kind != apiclient.SecretField && with[f.Name].Empty() {
			return usage("--" + flagOf(f) + " is required")
		}
		if with.Has(f.Name) && with[f.Name].Empty() {
			delete(with, f.Name)
		}
	}
	return nil
}

func flagsOf(spec apiclient.VerbSpec) []string {
	var out []string
	for _, f := range spec.Fields {
		out = append(out, "--"+flagOf(f))
	}
	return out
}

// carryOut makes the plan of ops, has it confirmed, runs it and tells how that
// went.
func (p *program) carryOut(ctx context.Context, s *session, h how, ops []apiclient.Op) (apiclient.Result, error) {
	var none apiclient.Result
	plan, err := prepare(ctx, s, ops)
	if err != nil {
		return none, err
	}
	spec, _ := s.place.Driver.Verb(plan.Verb)
	if h.dryRun {
		if err := planned(spec, plan).print(p.o.Out, h.format); err != nil {
			return none, err
		}
		return none, blockedBy(plan)
	}
	if err := blockedBy(plan); err != nil {
		return none, err
	}
	if s.place.Context.WritesLocked() && !h.unlock {
		return none, &apiclient.Failure{
			Tried: strings.ToLower(plan.Title[:1]) + plan.Title[1:], Message: "writes are locked in context " + s.place.Context.Name,
			Next: "--unlock unlocks them for this one command", Cause: apiclient.ErrLocked,
		}
	}
	if err := p.confirm(ctx, s, h, spec, plan); err != nil {
		return none, err
	}
	return p.run(ctx, s, h, plan)
}

func prepare(ctx context.Context, s *session, ops []apiclient.Op) (apiclient.Plan, error) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	plan, err := s.backend.Prepare(ctx, ops)
	var f *apiclient.Failure
	if errors.As(err, &f) && f.Status == 0 && errors.Is(err, apiclient.ErrInvalid) {
		return plan, usage(f.Error())
	}
	return plan, err
}

func blockedBy(p apiclient.Plan) error {
	if len(p.Blocks) == 0 {
		return nil
	}
	words := []string{p.Title + " cannot be done; nothing was changed."}
	for _, b := range p.Blocks {
		words = append(words, strings.TrimSpace(b.Text+" "+b.Next))
	}
	return &ended{strings.Join(words, "\n"), ErrBlocked}
}

// run carries the plan out. The first signal lets what was sent come to its
// end, the second one does not.
func (p *program) run(ctx context.Context, s *session, h how, plan apiclient.Plan) (apiclient.Result, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	signals, over := make(chan os.Signal, 1), make(chan struct{})
	caught := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case got := <-signals:
			signal.Stop(signals)
			caught <- got
			stop()
		case <-over:
		}
	}()
	running := apiclient.Run(ctx, s.backend, plan, apiclient.RunOptions{})
	for {
		progress, more := running.Next()
		if !more {
			break
		}
		p.tell(plan, progress)
	}
	r := running.Wait()
	close(over)
	signal.Stop(signals)
	if err := p.results(r, h.format); err != nil {
		return r, err
	}
	select {
	case got := <-caught:
		return r, &Interrupted{got}
	default:
		return r, verdict(r)
	}
}

// tell says on stderr how it goes.
func (p *program) tell(plan apiclient.Plan, at apiclient.Progress) {
	switch at.Phase {
	case apiclient.StepEnded:
		o := at.Outcome
		words := o.End.String() + ": " + plan.Steps[at.Step].Title
		switch {
		case o.Failure != nil:
			words += ": " + sentence(o.Failure, o.Words)
		case o.Unchanged:
			words += "; it was so already"
		case o.Words != "":
			words += ": " + o.Words
		}
		fmt.Fprintln(p.o.Err, clean(words))
	case apiclient.StepPutOff:
		fmt.Fprintln(p.o.Err, "the server asked to wait "+apiclient.FormatSpan(at.Wait))
	case apiclient.Stopping:
		fmt.Fprintln(p.o.Err, "nothing more is sent; waiting for what is under way")
	}
}

func sentence(f *apiclient.Failure, words string) string {
	text := f.Message
	if words != "" && words != f.Message {
		text += "; " + words
	}
	if f.Next != "" {
		text += "; " + f.Next
	}
	return text
}

// verdict is the error that a run ends with; nil when all of it went well.
func verdict(r apiclient.Result) error {
	if r.Good() {
		return nil
	}
	words := fmt.Sprintf("%s: %d of %d done", r.Plan.Title, r.Counts.Good(), len(r.Outcomes))
	switch {
	case r.Counts[apiclient.Unknown] > 0:
		return &ended{words + "; of some it is not known how they ended", ErrUnknown}
	case r.Counts.Good() > 0:
		return &ended{words, ErrPartly}
	}
	for _, o := range r.Outcomes {
		if o.Failure != nil && o.End != apiclient.NotSent {
			return o.Failure
		}
	}
	for _, o := range r.Outcomes {
		if o.Failure != nil {
			return o.Failure
		}
	}
	return errors.New(words)
}
