package views_test

import (
	"context"
	"strings"
	"testing"
	"unicode"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
	"gatehouse/tui/safetext"
	"gatehouse/views"
)

// nasty is what a backend could put into every one of its texts to steer the
// terminal or the eye of whoever looks at it.
const nasty = "\x1b[2J\x1b]52;c;aGFjaw==\x07\x1b]0;owned\x1b\\\x9b31m\u009b2J\r\n\b\t\x00\x7f\u202e\u2066\u200b\u200d\ufe0f\U000e0041\U0001f1e6"

func bad(s string) string { return s + nasty }

// evil is a backend whose every text is hostile.
type evil struct{ info apiclient.Info }

func evilDriver() apiclient.Driver {
	fields := []apiclient.Field{
		{Name: "name", Title: bad("Name"), Help: bad("help"), Default: bad("x")},
		{Name: "kind", Title: bad("Kind"), Kind: apiclient.ChoiceField, Choices: []string{bad("a"), bad("b")}},
		{Name: "account", Title: bad("Account"), Kind: apiclient.RefField, Of: apiclient.KindAccount},
		{Name: "words", Title: bad("Words"), Kind: apiclient.MultiField},
	}
	var verbs []apiclient.VerbSpec
	info := evilInfo()
	for _, s := range apiclient.Catalogue() {
		s.Title, s.Says = bad(s.Title), bad(s.Says)
		if s.Aim == apiclient.OnNew || s.Aim == apiclient.OnRow {
			s.Fields = fields
		}
		verbs = append(verbs, s)
		info.Verbs[s.Verb] = apiclient.Support{OK: true}
	}
	info.Verbs[apiclient.UserDisable] = apiclient.Support{Why: bad("no")}
	return apiclient.Driver{
		Name: bad("evil"), Title: bad("Evil"), Verbs: verbs,
		Methods: []apiclient.Method{{Name: "password", Title: bad("Password"), Fields: []apiclient.Field{{Name: "password", Title: bad("Password"), Kind: apiclient.SecretField, Help: bad("help")}}}},
		Open: func(context.Context, apiclient.Target, apiclient.Credential) (apiclient.Backend, error) {
			return &evil{info}, nil
		},
		SignIn: func(context.Context, apiclient.Target, string, apiclient.Values) (apiclient.Credential, error) {
			return apiclient.Credential{}, evilFailure(apiclient.Refused)
		},
	}
}

func evilInfo() apiclient.Info {
	columns := func(keys ...string) []apiclient.Column {
		var out []apiclient.Column
		for _, key := range keys {
			kind := map[string]apiclient.ValueKind{"state": apiclient.StateValue, "account": apiclient.LinkValue, "owner": apiclient.LinkValue, "created": apiclient.TimeValue, "odd": apiclient.ListValue}[key]
			out = append(out, apiclient.Column{Key: key, Title: bad(key), Kind: kind, Min: 8})
		}
		return out
	}
	i := apiclient.Info{
		Context: bad("prod"), Driver: bad("evil"), System: bad("Evil 1.0"), URL: bad("https://evil.example"),
		Words: map[apiclient.Kind]apiclient.Noun{}, Lists: map[apiclient.Kind]apiclient.Support{}, Verbs: map[apiclient.Verb]apiclient.Support{},
		Columns: map[apiclient.Kind][]apiclient.Column{
			apiclient.KindAccount: columns("name", "state", "type", "email", "odd"),
			apiclient.KindUser:    columns("name", "account", "state", "real_name", "email"),
			apiclient.KindToken:   columns("handle", "owner", "state", "description", "last_agent", "last_address"),
			apiclient.KindEvent:   columns("actor", "action", "details", "request_id"),
		},
		Opens: map[apiclient.Kind]apiclient.Opens{
			apiclient.KindAccount: {To: apiclient.KindUser}, apiclient.KindUser: {To: apiclient.KindToken}, apiclient.KindToken: {Why: bad("nothing")},
		},
	}
	for _, k := range []apiclient.Kind{apiclient.KindAccount, apiclient.KindUser, apiclient.KindToken, apiclient.KindGrant, apiclient.KindEvent, apiclient.KindRole, apiclient.KindSession} {
		i.Words[k] = apiclient.Noun{One: bad(string(k)), Many: bad(string(k) + "s")}
		i.Lists[k] = apiclient.Support{OK: k != apiclient.KindGrant, Why: bad("none")}
	}
	return i
}

