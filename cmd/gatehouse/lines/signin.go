package lines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gatehouse/apiclient"
	"gatehouse/views/verbs"
)

func (p *program) whoAmI() *cobra.Command {
	var w Where
	var f format
	cmd := &cobra.Command{
		Use: "whoami", Short: "Tell who one is on a system", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.open(cmd.Context(), w)
			if err != nil {
				return err
			}
			defer s.close()
			who, err := s.who(cmd.Context())
			if err != nil {
				return err
			}
			return s.identity(who).print(p.o.Out, f)
		},
	}
	p.whereFlags(cmd, &w)
	formatFlag(cmd, &f)
	return cmd
}

func (s *session) who(ctx context.Context) (apiclient.Identity, error) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	return s.backend.WhoAmI(ctx)
}

// identity is who one is as every format wants it.
func (s *session) identity(who apiclient.Identity) result {
	expires := apiclient.At(who.Expires)
	o := object{
		{"name", who.Name}, {"user", who.User.Path.String()}, {"account", who.Account.Path.String()}, {"admin", who.Admin},
		{"token", who.Token.Path.String()}, {"method", who.Method}, {"expires", plain(expires)},
		{"context", s.info.Context}, {"driver", s.info.Driver}, {"system", s.info.System}, {"url", s.info.URL},
	}
	r := result{document: o, items: []object{o}, names: []string{clean(who.User.Path.String())}}
	var cells []string
	for _, m := range o {
		text := ""
		switch v := m.value.(type) {
		case string:
			text = v
		case bool:
			text = apiclient.Bool(v).String()
		}
		r.keys = append(r.keys, m.key)
		cells = append(cells, text)
		if text != "" {
			r.table = append(r.table, []string{m.key, text})
		}
	}
	r.cells = [][]string{cells}
	return r
}

