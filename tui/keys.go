package tui

import (
	"fmt"
	"slices"
	"strings"

	"gatehouse/tui/safetext"
)

// Keymap gives actions other keys than they came with, by action id. The one
// key "none" leaves an action to the palette; "space" is the space bar.
type Keymap map[string][]string

// Apply returns the actions with their keys as the admin wants them.
func (m Keymap) Apply(actions []Action) []Action {
	if len(m) == 0 {
		return actions
	}
	out := slices.Clone(actions)
	for i := range out {
		if keys, ok := m[out[i].ID]; ok {
			out[i].Keys = normal(keys)
		}
	}
	return out
}

func normal(keys []string) []string {
	var out []string
	for _, k := range keys {
		switch k {
		case "none", "":
		case "space":
			out = append(out, " ")
		default:
			out = append(out, k)
		}
	}
	return out
}

// Find gives the action that a key stands for.
func Find(actions []Action, key string) (Action, bool) {
	for _, a := range actions {
		if slices.Contains(a.Keys, key) {
			return a, true
		}
	}
	return Action{}, false
}

// Clashes names every key that stands for more than one of the actions, and
// every id that is there twice: both are mistakes of whoever wrote the table.
func Clashes(tables ...[]Action) []string {
	byKey, byID := map[string]string{}, map[string]bool{}
	var out []string
	for _, a := range slices.Concat(tables...) {
		if byID[a.ID] {
			out = append(out, fmt.Sprintf("action %s is there twice", a.ID))
		}
		byID[a.ID] = true
		for _, k := range a.Keys {
			if other, taken := byKey[k]; taken {
				out = append(out, fmt.Sprintf("key %q stands for %s and for %s", k, other, a.ID))
			}
			byKey[k] = a.ID
		}
	}
	return out
}

// KeyLabel is what footer, help and palette call a key.
func KeyLabel(key string, ascii bool) safetext.Safe {
	if key == " " {
		return "space"
	}
	if !ascii {
		switch key {
		case "enter":
			return "↵"
		case "up":
			return "↑"
		case "down":
			return "↓"
		case "left":
			return "←"
		case "right":
			return "→"
		}
	}
	return safetext.Clean(key)
}

// KeyLabels are all keys of an action in one piece.
func KeyLabels(keys []string, ascii bool) safetext.Safe {
	labels := make([]string, len(keys))
	for i, k := range keys {
		labels[i] = string(KeyLabel(k, ascii))
	}
	return safetext.Safe(strings.Join(labels, " "))
}
