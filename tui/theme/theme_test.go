package theme

import (
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"gatehouse/tui/safetext"
)

func themed(p termenv.Profile, o Options) *Theme {
	o.Renderer = lipgloss.NewRenderer(io.Discard)
	o.Renderer.SetColorProfile(p)
	o.Renderer.SetHasDarkBackground(true)
	return New(o)
}

// signs are all signs of a set by name.
func signs(s Signs) map[string]safetext.Safe {
	out := map[string]safetext.Safe{}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		out[v.Type().Field(i).Name] = safetext.Safe(v.Field(i).String())
	}
	return out
}

func TestEverySignIsOneCell(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		for name, s := range signs(themed(termenv.ANSI, Options{ASCII: ascii}).Signs) {
			if safetext.Width(s) != 1 || safetext.Clean(string(s)) != s {
				t.Errorf("ASCII %v: sign %s is %q", ascii, name, s)
			}
		}
	}
}

func TestASCIIIsASCII(t *testing.T) {
	th := themed(termenv.ANSI, Options{ASCII: true})
	border := reflect.ValueOf(th.Border)
	for i := range border.NumField() {
		if b, ok := border.Field(i).Interface().(string); ok && strings.ContainsFunc(b, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("border %s is %q", border.Type().Field(i).Name, b)
		}
	}
	for name, s := range signs(th.Signs) {
		if s[0] > 0x7e {
			t.Errorf("sign %s is %q", name, s)
		}
	}
}

// States that exclude each other must differ in their signs: colour may be
// missing.
func TestStatesDiffer(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		all := signs(themed(termenv.Ascii, Options{ASCII: ascii}).Signs)
		for _, group := range [][]string{
			{"Live", "Pending", "Idle", "Gone"}, {"Done", "Refused", "Unknown", "NotSent", "Running"}, {"Up", "Down"}, {"BarFull", "BarEmpty"}, {"Cursor", "Mark"},
		} {
			seen := map[safetext.Safe]string{}
			for _, name := range group {
				if other, taken := seen[all[name]]; taken {
					t.Errorf("ASCII %v: %s and %s are both %q", ascii, name, other, all[name])
				}
				seen[all[name]] = name
			}
		}
	}
}

func TestWithoutColourMeaningHangsOnAttributes(t *testing.T) {
	th := themed(termenv.Ascii, Options{})
	for tone := range tones {
		for _, p := range strings.Split(string(th.Pen(tone)), ";") {
			if len(p) > 1 {
				t.Errorf("tone %d has a colour: %q", tone, th.Pen(tone))
			}
		}
	}
	for _, tone := range []Tone{Bad, Title, Key, Cursor, Marked, Match, Input, Flash} {
		if th.Pen(tone) == "" {
			t.Errorf("tone %d looks like plain text", tone)
		}
	}
	if th.Pen(Cursor) == th.Pen(Marked) || th.Pen(Cursor) == th.Pen(Match) {
		t.Error("the cursor looks like something else")
	}
}

func TestPensFollowTheBackground(t *testing.T) {
	dark, light := themed(termenv.ANSI, Options{}), themed(termenv.ANSI, Options{Background: Light})
	if dark.Pen(Warn) == light.Pen(Warn) {
		t.Error("yellow stays on a light background")
	}
	if got := light.Options(); got.Background != Light || got.ASCII {
		t.Errorf("options %+v", got)
	}
}
