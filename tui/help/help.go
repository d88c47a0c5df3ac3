// Package help shows the keys of a screen, from the same table of actions that
// the keys themselves come from, in a box and as Markdown.
package help

import (
	"fmt"
	"strings"

	"gatehouse/tui"
	"gatehouse/tui/chooser"
	"gatehouse/tui/safetext"
)

// Section is a group of actions with a heading.
type Section struct {
	Title   safetext.Safe
	Actions []tui.Action
}

// widestKeys is how many columns the keys of an action get at most.
const widestKeys = 14

// New makes the box. Typing filters it; actions that cannot be done now say
// why.
func New(env *tui.Env, sections []Section) tui.Modal {
	var rows []chooser.Row
	column := 0
	for _, s := range sections {
		for _, a := range s.Actions {
			if len(a.Keys) == 0 {
				continue // the palette has those
			}
			labels := tui.KeyLabels(a.Keys, env.Theme.Options().ASCII)
			column = max(column, safetext.Width(labels))
			rows = append(rows, chooser.Row{Text: labels, Group: s.Title, Note: sentence(a), Why: safetext.Clean(why(a))})
		}
	}
	for i := range rows {
		rows[i].Text = safetext.Fit(rows[i].Text, min(column, widestKeys))
	}
	return chooser.New(env, chooser.Options{
		Title: "Help", Prompt: "find: ", Empty: "no key does that", Rows: rows, Literal: true, Width: 96,
	})
}

// sentence says what an action does.
func sentence(a tui.Action) safetext.Safe {
	if a.Help == "" {
		return safetext.Clean(a.Title)
	}
	return safetext.Clean(a.Title + ": " + a.Help)
}

func why(a tui.Action) string {
	if a.Why == "" {
		return ""
	}
	return a.Title + ": " + a.Why
}

// Markdown renders sections as tables, one for each, for documentation. Actions
// without a key are listed as found in the palette.
func Markdown(sections []Section) string {
	var b strings.Builder
	for i, s := range sections {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "**%s**\n\n| key | action | what it does | id |\n|---|---|---|---|\n", cell(string(s.Title)))
		for _, a := range s.Actions {
			fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", keys(a), cell(a.Title), cell(a.Help), a.ID)
		}
	}
	return b.String()
}

func keys(a tui.Action) string {
	if len(a.Keys) == 0 {
		return "palette"
	}
	out := make([]string, len(a.Keys))
	for i, k := range a.Keys {
		out[i] = "`" + cell(string(tui.KeyLabel(k, true))) + "`"
	}
	return strings.Join(out, " ")
}

// cell escapes what would end a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
