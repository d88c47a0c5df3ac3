package sheet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"gatehouse/tui/safetext"
)

// report is the job as it was when the report was asked for: the file is
// written while the job goes on.
type report struct {
	Title    string         `json:"title"`
	Started  string         `json:"started"`
	Finished string         `json:"finished,omitempty"`
	Counts   map[string]int `json:"counts"`
	Items    []reported     `json:"items"`
}

type reported struct {
	Name   string `json:"name"`
	End    string `json:"end"`
	Words  string `json:"words,omitempty"`
	Detail string `json:"detail,omitempty"`
}

func (j *Job) snapshot(title string) report {
	r := report{Title: title, Started: j.started.UTC().Format(time.RFC3339), Counts: map[string]int{}}
	if j.Finished() {
		r.Finished = j.ended.UTC().Format(time.RFC3339)
	}
	for e := range ends {
		if n := j.counts[e]; n > 0 {
			r.Counts[e.String()] = n
		}
	}
	for _, i := range slices.Clone(j.order()) {
		it := j.items[i]
		r.Items = append(r.Items, reported{it.Name, it.End.String(), it.Words, it.Detail})
	}
	return r
}

// write makes JSON where the path ends so, else Markdown.
func (r report) write(path string) ([]byte, error) {
	if strings.EqualFold(filepath.Ext(path), ".json") {
		b, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("making JSON of the sheet: %w", err)
		}
		return append(visible(b), '\n'), nil
	}
	return r.markdown(), nil
}

// visible escapes what encoding/json lets through and a terminal would act on,
// such as C1 controls and those of writing direction. In JSON they stand
// nowhere but in strings.
func visible(b []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(b) {
		switch {
		case r == '\n' || r < 0x7f || unicode.IsPrint(r):
			out.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

func (r report) markdown() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\nStarted %s", cell(r.Title), r.Started)
	if r.Finished != "" {
		fmt.Fprintf(&b, ", finished %s", r.Finished)
	}
	b.WriteString(".\n\n")
	for e := Done; e < ends; e++ {
		if n := r.Counts[e.String()]; n > 0 {
			fmt.Fprintf(&b, "- %s: %d\n", e, n)
		}
	}
	b.WriteString("\n| end | name | what happened |\n| --- | --- | --- |\n")
	for _, it := range r.Items {
		words := it.Detail
		if words == "" {
			words = it.Words
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", it.End, cell(it.Name), cell(words))
	}
	return b.Bytes()
}

// cell makes text from outside one line that Markdown leaves alone.
func cell(s string) string {
	return markup.Replace(string(safetext.Clean(s)))
}

var markup = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "#", `\#`, "&", "&amp;",
)
