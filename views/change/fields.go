package change

import (
	"context"
	"errors"

	"gatehouse/apiclient"
	"gatehouse/apiclient/secret"
	"gatehouse/tui"
	"gatehouse/tui/form"
)

// Lister looks for records of a kind by what was typed, for fields that name
// one.
type Lister func(ctx context.Context, kind apiclient.Kind, typed string) ([]form.Suggestion, error)

// FormFields makes the fields of a form from what a verb or a way to sign in
// asks for.
func FormFields(declared []apiclient.Field, start apiclient.Values, look Lister) []form.Field {
	out := make([]form.Field, len(declared))
	for i, d := range declared {
		in := start[d.Name]
		out[i] = form.Field{
			Name: d.Name, Title: d.Title, Kind: kindOf(d.Kind), Required: d.Required, Help: helpOf(d),
			Value: in.Text, List: in.List, Rows: in.Rows,
			Choices: d.Choices, Twice: d.Twice, Fresh: d.Fresh,
			Check: func(v form.Value) error { return d.Validate(inputOf(v)) },
		}
		if len(d.Columns) > 0 {
			out[i].Columns = FormFields(d.Columns, nil, look)
		}
		if d.Kind == apiclient.RefField && look != nil {
			out[i].Lookup = func(ctx context.Context, typed string) ([]form.Suggestion, error) {
				return look(ctx, d.Of, typed)
			}
		}
	}
	return out
}

func kindOf(k apiclient.FieldKind) form.Kind {
	return map[apiclient.FieldKind]form.Kind{
		apiclient.TextField:     form.Text,
		apiclient.SecretField:   form.Secret,
		apiclient.IntField:      form.Int,
		apiclient.BoolField:     form.Bool,
		apiclient.ChoiceField:   form.Choice,
		apiclient.MultiField:    form.Multi,
		apiclient.DurationField: form.Duration,
		apiclient.TimeField:     form.Time,
		apiclient.RefField:      form.Ref,
		apiclient.RowsField:     form.Rows,
	}[k]
}

func helpOf(d apiclient.Field) string {
	switch {
	case d.Help != "":
		return d.Help
	case d.Kind == apiclient.DurationField && d.Zero != "":
		return "such as 90s, 12h or 30d; 0: " + d.Zero
	case d.Kind == apiclient.DurationField:
		return "such as 90s, 12h or 30d"
	case d.Kind == apiclient.TimeField:
		return "such as 2026-01-31T12:00:00Z"
	}
	return ""
}

// Seal makes the secrets of a form.
func Seal(s string) tui.Secret { return secret.New(s) }

func inputOf(v form.Value) apiclient.Input {
	in := apiclient.Input{Text: v.Text, List: v.List, Rows: v.Rows}
	if s, ok := v.Secret.(apiclient.Secret); ok {
		in.Secret = s
	}
	if ref, ok := v.Key.(apiclient.Ref); ok {
		in.Ref = ref
	}
	return in
}

// Inputs gives what stands in a form as the backend wants it.
func Inputs(values form.Values) apiclient.Values {
	out := apiclient.Values{}
	for name, v := range values {
		out[name] = inputOf(v)
	}
	return out
}

// Given leaves out what was not filled in.
func Given(values apiclient.Values) apiclient.Values {
	out := apiclient.Values{}
	for name, in := range values {
		if !in.Empty() {
			out[name] = in
		}
	}
	return out
}

// Refusal puts a failure beside the fields of a form as far as it names them.
func Refusal(f *apiclient.Failure) form.Failed {
	out := form.Failed{General: sentence(f), Fields: map[string]string{}}
	for _, e := range f.Fields {
		out.Fields[e.Field] = e.Text
	}
	if len(out.Fields) > 0 && errors.Is(f, apiclient.ErrInvalid) {
		out.General = ""
	}
	return out
}

// sentence is a failure in one line: what happened, and what to do next.
func sentence(f *apiclient.Failure) string {
	s := f.Message
	if f.End == apiclient.Unknown {
		s += " It is not known whether it happened."
	}
	if f.Next != "" {
		s += " " + f.Next
	}
	return s
}
