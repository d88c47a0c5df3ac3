package lines

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"gatehouse/tui/safetext"
)

// formats are what -o takes, the usual one first.
func formats() []string { return []string{"table", "json", "jsonl", "yaml", "csv", "name"} }

// format is the value of -o.
type format string

// String implements pflag.Value.
func (f *format) String() string { return string(*f) }

// Type implements pflag.Value.
func (f *format) Type() string { return "format" }

// Set implements pflag.Value.
func (f *format) Set(s string) error {
	if !slices.Contains(formats(), s) {
		return fmt.Errorf("expected one of %s", strings.Join(formats(), ", "))
	}
	*f = format(s)
	return nil
}

func formatFlag(cmd *cobra.Command, f *format) {
	*f = "table"
	cmd.Flags().VarP(f, "output", "o", "how to print: "+strings.Join(formats(), ", "))
	complete(cmd, "output", formats)
}

// result is what a command prints, ready for every format.
type result struct {
	document any      // of json and yaml
	items    []object // of jsonl
	head     []string // of table
	table    [][]string
	keys     []string // of csv
	cells    [][]string
	names    []string
}

// print writes a result in a format.
func (r result) print(to io.Writer, f format) error {
	switch f {
	case "json":
		return write(to, func() ([]byte, error) { return indented(r.document) })
	case "yaml":
		return write(to, func() ([]byte, error) { return inYAML(r.document) })
	case "jsonl":
		return write(to, func() ([]byte, error) {
			var out []byte
			for _, item := range r.items {
				out = append(appendJSON(out, item), '\n')
			}
			return out, nil
		})
	case "csv":
		return writeCSV(to, r.keys, r.cells)
	case "name":
		return write(to, func() ([]byte, error) {
			if len(r.names) == 0 {
				return nil, nil
			}
			return []byte(strings.Join(r.names, "\n") + "\n"), nil
		})
	}
	return writeTable(to, r.head, r.table)
}

func write(to io.Writer, make func() ([]byte, error)) error {
	text, err := make()
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if _, err := to.Write(text); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// writeCSV writes cells as they are but for those that a spreadsheet would
// take for a formula: they get an apostrophe. On a terminal nothing may steer.
func writeCSV(to io.Writer, keys []string, rows [][]string) error {
	w := csv.NewWriter(to)
	seen := isTerminal(to)
	_ = w.Write(keys) // errors stay, and are told by Error
	for _, row := range rows {
		out := make([]string, len(row))
		for i, cell := range row {
			if seen {
				cell = clean(cell)
			}
			out[i] = harmless(cell)
		}
		_ = w.Write(out)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// harmless keeps a cell from being run as a formula; see
// https://owasp.org/www-community/attacks/CSV_Injection
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// writeTable writes columns with two spaces between them. All of it is for the
// eyes, so nothing in it may steer a terminal.
func writeTable(to io.Writer, head []string, rows [][]string) error {
	all := rows
	if head != nil {
		all = append([][]string{head}, rows...)
	}
	var widths []int
	for _, row := range all {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], safetext.Width(safetext.Clean(cell)))
		}
	}
	var out strings.Builder
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			text := safetext.Clean(cell)
			line.WriteString(string(text))
			line.WriteString(strings.Repeat(" ", widths[i]-safetext.Width(text)+2))
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return write(to, func() ([]byte, error) { return []byte(out.String()), nil })
}

// clean is text of a system as a terminal may see it.
func clean(s string) string { return string(safetext.Clean(s)) }

// isTerminal tells whether somebody may be looking.
func isTerminal(w any) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}
