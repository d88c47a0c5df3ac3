package contexts

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	book "gatehouse/apiclient/contexts"
	"gatehouse/tui"
	"gatehouse/tui/form"
	"gatehouse/tui/theme"
	"gatehouse/views/change"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// signInLimit is how long a system may take to let somebody in.
const signInLimit = 60 * time.Second

// pasteFields declare the form that takes a token or a registration string.
func pasteFields() []apiclient.Field {
	return []apiclient.Field{
		{Name: "text", Title: "Token or string", Kind: apiclient.SecretField, Required: true, Help: "what it is is found out here, and it is sent only to where it belongs"},
		{Name: "name", Title: "Name", Kind: apiclient.TextField, Help: "of the new context; empty: one is made up"},
		{Name: "url", Title: "Where", Kind: apiclient.TextField, Help: "needed for tokens that do not say where they belong"},
		{Name: "keep", Title: "Keep it in", Kind: apiclient.ChoiceField, Choices: []string{book.FromPrompt, book.FromKeyring, book.FromFile}, Default: book.FromPrompt, Help: "prompt: it is asked for again next time"},
		{Name: "place", Title: "File", Kind: apiclient.TextField, Help: "where it is kept in a file: an absolute path"},
	}
}

func (s *Screen) paste() tea.Cmd {
	fields := pasteFields()
	return tui.Open(form.New(s.Env, form.Spec{
		Title: "Paste a token or a registration string", Button: "go on",
		Fields: change.FormFields(fields, apiclient.Values{"keep": {Text: book.FromPrompt}}, nil),
		Secret: change.Seal,
		Submit: func(values form.Values) tea.Cmd {
			v := change.Given(change.Inputs(values))
			return func() tea.Msg {
				next, err := s.pasted(v)
				if err != nil {
					return change.Refusal(apiclient.AsFailure("make a context of it", err))
				}
				return form.Succeeded{Then: next}
			}
		},
	}))
}

// best is the surest of what the drivers think the text is. Nothing is sent.
func (s *Screen) best(text apiclient.Secret) (apiclient.Driver, apiclient.Match, error) {
	var driver apiclient.Driver
	var match apiclient.Match
	found := false
	for _, d := range s.Book.Drivers {
		if d.Classify == nil {
			continue
		}
		for _, m := range d.Classify(text) {
			if !found || m.Sure > match.Sure {
				driver, match, found = d, m, true
			}
		}
	}
	switch {
	case !found:
		return driver, match, wrong("text", errors.New("is nothing that any of the systems here gives out"))
	case match.Note != "" && match.Sure < apiclient.Certain:
		return driver, match, wrong("text", errors.New(match.Note))
	case match.Sure == apiclient.Guess:
		return driver, match, wrong("text", errors.New("could be of several systems: make the context with n, and sign in with it there"))
	}
	return driver, match, nil
}

type (
	// arrived says that there is a new context to go to.
	arrived struct{ book.Opening }
	// toRedeem says that what was pasted is a registration string.
	toRedeem struct {
		driver apiclient.Driver
		c      book.Context
		text   apiclient.Secret
	}
)

// back gives a message to the screen: commands decide nothing themselves.
func (s *Screen) back(msg tea.Msg) tea.Cmd { return tui.To(s.id, func() tea.Msg { return msg }) }

