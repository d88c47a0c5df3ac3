package verbs

import (
	"slices"

	"gatehouse/apiclient"
)

// From is what a form can take its first values from.
type From struct {
	Record apiclient.Record // the row the verb works on, or that is under the cursor; may be nil
	Scope  apiclient.Ref    // whose rows the list shows; may be zero
}

// Prefill gives the values a form starts with: an edit starts with the record
// as it is, a create with the defaults and with what scope and cursor say
// about who it is for.
func Prefill(spec apiclient.VerbSpec, from From) apiclient.Values {
	out := apiclient.Values{}
	for _, f := range spec.Fields {
		in := apiclient.Input{Text: f.Default}
		switch {
		case spec.Aim == apiclient.OnNew:
			if f.Kind == apiclient.RefField {
				if ref, ok := from.refers(f.Of); ok {
					in = apiclient.Input{Text: ref.Name(), Ref: ref}
				}
			}
		case from.Record != nil && f.Kind != apiclient.SecretField:
			if v := from.Record.Get(keyOf(f)); !v.None {
				in = inputOf(v)
			}
		}
		if !in.Empty() {
			out[f.Name] = in
		}
	}
	return out
}

// refers finds the record of a kind that the place speaks of.
func (f From) refers(kind apiclient.Kind) (apiclient.Ref, bool) {
	if f.Scope.Kind == kind && !f.Scope.IsZero() {
		return f.Scope.Key(), true
	}
	if f.Record != nil && f.Record.GetRef().Kind == kind {
		return f.Record.GetRef().Key(), true
	}
	return apiclient.Ref{}, false
}

func keyOf(f apiclient.Field) string {
	if f.Keep != "" {
		return f.Keep
	}
	return f.Name
}

// inputOf writes a value as somebody would have typed it.
func inputOf(v apiclient.Value) apiclient.Input {
	switch v.Kind {
	case apiclient.ListValue:
		return apiclient.Input{List: slices.Clone(v.List)}
	case apiclient.DurationValue:
		return apiclient.Input{Text: apiclient.FormatSpan(v.Span)}
	case apiclient.LinkValue:
		return apiclient.Input{Text: v.Text, Ref: v.Link}
	}
	return apiclient.Input{Text: v.String()}
}

// Changed keeps what differs from what the form started with: an edit sends
// nothing else. Fields that were emptied stay, as empty inputs.
func Changed(before, after apiclient.Values) apiclient.Values {
	out := apiclient.Values{}
	for name, in := range after {
		if !same(before[name], in) {
			out[name] = in
		}
	}
	return out
}

func same(a, b apiclient.Input) bool {
	return a.Text == b.Text && slices.Equal(a.List, b.List) && a.Secret.Equal(b.Secret) &&
		slices.EqualFunc(a.Rows, b.Rows, slices.Equal[[]string])
}