func evilFailure(end apiclient.End) *apiclient.Failure {
	return &apiclient.Failure{
		Tried: bad("try"), End: end, Status: 409, Code: bad("code"), Message: bad("message"), Next: bad("next"), RequestID: bad("id"),
		Fields: []apiclient.FieldError{{Field: "name", Text: bad("wrong")}, {Field: bad("other"), Text: bad("wrong")}}, Cause: apiclient.ErrConflict,
	}
}

func evilRef(k apiclient.Kind, name string) apiclient.Ref {
	return apiclient.Ref{Context: bad("prod"), Kind: k, Path: apiclient.NewPath(bad("p"), bad(name)), Version: bad("1")}
}

func (e *evil) Info() apiclient.Info { return e.info }
func (e *evil) WhoAmI(context.Context) (apiclient.Identity, error) {
	return apiclient.Identity{User: evilRef(apiclient.KindUser, "me"), Account: evilRef(apiclient.KindAccount, "mine"), Name: bad("me")}, nil
}
func (e *evil) Accounts(context.Context, apiclient.Query) (apiclient.Page[apiclient.Account], error) {
	extra := apiclient.Extras(apiclient.Attr{Key: "odd", Value: apiclient.List([]string{bad("one"), bad("two")})})
	return apiclient.Page[apiclient.Account]{Total: 2, Rows: []apiclient.Account{
		{Ref: evilRef(apiclient.KindAccount, "a"), Name: bad("a"), Email: bad("e"), Type: bad("t"), State: apiclient.State(bad("enabled")), Extra: extra},
		{Ref: evilRef(apiclient.KindAccount, "b"), Name: bad("b"), State: apiclient.Enabled},
	}}, nil
}
func (e *evil) Users(context.Context, apiclient.Query) (apiclient.Page[apiclient.User], error) {
	return apiclient.Page[apiclient.User]{Total: 1, Rows: []apiclient.User{
		{Ref: evilRef(apiclient.KindUser, "u"), Name: bad("u"), RealName: bad("r"), Email: bad("e"), Account: evilRef(apiclient.KindAccount, "a"), State: apiclient.State(bad("s"))},
	}}, nil
}
func (e *evil) Tokens(context.Context, apiclient.Query) (apiclient.Page[apiclient.Token], error) {
	return apiclient.Page[apiclient.Token]{Total: 1, Rows: []apiclient.Token{
		{Ref: evilRef(apiclient.KindToken, "t"), Handle: bad("h"), Owner: apiclient.NewPath(bad("u")), Description: bad("d"), LastAgent: bad("agent"), LastAddress: bad("ip")},
	}}, nil
}
func (e *evil) Roles(context.Context, apiclient.Query) (apiclient.Page[apiclient.Role], error) {
	return apiclient.Page[apiclient.Role]{}, evilFailure(apiclient.NotSent)
}
func (e *evil) Grants(context.Context, apiclient.Query) (apiclient.Page[apiclient.Grant], error) {
	return apiclient.Page[apiclient.Grant]{}, evilFailure(apiclient.NotSent)
}
func (e *evil) Events(context.Context, apiclient.Query) (apiclient.Page[apiclient.Event], error) {
	return apiclient.Page[apiclient.Event]{}, evilFailure(apiclient.Refused)
}
func (e *evil) Objects(context.Context, apiclient.Query) (apiclient.Page[apiclient.Object], error) {
	return apiclient.Page[apiclient.Object]{}, evilFailure(apiclient.NotSent)
}
func (e *evil) Read(_ context.Context, r apiclient.Ref) (apiclient.Record, error) {
	if r.Kind == apiclient.KindAccount {
		return &apiclient.Account{Ref: evilRef(r.Kind, "a"), Name: bad("a"), Email: bad("e"), Type: bad("t")}, nil
	}
	return nil, evilFailure(apiclient.Refused)
}
func (e *evil) Prepare(_ context.Context, ops []apiclient.Op) (apiclient.Plan, error) {
	p := apiclient.Plan{Context: bad("prod"), System: bad("https://evil.example"), Title: bad("Title"), Verb: ops[0].Verb, Danger: apiclient.Spec(ops[0].Verb).Danger,
		Facts: []apiclient.Fact{{Text: bad("fact")}, {Text: bad("grave"), Grave: true}}, Word: bad("word")}
	for _, op := range ops {
		p.Steps = append(p.Steps, apiclient.Step{Op: op, Title: bad("step"), Note: bad("note")})
	}
	if ops[0].Verb == apiclient.AccountEnable {
		p.Blocks = []apiclient.Block{{Text: bad("block"), Next: bad("next")}}
	}
	return p, nil
}
func (e *evil) Do(_ context.Context, op apiclient.Op) apiclient.Outcome {
	if op.Verb == apiclient.TokenCreate {
		return apiclient.Outcome{End: apiclient.Done, Words: bad("made"), Reveals: []apiclient.Reveal{{Label: bad("Token"), Handle: bad("h"), Note: bad("note"), Secret: secret.New(bad("secret"))}}}
	}
	return apiclient.Fail(bad("try"), evilFailure(apiclient.Refused))
}
func (e *evil) ReadBack(context.Context, apiclient.Op) (apiclient.Finding, error) {
	return apiclient.Finding{Words: bad("found")}, nil
}
func (e *evil) Probe(context.Context, apiclient.Secret) ([]apiclient.Verdict, error) { return nil, nil }
func (e *evil) Watch(context.Context) (<-chan apiclient.Change, error)               { return nil, nil }
func (e *evil) Close()                                                               {}