// pasted goes on with what was pasted, in a command: a registration string is
// redeemed, with a token one signs in.
func (s *Screen) pasted(v apiclient.Values) (tea.Cmd, error) {
	text := v.Secret("text")
	driver, match, err := s.best(text)
	if err != nil {
		return nil, err
	}
	c := book.Context{Driver: driver.Name, URL: cmp.Or(v.Text("url"), match.Origin), User: match.Owner, Name: v.Text("name")}
	if c.Credential, err = keptIn(v); err != nil {
		return nil, err
	}
	if strings.Contains(match.Kind, "registration") && driver.Redeem != nil {
		return s.back(toRedeem{driver, c, text}), nil
	}
	if c.URL == "" {
		return nil, wrong("url", errors.New("is needed: the token does not say where it belongs"))
	}
	method, field, ok := tokenMethod(driver)
	if !ok {
		return nil, wrong("text", errors.New("is not what one signs in to "+driver.Title+" with"))
	}
	ctx, stop := context.WithTimeout(s.ctx, signInLimit)
	defer stop()
	cred, err := driver.SignIn(ctx, c.Target(), method, apiclient.Values{field: {Secret: text}})
	if err != nil {
		return nil, err
	}
	return s.arrive(driver, c, cred, "")
}

func keptIn(v apiclient.Values) (book.Source, error) {
	switch v.Text("keep") {
	case book.FromKeyring:
		return book.Source{From: book.FromKeyring}, nil
	case book.FromFile:
		if !filepath.IsAbs(v.Text("place")) {
			return book.Source{}, wrong("place", errors.New("must be an absolute path"))
		}
		return book.Source{From: book.FromFile, File: v.Text("place")}, nil
	}
	return book.Source{}, nil
}

// tokenMethod is the way to sign in that asks for nothing but a secret.
func tokenMethod(d apiclient.Driver) (method, field string, ok bool) {
	for _, m := range d.Methods {
		var required []apiclient.Field
		for _, f := range m.Fields {
			if f.Required {
				required = append(required, f)
			}
		}
		if len(required) == 1 && required[0].Kind == apiclient.SecretField {
			return m.Name, required[0].Name, true
		}
	}
	return "", "", false
}

// redeem asks what a registration string needs beside itself.
func (s *Screen) redeem(d apiclient.Driver, c book.Context, text apiclient.Secret) *form.Form {
	return form.New(s.Env, form.Spec{
		Title: "Register with " + d.Title, Intro: strings.TrimSpace(c.User + " " + c.URL), Button: "register",
		Fields: change.FormFields(d.RedeemFields, nil, nil),
		Secret: change.Seal,
		Submit: func(values form.Values) tea.Cmd {
			v := change.Given(change.Inputs(values))
			return func() tea.Msg {
				ctx, stop := context.WithTimeout(s.ctx, signInLimit)
				defer stop()
				target, cred, outcome, err := d.Redeem(ctx, text, v)
				if err != nil {
					return change.Refusal(apiclient.AsFailure("redeem the registration string", err))
				}
				c.URL, c.User, c.CAFile, c.Options = target.URL, cmp.Or(target.User, cred.User), target.CAFile, target.Options
				next, err := s.arrive(d, c, cred, target.Context)
				if err != nil {
					// It is redeemed; only the name for it could not be saved.
					return form.Succeeded{Then: tea.Sequence(tui.Toast(theme.Bad, outcome.Words+"; "+err.Error()),
						s.back(arrived{book.Opening{Context: c, Driver: d, Credential: cred}}))}
				}
				return form.Succeeded{Then: tea.Sequence(tui.Toast(theme.Good, outcome.Words), next)}
			}
		},
	})
}

// arrive saves the new context with its credential and goes there. Without a
// name it gets one of what the system calls itself.
func (s *Screen) arrive(d apiclient.Driver, c book.Context, cred apiclient.Credential, called string) (tea.Cmd, error) {
	all, _, err := s.Book.All()
	if err != nil {
		return nil, err
	}
	if c.Name == "" {
		c.Name = book.FreeName(cmp.Or(book.NameOf(called), d.Name), all)
	}
	c.User = cmp.Or(c.User, cred.User)
	if err := s.Book.Add(c); err != nil {
		return nil, err
	}
	if _, err := s.Book.Keep(s.ctx, c.Name, cred); err != nil {
		return nil, err
	}
	return s.back(arrived{book.Opening{Context: c, Driver: d, Credential: cred}}), nil
}
