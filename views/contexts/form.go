package contexts

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/apiclient"
	book "gatehouse/apiclient/contexts"
	"gatehouse/tui"
	"gatehouse/tui/form"
	"gatehouse/tui/safetext"
	"gatehouse/tui/theme"
	"gatehouse/views/change"
)

func clean(s string) safetext.Safe { return safetext.Clean(s) }

const (
	noColour    = "none"
	byProtected = "locked if protected"
)

func places() []string {
	return []string{book.FromPrompt, book.FromKeyring, book.FromFile, book.FromEnv, book.FromCommand}
}

// contextFields declare the form of a context.
func (s *Screen) contextFields(editing bool) []apiclient.Field {
	var names []string
	for _, d := range s.Book.Drivers {
		names = append(names, d.Name)
	}
	name := apiclient.Field{Name: "name", Title: "Name", Kind: apiclient.TextField, Required: true, Help: "a-z 0-9 . _ -, as you will call it"}
	if editing {
		name.Help = "another name renames the context"
	}
	return []apiclient.Field{
		name,
		{Name: "driver", Title: "System", Kind: apiclient.ChoiceField, Choices: names},
		{Name: "url", Title: "Where", Kind: apiclient.TextField, Required: true, Help: "such as https://gatehouse.example"},
		{Name: "user", Title: "User", Kind: apiclient.TextField, Help: "who signs in"},
		{Name: "ca", Title: "CA file", Kind: apiclient.TextField, Help: "PEM file with the authority of the system's certificate; empty: those of this machine"},
		{Name: "credential", Title: "Credential", Kind: apiclient.ChoiceField, Choices: places(), Help: "where it comes from; a keyring or file that is empty is filled when you sign in"},
		{Name: "place", Title: "File or name", Kind: apiclient.TextField, Help: "the file, the variable, or the command with its arguments"},
		{Name: "method", Title: "Sign in by", Kind: apiclient.TextField, Help: "what that is: password, token … as the system calls it; empty: token"},
		{Name: "colour", Title: "Colour", Kind: apiclient.ChoiceField, Choices: append([]string{noColour}, book.Colours()...)},
		{Name: "protected", Title: "Protected", Kind: apiclient.BoolField, Help: "writes begin locked, and confirmations say so"},
		{Name: "writes", Title: "Writes", Kind: apiclient.ChoiceField, Choices: []string{byProtected, "locked", "open"}},
		{Name: "options", Title: "Options", Kind: apiclient.TextField, Help: "what only this kind of system has: name=value, separated by spaces"},
	}
}

func start(c book.Context) apiclient.Values {
	text := func(s, otherwise string) apiclient.Input {
		if s == "" {
			s = otherwise
		}
		return apiclient.Input{Text: s}
	}
	yes := "no"
	if c.Protected {
		yes = "yes"
	}
	return apiclient.Values{
		"name": text(c.Name, ""), "driver": text(c.Driver, ""), "url": text(c.URL, ""), "user": text(c.User, ""), "ca": text(c.CAFile, ""),
		"credential": text(c.Credential.From, book.FromPrompt), "place": text(placeOf(c.Credential), ""), "method": text(c.Credential.Method, ""),
		"colour": text(c.Colour, noColour), "protected": text(yes, ""), "writes": text(c.Writes, byProtected),
		"options": text(formatOptions(c.Options), ""),
	}
}

func placeOf(s book.Source) string {
	switch s.From {
	case book.FromFile:
		return s.File
	case book.FromEnv:
		return s.Env
	case book.FromCommand:
		return strings.Join(s.Command, " ")
	}
	return ""
}

