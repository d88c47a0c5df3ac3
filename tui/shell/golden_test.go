package shell_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/tui"
	"gatehouse/tui/frametest"
	"gatehouse/tui/jobs"
	"gatehouse/tui/shell"
	"gatehouse/tui/theme"
)

var sizes = []struct{ w, h int }{{80, 24}, {120, 36}, {40, 10}, {160, 40}}

// Golden frames show what each state looks like at each size that counts.
func TestFrames(t *testing.T) {
	states := []struct {
		name  string
		build func(*rig)
	}{
		{"screen", func(r *rig) { r.pages["users"].scope = "/ state:active" }},
		{"drilled-locked", func(r *rig) {
			r.lock.Lock()
			for range 3 {
				r.s.Jobs().Start(jobs.Job{Title: "revoke"})
			}
			r.send(tui.PushMsg{Screen: r.page("acme")})
			r.send(tui.PushMsg{Screen: r.page("jane")})
		}},
		{"error", func(r *rig) {
			r.send(tui.ToastMsg{Tone: theme.Bad, Text: "could not disable kim on prod: the server answered 409 \"kim is the last admin of acme\"; make somebody else an admin first (trace 7f31c9)"})
		}},
		{"offline", func(r *rig) {
			r.link = shell.Connection{Link: shell.Offline, Since: r.clock.At.Add(-2 * time.Minute), Text: "dial tcp 127.0.0.1:7411: connection refused"}
		}},
		{"modal", func(r *rig) { r.send(tui.OpenMsg{Modal: r.dialog()}) }},
		{"palette", func(r *rig) { r.lock.Lock(); r.press(":") }},
		{"help", func(r *rig) { r.press("?") }},
		{"unlock", func(r *rig) { r.lock.Lock(); r.press("W") }},
		{"jobs", func(r *rig) {
			b := r.s.Jobs()
			b.Finish(b.Start(jobs.Job{Title: "disable 3 users on prod", Total: 3, Done: 3}), jobs.Done)
			id := b.Start(jobs.Job{Title: "revoke 14 tokens on prod", Total: 14, Cancel: func() {}})
			b.Progress(id, 13, jobs.End{Word: "done", Tone: theme.Good, N: 11}, jobs.End{Word: "refused", Tone: theme.Bad, N: 2})
			r.clock.Pass(4 * time.Second)
			r.press("J")
		}},
		{"messages", func(r *rig) {
			r.send(tui.ToastMsg{Tone: theme.Good, Text: "disabled kim"})
			r.send(tui.ToastMsg{Tone: theme.Bad, Text: "could not revoke gthp_0123456789ab: no answer within 10 s; whether it is revoked is not known"})
			r.press(":")
			for _, c := range "messages" {
				r.press(string(c))
			}
			r.press("enter")
		}},
	}
	states = append(states, struct {
		name  string
		build func(*rig)
	}{"hostile", func(r *rig) {
		p := r.page(hostile)
		p.scope, p.status = hostile, hostile
		p.actions[0].Title = string(hostile)
		r.send(tui.PushMsg{Screen: p})
		d := r.dialog()
		d.title = hostile
		r.send(tui.OpenMsg{Modal: d})
		r.send(tui.ToastMsg{Tone: theme.Bad, Text: hostile})
	}})
	for _, st := range states {
		for _, look := range looks {
			var b strings.Builder
			r := newRig(t)
			r.env.Theme = frametest.Theme(look.profile, look.ascii)
			st.build(r)
			for _, s := range sizes {
				fmt.Fprintf(&b, "═══ %d×%d\n%s", s.w, s.h, look.text(r.frame(s.w, s.h)))
			}
			golden(t, st.name+"."+look.name+".txt", b.String())
		}
	}
}