// harmless checks every cell of the screen.
func (c *console) harmless(where string) {
	c.t.Helper()
	f := c.settle()
	w, h := c.canvas.Size()
	for y := range h {
		for x := range w {
			cell := c.canvas.At(x, y).Text
			for _, r := range cell {
				if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || string(safetext.Clean(cell)) != cell {
					c.t.Fatalf("%s: the cell at %d,%d holds %q:\n%s", where, x, y, cell, f)
				}
			}
		}
	}
}

func TestHostileTextEverywhere(t *testing.T) {
	o := views.Options{
		Driver: evilDriver(), Target: apiclient.Target{Context: bad("prod"), URL: bad("https://evil.example"), User: bad("me")},
		Credential: apiclient.Credential{Secret: secret.New("x"), User: bad("me")},
	}
	for _, size := range []look{{w: 80, h: 24}, {w: 160, h: 40}} {
		c := open(t, o, size)
		c.see("a␛[2J")
		c.harmless("accounts")
		for _, keys := range [][]string{
			{"i"}, {"y"}, {"?"}, {":"}, {"e"}, {"n"}, {"x"}, {"X"}, {"d"}, {"down", "2"}, {"i"}, {"x"}, {"e"}, {"p"}, {"N"}, {"E"},
			{"1", "enter"}, {"enter"}, {"i"}, {"r"}, {"n"}, {"4"}, {"5"}, {"ctrl+e"}, {"enter"}, {"J"}, {"/", "x\u202ey"},
		} {
			c.keys(keys...)
			c.harmless(strings.Join(keys, " "))
			c.keys("esc", "esc", "esc")
			c.settle()
		}
		c.keys("1", "g", "space", "space", "x")
		c.settle()
		c.keys("y")
		c.see("2 refused")
		c.harmless("sheet")
		c.keys("enter")
		c.harmless("sheet in full")
		c.keys("esc", "esc", "esc", "esc", "3", "n")
		c.settle()
		c.keys("ctrl+s")
		c.see("warning: grave")
		c.harmless("confirmation")
		c.keys("y")
		c.see("characters")
		c.harmless("reveal")
		c.keys("s")
		c.harmless("secret")
		c.keys("esc", "esc", ":", "messages", "enter")
		c.harmless("messages")
	}
	o.Credential = apiclient.Credential{}
	c := open(t, o, look{})
	c.see("Sign in to")
	c.harmless("sign in")
	c.keys("x", "enter")
	c.see("message")
	c.harmless("sign in refused")
}
