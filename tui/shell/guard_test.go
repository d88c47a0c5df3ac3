package shell_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
)

// opener makes d open a new dialog, as an action does.
func opener(r *rig) *[]*dialog {
	var opened []*dialog
	r.pages["users"].actions[4].Do = func() tea.Cmd {
		d := r.dialog()
		opened = append(opened, d)
		return func() tea.Msg { return tui.OpenMsg{Modal: d} }
	}
	return &opened
}

func TestTypedAheadKeysDoNotAnswer(t *testing.T) {
	for _, gap := range []time.Duration{0, time.Millisecond, 50 * time.Millisecond, 399 * time.Millisecond} {
		for _, text := range []string{"dy", "dy\n", "d\n", "dyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n", "dd\n"} {
			r := newRig(t)
			opened := opener(r)
			for _, c := range text {
				name := string(c)
				if c == '\n' {
					name = "enter"
				}
				r.send(frametest.Key(name))
				r.clock.Pass(gap)
			}
			for _, d := range *opened {
				if d.said > 0 {
					t.Errorf("%q with %v between keys answered a dialog", text, gap)
				}
			}
			if len(*opened) == 0 {
				t.Errorf("%q opened nothing", text)
			}
		}
	}
}

func TestAModalListensAfterAPause(t *testing.T) {
	r := newRig(t)
	opened := opener(r)
	r.press("d")
	r.clock.Pass(400 * time.Millisecond)
	r.send(frametest.Key("y"))
	if d := (*opened)[0]; d.said != 1 {
		t.Errorf("answered %d times, want once", d.said)
	}
}

// A paste that the terminal does not mark comes as keys, faster than any hand.
func TestABurstOfAnythingAnswersNothing(t *testing.T) {
	for _, typing := range []bool{false, true} {
		t.Run(fmt.Sprintf("typing=%v", typing), func(t *testing.T) {
			for seed := range bursts() {
				rnd := rand.New(rand.NewPCG(seed, 7))
				r := newRig(t)
				d := r.dialog()
				d.typing = typing
				r.send(frametest.Key("d"))
				r.send(tui.OpenMsg{Modal: d})
				for range 10_000 {
					r.clock.Pass(time.Duration(rnd.IntN(19)) * time.Millisecond)
					r.send(burstKey(rnd))
					if r.quit {
						break
					}
				}
				if typing && d.said > 0 && !d.saidOnlyText() || !typing && d.said > 0 {
					t.Fatalf("seed %d: the dialog was answered: %q", seed, d.got)
				}
			}
		})
	}
}

// bursts is how many bursts are tried.
func bursts() uint64 {
	if os.Getenv("GATEHOUSE_LONG") != "" {
		return 200
	}
	return 3
}

// burstKey is what one random byte is to the program, esc and ctrl+c left out:
// both end the test early.
func burstKey(rnd *rand.Rand) tea.KeyMsg {
	switch b := rnd.IntN(128); {
	case b == 3 || b == 27:
		return frametest.Key("enter")
	case b < 32 || b == 127:
		return tea.KeyMsg{Type: tea.KeyType(b)}
	default:
		return frametest.Key(string(rune(b)))
	}
}

func TestAnActionOfAModalWaitsForTheEndOfABurst(t *testing.T) {
	r := newRig(t)
	d := r.dialog()
	d.actions = []tui.Action{r.action("dialog.do", "do", "z", 1)}
	r.send(frametest.Key("j"))
	r.send(tui.OpenMsg{Modal: d})
	for range 100 {
		r.clock.Pass(10 * time.Millisecond)
		r.send(frametest.Key("z"))
	}
	if len(r.done) > 0 {
		t.Error("a burst did it")
	}
	r.press("z")
	if len(r.done) != 1 {
		t.Errorf("done %v, want it once", r.done)
	}
}