// read makes a context of what stands in the form; what the form does not show
// is kept from before.
func read(before book.Context, v apiclient.Values) (book.Context, *apiclient.Failure) {
	c := before
	c.Name, c.Driver, c.URL, c.User, c.CAFile = v.Text("name"), v.Text("driver"), v.Text("url"), v.Text("user"), v.Text("ca")
	c.Protected = v.Bool("protected")
	if c.Colour = v.Text("colour"); c.Colour == noColour {
		c.Colour = ""
	}
	if c.Writes = v.Text("writes"); c.Writes == byProtected {
		c.Writes = ""
	}
	var err error
	if c.Options, err = parseOptions(v.Text("options")); err != nil {
		return c, wrong("options", err)
	}
	for name, value := range before.Options {
		if !short(value) {
			if c.Options == nil {
				c.Options = map[string]string{}
			}
			c.Options[name] = value
		}
	}
	place := strings.TrimSpace(v.Text("place"))
	was := c.Credential
	c.Credential = book.Source{From: v.Text("credential"), Method: strings.TrimSpace(v.Text("method")), Pass: was.Pass}
	switch c.Credential.From {
	case book.FromPrompt:
		c.Credential.From = ""
	case book.FromFile:
		if !filepath.IsAbs(place) {
			return c, wrong("place", errors.New("must be an absolute path"))
		}
		c.Credential.File = place
	case book.FromEnv:
		c.Credential.Env = place
	case book.FromCommand:
		if place == placeOf(was) {
			c.Credential.Command = was.Command // arguments with spaces stay whole
		} else {
			c.Credential.Command = strings.Fields(place)
		}
	}
	if place == "" && (c.Credential.From == book.FromEnv || c.Credential.From == book.FromCommand) {
		return c, wrong("place", errors.New("is required for this kind of credential"))
	}
	return c, nil
}

func wrong(field string, err error) *apiclient.Failure {
	return &apiclient.Failure{
		Tried: "read the form", Message: field + " " + err.Error(), Cause: apiclient.ErrInvalid,
		Fields: []apiclient.FieldError{{Field: field, Text: err.Error()}},
	}
}

// short tells whether an option fits into a line of the form. Longer ones,
// such as a certificate, are kept as they are.
func short(value string) bool { return !strings.ContainsFunc(value, unicode.IsSpace) }

func formatOptions(o map[string]string) string {
	var parts []string
	for _, k := range sortedKeys(o) {
		if short(o[k]) {
			parts = append(parts, k+"="+o[k])
		}
	}
	return strings.Join(parts, " ")
}

func parseOptions(text string) (map[string]string, error) {
	var out map[string]string
	for _, part := range strings.Fields(text) {
		name, value, ok := strings.Cut(part, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("must be name=value, is %q", part)
		}
		if out == nil {
			out = map[string]string{}
		}
		out[name] = value
	}
	return out, nil
}

// form asks for a context. An offer that is taken over brings its credential
// along, which is stored where the form says.
func (s *Screen) form(title string, before book.Context, offer *book.Offer, editing bool) *form.Form {
	return form.New(s.Env, form.Spec{
		Title: title, Button: "save",
		Fields: change.FormFields(s.contextFields(editing), start(before), nil),
		Secret: change.Seal,
		Submit: func(values form.Values) tea.Cmd {
			c, failure := read(before, change.Inputs(values))
			return func() tea.Msg {
				if failure != nil {
					return change.Refusal(failure)
				}
				if err := s.save(before, c, offer, editing); err != nil {
					return change.Refusal(apiclient.AsFailure("save context "+c.Name, err))
				}
				return form.Succeeded{Then: tea.Sequence(tui.Toast(theme.Good, "context "+c.Name+" was saved"), s.reload())}
			}
		},
	})
}

func (s *Screen) save(before, c book.Context, offer *book.Offer, editing bool) error {
	if !editing {
		if err := s.Book.Add(c); err != nil {
			return err
		}
		if offer == nil {
			return nil
		}
		_, err := s.Book.Keep(s.ctx, c.Name, offer.Credential)
		return err
	}
	if c.Name != before.Name {
		if err := s.Book.Rename(s.ctx, before.Name, c.Name); err != nil {
			return err
		}
	}
	return s.Book.Put(c)
}