func (p *program) login() *cobra.Command {
	var w Where
	var user, method string
	cmd := &cobra.Command{
		Use: "login", Short: "Sign in, and keep the credential where the context says", Args: noArgs,
		Long: `Sign in on the terminal. What the system gives is kept where the context says:
in the keyring or in a file (gatehouse context add --help). A context that asks
each time keeps nothing, nor does a system without a context.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runLogin(cmd.Context(), w, user, method) },
	}
	p.whereFlags(cmd, &w)
	cmd.Flags().StringVar(&user, "user", "", "who signs in")
	cmd.Flags().StringVar(&method, "method", "", "how to sign in, as the driver calls it: password, token …")
	complete(cmd, "method", func() []string {
		var out []string
		for _, d := range p.o.Drivers {
			for _, m := range d.Methods {
				out = append(out, m.Name)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	})
	return cmd
}

func (p *program) runLogin(ctx context.Context, w Where, user, method string) error {
	at, err := p.o.Find(ctx, w)
	if err != nil {
		return err
	}
	switch of := at.Context.User; {
	case user != "" && of != "" && user != of:
		return usage(fmt.Sprintf("context %s is for %s: make one for %s, with gatehouse context add --user", at.Context.Name, of, user))
	case user != "":
		at.Target.User = user
	}
	c, err := p.askCredential(ctx, at, method, nil)
	if err != nil {
		return err
	}
	s, err := openWith(ctx, at, c)
	if err != nil {
		return err
	}
	defer s.close()
	who, err := s.who(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.o.Err, "signed in to %s as %s\n", clean(nameOf(at)), clean(who.Name))
	if at.Context.Name != "" && at.Context.Credential.Ours() {
		kept, err := at.Book.Keep(ctx, at.Context.Name, s.credential)
		if err != nil {
			return err
		}
		if kept {
			fmt.Fprintln(p.o.Err, "the credential is kept where the context says")
			return nil
		}
	}
	return errors.New("the credential is kept nowhere: make a context that keeps it, with gatehouse context add --credential keyring, or use GATEHOUSE_TOKEN_FILE")
}

// askCredential signs in with what somebody types on the terminal. Why, if not
// nil, is what kept the credential from being found.
func (p *program) askCredential(ctx context.Context, at Place, method string, why error) (apiclient.Credential, error) {
	none := apiclient.Credential{}
	d := at.Driver
	if len(d.Methods) == 0 {
		return none, apiclient.Unsupported("sign in to "+nameOf(at), "it knows no way to sign in")
	}
	i := max(0, slices.IndexFunc(d.Methods, func(m apiclient.Method) bool { return m.Name == method }))
	m := d.Methods[i]
	if method != "" && m.Name != method {
		return none, usage(fmt.Sprintf("--method: %s has no %q; there are %s", d.Title, method, methodsOf(d)))
	}
	t, err := p.terminal()
	if err != nil {
		return none, err
	}
	if t == nil {
		f := &apiclient.Failure{Tried: "sign in to " + nameOf(at), Message: "no credential is stored and there is no terminal to ask on", Next: "set GATEHOUSE_TOKEN_FILE, or sign in with: gatehouse login", Cause: apiclient.ErrSignedOut}
		if why != nil {
			f.Message = why.Error()
		}
		return none, f
	}
	defer t.close()
	fmt.Fprintf(t.tty, "Sign in to %s: %s\n", clean(nameOf(at)), strings.ToLower(clean(m.Title)))
	with := apiclient.Values{}
	if err := t.fields(m.Fields, apiclient.Values{"user": {Text: at.Target.User}}, with); err != nil {
		return none, err
	}
	c, err := signIn(ctx, at, m.Name, with)
	var more *apiclient.NeedMore
	if errors.As(err, &more) {
		fmt.Fprintln(t.tty, clean(more.Words))
		if err := t.fields(more.Fields, nil, with); err != nil {
			return none, err
		}
		c, err = signIn(ctx, at, m.Name, with)
	}
	return c, err
}

func signIn(ctx context.Context, at Place, method string, with apiclient.Values) (apiclient.Credential, error) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	return at.Driver.SignIn(ctx, at.Target, method, with)
}

func methodsOf(d apiclient.Driver) string {
	var names []string
	for _, m := range d.Methods {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}

// fields asks for the fields of a way to sign in; start has what is known.
func (t *terminal) fields(fields []apiclient.Field, start, into apiclient.Values) error {
	for _, f := range fields {
		in, otherwise := apiclient.Input{}, f.Default
		if known := start.Text(f.Name); known != "" {
			otherwise = known
		}
		var err error
		switch {
		case f.Kind == apiclient.SecretField:
			in.Secret, err = t.secretFor(f)
		case !f.Required && otherwise == "":
			continue // what need not be said is not asked for
		default:
			question := clean(f.Title)
			if otherwise != "" {
				question += " [" + clean(otherwise) + "]"
			}
			if in.Text, err = t.line(question + ": "); in.Text == "" {
				in.Text = otherwise
			}
		}
		if err != nil {
			return err
		}
		if err := f.Validate(in); err != nil {
			return usage(strings.ToLower(f.Title) + " " + err.Error())
		}
		if !in.Empty() {
			into[f.Name] = in
		}
	}
	return nil
}

func (p *program) logout() *cobra.Command {
	var h how
	cmd := &cobra.Command{
		Use: "logout", Short: "Sign out on the system, and forget the credential that is kept", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runLogout(cmd.Context(), h) },
	}
	p.howFlags(cmd, &h)
	return cmd
}

// runLogout ends the session on the server first: what is only forgotten here
// would go on working for whoever has a copy. Signing out changes nothing that
// a lock on writes is for.
func (p *program) runLogout(ctx context.Context, h how) error {
	h.unlock = true
	if err := p.mayAsk(apiclient.Spec(apiclient.SessionSignOut), h); err != nil {
		return err
	}
	at, err := p.o.Find(ctx, h.where)
	if err != nil {
		return err
	}
	c, why := at.Kept(ctx)
	switch {
	case why != nil:
		return why
	case c.Secret.IsZero():
		return &apiclient.Failure{Tried: "sign out of " + nameOf(at), Message: "nobody is signed in", Cause: apiclient.ErrSignedOut}
	}
	if spec, ok := at.Driver.Verb(apiclient.SessionSignOut); ok {
		s, err := openWith(ctx, at, c)
		if err != nil {
			return err
		}
		defer s.close()
		if err := s.can(apiclient.SessionSignOut); err != nil {
			return err
		}
		op := apiclient.Op{Verb: apiclient.SessionSignOut, With: verbs.Prefill(spec, verbs.From{})}
		if _, err := p.carryOut(ctx, s, h, []apiclient.Op{op}); err != nil || h.dryRun {
			return err
		}
	}
	if h.dryRun || at.Context.Name == "" || !at.Context.Credential.Ours() {
		return nil
	}
	forgetting, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	if err := at.Book.Store.Forget(forgetting, at.Context); err != nil {
		return err
	}
	fmt.Fprintln(p.o.Err, "the credential that was kept is forgotten")
	return nil
}
