package lines

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gatehouse/apiclient"
)

// entry is what the command line says of one field: the values of its flag. Of
// a secret it is where to read it, never the secret.
type entry struct {
	values []string
	kind   string
}

// String implements pflag.Value.
func (e *entry) String() string { return strings.Join(e.values, ",") }

// Type implements pflag.Value.
func (e *entry) Type() string { return e.kind }

// Set implements pflag.Value.
func (e *entry) Set(s string) error {
	e.values = append(e.values, s)
	return nil
}

// declared is a field with the drivers that ask for it.
type declared struct {
	field   apiclient.Field
	drivers []string
	bool    bool // in all of them
	choices []string
}

// entries are the flags of a verb by name, over all drivers: which of them a
// system asks for is known when it is found.
type entries map[string]*entry

func flagOf(f apiclient.Field) string {
	name := strings.ReplaceAll(f.Name, "_", "-")
	if f.Kind == apiclient.SecretField {
		return name + "-file"
	}
	return name
}

// entryFlags makes a flag of each field that any of the drivers asks for.
func (p *program) entryFlags(cmd *cobra.Command, verb apiclient.Verb) entries {
	have, order := map[string]*declared{}, []string(nil)
	var drivers int
	for _, d := range p.o.Drivers {
		spec, ok := d.Verb(verb)
		if !ok {
			continue
		}
		drivers++
		for _, f := range spec.Fields {
			name := flagOf(f)
			if have[name] == nil {
				have[name] = &declared{field: f, bool: true}
				order = append(order, name)
			}
			all := have[name]
			all.drivers = append(all.drivers, d.Name)
			all.bool = all.bool && f.Kind == apiclient.BoolField
			all.choices = append(all.choices, choicesOf(f)...)
		}
	}
	out := entries{}
	for _, name := range order {
		d := have[name]
		slices.Sort(d.choices)
		d.choices = slices.Compact(d.choices)
		out[name] = &entry{kind: kindOf(d.field)}
		flag := cmd.Flags().VarPF(out[name], name, "", d.help(drivers))
		if d.bool {
			flag.NoOptDefVal = "yes"
		}
		if len(d.choices) > 0 {
			complete(cmd, name, func() []string { return d.choices })
		}
	}
	return out
}

func choicesOf(f apiclient.Field) []string {
	if f.Kind == apiclient.BoolField {
		return []string{"yes", "no"}
	}
	return f.Choices
}

func kindOf(f apiclient.Field) string {
	switch f.Kind {
	case apiclient.SecretField:
		return "path"
	case apiclient.IntField:
		return "number"
	case apiclient.BoolField:
		return "yes|no"
	case apiclient.MultiField:
		return "words"
	case apiclient.DurationField:
		return "duration"
	case apiclient.TimeField:
		return "time"
	case apiclient.RefField:
		return string(f.Of)
	case apiclient.RowsField:
		return "row"
	}
	return "text"
}

func (d declared) help(drivers int) string {
	f := d.field
	var words []string
	switch {
	case f.Kind == apiclient.SecretField:
		words = append(words, "file that holds it, - for stdin; else it is asked for: "+strings.ToLower(f.Title))
	case f.Kind == apiclient.RowsField:
		var columns []string
		for _, c := range f.Columns {
			columns = append(columns, c.Name+"=…")
		}
		words = append(words, strings.ToLower(f.Title)+", as "+strings.Join(columns, ",")+"; once more for each")
	default:
		words = append(words, strings.ToLower(f.Title))
		if f.Help != "" {
			words = append(words, f.Help)
		}
		if len(d.choices) > 0 && !d.bool {
			words = append(words, "one of "+strings.Join(d.choices, ", "))
		}
	}
	help := strings.Join(words, "; ")
	if len(d.drivers) < drivers {
		help += " (" + strings.Join(d.drivers, ", ") + ")"
	}
	return strings.ReplaceAll(help, "`", "'") // pflag would take it for the name of the value
}

// values turns flags into the inputs of a verb. Secrets are left out: they are
// read last, when nothing else is wrong.
func (e entries) values(cmd *cobra.Command, spec apiclient.VerbSpec) (apiclient.Values, error) {
	fields := map[string]apiclient.Field{}
	var names []string
	for _, f := range spec.Fields {
		fields[flagOf(f)] = f
		names = append(names, "--"+flagOf(f))
	}
	out := apiclient.Values{}
	for name, given := range e {
		if !cmd.Flags().Changed(name) {
			continue
		}
		f, ok := fields[name]
		switch {
		case !ok && len(names) == 0:
			return nil, usage(fmt.Sprintf("--%s is not asked for on this system: nothing is", name))
		case !ok:
			return nil, usage(fmt.Sprintf("--%s is not asked for on this system; there are %s", name, strings.Join(names, ", ")))
		case f.Kind == apiclient.SecretField:
			continue
		}
		in, err := inputOf(f, given.values)
		if err == nil {
			err = f.Validate(in)
		}
		if err != nil {
			return nil, usage(fmt.Sprintf("--%s %v", name, err))
		}
		out[f.Name] = in
	}
	return out, nil
}

func inputOf(f apiclient.Field, values []string) (apiclient.Input, error) {
	last := values[len(values)-1]
	switch f.Kind {
	case apiclient.BoolField:
		switch strings.ToLower(last) {
		case "yes", "true":
			return apiclient.Input{Text: "yes"}, nil
		case "no", "false":
			return apiclient.Input{Text: "no"}, nil
		}
	case apiclient.MultiField:
		var list []string
		for _, v := range values {
			for word := range strings.SplitSeq(v, ",") {
				if word = strings.TrimSpace(word); word != "" {
					list = append(list, word)
				}
			}
		}
		return apiclient.Input{List: list}, nil
	case apiclient.RowsField:
		return rowsOf(f, values)
	}
	return apiclient.Input{Text: last}, nil
}

// rowsOf reads rows such as cluster=abc,permissions=ro.
func rowsOf(f apiclient.Field, values []string) (apiclient.Input, error) {
	var in apiclient.Input
	for _, value := range values {
		if value == "" {
			continue // none: empties the field
		}
		row := make([]string, len(f.Columns))
		at := -1
		for part := range strings.SplitSeq(value, ",") {
			if name, text, ok := strings.Cut(part, "="); ok {
				if i := slices.IndexFunc(f.Columns, func(c apiclient.Field) bool { return c.Name == name }); i >= 0 {
					at, row[i] = i, text
					continue
				}
			}
			if at < 0 {
				return in, fmt.Errorf("must be as the help shows, not %q", value)
			}
			row[at] += "," + part // a comma within a value
		}
		for i, c := range f.Columns {
			if err := c.Validate(apiclient.Input{Text: row[i]}); err != nil {
				return in, fmt.Errorf("%s %w", c.Name, err)
			}
		}
		in.Rows = append(in.Rows, row)
	}
	return in, nil
}
