package views_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"gatehouse/apiclient"
	"gatehouse/apiclient/ais"
	"gatehouse/apiclient/aiven"
	"gatehouse/apiclient/anchore"
	"gatehouse/apiclient/arvados"
	"gatehouse/apiclient/gatehouse"
	"gatehouse/apiclient/juju"
	"gatehouse/server/config"
	"gatehouse/tui"
	"gatehouse/tui/help"
	"gatehouse/tui/safetext"
)

// The tables of the README are made of what the program itself goes by.
func TestTheReadmeIsUpToDate(t *testing.T) {
	const path = "../README.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, block := range []struct{ name, is string }{
		{"keys", keyTables(t)},
		{"settings", settingsTable()},
		{"operations", operations()},
	} {
		text = within(t, text, block.name, block.is)
	}
	if text == string(raw) {
		return
	}
	if !*update {
		t.Fatalf("%s is not up to date; go test ./views -run Readme -update makes it so:\n%s", path, difference(string(raw), text))
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// within puts a block between its marks.
func within(t *testing.T, text, name, block string) string {
	t.Helper()
	begin, end := "<!-- "+name+": made by go test ./views -run Readme -update -->\n", "<!-- end of "+name+" -->\n"
	before, rest, ok := strings.Cut(text, begin)
	_, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("the README has no place for %s: expected %s … %s", name, begin, end)
	}
	return before + begin + "\n" + strings.Trim(block, "\n") + "\n\n" + end + after
}

// keyTables are the keys of our own server's console: those of the rows of each
// tab, those of any list, and those that are the same everywhere.
func keyTables(t *testing.T) string {
	s, _ := filled(t)
	c := s.signedIn(look{})
	c.see("acme")
	var sections []help.Section
	tabs := map[string][]tui.Action{}
	count := map[string]int{}
	for i, name := range []string{"Accounts", "Users", "Tokens"} {
		c.keys(fmt.Sprint(i + 1))
		c.see("› " + strings.ToLower(name))
		c.see("▸")
		c.keys("j") // away from the admin himself
		tabs[name] = c.c.Actions()
		for _, a := range tabs[name] {
			count[a.ID]++
		}
	}
	row := func(a tui.Action) bool {
		return count[a.ID] < len(tabs) || strings.HasPrefix(a.ID, "verb.") || a.ID == "records.open"
	}
	for _, name := range []string{"Accounts", "Users", "Tokens"} {
		sections = append(sections, section(name, tabs[name], func(a tui.Action) bool { return row(a) && len(a.Keys) > 0 }))
	}
	everywhere := func(a tui.Action) bool {
		return strings.HasPrefix(a.ID, "shell.") || strings.HasPrefix(a.ID, "tab.") || slices.Contains(globals(), a.ID)
	}
	sections = append(sections,
		section("Any list", tabs["Users"], func(a tui.Action) bool { return !row(a) && !everywhere(a) && len(a.Keys) > 0 }),
		section("Everywhere", tabs["Users"], func(a tui.Action) bool { return !row(a) && everywhere(a) }),
	)
	return help.Markdown(sections)
}

// globals are the actions of the console that belong to no screen.
func globals() []string {
	return []string{"session.sign-in", "session.redeem", "leak", "offboard", "lenses", "contexts", "roles", "export"}
}

func section(title string, from []tui.Action, in func(tui.Action) bool) help.Section {
	out := help.Section{Title: safetext.Safe(title)}
	for _, a := range from {
		if !in(a) {
			continue
		}
		if strings.Contains(a.Why, "not in this version") {
			a.Help = strings.TrimSpace(a.Help + " Not in this version yet.")
		}
		out.Actions = append(out.Actions, a)
	}
	return out
}

func settingsTable() string {
	var b strings.Builder
	b.WriteString("| in the file | in the environment | flag | what it is |\n|---|---|---|---|\n")
	for _, s := range config.Settings() {
		key, env, flag := "`"+s.Key+"`", "`"+s.Env()+"`", "`--"+s.Flag()+"`"
		if s.Secret {
			key, env, flag = key+" or `"+s.Key+"_file`", env+" or `"+s.Env()+"_FILE`", "none"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", key, env, flag, s.Help)
	}
	return b.String()
}

func allDrivers() []apiclient.Driver {
	return []apiclient.Driver{gatehouse.Driver(), anchore.Driver(), ais.Driver(), aiven.Driver(), arvados.Driver(), juju.Driver()}
}

// operations say what can be done on which system, and why not where it cannot.
func operations() string {
	var b strings.Builder
	drivers := allDrivers()
	b.WriteString("| |")
	for _, d := range drivers {
		fmt.Fprintf(&b, " %s |", d.Title)
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(drivers)) + "\n")
	for _, spec := range apiclient.Catalogue() {
		fmt.Fprintf(&b, "| `%s` |", spec.Verb)
		for _, d := range drivers {
			done := "–"
			if _, ok := d.Verb(spec.Verb); ok {
				done = "done"
			}
			fmt.Fprintf(&b, " %s |", done)
		}
		b.WriteByte('\n')
	}
	for _, d := range drivers {
		fmt.Fprintf(&b, "\nWhy not on %s:\n\n", d.Title)
		lacks(&b, d)
	}
	return b.String()
}

// lacks lists what a driver lacks, verbs of one reason together.
func lacks(b *strings.Builder, d apiclient.Driver) {
	var reasons []string
	of := map[string][]string{}
	for _, spec := range apiclient.Catalogue() {
		if _, ok := d.Verb(spec.Verb); ok {
			continue
		}
		why := d.Missing[spec.Verb]
		if why == "" {
			why = "this system does not offer it" // as the console says
		}
		if of[why] == nil {
			reasons = append(reasons, why)
		}
		of[why] = append(of[why], "`"+string(spec.Verb)+"`")
	}
	for _, why := range reasons {
		fmt.Fprintf(b, "- %s: %s\n", strings.Join(of[why], ", "), why)
	}
}
